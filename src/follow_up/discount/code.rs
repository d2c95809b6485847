//! Codes that wait to be given, those that were given, and what became of them.

use super::{Discount, Kind, from_pattern};
use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, params};
use crate::id::{AgentId, CustomerId, DiscountCodeId, DiscountId, FollowUpId, OrderId};
use crate::secret::digest;
use jiff::civil::Date;

/// Made from a pattern, so many may be taken already before the pattern counts as used up.
const TRIES_MAX: u8 = 20;

/// A code of a list or a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    pub id: DiscountCodeId,
    pub code: String,
    /// To whom, with the follow-up that carries it.
    pub given: Option<(Millis, Option<CustomerId>)>,
    pub expires_on: Option<Date>,
    pub used_at: Option<Millis>,
    pub used_order: Option<OrderId>,
}

/// What a letter says of its discount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    pub code: String,
    pub worth: String,
    pub ends_on: Option<Date>,
}

/// Adds codes; returns how many were new. A code that any discount has is not added again.
pub fn add_codes(tx: &Writer, id: DiscountId, codes: &[String]) -> Result<usize> {
    let mut new = 0;
    for code in codes {
        new += tx.execute("INSERT INTO discount_code(discount_id, code) VALUES (?1, ?2) ON CONFLICT DO NOTHING", params![id, code])?;
    }
    Ok(new)
}

/// How many can still be given; `None`: as many as it takes.
pub fn left(c: &Reader, discount: &Discount) -> Result<Option<i64>> {
    match discount.said.kind {
        Kind::List => c.one("SELECT count(*) FROM discount_code WHERE discount_id = ?1 AND given_at IS NULL", [discount.id], |r| r.get(0)).map(Some),
        Kind::Shared | Kind::Pattern => Ok(None),
    }
}

/// Gives a follow-up its code, the same when asked again. `word`: a random one, for a code that is made. `None`: none is left.
pub fn give(tx: &Writer, discount: &Discount, to: FollowUpId, word: &str, now: Millis) -> Result<Option<Given>> {
    if let Some(given) = given(tx, discount, to, now)? {
        return Ok(Some(given));
    }
    let free = "SELECT id FROM discount_code WHERE discount_id = ?1 AND given_at IS NULL ORDER BY id LIMIT 1";
    let id = match tx.optional(free, [discount.id], |r| r.get::<_, DiscountCodeId>(0))? {
        Some(id) => id,
        None if discount.said.kind == Kind::Pattern => match make(tx, discount, word)? {
            Some(id) => id,
            None => return Ok(None),
        },
        None => return Ok(None),
    };
    tx.execute(
        "UPDATE discount_code SET follow_up_id = ?2, given_at = ?3, expires_on = ?4 WHERE id = ?1",
        params![id, to, now, discount.ends_on(now).map(|day| day.to_string())],
    )?;
    given(tx, discount, to, now)
}

/// The code that a follow-up has.
pub fn given(c: &Reader, discount: &Discount, to: FollowUpId, now: Millis) -> Result<Option<Given>> {
    let with = |code: String, ends_on| Given { code, worth: discount.said.worth.clone(), ends_on };
    if discount.said.kind == Kind::Shared {
        return Ok(Some(with(discount.said.code.clone(), discount.ends_on(now))));
    }
    let row = |r: &Row| -> RowResult<Given> { Ok(with(r.get(0)?, r.get::<_, Option<String>>(1)?.and_then(|day| day.parse().ok()))) };
    c.optional("SELECT code, expires_on FROM discount_code WHERE follow_up_id = ?1", [to], row)
}

fn make(tx: &Writer, discount: &Discount, word: &str) -> Result<Option<DiscountCodeId>> {
    for again in 0..TRIES_MAX {
        let dice = digest(format!("{word} {again}").as_bytes());
        let Some(code) = from_pattern(&discount.said.code, &mut dice.iter().chain(&digest(&dice)).copied()) else { return Ok(None) };
        if tx.execute("INSERT INTO discount_code(discount_id, code) VALUES (?1, ?2) ON CONFLICT DO NOTHING", params![discount.id, code])? == 1 {
            return tx.one("SELECT last_insert_rowid()", [], |r| r.get(0)).map(Some);
        }
    }
    Ok(None)
}

const COLUMNS: &str = "discount_code.id, code, given_at, customer_id, expires_on, used_at, used_order_id";

/// Those that were given, newest first.
pub fn codes_of(c: &Reader, id: DiscountId, limit: usize) -> Result<Vec<Code>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM discount_code LEFT JOIN follow_up ON follow_up.id = follow_up_id
         WHERE discount_code.discount_id = ?1 AND given_at IS NOT NULL ORDER BY given_at DESC, discount_code.id DESC LIMIT ?2"
    );
    c.all(&sql, params![id, limit as i64], from_row)
}

/// A code with its discount.
pub fn find_code(c: &Reader, id: DiscountCodeId) -> Result<Option<(DiscountId, String)>> {
    c.optional("SELECT discount_id, code FROM discount_code WHERE id = ?1", [id], |r| Ok((r.get(0)?, r.get(1)?)))
}

/// An agent knows that it was used.
pub fn mark_used(tx: &Writer, id: DiscountCodeId, by: AgentId, now: Millis) -> Result<()> {
    tx.execute("UPDATE discount_code SET used_at = ?2, used_by = ?3 WHERE id = ?1 AND given_at IS NOT NULL AND used_at IS NULL", params![id, now, by])?;
    Ok(())
}

/// It was not, after all.
pub fn unmark_used(tx: &Writer, id: DiscountCodeId) -> Result<()> {
    tx.execute("UPDATE discount_code SET used_at = NULL, used_by = NULL, used_order_id = NULL WHERE id = ?1", [id])?;
    Ok(())
}

/// An order names a code: it was used, and whoever got it bought again.
pub fn used_by_order(tx: &Writer, code: &str, order: OrderId, now: Millis) -> Result<()> {
    let sql = "UPDATE discount_code SET used_at = coalesce(used_at, ?2), used_order_id = coalesce(used_order_id, ?3) WHERE code = ?1 AND given_at IS NOT NULL";
    if tx.execute(sql, params![code.trim(), now, order])? > 0 {
        tx.execute(
            "UPDATE follow_up SET bought_at = ?2, bought_order_id = ?3 WHERE bought_at IS NULL AND state = 'sent'
               AND id = (SELECT follow_up_id FROM discount_code WHERE code = ?1)",
            params![code.trim(), now, order],
        )?;
    }
    Ok(())
}

fn from_row(r: &Row) -> RowResult<Code> {
    let given_at: Option<Millis> = r.get(2)?;
    let to: Option<CustomerId> = r.get(3)?;
    Ok(Code {
        id: r.get(0)?,
        code: r.get(1)?,
        given: given_at.map(|at| (at, to)),
        expires_on: r.get::<_, Option<String>>(4)?.and_then(|day| day.parse().ok()),
        used_at: r.get(5)?,
        used_order: r.get(6)?,
    })
}
