//! Every condition, asked of a shop with three people.

use super::Filter;
use crate::consent::{self, Given, Purpose, Way};
use crate::customer::{self, CustomerId};
use crate::database::{self, Millis, RESTANTE_MIGRATIONS, Writer};
use crate::email::{EmailAddress, NameAddr};
use crate::lead::interest::{self, Feature, Kind, Learned};
use crate::lead::list::{self, Asked};
use crate::lead::{self, Source, wish};
use crate::money::{Amount, Currency};
use crate::order::{self, News};
use crate::secret::SecretKey;
use std::path::Path;

const NOW: Millis = 1_795_435_200_000;
const DAY: Millis = 24 * 60 * 60 * 1000;

fn comes(tx: &Writer, name: &str, address: &str, language: &str, source: Source, days_ago: Millis) -> CustomerId {
    let from = NameAddr { name: name.into(), address: EmailAddress::parse(address).unwrap() };
    let id = customer::recognise(tx, &from, Some(language), NOW).unwrap();
    lead::capture(tx, id, source, "", NOW - days_ago * DAY, NOW).unwrap();
    id
}

fn likes(tx: &Writer, id: CustomerId, kind: Kind, value: &str) {
    let learned = Learned { sentence: "", source: interest::Source::Mail, message_id: None, by: None };
    interest::add(tx, id, &Feature { kind, value: value.into() }, &learned, NOW).unwrap();
}

/// Anna bought twice and agreed to offers; Ben wishes for something; Cleo only wrote, long ago.
fn shop() -> Writer {
    let connection = database::connect_in_memory().unwrap();
    database::migrate(&connection, Path::new(":memory:"), RESTANTE_MIGRATIONS).unwrap();
    let tx = Writer::new(connection);
    let anna = comes(&tx, "Anna Lind", "anna@example.test", "sv", Source::Form, 10);
    let ben = comes(&tx, "Ben Okafor", "ben@example.test", "en", Source::Mailbox, 60);
    comes(&tx, "Cleo 100%", "cleo@example.test", "en", Source::Mailbox, 400);
    lead::note_country(&tx, anna, "SE", "I live in Sweden").unwrap();
    likes(&tx, anna, Kind::Colour, "blue");
    likes(&tx, anna, Kind::Budget, "200 EUR");
    likes(&tx, ben, Kind::Artist, "Ida Holm");
    likes(&tx, ben, Kind::Room, "living_room");
    let key = SecretKey::from_bytes([3; 32]);
    let given = Given {
        customer_id: anna,
        address: "anna@example.test",
        purpose: Purpose::Offers,
        way: Way::Mail,
        words: "yes",
        policy_text: "",
        proof: "",
        message_id: None,
        at: NOW,
        by: None,
    };
    consent::grant(&tx, &key, &given, NOW).unwrap();
    let new = wish::New {
        customer_id: ben,
        address: "ben@example.test",
        conversation_id: None,
        message_id: None,
        words: "tell me",
        features: &[],
        source: interest::Source::Mail,
        by: None,
    };
    wish::add(&tx, &new, NOW).unwrap();
    for (number, minor) in [("1", 15_000), ("2", 10_000)] {
        let total = Some(Amount::new(minor, Currency::parse("EUR")));
        let news = News { number: number.into(), address: Some("anna@example.test".into()), total, ..News::default() };
        order::learn(&tx, &news, order::Source::Csv, NOW).unwrap();
    }
    tx
}

fn who(tx: &Writer, asked: &str) -> String {
    let (filter, complaints) = Filter::parse(asked, NOW);
    assert_eq!(complaints, [], "{asked}");
    let asked = Asked { filter: Some(&filter), ..Asked::default() };
    let found = list::page(tx, &asked).unwrap();
    assert_eq!(list::count(tx, &asked).unwrap(), found.len());
    found.iter().map(|line| &line.address[..1]).collect()
}

#[test]
fn every_condition_finds_whom_it_means() {
    let tx = shop();
    for (asked, found) in [
        ("", "abc"),
        ("lind", "a"),
        ("BEN@", "b"),
        ("100%", "c"),
        ("living", "b"),
        ("ida", "b"),
        ("example.test", "abc"),
        ("-anna", "bc"),
        ("interest:blue", "a"),
        ("interest:holm,blue", "ab"),
        ("-interest:blue", "bc"),
        ("artist:\"ida holm\"", "b"),
        ("colour:blue,red", "a"),
        ("budget>100", "a"),
        ("budget>200", ""),
        ("budget>=200EUR", "a"),
        ("budget>100SEK", ""),
        ("consent:offers", "a"),
        ("consent:similar_pieces", ""),
        ("consent:any", "a"),
        ("consent:none", "bc"),
        ("consent:none,offers", "abc"),
        ("-consent:none", "a"),
        ("consent:stopped", ""),
        ("returns:0", "abc"),
        ("returns>0", ""),
        ("orders:2", "a"),
        ("orders>0", "a"),
        ("orders:0", "bc"),
        ("-orders>0", "bc"),
        ("value>200", "a"),
        ("value>250EUR", ""),
        ("value<300EUR", "abc"),
        ("value>1SEK", ""),
        ("language:sv", "a"),
        ("language:sv,en", "abc"),
        ("country:SE", "a"),
        ("-country:SE", "bc"),
        ("source:form", "a"),
        ("wish:open", "b"),
        ("wish:none", "ac"),
        ("wish:closed", ""),
        ("last<30d", "a"),
        ("last>180d", "c"),
        ("-last<30d", "bc"),
        ("first<90d", "ab"),
        ("-first<90d", "c"),
        ("first>1y", "c"),
        ("language:en wish:open -source:form last<1y", "b"),
    ] {
        assert_eq!(who(&tx, asked), found, "{asked}");
    }
}

#[test]
fn a_value_is_never_part_of_the_question() {
    let tx = shop();
    for asked in ["\"'); DROP TABLE lead; --\"", "artist:\"' OR 1=1 --\"", "a_n", "?1"] {
        assert_eq!(who(&tx, asked), "", "{asked}");
    }
    assert_eq!(who(&tx, ""), "abc");
}
