//! The board, its filter, the closed returns and the numbers, as an agent asks for them.

use super::returns::with_mail;
use super::*;
use crate::id::ConversationId;
use crate::return_request::Reason;
use crate::return_request::fields::{self, Value};
use crate::return_request::{State as Stands, request};

const SECOND: &[u8] = b"From: Oskar Brandt <oskar@example.test>\r\nTo: support@shop.test\r\nSubject: Winter field\r\nMessage-ID: <o1@example.test>\r\n\
Date: Mon, 23 Nov 2026 10:00:00 +0000\r\n\r\nHello, I would like to return \"Winter field\", 100% not_my_style.\r\n";

/// Mara's damaged print, and Oskar who changed his mind.
async fn with_two() -> (Shop, AgentId, [request::Request; 2]) {
    let (shop, mara, jules) = with_mail();
    let mailbox = shop.read(|c| c.one("SELECT min(id) FROM mailbox", [], |r| r.get(0)));
    let oskar = shop.bring(mailbox, SECOND).conversation.unwrap();
    let mut browser = shop.browser_of(jules);
    for there in [mara, oskar] {
        browser.submit(&format!("/conversations/{there}"), &format!("/conversations/{there}/returns"), &[]).await;
    }
    let of = |there: ConversationId| shop.read(|c| request::of_conversation(c, there)).remove(0);
    let both = [of(mara), of(oskar)];
    say(&shop, &both[0], jules, fields::ORDER_NUMBER, "AT-10482");
    say(&shop, &both[1], jules, fields::REASON, Reason::ChangedMind.code());
    say(&shop, &both[1], jules, fields::ITEM, "100% Winter_field");
    (shop, jules, both)
}

fn say(shop: &Shop, of: &request::Request, by: AgentId, field: &str, text: &str) {
    let (id, field, value) = (of.id, field.to_owned(), Value::Text(text.to_owned()));
    shop.write(move |tx| {
        desk::returns::correct(tx, id, &field, Some(value), by, world::now()).expect("a correction");
        Ok(())
    });
}

#[tokio::test]
async fn the_board_shows_what_was_asked_for_and_nothing_else() {
    let (shop, jules, _) = with_two().await;
    let mut browser = shop.browser_of(jules);
    let both = browser.get("/returns").await;
    assert!(both.body.contains("Mara Okafor") && both.body.contains("Oskar Brandt"));
    for (asked, mara, oskar) in [
        ("text=okafor", true, false),
        ("text=OSKAR%40example", false, true),
        ("text=10482", true, false),
        ("text=100%25", false, true),
        ("text=_field", false, true),
        ("text=100_", false, false),
        ("reason=damaged", true, false),
        ("reason=changed_mind", false, true),
        ("reason=changed_mind&text=okafor", false, false),
        ("verdict=look", true, true),
        ("verdict=within", false, false),
        ("from=2020-01-01", true, true),
        ("until=2020-01-01", false, false),
    ] {
        let board = browser.get(&format!("/returns?{asked}")).await;
        assert_eq!((board.body.contains("id=\"return-1\""), board.body.contains("id=\"return-2\"")), (mara, oskar), "{asked}");
        let table = browser.get(&format!("/returns.csv?{asked}")).await;
        assert_eq!((table.body.contains("R-0001"), table.body.contains("R-0002")), (mara, oskar), "{asked}: {}", table.body);
    }
}

#[tokio::test]
async fn a_day_that_is_none_is_said_and_what_was_typed_stays() {
    let (shop, jules, _) = with_two().await;
    let mut browser = shop.browser_of(jules);
    for page in ["/returns", "/returns/closed", "/returns/numbers"] {
        let odd = browser.get(&format!("{page}?from=yesterday&text=okafor%22%3E%3Cb%3E")).await;
        assert_eq!(odd.status, StatusCode::OK);
        assert!(odd.body.contains("Write the first day as") && odd.body.contains("value=\"yesterday\""), "{page}: {}", odd.body);
        assert!(!odd.body.contains("\"><b>"), "{page}");
    }
}

#[tokio::test]
async fn a_closed_return_leaves_the_board_and_stands_among_the_closed_ones() {
    let (shop, jules, [mara, _]) = with_two().await;
    shop.write(move |tx| request::set_state(tx, mara.id, Stands::Withdrawn, None, world::now()));
    let mut browser = shop.browser_of(jules);
    let board = browser.get("/returns?text=okafor").await;
    assert!(!board.body.contains("id=\"return-1\"") && board.body.contains("Look among the 1 closed ones"), "{}", board.body);
    let closed = browser.get("/returns/closed?text=okafor").await;
    assert!(closed.body.contains("id=\"return-1\"") && !closed.body.contains("id=\"return-2\""), "{}", closed.body);
    assert!(browser.get("/returns/closed?text=nobody").await.body.contains("No closed return is like that."));
}

#[tokio::test]
async fn the_numbers_count_by_reason_item_and_week_and_lead_to_the_returns_behind_them() {
    let (shop, jules, [mara, _]) = with_two().await;
    let sum = crate::money::Amount::new(6800, crate::money::Currency::parse("EUR"));
    let decided =
        request::Decided { decision: crate::return_request::Decision::Refund, at: world::now(), by: Some(jules), amount: Some(sum), comes_back: false };
    shop.write(move |tx| {
        request::set_decided(tx, mara.id, Some(&decided))?;
        request::set_state(tx, mara.id, Stands::Refunded, Some(jules), world::now())
    });
    let mut browser = shop.browser_of(jules);
    let numbers = browser.get("/returns/numbers").await;
    for words in ["2 returns opened", "reason=damaged", "reason=changed%5Fmind", "Winter_field", "€68.00"] {
        assert!(numbers.body.contains(words), "{words}: {}", numbers.body);
    }
    let weeks: Vec<&str> = numbers.body.split("Returns by week").nth(1).unwrap().split("<tr>").skip(2).collect();
    assert_eq!(weeks.len(), 1, "both were opened this week");
    assert!(browser.get("/returns/numbers?until=2020-01-01").await.body.contains("No return was opened in these days."));
}

#[tokio::test]
async fn p55_the_numbers_of_another_mailbox_are_not_counted() {
    let (shop, ..) = with_two().await;
    let other = shop.add_mailbox("other@shop.test");
    let yoko = shop.add_agent("yoko@shop.test", Role::Agent);
    shop.write(move |tx| tx.execute("INSERT INTO agent_mailbox(agent_id, mailbox_id) VALUES (?1, ?2)", crate::database::params![yoko, other]));
    let mut yoko = shop.browser_of(yoko);
    for page in ["/returns", "/returns/closed", "/returns/numbers", "/returns.csv"] {
        let answer = yoko.get(page).await;
        assert!(!answer.body.contains("Okafor") && !answer.body.contains("Winter") && !answer.body.contains("R-0001"), "{page}: {}", answer.body);
    }
    assert!(yoko.get("/returns/numbers").await.body.contains("No return was opened"));
}
