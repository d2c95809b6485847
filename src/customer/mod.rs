//! Who writes: a person behind one or more addresses.

pub mod join;

use crate::database::{Millis, Reader, Result, Writer, params};
use crate::email::{EmailAddress, NameAddr};
pub use crate::id::CustomerId;
use crate::id::MailboxId;

#[derive(Clone, Debug, serde::Serialize)]
pub struct Customer {
    pub id: CustomerId,
    pub name: String,
    pub language: Option<String>,
    pub created_at: Millis,
    pub addresses: Vec<Address>,
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct Address {
    pub address: String,
    /// A permanent failure came back from here.
    pub bounced_at: Option<Millis>,
}

/// One line of a customer's history.
#[derive(Clone, Debug)]
pub struct Earlier {
    pub conversation_id: crate::id::ConversationId,
    pub subject: String,
    pub status: String,
    pub last_message_at: Millis,
}

pub fn find(c: &Reader, id: CustomerId) -> Result<Option<Customer>> {
    let found = c.optional("SELECT id, name, language, created_at FROM customer WHERE id = ?1", [id], |r| {
        Ok(Customer { id: r.get(0)?, name: r.get(1)?, language: r.get(2)?, created_at: r.get(3)?, addresses: Vec::new() })
    })?;
    let Some(mut customer) = found else { return Ok(None) };
    customer.addresses = c.all("SELECT address, bounced_at FROM customer_address WHERE customer_id = ?1 ORDER BY address", [id], |r| {
        Ok(Address { address: r.get(0)?, bounced_at: r.get(1)? })
    })?;
    Ok(Some(customer))
}

pub fn find_by_address(c: &Reader, address: &EmailAddress) -> Result<Option<CustomerId>> {
    c.optional("SELECT customer_id FROM customer_address WHERE address = ?1", [address.key()], |r| r.get(0))
}

/// The customer behind `from`, made on first sight. A name is taken where there was none.
pub fn recognise(tx: &Writer, from: &NameAddr, language: Option<&str>, now: Millis) -> Result<CustomerId> {
    let key = from.address.key();
    let known = tx.optional(
        "SELECT customer.id, customer.name, customer.language FROM customer_address JOIN customer ON customer.id = customer_id WHERE address = ?1",
        [&key],
        |r| Ok((r.get::<_, CustomerId>(0)?, r.get::<_, String>(1)?, r.get::<_, Option<String>>(2)?)),
    )?;
    if let Some((id, name, spoken)) = known {
        if (name.is_empty() && !from.name.trim().is_empty()) || (spoken.is_none() && language.is_some()) {
            tx.execute(
                "UPDATE customer SET name = CASE name WHEN '' THEN ?2 ELSE name END, language = coalesce(language, ?3) WHERE id = ?1",
                params![id, from.name.trim(), language],
            )?;
        }
        return Ok(id);
    }
    let id = tx.insert("INSERT INTO customer(name, language, created_at) VALUES (?1, ?2, ?3)", params![from.name.trim(), language, now])?;
    tx.execute("INSERT INTO customer_address(address, customer_id) VALUES (?1, ?2)", params![key, id])?;
    Ok(CustomerId(id))
}

/// A permanent failure came back from `address`.
pub fn note_bounce(tx: &Writer, address: &EmailAddress, now: Millis) -> Result<()> {
    tx.execute("UPDATE customer_address SET bounced_at = ?2 WHERE address = ?1", params![address.key(), now])?;
    Ok(())
}

/// A mail from `address` was accepted or arrived: it works again.
pub fn forget_bounce(tx: &Writer, address: &EmailAddress) -> Result<()> {
    tx.execute("UPDATE customer_address SET bounced_at = NULL WHERE address = ?1 AND bounced_at IS NOT NULL", [address.key()])?;
    Ok(())
}

/// Other conversations of this customer, newest first.
pub fn earlier(c: &Reader, id: CustomerId, limit: usize) -> Result<Vec<Earlier>> {
    c.all(
        "SELECT id, subject, status, last_message_at FROM conversation WHERE customer_id = ?1 AND merged_into IS NULL ORDER BY last_message_at DESC LIMIT ?2",
        params![id, limit as i64],
        |r| Ok(Earlier { conversation_id: r.get(0)?, subject: r.get(1)?, status: r.get(2)?, last_message_at: r.get(3)? }),
    )
}

/// How many conversations a customer has in these mailboxes; `None`: in all.
pub fn conversations(c: &Reader, id: CustomerId, mailboxes: Option<&[MailboxId]>) -> Result<i64> {
    let only = mailboxes.map_or(String::new(), |some| {
        let some: Vec<String> = some.iter().map(|id| id.0.to_string()).collect();
        format!(" AND mailbox_id IN ({})", some.join(","))
    });
    c.one(&format!("SELECT count(*) FROM conversation WHERE customer_id = ?1 AND merged_into IS NULL{only}"), [id], |r| r.get(0))
}

/// An agent's word on the name and the language.
pub fn correct(tx: &Writer, id: CustomerId, name: &str, language: Option<&str>) -> Result<()> {
    tx.execute("UPDATE customer SET name = ?2, language = ?3 WHERE id = ?1", params![id, name, language])?;
    Ok(())
}

/// Other customers with the same name (as written, whatever its case) and the same part before the `@`: their numbers and addresses.
pub fn alike(c: &Reader, id: CustomerId, name: &str, local: &str, limit: usize) -> Result<Vec<(CustomerId, String)>> {
    // All addresses that begin with "anna.berg@" stand together: '@' is followed by 'A'.
    c.all(
        "SELECT customer.id, address FROM customer_address JOIN customer ON customer.id = customer_id
         WHERE address >= ?2 || '@' AND address < ?2 || 'A' AND customer_id <> ?1 AND lower(name) = lower(?3) ORDER BY customer.id LIMIT ?4",
        params![id, local, name, limit as i64],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )
}

impl Customer {
    /// The name, or the first address where there is none.
    pub fn shown(&self) -> &str {
        if self.name.is_empty() { self.addresses.first().map_or("", |a| a.address.as_str()) } else { &self.name }
    }
}
