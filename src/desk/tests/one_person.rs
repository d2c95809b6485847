//! Two records of one person become one, and exactly what moved goes back.

use super::shop::{MINUTE, NOON, Shop};
use crate::consent::{self, Given, Purpose, Way};
use crate::conversation::{ConversationId, list as conversations};
use crate::customer::{self, CustomerId, join};
use crate::desk::leads::{self, AlikeBecause};
use crate::desk::{self, AfterSending};
use crate::email::EmailAddress;
use crate::follow_up;
use crate::lead::interest::{Feature, Kind, Learned, Source};
use crate::lead::{self, event, interest, list, wish};
use crate::order::{self, News, buyer};
use crate::return_request::request;

fn writes(shop: &Shop, from: &str, id: &str, text: &str) -> ConversationId {
    shop.arrives(&[("From", from), ("Subject", "A print"), ("Message-ID", &format!("<{id}@c>"))], text).conversation.unwrap()
}

fn whose(shop: &Shop, address: &str) -> CustomerId {
    customer::find_by_address(&shop.tx, &EmailAddress::parse(address).unwrap()).unwrap().unwrap()
}

fn likes(shop: &Shop, who: CustomerId, kind: Kind, value: &str) {
    let learned = Learned { sentence: "as they said", source: Source::Mail, message_id: None, by: None };
    interest::add(&shop.tx, who, &Feature { kind, value: value.into() }, &learned, NOON).unwrap();
}

fn agrees(shop: &Shop, who: CustomerId, address: &str) {
    let given = Given {
        customer_id: who,
        address,
        purpose: Purpose::SimilarPieces,
        way: Way::Mail,
        words: "yes, tell me",
        policy_text: "",
        proof: "",
        message_id: None,
        at: NOON,
        by: None,
    };
    consent::grant(&shop.tx, &shop.key, &given, NOON).unwrap();
}

/// Everything that belongs to a customer, as text: what a join may move and an undo has to move back.
fn belongings(shop: &Shop) -> Vec<String> {
    let mut all = Vec::new();
    for table in ["customer_address", "conversation", "return_request", "interest", "wish", "consent", "consent_asked", "consent_link", "follow_up", "lead"] {
        let key = match table {
            "customer_address" => "address",
            "consent_link" => "hex(token_hash)",
            "lead" => "source || first_contact_at || '-' || last_contact_at || coalesce(country, '')",
            _ => "id",
        };
        let sql = format!("SELECT '{table} ' || {key} || ' of ' || customer_id FROM {table} ORDER BY 1");
        all.extend(shop.tx.all(&sql, [], |r| r.get::<_, String>(0)).unwrap());
    }
    all.extend(shop.tx.all("SELECT id || name || coalesce(language, '') FROM customer ORDER BY id", [], |r| r.get::<_, String>(0)).unwrap());
    all
}

#[test]
fn everything_of_the_other_record_comes_along_and_exactly_that_goes_back() {
    let shop = Shop::open();
    let home = writes(&shop, "mara@home.test", "1", "Hello");
    let work = writes(&shop, "Mara Okafor <mara@work.test>", "2", "Hello from work");
    let (tx, jules) = (&shop.tx, shop.jules.id);
    let (kept, joined) = (whose(&shop, "mara@home.test"), whose(&shop, "mara@work.test"));
    likes(&shop, kept, Kind::Colour, "blue");
    likes(&shop, joined, Kind::Colour, "blue");
    likes(&shop, joined, Kind::Artist, "Ida Berg");
    lead::note_country(tx, joined, "SE", "we live in Sweden").unwrap();
    agrees(&shop, joined, "mara@work.test");
    let new = wish::New {
        customer_id: joined,
        address: "mara@work.test",
        conversation_id: Some(work),
        message_id: None,
        words: "something blue",
        features: &[],
        source: Source::Mail,
        by: None,
    };
    wish::add(tx, &new, NOON).unwrap();
    let planned = follow_up::New {
        kind: follow_up::Kind::WishMatch,
        customer_id: joined,
        address: "mara@work.test",
        plan_id: None,
        return_id: None,
        piece_id: None,
        wish_id: None,
        discount_id: None,
        conversation_id: None,
        mailbox_id: shop.account.id,
        own_words: None,
        due_at: NOON,
        by: None,
    };
    follow_up::plan(tx, &planned, NOON).unwrap().unwrap();
    order::learn(tx, &News { number: "AT-1".into(), address: Some("mara@work.test".into()), ..News::default() }, order::Source::Csv, NOON).unwrap();
    let before = belongings(&shop);

    let event = leads::join(tx, kept, joined, "agent", jules, NOON).unwrap();
    let person = customer::find(tx, kept).unwrap().unwrap();
    assert_eq!((person.name.as_str(), person.addresses.len()), ("Mara Okafor", 2), "a name is taken where there was none");
    assert_eq!((shop.conversation(work).customer_id, shop.conversation(home).customer_id), (kept, kept));
    assert_eq!(interest::of_customer(tx, kept).unwrap().len(), 2, "what both like is one interest");
    let counts = (wish::of_customer(tx, kept).unwrap().len(), consent::of_customer(tx, kept).unwrap().len(), follow_up::of_customer(tx, kept).unwrap().len());
    assert_eq!(counts, (1, 1, 1));
    assert_eq!(buyer::orders(tx, &person.addresses, 10).unwrap().len(), 1);
    let one = lead::find(tx, kept).unwrap().unwrap();
    assert_eq!((one.country.as_deref(), one.first_contact_at, one.last_contact_at), (Some("SE"), NOON + MINUTE, NOON + 2 * MINUTE));
    assert_eq!(list::page(tx, &list::Asked::default()).unwrap().len(), 1);
    assert_eq!(list::page(tx, &list::Asked { which: list::Which::Others, ..list::Asked::default() }).unwrap().len(), 0, "the emptied record is nowhere");
    assert_eq!((join::current(tx, joined).unwrap(), join::records_of(tx, kept).unwrap()), (kept, vec![kept, joined]));
    assert!(leads::join(tx, kept, joined, "agent", jules, NOON).is_err() && leads::join(tx, joined, kept, "agent", jules, NOON).is_err());

    leads::undo(tx, event, jules, NOON).unwrap();
    assert_eq!(belongings(&shop), before);
    assert_eq!(join::current(tx, joined).unwrap(), joined);
}

