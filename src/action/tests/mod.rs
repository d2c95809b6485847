//! Definitions that cannot work are told so; values never become a part of a request's shape; answers mean what the owner said.

mod addresses;
mod look_ups;

use super::answer::{Answer, Fate, judge};
use super::fill::{self, Place, fill, fill_form};
use super::request::make;
use super::*;
use crate::secret::SecretKey;

fn action(kind: Kind, definition: Definition) -> Action {
    Action { id: ActionId(1), kind, name: "Issue the refund".into(), definition, sealed: None }
}

fn refund() -> Definition {
    Definition {
        url: "https://api.example.com/orders/{{order_number}}/refunds?by={{email}}".into(),
        body: r#"{"amount": {{amount_minor}}, "currency": "{{currency}}", "note": "{{return}}: {{item?}}"}"#.into(),
        button: true,
        ..Definition::default()
    }
}

fn facts(pairs: &[(&str, &str)]) -> Facts {
    let mut facts = fill::sample(&[]);
    facts.extend(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())));
    facts
}

#[test]
fn p67_values_are_escaped_by_the_place_where_they_stand() {
    let nasty = facts(&[("item", "a\"},\"amount\":9e9,{{currency}}\\\n\u{0}</script>&b=1#?/../é")]);
    let body = fill(r#"{"note": "{{item}}", "bare": {{item}}, "sum": {{amount}}, "n": {{amount_minor}}}"#, &nasty, Place::Json).unwrap();
    let read: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!((read["note"].as_str(), read["bare"].as_str()), (nasty["item"].as_str(), nasty["item"].as_str()));
    assert_eq!((read["sum"].as_f64(), read["n"].as_i64()), (Some(68.0), Some(6800)));
    let path = fill("/x/{{item}}?q={{item}}", &nasty, Place::Url).unwrap();
    assert!(path.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%/?=".contains(&b)), "{path}");
    assert_eq!((path.matches('/').count(), path.matches('?').count(), path.matches('=').count()), (2, 1, 1), "{path}");
    let form = fill_form("amount={{amount_minor}}\n metadata[return] = R & {{return}}\nnote={{item}}\n\n", &nasty).unwrap();
    assert!(form.starts_with("amount=6800&metadata%5Breturn%5D=R%20%26%20R-0000&note=a%22"), "{form}");
    assert_eq!((form.matches('&').count(), form.matches('=').count()), (2, 3), "{form}");
    for probe in ["${7*7}", "{{7*7}}", "<%= 7*7 %>", "#{7*7}", "{{amount}}", "%{7*7}", "{%print(7)%}"] {
        let body = fill(r#"{"note": "{{item}}"}"#, &facts(&[("item", probe)]), Place::Json).unwrap();
        assert_eq!(serde_json::from_str::<serde_json::Value>(&body).unwrap()["note"], probe, "customers' words are no template");
    }
}

#[test]
fn what_is_not_known_stops_the_call_unless_the_owner_said_otherwise() {
    let mut known = facts(&[]);
    known.remove("amount_minor");
    known.insert("item".into(), " ".into());
    let stopped = make(Kind::Call, &refund(), &Secrets::default(), &known, "k", 0).unwrap_err();
    assert_eq!(stopped, "Not called, because this is not known: amount.");
    known.insert("amount_minor".into(), 6800.into());
    let made = make(Kind::Call, &refund(), &Secrets::default(), &known, "k", 0).unwrap();
    assert_eq!(String::from_utf8(made.body).unwrap(), r#"{"amount": 6800, "currency": "EUR", "note": "R-0000: "}"#);
    assert_eq!(made.target.path, "/orders/AT-10482/refunds?by=mara%40example.test");
}

#[test]
fn a_value_cannot_climb_out_of_the_path_that_the_owner_wrote() {
    for climbing in ["..", ".", "%2e%2e"] {
        let outcome = make(Kind::Call, &refund(), &Secrets::default(), &facts(&[("order_number", climbing)]), "k", 0);
        match outcome {
            Err(words) => assert!(words.contains("another address"), "{climbing}: {words}"),
            Ok(request) => assert!(request.target.path.starts_with("/orders/%252e%252e/refunds"), "{climbing}: {}", request.target.path),
        }
    }
    let sideways = make(Kind::Call, &refund(), &Secrets::default(), &facts(&[("order_number", "1/../../admin?x#y")]), "k", 0).unwrap();
    assert_eq!(sideways.target.path, "/orders/1%2F..%2F..%2Fadmin%3Fx%23y/refunds?by=mara%40example.test");
}

#[test]
fn an_action_that_cannot_work_is_told_so_before_it_is_saved() {
    let complaints = |definition: Definition| definition.complaints(Kind::Call, &Inside::default(), &["frame".into()]);
    assert_eq!(complaints(refund()), []);
    for (definition, words, field) in [
        (Definition { url: "api.example.com".into(), ..refund() }, "This is no URL", "url"),
        (Definition { url: "ftp://api.example.com/".into(), ..refund() }, "begins with https://", "url"),
        (Definition { url: "http://api.example.com/".into(), ..refund() }, "Without encryption", "url"),
        (Definition { url: "https://api.example.com:25/".into(), ..refund() }, "Port 25", "url"),
        (Definition { url: "https://10.0.0.8/".into(), ..refund() }, "network of its own", "url"),
        (Definition { url: "https://key:secret@api.example.com/".into(), ..refund() }, "secret header", "url"),
        (Definition { url: "https://{{name}}.example.com/".into(), ..refund() }, "behind the host", "url"),
        (Definition { url: "https://api.example.com/{{nmae}}".into(), ..refund() }, "{{nmae}}, which is no placeholder", "url"),
        (Definition { body: "{\"a\": }".into(), ..refund() }, "no JSON once it is filled in", "body"),
        (Definition { body: "{\"a\": {{frame}}, \"b\": {{amonut}}}".into(), ..refund() }, "{{amonut}}", "body"),
        (Definition { body_kind: BodyKind::Form, body: "amount".into(), ..refund() }, "name=value", "body"),
        (Definition { method: Method::Get, ..refund() }, "A GET has no body", "body"),
        (Definition { headers: vec![("Host".into(), "x".into())], ..refund() }, "sets the header Host itself", "headers"),
        (Definition { headers: vec![("Proxy-Authorization".into(), "Basic x".into())], ..refund() }, "sets the header Proxy-Authorization itself", "headers"),
        (Definition { headers: vec![("X A".into(), "x".into())], ..refund() }, "no header name", "headers"),
        (Definition { headers: vec![("X-A".into(), "x\u{1}y".into())], ..refund() }, "plain characters", "headers"),
        (Definition { headers: vec![("X-A".into(), "x".into())], secret_headers: vec!["x-a".into()], ..refund() }, "twice", "headers"),
        (Definition { button: false, ..refund() }, "Nothing would ever call it", "button"),
        (Definition { good: Good { from: 20, ..Good::default() }, ..refund() }, "status from 100 to 599", "good"),
        (Definition { reference: "id".into(), ..refund() }, "JSON pointer", "reference"),
    ] {
        let said = complaints(definition);
        assert!(said.iter().any(|said| said.words.contains(words) && said.field == field), "{words}: {said:?}");
    }
    let hook = Definition { url: "https://a.example/{{return}}".into(), events: Vec::new(), ..Definition::default() };
    let fields = |hook: &Definition| hook.complaints(Kind::Webhook, &Inside::default(), &[]).into_iter().map(|said| said.field).collect::<Vec<_>>();
    assert_eq!(fields(&hook), ["url", "event"]);
    assert_eq!(fields(&Definition { url: "https://a.example/".into(), ..hook }), ["event"]);
    let secret = Definition { secret_headers: vec!["X-Key".into(), "x-key".into()], ..refund() };
    assert!(complaints(secret).iter().all(|said| said.field == "secret x-key"), "a secret header is known by its name");
}

#[test]
fn an_answer_is_good_when_the_owner_says_so_and_only_what_surely_was_not_done_is_done_again() {
    let careful = action(
        Kind::Call,
        Definition {
            good: Good { pointer: "/status".into(), value: "succeeded|pending".into(), ..Good::default() },
            reference: "/id /amount /nothing".into(),
            ..refund()
        },
    );
    let repeatable = action(Kind::Call, Definition { repeatable: true, ..careful.definition.clone() });
    let hook = action(Kind::Webhook, Definition::default());
    let answers = |action: &Action, status: u16, body: &str| judge(action, &Secrets::default(), &Answer { status, body: body.into(), ..Answer::default() });
    let good = answers(&careful, 200, r#"{"id": "re_1", "status": "pending", "amount": 6800}"#);
    assert_eq!((good.fate, good.reference.as_str()), (Fate::Done, "re_1, 6800"));
    for (action, status, body, fate) in [
        (&careful, 200, r#"{"status": "failed"}"#, Fate::Refused),
        (&careful, 200, "<html>", Fate::Refused),
        (&careful, 302, "", Fate::Refused),
        (&careful, 400, "", Fate::Refused),
        (&careful, 429, "", Fate::NotNow),
        (&careful, 503, "", Fate::NotNow),
        (&careful, 500, "", Fate::Uncertain),
        (&careful, 504, "", Fate::Uncertain),
        (&repeatable, 500, "", Fate::NotNow),
        (&repeatable, 404, "", Fate::Refused),
        (&hook, 204, "", Fate::Done),
        (&hook, 404, "", Fate::NotNow),
        (&hook, 301, "", Fate::NotNow),
    ] {
        let outcome = answers(action, status, body);
        assert_eq!(outcome.fate, fate, "{status} {body}: {}", outcome.words);
    }
    assert!(answers(&careful, 302, "").words.contains("sends elsewhere"));
}

#[test]
fn p62_secrets_are_bound_to_their_host_and_never_come_back() {
    let key = SecretKey::from_bytes([3; 32]);
    let here = Target::parse("https://api.example.com/a").unwrap();
    let mut secrets = Secrets::default();
    secrets.set("Authorization", "Bearer canary-token-1");
    secrets.set("X-Basic", "Basic shop:canary-password-2");
    let sealed = secrets.seal(&key, &here, [1; 24]);
    let open = |url: &str| Secrets::open(&key, &Target::parse(url).unwrap(), sealed.as_deref());
    assert!(open("https://api.example.com/another?path=1").unwrap() == secrets);
    for elsewhere in ["https://evil.example/a", "http://api.example.com/a", "https://api.example.com:8443/a"] {
        assert!(open(elsewhere).unwrap_err().contains("Enter them again"), "{elsewhere}");
    }
    assert_eq!(secrets.get("x-basic"), Some("Basic c2hvcDpjYW5hcnktcGFzc3dvcmQtMg=="));
    let definition = Definition { secret_headers: vec!["Authorization".into(), "X-Basic".into()], ..refund() };
    let request = make(Kind::Call, &definition, &secrets, &facts(&[]), "word", 0).unwrap();
    assert!(request.headers.iter().any(|(name, value)| name == "Authorization" && value == "Bearer canary-token-1"));
    let echo = format!("{:?} canary-token-1 c2hvcDpjYW5hcnktcGFzc3dvcmQtMg== canary-password-2", request.headers);
    let outcome = judge(
        &action(Kind::Call, Definition { reference: "/id".into(), ..definition.clone() }),
        &secrets,
        &Answer { status: 200, body: echo.into(), ..Answer::default() },
    );
    for text in [&request.shown, &outcome.answer, &outcome.reference, &format!("{request:?} {secrets:?}")] {
        assert!(!text.contains("canary") && !text.contains("c2hvcDp"), "{text}");
    }
    let without = make(Kind::Call, &definition, &Secrets::default(), &facts(&[]), "word", 0).unwrap_err();
    assert!(without.contains("Authorization is missing"), "{without}");
}
