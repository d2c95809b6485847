//! Who writes: a person behind one or more addresses.

use crate::database::{Millis, Reader, Result, Writer, params};
use crate::email::{EmailAddress, NameAddr};
pub use crate::id::CustomerId;

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

/// Customers by the beginning of a name or address, newest first; everyone when `words` is empty.
pub fn list(c: &Reader, words: &str, limit: usize) -> Result<Vec<(Customer, i64, Option<Millis>)>> {
    let pattern = format!("%{}%", words.trim().replace(['%', '_'], ""));
    let ids: Vec<(CustomerId, i64, Option<Millis>)> = c.all(
        "SELECT customer.id, count(conversation.id), max(conversation.last_message_at) FROM customer
         LEFT JOIN conversation ON conversation.customer_id = customer.id AND merged_into IS NULL
         WHERE ?1 = '%%' OR customer.name LIKE ?1 OR customer.id IN (SELECT customer_id FROM customer_address WHERE address LIKE ?1)
         GROUP BY customer.id ORDER BY 3 DESC LIMIT ?2",
        params![pattern, limit as i64],
        |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)),
    )?;
    ids.into_iter().map(|(id, n, at)| Ok(find(c, id)?.map(|customer| (customer, n, at)))).filter_map(Result::transpose).collect()
}

impl Customer {
    /// The name, or the first address where there is none.
    pub fn shown(&self) -> &str {
        if self.name.is_empty() { self.addresses.first().map_or("", |a| a.address.as_str()) } else { &self.name }
    }
}
