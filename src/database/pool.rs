//! A few read-only connections, lent one at a time and given back even when the borrower panics.

use super::{Reader, Result};
use rusqlite::{Connection, OpenFlags};
use std::ops::Deref;
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Two cores serve a small shop; more readers than this only queue inside SQLite.
const READERS: usize = 6;

pub struct Pool {
    idle: Mutex<Vec<Reader>>,
    returned: Condvar,
}

impl Pool {
    pub fn open(path: &Path) -> Result<Pool> {
        let idle = (0..READERS).map(|_| connect(path)).collect::<Result<Vec<_>>>()?;
        Ok(Pool { idle: Mutex::new(idle), returned: Condvar::new() })
    }

    /// Waits for a connection. It must not be held across anything slow: an open read keeps the WAL from shrinking.
    pub fn take(&self) -> Result<Lent<'_>> {
        let mut idle = self.lock();
        loop {
            match idle.pop() {
                Some(reader) => return Ok(Lent { pool: self, reader: Some(reader) }),
                None => idle = self.returned.wait(idle).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Reader>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn connect(path: &Path) -> Result<Reader> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.execute_batch(
        "PRAGMA query_only = on; PRAGMA foreign_keys = on; PRAGMA synchronous = full; PRAGMA busy_timeout = 5000;
         PRAGMA cache_size = -2048; PRAGMA mmap_size = 268435456; PRAGMA temp_store = memory; PRAGMA trusted_schema = off;",
    )?;
    super::keep_plans(&connection)?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(Reader::new(connection))
}

pub struct Lent<'p> {
    pool: &'p Pool,
    reader: Option<Reader>,
}

impl Deref for Lent<'_> {
    type Target = Reader;
    fn deref(&self) -> &Reader {
        self.reader.as_ref().expect("present until dropped")
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(reader) = self.reader.take() {
            self.pool.lock().push(reader);
            self.pool.returned.notify_one();
        }
    }
}
