//! What the draft would have said of past returns, beside what today's policy says: looked at before it is published.

use super::HERE;
use crate::database::{Millis, Reader};
use crate::desk::returns;
use crate::money::Amount;
use crate::return_policy::simulation::{Simulation, compare};
use crate::return_policy::{Case, Kind, Policy, SHAPE, Verdict, draft, version};
use crate::return_request::fields::{self, REASON};
use crate::return_request::past::PAST_MAX;
use crate::return_request::{ReturnId, fact, request, words};
use crate::web::ask::Ask;
use crate::web::layout::{Shell, page, page_with_status, see};
use crate::web::present::{counted, visible};
use crate::web::public::{day, today};
use crate::web::returns::sums;
use crate::web::{Access, Result, Route, State, Visitor, get};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;
use std::collections::HashMap;

pub fn routes() -> Vec<Route> {
    vec![get("/settings/policy/draft/simulation", Access::Owner, show)]
}

/// As far as the page looks back by itself.
const DAYS_BACK: i64 = 365;
/// Rows of the table; the sums count them all.
const ROWS_MAX: usize = 200;

#[derive(Template)]
#[template(path = "settings/policy_simulation.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    from: String,
    until: String,
    complaint: Option<&'static str>,
    /// "With this draft instead of today's policy, 6 of 80 returns would change."
    sum: String,
    /// "4 from outside to within".
    turns: Vec<String>,
    rows: Vec<Row>,
    more: usize,
    /// There were more returns than are tried.
    bounded: bool,
}

struct Row {
    id: ReturnId,
    name: String,
    item: String,
    reason: &'static str,
    /// Before and after.
    sides: [Side; 2],
}

/// A verdict as a cell shows it.
struct Side {
    of: &'static str,
    class: &'static str,
    verdict: &'static str,
    clause: String,
    words: String,
    offers: String,
}

async fn show(state: State, visitor: Visitor, ask: Ask) -> Result<Response> {
    let today = today();
    let year_ago = today.checked_sub(jiff::Span::new().days(DAYS_BACK)).unwrap_or(today);
    let typed = |name: &str, otherwise: Date| if ask.get(name).is_empty() { otherwise.to_string() } else { ask.get(name).to_owned() };
    let (from, until) = (typed("from", year_ago), typed("until", today));
    let own = state.clone();
    let found = state
        .read(move |c| {
            let Some(draft) = draft::find(c)? else { return Ok(None) };
            let shell = Shell::read(c, &own, &visitor, "settings")?;
            let (days, complaint) = match (day(&from), day(&until)) {
                (Some(a), Some(b)) if a <= b => (Some((a, b)), None),
                (Some(_), Some(_)) => (None, Some("The first day comes after the last.")),
                _ => (None, Some("Write the days as 2026-11-19 or 19.11.2026.")),
            };
            let blank = Page { shell, tab: "policy", from, until, complaint, sum: String::new(), turns: Vec::new(), rows: Vec::new(), more: 0, bounded: false };
            let Some((from, until)) = days else { return Ok(Some(blank)) };
            let before = version::on_day(c, today)?.map_or_else(|| Policy { shape: SHAPE, clauses: Vec::new() }, |version| version.policy);
            let cases = returns::past_cases(c, start_of(from), start_of(until.tomorrow().unwrap_or(until)) - 1)?;
            let tried = compare(&before, &draft.policy, cases.iter().map(|(id, case)| (*id, case)));
            let known: HashMap<ReturnId, &Case> = cases.iter().map(|(id, case)| (*id, case)).collect();
            let rows = tried.changed.iter().take(ROWS_MAX).map(|change| row(c, change.id, known.get(&change.id).copied(), &change.before, &change.after));
            Ok(Some(Page {
                sum: sum(&tried, &known),
                turns: turns(&tried),
                rows: rows.collect::<Result<_>>()?,
                more: tried.changed.len().saturating_sub(ROWS_MAX),
                bounded: cases.len() >= PAST_MAX,
                ..blank
            }))
        })
        .await?;
    match found {
        Some(found) if found.complaint.is_some() => page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &found),
        Some(found) => page(&found),
        None => Ok(see(HERE)),
    }
}

/// The first moment of a day in UTC, as returns are counted.
fn start_of(day: Date) -> Millis {
    day.to_zoned(jiff::tz::TimeZone::UTC).map(|day| day.timestamp().as_millisecond()).unwrap_or_default()
}

fn row(c: &Reader, id: ReturnId, case: Option<&Case>, before: &Verdict, after: &Verdict) -> Result<Row> {
    let item = fact::of(c, id)?.get(fields::ITEM).map(|fact| visible(&fact.value.shown())).unwrap_or_default();
    let reason = case.and_then(|case| case.reason).map_or("", |reason| words::choice(REASON, reason.code(), "en"));
    Ok(Row { id, name: request::name(id), item, reason, sides: [side("Today", before), side("With the draft", after)] })
}

fn side(of: &'static str, verdict: &Verdict) -> Side {
    let class = match verdict.kind {
        Kind::Within => "is-good",
        Kind::Outside => "is-return",
        Kind::Look => "is-wait",
    };
    let offers = verdict.offers.iter().map(|offer| offer.words()).collect::<Vec<_>>().join(", ");
    let clause = verdict.clause.as_ref().map(|(_, name)| name.clone()).unwrap_or_default();
    Side { of, class, verdict: kind(verdict.kind), clause, words: visible(&verdict.words), offers }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Within => "within policy",
        Kind::Outside => "outside policy",
        Kind::Look => "a person must look",
    }
}

fn sum(tried: &Simulation, cases: &HashMap<ReturnId, &Case>) -> String {
    if tried.cases == 0 {
        return "No return was asked for in these days.".to_owned();
    }
    let all = counted(tried.cases as i64, "return", "returns");
    if tried.changed.is_empty() {
        return format!("With this draft instead of today's policy, none of {all} would change.");
    }
    let asked: Vec<Amount> = tried.changed.iter().filter_map(|change| cases.get(&change.id)?.amount).collect();
    let asked = sums(&asked);
    let about = if asked.is_empty() { String::new() } else { format!(" Together they are worth {asked}.") };
    format!("With this draft instead of today's policy, {} of {all} would change.{about}", tried.changed.len())
}

fn turns(tried: &Simulation) -> Vec<String> {
    let words = |(was, is, n): (Kind, Kind, usize)| {
        if was == is { format!("{n} {}, with other offers", kind(is)) } else { format!("{n} from “{}” to “{}”", kind(was), kind(is)) }
    };
    tried.turns().into_iter().map(words).collect()
}
