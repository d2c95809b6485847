//! The board's questions: which returns stand where, and what they are about.

use super::fields::{self, Value};
use super::item::{self, Item};
use super::request::{self, Request};
use super::{Facts, Reason, State, fact};
use crate::database::{Millis, Reader, Result, params};
use crate::id::{CustomerId, MailboxId, ReturnId};
use crate::money::{Amount, Currency};
use crate::order;
use jiff::civil::Date;

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

/// Which returns: everything that is said narrows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// A piece of the customer's name or address, of the order's number, or of the item.
    pub text: String,
    pub reason: Option<Reason>,
    /// As a judgement says it.
    pub verdict: Option<String>,
    /// Opened from here on.
    pub from: Option<Millis>,
    /// Opened before.
    pub until: Option<Millis>,
}

impl Filter {
    /// The bounds of a stretch of time alone.
    pub fn between(from: Millis, until: Millis) -> Filter {
        Filter { from: Some(from), until: Some(until), ..Filter::default() }
    }

    pub fn says_nothing(&self) -> bool {
        *self == Filter::default()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    LongestWaiting,
    Newest,
}

/// A return of a customer that is not closed.
pub fn open_of_customer(c: &Reader, id: CustomerId) -> Result<Option<ReturnId>> {
    let open = State::ALL.iter().filter(|state| !state.is_closed()).map(|state| format!("'{}'", state.code())).collect::<Vec<_>>().join(", ");
    c.optional(&format!("SELECT id FROM return_request WHERE state IN ({open}) AND customer_id = ?1 ORDER BY id DESC LIMIT 1"), [id], |r| r.get(0))
}

/// Returns in these states that the filter lets through; for `mailboxes` only, where an agent sees some.
pub fn cards(c: &Reader, states: &[State], mailboxes: Option<&[MailboxId]>, filter: &Filter, order: Order, limit: usize) -> Result<Vec<Card>> {
    let states = states.iter().map(|state| format!("'{}'", state.code())).collect::<Vec<_>>().join(",");
    let order = match order {
        Order::LongestWaiting => "state_at, return_request.id",
        Order::Newest => "state_at DESC, return_request.id DESC",
    };
    let sql = format!(
        "SELECT return_request.id, CASE customer.name WHEN '' THEN coalesce((SELECT address FROM customer_address WHERE customer_id = customer.id LIMIT 1), '')
           ELSE customer.name END
         FROM return_request JOIN customer ON customer.id = customer_id
         WHERE state IN ({states}){} AND opened_at >= ?1 AND opened_at < ?2 AND (?3 IS NULL OR verdict = ?3)
           AND (?4 IS NULL OR EXISTS (SELECT 1 FROM return_fact WHERE return_id = return_request.id AND field = '{}' AND value = ?4 AND superseded_at IS NULL))
           AND (?5 IS NULL OR customer.name LIKE ?5 ESCAPE '!'
             OR EXISTS (SELECT 1 FROM customer_address WHERE customer_id = customer.id AND address LIKE ?5 ESCAPE '!')
             OR EXISTS (SELECT 1 FROM return_fact WHERE return_id = return_request.id AND field IN ('{}', '{}') AND superseded_at IS NULL
                  AND json_extract(value, '$.text') LIKE ?5 ESCAPE '!'))
         ORDER BY {order} LIMIT {limit}",
        here(mailboxes),
        fields::REASON,
        fields::ORDER_NUMBER,
        fields::ITEM,
    );
    let reason = filter.reason.map(|reason| serde_json::to_string(&Value::Text(reason.code().into()))).transpose()?;
    let text = Some(filter.text.trim()).filter(|text| !text.is_empty()).map(containing);
    let (from, until) = (filter.from.unwrap_or(Millis::MIN), filter.until.unwrap_or(Millis::MAX));
    let rows = c.all(&sql, params![from, until, filter.verdict, reason, text], |r| Ok((r.get::<_, ReturnId>(0)?, r.get::<_, String>(1)?)))?;
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
    let back: i128 = items.iter().map(|item| i128::from(item.chosen.quantity)).sum();
    let whole = back == order.lines.iter().map(|line| i128::from(line.quantity)).sum();
    let worth = item::worth(&items, order.total).or(order.total.filter(|_| whole));
    Ok((items, worth))
}

/// A LIKE pattern for text that stands anywhere; what the pattern language means by `%` and `_` is meant literally.
fn containing(text: &str) -> String {
    let literal: String = text.chars().flat_map(|c| if matches!(c, '%' | '_' | '!') { vec!['!', c] } else { vec![c] }).collect();
    format!("%{literal}%")
}

fn here(mailboxes: Option<&[MailboxId]>) -> String {
    mailboxes
        .map_or(String::new(), |some| format!(" AND return_request.mailbox_id IN ({})", some.iter().map(|id| id.0.to_string()).collect::<Vec<_>>().join(",")))
}

/// How often each text of a field was given for certain in that time, most often first.
pub fn counted(c: &Reader, field: &str, filter: &Filter, mailboxes: Option<&[MailboxId]>) -> Result<Vec<(String, i64)>> {
    let sql = format!(
        "SELECT json_extract(value, '$.text') AS said, count(*)
         FROM return_request JOIN return_fact ON return_id = return_request.id AND field = ?1 AND superseded_at IS NULL AND certain
         WHERE opened_at >= ?2 AND opened_at < ?3 AND said IS NOT NULL{} GROUP BY said ORDER BY 2 DESC, 1",
        here(mailboxes)
    );
    c.all(&sql, params![field, filter.from.unwrap_or(Millis::MIN), filter.until.unwrap_or(Millis::MAX)], |r| Ok((r.get(0)?, r.get(1)?)))
}

/// A week of returns, from Monday to Sunday in UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Week {
    pub monday: Date,
    pub opened: i64,
    pub declined: i64,
    /// What went back, a sum for each currency.
    pub refunded: Vec<Amount>,
}

