//! A reply leaves, or says why it does not (P15's first step, P41, the send guard, the undo window).

use super::shop::{MINUTE, Shop, person, raw};
use crate::conversation::draft::{self, Draft, DraftKind};
use crate::conversation::{People, Status};
use crate::database::params;
use crate::desk::{self, AfterSending, Refusal, Reply};
use crate::email;

const MARA: (&str, &str) = ("From", "Mara Okafor <mara@example.test>");
const TO: (&str, &str) = ("To", "support@shop.test, Colleague <colleague@example.test>");

fn asked(shop: &Shop) -> crate::id::ConversationId {
    shop.arrives(&[MARA, TO, ("Subject", "Low Tide"), ("Message-ID", "<1@c>")], "It came creased.\nSorry.").conversation.unwrap()
}

#[test]
fn a_reply_is_queued_with_its_final_bytes_in_the_customers_thread() {
    let shop = Shop::open();
    let conversation = asked(&shop);
    let (message, composed) = shop.answers(conversation, "I am sorry.\n\nJules", AfterSending::Resolve);
    let sent = email::read(&composed.bytes);
    assert_eq!(sent.subject, "Re: Low Tide");
    assert_eq!(sent.in_reply_to[0].to_string(), "<1@c>");
    assert_eq!(sent.references.last().unwrap().to_string(), "<1@c>");
    assert_eq!(sent.from.as_ref().unwrap().address.as_str(), "support@shop.test");
    assert!(sent.text.contains("> It came creased."), "{}", sent.text);
    assert_eq!(shop.message(message).new_text, "I am sorry.\n\nJules");
    let stored = shop.conversation(conversation);
    assert_eq!((stored.status, stored.assignee_id), (Status::Resolved, Some(shop.jules.id)));
    let due: i64 = shop.tx.one("SELECT due_at FROM outbox WHERE message_id = ?1 AND state = 'queued'", [message], |r| r.get(0)).unwrap();
    assert_eq!(due, shop.now.get() + 10_000);
}

#[test]
fn a_reply_waits_when_something_newer_arrived_that_its_writer_has_not_seen() {
    let shop = Shop::open();
    let conversation = asked(&shop);
    let reply = shop.reply(conversation, "Which print?", AfterSending::Wait);
    let newer = shop.arrives(&[MARA, TO, ("Message-ID", "<2@c>"), ("In-Reply-To", "<1@c>")], "It is Low Tide.").message.unwrap();
    assert_eq!(shop.compose(&reply).unwrap_err(), Refusal::NewerMessage { newest: newer });
    let looked = Reply { seen: newer, ..reply };
    assert!(shop.compose(&looked).is_ok());
}

#[test]
fn an_empty_reply_one_to_nobody_and_a_forgotten_placeholder_do_not_leave() {
    let shop = Shop::open();
    let conversation = asked(&shop);
    let reply = shop.reply(conversation, "Hello", AfterSending::Wait);
    assert_eq!(shop.compose(&Reply { text: " \n".into(), ..reply.clone() }).unwrap_err(), Refusal::Empty);
    assert_eq!(shop.compose(&Reply { to: vec![], ..reply.clone() }).unwrap_err(), Refusal::NoRecipient);
    let forgotten = Reply { text: "Your order {{order}} …".into(), ..reply };
    assert_eq!(shop.compose(&forgotten).unwrap_err(), Refusal::PlaceholdersLeft(vec!["order".into()]));
}

#[test]
fn a_reply_taken_back_becomes_a_draft_again_and_the_status_returns() {
    let shop = Shop::open();
    let conversation = asked(&shop);
    let (message, _) = shop.answers(conversation, "Too fast", AfterSending::Resolve);
    desk::unsend(&shop.tx, message, &shop.jules, &[], shop.now.get()).unwrap();
    assert_eq!(shop.conversation(conversation).status, Status::Open);
    assert_eq!(shop.texts(conversation).len(), 1);
    let draft = draft::find(&shop.tx, conversation, shop.jules.id, DraftKind::Reply).unwrap().unwrap();
    assert_eq!(draft.text, "Too fast");
    assert_eq!(draft.people.to[0].address.as_str(), "mara@example.test");
    let waiting: i64 = shop.tx.one("SELECT count(*) FROM outbox", [], |r| r.get(0)).unwrap();
    assert_eq!(waiting, 0);
}

#[test]
fn a_reply_that_has_begun_to_leave_cannot_be_taken_back() {
    let shop = Shop::open();
    let conversation = asked(&shop);
    let (message, _) = shop.answers(conversation, "Gone", AfterSending::Wait);
    shop.tx.execute("UPDATE outbox SET state = 'sending', attempts = 1 WHERE message_id = ?1", params![message]).unwrap();
    assert!(desk::unsend(&shop.tx, message, &shop.jules, &[], shop.now.get()).is_err());
    assert_eq!(shop.texts(conversation).len(), 2);
}

