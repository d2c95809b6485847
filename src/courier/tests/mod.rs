//! The courier against a server on loopback: called once whatever is stopped in between, repeated with the same key, signed, and silent
//! about its secrets.

mod encryption;
mod repeating;
mod server;
mod shop;

use self::server::{Server, body, header};
use self::shop::{BEARER, GOOD, NOON, Shop, refund};
use super::*;
use crate::action::call::State;
use crate::action::{self, ActionId, Definition, Event, Inside, Kind};
use crate::desk::returns;
use crate::return_request::{State as Stands, request};
use crate::setting;
use std::net::TcpListener;
use std::time::Instant;

const CANARY: &str = "canary-secret-of-the-provider";
/// A test that waits longer is broken.
const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn a_refund_is_called_once_although_the_courier_is_stopped_and_started_in_between() {
    let server = Server::answering(&[GOOD]);
    let shop = Shop::open(&server);
    shop.defines(Kind::Call, refund(&server), &[BEARER]);
    shop.decides();
    let courier = Courier::open(shop.office()).unwrap();
    courier.stop();
    assert_eq!((server.heard().len(), shop.state()), (0, Stands::ToRefund), "the undo window holds it");
    shop.later(60_000);
    let courier = Courier::open(shop.office()).unwrap();
    let began = Instant::now();
    while shop.state() != Stands::Refunded {
        assert!(began.elapsed() < PATIENCE, "{:?}", shop.the_calls());
        let ticks = shop.db.ticks();
        ticks.wait(ticks.count(), Duration::from_millis(200));
    }
    courier.stop();
    Courier::open(shop.office()).unwrap().stop();
    let heard = server.heard();
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert!(heard[0].starts_with("POST /orders/AT-10482/refunds HTTP/1.1\r\n"), "{}", heard[0]);
    assert_eq!(header(&heard[0], "authorization"), BEARER.1);
    assert_eq!((header(&heard[0], "content-type"), header(&heard[0], "idempotency-key").len()), ("application/json".into(), 26));
    let told: serde_json::Value = serde_json::from_str(body(&heard[0])).unwrap();
    assert_eq!((told["amount"].as_i64(), told["item"].as_str()), (Some(6800), Some("“Low Tide”")));
    let timeline = shop.timeline();
    assert!(timeline.contains("CallWanted") && timeline.contains("reference: \"re_17\"") && timeline.contains("is: Refunded"), "{timeline}");
}

#[test]
fn a_webhook_is_signed_so_that_its_receiver_can_know_it_and_is_told_until_it_hears() {
    const SHARED: &str = "a secret that both sides know";
    let server = Server::answering(&["404 Not Found", "204 No Content"]);
    let shop = Shop::open(&server);
    let url = format!("http://127.0.0.1:{}/hook", server.port);
    let definition = Definition { url, events: vec![Event::Decided, Event::Closed], ..Definition::default() };
    shop.defines(Kind::Webhook, definition, &[(action::secrets::SIGNING, SHARED)]);
    shop.decides();
    shop.later(60_000);
    shop.calls();
    shop.later(60_000);
    shop.calls();
    let heard = server.heard();
    assert_eq!(heard.len(), 2, "{heard:?}");
    for request in &heard {
        let mut mac = <hmac::Hmac<sha2::Sha256> as hmac::KeyInit>::new_from_slice(SHARED.as_bytes()).unwrap();
        hmac::Mac::update(&mut mac, format!("{}.{}", header(request, "x-restante-timestamp"), body(request)).as_bytes());
        let expected = data_encoding::HEXLOWER.encode(&hmac::Mac::finalize(mac).into_bytes());
        assert_eq!(header(request, "x-restante-signature"), format!("sha256={expected}"));
        assert_eq!(header(request, "content-type"), "application/json");
    }
    let told: serde_json::Value = serde_json::from_str(body(&heard[1])).unwrap();
    assert_eq!((told["event"].as_str(), told["return"]["return"].as_str()), (Some("return.decided"), Some("R-0001")));
    assert_eq!((told["return"]["amount_minor"].as_i64(), told["return"]["decision"].as_str()), (Some(6800), Some("refund")));
    assert_eq!((told["id"].as_str(), body(&heard[0])), (Some(header(&heard[0], "x-restante-event").as_str()), body(&heard[1])), "a repeat is known by its id");
    assert_ne!(header(&heard[0], "x-restante-timestamp"), header(&heard[1], "x-restante-timestamp"));
    // Resent by hand: the same event.
    let (id, by, now) = (shop.the_calls()[0].id, shop.jules.clone(), shop.now.load(Ordering::SeqCst));
    shop.db.write(move |tx| returns::try_call_again(tx, id, &by, now)).unwrap();
    shop.calls();
    assert_eq!((server.heard().len(), body(&server.heard()[2])), (3, body(&heard[1])));
}

