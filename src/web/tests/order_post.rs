//! Orders that a shop's programs post: keys, what is taken, what is not.

use super::*;
use crate::order;
use crate::order::shop_key::{self, Purpose};
use crate::return_request::{State as Stands, request};

const HERE: &str = "/settings/orders";
const ORDER: &str = r#"{"number": "AT-10482", "customer": {"name": "Mara Okafor", "email": "mara@example.test"}, "ordered_on": "2026-11-12", "total": 68, "currency": "EUR",
  "lines": [{"title": "Low Tide", "kind": "print", "unit_price": 68}]}"#;

fn opened() -> (Shop, AgentId) {
    let shop = Shop::new();
    let jules = shop.add_agent("jules@shop.test", Role::Owner);
    shop.add_mailbox("support@shop.test");
    (shop, jules)
}

impl Shop {
    /// A key made by the screen; what it showed once.
    async fn key(&self, owner: AgentId, name: &str, purpose: &str) -> String {
        let mut browser = self.browser_of(owner);
        let made = browser.submit(HERE, "/settings/orders/keys", &[("name", name), ("purpose", purpose)]).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
        let shown = browser.get(HERE).await.body;
        let secret = shown.split("class=\"link\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        assert!(!browser.get(HERE).await.body.contains(&secret), "it is shown once");
        secret
    }

    async fn posts(&self, path: &str, key: Option<&str>, body: &str) -> (StatusCode, serde_json::Value) {
        let bearer = key.map(|key| format!("Bearer {key}"));
        let headers: Vec<(&str, &str)> = bearer.iter().map(|bearer| ("authorization", bearer.as_str())).chain([("content-type", "application/json")]).collect();
        let answer = self.browser().ask(Method::POST, path, &headers, body.to_owned()).await;
        assert_eq!(answer.header("content-type"), "application/json", "{}", answer.body);
        (answer.status, serde_json::from_str(&answer.body).unwrap())
    }
}

#[tokio::test]
async fn an_order_that_is_posted_is_known_at_once_and_a_return_that_waited_finds_it() {
    let (shop, jules) = opened();
    let mail = b"From: Mara <mara@example.test>\r\nTo: support@shop.test\r\nSubject: Refund\r\nMessage-ID: <m1@example.test>\r\n\r\nI need a refund, it came creased.\r\n";
    let there = shop.bring(shop.read(|c| account::all(c).map(|all| all[0].id)), mail).conversation.unwrap();
    shop.browser_of(jules).submit(&format!("/conversations/{there}"), &format!("/conversations/{there}/returns"), &[]).await;
    let key = shop.key(jules, "Backend", "header").await;
    assert_eq!(data_encoding::BASE64URL_NOPAD.decode(key.as_bytes()).unwrap().len(), 32);
    let (status, answer) = shop.posts("/api/orders", Some(&key), ORDER).await;
    assert_eq!((status, &answer["taken"]), (StatusCode::OK, &serde_json::json!(["AT-10482"])), "{answer}");
    let found = shop.read(|c| request::of_conversation(c, there)).remove(0);
    assert!(found.order_id.is_some() && found.state == Stands::ToDecide);
    let later = r#"{"orders": [{"number": "at 10482", "delivered_on": "2026-11-19"}, {"number": "AT-2", "total": "much", "delivery": "x"}]}"#;
    let (status, answer) = shop.posts("/api/orders", Some(&key), later).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let said = [&answer["taken"][0], &answer["mistakes"][0]["path"], &answer["ignored"][0]];
    assert_eq!(said.map(|value| value.as_str()), ["at 10482", "orders[1].total", "orders[1].delivery"].map(Some));
    let known = shop.read(|c| order::find_by_number(c, "AT-10482")).unwrap();
    assert_eq!((shop.read(order::count), known.delivered_on, known.lines.len(), known.source), (1, "2026-11-19".parse().ok(), 1, order::Source::Api));
    assert!(shop.browser_of(jules).get(HERE).await.body.contains("last used"));
}

#[tokio::test]
async fn p60_a_key_opens_its_own_door_until_it_is_revoked_and_only_its_hash_is_kept() {
    let (shop, jules) = opened();
    let key = shop.key(jules, "Backend", "header").await;
    let address = shop.key(jules, "Woo", "address").await;
    let token = address.strip_prefix("http://help.shop.test/api/orders/").unwrap().to_owned();
    assert!(!shop.dump().iter().any(|row| row.contains(&key) || row.contains(&token)));
    for (path, key, status) in [
        ("/api/orders".to_owned(), None, StatusCode::UNAUTHORIZED),
        ("/api/orders".to_owned(), Some("guess"), StatusCode::UNAUTHORIZED),
        ("/api/orders".to_owned(), Some(token.as_str()), StatusCode::UNAUTHORIZED),
        (format!("/api/orders/{key}"), None, StatusCode::NOT_FOUND),
        ("/api/orders/guess".to_owned(), Some(key.as_str()), StatusCode::NOT_FOUND),
        ("/api/nothing".to_owned(), Some(key.as_str()), StatusCode::NOT_FOUND),
        (format!("/api/orders/{token}"), None, StatusCode::OK),
        ("/api/orders".to_owned(), Some(key.as_str()), StatusCode::OK),
    ] {
        let (answered, json) = shop.posts(&path, key, ORDER).await;
        assert_eq!(answered, status, "{path} {key:?} {json}");
        assert!(status == StatusCode::OK || json["error"].as_str().is_some_and(|words| words.contains(". ")), "{json}");
    }
    assert_eq!(shop.posts(&format!("/api/orders/{token}"), None, "webhook_id=7").await.0, StatusCode::OK, "a backend tries its address");
    for id in [1, 2] {
        shop.browser_of(jules).submit(HERE, &format!("/settings/orders/keys/{id}/revocation"), &[]).await;
    }
    assert_eq!(shop.posts("/api/orders", Some(&key), ORDER).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(shop.posts(&format!("/api/orders/{token}"), None, ORDER).await.0, StatusCode::NOT_FOUND);
    let unauthorised = shop.browser().ask(Method::POST, "/api/orders", &[], String::new()).await;
    assert!(unauthorised.header("www-authenticate").starts_with("Bearer"));
}

#[tokio::test]
async fn a_post_is_bounded_and_comes_from_no_page_of_another_site() {
    let (shop, jules) = opened();
    let key = shop.key(jules, "Backend", "header").await;
    let large = format!("{{\"number\": \"{}\"}}", "x".repeat(2 * 1024 * 1024));
    assert_eq!(shop.posts("/api/orders", Some(&key), &large).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    for body in ["", "no json", "[1]", "{\"number\": null}"] {
        let (status, json) = shop.posts("/api/orders", Some(&key), body).await;
        assert!(
            status == StatusCode::UNPROCESSABLE_ENTITY && json["mistakes"][0]["words"].is_string() && json["taken"] == serde_json::json!([]),
            "{body}: {json}"
        );
    }
    let bearer = format!("Bearer {key}");
    let foreign = [("authorization", bearer.as_str()), ("origin", "https://evil.test")];
    let answer = shop.browser_of(jules).ask(Method::POST, "/api/orders", &foreign, ORDER.to_owned()).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(shop.read(order::count), 0);
}

#[tokio::test]
async fn keys_are_named_once_and_made_by_owners_only() {
    let (shop, jules) = opened();
    let agent = shop.add_agent("a@shop.test", Role::Agent);
    let mut browser = shop.browser_of(jules);
    for name in ["", &"x".repeat(61)] {
        let wrong = browser.submit(HERE, "/settings/orders/keys", &[("name", name), ("purpose", "address")]).await;
        assert!(
            wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("Name the program") && wrong.body.contains("value=\"address\" checked")
        );
    }
    shop.key(jules, "Backend", "header").await;
    let twice = browser.submit(HERE, "/settings/orders/keys", &[("name", "backend")]).await;
    assert!(twice.status == StatusCode::UNPROCESSABLE_ENTITY && twice.body.contains("of this name already"));
    let mut browser = shop.browser_of(agent);
    let token = browser.token().await;
    assert_eq!(browser.post("/settings/orders/keys", &[("csrf", &token), ("name", "x")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(shop.read(shop_key::all).iter().filter(|key| key.purpose == Purpose::Header).count(), 1);
}
