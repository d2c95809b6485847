//! One return: its facts with the words they rest on, to correct; its photos; and what can be done by hand.

use super::card::{self, Card, customer_name};
use super::items::{self, Piece};
use super::visible;
use crate::database::Writer;
use crate::desk::{self, returns};
use crate::id::{AttachmentId, ConversationId, ReturnId};
use crate::return_request::fields::{self, Kind, OwnField, Value};
use crate::return_request::{State as Stands, fact, own_field, words};
use crate::web::at_desk;
use crate::web::layout::{Shell, page, page_with_status, see_saying};
use crate::web::present::Clock;
use crate::web::public::{amount, day, today};
use crate::web::{Access, Error, Fields, Path, Result, Route, Said, State, Visitor, get, post};
use crate::world;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![
        post("/conversations/{id}/returns", Access::Agent, open),
        get("/returns/{id}", Access::Agent, show),
        post("/returns/{id}/facts", Access::Agent, correct),
        post("/returns/{id}/ask", Access::Agent, ask),
        post("/returns/{id}/state", Access::Agent, move_on),
        post("/returns/{id}/photos/remove", Access::Agent, remove_photo),
    ]
}

#[derive(Template)]
#[template(path = "returns/show.html")]
pub struct Page {
    shell: Shell,
    card: Card,
    customer: String,
    conversation: ConversationId,
    lines: Vec<Line>,
    photos: Vec<AttachmentId>,
    /// The lines of its order, where that is known.
    pub pieces: Vec<Piece>,
    /// What the policy calls the kinds of items.
    kinds: Vec<String>,
    /// An agent chose the pieces.
    chosen: bool,
    pub complaints: usize,
}

pub struct Line {
    pub name: String,
    pub label: String,
    pub kind: &'static str,
    pub choices: Vec<(String, String)>,
    pub value: String,
    pub because: String,
    pub certain: bool,
    pub complaint: Option<&'static str>,
}

/// An answer is a line, not a story.
const VALUE_CHARS_MAX: usize = 500;

async fn open(state: State, visitor: Visitor, Path(id): Path<ConversationId>) -> Result<Response> {
    let by = visitor.clone();
    let opened = at_desk::ask(&state, move |tx| {
        at_desk::check(tx, &by, id)?;
        returns::open_by_hand(tx, id, by.agent().id, world::now())
    })
    .await?;
    let to = format!("/conversations/{id}");
    Ok(match opened {
        Ok(opened) => see_saying(&state, &to, &Said::words(format!("Return {} is open.", crate::return_request::request::name(opened)))),
        Err(why) => see_saying(&state, &to, &Said::words(why)),
    })
}

async fn show(state: State, visitor: Visitor, clock: Clock, Path(id): Path<ReturnId>) -> Result<Response> {
    page(&load(&state, visitor, clock, id).await?)
}

pub async fn load(state: &State, visitor: Visitor, clock: Clock, id: ReturnId) -> Result<Page> {
    let own = state.clone();
    state
        .read(move |c| {
            let standing = visible(c, &visitor, id)?;
            let own_fields = own_field::all(c)?;
            let card = card::of(c, &standing, &clock)?;
            let (kinds, pieces) = (returns::kinds(c, &standing.request)?, items::pieces(c, &standing)?);
            let mut lines = lines(&standing, &own_fields, &card);
            // Beside a number it says nothing more.
            let has_number = standing.facts.certain(fields::ORDER_NUMBER).is_some();
            lines.retain(|line| !has_number || line.name != fields::ORDERED_AS || !line.value.is_empty());
            // Where no order is known there are no lines that could have a kind.
            if pieces.is_empty() {
                lines.extend(items::kind_line(&standing, &card, &kinds));
            }
            let not_theirs = returns::of_somebody_else(c, &standing.request, &standing.facts)?.is_some();
            // An agent may know that it is theirs all the same, and confirms it.
            lines.iter_mut().filter(|line| not_theirs && line.name == fields::ORDER_NUMBER).for_each(|line| line.certain = false);
            Ok(Page {
                shell: Shell::read(c, &own, &visitor, "returns")?,
                customer: customer_name(c, &standing.request)?,
                conversation: standing.request.conversation_id,
                photos: fact::photos(c, id)?,
                pieces,
                kinds,
                chosen: standing.request.items_by.is_some(),
                card,
                lines,
                complaints: 0,
            })
        })
        .await
}

/// The page with complaints and all that was typed.
pub fn show_again(page: &Page) -> Result<Response> {
    page_with_status(StatusCode::UNPROCESSABLE_ENTITY, page)
}

