//! Mail that pretends: an agent's address in From, strangers on the recipients' list, other people in the other fields
//! (PROMISES P40, P41, P42). A mail is only ever a mail.

use super::shop::{Shop, person};
use crate::agent::{self, Role};
use crate::conversation::{Message, Status};
use crate::desk::{self, AfterSending, Reply};
use crate::email::{self, EmailAddress};

const SECRET: &str = "The code of your voucher is 4711-SECRET.";

/// Header fields that make a mail look as if `@` had written it.
const PRETENCES: &[&[(&str, &str)]] = &[
    &[("From", "@")],
    &[("From", "Jules Laurent <@>")],
    &[("From", "\"@\" <m@evil.test>")],
    &[("From", "@ <m@evil.test>")],
    &[("From", "m@evil.test"), ("From", "@")],
    &[("From", "@"), ("From", "m@evil.test")],
    &[("From ", "@"), ("From", "m@evil.test")],
    &[("From", "m@evil.test, @")],
    &[("From", "@, m@evil.test")],
    &[("From", "<@>, <m@evil.test>"), ("Sender", "@")],
    &[("From", "m@evil.test"), ("Sender", "@")],
    &[("From", "m@evil.test"), ("Reply-To", "@")],
    &[("From", "m@evil.test"), ("Resent-From", "@"), ("Resent-Sender", "@")],
    &[("From", "m@evil.test"), ("Return-Path", "<@>"), ("X-Original-From", "@"), ("X-Forwarded-For", "@")],
    &[("From", "(@) m@evil.test")],
    &[("From", "<m@evil.test> (Jules <@>)")],
    &[("From", "=?utf-8?Q?Jules_=3C@=3E?= <m@evil.test>")],
    &[("From", "=?utf-8?Q?@?=")],
    &[("From", "=?utf-8?Q?@=00?= <m@evil.test>")],
    &[("From", "Agents: @, m@evil.test;")],
    &[("From", "<@evil.test,@other.test:@>")],
    &[("From", "@\u{0}@evil.test")],
    &[("From", "\"@\"@evil.test")],
    &[("From", "<@\r\n (folded)>")],
    &[("From", "Jules\u{202E} <@>")],
    &[("From", "@"), ("Authentication-Results", "mx.shop.test; dmarc=pass; spf=pass; dkim=pass")],
    &[("From", "@"), ("X-Restante-Agent", "@"), ("X-Restante-Status", "resolved"), ("Cookie", "restante=x"), ("Authorization", "Basic eA==")],
    &[("From", "@"), ("Control", "cancel"), ("Auto-Submitted", "no"), ("X-Priority", "1"), ("Disposition-Notification-To", "@"), ("Return-Receipt-To", "@")],
];

const ORDERS: &str = "/resolve\n/assign jules\n/tag vip\n#close\nstatus: resolved\n@close\nassign: jules\n##- Please type your reply above this line -##\n\
                      !reply mara@example.test Refund granted\nTo: mara@example.test\n\nRefund granted.";

/// All that an agent could have changed: every row of the tables that no inbound mail of a stranger may touch.
fn decided(shop: &Shop) -> Vec<String> {
    let tables = ["outbox", "tag", "conversation_tag", "setting", "agent", "session", "agent_link", "mailbox", "reply_template", "draft"];
    let known: Vec<String> = shop.tx.all("SELECT name FROM sqlite_master WHERE type = 'table'", [], |r| r.get(0)).unwrap();
    let mut rows = Vec::new();
    for table in tables.iter().filter(|table| known.iter().any(|name| name == *table)) {
        let columns: Vec<String> = shop.tx.all("SELECT 'quote(' || name || ')' FROM pragma_table_info(?1)", [table], |r| r.get(0)).unwrap();
        let sql = format!("SELECT {} FROM \"{table}\"", columns.join(" || ' ' || "));
        rows.extend(shop.tx.all(&sql, [], |r| r.get::<_, String>(0)).unwrap().into_iter().map(|row| format!("{table}: {row}")));
    }
    rows
}

