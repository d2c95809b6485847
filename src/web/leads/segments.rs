//! Saved searches over leads, each counted as it is now.

use super::list::{self as leads, Naming, count_words};
use crate::id::SegmentId;
use crate::lead::filter::Filter;
use crate::lead::list::{self, Asked};
use crate::lead::segment::{self, Segment};
use crate::web::ask::{Ask, encoded};
use crate::web::layout::{Shell, page, page_with_status, see, see_saying};
use crate::web::present::{Clock, visible, visible_long};
use crate::web::{Access, Error, Fields, Path, Result, Route, Said, State, Visitor, get, post};
use crate::world;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

const HERE: &str = "/leads/segments";

pub fn routes() -> Vec<Route> {
    vec![
        get(HERE, Access::Agent, show),
        post(HERE, Access::Agent, save),
        post("/leads/segments/{id}/name", Access::Agent, rename),
        post("/leads/segments/{id}/name/undo", Access::Agent, rename_back),
        post("/leads/segments/{id}/remove", Access::Agent, remove),
        post("/leads/segments/{id}/undo", Access::Agent, bring_back),
    ]
}

#[derive(Template)]
#[template(path = "leads/segments.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    segments: Vec<View>,
}

struct View {
    id: SegmentId,
    name: String,
    query: String,
    href: String,
    count: String,
    /// What was typed as its new name, and why it cannot be.
    typed: Option<(String, String)>,
}

async fn show(state: State, visitor: Visitor, clock: Clock) -> Result<Response> {
    page(&load(&state, visitor, clock, None).await?)
}

async fn load(state: &State, visitor: Visitor, clock: Clock, typed: Option<(SegmentId, String, String)>) -> Result<Page> {
    let own = state.clone();
    state
        .read(move |c| {
            let view = |segment: Segment| -> Result<View> {
                let (filter, _) = Filter::parse(&segment.query, clock.now());
                let asked = Asked { filter: Some(&filter), mailboxes: visitor.mailboxes(), ..Asked::default() };
                Ok(View {
                    id: segment.id,
                    name: visible(&segment.name),
                    href: address(&segment.query),
                    query: visible_long(&segment.query),
                    count: count_words(list::count(c, &asked)?),
                    typed: typed.as_ref().filter(|(id, ..)| *id == segment.id).map(|(_, name, why)| (name.clone(), why.clone())),
                })
            };
            let segments = segment::all(c)?.into_iter().map(view).collect::<Result<Vec<View>>>()?;
            Ok(Page { shell: Shell::read(c, &own, &visitor, "leads")?, tab: "segments", segments })
        })
        .await
}

fn address(query: &str) -> String {
    format!("/leads?q={}", encoded(query))
}

/// From the list: what it is about now gets a name.
async fn save(state: State, visitor: Visitor, clock: Clock, fields: Fields) -> Result<Response> {
    let (name, query) = (fields.get("name").to_owned(), fields.get("q").to_owned());
    let (filter, complaints) = Filter::parse(&query, clock.now());
    let odd = match complaints.first() {
        Some(complaint) => Some(format!("Correct the search first. {complaint}")),
        None if filter.is_empty() => Some("Search for somebody first: a segment of everybody is the list itself.".to_owned()),
        None => None,
    };
    let (typed, asked, by) = (name.clone(), query.clone(), visitor.agent().id);
    let saved: std::result::Result<SegmentId, String> = match odd {
        Some(why) => Err(why),
        None => {
            state
                .write(move |tx| match segment::complaint(tx, &name, None)? {
                    Some(why) => Ok::<_, Error>(Err(why)),
                    None => Ok(Ok(segment::add(tx, &name, &query, by, world::now())?)),
                })
                .await?
        }
    };
    match saved {
        Ok(id) => Ok(see_saying(&state, HERE, &Said::with_undo("Saved.", format!("{HERE}/{id}/remove")))),
        Err(why) => leads::again(&state, visitor, clock, Ask::of("q", &asked), Naming { name: typed, complaint: Some(why) }).await,
    }
}

async fn rename(state: State, visitor: Visitor, clock: Clock, fields: Fields, Path(id): Path<SegmentId>) -> Result<Response> {
    let name = fields.get("name").to_owned();
    let typed = name.clone();
    let renamed = state
        .write(move |tx| {
            segment::find(tx, id)?.ok_or(Error::NotFound)?;
            match segment::complaint(tx, &name, Some(id))? {
                Some(why) => Ok::<_, Error>(Err(why)),
                None => Ok(Ok(segment::rename(tx, id, &name)?)),
            }
        })
        .await?;
    match renamed {
        Ok(true) => Ok(see_saying(&state, HERE, &Said::with_undo("Renamed.", format!("{HERE}/{id}/name/undo")))),
        Ok(false) => Ok(see(HERE)),
        Err(why) => page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &load(&state, visitor, clock, Some((id, typed, why))).await?),
    }
}

async fn rename_back(state: State, Path(id): Path<SegmentId>) -> Result<Response> {
    let words = state
        .write(move |tx| {
            let name = segment::name_was(tx, id)?.ok_or(Error::NotFound)?;
            let why = segment::complaint(tx, &name, Some(id))?;
            if why.is_none() {
                segment::rename(tx, id, &name)?;
            }
            Ok::<_, Error>(why.unwrap_or_else(|| "Taken back.".into()))
        })
        .await?;
    Ok(see_saying(&state, HERE, &Said::words(words)))
}

async fn remove(state: State, visitor: Visitor, Path(id): Path<SegmentId>) -> Result<Response> {
    let by = visitor.agent().id;
    let removed = state.write(move |tx| Ok::<_, Error>(segment::remove(tx, id, by, world::now())?)).await?;
    if !removed {
        return Err(Error::NotFound);
    }
    Ok(see_saying(&state, HERE, &Said::with_undo("Removed. Its people stay as they are.", format!("{HERE}/{id}/undo"))))
}

async fn bring_back(state: State, Path(id): Path<SegmentId>) -> Result<Response> {
    let words = state
        .write(move |tx| {
            let name = segment::removed(tx, id)?.ok_or(Error::NotFound)?;
            let why = segment::complaint(tx, &name, None)?;
            if why.is_none() {
                segment::bring_back(tx, id)?;
            }
            Ok::<_, Error>(why.unwrap_or_else(|| "It is back.".into()))
        })
        .await?;
    Ok(see_saying(&state, HERE, &Said::words(words)))
}
