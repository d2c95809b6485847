//! What of a person's conversations is somebody else's: two people's conversations may have been merged, and whoever was copied may have
//! written in it. Their mails and returns stay when the person goes.

use crate::conversation::{ConversationId, MessageKey};
use crate::customer::CustomerId;
use crate::database::{Reader, Result, params};
use crate::desk::returns::Fulfilment;
use crate::setting;
use std::collections::BTreeSet;

/// A conversation that goes on without the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shared {
    pub conversation: ConversationId,
    /// Whose it is from now on.
    pub heir: CustomerId,
}

/// The person, and who works for the shop: what these write in the person's conversations is about the person. Each is a JSON list.
pub struct Apart {
    records: String,
    addresses: String,
    workers: String,
}

/// A customer's address that is neither the person's nor a worker's; `?2` and `?3` are the two lists.
const OTHER: &str =
    "customer_address.customer_id NOT IN (SELECT value FROM json_each(?2)) AND customer_address.address NOT IN (SELECT value FROM json_each(?3))
    AND customer_address.address NOT IN (SELECT lower(address) FROM mailbox UNION SELECT lower(email) FROM agent)";

impl Apart {
    pub fn new(c: &Reader, records: &[CustomerId], addresses: &[String]) -> Result<Apart> {
        let senders = setting::get::<Vec<String>>(c, setting::ORDER_SENDERS)?.unwrap_or_default();
        let fulfilment = setting::get::<Fulfilment>(c, setting::FULFILMENT)?.map(|told| told.address);
        let workers: Vec<String> = senders.into_iter().chain(fulfilment).map(|address| address.to_lowercase()).collect();
        Ok(Apart { records: serde_json::to_string(records)?, addresses: serde_json::to_string(addresses)?, workers: serde_json::to_string(&workers)? })
    }

    /// Messages of a conversation of the person's that are another customer's: what they wrote, what was written to them alone, and what
    /// came with a conversation of theirs.
    pub fn messages_of_others(&self, c: &Reader, id: ConversationId, to_the_person: &BTreeSet<MessageKey>) -> Result<BTreeSet<MessageKey>> {
        let wrote = format!(
            "SELECT message.id, customer_address.address FROM message JOIN customer_address ON customer_address.address = lower(from_address)
             WHERE conversation_id = ?1 AND direction = 'inbound' AND email_kind <> 'bounce' AND {OTHER}"
        );
        let wrote: Vec<(MessageKey, String)> = c.all(&wrote, params![id, self.records, self.workers], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let authors = serde_json::to_string(&wrote.iter().map(|(_, address)| address).collect::<BTreeSet<_>>())?;
        let mut theirs: BTreeSet<MessageKey> = wrote.into_iter().map(|(message, _)| message).collect();
        let came = format!(
            "SELECT message.id FROM event JOIN json_each(event.data, '$.messages') AS moved JOIN message ON message.id = moved.value
             WHERE event.conversation_id = ?1 AND event.kind = 'merged' AND undone_at IS NULL AND message.conversation_id = ?1
               AND lower(from_address) NOT IN (SELECT value FROM json_each(?4))
               AND (SELECT customer_id FROM conversation WHERE id = json_extract(event.data, '$.from')) IN (SELECT customer_id FROM customer_address WHERE {OTHER})"
        );
        theirs.extend(c.all(&came, params![id, self.records, self.workers, self.addresses], |r| r.get::<_, MessageKey>(0))?);
        let answered =
            "SELECT id FROM message WHERE conversation_id = ?1 AND direction = 'reply' AND EXISTS (SELECT 1 FROM participant WHERE message_id = message.id)
             AND NOT EXISTS (SELECT 1 FROM participant WHERE message_id = message.id AND address NOT IN (SELECT value FROM json_each(?2)))";
        theirs.extend(c.all(answered, params![id, authors], |r| r.get::<_, MessageKey>(0))?);
        theirs.retain(|message| !to_the_person.contains(message));
        Ok(theirs)
    }

    /// Whose the conversation is without the person: of who wrote first in it, or has a return in it, or of whom it was taken over.
    pub fn heir(&self, c: &Reader, id: ConversationId, theirs: &BTreeSet<MessageKey>) -> Result<Option<CustomerId>> {
        let of_return =
            "SELECT customer_id FROM return_request WHERE conversation_id = ?1 AND customer_id NOT IN (SELECT value FROM json_each(?2)) ORDER BY id LIMIT 1";
        let by_return = c.optional(of_return, params![id, self.records], |r| r.get(0))?;
        if theirs.is_empty() {
            return Ok(by_return);
        }
        let first = format!(
            "SELECT customer_address.customer_id FROM message JOIN customer_address ON customer_address.address = lower(from_address)
             WHERE conversation_id = ?1 AND direction = 'inbound' AND {OTHER} ORDER BY arrived_at, message.id LIMIT 1"
        );
        if let Some(first) = c.optional(&first, params![id, self.records, self.workers], |r| r.get(0))? {
            return Ok(Some(first));
        }
        let merged = "SELECT customer_id FROM conversation WHERE merged_into = ?1 AND customer_id NOT IN (SELECT value FROM json_each(?2)) ORDER BY id LIMIT 1";
        Ok(by_return.or(c.optional(merged, params![id, self.records], |r| r.get(0))?))
    }

    /// What was in a conversation of the person's when it was merged into somebody else's, but for what others wrote.
    pub fn moved_out_of(&self, c: &Reader, id: ConversationId) -> Result<Vec<MessageKey>> {
        let sql = format!(
            "SELECT message.id FROM event JOIN json_each(event.data, '$.messages') AS moved JOIN message ON message.id = moved.value
             WHERE event.conversation_id = (SELECT merged_into FROM conversation WHERE id = ?1) AND event.kind = 'merged' AND undone_at IS NULL
               AND json_extract(event.data, '$.from') = ?1
               AND NOT (direction = 'inbound' AND EXISTS (SELECT 1 FROM customer_address WHERE customer_address.address = lower(from_address) AND {OTHER}))"
        );
        c.all(&sql, params![id, self.records, self.workers], |r| r.get(0))
    }
}