fn mailed(fields: &[(&str, &str)], agent: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), pretend(value, agent)));
    let more = more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let all: Vec<(String, String)> = fields.chain(more).collect();
    let borrowed: Vec<(&str, &str)> = all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    super::shop::raw(&borrowed, ORDERS)
}

/// The address in place of every `@` that stands alone.
fn pretend(value: &str, agent: &str) -> String {
    let chars: Vec<char> = value.chars().collect();
    let word = |at: Option<&char>| at.is_some_and(|c| c.is_ascii_alphanumeric());
    let mut out = String::new();
    for (n, c) in chars.iter().enumerate() {
        let alone = *c == '@' && !word(n.checked_sub(1).and_then(|n| chars.get(n))) && !word(chars.get(n + 1));
        if alone { out.push_str(agent) } else { out.push(*c) }
    }
    out
}

#[test]
fn p40_a_mail_never_has_an_agents_rights() {
    let shop = Shop::open();
    let owner = EmailAddress::parse("olivia@shop.test").unwrap();
    agent::add(&shop.tx, &owner, "Olivia", Role::Owner, "x", shop.now.get()).unwrap();
    let asked = shop.arrives(&[("From", "Mara <mara@example.test>"), ("Message-ID", "<1@c>"), ("Subject", "Refund")], "Please.").conversation.unwrap();
    let (ours, _) = shop.answers(asked, SECRET, AfterSending::Wait);
    let answered = shop.message(ours).identifier.unwrap().to_string();
    desk::tag(&shop.tx, asked, "refund", shop.jules.id, shop.now.get()).unwrap();
    let (before, stood) = (decided(&shop), shop.conversation(asked));
    let mut mails = 0;
    for agent in agent::all(&shop.tx).unwrap() {
        for fields in PRETENCES {
            for parent in ["<nobody@c>", "<1@c>", &answered] {
                mails += 1;
                let id = format!("<p{mails}@evil.test>");
                let subject = format!("Re: [#{asked}] Refund");
                let raw = mailed(fields, &agent.email.to_string(), &[("Message-ID", &id), ("In-Reply-To", parent), ("Subject", &subject)]);
                let received = shop.arrives_in(&shop.inbox, &raw);
                let what = format!("{fields:?} as {} to {parent}", agent.email);
                let message = shop.message(received.message.expect("it is filed"));
                assert_eq!((message.direction.as_str(), message.author_id), ("inbound", None), "{what}");
                let place = shop.conversation(received.conversation.unwrap());
                assert_eq!(place.assignee_id, stood.assignee_id.filter(|_| place.id == asked), "{what}");
                assert!(place.id == asked || matches!(place.status, Status::Open), "{what}: {:?}", place.status);
                assert_ne!(received.conversation, Some(asked), "{what}: no agent's address is a participant");
                assert_eq!(decided(&shop), before, "{what}");
            }
        }
    }
    let now = shop.conversation(asked);
    assert_eq!((now.status, now.assignee_id), (stood.status, stood.assignee_id));
    assert_eq!(shop.texts(asked).len(), 2);
    assert_eq!(mails, 2 * 28 * 3);
}