#[test]
fn who_writes_between_joining_and_undo_loses_nothing() {
    let shop = Shop::open();
    writes(&shop, "Mara <mara@home.test>", "1", "Hello");
    writes(&shop, "Mara <mara@work.test>", "2", "Hello");
    let (tx, jules) = (&shop.tx, shop.jules.id);
    let (kept, joined) = (whose(&shop, "mara@home.test"), whose(&shop, "mara@work.test"));
    let event = leads::join(tx, kept, joined, "agent", jules, NOON).unwrap();
    let since = writes(&shop, "Mara <mara@work.test>", "3", "One more thing");
    assert_eq!(shop.conversation(since).customer_id, kept);
    leads::undo(tx, event, jules, shop.now.get()).unwrap();
    assert_eq!(shop.conversation(since).customer_id, kept, "only what moved goes back");
    assert_eq!(lead::find(tx, kept).unwrap().unwrap().last_contact_at, NOON + 3 * MINUTE);
    assert_eq!(lead::find(tx, joined).unwrap().unwrap().last_contact_at, NOON + 2 * MINUTE);
    let views = conversations::counts(tx, jules, None).unwrap();
    assert_eq!(views.inbox, 3);
}

#[test]
fn three_records_are_taken_apart_in_the_order_in_which_they_were_joined() {
    let shop = Shop::open();
    let [a, b, c] = ["a", "b", "c"].map(|who| {
        writes(&shop, &format!("Mara <{who}@home.test>"), who, "Hello");
        whose(&shop, &format!("{who}@home.test"))
    });
    let (tx, jules) = (&shop.tx, shop.jules.id);
    let first = leads::join(tx, b, c, "agent", jules, NOON).unwrap();
    let second = leads::join(tx, a, b, "agent", jules, NOON).unwrap();
    assert_eq!((join::current(tx, c).unwrap(), customer::find(tx, a).unwrap().unwrap().addresses.len()), (a, 3));
    assert!(leads::undo(tx, first, jules, NOON).is_err(), "the later one first");
    leads::undo(tx, second, jules, NOON).unwrap();
    leads::undo(tx, first, jules, NOON).unwrap();
    assert!([a, b, c].iter().all(|id| customer::find(tx, *id).unwrap().unwrap().addresses.len() == 1 && join::current(tx, *id).unwrap() == *id));
    assert_eq!(event::of_customer(tx, a, 10).unwrap().len(), 1);
}

fn suggested(shop: &Shop, address: &str) -> Vec<(CustomerId, AlikeBecause)> {
    leads::alike(&shop.tx, whose(shop, address)).unwrap().into_iter().map(|alike| (alike.other, alike.because)).collect()
}

#[test]
fn the_same_full_name_and_local_part_suggest_one_person_and_join_nobody() {
    let shop = Shop::open();
    writes(&shop, "Mara Okafor <mara.okafor@home.test>", "1", "Hello");
    writes(&shop, "mara okafor <mara.okafor@work.test>", "2", "Hello");
    writes(&shop, "Anna <anna@home.test>", "3", "Hello");
    writes(&shop, "Anna <anna@work.test>", "4", "Hello");
    writes(&shop, "Somebody Else <mara.okafor@else.test>", "5", "Hello");
    let work = whose(&shop, "mara.okafor@work.test");
    assert_eq!(suggested(&shop, "mara.okafor@home.test"), [(work, AlikeBecause::NameAndLocalPart)]);
    assert_eq!(suggested(&shop, "anna@home.test"), [], "a first name is shared by too many");
    assert_eq!(list::page(&shop.tx, &list::Asked::default()).unwrap().len(), 5);
}

