//! What needs no transaction: taking mails from disk, making their bytes durable, reading them. One thread takes, two
//! prepare; bounded channels between them, so that the memory does not grow with the pile.

use crate::blobs::{Blobs, Hash};
use crate::commands::mails::{Mail, Mails};
use crate::database::Millis;
use crate::email::{Email, Kind};
use crate::lead::reading as about;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Scope;

/// Mails in one commit: enough to share its fsync.
const BATCH: usize = 200;
/// Bytes of raw mail in one batch, beyond the first mail. Some eight batches are on their way at once.
const BATCH_BYTES: usize = 2 * 1024 * 1024;
/// Batches that may wait between two threads.
const BATCHES_WAITING: usize = 1;
/// Threads that read: the two cores of a small machine.
const PREPARING_THREADS: usize = 2;

/// A mail that is ready to be filed.
pub struct Prepared {
    pub name: String,
    pub position: u64,
    /// The surroundings of the mail say that the shop sent it.
    pub in_sent_folder: bool,
    pub arrived_at: Option<Millis>,
    /// Or why it could not be read from disk.
    pub kept: Result<Kept, String>,
}

/// Its bytes are durable.
pub struct Kept {
    pub hash: Hash,
    pub bytes: usize,
    /// It was delivered to one of our addresses, whatever its To says.
    pub was_delivered: bool,
    /// Or the words for the quarantine.
    pub email: Result<Box<Email>, String>,
    /// What a person's letter says about its writer.
    pub about: Option<about::Reading>,
}

/// Bytes to a mail: `email::read`, and in tests one that fails.
pub type Reading = fn(&[u8]) -> Email;
type Numbered<T> = (u64, T);

/// Starts the threads; what they prepared comes out numbered, not always in order.
pub fn start<'s>(
    scope: &'s Scope<'s, '_>,
    mails: Mails,
    blobs: Arc<Blobs>,
    (reading, known): (Reading, Arc<about::Known>),
) -> Receiver<Numbered<anyhow::Result<Vec<Prepared>>>> {
    let (hand_over, taken) = sync_channel(BATCHES_WAITING);
    scope.spawn(move || take(mails, &hand_over));
    let taken = Arc::new(Mutex::new(taken));
    let (ready, prepared) = sync_channel(BATCHES_WAITING);
    for _ in 0..PREPARING_THREADS {
        let (taken, blobs, ready, known) = (taken.clone(), blobs.clone(), ready.clone(), known.clone());
        scope.spawn(move || {
            loop {
                let next = taken.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok((number, batch)) = next else { return };
                if ready.send((number, prepare(batch, &blobs, reading, &known))).is_err() {
                    return; // the import has given up
                }
            }
        });
    }
    prepared
}

fn take(mails: Mails, hand_over: &SyncSender<Numbered<Vec<Mail>>>) {
    let mut mails = mails.peekable();
    for number in 0.. {
        let mut batch = Vec::with_capacity(BATCH);
        let mut bytes = 0;
        while batch.len() < BATCH && bytes < BATCH_BYTES {
            let Some(mail) = mails.next() else { break };
            bytes += mail.bytes.as_ref().map_or(0, Vec::len);
            batch.push(mail);
        }
        if batch.is_empty() || hand_over.send((number, batch)).is_err() {
            return;
        }
    }
}

fn prepare(batch: Vec<Mail>, blobs: &Blobs, reading: Reading, known: &about::Known) -> anyhow::Result<Vec<Prepared>> {
    let raw: Vec<&[u8]> = batch.iter().filter_map(|mail| mail.bytes.as_deref().ok()).collect();
    let mut hashes = blobs.keep(&raw)?.into_iter();
    let prepared = batch.into_iter().map(|mail| {
        let kept = mail.bytes.map(|raw| {
            let hash = hashes.next().expect("one name for each mail that has bytes");
            let (email, about) = match read(&raw, reading, known) {
                Ok((email, about)) => (Ok(email), about),
                Err(words) => (Err(words), None),
            };
            Kept { hash, bytes: raw.len(), was_delivered: was_delivered(&raw), email, about }
        });
        Prepared { name: mail.name, position: mail.position, in_sent_folder: mail.in_sent_folder, arrived_at: mail.arrived_at, kept }
    });
    Ok(prepared.collect())
}

fn read(raw: &[u8], reading: Reading, known: &about::Known) -> Result<(Box<Email>, Option<about::Reading>), String> {
    let both = catch_unwind(AssertUnwindSafe(|| {
        let email = Box::new(reading(raw));
        let about = (email.kind == Kind::Person).then(|| about::read(&about::Letter::of(&email), known));
        (email, about)
    }));
    both.map_err(|_| "reading it failed inside: please report this mail".to_owned())
}

/// Whether the last server wrote to whom it delivered: a copy that a mail program put into a Sent folder has no such field.
fn was_delivered(raw: &[u8]) -> bool {
    raw.split(|byte| *byte == b'\n').take_while(|line| !line.is_empty() && *line != b"\r").any(|line| {
        ["delivered-to:", "x-original-to:"].iter().any(|field| line.len() >= field.len() && line[..field.len()].eq_ignore_ascii_case(field.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_header_says_whether_a_mail_was_delivered() {
        assert!(was_delivered(b"From: a@example.test\r\nDELIVERED-TO: support@atelier.test\r\n\r\n"));
        assert!(!was_delivered(b"From: a@example.test\r\n\r\nDelivered-To: support@atelier.test\r\n"));
    }
}
