//! Who may ask for what: the whole table of routes, walked by everybody.

use super::*;
use crate::web::access::{Access, table};

/// A mail that an agent of another mailbox must never see a word of.
const SECRET_MAIL: &[u8] = b"From: Sea Horse <seahorse@example.test>\r\nTo: hidden@shop.test\r\nSubject: Seahorse\r\nMessage-ID: <1@example.test>\r\n\
Date: Mon, 23 Nov 2026 12:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
--b\r\nContent-Type: text/html\r\n\r\n<p>Seahorse</p>\r\n--b\r\nContent-Type: image/png; name=seahorse.png\r\n\
Content-Disposition: attachment; filename=seahorse.png\r\n\r\nSeahorse\r\n--b--\r\n";

/// A conversation, a message, an attachment, an event and a quarantined mail of a mailbox, each with the id 1 (the last: 2).
fn fill(shop: &Shop, mailbox: MailboxId, agent: AgentId) {
    let received = shop.bring(mailbox, SECRET_MAIL);
    let conversation = received.conversation.unwrap();
    let broken = shop.keep(mailbox, b"Subject: Seahorse\r\n\r\nbroken");
    shop.write(move |tx| {
        desk::tag(tx, conversation, "seahorse", agent, world::now()).unwrap();
        account::settle(tx, broken, account::Outcome::Quarantined, "seahorse", None)
    });
}

/// What a route asks for, with ids that exist (1) and a token that does not.
fn concrete(path: &str) -> String {
    path.replace("{version}", "0")
        .replace("{*name}", "css/app.css")
        .replace("{token}", "nobody-knows-this")
        .replace("{id}", "1")
        .replace("/quarantine/1", "/quarantine/2")
        .replace("{view}", "inbox")
        .replace("{purpose}", "declined")
        .replace("{until}", "1")
        .replace("{signature}", "x")
}

#[test]
fn p55_only_these_routes_are_open_to_strangers() {
    let open: Vec<String> =
        table().iter().filter(|r| !matches!(r.access, Access::Agent | Access::Owner | Access::Key)).map(|r| format!("{} {}", r.method, r.path)).collect();
    let expected = [
        "GET /static/{version}/{*name}",
        "GET /robots.txt",
        "GET /healthz",
        "GET /metrics",
        "GET /login",
        "POST /login",
        "GET /setup/{token}",
        "POST /setup/{token}",
        "GET /invite/{token}",
        "POST /invite/{token}",
        "GET /reset/{token}",
        "POST /reset/{token}",
        // Signed and expiring: the frame of a mail is of no origin and has no cookie.
        "GET /pictures/{id}/{until}/{signature}",
        // What customers and fulfilment see.
        "GET /return/{token}",
        "POST /return/{token}",
        "GET /return/{token}/photos/{id}",
        "POST /return/{token}/more",
        "GET /start-a-return",
        "GET /start-a-return/{token}",
        "POST /start-a-return/{token}",
        "GET /start-a-return/{token}/photos/{id}",
        "GET /fulfilment/{token}",
        "POST /fulfilment/{token}",
        "GET /fulfilment/{token}/photos/{id}",
        // The links of letters: what was ticked is confirmed, what was agreed to ends.
        "GET /unsubscribe/{token}",
        "POST /unsubscribe/{token}",
        "GET /confirm/{token}",
        "POST /confirm/{token}",
        "GET /policy",
        // An address that a shop's backend was given: the token in it is a key.
        "POST /api/orders/{token}",
    ];
    assert_eq!(open, expected);
}

/// Fields with which every form of the agents' screens would do something.
const SENSIBLE: &[(&str, &str)] =
    &[("status", "open"), ("tag", "x"), ("until", "tomorrow"), ("message", "1"), ("into", "2"), ("to", "a@example.test"), ("text", "Hello"), ("kind", "note")];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    Nobody,
    Disabled,
    AgentOfOtherMailbox,
    Agent,
    Owner,
}

