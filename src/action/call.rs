//! Calls: made in the transaction of the click or the change that wants them, one for each occasion, and what became of each. A claim is a
//! commit; before a request leaves a second commit says so, so that a crash needs no guess.

use super::answer::{Fate, Outcome};
use super::{Action, ActionId, CallId, Facts, Kind};
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

const MINUTE: Millis = 60_000;
/// Waits after the first attempts, a day in all: a webhook's receiver may be down for a night.
const BACK_OFF: [Millis; 9] = [MINUTE / 2, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, 60 * MINUTE, 120 * MINUTE, 240 * MINUTE, 480 * MINUTE, 480 * MINUTE];
/// A call waits for its time and for the one before it of the same action; after a restore nothing is called until the owner says so.
const MAY_LEAVE: &str = "state = 'waiting' AND NOT EXISTS (SELECT 1 FROM setting WHERE key = 'outbox_paused' AND value NOT IN ('null', 'false'))
    AND action_id NOT IN (SELECT action_id FROM action_call WHERE state = 'sending')";

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
    match super::find(tx, call.action_id)? {
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

/// Writes down what became of an attempt; returns where the call stands now.
pub fn settle(tx: &Writer, call: &Call, repeatable: bool, outcome: &Outcome, now: Millis) -> Result<State> {
    let wait = usize::try_from(call.attempts - 1).ok().and_then(|n| BACK_OFF.get(n));
    let again = match outcome.fate {
        Fate::NotNow => true,
        Fate::Uncertain => repeatable,
        Fate::Done | Fate::Refused => false,
    };
    let in_doubt = call.in_doubt || outcome.is_in_doubt();
    let given_up = format!("Given up after a day of trying. {}", outcome.words);
    let (state, due_at, words) = match (outcome.fate, wait) {
        (Fate::Done, _) => (State::Done, now, &outcome.words),
        (Fate::Refused, _) => (State::Failed, now, &outcome.words),
        (_, Some(wait)) if again => (State::Waiting, now + wait, &outcome.words),
        (Fate::Uncertain, _) => (State::Uncertain, now, &outcome.words),
        (Fate::NotNow, _) => (if in_doubt && call.kind == Kind::Call { State::Uncertain } else { State::Failed }, now, &given_up),
    };
    let settled_at = (state == State::Done).then_some(now);
    tx.execute(
        "UPDATE action_call SET state = ?2, due_at = ?3, words = ?4, status = ?5, answer = ?6, reference = CASE ?7 WHEN '' THEN reference ELSE ?7 END,
           settled_at = ?8, in_doubt = ?9 WHERE id = ?1",
        params![call.id, state.code(), due_at, words, outcome.status, outcome.answer, outcome.reference, settled_at, in_doubt],
    )?;
    Ok(state)
}

/// Takes a call back, if nothing of it can have been done.
pub fn cancel(tx: &Writer, id: CallId, by: Option<AgentId>, now: Millis) -> Result<bool> {
    let sql = "UPDATE action_call SET state = 'cancelled', words = 'Taken back.', settled_at = ?2, settled_by = ?3
        WHERE id = ?1 AND state IN ('waiting', 'failed') AND NOT in_doubt AND coalesce(status, 0) NOT BETWEEN 200 AND 299";
    Ok(tx.execute(sql, params![id, now, by])? > 0)
}

pub(super) fn cancel_of_action(tx: &Writer, id: ActionId, by: AgentId, now: Millis) -> Result<()> {
    let sql = "UPDATE action_call SET state = 'cancelled', words = 'The action was removed.', settled_at = ?2, settled_by = ?3 WHERE action_id = ?1 AND state = 'waiting'";
    tx.execute(sql, params![id, now, by])?;
    Ok(())
}

/// Once more, because a person says so. Where it may have been done, key and facts stay, so that whoever knows the key does not do it twice.
/// Where it surely was not, it is a call of its own, with `fresh` facts and another key: under the old one some would only repeat their no
/// (Stripe does for a day).
pub fn try_again(tx: &Writer, call: &Call, fresh: &Facts, now: Millis) -> Result<bool> {
    let again = matches!(call.state, State::Failed | State::Uncertain) || call.state == State::Done && call.kind == Kind::Webhook;
    let anew = call.kind != Kind::Webhook && !call.may_have_been_done();
    let (key, facts) = if anew { (None, fresh) } else { (call.key.as_ref(), &call.facts) };
    let sql = "UPDATE action_call SET state = 'waiting', due_at = ?2, attempts = 0, settled_at = NULL, settled_by = NULL, idempotency_key = ?3, facts = ?4
        WHERE id = ?1 AND state = ?5";
    Ok(again && tx.execute(sql, params![call.id, now, key, serde_json::to_string(facts)?, call.state.code()])? > 0)
}

/// Nobody has to look at it any more: a person says that it was done, or it is left as it is.
pub fn leave(tx: &Writer, id: CallId, done: bool, by: Option<AgentId>, now: Millis) -> Result<bool> {
    let sql = "UPDATE action_call SET state = CASE WHEN ?3 THEN 'done' ELSE state END, settled_at = ?2, settled_by = ?4
        WHERE id = ?1 AND state IN ('failed', 'uncertain') AND settled_at IS NULL";
    Ok(tx.execute(sql, params![id, now, done, by])? > 0)
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
