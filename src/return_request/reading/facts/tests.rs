//! Letters as people write them, with what they state.

use super::find;
use crate::return_request::fields::{Kind, OwnField};
use crate::return_request::reading::{Letter, Shop};
use jiff::civil::date;

/// What a letter of Monday, 23 November 2026 states: "field=value", with a `?` where it is not certain.
fn stated(subject: &str, new_text: &str, whole: &str, pattern: Option<&str>, own: &[OwnField]) -> Vec<String> {
    let written = Some(date(2026, 11, 23).at(9, 31, 0, 0));
    let letter = Letter { subject, new_text, text: whole, language: None, written, attachments: &[] };
    let shop = Shop { order_pattern: pattern, own_fields: own, lexicon: None };
    let mut stated: Vec<String> = find(&letter, &shop)
        .into_iter()
        .map(|found| format!("{}={}{}", found.field, found.value.as_json().to_string().trim_matches('"'), if found.certain { "" } else { "?" }))
        .collect();
    stated.sort();
    stated
}

fn of(text: &str) -> Vec<String> {
    stated("", text, text, None, &[])
}

#[test]
fn a_first_mail_states_what_it_states() {
    assert_eq!(
        stated("Refund for “Low Tide”", "I need a refund for the print I received on Thursday. It came creased. Order AT-10482, I paid €68.00.", "", None, &[]),
        ["amount=68.0", "delivered_on=2026-11-19", "item=Low Tide", "order_number=AT-10482", "reason=damaged", "wish=refund"]
    );
    assert_eq!(of("Where is the café on your map?"), Vec::<String>::new());
}

#[test]
fn long_numbers_of_marketplaces_are_orders_and_telephones_are_not() {
    for (text, number) in [
        ("I want to return order 370795561790.", "370795561790"),
        ("Meine Bestellnummer lautet 369-5637314-4921987.", "369-5637314-4921987"),
        ("Purchase 00004587345 came broken.", "00004587345"),
    ] {
        assert!(of(text).contains(&format!("order_number={number}")), "{text}: {:?}", of(text));
    }
    for text in ["About my order: call 01712345678.", "My order of 19-11-2026 came broken.", "370795561790"] {
        assert!(!of(text).iter().any(|fact| fact.starts_with("order_number")), "{text}: {:?}", of(text));
    }
}

#[test]
fn days_are_read_in_eight_languages_and_only_where_they_say_that_it_arrived() {
    for (text, day) in [
        ("It arrived yesterday.", "2026-11-22"),
        ("The parcel was delivered on 19.11.", "2026-11-19"),
        ("I received it three days ago.", "2026-11-20"),
        ("Das Paket kam gestern an.", "2026-11-22"),
        ("Ich habe es vor drei Tagen erhalten.", "2026-11-20"),
        ("Je l'ai reçu il y a 3 jours.", "2026-11-20"),
        ("Llegó el 19 de noviembre.", "2026-11-19"),
        ("È arrivato ieri.", "2026-11-22"),
        ("Het is afgelopen vrijdag geleverd.", "2026-11-20"),
        ("Chegou há 2 dias.", "2026-11-21"),
        ("Den kom i torsdags.", "2026-11-19"),
        ("Paketet kom i går.", "2026-11-22"),
        ("Am 18.11. erhalten, leider zerkratzt.", "2026-11-18"),
        ("J'ai reçu ma commande AT-10922 hier.", "2026-11-22"),
        ("Het is gisteren bezorgd.", "2026-11-22"),
        ("I ordered on 3 November, it came on 19 November.", "2026-11-19"),
        ("It arrived on Nov 19th.", "2026-11-19"),
        ("It came on 11/19/2026.", "2026-11-19"),
        ("It arrived on December 30.", "2025-12-30"),
    ] {
        assert!(of(text).contains(&format!("delivered_on={day}")), "{text}: {:?}", of(text));
    }
    for text in ["I ordered it on 3 November.", "It will arrive on 30.11.2026.", "Please answer by Friday.", "I need it next Thursday."] {
        assert!(!of(text).iter().any(|fact| fact.starts_with("delivered_on")), "{text}: {:?}", of(text));
    }
}

