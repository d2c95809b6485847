//! The list's questions: which leads there are, newest contact first, and who answers to a filter.

use super::Because;
use super::filter::{self, Bound, Condition, FEW, Filter};
use crate::customer::CustomerId;
use crate::database::{Millis, Reader, Result, params_from_iter};
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
    /// Only these; `None`: everybody.
    pub filter: Option<&'a Filter>,
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

/// Counted up to here; of more it is enough to know that.
pub const COUNTED_MAX: usize = 10_000;

/// A page, at most `PAGE_ROWS`.
pub fn page(c: &Reader, asked: &Asked) -> Result<Vec<Line>> {
    lines(c, asked, PAGE_ROWS)
}

/// The first of them, at most `limit`.
pub fn lines(c: &Reader, asked: &Asked, limit: usize) -> Result<Vec<Line>> {
    let Question { from, order, at, aside, mut values } = question(c, asked)?;
    values.push(Bound::Number(limit as i64));
    let sql = format!("SELECT customer.id, name, {ADDRESS}, {at}, {aside} {from} ORDER BY {order} LIMIT ?");
    c.all(&sql, params_from_iter(values), |r| {
        let because = r.get::<_, Option<String>>(4)?.and_then(|code| Because::from_code(&code));
        Ok(Line { id: r.get(0)?, name: r.get(1)?, address: r.get(2)?, at: r.get(3)?, aside: because })
    })
}

/// How many there are, at most `COUNTED_MAX + 1`.
pub fn count(c: &Reader, asked: &Asked) -> Result<usize> {
    let Question { from, values, .. } = question(c, asked)?;
    let n: i64 = c.one(&format!("SELECT count(*) FROM (SELECT 1 {from} LIMIT {})", COUNTED_MAX + 1), params_from_iter(values), |r| r.get(0))?;
    Ok(n as usize)
}

/// A question without what is to be told of each.
struct Question {
    from: String,
    order: &'static str,
    at: &'static str,
    aside: &'static str,
    values: Vec<Bound>,
}

fn question(c: &Reader, asked: &Asked) -> Result<Question> {
    let (at, id) = asked.after.map_or((Millis::MAX, i64::MAX), |cursor| (cursor.at, cursor.id.0));
    let is_lead = asked.which != Which::Others;
    let filter = match asked.filter {
        Some(filter) => filter::narrowed(c, filter, is_lead)?,
        None => Condition::default(),
    };
    let here = match asked.mailboxes {
        Some(some) => wrote_to(c, some)?,
        None => String::new(),
    };
    let mut values = if is_lead { vec![Bound::Number(at), Bound::Number(id)] } else { vec![Bound::Number(id)] };
    values.extend(filter.values);
    let rest = format!("{}{here}", filter.sql);
    if !is_lead {
        let from = format!(
            "FROM customer WHERE id < ? AND NOT EXISTS (SELECT 1 FROM lead WHERE customer_id = customer.id)
             AND EXISTS (SELECT 1 FROM customer_address WHERE customer_id = customer.id){rest}"
        );
        return Ok(Question { from, order: "customer.id DESC", at: "created_at", aside: "NULL", values });
    }
    let aside = if asked.which == Which::Aside { "NOT" } else { "" };
    let from = format!(
        "FROM lead CROSS JOIN customer ON customer.id = lead.customer_id WHERE lead.set_aside_at IS {aside} NULL AND (lead.last_contact_at, lead.customer_id) < (?, ?){rest}"
    );
    Ok(Question { from, order: "lead.last_contact_at DESC, lead.customer_id DESC", at: "lead.last_contact_at", aside: "lead.set_aside_because", values })
}

/// Only those with a conversation in these mailboxes.
fn wrote_to(c: &Reader, mailboxes: &[MailboxId]) -> Result<String> {
    let some: Vec<String> = mailboxes.iter().map(|id| id.0.to_string()).collect();
    let some = some.join(",");
    let there: i64 = c.one(&format!("SELECT coalesce(sum(n), 0) FROM tally WHERE mailbox_id IN ({some})"), [], |r| r.get(0))?;
    let theirs = format!("FROM conversation WHERE merged_into IS NULL AND mailbox_id IN ({some})");
    Ok(match there {
        0..=FEW => format!(" AND customer.id IN (SELECT customer_id {theirs})"),
        _ => format!(" AND EXISTS (SELECT 1 {theirs} AND conversation.customer_id = customer.id)"),
    })
}

impl Line {
    pub fn cursor(&self) -> Cursor {
        Cursor { at: self.at, id: self.id }
    }
}
