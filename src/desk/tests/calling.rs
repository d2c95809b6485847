//! Stories of custom actions: what is wanted when, once, and how it is taken back. Nothing is sent here: what the courier brings back is
//! told.

use super::returning::{asks, found};
use super::shop::{MINUTE, Shop};
use crate::action::answer::{Fate, Outcome};
use crate::action::call::{self, Call, State as Stands};
use crate::action::{self, ActionId, Definition, Kind, New, Then};
use crate::conversation::event::{self, EventId};
use crate::desk::returns::{self, Answer, Deciding};
use crate::desk::{self, AfterSending};
use crate::money::{Amount, Currency};
use crate::return_request::fields::{self, Value};
use crate::return_request::reading::Found;
use crate::return_request::{Decision, Request, State};
use crate::setting;

impl Shop {
    pub fn defines(&self, kind: Kind, name: &str, definition: Definition) -> ActionId {
        let definition = Definition { url: "https://api.example.com/".into(), ..definition };
        action::save(&self.tx, None, &New { kind, name: name.into(), definition, sealed: None }, self.jules.id, 1).unwrap()
    }

    pub fn asked_for(&self, minor: i64) -> Request {
        self.asked_again("<m1@example.test>", minor)
    }

    pub fn asked_again(&self, message: &str, minor: i64) -> Request {
        let amount = Found { field: fields::AMOUNT.into(), value: Value::Amount(euros(minor)), sentence: "so they say".into(), certain: true };
        let facts = vec![found(fields::ORDER_NUMBER, "AT-1"), found(fields::REASON, "damaged"), found(fields::WISH, "refund"), amount];
        self.the_return(self.writes(message, None, &asks(facts)).conversation.unwrap())
    }

    pub fn decides(&self, request: &Request, decision: Decision, comes_back: bool) {
        let deciding = Deciding { decision, amount: Some(euros(6800)), comes_back };
        returns::decide(&self.tx, request.id, deciding, &self.jules, self.later(MINUTE)).unwrap();
    }

    pub fn calls(&self, request: &Request) -> Vec<Call> {
        call::of_return(&self.tx, request.id).unwrap()
    }

    pub fn stands(&self, request: &Request) -> State {
        self.the_return(request.conversation_id).state
    }

    /// What the courier does with the next call that is due, told without a network.
    pub fn brings_back(&self, fate: Fate) {
        let now = self.later(MINUTE);
        let (call, _) = call::claim(&self.tx, "word", now).unwrap().expect("a call is due");
        let outcome = Outcome { fate, words: "answered 200".into(), status: Some(200), answer: String::new(), reference: "re_1".into() };
        returns::called(&self.tx, call.id, &outcome, None, now).unwrap();
    }

    pub fn newest_event(&self, request: &Request, words: &str) -> EventId {
        let events = event::of_conversation(&self.tx, request.conversation_id).unwrap();
        events.iter().rev().find(|event| event.undone_at.is_none() && format!("{:?}", event.what).contains(words)).expect("it happened").id
    }
}

pub fn euros(minor: i64) -> Amount {
    Amount::new(minor, Currency::parse("EUR"))
}

pub fn at_refund() -> Definition {
    Definition { fired_by: Some(State::ToRefund), decisions: vec![Decision::Refund], then: Some(Then::AsDecided), ..Definition::default() }
}

#[test]
fn a_decision_fires_what_the_owner_wants_and_its_success_ends_the_return() {
    let shop = Shop::open();
    shop.defines(Kind::Call, "Issue the refund", at_refund());
    shop.defines(Kind::Call, "Make a credit", Definition { decisions: vec![Decision::StoreCredit], ..at_refund() });
    let request = shop.asked_for(9900);
    shop.decides(&request, Decision::Refund, false);
    let calls = shop.calls(&request);
    assert_eq!((calls.len(), calls[0].action.as_str(), calls[0].state), (1, "Issue the refund", Stands::Waiting));
    assert_eq!(
        (calls[0].facts["amount_minor"].as_i64(), calls[0].facts["currency"].as_str()),
        (Some(6800), Some("EUR")),
        "what was decided, not what was asked for"
    );
    assert_eq!(calls[0].due_at, shop.now.get() + setting::undo_window(&shop.tx).unwrap());
    assert!(call::claim(&shop.tx, "early", shop.now.get()).unwrap().is_none());
    shop.brings_back(Fate::Done);
    assert_eq!(shop.stands(&request), State::Refunded);
    shop.later(MINUTE);
    assert!(call::next_due(&shop.tx).unwrap().is_none());
    // Money has moved: neither what the call set nor the decision behind it is undone.
    for (event, words) in [("is: Refunded", "would not bring that back"), ("Decided", "moved on since")] {
        let refused = desk::undo(&shop.tx, shop.newest_event(&request, event), shop.jules.id, shop.later(1)).unwrap_err().to_string();
        assert!(refused.contains(words), "{event}: {refused}");
    }
    assert_eq!((shop.stands(&request), shop.calls(&request).len()), (State::Refunded, 1));
}

