//! Keeping beside fetching: while one window is made durable, the next is fetched. What is handed over is kept in that
//! order, and after a window that could not be kept none is: its mark would pass over mails that nobody has.

use super::keep::{Batch, keep};
use super::trouble::{Cause, Trouble};
use super::{WINDOWS_WAITING_MAX, Wake};
use crate::blobs::Blobs;
use crate::database::Database;
use crate::id::FolderId;
use crate::world;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

/// A thread that keeps what it is given, for as long as something is on its way.
pub struct Keeper {
    hand: Option<SyncSender<Batch>>,
    thread: Option<JoinHandle<Outcome>>,
}

/// What became of all that was handed over.
#[derive(Default)]
pub struct Outcome {
    /// Something became durable.
    pub progressed: bool,
    /// Why keeping ended early; what was handed over after it is not kept.
    pub trouble: Option<Trouble>,
    /// The mails at which a step failed inside.
    pub blamed: Vec<(FolderId, u32)>,
}

impl Keeper {
    /// Starts without work; `wake` is called after each commit, on the keeper's thread.
    pub fn start(db: Database, blobs: Arc<Blobs>, wake: Wake) -> std::io::Result<Keeper> {
        let (hand, waiting) = sync_channel(WINDOWS_WAITING_MAX);
        let thread = std::thread::Builder::new().name("keeper".into()).spawn(move || keep_all(&db, &blobs, &wake, &waiting))?;
        Ok(Keeper { hand: Some(hand), thread: Some(thread) })
    }

    /// Hands a window over, once there is room for it. False when keeping has ended: `finish` says why.
    pub fn hand_over(&self, batch: Batch) -> bool {
        self.hand.as_ref().is_some_and(|hand| hand.send(batch).is_ok())
    }

    /// Waits until all is kept that was handed over.
    pub fn finish(mut self) -> Outcome {
        self.end()
    }

    fn end(&mut self) -> Outcome {
        self.hand.take();
        let ended = self.thread.take().map(JoinHandle::join);
        ended.and_then(Result::ok).unwrap_or_default()
    }
}

impl Drop for Keeper {
    /// Nothing is written any more once the watcher is gone.
    fn drop(&mut self) {
        self.end();
    }
}

fn keep_all(db: &Database, blobs: &Blobs, wake: &Wake, waiting: &Receiver<Batch>) -> Outcome {
    let mut outcome = Outcome::default();
    for batch in waiting {
        match catch_unwind(AssertUnwindSafe(|| keep(db, blobs, &batch, world::now()))) {
            Ok(Ok(_)) => {
                outcome.progressed = true;
                wake();
            }
            Ok(Err(trouble)) => return Outcome { trouble: Some(trouble), ..outcome },
            Err(_) => {
                // As if the connection had broken at these mails: one of them did it, and is found by keeping each alone.
                let trouble = Trouble::new(Cause::Lost, "A step failed inside while mail was being kept. Restante tries the same mails again, one by one.");
                return Outcome { trouble: Some(trouble), blamed: batch.facts.iter().map(|facts| (batch.folder, facts.uid)).collect(), ..outcome };
            }
        }
    }
    outcome
}