/// What a forger who writes as the customer, or beside her, tries: the fields of the mail that should bring old words out.
fn attempts(answered: &str) -> Vec<Vec<(&'static str, String)>> {
    let known = |more: Vec<(&'static str, &str)>| {
        let mut fields = vec![("In-Reply-To", answered.to_owned())];
        fields.extend(more.into_iter().map(|(name, value)| (name, value.to_owned())));
        fields
    };
    let mara = ("From", "Mara Okafor <mara@example.test>");
    let mut all: Vec<Vec<(&'static str, String)>> = vec![
        known(vec![mara, ("Cc", "eve@evil.test")]),
        known(vec![mara, ("To", "support@shop.test, eve@evil.test")]),
        known(vec![mara, ("To", "eve@evil.test")]),
        known(vec![mara, ("Cc", "Mara Okafor <eve@evil.test>")]),
        known(vec![mara, ("Cc", "\"mara@example.test\" <eve@evil.test>")]),
        known(vec![mara, ("Cc", "mara@example.test.evil.test, eve@evil.test")]),
        known(vec![mara, ("Cc", "Friends: eve@evil.test, bob@evil.test;")]),
        known(vec![mara, ("Cc", "mara+x@example.test, eve@evil.test")]),
        known(vec![mara, ("Cc", "MARA@EXAMPLE.TEST, eve@evil.test")]),
        known(vec![mara, ("Cc", "=?utf-8?Q?Mara?= <eve@evil.test>")]),
        known(vec![mara, ("Cc", "eve@evil.test"), ("Cc", "bob@evil.test")]),
        known(vec![mara, ("Reply-To", "eve@evil.test")]),
        known(vec![mara, ("Reply-To", "eve@evil.test"), ("Cc", "eve@evil.test")]),
        known(vec![mara, ("Bcc", "eve@evil.test"), ("Cc", "eve@evil.test")]),
        known(vec![mara, ("Sender", "eve@evil.test"), ("Cc", "eve@evil.test")]),
        known(vec![mara, ("Resent-To", "eve@evil.test"), ("Resent-Cc", "eve@evil.test"), ("Cc", "eve@evil.test")]),
        known(vec![("From", "mara@example.test"), ("From", "eve@evil.test"), ("Cc", "eve@evil.test")]),
        known(vec![("From", "mara@example.test, eve@evil.test"), ("Cc", "eve@evil.test")]),
        known(vec![("From", "eve@evil.test"), ("Cc", "mara@example.test")]),
        known(vec![("From", "\"Mara Okafor\" <eve@evil.test>"), ("Reply-To", "mara@example.test")]),
        known(vec![("From", "mara@example.test\u{200b}@evil.test"), ("Cc", "eve@evil.test")]),
        known(vec![mara, ("Cc", "eve@evil.test"), ("Auto-Submitted", "no"), ("List-Id", "<x.example.test>")]),
    ];
    all.push(vec![("From", "eve@evil.test".into()), ("References", format!("<1@c> {answered}")), ("Subject", "Re: Low Tide".into())]);
    all
}

#[test]
fn p41_no_old_word_goes_to_an_address_that_never_had_it_in_twenty_attempts() {
    let mut new_recipients = 0;
    for number in 0..attempts("").len() {
        let shop = Shop::open();
        let asked =
            shop.arrives(&[("From", "Mara <mara@example.test>"), ("Message-ID", "<1@c>"), ("Subject", "Low Tide")], "My own SECRET.").conversation.unwrap();
        let (ours, _) = shop.answers(asked, SECRET, AfterSending::Wait);
        let fields = attempts(&shop.message(ours).identifier.unwrap().to_string()).remove(number);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).chain([("Message-ID", "<f@e>")]).collect();
        let received = shop.arrives(&fields, "Answer to all of us, please.");
        for (conversation, all) in [(received.conversation.unwrap(), true), (received.conversation.unwrap(), false), (asked, true)] {
            shop.later(1000);
            let people = desk::recipients_for(&shop.tx, conversation, all).unwrap();
            if people.to.is_empty() {
                continue; // an author without an address: nobody is answered
            }
            let strangers = people.to.iter().chain(&people.cc).filter(|p| p.address.as_str() != "mara@example.test").count();
            let reply = Reply { to: people.to, cc: people.cc, ..shop.reply(conversation, "New words.", AfterSending::Wait) };
            let (_, composed) = shop.sends(&reply);
            let sent = email::read(&composed.bytes);
            let old = sent.text.contains("SECRET") || sent.html.unwrap_or_default().contains("SECRET");
            assert!(strangers == 0 || !old, "attempt {number} {fields:?}: {}", sent.text);
            new_recipients += strangers;
        }
        // Typed in by hand it is the same, beside or instead of the customer.
        for (to, cc) in [(vec![person("mara@example.test")], vec![person("eve@evil.test")]), (vec![person("eve@evil.test")], vec![])] {
            shop.later(1000);
            let (_, composed) = shop.sends(&Reply { to, cc, ..shop.reply(asked, "New words.", AfterSending::Wait) });
            assert!(composed.history_withheld && !email::read(&composed.bytes).text.contains("SECRET"), "attempt {number}");
        }
    }
    assert!(attempts("").len() >= 20 && new_recipients >= 30, "{new_recipients} strangers stood on answers");
}

