//! Keeps the index up with the database: takes what waits in `index_queue`, in order, in commits that say how far they
//! came. Repeating a step is harmless: a document is replaced by its message's id.

use super::batch::Batch;
use super::folder::{self, Trouble, trouble};
use super::point::Point;
use super::{Error, Index, Opened, lock};
use crate::database::{self, Database, Reader};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tantivy::IndexWriter;
use tantivy::indexer::IndexWriterOptions;

/// The writer's arena; beyond it, it writes a segment.
const HEAP_BYTES: usize = 64 * 1024 * 1024;
/// Rows done with that may stay in the queue before they are deleted together.
const TIDY_ROWS: i64 = 500;
/// Changes that come together are committed together; more of them are waited for while many come.
const COALESCE: Duration = Duration::from_millis(60);
const COALESCE_ROUNDS: usize = 7;
/// No more will come if none came for so long: a batch of intake takes a round or two.
const STILL_ROUNDS: usize = 3;
const MANY: i64 = 50;
const FAR_BEHIND: i64 = 2_000;
/// How often the thread looks whether it should stop.
const PATIENCE: Duration = Duration::from_millis(500);
/// Rounds without work after which the writer is closed: about ten seconds.
const QUIET_ROUNDS: u32 = 20;
/// How long after trouble it is tried again.
const RETRY_ROUNDS: u32 = 10;

/// The open writer and how far it came.
pub(super) struct Work {
    writer: IndexWriter,
    point: Point,
    tidied: i64,
}

impl Index {
    /// Brings the index up to date, a rebuild included; returns the number of messages read.
    pub fn catch_up(&self, db: &Database) -> Result<usize, Error> {
        let mut all = 0;
        loop {
            match self.step(db)? {
                0 => break,
                n => all += n,
            }
        }
        Ok(all)
    }

    /// One commit's worth of work; 0 when there is nothing to do.
    fn step(&self, db: &Database) -> Result<usize, Error> {
        let opened = self.opened()?;
        let mut work = lock(&self.inner.work);
        let outcome = self.step_with(&opened, &mut work, db);
        if let Err(e) = &outcome {
            *work = None; // what was not committed is forgotten; the next step begins at the last commit
            self.note_trouble(e);
        }
        Ok(outcome?)
    }

    fn step_with(&self, opened: &Opened, work: &mut Option<Work>, db: &Database) -> Result<usize, Trouble> {
        let folder = &self.inner.folder;
        let current = self.at_work(opened, work)?;
        let mut next = current.point.clone();
        let added = Batch { opened, writer: &current.writer, db, folder, bytes: 0 }.take(&mut next)?;
        if next == current.point {
            return Ok(0);
        }
        commit(&mut current.writer, &next).map_err(|e| trouble(folder, &e))?;
        opened.reader.reload().map_err(|e| trouble(folder, &e))?;
        let finished = current.point.below.is_some() && next.below.is_none();
        current.point = next;
        self.advance(added.rebuilt, finished);
        if current.point.seq - current.tidied >= TIDY_ROWS {
            tidy(current, db)?;
        }
        Ok((added.queued + added.rebuilt).max(1))
    }

    /// The writer, opened where it is closed.
    fn at_work<'w>(&self, opened: &Opened, work: &'w mut Option<Work>) -> Result<&'w mut Work, Trouble> {
        let folder = &self.inner.folder;
        if work.is_none() {
            let payload = opened.index.load_metas().map_err(|e| trouble(folder, &e))?.payload;
            let point = payload.as_deref().and_then(Point::from_payload).unwrap_or_else(|| opened.point.clone());
            let options = IndexWriterOptions::builder().num_worker_threads(1).memory_budget_per_thread(HEAP_BYTES).num_merge_threads(1).build();
            let writer = opened.index.writer_with_options(options).map_err(|e| trouble(folder, &e))?;
            *work = Some(Work { writer, tidied: point.seq, point });
        }
        Ok(work.as_mut().expect("it was put there"))
    }

    /// Writes every segment anew, so that nothing of what was deleted stays in its files (PROMISES P69). Searching goes on meanwhile.
    pub fn forget_deleted(&self, db: &Database) -> Result<(), Error> {
        self.catch_up(db)?;
        self.tidy(db);
        let opened = self.opened()?;
        let mut work = lock(&self.inner.work);
        let folder = &self.inner.folder;
        let current = self.at_work(&opened, &mut work)?;
        let segments = opened.index.searchable_segment_ids().map_err(|e| trouble(folder, &e))?;
        if !segments.is_empty() {
            current.writer.merge(&segments).wait().map_err(|e| trouble(folder, &e))?;
        }
        opened.reader.reload().map_err(|e| trouble(folder, &e))?;
        current.writer.garbage_collect_files().wait().map_err(|e| trouble(folder, &e))?;
        folder::forget_aside(folder);
        Ok(())
    }

    /// One commit's worth of work for whoever wants to show progress; `None` when there is nothing left to do.
    pub fn work(&self, db: &Database) -> Result<Option<usize>, Error> {
        Ok(Some(self.step(db)?).filter(|count| *count > 0))
    }

    /// Ends indexing in this process: the queue is tidied, merges are finished, the folder's lock is given back.
    pub fn close(&self, db: &Database) {
        self.tidy(db);
        self.close_writer();
    }

    /// Deletes from the queue what is done with.
    fn tidy(&self, db: &Database) {
        if let Some(work) = lock(&self.inner.work).as_mut()
            && work.point.seq > work.tidied
            && let Err(e) = tidy(work, db)
        {
            tracing::warn!(%e, "the index queue could not be tidied");
        }
    }

    /// How many changes wait, looked at no further than `FAR_BEHIND`.
    fn waiting(&self, db: &Database) -> i64 {
        let seq = lock(&self.inner.work).as_ref().map_or(0, |work| work.point.seq);
        let count = |c: &Reader| c.one("SELECT count(*) FROM (SELECT 1 FROM index_queue WHERE seq > ?1 LIMIT ?2)", [seq, FAR_BEHIND], |r| r.get::<_, i64>(0));
        db.read(count).unwrap_or(0)
    }
}