#[test]
fn a_call_that_was_done_stands_in_the_way_of_undoing_its_decision_however_the_return_went_on() {
    let shop = Shop::open();
    shop.defines(Kind::Call, "Issue the refund", Definition { then: None, ..at_refund() });
    let request = shop.asked_for(6800);
    shop.decides(&request, Decision::Refund, false);
    shop.brings_back(Fate::Done);
    returns::move_to(&shop.tx, request.id, State::Received, "", shop.jules.id, shop.later(1)).unwrap();
    desk::undo(&shop.tx, shop.newest_event(&request, "is: Received"), shop.jules.id, shop.later(1)).unwrap();
    assert_eq!(shop.stands(&request), State::ToRefund);
    let decided = shop.newest_event(&request, "Decided");
    let refused = shop.tx.attempt(|| desk::undo(&shop.tx, decided, shop.jules.id, shop.later(1))).unwrap().unwrap_err().to_string();
    assert!(refused.contains("called already") && refused.contains("Put it right over there"), "{refused}");
    assert!(shop.the_return(request.conversation_id).decided.is_some());
}

#[test]
fn a_later_decision_does_not_call_again_by_itself_and_a_person_can() {
    let shop = Shop::open();
    let refunds = shop.defines(Kind::Call, "Issue the refund", Definition { then: None, ..at_refund() });
    let request = shop.asked_for(6800);
    shop.decides(&request, Decision::Refund, false);
    shop.brings_back(Fate::Done);
    let left_out = || {
        let action = action::find(&shop.tx, refunds).unwrap().unwrap();
        returns::call_is_left_out(&action, &shop.the_return(request.conversation_id), &shop.calls(&request))
    };
    assert!(!left_out(), "it was called for this decision");
    let press = |seen: usize| returns::press_action(&shop.tx, request.id, refunds, seen, &shop.jules, shop.later(1));
    assert!(press(1).is_err(), "it has no button");
    returns::move_to(&shop.tx, request.id, State::Received, "", shop.jules.id, shop.later(1)).unwrap();
    let first = shop.newest_event(&request, "Decided");
    let more = Deciding { decision: Decision::Refund, amount: Some(euros(500)), comes_back: false };
    returns::decide(&shop.tx, request.id, more, &shop.jules, shop.later(1)).unwrap();
    assert_eq!((shop.stands(&request), shop.calls(&request).len(), left_out()), (State::ToRefund, 1, true));
    let refused = desk::undo(&shop.tx, first, shop.jules.id, shop.later(1)).unwrap_err().to_string();
    assert!(refused.contains("moved on"), "only the newest decision is undone: {refused}");
    press(1).unwrap();
    let calls = shop.calls(&request);
    assert_eq!((calls.len(), calls[1].facts["amount"].as_str(), left_out()), (2, Some("5.00"), false));
}

#[test]
fn what_comes_back_first_is_refunded_when_it_came() {
    let shop = Shop::open();
    shop.defines(Kind::Call, "Issue the refund", at_refund());
    let request = shop.asked_for(6800);
    shop.decides(&request, Decision::Refund, true);
    assert_eq!((shop.stands(&request), shop.calls(&request).len()), (State::Approved, 0));
    returns::answered(&shop.tx, request.id, Answer::Expected, shop.later(MINUTE)).unwrap();
    assert_eq!((shop.stands(&request), shop.calls(&request).len(), shop.calls(&request)[0].created_by), (State::ToRefund, 1, None));
    shop.brings_back(Fate::Done);
    assert_eq!(shop.stands(&request), State::Refunded);
}

#[test]
fn taking_the_reply_back_takes_the_call_back_and_a_call_that_left_cannot_be() {
    let shop = Shop::open();
    shop.defines(Kind::Call, "Issue the refund", at_refund());
    let request = shop.asked_for(6800);
    let (message, _) = shop.answers(request.conversation_id, "You get your money back.", AfterSending::Resolve);
    let deciding = Deciding { decision: Decision::Refund, amount: Some(euros(6800)), comes_back: false };
    returns::decide(&shop.tx, request.id, deciding, &shop.jules, shop.now.get()).unwrap();
    desk::unsend(&shop.tx, message, &shop.jules, &[], shop.later(1_000)).unwrap();
    assert_eq!((shop.stands(&request), shop.calls(&request)[0].state), (State::ToDecide, Stands::Cancelled));
    assert!(call::next_due(&shop.tx).unwrap().is_none());
    // Decided again, it is called: the one before never was.
    shop.decides(&request, Decision::Refund, false);
    assert_eq!(shop.calls(&request).len(), 2);
    let now = shop.later(MINUTE);
    call::claim(&shop.tx, "word", now).unwrap().expect("it is due");
    let refused = desk::undo(&shop.tx, shop.newest_event(&request, "Decided"), shop.jules.id, shop.later(1)).unwrap_err();
    assert!(refused.to_string().contains("called already"), "{refused}");
}

