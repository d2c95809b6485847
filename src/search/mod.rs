//! Finding: a tantivy index of what messages say, and SQLite for everything that can change. The index is a cache at
//! DATA/index: any trouble with it means set aside and rebuild, while mail comes in. It is never asked for truth: it
//! gives ids, SQLite gives rows.

mod analysis;
mod batch;
mod collect;
mod document;
mod facts;
mod find;
pub mod fold;
mod folder;
mod indexer;
mod marks;
mod own;
mod point;
mod query;
mod scan;
mod schema;
mod snippet;
mod stem;
mod words;

pub use find::{Found, HITS_PER_PAGE, Hit, Order, Total};
pub use indexer::run_indexer;
pub use query::{Complaint, Query};

use crate::database::{self, Database};
use folder::{Opened, Trouble};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("search is unavailable: {0}")]
    Unavailable(String),
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Error {
        match trouble {
            Trouble::Database(e) => Error::Database(e),
            Trouble::Damaged(why) => Error::Unavailable(format!("the index is damaged and will be built anew ({why})")),
            Trouble::Refused(why) => Error::Unavailable(why),
        }
    }
}

/// The search index of a shop. Cheap to clone.
#[derive(Clone)]
pub struct Index {
    inner: Arc<Inner>,
}

struct Inner {
    folder: PathBuf,
    /// What can be searched, or why nothing can.
    state: RwLock<Result<Arc<Opened>, String>>,
    work: Mutex<Option<indexer::Work>>,
    /// Messages read and messages there, while rebuilding.
    rebuilding: Mutex<Option<(u64, u64)>>,
    /// A search met damage: the indexing thread looks into it.
    suspect: AtomicBool,
}

impl Index {
    /// Opens the index in `folder`. One that is missing, damaged, of another version or not of this database is set aside
    /// and rebuilt by whoever calls `catch_up`; one that cannot be opened for another reason is left alone, and searches
    /// say why they find nothing. Fails only when the database does.
    pub fn open(folder: &Path, db: &Database) -> database::Result<Index> {
        let inner = Inner {
            folder: folder.to_owned(),
            state: RwLock::new(Err("it is not open yet".into())),
            work: Mutex::new(None),
            rebuilding: Mutex::new(None),
            suspect: AtomicBool::new(false),
        };
        let index = Index { inner: Arc::new(inner) };
        let opened = folder::open(folder, db, false).map(Arc::new);
        if let Err(Trouble::Database(e)) = opened {
            return Err(e);
        }
        index.install(opened, db);
        Ok(index)
    }

    /// Sets the index aside, whatever its state, and begins anew: what `restante reindex` is for.
    pub fn rebuild(&self, db: &Database) -> Result<(), Error> {
        let mut work = lock(&self.inner.work);
        *work = None;
        if self.inner.folder.exists() {
            folder::set_aside(&self.inner.folder)?;
        }
        let opened = folder::open(&self.inner.folder, db, false);
        drop(work);
        self.install(opened.map(Arc::new), db);
        self.opened().map(|_| ())
    }

    /// "rebuilding: 12,000 of 100,000", or why nothing can be searched; `None` when all is well.
    pub fn progress(&self) -> Option<String> {
        if let Err(why) = &*self.inner.state.read().unwrap_or_else(PoisonError::into_inner) {
            return Some(format!("search is unavailable: {why}"));
        }
        let (done, all) = (*lock(&self.inner.rebuilding))?;
        Some(format!("rebuilding: {} of {}", grouped(done.min(all)), grouped(all)))
    }

    fn opened(&self) -> Result<Arc<Opened>, Error> {
        self.inner.state.read().unwrap_or_else(PoisonError::into_inner).clone().map_err(Error::Unavailable)
    }

    fn install(&self, opened: Result<Arc<Opened>, Trouble>, db: &Database) {
        let rebuilding = opened.as_ref().ok().and_then(|opened| opened.point.below).and_then(|below| {
            let count = |sql| db.read(|c| c.one(sql, [below], |r| r.get::<_, i64>(0))).ok();
            Some((count("SELECT count(*) FROM message WHERE id >= ?1")? as u64, count("SELECT count(*) FROM message WHERE ?1 > 0")? as u64))
        });
        *lock(&self.inner.rebuilding) = rebuilding;
        self.set_state(opened.map_err(|trouble| trouble.to_string()));
    }

    fn set_state(&self, state: Result<Arc<Opened>, String>) {
        *self.inner.state.write().unwrap_or_else(PoisonError::into_inner) = state;
    }

    fn advance(&self, rebuilt: usize, finished: bool) {
        let mut rebuilding = lock(&self.inner.rebuilding);
        if let Some((done, _)) = rebuilding.as_mut() {
            *done += rebuilt as u64;
        }
        if finished {
            *rebuilding = None;
            folder::forget_aside(&self.inner.folder);
        }
    }

    fn note_trouble(&self, trouble: &Trouble) {
        if let Trouble::Damaged(why) = trouble {
            tracing::error!(%why, "the search index is damaged");
            self.inner.suspect.store(true, Ordering::Relaxed);
        }
    }

    /// An index too large to be read through at start is read through now.
    fn verify_if_large(&self) {
        let Ok(opened) = self.opened() else { return };
        if folder::is_large(&self.inner.folder)
            && let Err(Trouble::Damaged(why)) = folder::verify(&self.inner.folder, &opened.index)
        {
            tracing::error!(%why, "the search index is damaged");
            self.inner.suspect.store(true, Ordering::Relaxed);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// 12000 as "12,000".
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests;
