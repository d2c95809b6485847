//! The links that letters carry: looking changes nothing, one POST without a cookie ends such mails (PROMISES P68).

use super::*;
use crate::consent::link::{self, Act, Link};
use crate::consent::{self, Given, Purpose, Way};
use crate::customer;
use crate::email::NameAddr;

const STOP: &str = "a-link-that-was-mailed-to-anna";
const YES: &str = "another-link-that-was-mailed-to-anna";
const ANNA: &str = "anna@example.test";

/// Anna agreed to both, and holds both links.
fn with_anna() -> Shop {
    let shop = Shop::new();
    shop.add_mailbox("support@shop.test");
    let key = shop.state.key.clone();
    shop.write(move |tx| {
        let now = world::now();
        let from = NameAddr { name: "Anna Lind".into(), address: EmailAddress::parse(ANNA).unwrap() };
        let customer_id = customer::recognise(tx, &from, Some("sv"), now)?;
        for purpose in Purpose::ALL {
            let given = Given {
                customer_id,
                address: ANNA,
                purpose: *purpose,
                way: Way::Mail,
                words: "ja tack",
                policy_text: "",
                proof: "",
                message_id: None,
                at: now,
                by: None,
            };
            consent::grant(tx, &key, &given, now)?;
        }
        let link = Link {
            customer_id,
            address: ANNA.into(),
            purposes: vec![Purpose::SimilarPieces],
            words: "w".into(),
            policy_text: "Bara detta.".into(),
            used_at: None,
        };
        link::add(tx, STOP, Act::Unsubscribe, &link, now)?;
        link::add(tx, YES, Act::Confirm, &link, now)
    });
    shop
}

fn lives(shop: &Shop, purpose: Purpose) -> bool {
    shop.state.db.read(|c| consent::live(c, ANNA, purpose)).unwrap().is_some()
}

#[tokio::test]
async fn p68_one_post_without_a_cookie_and_from_anywhere_ends_it_before_the_answer() {
    let shop = with_anna();
    let path = format!("/unsubscribe/{STOP}");
    for (kind, body) in [
        ("application/x-www-form-urlencoded", "List-Unsubscribe=One-Click".to_owned()),
        ("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n".to_owned()),
    ] {
        let mut program = shop.browser();
        let headers = [("content-type", kind), ("origin", "https://mail.provider.test"), ("sec-fetch-site", "cross-site")];
        let answer = program.ask(Method::POST, &path, &headers, body.into_bytes()).await;
        assert_eq!(answer.status, StatusCode::OK, "no redirect (RFC 8058 3.1): {}", answer.body);
        assert!(!answer.headers.contains_key(header::SET_COOKIE) && answer.body.contains("skriver inte längre"), "{}", answer.body);
        assert!(!lives(&shop, Purpose::SimilarPieces), "before the answer");
    }
    assert!(lives(&shop, Purpose::Offers), "only what the letter was about");
}

#[tokio::test]
async fn p68_looking_ends_nothing_and_agrees_to_nothing() {
    let shop = with_anna();
    let before = shop.dump();
    for path in [format!("/unsubscribe/{STOP}"), format!("/confirm/{YES}")] {
        for _ in 0..50 {
            assert_eq!(shop.browser().get(&path).await.status, StatusCode::OK);
        }
        assert_eq!(shop.browser().ask(Method::HEAD, &path, &[], Vec::new()).await.status, StatusCode::OK);
    }
    assert_eq!(shop.dump(), before);
}

#[tokio::test]
async fn the_page_ends_it_with_one_button_and_says_so_in_their_language() {
    let shop = with_anna();
    let path = format!("/unsubscribe/{STOP}");
    let mut browser = shop.browser();
    let page = browser.get(&path).await;
    assert!(page.body.contains("Stoppa de här mejlen") && page.body.contains("liknande verk") && page.body.contains("lang=\"sv\""), "{}", page.body);
    let done = browser.post(&path, &[]).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, path.as_str()));
    assert!(browser.get(&path).await.body.contains("Klart."));
    assert!(!lives(&shop, Purpose::SimilarPieces));
}

#[tokio::test]
async fn a_confirming_link_agrees_once_and_only_by_its_button() {
    let shop = with_anna();
    shop.browser().post(&format!("/unsubscribe/{STOP}"), &[]).await;
    let path = format!("/confirm/{YES}");
    let page = shop.browser().get(&path).await;
    assert!(page.body.contains("Ja, skriv till mig") && page.body.contains("Bara detta."), "{}", page.body);
    assert!(!lives(&shop, Purpose::SimilarPieces));
    let stranger = shop.browser().ask(Method::POST, &path, &[("origin", "https://evil.test"), ("sec-fetch-site", "cross-site")], Vec::new()).await;
    assert_eq!(stranger.status, StatusCode::FORBIDDEN, "another site's form is no button of ours");
    assert_eq!(shop.browser().post(&path, &[]).await.status, StatusCode::SEE_OTHER);
    assert!(lives(&shop, Purpose::SimilarPieces));
    // The letter is found again by whoever said stop since: its button is used up.
    shop.browser().post(&format!("/unsubscribe/{STOP}"), &[]).await;
    shop.browser().post(&path, &[]).await;
    assert!(!lives(&shop, Purpose::SimilarPieces));
}

#[tokio::test]
async fn p60_consent_links_are_for_one_act_end_and_are_not_guessed() {
    let shop = with_anna();
    for (token, path) in [(YES, "unsubscribe"), (STOP, "confirm"), ("nothing", "confirm"), ("nothing", "unsubscribe")] {
        for answer in [shop.browser().get(&format!("/{path}/{token}")).await, shop.browser().post(&format!("/{path}/{token}"), &[]).await] {
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{token} at {path}");
        }
    }
    shop.write(|tx| tx.execute("UPDATE consent_link SET expires_at = 1", []));
    for path in [format!("/unsubscribe/{STOP}"), format!("/confirm/{YES}")] {
        assert_eq!(shop.browser().get(&path).await.status, StatusCode::GONE);
        assert_eq!(shop.browser().post(&path, &[]).await.status, StatusCode::GONE);
    }
    assert!(lives(&shop, Purpose::SimilarPieces));
}
