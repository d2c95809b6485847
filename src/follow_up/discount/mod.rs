//! What a discount is worth and its codes: one for all, one each from a list, or one each from a pattern. A code is given to one
//! follow-up only; without one nothing is sent.

mod code;
#[cfg(test)]
mod tests;
mod text;

pub use code::{Code, Given, add_codes, codes_of, find_code, give, given, left, mark_used, unmark_used, used_by_order};
pub use text::{CODE_CHARS_MAX, CODES_MAX, codes_in, from_pattern, pattern_mistake};

use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, params};
use crate::id::{AgentId, DiscountId};
use jiff::ToSpan;
use jiff::civil::Date;

/// So few codes are left that the owner is told.
pub const FEW_LEFT: i64 = 10;
pub const VALID_DAYS_MAX: i64 = 730;

crate::return_request::code::codes! {
    Kind {
        /// One code for all.
        Shared = "shared",
        /// One each, from the owner's list.
        List = "list",
        /// One each, made from `THANKS-####`.
        Pattern = "pattern",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discount {
    pub id: DiscountId,
    pub said: Said,
    pub ended_at: Option<Millis>,
}

/// What an owner says of a discount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub name: String,
    /// "10 %", "15 EUR": as the letter says it.
    pub worth: String,
    pub kind: Kind,
    /// The one for all, or the pattern.
    pub code: String,
    /// From when it is sent.
    pub valid_days: Option<i64>,
    pub valid_until: Option<Date>,
}

const COLUMNS: &str = "id, name, worth, kind, code, valid_days, valid_until, ended_at";

/// Those that can be given before those that ended, newest first.
pub fn all(c: &Reader) -> Result<Vec<Discount>> {
    c.all(&format!("SELECT {COLUMNS} FROM discount ORDER BY ended_at IS NOT NULL, id DESC"), [], from_row)
}

pub fn find(c: &Reader, id: DiscountId) -> Result<Option<Discount>> {
    c.optional(&format!("SELECT {COLUMNS} FROM discount WHERE id = ?1"), [id], from_row)
}

pub fn add(tx: &Writer, said: &Said, by: AgentId, now: Millis) -> Result<DiscountId> {
    let id = tx.insert(
        "INSERT INTO discount(name, worth, kind, code, valid_days, valid_until, created_at, created_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![said.name.trim(), said.worth.trim(), said.kind.code(), said.code.trim(), said.valid_days, said.valid_until.map(|day| day.to_string()), now, by],
    )?;
    Ok(DiscountId(id))
}

/// No more of it is given; codes that were given stay theirs.
pub fn end(tx: &Writer, id: DiscountId, by: AgentId, now: Millis) -> Result<()> {
    tx.execute("UPDATE discount SET ended_at = ?2, ended_by = ?3 WHERE id = ?1 AND ended_at IS NULL", params![id, now, by])?;
    Ok(())
}

impl Discount {
    /// The last day on which what is sent at `sent` can be used; `None`: without an end.
    pub fn ends_on(&self, sent: Millis) -> Option<Date> {
        self.said.valid_until.or_else(|| self.said.valid_days.and_then(|days| day(sent)?.checked_add(days.days()).ok()))
    }

    /// Can still be given.
    pub fn lives(&self, now: Millis) -> bool {
        self.ended_at.is_none() && self.said.valid_until.is_none_or(|until| day(now).is_some_and(|today| today <= until))
    }
}

fn day(at: Millis) -> Option<Date> {
    jiff::Timestamp::from_millisecond(at).ok().map(|at| jiff::tz::Offset::UTC.to_datetime(at).date())
}

fn from_row(r: &Row) -> RowResult<Discount> {
    let said = Said {
        name: r.get(1)?,
        worth: r.get(2)?,
        kind: Kind::from_code(r.get_ref(3)?.as_str()?).unwrap_or(Kind::List),
        code: r.get(4)?,
        valid_days: r.get(5)?,
        valid_until: r.get::<_, Option<String>>(6)?.and_then(|day| day.parse().ok()),
    };
    Ok(Discount { id: r.get(0)?, said, ended_at: r.get(7)? })
}
