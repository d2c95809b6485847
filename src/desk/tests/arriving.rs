//! Stories of what comes back: fulfilment says how it arrived, says it otherwise, and an agent takes their word back.

use super::calling::{at_refund, euros};
use super::shop::{MINUTE, Shop};
use crate::action::Kind;
use crate::action::answer::Fate;
use crate::action::call::State as Calls;
use crate::conversation::Status;
use crate::desk;
use crate::desk::returns::{self, Answer, Deciding};
use crate::return_request::{Decision, Request, State};

impl Shop {
    fn fulfilment_says(&self, request: &Request, answer: Answer) -> State {
        returns::answered(&self.tx, request.id, answer, self.later(MINUTE)).unwrap()
    }

    fn received(&self, request: &Request) -> Option<bool> {
        self.the_return(request.conversation_id).received_as_expected
    }

    fn answers_told(&self, request: &Request) -> usize {
        let events = crate::conversation::event::of_conversation(&self.tx, request.conversation_id).unwrap();
        events.iter().filter(|event| format!("{:?}", event.what).contains("FulfilmentAnswered")).count()
    }
}

#[test]
fn every_answer_corrects_the_one_before_and_the_return_goes_with_it() {
    use Answer::{Damaged, Expected, Missing};
    use State::{Approved, OnItsWay, Received, ToRefund};
    for (moved_on, answers) in [
        (false, vec![(Expected, ToRefund), (Damaged, Received), (Expected, ToRefund), (Missing, Approved), (Damaged, Received), (Missing, Approved)]),
        (true, vec![(Missing, OnItsWay), (Damaged, Received), (Missing, OnItsWay), (Expected, ToRefund), (Missing, OnItsWay), (Expected, ToRefund)]),
    ] {
        let shop = Shop::open();
        let request = shop.asked_for(6800);
        shop.decides(&request, Decision::Refund, true);
        if moved_on {
            returns::move_to(&shop.tx, request.id, OnItsWay, "", shop.jules.id, shop.later(1)).unwrap();
        }
        for (answer, is) in answers {
            assert_eq!((shop.fulfilment_says(&request, answer), shop.stands(&request)), (is, is), "{answer:?}");
        }
    }
}

#[test]
fn the_same_answer_again_is_one_answer_and_a_bad_one_calls_a_person() {
    let shop = Shop::open();
    let request = shop.asked_for(6800);
    shop.decides(&request, Decision::Refund, true);
    shop.fulfilment_says(&request, Answer::Damaged);
    desk::set_status(&shop.tx, request.conversation_id, Status::Waiting, shop.jules.id, shop.later(1)).unwrap();
    shop.fulfilment_says(&request, Answer::Damaged);
    assert_eq!((shop.answers_told(&request), shop.conversation(request.conversation_id).status), (1, Status::Waiting));
    shop.fulfilment_says(&request, Answer::Missing);
    assert_eq!((shop.answers_told(&request), shop.conversation(request.conversation_id).status), (2, Status::Open));
    assert_eq!(shop.received(&request), None, "it is not here");
}

#[test]
fn what_waits_to_be_refunded_is_not_and_what_was_refunded_stays_for_a_person_to_see() {
    let shop = Shop::open();
    shop.defines(Kind::Call, "Issue the refund", at_refund());
    let request = shop.asked_for(6800);
    shop.decides(&request, Decision::Refund, true);
    shop.fulfilment_says(&request, Answer::Expected);
    assert_eq!((shop.fulfilment_says(&request, Answer::Damaged), shop.calls(&request)[0].state), (State::Received, Calls::Cancelled));
    shop.fulfilment_says(&request, Answer::Expected);
    assert_eq!(shop.calls(&request).len(), 2, "the first was never called");
    shop.brings_back(Fate::Uncertain);
    assert_eq!(shop.fulfilment_says(&request, Answer::Missing), State::ToRefund, "money may have moved");
    assert_eq!((shop.received(&request), shop.conversation(request.conversation_id).status), (None, Status::Open));
    returns::settle_call(&shop.tx, shop.calls(&request)[1].id, true, shop.jules.id, shop.later(1)).unwrap();
    assert_eq!(shop.fulfilment_says(&request, Answer::Damaged), State::Refunded, "what is closed stays closed");
    assert_eq!((shop.received(&request), shop.answers_told(&request)), (Some(false), 5), "and it is written down all the same");
}

#[test]
fn an_agent_takes_an_answer_back_as_long_as_nothing_followed() {
    let shop = Shop::open();
    let request = shop.asked_for(6800);
    shop.decides(&request, Decision::Refund, true);
    shop.fulfilment_says(&request, Answer::Expected);
    let expected = shop.newest_event(&request, "FulfilmentAnswered");
    shop.fulfilment_says(&request, Answer::Damaged);
    let damaged = shop.newest_event(&request, "FulfilmentAnswered");
    let refused = desk::undo(&shop.tx, expected, shop.jules.id, shop.later(1)).unwrap_err().to_string();
    assert!(refused.contains("moved on"), "only the newest answer: {refused}");
    desk::undo(&shop.tx, damaged, shop.jules.id, shop.later(1)).unwrap();
    assert_eq!((shop.stands(&request), shop.received(&request)), (State::ToRefund, Some(true)));
    desk::undo(&shop.tx, expected, shop.jules.id, shop.later(1)).unwrap();
    assert_eq!((shop.stands(&request), shop.received(&request)), (State::Approved, None));
    // Money has moved: the answer that sent it stands.
    shop.defines(Kind::Call, "Issue the refund", crate::action::Definition { then: None, ..at_refund() });
    shop.fulfilment_says(&request, Answer::Expected);
    shop.brings_back(Fate::Done);
    let undone = shop.tx.attempt(|| desk::undo(&shop.tx, shop.newest_event(&request, "FulfilmentAnswered"), shop.jules.id, shop.later(1))).unwrap();
    assert!(undone.unwrap_err().to_string().contains("called already"));
    assert_eq!((shop.stands(&request), shop.received(&request)), (State::ToRefund, Some(true)));
}

#[test]
fn what_nobody_decided_what_is_kept_and_what_a_person_sent_on_stays_where_it_is() {
    let shop = Shop::open();
    let request = shop.asked_for(6800);
    for answer in [Answer::Expected, Answer::Damaged, Answer::Missing, Answer::Expected] {
        assert_eq!(shop.fulfilment_says(&request, answer), State::ToDecide);
    }
    // It is here already: the decision does not wait for it, and their correction is one of the decision's ground.
    let deciding = Deciding { decision: Decision::Refund, amount: Some(euros(6800)), comes_back: true };
    assert_eq!(returns::decide(&shop.tx, request.id, deciding, &shop.jules, shop.later(1)).unwrap(), State::ToRefund);
    assert_eq!(shop.fulfilment_says(&request, Answer::Missing), State::Approved);
    shop.fulfilment_says(&request, Answer::Damaged);
    returns::move_to(&shop.tx, request.id, State::ToRefund, "a scratch that was there before", shop.jules.id, shop.later(1)).unwrap();
    assert_eq!(shop.fulfilment_says(&request, Answer::Missing), State::ToRefund, "an agent looked, and decided");
    let shop = Shop::open();
    let kept = shop.asked_for(6800);
    shop.decides(&kept, Decision::KeepItem, false);
    for answer in [Answer::Expected, Answer::Damaged, Answer::Missing] {
        assert_eq!(shop.fulfilment_says(&kept, answer), State::ToRefund);
    }
}
