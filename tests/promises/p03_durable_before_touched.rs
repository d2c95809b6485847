//! P03: durable means after power loss. Under strace, every mail's bytes and its ledger row are written and synced (WAL,
//! or file and folder) before the command that marks or moves its copy on the server leaves. That every connection that
//! writes has `synchronous=FULL` is shown beside the database and the raw mails.

use crate::support::mail_stack::PASSWORD;
use crate::support::restante::{add_mailbox, add_owner};
use crate::support::strace::{self, Call};
use crate::support::{Imap, MailStack, Restante, eventually, unique};
use std::collections::HashMap;
use std::path::Path;

const MAILS: u32 = 100;
/// Mails that come at once: some share a commit, and there are at least ten commands to look at.
const AT_ONCE: u32 = 10;
/// More than what stays in the database: such a mail is a file.
const LARGE_BYTES: usize = 300 * 1024;

/// A large mail whose file is there already, named by a process that was killed before the name was durable.
const LEFT_BEHIND: u32 = 13;

type Hash = [u8; 32];

#[test]
fn p03_a_mail_is_synced_before_its_copy_is_marked_as_read() {
    all_are_synced_before("UID STORE ", &["--after-import", "mark-read"], |imap| {
        imap.flags("INBOX").iter().filter(|(_, flags)| flags.contains("\\Seen")).count() as u32
    });
}

#[test]
fn p03_a_mail_is_synced_before_its_copy_is_moved() {
    all_are_synced_before("UID MOVE ", &["--after-import", "move:Archive"], |imap| imap.uids("Archive").len() as u32);
}

fn all_are_synced_before(command: &str, wish: &[&str], touched: fn(&mut Imap) -> u32) {
    strace::insist_that_it_may();
    let stack = MailStack::shared();
    let folder = tempfile::tempdir().unwrap();
    let (data, log) = (folder.path().join("data"), folder.path().join("strace.log"));
    let address = format!("{}@shop.test", unique("p03"));
    let mut client = Imap::login(stack.imap, &address, PASSWORD);
    client.uids("INBOX");
    add_owner(&data);
    add_mailbox(&data, &address, &stack.imap_url(&address), &stack.smtp_url(&address), wish);
    leave_behind(&data, letter(&address, LEFT_BEHIND).as_bytes());
    let program = strace::program(&log);
    let program: Vec<&str> = program.iter().map(String::as_str).collect();
    let mut restante = Restante::spawn_through(&program, &data, &[]);
    let pid = restante.pid();
    restante.wait_until_it_answers();
    eventually("the mailbox is watched", || crate::support::shop::question(&data, "SELECT id FROM folder WHERE history_below = 0", ""));
    for number in 0..MAILS {
        client.append("INBOX", letter(&address, number).as_bytes());
        if number % AT_ONCE == AT_ONCE - 1 {
            eventually("all so far are touched", || (touched(&mut client) == number + 1).then_some(()));
        }
    }
    restante.stop();
    let calls = strace::calls(&log, pid);
    judge(&calls, &data, command, &format!(":{}]", stack.imap));
}

/// Each mail's way to the disk is found by its hash, which stands in the pages written to both logs.
fn judge(calls: &[Call], data: &Path, command: &str, server: &str) {
    let kept = &kept(data);
    assert_eq!(kept.len() as u32, MAILS);
    let written = [first_writes(calls, "/mail.db-wal", kept), first_writes(calls, "/restante.db-wal", kept)];
    let told = commands(calls, command, server);
    assert!(told.len() as u32 >= MAILS / AT_ONCE, "only {} commands begin with {command}", told.len());
    let (mut shown, mut files) = (0, 0);
    for (uid, hash) in kept {
        let touched = told.iter().filter(|(_, uids)| uids.contains(uid)).map(|(at, _)| at).min().unwrap_or_else(|| panic!("UID {uid} was never touched"));
        let file = file_synced(calls, data, hash);
        files += usize::from(file.is_some());
        let raw = synced(calls, "/mail.db-wal", written[0][hash], file.unwrap_or(0));
        let ledger = synced(calls, "/restante.db-wal", written[1][hash], raw);
        assert!(ledger < *touched, "UID {uid}: line {touched} touches it, synced at {ledger}");
        shown += 1;
    }
    assert_eq!((shown, files as u32), (MAILS, MAILS / AT_ONCE));
}

