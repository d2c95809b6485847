//! What the owner wants to follow a return: so many days after it ended well, a discount or the question whether all is well. A plan is off
//! until somebody switches it on, and says nothing of returns that ended before.

use super::{Discount, Kind};
use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, params};
use crate::id::{AgentId, DiscountId, PlanId};
use crate::return_request::State;

/// Who hears from a shop after half a year has forgotten the return.
pub const DAYS_MAX: i64 = 180;
pub const NAME_CHARS_MAX: usize = 80;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub id: PlanId,
    pub said: Said,
    pub enabled_at: Option<Millis>,
}

/// What an owner says of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub name: String,
    pub kind: Kind,
    pub after: After,
    pub days: i64,
    pub discount_id: Option<DiscountId>,
    /// Begins a conversation of its own; else it joins that of the return.
    pub new_thread: bool,
}

crate::return_request::code::codes! {
    /// How the return ended. Whoever was declined, or thought better of it, is not written to.
    After {
        Refunded = "refunded",
        Replaced = "replaced",
        Credited = "credited",
        /// Any of these.
        Closed = "closed",
    }
}

impl After {
    pub fn is(self, state: State) -> bool {
        match self {
            After::Refunded => state == State::Refunded,
            After::Replaced => state == State::Replaced,
            After::Credited => state == State::Credited,
            After::Closed => matches!(state, State::Refunded | State::Replaced | State::Credited),
        }
    }

    /// As owners read it.
    pub fn words(self) -> &'static str {
        match self {
            After::Refunded => "was refunded",
            After::Replaced => "was replaced",
            After::Credited => "was credited",
            After::Closed => "was refunded, replaced or credited",
        }
    }
}

const COLUMNS: &str = "id, name, kind, after_state, days, discount_id, new_thread, enabled_at";

/// Every plan that was not removed.
pub fn all(c: &Reader) -> Result<Vec<Plan>> {
    c.all(&format!("SELECT {COLUMNS} FROM follow_up_plan WHERE removed_at IS NULL ORDER BY id"), [], from_row)
}

/// One that was removed too: what it planned has its name.
pub fn find(c: &Reader, id: PlanId) -> Result<Option<Plan>> {
    c.optional(&format!("SELECT {COLUMNS} FROM follow_up_plan WHERE id = ?1"), [id], from_row)
}

/// Those that are on.
pub fn enabled(c: &Reader) -> Result<Vec<Plan>> {
    Ok(all(c)?.into_iter().filter(|plan| plan.enabled_at.is_some()).collect())
}

pub fn add(tx: &Writer, said: &Said, by: AgentId, now: Millis) -> Result<PlanId> {
    let id = tx.insert(
        "INSERT INTO follow_up_plan(name, kind, after_state, days, discount_id, new_thread, created_at, created_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![said.name.trim(), said.kind.code(), said.after.code(), said.days, said.discount_id, said.new_thread, now, by],
    )?;
    Ok(PlanId(id))
}

/// What is planned already stays as it was planned.
pub fn change(tx: &Writer, id: PlanId, said: &Said) -> Result<()> {
    tx.execute(
        "UPDATE follow_up_plan SET name = ?2, kind = ?3, after_state = ?4, days = ?5, discount_id = ?6, new_thread = ?7 WHERE id = ?1 AND removed_at IS NULL",
        params![id, said.name.trim(), said.kind.code(), said.after.code(), said.days, said.discount_id, said.new_thread],
    )?;
    Ok(())
}

pub fn switch(tx: &Writer, id: PlanId, on: bool, by: AgentId, now: Millis) -> Result<()> {
    tx.execute("UPDATE follow_up_plan SET enabled_at = ?2, enabled_by = ?3 WHERE id = ?1 AND removed_at IS NULL", params![id, on.then_some(now), by])?;
    Ok(())
}

/// Until the owner switches them on again.
pub fn switch_all_off(tx: &Writer) -> Result<()> {
    tx.execute("UPDATE follow_up_plan SET enabled_at = NULL, enabled_by = NULL WHERE enabled_at IS NOT NULL", [])?;
    Ok(())
}

pub fn remove(tx: &Writer, id: PlanId, by: AgentId, now: Millis) -> Result<()> {
    tx.execute("UPDATE follow_up_plan SET removed_at = ?2, removed_by = ?3, enabled_at = NULL WHERE id = ?1", params![id, now, by])?;
    Ok(())
}

impl Plan {
    /// "10 % off, 14 days after it was refunded".
    pub fn words(&self, discount: Option<&Discount>) -> String {
        let what = match (self.said.kind, discount) {
            (Kind::Discount, Some(discount)) => format!("{} off", discount.said.worth),
            (kind, _) => kind.words().to_owned(),
        };
        let days = if self.said.days == 1 { "1 day".to_owned() } else { format!("{} days", self.said.days) };
        format!("{what}, {days} after a return {}", self.said.after.words())
    }
}

fn from_row(r: &Row) -> RowResult<Plan> {
    let said = Said {
        name: r.get(1)?,
        kind: Kind::from_code(r.get_ref(2)?.as_str()?).unwrap_or(Kind::CheckIn),
        // A state that is not known any more is the narrowest.
        after: After::from_code(r.get_ref(3)?.as_str()?).unwrap_or(After::Replaced),
        days: r.get(4)?,
        discount_id: r.get(5)?,
        new_thread: r.get(6)?,
    };
    Ok(Plan { id: r.get(0)?, said, enabled_at: r.get(7)? })
}
