//! Stories of calls that move nothing: webhooks hear what happens, and an order that nobody knows is looked up.

use super::shop::Shop;
use crate::action::answer::{Fate, Outcome};
use crate::action::call::{self, State as Stands};
use crate::action::{Definition, Event, Kind, Method};
use crate::desk;
use crate::desk::returns;
use crate::return_request::fields::{self, Value};
use crate::return_request::{Decision, Request};

#[test]
fn a_number_that_the_shop_does_not_know_either_is_said_and_troubles_nobody() {
    let shop = Shop::open();
    shop.defines(Kind::LookUp, "Orders", Definition { method: Method::Get, ..Definition::default() });
    let request = shop.asked_for(6800);
    let (call, _) = call::claim(&shop.tx, "word", shop.later(1)).unwrap().expect("a call is due");
    let outcome = Outcome { fate: Fate::Refused, words: "The answer was 404.".into(), status: Some(404), answer: String::new(), reference: String::new() };
    returns::called(&shop.tx, call.id, &outcome, None, shop.later(1)).unwrap();
    shop.newest_event(&request, "CallFailed");
    assert_eq!((shop.calls(&request)[0].is_in_trouble(), call::in_trouble(&shop.tx).unwrap().len()), (false, 0));
}

#[test]
fn a_webhook_hears_what_it_wants_to_and_that_it_does_not_stand_any_more() {
    let shop = Shop::open();
    let events = vec![Event::Complete, Event::Approved, Event::TakenBack, Event::Closed];
    shop.defines(Kind::Webhook, "Warehouse", Definition { events, ..Definition::default() });
    let request = shop.asked_for(6800);
    let heard = |request: &Request| shop.calls(request).iter().map(|call| call.facts["event"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(heard(&request), ["return.complete"]);
    shop.brings_back(Fate::Done);
    shop.decides(&request, Decision::Refund, true);
    let undo = |words: &str| desk::undo(&shop.tx, shop.newest_event(&request, words), shop.jules.id, shop.later(1)).unwrap();
    undo("Decided");
    assert_eq!(shop.calls(&request)[1].state, Stands::Cancelled, "nobody heard of it");
    shop.decides(&request, Decision::Refund, true);
    shop.brings_back(Fate::Done);
    undo("Decided");
    assert_eq!(heard(&request)[2..], ["return.approved", "return.taken_back"]);
    let told = &shop.calls(&request)[2].facts["return"];
    assert_eq!((told["return"].as_str(), told["state"].as_str(), told["email"].as_str()), (Some("R-0001"), Some("approved"), Some("mara@example.test")));
}

#[test]
fn each_order_number_is_looked_up_once_and_not_endlessly_many() {
    let shop = Shop::open();
    let url_of = Definition { method: Method::Get, ..Definition::default() };
    shop.defines(Kind::LookUp, "Orders", url_of);
    let request = shop.asked_for(6800);
    returns::judge_open(&shop.tx, shop.later(1)).unwrap();
    assert_eq!(shop.calls(&request).iter().map(|call| call.occasion.as_str()).collect::<Vec<_>>(), ["order AT1"]);
    for n in 2..20 {
        let number = Value::Text(format!("AT-{n}"));
        returns::correct(&shop.tx, request.id, fields::ORDER_NUMBER, Some(number), shop.jules.id, shop.later(1)).unwrap();
    }
    assert_eq!(shop.calls(&request).len(), 5);
}
