//! What became of an attempt, recipient by recipient, and what follows for the whole letter.

use super::claim::{REPEATS_MAX, final_dot_written};
use super::{Claimed, OutboxId, State, consent_lives, rests_on_ended_consent};
use crate::database::{Millis, Result, Writer, params};
use crate::id::{MailboxId, MessageKey};

const MINUTE: Millis = 60_000;
/// Waits after the first attempts; later ones wait `BACK_OFF_LAST`.
const BACK_OFF: [Millis; 4] = [MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE];
const BACK_OFF_LAST: Millis = 4 * 60 * MINUTE;
/// RFC 5321 4.5.4.1: give up after four or five days.
const GIVE_UP_AFTER: Millis = 5 * 24 * 60 * MINUTE;
/// Attempts that may be broken off before the letter waits as if it had been deferred.
const RELEASES_AT_ONCE: i64 = 5;
/// RFC 5321 4.5.3.2.6: a server may need ten minutes after the final dot; before that nothing is repeated.
pub const UNCERTAIN_WAIT: Millis = 10 * MINUTE;

/// Longest time that a mailbox waits because one letter found no way: the next one then looks again.
const HOLD_MAX: Millis = 15 * MINUTE;
/// No undo window is longer (`setting::undo_window`).
const UNDO_MAX: Millis = 2 * MINUTE;
/// How the answer begins when the server never heard of the letter.
pub const NO_WAY: &str = "No way to the server: ";

/// What a recipient's answer is until the server gave one.
pub const NO_ANSWER: &str = "The whole mail was handed over, but the server did not say whether it took it.";

/// Why a letter whose consent ended while it was on its way does not leave.
pub const CONSENT_ENDED: &str = "Not sent: the consent that it rests on has ended.";

/// What became of one recipient in one attempt; with the server's words, or ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    Accepted(String),
    /// Not now (4xx, or no way to the server).
    Deferred(String),
    /// Not this mail (5xx).
    Failed(String),
    /// Not this address (5xx to RCPT).
    NoSuchAddress(String),
    /// The final dot was sent and nothing came back.
    Uncertain(String),
}

/// A recipient that will not get the letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered {
    pub address: String,
    pub words: String,
    /// The address itself is to blame, not the mail nor our server.
    pub address_is_bad: bool,
}

/// What a commit changed, for the journeys that follow.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    pub failed: Vec<Undelivered>,
    /// Nobody knows whether it arrived, and no repeat is left: a person decides.
    pub undecided: bool,
    /// It does not leave: the consent that it rests on ended meanwhile.
    pub cancelled: bool,
}

/// Time until the next attempt after `attempts` of them; `None`: five days have been tried.
pub fn back_off(attempts: i64) -> Option<Millis> {
    let wait = |n: i64| usize::try_from(n - 1).ok().and_then(|n| BACK_OFF.get(n)).copied().unwrap_or(BACK_OFF_LAST);
    let waited: Millis = (1..=attempts.clamp(1, 1_000)).map(wait).sum();
    (waited <= GIVE_UP_AFTER).then(|| wait(attempts.max(1)))
}

/// Writes down fates, not yet what follows for the letter: RCPT's refusals are known before the final dot.
pub fn note_fates(tx: &Writer, id: OutboxId, fates: &[(String, Fate)], now: Millis) -> Result<Vec<Undelivered>> {
    let mut failed = Vec::new();
    for (address, fate) in fates {
        let (state, words) = match fate {
            Fate::Accepted(words) => ("accepted", words),
            Fate::Deferred(words) => ("deferred", words),
            Fate::Failed(words) | Fate::NoSuchAddress(words) => ("failed", words),
            Fate::Uncertain(words) => ("uncertain", words),
        };
        // A recipient from whom an answer is missing since before stays uncertain when this attempt got nowhere.
        let changed = tx.execute(
            "UPDATE outbox_recipient SET state = CASE WHEN state = 'uncertain' AND ?3 = 'deferred' AND ?6 THEN state ELSE ?3 END, answer = ?4, at = ?5
             WHERE outbox_id = ?1 AND address = ?2 AND state NOT IN ('accepted', 'failed', 'bounced')",
            params![id, address, state, words, now, !final_dot_written(tx, id)?],
        )?;
        if changed > 0 && state == "failed" {
            failed.push(Undelivered { address: address.clone(), words: words.clone(), address_is_bad: matches!(fate, Fate::NoSuchAddress(_)) });
        }
    }
    Ok(failed)
}

/// Ends an attempt: notes the fates and derives the letter's state from all its recipients.
pub fn settle(tx: &Writer, id: OutboxId, fates: &[(String, Fate)], now: Millis) -> Result<Settled> {
    let mut failed = note_fates(tx, id, fates, now)?;
    let (attempts, automatic, repeats) = tx
        .one("SELECT attempts, automatic, repeats FROM outbox WHERE id = ?1", [id], |r| Ok((r.get::<_, i64>(0)?, r.get::<_, bool>(1)?, r.get::<_, i64>(2)?)))?;
    let next = back_off(attempts);
    if next.is_none() {
        failed.extend(give_up(tx, id, now)?);
    }
    let has =
        |state: &str| tx.one("SELECT EXISTS (SELECT 1 FROM outbox_recipient WHERE outbox_id = ?1 AND state = ?2)", params![id, state], |r| r.get::<_, bool>(0));
    let waiting = has("queued")? || has("deferred")?;
    let uncertain = has("uncertain")?;
    let lives = consent_lives(tx, id)?;
    let may_repeat = uncertain && lives && !automatic && repeats < REPEATS_MAX && next.is_some();
    let retry_at = now + next.unwrap_or(UNCERTAIN_WAIT);
    let (state, due_at) = match () {
        () if may_repeat => (State::Uncertain, retry_at.max(now + UNCERTAIN_WAIT)),
        () if waiting && lives => (State::Deferred, retry_at),
        () if waiting && !uncertain => (State::Cancelled, now),
        () if uncertain => (State::Uncertain, now),
        () if has("failed")? || has("bounced")? => (State::Failed, now),
        () => (State::Accepted, now),
    };
    let said = "SELECT coalesce((SELECT answer FROM outbox_recipient WHERE outbox_id = ?1 ORDER BY state = ?2 DESC, at DESC LIMIT 1), '')";
    let cancelled = state == State::Cancelled;
    let answer: String = if cancelled { CONSENT_ENDED.into() } else { tx.one(said, params![id, state.as_str()], |r| r.get(0))? };
    let settled_at = matches!(state, State::Accepted | State::Failed | State::Cancelled).then_some(now);
    tx.execute(
        "UPDATE outbox SET state = ?2, due_at = ?3, answer = ?4, settled_at = ?5 WHERE id = ?1",
        params![id, state.as_str(), due_at, answer, settled_at],
    )?;
    Ok(Settled { failed, undecided: state == State::Uncertain && !may_repeat, cancelled })
}

