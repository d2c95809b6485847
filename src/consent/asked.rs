//! What somebody ticked, or is said to want, without having shown that the address is theirs: a letter asks them to confirm it.

use super::Purpose;
use crate::conversation::ConversationId;
use crate::customer::CustomerId;
use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, json, params};
use crate::id::AgentId;

#[derive(Clone, Debug)]
pub struct Asked {
    pub id: i64,
    pub customer_id: CustomerId,
    pub conversation_id: ConversationId,
    /// Lower case.
    pub address: String,
    pub purposes: Vec<Purpose>,
    /// The labels of the ticks, a line each.
    pub words: String,
    /// What stood beside them.
    pub policy_text: String,
    pub language: String,
    pub by: Option<AgentId>,
}

/// Remembers it; what waits for this address already is replaced: the last form counts.
pub fn add(tx: &Writer, asked: &Asked, now: Millis) -> Result<i64> {
    tx.execute("UPDATE consent_asked SET settled_at = ?2 WHERE address = ?1 AND settled_at IS NULL", params![asked.address, now])?;
    tx.insert(
        "INSERT INTO consent_asked(customer_id, conversation_id, address, purposes, words, policy_text, language, at, by_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            asked.customer_id,
            asked.conversation_id,
            asked.address,
            serde_json::to_string(&asked.purposes)?,
            asked.words,
            asked.policy_text,
            asked.language,
            now,
            asked.by
        ],
    )
}

const COLUMNS: &str = "id, customer_id, conversation_id, address, purposes, words, policy_text, language, by_id";

/// What waits until this address has written.
pub fn waiting_for(c: &Reader, address: &str) -> Result<Option<Asked>> {
    c.optional(&format!("SELECT {COLUMNS} FROM consent_asked WHERE address = ?1 AND settled_at IS NULL"), [address], from_row)
}

pub fn find(c: &Reader, id: i64) -> Result<Option<Asked>> {
    c.optional(&format!("SELECT {COLUMNS} FROM consent_asked WHERE id = ?1"), [id], from_row)
}

/// Its letter is wanted now, or it is not asked any more.
pub fn settle(tx: &Writer, id: i64, now: Millis) -> Result<()> {
    tx.execute("UPDATE consent_asked SET settled_at = ?2 WHERE id = ?1 AND settled_at IS NULL", params![id, now])?;
    Ok(())
}

fn from_row(r: &Row) -> RowResult<Asked> {
    Ok(Asked {
        id: r.get(0)?,
        customer_id: r.get(1)?,
        conversation_id: r.get(2)?,
        address: r.get(3)?,
        purposes: json(r, 4)?,
        words: r.get(5)?,
        policy_text: r.get(6)?,
        language: r.get(7)?,
        by: r.get(8)?,
    })
}
