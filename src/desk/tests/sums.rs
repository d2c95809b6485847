//! Stories of sums: in which currency they are meant, who may let them go, and what a clause keeps of them.

use super::pieces::euros;
use super::returning::found;
use super::shop::Shop;
use crate::agent::Agent;
use crate::desk::returns::{self, Deciding};
use crate::money::{Amount, Currency};
use crate::return_policy::{Clause, Policy, SHAPE, Terms};
use crate::return_request::fields::{self, Value};
use crate::return_request::reading::Found;
use crate::return_request::{Decision, ReturnId, State, request};
use crate::setting;

const PRINT: &[(&str, &str, i64, i64)] = &[("Low Tide", "print", 1, 10_000)];

impl Shop {
    fn agents_decide_up_to(&self, minor: i64) {
        setting::set(&self.tx, setting::OWNER_AGREES_ABOVE, &euros(minor), None, 1).unwrap();
    }

    /// A refund; why it was refused, or nothing.
    fn refunds(&self, id: ReturnId, amount: Option<Amount>, by: &Agent) -> Option<String> {
        let deciding = Deciding { decision: Decision::Refund, amount, comes_back: false };
        self.tx.attempt(|| returns::decide(&self.tx, id, deciding, by, self.later(1))).unwrap().err().map(|why| why.to_string())
    }

    fn moves(&self, id: ReturnId, is: State) -> Option<String> {
        self.tx.attempt(|| returns::move_to(&self.tx, id, is, "", self.jules.id, self.later(1))).unwrap().err().map(|why| why.to_string())
    }

    fn keeps(&self, restocking_percent: u8, processing_fee: Option<Amount>) {
        let terms = Terms { restocking_percent, processing_fee, outcomes: vec![Decision::Refund], ..Terms::default() };
        let clause = Clause { id: "any".into(), name: "Anything".into(), terms, ..Clause::default() };
        self.promises(&Policy { shape: SHAPE, clauses: vec![clause] }, "2020-01-01".parse().unwrap());
    }

    fn proposed(&self, id: ReturnId, decision: Decision) -> (Option<i64>, String) {
        let request = request::find(&self.tx, id).unwrap().unwrap();
        let proposal = returns::proposal(&self.tx, &request, decision).unwrap();
        (proposal.amount.map(|amount| amount.minor), proposal.arithmetic)
    }
}

fn typed(digits: &str) -> Option<Amount> {
    Amount::from_digits(digits, None)
}

fn states(minor: i64) -> Found {
    Found { field: fields::AMOUNT.into(), value: Value::Amount(euros(minor)), sentence: "so they say".into(), certain: true }
}

#[test]
fn a_sum_without_a_currency_is_in_the_order_s_before_anything_is_held_against_it() {
    let shop = Shop::open();
    shop.ordered(PRINT, 10_000);
    let id = shop.asked(vec![found(fields::REASON, "damaged")]);
    assert!(shop.refunds(id, typed("-5"), &shop.jules).unwrap().contains("more than nothing"));
    assert_eq!(shop.refunds(id, typed("80"), &shop.jules), None);
    let decided = request::find(&shop.tx, id).unwrap().unwrap().decided.unwrap();
    assert_eq!(decided.amount, Some(euros(8000)));
}

#[test]
fn without_an_order_the_currency_is_what_was_spoken_of_or_the_limit_s() {
    let shop = Shop::open();
    let sums = |id: ReturnId| returns::sums(&shop.tx, &request::find(&shop.tx, id).unwrap().unwrap()).unwrap();
    let id = shop.asked(vec![]);
    assert_eq!(sums(id).currency, None);
    shop.agents_decide_up_to(5000);
    assert_eq!(sums(id).currency, Currency::parse("EUR"));
    let yen = Value::Amount(Amount::new(9000, Currency::parse("JPY")));
    returns::correct(&shop.tx, id, fields::AMOUNT, Some(yen), shop.jules.id, shop.later(1)).unwrap();
    let thousand = Deciding { decision: Decision::Refund, amount: typed("1000"), comes_back: false };
    assert_eq!(sums(id).complete(thousand).amount.unwrap().to_string(), "¥1000");
}

