//! Two records that were the same person. Everything of one moves to the other, and what moved is written down, so that exactly
//! that can go back. The emptied record stays, so that its number is never somebody else's and links to it still lead to the person.

use super::CustomerId;
use crate::database::{Millis, Reader, Result, Writer, json, params};
pub use crate::id::JoinId;
use crate::id::{AgentId, ConversationId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What belongs to a customer, and the column that names a row of it. Orders follow the address by which they are known.
const BELONGINGS: &[(&str, &str)] = &[
    ("customer_address", "address"),
    ("conversation", "id"),
    ("return_request", "id"),
    ("interest", "id"),
    ("wish", "id"),
    ("consent", "id"),
    ("consent_asked", "id"),
    ("follow_up", "id"),
    ("lead_event", "id"),
];

#[derive(Clone, Debug)]
pub struct Join {
    pub id: JoinId,
    pub kept: CustomerId,
    pub joined: CustomerId,
    /// Why they are one.
    pub because: String,
    pub moved: Moved,
    pub undone: bool,
}

/// The rows that moved, and what the two were called before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub name: String,
    pub language: Option<String>,
    /// The kept record had none and took the other's.
    pub took_name: bool,
    pub took_language: bool,
    /// Both leads as they were, and the kept one as it became.
    pub lead: Option<crate::lead::Lead>,
    pub kept_lead: Option<crate::lead::Lead>,
    pub kept_lead_became: Option<crate::lead::Lead>,
    rows: BTreeMap<String, Vec<serde_json::Value>>,
}

/// Where a record's person is now: itself, or what it was joined into.
pub fn current(c: &Reader, id: CustomerId) -> Result<CustomerId> {
    let mut id = id;
    while let Some(kept) = c.optional("SELECT kept_id FROM customer_join WHERE joined_id = ?1 AND undone_at IS NULL", [id], |r| r.get(0))? {
        id = kept;
    }
    Ok(id)
}

/// Every record that is this person: itself, and those that were joined into it.
pub fn records_of(c: &Reader, id: CustomerId) -> Result<Vec<CustomerId>> {
    c.all(
        "WITH RECURSIVE of(id) AS (SELECT ?1 UNION SELECT joined_id FROM customer_join JOIN of ON kept_id = of.id WHERE undone_at IS NULL) SELECT id FROM of",
        [id],
        |r| r.get(0),
    )
}

/// Moves what belongs to `joined` to `kept`. What `kept` has already (the same interest) stays behind with the emptied record.
pub fn move_belongings(tx: &Writer, kept: CustomerId, joined: CustomerId) -> Result<Moved> {
    let was =
        |id: CustomerId| tx.one("SELECT name, language FROM customer WHERE id = ?1", [id], |r| Ok((r.get::<_, String>(0)?, r.get::<_, Option<String>>(1)?)));
    let ((name, language), (kept_name, kept_language)) = (was(joined)?, was(kept)?);
    let mut moved = Moved {
        took_name: kept_name.is_empty() && !name.is_empty(),
        took_language: kept_language.is_none() && language.is_some(),
        name,
        language,
        ..Moved::default()
    };
    let links = "UPDATE consent_link SET customer_id = ?2 WHERE customer_id = ?1";
    tx.execute(links, params![joined, kept])?;
    for (table, key) in BELONGINGS {
        let before: String = tx.one(&format!("SELECT json_group_array({key}) FROM {table} WHERE customer_id = ?1"), [joined], |r| r.get(0))?;
        tx.execute(&format!("UPDATE OR IGNORE {table} SET customer_id = ?2 WHERE customer_id = ?1"), params![joined, kept])?;
        let went = format!("SELECT json_group_array({key}) FROM {table} WHERE customer_id = ?1 AND {key} IN (SELECT value FROM json_each(?2))");
        moved.rows.insert((*table).to_owned(), tx.one(&went, params![kept, before], |r| json(r, 0))?);
    }
    if moved.took_name || moved.took_language {
        tx.execute(
            "UPDATE customer SET name = CASE name WHEN '' THEN ?2 ELSE name END, language = coalesce(language, ?3) WHERE id = ?1",
            params![kept, moved.name, moved.language],
        )?;
    }
    tx.execute("UPDATE customer SET name = '', language = NULL WHERE id = ?1", [joined])?;
    Ok(moved)
}

/// Moves exactly those rows back, where they are still the person's.
pub fn move_back(tx: &Writer, join: &Join) -> Result<()> {
    let Join { kept, joined, moved, .. } = join;
    for (table, key) in BELONGINGS {
        let rows = serde_json::to_string(moved.rows.get(*table).map_or(&[][..], Vec::as_slice))?;
        let back = format!("UPDATE OR IGNORE {table} SET customer_id = ?1 WHERE customer_id = ?2 AND {key} IN (SELECT value FROM json_each(?3))");
        tx.execute(&back, params![joined, kept, rows])?;
    }
    let links = "UPDATE consent_link SET customer_id = ?1 WHERE customer_id = ?2 AND address IN (SELECT address FROM customer_address WHERE customer_id = ?1)";
    tx.execute(links, params![joined, kept])?;
    tx.execute("UPDATE customer SET name = ?2, language = ?3 WHERE id = ?1", params![joined, moved.name, moved.language])?;
    if moved.took_name {
        tx.execute("UPDATE customer SET name = '' WHERE id = ?1 AND name = ?2", params![kept, moved.name])?;
    }
    if moved.took_language {
        tx.execute("UPDATE customer SET language = NULL WHERE id = ?1 AND language = ?2", params![kept, moved.language])?;
    }
    Ok(())
}

pub fn record(tx: &Writer, (kept, joined): (CustomerId, CustomerId), because: &str, moved: &Moved, by: Option<AgentId>, now: Millis) -> Result<JoinId> {
    let id = tx.insert(
        "INSERT INTO customer_join(kept_id, joined_id, because, moved, at, by_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![kept, joined, because, serde_json::to_string(moved)?, now, by],
    )?;
    Ok(JoinId(id))
}

pub fn find(c: &Reader, id: JoinId) -> Result<Option<Join>> {
    c.optional("SELECT id, kept_id, joined_id, because, moved, undone_at IS NOT NULL FROM customer_join WHERE id = ?1", [id], |r| {
        Ok(Join { id: r.get(0)?, kept: r.get(1)?, joined: r.get(2)?, because: r.get(3)?, moved: json(r, 4)?, undone: r.get(5)? })
    })
}

pub fn mark_undone(tx: &Writer, id: JoinId, by: AgentId, now: Millis) -> Result<()> {
    tx.execute("UPDATE customer_join SET undone_at = ?2, undone_by = ?3 WHERE id = ?1", params![id, now, by])?;
    Ok(())
}

impl Moved {
    /// The conversations that moved: what is found under a customer's name is found anew.
    pub fn conversations(&self) -> Vec<ConversationId> {
        self.rows.get("conversation").into_iter().flatten().filter_map(|id| id.as_i64().map(ConversationId)).collect()
    }
}