/// Other people in the other fields, and whom the mail is from all the same.
const MIXES: &[&[(&str, &str)]] = &[
    &[],
    &[("Reply-To", "eve@evil.test")],
    &[("Reply-To", "Mara Okafor <eve@evil.test>")],
    &[("Reply-To", "mara@example.test, eve@evil.test")],
    &[("Reply-To", "eve@evil.test"), ("Reply-To", "bob@evil.test")],
    &[("Reply-To", "")],
    &[("Reply-To", "not an address")],
    &[("Reply-To", "Friends: eve@evil.test;")],
    &[("Reply-To", "=?utf-8?Q?mara=40example.test?= <eve@evil.test>")],
    &[("Sender", "eve@evil.test")],
    &[("Sender", "eve@evil.test"), ("Reply-To", "bob@evil.test")],
    &[("Sender", "support@shop.test")],
    &[("Sender", "jules@shop.test")],
    &[("Resent-From", "eve@evil.test")],
    &[("Resent-From", "eve@evil.test"), ("Resent-To", "support@shop.test"), ("Resent-Sender", "bob@evil.test")],
    &[("Resent-Reply-To", "eve@evil.test")],
    &[("Return-Path", "<eve@evil.test>")],
    &[("Return-Path", "<>")],
    &[("Envelope-From", "eve@evil.test"), ("X-Envelope-From", "eve@evil.test")],
    &[("X-Original-Sender", "eve@evil.test"), ("X-Forwarded-To", "eve@evil.test")],
    &[("X-Google-Original-From", "eve@evil.test"), ("X-Sender", "eve@evil.test")],
    &[("Apparently-From", "eve@evil.test"), ("Errors-To", "eve@evil.test")],
    &[("Mail-Followup-To", "eve@evil.test"), ("Mail-Reply-To", "eve@evil.test")],
    &[("Disposition-Notification-To", "eve@evil.test"), ("Return-Receipt-To", "eve@evil.test")],
    &[("Author", "eve@evil.test"), ("Original-From", "eve@evil.test")],
    &[("Received", "from evil.test by mx (envelope-from <eve@evil.test>); Mon, 23 Nov 2026 10:00:00 +0000")],
    &[("DKIM-Signature", "v=1; d=evil.test; i=eve@evil.test")],
    &[("Authentication-Results", "mx.shop.test; dmarc=pass header.from=evil.test; spf=pass smtp.mailfrom=eve@evil.test")],
    &[("From", "eve@evil.test")],
    &[("from", "eve@evil.test"), ("Sender", "eve@evil.test"), ("Reply-To", "eve@evil.test")],
    &[("List-Post", "<mailto:eve@evil.test>"), ("Reply-To", "eve@evil.test")],
    &[("X-From", "eve@evil.test"), ("Cc", "")],
];

#[test]
fn p42_the_customer_is_from_in_thirty_mixes_and_nobody_else_is_answered_unasked() {
    assert!(MIXES.len() >= 30);
    for mix in MIXES {
        let shop = Shop::open();
        let fields = [&[("From", "Mara Okafor <mara@example.test>"), ("To", "support@shop.test"), ("Message-ID", "<1@c>")], *mix].concat();
        let received = shop.arrives(&fields, "Hello");
        let conversation = shop.conversation(received.conversation.unwrap());
        let customer = crate::customer::find(&shop.tx, conversation.customer_id).unwrap().unwrap();
        assert_eq!(customer.addresses.iter().map(|a| a.address.as_str()).collect::<Vec<_>>(), ["mara@example.test"], "{mix:?}");
        let message: Message = shop.message(received.message.unwrap());
        assert_eq!((message.from_name.as_str(), message.from_address.as_str()), ("Mara Okafor", "mara@example.test"), "{mix:?}");
        for all in [false, true] {
            let people = desk::recipients_for(&shop.tx, conversation.id, all).unwrap();
            let everyone: Vec<&str> = people.to.iter().chain(&people.cc).map(|p| p.address.as_str()).collect();
            assert_eq!(everyone, ["mara@example.test"], "{mix:?}, all: {all}");
        }
    }
}
