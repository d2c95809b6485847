//! Stories of verdicts: the policy of the order's day over what the customer said and what the shop knows.

use super::returning::{asks, found};
use super::shop::Shop;
use crate::desk::returns;
use crate::money::{Amount, Currency};
use crate::order;
use crate::return_policy::{Kind, Policy, ready, simulation, version};
use crate::return_request::fields::{self, Value};
use crate::return_request::reading::Found;
use crate::return_request::request::Request;
use jiff::civil::Date;

impl Shop {
    fn today(&self) -> Date {
        jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::from_millisecond(self.now.get()).unwrap()).date()
    }

    fn ago(&self, days: i64) -> Date {
        self.today().checked_sub(jiff::Span::new().days(days)).unwrap()
    }

    pub fn promises(&self, policy: &Policy, from: Date) -> i64 {
        version::save(&self.tx, policy, from, "", None, 1).unwrap()
    }

    /// One mug of 20 euros, ordered 20 days ago.
    fn sold(&self, delivered: Option<Date>) {
        let euro = Amount::new(2000, Currency::parse("EUR"));
        let line = order::Line { title: "Mug".into(), kind: "mug".into(), quantity: 1, unit: Some(euro), ..order::Line::default() };
        let news = order::News {
            number: "AT-1".into(),
            address: Some("mara@example.test".into()),
            ordered_on: Some(self.ago(20)),
            delivered_on: delivered,
            total: Some(euro),
            lines: vec![line],
            ..order::News::default()
        };
        order::learn(&self.tx, &news, order::Source::Csv, 1).unwrap();
    }

    fn asked_with(&self, mut facts: Vec<Found>) -> Request {
        facts.push(found(fields::REASON, "changed_mind"));
        self.the_return(self.writes("<m1@example.test>", None, &asks(facts)).conversation.unwrap())
    }
}

fn said(request: &Request) -> (&str, &str) {
    let judgement = request.judgement.as_ref().expect("judged");
    (&judgement.verdict, &judgement.words)
}

fn value(field: &str, value: Value) -> Found {
    Found { field: field.into(), value, sentence: "so they say".into(), certain: true }
}

#[test]
fn without_a_policy_a_person_must_look() {
    let shop = Shop::open();
    shop.sold(Some(shop.ago(4)));
    let request = shop.asked_with(Vec::new());
    assert_eq!(said(&request), ("look", "There is no return policy yet."));
    assert_eq!(request.policy_version, None);
}

#[test]
fn the_policy_of_the_order_s_day_decides_and_a_later_one_does_not() {
    let shop = Shop::open();
    shop.sold(Some(shop.ago(20)));
    let then = shop.promises(&ready::general_shop(), shop.ago(100));
    shop.promises(&ready::withdrawal_right(), shop.ago(3));
    let request = shop.asked_with(Vec::new());
    assert_eq!(said(&request), ("within", "changed mind, day 20 of 30"));
    assert_eq!(request.policy_version, Some(then));
}

#[test]
fn an_order_that_the_shop_does_not_know_is_for_a_person() {
    let shop = Shop::open();
    shop.sold(Some(shop.ago(4)));
    shop.promises(&ready::general_shop(), shop.ago(100));
    let delivered = value(fields::DELIVERED_ON, Value::Date(shop.ago(1)));
    let request = shop.asked_with(vec![found(fields::ORDER_NUMBER, "AT-99"), delivered]);
    assert_eq!(said(&request), ("look", "The shop knows no order AT-99."));
}

#[test]
fn a_delivery_day_that_has_not_come_and_a_sum_above_the_order_s_are_said_in_words() {
    let shop = Shop::open();
    shop.sold(None);
    shop.promises(&ready::general_shop(), shop.ago(100));
    let request = shop.asked_with(vec![value(fields::DELIVERED_ON, Value::Date(shop.ago(-9)))]);
    let (verdict, words) = said(&request);
    assert!(verdict == "look" && words.contains("has not come yet"), "{words}");

    let shop = Shop::open();
    shop.sold(Some(shop.ago(4)));
    shop.promises(&ready::general_shop(), shop.ago(100));
    let request = shop.asked_with(vec![value(fields::AMOUNT, Value::Amount(Amount::new(9900, Currency::parse("EUR"))))]);
    assert_eq!(said(&request), ("look", "€99.00 is more than the order's €20.00."));
}

#[test]
fn another_policy_is_tried_on_past_returns_before_it_is_saved() {
    let shop = Shop::open();
    shop.sold(Some(shop.ago(20)));
    let request = shop.asked_with(Vec::new());
    let past = returns::past_cases(&shop.tx, 0, shop.now.get()).unwrap();
    let (short, long) = (ready::withdrawal_right(), ready::general_shop());
    let tried = simulation::compare(&short, &long, past.iter().map(|(id, case)| (*id, case)));
    assert_eq!(tried.cases, 1);
    assert_eq!(tried.changed.iter().map(|c| (c.id, c.before.kind, c.after.kind)).collect::<Vec<_>>(), [(request.id, Kind::Outside, Kind::Within)]);
    let same = simulation::compare(&long, &long, past.iter().map(|(id, case)| (*id, case)));
    assert_eq!((same.cases, same.changed.len()), (1, 0));
}
