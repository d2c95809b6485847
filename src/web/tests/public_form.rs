//! The public form as people and their browsers really use it: pressed twice, from a busy network, without a second look.

use super::public::{COMPLETE, futures_join, picture};
use super::*;
use crate::order;
use crate::return_policy::{ready, version};
use crate::return_request::fields::Value;
use crate::return_request::reading::Found;
use crate::return_request::{fact, link, upload};

const TYPED: &[(&str, &str)] = &[("name", "Tomás"), ("address", "tomas@example.test")];

fn shop() -> Shop {
    let shop = Shop::new();
    shop.add_mailbox("support@shop.test");
    shop
}

fn returns(shop: &Shop) -> i64 {
    shop.read(|c| c.one("SELECT count(*) FROM return_request", [], |r| r.get(0)))
}

async fn begin(browser: &mut Browser<'_>) -> String {
    browser.get("/start-a-return?lang=en").await.header("location").to_owned()
}

#[tokio::test]
async fn p65_fifty_who_send_one_public_form_at_once_make_one_return_and_find_the_same_page() {
    let shop = shop();
    let path = begin(&mut shop.browser()).await;
    let mut sending = Vec::new();
    for number in 0..50 {
        let network = format!("10.0.{number}.5");
        let (path, shop) = (path.clone(), &shop);
        sending.push(async move {
            let mut browser = Browser { shop, cookies: Vec::new(), address: Box::leak(network.into_boxed_str()) };
            let sent = browser.send_form(&path, &[COMPLETE, TYPED].concat(), &[("a.png", &picture())]).await;
            (sent.status, sent.header("location").to_owned())
        });
    }
    let answers = futures_join(sending).await;
    assert!(answers.iter().all(|answer| *answer == answers[0] && answer.0 == StatusCode::SEE_OTHER), "{answers:?}");
    assert_eq!(returns(&shop), 1);
    assert!(shop.browser().get(&answers[0].1).await.body.contains("R-0001"));
    let left: i64 = shop.read(|c| c.one("SELECT count(*) FROM return_upload", [], |r| r.get(0)));
    assert!(left <= upload::UPLOADS_MAX as i64, "{left}");
}