#[test]
fn who_says_that_another_address_is_theirs_is_suggested_with_their_words() {
    let shop = Shop::open();
    writes(&shop, "M <m.ok@home.test>", "1", "Hello");
    writes(&shop, "Boss <boss@home.test>", "2", "Hello");
    let text = "Hi, I am writing from my other address, the first was m.ok@home.test.\nThank you";
    writes(&shop, "Mara <mara@work.test>", "3", text);
    let other = whose(&shop, "m.ok@home.test");
    assert_eq!(suggested(&shop, "mara@work.test"), [(other, AlikeBecause::SaidSo { words: text.lines().next().unwrap().into() })]);
    writes(&shop, "Ann <ann@work.test>", "4", "Please also ask boss@home.test");
    assert_eq!(suggested(&shop, "ann@work.test"), [], "an address alone says nothing");
}

#[test]
fn who_answers_our_mail_from_elsewhere_under_the_same_name_is_suggested() {
    let shop = Shop::open();
    let there = writes(&shop, "Mara Okafor <mara@home.test>", "1", "Hello");
    let (_, ours) = shop.answers(there, "Hello Mara", AfterSending::Wait);
    let id = ours.email.message_id.unwrap();
    let refers = format!("<{}>", id.as_str());
    for (from, n) in [("Mara Okafor <mo@phone.test>", "2"), ("Eve <eve@phone.test>", "3")] {
        let apart = shop.arrives(&[("From", from), ("Message-ID", &format!("<{n}@c>")), ("In-Reply-To", &refers)], "Thanks!");
        assert_ne!(apart.conversation, Some(there), "nobody joins a conversation by knowing its identifier");
    }
    assert_eq!(suggested(&shop, "mo@phone.test"), [(whose(&shop, "mara@home.test"), AlikeBecause::Answered)]);
    assert_eq!(suggested(&shop, "eve@phone.test"), []);
}

#[test]
fn who_names_an_order_of_another_address_is_suggested() {
    let shop = Shop::open();
    writes(&shop, "Mara <mara@home.test>", "1", "Hello");
    order::learn(&shop.tx, &News { number: "AT-10482".into(), address: Some("mara@home.test".into()), ..News::default() }, order::Source::Csv, NOON).unwrap();
    let text = "I want to return my order AT-10482, it arrived broken. I would like a refund.";
    let there = writes(&shop, "M <m@work.test>", "2", text);
    if request::of_conversation(&shop.tx, there).unwrap().is_empty() {
        desk::returns::open_by_hand(&shop.tx, there, shop.jules.id, shop.now.get()).unwrap();
    }
    assert_eq!(suggested(&shop, "m@work.test"), [(whose(&shop, "mara@home.test"), AlikeBecause::Order { number: "AT-10482".into() })]);
}

#[test]
fn whoever_is_erased_goes_with_the_records_that_were_joined() {
    let shop = Shop::open();
    writes(&shop, "Mara <mara@home.test>", "1", "Hello");
    writes(&shop, "Mara <mara@work.test>", "2", "Hello");
    let (tx, jules) = (&shop.tx, shop.jules.id);
    let (kept, joined) = (whose(&shop, "mara@home.test"), whose(&shop, "mara@work.test"));
    likes(&shop, kept, Kind::Artist, "Ida Berg");
    likes(&shop, joined, Kind::Artist, "Ida Berg");
    leads::join(tx, kept, joined, "agent", jules, NOON).unwrap();
    desk::rights::erase(tx, &shop.key, kept, desk::rights::Erasure::Removed, jules, NOON).unwrap();
    for table in ["customer", "interest", "lead", "lead_event", "customer_join", "conversation"] {
        let rows: i64 = tx.one(&format!("SELECT count(*) FROM {table}"), [], |r| r.get(0)).unwrap();
        assert_eq!(rows, 0, "{table}");
    }
}

#[test]
fn an_order_of_the_other_address_is_theirs_once_they_are_one_person() {
    let shop = Shop::open();
    writes(&shop, "Mara <mara@home.test>", "1", "Hello");
    order::learn(&shop.tx, &News { number: "AT-10482".into(), address: Some("mara@home.test".into()), ..News::default() }, order::Source::Csv, NOON).unwrap();
    let there = writes(&shop, "M <m@work.test>", "2", "I want to return my order AT-10482, it arrived broken. I would like a refund.");
    let of = || request::of_conversation(&shop.tx, there).unwrap().remove(0).order_id;
    if request::of_conversation(&shop.tx, there).unwrap().is_empty() {
        desk::returns::open_by_hand(&shop.tx, there, shop.jules.id, shop.now.get()).unwrap();
    }
    assert_eq!(of(), None, "numbers can be guessed");
    leads::join(&shop.tx, whose(&shop, "m@work.test"), whose(&shop, "mara@home.test"), "agent", shop.jules.id, NOON).unwrap();
    assert!(of().is_some());
}
