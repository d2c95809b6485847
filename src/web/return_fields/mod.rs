//! The owner's own fields of a return: the list, and one field with its words in each language. Mail, form, reading, board, table and
//! search take up what is saved here.

mod form;

use super::ask::Ask;
use super::layout::{Shell, page, page_with_status, see, see_saying};
use super::said::Said;
use super::{Access, Error, Fields, Path, Result, Route, State, Visitor, get, post};
use crate::database::Writer;
use crate::desk::returns;
use crate::return_request::fields::{Kind, OwnField};
use crate::return_request::own_field::{self, Draft, Kept, Mistake, OwnFieldId};
use crate::return_request::words;
use crate::world;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use form::{KINDS, blank, kind_of, named, show, typed};

const HERE: &str = "/settings/returns/fields";
pub fn routes() -> Vec<Route> {
    vec![
        get("/settings/returns/fields", Access::Owner, list),
        post("/settings/returns/fields", Access::Owner, create),
        get("/settings/returns/fields/new", Access::Owner, new),
        get("/settings/returns/fields/{id}", Access::Owner, edit),
        post("/settings/returns/fields/{id}", Access::Owner, change),
        post("/settings/returns/fields/{id}/place", Access::Owner, shift),
        post("/settings/returns/fields/{id}/removal", Access::Owner, remove),
        post("/settings/returns/fields/{id}/restoration", Access::Owner, restore),
    ]
}

#[derive(Template)]
#[template(path = "returns/fields.html")]
struct List {
    shell: Shell,
    tab: &'static str,
    fields: Vec<Row>,
    removed: Vec<Row>,
    kinds: &'static [(Kind, &'static str, &'static str)],
}

struct Row {
    id: OwnFieldId,
    label: String,
    kind: &'static str,
    required: bool,
    on_board: bool,
    key: String,
}

async fn list(state: State, visitor: Visitor) -> Result<Response> {
    let own = state.clone();
    let found = state.read(move |c| {
        let (removed, fields): (Vec<Kept>, Vec<Kept>) = own_field::kept(c)?.into_iter().partition(|kept| kept.removed);
        let rows = |kept: Vec<Kept>| kept.into_iter().map(row).collect();
        Ok(List { shell: Shell::read(c, &own, &visitor, "settings")?, tab: "returns", fields: rows(fields), removed: rows(removed), kinds: KINDS })
    });
    page(&found.await?)
}

fn row(kept: Kept) -> Row {
    let OwnField { key, required, on_board, kind, .. } = &kept.field;
    let label = words::own_label(&kept.field, "en").to_owned();
    Row { id: kept.id, label, kind: named(*kind).1, required: *required, on_board: *on_board, key: key.clone() }
}

async fn new(state: State, visitor: Visitor, ask: Ask) -> Result<Response> {
    let shell = shell(&state, visitor).await?;
    page(&show(shell, None, "", &blank(kind_of(ask.get("kind"))), &[]))
}

async fn edit(state: State, visitor: Visitor, Path(id): Path<OwnFieldId>) -> Result<Response> {
    let kept = find(&state, id).await?;
    let shell = shell(&state, visitor).await?;
    page(&show(shell, Some(id), &kept.field.key, &Draft::of(&kept.field), &[]))
}

async fn create(state: State, visitor: Visitor, fields: Fields) -> Result<Response> {
    keep(state, visitor, None, fields).await
}

async fn change(state: State, visitor: Visitor, Path(id): Path<OwnFieldId>, fields: Fields) -> Result<Response> {
    let kept = find(&state, id).await?;
    keep(state, visitor, Some(kept), fields).await
}

enum Outcome {
    Saved(String),
    Wrong(Vec<Mistake>),
    TooMany,
}

/// Saves, or only shows more lines.
async fn keep(state: State, visitor: Visitor, was: Option<Kept>, fields: Fields) -> Result<Response> {
    let draft = typed(&fields, was.as_ref().map(|kept| &kept.field));
    let (id, key) = (was.as_ref().map(|kept| kept.id), was.as_ref().map_or(String::new(), |kept| kept.field.key.clone()));
    if fields.get("do") == "more" {
        return page(&show(shell(&state, visitor).await?, id, &key, &draft, &[]));
    }
    let (by, wanted) = (visitor.agent().id, draft.clone());
    let outcome = state
        .write(move |tx| {
            let all = own_field::kept(tx)?;
            let keys: Vec<String> = all.iter().map(|kept| kept.field.key.clone()).collect();
            let others: Vec<OwnField> = all.into_iter().filter(|kept| !kept.removed && Some(kept.id) != id).map(|kept| kept.field).collect();
            if id.is_none() && others.len() >= own_field::FIELDS_MAX {
                return Ok(Outcome::TooMany);
            }
            let field = match wanted.read(was.as_ref().map(|kept| &kept.field), &keys, &others) {
                Ok(field) => field,
                Err(mistakes) => return Ok(Outcome::Wrong(mistakes)),
            };
            own_field::save(tx, &field, by, world::now())?;
            settle(tx)?;
            Ok(Outcome::Saved(words::own_label(&field, "en").to_owned()))
        })
        .await?;
    let (mistakes, refusal) = match outcome {
        Outcome::Saved(label) => return Ok(see_saying(&state, HERE, &Said::words(format!("“{label}” is saved.")))),
        Outcome::Wrong(mistakes) => (mistakes, None),
        Outcome::TooMany => {
            (Vec::new(), Some(format!("There are {} fields already; customers answer no more questions. Remove one first.", own_field::FIELDS_MAX)))
        }
    };
    let mut shown = show(shell(&state, visitor).await?, id, &key, &draft, &mistakes);
    shown.refusal = refusal;
    page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &shown)
}

async fn shift(state: State, _visitor: Visitor, Path(id): Path<OwnFieldId>, fields: Fields) -> Result<Response> {
    let up = fields.get("do") != "down";
    state.write(move |tx| Ok(own_field::shift(tx, id, up)?)).await?;
    Ok(see(HERE))
}

async fn remove(state: State, visitor: Visitor, Path(id): Path<OwnFieldId>) -> Result<Response> {
    let (by, kept) = (visitor.agent().id, find(&state, id).await?);
    state
        .write(move |tx| {
            own_field::remove(tx, id, by, world::now())?;
            settle(tx)
        })
        .await?;
    let words = format!("“{}” is asked for no more. What was answered stays.", words::own_label(&kept.field, "en"));
    Ok(see_saying(&state, HERE, &Said::with_undo(words, format!("{HERE}/{id}/restoration"))))
}

async fn restore(state: State, _visitor: Visitor, Path(id): Path<OwnFieldId>) -> Result<Response> {
    let kept = find(&state, id).await?;
    state
        .write(move |tx| {
            own_field::restore(tx, id)?;
            settle(tx)
        })
        .await?;
    Ok(see_saying(&state, HERE, &Said::words(format!("“{}” is asked for again.", words::own_label(&kept.field, "en")))))
}

/// What returns lack is another matter now.
fn settle(tx: &Writer) -> Result<()> {
    Ok(returns::judge_open(tx, world::now())?)
}

async fn find(state: &State, id: OwnFieldId) -> Result<Kept> {
    state.read(move |c| own_field::find(c, id)?.ok_or(Error::NotFound)).await
}

async fn shell(state: &State, visitor: Visitor) -> Result<Shell> {
    let own = state.clone();
    state.read(move |c| Shell::read(c, &own, &visitor, "settings")).await
}