/// The one place that commits: a plain `commit()` would clear the payload.
fn commit(writer: &mut IndexWriter, point: &Point) -> tantivy::Result<()> {
    let mut prepared = writer.prepare_commit()?;
    prepared.set_payload(&point.to_payload());
    prepared.commit()?;
    Ok(())
}

fn tidy(work: &mut Work, db: &Database) -> database::Result<()> {
    let seq = work.point.seq;
    db.write(move |tx| tx.execute("DELETE FROM index_queue WHERE seq <= ?1", [seq]))?;
    work.tidied = seq;
    Ok(())
}

/// The indexing thread: works whenever the database ticks, until `stop`.
pub fn run_indexer(index: &Index, db: &Database, stop: &AtomicBool) {
    let ticks = db.ticks();
    let stopping = || stop.load(Ordering::Relaxed);
    index.verify_if_large();
    let mut said = String::new();
    let mut quiet = 0;
    while !stopping() {
        let known = ticks.count();
        if index.inner.suspect.load(Ordering::Relaxed) {
            index.reopen(db);
        }
        match index.step(db) {
            Ok(0) => {
                quiet += 1;
                if quiet > QUIET_ROUNDS {
                    rest(index, db, &stopping);
                    quiet = 0;
                } else if ticks.wait(known, PATIENCE) != known && !stopping() {
                    coalesce(index, db);
                }
            }
            Ok(_) => {
                quiet = 0;
                said.clear();
                coalesce(index, db);
            }
            Err(e) => {
                let words = e.to_string();
                if words != said {
                    tracing::warn!(%e, "indexing is tried again every few seconds");
                    said = words;
                }
                let mut rounds = 0..RETRY_ROUNDS;
                while !stopping() && rounds.next().is_some() {
                    std::thread::sleep(PATIENCE);
                }
                if index.opened().is_err() {
                    index.reopen(db);
                }
            }
        }
    }
    index.close(db);
}

/// Gives the writer's memory back and sleeps until something waits: a shop is quiet most of the day.
fn rest(index: &Index, db: &Database, stopping: &impl Fn() -> bool) {
    index.tidy(db);
    index.close_writer();
    let ticks = db.ticks();
    while !stopping() && index.waiting(db) == 0 {
        let known = ticks.count();
        if index.waiting(db) == 0 {
            ticks.wait(known, PATIENCE);
        }
    }
}

/// Lets changes gather that come in quick succession, for as long as more of them come.
fn coalesce(index: &Index, db: &Database) {
    let (mut before, mut still) = (0, 0);
    for _ in 0..COALESCE_ROUNDS {
        std::thread::sleep(COALESCE);
        let waiting = index.waiting(db);
        still = if waiting == before { still + 1 } else { 0 };
        if still == STILL_ROUNDS || !(MANY..FAR_BEHIND).contains(&waiting) {
            return;
        }
        before = waiting;
    }
}

impl Index {
    fn close_writer(&self) {
        if let Some(work) = lock(&self.inner.work).take() {
            work.writer.wait_merging_threads().ok(); // what they left undone is done again later
        }
    }

    /// Opens the index again after trouble, or begins anew where it is damaged.
    fn reopen(&self, db: &Database) {
        let mut work = lock(&self.inner.work);
        *work = None;
        // Dropped before the new one is opened, so that its files are given back.
        self.set_state(Err("it is being opened again".into()));
        let thorough = self.inner.suspect.swap(false, Ordering::Relaxed);
        self.install(folder::open(&self.inner.folder, db, thorough).map(Arc::new), db);
    }
}
