//! P15: a reply that the screen confirmed is sent, or visibly not. The plug is pulled (`kill -9`) while replies are
//! written and leave. A few on every run; `RESTANTE_FULL=1` pulls it 1,000 times over 2,000 replies.

use crate::support::restante::{add_mailbox, add_owner};
use crate::support::shop::{question, settle};
use crate::support::{Imap, MailStack, Restante, Visitor, eventually, full, look_for, within};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

const ADDRESS: &str = "support@shop.test";
const CUSTOMER: &str = "mara@example.test";

#[test]
fn p15_pulling_the_plug_while_replies_leave_loses_none_of_them() {
    let (kills, replies) = if full() { (1_000, 2_000) } else { (25, 50) };
    let stack = MailStack::start();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    add_owner(&data);
    add_mailbox(&data, ADDRESS, &stack.imap_url(ADDRESS), &stack.smtp_url(ADDRESS), &[]);
    settle(&data, "undo_seconds", "0");
    let conversation = one_conversation(&stack, &data);

    let mut confirmed = Vec::new();
    for life in 0..kills {
        let mut restante = Restante::spawn(&data, &[]);
        restante.wait_until_it_answers();
        let owner = Visitor::owner(restante.port);
        for number in 0..replies / kills {
            let words = format!("answer {life}.{number} of many");
            let mut form = owner.get(&format!("/conversations/{conversation}")).form_with("name=\"text\"");
            form.set("text", &words);
            form.set("then", "open");
            let page = owner.submit(&form);
            assert!(page.status == 200 && page.html.contains(&words), "{} {}", page.status, page.html);
            confirmed.push(words);
        }
        look_for(Duration::from_millis((life * 131) % 400), || None::<()>);
        restante.kill();
    }
    let restante = Restante::serve(&data);
    let waiting = "SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending', 'deferred')";
    within(Duration::from_secs(120), "nothing waits any more", || (question(&data, waiting, "") == Some(0)).then_some(()));
    let settled = question(&data, "SELECT count(*) FROM outbox WHERE state IN ('accepted', 'failed', 'uncertain')", "");
    assert_eq!(settled, Some(confirmed.len() as i64), "a confirmed reply is neither sent nor visibly not");
    count_copies(&stack, &data, &confirmed, kills as usize);
    restante.stop();
}

/// What the records call accepted lies in the customer's box; a second copy exists at most once for each kill.
fn count_copies(stack: &MailStack, data: &Path, confirmed: &[String], kills: usize) {
    let accepted = question(data, "SELECT count(*) FROM outbox WHERE state = 'accepted'", "").unwrap() as usize;
    let mut inbox = stack.open_box(CUSTOMER);
    let copies = eventually("what was accepted is delivered", || {
        let copies = copies_of(&mut inbox, confirmed);
        (copies.values().filter(|n| **n > 0).count() >= accepted).then_some(copies)
    });
    let doubles: usize = copies.values().map(|n| n.saturating_sub(1)).sum();
    assert!(doubles <= kills, "{doubles} second copies after {kills} kills");
}

fn copies_of<'a>(inbox: &mut Imap, confirmed: &'a [String]) -> BTreeMap<&'a str, usize> {
    let mails: Vec<String> = inbox.mails("INBOX").iter().map(|mail| String::from_utf8_lossy(mail).into_owned()).collect();
    // Above the quoted history, in its own words: the first line of the text part.
    let opens = |mail: &str, words: &str| mail.split("\r\n\r\n").any(|part| part.starts_with(words));
    confirmed.iter().map(|words| (words.as_str(), mails.iter().filter(|mail| opens(mail, words)).count())).collect()
}

fn one_conversation(stack: &MailStack, data: &Path) -> i64 {
    let mail = format!("From: Mara <{CUSTOMER}>\r\nTo: <{ADDRESS}>\r\nSubject: One\r\nMessage-ID: <p15@example.test>\r\n\r\nA question\r\n");
    stack.open_box(ADDRESS).append("INBOX", mail.as_bytes());
    let restante = Restante::serve(data);
    let conversation = eventually("the mail is a message", || question(data, "SELECT conversation_id FROM message WHERE identifier = 'p15@example.test'", ""));
    restante.stop();
    conversation
}
