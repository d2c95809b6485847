//! What our letters say: to the customer how much is needed, to fulfilment all that it has to know and three answers.

use super::returning::{asks, found};
use super::shop::Shop;
use crate::desk::returns;
use crate::money::{Amount, Currency};
use crate::order;
use crate::return_policy::{ready, version};
use crate::return_request::fields::{self, Value};
use crate::return_request::reading::{Found, Letter};
use crate::return_request::{Decision, LANGUAGES, words};
use crate::setting;

impl Shop {
    fn sells_prints(&self) {
        version::save(&self.tx, &ready::prints_and_originals(), "2020-01-01".parse().unwrap(), "", None, 1).unwrap();
        let line = order::Line { title: "Low Tide".into(), kind: "print".into(), quantity: 1, ..order::Line::default() };
        let day = |text: &str| text.parse().ok();
        let news = order::News {
            number: "AT-10482".into(),
            ordered_on: day("2026-09-01"),
            delivered_on: day("2026-09-19"),
            lines: vec![line],
            ..order::News::default()
        };
        order::learn(&self.tx, &news, order::Source::Csv, 1).unwrap();
    }

    fn asks_at_once(&self) {
        setting::set(&self.tx, setting::RETURNS_ASK, &"automatic", None, 1).unwrap();
    }
}

/// A letter's text without the soft line ends of its transfer.
fn unfolded(letter: &str) -> String {
    letter.replace("=\r\n", "").replace("=3D", "=")
}

#[test]
fn the_letter_says_how_many_photos_the_clause_needs() {
    let shop = Shop::open();
    shop.sells_prints();
    shop.asks_at_once();
    shop.writes("<m1@example.test>", None, &asks(vec![found(fields::ORDER_NUMBER, "AT-10482"), found(fields::REASON, "damaged")]));
    let letter = unfolded(&shop.letters().remove(0));
    assert!(letter.contains("Photos (at least 2, of the item and of the packaging):"), "{letter}");
}

#[test]
fn a_number_that_no_order_has_is_said_back_and_not_asked_for_as_if_nothing_had_been_said() {
    let shop = Shop::open();
    shop.sells_prints();
    shop.asks_at_once();
    let perhaps = Found { certain: false, ..found(fields::ORDER_NUMBER, "AT-99123457") };
    shop.writes("<m1@example.test>", None, &asks(vec![perhaps, found(fields::REASON, "damaged")]));
    let letter = unfolded(&shop.letters().remove(0));
    assert!(letter.contains("Order number (we do not find AT-99123457):"), "{letter}");
}

#[test]
fn the_lines_of_a_letter_claim_nothing_when_an_answer_carries_them() {
    let shop = Shop::open();
    let context = returns::reading_context(&shop.tx).unwrap();
    for language in LANGUAGES {
        let beside = [(fields::PHOTOS, words::photos_at_least(2, language)), (fields::ORDER_NUMBER, words::order_not_found("AT-99123457", language))];
        let lines = words::lines_to_fill_beside(&[fields::ORDER_NUMBER, fields::PHOTOS], &[], &beside, language);
        let letter = |text| Letter { subject: "", new_text: text, text, language: Some(language), written: None, attachments: &[] };
        assert_eq!(context.read_letter(&letter(&lines)).facts, [], "{language}: {lines}");
        let filled = lines.replacen(":", ": AT-10482", 1);
        let facts = context.read_letter(&letter(&filled)).facts;
        assert!(facts.len() == 1 && facts[0].value == Value::Text("AT-10482".into()), "{language}: {filled} {facts:?}");
    }
}

#[test]
fn fulfilment_reads_whose_it_is_what_was_decided_and_three_links_in_every_language() {
    for language in LANGUAGES {
        let shop = Shop::open();
        shop.sells_prints();
        setting::set(&shop.tx, setting::LANGUAGE, language, None, 1).unwrap();
        let fulfilment = returns::Fulfilment { address: "ware@shop.test".into(), when: returns::When::Approved };
        setting::set(&shop.tx, setting::FULFILMENT, &fulfilment, None, 1).unwrap();
        let said = vec![found(fields::ORDER_NUMBER, "AT-10482"), found(fields::REASON, "changed_mind"), found(fields::WISH, "refund")];
        let id = shop.the_return(shop.writes("<m1@example.test>", None, &asks(said)).conversation.unwrap()).id;
        let deciding = returns::Deciding { decision: Decision::Refund, amount: Some(Amount::new(6800, Currency::parse("EUR"))), comes_back: true };
        returns::decide(&shop.tx, id, deciding, &shop.jules, shop.later(1)).unwrap();
        let letters = shop.letters();
        let text = unfolded(&letters[0]);
        for answer in ["expected", "damaged", "missing"] {
            assert!(text.contains(&format!("?answer={answer}")), "{language} {answer}: {text}");
        }
        assert_eq!(text.matches("https://help.shop.test/fulfilment/t").count() % 3, 0, "{language}: {text}");
        let standing = returns::standing(&shop.tx, id).unwrap();
        let told = returns::told_fulfilment(&shop.tx, &standing, language).unwrap();
        let day = words::day("2026-09-19".parse().unwrap(), language);
        for words in ["Mara Okafor", "Prints", "68.00", day.as_str()] {
            assert!(told.iter().any(|(_, value)| value.contains(words)), "{language} {words}: {told:?}");
            assert!(text.contains(words), "{language} {words}: {text}");
        }
        if *language == "en" {
            for line in ["Customer: Mara Okafor", "Return policy: outside policy", "Decision: refund, ", "Delivered on: 19 September 2026"] {
                assert!(text.contains(line), "{line}: {text}");
            }
        }
    }
}
