//! Which rows a person stands in, table by table, and what becomes of each. A table that comes new has to be entered here: a test walks
//! the schema.

use super::erase::Erasure;
use super::scope::Scope;
use crate::customer::{self, CustomerId};
use crate::database::{Result, Writer};

/// What a message leaves behind when its conversation stays: that there was one, which way it went, and when.
const OF_MESSAGE: &[&str] = &[
    "UPDATE ledger SET raw_hash = NULL, reason = 'erased: its sender asked for it' WHERE message_id = ?1",
    "DELETE FROM outbox WHERE message_id = ?1",
    "UPDATE message SET identifier = NULL, from_name = '', from_address = '', people = '{}', subject = '', raw_hash = NULL, content_hash = NULL, placement = json_object('because', 'erased'),
       reading = '{}', has_html = 0, attachment_count = 0 WHERE id = ?1",
    "UPDATE message_text SET new_text = '(erased)', text = NULL WHERE message_id = ?1",
    "DELETE FROM message_reference WHERE message_id = ?1",
    "DELETE FROM participant WHERE message_id = ?1",
    "DELETE FROM attachment WHERE message_id = ?1",
];

/// Events that say what was done and quote nobody.
const OF_CONVERSATION: &[&str] = &[
    "DELETE FROM event WHERE conversation_id = ?1 AND kind NOT IN ('status_changed', 'assigned', 'tagged', 'untagged', 'woke_up', 'reopened')",
    "DELETE FROM draft WHERE conversation_id = ?1",
    "DELETE FROM upload WHERE conversation_id = ?1",
    "DELETE FROM wanted_letter WHERE conversation_id = ?1",
    "DELETE FROM consent_asked WHERE conversation_id = ?1",
    "UPDATE conversation SET subject = '(erased)', preview = '', last_author = '', related_id = NULL, related_because = NULL, has_attachments = 0, delivery_failed_at = NULL,
       waiting_since = NULL WHERE id = ?1",
    "UPDATE conversation SET related_id = NULL, related_because = NULL WHERE related_id = ?1",
    "UPDATE conversation SET status = 'resolved', snoozed_until = NULL WHERE id = ?1 AND status <> 'spam'",
];

/// For the numbers: why, what was wished, when, how much, and what was decided.
const OF_RETURN: &[&str] = &[
    "DELETE FROM return_fact WHERE return_id = ?1 AND (field NOT IN ('reason', 'wish', 'delivered_on', 'amount') OR superseded_at IS NOT NULL)",
    "UPDATE return_fact SET sentence = '', message_id = NULL WHERE return_id = ?1",
    "UPDATE return_item SET title = '' WHERE return_id = ?1 AND order_line_id IS NULL",
    "DELETE FROM return_photo WHERE return_id = ?1",
    "DELETE FROM return_upload WHERE token_hash IN (SELECT token_hash FROM return_link WHERE return_id = ?1)",
    "DELETE FROM return_link WHERE return_id = ?1",
    "DELETE FROM action_call WHERE return_id = ?1",
    "DELETE FROM wanted_letter WHERE return_id = ?1",
    "UPDATE return_request SET verdict_data = json_object('verdict', verdict), no_answer_at = NULL WHERE id = ?1",
    // Whoever is gone waits for nothing.
    "UPDATE return_request SET state = 'withdrawn', closed_at = coalesce(closed_at, state_at) WHERE id = ?1 AND closed_at IS NULL",
];

/// What was bought stays in the shop's books; who bought it does not stay here.
const OF_ORDER: &[&str] = &["UPDATE shop_order SET customer_name = '', address = NULL, tracking = '', country = NULL WHERE id = ?1"];

/// Where conversations go as well: the rows that hold them, before them.
const REMOVE_RETURN: &[&str] = &[
    "DELETE FROM return_upload WHERE token_hash IN (SELECT token_hash FROM return_link WHERE return_id = ?1)",
    "DELETE FROM wanted_letter WHERE return_id = ?1",
    "DELETE FROM return_request WHERE id = ?1",
];
const REMOVE_MESSAGE: &[&str] = &[
    "UPDATE ledger SET raw_hash = NULL, reason = 'erased: its sender asked for it' WHERE message_id = ?1",
    "DELETE FROM outbox WHERE message_id = ?1",
    "DELETE FROM message WHERE id = ?1",
];
const REMOVE_CONVERSATION: &[&str] = &[
    "UPDATE conversation SET related_id = NULL, related_because = NULL WHERE related_id = ?1",
    "UPDATE conversation SET merged_into = NULL WHERE merged_into = ?1",
    "DELETE FROM conversation WHERE id = ?1",
];

