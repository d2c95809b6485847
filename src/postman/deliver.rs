//! One letter's way out, and what is written down about it. Whatever happens, a panic included, the letter ends in a
//! state that somebody can see, and the next one goes on.

use super::folder;
use super::smtp::{Patience, Recipient, Server, Session};
use super::tell::{clear_note, note_failure, tell};
use crate::account::{self, Account, Carrier, Service};
use crate::blobs::{self, Blobs};
use crate::database::{self, Database, Millis};
use crate::desk;
use crate::email::compose::wire_address;
use crate::email::{self, EmailAddress};
use crate::failpoint::reached;
use crate::outbox::{self, Claimed, Fate, Settled};
use crate::secret::SecretKey;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Between two tries to write down a result while the disk is full.
const RECORD_AGAIN: Duration = Duration::from_secs(1);
/// If the conversation cannot be told (its rows are damaged, say), the letter's own state is written down without.
const TELLING_TRIES: u32 = 5;
const STOPPING: &str = "Restante was stopped before the mail was handed over.";

/// What a delivery needs.
pub struct Office {
    pub db: Database,
    pub blobs: Arc<Blobs>,
    pub key: SecretKey,
    pub patience: Patience,
    pub stop: Arc<AtomicBool>,
    clock: Box<dyn Fn() -> Millis + Send + Sync>,
}

/// How an attempt went.
#[derive(Clone, Debug)]
enum Attempt {
    /// Fates that are not written down yet.
    Tried(Vec<(String, Fate)>),
    /// There is no way to the server: in the owner's words.
    NoWay(String),
}

impl Office {
    pub fn new(db: Database, blobs: Arc<Blobs>, key: SecretKey, patience: Patience, clock: impl Fn() -> Millis + Send + Sync + 'static) -> Office {
        Office { db, blobs, key, patience, stop: Arc::default(), clock: Box::new(clock) }
    }

    pub fn now(&self) -> Millis {
        (self.clock)()
    }

    /// Letters that were on their way when the process ended: waiting again, or uncertain.
    pub fn recover(&self) -> database::Result<()> {
        for (letter, dot_written) in self.db.read(outbox::interrupted)? {
            let now = self.now();
            let outcome = self.db.write(move |tx| {
                let settled = if dot_written { outbox::settle(tx, letter.id, &[], now)? } else { outbox::release(tx, &letter, now)? };
                tell(tx, &letter, settled, now)
            });
            outcome.map_err(|e| database::Error::Commit(e.to_string()))?;
        }
        Ok(())
    }

    /// Takes the oldest due letter.
    pub fn claim(&self) -> database::Result<Option<Claimed>> {
        let now = self.now();
        self.db.write(move |tx| outbox::claim(tx, now))
    }

    /// Sends `letter` and writes down what became of it.
    pub fn deliver(&self, letter: &Claimed) {
        let attempt = catch_unwind(AssertUnwindSafe(|| self.attempt(letter))).unwrap_or_else(|panic| self.poisoned(letter, &*panic));
        reached("postman.answer_received");
        let mut tries = 0;
        while let Err(e) = self.record(letter, &attempt, tries < TELLING_TRIES) {
            tries += 1;
            tracing::error!(letter = letter.id.0, "what became of a letter cannot be written down: {e}");
            if self.stop.load(Ordering::SeqCst) || matches!(e, desk::Error::Database(database::Error::Closed)) {
                return; // the journal knows whether the final dot was sent
            }
            std::thread::sleep(RECORD_AGAIN);
        }
        reached("postman.result_committed");
    }

