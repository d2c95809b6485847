//! The pages that customers and fulfilment see: the form behind a link, the public one, and fulfilment's three buttons.

use super::*;
use crate::desk::returns;
use crate::return_request::fields::{self, Value};
use crate::return_request::reading::{Found, Intent, Reading};
use crate::return_request::{ReturnId, State as Stands, fact, link, request, upload};

const TOKEN: &str = "a-link-that-was-mailed-to-mara";
const FULFILMENT: &str = "a-link-that-was-mailed-to-fulfilment";

/// A shop with a return of Mara's that lacks its details, and both links.
fn with_return() -> (Shop, ReturnId) {
    let shop = Shop::new();
    let mailbox = shop.add_mailbox("support@shop.test");
    let raw = b"From: Mara Okafor <mara@example.test>\r\nTo: support@shop.test\r\nSubject: Refund\r\nMessage-ID: <m1@example.test>\r\n\r\nIt came creased.\r\n";
    let entry = shop.keep(mailbox, raw);
    let key = shop.state.key.clone();
    let id = shop.write(move |tx: &Writer| {
        let (entry, account) = (account::find_entry(tx, entry)?.unwrap(), account::find(tx, mailbox)?.unwrap());
        let email = email::read(raw);
        let damaged = Found { field: fields::REASON.into(), value: Value::Text("damaged".into()), sentence: "It came creased.".into(), certain: true };
        let reading = Reading { intent: Intent::Return, confidence: 0.9, because: Vec::new(), facts: vec![damaged], photos: Vec::new() };
        let arrival = desk::Arrival {
            entry: &entry,
            account: &account,
            email: &email,
            reading: Some(&reading),
            about: None,
            key: &key,
            sender_check: SenderCheck::On,
            settled_before: 0,
        };
        let there = desk::receive(tx, &arrival, world::now()).unwrap().conversation.unwrap();
        let id = request::open_in(tx, there)?.unwrap().id;
        let now = world::now();
        link::add(tx, TOKEN, id, link::Purpose::Form, now + link::FORM_LIFE, now)?;
        link::add(tx, FULFILMENT, id, link::Purpose::Fulfilment, now + link::FULFILMENT_LIFE, now)?;
        Ok(id)
    });
    (shop, id)
}

