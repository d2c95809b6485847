//! What could not be delivered appears on the message and reopens the conversation.

use super::shop::{Shop, raw};
use crate::account::Outcome;
use crate::conversation::event::{self, What};
use crate::conversation::{ConversationId, MessageKey, Status};
use crate::desk::{self, AfterSending};
use crate::outbox;

fn sent(shop: &Shop) -> (ConversationId, MessageKey, String) {
    let fields = [("From", "Jon <jon@exmaple.test>"), ("To", "support@shop.test"), ("Subject", "Commission"), ("Message-ID", "<1@c>")];
    let conversation = shop.arrives(&fields, "When?").conversation.unwrap();
    let (message, _) = shop.answers(conversation, "In May.", AfterSending::Resolve);
    let id = shop.message(message).identifier.unwrap().to_string();
    (conversation, message, id)
}

fn bounce(of: &str, status: &str) -> Vec<u8> {
    let body = format!(
        "--b\r\nContent-Type: text/plain\r\n\r\nThe mail could not be delivered.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mx.example.test\r\n\r\nFinal-Recipient: rfc822; jon@exmaple.test\r\nAction: failed\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; 550 no such user\r\n\r\n--b\r\nContent-Type: message/rfc822-headers\r\n\r\nMessage-ID: {of}\r\nSubject: Re: Commission\r\n\r\n--b--\r\n"
    );
    format!(
        "Return-Path: <>\r\nFrom: Mail Delivery System <mailer-daemon@mx.example.test>\r\nTo: support@shop.test\r\nSubject: Undelivered Mail Returned to Sender\r\n\
         Message-ID: <b{status}@mx>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n{body}"
    )
    .into_bytes()
}

#[test]
fn a_bounce_appears_on_its_message_and_reopens_the_conversation() {
    let shop = Shop::open();
    let (conversation, message, id) = sent(&shop);
    let received = shop.arrives_in(&shop.inbox, &bounce(&id, "5.1.1"));
    assert_eq!((received.outcome, received.conversation), (Outcome::Bounce, Some(conversation)));
    let stored = shop.conversation(conversation);
    assert_eq!(stored.status, Status::Open);
    assert!(stored.delivery_failed_at.is_some());
    let delivery = &outbox::of_messages(&shop.tx, conversation).unwrap()[&message];
    assert_eq!((delivery.recipients[0].state.as_str(), delivery.recipients[0].answer.contains("5.1.1")), ("bounced", true));
    let warned = desk::bounced_before(&shop.tx, &desk::recipients_for(&shop.tx, conversation, false).unwrap().to).unwrap();
    assert_eq!(warned, ["jon@exmaple.test"]);
}

#[test]
fn a_bounce_of_mail_that_is_not_ours_is_a_conversation_of_its_own() {
    let shop = Shop::open();
    let (conversation, ..) = sent(&shop);
    let received = shop.arrives_in(&shop.inbox, &bounce("<r.1.word.aaaaaaaaaaaaaaaaaaaaaaaaaa@shop.test>", "5.1.1"));
    assert_ne!(received.conversation, Some(conversation));
    assert_eq!(shop.conversation(conversation).status, Status::Resolved);
}

#[test]
fn a_delay_notice_is_filed_but_nothing_failed() {
    let shop = Shop::open();
    let (conversation, message, id) = sent(&shop);
    shop.arrives_in(&shop.inbox, &bounce(&id, "4.4.1"));
    assert_eq!(shop.conversation(conversation).delivery_failed_at, None);
    assert_eq!(outbox::of_messages(&shop.tx, conversation).unwrap()[&message].recipients[0].state, "queued");
}

#[test]
fn a_refusal_by_the_server_is_told_the_same_way() {
    let shop = Shop::open();
    let (conversation, message, _) = sent(&shop);
    desk::delivery_failed(&shop.tx, message, "jon@exmaple.test", "550 5.1.1 no such user", shop.now.get()).unwrap();
    assert_eq!(shop.conversation(conversation).status, Status::Open);
    let told = event::of_conversation(&shop.tx, conversation).unwrap();
    assert!(told.iter().any(|e| matches!(&e.what, What::DeliveryFailed { reason, .. } if reason.contains("no such user"))));
    desk::set_status(&shop.tx, conversation, Status::Resolved, shop.jules.id, shop.now.get()).unwrap();
    assert_eq!(shop.conversation(conversation).delivery_failed_at, None);
}

#[test]
fn an_automatic_answer_joins_but_wakes_nobody() {
    let shop = Shop::open();
    let (conversation, _, id) = sent(&shop);
    let away = raw(
        &[("From", "jon@exmaple.test"), ("Auto-Submitted", "auto-replied"), ("Message-ID", "<a@c>"), ("In-Reply-To", &id), ("Subject", "Out of office")],
        "I am away.",
    );
    let received = shop.arrives_in(&shop.inbox, &away);
    assert_eq!((received.outcome, received.conversation), (Outcome::AutoReply, Some(conversation)));
    assert_eq!(shop.conversation(conversation).status, Status::Resolved);
}