    fn attempt(&self, letter: &Claimed) -> Attempt {
        reached("postman.claimed");
        let account = match self.db.read(|c| account::find(c, letter.mailbox_id)) {
            Ok(Some(account)) => account,
            Ok(None) => return everyone(letter, &Fate::Failed("The letter's mailbox is gone: add it again, and send the letter again.".into())),
            Err(e) => return everyone(letter, &Fate::Deferred(format!("The letter's mailbox cannot be read: {e}."))),
        };
        let bytes = match self.blobs.get(letter.raw_hash) {
            Ok(bytes) => bytes,
            Err(e @ (blobs::Error::Missing(_) | blobs::Error::Damaged(_))) => return everyone(letter, &Fate::Failed(format!("The letter is lost: {e}."))),
            Err(e) => return everyone(letter, &Fate::Deferred(format!("The letter cannot be read now: {e}."))),
        };
        if has_bare_line_end(&bytes) {
            let words = "The letter holds line ends that a server could take for the end of the mail, so it was not sent: write it again.";
            return everyone(letter, &Fate::Failed(words.into()));
        }
        match &account.carrier {
            Carrier::Folder { path } => self.write_into_folder(letter, path, &bytes),
            Carrier::Smtp(address) => self.by_smtp(letter, &account, address.clone(), &bytes),
        }
    }

    /// The name is the letter's, so a file written twice is one file and nothing here is ever uncertain.
    fn write_into_folder(&self, letter: &Claimed, path: &std::path::Path, bytes: &[u8]) -> Attempt {
        reached("postman.connected");
        match self.db.read(|c| outbox::consent_lives(c, letter.id)) {
            Ok(true) => {}
            Ok(false) => return everyone(letter, &Fate::Deferred(outbox::CONSENT_ENDED.into())),
            Err(e) => return everyone(letter, &Fate::Deferred(format!("The letter's consent cannot be read: {e}."))),
        }
        let name = letter.identifier.clone().unwrap_or_else(|| letter.raw_hash.to_string());
        match folder::write(path, &name, bytes) {
            Ok(()) => everyone(letter, &Fate::Accepted("Written into the folder.".into())),
            Err(e) => Attempt::NoWay(format!("the folder {} cannot be written to ({e}). Check that it exists and is not full.", path.display())),
        }
    }

    fn by_smtp(&self, letter: &Claimed, account: &Account, address: account::ServerAddress, bytes: &[u8]) -> Attempt {
        let password = match account.passwords.open(&self.key, Service::Smtp) {
            Ok(password) => password,
            Err(words) => return Attempt::NoWay(words),
        };
        let from = match EmailAddress::parse(&letter.envelope_from).ok_or_else(|| "it is no address".to_owned()).and_then(|a| wire(&a)) {
            Ok(from) => from,
            Err(words) => return everyone(letter, &Fate::Failed(words)),
        };
        let (recipients, mut fates) = self.on_the_wire(letter);
        if recipients.is_empty() {
            return Attempt::Tried(fates);
        }
        let hello = from.rsplit_once('@').map_or("localhost", |(_, domain)| domain).to_owned();
        let server = Server { address, password, ca_pem: account.ca_pem.clone(), hello, patience: self.patience };
        let mut session = match Session::open(server, &self.stop, &mut |_| {}) {
            Ok(session) => session,
            Err(words) => return Attempt::NoWay(words),
        };
        reached("postman.connected");
        fates.extend(session.send(&from, &recipients, bytes, &mut |early, in_flight| self.journal(letter, early, in_flight)));
        session.quit();
        Attempt::Tried(fates)
    }

    /// Recipients as they stand on the wire; those that cannot are told apart.
    fn on_the_wire(&self, letter: &Claimed) -> (Vec<Recipient>, Vec<(String, Fate)>) {
        let (mut recipients, mut fates) = (Vec::new(), Vec::new());
        for address in &letter.pending {
            match EmailAddress::parse(address).ok_or_else(|| format!("{address} is no address.")).and_then(|a| wire(&a)) {
                Ok(wire) => recipients.push(Recipient { address: address.clone(), wire }),
                Err(words) => fates.push((address.clone(), Fate::NoSuchAddress(words))),
            }
        }
        (recipients, fates)
    }

