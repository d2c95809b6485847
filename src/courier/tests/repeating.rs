//! What is called again, when, and under which key.

use super::server::{Server, body};
use super::shop::{BEARER, GOOD, Shop, refund};
use crate::action::call::{self, State};
use crate::action::{Definition, Kind};
use crate::desk::returns;
use crate::return_request::State as Stands;
use std::sync::atomic::Ordering;

#[test]
fn what_fails_is_repeated_with_the_same_key_and_nothing_else() {
    let server = Server::answering(&["503 Service Unavailable", "", "500 Internal Server Error", GOOD]);
    let shop = Shop::open(&server);
    shop.defines(Kind::Call, Definition { repeatable: true, ..refund(&server) }, &[BEARER]);
    shop.decides();
    for attempts in 1..=4 {
        shop.later(10 * 60_000);
        shop.calls();
        assert_eq!(server.heard().len(), attempts, "{:?}", shop.the_calls());
    }
    let keys = server.keys();
    assert!(!keys[0].is_empty() && keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    assert!(server.heard().iter().all(|request| body(request) == body(&server.heard()[0])));
    assert_eq!((shop.state(), shop.the_calls()[0].state, shop.the_calls()[0].attempts), (Stands::Refunded, State::Done, 4));
}

#[test]
fn who_asks_to_be_left_alone_for_an_hour_is_left_alone_for_an_hour() {
    let server =
        Server::answering(&["429 Too Many Requests\nRetry-After: 3600", "503 Service Unavailable\nRetry-After: 99999999", "503 Busy\nRetry-After: soon", GOOD]);
    let shop = Shop::open(&server);
    shop.defines(Kind::Call, refund(&server), &[BEARER]);
    shop.decides();
    let minute = 60_000;
    // The bound, and our own plan where it cannot be read.
    for (later, wait) in [(minute, 60 * minute), (60 * minute, 8 * 60 * minute), (8 * 60 * minute, 10 * minute)] {
        shop.later(later);
        shop.calls();
        let call = shop.the_calls().remove(0);
        assert_eq!((call.state, call.due_at), (State::Waiting, shop.now.load(Ordering::SeqCst) + wait), "{call:?}");
    }
    shop.later(10 * minute);
    shop.calls();
    assert_eq!((server.heard().len(), shop.state()), (4, Stands::Refunded));
}

#[test]
fn a_call_that_left_without_an_answer_is_not_made_again_unless_that_does_no_harm() {
    let server = Server::answering(&["", GOOD]);
    let shop = Shop::open(&server);
    shop.defines(Kind::Call, refund(&server), &[BEARER]);
    shop.decides();
    for _ in 0..5 {
        shop.later(24 * 60 * 60_000);
        shop.calls();
    }
    assert_eq!((server.heard().len(), shop.the_calls()[0].state, shop.state()), (1, State::Uncertain, Stands::ToRefund));
    assert!(shop.timeline().contains("uncertain: true"), "{}", shop.timeline());
    // A person looks, and says once more: the key is the same, because it may have been done.
    let (id, by, now) = (shop.the_calls()[0].id, shop.jules.clone(), shop.now.load(Ordering::SeqCst));
    shop.db.write(move |tx| returns::try_call_again(tx, id, &by, now)).unwrap();
    shop.calls();
    let keys = server.keys();
    assert_eq!((keys.len(), keys[0] == keys[1], shop.state()), (2, true, Stands::Refunded));
}

#[test]
fn an_answer_that_is_not_good_stays_visible_until_somebody_settles_it() {
    let server = Server::answering(&["200 OK\n\n{\"status\": \"failed\"}", "400 Bad Request\n\n{\"error\": \"no such charge\"}", GOOD]);
    let shop = Shop::open(&server);
    shop.defines(Kind::Call, refund(&server), &[BEARER]);
    shop.decides();
    for _ in 0..3 {
        shop.later(24 * 60 * 60_000);
        shop.calls();
    }
    let call = shop.the_calls().remove(0);
    assert_eq!((server.heard().len(), call.state, call.is_in_trouble(), shop.state()), (1, State::Failed, true, Stands::ToRefund));
    assert!(call.words.contains("“failed” at /status") && call.answer.contains("failed"), "{call:?}");
    assert_eq!(shop.db.read(call::in_trouble).unwrap().len(), 1);
    let again = |shop: &Shop| {
        let (id, by, now) = (shop.the_calls()[0].id, shop.jules.clone(), shop.now.load(Ordering::SeqCst));
        shop.db.write(move |tx| returns::try_call_again(tx, id, &by, now)).unwrap();
        shop.calls();
    };
    again(&shop);
    assert!(shop.the_calls()[0].answer.contains("no such charge"), "{:?}", shop.the_calls());
    again(&shop);
    let keys = server.keys();
    assert!(keys[0] == keys[1] && keys[1] != keys[2], "after a clear no the key is a new one: {keys:?}");
    assert_eq!((shop.state(), shop.db.read(call::in_trouble).unwrap().len()), (Stands::Refunded, 0));
}
