//! The board's questions: which returns stand where, and what they are about.

use super::fields::{self, Value};
use super::item::{self, Item};
use super::request::{self, Request};
use super::{Facts, State, fact};
use crate::database::{Millis, Reader, Result};
use crate::id::{MailboxId, ReturnId};
use crate::money::Amount;
use crate::order;

/// Returns in one column of the board: nobody looks at more.
pub const CARDS_MAX: usize = 300;
/// Returns in one file: what a spreadsheet holds.
pub const ROWS_MAX: usize = 1_000_000;

/// A return as the board shows it.
#[derive(Clone, Debug)]
pub struct Card {
    pub request: Request,
    pub customer: String,
    pub facts: Facts,
    pub items: Vec<Item>,
    /// What the pieces cost.
    pub suggested: Option<Amount>,
}

/// Returns in these states, those that wait longest first; for `mailboxes` only, where an agent sees some.
pub fn cards(c: &Reader, states: &[State], mailboxes: Option<&[MailboxId]>, limit: usize) -> Result<Vec<Card>> {
    let states = states.iter().map(|state| format!("'{}'", state.code())).collect::<Vec<_>>().join(",");
    let here = mailboxes
        .map_or(String::new(), |some| format!(" AND return_request.mailbox_id IN ({})", some.iter().map(|id| id.0.to_string()).collect::<Vec<_>>().join(",")));
    let sql = format!(
        "SELECT return_request.id, CASE customer.name WHEN '' THEN coalesce((SELECT address FROM customer_address WHERE customer_id = customer.id LIMIT 1), '')
           ELSE customer.name END
         FROM return_request JOIN customer ON customer.id = customer_id WHERE state IN ({states}){here} ORDER BY state_at LIMIT {limit}"
    );
    let rows = c.all(&sql, [], |r| Ok((r.get::<_, ReturnId>(0)?, r.get::<_, String>(1)?)))?;
    let mut cards = Vec::with_capacity(rows.len());
    for (id, customer) in rows {
        if let Some(request) = request::find(c, id)? {
            let (items, suggested) = pieces(c, &request)?;
            cards.push(Card { request, customer, facts: fact::of(c, id)?, items, suggested });
        }
    }
    Ok(cards)
}

/// Which pieces of the order come back, and what they cost: by their prices, or all of it where all of it comes back.
pub fn pieces(c: &Reader, request: &Request) -> Result<(Vec<Item>, Option<Amount>)> {
    let Some(order) = request.order_id.map(|order| order::find(c, order)).transpose()?.flatten() else { return Ok((item::of(c, request.id)?, None)) };
    let items = item::of(c, request.id)?;
    let whole = items.iter().map(|item| item.chosen.quantity).sum::<i64>() == order.lines.iter().map(|line| line.quantity).sum::<i64>();
    let worth = item::worth(&items, order.total).or(order.total.filter(|_| whole));
    Ok((items, worth))
}

/// How often each reason was given since then, most often first.
pub fn reasons(c: &Reader, since: Millis, mailboxes: Option<&[MailboxId]>) -> Result<Vec<(String, i64)>> {
    let here = mailboxes.map_or(String::new(), |some| format!(" AND mailbox_id IN ({})", some.iter().map(|id| id.0.to_string()).collect::<Vec<_>>().join(",")));
    let sql = format!(
        "SELECT value, count(*) FROM return_request JOIN return_fact ON return_id = return_request.id AND field = '{}' AND superseded_at IS NULL AND certain
         WHERE opened_at >= ?1{here} GROUP BY value ORDER BY 2 DESC, 1",
        fields::REASON
    );
    let rows = c.all(&sql, [since], |r| Ok((r.get::<_, String>(0)?, r.get::<_, i64>(1)?)))?;
    let named = |(json, n): (String, i64)| match serde_json::from_str(&json) {
        Ok(Value::Text(code)) => Some((code, n)),
        _ => None,
    };
    Ok(rows.into_iter().filter_map(named).collect())
}

/// Milliseconds from opening to deciding, of those decided since then, in order.
pub fn times_to_decide(c: &Reader, since: Millis) -> Result<Vec<Millis>> {
    c.all("SELECT decided_at - opened_at FROM return_request WHERE decided_at >= ?1 ORDER BY 1", [since], |r| r.get(0))
}
