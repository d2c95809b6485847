//! The fields that an owner added, in their order.

mod draft;

pub use draft::{CHOICE_CHARS_MAX, CHOICES_MAX, Choice, Draft, LABEL_CHARS_MAX, Mistake, Place, QUESTION_CHARS_MAX, is_reserved};

use super::fields::OwnField;
use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, json, params};
use crate::id::AgentId;
pub use crate::id::OwnFieldId;

/// More questions than these nobody answers.
pub const FIELDS_MAX: usize = 20;

/// A field as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub id: OwnFieldId,
    pub field: OwnField,
    /// It is asked for no more; what was answered stays.
    pub removed: bool,
}

/// Those in use.
pub fn all(c: &Reader) -> Result<Vec<OwnField>> {
    c.all("SELECT field FROM return_field WHERE removed_at IS NULL ORDER BY position, id", [], |r| json(r, 0))
}

/// Those in use that were there already: a field that was added later holds up no return that is open.
pub fn known_at(c: &Reader, at: Millis) -> Result<Vec<OwnField>> {
    c.all("SELECT field FROM return_field WHERE removed_at IS NULL AND created_at <= ?1 ORDER BY position, id", [at], |r| json(r, 0))
}

/// Those that the owner wants to see on the board.
pub fn on_board(c: &Reader) -> Result<Vec<OwnField>> {
    Ok(all(c)?.into_iter().filter(|field| field.on_board).collect())
}

/// Those in use and those that were.
pub fn kept(c: &Reader) -> Result<Vec<Kept>> {
    c.all("SELECT id, field, removed_at IS NOT NULL FROM return_field ORDER BY removed_at IS NOT NULL, position, id", [], from_row)
}

pub fn find(c: &Reader, id: OwnFieldId) -> Result<Option<Kept>> {
    c.optional("SELECT id, field, removed_at IS NOT NULL FROM return_field WHERE id = ?1", [id], from_row)
}

/// Adds a field behind the others, or changes the one with its key; one that was removed comes back.
pub fn save(tx: &Writer, field: &OwnField, by: AgentId, now: Millis) -> Result<OwnFieldId> {
    tx.execute(
        "INSERT INTO return_field(key, position, field, created_at, created_by)
         VALUES (?1, (SELECT coalesce(max(position), 0) + 1 FROM return_field), ?2, ?3, ?4)
         ON CONFLICT(key) DO UPDATE SET field = excluded.field, removed_at = NULL, removed_by = NULL",
        params![field.key, serde_json::to_string(field)?, now, by],
    )?;
    tx.one("SELECT id FROM return_field WHERE key = ?1", [&field.key], |r| r.get(0))
}

/// One place up or down among those in use.
pub fn shift(tx: &Writer, id: OwnFieldId, up: bool) -> Result<()> {
    let mut ids: Vec<OwnFieldId> = kept(tx)?.into_iter().filter(|kept| !kept.removed).map(|kept| kept.id).collect();
    let Some(at) = ids.iter().position(|known| *known == id) else { return Ok(()) };
    let to = if up { at.saturating_sub(1) } else { (at + 1).min(ids.len() - 1) };
    ids.swap(at, to);
    for (position, id) in ids.iter().enumerate() {
        tx.execute("UPDATE return_field SET position = ?2 WHERE id = ?1", params![id, position as i64 + 1])?;
    }
    Ok(())
}

/// It is asked for no more; what was answered stays.
pub fn remove(tx: &Writer, id: OwnFieldId, by: AgentId, now: Millis) -> Result<bool> {
    Ok(tx.execute("UPDATE return_field SET removed_at = ?2, removed_by = ?3 WHERE id = ?1 AND removed_at IS NULL", params![id, now, by])? > 0)
}

/// It is asked for again.
pub fn restore(tx: &Writer, id: OwnFieldId) -> Result<bool> {
    Ok(tx.execute("UPDATE return_field SET removed_at = NULL, removed_by = NULL WHERE id = ?1 AND removed_at IS NOT NULL", [id])? > 0)
}

fn from_row(r: &Row) -> RowResult<Kept> {
    Ok(Kept { id: r.get(0)?, field: json(r, 1)?, removed: r.get(2)? })
}
