//! Agents' screens of returns: the card, correcting, asking, deciding and taking it back, the board.

use super::*;
use crate::conversation::Status;
use crate::id::ConversationId;
use crate::return_request::fields::{self, Value};
use crate::return_request::{State as Stands, fact, request};
use crate::setting;

pub const MAIL: &[u8] =
    b"From: Mara Okafor <mara@example.test>\r\nTo: support@shop.test\r\nSubject: Refund for \"Low Tide\"\r\nMessage-ID: <m1@example.test>\r\n\
Date: Mon, 23 Nov 2026 09:31:00 +0000\r\n\r\nHello, I need a refund for the print I received on Thursday. It came creased. I paid 68.00 EUR.\r\n";

/// A shop whose newest mail asks for a refund; nobody has opened a return.
pub fn with_mail() -> (Shop, ConversationId, AgentId) {
    let shop = Shop::new();
    let jules = shop.add_agent("jules@shop.test", Role::Owner);
    let mailbox = shop.add_mailbox("support@shop.test");
    let there = shop.bring(mailbox, MAIL).conversation.unwrap();
    (shop, there, jules)
}

impl Shop {
    pub(super) fn the_return(&self, there: ConversationId) -> request::Request {
        self.read(|c| request::of_conversation(c, there)).into_iter().next().expect("a return")
    }
}

#[tokio::test]
async fn a_mail_that_looks_like_a_return_is_offered_and_one_press_opens_it_filled() {
    let (shop, there, jules) = with_mail();
    let mut browser = shop.browser_of(jules);
    let page = format!("/conversations/{there}");
    let before = shop.dump();
    let offered = browser.get(&page).await;
    assert!(offered.body.contains("Looks like a return") && offered.body.contains("came creased"), "{}", offered.body);
    assert_eq!(shop.dump(), before, "looking opens nothing");
    browser.submit(&page, &format!("/conversations/{there}/returns"), &[]).await;
    let opened = shop.the_return(there);
    assert_eq!((opened.state, opened.source), (Stands::AwaitingDetails, request::Source::Agent));
    let card = browser.get(&page).await;
    for words in ["Return R-0001", "awaiting details", "damaged", "Low Tide", "€68.00", "Missing: Order number", "19 Nov 2026", "It came creased."] {
        assert!(card.body.contains(words), "{words}: {}", card.body);
    }
    assert!(browser.get("/inbox").await.body.contains("Return · awaiting details"));
    let board = browser.get("/returns").await;
    assert!(board.body.contains("Mara Okafor") && board.body.contains("R-0001"), "{}", board.body);
}

#[tokio::test]
async fn a_correction_is_checked_line_by_line_and_nothing_typed_is_lost() {
    let (shop, there, jules) = with_mail();
    let mut browser = shop.browser_of(jules);
    browser.submit(&format!("/conversations/{there}"), &format!("/conversations/{there}/returns"), &[]).await;
    let id = shop.the_return(there).id;
    let page = format!("/returns/{id}");
    let typed =
        [("order_number", "AT-10482"), ("item", "Low Tide"), ("reason", "damaged"), ("delivered_on", "2999-12-31"), ("wish", "refund"), ("amount", "much")];
    let wrong = browser.submit(&page, &format!("{page}/facts"), &typed).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in ["This day is still to come.", "Write the amount as in 68.00 EUR.", "value=\"AT-10482\"", "value=\"much\""] {
        assert!(wrong.body.contains(words), "{words}: {}", wrong.body);
    }
    assert_eq!(shop.read(|c| fact::of(c, id)).text(fields::ORDER_NUMBER), None, "nothing was saved");
    let right =
        [("order_number", "AT-10482"), ("item", "Low Tide"), ("reason", "damaged"), ("delivered_on", "19.11.2026"), ("wish", "refund"), ("amount", "€68.00")];
    browser.submit(&page, &format!("{page}/facts"), &right).await;
    let facts = shop.read(|c| fact::of(c, id));
    assert_eq!((facts.text(fields::ORDER_NUMBER), facts.get(fields::ORDER_NUMBER).map(|f| f.source)), (Some("AT-10482"), Some(fact::Source::Agent)));
    assert_eq!(facts.certain(fields::DELIVERED_ON), "2026-11-19".parse().ok().map(Value::Date).as_ref());
    assert_eq!(shop.the_return(there).state, Stands::ToDecide);
}

