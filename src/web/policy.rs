//! The return policy: what it says, its versions, and a ready one to begin with; and the page of it that customers read.

use super::layout::{Plain, Shell, page, see_saying};
use super::public::today;
use super::said::Said;
use super::{Access, Error, Fields, Result, Route, State, Visitor, get, post, session};
use crate::database::Reader;
use crate::desk::returns;
use crate::return_policy::{page as in_words, ready, version};
use crate::{agent, setting, world};
use askama::Template;
use axum::http::HeaderMap;
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![get("/settings/policy", Access::Owner, show), post("/settings/policy", Access::Owner, begin_with), get("/policy", Access::Anyone, public)]
}

#[derive(Template)]
#[template(path = "settings/policy.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    clauses: Vec<(String, String)>,
    versions: Vec<VersionView>,
    /// Code and words of those that there are to begin with.
    ready: Vec<(&'static str, &'static str)>,
}

struct VersionView {
    from: String,
    note: String,
    by: String,
}

#[derive(Template)]
#[template(path = "public/policy.html")]
struct PublicPage {
    plain: Plain,
    shop: String,
    clauses: Vec<(String, String)>,
}

async fn show(state: State, visitor: Visitor) -> Result<Response> {
    let own = state.clone();
    let found = state
        .read(move |c| {
            let shell = Shell::read(c, &own, &visitor, "settings")?;
            let ready = ready::all().into_iter().map(|(code, words, _)| (code, words)).collect();
            Ok(Page { shell, tab: "policy", clauses: clauses(c)?, versions: versions(c)?, ready })
        })
        .await?;
    page(&found)
}

fn clauses(c: &Reader) -> Result<Vec<(String, String)>> {
    Ok(version::current(c)?.map(|version| in_words::clauses(&version.policy)).unwrap_or_default())
}

fn versions(c: &Reader) -> Result<Vec<VersionView>> {
    let named = |version: version::Version| {
        let by = version.created_by.map(|by| agent::find(c, by)).transpose()?.flatten().map(|agent| agent.name).unwrap_or_default();
        Ok(VersionView { from: version.valid_from.map(|day| day.to_string()).unwrap_or_default(), note: version.note, by })
    };
    version::all(c)?.into_iter().map(named).collect()
}

/// A ready policy becomes the newest version, from today on: orders of before keep theirs.
async fn begin_with(state: State, visitor: Visitor, fields: Fields) -> Result<Response> {
    let wanted = fields.get("ready").to_owned();
    let (_, words, policy) = ready::all().into_iter().find(|(code, ..)| *code == wanted).ok_or(Error::Unreadable)?;
    let by = Some(visitor.agent().id);
    state
        .write(move |tx| {
            version::save(tx, &policy, today(), words, by, world::now())?;
            Ok(returns::judge_open(tx, world::now())?)
        })
        .await?;
    Ok(see_saying(&state, "/settings/policy", &Said::words("This is the policy from today on; orders of before keep the one that held on their day.")))
}

async fn public(state: State, headers: HeaderMap) -> Result<Response> {
    let plain = Plain::new(session::theme(&headers));
    let found = state.read(move |c| Ok(PublicPage { plain, shop: setting::shop_name(c)?, clauses: clauses(c)? })).await?;
    if found.clauses.is_empty() { Err(Error::NotFound) } else { page(&found) }
}
