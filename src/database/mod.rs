//! Opens SQLite and lends it out: `read(|c| …)` on one of several read-only connections, `write(|tx| …)` on the one
//! writer, which groups what is waiting into one durable commit. After every commit comes a tick.

mod facade;
mod migrate;
mod pool;
pub mod snapshot;
mod writer;

pub use facade::{Reader, Writer, json};
pub use migrate::{MAIL_MIGRATIONS, RESTANTE_MIGRATIONS, migrate};
pub use rusqlite::types::{FromSql, FromSqlError, ToSql, ToSqlOutput, ValueRef};
pub use rusqlite::{Error as SqlError, Result as RowResult, Row, params, params_from_iter};
pub use writer::Ticks;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Milliseconds since 1970-01-01 UTC: every time in the database and in the core.
pub type Millis = i64;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{0}")]
    Sqlite(rusqlite::Error),
    #[error("the disk is full: free some space, Restante then goes on by itself")]
    DiskFull,
    #[error("the database is closing")]
    Closed,
    #[error("a step failed inside a transaction, which was undone: {0}")]
    Panicked(String),
    #[error("the change could not be made durable and was undone: {0}")]
    Commit(String),
    #[error(
        "this data folder was written by a newer Restante (schema {found}, this one knows {known}): start the newer version, or restore a backup made before the upgrade"
    )]
    Newer { found: i64, known: i64 },
    #[error("{0}")]
    Io(std::io::Error),
    #[error("stored data could not be understood: {0}")]
    Json(#[from] serde_json::Error),
}

pub type Result<T> = std::result::Result<T, Error>;

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Error {
        // Where the WAL's index cannot grow, SQLite speaks of its shared memory and not of the disk.
        let full = |code: &rusqlite::ffi::Error| code.code == rusqlite::ErrorCode::DiskFull || code.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE;
        match error.sqlite_error() {
            Some(code) if full(code) => Error::DiskFull,
            _ => Error::Sqlite(error),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Error {
        if error.kind() == std::io::ErrorKind::StorageFull { Error::DiskFull } else { Error::Io(error) }
    }
}

/// The records of a shop. Cheap to clone; the last clone that goes closes the files.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    readers: pool::Pool,
    witness: Mutex<Reader>,
    writer: writer::WriterThread,
}

impl Database {
    /// Opens (or makes) `restante.db` at `path` and brings its schema up to date, after a snapshot of what was there.
    pub fn open(path: &Path) -> Result<Database> {
        let connection = connect_for_writing(path)?;
        migrate(&connection, path, RESTANTE_MIGRATIONS)?;
        let readers = pool::Pool::open(path)?;
        let witness = Mutex::new(pool::connect(path)?);
        Ok(Database { inner: Arc::new(Inner { path: path.to_owned(), readers, witness, writer: writer::WriterThread::start(connection) }) })
    }

    /// Runs `question` on a read-only connection; a write through it is impossible.
    pub fn read<T, E: From<Error>>(&self, question: impl FnOnce(&Reader) -> std::result::Result<T, E>) -> std::result::Result<T, E> {
        let reader = self.inner.readers.take()?;
        question(&reader)
    }

    /// Runs `change` as one transaction and returns when it is durable. An error or a panic inside undoes all of it
    /// and nothing of what others wrote in the same group.
    pub fn write<T, E>(&self, change: impl FnOnce(&Writer) -> std::result::Result<T, E> + Send + 'static) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.inner.writer.run(false, change)
    }

    /// The same for a large change (hundreds of mails): a transaction of its own, all or nothing.
    pub fn write_alone<T, E>(&self, change: impl FnOnce(&Writer) -> std::result::Result<T, E> + Send + 'static) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        self.inner.writer.run(true, change)
    }

    /// Calls `listener` after every commit, on the writer's thread: it must be quick and must not write.
    pub fn on_commit(&self, listener: impl Fn() + Send + Sync + 'static) {
        self.inner.writer.ticks().listen(Box::new(listener));
    }

    /// For threads that sleep until something was written.
    pub fn ticks(&self) -> Arc<Ticks> {
        self.inner.writer.ticks()
    }

    /// Changes whenever any process commits (SQLite's data_version, asked on a connection kept for it).
    pub fn version(&self) -> Result<i64> {
        self.inner.witness.lock().unwrap_or_else(PoisonError::into_inner).one("PRAGMA data_version", [], |r| r.get(0))
    }

    /// Moves the journal into the database and empties it: what was overwritten is not left there either. Fails while somebody reads an
    /// older state; then it is tried again.
    pub fn empty_journal(&self) -> Result<()> {
        empty_journal(&Writer::new(connect_for_writing(&self.inner.path)?))
    }

    /// Writes the file anew, without what was freed before freed pages were overwritten. On the writer's thread: who wants to write waits.
    pub fn write_anew(&self) -> Result<()> {
        self.write_alone(|tx| {
            // VACUUM wants no transaction around it: the writer's own is still empty, and there is one again for its commit.
            tx.batch("COMMIT")?;
            let outcome = write_anew(tx);
            tx.batch("BEGIN IMMEDIATE")?;
            outcome
        })
    }

    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Writes a consistent copy to `target` while work goes on (SQLite's VACUUM INTO).
    pub fn copy_to(&self, target: &Path) -> Result<()> {
        let reader = self.inner.readers.take()?;
        reader.copy_to(target)
    }
}

/// Outside any transaction.
pub fn empty_journal(connection: &Writer) -> Result<()> {
    let busy: i64 = connection.one("PRAGMA wal_checkpoint(TRUNCATE)", [], |r| r.get(0))?;
    if busy == 0 { Ok(()) } else { Err(Error::Sqlite(SqlError::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY), None))) }
}

/// Outside any transaction. The copy that SQLite makes meanwhile is as large as the database: it is not held in memory.
pub fn write_anew(connection: &Writer) -> Result<()> {
    let outcome = connection.batch("PRAGMA temp_store = file; VACUUM;");
    connection.batch("PRAGMA temp_store = memory")?;
    outcome
}

/// One connection with the pragmas of a writer: WAL, durable after power loss, foreign keys kept.
pub fn connect_for_writing(path: &Path) -> Result<rusqlite::Connection> {
    let connection = rusqlite::Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA page_size = 8192; PRAGMA journal_mode = wal; PRAGMA synchronous = full; PRAGMA foreign_keys = on;
         PRAGMA busy_timeout = 5000; PRAGMA cache_size = -16384; PRAGMA temp_store = memory;
         PRAGMA secure_delete = on; -- what was deleted for somebody's sake is not left in free pages (PROMISES P69)
         PRAGMA journal_size_limit = 67108864; PRAGMA trusted_schema = off; PRAGMA wal_autocheckpoint = 2000;",
    )?;
    keep_plans(&connection)?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(connection)
}

/// Without this, every newly bound value makes SQLite plan a cached statement again (it is built with STAT4): half of a
/// mail's time in the writer.
fn keep_plans(connection: &rusqlite::Connection) -> Result<()> {
    connection.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// A database without a file, for what must not be kept.
pub fn connect_in_memory() -> Result<rusqlite::Connection> {
    let connection = rusqlite::Connection::open_in_memory()?;
    connection.execute_batch("PRAGMA foreign_keys = on; PRAGMA temp_store = memory; PRAGMA trusted_schema = off;")?;
    connection.set_prepared_statement_cache_capacity(256);
    Ok(connection)
}

#[cfg(test)]
mod tests;
