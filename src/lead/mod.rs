//! Who may buy again: what we remember of everybody who writes, beside their name and addresses (`customer`): where they came from,
//! what they like and wish for. One lead per customer; spam, machines and suppliers are none.

pub mod event;
pub mod filter;
pub mod interest;
pub mod list;
pub mod numbers;
pub mod reading;
pub mod segment;
pub mod supplier;
pub mod table;
pub mod wish;

pub use crate::id::{InterestId, WishId};
pub use interest::{Interest, Kind};
pub use wish::Wish;

use crate::customer::CustomerId;
use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, params};
use crate::id::AgentId;

crate::return_request::code::codes! {
    /// Where a lead came from, first.
    Source {
        Mailbox = "mailbox",
        Form = "form",
        Widget = "widget",
        Import = "import",
        Agent = "agent",
    }
}

crate::return_request::code::codes! {
    /// Why somebody is no lead after all.
    Because {
        Spam = "spam",
        Supplier = "supplier",
        Agent = "agent",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Lead {
    pub customer_id: CustomerId,
    pub source: Source,
    /// The mailbox's address, the file's name.
    pub source_detail: String,
    /// ISO 3166-1 alpha-2, only if they said it.
    pub country: Option<String>,
    pub country_sentence: String,
    pub first_contact_at: Millis,
    pub last_contact_at: Millis,
    pub set_aside: Option<(Millis, Because, Option<AgentId>)>,
    pub created_at: Millis,
}

/// Remembers that somebody made contact at `at`: makes the lead on first sight, widens its span otherwise.
pub fn capture(tx: &Writer, id: CustomerId, source: Source, detail: &str, at: Millis, now: Millis) -> Result<()> {
    tx.execute(
        "INSERT INTO lead(customer_id, source, source_detail, first_contact_at, last_contact_at, created_at) VALUES (?1, ?2, ?3, ?4, ?4, ?5)
         ON CONFLICT(customer_id) DO UPDATE SET first_contact_at = min(first_contact_at, ?4), last_contact_at = max(last_contact_at, ?4)",
        params![id, source.code(), detail, at, now],
    )?;
    Ok(())
}

/// They said which country they are in. The first that was said stays, until an agent corrects it.
pub fn note_country(tx: &Writer, id: CustomerId, country: &str, sentence: &str) -> Result<()> {
    tx.execute("UPDATE lead SET country = ?2, country_sentence = ?3 WHERE customer_id = ?1 AND country IS NULL", params![id, country, sentence])?;
    Ok(())
}

/// An agent's word on the country; what was said before gives way, and no sentence stands behind it any more.
pub fn correct_country(tx: &Writer, id: CustomerId, country: Option<&str>) -> Result<()> {
    tx.execute("UPDATE lead SET country = ?2, country_sentence = '' WHERE customer_id = ?1", params![id, country])?;
    Ok(())
}

/// Writes a lead as it was: after two records of a person were joined, or taken apart again.
pub fn put(tx: &Writer, lead: &Lead) -> Result<()> {
    let aside = lead.set_aside;
    tx.execute(
        &format!("INSERT OR REPLACE INTO lead({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"),
        params![
            lead.customer_id,
            lead.source.code(),
            lead.source_detail,
            lead.country,
            lead.country_sentence,
            lead.first_contact_at,
            lead.last_contact_at,
            aside.map(|(at, ..)| at),
            aside.map(|(_, because, _)| because.code()),
            aside.and_then(|(.., by)| by),
            lead.created_at
        ],
    )?;
    Ok(())
}

/// Takes the row away: this record is no person of its own any more.
pub fn drop_row(tx: &Writer, id: CustomerId) -> Result<()> {
    tx.execute("DELETE FROM lead WHERE customer_id = ?1", [id])?;
    Ok(())
}

pub fn find(c: &Reader, id: CustomerId) -> Result<Option<Lead>> {
    c.optional(&format!("SELECT {COLUMNS} FROM lead WHERE customer_id = ?1"), [id], from_row)
}

/// Is no lead after all.
pub fn set_aside(tx: &Writer, id: CustomerId, because: Because, by: Option<AgentId>, now: Millis) -> Result<()> {
    tx.execute(
        "UPDATE lead SET set_aside_at = ?2, set_aside_because = ?3, set_aside_by = ?4 WHERE customer_id = ?1 AND set_aside_at IS NULL",
        params![id, now, because.code(), by],
    )?;
    Ok(())
}

/// Is one again, if it was set aside for this reason.
pub fn take_up_again(tx: &Writer, id: CustomerId, because: Because) -> Result<()> {
    tx.execute(
        "UPDATE lead SET set_aside_at = NULL, set_aside_because = NULL, set_aside_by = NULL WHERE customer_id = ?1 AND set_aside_because = ?2",
        params![id, because.code()],
    )?;
    Ok(())
}

const COLUMNS: &str = "customer_id, source, source_detail, country, country_sentence, first_contact_at, last_contact_at, set_aside_at, set_aside_because, set_aside_by, created_at";

fn from_row(r: &Row) -> RowResult<Lead> {
    let set_aside = match r.get::<_, Option<Millis>>(7)? {
        None => None,
        Some(at) => Some((at, Because::from_code(r.get_ref(8)?.as_str()?).unwrap_or(Because::Agent), r.get(9)?)),
    };
    Ok(Lead {
        customer_id: r.get(0)?,
        source: Source::from_code(r.get_ref(1)?.as_str()?).unwrap_or(Source::Mailbox),
        source_detail: r.get(2)?,
        country: r.get(3)?,
        country_sentence: r.get(4)?,
        first_contact_at: r.get(5)?,
        last_contact_at: r.get(6)?,
        set_aside,
        created_at: r.get(10)?,
    })
}