/// A form as a browser sends it: names with texts, and photos with their bytes.
fn multipart(texts: &[(&str, &str)], photos: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, text) in texts {
        body.extend(format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n").into_bytes());
    }
    for (name, bytes) in photos {
        body.extend(format!("--b\r\nContent-Disposition: form-data; name=\"photos\"; filename=\"{name}\"\r\nContent-Type: image/jpeg\r\n\r\n").into_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--b--\r\n");
    body
}

pub(super) fn picture() -> Vec<u8> {
    let mut png = Vec::new();
    image::DynamicImage::new_rgb8(300, 200).write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
    png
}

impl Browser<'_> {
    pub(super) async fn send_form(&mut self, path: &str, texts: &[(&str, &str)], photos: &[(&str, &[u8])]) -> Answer {
        self.ask(Method::POST, path, &[("content-type", "multipart/form-data; boundary=b")], multipart(texts, photos)).await
    }
}

pub(super) const COMPLETE: &[(&str, &str)] =
    &[("order_number", "AT-10482"), ("reason", "damaged"), ("wish", "refund"), ("delivered_on", "2026-01-19"), ("details", "The tube was dented.")];

#[tokio::test]
async fn a_customer_fills_in_the_form_and_the_link_then_shows_how_it_stands() {
    let (shop, id) = with_return();
    let mut mara = shop.browser();
    let path = format!("/return/{TOKEN}");
    let form = mara.get(&path).await;
    assert_eq!(form.status, StatusCode::OK);
    assert!(form.body.contains("value=\"damaged\" checked"), "what they said already is filled in: {}", form.body);
    assert!(form.body.contains("mara@example.test"), "{}", form.body);
    let sent = mara.send_form(&path, COMPLETE, &[("corner.png", &picture()), ("tube.png", &picture())]).await;
    assert_eq!((sent.status, sent.header("location")), (StatusCode::SEE_OTHER, path.as_str()), "{}", sent.body);
    let facts = shop.read(|c| fact::of(c, id));
    assert_eq!((facts.text(fields::ORDER_NUMBER), facts.certain(fields::PHOTOS)), (Some("AT-10482"), Some(&Value::Count(2))));
    assert_eq!(facts.get(fields::ORDER_NUMBER).map(|f| f.source), Some(fact::Source::Form));
    let found = shop.read(|c| request::find(c, id)).unwrap();
    assert_eq!(found.state, Stands::ToDecide);
    let messages = shop.read(|c| crate::conversation::message::of_conversation(c, found.conversation_id));
    assert!(messages.len() == 2 && messages[1].new_text.contains("The tube was dented.") && messages[1].attachment_count == 2);
    let state = mara.get(&path).await;
    assert!(state.body.contains("R-0001") && state.body.contains("AT-10482") && !state.body.contains("<form"), "{}", state.body);
    assert_eq!(shop.read(|c| upload::all(c, TOKEN)).len(), 0);
}

#[tokio::test]
async fn p65_looking_at_a_link_changes_nothing_and_fifty_who_send_at_once_make_one_answer() {
    let (shop, id) = with_return();
    let before = shop.dump();
    for number in 0..50 {
        let method = if number % 2 == 0 { Method::GET } else { Method::HEAD };
        for path in [format!("/return/{TOKEN}"), format!("/fulfilment/{FULFILMENT}")] {
            assert_eq!(shop.browser().ask(method.clone(), &path, &[], String::new()).await.status, StatusCode::OK);
        }
    }
    assert_eq!(shop.dump(), before);
    let path = format!("/return/{TOKEN}");
    let mut sending = Vec::new();
    for number in 0..50 {
        let network = format!("10.0.{number}.5");
        let (path, shop) = (path.clone(), &shop);
        sending.push(async move {
            let mut browser = Browser { shop, cookies: Vec::new(), address: Box::leak(network.into_boxed_str()) };
            browser.send_form(&path, COMPLETE, &[]).await.status
        });
    }
    let answers = futures_join(sending).await;
    assert!(answers.iter().all(|status| *status == StatusCode::SEE_OTHER), "{answers:?}");
    let there = shop.read(|c| request::find(c, id)).unwrap().conversation_id;
    assert_eq!(shop.read(|c| crate::conversation::message::of_conversation(c, there)).len(), 2, "their mail and one form");
    assert_eq!(shop.read(|c| request::of_conversation(c, there)).len(), 1);
}

/// All of them, each on a task of its own where they can be.
pub(super) async fn futures_join<T>(mut all: Vec<impl Future<Output = T>>) -> Vec<T> {
    let mut pinned: Vec<_> = all.drain(..).map(|future| Some(Box::pin(future))).collect();
    let mut done: Vec<Option<T>> = pinned.iter().map(|_| None).collect();
    std::future::poll_fn(|cx| {
        for (slot, answer) in pinned.iter_mut().zip(&mut done) {
            if let Some(future) = slot
                && let std::task::Poll::Ready(value) = future.as_mut().poll(cx)
            {
                (*answer, *slot) = (Some(value), None);
            }
        }
        if pinned.iter().all(Option::is_none) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

#[tokio::test]
async fn what_cannot_be_understood_is_said_beside_it_and_nothing_typed_or_uploaded_is_lost() {
    let (shop, id) = with_return();
    let path = format!("/return/{TOKEN}");
    let mut mara = shop.browser();
    let texts = [("order_number", "AT-1 <b>"), ("reason", "damaged"), ("wish", ""), ("delivered_on", "2999-01-01"), ("details", "Keep me")];
    let text_file = b"This is a text file named .jpg";
    let wrong = mara.send_form(&path, &texts, &[("good.png", &picture()), ("letter.jpg", text_file)]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in
        ["AT-1 &#60;b&#62;", "2999-01-01", "Keep me", "This day is still to come.", "Please fill this in.", "“letter.jpg” is not a picture", "good.jpg"]
    {
        assert!(wrong.body.contains(words), "{words}: {}", wrong.body);
    }
    let kept = shop.read(|c| upload::all(c, TOKEN));
    assert_eq!(kept.len(), 1);
    let thumbnail = mara.get(&format!("/return/{TOKEN}/photos/{}", kept[0].id)).await;
    assert_eq!((thumbnail.status, thumbnail.header("content-type")), (StatusCode::OK, "image/jpeg"));
    assert_eq!(mara.get(&format!("/return/another/photos/{}", kept[0].id)).await.status, StatusCode::NOT_FOUND);
    // "Remove" sends the form, too.
    let removed = mara.send_form(&path, &[&texts[..], &[("drop", &kept[0].id.to_string())]].concat(), &[]).await;
    assert!(removed.status == StatusCode::OK && removed.body.contains("Keep me") && !removed.body.contains("good.jpg"), "{}", removed.body);
    assert_eq!(shop.read(|c| request::find(c, id)).unwrap().state, Stands::AwaitingDetails);
}

#[tokio::test]
async fn p66_a_phones_heic_is_taken_and_kept_as_a_jpeg() {
    let (shop, _) = with_return();
    let heic = include_bytes!("../../../tests/fixtures/photo.heic");
    let mut mara = shop.browser();
    let answer = mara.send_form(&format!("/return/{TOKEN}"), &[("reason", "damaged")], &[("IMG_2041.HEIC", heic), ("half.heic", &heic[..900])]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("IMG_2041.jpg") && answer.body.contains("“half.heic” is not a picture"), "{}", answer.body);
    let kept = shop.read(|c| upload::all(c, TOKEN));
    let shown = mara.get(&format!("/return/{TOKEN}/photos/{}", kept[0].id)).await;
    assert_eq!((kept.len(), shown.status, shown.header("content-type")), (1, StatusCode::OK, "image/jpeg"));
}

#[tokio::test]
async fn p66_too_large_and_too_many_photos_are_named_and_the_rest_is_kept() {
    let (shop, _) = with_return();
    let path = format!("/return/{TOKEN}");
    let huge = vec![0xFF; 11 * 1024 * 1024];
    let small = picture();
    let mut photos: Vec<(&str, &[u8])> = vec![("huge.jpg", &huge)];
    photos.extend(std::iter::repeat_n(("small.png", &small[..]), 12));
    let answer = shop.browser().send_form(&path, COMPLETE, &photos).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer.body.contains("“huge.jpg” is larger than 10 MB") && answer.body.contains("At most 10 photos") && answer.body.contains("The tube was dented.")
    );
    assert_eq!(shop.read(|c| upload::all(c, TOKEN)).len(), upload::UPLOADS_MAX);
    let day = world::now() + upload::UPLOAD_LIFE + 1;
    assert!(shop.read(move |c| upload::any_old(c, day)));
    assert_eq!(shop.write(move |tx| upload::forget_old(tx, day)), upload::UPLOADS_MAX);
}

#[tokio::test]
async fn p60_a_link_opens_one_return_for_one_purpose_until_its_end() {
    let (shop, id) = with_return();
    shop.write(move |tx| link::add(tx, "old", id, link::Purpose::Form, world::now() - 1, world::now() - 2));
    let mut anybody = shop.browser();
    for (path, status) in [
        ("/return/nobody-knows".to_owned(), StatusCode::NOT_FOUND),
        (format!("/return/{FULFILMENT}"), StatusCode::NOT_FOUND),
        (format!("/fulfilment/{TOKEN}"), StatusCode::NOT_FOUND),
        ("/return/old".to_owned(), StatusCode::GONE),
    ] {
        assert_eq!(anybody.get(&path).await.status, status, "{path}");
        assert_eq!(anybody.send_form(&path, COMPLETE, &[]).await.status, status, "{path}");
    }
    assert!(!shop.dump().iter().any(|row| row.contains(TOKEN) || row.contains(FULFILMENT)), "only hashes are kept");
}

#[tokio::test]
async fn fulfilment_presses_one_button_and_the_return_moves() {
    let (shop, id) = with_return();
    let owner = shop.add_agent("o@shop.test", Role::Owner);
    shop.write(move |tx| {
        let owner = agent::find(tx, owner)?.unwrap();
        let deciding = returns::Deciding { decision: crate::return_request::Decision::Refund, amount: None, comes_back: true };
        returns::decide(tx, id, deciding, &owner, world::now()).unwrap();
        Ok(())
    });
    let mut team = shop.browser();
    let path = format!("/fulfilment/{FULFILMENT}");
    assert!(team.get(&path).await.body.contains("How did it arrive?"));
    // The mail's three links: each shows its one button, and looking changes nothing.
    let before = shop.dump();
    for (answer, words) in [("expected", "Arrived as expected"), ("damaged", "Arrived damaged"), ("missing", "Not arrived")] {
        let chosen = team.get(&format!("{path}?answer={answer}")).await.body;
        assert!(chosen.contains(words) && chosen.matches("<button").count() == 1, "{chosen}");
        assert!(chosen.contains(&format!("class=\"primary\" name=\"answer\" value=\"{answer}\"")) && chosen.contains(&format!("href=\"{path}\"")), "{chosen}");
    }
    assert_eq!(team.get(&format!("{path}?answer=nonsense")).await.body.matches("<button").count(), 3);
    assert!(shop.dump() == before);
    assert_eq!(team.post(&path, &[("answer", "nonsense")]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(team.post(&path, &[("answer", "expected")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(shop.read(|c| request::find(c, id)).unwrap().state, Stands::ToRefund);
    assert!(team.get(&path).await.body.contains("that is noted"));
    // They look again: the page takes the other word, too.
    assert_eq!(team.post(&path, &[("answer", "damaged")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(shop.read(|c| request::find(c, id)).unwrap().state, Stands::Received);
}

#[tokio::test]
async fn p24_the_public_form_makes_a_conversation_and_sends_nothing() {
    let (shop, _) = with_return();
    let mut stranger = shop.browser();
    let begun = stranger.get("/start-a-return").await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER);
    let path = begun.header("location").to_owned();
    let form = stranger.ask(Method::GET, &path, &[("accept-language", "sv-SE,sv;q=0.9")], String::new()).await;
    assert!(form.body.contains("lang=\"sv\"") && form.body.contains("Anmäl en retur"), "{}", form.body);
    let without = stranger.send_form(&path, &[COMPLETE, &[("name", "Tomás"), ("address", "no address")]].concat(), &[]).await;
    assert!(
        without.status == StatusCode::UNPROCESSABLE_ENTITY && without.body.contains("mara@example.com") && without.body.contains("Tomás"),
        "{}",
        without.body
    );
    let robot = stranger.send_form(&path, &[COMPLETE, &[("address", "a@example.test"), ("website", "https://spam.test")]].concat(), &[]).await;
    assert_eq!(robot.header("location"), "/start-a-return");
    let sent = stranger.send_form(&path, &[COMPLETE, &[("name", "Tomás"), ("address", "tomas@example.test")]].concat(), &[("a.png", &picture())]).await;
    assert!(sent.status == StatusCode::SEE_OTHER && sent.header("location").starts_with("/return/"), "{}", sent.body);
    assert!(!path.contains(sent.header("location").trim_start_matches("/return/")), "whoever handed the form over cannot look");
    let state = stranger.get(sent.header("location")).await;
    assert!(state.body.contains("R-0002"), "{}", state.body);
    let outgoing: i64 = shop.read(|c| c.one("SELECT count(*) FROM outbox", [], |r| r.get(0)));
    let wanted: i64 = shop.read(|c| c.one("SELECT count(*) FROM wanted_letter", [], |r| r.get(0)));
    assert_eq!((outgoing, wanted), (0, 0));
    let mut refused = 0;
    for number in 0..30 {
        let path = stranger.get("/start-a-return").await.header("location").to_owned();
        let address = format!("x{number}@example.test");
        let answer = stranger.send_form(&path, &[COMPLETE, &[("address", address.as_str())]].concat(), &[]).await;
        refused += usize::from(answer.status == StatusCode::TOO_MANY_REQUESTS);
    }
    assert!(refused >= 20, "{refused}");
}

#[tokio::test]
async fn a_tick_is_consent_only_where_our_letter_took_the_link_to_that_address() {
    for (mailed_to, granted, asked) in [("mara@example.test", 1, 0), ("somebody@example.test", 0, 1)] {
        let (shop, id) = with_return();
        shop.write(move |tx| {
            tx.execute(
                "INSERT INTO wanted_letter(conversation_id, return_id, kind, address, wanted_at, settled_at, message_id)
                   SELECT conversation_id, id, 'ask', ?2, 1, 1, message_id FROM return_request WHERE id = ?1",
                database::params![id, mailed_to],
            )
        });
        let form = [COMPLETE, &[("agrees", "offers")]].concat();
        let sent = shop.browser().send_form(&format!("/return/{TOKEN}"), &form, &[("corner.png", &picture()), ("tube.png", &picture())]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let count = |sql: &'static str| shop.read(move |c| c.one(sql, [], |r| r.get::<_, i64>(0)));
        assert_eq!(count("SELECT count(*) FROM consent WHERE way = 'form' AND purpose = 'offers'"), granted, "{mailed_to}");
        assert_eq!(count("SELECT count(*) FROM consent_asked"), asked, "{mailed_to}");
    }
}

#[tokio::test]
async fn p55_an_agent_of_another_mailbox_holds_no_letter_back() {
    let (shop, _) = with_return();
    let (limited, other) = (shop.add_agent("limited@shop.test", Role::Agent), shop.add_mailbox("other@shop.test"));
    shop.write(move |tx| {
        agent::limit_to(tx, limited, &[other])?;
        tx.execute("INSERT INTO piece(id, title, source, created_at) VALUES (1, 'Low Tide', 'form', 1)", [])?;
        tx.execute(
            "INSERT INTO consent(id, customer_id, address, purpose, way, words, at, recorded_at)
               SELECT 1, customer_id, 'mara@example.test', 'similar_pieces', 'mail', 'yes', 1, 1 FROM return_request",
            [],
        )?;
        tx.execute(
            "INSERT INTO follow_up(id, kind, purpose, customer_id, address, consent_id, piece_id, mailbox_id, state, due_at, planned_at)
               SELECT 1, 'wish_match', 'similar_pieces', customer_id, 'mara@example.test', 1, 1, mailbox_id, 'planned', 9000000000000, 1 FROM return_request",
            [],
        )
    });
    let path = "/pieces/1/letters/1/holding-back";
    let state = || shop.read(|c| c.one("SELECT state FROM follow_up", [], |r| r.get::<_, String>(0)));
    let mut browser = shop.browser_of(limited);
    let token = browser.token().await;
    assert_eq!((browser.post(path, &[("csrf", &token)]).await.status, state().as_str()), (StatusCode::NOT_FOUND, "planned"));
    let mut browser = shop.browser_of(shop.add_agent("jules@shop.test", Role::Agent));
    let token = browser.token().await;
    assert_eq!((browser.post(path, &[("csrf", &token)]).await.status, state().as_str()), (StatusCode::SEE_OTHER, "cancelled"));
}
