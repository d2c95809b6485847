//! What agents did to a lead: by whom, when, and how it was before, so that it can be taken back.

use super::Because;
use super::interest::Feature;
use crate::consent::Purpose;
use crate::customer::CustomerId;
use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, json, params};
use crate::id::{AgentId, ConsentId, InterestId, JoinId, LeadEventId, WishId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug)]
pub struct Event {
    pub id: LeadEventId,
    pub customer_id: CustomerId,
    pub at: Millis,
    /// `None`: Restante itself.
    pub by: Option<AgentId>,
    pub what: Happened,
    pub undone: Option<(Millis, Option<AgentId>)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Happened {
    /// Name, language or country: each that changed.
    Corrected {
        changes: Vec<Change>,
    },
    InterestAdded {
        interest: InterestId,
        feature: Feature,
    },
    InterestRemoved {
        interest: InterestId,
        feature: Feature,
    },
    WishAdded {
        wish: WishId,
        words: String,
    },
    WishClosed {
        wish: WishId,
        words: String,
    },
    /// Is no lead after all.
    SetAside {
        because: Because,
    },
    /// Is one again, or becomes one by an agent's word.
    TakenUp {
        because: Option<Because>,
    },
    ConsentNoted {
        consent: ConsentId,
        purpose: Purpose,
        address: String,
    },
    ConsentEnded {
        purpose: Purpose,
        address: String,
    },
    /// Another record of the same person was joined into this one.
    Joined {
        join: JoinId,
        name: String,
        address: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub fact: Fact,
    pub was: Option<String>,
    pub is: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    Name,
    Language,
    Country,
}

pub fn record(tx: &Writer, customer: CustomerId, by: Option<AgentId>, what: &Happened, now: Millis) -> Result<LeadEventId> {
    let sql = "INSERT INTO lead_event(customer_id, at, by_id, data) VALUES (?1, ?2, ?3, ?4)";
    Ok(LeadEventId(tx.insert(sql, params![customer, now, by, serde_json::to_string(what)?])?))
}

const COLUMNS: &str = "id, customer_id, at, by_id, data, undone_at, undone_by";

/// Newest first.
pub fn of_customer(c: &Reader, id: CustomerId, limit: usize) -> Result<Vec<Event>> {
    c.all(&format!("SELECT {COLUMNS} FROM lead_event WHERE customer_id = ?1 ORDER BY id DESC LIMIT ?2"), params![id, limit as i64], from_row)
}

pub fn find(c: &Reader, id: LeadEventId) -> Result<Option<Event>> {
    c.optional(&format!("SELECT {COLUMNS} FROM lead_event WHERE id = ?1"), [id], from_row)
}

pub fn mark_undone(tx: &Writer, id: LeadEventId, by: AgentId, now: Millis) -> Result<()> {
    tx.execute("UPDATE lead_event SET undone_at = ?2, undone_by = ?3 WHERE id = ?1", params![id, now, by])?;
    Ok(())
}

impl Event {
    /// Whether `desk::leads::undo` knows a way back. Consent is evidence: what was noted can be ended, what ended stays ended.
    pub fn can_be_undone(&self) -> bool {
        let known = match &self.what {
            Happened::SetAside { because } => *because == Because::Agent,
            Happened::TakenUp { because } => *because == Some(Because::Agent),
            Happened::ConsentNoted { .. } | Happened::ConsentEnded { .. } => false,
            _ => true,
        };
        known && self.undone.is_none()
    }
}

fn from_row(r: &Row) -> RowResult<Event> {
    let undone: Option<Millis> = r.get(5)?;
    let by = r.get(6)?;
    Ok(Event { id: r.get(0)?, customer_id: r.get(1)?, at: r.get(2)?, by: r.get(3)?, what: json(r, 4)?, undone: undone.map(|at| (at, by)) })
}