/// An attempt that was broken off by ourselves before the server could have had anything: the letter waits again. One that
/// was begun often and never ended (does it end the process each time?) waits longer and longer, and fails at last.
pub fn release(tx: &Writer, letter: &Claimed, now: Millis) -> Result<Settled> {
    if letter.attempts > RELEASES_AT_ONCE || !consent_lives(tx, letter.id)? {
        return settle(tx, letter.id, &[], now);
    }
    tx.execute(
        "UPDATE outbox SET due_at = ?2, state = CASE WHEN EXISTS (SELECT 1 FROM outbox_recipient WHERE outbox_id = ?1 AND state = 'uncertain')
           THEN 'uncertain' ELSE 'queued' END WHERE id = ?1 AND state = 'sending' AND final_dot_at IS NULL",
        params![letter.id, now],
    )?;
    Ok(Settled::default())
}

/// There is no way to the server, as `letter` just found out: what else waits in its mailbox waits with it, without an
/// attempt of its own. A server is not asked five hundred times, nor a wrong password tried as often.
pub fn hold_mailbox(tx: &Writer, letter: &Claimed, now: Millis) -> Result<()> {
    let until = now + back_off(letter.attempts).unwrap_or(HOLD_MAX).min(HOLD_MAX);
    tx.execute(
        "UPDATE outbox SET due_at = ?2 WHERE mailbox_id = ?1 AND state IN ('queued', 'deferred', 'uncertain', 'sending') AND state IN ('queued', 'deferred')
           AND due_at < ?2",
        params![letter.mailbox_id, until],
    )?;
    Ok(())
}

/// There is a way again: what waited for that alone leaves now. Undo windows are kept.
pub fn resume_mailbox(tx: &Writer, mailbox: MailboxId, now: Millis) -> Result<()> {
    tx.execute(
        "UPDATE outbox SET due_at = min(due_at, max(?2, created_at + ?3))
         WHERE mailbox_id = ?1 AND state IN ('queued', 'deferred', 'uncertain', 'sending') AND state IN ('queued', 'deferred')
           AND (attempts = 0 OR answer LIKE ?4 || '%')",
        params![mailbox, now, UNDO_MAX, NO_WAY],
    )?;
    Ok(())
}

/// A person decides on a letter that failed or is uncertain: once more, to those who may not have it. Never one whose consent ended.
pub fn send_again(tx: &Writer, message: MessageKey, now: Millis) -> Result<bool> {
    if rests_on_ended_consent(tx, message)? {
        return Ok(false);
    }
    let Some(id) = undecided(tx, message, "('uncertain', 'failed')")? else { return Ok(false) };
    tx.execute("UPDATE outbox_recipient SET state = 'queued' WHERE outbox_id = ?1 AND state IN ('uncertain', 'failed', 'bounced')", [id])?;
    tx.execute(
        "UPDATE outbox SET state = 'queued', due_at = ?2, attempts = 0, repeats = ?3, final_dot_at = NULL, settled_at = NULL WHERE id = ?1",
        params![id, now, REPEATS_MAX],
    )?;
    Ok(true)
}

/// A person decides to leave an uncertain letter as it is: it stays uncertain, and nobody is asked again.
pub fn leave(tx: &Writer, message: MessageKey, now: Millis) -> Result<bool> {
    let Some(id) = undecided(tx, message, "('uncertain')")? else { return Ok(false) };
    tx.execute("UPDATE outbox SET settled_at = ?2 WHERE id = ?1", params![id, now])?;
    Ok(true)
}

fn undecided(tx: &Writer, message: MessageKey, states: &str) -> Result<Option<OutboxId>> {
    tx.optional(&format!("SELECT id FROM outbox WHERE message_id = ?1 AND state IN {states}"), [message], |r| r.get(0))
}

fn give_up(tx: &Writer, id: OutboxId, now: Millis) -> Result<Vec<Undelivered>> {
    let waiting = tx.all("SELECT address, answer FROM outbox_recipient WHERE outbox_id = ?1 AND state IN ('queued', 'deferred')", [id], |r| {
        Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?))
    })?;
    let mut failed = Vec::new();
    for (address, answer) in waiting {
        let words = format!("Given up after five days of trying. The last answer was: {answer}");
        tx.execute(
            "UPDATE outbox_recipient SET state = 'failed', answer = ?3, at = ?4 WHERE outbox_id = ?1 AND address = ?2",
            params![id, address, words, now],
        )?;
        failed.push(Undelivered { address, words, address_is_bad: false });
    }
    Ok(failed)
}
