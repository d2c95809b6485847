//! P57 with a generator: any method, any path of the table, any words, headers and bodies. `RESTANTE_FULL=1` asks 50,000
//! times.

use super::nasty::{Numbers, strings};
use super::*;
use crate::web::access::table;

/// In every request, so that an error that repeats what it was asked is found out.
const MARK: &str = "zq9mark";
/// Longer ones are refused for their length alone.
const WORD_CHARS_MAX: usize = 400;
const METHODS: &[&str] = &["GET", "GET", "GET", "HEAD", "POST", "POST", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"];
const KINDS: &[&str] = &[
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-7",
    "multipart/form-data; boundary=b",
    "multipart/form-data",
    "application/json",
    "text/html",
    "x",
    "",
];
const HEADERS: &[(&str, &[&str])] = &[
    ("accept", &["text/event-stream", "*/*", "application/json", "", "q=x;;"]),
    ("accept-encoding", &["gzip", "br, zstd", "gzip;q=x"]),
    ("content-length", &["0"]),
    ("cookie", &["restante=", "restante=x; restante=y", "=;=", "a=\"b", "__Host-restante=x"]),
    ("if-none-match", &["*", "\"x\"", "W/"]),
    ("last-event-id", &["-1", "99999999999999999999", "x"]),
    ("origin", &["null", "http://evil.test", "http://help.shop.test"]),
    ("range", &["bytes=0-", "bytes=-1", "bytes=5-1,x"]),
    ("sec-fetch-site", &["cross-site", "same-origin", "none"]),
    ("transfer-encoding", &["chunked"]),
    ("x-forwarded-for", &["127.0.0.1", "x, y", "::1"]),
    ("x-http-method-override", &["DELETE"]),
];
/// What would tell a stranger how we are made, or where.
const LEAKS: &[&str] =
    &["rusqlite", "sqlite", "SELECT ", "panicked", "src/", ".rs:", "axum", "Deserialize", "deserialize", "serde", "tokio", "/tmp/", "RUST_", "unwrap", "Err("];

/// One request, made of numbers alone.
struct Asked {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

fn ask(numbers: &mut Numbers, words: &[String], names: &[&str], token: &str) -> Asked {
    let routes = table();
    let route = numbers.pick(&routes);
    let word = |numbers: &mut Numbers| match numbers.below(4) {
        0 => numbers.below(5).to_string(),
        _ => format!("{}{MARK}", numbers.pick(words).chars().take(WORD_CHARS_MAX).collect::<String>()),
    };
    let escape = |text: &str| encoded(&[("", text)]).split_off(1);
    let mut path = String::new();
    for part in route.path.split('/').skip(1) {
        let part = if part.starts_with('{') { escape(&word(numbers)) } else { part.to_owned() };
        path.push_str(&format!("/{part}"));
    }
    if numbers.below(8) == 0 {
        path.push_str(numbers.pick::<&str>(&["/", "//", "/..", "/%2e%2e/", ";x", "/%ff%fe", "/%00", ".php"]));
    }
    let mut fields: Vec<(&str, String)> = (0..numbers.below(8)).map(|_| (*numbers.pick(names), word(numbers))).collect();
    if numbers.below(2) == 0 {
        path.push_str(&format!("?{}", fields.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect::<Vec<_>>().join("&")));
    }
    if numbers.below(3) > 0 {
        fields.push(("csrf", token.to_owned()));
    }
    let borrowed: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let kind = *numbers.pick(KINDS);
    let body = match numbers.below(6) {
        0 => word(numbers),
        1 => {
            borrowed.iter().map(|(n, v)| format!("--b\r\nContent-Disposition: form-data; name=\"{n}\"; filename=\"{v}\"\r\n\r\n{v}\r\n")).collect::<String>()
                + "--b--"
        }
        2 => "%ff=%&&=;\0".repeat(numbers.below(50)),
        _ => encoded(&borrowed),
    };
    let mut headers = vec![("content-type", kind.to_owned())];
    for _ in 0..numbers.below(3) {
        let (name, values) = numbers.pick(HEADERS);
        headers.push((name, (*numbers.pick(values)).to_owned()));
    }
    let method = Method::from_bytes(numbers.pick(METHODS).as_bytes()).unwrap();
    Asked { method, path: path.replace("/logout", "/login"), headers, body }
}

#[tokio::test]
async fn p57_generated_requests_never_break_anything_and_learn_nothing() {
    let times = if std::env::var_os("RESTANTE_FULL").is_some() { 50_000 } else { 1_000 };
    let (shop, mailbox) = Shop::with_mailbox();
    for n in 0..4 {
        shop.mail(mailbox, &format!("m{n}"), "Where is it?", "Hello");
    }
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    let names = [
        "email",
        "name",
        "address",
        "text",
        "role",
        "do",
        "to",
        "cc",
        "seen",
        "then",
        "kind",
        "undo_seconds",
        "imap_port",
        "imap_host",
        "smtp_host",
        "history_day",
        "session",
        "mailbox",
        "theme",
        "q",
        "after",
        "before",
        "sort",
        "tag",
        "status",
        "until",
        "message",
        "into",
        "assignee",
        "theirs",
        "pictures",
        "csrf",
        "next",
        "file",
        "password",
        "x",
    ];
    let (mut numbers, words) = (Numbers(0x5EED), strings());
    let mut browser = shop.browser_of(owner);
    let mut token = browser.token().await;
    let mut answered = std::collections::BTreeMap::<u16, usize>::new();
    for n in 0..times {
        if n % 50 == 0 {
            // Whatever the last fifty did to the account: the next begin with a session.
            shop.write(move |tx| agent::enable(tx, owner).and_then(|()| tx.execute("UPDATE agent SET role = 'owner' WHERE id = ?1", [owner]).map(|_| ())));
            browser = shop.browser_of(owner);
            token = browser.token().await;
        }
        let asked = ask(&mut numbers, &words, &names, &token);
        let headers: Vec<(&str, &str)> = asked.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut stranger = shop.browser();
        let who = if n % 4 == 0 { &mut stranger } else { &mut browser };
        let answer = who.ask(asked.method.clone(), &asked.path, &headers, asked.body.clone()).await;
        let what = format!("request {n}: {} {} {headers:?} {:?} answers {}", asked.method, asked.path, asked.body, answer.status);
        assert!(!answer.status.is_server_error() || answer.status == StatusCode::NOT_IMPLEMENTED, "{what}: {}", answer.body);
        if !answer.status.is_success() {
            // A form that comes back holds what was typed, the sign-in page the way back, all of it escaped.
            let form_again = matches!(answer.status, StatusCode::UNPROCESSABLE_ENTITY | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN);
            let typed = |leak: &str| form_again && String::from_utf8_lossy(asked.body.as_ref()).contains(leak.trim());
            let leak = LEAKS.iter().find(|leak| answer.body.contains(*leak) && !typed(leak));
            assert_eq!(leak, None, "{what}: {}", answer.body);
            assert!(form_again || !answer.body.contains(MARK), "{what}: {}", answer.body);
        }
        assert!(!answer.body.contains("<script>alert(1)") && !answer.body.contains("<img src=x") && !answer.body.contains("<svg/onload"), "{what}");
        *answered.entry(answer.status.as_u16()).or_default() += 1;
    }
    for status in [200, 303, 401, 403, 404, 405] {
        assert!(answered.contains_key(&status), "no request came through to a {status}: {answered:?}");
    }
}
