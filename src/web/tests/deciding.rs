//! Before money moves: whose word the sender's is, where a decided return may go, and by when the item is to come back.

use super::returns::with_mail;
use super::*;
use crate::id::{ConversationId, ReturnId};
use crate::money::{Amount, Currency};
use crate::order;
use crate::return_policy::{Clause, Policy, SHAPE, Terms, version};
use crate::return_request::{Decision, State as Stands, request};

const TRUSTED: &str = "mx.shop.test";

fn mail(authentication: &str) -> Vec<u8> {
    format!(
        "Authentication-Results: {authentication}\r\nFrom: Mara Okafor <mara@example.test>\r\nTo: support@shop.test\r\nSubject: Refund\r\n\
         Message-ID: <m1@example.test>\r\nDate: Mon, 23 Nov 2026 09:31:00 +0000\r\n\r\n\
         Hello, I need a refund for \"Low Tide\", order AT-10482. It came creased. I paid 68.00 EUR.\r\n"
    )
    .into_bytes()
}

/// A return that began with a mail of which its receiving server said this.
async fn asked_with(authentication: &str) -> (Shop, AgentId, ReturnId, ConversationId) {
    let shop = Shop::new();
    let jules = shop.add_agent("jules@shop.test", Role::Owner);
    let mailbox = shop.add_mailbox("support@shop.test");
    shop.write(move |tx| {
        let account = account::find(tx, mailbox)?.unwrap();
        account::update(tx, &account::Account { authserv_id: Some(TRUSTED.into()), ..account })
    });
    let there = shop.bring(mailbox, &mail(authentication)).conversation.unwrap();
    let mut browser = shop.browser_of(jules);
    browser.submit(&format!("/conversations/{there}"), &format!("/conversations/{there}/returns"), &[]).await;
    let id = shop.read(|c| request::of_conversation(c, there)).remove(0).id;
    (shop, jules, id, there)
}

async fn refund(shop: &Shop, jules: AgentId, id: ReturnId, more: &[(&str, &str)]) -> Answer {
    let page = format!("/returns/{id}/decide?decision=refund");
    let mut browser = shop.browser_of(jules);
    let form = browser.get(&page).await.body;
    let seen = form.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let mut fields = vec![("decision", "refund"), ("seen", &seen), ("amount", "68.00 EUR"), ("text", "Your refund is on its way.")];
    fields.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    fields.extend(more);
    browser.submit(&page, &format!("/returns/{id}/decisions"), &fields).await
}

