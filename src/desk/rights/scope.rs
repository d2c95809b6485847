//! Everything that is about a person: their conversations, those in which fulfilment was told of their returns, what they wrote
//! elsewhere, and what was written to them there.

use super::others::{Apart, Shared};
use crate::blobs::Hash;
use crate::conversation::{ConversationId, MessageKey};
use crate::customer::{self, CustomerId};
use crate::database::{Reader, Result, params};
use crate::id::{OrderId, ReturnId};
use std::collections::BTreeSet;

#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Their record, and those that were joined into it.
    pub records: Vec<CustomerId>,
    /// Lower case.
    pub addresses: Vec<String>,
    /// Theirs, those that were merged into another included.
    pub conversations: Vec<ConversationId>,
    /// Those of them that have somebody else's mails or returns as well.
    pub shared: Vec<Shared>,
    /// Where fulfilment was told of their returns.
    pub told: Vec<ConversationId>,
    /// Every message of these, and theirs in other conversations; none of somebody else's.
    pub messages: Vec<MessageKey>,
    /// Ours in other conversations that went to them and to others.
    pub letters: Vec<MessageKey>,
    pub returns: Vec<ReturnId>,
    pub orders: Vec<OrderId>,
}

pub fn of(c: &Reader, id: CustomerId) -> Result<Scope> {
    let records = customer::join::records_of(c, id)?;
    let every = serde_json::to_string(&records)?;
    let addresses: Vec<String> =
        c.all("SELECT address FROM customer_address WHERE customer_id IN (SELECT value FROM json_each(?1))", [&every], |r| r.get(0))?;
    let of_them = "SELECT id FROM conversation WHERE customer_id IN (SELECT value FROM json_each(?1)) ORDER BY id";
    let conversations: Vec<ConversationId> = c.all(of_them, [&every], |r| r.get(0))?;
    let returns: Vec<ReturnId> =
        c.all("SELECT id FROM return_request WHERE customer_id IN (SELECT value FROM json_each(?1)) ORDER BY id", [&every], |r| r.get(0))?;
    let orders = orders(c, &every, &addresses)?;
    let mut scope = Scope { records, addresses, conversations, returns, orders, ..Scope::default() };
    messages(c, &mut scope)?;
    Ok(scope)
}

/// Which messages are theirs, and what of their conversations is not.
fn messages(c: &Reader, scope: &mut Scope) -> Result<()> {
    let apart = Apart::new(c, &scope.records, &scope.addresses)?;
    let (to_them, also_to_others) = written_to(c, &scope.addresses)?;
    let (mut messages, mut staying) = (to_them.clone(), BTreeSet::new());
    for id in &scope.conversations {
        let theirs = apart.messages_of_others(c, *id, &to_them)?;
        if let Some(heir) = apart.heir(c, *id, &theirs)? {
            scope.shared.push(Shared { conversation: *id, heir });
            staying.extend(theirs);
        }
        messages.extend(of_conversation(c, *id)?);
        messages.extend(apart.moved_out_of(c, *id)?);
    }
    let mut told = BTreeSet::new();
    for id in &scope.returns {
        let letters = "SELECT conversation_id, message_id FROM wanted_letter WHERE return_id = ?1 AND kind = 'fulfilment'";
        for (place, letter) in c.all(letters, [id], |r| Ok((r.get::<_, ConversationId>(0)?, r.get::<_, Option<MessageKey>>(1)?)))? {
            told.insert(place);
            messages.extend(letter);
        }
    }
    told.retain(|id| !scope.conversations.contains(id));
    for id in &told {
        messages.extend(of_conversation(c, *id)?);
    }
    let addresses = serde_json::to_string(&scope.addresses)?;
    let wrote = "SELECT DISTINCT from_address FROM message WHERE from_address <> '' AND lower(from_address) IN (SELECT value FROM json_each(?1))";
    for written in c.all(wrote, [addresses], |r| r.get::<_, String>(0))? {
        messages.extend(c.all("SELECT id FROM message WHERE from_address = ?1 AND direction = 'inbound'", [written], |r| r.get::<_, MessageKey>(0))?);
    }
    messages.retain(|id| !staying.contains(id));
    scope.letters = also_to_others.into_iter().filter(|id| !messages.contains(id)).collect();
    scope.told = told.into_iter().collect();
    scope.messages = messages.into_iter().collect();
    Ok(())
}

fn of_conversation(c: &Reader, id: ConversationId) -> Result<Vec<MessageKey>> {
    c.all("SELECT id FROM message WHERE conversation_id = ?1", [id], |r| r.get(0))
}

/// Our letters to them: those to nobody else, and those to others as well.
fn written_to(c: &Reader, addresses: &[String]) -> Result<(BTreeSet<MessageKey>, BTreeSet<MessageKey>)> {
    let sql = "SELECT message.id, EXISTS (SELECT 1 FROM participant AS other WHERE other.message_id = message.id AND other.address NOT IN (SELECT value FROM json_each(?1)))
        FROM message WHERE direction = 'reply' AND id IN (SELECT message_id FROM participant WHERE address IN (SELECT value FROM json_each(?1)))";
    let (mut alone, mut with_others) = (BTreeSet::new(), BTreeSet::new());
    for (id, others) in c.all(sql, [serde_json::to_string(addresses)?], |r| Ok((r.get::<_, MessageKey>(0)?, r.get::<_, bool>(1)?)))? {
        if others {
            with_others.insert(id)
        } else {
            alone.insert(id)
        };
    }
    Ok((alone, with_others))
}

/// What they bought, and what a return of theirs is about, unless it is known to be another customer's.
fn orders(c: &Reader, records: &str, addresses: &[String]) -> Result<Vec<OrderId>> {
    let mut orders = BTreeSet::new();
    for address in addresses {
        orders.extend(c.all("SELECT id FROM shop_order WHERE address = ?1", [address], |r| r.get::<_, OrderId>(0))?);
    }
    let returned = "SELECT id FROM shop_order WHERE id IN (SELECT order_id FROM return_request WHERE customer_id IN (SELECT value FROM json_each(?1)))
        AND NOT EXISTS (SELECT 1 FROM customer_address WHERE customer_address.address = shop_order.address AND customer_id NOT IN (SELECT value FROM json_each(?1)))";
    orders.extend(c.all(returned, [records], |r| r.get::<_, OrderId>(0))?);
    Ok(orders.into_iter().collect())
}

/// The raw mails of a message: as it came or left, and as it waits in the outbox.
pub fn raw_of(c: &Reader, id: MessageKey) -> Result<Vec<Hash>> {
    let sql = "SELECT raw_hash FROM message WHERE id = ?1 AND raw_hash IS NOT NULL UNION SELECT raw_hash FROM outbox WHERE message_id = ?1";
    Ok(c.all(sql, params![id], |r| r.get::<_, Vec<u8>>(0))?.iter().filter_map(|bytes| Hash::from_slice(bytes)).collect())
}
