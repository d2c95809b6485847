//! Search: one box, operators, results with what matched. The index gives ids, the database gives rows.

use super::ask::Ask;
use super::inbox::{self, Row};
use super::present::{self, Clock, counted};
use super::{Access, Result, Route, Shell, State, Visitor, get, page};
use crate::conversation::list;
use crate::id::ConversationId;
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
    found: Vec<FoundView>,
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
    total: i64,
}

async fn show(state: State, visitor: Visitor, clock: Clock, ask: Ask) -> Result<Response> {
    let query: String = ask.get("q").trim().to_owned();
    let order = if ask.get("order") == "best" { "best" } else { "newest" };
    let answer = if query.is_empty() { Answer::default() } else { find(&state, &visitor, &query, order).await? };
    let shown = state.clone();
    let found = state
        .read(move |c| {
            let marks = inbox::marks(c)?;
            let ids: Vec<ConversationId> = answer.hits.iter().map(|(id, _)| *id).collect();
            let mut snippets: HashMap<ConversationId, Vec<(String, bool)>> = answer.hits.into_iter().collect();
            let lines = list::by_ids(c, &ids, visitor.agent().id, visitor.mailboxes())?;
            let found = lines.into_iter().map(|line| {
                let (id, status, preview) = (line.id, line.status, line.preview.clone());
                let row = inbox::row(line, format!("/conversations/{id}"), visitor.agent(), &marks, &clock);
                let snippet = snippets.remove(&id).filter(|s| !s.is_empty()).unwrap_or_else(|| vec![(present::visible(&preview), false)]);
                FoundView { row, status: present::status(status), status_class: present::status_class(status), snippet }
            });
            let found: Vec<FoundView> = found.collect();
            let encoded = encoded(&query);
            Ok(Page {
                shell: Shell::read(c, &shown, &visitor, "search")?,
                order,
                asked: !query.is_empty(),
                complaints: answer.complaints,
                summary: counted(answer.total.max(found.len() as i64), "conversation", "conversations"),
                newest_href: format!("/search?q={encoded}"),
                best_href: format!("/search?q={encoded}&order=best"),
                query,
                found,
            })
        })
        .await?;
    page(&found)
}

/// Until the index is there: nothing is found, and the page says so.
async fn find(_state: &State, _visitor: &Visitor, _query: &str, _order: &str) -> Result<Answer> {
    Ok(Answer { complaints: vec!["Search is not ready yet.".into()], ..Answer::default() })
}

fn encoded(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() { (b as char).to_string() } else { format!("%{b:02X}") }).collect()
}
