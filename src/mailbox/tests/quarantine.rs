//! PROMISES P10, behind the watcher: one mail that cannot be filed, wherever in the pile, holds up none of the others and
//! is not lost. Waiting is counted in batches, not in seconds.

use super::life::{Life, within};
use super::shop::{account, key, mail};
use crate::account::{self as accounts, NewEntry, Outcome, Source};
use crate::blobs::Blobs;
use crate::database::{self, Database};
use crate::mailbox::intake::Intake;
use std::sync::Arc;

/// As many as one batch takes.
const BATCH: usize = 256;
const POSITIONS: usize = 20;

#[test]
fn p10_a_mail_that_cannot_be_filed_is_put_aside_after_three_attempts_and_the_others_do_not_wait() {
    let mails = if std::env::var_os("RESTANTE_FULL").is_some() { 1_000 } else { 60 };
    for position in (0..POSITIONS).map(|n| n * (mails - 1) / (POSITIONS - 1)) {
        let data = tempfile::tempdir().unwrap();
        let intake = pile(data.path(), mails, position);
        let without_poison = mails.div_ceil(BATCH);
        for _ in 0..without_poison {
            intake.receive_waiting().unwrap();
        }
        // The poisoned one takes a place in each of its batches: no more than that many mails wait one batch longer.
        let late = count(&intake, Outcome::Kept);
        assert!(late <= 3, "position {position}: {late} wait");
        while intake.receive_waiting().unwrap() > 0 {}
        assert_eq!(count(&intake, Outcome::Imported), mails - 1, "position {position}");
        let (attempts, reason, raw): (i64, String, Vec<u8>) = question(&intake, "SELECT attempts, reason, raw_hash FROM ledger WHERE outcome = 'quarantined'");
        assert_eq!(attempts, 3, "position {position}");
        assert!(reason.contains("a poisoned mail"), "{reason}");
        let raw = intake.blobs.get(crate::blobs::Hash::from_slice(&raw).unwrap()).unwrap();
        assert!(raw == poison(), "its raw text is here");
        let health = intake.db.read(|c| accounts::health(c, accounts::all(c)?[0].id)).unwrap();
        assert_eq!(health.quarantined, 1, "this is what the banner says");
    }
}

#[test]
fn p10_a_panic_in_the_reading_of_a_mail_puts_it_aside_at_once_and_ends_nothing() {
    let data = tempfile::tempdir().unwrap();
    let intake = pile(data.path(), 9, usize::MAX);
    // In a process of its own: nobody else's mail is to be read while the panic waits.
    let life = Life::begin(data.path(), "intake.reading:4:panic");
    within("nothing waits", || count(&intake, Outcome::Kept) == 0);
    life.end();
    assert_eq!((count(&intake, Outcome::Imported), count(&intake, Outcome::Quarantined)), (8, 1));
    let (attempts, reason, _) = question(&intake, "SELECT attempts, reason, raw_hash FROM ledger WHERE outcome = 'quarantined'");
    assert_eq!((attempts, reason.as_str()), (0, "reading it failed inside: please report this mail"));
}

fn poison() -> Vec<u8> {
    b"From: c@example.test\r\nSubject: Poison\r\n\r\nHello\r\n".to_vec()
}

/// Mails that are safe and wait to be filed, a poisoned one among them at `position`.
fn pile(data: &std::path::Path, mails: usize, position: usize) -> Intake {
    let db = Database::open(&data.join("restante.db")).unwrap();
    let blobs = Arc::new(Blobs::open(data).unwrap());
    let bytes: Vec<Vec<u8>> = (0..mails).map(|n| if n == position { poison() } else { mail(n) }).collect();
    let hashes = blobs.keep(&bytes.iter().map(Vec::as_slice).collect::<Vec<_>>()).unwrap();
    let new = account(Source::Folder { path: "/nowhere".into() });
    db.write(move |tx| {
        let mailbox = accounts::add(tx, &new, 0)?;
        let folder_id = accounts::folders(tx, mailbox)?.remove(0).id;
        for (number, raw_hash) in hashes.into_iter().enumerate() {
            let (uid, bytes) = (number as u32 + 1, bytes[number].len() as i64);
            let entry = NewEntry { folder_id, uid_validity: 1, uid, bytes, internal_date: None, raw_hash, too_big: false, rescan: false, history: false };
            accounts::advance(tx, &entry, 0)?;
        }
        tx.execute("CREATE TRIGGER poison BEFORE INSERT ON message WHEN NEW.subject = 'Poison' BEGIN SELECT RAISE(ABORT, 'a poisoned mail'); END", [])?;
        Ok::<_, database::Error>(())
    })
    .unwrap();
    Intake { db, blobs, key: key() }
}

fn count(intake: &Intake, outcome: Outcome) -> usize {
    let rows: i64 = question(intake, &format!("SELECT count(*), '', x'' FROM ledger WHERE outcome = '{}'", outcome.as_str())).0;
    rows as usize
}

fn question(intake: &Intake, sql: &str) -> (i64, String, Vec<u8>) {
    intake.db.read(|c| c.one(sql, [], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))).map_err(|e: database::Error| e).unwrap()
}
