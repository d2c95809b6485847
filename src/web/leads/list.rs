//! Everybody who may buy again, newest contact first.

use super::view::{agreed, aside_words, shown};
use crate::consent;
use crate::database::Reader;
use crate::id::CustomerId;
use crate::lead::list::{self, Asked, Cursor, Line, PAGE_ROWS, Which};
use crate::lead::{interest, wish};
use crate::web::ask::{Ask, encoded};
use crate::web::layout::{Shell, page};
use crate::web::present::{Clock, Person, When, visible};
use crate::web::{Access, Result, Route, State, Visitor, get};
use askama::Template;
use axum::response::Response;

/// Interests named in a line; their page has all.
const INTERESTS_SHOWN: usize = 4;

pub fn routes() -> Vec<Route> {
    vec![get("/leads", Access::Agent, show)]
}

#[derive(Template)]
#[template(path = "leads/list.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    words: String,
    which: &'static str,
    rows: Vec<Row>,
    begins: bool,
    next: Option<String>,
}

struct Row {
    id: CustomerId,
    person: Person,
    interests: Vec<String>,
    more: usize,
    wishes: bool,
    consent: Option<(&'static str, String)>,
    aside: Option<&'static str>,
    when: When,
}

async fn show(state: State, visitor: Visitor, clock: Clock, ask: Ask) -> Result<Response> {
    let shown = state.clone();
    let found = state
        .read(move |c| {
            let shell = Shell::read(c, &shown, &visitor, "leads")?;
            let which = which(ask.get("show"));
            let after = ask.cursor().map(|cursor| Cursor { at: cursor.at, id: CustomerId(cursor.id.0) });
            let asked = Asked { which, words: ask.get("q"), mailboxes: visitor.mailboxes(), after };
            let lines = list::page(c, &asked)?;
            let rest = format!("q={}&show={}", encoded(ask.get("q")), name(which));
            let last = lines.last().filter(|_| lines.len() == PAGE_ROWS).map(Line::cursor);
            let next = last.map(|last| format!("/leads?{rest}&after={}-{}", last.at, last.id));
            let rows = lines.into_iter().map(|line| row(c, line, &clock)).collect::<Result<Vec<Row>>>()?;
            Ok(Page { shell, tab: "leads", words: visible(ask.get("q")), which: name(which), rows, begins: after.is_none(), next })
        })
        .await?;
    page(&found)
}

fn row(c: &Reader, line: Line, clock: &Clock) -> Result<Row> {
    let interests = interest::of_customer(c, line.id)?;
    let consents = consent::of_customer(c, line.id)?;
    Ok(Row {
        id: line.id,
        person: Person::new(&line.name, &line.address),
        more: interests.len().saturating_sub(INTERESTS_SHOWN),
        interests: interests.iter().take(INTERESTS_SHOWN).map(|interest| shown(&interest.feature)).collect(),
        wishes: wish::of_customer(c, line.id)?.iter().any(|wish| wish.closed.is_none()),
        consent: (!consents.is_empty()).then(|| agreed(&consents, clock)),
        aside: line.aside.map(aside_words),
        when: clock.short(line.at),
    })
}

fn which(name: &str) -> Which {
    match name {
        "aside" => Which::Aside,
        "others" => Which::Others,
        _ => Which::Leads,
    }
}

fn name(which: Which) -> &'static str {
    match which {
        Which::Leads => "leads",
        Which::Aside => "aside",
        Which::Others => "others",
    }
}
