//! A follow-up on its way: due, taken up, sent; put off where it may not go yet, put back where its letter was not written.

use super::{COLUMNS, FollowUp, from_row};
use crate::conversation::{ConversationId, MessageKey};
use crate::customer::CustomerId;
use crate::database::{Millis, Reader, Result, Writer, params};
use crate::email::MessageId;
use crate::id::{ConsentId, FollowUpId, OrderId};

/// Taken up, and nothing writes its letter any more: its conversation went, say.
/// (The two states are those of an index.)
const STRANDED: &str = "state IN ('planned', 'wanted') AND state = 'wanted'
    AND NOT EXISTS (SELECT 1 FROM wanted_letter WHERE follow_up_id = follow_up.id AND settled_at IS NULL)";

/// Those whose time has come, the longest waiting first.
pub fn due(c: &Reader, now: Millis, limit: usize) -> Result<Vec<FollowUp>> {
    let sql = format!("SELECT {COLUMNS} FROM follow_up WHERE state = 'planned' AND due_at <= ?1 ORDER BY due_at, id LIMIT ?2");
    c.all(&sql, params![now, limit as i64], from_row)
}

/// Whether anything waits for the house: a look that costs little.
pub fn any_due(c: &Reader, now: Millis) -> Result<bool> {
    let sql = format!("SELECT EXISTS (SELECT 1 FROM follow_up WHERE state = 'planned' AND due_at <= ?1) OR EXISTS (SELECT 1 FROM follow_up WHERE {STRANDED})");
    c.one(&sql, [now], |r| r.get(0))
}

/// One whose letter is being written.
pub fn any_taken(c: &Reader) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM wanted_letter JOIN follow_up ON follow_up.id = follow_up_id
                 WHERE wanted_letter.settled_at IS NULL AND follow_up.state = 'wanted')";
    c.one(sql, [], |r| r.get(0))
}

/// Those whose letters nobody writes any more wait again, and are looked at anew.
pub fn put_back_stranded(tx: &Writer) -> Result<()> {
    tx.execute(&format!("UPDATE follow_up SET state = 'planned', settled_at = NULL WHERE {STRANDED}"), [])?;
    Ok(())
}

/// Its letter is wanted, there.
pub fn take(tx: &Writer, id: FollowUpId, there: ConversationId, now: Millis) -> Result<()> {
    let sql = "UPDATE follow_up SET state = 'wanted', settled_at = ?2, conversation_id = ?3 WHERE id = ?1 AND state = 'planned'";
    tx.execute(sql, params![id, now, there])?;
    Ok(())
}

/// Its letter was not written in time: it waits again.
pub fn put_back(tx: &Writer, id: FollowUpId) -> Result<()> {
    tx.execute("UPDATE follow_up SET state = 'planned', settled_at = NULL WHERE id = ?1 AND state = 'wanted'", [id])?;
    Ok(())
}

pub fn put_off(tx: &Writer, id: FollowUpId, until: Millis) -> Result<()> {
    tx.execute("UPDATE follow_up SET due_at = ?2 WHERE id = ?1 AND state = 'planned'", params![id, until])?;
    Ok(())
}

/// Its letter is in the outbox.
pub fn note_sent(tx: &Writer, id: FollowUpId, message: MessageKey, now: Millis) -> Result<()> {
    tx.execute("UPDATE follow_up SET state = 'sent', settled_at = ?2, message_id = ?3 WHERE id = ?1 AND state = 'wanted'", params![id, now, message])?;
    Ok(())
}

/// When follow-ups went, or were taken up, since then.
pub fn went_since(c: &Reader, since: Millis) -> Result<Vec<Millis>> {
    let sql = "SELECT settled_at FROM follow_up WHERE state = 'sent' AND settled_at > ?1
               UNION ALL SELECT settled_at FROM follow_up WHERE state = 'wanted' AND settled_at IS NOT NULL";
    c.all(sql, [since], |r| r.get(0))
}

