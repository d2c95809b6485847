//! Leads in numbers: how many came, from where, who agreed, and what became of what was written to them.

use crate::database::{Millis, Reader, Result, params};
use crate::id::MailboxId;
use jiff::civil::Date;

const WEEK: Millis = 7 * 24 * 60 * 60 * 1000;
/// 5 January 1970.
const FIRST_MONDAY: Millis = 4 * 24 * 60 * 60 * 1000;
/// A year of weeks.
pub const WEEKS: i64 = 52;

/// A week from its Monday on, UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Week {
    pub monday: Date,
    pub leads: i64,
    pub sent: i64,
    pub answered: i64,
    pub bought: i64,
    pub unsubscribed: i64,
}

/// A code with its number.
pub type Counted = (String, i64);

/// What there is now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub leads: i64,
    pub sources: Vec<Counted>,
    /// Leads who agreed to it, by purpose.
    pub agreed: Vec<Counted>,
    /// Consents that ended since, by way.
    pub ended: Vec<Counted>,
    /// People erased since; not told where only some mailboxes are seen.
    pub erased: Option<i64>,
}

/// When the oldest of the weeks began.
pub fn since(now: Millis) -> Millis {
    (now - FIRST_MONDAY).div_euclid(WEEK) * WEEK + FIRST_MONDAY - (WEEKS - 1) * WEEK
}

/// Every week of a year, oldest first, those without anything too.
pub fn weeks(c: &Reader, mailboxes: Option<&[MailboxId]>, now: Millis) -> Result<Vec<Week>> {
    let since = since(now);
    let by_week = |from: &str, at: &str, test: &str| -> Result<Vec<(i64, i64)>> {
        let sql = format!("SELECT ({at} - ?1) / {WEEK}, count(*) FROM {from} WHERE {at} >= ?1 AND {test} GROUP BY 1");
        c.all(&sql, params![since], |r| Ok((r.get(0)?, r.get(1)?)))
    };
    let (theirs, ours) = (wrote_there("customer_id", mailboxes), here(mailboxes));
    let mut weeks: Vec<Week> = (0..WEEKS).map(|number| Week { monday: day(since + number * WEEK), ..Week::default() }).collect();
    let mut fill = |counts: Vec<(i64, i64)>, field: fn(&mut Week) -> &mut i64| {
        for (number, n) in counts {
            // What lies in the future is in no week.
            if let Some(week) = usize::try_from(number).ok().and_then(|number| weeks.get_mut(number)) {
                *field(week) = n;
            }
        }
    };
    fill(by_week("lead", "first_contact_at", &format!("set_aside_at IS NULL{theirs}"))?, |week| &mut week.leads);
    fill(by_week("follow_up", "settled_at", &format!("state = 'sent'{ours}"))?, |week| &mut week.sent);
    fill(by_week("follow_up", "answered_at", &format!("state = 'sent'{ours}"))?, |week| &mut week.answered);
    fill(by_week("follow_up", "bought_at", &format!("state = 'sent'{ours}"))?, |week| &mut week.bought);
    fill(by_week("consent", "withdrawn_at", &format!("withdrawn_way <> 'erased'{theirs}"))?, |week| &mut week.unsubscribed);
    Ok(weeks)
}

pub fn standing(c: &Reader, mailboxes: Option<&[MailboxId]>, now: Millis) -> Result<Standing> {
    let theirs = wrote_there("lead.customer_id", mailboxes);
    let counted = |sql: &str| c.all(sql, [], |r| Ok((r.get(0)?, r.get(1)?)));
    let sources: Vec<Counted> = counted(&format!("SELECT source, count(*) FROM lead WHERE set_aside_at IS NULL{theirs} GROUP BY 1 ORDER BY 2 DESC, 1"))?;
    let agreed = counted(&format!(
        "SELECT purpose, count(DISTINCT consent.customer_id) FROM consent JOIN lead ON lead.customer_id = consent.customer_id
         WHERE withdrawn_at IS NULL AND set_aside_at IS NULL{theirs} GROUP BY 1 ORDER BY 1"
    ))?;
    let (since, of_consent) = (since(now), wrote_there("consent.customer_id", mailboxes));
    let ended = c.all(
        &format!(
            "SELECT withdrawn_way, count(*) FROM consent WHERE withdrawn_at >= ?1 AND withdrawn_way <> 'erased'{of_consent} GROUP BY 1 ORDER BY 2 DESC, 1"
        ),
        [since],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )?;
    let erased = match mailboxes {
        None => Some(c.one("SELECT count(*) FROM erasure WHERE at >= ?1", [since], |r| r.get(0))?),
        Some(_) => None,
    };
    Ok(Standing { leads: sources.iter().map(|(_, n)| n).sum(), sources, agreed, ended, erased })
}

/// Only of people with a conversation in these mailboxes.
fn wrote_there(whose: &str, mailboxes: Option<&[MailboxId]>) -> String {
    match mailboxes {
        None => String::new(),
        Some(_) => format!(" AND {whose} IN (SELECT customer_id FROM conversation WHERE merged_into IS NULL{})", here(mailboxes)),
    }
}

/// Mailboxes are numbers of ours, not words of anybody's.
fn here(mailboxes: Option<&[MailboxId]>) -> String {
    let Some(some) = mailboxes else { return String::new() };
    let some: Vec<String> = some.iter().map(|id| id.0.to_string()).collect();
    format!(" AND mailbox_id IN ({})", some.join(","))
}

fn day(at: Millis) -> Date {
    jiff::Timestamp::from_millisecond(at).map(|at| jiff::tz::Offset::UTC.to_datetime(at).date()).unwrap_or_default()
}