const WEEK: Millis = 7 * 24 * 60 * 60 * 1000;
/// The first Monday of the clock: 5 January 1970.
const FIRST_MONDAY: Millis = 4 * 24 * 60 * 60 * 1000;

/// Week by week, oldest first; weeks without returns are left out.
pub fn weeks(c: &Reader, filter: &Filter, mailboxes: Option<&[MailboxId]>) -> Result<Vec<Week>> {
    let sql = format!(
        "SELECT (opened_at - {FIRST_MONDAY}) / {WEEK}, state, decided_currency, count(*), sum(CASE WHEN state = 'refunded' THEN coalesce(decided_minor, 0) ELSE 0 END)
         FROM return_request WHERE opened_at >= ?1 AND opened_at < ?2{} GROUP BY 1, 2, 3 ORDER BY 1",
        here(mailboxes)
    );
    type Line = (i64, String, Option<String>, i64, i64);
    let lines: Vec<Line> =
        c.all(&sql, params![filter.from.unwrap_or(0), filter.until.unwrap_or(Millis::MAX)], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get(4)?)))?;
    let mut weeks: Vec<Week> = Vec::new();
    for (number, state, currency, n, minor) in lines {
        let monday = jiff::Timestamp::from_millisecond(number * WEEK + FIRST_MONDAY).map(|at| jiff::tz::Offset::UTC.to_datetime(at).date()).unwrap_or_default();
        if weeks.last().is_none_or(|week| week.monday != monday) {
            weeks.push(Week { monday, ..Week::default() });
        }
        let Some(week) = weeks.last_mut() else { continue };
        week.opened += n;
        week.declined += if state == State::Declined.code() { n } else { 0 };
        if minor != 0 {
            week.refunded.push(Amount::new(minor, currency.and_then(|code| Currency::parse(&code))));
        }
    }
    Ok(weeks)
}

/// How many were opened in that time.
pub fn opened(c: &Reader, filter: &Filter, mailboxes: Option<&[MailboxId]>) -> Result<i64> {
    let sql = format!("SELECT count(*) FROM return_request WHERE opened_at >= ?1 AND opened_at < ?2{}", here(mailboxes));
    c.one(&sql, params![filter.from.unwrap_or(Millis::MIN), filter.until.unwrap_or(Millis::MAX)], |r| r.get(0))
}

/// Milliseconds from opening to deciding, of those decided since then, in order.
pub fn times_to_decide(c: &Reader, since: Millis, mailboxes: Option<&[MailboxId]>) -> Result<Vec<Millis>> {
    c.all(&format!("SELECT decided_at - opened_at FROM return_request WHERE decided_at >= ?1{} ORDER BY 1", here(mailboxes)), [since], |r| r.get(0))
}