#[tokio::test]
async fn p65_a_form_that_was_sent_leads_its_sender_to_the_page_and_nobody_else() {
    let shop = shop();
    let mut tomas = shop.browser();
    let path = begin(&mut tomas).await;
    let first = tomas.send_form(&path, &[COMPLETE, TYPED].concat(), &[]).await;
    let again = tomas.send_form(&path, &[COMPLETE, TYPED].concat(), &[]).await;
    assert_eq!((again.status, again.header("location")), (StatusCode::SEE_OTHER, first.header("location")));
    assert_eq!(tomas.get(&path).await.header("location"), "/start-a-return?lang=en", "a fresh form");
    // Whoever handed the form over knows its token, and not what was typed.
    let token = path.trim_start_matches("/start-a-return/").split('?').next().unwrap();
    assert_eq!(tomas.get(&format!("/return/{token}")).await.status, StatusCode::GONE);
    let other = [COMPLETE, &[("name", "Eve"), ("address", "eve@example.test")]].concat();
    let asked = tomas.send_form(&path, &other, &[]).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in ["This form was sent already.", "eve@example.test", "The tube was dented.", "AT-10482"] {
        assert!(asked.body.contains(words), "{words}: {}", asked.body);
    }
    assert_eq!(returns(&shop), 1);
    let fresh = asked.body.split_once("<form action=\"").unwrap().1.split('"').next().unwrap().replace("&#38;", "&");
    assert_ne!(fresh, path);
    assert_eq!(tomas.send_form(&fresh, &other, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(returns(&shop), 2, "another return, once it was asked for");
}

#[tokio::test]
async fn a_busy_network_gets_its_form_back_as_it_was_typed_with_words_when_to_send_it_again() {
    let shop = shop();
    let mut stranger = shop.browser();
    let typed = [COMPLETE, TYPED].concat();
    let path = begin(&mut stranger).await;
    for _ in 0..20 {
        stranger.send_form(&path, &[("photos_only", "1")], &[]).await;
    }
    let minute = stranger.send_form(&path, &typed, &[("IMG_1.jpg", &picture())]).await;
    for words in ["again in 1 min", "The tube was dented.", "value=\"AT-10482\"", "value=\"Tomás\"", "tomas@example.test", "Please choose “IMG_1.jpg” again."]
    {
        assert!(minute.body.contains(words), "{words}: {}", minute.body);
    }
    assert_eq!((minute.status, minute.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "60"));
    assert!(!minute.body.contains("inbox"), "{}", minute.body);
    let mut other = Browser { address: "198.51.100.7", ..shop.browser() };
    for number in 0..10 {
        let path = begin(&mut other).await;
        let address = format!("x{number}@example.test");
        assert_eq!(other.send_form(&path, &[COMPLETE, &[("address", &address)]].concat(), &[]).await.status, StatusCode::SEE_OTHER);
    }
    let path = begin(&mut other).await;
    let hour = other.send_form(&path, &typed, &[("IMG_1.jpg", &picture())]).await;
    assert_eq!(hour.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(hour.body.contains("again in 60 min") && hour.body.contains("The tube was dented.") && hour.body.contains("alt=\"IMG_1.jpg\""), "{}", hour.body);
}

#[tokio::test]
async fn who_sent_the_public_form_is_told_to_keep_its_pages_address_in_their_language() {
    let shop = shop();
    for (language, words) in [
        ("en", "keep the address"),
        ("de", "Adresse dieser Seite"),
        ("fr", "adresse de cette page"),
        ("es", "Guarde la dirección"),
        ("it", "indirizzo di questa pagina"),
        ("nl", "adres van deze pagina"),
        ("pt", "endereço desta página"),
        ("sv", "Spara adressen"),
    ] {
        let mut stranger = shop.browser();
        let path = stranger.get(&format!("/start-a-return?lang={language}")).await.header("location").to_owned();
        let sent = stranger.send_form(&path, &[COMPLETE, TYPED].concat(), &[]).await;
        let page = stranger.get(sent.header("location")).await;
        assert!(page.body.contains(words), "{language}: {}", page.body);
    }
}

/// One order of one print, and a policy that wants two photos of a fault.
fn selling() -> Shop {
    let shop = shop();
    shop.write(|tx| {
        let line = order::Line { title: "Low Tide".into(), kind: "print".into(), quantity: 1, ..order::Line::default() };
        let news = order::News { number: "AT-10482".into(), lines: vec![line], ..order::News::default() };
        order::learn(tx, &news, order::Source::Csv, 1)?;
        version::save(tx, &ready::prints_and_originals(), "2020-01-01".parse().unwrap(), "", None, 1)
    });
    shop
}

/// What the page hides for the next time, as a browser sends it along.
fn doubted(page: &str) -> Vec<(&'static str, &str)> {
    let hidden = |name: &'static str| Some((name, page.split_once(&format!("name=\"{name}\" value=\""))?.1.split('"').next()?));
    ["doubted_order", "doubted_photos"].into_iter().filter_map(hidden).collect()
}

const UNKNOWN: &[(&str, &str)] = &[("order_number", "AT-55555"), ("reason", "damaged"), ("wish", "refund"), ("details", "The tube was dented.")];

#[tokio::test]
async fn an_unknown_order_and_too_few_photos_are_said_once_and_taken_the_second_time() {
    let shop = selling();
    let mut tomas = shop.browser();
    let path = begin(&mut tomas).await;
    let typed = [UNKNOWN, TYPED].concat();
    let first = tomas.send_form(&path, &typed, &[("a.png", &picture())]).await;
    assert_eq!(first.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in [
        "We do not find this order.",
        "send it anyway",
        "at least 2",
        "At least 2, at most 10",
        "value=\"AT-55555\"",
        "The tube was dented.",
        "Tomás",
        "alt=\"a.jpg\"",
    ] {
        assert!(first.body.contains(words), "{words}: {}", first.body);
    }
    assert_eq!(returns(&shop), 0);
    // Another number is looked at anew, and the photos are not spoken of twice.
    let other = [&[("order_number", "AT-66666")], &typed[1..], &doubted(&first.body)].concat();
    let second = tomas.send_form(&path, &other, &[]).await;
    assert!(second.status == StatusCode::UNPROCESSABLE_ENTITY && second.body.contains("We do not find this order."), "{}", second.body);
    assert!(!second.body.contains("To decide we need photos"), "{}", second.body);
    let third = tomas.send_form(&path, &[&other[..typed.len()], &doubted(&second.body)].concat(), &[]).await;
    assert_eq!(third.status, StatusCode::SEE_OTHER, "{}", third.body);
    assert_eq!(returns(&shop), 1);
    let path = begin(&mut tomas).await;
    let right = tomas.send_form(&path, &[COMPLETE, TYPED].concat(), &[("a.png", &picture()), ("b.png", &picture())]).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER, "{}", right.body);
}

#[tokio::test]
async fn a_shop_that_knows_no_orders_doubts_none() {
    let shop = shop();
    let mut tomas = shop.browser();
    let path = begin(&mut tomas).await;
    assert_eq!(tomas.send_form(&path, &[UNKNOWN, TYPED].concat(), &[]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn the_form_behind_a_link_says_back_a_number_that_was_read_and_belongs_to_no_order() {
    let shop = selling();
    let mut tomas = shop.browser();
    let (mailbox, raw) =
        (MailboxId(1), b"From: <mara@example.test>\r\nTo: support@shop.test\r\nSubject: Refund\r\nMessage-ID: <m1@x.test>\r\n\r\nIt came torn.\r\n");
    let there = shop.bring(mailbox, raw).conversation.unwrap();
    let owner = shop.add_agent("o@shop.test", Role::Owner);
    let id = shop.write(move |tx| {
        let now = world::now();
        let id = desk::returns::open_by_hand(tx, there, owner, now).unwrap();
        let said = |certain| fact::Said { source: fact::Source::Mail, message: None, by: None, at: now + certain };
        let found = |field: &str, value: &str, certain| Found { field: field.into(), value: Value::Text(value.into()), sentence: String::new(), certain };
        fact::learn(tx, id, &found("order_number", "AT-99123457", false), said(0))?;
        fact::learn(tx, id, &found("reason", "damaged", true), said(1))?;
        link::add(tx, "mara", id, link::Purpose::Form, now + link::FORM_LIFE, now)?;
        Ok(id)
    });
    let before = shop.dump();
    let form = tomas.get("/return/mara").await;
    assert_eq!(shop.dump(), before);
    for words in ["value=\"AT-99123457\"", "We do not find this order.", "At least 2, at most 10"] {
        assert!(form.body.contains(words), "{words}: {}", form.body);
    }
    let known = [("order_number", "AT-99123457"), ("wish", "refund"), ("reason", "damaged"), ("item", "Low Tide"), ("delivered_on", "2026-01-19")];
    let typed = [&known[..], &doubted(&form.body)].concat();
    let few = tomas.send_form("/return/mara", &typed, &[]).await;
    assert!(few.status == StatusCode::UNPROCESSABLE_ENTITY && few.body.contains("To decide we need photos: at least 2."), "{}", few.body);
    assert!(!few.body.contains("We do not find this order."), "{}", few.body);
    let sent = tomas.send_form("/return/mara", &[&known[..], &doubted(&few.body)].concat(), &[]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    assert_eq!(shop.read(|c| fact::of(c, id)).text("order_number"), Some("AT-99123457"));
}

#[tokio::test]
async fn no_tick_is_set_for_them_and_on_the_public_form_a_tick_only_waits() {
    let shop = shop();
    let mut browser = shop.browser();
    let begun = browser.get("/start-a-return").await;
    let path = begun.header("location").to_owned();
    let page = browser.get(&path).await;
    assert!(page.body.contains("name=\"agrees\" value=\"similar_pieces\"") && page.body.contains("name=\"agrees\" value=\"offers\""), "{}", page.body);
    let ticks = page.body.split("name=\"agrees\"").skip(1);
    assert!(ticks.into_iter().all(|tag| !tag.split('>').next().unwrap().contains("checked")), "a tick is theirs to set");
    let fields = [
        ("address", "mara@example.test"),
        ("order_number", ""),
        ("no_number", "1"),
        ("item", "Low Tide"),
        ("reason", "damaged"),
        ("delivered_on", "2026-11-19"),
        ("wish", "refund"),
        ("agrees", "offers"),
        ("doubted_photos", "1"),
    ];
    let kind = "multipart/form-data; boundary=b";
    let body: String = fields.iter().map(|(name, text)| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")).collect();
    let sent = browser.ask(Method::POST, &path, &[("content-type", kind)], format!("{body}--b--\r\n")).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let count = |sql: &'static str| shop.read(move |c| c.one(sql, [], |r| r.get::<_, i64>(0)));
    assert_eq!(count("SELECT count(*) FROM consent_asked WHERE purposes = '[\"offers\"]' AND settled_at IS NULL"), 1);
    assert_eq!((count("SELECT count(*) FROM consent"), count("SELECT count(*) FROM wanted_letter")), (0, 0), "nobody has shown that the address is theirs");
    let said = count("SELECT count(*) FROM message_text WHERE new_text LIKE '%Send me offers now and then%'");
    assert_eq!(said, 1, "agents read that it was ticked");
}