    /// The commit before the final dot. Whoever said stop before it gets nothing (PROMISES P68).
    fn journal(&self, letter: &Claimed, early: &[(String, Fate)], in_flight: Vec<String>) -> Result<(), String> {
        if self.stop.load(Ordering::SeqCst) {
            return Err(STOPPING.into());
        }
        let (letter, early, now) = (letter.clone(), early.to_vec(), self.now());
        let outcome = self.db.write(move |tx| {
            if !outbox::consent_lives(tx, letter.id)? {
                return Ok(false);
            }
            let failed = outbox::note_fates(tx, letter.id, &early, now)?;
            outbox::journal_final_dot(tx, letter.id, &in_flight, now)?;
            tell(tx, &letter, Settled { failed, ..Settled::default() }, now)?;
            Ok::<_, desk::Error>(true)
        });
        match outcome {
            Ok(true) => Ok(()),
            Ok(false) => Err(outbox::CONSENT_ENDED.into()),
            Err(e) => Err(format!("The mail was not handed over, because that could not be written down first: {e}.")),
        }
    }

    fn poisoned(&self, letter: &Claimed, panic: &(dyn std::any::Any + Send)) -> Attempt {
        let words = panic.downcast_ref::<&str>().map(|s| s.to_string()).or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        tracing::error!(letter = letter.id.0, "sending a letter went wrong inside Restante: {words}");
        match self.db.read(|c| outbox::final_dot_written(c, letter.id)) {
            Ok(true) => Attempt::Tried(Vec::new()), // its recipients are uncertain, and stay so
            _ => everyone(letter, &Fate::Failed(format!("Restante could not send this letter, by a fault of its own ({words}): please report it."))),
        }
    }

    fn record(&self, letter: &Claimed, attempt: &Attempt, telling: bool) -> Result<(), desk::Error> {
        let (letter, attempt, now) = (letter.clone(), attempt.clone(), self.now());
        let stopping = self.stop.load(Ordering::SeqCst);
        self.db.write(move |tx| {
            if stopping && !outbox::final_dot_written(tx, letter.id)? && attempt.got_nowhere() {
                let settled = outbox::release(tx, &letter, now)?;
                return tell(tx, &letter, settled, now);
            }
            let fates = match attempt {
                Attempt::Tried(fates) => {
                    clear_note(tx, &letter, now)?;
                    fates
                }
                Attempt::NoWay(words) => {
                    note_failure(tx, &letter, &words, now)?;
                    outbox::hold_mailbox(tx, &letter, now)?;
                    let words = format!("{}{words}", outbox::NO_WAY);
                    letter.pending.iter().map(|address| (address.clone(), Fate::Deferred(words.clone()))).collect()
                }
            };
            let settled = outbox::settle(tx, letter.id, &fates, now)?;
            if telling { tell(tx, &letter, settled, now) } else { Ok(()) }
        })
    }
}

impl Attempt {
    fn got_nowhere(&self) -> bool {
        match self {
            Attempt::NoWay(_) => true,
            Attempt::Tried(fates) => !fates.is_empty() && fates.iter().all(|(_, fate)| matches!(fate, Fate::Deferred(_))),
        }
    }
}

fn everyone(letter: &Claimed, fate: &Fate) -> Attempt {
    Attempt::Tried(letter.pending.iter().map(|address| (address.clone(), fate.clone())).collect())
}

fn wire(address: &EmailAddress) -> Result<String, String> {
    wire_address(address).map_err(|e: email::compose::ComposeError| e.to_string())
}

/// A CR or LF of its own could end the mail early at a lenient server, and begin another (CVE-2023-51764; PROMISES P21).
fn has_bare_line_end(bytes: &[u8]) -> bool {
    let lone_cr = bytes.iter().enumerate().any(|(n, b)| *b == b'\r' && bytes.get(n + 1) != Some(&b'\n'));
    lone_cr || bytes.iter().enumerate().any(|(n, b)| *b == b'\n' && (n == 0 || bytes[n - 1] != b'\r'))
}
