//! What the mailbox held before Restante came, and what it holds twice.

use super::shop::{MINUTE, NOON, Shop, raw};
use crate::account::Outcome;
use crate::conversation::Status;
use crate::conversation::message::Direction;
use crate::desk::AfterSending;

const FIELDS: [(&str, &str); 3] = [("From", "Mara <mara@example.test>"), ("Message-ID", "<1@c>"), ("Date", "Mon, 1 Jan 2024 10:00:00 +0000")];

#[test]
fn the_same_bytes_are_one_mail_in_a_mailbox() {
    let shop = Shop::open();
    let mail = raw(&FIELDS, "Hello");
    let first = shop.arrives_in(&shop.inbox, &mail);
    let again = shop.arrives_in(&shop.inbox, &mail);
    assert_eq!((again.outcome, again.message), (Outcome::Duplicate, first.message));
}

#[test]
fn a_mail_that_the_server_rewrote_is_known_again_after_a_renumbering() {
    let shop = Shop::open();
    let first = shop.arrives_in(&shop.inbox, &raw(&FIELDS, "Hello"));
    let moved: Vec<(&str, &str)> = [("X-Moved", "yes")].into_iter().chain(FIELDS).collect();
    let rewritten = raw(&moved, "Hello");
    let entry = shop.kept(&shop.inbox, &rewritten, shop.now.get(), true);
    let again = shop.receive(&entry, &rewritten, 0);
    assert_eq!((again.outcome, again.message), (Outcome::Duplicate, first.message));
    let other = shop.kept(&shop.inbox, &raw(&FIELDS, "Other words"), shop.now.get(), true);
    assert_eq!(shop.receive(&other, &raw(&FIELDS, "Other words"), 0).outcome, Outcome::Imported);
}

#[test]
fn old_history_arrives_resolved_and_new_mail_open() {
    let shop = Shop::open();
    let old = raw(&FIELDS, "Long ago");
    let entry = shop.kept(&shop.inbox, &old, NOON - 90 * 24 * 60 * MINUTE, false);
    let received = shop.receive(&entry, &old, NOON - 30 * 24 * 60 * MINUTE);
    assert_eq!(shop.conversation(received.conversation.unwrap()).status, Status::Resolved);
}

#[test]
fn mail_from_our_sent_folder_is_a_reply_and_leaves_the_word_to_the_customer() {
    let shop = Shop::open();
    let conversation = shop.arrives(&FIELDS, "Question").conversation.unwrap();
    let answer = raw(&[("From", "support@shop.test"), ("To", "mara@example.test"), ("Message-ID", "<2@phone>"), ("In-Reply-To", "<1@c>")], "From my phone");
    let received = shop.arrives_in(&shop.sent, &answer);
    assert_eq!(received.conversation, Some(conversation));
    assert_eq!(shop.message(received.message.unwrap()).direction, Direction::Reply);
    assert_eq!(shop.conversation(conversation).status, Status::Waiting);
}

#[test]
fn the_servers_copy_of_our_own_reply_is_no_second_message() {
    let shop = Shop::open();
    let conversation = shop.arrives(&FIELDS, "Question").conversation.unwrap();
    let (message, composed) = shop.answers(conversation, "Answer", AfterSending::Wait);
    let stamped = [b"X-Stored-By: server\r\n".as_slice(), &composed.bytes].concat();
    let received = shop.arrives_in(&shop.sent, &stamped);
    assert_eq!((received.outcome, received.message), (Outcome::Duplicate, Some(message)));
}

#[test]
fn p13_a_date_from_the_future_or_the_past_does_not_change_the_order() {
    let shop = Shop::open();
    let conversation = shop.arrives(&[FIELDS[0], FIELDS[1]], "first").conversation.unwrap();
    for (n, date) in ["Thu, 1 Jan 1970 00:00:00 +0000", "Fri, 31 Dec 2099 23:59:59 +0000", "nonsense"].iter().enumerate() {
        let id = format!("<p{n}@c>");
        shop.arrives(&[FIELDS[0], ("Message-ID", &id), ("In-Reply-To", "<1@c>"), ("Date", date)], &format!("then {n}"));
    }
    assert_eq!(shop.texts(conversation), ["first", "then 0", "then 1", "then 2"]);
}

#[test]
fn a_mail_from_nobody_is_still_a_conversation() {
    let shop = Shop::open();
    let received = shop.arrives(&[("Subject", "no sender")], "Who am I?");
    assert_eq!(received.outcome, Outcome::Imported);
    assert_eq!(shop.texts(received.conversation.unwrap()), ["Who am I?"]);
}