fn lines(standing: &returns::Standing, own: &[OwnField], card: &Card) -> Vec<Line> {
    let built_in = fields::BUILT_IN.iter().filter(|(_, kind)| *kind != Kind::Photos).map(|(name, kind)| ((*name).to_owned(), *kind));
    let all = built_in.chain(own.iter().map(|field| (field.key.clone(), field.kind)));
    all.map(|(name, kind)| {
        let own = own.iter().find(|field| field.key == name);
        let mut choices: Vec<(String, String)> = match own {
            Some(field) => field.choices.iter().map(|(code, _)| (code.clone(), words::own_choice(field, code, "en").to_owned())).collect(),
            None => words::codes(&name).into_iter().map(|code| (code.to_owned(), words::choice(&name, code, "en").to_owned())).collect(),
        };
        let value = match standing.facts.get(&name).map(|fact| &fact.value) {
            Some(Value::Text(text)) => text.clone(),
            Some(Value::Date(date)) => date.to_string(),
            Some(other) => other.shown(),
            None => String::new(),
        };
        // An answer whose choice was removed since stays until somebody chooses another.
        if kind == Kind::Choice && !value.is_empty() && !choices.iter().any(|(code, _)| *code == value) {
            choices.push((value.clone(), value.clone()));
        }
        let seen = card.facts.iter().find(|fact| fact.name == name);
        let kind = match kind {
            Kind::Choice => "choice",
            Kind::Date => "date",
            Kind::Number => "number",
            _ => "text",
        };
        let label = own.map_or_else(|| words::label(&name, "en"), |field| words::own_label(field, "en")).to_owned();
        let because = seen.map(|fact| fact.because.clone()).unwrap_or_default();
        Line { name, label, kind, choices, value, because, certain: seen.is_none_or(|fact| fact.certain), complaint: None }
    })
    .collect()
}

/// Takes what was corrected; a line that cannot be understood brings the page back with everything typed.
async fn correct(state: State, visitor: Visitor, clock: Clock, fields: Fields, Path(id): Path<ReturnId>) -> Result<Response> {
    let mut shown = load(&state, visitor.clone(), clock, id).await?;
    let today = today();
    let mut changes: Vec<(String, Option<Value>)> = Vec::new();
    for line in &mut shown.lines {
        let typed: String = fields.get(&line.name).chars().take(VALUE_CHARS_MAX).collect();
        if typed == line.value && !fields.has(&format!("confirm_{}", line.name)) {
            continue;
        }
        line.value = typed;
        match read(line, today) {
            Ok(value) => changes.push((line.name.clone(), value)),
            Err(complaint) => line.complaint = Some(complaint),
        }
    }
    shown.complaints = shown.lines.iter().filter(|line| line.complaint.is_some()).count();
    if shown.complaints > 0 {
        return show_again(&shown);
    }
    change(&state, visitor, id, format!("/returns/{id}"), "Saved.", move |tx, by| {
        for (field, value) in changes {
            returns::correct(tx, id, &field, value, by, world::now())?;
        }
        Ok(())
    })
    .await
}

fn read(line: &Line, today: jiff::civil::Date) -> Result<Option<Value>, &'static str> {
    let text = line.value.trim();
    if text.is_empty() {
        return Ok(None);
    }
    match (line.name.as_str(), line.kind) {
        (_, "choice") => line.choices.iter().find(|(code, _)| code == text).map(|(code, _)| Some(Value::Text(code.clone()))).ok_or("Choose one of the list."),
        (_, "date") => match day(text) {
            None => Err("Write the day as 2026-11-19 or 19.11.2026."),
            // An owner may ask for any day; what was delivered has been.
            Some(day) if line.name == fields::DELIVERED_ON && day > today.tomorrow().unwrap_or(today) => Err("This day is still to come."),
            Some(day) => Ok(Some(Value::Date(day))),
        },
        (fields::AMOUNT, _) => amount(text).map(|amount| Some(Value::Amount(amount))).ok_or("Write the amount as in 68.00 EUR."),
        (_, "number") => text.parse().map(|number| Some(Value::Count(number))).map_err(|_| "Write a number."),
        _ => Ok(Some(Value::Text(text.to_owned()))),
    }
}

async fn ask(state: State, visitor: Visitor, fields: Fields, Path(id): Path<ReturnId>) -> Result<Response> {
    let back = back(&fields, id);
    change(&state, visitor, id, back, "Asked for the missing details.", move |tx, by| returns::ask(tx, id, by, world::now())).await
}

async fn move_on(state: State, visitor: Visitor, fields: Fields, Path(id): Path<ReturnId>) -> Result<Response> {
    let is = Stands::from_code(fields.get("state")).ok_or(Error::Unreadable)?;
    let (back, why) = (back(&fields, id), fields.get("why").to_owned());
    change(&state, visitor, id, back, "Moved. The timeline has the way back.", move |tx, by| returns::move_to(tx, id, is, &why, by, world::now())).await
}

async fn remove_photo(state: State, visitor: Visitor, fields: Fields, Path(id): Path<ReturnId>) -> Result<Response> {
    let photo: AttachmentId = fields.get("photo").parse().map_err(|_| Error::Unreadable)?;
    change(&state, visitor, id, format!("/returns/{id}"), "It does not count any more.", move |tx, by| returns::remove_photo(tx, id, photo, by, world::now()))
        .await
}

/// One change to a return that this agent may see, as one transaction; a refusal is said in words.
pub async fn change<F>(state: &State, visitor: Visitor, id: ReturnId, to: String, words: &str, work: F) -> Result<Response>
where
    F: FnOnce(&Writer, crate::id::AgentId) -> desk::Result<()> + Send + 'static,
{
    let by = visitor.agent().id;
    let done = at_desk::ask(state, move |tx| {
        let standing = returns::standing(tx, id)?;
        at_desk::check(tx, &visitor, standing.request.conversation_id)?;
        work(tx, by)
    })
    .await?;
    Ok(match done {
        Ok(()) => see_saying(state, &to, &Said::words(words)),
        Err(why) => see_saying(state, &to, &Said::words(why)),
    })
}

/// Where the button stood.
fn back(fields: &Fields, id: ReturnId) -> String {
    let conversation: Option<i64> = fields.get("conversation").parse().ok();
    conversation.map_or(format!("/returns/{id}"), |conversation| format!("/conversations/{conversation}"))
}
