//! The courier against a server on loopback: called once whatever is stopped in between, repeated with the same key, signed, and silent
//! about its secrets.

mod encryption;

use super::*;
use crate::account::{self, AfterImport, Carrier, NewAccount, Passwords, Source};
use crate::action::call::State;
use crate::action::{self, ActionId, Definition, Event, Good, Inside, Kind, New, Secrets, Target, Then};
use crate::agent::{self, Agent, Role};
use crate::blobs::Hash;
use crate::desk::returns::{self, Deciding, Sent};
use crate::email::{EmailAddress, NameAddr};
use crate::id::ReturnId;
use crate::money::{Amount, Currency};
use crate::return_request::fields::{self, Value};
use crate::return_request::reading::Found;
use crate::return_request::{Decision, State as Stands, request};
use crate::setting;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64};
use std::time::Instant;

const NOON: Millis = 1_790_000_000_000;
const CANARY: &str = "canary-secret-of-the-provider";
/// A test that waits longer is broken.
const PATIENCE: Duration = Duration::from_secs(20);

/// Answers each request as it was told, and remembers what it heard.
struct Server {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
    stop: Arc<AtomicBool>,
}

impl Server {
    /// The last answer is given for ever; an empty one ends the connection.
    fn answering(answers: &[&str]) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (heard, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (ears, ended) = (heard.clone(), stop.clone());
        let answers: Vec<String> = answers.iter().map(|answer| (*answer).to_owned()).collect();
        std::thread::spawn(move || {
            for (n, stream) in listener.incoming().map_while(Result::ok).enumerate() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                let mut stream = stream;
                ears.lock().unwrap().push(read_request(&mut stream));
                let answer = &answers[n.min(answers.len() - 1)];
                let text = answer.replace("ECHO", ears.lock().unwrap().last().unwrap());
                let (head, body) = text.split_once("\n\n").unwrap_or((&text, ""));
                if !answer.is_empty() {
                    write!(stream, "HTTP/1.1 {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", head.replace('\n', "\r\n"), body.len()).ok();
                }
            }
        });
        Server { port, heard, stop }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    fn keys(&self) -> Vec<String> {
        self.heard().iter().map(|request| header(request, "idempotency-key")).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        TcpStream::connect(("127.0.0.1", self.port)).ok();
    }
}

fn read_request(stream: &mut TcpStream) -> String {
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok();
    let (mut text, mut piece) = (String::new(), [0; 4096]);
    loop {
        let whole = text.split_once("\r\n\r\n").is_some_and(|(_, body)| body.len() >= header(&text, "content-length").parse().unwrap_or(0));
        if whole {
            return text;
        }
        match stream.read(&mut piece) {
            Ok(n) if n > 0 => text.push_str(&String::from_utf8_lossy(&piece[..n])),
            _ => return text,
        }
    }
}

fn header(request: &str, name: &str) -> String {
    let head = request.split("\r\n\r\n").next().unwrap_or_default();
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()).next().unwrap_or_default()
}

fn body(request: &str) -> &str {
    request.split_once("\r\n\r\n").unwrap().1
}

/// A shop with a return of 68 euros, and a clock that the story moves.
struct Shop {
    folder: tempfile::TempDir,
    db: Database,
    key: SecretKey,
    jules: Agent,
    the_return: ReturnId,
    now: Arc<AtomicI64>,
}

impl Shop {
    fn open(server: &Server) -> Shop {
        let folder = tempfile::tempdir().unwrap();
        let (db, key) = (Database::open(&folder.path().join("restante.db")).unwrap(), SecretKey::from_bytes([9; 32]));
        let (inside, own) = (Inside::read(&format!("127.0.0.1:{}", server.port)).unwrap(), key.clone());
        let (jules, the_return) = db
            .write::<_, crate::desk::Error>(move |tx| {
                setting::set(tx, setting::INSIDE_HOSTS, &inside, None, NOON)?;
                let jules = agent::add(tx, &EmailAddress::parse("jules@shop.test").unwrap(), "Jules", Role::Owner, "x", NOON)?;
                let mailbox = account::add(tx, &mailbox(), NOON)?;
                let account = account::find(tx, mailbox)?.unwrap();
                let found = |field: &str, value| Found { field: field.into(), value, sentence: String::new(), certain: true };
                let amount = Amount::new(6800, Currency::parse("EUR"));
                let facts = vec![
                    found(fields::ORDER_NUMBER, Value::Text("AT-10482".into())),
                    found(fields::ITEM, Value::Text("“Low Tide”".into())),
                    found(fields::REASON, Value::Text("damaged".into())),
                    found(fields::WISH, Value::Text("refund".into())),
                    found(fields::AMOUNT, Value::Amount(amount)),
                ];
                let from = NameAddr { name: "Mara Okafor".into(), address: EmailAddress::parse("mara@example.test").unwrap() };
                let sent = Sent { from, language: "en".into(), text: "It came creased.".into(), facts, photos: Vec::new() };
                let composed = returns::compose_form(&own, &account, None, &sent, "word", NOON)?;
                let hash = Hash::of(&composed.bytes);
                let id = returns::started(tx, ("filled", "token"), &account, &sent, &composed, hash, NOON)?.expect("sent once");
                Ok((agent::find(tx, jules)?.unwrap(), id))
            })
            .unwrap();
        Shop { folder, db, key, jules, the_return, now: Arc::new(AtomicI64::new(NOON)) }
    }

