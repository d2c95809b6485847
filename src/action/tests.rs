//! Definitions that cannot work are told so; values never become a part of a request's shape; answers mean what the owner said.

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

#[test]
fn p61_every_kind_of_address_that_is_not_the_internet_s_is_refused() {
    let judged = |ip: &str| inside::is_public(ip.parse().unwrap());
    for apart in [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "100::1",
        "2001::1",
        "2001:0:7f00:1::",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a00:1::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ] {
        assert!(!judged(apart), "{apart}");
    }
    for public in [
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.1",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.0.1",
        "172.32.0.1",
        "192.167.0.1",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450::1",
        "2001:4860:4860::8888",
    ] {
        assert!(judged(public), "{public}");
    }
}

#[test]
fn inside_hosts_are_named_with_their_ports_and_allow_nothing_else() {
    let inside = Inside::read("erp.lan:8069\n 127.0.0.1:9000 \n[::1]:80\nstore.lan\n").unwrap();
    let permit = |url: &str| inside.permit(&Target::parse(url).unwrap());
    for named in [
        "http://erp.lan:8069/a",
        "https://ERP.lan.:8069/",
        "http://127.0.0.1:9000/",
        "http://2130706433:9000/",
        "http://[0:0::1]/",
        "https://store.lan/",
        "http://store.lan:8080/",
    ] {
        assert_eq!(permit(named), Ok(inside::Permit::Named), "{named}");
    }
    for other in ["http://erp.lan/", "http://127.0.0.1:9001/", "http://store.lan:25/", "http://sub.erp.lan:8069/"] {
        assert!(permit(other).is_err(), "{other}");
    }
    assert_eq!(Inside::read(&inside.text()).unwrap(), inside);
    for odd in ["http://erp.lan:80", "erp.lan:0", "erp.lan:x", "erp.lan/a", "*:80", "a b:80", "user@erp.lan:80", ":80", "[::1:80"] {
        assert!(Inside::read(odd).is_err(), "{odd}");
    }
}

#[test]
fn a_look_up_s_answer_becomes_an_order_where_the_pointers_say_so() {
    let order = |pairs: &[(&str, &str)]| pairs.iter().map(|(name, pointer)| ((*name).to_owned(), (*pointer).to_owned())).collect();
    let definition = Definition {
        order: order(&[
            ("number", "/orders/0/name"),
            ("order_id", "/orders/0/id"),
            ("ordered_on", "/orders/0/created_at"),
            ("total", "/orders/0/total_price"),
            ("currency", "/orders/0/currency"),
            ("country", "/orders/0/ship/country_code"),
            ("lines", "/orders/0/line_items"),
            ("line_title", "/title"),
            ("line_unit", "/price"),
            ("line_quantity", "/count"),
        ]),
        ..Definition::default()
    };
    let json = br#"{"orders": [{"id": 450789469, "name": "AT-10482", "created_at": "2026-11-12T09:00:00+01:00", "total_price": "68.00", "currency": "EUR",
        "ship": {"country_code": "SE"}, "line_items": [{"title": "Low Tide", "price": 68}, {"price": 1}]}]}"#;
    let found = look_up::read(&definition, "#at 10482", json).unwrap();
    let euro = crate::money::Currency::parse("EUR");
    assert_eq!((found.news.ordered_on, found.news.total), ("2026-11-12".parse().ok(), Some(crate::money::Amount::new(6800, euro))));
    assert_eq!((found.news.lines.len(), found.news.lines[0].unit.map(|u| u.minor), found.news.country.as_deref()), (1, Some(6800), Some("SE")));
    assert_eq!(found.references, [("order_id", "450789469".to_owned())]);
    for (count, read) in [("2", 2), ("10000", 10_000), ("0", 1), ("-3", 1), ("10001", 1), ("9223372036854775807", 1), ("1e99", 1)] {
        let json = format!(r#"{{"orders": [{{"name": "AT-10482", "line_items": [{{"title": "Low Tide", "count": {count}}}]}}]}}"#);
        assert_eq!(look_up::read(&definition, "AT-10482", json.as_bytes()).unwrap().news.lines[0].quantity, read, "{count}");
    }
    assert!(look_up::read(&definition, "AT-1", json).unwrap_err().contains("about order AT-10482"));
    assert!(look_up::read(&definition, "AT-10482", br#"{"orders": []}"#).unwrap_err().contains("no order"));
    assert!(look_up::read(&definition, "AT-10482", b"<html>").unwrap_err().contains("no JSON"));
}
