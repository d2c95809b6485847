//! Saved searches over leads. What one asks is kept as it is typed, and understood anew each time: "last<30d" is always the last 30 days.

pub use crate::id::SegmentId;

use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, params};
use crate::id::AgentId;

/// Each is counted whenever the page is shown.
pub const SEGMENTS_MAX: i64 = 40;
pub const NAME_CHARS_MAX: usize = 60;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    pub id: SegmentId,
    pub name: String,
    /// As it is typed.
    pub query: String,
    pub created_at: Millis,
    pub created_by: Option<AgentId>,
}

const COLUMNS: &str = "id, name, query, created_at, created_by";

pub fn all(c: &Reader) -> Result<Vec<Segment>> {
    c.all(&format!("SELECT {COLUMNS} FROM segment WHERE removed_at IS NULL ORDER BY name LIMIT ?1"), [SEGMENTS_MAX], from_row)
}

pub fn find(c: &Reader, id: SegmentId) -> Result<Option<Segment>> {
    c.optional(&format!("SELECT {COLUMNS} FROM segment WHERE id = ?1 AND removed_at IS NULL"), [id], from_row)
}

/// Why a name cannot be taken, in words.
pub fn complaint(c: &Reader, name: &str, own: Option<SegmentId>) -> Result<Option<String>> {
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX {
        return Ok(Some(format!("A segment needs a name of at most {NAME_CHARS_MAX} characters.")));
    }
    let sql = "SELECT EXISTS (SELECT 1 FROM segment WHERE name = ?1 AND removed_at IS NULL AND id IS NOT ?2)";
    if c.one(sql, params![name, own], |r| r.get(0))? {
        return Ok(Some(format!("There is a segment called “{name}” already.")));
    }
    let many = own.is_none() && c.one("SELECT count(*) >= ?1 FROM segment WHERE removed_at IS NULL", [SEGMENTS_MAX], |r| r.get(0))?;
    Ok(many.then(|| format!("There may be {SEGMENTS_MAX} segments: remove one that is not needed any more.")))
}

pub fn add(tx: &Writer, name: &str, query: &str, by: AgentId, now: Millis) -> Result<SegmentId> {
    Ok(SegmentId(tx.insert("INSERT INTO segment(name, query, created_at, created_by) VALUES (?1, ?2, ?3, ?4)", params![name, query, now, by])?))
}

pub fn rename(tx: &Writer, id: SegmentId, name: &str) -> Result<bool> {
    Ok(tx.execute("UPDATE segment SET name_was = name, name = ?2 WHERE id = ?1 AND removed_at IS NULL AND name IS NOT ?2 COLLATE BINARY", params![id, name])?
        > 0)
}

/// The name before the last.
pub fn name_was(c: &Reader, id: SegmentId) -> Result<Option<String>> {
    Ok(c.optional("SELECT name_was FROM segment WHERE id = ?1 AND removed_at IS NULL", [id], |r| r.get(0))?.flatten())
}

pub fn remove(tx: &Writer, id: SegmentId, by: AgentId, now: Millis) -> Result<bool> {
    Ok(tx.execute("UPDATE segment SET removed_at = ?2, removed_by = ?3 WHERE id = ?1 AND removed_at IS NULL", params![id, now, by])? > 0)
}

/// The name of one that was removed.
pub fn removed(c: &Reader, id: SegmentId) -> Result<Option<String>> {
    c.optional("SELECT name FROM segment WHERE id = ?1 AND removed_at IS NOT NULL", [id], |r| r.get(0))
}

pub fn bring_back(tx: &Writer, id: SegmentId) -> Result<()> {
    tx.execute("UPDATE segment SET removed_at = NULL, removed_by = NULL WHERE id = ?1", [id])?;
    Ok(())
}

fn from_row(r: &Row) -> RowResult<Segment> {
    Ok(Segment { id: r.get(0)?, name: r.get(1)?, query: r.get(2)?, created_at: r.get(3)?, created_by: r.get(4)? })
}
