//! Leads in numbers: a year of weeks, where they came from, who agreed, and what became of what was written to them.

use crate::consent::{Ended, Purpose};
use crate::database::Reader;
use crate::lead::Source;
use crate::lead::numbers::{self, Counted, Standing, Week};
use crate::web::layout::{Shell, page};
use crate::web::present::Clock;
use crate::web::returns::export::{csv, line};
use crate::web::{Access, Result, Route, State, Visitor, get};
use askama::Template;
use axum::http::HeaderValue;
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![get("/leads/numbers", Access::Agent, show), get("/leads/numbers.csv", Access::Agent, file)]
}

#[derive(Template)]
#[template(path = "leads/numbers.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    leads: i64,
    sources: Vec<Bar>,
    agreed: Vec<Bar>,
    /// What became of follow-ups in this year of weeks.
    written: Vec<Bar>,
    ended: Vec<Bar>,
    erased: Option<i64>,
    /// Newest first.
    weeks: Vec<WeekView>,
}

struct Bar {
    words: &'static str,
    n: i64,
    /// Of the whole, or of the longest, in percent.
    share: i64,
    /// The leads behind it.
    href: String,
}

struct WeekView {
    monday: String,
    /// "2026-W48"
    iso: String,
    week: Week,
    share: i64,
}

async fn show(state: State, visitor: Visitor, clock: Clock) -> Result<Response> {
    let own = state.clone();
    let found = state
        .read(move |c| {
            let (weeks, standing) = load(c, &visitor, &clock)?;
            let Standing { leads, sources, agreed, ended, erased } = standing;
            let most = weeks.iter().map(|week| week.leads).max().unwrap_or(0);
            let longest = ended.iter().map(|(_, n)| *n).max().unwrap_or(0);
            let purposes =
                Purpose::ALL.iter().map(|purpose| (purpose.code().to_owned(), agreed.iter().find(|(code, _)| code == purpose.code()).map_or(0, |(_, n)| *n)));
            Ok(Page {
                shell: Shell::read(c, &own, &visitor, "leads")?,
                tab: "numbers",
                sources: sources.iter().map(|known| bar(known, leads, source_words, "source%3A")).collect(),
                agreed: purposes.map(|known| bar(&known, leads, purpose_words, "consent%3A")).collect(),
                written: written(&weeks),
                ended: ended.iter().map(|known| bar(known, longest, ended_words, "")).collect(),
                leads,
                erased,
                weeks: weeks.into_iter().rev().map(|week| week_view(week, most)).collect(),
            })
        })
        .await?;
    page(&found)
}

async fn file(state: State, visitor: Visitor, clock: Clock) -> Result<Response> {
    let (weeks, _) = state.read(move |c| load(c, &visitor, &clock)).await?;
    let mut table = line(&["week", "monday", "leads", "sent", "answered", "bought", "unsubscribed"].map(str::to_owned));
    for week in &weeks {
        let numbers = [week.leads, week.sent, week.answered, week.bought, week.unsubscribed].map(|n| n.to_string());
        table.push_str(&line(&[vec![iso(week), week.monday.to_string()], numbers.to_vec()].concat()));
    }
    Ok(csv(table, HeaderValue::from_static("attachment; filename=\"leads-by-week.csv\"")))
}

fn load(c: &Reader, visitor: &Visitor, clock: &Clock) -> Result<(Vec<Week>, Standing)> {
    let mailboxes = visitor.mailboxes();
    Ok((numbers::weeks(c, mailboxes, clock.now())?, numbers::standing(c, mailboxes, clock.now())?))
}

/// `asks` is the beginning of the search behind it; empty where there is none.
fn bar((code, n): &Counted, whole: i64, words: fn(&str) -> &'static str, asks: &str) -> Bar {
    Bar { words: words(code), n: *n, share: n * 100 / whole.max(1), href: if asks.is_empty() { String::new() } else { format!("/leads?q={asks}{code}") } }
}

fn written(weeks: &[Week]) -> Vec<Bar> {
    let sum = |field: fn(&Week) -> i64| weeks.iter().map(field).sum::<i64>();
    let sent = sum(|week| week.sent);
    [("Sent", sent), ("Answered", sum(|week| week.answered)), ("Bought again", sum(|week| week.bought))]
        .map(|(words, n)| Bar { words, n, share: n * 100 / sent.max(1), href: String::new() })
        .into()
}

fn week_view(week: Week, most: i64) -> WeekView {
    WeekView { monday: week.monday.strftime("%-d %b").to_string(), iso: iso(&week), share: week.leads * 100 / most.max(1), week }
}

/// ISO 8601: the year is the week's.
fn iso(week: &Week) -> String {
    let iso = week.monday.iso_week_date();
    format!("{}-W{:02}", iso.year(), iso.week())
}

fn source_words(code: &str) -> &'static str {
    match Source::from_code(code) {
        Some(Source::Mailbox) => "A mail",
        Some(Source::Form) => "A form",
        Some(Source::Widget) => "The widget",
        Some(Source::Import) => "An import",
        Some(Source::Agent) => "An agent",
        None => "Elsewhere",
    }
}

fn purpose_words(code: &str) -> &'static str {
    match Purpose::from_code(code) {
        Some(Purpose::SimilarPieces) => "Similar pieces",
        _ => "Offers",
    }
}

fn ended_words(code: &str) -> &'static str {
    match Ended::from_code(code) {
        Some(Ended::OneClick) => "One click",
        Some(Ended::Page) => "The page",
        Some(Ended::Mail) => "A mail",
        Some(Ended::Agent) => "Told to an agent",
        _ => "Otherwise",
    }
}