#[test]
fn an_order_that_nobody_knows_is_looked_up_and_the_return_judged_again() {
    let server = Server::answering(&[
        "200 OK\n\n[{\"id\": 77, \"number\": \"AT-10482\", \"date\": \"2026-09-10T10:00:00\", \"total\": \"68.00\", \"currency\": \"EUR\"}]",
    ]);
    let shop = Shop::open(&server);
    let order = [("number", "/0/number"), ("order_id", "/0/id"), ("ordered_on", "/0/date"), ("total", "/0/total"), ("currency", "/0/currency")];
    let definition = Definition {
        method: action::Method::Get,
        url: format!("http://127.0.0.1:{}/orders?search={{{{order_number}}}}", server.port),
        order: order.iter().map(|(name, pointer)| ((*name).to_owned(), (*pointer).to_owned())).collect(),
        ..Definition::default()
    };
    shop.defines(Kind::LookUp, definition, &[]);
    let judge = |shop: &Shop| shop.db.write(|tx| returns::judge_open(tx, NOON)).unwrap();
    judge(&shop);
    judge(&shop);
    shop.calls();
    assert_eq!(server.heard().len(), 1);
    assert!(server.heard()[0].starts_with("GET /orders?search=AT-10482 ") && header(&server.heard()[0], "idempotency-key").is_empty());
    let found = shop.db.read(|c| request::find(c, shop.the_return)).unwrap().unwrap();
    let facts = shop.db.read(|c| returns::call_facts(c, &found)).unwrap();
    assert!(found.order_id.is_some(), "{:?}", shop.the_calls());
    assert_eq!(facts["order_id"], "77");
}

#[test]
fn p62_no_secret_of_an_action_is_written_down_anywhere() {
    let server = Server::answering(&["400 Bad Request\n\nyou sent ECHO"]);
    let shop = Shop::open(&server);
    shop.defines(Kind::Call, refund(&server), &[BEARER]);
    shop.decides();
    shop.later(60_000);
    shop.calls();
    assert!(server.heard()[0].contains(CANARY), "it did leave");
    let call = shop.the_calls().remove(0);
    assert!(call.answer.contains("you sent POST") && call.request.contains("Authorization: •••"), "{call:?}");
    for file in std::fs::read_dir(shop.folder.path()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()), "{file:?}");
    }
    assert!(!shop.timeline().contains(CANARY));
}

#[test]
fn p29_after_a_restore_nothing_is_called_until_the_owner_says_so() {
    let server = Server::answering(&[GOOD]);
    let shop = Shop::open(&server);
    shop.defines(Kind::Call, refund(&server), &[BEARER]);
    shop.decides();
    shop.db.write(|tx| setting::set(tx, setting::OUTBOX_PAUSED, &"restored", None, NOON)).unwrap();
    shop.later(60_000);
    shop.calls();
    assert_eq!(server.heard().len(), 0);
    shop.db.write(|tx| setting::clear(tx, setting::OUTBOX_PAUSED)).unwrap();
    shop.calls();
    assert_eq!(server.heard().len(), 1);
}

#[test]
fn what_never_answers_and_what_never_stops_answering_are_bounded() {
    let long = format!("200 OK\n\n{{\"status\": \"succeeded\", \"padding\": \"{}\"}}", "x".repeat(2 << 20));
    let server = Server::answering(&[&long]);
    let shop = Shop::open(&server);
    shop.defines(Kind::Call, refund(&server), &[BEARER]);
    shop.decides();
    shop.later(60_000);
    shop.calls();
    let call = shop.the_calls().remove(0);
    assert_eq!((call.state, call.words.as_str()), (State::Failed, "The answer is too long to be read."));
    assert!(call.answer.len() <= action::answer::ANSWER_CHARS_MAX);
    // A listener whose queue takes the connection, and nobody behind it.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let inside = Inside::read(&format!("127.0.0.1:{port}")).unwrap();
    let impatient = Client::new(Names::System, Patience { connect: Duration::from_secs(5), answer: Duration::from_millis(50) });
    let definition = Definition { url: format!("http://127.0.0.1:{port}/"), method: action::Method::Get, ..Definition::default() };
    let action = Action { id: ActionId(1), kind: Kind::Call, name: "Wait".into(), definition, sealed: None };
    let tried = try_out(&impatient, &shop.key, &action, &action::Facts::new(), &inside, NOON);
    assert_eq!((tried.outcome.fate, tried.outcome.words.as_str()), (action::answer::Fate::Uncertain, "No answer came in 0 s."));
}

#[test]
fn p29_what_waited_in_a_backup_is_for_a_person_because_it_may_have_been_done_since() {
    let server = Server::answering(&[GOOD]);
    let shop = Shop::open(&server);
    shop.defines(Kind::Call, Definition { repeatable: true, ..refund(&server) }, &[BEARER]);
    shop.decides();
    shop.db.write(call::doubt_all).unwrap();
    shop.later(24 * 60 * 60_000);
    shop.calls();
    assert_eq!((server.heard().len(), shop.the_calls()[0].is_in_trouble()), (0, true));
}

#[test]
fn a_crash_after_the_request_left_is_without_an_answer_and_one_before_is_nothing() {
    let server = Server::answering(&[GOOD]);
    let shop = Shop::open(&server);
    shop.defines(Kind::Call, refund(&server), &[BEARER]);
    shop.decides();
    shop.later(60_000);
    let (call, _) = shop.office().claim().unwrap().unwrap();
    shop.office().recover().unwrap();
    assert_eq!((shop.the_calls()[0].state, shop.the_calls()[0].attempts), (State::Waiting, 0));
    shop.office().claim().unwrap().unwrap();
    shop.db.write(move |tx| call::note_left(tx, call.id, "POST …", NOON)).unwrap();
    shop.office().recover().unwrap();
    assert_eq!((shop.the_calls()[0].state, server.heard().len()), (State::Uncertain, 0));
}