#[tokio::test]
async fn a_sender_who_may_be_forged_is_warned_of_before_money_moves() {
    let (shop, jules, id, there) = asked_with(&format!("{TRUSTED}; dmarc=fail header.from=example.test")).await;
    assert!(shop.browser_of(jules).get(&format!("/conversations/{there}")).await.body.contains("may be forged"));
    let warned = refund(&shop, jules, id, &[]).await;
    assert_eq!(warned.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(warned.body.contains("may be forged") && warned.body.contains("Send and decide anyway") && warned.body.contains("Your refund is on its way."));
    assert_eq!(shop.read(|c| request::find(c, id)).unwrap().decided, None);
    assert_eq!(refund(&shop, jules, id, &[("anyway", "1")]).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn p43_a_word_that_the_sender_wrote_themselves_verifies_nobody() {
    for (said, verified) in
        [("mx.evil.test; dmarc=pass header.from=example.test", false), ("mx.shop.test; dmarc=pass header.from=example.test", true), ("dmarc=pass", false)]
    {
        let (shop, jules, id, _) = asked_with(said).await;
        let page = shop.browser_of(jules).get(&format!("/returns/{id}/decide?decision=refund")).await.body;
        assert_eq!(
            page.contains("their domain&#39;s check (DMARC) passed") || page.contains("their domain's check (DMARC) passed"),
            verified,
            "{said}: {page}"
        );
        assert_eq!(page.contains("Nobody has shown"), !verified, "{said}");
    }
}

#[tokio::test]
async fn what_was_decided_ends_as_it_was_decided_or_is_withdrawn() {
    let (shop, jules, id, _) = asked_with("mx.shop.test; dmarc=pass").await;
    let offered =
        |page: &str| Stands::ALL.iter().filter(|state| page.contains(&format!("name=\"state\" value=\"{}\"", state.code()))).copied().collect::<Vec<_>>();
    for (decision, ends) in [(Decision::Refund, Stands::Refunded), (Decision::Replacement, Stands::Replaced), (Decision::StoreCredit, Stands::Credited)] {
        let decided = request::Decided { decision, at: world::now(), by: Some(jules), amount: None, comes_back: false };
        shop.write(move |tx| {
            request::set_decided(tx, id, Some(&decided))?;
            request::set_state(tx, id, Stands::ToRefund, Some(jules), world::now())
        });
        let page = shop.browser_of(jules).get(&format!("/returns/{id}")).await.body;
        assert_eq!(offered(&page), [Stands::Received, ends], "{decision:?}");
    }
}

#[tokio::test]
async fn an_approved_return_says_by_when_to_send_it_as_its_reader_writes_days() {
    let (shop, there, jules) = with_mail();
    let mut browser = shop.browser_of(jules);
    let mut policy = crate::return_policy::ready::withdrawal_right();
    policy.clauses.truncate(1); // the others ask what kind of item it is
    shop.write(move |tx| crate::return_policy::version::save(tx, &policy, "2026-01-01".parse().unwrap(), "", None, 1));
    browser.submit(&format!("/conversations/{there}"), &format!("/conversations/{there}/returns"), &[]).await;
    let id = shop.read(|c| request::of_conversation(c, there)).remove(0).id;
    let told = "2026-11-19".parse().ok().map(crate::return_request::fields::Value::Date);
    shop.write(move |tx| {
        desk::returns::correct(tx, id, "delivered_on", told, jules, world::now()).expect("a correction");
        Ok(())
    });
    let page = format!("/returns/{id}/decide?decision=refund");
    let english = browser.get(&page).await.body;
    assert!(english.contains("17 December 2026"), "28 days from delivery: {english}");
    shop.write(move |tx| tx.execute("UPDATE return_request SET language = 'de' WHERE id = ?1", [id]));
    let german = browser.get(&page).await.body;
    assert!(german.contains("bis 17.12.2026"), "{german}");
}

#[tokio::test]
async fn an_approval_without_a_day_to_send_it_back_by_leaves_no_place_open() {
    let (shop, there, jules) = with_mail();
    let mut browser = shop.browser_of(jules);
    browser.submit("/settings/policy", "/settings/policy", &[("ready", "general")]).await;
    browser.submit(&format!("/conversations/{there}"), &format!("/conversations/{there}/returns"), &[]).await;
    let id = shop.read(|c| request::of_conversation(c, there)).remove(0).id;
    for decision in Decision::ALL {
        let page = browser.get(&format!("/returns/{id}/decide?decision={}", decision.code())).await.body;
        let letter = page.split("<textarea").nth(1).unwrap().split("</textarea>").next().unwrap();
        assert!(
            letter.contains("Mara") && !letter.contains("[[") && !letter.contains("{{ship_by}}") && !letter.contains("{{policy}}"),
            "{decision:?}: {letter}"
        );
    }
}

#[tokio::test]
async fn p65_an_order_of_somebody_else_is_not_taken_on_its_number_and_an_agent_may_confirm_it() {
    let (shop, there, jules) = with_mail();
    let order = crate::order::News {
        number: "AT-40001".into(),
        address: Some("victim@example.test".into()),
        lines: vec![crate::order::Line { title: "Secret portrait".into(), quantity: 1, ..crate::order::Line::default() }],
        ..crate::order::News::default()
    };
    shop.write(move |tx| crate::order::learn(tx, &order, crate::order::Source::Csv, 1));
    let mut browser = shop.browser_of(jules);
    browser.submit("/settings/policy", "/settings/policy", &[("ready", "general")]).await;
    let id = shop.read(|c| request::of_conversation(c, there)).first().map(|request| request.id);
    assert_eq!(id, None);
    let mail = String::from_utf8_lossy(super::returns::MAIL).replace("<m1@", "<m2@").replace("a refund for", "a refund of order AT-40001 for");
    let mailbox = shop.read(|c| c.one("SELECT min(id) FROM mailbox", [], |r| r.get(0)));
    let there = shop.bring(mailbox, mail.as_bytes()).conversation.unwrap();
    browser.submit(&format!("/conversations/{there}"), &format!("/conversations/{there}/returns"), &[]).await;
    let found = || shop.read(|c| request::of_conversation(c, there)).remove(0);
    let id = found().id;
    let page = format!("/returns/{id}");
    let shown = browser.get(&page).await.body;
    assert!(found().order_id.is_none() && !shown.contains("Secret portrait"), "{shown}");
    assert!(shown.contains("was bought with another address") && shown.contains("confirm_order_number"), "{shown}");
    browser
        .submit(&page, &format!("{page}/facts"), &[("order_number", "AT-40001"), ("confirm_order_number", "1"), ("item", "Low Tide"), ("reason", "damaged")])
        .await;
    assert!(found().order_id.is_some(), "the agent says that it is theirs");
    assert!(!browser.get(&page).await.body.contains("was bought with another address"));
}

/// A return of the only piece of an order of 168 euros.
async fn asked_of_an_order() -> (Shop, AgentId, ReturnId) {
    let (shop, jules, id, _) = asked_with("mx.shop.test; dmarc=pass").await;
    let euros = Amount::new(16_800, Currency::parse("EUR"));
    shop.write(move |tx| {
        let line = order::Line { title: "Low Tide".into(), quantity: 1, unit: Some(euros), ..order::Line::default() };
        let news = order::News { number: "AT-10482".into(), total: Some(euros), lines: vec![line], ..order::News::default() };
        let known = order::learn(tx, &news, order::Source::Csv, 1)?;
        desk::returns::orders_arrived(tx, &[known], world::now()).expect("it is taken up");
        desk::returns::correct(tx, id, "amount", None, jules, world::now()).expect("a correction");
        Ok(())
    });
    (shop, jules, id)
}

#[tokio::test]
async fn an_amount_is_read_in_the_order_s_currency_and_never_guessed_at() {
    let (shop, jules, id) = asked_of_an_order().await;
    for (typed, words) in [
        ("1000", "€1000.00 is more than the order"),
        ("170.00 USD", "in another currency than the order"),
        ("-5", "below nothing"),
        ("EUR −5,00", "below nothing"),
        ("2 x 34.00", "Write the amount as in 68.00 EUR."),
    ] {
        let again = refund(&shop, jules, id, &[("amount", typed)]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        assert!(again.body.contains(words) && again.body.contains(&format!("value=\"{typed}\"")), "{typed}: {}", again.body);
        assert_eq!(shop.read(|c| request::find(c, id)).unwrap().decided, None, "{typed}");
    }
    assert_eq!(refund(&shop, jules, id, &[("amount", "68,-")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(shop.read(|c| request::find(c, id)).unwrap().decided.unwrap().amount, Some(Amount::new(6800, Currency::parse("EUR"))));
}

#[tokio::test]
async fn what_the_clause_keeps_stands_beside_the_amount_with_its_arithmetic() {
    let (shop, jules, id) = asked_of_an_order().await;
    let terms = Terms { restocking_percent: 15, processing_fee: Some(Amount::new(500, Currency::parse("EUR"))), ..Terms::default() };
    let clause = Clause { id: "any".into(), name: "Anything".into(), terms, ..Clause::default() };
    shop.write(move |tx| {
        version::save(tx, &Policy { shape: SHAPE, clauses: vec![clause] }, "2020-01-01".parse().unwrap(), "", None, 1)?;
        desk::returns::judge_open(tx, world::now()).expect("judged");
        Ok(())
    });
    for decision in ["refund", "partial_refund"] {
        let page = shop.browser_of(jules).get(&format!("/returns/{id}/decide?decision={decision}")).await.body;
        assert!(page.contains("€168.00 − 15 % restocking €25.20 − processing €5.00 = €137.80"), "{page}");
        assert!(page.contains("value=\"€137.80\"") && page.matches("€137.80").count() > 2, "the field and the reply agree: {page}");
    }
    let partial = shop.browser_of(jules).get(&format!("/returns/{id}/decide?decision=keep_item")).await.body;
    assert!(partial.contains("value=\"€168.00\"") && !partial.contains("restocking"), "{partial}");
}

#[tokio::test]
async fn a_part_of_the_money_is_not_guessed_where_the_clause_keeps_nothing() {
    let (shop, jules, id) = asked_of_an_order().await;
    let page = shop.browser_of(jules).get(&format!("/returns/{id}/decide?decision=partial_refund")).await.body;
    assert!(page.contains("name=\"amount\" value=\"\"") && page.contains("in EUR where none is written"), "{page}");
}

#[tokio::test]
async fn a_reply_that_names_another_sum_than_the_amount_is_asked_about_once() {
    let (shop, jules, id) = asked_of_an_order().await;
    let twenty = [("amount", "20"), ("text", "We refund \u{20ac}168.00 in a few days.")];
    let again = refund(&shop, jules, id, &twenty).await;
    assert!(again.status == StatusCode::UNPROCESSABLE_ENTITY && again.body.contains("The reply says €168.00, and the amount is €20.00."), "{}", again.body);
    let both = [("amount", "20"), ("text", "Of the \u{20ac}168.00 we refund \u{20ac}20.00.")];
    assert_eq!(refund(&shop, jules, id, &both).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn whatever_is_decided_a_piece_that_has_to_come_back_first_is_asked_for() {
    let (shop, jules, id) = asked_of_an_order().await;
    let clause = Clause { id: "any".into(), name: "Anything".into(), terms: Terms { comes_back: true, ..Terms::default() }, ..Clause::default() };
    shop.write(move |tx| {
        version::save(tx, &Policy { shape: SHAPE, clauses: vec![clause] }, "2020-01-01".parse().unwrap(), "", None, 1)?;
        desk::returns::judge_open(tx, world::now()).expect("judged");
        Ok(())
    });
    for (decision, comes_back) in [("refund", true), ("partial_refund", true), ("replacement", true), ("store_credit", true), ("keep_item", false)] {
        let page = shop.browser_of(jules).get(&format!("/returns/{id}/decide?decision={decision}")).await.body;
        assert_eq!(page.contains("back to us, well packed"), comes_back, "{decision}: {page}");
    }
}
