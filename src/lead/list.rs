//! The list's questions: which leads there are, newest contact first, and who was found by a name, an address or an interest.

use super::Because;
use crate::customer::CustomerId;
use crate::database::{Millis, Reader, Result, ToSql};
use crate::id::MailboxId;

/// Rows on a page: about five screens.
pub const PAGE_ROWS: usize = 50;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    #[default]
    Leads,
    /// No leads after all: spam, suppliers, and whom an agent set aside.
    Aside,
    /// Customers of whom no lead was made: machines, lists, and to whom only we wrote.
    Others,
}

/// Where a page begins: after the row with this time and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub at: Millis,
    pub id: CustomerId,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    pub which: Which,
    /// Part of a name, an address or an interest; empty: everybody.
    pub words: &'a str,
    /// Only those who wrote there; `None`: all.
    pub mailboxes: Option<&'a [MailboxId]>,
    pub after: Option<Cursor>,
}

#[derive(Clone, Debug)]
pub struct Line {
    pub id: CustomerId,
    pub name: String,
    pub address: String,
    /// The last contact.
    pub at: Millis,
    pub aside: Option<Because>,
}

const ADDRESS: &str = "coalesce((SELECT address FROM customer_address WHERE customer_id = customer.id LIMIT 1), '')";
/// Three plain walks, of which each reads one small table: quicker than asking them for each lead.
const FOUND: &str = "customer.id IN (SELECT id FROM customer WHERE name LIKE ?4 ESCAPE '!'
    UNION SELECT customer_id FROM customer_address WHERE address LIKE ?4 ESCAPE '!'
    UNION SELECT customer_id FROM interest WHERE removed_at IS NULL AND replace(value, '_', ' ') LIKE ?4 ESCAPE '!')";

/// A page, at most `PAGE_ROWS`.
pub fn page(c: &Reader, asked: &Asked) -> Result<Vec<Line>> {
    let (at, id) = asked.after.map_or((Millis::MAX, i64::MAX), |cursor| (cursor.at, cursor.id.0));
    let words = asked.words.trim();
    let pattern = format!("%{}%", words.replace('!', "!!").replace('%', "!%").replace('_', "!_"));
    let mut filter = String::new();
    if !words.is_empty() {
        filter.push_str(&format!(" AND {FOUND}"));
    }
    if let Some(some) = asked.mailboxes {
        let some: Vec<String> = some.iter().map(|id| id.0.to_string()).collect();
        filter.push_str(&format!(
            " AND EXISTS (SELECT 1 FROM conversation WHERE conversation.customer_id = customer.id AND merged_into IS NULL AND mailbox_id IN ({}))",
            some.join(",")
        ));
    }
    let sql = match asked.which {
        Which::Others => format!(
            "SELECT id, name, {ADDRESS}, created_at, NULL FROM customer
             WHERE id < ?2 AND ?1 IS NOT NULL AND NOT EXISTS (SELECT 1 FROM lead WHERE customer_id = customer.id)
               AND EXISTS (SELECT 1 FROM customer_address WHERE customer_id = customer.id){filter}
             ORDER BY id DESC LIMIT ?3"
        ),
        which => format!(
            "SELECT customer.id, name, {ADDRESS}, last_contact_at, set_aside_because FROM lead CROSS JOIN customer ON customer.id = customer_id
             WHERE set_aside_at IS {} NULL AND (last_contact_at, customer_id) < (?1, ?2){filter} ORDER BY last_contact_at DESC, customer_id DESC LIMIT ?3",
            if which == Which::Aside { "NOT" } else { "" }
        ),
    };
    let rows = PAGE_ROWS as i64;
    let mut bound: Vec<&dyn ToSql> = vec![&at, &id, &rows];
    if !words.is_empty() {
        bound.push(&pattern);
    }
    c.all(&sql, bound.as_slice(), |r| {
        let because = r.get::<_, Option<String>>(4)?.and_then(|code| Because::from_code(&code));
        Ok(Line { id: r.get(0)?, name: r.get(1)?, address: r.get(2)?, at: r.get(3)?, aside: because })
    })
}

impl Line {
    pub fn cursor(&self) -> Cursor {
        Cursor { at: self.at, id: self.id }
    }
}
