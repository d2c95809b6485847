//! P02 with the real binary and a real server: the process ends at a step (`--fail-at`), is started again, and the records
//! are compared with those of a run that nothing disturbed. The mailbox holds what can go wrong: a question, its answer,
//! the same bytes twice, a broken mail, a reply in Sent. Every step in every scenario is interrupted beside the watcher
//! (`src/mailbox/tests/interrupted.rs`); here stand those at which the most is at stake.

use crate::support::mail_stack::PASSWORD;
use crate::support::restante::{add_mailbox, add_owner};
use crate::support::{Imap, MailStack, Restante, eventually, look_for, unique};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Steps of intake, and at which pass.
const STEPS: &[(&str, u32)] = &[
    ("mailbox.settled", 0),
    ("blobs.file_named", 0),
    ("mailbox.raw_kept", 0),
    ("database.commit", 4),
    ("mailbox.ledger_committed", 0),
    ("receive.filed", 3),
    ("intake.received", 0),
    ("mailbox.compared", 0),
];
const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn p02_a_process_that_ended_anywhere_goes_on_as_if_it_had_not() {
    let stack = MailStack::start();
    let address = format!("{}@shop.test", unique("p02"));
    fill(&stack, &address);
    let folder = tempfile::tempdir().unwrap();
    let undisturbed = shop(&stack, &address, &folder.path().join("undisturbed"));
    let wanted = settle(&undisturbed);
    assert_eq!(wanted.iter().filter(|line| line.starts_with("message")).count(), 6, "{wanted:#?}");
    assert_eq!(wanted.iter().filter(|line| line.contains("duplicate")).count(), 1, "{wanted:#?}");
    for (step, pass) in STEPS {
        let data = shop(&stack, &address, &folder.path().join(format!("{step}-{pass}")));
        let fail_at = format!("{step}:{pass}");
        let (interrupted, log) = until_it_ends(&data, &fail_at);
        assert!(interrupted, "{fail_at} was not reached: is the step still named so?\n{log}");
        assert_eq!(settle(&data), wanted, "interrupted at {fail_at}\n{log}");
    }
    // Idempotence: another life of the undisturbed one changes nothing.
    assert_eq!(settle(&undisturbed), wanted);
}

fn fill(stack: &MailStack, address: &str) {
    let mut imap = Imap::login(stack.imap, address, PASSWORD);
    let mail = |id: &str, more: &str, text: &str| {
        format!("From: Mara <mara@example.test>\r\nTo: <{address}>\r\nSubject: Low Tide\r\nMessage-ID: <{id}>\r\n{more}\r\n{text}\r\n")
    };
    imap.append("INBOX", mail("1@p02", "", "It came creased.").as_bytes());
    imap.append("INBOX", mail("2@p02", "In-Reply-To: <1@p02>\r\n", "Photos follow.").as_bytes());
    imap.append("INBOX", mail("1@p02", "", "It came creased.").as_bytes());
    imap.append("INBOX", b"\x00\xff broken from the first byte, no header at all");
    imap.append("INBOX", mail("4@p02", "", &"A long letter. ".repeat(30_000)).as_bytes());
    imap.append("INBOX", mail("5@p02", "References: <ghost@p02>\r\n", "About a mail you never saw.").as_bytes());
    let reply = format!(
        "From: <{address}>\r\nTo: Mara <mara@example.test>\r\nSubject: Re: Low Tide\r\nMessage-ID: <3@p02>\r\nIn-Reply-To: <2@p02>\r\n\r\nWe are sorry.\r\n"
    );
    imap.append("Sent", reply.as_bytes());
}

fn shop(stack: &MailStack, address: &str, data: &Path) -> PathBuf {
    add_owner(data);
    add_mailbox(data, address, &stack.imap_url(address), &stack.smtp_url(address), &["--sent", "Sent", "--after-import", "mark-read"]);
    data.to_owned()
}

/// Starts it with the fail-point; true when it ended there.
fn until_it_ends(data: &Path, fail_at: &str) -> (bool, String) {
    let mut restante = Restante::spawn(data, &["--fail-at", fail_at]);
    let ended = look_for(PATIENCE, || restante.exit_code());
    let log = restante.log();
    if ended.is_none() {
        restante.kill();
    }
    (ended == Some(restante::failpoint::EXIT_CODE), log)
}

/// Lets it work until nothing waits, and writes down what it remembers.
fn settle(data: &Path) -> Vec<String> {
    let restante = Restante::serve(data);
    let mut last = Vec::new();
    let dump = eventually("nothing waits and nothing changes", || {
        let now = dump(data);
        let done = !now.iter().any(|line| line.contains("kept")) && now == last && now.iter().filter(|line| line.starts_with("ledger")).count() == 7;
        last = now;
        done.then(|| last.clone())
    });
    restante.stop();
    dump
}

/// What is remembered, without row numbers and moments.
fn dump(data: &Path) -> Vec<String> {
    let connection = rusqlite::Connection::open(data.join("restante.db")).unwrap();
    connection.busy_timeout(Duration::from_secs(5)).unwrap();
    let queries = [
        "SELECT 'message ' || coalesce(identifier, '-') || ' ' || direction || ' ' || hex(raw_hash) || ' ' || email_kind || ' ' || json_extract(placement, '$.because')
           || ' with ' || (SELECT group_concat(coalesce(other.identifier, '-'), ',') FROM (SELECT identifier FROM message o WHERE o.conversation_id = message.conversation_id ORDER BY identifier) other)
         FROM message",
        "SELECT 'ledger ' || folder.name || ' ' || uid || ' ' || outcome || ' ' || hex(raw_hash) || ' ' || attempts FROM ledger JOIN folder ON folder.id = folder_id",
        "SELECT 'conversation ' || status || ' ' || subject || ' ' || message_count || ' ' || preview FROM conversation WHERE merged_into IS NULL",
        "SELECT 'tally ' || status || ' ' || n FROM tally WHERE n > 0",
        "SELECT 'participant ' || address || ' ' || written_to || ' ' || (SELECT coalesce(identifier, '-') FROM message WHERE id = message_id) FROM participant",
    ];
    let mut lines = Vec::new();
    for query in queries {
        let mut statement = connection.prepare(query).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, Option<String>>(0)).unwrap();
        lines.extend(rows.map(|row| row.unwrap().unwrap_or_default()));
    }
    lines.sort();
    lines
}
