//! Returns in numbers: by reason, by item and by week, over a stretch of time.

use super::filter::{Asked, DAY};
use crate::database::Reader;
use crate::id::MailboxId;
use crate::return_request::board::{self, Filter, Week};
use crate::return_request::{fields, words};
use crate::web::ask::{Ask, encoded};
use crate::web::layout::{Shell, page};
use crate::web::present::{Clock, visible};
use crate::web::{Access, Result, Route, State, Visitor, get};
use askama::Template;
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![get("/returns/numbers", Access::Agent, show)]
}

/// What is shown when no days are asked for: a season.
const SEASON: i64 = 12 * 7 * DAY;
/// Items named one by one; the table has the others.
const ITEMS_SHOWN: usize = 30;

#[derive(Template)]
#[template(path = "returns/numbers.html")]
struct Page {
    shell: Shell,
    asked: Asked,
    opened: i64,
    reasons: Vec<Bar>,
    items: Vec<Bar>,
    items_more: usize,
    weeks: Vec<WeekView>,
}

struct Bar {
    words: String,
    n: i64,
    /// Of the longest, in percent.
    share: i64,
    /// The returns behind it, as part of an address.
    query: String,
}

struct WeekView {
    monday: String,
    opened: i64,
    share: i64,
    declined: i64,
    refunded: String,
}

async fn show(state: State, visitor: Visitor, clock: Clock, ask: Ask) -> Result<Response> {
    let own = state.clone();
    let mut asked = Asked::of(&ask);
    if asked.from.is_empty() && asked.complaints.is_empty() {
        asked.from = clock.day(clock.now() - SEASON).to_string();
        asked.filter.from = Some(clock.now() - SEASON);
    }
    let found = state
        .read(move |c| {
            let mailboxes = visitor.mailboxes();
            let filter = asked.filter.clone();
            let reason = |code: &str| words::choice(fields::REASON, code, "en").to_owned();
            let mut items = bars(c, fields::ITEM, "text", visible, &asked, mailboxes)?;
            let items_more = items.len().saturating_sub(ITEMS_SHOWN);
            items.truncate(ITEMS_SHOWN);
            Ok(Page {
                shell: Shell::read(c, &own, &visitor, "returns")?,
                opened: board::opened(c, &filter, mailboxes)?,
                reasons: bars(c, fields::REASON, "reason", reason, &asked, mailboxes)?,
                items,
                items_more,
                weeks: weeks(c, &filter, mailboxes)?,
                asked,
            })
        })
        .await?;
    page(&found)
}

fn bars(c: &Reader, field: &str, name: &str, shown: impl Fn(&str) -> String, asked: &Asked, mailboxes: Option<&[MailboxId]>) -> Result<Vec<Bar>> {
    let counted = board::counted(c, field, &asked.filter, mailboxes)?;
    let most = counted.first().map_or(1, |(_, n)| *n).max(1);
    let days = asked.query().replace('?', "&");
    let bar = |(said, n): (String, i64)| Bar { words: shown(&said), n, share: n * 100 / most, query: format!("?{name}={}{days}", encoded(&said)) };
    Ok(counted.into_iter().map(bar).collect())
}

fn weeks(c: &Reader, filter: &Filter, mailboxes: Option<&[MailboxId]>) -> Result<Vec<WeekView>> {
    let weeks = board::weeks(c, filter, mailboxes)?;
    let most = weeks.iter().map(|week| week.opened).max().unwrap_or(1).max(1);
    let view = |Week { monday, opened, declined, refunded }: Week| WeekView {
        monday: monday.strftime("%-d %b %Y").to_string(),
        opened,
        share: opened * 100 / most,
        declined,
        refunded: if refunded.is_empty() { "0".into() } else { refunded.iter().map(ToString::to_string).collect::<Vec<_>>().join(" + ") },
    };
    Ok(weeks.into_iter().rev().map(view).collect())
}
