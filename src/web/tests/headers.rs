//! What every answer carries, and what no error says.

use super::*;
use crate::web::access::{FORM_BYTES_MAX, table};

fn check(answer: &Answer, what: &str) {
    let csp = answer.header("content-security-policy");
    for part in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"] {
        assert!(csp.contains(part), "{what}: {csp}");
    }
    assert!(!csp.contains("unsafe"), "{what}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(answer.header("referrer-policy"), "same-origin", "{what}");
    assert_eq!(answer.header("x-frame-options"), "DENY", "{what}");
    assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin", "{what}");
    assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{what}");
    assert!(answer.header("cache-control") == "no-store" || what.contains("/static/"), "{what}");
}

#[tokio::test]
async fn p54_every_answer_carries_the_headers() {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    let mut signed_in = shop.browser_of(owner);
    let mut stranger = shop.browser();
    for route in table() {
        let path = route.path.replace("{id}", "1").replace("{token}", "x").replace("{version}", "1").replace("{*name}", "css/app.css");
        for browser in [&mut stranger, &mut signed_in] {
            let answer = if route.method == "GET" { browser.get(&path).await } else { browser.post(&path, &[]).await };
            // The frame of a mail has a policy of its own, narrower than this; its test is there.
            if !route.path.ends_with("/html") {
                check(&answer, &format!("{} {path} {}", route.method, answer.status));
            }
        }
    }
    let missing = stranger.get("/no/such/page").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    check(&missing, "404");
    let wrong_method = stranger.ask(Method::DELETE, "/login", &[], String::new()).await;
    assert_eq!(wrong_method.status, StatusCode::METHOD_NOT_ALLOWED);
    check(&wrong_method, "405");
    let too_large = stranger.post("/login", &[("email", &"x".repeat(FORM_BYTES_MAX))]).await;
    assert_eq!(too_large.status, StatusCode::PAYLOAD_TOO_LARGE);
    check(&too_large, "413");
    shop.write(|tx| tx.execute("DELETE FROM setting", []).and_then(|_| tx.execute("ALTER TABLE setting RENAME TO gone", [])));
    let broken = stranger.get("/login").await;
    assert_eq!(broken.status, StatusCode::INTERNAL_SERVER_ERROR);
    check(&broken, "500");
    assert!(broken.body.contains("not your fault") && !broken.body.contains("setting") && !broken.body.contains("SQL"), "{}", broken.body);
}

#[tokio::test]
async fn p54_over_https_cookies_are_locked_to_the_host_and_browsers_stay_with_it() {
    let shop = Shop::at("https://help.shop.test/");
    shop.add_agent("jules@shop.test", Role::Agent);
    let answer = shop.browser().post("/login", &[("email", "jules@shop.test"), ("password", PASSWORD)]).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-restante=") && cookie.contains("; Secure") && cookie.contains("; Path=/;"), "{cookie}");
    assert!(answer.header("strict-transport-security").starts_with("max-age="));
    assert_eq!(Shop::new().browser().get("/login").await.header("strict-transport-security"), "");
}

#[tokio::test]
async fn files_may_be_kept_for_ever_under_their_hashed_name_only() {
    let shop = Shop::new();
    let url = crate::web::assets::url("css/app.css");
    let file = shop.browser().get(&url).await;
    assert_eq!((file.status, file.header("content-type")), (StatusCode::OK, "text/css; charset=utf-8"));
    assert!(file.header("cache-control").contains("immutable"));
    assert_eq!(shop.browser().get("/static/old/css/app.css").await.header("cache-control"), "no-store");
    for outside in ["/static/x/../Cargo.toml", "/static/x/..%2fCargo.toml", "/static/x//etc/passwd", "/static/x/css"] {
        assert_eq!(shop.browser().get(outside).await.status, StatusCode::NOT_FOUND, "{outside}");
    }
}

#[tokio::test]
async fn p57_hostile_requests_get_constant_words() {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    shop.add_mailbox("support@shop.test");
    let mut browser = shop.browser_of(owner);
    let token = browser.token().await;
    let hostile =
        ["'", "\" OR 1=1 --", "%00", "../../etc/passwd", "-1", "99999999999999999999", "<script>alert(1)</script>", "\u{202e}", "{{7*7}}", "a\r\nb: c"];
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let mut asked = 0;
    for route in table() {
        for text in hostile {
            let part = encoded(&[("", text)]).split_off(1);
            let path = route.path.replace("{id}", &part).replace("{token}", &part).replace("{version}", "1").replace("{*name}", &part);
            let fields: Vec<(&str, &str)> = [
                "email",
                "name",
                "address",
                "text",
                "role",
                "do",
                "to",
                "undo_seconds",
                "imap_port",
                "imap_host",
                "history_day",
                "session",
                "mailbox",
                "theme",
            ]
            .map(|name| (name, text))
            .into_iter()
            .chain([("csrf", token.as_str())])
            .collect();
            let answer = match route.method {
                "GET" => browser.get(&format!("{path}?to={part}&q={part}&after={part}")).await,
                _ if route.path == "/logout" => continue,
                _ => browser.ask(Method::POST, &path, &form, encoded(&fields)).await,
            };
            assert!(!answer.status.is_server_error(), "{} {path}: {} {}", route.method, answer.status, answer.body);
            for leak in ["rusqlite", "sqlite", "panicked", "src/", ".rs:", "axum", "deserialize", "<script>alert", "49 "] {
                assert!(!answer.body.contains(leak), "{} {path} says {leak}", route.method);
            }
            asked += 1;
        }
    }
    for (kind, body) in [
        ("application/json", "{"),
        ("multipart/form-data", "x"),
        ("multipart/form-data; boundary=x", "--x\r\nbroken"),
        ("", "\0\0"),
        ("application/x-www-form-urlencoded", "%ff=%ff&&=&"),
    ] {
        let answer = browser.ask(Method::POST, "/login", &[("content-type", kind)], body).await;
        assert!(answer.status.is_client_error(), "{kind}: {}", answer.status);
    }
    assert!(asked > 300);
}

#[tokio::test]
async fn p57_a_panic_says_nothing() {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    let mut browser = shop.browser_of(owner);
    let fields = [("do", "test"), ("address", "a@gmail.com"), ("name", "Shop"), ("imap_password", "panic")];
    let answer = browser.submit("/settings/mailboxes/new", "/settings/mailboxes", &fields).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(answer.body.contains("not your fault") && !answer.body.contains("secret of the inside"), "{}", answer.body);
    check(&answer, "500 after a panic");
}
