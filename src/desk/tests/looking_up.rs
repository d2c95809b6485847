//! Stories of a letter that would ask for what a look-up of the order is about to answer.

use super::returning::{asks, found};
use super::shop::{MINUTE, Shop};
use crate::action::answer::{Answer, Fate, Outcome};
use crate::action::call;
use crate::action::{Definition, Kind, Method};
use crate::conversation::{ConversationId, Status};
use crate::desk::letters::{self, LOOK_UP_PATIENCE};
use crate::desk::returns;
use crate::order;
use crate::return_policy::{ready, version};
use crate::return_request::{State, fields};
use crate::setting;

impl Shop {
    pub(super) fn looks_orders_up(&self) {
        let pointers = [("number", "/number"), ("delivered_on", "/delivered")];
        let order = pointers.map(|(field, pointer)| (field.to_owned(), pointer.to_owned())).into();
        self.defines(Kind::LookUp, "Orders", Definition { method: Method::Get, order, ..Definition::default() });
    }

    /// The courier comes back from the look-up with the shop's answer.
    pub(super) fn is_answered(&self, status: u16, body: &str) {
        let now = self.later(1);
        let (call, _) = call::claim(&self.tx, "word", now).unwrap().expect("a look-up is due");
        let fate = if status == 200 { Fate::Done } else { Fate::Refused };
        let outcome = Outcome { fate, words: format!("The answer was {status}."), status: Some(status), answer: String::new(), reference: String::new() };
        let answer = Answer { status: 200, body: body.as_bytes().to_vec(), cut: false, retry_after: String::new() };
        returns::called(&self.tx, call.id, &outcome, (status == 200).then_some(&answer), now).unwrap();
    }

    /// A mug that Mara gives back; the policy needs its delivery day, which only the shop's system knows.
    fn is_asked_for_a_mug(&self) -> ConversationId {
        version::save(&self.tx, &ready::general_shop(), "2020-01-01".parse().unwrap(), "", None, 1).unwrap();
        setting::set(&self.tx, setting::RETURNS_ASK, &"automatic", None, 1).unwrap();
        self.looks_orders_up();
        let facts = vec![found(fields::ORDER_NUMBER, "AT-1"), found(fields::REASON, "changed_mind"), found(fields::WISH, "refund")];
        self.writes("<m1@example.test>", None, &asks(facts)).conversation.unwrap()
    }
}

#[test]
fn what_the_look_up_answers_is_not_asked_for_and_the_conversation_is_open_again() {
    let shop = Shop::open();
    let there = shop.is_asked_for_a_mug();
    assert_eq!(returns::standing(&shop.tx, shop.the_return(there).id).unwrap().missing, [fields::DELIVERED_ON]);
    assert_eq!((shop.letters().len(), shop.conversation(there).status), (0, Status::Waiting), "it waits for the look-up");
    shop.is_answered(200, r#"{"number": "AT-1", "delivered": "2026-09-19"}"#);
    assert_eq!(shop.letters().len(), 0, "nothing is missing any more");
    let request = shop.the_return(there);
    assert_eq!((request.state, request.asked, request.asked_at), (State::ToDecide, 0, None));
    assert_eq!(shop.conversation(there).status, Status::Open);
    let waiting = letters::waiting(&shop.tx, 10, shop.later(LOOK_UP_PATIENCE)).unwrap();
    assert!(waiting.is_empty(), "dropped, with its reason: {waiting:?}");
    shop.newest_event(&request, "nothing is missing any more");
}

#[test]
fn what_the_look_up_does_not_answer_is_asked_for_as_soon_as_it_failed() {
    let shop = Shop::open();
    let there = shop.is_asked_for_a_mug();
    assert_eq!(shop.letters().len(), 0);
    shop.is_answered(404, "");
    let letters = shop.letters();
    assert!(letters.len() == 1 && letters[0].contains("Delivered on"), "{letters:?}");
    assert_eq!((shop.the_return(there).asked, shop.conversation(there).status), (1, Status::Waiting));
}

#[test]
fn a_look_up_that_does_not_come_back_holds_a_letter_for_two_minutes_and_no_longer() {
    let shop = Shop::open();
    shop.is_asked_for_a_mug();
    let now = shop.later(1);
    assert!(letters::waiting(&shop.tx, 10, now).unwrap().is_empty());
    let (_, _) = call::claim(&shop.tx, "word", now).unwrap().expect("it is on its way");
    assert!(letters::waiting(&shop.tx, 10, now + LOOK_UP_PATIENCE - MINUTE).unwrap().is_empty());
    shop.later(LOOK_UP_PATIENCE);
    assert_eq!(shop.letters().len(), 1);
}

#[test]
fn a_letter_about_another_return_waits_for_nobody() {
    let shop = Shop::open();
    shop.is_asked_for_a_mug();
    let from = [("From", "Tom <tom@example.test>"), ("To", "support@shop.test"), ("Subject", "Refund")];
    shop.writes_as("<t1@example.test>", &from, &asks(vec![found(fields::REASON, "damaged")]));
    let letters = shop.letters();
    assert!(letters.len() == 1 && letters[0].contains("tom@example.test"), "{letters:?}");
    assert!(order::recent_numbers(&shop.tx, 1).unwrap().is_empty());
}
