//! What will go out, day by day, each with a button that cancels it; below, what went.

use super::line::LineView;
use crate::database::Reader;
use crate::desk::{self, follow_ups};
use crate::follow_up::board::{self, LINES_MAX, Line};
use crate::follow_up::{self, FollowUpId, discount};
use crate::id::DiscountId;
use crate::web::layout::{Shell, page, see_saying};
use crate::web::present::{Clock, counted};
use crate::web::{Access, Fields, Path, Result, Route, Said, State, Visitor, at_desk, get, post};
use crate::world;
use askama::Template;
use axum::response::Response;
use std::collections::BTreeMap;

pub const HERE: &str = "/follow-ups";
/// What went: the last ones; each person's own stand on their page.
const WENT_SHOWN: usize = 50;

pub fn routes() -> Vec<Route> {
    vec![
        get("/follow-ups", Access::Agent, show),
        post("/follow-ups/{id}/cancellation", Access::Agent, cancel),
        post("/follow-ups/cancellation", Access::Agent, cancel_day),
    ]
}

#[derive(Template)]
#[template(path = "follow_ups/calendar.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    part: &'static str,
    /// Why nothing goes now.
    waits: Option<&'static str>,
    days: Vec<Day>,
    /// There are more than are shown.
    cut: bool,
    went: Vec<LineView>,
    any_plan: bool,
}

struct Day {
    words: String,
    date: String,
    lines: Vec<LineView>,
}

async fn show(state: State, visitor: Visitor, clock: Clock) -> Result<Response> {
    let own = state.clone();
    let found = state
        .read(move |c| {
            let coming = board::coming(c, visitor.mailboxes(), LINES_MAX + 1)?;
            let went = board::settled(c, visitor.mailboxes(), WENT_SHOWN)?;
            let cut = coming.len() > LINES_MAX;
            let coming = &coming[..coming.len().min(LINES_MAX)];
            Ok(Page {
                shell: Shell::read(c, &own, &visitor, "leads")?,
                tab: "follow-ups",
                part: "calendar",
                waits: if coming.is_empty() { None } else { follow_ups::waits(c)? },
                days: days(c, coming, &clock)?,
                cut,
                went: went.iter().map(|line| LineView::new(line, &clock, false)).collect(),
                any_plan: !follow_up::plan::enabled(c)?.is_empty(),
            })
        })
        .await?;
    page(&found)
}

/// By the reader's day.
fn days(c: &Reader, lines: &[Line], clock: &Clock) -> Result<Vec<Day>> {
    let (mut days, mut empty): (Vec<Day>, BTreeMap<DiscountId, bool>) = (Vec::new(), BTreeMap::new());
    for line in lines {
        let day = clock.day(line.follow_up.due_at).max(clock.today());
        let no_codes = match line.follow_up.discount_id {
            Some(id) => match empty.get(&id) {
                Some(known) => *known,
                None => {
                    let none_left = discount::find(c, id)?.map(|discount| discount::left(c, &discount)).transpose()?.flatten() == Some(0);
                    empty.insert(id, none_left);
                    none_left
                }
            },
            None => false,
        };
        let date = day.to_string();
        if days.last().is_none_or(|last| last.date != date) {
            let words = if day == clock.today() { "Today".into() } else { day.strftime("%A %-d %B").to_string() };
            days.push(Day { words, date, lines: Vec::new() });
        }
        if let Some(last) = days.last_mut() {
            last.lines.push(LineView::new(line, clock, no_codes));
        }
    }
    Ok(days)
}

async fn cancel(state: State, visitor: Visitor, Path(id): Path<FollowUpId>) -> Result<Response> {
    let by = visitor.agent().clone();
    let done = at_desk::ask(&state, move |tx| {
        let seen = follow_up::find(tx, id)?.filter(|of| by.may_see(of.mailbox_id));
        seen.ok_or_else(|| desk::Error::Refused("There is no such follow-up.".into()))?;
        follow_ups::cancel(tx, id, by.id, world::now())
    })
    .await?;
    Ok(see_saying(&state, HERE, &Said::words(done.map_or_else(|why| why, |()| "Cancelled: it does not go.".into()))))
}

async fn cancel_day(state: State, visitor: Visitor, clock: Clock, fields: Fields) -> Result<Response> {
    let (by, date) = (visitor.agent().id, fields.get("day").to_owned());
    let cancelled = state
        .write(move |tx| {
            let coming = board::coming(tx, visitor.mailboxes(), LINES_MAX)?;
            let of_day = coming.iter().map(|line| &line.follow_up).filter(|of| clock.day(of.due_at).max(clock.today()).to_string() == date);
            let ids: Vec<FollowUpId> = of_day.map(|of| of.id).collect();
            Ok(follow_ups::cancel_all(tx, &ids, by, world::now())?)
        })
        .await?;
    let words = format!("{} cancelled.", counted(cancelled as i64, "follow-up is", "follow-ups are"));
    Ok(see_saying(&state, HERE, &Said::words(words)))
}
