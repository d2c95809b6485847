//! What the owner wants called by HTTP: named actions as buttons or at a state, look-ups of orders, webhooks. The noun is the definition,
//! its sealed secrets, what is sent and what a good answer is; each call and what became of it stands in `call`. Nothing here connects.

pub mod answer;
pub mod call;
pub mod complaints;
pub mod definition;
pub mod fill;
pub mod inside;
pub mod look_up;
pub mod request;
mod retry_after;
pub mod secrets;
pub mod target;
#[cfg(test)]
mod tests;

pub use crate::id::{ActionId, CallId};
pub use complaints::Complaint;
pub use definition::{BodyKind, Definition, Event, Good, Kind, Method, Then};
pub use fill::Facts;
pub use inside::Inside;
pub use secrets::Secrets;
pub use target::Target;

use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, json, params};
use crate::id::AgentId;
use crate::return_request::Request;

#[derive(Clone, Debug)]
pub struct Action {
    pub id: ActionId,
    pub kind: Kind,
    pub name: String,
    pub definition: Definition,
    /// As `Secrets::seal` made them; nothing where there are none.
    pub sealed: Option<Vec<u8>>,
}

/// An action that is about to be saved.
#[derive(Clone, Debug)]
pub struct New {
    pub kind: Kind,
    pub name: String,
    pub definition: Definition,
    pub sealed: Option<Vec<u8>>,
}

const COLUMNS: &str = "id, kind, name, definition, secrets";

/// Those in use, by name.
pub fn all(c: &Reader) -> Result<Vec<Action>> {
    c.all(&format!("SELECT {COLUMNS} FROM custom_action WHERE removed_at IS NULL ORDER BY lower(name)"), [], from_row)
}

/// One in use.
pub fn find(c: &Reader, id: ActionId) -> Result<Option<Action>> {
    c.optional(&format!("SELECT {COLUMNS} FROM custom_action WHERE id = ?1 AND removed_at IS NULL"), [id], from_row)
}

/// Whether another action in use has this name.
pub fn is_named(c: &Reader, name: &str, but: Option<ActionId>) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM custom_action WHERE lower(name) = lower(?1) AND removed_at IS NULL AND id <> ?2)";
    c.one(sql, params![name, but.unwrap_or(ActionId(0))], |r| r.get(0))
}

/// Adds an action, or changes one; its kind stays.
pub fn save(tx: &Writer, id: Option<ActionId>, new: &New, by: AgentId, now: Millis) -> Result<ActionId> {
    let definition = serde_json::to_string(&new.definition)?;
    match id {
        Some(id) => {
            tx.execute(
                "UPDATE custom_action SET name = ?2, definition = ?3, secrets = ?4, changed_at = ?5, changed_by = ?6 WHERE id = ?1",
                params![id, new.name, definition, new.sealed, now, by],
            )?;
            Ok(id)
        }
        None => Ok(ActionId(tx.insert(
            "INSERT INTO custom_action(kind, name, definition, secrets, created_at, created_by, changed_at, changed_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?5, ?6)",
            params![new.kind.code(), new.name, definition, new.sealed, now, by],
        )?)),
    }
}

/// It is offered and fired no more, its secrets are gone, and what waits for it is cancelled. What was called stays in the log.
pub fn remove(tx: &Writer, id: ActionId, by: AgentId, now: Millis) -> Result<bool> {
    let sql = "UPDATE custom_action SET removed_at = ?2, removed_by = ?3, secrets = NULL WHERE id = ?1 AND removed_at IS NULL";
    let removed = tx.execute(sql, params![id, now, by])? > 0;
    call::cancel_of_action(tx, id, by, now)?;
    Ok(removed)
}

impl Action {
    /// For a return that stands there: with one of its decisions, or, where it names none, once somebody agreed to something. What moves no
    /// money needs no such word, and who names a state that refuses wants it there.
    pub fn fits(&self, request: &Request) -> bool {
        let wanted = &self.definition.decisions;
        if !wanted.is_empty() {
            return request.decided.as_ref().is_some_and(|decided| wanted.contains(&decided.decision));
        }
        let is_meant = self.definition.fired_by == Some(request.state) && request.state.is_closed();
        self.is_harmless() || request.state.is_agreed() || is_meant
    }

    /// Why it does not fit.
    pub fn misfit(&self, request: &Request) -> Option<String> {
        let why = if request.decided.is_some() { "is not for this decision" } else { "is not called before a decision" };
        (!self.fits(request)).then(|| format!("“{}” {why}.", self.name))
    }

    /// Nothing that money could follow: it only asks, or its owner says so.
    pub fn is_harmless(&self) -> bool {
        self.definition.method == Method::Get || self.definition.no_money
    }

    /// It is not only for decisions that leave the money where it is.
    pub fn may_move_money(&self) -> bool {
        let decisions = &self.definition.decisions;
        !self.is_harmless() && (decisions.is_empty() || decisions.iter().any(|decision| decision.moves_money()))
    }

    /// It says how much; `known`: of the return at hand the sum is known.
    pub fn names_sum(&self, known: bool) -> bool {
        [&self.definition.url, &self.definition.body].into_iter().any(|text| fill::names(text, &["amount", "amount_minor"], known))
    }

    /// An answer that never came may be asked for again without harm.
    pub fn is_repeatable(&self) -> bool {
        self.kind != Kind::Call || self.definition.repeatable || self.definition.method == Method::Get
    }
}

fn from_row(r: &Row) -> RowResult<Action> {
    let kind = Kind::from_code(r.get_ref(1)?.as_str()?).ok_or(crate::database::SqlError::InvalidQuery)?;
    Ok(Action { id: r.get(0)?, kind, name: r.get(2)?, definition: json(r, 3)?, sealed: r.get(4)? })
}
