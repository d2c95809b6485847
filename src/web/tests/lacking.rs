//! Who has no order number, what a return still lacks after its form was sent, and the question about the packaging.

use super::public::{COMPLETE, futures_join, picture};
use super::*;
use crate::order;
use crate::return_policy::{ready, version};
use crate::return_request::fields::{self, Value};
use crate::return_request::reading::Found;
use crate::return_request::{LANGUAGES, ReturnId, State as Stands, fact, link, request, words};

const TYPED: &[(&str, &str)] = &[("name", "Tomás"), ("address", "tomas@example.test")];
const WITHOUT: &[(&str, &str)] = &[("no_number", "1"), ("reason", "damaged"), ("wish", "refund"), ("item", "Low Tide"), ("details", "The tube was dented.")];

fn shop() -> Shop {
    let shop = Shop::new();
    shop.add_mailbox("support@shop.test");
    shop
}

/// A shop whose policy wants two photos of a fault, and the packaging of a print whose buyer changed their mind.
fn particular() -> Shop {
    let shop = shop();
    shop.write(|tx| {
        let mut policy = ready::general_shop();
        policy.clauses[0].terms.original_packaging = true;
        version::save(tx, &policy, "2020-01-01".parse().unwrap(), "", None, 1)
    });
    shop
}

async fn begin(browser: &mut Browser<'_>, language: &str) -> String {
    browser.get(&format!("/start-a-return?lang={language}")).await.header("location").to_owned()
}