#[test]
fn two_presses_of_one_page_call_once_and_a_press_can_be_taken_back() {
    let shop = Shop::open();
    let button = shop.defines(Kind::Call, "File a claim", Definition { button: true, no_money: true, ..Definition::default() });
    let request = shop.asked_for(6800);
    let press = |seen: usize| returns::press_action(&shop.tx, request.id, button, seen, &shop.jules, shop.later(1));
    let event = press(0).unwrap();
    assert!(press(0).unwrap_err().to_string().contains("being called already"));
    desk::undo(&shop.tx, event, shop.jules.id, shop.later(1)).unwrap();
    assert_eq!(shop.calls(&request)[0].state, Stands::Cancelled);
    let event = press(0).unwrap();
    shop.brings_back(Fate::Done);
    assert!(press(0).unwrap_err().to_string().contains("called meanwhile"), "the page is older than the call");
    assert!(desk::undo(&shop.tx, event, shop.jules.id, shop.later(1)).unwrap_err().to_string().contains("called already"));
    press(1).unwrap();
    assert_eq!(shop.calls(&request).iter().filter(|call| call.counts()).count(), 2);
    assert_eq!(shop.stands(&request), State::ToDecide, "nothing was said of moving it on");
}

#[test]
fn what_did_not_work_stands_there_until_somebody_settles_it() {
    let shop = Shop::open();
    shop.defines(Kind::Call, "Issue the refund", at_refund());
    let request = shop.asked_for(6800);
    shop.decides(&request, Decision::Refund, false);
    shop.brings_back(Fate::Uncertain);
    let call = shop.calls(&request).remove(0);
    assert!(call.is_in_trouble() && shop.stands(&request) == State::ToRefund);
    shop.newest_event(&request, "CallFailed");
    returns::settle_call(&shop.tx, call.id, true, shop.jules.id, shop.later(1)).unwrap();
    assert_eq!((shop.stands(&request), shop.calls(&request)[0].state), (State::Refunded, Stands::Done));
    assert!(returns::settle_call(&shop.tx, call.id, true, shop.jules.id, shop.later(1)).is_err());
    assert!(returns::try_call_again(&shop.tx, call.id, &shop.jules, shop.later(1)).is_err(), "what is done is done");
}

#[test]
fn what_surely_was_not_done_is_called_anew_with_what_is_known_now() {
    let shop = Shop::open();
    shop.defines(Kind::Call, "Issue the refund", at_refund());
    let request = shop.asked_for(6800);
    let deciding = Deciding { decision: Decision::Refund, amount: None, comes_back: false };
    returns::decide(&shop.tx, request.id, deciding, &shop.jules, shop.later(MINUTE)).unwrap();
    let refused = |status: Option<u16>| {
        let now = shop.later(MINUTE);
        let (call, _) = call::claim(&shop.tx, &format!("word{now}"), now).unwrap().expect("a call is due");
        let outcome = Outcome { fate: Fate::Refused, words: "no".into(), status, answer: String::new(), reference: String::new() };
        returns::called(&shop.tx, call.id, &outcome, None, now).unwrap();
        call
    };
    let first = refused(None);
    assert!(!first.facts.contains_key("amount"), "a decision without a sum does not take the customer's");
    // Taken back and decided with a sum: the earlier call makes room.
    desk::undo(&shop.tx, shop.newest_event(&request, "Decided"), shop.jules.id, shop.later(1)).unwrap();
    shop.decides(&request, Decision::Refund, false);
    let calls = shop.calls(&request);
    assert_eq!((calls.len(), calls[0].state, calls[1].facts["amount"].as_str()), (2, Stands::Cancelled, Some("68.00")));
    let second = refused(Some(400));
    returns::try_call_again(&shop.tx, second.id, &shop.jules, shop.later(1)).unwrap();
    let third = refused(Some(200));
    assert_ne!(second.key, third.key, "it was refused: a call of its own");
    returns::try_call_again(&shop.tx, third.id, &shop.jules, shop.later(1)).unwrap();
    assert_eq!(refused(None).key, third.key, "it was taken, and may have been done");
}

#[test]
fn an_action_that_was_removed_is_not_called_any_more() {
    let shop = Shop::open();
    let refunds = shop.defines(Kind::Call, "Issue the refund", at_refund());
    let request = shop.asked_for(6800);
    shop.decides(&request, Decision::Refund, false);
    action::remove(&shop.tx, refunds, shop.jules.id, shop.now.get()).unwrap();
    assert_eq!(shop.calls(&request)[0].state, Stands::Cancelled);
    assert!(call::claim(&shop.tx, "word", shop.later(MINUTE)).unwrap().is_none());
}
