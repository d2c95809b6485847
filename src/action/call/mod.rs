//! Calls: made in the transaction of the click or the change that wants them, one for each occasion, and what became of each.

mod claim;
mod settle;

pub use claim::{claim, interrupted, next_due, note_left, release};
pub(super) use settle::cancel_of_action;
pub use settle::{cancel, doubt_all, hold, leave, settle, try_again};

use super::{ActionId, CallId, Facts, Kind};
use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, json, params};
use crate::id::{AgentId, MailboxId, ReturnId};

crate::return_request::code::codes! {
    State {
        Waiting = "waiting",
        Sending = "sending",
        Done = "done",
        Failed = "failed",
        Uncertain = "uncertain",
        Cancelled = "cancelled",
    }
}

/// A call with what became of it.
#[derive(Clone, Debug)]
pub struct Call {
    pub id: CallId,
    pub action_id: ActionId,
    pub kind: Kind,
    /// The action's name.
    pub action: String,
    pub removed: bool,
    pub return_id: ReturnId,
    pub mailbox_id: MailboxId,
    pub occasion: String,
    pub facts: Facts,
    pub key: Option<String>,
    pub state: State,
    pub due_at: Millis,
    pub attempts: i64,
    /// Some attempt left, and nothing says what was done.
    pub in_doubt: bool,
    pub request: String,
    pub status: Option<i64>,
    pub answer: String,
    pub words: String,
    pub reference: String,
    pub created_at: Millis,
    pub created_by: Option<AgentId>,
    pub settled_at: Option<Millis>,
}

/// A call that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    pub action: ActionId,
    pub return_id: ReturnId,
    pub occasion: &'a str,
    pub facts: &'a Facts,
    /// `None`: by itself.
    pub by: Option<AgentId>,
    pub due_at: Millis,
}

const COLUMNS: &str =
    "action_call.id, action_id, kind, name, removed_at IS NOT NULL, return_id, mailbox_id, occasion, facts, idempotency_key, action_call.state,
    due_at, attempts, request, status, answer, words, reference, action_call.created_at, action_call.created_by, settled_at,
    in_doubt";
const TABLES: &str = "action_call JOIN custom_action ON custom_action.id = action_id JOIN return_request ON return_request.id = return_id";

/// Notes a call, or nothing where this occasion has one already.
pub fn want(tx: &Writer, wanted: &Wanted, now: Millis) -> Result<Option<CallId>> {
    let added = tx.execute(
        "INSERT OR IGNORE INTO action_call(action_id, return_id, occasion, facts, state, due_at, created_at, created_by)
         VALUES (?1, ?2, ?3, ?4, 'waiting', ?5, ?6, ?7)",
        params![wanted.action, wanted.return_id, wanted.occasion, serde_json::to_string(wanted.facts)?, wanted.due_at, now, wanted.by],
    )?;
    if added == 0 {
        return Ok(None);
    }
    let sql = "SELECT id FROM action_call WHERE action_id = ?1 AND return_id = ?2 AND occasion = ?3 AND state = 'waiting' ORDER BY id DESC LIMIT 1";
    tx.optional(sql, params![wanted.action, wanted.return_id, wanted.occasion], |r| r.get(0))
}

pub fn find(c: &Reader, id: CallId) -> Result<Option<Call>> {
    c.optional(&format!("SELECT {COLUMNS} FROM {TABLES} WHERE action_call.id = ?1"), [id], from_row)
}

/// Those of a return, oldest first.
pub fn of_return(c: &Reader, id: ReturnId) -> Result<Vec<Call>> {
    c.all(&format!("SELECT {COLUMNS} FROM {TABLES} WHERE return_id = ?1 ORDER BY action_call.id"), [id], from_row)
}

/// The log, newest first; of one action only, where one is given.
pub fn newest(c: &Reader, of: Option<ActionId>, limit: usize) -> Result<Vec<Call>> {
    let sql = format!("SELECT {COLUMNS} FROM {TABLES} WHERE (?1 IS NULL OR action_id = ?1) ORDER BY action_call.id DESC LIMIT ?2");
    c.all(&sql, params![of, limit as i64], from_row)
}

/// Mailboxes with calls that somebody has to look at, and how many.
pub fn in_trouble(c: &Reader) -> Result<Vec<(MailboxId, ReturnId)>> {
    let sql = "SELECT mailbox_id, return_id FROM action_call JOIN return_request ON return_request.id = return_id
        WHERE action_call.state IN ('failed', 'uncertain') AND settled_at IS NULL ORDER BY action_call.id";
    c.all(sql, [], |r| Ok((r.get(0)?, r.get(1)?)))
}

impl Call {
    /// Somebody has to look at it.
    pub fn is_in_trouble(&self) -> bool {
        matches!(self.state, State::Failed | State::Uncertain) && self.settled_at.is_none()
    }

    /// Nothing says that it was not.
    pub fn may_have_been_done(&self) -> bool {
        self.in_doubt || self.status.is_some_and(|status| (200..300).contains(&status))
    }

    /// It was done, or may be.
    pub fn counts(&self) -> bool {
        self.state != State::Cancelled
    }
}

fn from_row(r: &Row) -> RowResult<Call> {
    Ok(Call {
        id: r.get(0)?,
        action_id: r.get(1)?,
        kind: Kind::from_code(r.get_ref(2)?.as_str()?).unwrap_or(Kind::Call),
        action: r.get(3)?,
        removed: r.get(4)?,
        return_id: r.get(5)?,
        mailbox_id: r.get(6)?,
        occasion: r.get(7)?,
        facts: json(r, 8)?,
        key: r.get(9)?,
        state: State::from_code(r.get_ref(10)?.as_str()?).unwrap_or(State::Uncertain),
        due_at: r.get(11)?,
        attempts: r.get(12)?,
        request: r.get(13)?,
        status: r.get(14)?,
        answer: r.get(15)?,
        words: r.get(16)?,
        reference: r.get(17)?,
        created_at: r.get(18)?,
        created_by: r.get(19)?,
        settled_at: r.get(20)?,
        in_doubt: r.get(21)?,
    })
}
