//! Numbered migrations, each all or nothing, run at start after a snapshot. `PRAGMA user_version` says how far.

use super::{Error, Result};
use rusqlite::Connection;
use std::path::Path;

pub const RESTANTE_MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/restante/0001_the_main_job.sql"),
    include_str!("../../migrations/restante/0002_returns.sql"),
    include_str!("../../migrations/restante/0003_return_policy.sql"),
    include_str!("../../migrations/restante/0004_courier.sql"),
    include_str!("../../migrations/restante/0005_owners_fields_keys_and_items.sql"),
    include_str!("../../migrations/restante/0006_leads.sql"),
];
pub const MAIL_MIGRATIONS: &[&str] = &[include_str!("../../migrations/mail/0001_raw_mail.sql")];

/// Brings the schema up to date. Before the first change to a database that already holds something, a snapshot
/// `before-schema-N.db` is written beside it; a database of a newer Restante is refused untouched.
pub fn migrate(connection: &Connection, path: &Path, migrations: &[&str]) -> Result<()> {
    let known = migrations.len() as i64;
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > known {
        return Err(Error::Newer { found, known });
    }
    if found > 0 && found < known {
        snapshot(connection, path, known)?;
    }
    for (number, sql) in migrations.iter().enumerate().skip(found as usize) {
        connection.execute_batch(&format!("BEGIN IMMEDIATE; {sql}; PRAGMA user_version = {}; COMMIT;", number + 1)).inspect_err(|_| {
            // The failed batch leaves its transaction open; the error is already the caller's.
            connection.execute_batch("ROLLBACK").ok();
        })?;
    }
    Ok(())
}

fn snapshot(connection: &Connection, path: &Path, known: i64) -> Result<()> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let target = path.with_file_name(format!("{stem}-before-schema-{known}.db"));
    if target.exists() {
        return Ok(()); // an interrupted upgrade made it; what it holds is older and whole
    }
    let unfinished = target.with_extension("db.part");
    std::fs::remove_file(&unfinished).ok();
    connection.execute("VACUUM INTO ?1", [unfinished.to_string_lossy()])?;
    std::fs::File::open(&unfinished)?.sync_all()?;
    std::fs::rename(&unfinished, &target)?;
    Ok(())
}
