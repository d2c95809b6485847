//! P01: a mail accepted from IMAP is durable before its mark moves or the server's copy is flagged. The plug is pulled
//! (`kill -9`) while mail arrives. A few kills on every run; `RESTANTE_FULL=1` pulls it 1,000 times over 5,000 mails.

use crate::support::restante::{add_mailbox, add_owner};
use crate::support::shop::question;
use crate::support::{MailStack, Restante, eventually, full, look_for, within};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

const ADDRESS: &str = "support@shop.test";
/// The longest life of a process in this test.
const LIFE_MS_MAX: u64 = 900;

#[test]
fn p01_pulling_the_plug_while_mail_arrives_loses_and_doubles_nothing() {
    let (kills, mails) = if full() { (1_000, 5_000) } else { (25, 200) };
    let stack = MailStack::start();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    add_owner(&data);
    add_mailbox(&data, ADDRESS, &stack.imap_url(ADDRESS), &stack.smtp_url(ADDRESS), &["--after-import", "mark-read"]);
    let port = stack.imap;
    let arriving = std::thread::spawn(move || arrive(port, mails, kills));
    for kill in 0..kills {
        let restante = Restante::spawn(&data, &[]);
        pause(40 + (kill * 7919) % LIFE_MS_MAX);
        restante.kill();
        no_flag_without_a_mail(&stack, &data);
    }
    arriving.join().unwrap();
    let restante = Restante::serve(&data);
    let count = |sql: &str| question(&data, sql, "").unwrap_or(-1);
    within(Duration::from_secs(120), "every mail is a message", || (count("SELECT count(*) FROM message") >= mails as i64).then_some(()));
    eventually("nothing waits", || (count("SELECT count(*) FROM ledger WHERE outcome IN ('kept', 'unfetched')") == 0).then_some(()));
    assert_eq!(count("SELECT count(*) FROM message"), mails as i64, "doubled");
    assert_eq!(count("SELECT count(DISTINCT identifier) FROM message"), mails as i64, "lost");
    assert_eq!(count("SELECT count(*) FROM ledger WHERE outcome = 'imported'"), mails as i64);
    no_flag_without_a_mail(&stack, &data);
    restante.stop();
}

/// Puts `mails` mails into the box, spread over the life of the test.
fn arrive(port: u16, mails: u64, kills: u64) {
    let mut inbox = crate::support::Imap::login(port, ADDRESS, crate::support::mail_stack::PASSWORD);
    for number in 0..mails {
        let mail = format!(
            "From: Mara <mara{number}@example.test>\r\nTo: <{ADDRESS}>\r\nSubject: Letter {number}\r\nMessage-ID: <p01.{number}@example.test>\r\n\r\nLetter {number}\r\n"
        );
        inbox.append("INBOX", mail.as_bytes());
        if number % 10 == 9 {
            pause(kills * LIFE_MS_MAX / 2 / (mails / 10).max(1));
        }
    }
}

/// What is marked as read on the server stands in the ledger with its bytes.
fn no_flag_without_a_mail(stack: &MailStack, data: &Path) {
    let seen: Vec<u32> = stack.open_box(ADDRESS).flags("INBOX").into_iter().filter(|(_, flags)| flags.contains("\\Seen")).map(|(uid, _)| uid).collect();
    let connection = rusqlite::Connection::open(data.join("restante.db")).unwrap();
    let mut rows = connection.prepare("SELECT uid FROM ledger WHERE raw_hash IS NOT NULL").unwrap();
    let known: BTreeSet<u32> = rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    for uid in seen {
        assert!(known.contains(&uid), "UID {uid} is marked as read on the server and not in the ledger");
    }
}

fn pause(milliseconds: u64) {
    look_for(Duration::from_millis(milliseconds), || None::<()>);
}
