//! The draft of a policy: its clauses in their order, what should be known before it is published, and the ways out.

use super::versions::Publishing;
use super::{DRAFT, HERE, name_of, ready_one};
use crate::database::Writer;
use crate::id::AgentId;
use crate::return_policy::check::{self, Finding};
use crate::return_policy::draft::{self, CLAUSES_MAX, Draft};
use crate::return_policy::page::{self as in_words, Said as Clause};
use crate::return_policy::{Policy, SHAPE, version};
use crate::web::layout::{Shell, page, see, see_saying};
use crate::web::present::{Clock, When};
use crate::web::public::today;
use crate::web::{Access, Error, Fields, Result, Route, Said, State, Visitor, get, post};
use crate::world;
use askama::Template;
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![
        get(DRAFT, Access::Owner, show),
        post(DRAFT, Access::Owner, begin),
        post("/settings/policy/draft/order", Access::Owner, shift),
        post("/settings/policy/draft/undo", Access::Owner, undo),
        post("/settings/policy/draft/deletion", Access::Owner, discard),
    ]
}

#[derive(Template)]
#[template(path = "settings/policy_draft.html")]
pub struct Page {
    shell: Shell,
    tab: &'static str,
    clauses: Vec<Clause>,
    findings: Vec<Finding>,
    by: String,
    changed: When,
    /// Which state of the draft this page shows.
    seen: i64,
    pub publishing: Publishing,
    full: bool,
}

async fn show(state: State, visitor: Visitor, clock: Clock) -> Result<Response> {
    match load(&state, visitor, clock, Publishing::new(today())).await? {
        Some(found) => page(&found),
        None => Ok(see(HERE)),
    }
}

/// The page; `None` where there is no draft.
pub async fn load(state: &State, visitor: Visitor, clock: Clock, publishing: Publishing) -> Result<Option<Page>> {
    let own = state.clone();
    state
        .read(move |c| {
            let Some(Draft { policy, changed_at, changed_by, .. }) = draft::find(c)? else { return Ok(None) };
            Ok(Some(Page {
                shell: Shell::read(c, &own, &visitor, "settings")?,
                tab: "policy",
                clauses: in_words::for_owner(&policy),
                findings: check::findings(&policy),
                by: name_of(c, Some(changed_by))?,
                changed: clock.long(changed_at),
                seen: changed_at,
                publishing,
                full: policy.clauses.len() >= CLAUSES_MAX,
            }))
        })
        .await
}

/// From a version, from a ready policy, or from nothing.
async fn begin(state: State, visitor: Visitor, fields: Fields) -> Result<Response> {
    let (by, from_nothing) = (visitor.agent().id, fields.has("nothing"));
    let begun = state
        .write(move |tx| {
            let policy = match (fields.get("version"), fields.get("ready")) {
                _ if from_nothing => Policy { shape: SHAPE, clauses: Vec::new() },
                ("", ready) => ready_one(ready).ok_or(Error::Unreadable)?.1,
                (id, _) => version::find(tx, id.parse().map_err(|_| Error::Unreadable)?)?.ok_or(Error::NotFound)?.policy,
            };
            Ok(draft::begin(tx, &policy, by, world::now())?)
        })
        .await?;
    let words = if begun { "This is a draft: nothing holds until you publish it." } else { "There is a draft already. Publish or discard it first." };
    Ok(see_saying(&state, DRAFT, &Said::words(words)))
}

async fn shift(state: State, visitor: Visitor, fields: Fields) -> Result<Response> {
    let (id, up) = if fields.has("up") { (fields.get("up").to_owned(), true) } else { (fields.get("down").to_owned(), false) };
    let back = format!("{DRAFT}#{}", in_page(&id));
    let by = visitor.agent().id;
    state
        .write(move |tx| {
            change(tx, by, |policy| {
                policy.shift(&id, up);
                Ok(())
            })
        })
        .await?;
    Ok(see(&back))
}

/// What a fragment may be made of; ids of clauses are.
fn in_page(id: &str) -> String {
    let plain = id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if plain { format!("clause-{id}") } else { String::new() }
}

/// The last change is taken back, and with it again brought back.
async fn undo(state: State, visitor: Visitor) -> Result<Response> {
    let by = visitor.agent().id;
    let undone = state
        .write(move |tx| {
            let Some(found) = draft::find(tx)? else { return Ok(false) };
            let Some(before) = found.before.clone() else { return Ok(false) };
            draft::change(tx, found, before, by, world::now())?;
            Ok(true)
        })
        .await?;
    let said = if undone { Said::with_undo("As it was before.", "/settings/policy/draft/undo") } else { Said::words("There is nothing to take back.") };
    Ok(see_saying(&state, DRAFT, &said))
}

async fn discard(state: State, _visitor: Visitor) -> Result<Response> {
    state.write(|tx| Ok(draft::discard(tx)?)).await?;
    Ok(see_saying(&state, HERE, &Said::words("The draft is gone. What holds is as it was.")))
}

/// One change to the draft, which must be there.
pub fn change<T>(tx: &Writer, by: AgentId, work: impl FnOnce(&mut Policy) -> Result<T>) -> Result<T> {
    let found = draft::find(tx)?.ok_or(Error::NotFound)?;
    let mut policy = found.policy.clone();
    let done = work(&mut policy)?;
    draft::change(tx, found, policy, by, world::now())?;
    Ok(done)
}