/// Sends the public form, the second time with everything that it doubts; returns where it leads.
async fn sends(browser: &mut Browser<'_>, language: &str, texts: &[(&str, &str)]) -> String {
    let path = begin(browser, language).await;
    let seen = [("doubted_photos", "1"), ("packaging_asked", "1")];
    let sent = browser.send_form(&path, &[texts, TYPED, &seen].concat(), &[]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    sent.header("location").to_owned()
}

/// A day within every window.
fn lately() -> String {
    (crate::web::public::today() - jiff::Span::new().days(3)).to_string()
}

fn standing(shop: &Shop, id: i64) -> desk::returns::Standing {
    shop.read(|c| Ok(desk::returns::standing(c, ReturnId(id)).unwrap()))
}

#[tokio::test]
async fn who_has_no_order_number_says_so_and_goes_on() {
    let shop = shop();
    let mut tomas = shop.browser();
    let path = begin(&mut tomas, "en").await;
    assert!(tomas.get(&path).await.body.contains("I do not have the order number"));
    // Without the tick it is missed, and everything typed is kept.
    let missed = tomas.send_form(&path, &[&WITHOUT[1..], TYPED].concat(), &[]).await;
    assert!(missed.status == StatusCode::UNPROCESSABLE_ENTITY && missed.body.contains("Please fill this in."), "{}", missed.body);
    let sent = tomas.send_form(&path, &[WITHOUT, TYPED].concat(), &[]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let of = standing(&shop, 1);
    assert_eq!((of.facts.text(fields::ORDERED_AS), of.facts.text(fields::ORDER_NUMBER)), (Some("tomas@example.test"), None));
    assert!(!of.missing.contains(&fields::ORDER_NUMBER.to_owned()) && of.request.state == Stands::ToDecide, "{:?}", of.missing);
    let texts = shop.read(|c| crate::conversation::message::of_conversation(c, of.request.conversation_id));
    assert!(texts[0].new_text.starts_with("I do not have the order number\n"), "{}", texts[0].new_text);
    // The agent sees it.
    let owner = shop.add_agent("o@shop.test", Role::Owner);
    let mut agent = shop.browser_of(owner);
    let card = agent.get(&format!("/conversations/{}", of.request.conversation_id)).await;
    assert!(card.body.contains("they do not have the number; under tomas@example.test"), "{}", card.body);
    let show = agent.get("/returns/1").await;
    assert!(show.body.contains("name=\"ordered_as\"") && show.body.contains("Name or email on the order"), "{}", show.body);
}

#[tokio::test]
async fn a_name_given_instead_is_kept_and_a_number_typed_after_all_goes_before_it() {
    let shop = shop();
    let mut tomas = shop.browser();
    let named = [WITHOUT, &[("ordered_as", "Ana Lima, a present")]].concat();
    sends(&mut tomas, "en", &named).await;
    assert_eq!(standing(&shop, 1).facts.text(fields::ORDERED_AS), Some("Ana Lima, a present"));
    // Browsers that show both lines at once need no tick.
    sends(&mut tomas, "en", &named[1..]).await;
    assert_eq!(standing(&shop, 2).facts.text(fields::ORDERED_AS), Some("Ana Lima, a present"));
    sends(&mut tomas, "en", &[&named[..], &[("order_number", "AT-10482")]].concat()).await;
    let of = standing(&shop, 3);
    assert_eq!((of.facts.text(fields::ORDER_NUMBER), of.facts.text(fields::ORDERED_AS)), (Some("AT-10482"), None));
}

#[tokio::test]
async fn the_form_behind_a_link_takes_it_too_and_shows_it_again() {
    let shop = particular();
    let mut tomas = shop.browser();
    let there = sends(&mut tomas, "en", WITHOUT).await;
    let form = tomas.post(&format!("{there}/more"), &[]).await.header("location").to_owned();
    let shown = tomas.get(&form).await;
    assert!(shown.body.contains("name=\"no_number\" value=\"1\" checked") && shown.body.contains("value=\"tomas@example.test\""), "{}", shown.body);
    let sent = tomas.send_form(&form, &[WITHOUT, &[("delivered_on", "2026-01-19")]].concat(), &[("a.png", &picture()), ("b.png", &picture())]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    assert_eq!(standing(&shop, 1).request.state, Stands::ToDecide);
}

#[tokio::test]
async fn a_number_that_was_misread_is_no_answer_of_who_has_none() {
    let shop = particular();
    let mut tomas = shop.browser();
    sends(&mut tomas, "en", WITHOUT).await;
    shop.write(|tx| {
        let now = world::now();
        let misread = Found { field: fields::ORDER_NUMBER.into(), value: Value::Text("77-1234".into()), sentence: "77-1234".into(), certain: false };
        fact::learn(tx, ReturnId(1), &misread, fact::Said { source: fact::Source::Form, message: None, by: None, at: now })?;
        link::add(tx, "mara", ReturnId(1), link::Purpose::Form, now + link::FORM_LIFE, now)
    });
    let form = tomas.get("/return/mara").await;
    assert!(form.body.contains("name=\"order_number\" type=\"text\" value=\"77-1234\""), "{}", form.body);
    let left = [WITHOUT, &[("order_number", "77-1234"), ("delivered_on", "2026-01-19"), ("doubted_photos", "1")]].concat();
    let sent = tomas.send_form("/return/mara", &left, &[]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    assert_eq!(standing(&shop, 1).facts.text(fields::ORDER_NUMBER), None);
    let owner = shop.add_agent("o@shop.test", Role::Owner);
    let card = shop.browser_of(owner).get("/conversations/1").await;
    assert!(card.body.contains("77-1234 <span class=\"chip is-wait\">maybe</span>"), "agents see what was read, and that it is uncertain: {}", card.body);
}

#[tokio::test]
async fn a_number_that_does_not_look_like_the_shop_s_is_said_once() {
    let shop = shop();
    shop.write(|tx| crate::setting::set(tx, crate::setting::ORDER_PATTERN, &"AT-#####", None, 1));
    let mut tomas = shop.browser();
    let path = begin(&mut tomas, "en").await;
    let odd = [&WITHOUT[1..], TYPED, &[("order_number", "77-1234")]].concat();
    let first = tomas.send_form(&path, &odd, &[]).await;
    assert!(first.status == StatusCode::UNPROCESSABLE_ENTITY && first.body.contains("We do not find this order."), "{}", first.body);
    let again = tomas.send_form(&path, &[&odd[..], &[("doubted_order", "77-1234")]].concat(), &[]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.body);
    let path = begin(&mut tomas, "en").await;
    let ours = tomas.send_form(&path, &[&WITHOUT[1..], TYPED, &[("order_number", "at 10482")]].concat(), &[]).await;
    assert_eq!(ours.status, StatusCode::SEE_OTHER, "{}", ours.body);
}

#[tokio::test]
async fn the_page_after_the_form_says_what_lacks_and_gives_it_in_eight_languages() {
    for language in LANGUAGES {
        let shop = particular();
        let mut tomas = shop.browser();
        let there = sends(&mut tomas, language, WITHOUT).await;
        let page = tomas.get(&there).await;
        for phrase in [words::form("lacks", language), words::form("give", language), words::question(fields::DELIVERED_ON, language)] {
            assert!(page.body.contains(&phrase.replace('\'', "&#39;")), "{language} {phrase}: {}", page.body);
        }
        assert!(page.body.contains(&words::photos_at_least(1, language).replace('\'', "&#39;")), "{language}: {}", page.body);
        let form = tomas.post(&format!("{there}/more"), &[]).await;
        assert!(form.status == StatusCode::SEE_OTHER && form.header("location") != there, "{language}");
        let form = tomas.get(form.header("location")).await;
        assert!(form.body.contains(&format!("lang=\"{language}\"")) && form.body.contains("Low Tide"), "{language}: {}", form.body);
    }
}

#[tokio::test]
async fn p65_looking_gives_no_form_and_fifty_who_want_it_at_once_get_one_that_is_sent_once() {
    let shop = particular();
    let mut tomas = shop.browser();
    let there = sends(&mut tomas, "en", WITHOUT).await;
    let before = shop.dump();
    for method in [Method::GET, Method::HEAD] {
        assert_eq!(shop.browser().ask(method.clone(), &there, &[], String::new()).await.status, StatusCode::OK);
        let more = shop.browser().ask(method, &format!("{there}/more"), &[], String::new()).await;
        assert!(more.status != StatusCode::SEE_OTHER && more.status != StatusCode::OK, "{}", more.status);
    }
    assert_eq!(shop.dump(), before);
    let more = format!("{there}/more");
    let wanting = (0..50).map(|_| async { shop.browser().post(&more, &[]).await.header("location").to_owned() }).collect();
    let forms = futures_join(wanting).await;
    assert!(forms.iter().all(|form| *form == forms[0] && *form != there), "{forms:?}");
    let links: i64 = shop.read(|c| c.one("SELECT count(*) FROM return_link WHERE used_at IS NULL AND expires_at > created_at", [], |r| r.get(0)));
    assert_eq!(links, 1);
    let mut sending = Vec::new();
    let day: &str = Box::leak(lately().into_boxed_str());
    for number in 0..50 {
        let (network, form, shop) = (format!("10.0.{number}.5"), forms[0].clone(), &shop);
        sending.push(async move {
            let mut browser = Browser { shop, cookies: Vec::new(), address: Box::leak(network.into_boxed_str()) };
            let known = [WITHOUT, &[("delivered_on", day), ("doubted_photos", "1")]].concat();
            browser.send_form(&form, &known, &[]).await.status
        });
    }
    assert!(futures_join(sending).await.iter().all(|status| *status == StatusCode::SEE_OTHER));
    let conversation = standing(&shop, 1).request.conversation_id;
    assert_eq!(shop.read(|c| crate::conversation::message::of_conversation(c, conversation)).len(), 2, "the first form and the second");
    // It still lacks its photos: the next form is another one.
    let next = tomas.post(&more, &[]).await.header("location").to_owned();
    assert!(next != forms[0] && next != there, "{next}");
}

#[tokio::test]
async fn p60_only_the_form_that_was_sent_leads_to_another_and_only_while_something_lacks() {
    let shop = particular();
    let mut tomas = shop.browser();
    let there = sends(&mut tomas, "en", WITHOUT).await;
    let (now, id) = (world::now(), ReturnId(1));
    shop.write(move |tx| {
        link::add(tx, "fulfilment", id, link::Purpose::Fulfilment, now + link::FULFILMENT_LIFE, now)?;
        link::add(tx, "old", id, link::Purpose::Form, now - 1, now - 2)?;
        link::add(tx, "unsent", id, link::Purpose::Form, now + link::FORM_LIFE, now)
    });
    for (token, status) in [("fulfilment", StatusCode::NOT_FOUND), ("nobody-knows", StatusCode::NOT_FOUND), ("old", StatusCode::GONE)] {
        assert_eq!(tomas.post(&format!("/return/{token}/more"), &[]).await.status, status, "{token}");
    }
    assert_eq!(tomas.post("/return/unsent/more", &[]).await.header("location"), "/return/unsent", "it asks itself");
    let form = tomas.post(&format!("{there}/more"), &[]).await.header("location").to_owned();
    let token = form.trim_start_matches("/return/");
    assert!(!shop.dump().iter().any(|row| row.contains(token)), "only hashes are kept");
    let crossing = [("sec-fetch-site", "cross-site"), ("origin", "https://evil.test")];
    let other = tomas.ask(Method::POST, &format!("{there}/more"), &crossing, String::new()).await;
    assert_eq!(other.status, StatusCode::FORBIDDEN, "{}", other.body);
    // An agent says the rest: nothing is asked any more, by any of them.
    let owner = shop.add_agent("o@shop.test", Role::Owner);
    shop.write(move |tx| {
        desk::returns::move_to(tx, id, Stands::ToDecide, "We know enough.", owner, world::now()).unwrap();
        Ok(())
    });
    assert_eq!(tomas.post(&format!("{there}/more"), &[]).await.header("location"), there);
    let page = tomas.get(&there).await;
    assert!(!page.body.contains("What we still need") && !page.body.contains("<form"), "{}", page.body);
}

#[tokio::test]
async fn p65_whoever_types_an_address_into_the_public_form_reads_nothing_of_its_orders() {
    let shop = particular();
    shop.write(|tx| {
        let line = order::Line { title: "Secret Seahorse".into(), kind: "mug".into(), quantity: 1, ..order::Line::default() };
        let day = "2026-01-05".parse().ok();
        let address = Some("tomas@example.test".into());
        let news = order::News { number: "AT-77777".into(), address, delivered_on: day, lines: vec![line], ..order::News::default() };
        order::learn(tx, &news, order::Source::Csv, 1)
    });
    let mut eve = shop.browser();
    let there = sends(&mut eve, "en", &WITHOUT[..3]).await;
    assert!(standing(&shop, 1).request.order_id.is_some(), "agents see it");
    let form = eve.post(&format!("{there}/more"), &[]).await.header("location").to_owned();
    for path in [there, form] {
        let page = eve.get(&path).await;
        for secret in ["Seahorse", "77777", "2026-01-05", "5 January 2026"] {
            assert!(!page.body.contains(secret), "{path} {secret}: {}", page.body);
        }
    }
}

#[tokio::test]
async fn the_packaging_is_asked_for_once_with_the_reason_that_makes_it_count() {
    let shop = particular();
    let mut tomas = shop.browser();
    let path = begin(&mut tomas, "en").await;
    assert!(!tomas.get(&path).await.body.contains("original packaging?"));
    let day = lately();
    let changed = [("order_number", "AT-1"), ("reason", "changed_mind"), ("wish", "refund"), ("delivered_on", day.as_str())];
    let asked = tomas.send_form(&path, &[&changed[..], TYPED].concat(), &[]).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in ["Is it still in its original packaging?", "name=\"packaging_asked\"", "name=\"in_original_packaging\" value=\"yes\"", "value=\"AT-1\""] {
        assert!(asked.body.contains(words), "{words}: {}", asked.body);
    }
    // Said once, it refuses nobody; and what was answered is kept over another mistake.
    let odd = [&changed[..3], TYPED, &[("delivered_on", "yesterday"), ("packaging_asked", "1"), ("in_original_packaging", "no")]].concat();
    let wrong = tomas.send_form(&path, &odd, &[]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("value=\"no\" checked"), "{}", wrong.body);
    let left = [&changed[..], TYPED, &[("packaging_asked", "1")]].concat();
    let sent = tomas.send_form(&path, &left, &[]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    assert_eq!(standing(&shop, 1).missing, [fields::PACKAGING]);
    assert!(tomas.get(sent.header("location")).await.body.contains("<li>Is it still in its original packaging?</li>"));
    let form = tomas.post(&format!("{}/more", sent.header("location")), &[]).await.header("location").to_owned();
    assert!(tomas.get(&form).await.body.contains("Is it still in its original packaging?"));
    let told = tomas.send_form(&form, &[&changed[..], &[("in_original_packaging", "yes"), ("packaging_asked", "1")]].concat(), &[]).await;
    assert_eq!(told.status, StatusCode::SEE_OTHER, "{}", told.body);
    let found = shop.read(|c| request::find(c, ReturnId(1))).unwrap();
    assert!(found.judgement.as_ref().is_some_and(|judgement| judgement.words.contains("original packaging: yes")));
    let messages = shop.read(|c| crate::conversation::message::of_conversation(c, found.conversation_id));
    assert!(messages[1].new_text.contains("Is it still in its original packaging? yes"), "{}", messages[1].new_text);
    assert_eq!(shop.read(|c| fact::of(c, ReturnId(1))).certain(fields::PACKAGING), Some(&Value::Text("yes".into())));
    // A fault needs no packaging.
    let path = begin(&mut tomas, "en").await;
    let fault = tomas.send_form(&path, &[COMPLETE, TYPED].concat(), &[]).await;
    assert!(!fault.body.contains("original packaging?"), "{}", fault.body);
}
