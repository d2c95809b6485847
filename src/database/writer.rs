//! The one writer: a thread that takes waiting changes, runs each in a savepoint of one transaction, and answers only
//! after the commit is durable. SQLite allows one writer anyway; here it never has to refuse anyone.

use super::facade::panic_words;
use super::{Error, Result, Writer};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Changes that may wait; a sender beyond that blocks, which is the back-pressure on intake.
const QUEUE_LENGTH: usize = 1024;
/// Changes in one commit: enough to share an fsync, few enough that nobody waits long for the others.
const GROUP_SIZE: usize = 64;
/// Time after which a group is committed even though more changes wait.
const GROUP_TIME: Duration = Duration::from_millis(20);

/// Time without a change after which the writer's page cache is not worth its memory.
const QUIET: Duration = Duration::from_secs(10);

/// A change that waits.
struct Job {
    /// In a transaction of its own, without a savepoint around it.
    alone: bool,
    run: Box<dyn FnOnce(&Writer) -> Done + Send>,
}

/// Tells the caller what became of its change; given the error, if the commit failed.
type Tell = Box<dyn FnOnce(Option<&Error>)>;

/// A change that ran: whether to keep it, and how to tell its caller what became of it.
struct Done {
    keep: bool,
    tell: Tell,
}

pub struct WriterThread {
    jobs: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
    ticks: Arc<Ticks>,
}

impl WriterThread {
    pub fn start(connection: rusqlite::Connection) -> WriterThread {
        let (jobs, waiting) = sync_channel(QUEUE_LENGTH);
        let ticks = Arc::new(Ticks::default());
        let seen = ticks.clone();
        let thread = std::thread::Builder::new()
            .name("writer".into())
            .spawn(move || work(Writer::new(connection), waiting, &seen))
            .expect("the operating system gives a thread at start");
        WriterThread { jobs: Some(jobs), thread: Some(thread), ticks }
    }

    pub fn run<T, E>(&self, alone: bool, change: impl FnOnce(&Writer) -> std::result::Result<T, E> + Send + 'static) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (answer, wait) = sync_channel(1);
        let run = Box::new(move |tx: &Writer| {
            let outcome = catch_unwind(AssertUnwindSafe(|| change(tx))).unwrap_or_else(|panic| Err(Error::Panicked(panic_words(&*panic)).into()));
            Done {
                keep: outcome.is_ok(),
                tell: Box::new(move |failure| {
                    let outcome = match failure {
                        Some(failure) if outcome.is_ok() => Err(retold(failure).into()),
                        _ => outcome,
                    };
                    answer.send(outcome).ok(); // the caller may have gone; the change stands
                }),
            }
        });
        let job = Job { alone, run };
        let jobs = self.jobs.as_ref().ok_or(Error::Closed)?;
        jobs.send(job).map_err(|_| Error::Closed)?;
        wait.recv().map_err(|_| Error::Closed)?
    }

    pub fn ticks(&self) -> Arc<Ticks> {
        self.ticks.clone()
    }
}

impl Drop for WriterThread {
    fn drop(&mut self) {
        self.jobs.take();
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            thread.join().ok();
        }
        self.ticks.advance();
    }
}

fn work(writer: Writer, waiting: Receiver<Job>, ticks: &Ticks) {
    let mut put_off = None;
    while let Some(first) = put_off.take().or_else(|| next_job(&writer, &waiting)) {
        let mut done = Vec::new();
        let outcome = if first.alone { run_alone(&writer, first, &mut done) } else { run_group(&writer, first, &waiting, &mut put_off, &mut done) };
        if outcome.is_err() {
            writer.batch("ROLLBACK").ok(); // SQLite may have rolled back by itself (disk full)
        }
        let changed = outcome.is_ok() && done.iter().any(|d| d.keep);
        for one in done {
            (one.tell)(outcome.as_ref().err());
        }
        if changed {
            ticks.advance();
        }
    }
    writer.batch("PRAGMA wal_checkpoint(TRUNCATE)").ok();
}

/// Waits for a change; while none comes, SQLite's caches are given back once.
fn next_job(writer: &Writer, waiting: &Receiver<Job>) -> Option<Job> {
    match waiting.recv_timeout(QUIET) {
        Ok(job) => Some(job),
        Err(RecvTimeoutError::Disconnected) => None,
        Err(RecvTimeoutError::Timeout) => {
            writer.batch("PRAGMA shrink_memory").ok();
            waiting.recv().ok()
        }
    }
}

/// A large change in a transaction of its own. SQLite keeps a copy of every page that changes inside a savepoint and walks
/// those copies at the end of each statement: around some hundred mails that costs more than the mails.
fn run_alone(writer: &Writer, job: Job, done: &mut Vec<Done>) -> Result<()> {
    if let Err(failure) = writer.batch("BEGIN IMMEDIATE") {
        done.push(refuse(job, writer));
        return Err(failure);
    }
    let one = (job.run)(writer);
    let keep = one.keep;
    done.push(one);
    if keep { commit(writer) } else { writer.batch("ROLLBACK") }
}

fn run_group(writer: &Writer, first: Job, waiting: &Receiver<Job>, put_off: &mut Option<Job>, done: &mut Vec<Done>) -> Result<()> {
    let began = Instant::now();
    if let Err(failure) = writer.batch("BEGIN IMMEDIATE") {
        // Still run the job, outside: it must learn that nothing can be written now.
        done.push(refuse(first, writer));
        return Err(failure);
    }
    let mut next = Some(first);
    while let Some(job) = next.take() {
        writer.batch("SAVEPOINT job")?;
        let one = (job.run)(writer);
        let ended = writer.batch(if one.keep { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" });
        done.push(one);
        ended?;
        if done.len() < GROUP_SIZE && began.elapsed() < GROUP_TIME {
            next = waiting.try_recv().ok();
        }
        if next.as_ref().is_some_and(|job| job.alone) {
            *put_off = next.take();
        }
    }
    commit(writer)
}

fn commit(writer: &Writer) -> Result<()> {
    crate::failpoint::reached("database.commit");
    writer.batch("COMMIT")?;
    crate::failpoint::reached("database.committed");
    Ok(())
}

/// Runs a job where every write fails (no transaction could begin and the connection is set to query only).
fn refuse(job: Job, writer: &Writer) -> Done {
    writer.batch("PRAGMA query_only = on").ok();
    let done = (job.run)(writer);
    writer.batch("PRAGMA query_only = off").ok();
    done
}

fn retold(failure: &Error) -> Error {
    match failure {
        Error::DiskFull => Error::DiskFull,
        other => Error::Commit(other.to_string()),
    }
}

type Listener = Box<dyn Fn() + Send + Sync>;

/// Counts commits; threads wait for the count to move, listeners are called.
#[derive(Default)]
pub struct Ticks {
    count: Mutex<u64>,
    moved: Condvar,
    listeners: Mutex<Vec<Listener>>,
}

impl Ticks {
    pub fn count(&self) -> u64 {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the count is not `known` any more, at most `patience`; returns the count then.
    pub fn wait(&self, known: u64, patience: Duration) -> u64 {
        let count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        *self.moved.wait_timeout_while(count, patience, |count| *count == known).unwrap_or_else(PoisonError::into_inner).0
    }

    /// Wakes everyone: something was written, or it is time to stop.
    pub fn advance(&self) {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.moved.notify_all();
        for listener in self.listeners.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            listener();
        }
    }

    pub(super) fn listen(&self, listener: Listener) {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner).push(listener);
    }
}
