//! Tags: short words that agents put on conversations.

use super::ConversationId;
use crate::database::{Millis, Reader, Result, Writer, params};
use crate::id::AgentId;

/// A tag is a word or two, not a note.
pub const TAG_CHARS_MAX: usize = 40;

/// The tag as it is stored, or nothing if it is not one: white space folded, no control characters.
pub fn clean(name: &str) -> Option<String> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    (!name.is_empty() && name.chars().count() <= TAG_CHARS_MAX && !name.contains(char::is_control)).then_some(name)
}

pub fn of_conversation(c: &Reader, id: ConversationId) -> Result<Vec<String>> {
    c.all("SELECT name FROM conversation_tag JOIN tag ON tag.id = tag_id WHERE conversation_id = ?1 ORDER BY name", [id], |r| r.get(0))
}

/// Every tag with the number of conversations that have it, for completion.
pub fn all(c: &Reader) -> Result<Vec<(String, i64)>> {
    c.all("SELECT name, count(conversation_id) FROM tag LEFT JOIN conversation_tag ON tag_id = tag.id GROUP BY tag.id ORDER BY name", [], |r| {
        Ok((r.get(0)?, r.get(1)?))
    })
}

/// False when it was there already.
pub fn put(tx: &Writer, id: ConversationId, name: &str, by: Option<AgentId>, now: Millis) -> Result<bool> {
    tx.execute("INSERT INTO tag(name) VALUES (?1) ON CONFLICT DO NOTHING", [name])?;
    let added = tx.execute(
        "INSERT INTO conversation_tag(conversation_id, tag_id, at, by_id) SELECT ?1, id, ?3, ?4 FROM tag WHERE name = ?2 ON CONFLICT DO NOTHING",
        params![id, name, now, by],
    )?;
    Ok(added == 1)
}

/// False when it was not there.
pub fn take_off(tx: &Writer, id: ConversationId, name: &str) -> Result<bool> {
    let gone = tx.execute("DELETE FROM conversation_tag WHERE conversation_id = ?1 AND tag_id = (SELECT id FROM tag WHERE name = ?2)", params![id, name])?;
    Ok(gone == 1)
}
