//! One click, one fact with a who and a when, and a way back.

use super::shop::{MINUTE, Shop};
use crate::conversation::list::{self, View};
use crate::conversation::{Status, message, tag};
use crate::desk;

fn conversation(shop: &Shop, n: u32) -> crate::id::ConversationId {
    let id = format!("<{n}@c>");
    shop.arrives(&[("From", "Mara <mara@example.test>"), ("Subject", "A print"), ("Message-ID", &id)], &format!("mail {n}")).conversation.unwrap()
}

#[test]
fn every_click_can_be_undone() {
    let shop = Shop::open();
    let (id, jules) = (conversation(&shop, 1), shop.jules.id);
    let now = shop.later(MINUTE);
    let tagged = desk::tag(&shop.tx, id, "  needs   photos ", jules, now).unwrap().unwrap();
    assert_eq!(tag::of_conversation(&shop.tx, id).unwrap(), ["needs photos"]);
    let assigned = desk::assign(&shop.tx, id, Some(jules), jules, now).unwrap().unwrap();
    let snoozed = desk::snooze(&shop.tx, id, now + 60 * MINUTE, jules, now).unwrap().unwrap();
    let resolved = desk::set_status(&shop.tx, id, Status::Resolved, jules, now).unwrap().unwrap();
    desk::undo(&shop.tx, resolved, jules, now).unwrap();
    let back = shop.conversation(id);
    assert_eq!((back.status, back.snoozed_until), (Status::Snoozed, Some(now + 60 * MINUTE)));
    for event in [snoozed, assigned, tagged] {
        desk::undo(&shop.tx, event, jules, now).unwrap();
        assert!(desk::undo(&shop.tx, event, jules, now).is_err(), "once is enough");
    }
    let back = shop.conversation(id);
    assert_eq!((back.status, back.assignee_id, back.snoozed_until), (Status::Open, None, None));
    assert!(tag::of_conversation(&shop.tx, id).unwrap().is_empty());
}

#[test]
fn a_snooze_ends_when_its_time_comes_and_never_lies_in_the_past() {
    let shop = Shop::open();
    let id = conversation(&shop, 1);
    let now = shop.now.get();
    assert!(desk::snooze(&shop.tx, id, now, shop.jules.id, now).is_err());
    desk::snooze(&shop.tx, id, now + MINUTE, shop.jules.id, now).unwrap();
    assert_eq!(desk::wake_snoozed(&shop.tx, now).unwrap(), 0);
    assert_eq!(desk::wake_snoozed(&shop.tx, now + MINUTE).unwrap(), 1);
    assert_eq!(shop.conversation(id).status, Status::Open);
}

#[test]
fn merge_moves_everything_and_undo_parts_it_again() {
    let shop = Shop::open();
    let (a, b) = (conversation(&shop, 1), conversation(&shop, 2));
    let event = desk::merge(&shop.tx, a, b, shop.jules.id, shop.now.get()).unwrap();
    assert_eq!(shop.texts(b), ["mail 1", "mail 2"]);
    assert!(desk::merge(&shop.tx, a, b, shop.jules.id, shop.now.get()).is_err(), "what is merged is gone");
    let answer = shop.arrives(&[("From", "mara@example.test"), ("Message-ID", "<3@c>"), ("In-Reply-To", "<1@c>")], "mail 3");
    assert_eq!(answer.conversation, Some(b), "an answer to either finds the one");
    desk::undo(&shop.tx, event, shop.jules.id, shop.now.get()).unwrap();
    assert_eq!((shop.texts(a), shop.texts(b)), (vec!["mail 1".to_owned()], vec!["mail 2".to_owned(), "mail 3".to_owned()]));
    assert!(desk::merge(&shop.tx, a, a, shop.jules.id, shop.now.get()).is_err());
}

#[test]
fn split_makes_a_conversation_of_its_own_and_undo_brings_it_back() {
    let shop = Shop::open();
    let id = conversation(&shop, 1);
    let second = shop.arrives(&[("From", "mara@example.test"), ("Subject", "Another thing"), ("Message-ID", "<2@c>"), ("In-Reply-To", "<1@c>")], "Also …");
    let moved = second.message.unwrap();
    let (new, event) = desk::split(&shop.tx, id, &[moved], shop.jules.id, shop.now.get()).unwrap();
    assert_eq!((shop.texts(id).len(), shop.conversation(new).subject.as_str()), (1, "Another thing"));
    let answer = shop.arrives(&[("From", "mara@example.test"), ("Message-ID", "<3@c>"), ("In-Reply-To", "<2@c>")], "And …");
    assert_eq!(answer.conversation, Some(new), "answers follow the message");
    desk::undo(&shop.tx, event, shop.jules.id, shop.now.get()).unwrap();
    assert_eq!(shop.texts(id).len(), 3);
    let all: Vec<_> = message::of_conversation(&shop.tx, id).unwrap().iter().map(|m| m.id).collect();
    assert!(desk::split(&shop.tx, id, &all, shop.jules.id, shop.now.get()).is_err(), "one message stays");
}

#[test]
fn counts_and_pages_agree_whatever_was_clicked() {
    let shop = Shop::open();
    let ids: Vec<_> = (0..120).map(|n| conversation(&shop, n)).collect();
    let (jules, now) = (shop.jules.id, shop.now.get());
    for (n, id) in ids.iter().enumerate() {
        match n % 6 {
            0 => desk::set_status(&shop.tx, *id, Status::Resolved, jules, now).map(|_| ()).unwrap(),
            1 => desk::assign(&shop.tx, *id, Some(jules), jules, now).map(|_| ()).unwrap(),
            2 => desk::snooze(&shop.tx, *id, now + MINUTE, jules, now).map(|_| ()).unwrap(),
            3 if n > 3 => desk::merge(&shop.tx, *id, ids[4], jules, now).map(|_| ()).unwrap(),
            _ => {}
        }
    }
    let counts = list::counts(&shop.tx, jules, None).unwrap();
    for view in View::ALL {
        let (mut seen, mut after) = (0, None);
        loop {
            let page = list::page(&shop.tx, view, jules, None, after).unwrap();
            seen += page.len() as i64;
            after = page.last().map(list::Line::last_message);
            if page.len() < list::PAGE_ROWS {
                break;
            }
        }
        assert_eq!(counts.of(view), seen, "{}", view.as_str());
    }
}
