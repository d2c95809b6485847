//! Letters that Restante itself wants written. A journey notes the wish in its own transaction; afterwards the letter is
//! composed to its final bytes, kept, and queued, or dropped with a reason. So nothing is promised that was not committed, and
//! no letter is written twice.

mod compose;
mod confirm;
mod enclosed;
pub(in crate::desk) mod follow_up;
mod queue;
mod stranger;
mod words;

pub use compose::{Composed, Files, Making, compose, files};
pub use enclosed::Enclosed;
pub use queue::{drop_letter, queue};
pub use words::{facts as template_facts, known_facts};

use super::Result;
use crate::conversation::ConversationId;
use crate::database::{Millis, Reader, Row, RowResult, Writer, json, params};
use crate::id::{AgentId, FollowUpId, ReturnId, WantedLetterId};

crate::return_request::code::codes! {
    Kind {
        /// Asks the customer for what is missing.
        Ask = "ask",
        /// Asks once more a customer who did not answer.
        Remind = "remind",
        /// Tells fulfilment of a return.
        Fulfilment = "fulfilment",
        /// Asks whether what was ticked for an address was meant (double opt-in).
        Confirm = "confirm",
        /// Writes to somebody who agreed to that.
        FollowUp = "follow_up",
    }
}

/// A letter that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// Where it will stand.
    pub conversation_id: ConversationId,
    pub return_id: Option<ReturnId>,
    pub kind: Kind,
    pub address: &'a str,
    /// `None`: by itself.
    pub by: Option<AgentId>,
}

/// One that waits to be written.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub id: WantedLetterId,
    pub conversation_id: ConversationId,
    pub return_id: Option<ReturnId>,
    pub follow_up_id: Option<FollowUpId>,
    pub kind: Kind,
    pub address: String,
    pub by: Option<AgentId>,
    /// What its kind has to know.
    pub data: serde_json::Value,
}

impl Waiting {
    /// Nobody looked at what it repeats of a stranger's words. To fulfilment the facts are due as they are.
    fn is_unseen(&self) -> bool {
        self.by.is_none() && self.kind != Kind::Fulfilment
    }
}

pub fn want(tx: &Writer, wanted: &Wanted, now: Millis) -> Result<WantedLetterId> {
    want_about(tx, wanted, &serde_json::json!({}), now)
}

/// With what its kind has to know.
pub fn want_about(tx: &Writer, wanted: &Wanted, data: &serde_json::Value, now: Millis) -> Result<WantedLetterId> {
    let id = tx.insert(
        "INSERT INTO wanted_letter(conversation_id, return_id, kind, address, data, wanted_at, wanted_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![wanted.conversation_id, wanted.return_id, wanted.kind.code(), wanted.address.to_lowercase(), data.to_string(), now, wanted.by],
    )?;
    Ok(WantedLetterId(id))
}

/// How long a letter that asks waits for a look-up of its order, which may answer what it would ask. A shop's backend answers in seconds;
/// one that is down must not keep a customer waiting.
pub const LOOK_UP_PATIENCE: Millis = 2 * 60 * 1000;

/// Those that wait to be written, oldest first. What asks for details waits for the look-up of its order to come back, for a while.
pub fn waiting(c: &Reader, limit: usize, now: Millis) -> Result<Vec<Waiting>> {
    let sql = "SELECT id, conversation_id, return_id, kind, address, wanted_by, data, follow_up_id FROM wanted_letter WHERE settled_at IS NULL
        AND (kind NOT IN ('ask', 'remind') OR wanted_at <= ?2 OR NOT EXISTS (SELECT 1 FROM action_call JOIN custom_action ON custom_action.id = action_id
          WHERE action_call.return_id = wanted_letter.return_id AND custom_action.kind = ?3 AND action_call.state IN ('waiting', 'sending')))
        ORDER BY id LIMIT ?1";
    let row = |r: &Row| -> RowResult<Option<Waiting>> {
        let Some(kind) = Kind::from_code(r.get_ref(3)?.as_str()?) else { return Ok(None) };
        Ok(Some(Waiting {
            id: r.get(0)?,
            conversation_id: r.get(1)?,
            return_id: r.get(2)?,
            follow_up_id: r.get(7)?,
            kind,
            address: r.get(4)?,
            by: r.get(5)?,
            data: json(r, 6)?,
        }))
    };
    let look_up = crate::action::Kind::LookUp.code();
    Ok(c.all(sql, params![limit as i64, now - LOOK_UP_PATIENCE, look_up], row)?.into_iter().flatten().collect())
}

/// Whether a letter of this kind about a return waits or was written.
pub fn is_wanted(c: &Reader, id: ReturnId, kind: Kind) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM wanted_letter WHERE return_id = ?1 AND kind = ?2 AND dropped IS NULL)";
    Ok(c.one(sql, params![id, kind.code()], |r| r.get(0))?)
}

/// To whom a return's form was mailed last.
pub fn last_asked(c: &Reader, id: ReturnId) -> Result<Option<String>> {
    let sql = "SELECT address FROM wanted_letter WHERE return_id = ?1 AND kind IN ('ask', 'remind') AND message_id IS NOT NULL ORDER BY id DESC LIMIT 1";
    Ok(c.optional(sql, [id], |r| r.get(0))?)
}

/// Whether a letter of this kind to an address waits or was written since then.
pub fn was_wanted(c: &Reader, address_key: &str, kind: Kind, since: Millis) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM wanted_letter WHERE address = ?1 AND kind = ?2 AND wanted_at > ?3 AND dropped IS NULL)";
    Ok(c.one(sql, params![address_key, kind.code(), since], |r| r.get(0))?)
}

/// Letters about returns that went, or are about to go, to an address by themselves since then; follow-ups have a pace of their own.
pub fn count_to(c: &Reader, address_key: &str, since: Millis) -> Result<i64> {
    let sql = "SELECT count(*) FROM wanted_letter WHERE address = ?1 AND wanted_by IS NULL AND dropped IS NULL AND wanted_at > ?2 AND kind NOT IN ('fulfilment', 'follow_up')";
    Ok(c.one(sql, params![address_key, since], |r| r.get(0))?)
}

/// The same for everybody.
pub fn count_since(c: &Reader, since: Millis) -> Result<i64> {
    let sql = "SELECT count(*) FROM wanted_letter WHERE wanted_at > ?1 AND wanted_by IS NULL AND dropped IS NULL AND kind NOT IN ('fulfilment', 'follow_up')";
    Ok(c.one(sql, [since], |r| r.get(0))?)
}