#[tokio::test]
async fn one_press_asks_for_what_is_missing() {
    let (shop, there, jules) = with_mail();
    let mut browser = shop.browser_of(jules);
    browser.submit(&format!("/conversations/{there}"), &format!("/conversations/{there}/returns"), &[]).await;
    let id = shop.the_return(there).id;
    browser.submit(&format!("/conversations/{there}"), &format!("/returns/{id}/ask"), &[]).await;
    let wanted: i64 = shop.read(|c| c.one("SELECT count(*) FROM wanted_letter WHERE kind = 'ask' AND address = 'mara@example.test'", [], |r| r.get(0)));
    assert_eq!((wanted, shop.the_return(there).asked), (1, 1));
}

#[tokio::test]
async fn deciding_sends_the_prewritten_reply_and_taking_it_back_takes_back_both() {
    let (shop, there, jules) = with_mail();
    let mut browser = shop.browser_of(jules);
    browser.submit(&format!("/conversations/{there}"), &format!("/conversations/{there}/returns"), &[]).await;
    let id = shop.the_return(there).id;
    let page = format!("/returns/{id}/decide?decision=refund");
    let form = browser.get(&page).await;
    assert!(form.body.contains("Hello Mara,") && form.body.contains("Your refund of €68.00 is on its way"), "{}", form.body);
    let seen = form.body.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let text = "Hello Mara,\n\nyour refund of €68.00 is on its way.";
    let decide = |amount: &str| [("decision", "refund".to_owned()), ("seen", seen.clone()), ("amount", amount.to_owned()), ("text", text.to_owned())];
    async fn send(browser: &mut Browser<'_>, page: &str, id: crate::id::ReturnId, fields: &[(&str, String)]) -> Answer {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.submit(page, &format!("/returns/{id}/decisions"), &fields).await
    }
    let odd = send(&mut browser, &page, id, &decide("much")).await;
    assert!(odd.status == StatusCode::UNPROCESSABLE_ENTITY && odd.body.contains("Write the amount") && odd.body.contains("is on its way."), "{}", odd.body);
    let more = send(&mut browser, &page, id, &decide("680.00 EUR")).await;
    assert!(more.status == StatusCode::UNPROCESSABLE_ENTITY && more.body.contains("is more than the €68.00"), "{}", more.body);
    assert_eq!(shop.the_return(there).decided, None);
    let sent = send(&mut browser, &page, id, &decide("68.00 EUR")).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let decided = shop.the_return(there);
    assert_eq!((decided.state, decided.decided.and_then(|d| d.amount).map(|a| a.minor)), (Stands::ToRefund, Some(6800)));
    assert_eq!(shop.read(|c| crate::conversation::find(c, there)).unwrap().status, Status::Resolved);
    let message: i64 = shop.read(|c| c.one("SELECT message_id FROM outbox", [], |r| r.get(0)));
    let token = browser.token().await;
    browser.post(&format!("/messages/{message}/unsend"), &[("csrf", &token)]).await;
    let back = shop.the_return(there);
    assert_eq!((back.state, back.decided), (Stands::AwaitingDetails, None), "the decision went back with its reply");
}

