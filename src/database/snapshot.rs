//! Copies of a database that another process may be writing, and questions about a copy: is it whole, which schema is it.
//! Nothing here migrates or writes to the original.

use super::{Error, RESTANTE_MIGRATIONS, Reader, Result};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// Another process commits every few milliseconds; a copy waits for it rather than to fail.
const PATIENCE: Duration = Duration::from_secs(30);
/// More complaints than this tell an owner nothing more.
const COMPLAINTS_MAX: usize = 20;

/// Writes a consistent copy of the database `from` to the new file `to`, durable, while others write.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    let connection = open_for_reading(from)?;
    connection.execute("VACUUM INTO ?1", [to.to_string_lossy()])?;
    std::fs::File::open(to)?.sync_all()?;
    Ok(())
}

/// Lends the records at `path` as they are at this moment, whatever others write meanwhile. Refuses a schema that is not
/// this program's: it was not brought up to date yet, or belongs to a newer one.
pub fn records(path: &Path) -> Result<Reader> {
    let (found, known) = (schema(path)?, RESTANTE_MIGRATIONS.len() as i64);
    if found > known {
        return Err(Error::Newer { found, known });
    }
    if found < known {
        return Err(Error::Io(std::io::Error::other(
            "this data folder was written by an older Restante: start the server once, it brings the folder up to date",
        )));
    }
    let connection = open_for_reading(path)?;
    connection.execute_batch("BEGIN")?;
    Ok(Reader::new(connection))
}

/// The number of the newest migration in it.
pub fn schema(path: &Path) -> Result<i64> {
    Ok(open_for_reading(path)?.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// What `integrity_check` and `foreign_key_check` find wrong; empty: nothing.
pub fn complaints(path: &Path) -> Result<Vec<String>> {
    let connection = open_for_reading(path)?;
    let mut found = Vec::new();
    let mut check = connection.prepare("PRAGMA integrity_check(20)")?;
    for words in check.query_map([], |row| row.get::<_, String>(0))? {
        found.push(words?);
    }
    found.retain(|words| words != "ok");
    let mut orphans = connection.prepare("PRAGMA foreign_key_check")?;
    let rows = orphans.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?, row.get::<_, String>(2)?)))?;
    for row in rows.take(COMPLAINTS_MAX) {
        let (table, id, parent) = row?;
        found.push(format!("row {} of {table} refers to a row of {parent} that is not there", id.unwrap_or_default()));
    }
    Ok(found)
}

/// How many rows `table` has; `table` is a name in this code, never a user's word.
pub fn rows_in(path: &Path, table: &'static str) -> Result<i64> {
    Ok(open_for_reading(path)?.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?)
}

fn open_for_reading(path: &Path) -> Result<Connection> {
    if !path.exists() {
        return Err(Error::Io(std::io::Error::new(std::io::ErrorKind::NotFound, format!("{} is not there", path.display()))));
    }
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    Ok(connection)
}
