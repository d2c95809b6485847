//! Stories of calls that move money a second time, or more of it than an agent decides alone: trying again, calls that name no sum, and what
//! nobody presses.

use super::calling::euros;
use super::shop::{MINUTE, Shop};
use crate::action::answer::{Fate, Outcome};
use crate::action::call::{self, Call, State as Stands};
use crate::action::{ActionId, Definition, Kind};
use crate::agent::{Agent, Role};
use crate::desk::returns::{self, Answer, Deciding};
use crate::desk::{self, Result};
use crate::return_request::fields::{self, Value};
use crate::return_request::{Decision, Request, State, request};
use crate::{order, setting};

impl Shop {
    pub(super) fn owner(&self) -> Agent {
        Agent { role: Role::Owner, ..self.jules.clone() }
    }

    fn limits_agents_to(&self, minor: i64) {
        setting::set(&self.tx, setting::OWNER_AGREES_ABOVE, &euros(minor), None, 1).unwrap();
    }

    fn presses(&self, request: &Request, action: ActionId, seen: usize) -> Result<()> {
        returns::press_action(&self.tx, request.id, action, seen, &self.jules, self.later(1)).map(|_| ())
    }

    fn tries_again(&self, call: &Call, by: &Agent) -> Result<()> {
        returns::try_call_again(&self.tx, call.id, by, self.later(1))
    }

    /// The next call that is due, and a clear no to it.
    fn hears_no(&self) -> Call {
        let now = self.later(MINUTE);
        let (call, _) = call::claim(&self.tx, &format!("word{now}"), now).unwrap().expect("a call is due");
        let outcome = Outcome { fate: Fate::Refused, words: "no".into(), status: Some(400), answer: String::new(), reference: String::new() };
        returns::called(&self.tx, call.id, &outcome, None, now).unwrap();
        call
    }

    fn agrees_to(&self, request: &Request, decision: Decision, minor: Option<i64>, comes_back: bool) {
        let deciding = Deciding { decision, amount: minor.map(euros), comes_back };
        returns::decide(&self.tx, request.id, deciding, &self.jules, self.later(MINUTE)).unwrap();
    }

    /// An owner moved it on by hand.
    fn lets_stand_at_refund(&self, request: &Request) {
        request::set_state(&self.tx, request.id, State::ToRefund, None, self.later(1)).unwrap();
    }

    fn knows_the_order_at(&self, minor: i64) {
        let news = order::News { number: "AT-1".into(), total: Some(euros(minor)), ..order::News::default() };
        let id = order::learn(&self.tx, &news, order::Source::Api, 1).unwrap();
        returns::orders_arrived(&self.tx, &[id], self.later(1)).unwrap();
    }
}

fn button(body: &str) -> Definition {
    Definition { button: true, body: body.into(), ..Definition::default() }
}

fn words(refused: Result<()>) -> String {
    refused.expect_err("it is refused").to_string()
}

#[test]
fn trying_again_is_no_way_around_the_limit() {
    let shop = Shop::open();
    shop.limits_agents_to(10_000);
    let pays = shop.defines(Kind::Call, "Issue the refund", button("{\"amount\": {{amount_minor}}}"));
    let request = shop.asked_for(5400);
    shop.lets_stand_at_refund(&request);
    shop.presses(&request, pays, 0).unwrap();
    let call = shop.hears_no();
    let more = Some(Value::Amount(euros(540_000)));
    returns::correct(&shop.tx, request.id, fields::AMOUNT, more, shop.jules.id, shop.later(1)).unwrap();
    assert!(words(shop.tries_again(&call, &shop.jules)).contains("€5400.00 is above what agents decide alone"));
    assert_eq!(shop.calls(&request)[0].state, Stands::Failed);
    shop.tries_again(&call, &shop.owner()).unwrap();
    assert_eq!(shop.calls(&request)[0].facts["amount_minor"].as_i64(), Some(540_000));
}