#[test]
fn other_numbers_are_no_order_numbers() {
    for text in [
        "Call me at +46 70 123 45 67.",
        "Invoice 2291 lacks the VAT number.",
        "The tracking number is RR123456789SE.",
        "I live at 11453 Stockholm.",
        "It is 50x70 cm and from 2024.",
    ] {
        assert!(!of(text).iter().any(|fact| fact.starts_with("order_number")), "{text}: {:?}", of(text));
    }
    for (text, number) in [("My order number is 10482", "10482"), ("Bestellnummer: 10482", "10482"), ("Re: #10482", "10482"), ("commande n° 10482", "10482")] {
        assert!(of(text).contains(&format!("order_number={number}")), "{text}: {:?}", of(text));
    }
    assert_eq!(of("Order 10482 or order 10483, I am not sure."), ["order_number=10482?"]);
    assert_eq!(stated("", "at 10482 please, phone 55512345", "", Some("AT-#####"), &[]), ["order_number=AT-10482"]);
}

#[test]
fn a_reason_that_is_denied_or_doubted_decides_nothing() {
    assert!(!of("It is not damaged, I just wonder.").iter().any(|fact| fact.starts_with("reason")));
    assert!(of("Maybe it is damaged.").contains(&"reason=damaged?".to_owned()), "{:?}", of("Maybe it is damaged."));
    assert!(of("A refund or a replacement would be fine.").iter().any(|fact| fact.starts_with("wish=") && fact.ends_with('?')));
    assert!(of("Ihr habt mir die falsche Größe geschickt.").contains(&"reason=wrong_item".to_owned()));
}

const ASKED: &str = "Order number: \nWhat happened (damaged / not as described / wrong item / changed my mind / not delivered): \nDelivered on: \nWhat would you like (refund / replacement / exchange / store credit / repair): ";

#[test]
fn an_answer_is_understood_however_its_client_left_it() {
    let filled = "Order number: AT-10482\nWhat happened (damaged / not as described / wrong item / changed my mind / not delivered): the corner is torn\nDelivered on: 19.11.\nWhat would you like (refund / replacement / exchange / store credit / repair): a replacement please";
    let all = ["delivered_on=2026-11-19", "order_number=AT-10482", "reason=damaged", "wish=replacement"];
    let quoted = |text: &str| text.lines().map(|line| format!("> {line}\n")).collect::<String>();
    assert_eq!(stated("", filled, filled, None, &[]), all, "typed anew");
    assert_eq!(stated("", "See below.", &format!("See below.\n\nOn Monday the shop wrote:\n{}", quoted(filled)), None, &[]), all, "inside the quote");
    let numbered = "1. Order number: AT-10482\n2. What happened: the corner is torn\n3. Delivered on: 19.11.\n4. What would you like: a replacement";
    assert_eq!(stated("", numbered, numbered, None, &[]), all, "numbered");
    let below = "Order number:\nAT-10482\n\nWhat happened:\nthe corner is torn\n\nDelivered on:\n19 Nov\n\nWhat would you like:\nreplacement";
    assert_eq!(stated("", below, below, None, &[]), all, "cells that became lines");
    let german = "BESTELLNUMMER: at-10482\nWas ist passiert: beschädigt\nGeliefert am: vorgestern\nWas wünschen Sie: Ersatz";
    assert_eq!(stated("", german, german, Some("AT-#####"), &[]), ["delivered_on=2026-11-21", "order_number=AT-10482", "reason=damaged", "wish=replacement"]);
    assert_eq!(stated("", ASKED, ASKED, None, &[]), Vec::<String>::new(), "sent back as it was");
    let free = "It is AT-10482 and came last Thursday with a torn corner. I'd like the money back.";
    let answer = stated("", free, &format!("{free}\n\n{}", quoted(ASKED)), None, &[]);
    assert_eq!(answer, ["delivered_on=2026-11-19", "order_number=AT-10482", "reason=damaged", "wish=refund"], "free sentences");
}