#[test]
fn sending_forgets_the_draft_and_a_failure_keeps_it() {
    let shop = Shop::open();
    let conversation = asked(&shop);
    let draft = Draft { people: People::default(), text: "half".into(), seen: crate::id::MessageKey(0), updated_at: 1 };
    draft::keep(&shop.tx, conversation, shop.jules.id, DraftKind::Reply, &draft).unwrap();
    let stale = Reply { seen: crate::id::MessageKey(0), ..shop.reply(conversation, "half", AfterSending::Wait) };
    assert!(shop.compose(&stale).is_err());
    assert!(draft::find(&shop.tx, conversation, shop.jules.id, DraftKind::Reply).unwrap().is_some());
    shop.answers(conversation, "whole", AfterSending::Wait);
    assert!(draft::find(&shop.tx, conversation, shop.jules.id, DraftKind::Reply).unwrap().is_none());
}

#[test]
fn p41_a_new_address_on_a_reply_gets_no_history() {
    let shop = Shop::open();
    let conversation = asked(&shop);
    for (n, stranger) in ["eve@evil.test", "colleague@example.test"].iter().enumerate() {
        shop.later(n as i64 * 1000);
        let reply = Reply { cc: vec![person(stranger)], ..shop.reply(conversation, "New words.", AfterSending::StayOpen) };
        let (_, composed) = shop.sends(&reply);
        assert!(composed.history_withheld);
        let bytes = String::from_utf8_lossy(&composed.bytes).into_owned();
        assert!(!email::read(&composed.bytes).text.contains("creased") && !bytes.contains("creased"), "{stranger} was sent old words");
    }
    // Mara wrote it herself: she sees her own words quoted.
    let (_, composed) = shop.answers(conversation, "To you alone.", AfterSending::StayOpen);
    assert!(!composed.history_withheld);
}

#[test]
fn p41_an_attacker_who_is_copied_by_a_forged_customer_reads_nothing_old() {
    let shop = Shop::open();
    let conversation = asked(&shop);
    let (ours, _) = shop.answers(conversation, "The secret code is 4711.", AfterSending::Wait);
    let id = shop.message(ours).identifier.unwrap().to_string();
    let fields = [MARA, ("To", "support@shop.test"), ("Cc", "eve@evil.test"), ("Message-ID", "<f@e>"), ("In-Reply-To", &id)];
    shop.arrives(&fields, "Please answer to all.");
    shop.later(1000);
    let people = desk::recipients_for(&shop.tx, conversation, true).unwrap();
    assert_eq!(people.cc[0].address.as_str(), "eve@evil.test");
    let reply = Reply { to: people.to, cc: people.cc, ..shop.reply(conversation, "Answer.", AfterSending::Wait) };
    let (_, composed) = shop.sends(&reply);
    assert!(composed.history_withheld && !email::read(&composed.bytes).text.contains("4711"));
}

#[test]
fn p48_nothing_of_their_html_goes_out_again() {
    let shop = Shop::open();
    let conversation = asked(&shop);
    let html = "From: mara@example.test\r\nMessage-ID: <h@c>\r\nIn-Reply-To: <1@c>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p class=x style=\"color:red\" id=y>Hidden <b onclick=z>words</b></p>\r\n";
    shop.arrives_in(&shop.inbox, html.as_bytes());
    let (_, composed) = shop.answers(conversation, "Seen <b>this</b> & that.", AfterSending::Wait);
    let sent = email::read(&composed.bytes).html.unwrap();
    for word in ["class=", "style=", "id=", "onclick"] {
        assert!(!sent.contains(word), "{word} in {sent}");
    }
    assert!(sent.contains("&lt;b&gt;this&lt;/b&gt; &amp; that."), "{sent}");
}

#[test]
fn a_mail_that_crossed_our_answer_opens_the_conversation_and_one_answered_from_a_phone_does_not() {
    let one_more = |shop: &Shop, at: i64| {
        let mail = raw(&[MARA, TO, ("Message-ID", "<2@c>"), ("In-Reply-To", "<1@c>")], "And the frame is broken.");
        let entry = shop.kept(&shop.inbox, &mail, at, false);
        shop.receive(&entry, &mail, 0).conversation.unwrap()
    };
    let shop = Shop::open();
    let conversation = asked(&shop);
    shop.answers(conversation, "I am sorry.", AfterSending::Resolve);
    assert_eq!(one_more(&shop, shop.now.get() - MINUTE / 2), conversation);
    assert_eq!(shop.conversation(conversation).status, Status::Open, "nobody had read it");

    let shop = Shop::open();
    let conversation = asked(&shop);
    let phone = [("From", "support@shop.test"), ("To", "mara@example.test"), ("Message-ID", "<3@phone>"), ("In-Reply-To", "<1@c>")];
    shop.arrives_in(&shop.sent, &raw(&phone, "I am sorry for both."));
    assert_eq!(one_more(&shop, shop.now.get() - MINUTE / 2), conversation);
    assert_eq!(shop.conversation(conversation).status, Status::Waiting, "their mail program showed it");
}
