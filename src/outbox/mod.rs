//! Letters waiting to leave, and what became of each. The final bytes are fixed when a letter is queued.

mod claim;
mod delivery;
mod result;
#[cfg(test)]
mod tests;

pub use crate::id::OutboxId;
pub use claim::{Claimed, PER_MAILBOX_MAX, REPEATS_MAX, claim, final_dot_written, interrupted, journal_final_dot, next_due};
pub use delivery::{Delivery, RecipientState, of_messages};
pub use result::{
    CONSENT_ENDED, Fate, NO_ANSWER, NO_WAY, Settled, UNCERTAIN_WAIT, Undelivered, back_off, hold_mailbox, leave, note_fates, release, resume_mailbox,
    send_again, settle,
};

use crate::blobs::Hash;
use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, params};
use crate::id::{ConsentId, MailboxId, MessageKey};

/// `draft → queued → sending → accepted | deferred (4xx) | failed (5xx) | uncertain (final dot sent, no answer)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Queued,
    Sending,
    Accepted,
    Deferred,
    Failed,
    Uncertain,
    /// Taken back in the undo window.
    Cancelled,
}

/// A letter whose bytes are durable.
#[derive(Clone, Debug)]
pub struct NewLetter<'a> {
    pub message_id: MessageKey,
    pub mailbox_id: MailboxId,
    pub raw_hash: Hash,
    pub envelope_from: &'a str,
    pub recipients: Vec<String>,
    pub automatic: bool,
    pub due_at: Millis,
    /// What it rests on: it is claimed only while that lives (PROMISES P68). `None`: an answer to their own mail.
    pub consent_id: Option<ConsentId>,
}

/// Queues a letter; one row per recipient, because each has a fate of its own.
pub fn queue(tx: &Writer, new: &NewLetter, now: Millis) -> Result<OutboxId> {
    let id = OutboxId(tx.insert(
        "INSERT INTO outbox(message_id, mailbox_id, raw_hash, envelope_from, automatic, state, due_at, created_at, consent_id)
         VALUES (?1, ?2, ?3, ?4, ?5, 'queued', ?6, ?7, ?8)",
        params![new.message_id, new.mailbox_id, new.raw_hash.0, new.envelope_from, new.automatic, new.due_at, now, new.consent_id],
    )?);
    for address in &new.recipients {
        tx.execute("INSERT OR IGNORE INTO outbox_recipient(outbox_id, address) VALUES (?1, ?2)", params![id, address])?;
    }
    Ok(id)
}

/// Takes a letter back, if it has not begun to leave.
pub fn cancel(tx: &Writer, message: MessageKey, now: Millis) -> Result<bool> {
    let cancelled = tx
        .execute("UPDATE outbox SET state = 'cancelled', settled_at = ?2 WHERE message_id = ?1 AND state = 'queued' AND attempts = 0", params![message, now])?;
    Ok(cancelled > 0)
}

/// What rests on a consent that ended does not leave: what waits, and what a server put off.
pub fn cancel_of_consent(tx: &Writer, id: ConsentId, why: &str, now: Millis) -> Result<usize> {
    tx.execute(
        "UPDATE outbox SET state = 'cancelled', settled_at = ?2, answer = ?3 WHERE consent_id = ?1 AND state IN ('queued', 'deferred')",
        params![id, now, why],
    )
}

/// What a letter offers is gone: it does not leave if it still waits, here or because a server put it off.
pub fn cancel_waiting(tx: &Writer, message: MessageKey, why: &str, now: Millis) -> Result<bool> {
    let sql = "UPDATE outbox SET state = 'cancelled', settled_at = ?2, answer = ?3 WHERE message_id = ?1 AND state IN ('queued', 'deferred')";
    Ok(tx.execute(sql, params![message, now, why])? > 0)
}

/// Whether a letter is still here: in its undo window, waiting for its turn, or put off by a server.
pub fn is_waiting(c: &Reader, message: MessageKey) -> Result<bool> {
    c.one("SELECT EXISTS (SELECT 1 FROM outbox WHERE message_id = ?1 AND state IN ('queued', 'deferred'))", [message], |r| r.get(0))
}

/// How many letters that rest on a consent, and may leave, wait for their server.
pub fn waiting_on_consent(c: &Reader) -> Result<i64> {
    let sql = "SELECT count(*) FROM outbox JOIN consent ON consent.id = consent_id AND withdrawn_at IS NULL
               WHERE state IN ('queued', 'deferred', 'uncertain', 'sending') AND state <> 'uncertain'";
    c.one(sql, [], |r| r.get(0))
}

/// Whether a letter may leave as far as consent goes: it rests on none, or on one that lives.
pub fn consent_lives(c: &Reader, id: OutboxId) -> Result<bool> {
    let sql = "SELECT NOT EXISTS (SELECT 1 FROM outbox JOIN consent ON consent.id = consent_id WHERE outbox.id = ?1 AND withdrawn_at IS NOT NULL)";
    c.one(sql, [id], |r| r.get(0))
}

/// Whether a message's letter rests on a consent that ended.
pub fn rests_on_ended_consent(c: &Reader, message: MessageKey) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM outbox JOIN consent ON consent.id = consent_id WHERE outbox.message_id = ?1 AND withdrawn_at IS NOT NULL)";
    c.one(sql, [message], |r| r.get(0))
}

/// Forgets a letter that never left, so that its message can be taken back whole.
pub fn forget(tx: &Writer, message: MessageKey) -> Result<()> {
    tx.execute("DELETE FROM outbox WHERE message_id = ?1 AND state = 'cancelled'", [message])?;
    Ok(())
}

/// A permanent failure came back after the letter was accepted. True if we had sent it there.
pub fn note_bounced(tx: &Writer, message: MessageKey, address_key: &str, reason: &str, now: Millis) -> Result<bool> {
    let noted = tx.execute(
        "UPDATE outbox_recipient SET state = 'bounced', answer = ?3, at = ?4
         WHERE outbox_id IN (SELECT id FROM outbox WHERE message_id = ?1) AND lower(address) = ?2",
        params![message, address_key, reason, now],
    )?;
    Ok(noted > 0)
}

/// The addresses a message was sent to, lower case.
pub fn recipients(c: &Reader, message: MessageKey) -> Result<Vec<String>> {
    c.all("SELECT lower(address) FROM outbox_recipient JOIN outbox ON outbox.id = outbox_id WHERE message_id = ?1", [message], |r: &Row| -> RowResult<String> {
        r.get(0)
    })
}

impl State {
    pub fn as_str(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Sending => "sending",
            State::Accepted => "accepted",
            State::Deferred => "deferred",
            State::Failed => "failed",
            State::Uncertain => "uncertain",
            State::Cancelled => "cancelled",
        }
    }

    pub fn from_name(name: &str) -> State {
        [State::Queued, State::Sending, State::Accepted, State::Deferred, State::Failed, State::Uncertain, State::Cancelled]
            .into_iter()
            .find(|state| state.as_str() == name)
            .unwrap_or(State::Uncertain)
    }
}
