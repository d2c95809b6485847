//! "Tell me when something similar is back": a wish with its features, open until they bought, withdrew, or an agent closed it.

use super::interest::{Feature, Source};
use crate::conversation::{ConversationId, MessageKey};
use crate::customer::CustomerId;
use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, json, params};
use crate::id::{AgentId, WishId};

#[derive(Clone, Debug, serde::Serialize)]
pub struct Wish {
    pub id: WishId,
    pub customer_id: CustomerId,
    /// Lower case: from where it was said.
    pub address: String,
    pub conversation_id: Option<ConversationId>,
    pub message_id: Option<MessageKey>,
    pub words: String,
    pub features: Vec<Feature>,
    pub source: Source,
    pub at: Millis,
    pub closed: Option<(Millis, Closed)>,
}

crate::return_request::code::codes! {
    /// Why a wish is not open any more.
    Closed {
        Bought = "bought",
        Withdrawn = "withdrawn",
        Agent = "agent",
    }
}

impl Closed {
    /// As agents read it.
    pub fn words(self) -> &'static str {
        match self {
            Closed::Bought => "bought",
            Closed::Withdrawn => "withdrawn",
            Closed::Agent => "closed by an agent",
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct New<'a> {
    pub customer_id: CustomerId,
    pub address: &'a str,
    pub conversation_id: Option<ConversationId>,
    pub message_id: Option<MessageKey>,
    pub words: &'a str,
    pub features: &'a [Feature],
    pub source: Source,
    pub by: Option<AgentId>,
}

/// Remembers a wish; the same words with the same features, still open, are one wish.
pub fn add(tx: &Writer, new: &New, now: Millis) -> Result<WishId> {
    let features = serde_json::to_string(new.features)?;
    let known = tx.optional(
        "SELECT id FROM wish WHERE customer_id = ?1 AND closed_at IS NULL AND features = ?2 AND (features <> '[]' OR words = ?3)",
        params![new.customer_id, features, new.words],
        |r| r.get(0),
    )?;
    if let Some(known) = known {
        return Ok(known);
    }
    let id = tx.insert(
        "INSERT INTO wish(customer_id, address, conversation_id, message_id, words, features, source, at, by_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![new.customer_id, new.address, new.conversation_id, new.message_id, new.words, features, new.source.code(), now, new.by],
    )?;
    Ok(WishId(id))
}

pub fn close(tx: &Writer, id: WishId, because: Closed, by: Option<AgentId>, now: Millis) -> Result<bool> {
    let sql = "UPDATE wish SET closed_at = ?2, closed_because = ?3, closed_by = ?4 WHERE id = ?1 AND closed_at IS NULL";
    Ok(tx.execute(sql, params![id, now, because.code(), by])? > 0)
}

pub fn open_again(tx: &Writer, id: WishId) -> Result<bool> {
    let sql = "UPDATE wish SET closed_at = NULL, closed_because = NULL, closed_by = NULL WHERE id = ?1 AND closed_at IS NOT NULL";
    Ok(tx.execute(sql, [id])? > 0)
}

const COLUMNS: &str = "id, customer_id, address, conversation_id, message_id, words, features, source, at, closed_at, closed_because";

pub fn of_customer(c: &Reader, id: CustomerId) -> Result<Vec<Wish>> {
    c.all(&format!("SELECT {COLUMNS} FROM wish WHERE customer_id = ?1 ORDER BY closed_at IS NOT NULL, id DESC"), [id], from_row)
}

pub fn find(c: &Reader, id: WishId) -> Result<Option<Wish>> {
    c.optional(&format!("SELECT {COLUMNS} FROM wish WHERE id = ?1"), [id], from_row)
}

/// Every wish that is open, newest first.
pub fn open(c: &Reader, limit: usize) -> Result<Vec<Wish>> {
    c.all(&format!("SELECT {COLUMNS} FROM wish WHERE closed_at IS NULL ORDER BY id DESC LIMIT ?1"), [limit as i64], from_row)
}

fn from_row(r: &Row) -> RowResult<Wish> {
    let closed = match r.get::<_, Option<Millis>>(9)? {
        None => None,
        Some(at) => Some((at, Closed::from_code(r.get_ref(10)?.as_str()?).unwrap_or(Closed::Agent))),
    };
    Ok(Wish {
        id: r.get(0)?,
        customer_id: r.get(1)?,
        address: r.get(2)?,
        conversation_id: r.get(3)?,
        message_id: r.get(4)?,
        words: r.get(5)?,
        features: json(r, 6)?,
        source: Source::from_code(r.get_ref(7)?.as_str()?).unwrap_or(Source::Mail),
        at: r.get(8)?,
        closed,
    })
}
