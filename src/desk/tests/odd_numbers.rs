//! Stories of order numbers that do not look like the shop's: kept with their sentence, doubted, asked about, believed once the shop knows
//! them.

use super::returning::asks;
use super::shop::Shop;
use crate::desk::returns;
use crate::order;
use crate::return_request::fact::{self, Fact, Source};
use crate::return_request::fields::{self, Value};
use crate::return_request::reading::{Letter, Reading};
use crate::return_request::{ReturnId, State, words};
use crate::setting;

impl Shop {
    fn numbers_its_orders(&self, pattern: &str) {
        setting::set(&self.tx, setting::ORDER_PATTERN, &pattern, None, 1).unwrap();
        setting::set(&self.tx, setting::RETURNS_ASK, &"automatic", None, 1).unwrap();
    }

    fn reads(&self, text: &str) -> Reading {
        let letter = Letter { subject: "Refund", new_text: text, text, language: Some("en"), written: None, attachments: &[] };
        let facts = returns::reading_context(&self.tx).unwrap().read_letter(&letter).facts;
        asks(facts)
    }

    fn reads_and_opens(&self, text: &str) -> ReturnId {
        let there = self.writes("<m1@example.test>", None, &self.reads(text)).conversation.unwrap();
        self.the_return(there).id
    }

    fn number(&self, id: ReturnId) -> Fact {
        fact::of(&self.tx, id).unwrap().get(fields::ORDER_NUMBER).expect("a number was read").clone()
    }
}

const TORN: &str = "Hello, the print from order number 77-1234 came torn. Please give me my money back.";

#[test]
fn a_number_of_another_shape_stays_with_its_sentence_and_the_letter_says_what_was_read() {
    let shop = Shop::open();
    shop.numbers_its_orders("AT-#####");
    let id = shop.reads_and_opens(TORN);
    let number = shop.number(id);
    assert_eq!((number.value, number.certain), (Value::Text("77-1234".into()), false));
    assert!(number.sentence.contains("from order number 77-1234 came torn"), "{}", number.sentence);
    assert!(returns::standing(&shop.tx, id).unwrap().missing.contains(&fields::ORDER_NUMBER.to_owned()));
    let letter = shop.letters().remove(0).replace("=\r\n", "");
    assert!(letter.contains("Order number (we do not find 77-1234):"), "{letter}");
}

#[test]
fn a_line_that_was_filled_in_with_another_shape_is_doubted_too_and_one_of_the_shop_s_is_not() {
    for (line, certain) in [("Order number: 77-1234", false), ("Order number: AT-10482", true)] {
        let shop = Shop::open();
        shop.numbers_its_orders("AT-#####");
        let id = shop.reads_and_opens(line);
        assert_eq!(shop.number(id).certain, certain, "{line}");
    }
    let shop = Shop::open();
    let id = shop.reads_and_opens("Order number: 77-1234");
    assert!(shop.number(id).certain, "who knows what a number looks like?");
}

#[test]
fn it_is_believed_once_the_shop_knows_an_order_of_that_number() {
    let shop = Shop::open();
    shop.numbers_its_orders("AT-#####");
    let id = shop.reads_and_opens(TORN);
    let news = order::News { number: "77-1234".into(), address: Some("mara@example.test".into()), ..order::News::default() };
    let known = order::learn(&shop.tx, &news, order::Source::Api, 1).unwrap();
    returns::orders_arrived(&shop.tx, &[known], shop.later(1)).unwrap();
    let number = shop.number(id);
    assert_eq!((number.certain, number.source), (true, Source::Order));
    assert_eq!(returns::standing(&shop.tx, id).unwrap().request.order_id, Some(known));
    // What it was read from is not forgotten.
    assert!(fact::history(&shop.tx, id, fields::ORDER_NUMBER).unwrap().iter().any(|old| old.sentence.contains("came torn")));
}

#[test]
fn another_s_order_is_not_believed_for_a_number_of_another_shape() {
    let shop = Shop::open();
    shop.numbers_its_orders("AT-#####");
    let id = shop.reads_and_opens(TORN);
    let news = order::News { number: "77-1234".into(), address: Some("tom@example.test".into()), ..order::News::default() };
    let known = order::learn(&shop.tx, &news, order::Source::Api, 1).unwrap();
    returns::orders_arrived(&shop.tx, &[known], shop.later(1)).unwrap();
    assert!(!shop.number(id).certain && returns::standing(&shop.tx, id).unwrap().request.order_id.is_none());
}

#[test]
fn it_is_looked_up_all_the_same_and_the_letter_waits_for_that() {
    let shop = Shop::open();
    shop.numbers_its_orders("AT-#####");
    shop.looks_orders_up();
    let id = shop.reads_and_opens("Order number: 77-1234\nWhat happened: damaged\nWhat would you like: refund");
    assert_eq!(shop.letters().len(), 0);
    shop.is_answered(200, r#"{"number": "77-1234", "delivered": "2026-09-19"}"#);
    let request = returns::standing(&shop.tx, id).unwrap().request;
    assert_eq!((shop.letters().len(), request.state, shop.number(id).certain), (0, State::ToDecide, true));

    let shop = Shop::open();
    shop.numbers_its_orders("AT-#####");
    shop.looks_orders_up();
    shop.reads_and_opens("Order number: 77-1234\nWhat happened: damaged\nWhat would you like: refund");
    shop.is_answered(404, "");
    let letter = shop.letters().remove(0).replace("=\r\n", "");
    assert!(letter.contains("(we do not find 77-1234)"), "{letter}");
}

#[test]
fn of_two_numbers_the_letter_asks_whether_it_is_the_first_in_every_language() {
    let shop = Shop::open();
    setting::set(&shop.tx, setting::RETURNS_ASK, &"automatic", None, 1).unwrap();
    shop.reads_and_opens("My order is 20481 or maybe 20418, and the print came torn.");
    let letter = shop.letters().remove(0).replace("=\r\n", "");
    assert!(letter.contains("Order number (is it 20481?):"), "{letter}");
    for language in crate::return_request::LANGUAGES {
        let beside = [(fields::ORDER_NUMBER, words::order_perhaps("20481", language))];
        let line = words::lines_to_fill_beside(&[fields::ORDER_NUMBER], &[], &beside, language);
        let quoted = format!("> {}", line.trim_end());
        assert_eq!(shop.reads(&quoted).facts, [], "{language}: {line}");
        let filled = shop.reads(&format!("{} 20418", line.trim_end())).facts;
        assert!(filled.len() == 1 && filled[0].value == Value::Text("20418".into()), "{language}: {line} {filled:?}");
    }
}
