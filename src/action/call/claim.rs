//! Which call leaves next. A claim is a commit; before the request leaves a second commit says so, so that a crash needs no guess.

use super::{Call, find};
use crate::action::{self, Action, CallId};
use crate::database::{Millis, Reader, Result, Writer, params};

/// A call waits for its time and for the one before it of the same action; after a restore nothing is called until the owner says so.
const MAY_LEAVE: &str = "state = 'waiting' AND NOT EXISTS (SELECT 1 FROM setting WHERE key = 'outbox_paused' AND value NOT IN ('null', 'false'))
    AND action_id NOT IN (SELECT action_id FROM action_call WHERE state = 'sending')";

/// When the next call may leave; in the past: now.
pub fn next_due(c: &Reader) -> Result<Option<Millis>> {
    c.optional(&format!("SELECT due_at FROM action_call WHERE {MAY_LEAVE} ORDER BY due_at, id LIMIT 1"), [], |r| r.get(0))
}

/// Takes the oldest call that is due. `word` becomes its key, if it has none yet.
pub fn claim(tx: &Writer, word: &str, now: Millis) -> Result<Option<(Call, Action)>> {
    let sql = format!("SELECT id FROM action_call WHERE {MAY_LEAVE} AND due_at <= ?1 ORDER BY due_at, id LIMIT 1");
    let Some(id) = tx.optional(&sql, [now], |r| r.get::<_, CallId>(0))? else { return Ok(None) };
    tx.execute(
        "UPDATE action_call SET state = 'sending', attempts = attempts + 1, idempotency_key = coalesce(idempotency_key, ?2), left_at = NULL WHERE id = ?1",
        params![id, word],
    )?;
    let Some(call) = find(tx, id)? else { return Ok(None) };
    match action::find(tx, call.action_id)? {
        Some(action) => Ok(Some((call, action))),
        None => {
            tx.execute("UPDATE action_call SET state = 'cancelled', words = 'The action was removed.', settled_at = ?2 WHERE id = ?1", params![id, now])?;
            Ok(None)
        }
    }
}

/// The journal: the request is about to leave.
pub fn note_left(tx: &Writer, id: CallId, request: &str, now: Millis) -> Result<()> {
    tx.execute("UPDATE action_call SET left_at = ?2, request = ?3 WHERE id = ?1", params![id, now, request])?;
    Ok(())
}

/// Calls that were on their way when the process ended, and whether their request had left.
pub fn interrupted(c: &Reader) -> Result<Vec<(CallId, bool)>> {
    c.all("SELECT id, left_at IS NOT NULL FROM action_call WHERE state = 'sending' ORDER BY id", [], |r| Ok((r.get(0)?, r.get(1)?)))
}

/// Broken off by ourselves before anything left: it waits again, as if it had never been taken.
pub fn release(tx: &Writer, id: CallId) -> Result<()> {
    tx.execute("UPDATE action_call SET state = 'waiting', attempts = attempts - 1 WHERE id = ?1 AND state = 'sending' AND left_at IS NULL", [id])?;
    Ok(())
}
