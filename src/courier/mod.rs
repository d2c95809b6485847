//! The door that calls: takes due calls of custom actions and webhooks, sends each through one guarded client (`client`), and writes down
//! what came back. One dispatcher claims, a few senders call; it wakes at each commit and stops promptly.

mod client;
mod deliver;
#[cfg(test)]
mod tests;
mod tls;

pub use client::{Client, Names, Patience};
pub use deliver::{Office, Tried, try_out};

use crate::action::Action;
use crate::action::call::{self, Call};
use crate::database::{Database, Millis};
use crate::secret::SecretKey;
use crate::world;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// Calls on their way at once; of one action there is one at a time.
const SENDERS: usize = 3;
/// While something waits, the clock is looked at this often: a clock that is set wrong and right again holds nothing up.
const GLANCE: Duration = Duration::from_secs(1);
/// While nothing waits; every commit wakes the dispatcher anyway.
const REST: Duration = Duration::from_secs(30);

/// The running door.
pub struct Courier {
    office: Arc<Office>,
    threads: Vec<JoinHandle<()>>,
}

impl Courier {
    /// Settles what a crash left half-done, then calls whatever is due until it is stopped.
    pub fn start(db: Database, key: SecretKey) -> anyhow::Result<Courier> {
        Courier::open(Office::new(db, key, Client::new(Names::System, Patience::STANDARD), world::now))
    }

    fn open(office: Office) -> anyhow::Result<Courier> {
        office.recover()?;
        let office = Arc::new(office);
        let running = Arc::new(AtomicUsize::new(0));
        let (hand_over, calls) = channel();
        let calls = Arc::new(Mutex::new(calls));
        let mut threads = Vec::new();
        for number in 1..=SENDERS {
            let (office, running, calls) = (office.clone(), running.clone(), calls.clone());
            threads.push(spawn(format!("courier {number}"), move || send(&office, &calls, &running))?);
        }
        let boss = office.clone();
        threads.push(spawn("courier".into(), move || dispatch(&boss, &hand_over, &running))?);
        Ok(Courier { office, threads })
    }

    /// Takes no more calls; `stop` then waits for those that have left.
    pub fn close(&self) {
        self.office.stop();
    }

    /// Takes no more calls. What has not left waits for the next start; for what has left, an answer is waited for a little.
    pub fn stop(mut self) {
        self.halt();
    }

    fn halt(&mut self) {
        self.office.stop();
        for thread in self.threads.drain(..) {
            thread.join().ok();
        }
    }
}

impl Drop for Courier {
    fn drop(&mut self) {
        self.halt();
    }
}

/// Claims for every idle sender, then waits for a commit or for the next call's time.
fn dispatch(office: &Office, hand_over: &Sender<(Call, Action)>, running: &AtomicUsize) {
    let ticks = office.db.ticks();
    while !office.is_stopping() {
        let known = ticks.count();
        let due = office.db.read(call::next_due).unwrap_or_else(|e| {
            tracing::warn!("the calls cannot be read: {e}");
            None
        });
        let idle = running.load(Ordering::SeqCst) < SENDERS;
        if idle && due.is_some_and(|due| due <= office.now()) {
            match office.claim() {
                Ok(Some(claimed)) => {
                    running.fetch_add(1, Ordering::SeqCst);
                    if hand_over.send(claimed).is_err() {
                        return;
                    }
                    continue;
                }
                Ok(None) => continue,
                Err(e) => {
                    tracing::warn!("no call can be taken up: {e}");
                    ticks.wait(known, GLANCE); // a full disk, say: it will not be better at once
                }
            }
        }
        ticks.wait(known, patience(due.filter(|_| idle), office.now()));
    }
}

/// Until the next call is due, but never long enough to miss a clock that was set.
fn patience(due: Option<Millis>, now: Millis) -> Duration {
    due.map_or(REST, |due| Duration::from_millis((due - now).max(20) as u64).min(GLANCE))
}

fn send(office: &Office, calls: &Mutex<Receiver<(Call, Action)>>, running: &AtomicUsize) {
    loop {
        let claimed = calls.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((call, action)) = claimed else { return };
        if catch_unwind(AssertUnwindSafe(|| office.deliver(&call, &action))).is_err() {
            tracing::error!(call = call.id.0, "a call fell over; it is settled at the next start");
        }
        running.fetch_sub(1, Ordering::SeqCst);
        office.db.ticks().advance();
    }
}

fn spawn(name: String, work: impl FnOnce() + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name(name).spawn(work)
}