    fn defines(&self, kind: Kind, definition: Definition, secrets: &[(&str, &str)]) -> ActionId {
        let mut sealed = Secrets::default();
        secrets.iter().for_each(|(name, value)| sealed.set(name, value));
        let sealed = sealed.seal(&self.key, &Target::of_template(&definition.url).unwrap(), [4; 24]);
        let (new, by) = (New { kind, name: format!("Issue the refund ({})", kind.code()), definition, sealed }, self.jules.id);
        self.db.write(move |tx| action::save(tx, None, &new, by, NOON)).unwrap()
    }

    /// Agreed: the return stands at "to refund", and what that fires waits out the undo window.
    fn decides(&self) {
        let (id, by, now) = (self.the_return, self.jules.clone(), self.now.load(Ordering::SeqCst));
        let deciding = Deciding { decision: Decision::Refund, amount: Some(Amount::new(6800, Currency::parse("EUR"))), comes_back: false };
        self.db.write(move |tx| returns::decide(tx, id, deciding, &by, now)).unwrap();
    }

    fn office(&self) -> Office {
        let now = self.now.clone();
        Office::new(self.db.clone(), self.key.clone(), Client::new(Names::System, Patience::STANDARD), move || now.load(Ordering::SeqCst))
    }

    fn later(&self, by: Millis) {
        self.now.fetch_add(by, Ordering::SeqCst);
    }

    /// Makes every call that is due.
    fn calls(&self) {
        let office = self.office();
        while let Some((call, action)) = office.claim().unwrap() {
            office.deliver(&call, &action);
        }
    }

    fn the_calls(&self) -> Vec<Call> {
        self.db.read(|c| call::of_return(c, self.the_return)).unwrap()
    }

    fn state(&self) -> Stands {
        self.db.read(|c| request::find(c, self.the_return)).unwrap().unwrap().state
    }

    fn timeline(&self) -> String {
        let events = self.db.read(|c| {
            let there = request::find(c, self.the_return)?.unwrap().conversation_id;
            crate::conversation::event::of_conversation(c, there)
        });
        format!("{:?}", events.unwrap())
    }
}

fn mailbox() -> NewAccount {
    NewAccount {
        address: EmailAddress::parse("support@shop.test").unwrap(),
        name: "Atelier Nord".into(),
        source: Source::Folder { path: PathBuf::new() },
        carrier: Carrier::Folder { path: PathBuf::new() },
        passwords: Passwords::default(),
        ca_pem: None,
        after_import: AfterImport::Nothing,
        history_since: None,
        folders: Vec::new(),
        sent_folder: None,
    }
}

fn refund(server: &Server) -> Definition {
    Definition {
        url: format!("http://127.0.0.1:{}/orders/{{{{order_number}}}}/refunds", server.port),
        body: r#"{"amount": {{amount_minor}}, "currency": "{{currency}}", "item": "{{item}}"}"#.into(),
        secret_headers: vec!["Authorization".into()],
        good: Good { pointer: "/status".into(), value: "succeeded".into(), ..Good::default() },
        reference: "/id".into(),
        fired_by: Some(Stands::ToRefund),
        decisions: vec![Decision::Refund],
        then: Some(Then::AsDecided),
        ..Definition::default()
    }
}

const GOOD: &str = "200 OK\nContent-Type: application/json\n\n{\"id\": \"re_17\", \"status\": \"succeeded\"}";
const BEARER: (&str, &str) = ("Authorization", "Bearer canary-secret-of-the-provider");

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
    let server = Server::answering(&["429 Too Many Requests\nRetry-After: 3600", "503 Service Unavailable\nRetry-After: 99999999", "503 Busy\nRetry-After: soon", GOOD]);
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
