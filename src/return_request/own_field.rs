//! The fields that an owner added, in their order.

use super::fields::OwnField;
use crate::database::{Millis, Reader, Result, Writer, json, params};
use crate::id::AgentId;

/// Those in use.
pub fn all(c: &Reader) -> Result<Vec<OwnField>> {
    c.all("SELECT field FROM return_field WHERE removed_at IS NULL ORDER BY position, id", [], |r| json(r, 0))
}

/// Adds a field, or changes the one with its key; one that was removed comes back.
pub fn save(tx: &Writer, field: &OwnField, position: i64, by: AgentId, now: Millis) -> Result<()> {
    tx.execute(
        "INSERT INTO return_field(key, position, field, created_at, created_by) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT(key) DO UPDATE SET position = excluded.position, field = excluded.field, removed_at = NULL, removed_by = NULL",
        params![field.key, position, serde_json::to_string(field)?, now, by],
    )?;
    Ok(())
}

/// It is asked for no more; what was answered stays.
pub fn remove(tx: &Writer, key: &str, by: AgentId, now: Millis) -> Result<bool> {
    Ok(tx.execute("UPDATE return_field SET removed_at = ?2, removed_by = ?3 WHERE key = ?1 AND removed_at IS NULL", params![key, now, by])? > 0)
}
