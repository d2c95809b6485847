//! P09: a second client removes mails at random while they are fetched, on a real server. Bodies and UIDs are never mixed:
//! whatever is kept under a UID is the mail that had it, and every mail that is left is kept.

use crate::support::restante::{add_mailbox, add_owner};
use crate::support::{Imap, MailStack, Restante, within};
use restante::blobs::Hash;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

const MAILS: u32 = 1_000;
const ADDRESS: &str = "p09@shop.test";
/// Removed before the first is fetched, while they are fetched, and when some are kept already.
const AT_FIRST: usize = 20;
const MEANWHILE: usize = 200;
const AFTER: usize = 20;

#[test]
fn p09_mails_removed_while_they_are_fetched_never_mix_bodies_and_uids() {
    let stack = MailStack::shared();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    add_owner(&data);
    add_mailbox(&data, ADDRESS, &stack.imap_url(ADDRESS), &stack.smtp_url(ADDRESS), &[]);
    let mut client = stack.open_box(ADDRESS);
    let mut left: BTreeMap<u32, Hash> = BTreeMap::new();
    for uid in 1..=MAILS {
        let mail = letter(uid);
        client.append("INBOX", mail.as_bytes());
        left.insert(uid, Hash::of(mail.as_bytes()));
    }
    let source = left.clone();
    assert_eq!(client.uids("INBOX"), left.keys().copied().collect::<Vec<_>>());
    let mut dice = 0x5eed_u32;
    for _ in 0..AT_FIRST {
        remove_one(&mut client, &mut left, &mut dice);
    }
    let restante = Restante::serve(&data);
    for _ in 0..MEANWHILE {
        remove_one(&mut client, &mut left, &mut dice);
    }
    within(Duration::from_secs(60), "half of what is left is kept", || (kept(&data).len() > left.len() / 2).then_some(()));
    for _ in 0..AFTER {
        remove_one(&mut client, &mut left, &mut dice);
    }
    within(Duration::from_secs(60), "all that are left are kept", || {
        let kept = kept(&data);
        left.iter().all(|(uid, hash)| kept.get(uid) == Some(hash)).then_some(())
    });
    restante.stop();
    let kept = kept(&data);
    let wrong: BTreeSet<u32> = kept.iter().filter(|(uid, hash)| source.get(*uid) != Some(*hash)).map(|(uid, _)| *uid).collect();
    assert!(wrong.is_empty(), "bytes of another mail are kept under {wrong:?}");
    assert_eq!(client.uids("INBOX"), left.keys().copied().collect::<Vec<_>>(), "we removed none");
    assert!(kept.len() < MAILS as usize && kept.len() > left.len(), "some were removed before they were fetched, some after: {} of {}", kept.len(), left.len());
}

fn remove_one(client: &mut Imap, left: &mut BTreeMap<u32, Hash>, dice: &mut u32) {
    *dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    let uid = *left.keys().nth((*dice >> 8) as usize % left.len()).unwrap();
    client.store(&uid.to_string(), "+FLAGS.SILENT (\\Deleted)");
    client.command(&format!("UID EXPUNGE {uid}"));
    left.remove(&uid);
}

fn kept(data: &Path) -> BTreeMap<u32, Hash> {
    let connection = rusqlite::Connection::open(data.join("restante.db")).unwrap();
    connection.busy_timeout(Duration::from_secs(5)).unwrap();
    let mut rows = connection.prepare("SELECT uid, raw_hash FROM ledger WHERE raw_hash IS NOT NULL").unwrap();
    rows.query_map([], |row| Ok((row.get(0)?, Hash(row.get(1)?)))).unwrap().map(Result::unwrap).collect()
}

/// Of ever other length, so that a body under a wrong number would also be cut wrongly.
fn letter(uid: u32) -> String {
    let words = "Words. ".repeat(uid as usize * 37 % 400);
    format!("From: Mara <mara@example.test>\r\nTo: <{ADDRESS}>\r\nSubject: Letter {uid}\r\nMessage-ID: <{uid}.p09@example.test>\r\n\r\n{words}\r\n")
}
