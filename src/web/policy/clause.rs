//! One clause of the draft: everything that it knows, as one form. What cannot be understood comes back beside its field,
//! with all that was typed.

use super::DRAFT;
use super::draft::change;
use super::typed::{Complaints, Typed};
use crate::database::Writer;
use crate::id::AgentId;
use crate::return_policy::Clause;
use crate::return_policy::draft::{self, CLAUSES_MAX};
use crate::web::layout::{Shell, page, page_with_status, see, see_saying};
use crate::web::{Access, Error, Fields, Path, Result, Route, Said, State, Visitor, get, post};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![
        get("/settings/policy/draft/clauses/new", Access::Owner, new),
        post("/settings/policy/draft/clauses", Access::Owner, add),
        get("/settings/policy/draft/clauses/{id}", Access::Owner, edit),
        post("/settings/policy/draft/clauses/{id}", Access::Owner, save),
        post("/settings/policy/draft/clauses/{id}/deletion", Access::Owner, remove),
    ]
}

const UNDO: &str = "/settings/policy/draft/undo";

#[derive(Template)]
#[template(path = "settings/policy_clause.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    /// `None`: a new one.
    id: Option<String>,
    typed: Typed,
    complaints: Complaints,
}

impl Page {
    fn wrong(&self, field: &str) -> Option<&str> {
        self.complaints.iter().find(|(known, _)| *known == field).map(|(_, words)| words.as_str())
    }
}

async fn new(state: State, visitor: Visitor) -> Result<Response> {
    match load(&state, visitor, None).await? {
        Some(found) => page(&found),
        None => Ok(see(DRAFT)),
    }
}

async fn edit(state: State, visitor: Visitor, Path(id): Path<String>) -> Result<Response> {
    page(&load(&state, visitor, Some(id)).await?.ok_or(Error::NotFound)?)
}

/// The form of a clause, or of a new one; `None` where there is no such thing in the draft, or no draft.
async fn load(state: &State, visitor: Visitor, id: Option<String>) -> Result<Option<Page>> {
    let own = state.clone();
    state
        .read(move |c| {
            let Some(draft) = draft::find(c)? else { return Ok(None) };
            let clause = match &id {
                None => Clause::default(),
                Some(id) => match draft.policy.clause(id) {
                    None => return Ok(None),
                    Some(clause) => clause.clone(),
                },
            };
            Ok(Some(Page { shell: Shell::read(c, &own, &visitor, "settings")?, tab: "policy", id, typed: Typed::of(&clause), complaints: Complaints::new() }))
        })
        .await
}

async fn add(state: State, visitor: Visitor, fields: Fields) -> Result<Response> {
    keep(state, visitor, None, fields).await
}

async fn save(state: State, visitor: Visitor, Path(id): Path<String>, fields: Fields) -> Result<Response> {
    keep(state, visitor, Some(id), fields).await
}

async fn keep(state: State, visitor: Visitor, id: Option<String>, fields: Fields) -> Result<Response> {
    let typed = Typed::from(&fields);
    // A clause that another owner removed meanwhile comes back as a new one: what was typed is not lost.
    let blank = match load(&state, visitor.clone(), id).await? {
        Some(found) => found,
        None => load(&state, visitor.clone(), None).await?.ok_or(Error::NotFound)?,
    };
    let by = visitor.agent().id;
    let (wanted, read) = (blank.id.clone(), typed.read());
    let done = match read {
        Err(complaints) => Err(complaints),
        Ok(clause) => state.write(move |tx| change_to(tx, by, wanted, clause)).await?,
    };
    match done {
        Ok(name) => Ok(see_saying(&state, DRAFT, &Said::with_undo(format!("“{name}” is in the draft."), UNDO))),
        Err(complaints) => page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { typed, complaints, ..blank }),
    }
}

/// Puts a clause into the draft; the error is what is wrong with it there.
fn change_to(tx: &Writer, by: AgentId, id: Option<String>, mut clause: Clause) -> Result<Result<String, Complaints>> {
    let policy = draft::find(tx)?.ok_or(Error::NotFound)?.policy;
    if id.is_none() && policy.clauses.len() >= CLAUSES_MAX {
        return Ok(Err(vec![("name", format!("{CLAUSES_MAX} clauses are more than anybody reads: change or remove another."))]));
    }
    clause.id = id.unwrap_or_else(|| policy.fresh_id(&clause.name));
    if policy.clauses.iter().any(|other| other.id != clause.id && other.name.to_lowercase() == clause.name.to_lowercase()) {
        return Ok(Err(vec![("name", "Another clause has this name: letters and verdicts could not tell them apart.".into())]));
    }
    let name = clause.name.clone();
    change(tx, by, |policy| {
        policy.put(clause);
        Ok(())
    })?;
    Ok(Ok(name))
}

async fn remove(state: State, visitor: Visitor, Path(id): Path<String>) -> Result<Response> {
    let by = visitor.agent().id;
    let gone = state.write(move |tx| change(tx, by, |policy| policy.remove(&id).ok_or(Error::NotFound))).await?;
    Ok(see_saying(&state, DRAFT, &Said::with_undo(format!("“{}” is out of the draft.", gone.name), UNDO)))
}
