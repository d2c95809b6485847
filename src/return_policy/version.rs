//! The policy as it stood on each day. Versions are only ever added.

use super::Policy;
use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, json, params};
use crate::id::AgentId;
use jiff::civil::Date;

#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    pub id: i64,
    pub valid_from: Option<Date>,
    pub policy: Policy,
    pub note: String,
    pub created_at: Millis,
    pub created_by: Option<AgentId>,
}

const COLUMNS: &str = "id, valid_from, policy, note, created_at, created_by";

pub fn find(c: &Reader, id: i64) -> Result<Option<Version>> {
    c.optional(&format!("SELECT {COLUMNS} FROM policy_version WHERE id = ?1"), [id], from_row)
}

/// The version that held on a day; for days before the first, the first, since nothing else was ever promised.
pub fn on_day(c: &Reader, day: Date) -> Result<Option<Version>> {
    let sql = format!("SELECT {COLUMNS} FROM policy_version WHERE valid_from <= ?1 ORDER BY valid_from DESC, id DESC LIMIT 1");
    match c.optional(&sql, [day.to_string()], from_row)? {
        Some(version) => Ok(Some(version)),
        None => c.optional(&format!("SELECT {COLUMNS} FROM policy_version ORDER BY valid_from, id LIMIT 1"), [], from_row),
    }
}

pub fn all(c: &Reader) -> Result<Vec<Version>> {
    c.all(&format!("SELECT {COLUMNS} FROM policy_version ORDER BY valid_from DESC, id DESC"), [], from_row)
}

pub fn save(tx: &Writer, policy: &Policy, valid_from: Date, note: &str, by: Option<AgentId>, now: Millis) -> Result<i64> {
    tx.insert(
        "INSERT INTO policy_version(valid_from, policy, note, created_at, created_by) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![valid_from.to_string(), serde_json::to_string(policy)?, note.trim(), now, by],
    )
}

fn from_row(r: &Row) -> RowResult<Version> {
    Ok(Version {
        id: r.get(0)?,
        valid_from: r.get_ref(1)?.as_str()?.parse().ok(),
        policy: json(r, 2)?,
        note: r.get(3)?,
        created_at: r.get(4)?,
        created_by: r.get(5)?,
    })
}
