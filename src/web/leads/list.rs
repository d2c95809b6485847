//! Everybody who may buy again, newest contact first, or those whom a question is about: `/leads?q=colour:blue last<30d`. Choosing from lists
//! leads to the same addresses.

use super::choices::{self, Choice};
use super::view::{agreed, aside_words, shown};
use crate::consent;
use crate::database::Reader;
use crate::id::CustomerId;
use crate::lead::filter::{Complaint, Filter};
use crate::lead::list::{self, Asked, COUNTED_MAX, Cursor, Line, PAGE_ROWS, Which};
use crate::lead::{interest, wish};
use crate::web::ask::{Ask, encoded};
use crate::web::layout::{Shell, page, page_with_status, see};
use crate::web::present::{Clock, Person, When, counted, grouped, visible, visible_long};
use crate::web::{Access, Result, Route, State, Visitor, get};
use askama::Template;
use axum::http::StatusCode;
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
    complaints: Vec<Complaint>,
    choices: Vec<Choice>,
    /// How many there are, in words.
    count: String,
    /// The same question as a table.
    table: Option<String>,
    /// A name under which it could not be saved.
    naming: Naming,
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

/// What was typed into the form that saves a question.
#[derive(Default)]
pub struct Naming {
    pub name: String,
    pub complaint: Option<String>,
}

async fn show(state: State, visitor: Visitor, clock: Clock, ask: Ask) -> Result<Response> {
    if !ask.get("choose").is_empty() {
        let (q, which) = (choices::question(&ask), name(which(ask.get("show"))));
        return Ok(see(&format!("/leads?q={}&show={which}", encoded(&q))));
    }
    page(&load(&state, visitor, clock, ask, Naming::default()).await?)
}

/// The list with a name that could not be taken.
pub async fn again(state: &State, visitor: Visitor, clock: Clock, ask: Ask, naming: Naming) -> Result<Response> {
    page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &load(state, visitor, clock, ask, naming).await?)
}

async fn load(state: &State, visitor: Visitor, clock: Clock, ask: Ask, naming: Naming) -> Result<Page> {
    let shown = state.clone();
    state
        .read(move |c| {
            let shell = Shell::read(c, &shown, &visitor, "leads")?;
            let (words, which) = (ask.get("q"), which(ask.get("show")));
            let (filter, complaints) = Filter::parse(words, clock.now());
            let after = ask.cursor().map(|cursor| Cursor { at: cursor.at, id: CustomerId(cursor.id.0) });
            let asked = Asked { which, filter: Some(&filter), mailboxes: visitor.mailboxes(), after };
            let lines = list::page(c, &asked)?;
            let rest = format!("q={}&show={}", encoded(words), name(which));
            let last = lines.last().filter(|_| lines.len() == PAGE_ROWS).map(Line::cursor);
            Ok(Page {
                shell,
                tab: "leads",
                words: visible_long(words),
                which: name(which),
                complaints: complaints.into_iter().map(|found| Complaint { about: visible(&found.about), says: visible_long(&found.says) }).collect(),
                choices: choices::all(words),
                count: count_words(list::count(c, &Asked { after: None, ..asked })?),
                table: visitor.agent().is_owner().then(|| format!("/leads.csv?{rest}")),
                naming,
                begins: after.is_none(),
                next: last.map(|last| format!("/leads?{rest}&after={}-{}", last.at, last.id)),
                rows: lines.into_iter().map(|line| row(c, line, &clock)).collect::<Result<Vec<Row>>>()?,
            })
        })
        .await
}

/// "12 people", or that there are more than are counted.
pub fn count_words(n: usize) -> String {
    if n > COUNTED_MAX { format!("more than {} people", grouped(COUNTED_MAX as i64)) } else { counted(n as i64, "person", "people") }
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

pub fn which(name: &str) -> Which {
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
