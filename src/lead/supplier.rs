//! Addresses and domains that the owner marked as suppliers: whoever writes from there is no lead.

use crate::database::{Millis, Reader, Result, Writer, params};
use crate::email::EmailAddress;
use crate::id::AgentId;

/// Marks `anna@paper.example`, or with `@paper.example` the whole domain.
pub fn mark(tx: &Writer, pattern: &str, by: Option<AgentId>, now: Millis) -> Result<()> {
    tx.execute("INSERT INTO supplier(pattern, at, by_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING", params![pattern.trim().to_lowercase(), now, by])?;
    Ok(())
}

pub fn unmark(tx: &Writer, pattern: &str) -> Result<bool> {
    Ok(tx.execute("DELETE FROM supplier WHERE pattern = ?1", [pattern.trim().to_lowercase()])? > 0)
}

pub fn all(c: &Reader) -> Result<Vec<String>> {
    c.all("SELECT pattern FROM supplier ORDER BY pattern", [], |r| r.get(0))
}

pub fn is_one(c: &Reader, address: &EmailAddress) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM supplier WHERE pattern IN (?1, ?2))";
    let domain = format!("@{}", address.domain().to_lowercase());
    c.one(sql, params![address.key(), domain], |r| r.get(0))
}
