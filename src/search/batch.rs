//! What one commit takes in: from the queue first, then from a rebuild, within a budget.

use super::folder::{Opened, Trouble, trouble};
use super::{document, point::Point};
use crate::database::Database;
use std::collections::HashSet;
use std::path::Path;
use tantivy::{IndexWriter, Term};

/// Messages in one commit, and bytes of text: half a second of work, and what may wait in memory.
const BATCH_MESSAGES: usize = 5_000;
const BATCH_BYTES: usize = 16 * 1024 * 1024;
/// Messages asked for at once.
const FETCHED_AT_ONCE: usize = 250;

/// What one commit will hold.
pub struct Batch<'a> {
    pub opened: &'a Opened,
    pub writer: &'a IndexWriter,
    pub db: &'a Database,
    pub folder: &'a Path,
    /// Text handed to the writer so far.
    pub bytes: usize,
}

#[derive(Default)]
pub struct Added {
    pub queued: usize,
    pub rebuilt: usize,
}

impl Batch<'_> {
    /// Takes what waits, then what is to be rebuilt, as far as the budget goes; moves `next` on.
    pub fn take(&mut self, next: &mut Point) -> Result<Added, Trouble> {
        let queued = self.take_queued(next)?;
        let rebuilt = if queued < BATCH_MESSAGES && self.bytes < BATCH_BYTES { self.take_old(next)? } else { 0 };
        Ok(Added { queued, rebuilt })
    }

    fn take_queued(&mut self, next: &mut Point) -> Result<usize, Trouble> {
        let rows: Vec<(i64, i64)> = self.db.read(|c| {
            c.all("SELECT seq, message_id FROM index_queue WHERE seq > ?1 ORDER BY seq LIMIT ?2", [next.seq, BATCH_MESSAGES as i64], |r| {
                Ok((r.get(0)?, r.get(1)?))
            })
        })?;
        let (known, mut done, mut added) = (next.known, HashSet::new(), 0);
        for some in rows.chunks(FETCHED_AT_ONCE) {
            // A message that the rebuild will come to needs nothing now.
            let ids: Vec<i64> = some.iter().map(|(_, id)| *id).filter(|id| next.below.is_none_or(|below| *id >= below) && done.insert(*id)).collect();
            for id in ids.iter().filter(|id| **id <= known) {
                self.writer.delete_term(Term::from_field_u64(self.opened.fields.id, *id as u64));
            }
            added += self.add(&ids)?;
            next.known = ids.iter().copied().max().unwrap_or(0).max(next.known);
            next.seq = some.last().map_or(next.seq, |(seq, _)| *seq);
            if self.bytes > BATCH_BYTES {
                break;
            }
        }
        Ok(added)
    }

    /// The next older messages of a rebuild. They have no document yet.
    fn take_old(&mut self, next: &mut Point) -> Result<usize, Trouble> {
        let mut added = 0;
        while let Some(below) = next.below
            && added < BATCH_MESSAGES
            && self.bytes < BATCH_BYTES
        {
            let ids: Vec<i64> =
                self.db.read(|c| c.all("SELECT id FROM message WHERE id < ?1 ORDER BY id DESC LIMIT ?2", [below, FETCHED_AT_ONCE as i64], |r| r.get(0)))?;
            added += self.add(&ids)?;
            next.below = if ids.len() < FETCHED_AT_ONCE { None } else { ids.last().copied() };
        }
        Ok(added)
    }

    fn add(&mut self, ids: &[i64]) -> Result<usize, Trouble> {
        let documents = self.db.read(|c| document::load(c, &self.opened.fields, ids))?;
        let count = documents.len();
        for (document, bytes) in documents {
            self.bytes += bytes;
            self.writer.add_document(document).map_err(|e| trouble(self.folder, &e))?;
        }
        Ok(count)
    }
}
