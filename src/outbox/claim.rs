//! Which letter leaves next. A claim is a commit: two senders never hold the same letter, and a letter that was held when
//! the process ended is told apart by its journal (`final_dot_at`).

use super::OutboxId;
use crate::blobs::Hash;
use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, params};
use crate::id::{MailboxId, MessageKey};

/// Letters of one mailbox on their way at once: a server that hangs leaves senders free for the other mailboxes.
pub const PER_MAILBOX_MAX: i64 = 3;
/// Automatic repeats of a person's letter from `uncertain`. After that a person decides.
pub const REPEATS_MAX: i64 = 1;

/// A letter may leave when it waits for its time (or for its one automatic repeat), nothing is paused, and its mailbox
/// does not hold too many senders already.
/// (The list of four states is the one of the index `outbox_due`: without it SQLite would read every letter ever sent.)
const MAY_LEAVE: &str = "state IN ('queued', 'deferred', 'uncertain', 'sending') AND state <> 'sending'
    AND (state <> 'uncertain' OR (automatic = 0 AND repeats < ?2 AND settled_at IS NULL))
    AND NOT EXISTS (SELECT 1 FROM setting WHERE key = 'outbox_paused' AND value NOT IN ('null', 'false'))
    AND (consent_id IS NULL OR EXISTS (SELECT 1 FROM consent WHERE consent.id = consent_id AND withdrawn_at IS NULL))
    AND mailbox_id NOT IN (SELECT id FROM mailbox WHERE paused_at IS NOT NULL)
    AND mailbox_id NOT IN (SELECT mailbox_id FROM outbox WHERE state IN ('queued', 'deferred', 'uncertain', 'sending') AND state = 'sending'
                           GROUP BY mailbox_id HAVING count(*) >= ?1)";

/// A letter in the hands of one sender.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub id: OutboxId,
    pub message_id: MessageKey,
    pub mailbox_id: MailboxId,
    pub raw_hash: Hash,
    pub envelope_from: String,
    pub automatic: bool,
    pub attempts: i64,
    /// Its Message-ID.
    pub identifier: Option<String>,
    /// Whom it has still to reach; never those that were accepted or failed.
    pub pending: Vec<String>,
}

/// When the next letter may leave; in the past: now. `None`: nothing waits that could.
pub fn next_due(c: &Reader) -> Result<Option<Millis>> {
    c.optional(&next_due_sql(), params![PER_MAILBOX_MAX, REPEATS_MAX], |r| r.get(0))
}

pub(super) fn next_due_sql() -> String {
    format!("SELECT due_at FROM outbox WHERE {MAY_LEAVE} ORDER BY due_at, id LIMIT 1")
}

/// Takes the oldest letter that is due.
pub fn claim(tx: &Writer, now: Millis) -> Result<Option<Claimed>> {
    let sql = format!("SELECT {COLUMNS}, state FROM outbox WHERE {MAY_LEAVE} AND due_at <= ?3 ORDER BY due_at, id LIMIT 1");
    let found = tx.optional(&sql, params![PER_MAILBOX_MAX, REPEATS_MAX, now], |r| Ok((from_row(r)?, r.get_ref(8)?.as_str()? == "uncertain")))?;
    let Some((mut letter, repeat)) = found else { return Ok(None) };
    letter.pending = tx.all(
        "SELECT address FROM outbox_recipient WHERE outbox_id = ?1 AND (state IN ('queued', 'deferred') OR (state = 'uncertain' AND ?2)) ORDER BY address",
        params![letter.id, repeat],
        |r| r.get(0),
    )?;
    letter.attempts += 1;
    tx.execute("UPDATE outbox SET state = 'sending', attempts = ?2, final_dot_at = NULL WHERE id = ?1", params![letter.id, letter.attempts])?;
    Ok(Some(letter))
}

/// The journal, written just before the final dot: from here on the server may have the letter for `recipients`. They are
/// uncertain until an answer says better, so a crash needs no guess. A copy that may be a second one counts as a repeat.
pub fn journal_final_dot(tx: &Writer, id: OutboxId, recipients: &[String], now: Millis) -> Result<()> {
    let mut repeat = false;
    for address in recipients {
        repeat |=
            tx.one("SELECT state = 'uncertain' FROM outbox_recipient WHERE outbox_id = ?1 AND address = ?2", params![id, address], |r| r.get::<_, bool>(0))?;
        tx.execute(
            "UPDATE outbox_recipient SET state = 'uncertain', answer = ?3, at = ?4 WHERE outbox_id = ?1 AND address = ?2",
            params![id, address, super::NO_ANSWER, now],
        )?;
    }
    tx.execute("UPDATE outbox SET final_dot_at = ?2, repeats = repeats + ?3 WHERE id = ?1", params![id, now, repeat])?;
    Ok(())
}

/// Letters that were being sent when the process ended, and whether their final dot was written: then they are uncertain,
/// the others never left. Asked once at start, before any claim.
pub fn interrupted(c: &Reader) -> Result<Vec<(Claimed, bool)>> {
    let sql = format!(
        "SELECT {COLUMNS}, final_dot_at IS NOT NULL FROM outbox WHERE state IN ('queued', 'deferred', 'uncertain', 'sending') AND state = 'sending' ORDER BY id"
    );
    c.all(&sql, [], |r| Ok((from_row(r)?, r.get(8)?)))
}

/// Whether the final dot of the attempt that is going on was written.
pub fn final_dot_written(c: &Reader, id: OutboxId) -> Result<bool> {
    c.one("SELECT final_dot_at IS NOT NULL FROM outbox WHERE id = ?1", [id], |r| r.get(0))
}

const COLUMNS: &str = "id, message_id, mailbox_id, raw_hash, envelope_from, automatic, attempts,
    (SELECT identifier FROM message WHERE message.id = message_id)";

fn from_row(r: &Row) -> RowResult<Claimed> {
    let hash: Vec<u8> = r.get(3)?;
    Ok(Claimed {
        id: r.get(0)?,
        message_id: r.get(1)?,
        mailbox_id: r.get(2)?,
        raw_hash: Hash::from_slice(&hash).ok_or(crate::database::SqlError::InvalidQuery)?,
        envelope_from: r.get(4)?,
        automatic: r.get(5)?,
        attempts: r.get(6)?,
        identifier: r.get(7)?,
        pending: Vec::new(),
    })
}
