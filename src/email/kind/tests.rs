//! Kinds of mail as whole mails, read by `email::read`.

use crate::email::{Email, Kind, read};

fn mail(headers: &str, text: &str) -> Email {
    let from = if headers.contains("From:") { "" } else { "From: Anna Lee <anna@example.com>\n" };
    read(format!("{from}To: help@lowtide.example\n{headers}\n\n{text}\n").as_bytes())
}

#[test]
fn p22_no_automatic_answer_goes_to_machines() {
    let fixtures = [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated; x=y",
        "Auto-Submitted: auto-notified",
        "Auto-Submitted: something-new",
        "Auto-Submitted:",
        "Precedence: bulk",
        "Precedence: list",
        "Precedence: junk",
        "Precedence: auto_reply",
        "List-Id: <x.example.com>",
        "List-Unsubscribe: <mailto:x@example.com>",
        "List-Post: NO",
        "List-Help: <https://x.example>",
        "Return-Path: <>",
        "Return-Path: < >",
        "From: MAILER-DAEMON",
        "From: MAILER-DAEMON@example.com",
        "From: Postmaster <postmaster@example.com>",
        "From: no-reply@example.com",
        "From: noreply+123@example.com",
        "From: \"Shop\" <do-not-reply@example.com>",
        "From: bounces+55@example.com",
        "From: owner-list@example.com",
        "From: list-request@example.com",
        "From: root@example.com",
        "Reply-To: noreply@example.com",
        "Sender: art-bounces@example.com",
        "X-Auto-Response-Suppress: All",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        "X-Autoreply: yes",
        "X-Autorespond: x",
        "X-Autoresponder: x",
        "X-Auto-Reply: x",
        "X-Loop: help@lowtide.example",
        "X-OTRS-Loop: yes",
        "X-FreeScout-Mail-Type: auto.reply",
        "Feedback-ID: 1:2:3:x",
        "X-Failed-Recipients: bob@example.com",
        "X-Cron-Env: <SHELL=/bin/sh>",
        "X-Spam-Flag: YES",
        "X-Mailman-Version: 2.1",
        "X-BeenThere: x@example.com",
        "Mailing-List: x",
        "X-Campaign-ID: 5",
        "Resent-From: bob@example.com",
        "X-Mailer: vacation 1.2",
        "Subject: Automatic reply: Your order",
        "Subject: Abwesenheitsnotiz: Bestellung",
        "Subject: Réponse automatique : commande",
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b",
        "From: a@example.com\nFrom: b@example.com",
        "From: nobody home",
        "Auto-Submitted: auto-replied (vacation)",
        "AUTO-SUBMITTED: AUTO-GENERATED",
        "Precedence: auto-reply",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply",
        "Return-Path: <MAILER-DAEMON>",
        "Subject: Out of Office: Re: Your order",
    ];
    assert_eq!(fixtures.len(), 60);
    for headers in fixtures {
        assert!(mail(headers, "Hello").no_automatic_answer.is_some(), "{headers}");
    }
}

#[test]
fn persons_are_answered() {
    for headers in [
        "Subject: My order",
        "Auto-Submitted: no",
        "Precedence: normal",
        "Subject: Re: Automatic reply: Your order",
        "Subject: My holiday gift broke",
        "X-Auto-Response-Suppress: None",
        "Return-Path: <anna@example.com>",
        "Subject: Mail delivery failed, what now?",
    ] {
        let email = mail(headers, "Hello, my print could not be delivered. Where is it?");
        assert_eq!((email.kind, email.no_automatic_answer), (Kind::Person, None), "{headers}");
    }
}

#[test]
fn a_delivery_status_is_read() {
    let email = read(
        b"From: MAILER-DAEMON@mx.example\nTo: help@lowtide.example\nSubject: Undelivered Mail Returned to Sender\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
--b\n\nNo such user.\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; anna@example.com\nAction: failed\nStatus: 5.1.1\n\n\
--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <ours@lowtide.example>\n\n--b--\n",
    );
    let bounce = email.bounce.expect("it is a bounce");
    assert_eq!(bounce.recipient.expect("named").as_str(), "anna@example.com");
    assert_eq!((bounce.permanent, bounce.status.as_deref()), (true, Some("5.1.1")));
    assert_eq!(bounce.original_message_id.expect("returned").as_str(), "ours@lowtide.example");
}

#[test]
fn bounces_in_free_text_are_read() {
    for (from, subject, text, status, permanent) in [
        (
            "MAILER-DAEMON@mx.example",
            "failure notice",
            "Hi. This is the qmail-send program at mx.example.\n\n<anna@example.com>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <ours@x>\n",
            Some("5.1.1"),
            true,
        ),
        (
            "Mail Delivery System <Mailer-Daemon@mx.example>",
            "Mail delivery failed: returning message to sender",
            "This message was created automatically by mail delivery software.\n\n  anna@example.com\n    550 5.2.1 disabled\n\n------ This is a copy of the message, including all the headers. ------\nMessage-ID: <ours@x>\n",
            Some("5.2.1"),
            true,
        ),
        (
            "Mail Delivery Subsystem <mailer-daemon@googlemail.example>",
            "Delivery Status Notification (Delay)",
            "This is an automatically generated Delivery Status Notification\n\nDelivery to the following recipient has been delayed:\n\n     anna@example.com\n\nMessage-ID: <ours@x>",
            None,
            false,
        ),
    ] {
        let email = mail(&format!("From: {from}\nSubject: {subject}"), text);
        let bounce = email.bounce.unwrap_or_else(|| panic!("{subject} is a bounce"));
        assert_eq!(bounce.recipient.expect("named").as_str(), "anna@example.com", "{subject}");
        assert_eq!((bounce.status.as_deref(), bounce.permanent), (status, permanent), "{subject}");
        assert_eq!(bounce.original_message_id.expect("in the copy").as_str(), "ours@x");
    }
}

#[test]
fn automatic_replies_and_lists_are_told_apart() {
    assert_eq!(mail("Subject: Out of office", "I am out of the office until Monday.").kind, Kind::AutoReply);
    assert_eq!(mail("Subject: Urlaub", "Ich bin im Urlaub und ab Montag wieder da. Im Urlaub lese ich keine Mails.").kind, Kind::AutoReply);
    assert_eq!(mail("Subject: x\nAuto-Submitted: auto-replied", "x").kind, Kind::AutoReply);
    assert_eq!(mail("Subject: News\nList-Unsubscribe: <mailto:x@y.example>", "x").kind, Kind::List);
    assert_eq!(mail("Subject: Question\nList-Id: <art.example.com>", "x").kind, Kind::List);
}
