//! Search: one box, operators, results with what matched. The index gives ids, the database gives rows.

use super::ask::{Ask, encoded};
use super::inbox::{self, Row};
use super::present::{self, Clock, counted};
use super::{Access, Result, Route, Shell, State, Visitor, get, page};
use crate::conversation::list;
use crate::id::ConversationId;
use crate::return_request::own_field;
use crate::search::{self, Order, Query, Total};
use askama::Template;
use axum::response::Response;
use std::collections::HashMap;

pub fn routes() -> Vec<Route> {
    vec![get("/search", Access::Agent, show)]
}

#[derive(Template)]
#[template(path = "search/show.html")]
struct Page {
    shell: Shell,
    query: String,
    order: &'static str,
    asked: bool,
    complaints: Vec<String>,
    summary: String,
    newest_href: String,
    best_href: String,
    older_href: Option<String>,
    found: Vec<FoundView>,
    /// Of the fields that the owner added: each is an operator.
    own_keys: Vec<String>,
}

struct FoundView {
    row: Row,
    status: &'static str,
    status_class: &'static str,
    snippet: Vec<(String, bool)>,
}

/// What the index says: conversations in order, each with the piece that matched.
#[derive(Default)]
struct Answer {
    hits: Vec<(ConversationId, Vec<(String, bool)>)>,
    complaints: Vec<String>,
    summary: String,
    more: bool,
}

/// The question as it stands in the address.
struct Asked {
    query: String,
    order: Order,
    page: usize,
}

async fn show(state: State, visitor: Visitor, clock: Clock, ask: Ask) -> Result<Response> {
    let order = if ask.get("order") == "best" { Order::Best } else { Order::Newest };
    let asked = Asked { query: ask.get("q").to_owned(), order, page: ask.get("page").parse().unwrap_or(0) };
    let answer = if asked.query.trim().is_empty() { Answer::default() } else { find(&state, &visitor, &clock, &asked).await? };
    let shown = state.clone();
    let found = state
        .read(move |c| {
            let marks = inbox::marks(c)?;
            let ids: Vec<ConversationId> = answer.hits.iter().map(|(id, _)| *id).collect();
            let mut snippets: HashMap<ConversationId, Vec<(String, bool)>> = answer.hits.into_iter().collect();
            let lines = list::by_ids(c, &ids, visitor.agent().id, visitor.mailboxes())?;
            let found = lines.into_iter().map(|line| {
                let (id, status, preview) = (line.id, line.status, line.preview.clone());
                let mut row = inbox::row(line, format!("/conversations/{id}"), visitor.agent(), &marks, &clock);
                row.back = super::returns::chip(c, id)?;
                let snippet = snippets.remove(&id).filter(|s| !s.is_empty()).unwrap_or_else(|| vec![(present::visible(&preview), false)]);
                Ok(FoundView { row, status: present::status(status), status_class: present::status_class(status), snippet })
            });
            let found = found.collect::<Result<Vec<FoundView>>>()?;
            let newest_href = format!("/search?q={}", encoded(&asked.query));
            let best_href = format!("{newest_href}&order=best");
            let here = if asked.order == Order::Best { &best_href } else { &newest_href };
            Ok(Page {
                shell: Shell::read(c, &shown, &visitor, "search")?,
                order: if asked.order == Order::Best { "best" } else { "newest" },
                asked: !asked.query.trim().is_empty(),
                complaints: answer.complaints,
                summary: answer.summary,
                older_href: answer.more.then(|| format!("{here}&page={}", asked.page + 1)),
                newest_href,
                best_href,
                query: asked.query.trim().to_owned(),
                found,
                own_keys: own_field::all(c)?.into_iter().map(|field| field.key).collect(),
            })
        })
        .await?;
    page(&found)
}

/// What the index finds, and what of the question nobody could answer.
async fn find(state: &State, visitor: &Visitor, clock: &Clock, ask: &Asked) -> Result<Answer> {
    let own = state.read(|c| Ok(own_field::all(c)?)).await?;
    let (parsed, complaints) = Query::parse(&ask.query, &own, clock.now(), clock.offset_seconds());
    let mut complaints: Vec<String> = complaints.iter().map(|c| present::visible_long(&c.to_string())).collect();
    let (index, agent, order, number) = (state.index.clone(), visitor.agent().clone(), ask.order, ask.page);
    let found = state.read(move |c| Ok(index.search(c, &parsed, &agent, order, number))).await?;
    let found = match found {
        Ok(found) => found,
        Err(search::Error::Database(e)) => return Err(e.into()),
        Err(unavailable) => {
            complaints.push(unavailable.to_string());
            return Ok(Answer { complaints, ..Answer::default() });
        }
    };
    complaints.extend(found.complaints.iter().map(|c| present::visible_long(&c.to_string())));
    complaints.extend(found.progress);
    let summary = match found.total {
        Total::Exact(n) => counted(n as i64, "conversation", "conversations"),
        Total::MoreThan(n) => format!("more than {} conversations", present::grouped(n as i64)),
    };
    let hits =
        found.hits.into_iter().map(|hit| (hit.conversation_id, hit.snippet.into_iter().map(|(text, marked)| (present::visible_long(&text), marked)).collect()));
    Ok(Answer { hits: hits.collect(), complaints, summary, more: found.more })
}