#[test]
fn a_new_answer_goes_before_a_quoted_one() {
    let new = "Sorry, Order number: AT-2";
    let corrected = stated("", "Order number: AT-20000", "Order number: AT-20000\n\n> Order number: AT-10000", None, &[]);
    assert_eq!(corrected, ["order_number=AT-20000"], "{new}");
}

fn own_field(key: &str, kind: Kind, labels: &[(&str, &str)]) -> OwnField {
    let labels = labels.iter().map(|(language, label)| ((*language).to_owned(), (*label).to_owned())).collect();
    OwnField { key: key.into(), kind, labels, questions: Default::default(), choices: Vec::new(), required: true, on_board: false }
}

fn owners_fields() -> [OwnField; 4] {
    let mut frame = own_field("frame", Kind::Choice, &[("en", "Frame colour"), ("de", "Rahmenfarbe")]);
    frame.choices = vec![
        ("oak".into(), [("en".to_owned(), "oak".to_owned()), ("de".to_owned(), "Eiche".to_owned())].into()),
        ("black_ash".into(), [("en".to_owned(), "black ash".to_owned())].into()),
    ];
    frame.questions.insert("en".into(), "Which colour is the frame?".into());
    [
        frame,
        own_field("pieces", Kind::Number, &[("en", "Pieces")]),
        own_field("wedding", Kind::Date, &[("en", "Wedding day")]),
        own_field("place", Kind::Text, &[("en", "Damaged where"), ("sv", "Var")]),
    ]
}

#[test]
fn an_owners_fields_are_answered_by_their_labels() {
    let own = owners_fields();
    for (text, want) in [
        ("Rahmenfarbe: eiche\nPieces: 3", &["frame=oak", "pieces=3"][..]),
        ("Frame colour (oak / black ash): Black Ash.", &["frame=black_ash"]),
        ("Which colour is the frame? oak", &["frame=oak"]),
        ("Frame colour: it is the oak one", &["frame=oak?"]),
        ("Frame colour: oak or black ash, I forgot", &[]),
        ("Frame colour: pink", &[]),
        ("Pieces: 12 of 50", &["pieces=12?"]),
        ("Pieces: about 2.5", &[]),
        ("Pieces: a few", &[]),
        ("Wedding day: 19.06.2027", &["wedding=2027-06-19"]),
        ("Wedding day: 2027-06-19, a Saturday", &["wedding=2027-06-19"]),
        ("Wedding day: yesterday", &["wedding=2026-11-22"]),
        ("Wedding day: 31.02.2027", &[]),
        // The answer to an owner's question is no claim of its own.
        ("Damaged where: “top left corner”", &["place=top left corner"]),
        ("Var: hörnet", &["place=hörnet"]),
    ] {
        assert_eq!(stated("", text, text, None, &own), want, "{text}");
    }
}

#[test]
fn a_line_that_was_left_empty_in_the_quote_is_not_answered_by_what_follows_it() {
    let own = owners_fields();
    let quoted = "Here are photos.\n\n> Order number: AT-10482\n> Damaged where: \n> \n> Photos can be attached to your answer. If you prefer a form: https://x.test\n> \n> Atelier Nord";
    assert_eq!(stated("", "Here are photos.", quoted, None, &own), ["order_number=AT-10482"]);
    let filled = "> Damaged where:\n> the corner\n> Pieces: 2";
    assert_eq!(stated("", "", filled, None, &own), ["pieces=2", "place=the corner"]);
}