/// The same for a person, whatever their address.
pub fn went_to(c: &Reader, customer: CustomerId, address: &str, since: Millis) -> Result<Vec<Millis>> {
    let sql = "SELECT settled_at FROM follow_up WHERE customer_id = ?1 AND state IN ('sent', 'wanted') AND settled_at > ?3
               UNION ALL SELECT settled_at FROM follow_up WHERE address = ?2 AND customer_id <> ?1 AND state = 'sent' AND settled_at > ?3";
    c.all(sql, params![customer, address, since], |r| r.get(0))
}

/// What is planned for a customer.
pub fn planned_for(c: &Reader, customer: CustomerId) -> Result<Vec<FollowUp>> {
    c.all(&format!("SELECT {COLUMNS} FROM follow_up WHERE customer_id = ?1 AND state IN ('planned', 'wanted') ORDER BY id"), [customer], from_row)
}

/// To an address, on this consent.
pub fn sent_on(c: &Reader, address: &str, consent: ConsentId) -> Result<Vec<FollowUp>> {
    c.all(&format!("SELECT {COLUMNS} FROM follow_up WHERE address = ?1 AND state = 'sent' AND consent_id = ?2"), params![address, consent], from_row)
}

/// Whose letter a message is.
pub fn of_message(c: &Reader, message: MessageKey) -> Result<Option<FollowUp>> {
    c.optional(&format!("SELECT {COLUMNS} FROM follow_up WHERE message_id = ?1"), [message], from_row)
}

/// To whom the follow-up with this Message-ID went.
pub fn addresses_of(c: &Reader, identifier: &MessageId) -> Result<Vec<String>> {
    let sql = "SELECT address FROM follow_up JOIN message ON message.id = follow_up.message_id WHERE identifier = ?1";
    c.all(sql, [identifier.as_str()], |r| r.get(0))
}

/// Every one that is planned or taken up and whose time has come, and every one in the outbox.
pub fn under_way(c: &Reader, now: Millis) -> Result<Vec<FollowUp>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM follow_up WHERE (state IN ('planned', 'wanted') AND due_at <= ?1)
           OR (state = 'sent' AND message_id IN (SELECT message_id FROM outbox WHERE state IN ('queued', 'deferred')))"
    );
    c.all(&sql, [now], from_row)
}

/// The newest that went in a conversation before then.
pub fn newest_in(c: &Reader, there: ConversationId, before: Millis) -> Result<Option<FollowUp>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM follow_up WHERE message_id IN (SELECT id FROM message WHERE conversation_id = ?1 AND direction = 'reply')
           AND state = 'sent' AND settled_at <= ?2 ORDER BY settled_at DESC, id DESC LIMIT 1"
    );
    c.optional(&sql, params![there, before], from_row)
}

/// They answered; the first answer counts.
pub fn note_answered(tx: &Writer, id: FollowUpId, answer: MessageKey, at: Millis) -> Result<()> {
    tx.execute("UPDATE follow_up SET answered_at = ?2, answer_id = ?3 WHERE id = ?1 AND answered_at IS NULL", params![id, at, answer])?;
    Ok(())
}

/// The newest that went to a buyer between these moments and brought nothing yet.
pub fn newest_to(c: &Reader, address: &str, (from, until): (Millis, Millis)) -> Result<Option<FollowUp>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM follow_up WHERE (address = ?1 OR customer_id IN (SELECT customer_id FROM customer_address WHERE address = ?1))
           AND state = 'sent' AND bought_at IS NULL AND settled_at BETWEEN ?2 AND ?3 ORDER BY settled_at DESC, id DESC LIMIT 1"
    );
    c.optional(&sql, params![address, from, until], from_row)
}

/// They bought again. An order counts once.
pub fn note_bought(tx: &Writer, id: FollowUpId, order: OrderId, at: Millis) -> Result<()> {
    tx.execute(
        "UPDATE follow_up SET bought_at = ?2, bought_order_id = ?3 WHERE id = ?1 AND bought_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM follow_up AS other WHERE other.bought_order_id = ?3)",
        params![id, at, order],
    )?;
    Ok(())
}