#[test]
fn what_was_declined_since_is_not_tried_again() {
    let shop = Shop::open();
    let pays = shop.defines(Kind::Call, "Issue the refund", Definition { decisions: vec![Decision::Refund], ..button("") });
    let request = shop.asked_for(6800);
    shop.agrees_to(&request, Decision::Refund, Some(6800), true);
    shop.presses(&request, pays, 0).unwrap();
    let call = shop.hears_no();
    desk::undo(&shop.tx, shop.newest_event(&request, "Decided"), shop.jules.id, shop.later(1)).unwrap();
    for decision in [None, Some(Decision::Decline)] {
        if let Some(decision) = decision {
            shop.agrees_to(&request, decision, None, false);
        }
        let why = if decision.is_some() { "not for this decision" } else { "before a decision" };
        assert!(words(shop.tries_again(&call, &shop.owner())).contains(why), "{decision:?}");
        assert!(returns::call_not_again(&shop.tx, &shop.calls(&request)[0]).unwrap().is_some(), "the page offers it no more");
    }
}

#[test]
fn a_call_that_was_left_is_over_and_its_button_makes_the_next_one() {
    let shop = Shop::open();
    let pays = shop.defines(Kind::Call, "Issue the refund", button(""));
    let request = shop.asked_for(6800);
    shop.agrees_to(&request, Decision::Refund, Some(6800), false);
    shop.presses(&request, pays, 0).unwrap();
    let first = shop.hears_no();
    assert!(words(shop.presses(&request, pays, 1)).contains("did not work"), "two open calls would be two refunds");
    returns::settle_call(&shop.tx, first.id, false, shop.jules.id, shop.later(1)).unwrap();
    shop.presses(&request, pays, 1).unwrap();
    shop.brings_back(Fate::Done);
    assert!(words(shop.tries_again(&first, &shop.owner())).contains("nothing to try again"));
    assert!(call::next_due(&shop.tx).unwrap().is_none());
}

#[test]
fn a_call_behind_which_another_came_is_not_tried_again() {
    let shop = Shop::open();
    let pays = shop.defines(Kind::Call, "Issue the refund", Definition { fired_by: Some(State::Received), ..button("") });
    let request = shop.asked_for(6800);
    shop.agrees_to(&request, Decision::Refund, Some(6800), true);
    shop.presses(&request, pays, 0).unwrap();
    let first = shop.hears_no();
    returns::answered(&shop.tx, request.id, Answer::Damaged, shop.later(MINUTE)).unwrap();
    assert_eq!(shop.calls(&request).len(), 2, "what a state fires does not wait for the button");
    assert!(words(shop.tries_again(&first, &shop.owner())).contains("called meanwhile"));
}

#[test]
fn what_may_have_been_done_is_not_repeated_once_another_sum_was_decided() {
    let shop = Shop::open();
    let pays = shop.defines(Kind::Call, "Issue the refund", button("{\"amount\": {{amount_minor}}}"));
    let request = shop.asked_for(6800);
    shop.agrees_to(&request, Decision::PartialRefund, Some(6800), true);
    returns::move_to(&shop.tx, request.id, State::Received, "", shop.jules.id, shop.later(1)).unwrap();
    shop.presses(&request, pays, 0).unwrap();
    shop.brings_back(Fate::Uncertain);
    let call = shop.calls(&request).remove(0);
    shop.agrees_to(&request, Decision::PartialRefund, Some(3000), true);
    assert!(words(shop.tries_again(&call, &shop.owner())).contains("something else was decided"));
    returns::settle_call(&shop.tx, call.id, true, shop.jules.id, shop.later(1)).unwrap();
}