#[test]
fn sentences_in_eight_languages_state_what_their_writer_meant() {
    let (mut wrong, mut missed) = (Vec::new(), Vec::new());
    let lines: Vec<&str> = include_str!("stated.txt").lines().filter(|line| !line.starts_with('#')).collect();
    for line in &lines {
        let [_, sentence, facts] = line.split('|').map(str::trim).collect::<Vec<_>>()[..] else { panic!("{line}") };
        // "item=Broken Harbour": a value may hold blanks.
        let mut wanted: Vec<String> = Vec::new();
        for word in facts.split_whitespace() {
            match wanted.last_mut().filter(|_| !word.contains('=')) {
                Some(last) => *last = format!("{last} {word}"),
                None => wanted.push(word.to_owned()),
            }
        }
        let got = of(sentence);
        let known = |fact: &str, list: &[String]| list.iter().any(|other| other.trim_end_matches('?') == fact.trim_end_matches('?'));
        wrong.extend(got.iter().filter(|fact| !fact.ends_with('?') && !wanted.contains(fact)).map(|fact| format!("{sentence}: {fact}, wanted {wanted:?}")));
        missed.extend(wanted.iter().filter(|fact| !known(fact, &got)).map(|fact| format!("{sentence}: {fact}, read {got:?}")));
    }
    println!("{} sentences; missed:\n{}", lines.len(), missed.join("\n"));
    assert!(wrong.is_empty(), "certain and wrong:\n{}", wrong.join("\n"));
    assert!(missed.is_empty());
}

#[test]
fn the_only_day_in_an_answer_to_a_letter_that_asked_for_one_is_suggested() {
    let answer = |text: &str| {
        let whole = format!("{text}\n\n{}", ASKED.lines().map(|line| format!("> {line}\n")).collect::<String>());
        stated("", text, &whole, None, &[])
    };
    for (text, day) in [
        ("My neighbour took it in on Wednesday.", "2026-11-18"),
        ("Woensdag lag het in de brievenbus.", "2026-11-18"),
        ("13008, gestern, bitte neu", "2026-11-22"),
    ] {
        assert!(answer(text).contains(&format!("delivered_on={day}?")), "{text}: {:?}", answer(text));
    }
    for text in ["I sent the photos on Friday.", "I ordered it on 3 November.", "It should come on 19 November.", "Not the 19th."] {
        assert!(!answer(text).iter().any(|fact| fact.starts_with("delivered_on")), "{text}: {:?}", answer(text));
    }
    assert_eq!(answer("10482"), ["order_number=10482"], "a number that fills its line");
    assert!(answer("It is the one with 10482 on the slip.").contains(&"order_number=10482?".to_owned()));
    assert!(!answer("My phone is 0701234567.").iter().any(|fact| fact.starts_with("order_number")));
}

#[test]
fn labels_in_other_words_a_choice_left_standing_and_two_values_in_one_line() {
    let one = "Bestell-Nr: AT-10482\nGrund: Glas zersprungen\nLieferdatum: 19.11.\nWunsch: Gutschein\nPreis: 68,50 €";
    assert_eq!(stated("", one, one, None, &[]), ["amount=68.5", "delivered_on=2026-11-19", "order_number=AT-10482", "reason=damaged", "wish=store_credit"]);
    let dashes = "order number - AT-10482\nproblem - wrong item\narrived = 11/19/2026";
    assert_eq!(stated("", dashes, dashes, None, &[]), ["delivered_on=2026-11-19", "order_number=AT-10482", "reason=wrong_item"]);
    let left = "Order number: AT-10482\nWhat happened (damaged):\nWhat would you like (refund): ";
    assert_eq!(stated("", left, left, None, &[]), ["order_number=AT-10482", "reason=damaged", "wish=refund"]);
    let two = "Order number: AT-10482 or AT-10483\nDelivered on: Thursday or Friday";
    assert_eq!(stated("", two, two, None, &[]), ["delivered_on=2026-11-19?", "order_number=AT-10482?"]);
    // A pasted head of a mail says no delivery day.
    let head = "From: Tidewater\nDate: 18 November 2026\nSubject: Your return";
    assert_eq!(stated("", head, head, None, &[]), Vec::<String>::new());
}
