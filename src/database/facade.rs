//! The few verbs in which the nouns speak SQL. Statements are cached; slow ones are logged.

use super::{Error, Result};
use rusqlite::{Connection, OptionalExtension, Params, Row};
use std::any::Any;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

/// A question that takes longer than this is worth a line in the log: pages promise 50 ms in all.
const SLOW_QUERY: Duration = Duration::from_millis(200);

/// Asks; cannot change anything.
pub struct Reader {
    connection: Connection,
}

/// Asks and changes, inside a transaction that the database began.
pub struct Writer {
    reader: Reader,
}

impl Reader {
    pub(super) fn new(connection: Connection) -> Reader {
        Reader { connection }
    }

    /// The one row that must be there.
    pub fn one<T>(&self, sql: &str, params: impl Params, row: impl FnOnce(&Row) -> rusqlite::Result<T>) -> Result<T> {
        timed(sql, || Ok(self.connection.prepare_cached(sql)?.query_row(params, row)?))
    }

    /// The row, if there is one.
    pub fn optional<T>(&self, sql: &str, params: impl Params, row: impl FnOnce(&Row) -> rusqlite::Result<T>) -> Result<Option<T>> {
        timed(sql, || Ok(self.connection.prepare_cached(sql)?.query_row(params, row).optional()?))
    }

    /// Every row.
    pub fn all<T>(&self, sql: &str, params: impl Params, row: impl FnMut(&Row) -> rusqlite::Result<T>) -> Result<Vec<T>> {
        timed(sql, || Ok(self.connection.prepare_cached(sql)?.query_map(params, row)?.collect::<rusqlite::Result<Vec<T>>>()?))
    }

    pub(crate) fn copy_to(&self, target: &Path) -> Result<()> {
        self.connection.execute("VACUUM INTO ?1", [target.to_string_lossy()])?;
        Ok(())
    }
}

impl Writer {
    /// Wraps a connection on which the caller holds a transaction (the writer thread, blobs, tests).
    pub fn new(connection: Connection) -> Writer {
        Writer { reader: Reader::new(connection) }
    }

    /// Changes rows; returns how many.
    pub fn execute(&self, sql: &str, params: impl Params) -> Result<usize> {
        timed(sql, || Ok(self.connection.prepare_cached(sql)?.execute(params)?))
    }

    /// Adds a row; returns its id.
    pub fn insert(&self, sql: &str, params: impl Params) -> Result<i64> {
        timed(sql, || Ok(self.connection.prepare_cached(sql)?.insert(params)?))
    }

    /// Runs a part of the change in a savepoint of its own: when it fails or panics, only it is undone. The outer error is
    /// a database that cannot go on.
    pub fn attempt<T, E: From<Error>>(&self, part: impl FnOnce() -> std::result::Result<T, E>) -> Result<std::result::Result<T, E>> {
        self.batch("SAVEPOINT part")?;
        let outcome = catch_unwind(AssertUnwindSafe(part)).unwrap_or_else(|panic| Err(Error::Panicked(panic_words(&*panic)).into()));
        self.batch(if outcome.is_ok() { "RELEASE part" } else { "ROLLBACK TO part; RELEASE part" })?;
        Ok(outcome)
    }

    /// Gives the connection up for asking only.
    pub fn into_reader(self) -> Reader {
        self.reader
    }

    pub(crate) fn batch(&self, sql: &str) -> Result<()> {
        Ok(self.connection.execute_batch(sql)?)
    }
}

impl Deref for Writer {
    type Target = Reader;
    fn deref(&self) -> &Reader {
        &self.reader
    }
}

fn timed<T>(sql: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let began = Instant::now();
    let result = work();
    let took = began.elapsed();
    if took > SLOW_QUERY {
        let first_line = sql.trim_start().lines().next().unwrap_or_default();
        tracing::warn!(milliseconds = took.as_millis() as u64, sql = first_line, "slow query");
    }
    result
}

/// A column that holds JSON, as the type it was written from.
pub fn json<T: serde::de::DeserializeOwned>(row: &Row, column: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?;
    serde_json::from_str(text).map_err(|e| rusqlite::Error::FromSqlConversionFailure(column, rusqlite::types::Type::Text, Box::new(e)))
}

/// What a panic said, for the log and for the owner.
pub(super) fn panic_words(panic: &(dyn Any + Send)) -> String {
    panic.downcast_ref::<&str>().map(|s| s.to_string()).or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}
