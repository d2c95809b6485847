//! The list's questions: which leads there are, newest contact first, and who was found by a name, an address or an interest.

use super::Because;
use super::interest::{Feature, Kind};
use crate::customer::CustomerId;
use crate::database::{Millis, Reader, Result, ToSql, params};
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

/// So many can be sorted at once. Of more, the newest are soon met on a walk from the newest on: whatever is asked, a page is there within
/// 50 ms with 100,000 leads.
const FEW: i64 = 2_000;

/// A page, at most `PAGE_ROWS`.
pub fn page(c: &Reader, asked: &Asked) -> Result<Vec<Line>> {
    let (at, id) = asked.after.map_or((Millis::MAX, i64::MAX), |cursor| (cursor.at, cursor.id.0));
    let mut filter = String::new();
    let words = Words::of(asked.words);
    if let Some(words) = &words {
        filter.push_str(&words.filter(c)?);
    }
    if let Some(some) = asked.mailboxes {
        filter.push_str(&wrote_to(c, some)?);
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
    // SQLite takes no more values than the question names.
    if let Some(words) = words.as_ref().filter(|_| sql.contains("?4")) {
        bound.push(&words.pattern);
    }
    c.all(&sql, bound.as_slice(), |r| {
        let because = r.get::<_, Option<String>>(4)?.and_then(|code| Because::from_code(&code));
        Ok(Line { id: r.get(0)?, name: r.get(1)?, address: r.get(2)?, at: r.get(3)?, aside: because })
    })
}

/// What is looked for: a pattern for names, addresses and what is written as it was said, and the codes whose words contain it.
struct Words {
    pattern: String,
    /// `('colour','blue')`: constants of ours.
    codes: Vec<String>,
}

impl Words {
    fn of(asked: &str) -> Option<Words> {
        let asked = asked.trim().to_lowercase();
        if asked.is_empty() {
            return None;
        }
        let meant = |kind: &Kind, code: &str| Feature { kind: *kind, value: code.to_owned() }.words().to_lowercase().contains(&asked);
        let of_kind = |kind: &'static Kind| kind.codes().iter().filter(move |code| meant(kind, code)).map(move |code| format!("('{kind}','{code}')"));
        let codes = Kind::ALL.iter().flat_map(of_kind).collect();
        Some(Words { pattern: format!("%{}%", asked.replace('!', "!!").replace('%', "!%").replace('_', "!_")), codes })
    }

    /// The numbers of those who were found where they are few, or how each is looked at on a walk.
    fn filter(&self, c: &Reader) -> Result<String> {
        let mut sql = "SELECT id FROM customer WHERE name LIKE ?1 ESCAPE '!' UNION ALL SELECT customer_id FROM customer_address WHERE address LIKE ?1 ESCAPE '!'
             UNION ALL SELECT customer_id FROM interest WHERE removed_at IS NULL AND kind IN ('artist', 'title', 'size', 'budget') AND value LIKE ?1 ESCAPE '!'"
            .to_owned();
        for code in &self.codes {
            sql.push_str(&format!(" UNION ALL SELECT customer_id FROM interest WHERE removed_at IS NULL AND (kind, value) = {code}"));
        }
        let found: Vec<i64> = c.all(&format!("{sql} LIMIT ?2"), params![self.pattern, FEW + 1], |r| r.get(0))?;
        if found.len() as i64 <= FEW {
            let found: Vec<String> = found.iter().map(i64::to_string).collect();
            return Ok(format!(" AND customer.id IN ({})", found.join(",")));
        }
        let coded = if self.codes.is_empty() { String::new() } else { format!(" OR (kind, value) IN (VALUES {})", self.codes.join(",")) };
        Ok(format!(
            " AND (name LIKE ?4 ESCAPE '!' OR EXISTS (SELECT 1 FROM customer_address WHERE customer_id = customer.id AND address LIKE ?4 ESCAPE '!')
               OR EXISTS (SELECT 1 FROM interest WHERE customer_id = customer.id AND removed_at IS NULL
                 AND ((kind IN ('artist', 'title', 'size', 'budget') AND value LIKE ?4 ESCAPE '!'){coded})))"
        ))
    }
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