/// Whatever is about the person and no conversation.
const OF_CUSTOMER: &[&str] = &[
    "UPDATE outbox SET consent_id = NULL WHERE consent_id IN (SELECT id FROM consent WHERE customer_id = ?1)",
    "DELETE FROM wanted_letter WHERE follow_up_id IN (SELECT id FROM follow_up WHERE customer_id = ?1)",
    "DELETE FROM follow_up WHERE customer_id = ?1",
    "DELETE FROM consent_link WHERE customer_id = ?1",
    "DELETE FROM consent_asked WHERE customer_id = ?1",
    "DELETE FROM consent WHERE customer_id = ?1",
    "DELETE FROM wish WHERE customer_id = ?1",
    "DELETE FROM interest WHERE customer_id = ?1",
    "DELETE FROM lead WHERE customer_id = ?1",
    "DELETE FROM lead_event WHERE customer_id = ?1",
    "DELETE FROM customer_join WHERE kept_id = ?1 OR joined_id = ?1",
    "DELETE FROM customer_address WHERE customer_id = ?1",
    "UPDATE customer SET name = '', language = NULL WHERE id = ?1",
];

pub fn everything(tx: &Writer, id: CustomerId, scope: &Scope, erasure: Erasure) -> Result<()> {
    let run = |steps: &[&str], id: i64| steps.iter().try_for_each(|sql| tx.execute(sql, [id]).map(|_| ()));
    for order in &scope.orders {
        run(OF_ORDER, order.0)?;
    }
    for (hash,) in uploads(tx, scope)? {
        super::erased::doom(tx, hash)?;
    }
    // What two records of one person shared may still lie with the emptied one.
    let records = customer::join::records_of(tx, id)?;
    records.iter().try_for_each(|record| run(OF_CUSTOMER, record.0))?;
    let (elsewhere, here): (Vec<_>, Vec<_>) = {
        let ours = |message: &crate::conversation::MessageKey| -> Result<bool> {
            let of: i64 = tx.one("SELECT conversation_id FROM message WHERE id = ?1", [message], |r| r.get(0))?;
            Ok(scope.conversations.iter().chain(&scope.told).any(|known| known.0 == of))
        };
        let mut parts = (Vec::new(), Vec::new());
        for message in &scope.messages {
            if ours(message)? { parts.1.push(*message) } else { parts.0.push(*message) }
        }
        parts
    };
    // What they wrote in somebody else's conversation leaves its place there.
    for message in &elsewhere {
        run(OF_MESSAGE, message.0)?;
    }
    match erasure {
        Erasure::Kept => {
            here.iter().try_for_each(|message| run(OF_MESSAGE, message.0))?;
            scope.returns.iter().try_for_each(|id| run(OF_RETURN, id.0))?;
            scope.conversations.iter().chain(&scope.told).try_for_each(|id| run(OF_CONVERSATION, id.0))?;
        }
        Erasure::Removed => {
            scope.returns.iter().try_for_each(|id| run(REMOVE_RETURN, id.0))?;
            here.iter().try_for_each(|message| run(REMOVE_MESSAGE, message.0))?;
            // One that was merged into another goes before it.
            scope.conversations.iter().chain(&scope.told).try_for_each(|id| run(OF_CONVERSATION, id.0))?;
            scope.conversations.iter().chain(&scope.told).try_for_each(|id| run(REMOVE_CONVERSATION, id.0))?;
            records.iter().try_for_each(|record| tx.execute("DELETE FROM customer WHERE id = ?1", [record]).map(|_| ()))?;
        }
    }
    Ok(())
}

/// Files of replies that were never sent.
fn uploads(tx: &Writer, scope: &Scope) -> Result<Vec<(crate::blobs::Hash,)>> {
    let mut hashes = Vec::new();
    for id in &scope.conversations {
        let found = tx.all("SELECT raw_hash FROM upload WHERE conversation_id = ?1", [id], |r| r.get::<_, Vec<u8>>(0))?;
        hashes.extend(found.iter().filter_map(|bytes| crate::blobs::Hash::from_slice(bytes)).map(|hash| (hash,)));
    }
    Ok(hashes)
}
