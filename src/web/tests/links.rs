//! One-time links: set-up, invitation, reset.

use super::*;
use crate::agent::LinkPurpose;

const NEW: &str = "another four random words";

/// What the log prints at the first start.
fn setup_path(shop: &Shop) -> String {
    let token = world::random_token();
    let path = format!("/setup/{token}");
    let now = world::now();
    shop.write(move |tx| agent::link(tx, &token, LinkPurpose::Setup, None, now + 60_000, now));
    path
}

#[tokio::test]
async fn the_first_visit_makes_the_owner_and_leads_to_the_mailbox() {
    let shop = Shop::new();
    assert!(shop.browser().get("/login").await.body.contains("set-up link"));
    let link = setup_path(&shop);
    let mut browser = shop.browser();
    assert!(browser.get(&link).await.body.contains("Welcome to Restante"));
    let bad = browser.post(&link, &[("name", "Ana"), ("email", "ana@shop.test"), ("password", "short")]).await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bad.body.contains("value=\"ana@shop.test\"") && bad.body.contains("at least 10") && !bad.body.contains("short\""), "{}", bad.body);
    let done = browser.post(&link, &[("name", "Ana"), ("email", "ana@shop.test"), ("password", NEW)]).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/settings/mailboxes/new"));
    assert_eq!(browser.get("/settings/mailboxes/new").await.status, StatusCode::OK);
    assert_eq!(browser.get(&link).await.status, StatusCode::GONE);
    let another = setup_path(&shop);
    assert_eq!(browser.get(&another).await.status, StatusCode::GONE, "there is an owner already");
}

#[tokio::test]
async fn p60_links_are_bound_to_their_purpose_expire_and_work_once() {
    let shop = Shop::new();
    let agent = shop.add_agent("jules@shop.test", Role::Agent);
    let kinds = [("setup", LinkPurpose::Setup, None), ("invite", LinkPurpose::Invite, Some(agent)), ("reset", LinkPurpose::Reset, Some(agent))];
    let mut browser = shop.browser();
    for (place, purpose, whose) in kinds {
        if purpose == LinkPurpose::Setup {
            continue; // with an agent there, set-up is over; its own test is above
        }
        let token = world::random_token();
        assert!(data_encoding::BASE64URL_NOPAD.decode(token.as_bytes()).unwrap().len() * 8 >= 128);
        let secret = token.clone();
        let now = world::now();
        shop.write(move |tx| agent::link(tx, &secret, purpose, whose, now + 60_000, now));
        assert!(!shop.dump().concat().contains(&token), "only its hash is stored");
        for (other, ..) in kinds.iter().filter(|(other, ..)| *other != place) {
            let answer = browser.get(&format!("/{other}/{token}")).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "a {place} link at {other}");
            let answer = browser.post(&format!("/{other}/{token}"), &[("password", NEW)]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND);
        }
        let before = shop.dump();
        for _ in 0..50 {
            assert_eq!(browser.get(&format!("/{place}/{token}")).await.status, StatusCode::OK);
        }
        assert_eq!(shop.dump(), before, "looking changes nothing");
        let path = format!("/{place}/{token}");
        let (mut one, mut two, fields) = (shop.browser(), shop.browser(), [("password", NEW)]);
        let (first, second) = tokio::join!(one.post(&path, &fields), two.post(&path, &fields));
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort();
        assert_eq!(statuses, [303, 410], "two at once: one works");
        assert_eq!(browser.get(&path).await.status, StatusCode::GONE);

        let late = world::random_token();
        let secret = late.clone();
        shop.write(move |tx| agent::link(tx, &secret, purpose, whose, now - 1, now - 10));
        let (gone, unknown) = (browser.get(&format!("/{place}/{late}")).await, browser.get(&format!("/{place}/nothing")).await);
        assert_eq!((gone.status, unknown.status), (StatusCode::GONE, StatusCode::NOT_FOUND));
        assert_eq!(gone.headers.keys().collect::<Vec<_>>(), unknown.headers.keys().collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn p60_guessing_a_link_finds_none() {
    let shop = Shop::new();
    setup_path(&shop);
    let mut browser = shop.browser();
    let guesses = if std::env::var_os("RESTANTE_FULL").is_some() { 100_000 } else { 300 };
    for n in 0..guesses {
        let guess = if n % 2 == 0 { world::random_token() } else { n.to_string() };
        for place in ["setup", "invite", "reset"] {
            assert_eq!(browser.get(&format!("/{place}/{guess}")).await.status, StatusCode::NOT_FOUND);
        }
    }
}

#[tokio::test]
async fn an_invitation_is_shown_once_and_makes_a_colleague() {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    let mut chief = shop.browser_of(owner);
    let answer = chief.submit("/settings/agents", "/settings/agents", &[("name", "Mara"), ("email", "mara@shop.test"), ("role", "agent")]).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/settings/agents"));
    let page = chief.get("/settings/agents").await;
    let link = page.body.split_once("value=\"http://help.shop.test/invite/").unwrap().1.split('"').next().unwrap().to_owned();
    assert!(!chief.get("/settings/agents").await.body.contains(&link), "only once");
    let mut mara = shop.browser();
    assert!(mara.get(&format!("/invite/{link}")).await.body.contains("Welcome, Mara"));
    mara.post(&format!("/invite/{link}"), &[("password", NEW)]).await;
    assert_eq!(mara.get("/settings/agents").await.status, StatusCode::FORBIDDEN);
    assert_eq!(shop.browser().post("/login", &[("email", "mara@shop.test"), ("password", NEW)]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_last_owner_stays_one() {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    let mut chief = shop.browser_of(owner);
    let page = format!("/settings/agents/{owner}");
    let disabled = chief.submit(&page, &format!("{page}/access"), &[("do", "disable")]).await;
    assert!(disabled.status == StatusCode::UNPROCESSABLE_ENTITY && disabled.body.contains("needs an owner"), "{}", disabled.body);
    let demoted = chief.submit(&page, &page, &[("name", "Ana"), ("role", "agent")]).await;
    assert_eq!(demoted.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(chief.get(&page).await.status, StatusCode::OK);
}
