//! The door that sends: takes the oldest due letter of the outbox, hands it to its mailbox's carrier, and writes down what
//! the server said. One dispatcher claims, a few senders carry; nothing is polled faster than it can become due.

mod deliver;
mod folder;
mod probe;
mod smtp;
mod tell;
#[cfg(test)]
mod tests;

pub use deliver::Office;
pub use probe::{Draft, probe};
pub use smtp::Patience;

use crate::blobs::Blobs;
use crate::database::{Database, Millis};
use crate::outbox::{self, Claimed};
use crate::secret::SecretKey;
use crate::world;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Letters on their way at once. More than a mailbox may hold (`outbox::PER_MAILBOX_MAX`).
const SENDERS: usize = 4;
/// While something waits, the clock is looked at this often: a clock that is set wrong and right again holds nothing up.
const GLANCE: Duration = Duration::from_secs(1);
/// While nothing waits; every commit wakes the dispatcher anyway.
const REST: Duration = Duration::from_secs(30);
/// How long a stop waits for letters whose final dot was sent. One that is still without an answer then is uncertain.
const STOP_PATIENCE: Duration = Duration::from_secs(8);

/// The running door.
pub struct Postman {
    office: Arc<Office>,
    running: Arc<AtomicUsize>,
    dispatcher: Option<JoinHandle<()>>,
}

impl Postman {
    /// Settles what a crash left half-done, then sends whatever is due until it is stopped.
    pub fn start(db: Database, blobs: Arc<Blobs>, key: SecretKey) -> crate::database::Result<Postman> {
        Postman::open(Office::new(db, blobs, key, Patience::STANDARD, world::now))
    }

    fn open(office: Office) -> crate::database::Result<Postman> {
        office.recover()?;
        let office = Arc::new(office);
        let running = Arc::new(AtomicUsize::new(0));
        let (hand_over, letters) = channel();
        let letters = Arc::new(Mutex::new(letters));
        for number in 1..=SENDERS {
            let (office, running, letters) = (office.clone(), running.clone(), letters.clone());
            spawn(format!("sender {number}"), move || send(&office, &letters, &running))?;
        }
        let (boss, busy) = (office.clone(), running.clone());
        let dispatcher = spawn("postman".into(), move || dispatch(&boss, &hand_over, &busy))?;
        Ok(Postman { office, running, dispatcher: Some(dispatcher) })
    }

    /// Takes no more letters and waits a little for those on their way. What cannot be waited for is safe in the outbox.
    pub fn stop(mut self) {
        self.halt();
    }

    fn halt(&mut self) {
        let Some(dispatcher) = self.dispatcher.take() else { return };
        self.office.stop.store(true, Ordering::SeqCst);
        self.office.db.ticks().advance();
        dispatcher.join().ok();
        let deadline = Instant::now() + STOP_PATIENCE;
        while self.running.load(Ordering::SeqCst) > 0 && Instant::now() < deadline {
            let ticks = self.office.db.ticks();
            ticks.wait(ticks.count(), Duration::from_millis(50));
        }
    }
}

impl Drop for Postman {
    fn drop(&mut self) {
        self.halt();
    }
}

/// Claims for every idle sender, then waits for a commit or for the next letter's time.
fn dispatch(office: &Office, hand_over: &Sender<Claimed>, running: &AtomicUsize) {
    let ticks = office.db.ticks();
    while !office.stop.load(Ordering::SeqCst) {
        let known = ticks.count();
        let due = office.db.read(outbox::next_due).unwrap_or_else(|e| {
            tracing::warn!("the outbox cannot be read: {e}");
            None
        });
        let idle = running.load(Ordering::SeqCst) < SENDERS;
        if idle && due.is_some_and(|due| due <= office.now()) {
            match office.claim() {
                Ok(Some(letter)) => {
                    running.fetch_add(1, Ordering::SeqCst);
                    if hand_over.send(letter).is_err() {
                        return;
                    }
                    continue;
                }
                Ok(None) => {}
                Err(e) => {
                    tracing::warn!("no letter can be taken from the outbox: {e}");
                    ticks.wait(known, GLANCE); // a full disk, say: it will not be better at once
                }
            }
        }
        ticks.wait(known, patience(due.filter(|_| idle), office.now()));
    }
}

/// Until the next letter is due, but never long enough to miss a clock that was set.
fn patience(due: Option<Millis>, now: Millis) -> Duration {
    due.map_or(REST, |due| Duration::from_millis((due - now).max(20) as u64).min(GLANCE))
}

fn send(office: &Office, letters: &Mutex<Receiver<Claimed>>, running: &AtomicUsize) {
    loop {
        let letter = letters.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(letter) = letter else { return };
        if catch_unwind(AssertUnwindSafe(|| office.deliver(&letter))).is_err() {
            tracing::error!(letter = letter.id.0, "a sender fell over; what it held is settled at the next start");
        }
        running.fetch_sub(1, Ordering::SeqCst);
        office.db.ticks().advance();
    }
}

fn spawn(name: String, work: impl FnOnce() + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name).spawn(work)
}