#[tokio::test]
async fn p55_a_return_of_another_mailbox_does_not_exist() {
    let (shop, there, jules) = with_mail();
    let mut browser = shop.browser_of(jules);
    browser.submit(&format!("/conversations/{there}"), &format!("/conversations/{there}/returns"), &[]).await;
    let id = shop.the_return(there).id;
    let other = shop.add_mailbox("other@shop.test");
    let yoko = shop.add_agent("yoko@shop.test", Role::Agent);
    shop.write(move |tx| tx.execute("INSERT INTO agent_mailbox(agent_id, mailbox_id) VALUES (?1, ?2)", crate::database::params![yoko, other]));
    let mut yoko = shop.browser_of(yoko);
    let token = yoko.token().await;
    for path in [format!("/returns/{id}"), format!("/returns/{id}/decide?decision=refund")] {
        assert_eq!(yoko.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in [
        format!("/returns/{id}/ask"),
        format!("/returns/{id}/state"),
        format!("/returns/{id}/facts"),
        format!("/returns/{id}/items"),
        format!("/returns/{id}/decisions"),
        format!("/conversations/{there}/returns"),
    ] {
        let fields = [("csrf", token.as_str()), ("state", "withdrawn"), ("decision", "refund"), ("text", "x")];
        assert_eq!(yoko.post(&path, &fields).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert!(!yoko.get("/returns").await.body.contains("Mara"));
}

#[tokio::test]
async fn the_owner_says_how_returns_are_handled_and_hears_what_cannot_be_understood() {
    let (shop, _, jules) = with_mail();
    let mut browser = shop.browser_of(jules);
    let page = "/settings/returns";
    let odd = [
        ("ask", "automatic"),
        ("pattern", "AT"),
        ("fulfilment", "nobody"),
        ("limit", "much"),
        ("language", "en"),
        ("words", "wonder 2: x"),
        ("remind", "1"),
        ("remind_days", "soon"),
    ];
    let wrong = browser.submit(page, page, &odd).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in ["AT-#####", "no mail address", "200 EUR", "line 1", "wonder 2: x", "from 1 to 30", "value=\"soon\""] {
        assert!(wrong.body.contains(words), "{words}: {}", wrong.body);
    }
    let right = [
        ("ask", "automatic"),
        ("pattern", "AT-#####"),
        ("fulfilment", "ware@shop.test"),
        ("when", "approved"),
        ("limit", "200 EUR"),
        ("language", "sv"),
        ("words", ""),
        ("remind", "1"),
        ("remind_days", "5"),
    ];
    assert_eq!(browser.submit(page, page, &right).await.status, StatusCode::SEE_OTHER);
    let shown = browser.get(page).await;
    for words in ["AT-#####", "ware@shop.test", "€200.00", "<option value=\"sv\" selected>Svenska", "name=\"remind_days\" value=\"5\""] {
        assert!(shown.body.contains(words), "{words}: {}", shown.body);
    }
}

#[tokio::test]
async fn a_ready_policy_is_chosen_judges_and_is_read_by_customers() {
    let (shop, there, jules) = with_mail();
    let mut browser = shop.browser_of(jules);
    assert_eq!(shop.browser().get("/policy").await.status, StatusCode::NOT_FOUND);
    let code = crate::return_policy::ready::all()[1].0;
    browser.submit("/settings/policy", "/settings/policy", &[("ready", code)]).await;
    let public = shop.browser().get("/policy").await;
    assert!(public.status == StatusCode::OK && public.body.contains("30 days"), "{}", public.body);
    assert!(browser.get("/settings/policy").await.body.contains("Jules"));
    browser.submit(&format!("/conversations/{there}"), &format!("/conversations/{there}/returns"), &[]).await;
    let opened = shop.the_return(there);
    assert!(opened.policy_version.is_some() && opened.judgement.is_some_and(|j| !j.words.contains("no return policy")));
}

#[tokio::test]
async fn a_return_is_found_by_its_number_reason_order_and_verdict_and_stands_in_the_table() {
    let (shop, there, jules) = with_mail();
    let mut browser = shop.browser_of(jules);
    browser.submit(&format!("/conversations/{there}"), &format!("/conversations/{there}/returns"), &[]).await;
    let id = shop.the_return(there).id;
    let right =
        [("order_number", "AT-10482"), ("item", "=Low Tide"), ("reason", "damaged"), ("delivered_on", "2026-11-19"), ("wish", "refund"), ("amount", "€68.00")];
    browser.submit(&format!("/returns/{id}"), &format!("/returns/{id}/facts"), &right).await;
    for (query, found) in [
        ("return:R-0001", true),
        ("return:to_decide", true),
        ("reason:damaged", true),
        ("order:at10482", true),
        ("verdict:look", true),
        ("return:R-0002", false),
        ("reason:wrong_item", false),
        ("order:AT-10483", false),
        ("verdict:within", false),
    ] {
        let answer = browser.get(&format!("/search?{}", encoded(&[("q", query)]))).await;
        assert_eq!(answer.body.contains(&format!("/conversations/{there}")), found, "{query}: {}", answer.body);
    }
    let odd = browser.get(&format!("/search?{}", encoded(&[("q", "reason:pirates")]))).await;
    assert!(odd.body.contains("comes after reason:"), "{}", odd.body);
    let table = browser.get("/returns.csv").await;
    assert!(table.header("content-type").starts_with("text/csv") && table.header("content-disposition").contains("returns.csv"));
    let line = table.body.lines().nth(1).unwrap();
    assert!(
        line.starts_with("R-0001,to_decide,Mara Okafor,") && line.contains("AT-10482,,'=Low Tide,damaged,2026-11-19,refund,68.00") && line.ends_with("EUR"),
        "{line}"
    );
}

#[tokio::test]
async fn an_agent_says_which_pieces_come_back_and_every_screen_knows() {
    let (shop, there, jules) = with_mail();
    let mut browser = shop.browser_of(jules);
    browser.submit(&format!("/conversations/{there}"), &format!("/conversations/{there}/returns"), &[]).await;
    let id = shop.the_return(there).id;
    assert!(!browser.get(&format!("/returns/{id}")).await.body.contains("What comes back of the order"));
    shop.write(move |tx| {
        let line = |title: &str, quantity, minor| crate::order::Line {
            title: title.into(),
            quantity,
            unit: Some(crate::money::Amount::new(minor, crate::money::Currency::parse("EUR"))),
            ..crate::order::Line::default()
        };
        let lines = vec![line("Low Tide, 50x70", 2, 6800), line("=Dusk", 1, 900)];
        let news = crate::order::News { number: "AT-1".into(), address: Some("mara@example.test".into()), lines, ..crate::order::News::default() };
        let news = crate::order::News { total: Some(crate::money::Amount::new(14_500, crate::money::Currency::parse("EUR"))), ..news };
        let known = crate::order::learn(tx, &news, crate::order::Source::Api, world::now())?;
        crate::desk::returns::orders_arrived(tx, &[known], world::now()).unwrap();
        Ok(())
    });
    let page = browser.get(&format!("/returns/{id}")).await;
    assert!(page.body.contains("name=\"line_1\" value=\"1\"") && page.body.contains("2 ordered, €68.00 each"), "{}", page.body);
    let path = format!("/returns/{id}/items");
    let wrong = browser.submit(&format!("/returns/{id}"), &path, &[("line_1", "3"), ("line_2", "one")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in ["value=\"3\"", "value=\"one\"", "write a number from 0 to 2", "write a number from 0 to 1"] {
        assert!(wrong.body.contains(words), "{words}: {}", wrong.body);
    }
    assert_eq!(browser.submit(&format!("/returns/{id}"), &path, &[("line_1", "2"), ("line_2", "1")]).await.status, StatusCode::SEE_OTHER);
    let card = browser.get(&format!("/conversations/{there}")).await;
    assert!(card.body.contains("2 × Low Tide, 50x70, =Dusk") && card.body.contains("€145.00"), "{}", card.body);
    assert!(card.body.contains("said what comes back"), "the timeline has the way back");
    assert!(browser.get("/returns.csv").await.body.contains("\"2 × Low Tide, 50x70; =Dusk\""));
    let decide = browser.get(&format!("/returns/{id}/decide?decision=refund")).await;
    assert!(decide.body.contains("name=\"amount\" value=\"€68.00\"") && decide.body.contains("of the order: 2 ×"), "what was said goes first: {}", decide.body);
    let no_amount = [("order_number", "AT-1"), ("item", "Low Tide"), ("reason", "damaged"), ("delivered_on", "2026-11-19"), ("wish", "refund"), ("amount", "")];
    browser.submit(&format!("/returns/{id}"), &format!("/returns/{id}/facts"), &no_amount).await;
    let decide = browser.get(&format!("/returns/{id}/decide?decision=refund")).await;
    browser.submit(&format!("/returns/{id}"), &path, &[("do", "words")]).await;
    let derived = browser.get(&format!("/returns/{id}")).await;
    assert!(derived.body.contains("name=\"line_1\" value=\"1\"") && derived.body.contains("as the customer’s words have it</span>"), "{}", derived.body);
    assert!(decide.body.contains("name=\"amount\" value=\"€145.00\"") && decide.body.contains("Your refund of €145.00"), "{}", decide.body);
}

#[tokio::test]
async fn an_owner_names_who_sends_confirmations_and_nothing_typed_is_lost() {
    let (shop, _, jules) = with_mail();
    let mut browser = shop.browser_of(jules);
    let page = "/settings/orders";
    let odd = browser.submit(page, "/settings/orders/senders", &[("senders", "orders@shop.example\nnobody")]).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(odd.body.contains("“nobody” is no mail address") && odd.body.contains("orders@shop.example\nnobody"), "{}", odd.body);
    let saved = browser.submit(page, "/settings/orders/senders", &[("senders", "Orders@Shop.example\n\n")]).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    assert!(shop.read(|c| setting::get::<Vec<String>>(c, setting::ORDER_SENDERS)).is_some_and(|senders| senders.len() == 1));
}