/// Where the sync ended that made the write that began at `written` durable; that one must not have begun before `after`.
fn synced(calls: &[Call], log: &str, written: usize, after: usize) -> usize {
    assert!(written > after, "line {written} names in {log} what is safe only at line {after}");
    let sync =
        calls.iter().filter(|c| matches!(c.name.as_str(), "fdatasync" | "fsync") && c.on.ends_with(log) && c.started > written).min_by_key(|c| c.started);
    sync.unwrap_or_else(|| panic!("{log} was not synced after line {written}")).ended
}

/// Where the folder of a large mail's file was synced: after the file was, under its first name, and had got its own.
fn file_synced(calls: &[Call], data: &Path, hash: &Hash) -> Option<usize> {
    let (file, name) = (file_of(data, hash), data_encoding::HEXLOWER.encode(hash));
    if !file.exists() {
        return None;
    }
    let shelf = format!("/blobs/{}", &name[..2]);
    let named = calls.iter().find(|c| c.name.starts_with("rename") && c.arguments.contains(&format!("{shelf}/{name}\"")));
    let sync =
        |file: &str, from: usize| calls.iter().find(|c| c.name == "fsync" && c.started > from && (c.on.ends_with(file) || c.on.contains(&format!("{file}."))));
    if let Some(named) = named {
        let bytes = sync(&format!("{shelf}/{name}"), 0).unwrap_or_else(|| panic!("{name} was named before its bytes were synced"));
        assert!(bytes.ended < named.started, "{name} was named before its bytes were synced");
    }
    Some(sync(&shelf, named.map_or(0, |named| named.ended)).expect("the folder of a file is synced").ended)
}

/// A file as a process leaves it that was killed before it could sync the folder.
fn leave_behind(data: &Path, mail: &[u8]) {
    let file = file_of(data, &restante::blobs::Hash::of(mail).0);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, mail).unwrap();
}

fn file_of(data: &Path, hash: &Hash) -> std::path::PathBuf {
    let name = data_encoding::HEXLOWER.encode(hash);
    data.join("blobs").join(&name[..2]).join(name)
}

/// The first write to `log` that names each hash.
fn first_writes(calls: &[Call], log: &str, kept: &HashMap<u32, Hash>) -> HashMap<Hash, usize> {
    let mut begins = vec![false; 1 << 16];
    for hash in kept.values() {
        begins[usize::from(u16::from_le_bytes([hash[0], hash[1]]))] = true;
    }
    let known: std::collections::HashSet<&[u8]> = kept.values().map(|hash| &hash[..]).collect();
    let mut first = HashMap::new();
    for call in calls.iter().filter(|c| matches!(c.name.as_str(), "write" | "pwrite64") && c.on.ends_with(log)) {
        let bytes = call.bytes();
        for part in bytes.windows(32).filter(|part| begins[usize::from(u16::from_le_bytes([part[0], part[1]]))] && known.contains(part)) {
            first.entry(part.try_into().unwrap()).or_insert(call.started);
        }
    }
    first
}

/// The commands of this kind that left for the server: where, and for which UIDs.
fn commands(calls: &[Call], command: &str, server: &str) -> Vec<(usize, Vec<u32>)> {
    let sent = calls.iter().filter(|c| matches!(c.name.as_str(), "write" | "sendto") && c.on.contains(server));
    let told = sent.filter_map(|call| {
        let words = String::from_utf8_lossy(&call.bytes()).into_owned();
        let set = words.split_once(command)?.1.split(' ').next()?.to_owned();
        Some((call.started, uids(&set)))
    });
    told.collect()
}

/// `3,7:9` as RFC 3501 writes a set.
fn uids(set: &str) -> Vec<u32> {
    let number = |word: &str| word.parse::<u32>().unwrap();
    set.split(',').flat_map(|part| part.split_once(':').map_or_else(|| number(part)..=number(part), |(from, to)| number(from)..=number(to))).collect()
}

fn kept(data: &Path) -> HashMap<u32, Hash> {
    let connection = rusqlite::Connection::open(data.join("restante.db")).unwrap();
    let mut rows = connection.prepare("SELECT uid, raw_hash FROM ledger JOIN folder ON folder.id = folder_id WHERE folder.name = 'INBOX'").unwrap();
    rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

fn letter(address: &str, number: u32) -> String {
    let words = if number % AT_ONCE == 3 { "A long letter. ".repeat(LARGE_BYTES / 15) } else { format!("Letter {number}") };
    format!("From: Mara <mara@example.test>\r\nTo: <{address}>\r\nSubject: Letter {number}\r\nMessage-ID: <{number}.{address}>\r\n\r\n{words}\r\n")
}
