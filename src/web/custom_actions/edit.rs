//! The editor of one action, webhook or look-up: showing its form, saving it, trying it with an invented return, removing it.

use super::HERE;
use super::form::{Page, TriedView};
use super::typed::Typed;
use crate::action::{self, Action, ActionId, Complaint, Inside, Kind, New, fill, look_up};
use crate::database::Reader;
use crate::desk::returns;
use crate::return_request::own_field;
use crate::web::ask::Ask;
use crate::web::layout::{Shell, page, page_with_status, see_saying};
use crate::web::present::visible_long;
use crate::web::state::{ActionDraft, blocking};
use crate::web::{Error, Fields, Path, Result, Said, State, Visitor};
use crate::{setting, world};
use axum::http::StatusCode;
use axum::response::Response;

pub async fn new(state: State, visitor: Visitor, ask: Ask) -> Result<Response> {
    let kind = Kind::from_code(ask.get("kind")).unwrap_or(Kind::Call);
    let (blank, _) = load(&state, visitor, None, kind).await?;
    let example = Typed::example(ask.get("example")).filter(|_| kind == Kind::Call);
    page(&Page { typed: example.unwrap_or_else(|| blank.typed.clone()), ..blank })
}

pub async fn show(state: State, visitor: Visitor, Path(id): Path<ActionId>) -> Result<Response> {
    page(&load(&state, visitor, Some(id), Kind::Call).await?.0)
}

async fn load(state: &State, visitor: Visitor, id: Option<ActionId>, kind: Kind) -> Result<(Page, Option<Action>)> {
    let own = state.clone();
    state
        .read(move |c| {
            let stored = match id {
                Some(id) => Some(action::find(c, id)?.ok_or(Error::NotFound)?),
                None => None,
            };
            let kind = stored.as_ref().map_or(kind, |action| action.kind);
            let typed = stored.as_ref().map_or_else(|| Typed::blank(kind), |action| Typed::of_action(action, &own.key));
            let shell = Shell::read(c, &own, &visitor, "settings")?;
            let page =
                Page { shell, tab: "actions", id, kind, typed, complaints: Vec::new(), tried: None, fresh_secret: world::random_token(), own: own_fields(c)? };
            Ok((page, stored))
        })
        .await
}

fn own_fields(c: &Reader) -> Result<Vec<String>> {
    Ok(own_field::all(c)?.into_iter().map(|field| field.key).collect())
}

fn inside(c: &Reader) -> Result<Inside> {
    Ok(setting::get(c, setting::INSIDE_HOSTS)?.unwrap_or_default())
}

pub async fn create(state: State, visitor: Visitor, fields: Fields) -> Result<Response> {
    let kind = Kind::from_code(fields.get("kind")).ok_or(Error::Unreadable)?;
    keep(state, visitor, None, kind, fields).await
}

pub async fn change(state: State, visitor: Visitor, Path(id): Path<ActionId>, fields: Fields) -> Result<Response> {
    keep(state, visitor, Some(id), Kind::Call, fields).await
}

async fn keep(state: State, visitor: Visitor, id: Option<ActionId>, kind: Kind, fields: Fields) -> Result<Response> {
    let by = visitor.agent().id;
    let (mut form, stored) = load(&state, visitor, id, kind).await?;
    let kind = form.kind;
    form.typed = Typed::read(&fields, kind);
    let (definition, own, name) = (form.typed.definition.clone(), form.own.clone(), form.typed.name.clone());
    let complaints = state
        .read(move |c| {
            let mut complaints = definition.complaints(kind, &inside(c)?, &own);
            if action::is_named(c, &name, id)? {
                complaints.push(Complaint::about("name", "There is an action with this name already: choose another."));
            }
            Ok(complaints)
        })
        .await?;
    let ready = match form.typed.ready(kind, &fields, stored.as_ref(), &state.key, complaints) {
        Ok(ready) => ready,
        Err(complaints) => return page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &form.with(complaints)),
    };
    let new = New { kind, name: form.typed.name.clone(), definition: ready.definition, sealed: ready.sealed };
    let saved = crate::web::at_desk::ask(&state, move |tx| {
        let now = world::now();
        let id = action::save(tx, id, &new, by, now)?;
        if kind == Kind::LookUp {
            returns::judge_open(tx, now)?; // returns that wait for an order that nobody knows
        }
        Ok(id)
    })
    .await?;
    match saved {
        Ok(id) => Ok(see_saying(&state, &format!("{HERE}/{id}"), &Said::words("Saved."))),
        Err(words) => page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &form.with(vec![Complaint::about("", words)])),
    }
}

/// Calls it for real, with an invented return; request and answer are shown and not kept.
pub async fn try_out(state: State, visitor: Visitor, Path(id): Path<ActionId>) -> Result<Response> {
    let (form, stored) = load(&state, visitor.clone(), Some(id), Kind::Call).await?;
    let action = stored.ok_or(Error::NotFound)?;
    let sample = fill::sample(&form.own);
    let facts = match action.kind {
        Kind::Webhook => {
            let mut told = action::Facts::new();
            told.insert("event".into(), "return.test".into());
            told.insert("return".into(), serde_json::Value::Object(sample));
            told
        }
        _ => sample,
    };
    let draft = ActionDraft { action: action.clone(), facts, inside: state.read(inside).await?, key: state.key.clone() };
    let calling = state.try_out.clone();
    let tried = blocking(move || Ok(calling(draft))).await?;
    tracing::info!(agent = %visitor.agent().id, action = %id, "an action was tried");
    let good = tried.outcome.fate == action::answer::Fate::Done;
    let body = tried.answer.as_ref().map(|answer| answer.body.clone()).unwrap_or_default();
    let mut taken = Vec::new();
    if !tried.outcome.reference.is_empty() {
        taken.push(("reference".to_owned(), tried.outcome.reference.clone()));
    }
    if action.kind == Kind::LookUp && good {
        taken.extend(found(&action, &body));
    }
    let view = TriedView { good, words: tried.outcome.words, request: tried.request, status: tried.outcome.status, answer: tried.outcome.answer, taken };
    page(&Page { tried: Some(view), ..form })
}

/// What a look-up's answer says, so that its owner sees where a pointer misses.
fn found(action: &Action, body: &[u8]) -> Vec<(String, String)> {
    let Ok(json) = serde_json::from_slice(body) else { return vec![("order".into(), "The answer is no JSON.".into())] };
    let fields = look_up::FIELDS.iter().filter_map(|(name, words)| action.definition.order.get(*name).map(|pointer| (*name, *words, pointer)));
    fields
        .filter(|(name, ..)| !name.starts_with("line_"))
        .map(|(_, words, pointer)| {
            let found = action::answer::at(&json, pointer).unwrap_or_else(|| "nothing".into());
            (words.to_owned(), visible_long(&found.chars().take(200).collect::<String>()))
        })
        .collect()
}

pub async fn remove(state: State, visitor: Visitor, Path(id): Path<ActionId>) -> Result<Response> {
    let by = visitor.agent().id;
    state
        .write(move |tx| {
            action::find(tx, id)?.ok_or(Error::NotFound)?;
            Ok(action::remove(tx, id, by, world::now())?)
        })
        .await?;
    Ok(see_saying(&state, HERE, &Said::words("Removed. What was called stays in the log.")))
}