#[test]
fn a_call_that_names_no_sum_is_held_by_what_the_order_cost() {
    let shop = Shop::open();
    shop.limits_agents_to(10_000);
    let all = shop.defines(Kind::Call, "Refund the order", button("{\"order\": \"{{order_number}}\"}"));
    let some = shop.defines(Kind::Call, "Issue the refund", button("{\"amount\": \"{{amount?}}\"}"));
    let label = shop.defines(Kind::Call, "Send a new print", Definition { decisions: vec![Decision::Replacement], ..button("") });
    let request = shop.asked_for(5400);
    shop.agrees_to(&request, Decision::Refund, Some(5400), true);
    assert!(words(shop.presses(&request, all, 0)).contains("what the order cost is not known: an owner has to agree"));
    shop.knows_the_order_at(540_000);
    let request = shop.asked_again("<m2@example.test>", 5400);
    shop.agrees_to(&request, Decision::Refund, Some(5400), true);
    assert!(words(shop.presses(&request, all, 0)).contains("the order’s €5400.00 is above what agents decide alone"));
    shop.presses(&request, some, 0).unwrap();
    returns::move_to(&shop.tx, request.id, State::Received, "", shop.jules.id, shop.later(1)).unwrap();
    shop.agrees_to(&request, Decision::Replacement, None, false);
    shop.presses(&request, label, 0).unwrap();
    shop.knows_the_order_at(9900);
    shop.presses(&request, all, 0).unwrap();
}

#[test]
fn what_the_warehouse_sets_off_waits_for_an_owner_where_the_agent_had_to() {
    let shop = Shop::open();
    shop.limits_agents_to(10_000);
    shop.defines(Kind::Call, "Refund the order", Definition { fired_by: Some(State::ToRefund), ..Definition::default() });
    let request = shop.asked_for(5400);
    shop.knows_the_order_at(540_000);
    shop.agrees_to(&request, Decision::Refund, Some(5400), true);
    returns::answered(&shop.tx, request.id, Answer::Expected, shop.later(MINUTE)).unwrap();
    let call = shop.calls(&request).remove(0);
    assert!(call.is_in_trouble() && call.words.contains("an owner has to agree"), "{call:?}");
    assert_eq!((shop.stands(&request), call::next_due(&shop.tx).unwrap()), (State::ToRefund, None), "the answer stays, nothing leaves");
    shop.newest_event(&request, "CallFailed");
    assert!(words(shop.tries_again(&call, &shop.jules)).contains("an owner has to agree"));
    shop.tries_again(&call, &shop.owner()).unwrap();
    assert_eq!(shop.calls(&request)[0].state, Stands::Waiting);
}

#[test]
fn an_agent_cannot_press_a_sum_through_that_an_owner_has_to_agree_to() {
    let shop = Shop::open();
    shop.limits_agents_to(5000);
    let always = shop.defines(Kind::Call, "Make a credit", Definition { button: true, ..Definition::default() });
    let refunds = shop.defines(Kind::Call, "Issue the refund", Definition { button: true, decisions: vec![Decision::Refund], ..Definition::default() });
    let request = shop.asked_for(6800);
    for held in [always, refunds] {
        assert!(words(shop.presses(&request, held, 0)).contains("is not called before a decision"));
    }
    // Moving it on by hand is no way around it.
    shop.defines(Kind::Call, "At once", Definition { fired_by: Some(State::ToRefund), ..Definition::default() });
    let refused = shop.tx.attempt(|| returns::move_to(&shop.tx, request.id, State::ToRefund, "", shop.jules.id, shop.later(1))).unwrap().unwrap_err();
    assert!(refused.to_string().contains("an owner has to agree"), "{refused}");
    // Nor is a decision that leaves the sum out.
    let silent = Deciding { decision: Decision::Refund, amount: None, comes_back: false };
    let refused = shop.tx.attempt(|| returns::decide(&shop.tx, request.id, silent, &shop.jules, shop.later(1))).unwrap().unwrap_err();
    assert!(refused.to_string().contains("an owner has to agree"), "{refused}");
    // What an owner let stand at "to refund" without a decision is held for agents, and not for owners.
    shop.lets_stand_at_refund(&request);
    assert!(words(shop.presses(&request, always, 0)).contains("an owner has to agree"));
    returns::press_action(&shop.tx, request.id, always, 0, &shop.owner(), shop.later(1)).unwrap();
}