#[test]
fn a_decision_without_a_sum_is_held_against_what_the_return_is_about() {
    let shop = Shop::open();
    shop.agents_decide_up_to(20_000);
    let id = shop.asked(vec![]);
    let unknown = shop.refunds(id, None, &shop.jules).unwrap();
    assert!(unknown.contains("an owner has to agree: no sum is known"), "{unknown}");
    assert!(shop.moves(id, State::ToDecide).is_none(), "nothing is owed by that");
    for is in [State::ToRefund, State::Approved] {
        assert!(shop.moves(id, is).unwrap().contains("no sum is known"), "{is:?}");
    }
    // A customer who states little does not make a dear piece cheap.
    shop.ordered(&[("Low Tide", "original", 1, 94_000)], 94_000);
    returns::correct(&shop.tx, id, fields::ORDER_NUMBER, Some(Value::Text("AT-1".into())), shop.jules.id, shop.later(1)).unwrap();
    returns::correct(&shop.tx, id, fields::AMOUNT, Some(Value::Amount(euros(100))), shop.jules.id, shop.later(1)).unwrap();
    let above = shop.refunds(id, None, &shop.jules).unwrap();
    assert!(above.contains("€940.00 is above"), "{above}");
    assert_eq!(shop.refunds(id, typed("200"), &shop.jules), None, "a part of it is the agent's to give");
    assert_eq!(shop.moves(id, State::Refunded), None, "the sum was held against the limit");
}

#[test]
fn moving_a_return_by_hand_passes_no_sum_that_deciding_refuses() {
    let shop = Shop::open();
    shop.agents_decide_up_to(5000);
    let id = shop.asked(vec![found(fields::ORDER_NUMBER, "AT-1"), found(fields::REASON, "damaged"), found(fields::WISH, "refund"), states(9000)]);
    let refused = |is: State| shop.moves(id, is).is_some_and(|why| why.contains("€90.00 is above what agents decide alone"));
    assert!(refused(State::ToRefund) && refused(State::Approved));
    // Another piece is no money; that it was paid is.
    let another = Deciding { decision: Decision::Replacement, amount: None, comes_back: false };
    returns::decide(&shop.tx, id, another, &shop.jules, shop.later(1)).unwrap();
    assert!(refused(State::Refunded) && refused(State::Credited));
    assert_eq!(shop.moves(id, State::Received), None);
    assert_eq!(shop.moves(id, State::ToRefund), None);
    assert_eq!(shop.moves(id, State::Received), None);
    assert_eq!(shop.refunds(id, Some(euros(9000)), &shop.owner()), None);
    assert_eq!(shop.moves(id, State::Refunded), None, "an owner agreed");
}

#[test]
fn what_the_clause_keeps_is_taken_off_with_its_arithmetic() {
    for (percent, fee, refund, partial) in [
        (15, Some(euros(500)), (Some(8000), "€100.00 − 15 % restocking €15.00 − processing €5.00 = €80.00"), Some(8000)),
        (15, None, (Some(8500), "€100.00 − 15 % restocking €15.00 = €85.00"), Some(8500)),
        (0, Some(euros(20_000)), (None, "€100.00 − processing €200.00 leaves nothing"), None),
        (0, None, (Some(10_000), ""), None),
    ] {
        let shop = Shop::open();
        shop.keeps(percent, fee);
        shop.ordered(PRINT, 10_000);
        let id = shop.asked(vec![found(fields::REASON, "changed_mind")]);
        assert_eq!(shop.proposed(id, Decision::Refund), (refund.0, refund.1.to_owned()));
        assert_eq!(shop.proposed(id, Decision::PartialRefund), (partial, refund.1.to_owned()));
        assert_eq!(shop.proposed(id, Decision::KeepItem), (Some(10_000), String::new()), "nothing is put on a shelf again");
    }
}

#[test]
fn a_fee_in_another_currency_is_said_and_not_subtracted_and_a_later_policy_changes_nothing() {
    let shop = Shop::open();
    shop.keeps(15, Some(Amount::new(500, Currency::parse("GBP"))));
    shop.ordered(PRINT, 10_000);
    let id = shop.asked(vec![found(fields::REASON, "changed_mind")]);
    shop.keeps(50, None);
    let (amount, arithmetic) = shop.proposed(id, Decision::Refund);
    assert_eq!(amount, Some(8500));
    assert!(arithmetic.contains("£5.00 is in another currency: take it off by hand"), "{arithmetic}");
}
