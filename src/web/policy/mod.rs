//! The return policy: what holds today, its versions, a draft that is written clause by clause, what it would have changed,
//! and the page of it that customers read.

mod choices;
mod clause;
mod draft;
mod public;
mod simulation;
mod typed;
mod versions;

use super::layout::{Shell, page, see_saying};
use super::public::today;
use super::said::Said;
use super::{Access, Error, Fields, Result, Route, State, Visitor, get, post};
use crate::database::{Reader, Writer};
use crate::desk::returns;
use crate::id::AgentId;
use crate::return_policy::page::{self as in_words, Said as Clause};
use crate::return_policy::{Policy, ready, version};
use crate::{agent, world};
use askama::Template;
use axum::response::Response;
use jiff::civil::Date;

const HERE: &str = "/settings/policy";
const DRAFT: &str = "/settings/policy/draft";

pub fn routes() -> Vec<Route> {
    let own = vec![get(HERE, Access::Owner, show), post(HERE, Access::Owner, begin_with)];
    [own, draft::routes(), clause::routes(), simulation::routes(), versions::routes(), public::routes()].into_iter().flatten().collect()
}

#[derive(Template)]
#[template(path = "settings/policy.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    /// The version of today.
    current: Option<i64>,
    clauses: Vec<Clause>,
    versions: Vec<VersionView>,
    /// Who last wrote at a draft.
    draft: Option<String>,
    /// Code and words of those that there are to begin with.
    ready: Vec<(&'static str, &'static str)>,
}

struct VersionView {
    id: i64,
    from: String,
    note: String,
    by: String,
    /// "holds today", "to come".
    stands: Option<(&'static str, &'static str)>,
}

async fn show(state: State, visitor: Visitor) -> Result<Response> {
    let own = state.clone();
    let found = state
        .read(move |c| {
            let current = version::on_day(c, today())?;
            Ok(Page {
                shell: Shell::read(c, &own, &visitor, "settings")?,
                tab: "policy",
                current: current.as_ref().map(|version| version.id),
                clauses: current.as_ref().map(|version| in_words::for_owner(&version.policy)).unwrap_or_default(),
                versions: version::all(c)?.into_iter().map(|version| view(c, version, current.as_ref().map(|c| c.id))).collect::<Result<_>>()?,
                draft: crate::return_policy::draft::find(c)?.map(|draft| name_of(c, Some(draft.changed_by))).transpose()?,
                ready: ready::all().into_iter().map(|(code, words, _)| (code, words)).collect(),
            })
        })
        .await?;
    page(&found)
}

fn view(c: &Reader, version: version::Version, current: Option<i64>) -> Result<VersionView> {
    let stands = match version.valid_from {
        _ if Some(version.id) == current => Some(("is-good", "holds today")),
        Some(day) if day > today() => Some(("is-wait", "to come")),
        _ => None,
    };
    let by = name_of(c, version.created_by)?;
    Ok(VersionView { id: version.id, from: version.valid_from.map(shown).unwrap_or_default(), note: version.note, by, stands })
}

fn name_of(c: &Reader, id: Option<AgentId>) -> Result<String> {
    Ok(id.map(|id| agent::find(c, id)).transpose()?.flatten().map(|agent| agent.name).unwrap_or_default())
}

/// "1 Dec 2026".
fn shown(day: Date) -> String {
    day.strftime("%-d %b %Y").to_string()
}

/// A ready policy becomes the newest version, from today on: orders of before keep theirs.
async fn begin_with(state: State, visitor: Visitor, fields: Fields) -> Result<Response> {
    let (words, policy) = ready_one(fields.get("ready")).ok_or(Error::Unreadable)?;
    let by = visitor.agent().id;
    state.write(move |tx| publish(tx, &policy, today(), words, by)).await?;
    Ok(see_saying(&state, HERE, &Said::words("This is the policy from today on; orders of before keep the one that held on their day.")))
}

fn ready_one(code: &str) -> Option<(&'static str, Policy)> {
    ready::all().into_iter().find(|(known, ..)| *known == code).map(|(_, words, policy)| (words, policy))
}

/// A new version; returns that nobody has decided yet hear what it says of them.
fn publish(tx: &Writer, policy: &Policy, from: Date, note: &str, by: AgentId) -> Result<()> {
    version::save(tx, policy, from, note, Some(by), world::now())?;
    Ok(returns::judge_open(tx, world::now())?)
}
