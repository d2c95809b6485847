//! The calendar: what will go out, day by day, and what went, with what became of it.

use super::{FollowUp, from_row};
use crate::database::{Reader, Result, Row, RowResult, params};
use crate::id::{DiscountId, MailboxId, PlanId};

/// One line of the calendar, with the words that it needs.
#[derive(Clone, Debug)]
pub struct Line {
    pub follow_up: FollowUp,
    /// The customer's name; empty: they have none.
    pub name: String,
    pub plan: Option<String>,
    pub piece: Option<String>,
    /// Name and worth.
    pub discount: Option<(String, String)>,
    /// What they wished, in their words.
    pub wish: Option<String>,
    pub planner: Option<String>,
    /// What became of its letter.
    pub outbox: Option<String>,
    /// The server's words, or why it was stopped.
    pub answer: String,
    pub bounced: bool,
}

/// Lines of a page.
pub const LINES_MAX: usize = 500;

const OPEN: &str = "follow_up.state IN ('planned', 'wanted')";
const SETTLED: &str = "follow_up.state IN ('sent', 'cancelled')";

/// What will go, soonest first, from the mailboxes that an agent sees.
pub fn coming(c: &Reader, mailboxes: Option<&[MailboxId]>, limit: usize) -> Result<Vec<Line>> {
    lines(c, OPEN, "follow_up.due_at, follow_up.id", mailboxes, limit)
}

/// What went or was cancelled, newest first.
pub fn settled(c: &Reader, mailboxes: Option<&[MailboxId]>, limit: usize) -> Result<Vec<Line>> {
    lines(c, SETTLED, "follow_up.settled_at DESC, follow_up.id DESC", mailboxes, limit)
}

fn lines(c: &Reader, which: &str, order: &str, mailboxes: Option<&[MailboxId]>, limit: usize) -> Result<Vec<Line>> {
    let seen =
        mailboxes.map_or("1".to_owned(), |seen| format!("follow_up.mailbox_id IN ({})", seen.iter().map(|id| id.0.to_string()).collect::<Vec<_>>().join(", ")));
    let columns = super::COLUMNS.split(',').map(|column| format!("follow_up.{}", column.trim())).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT {columns}, customer.name, follow_up_plan.name, piece.title, discount.name, discount.worth, wish.words, agent.name,
                outbox.state, outbox.answer, EXISTS (SELECT 1 FROM outbox_recipient WHERE outbox_id = outbox.id AND state = 'bounced')
         FROM follow_up JOIN customer ON customer.id = follow_up.customer_id
           LEFT JOIN follow_up_plan ON follow_up_plan.id = plan_id LEFT JOIN piece ON piece.id = piece_id
           LEFT JOIN discount ON discount.id = follow_up.discount_id LEFT JOIN wish ON wish.id = wish_id
           LEFT JOIN agent ON agent.id = planned_by LEFT JOIN outbox ON outbox.message_id = follow_up.message_id
         WHERE {which} AND {seen} ORDER BY {order} LIMIT ?1"
    );
    c.all(&sql, params![limit as i64], line)
}

fn line(r: &Row) -> RowResult<Line> {
    let (discount, worth): (Option<String>, Option<String>) = (r.get(25)?, r.get(26)?);
    Ok(Line {
        follow_up: from_row(r)?,
        name: r.get(22)?,
        plan: r.get(23)?,
        piece: r.get(24)?,
        discount: discount.zip(worth),
        wish: r.get(27)?,
        planner: r.get(28)?,
        outbox: r.get(29)?,
        answer: r.get::<_, Option<String>>(30)?.unwrap_or_default(),
        bounced: r.get(31)?,
    })
}

/// How many wait for a code of this discount.
pub fn waiting_for_code(c: &Reader, id: DiscountId) -> Result<i64> {
    c.one("SELECT count(*) FROM follow_up WHERE discount_id = ?1 AND state = 'planned'", [id], |r| r.get(0))
}

/// Those that a plan wants and that have not left.
pub fn open_of_plan(c: &Reader, id: PlanId) -> Result<Vec<super::FollowUpId>> {
    c.all("SELECT id FROM follow_up WHERE plan_id = ?1 AND state IN ('planned', 'wanted')", [id], |r| r.get(0))
}

/// Those of a discount.
pub fn open_of_discount(c: &Reader, id: DiscountId) -> Result<Vec<super::FollowUpId>> {
    c.all("SELECT id FROM follow_up WHERE discount_id = ?1 AND state IN ('planned', 'wanted')", [id], |r| r.get(0))
}

/// Those after a return.
pub fn open_of_return(c: &Reader, id: crate::id::ReturnId) -> Result<Vec<super::FollowUpId>> {
    c.all("SELECT id FROM follow_up WHERE return_id = ?1 AND state IN ('planned', 'wanted')", [id], |r| r.get(0))
}
