//! From kept to received: takes mails whose raw bytes are safe, reads them (on several threads: reading is pure), and hands
//! them to the desk, many in one commit; when one of them fails, each in a commit of its own. One that cannot be read is quarantined and
//! visible; the queue goes on.

use crate::account::{self, Account, Entry, Outcome};
use crate::blobs::{self, Blobs};
use crate::conversation::threading::SenderCheck;
use crate::database::{Database, Millis, Writer};
use crate::desk::{self, Arrival, leads, returns};
use crate::email::{self, Email, Kind};
use crate::id::{LedgerId, MailboxId};
use crate::lead::reading as about;
use crate::return_request::reading::Reading;
use crate::secret::SecretKey;
use crate::setting;
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Mails taken at once: few enough that a page never waits for their commit, enough to share an fsync.
const BATCH: usize = 256;
/// Bytes of raw mail read into memory at once, beyond the first mail; two batches are there at a time.
const BATCH_BYTES: i64 = 8 * 1024 * 1024;
/// Attempts at filing a mail before a person must look (PROMISES P10).
const ATTEMPTS_MAX: i64 = 3;
/// Threads that read: the two cores of a small machine.
const READING_THREADS: usize = 2;
/// So few mails are read by one thread.
const ALONE_MAX: usize = 8;
/// How long to sleep when nothing is written; a wake-up without a tick comes from another process (import, restore).
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub struct Intake {
    pub db: Database,
    pub blobs: Arc<Blobs>,
    pub key: SecretKey,
}

/// A mail with what reading made of it, or the words for the quarantine.
type Read = (Entry, Result<Letter, String>);

/// What its text says about returns and about its writer, where a person wrote it.
struct Letter {
    email: Email,
    reading: Option<Reading>,
    about: Option<about::Reading>,
}

/// What helps to read.
struct Context {
    returns: returns::Context,
    about: about::Known,
}
type Accounts = HashMap<MailboxId, Account>;

/// Mails that were read and are to be filed together.
struct Pile {
    reads: Arc<Vec<Read>>,
    accounts: Arc<Accounts>,
    settled_before: Millis,
}

impl Intake {
    /// Receives whatever waits, until `stop`.
    pub fn run(&self, stop: &AtomicBool) {
        let ticks = self.db.ticks();
        while !stop.load(Ordering::Relaxed) {
            let before = ticks.count();
            match self.receive_all(stop) {
                Ok(()) => {
                    ticks.wait(before, PATIENCE);
                }
                Err(failure) => {
                    tracing::error!(%failure, "intake pauses: what waits stays in the ledger");
                    ticks.wait(ticks.count(), PATIENCE);
                }
            }
        }
    }

    /// Receives one batch; returns how many mails it settled or tried.
    pub fn receive_waiting(&self) -> anyhow::Result<usize> {
        let pile = self.take(&[])?;
        self.file(&pile)?;
        Ok(pile.reads.len())
    }

    /// Receives until nothing waits; while one batch is filed, the next one is read.
    fn receive_all(&self, stop: &AtomicBool) -> anyhow::Result<()> {
        let mut pile = self.take(&[])?;
        while !pile.reads.is_empty() && !stop.load(Ordering::Relaxed) {
            pile = std::thread::scope(|scope| {
                let next = scope.spawn(|| self.take(&pile.reads));
                self.file(&pile)?;
                next.join().unwrap_or_else(|_| anyhow::bail!("reading ahead failed inside"))
            })?;
        }
        Ok(())
    }

    /// Reads a batch of what waits, other than what is being filed.
    fn take(&self, being_filed: &[Read]) -> anyhow::Result<Pile> {
        let (mut entries, accounts, settled_before, context) = self.db.read(|c| {
            let accounts: Accounts = account::all(c)?.into_iter().map(|a| (a.id, a)).collect();
            anyhow::Ok((
                account::waiting(c, BATCH + being_filed.len())?,
                accounts,
                setting::settled_before(c, crate::world::now())?,
                Context { returns: returns::reading_context(c)?, about: leads::reading_context(c)? },
            ))
        })?;
        let filed: HashSet<LedgerId> = being_filed.iter().map(|(entry, _)| entry.id).collect();
        entries.retain(|entry| !filed.contains(&entry.id));
        entries.truncate(BATCH);
        let mut bytes = 0;
        entries.retain(|entry| {
            bytes += entry.bytes;
            bytes - entry.bytes < BATCH_BYTES
        });
        if !entries.is_empty() {
            crate::failpoint::reached("intake.taken");
        }
        let reads = Arc::new(self.read_all(entries, &context));
        if !reads.is_empty() {
            crate::failpoint::reached("intake.read");
        }
        Ok(Pile { reads, accounts: Arc::new(accounts), settled_before })
    }

