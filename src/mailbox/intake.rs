//! From kept to received: takes mails whose raw bytes are safe, reads them (on several threads: reading is pure), and hands
//! them to the desk, many in one commit, each in a savepoint of its own. One that cannot be read is quarantined and
//! visible; the queue goes on.

use crate::account::{self, Account, Entry, Outcome};
use crate::blobs::Blobs;
use crate::conversation::threading::SenderCheck;
use crate::database::{Database, Millis, Writer};
use crate::desk::{self, Arrival};
use crate::email::{self, Email};
use crate::id::MailboxId;
use crate::secret::SecretKey;
use crate::setting;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Mails taken at once: few enough that a page never waits for their commit, enough to share an fsync.
const BATCH: usize = 128;
/// Bytes of raw mail read into memory at once, beyond the first mail.
const BATCH_BYTES: i64 = 16 * 1024 * 1024;
/// Attempts at filing a mail before a person must look (PROMISES P10).
const ATTEMPTS_MAX: i64 = 3;
/// Threads that read: the two cores of a small machine.
const READING_THREADS: usize = 2;
/// How long to sleep when nothing is written; a wake-up without a tick comes from another process (import, restore).
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub struct Intake {
    pub db: Database,
    pub blobs: Arc<Blobs>,
    pub key: SecretKey,
}

/// A mail with what reading made of it: a letter, or the words for the quarantine.
type Read = (Entry, Result<Email, String>);

impl Intake {
    /// Receives whatever waits, until `stop`.
    pub fn run(&self, stop: &AtomicBool) {
        let ticks = self.db.ticks();
        while !stop.load(Ordering::Relaxed) {
            let before = ticks.count();
            match self.receive_waiting() {
                Ok(0) => {
                    ticks.wait(before, PATIENCE);
                }
                Ok(_) => {}
                Err(failure) => {
                    tracing::error!(%failure, "intake pauses: what waits stays in the ledger");
                    ticks.wait(ticks.count(), PATIENCE);
                }
            }
        }
    }

    /// Receives one batch; returns how many mails it settled or tried.
    pub fn receive_waiting(&self) -> anyhow::Result<usize> {
        let (mut entries, accounts, settled_before) = self.db.read(|c| {
            let accounts: HashMap<MailboxId, Account> = account::all(c)?.into_iter().map(|a| (a.id, a)).collect();
            anyhow::Ok((account::waiting(c, BATCH)?, accounts, setting::settled_before(c, crate::world::now())?))
        })?;
        let mut bytes = 0;
        entries.retain(|entry| {
            bytes += entry.bytes;
            bytes - entry.bytes < BATCH_BYTES
        });
        let count = entries.len();
        if count == 0 {
            return Ok(0);
        }
        let reads = self.read_all(entries);
        crate::failpoint::reached("intake.read");
        let key = self.key.clone();
        self.db.write(move |tx| {
            for (entry, email) in &reads {
                let Some(account) = accounts.get(&entry.mailbox_id) else { continue };
                settle_one(tx, entry, email, account, &key, settled_before)?;
            }
            crate::failpoint::reached("intake.received");
            anyhow::Ok(())
        })?;
        Ok(count)
    }

    fn read_all(&self, entries: Vec<Entry>) -> Vec<Read> {
        let chunk = entries.len().div_ceil(READING_THREADS).max(1);
        std::thread::scope(|scope| {
            let threads: Vec<_> = entries
                .chunks(chunk)
                .map(|some| scope.spawn(move || some.iter().map(|entry| (entry.clone(), self.read_one(entry))).collect::<Vec<Read>>()))
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
        })
    }

    fn read_one(&self, entry: &Entry) -> Result<Email, String> {
        let hash = entry.raw_hash.ok_or("its raw text was never fetched")?;
        let raw = self.blobs.get(hash).map_err(|e| e.to_string())?;
        catch_unwind(AssertUnwindSafe(|| email::read(&raw))).map_err(|_| "reading it failed inside: please report this mail".to_owned())
    }
}

/// Files one mail in a savepoint. A failure is counted; a panic, or one failure too many, puts the mail in quarantine.
fn settle_one(
    tx: &Writer,
    entry: &Entry,
    email: &Result<Email, String>,
    account: &Account,
    key: &SecretKey,
    settled_before: Millis,
) -> crate::database::Result<()> {
    let words = match email {
        Err(words) => words.clone(),
        Ok(email) => {
            let arrival = Arrival { entry, account, email, key, sender_check: SenderCheck::On, settled_before };
            match tx.attempt(|| desk::receive(tx, &arrival, crate::world::now()))? {
                Ok(_) => return Ok(()),
                Err(failure) => failure.to_string(),
            }
        }
    };
    let panicked = email.is_err() || words.contains("a step failed inside a transaction");
    let attempts = account::failed_attempt(tx, entry.id, &words)?;
    if panicked || attempts >= ATTEMPTS_MAX {
        tracing::error!(ledger = entry.id.0, reason = %words, "a mail is quarantined");
        account::settle(tx, entry.id, Outcome::Quarantined, &words, None)?;
    }
    Ok(())
}
