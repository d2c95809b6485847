//! What became of a call, and what a person makes of it.

use super::{Call, State};
use crate::action::answer::{Fate, Outcome};
use crate::action::{ActionId, CallId, Facts, Kind};
use crate::database::{Millis, Result, Writer, params};
use crate::id::AgentId;

const MINUTE: Millis = 60_000;
/// Waits after the first attempts, a day in all: a webhook's receiver may be down for a night.
const BACK_OFF: [Millis; 9] = [MINUTE / 2, 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, 60 * MINUTE, 120 * MINUTE, 240 * MINUTE, 480 * MINUTE, 480 * MINUTE];

/// After a restore: what waited then may have been done since. Orders may be looked up and webhooks told twice, money may not move twice.
pub fn doubt_all(tx: &Writer) -> Result<()> {
    tx.execute(
        "UPDATE action_call SET state = 'uncertain', in_doubt = 1, words = 'It waited when the backup was made that this was restored from: it may have been done since.'
         WHERE state IN ('waiting', 'sending') AND action_id IN (SELECT id FROM custom_action WHERE kind = 'call')",
        [],
    )?;
    Ok(())
}

/// Writes down what became of an attempt; returns where the call stands now. `not_before`: what the other side asked for.
pub fn settle(tx: &Writer, call: &Call, repeatable: bool, outcome: &Outcome, not_before: Option<Millis>, now: Millis) -> Result<State> {
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
        (_, Some(wait)) if again => (State::Waiting, not_before.unwrap_or(now).max(now + wait), &outcome.words),
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

/// It does not leave before somebody agrees: it stands there as one that did not work, until a person who may tries it again.
pub fn hold(tx: &Writer, id: CallId, words: &str) -> Result<()> {
    tx.execute("UPDATE action_call SET state = 'failed', words = ?2 WHERE id = ?1 AND state = 'waiting'", params![id, words])?;
    Ok(())
}

/// Takes a call back, if nothing of it can have been done.
pub fn cancel(tx: &Writer, id: CallId, by: Option<AgentId>, now: Millis) -> Result<bool> {
    let sql = "UPDATE action_call SET state = 'cancelled', words = 'Taken back.', settled_at = ?2, settled_by = ?3
        WHERE id = ?1 AND state IN ('waiting', 'failed') AND NOT in_doubt AND coalesce(status, 0) NOT BETWEEN 200 AND 299";
    Ok(tx.execute(sql, params![id, now, by])? > 0)
}

pub fn cancel_of_action(tx: &Writer, id: ActionId, by: AgentId, now: Millis) -> Result<()> {
    let sql = "UPDATE action_call SET state = 'cancelled', words = 'The action was removed.', settled_at = ?2, settled_by = ?3 WHERE action_id = ?1 AND state = 'waiting'";
    tx.execute(sql, params![id, now, by])?;
    Ok(())
}

/// Once more, because a person says so; what was settled stays settled, only a webhook may be told again. Where it may have been done, key and facts stay, so that whoever knows the key does not do it twice.
/// Where it surely was not, it is a call of its own, with `fresh` facts and another key: under the old one some would only repeat their no
/// (Stripe does for a day).
pub fn try_again(tx: &Writer, call: &Call, fresh: &Facts, now: Millis) -> Result<bool> {
    let again = matches!(call.state, State::Failed | State::Uncertain) || call.state == State::Done && call.kind == Kind::Webhook;
    let anew = call.kind != Kind::Webhook && !call.may_have_been_done();
    let (key, facts) = if anew { (None, fresh) } else { (call.key.as_ref(), &call.facts) };
    let sql = "UPDATE action_call SET state = 'waiting', due_at = ?2, attempts = 0, settled_at = NULL, settled_by = NULL, idempotency_key = ?3, facts = ?4
        WHERE id = ?1 AND state = ?5 AND (settled_at IS NULL OR ?6)";
    Ok(again && tx.execute(sql, params![call.id, now, key, serde_json::to_string(facts)?, call.state.code(), call.kind == Kind::Webhook])? > 0)
}

/// Nobody has to look at it any more: a person says that it was done, or it is left as it is.
pub fn leave(tx: &Writer, id: CallId, done: bool, by: Option<AgentId>, now: Millis) -> Result<bool> {
    let sql = "UPDATE action_call SET state = CASE WHEN ?3 THEN 'done' ELSE state END, settled_at = ?2, settled_by = ?4
        WHERE id = ?1 AND state IN ('failed', 'uncertain') AND settled_at IS NULL";
    Ok(tx.execute(sql, params![id, now, done, by])? > 0)
}