#[tokio::test]
async fn p55_every_route_lets_in_exactly_those_of_its_class() {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    let agent = shop.add_agent("agent@shop.test", Role::Agent);
    let limited = shop.add_agent("limited@shop.test", Role::Agent);
    let disabled = shop.add_agent("disabled@shop.test", Role::Agent);
    let hidden = shop.add_mailbox("hidden@shop.test");
    fill(&shop, hidden, agent);
    let other = shop.add_mailbox("other@shop.test");
    shop.bring(other, b"From: a@example.test\r\nTo: other@shop.test\r\nSubject: Their own\r\n\r\nHello\r\n");
    shop.write(move |tx| agent::limit_to(tx, limited, &[other]));
    let conversation = shop.browser_of(agent).get("/conversations/1").await;
    assert!(conversation.body.contains("Seahorse"), "the others do see it: {}", conversation.body);
    for route in table() {
        for who in [Who::Nobody, Who::Disabled, Who::AgentOfOtherMailbox, Who::Agent, Who::Owner] {
            shop.write(move |tx| agent::enable(tx, disabled).and_then(|()| agent::enable(tx, owner)));
            let mut browser = match who {
                Who::Nobody => shop.browser(),
                Who::Disabled => shop.browser_of(disabled),
                Who::AgentOfOtherMailbox => shop.browser_of(limited),
                Who::Agent => shop.browser_of(agent),
                Who::Owner => shop.browser_of(owner),
            };
            let token = browser.token().await;
            if who == Who::Disabled {
                // Not `agent::disable`, which ends sessions: the check itself must hold.
                shop.write(move |tx| tx.execute("UPDATE agent SET disabled_at = 1 WHERE id = ?1", [disabled]));
            }
            let path = concrete(route.path);
            let answer = match route.method {
                "GET" => browser.get(&path).await,
                // Only those who may not: for the others the empty form shows enough, and changes little.
                _ if who == Who::AgentOfOtherMailbox => browser.post(&path, &[SENSIBLE, &[("csrf", &token)]].concat()).await,
                _ => browser.post(&path, &[("csrf", &token)]).await,
            };
            let signed_in = !matches!(who, Who::Nobody | Who::Disabled);
            let expected = match route.access {
                Access::Link => answer.status == StatusCode::NOT_FOUND,
                Access::LoopbackOrOwner => (answer.status == StatusCode::OK) == (who == Who::Owner),
                // A cookie is no key, whoever's it is.
                Access::Key => answer.status == StatusCode::UNAUTHORIZED,
                Access::Agent | Access::Owner if !signed_in => answer.status == StatusCode::UNAUTHORIZED,
                Access::Owner if who != Who::Owner => answer.status == StatusCode::FORBIDDEN,
                Access::Anyone => answer.status != StatusCode::FORBIDDEN,
                Access::Agent | Access::Owner => answer.status != StatusCode::UNAUTHORIZED && answer.status != StatusCode::FORBIDDEN,
            };
            assert!(expected, "{} {} by {who:?}: {}", route.method, route.path, answer.status);
            assert!(!answer.status.is_server_error() || route.path == "/healthz", "{} {} by {who:?}: {}", route.method, route.path, answer.status);
            if who == Who::AgentOfOtherMailbox {
                let lower = answer.body.to_lowercase();
                assert!(!lower.contains("hidden@") && !lower.contains("seahorse"), "{} {} shows another mailbox: {lower}", route.method, route.path);
                let of_the_mailbox =
                    ["/conversations/", "/messages/", "/attachments/", "/events/", "/quarantine/"].iter().any(|part| route.path.starts_with(part));
                assert!(!of_the_mailbox || answer.status == StatusCode::NOT_FOUND, "{} {}: {}", route.method, route.path, answer.status);
            }
        }
    }
}

#[tokio::test]
async fn p55_figures_are_for_this_machine_and_for_owners() {
    let shop = Shop::new();
    shop.add_mailbox("support@shop.test");
    let mut program = Browser { address: "127.0.0.1", ..shop.browser() };
    let answer = program.get("/metrics").await;
    assert!(answer.status == StatusCode::OK && answer.body.contains("restante_ledger_gap{mailbox=\"1\"} 0"), "{}", answer.body);
    let through_a_proxy = program.ask(Method::GET, "/metrics", &[("x-forwarded-for", "203.0.113.1")], String::new()).await;
    assert_eq!(through_a_proxy.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn p56_looking_changes_nothing() {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    let mailbox = shop.add_mailbox("support@shop.test");
    fill(&shop, mailbox, owner);
    shop.write(move |tx| crate::reply_template::save(tx, None, "Hello", "Hello {{name}}", owner, 1));
    let mut browser = shop.browser_of(owner);
    let before = shop.dump();
    assert!(before.iter().any(|row| row.starts_with("mailbox: ")) && before.len() >= 5);
    for route in table().into_iter().filter(|r| r.method == "GET") {
        for method in [Method::GET, Method::HEAD] {
            let answer = browser.ask(method, &concrete(route.path), &[], String::new()).await;
            assert!(answer.status != StatusCode::INTERNAL_SERVER_ERROR, "{}", route.path);
        }
    }
    assert_eq!(shop.dump(), before);
}

#[tokio::test]
async fn p56_a_form_needs_its_token_and_must_come_from_here() {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    shop.add_mailbox("support@shop.test");
    let mut browser = shop.browser_of(owner);
    let token = browser.token().await;
    let foreign = shop.browser_of(owner).token().await;
    let before = shop.dump();
    let form = ("content-type", "application/x-www-form-urlencoded");
    for route in table().into_iter().filter(|r| r.method == "POST") {
        let path = concrete(route.path);
        let good = encoded(&[("csrf", &token)]);
        for headers in [
            [form, ("origin", "https://evil.test")],
            [form, ("sec-fetch-site", "cross-site")],
            [form, ("sec-fetch-site", "same-site")],
            [form, ("origin", "null")],
        ] {
            let answer = browser.ask(Method::POST, &path, &headers, good.clone()).await;
            // Mail programs end such mails from wherever they are (RFC 8058): their token alone decides.
            let expected = if route.from_anywhere { StatusCode::NOT_FOUND } else { StatusCode::FORBIDDEN };
            assert_eq!(answer.status, expected, "{path} {headers:?}");
        }
        if matches!(route.access, Access::Agent | Access::Owner) {
            for wrong in ["", "x", &foreign, &token[..token.len() - 4]] {
                let answer = browser.post(&path, &[("csrf", wrong)]).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} with {wrong:?}");
            }
        }
    }
    assert_eq!(shop.dump(), before);
}
