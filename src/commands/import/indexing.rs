//! The search index keeps up while mails are filed, on a thread of its own, some thousand at a time: small commits would
//! cost more than they give while nobody searches.

use crate::app::Folder;
use crate::search::Index;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

/// Mails filed between two commits of the index.
const MAILS_BETWEEN: u64 = 5_000;

pub struct Indexing<'s> {
    go: SyncSender<()>,
    thread: ScopedJoinHandle<'s, anyhow::Result<()>>,
    filed_then: u64,
}

impl<'s> Indexing<'s> {
    pub fn start(scope: &'s Scope<'s, '_>, folder: &Folder) -> anyhow::Result<Indexing<'s>> {
        let index = Index::open(&folder.path.join("index"), &folder.db)?;
        let db = folder.db.clone();
        let (go, wait) = sync_channel(1);
        let thread = scope.spawn(move || {
            let outcome = keep_up(&index, &db, &wait);
            index.close(&db);
            outcome
        });
        Ok(Indexing { go, thread, filed_then: 0 })
    }

    /// So many mails were filed by now.
    pub fn filed(&mut self, count: u64) {
        if count - self.filed_then >= MAILS_BETWEEN {
            self.filed_then = count;
            self.go.try_send(()).ok(); // it works already, and will see these too
        }
    }

    /// Everything is filed: returns when everything can be found.
    pub fn finish(self) -> anyhow::Result<()> {
        drop(self.go);
        self.thread.join().unwrap_or_else(|_| anyhow::bail!("the index thread failed inside: please report this"))
    }
}

fn keep_up(index: &Index, db: &crate::database::Database, wait: &Receiver<()>) -> anyhow::Result<()> {
    while wait.recv().is_ok() {
        index.work(db)?;
    }
    index.catch_up(db)?;
    Ok(())
}
