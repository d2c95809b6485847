//! Everything that is about a person: their conversations, those in which fulfilment was told of their returns, and what they wrote
//! elsewhere.

use crate::blobs::Hash;
use crate::conversation::{ConversationId, MessageKey};
use crate::customer::CustomerId;
use crate::database::{Reader, Result, params};
use crate::id::{OrderId, ReturnId};
use std::collections::BTreeSet;

#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Lower case.
    pub addresses: Vec<String>,
    /// Theirs, those that were merged into another included.
    pub conversations: Vec<ConversationId>,
    /// Where fulfilment was told of their returns.
    pub told: Vec<ConversationId>,
    /// Every message of these, and theirs in other conversations.
    pub messages: Vec<MessageKey>,
    pub returns: Vec<ReturnId>,
    pub orders: Vec<OrderId>,
}

pub fn of(c: &Reader, id: CustomerId) -> Result<Scope> {
    let addresses: Vec<String> = c.all("SELECT address FROM customer_address WHERE customer_id = ?1", [id], |r| r.get(0))?;
    let conversations: Vec<ConversationId> = c.all("SELECT id FROM conversation WHERE customer_id = ?1 ORDER BY id", [id], |r| r.get(0))?;
    let of_them = "SELECT id FROM return_request WHERE customer_id = ?1 OR conversation_id IN (SELECT id FROM conversation WHERE customer_id = ?1) ORDER BY id";
    let returns: Vec<ReturnId> = c.all(of_them, [id], |r| r.get(0))?;
    let mut told = BTreeSet::new();
    for id in &returns {
        let letters = "SELECT DISTINCT conversation_id FROM wanted_letter WHERE return_id = ?1 AND kind = 'fulfilment'";
        told.extend(c.all(letters, [id], |r| r.get::<_, ConversationId>(0))?);
    }
    told.retain(|id| !conversations.contains(id));
    let told: Vec<ConversationId> = told.into_iter().collect();
    let mut messages = BTreeSet::new();
    for id in conversations.iter().chain(&told) {
        messages.extend(c.all("SELECT id FROM message WHERE conversation_id = ?1", [id], |r| r.get::<_, MessageKey>(0))?);
    }
    for written in c.all(
        "SELECT DISTINCT from_address FROM message WHERE from_address <> '' AND lower(from_address) IN (SELECT address FROM customer_address WHERE customer_id = ?1)",
        [id],
        |r| r.get::<_, String>(0),
    )? {
        messages.extend(c.all("SELECT id FROM message WHERE from_address = ?1 AND direction = 'inbound'", [written], |r| r.get::<_, MessageKey>(0))?);
    }
    let mut orders = BTreeSet::new();
    for address in &addresses {
        orders.extend(c.all("SELECT id FROM shop_order WHERE address = ?1", [address], |r| r.get::<_, OrderId>(0))?);
    }
    Ok(Scope { addresses, conversations, told, messages: messages.into_iter().collect(), returns, orders: orders.into_iter().collect() })
}

/// The raw mails of a message: as it came or left, and as it waits in the outbox.
pub fn raw_of(c: &Reader, id: MessageKey) -> Result<Vec<Hash>> {
    let sql = "SELECT raw_hash FROM message WHERE id = ?1 AND raw_hash IS NOT NULL UNION SELECT raw_hash FROM outbox WHERE message_id = ?1";
    Ok(c.all(sql, params![id], |r| r.get::<_, Vec<u8>>(0))?.iter().filter_map(|bytes| Hash::from_slice(bytes)).collect())
}