    fn file(&self, pile: &Pile) -> anyhow::Result<()> {
        let Pile { reads, accounts, settled_before } = pile;
        if reads.is_empty() {
            return Ok(());
        }
        let (key, all, known, settled_before) = (self.key.clone(), reads.clone(), accounts.clone(), *settled_before);
        let at_once = self.db.write_alone(move |tx| {
            for (entry, email) in all.iter() {
                receive_one(tx, entry, email, &known, &key, settled_before)?;
            }
            crate::failpoint::reached("intake.received");
            desk::Result::Ok(())
        });
        if at_once.is_err() {
            self.receive_apart(reads, accounts, settled_before)?;
        }
        Ok(())
    }

    /// One of a batch could not be received: each gets a transaction of its own, so that it alone waits.
    fn receive_apart(&self, reads: &Arc<Vec<Read>>, accounts: &Arc<Accounts>, settled_before: Millis) -> crate::database::Result<()> {
        for number in 0..reads.len() {
            let (key, all, known) = (self.key.clone(), reads.clone(), accounts.clone());
            self.db.write(move |tx| {
                let (entry, email) = &all[number];
                match tx.attempt(|| receive_one(tx, entry, email, &known, &key, settled_before))? {
                    Ok(()) => Ok(()),
                    Err(failure) => note_failed(tx, entry, &failure.to_string()),
                }
            })?;
        }
        Ok(())
    }

    fn read_all(&self, entries: Vec<Entry>, context: &Context) -> Vec<Read> {
        let chunk = entries.len().div_ceil(READING_THREADS).max(ALONE_MAX);
        std::thread::scope(|scope| {
            let threads: Vec<_> = entries.chunks(chunk).map(|some| scope.spawn(move || self.read_some(some, context))).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
        })
    }

    fn read_some(&self, entries: &[Entry], context: &Context) -> Vec<Read> {
        let mut raw = self.blobs.each(entries.iter().filter_map(|entry| entry.raw_hash), read_one).into_iter();
        let never = || Err("its raw text was never fetched".to_owned());
        entries
            .iter()
            .map(|entry| (entry.clone(), entry.raw_hash.and_then(|_| raw.next()).unwrap_or_else(never).and_then(|email| understand(entry, email, context))))
            .collect()
    }
}

fn read_one(raw: blobs::Result<Vec<u8>>) -> Result<Email, String> {
    let raw = raw.map_err(|e| e.to_string())?;
    let read = || {
        crate::failpoint::reached("intake.reading");
        email::read(&raw)
    };
    catch_unwind(AssertUnwindSafe(read)).map_err(|_| "reading it failed inside: please report this mail".to_owned())
}

/// A rule that fails on a mail is a fault like one in its reading. History moves nothing: what it says about returns is read when
/// somebody asks; what its writer likes is worth knowing all the same.
fn understand(entry: &Entry, email: Email, context: &Context) -> Result<Letter, String> {
    let read = || {
        let reading = if entry.history { None } else { context.returns.read(&email) };
        let about = (email.kind == Kind::Person).then(|| about::read(&about::Letter::of(&email), &context.about));
        (reading, about)
    };
    let understood = catch_unwind(AssertUnwindSafe(read));
    let (reading, about) = understood.map_err(|_| "understanding it failed inside: please report this mail".to_owned())?;
    Ok(Letter { email, reading, about })
}

/// Files one mail; one that could not be read goes into quarantine.
fn receive_one(tx: &Writer, entry: &Entry, read: &Result<Letter, String>, accounts: &Accounts, key: &SecretKey, settled_before: Millis) -> desk::Result<()> {
    let Some(account) = accounts.get(&entry.mailbox_id) else { return Ok(()) };
    match read {
        Ok(Letter { email, reading, about }) => {
            let arrival =
                Arrival { entry, account, email, reading: reading.as_ref(), about: about.as_ref(), key, sender_check: SenderCheck::On, settled_before };
            desk::receive(tx, &arrival, crate::world::now()).map(|_| ())
        }
        Err(words) => Ok(quarantine(tx, entry, words)?),
    }
}

/// A failure is counted; a panic, or one failure too many, puts the mail in quarantine.
fn note_failed(tx: &Writer, entry: &Entry, words: &str) -> crate::database::Result<()> {
    crate::failpoint::reached("intake.failed");
    let attempts = account::failed_attempt(tx, entry.id, words)?;
    crate::failpoint::reached("intake.attempt_noted");
    if words.contains("a step failed inside a transaction") || attempts >= ATTEMPTS_MAX {
        quarantine(tx, entry, words)?;
    }
    Ok(())
}

fn quarantine(tx: &Writer, entry: &Entry, words: &str) -> crate::database::Result<()> {
    tracing::error!(ledger = entry.id.0, reason = %words, "a mail is quarantined");
    crate::failpoint::reached("intake.quarantining");
    account::settle(tx, entry.id, Outcome::Quarantined, words, None)?;
    crate::failpoint::reached("intake.quarantined");
    Ok(())
}
