//! Customers who were asked and have not answered.

use crate::database::{Millis, Reader, Result, Writer, params};
use crate::id::ReturnId;

/// Looked at in one round; the others come with the next.
const ROUND_MAX: i64 = 200;

/// Returns whose customer was asked before then and wrote nothing since, while their conversation waits for it; the oldest first.
pub fn asked_before(c: &Reader, before: Millis) -> Result<Vec<ReturnId>> {
    c.all(
        "SELECT return_request.id FROM return_request JOIN conversation ON conversation.id = conversation_id
         WHERE state = 'awaiting_details' AND asked > 0 AND asked_at <= ?1 AND no_answer_at IS NULL AND conversation.status = 'waiting'
           AND NOT EXISTS (SELECT 1 FROM message WHERE message.conversation_id = return_request.conversation_id AND direction = 'inbound'
                             AND email_kind = 'person' AND arrived_at > asked_at)
         ORDER BY asked_at LIMIT ?2",
        params![before, ROUND_MAX],
        |r| r.get(0),
    )
}

/// An agent was told.
pub fn note(tx: &Writer, id: ReturnId, now: Millis) -> Result<()> {
    tx.execute("UPDATE return_request SET no_answer_at = ?2 WHERE id = ?1", params![id, now])?;
    Ok(())
}

/// The letter that would have asked was not written after all.
pub fn not_asked(tx: &Writer, id: ReturnId) -> Result<()> {
    tx.execute("UPDATE return_request SET asked = max(asked - 1, 0), asked_at = CASE WHEN asked > 1 THEN asked_at END WHERE id = ?1", [id])?;
    Ok(())
}

/// They wrote after all.
pub fn forget(tx: &Writer, id: ReturnId) -> Result<()> {
    tx.execute("UPDATE return_request SET no_answer_at = NULL WHERE id = ?1 AND no_answer_at IS NOT NULL", [id])?;
    Ok(())
}
