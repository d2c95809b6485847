//! How the owner wants returns handled: whether Restante asks by itself, what an order number looks like, who is told, above
//! which sum an owner must agree, and words of the shop's own.

use super::layout::{Shell, page, page_with_status, see_saying};
use super::public::amount;
use super::said::Said;
use super::{Access, Fields, Result, Route, State, Visitor, get, post};
use crate::automation::missing_details::Ask;
use crate::automation::reminder;
use crate::database::Reader;
use crate::desk::returns::{Fulfilment, When};
use crate::email::EmailAddress;
use crate::money::Amount;
use crate::return_request::LANGUAGES;
use crate::return_request::reading::Lexicon;
use crate::{setting, world};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

/// Words of a shop's own: a few pages.
const WORDS_CHARS_MAX: usize = 20_000;
const PATTERN_CHARS_MAX: usize = 30;

pub fn routes() -> Vec<Route> {
    vec![get("/settings/returns", Access::Owner, show), post("/settings/returns", Access::Owner, save)]
}

#[derive(Template)]
#[template(path = "settings/returns.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    typed: Typed,
    languages: &'static [&'static str],
    complaints: Vec<String>,
}

#[derive(Clone, Default)]
struct Typed {
    automatic: bool,
    remind: bool,
    remind_days: String,
    pattern: String,
    fulfilment: String,
    when_approved: bool,
    limit: String,
    language: String,
    words: String,
}

/// What is saved once all of it is understood.
struct Wanted {
    fulfilment: Option<Fulfilment>,
    limit: Option<Amount>,
    remind_days: Option<i64>,
}

async fn show(state: State, visitor: Visitor) -> Result<Response> {
    page(&load(&state, visitor).await?)
}

async fn load(state: &State, visitor: Visitor) -> Result<Page> {
    let own = state.clone();
    state
        .read(move |c| {
            let shell = Shell::read(c, &own, &visitor, "settings")?;
            Ok(Page { shell, tab: "returns", typed: present(c)?, languages: LANGUAGES, complaints: Vec::new() })
        })
        .await
}

fn present(c: &Reader) -> Result<Typed> {
    let fulfilment = setting::get::<Fulfilment>(c, setting::FULFILMENT)?;
    let remind_days = setting::get::<i64>(c, setting::RETURNS_REMIND_DAYS)?;
    Ok(Typed {
        automatic: setting::get::<Ask>(c, setting::RETURNS_ASK)?.unwrap_or_default() == Ask::Automatic,
        remind: remind_days.is_some(),
        remind_days: remind_days.unwrap_or(reminder::DAYS_DEFAULT).to_string(),
        pattern: setting::get(c, setting::ORDER_PATTERN)?.unwrap_or_default(),
        when_approved: fulfilment.as_ref().is_some_and(|f| f.when == When::Approved),
        fulfilment: fulfilment.map(|f| f.address).unwrap_or_default(),
        limit: setting::get::<Amount>(c, setting::OWNER_AGREES_ABOVE)?.map(|limit| limit.to_string()).unwrap_or_default(),
        language: setting::get(c, setting::LANGUAGE)?.unwrap_or_else(|| "en".into()),
        words: setting::get(c, setting::RETURN_WORDS)?.unwrap_or_default(),
    })
}

async fn save(state: State, visitor: Visitor, fields: Fields) -> Result<Response> {
    let typed = Typed {
        automatic: fields.get("ask") == "automatic",
        remind: fields.has("remind"),
        remind_days: fields.get("remind_days").to_owned(),
        pattern: fields.get("pattern").to_owned(),
        fulfilment: fields.get("fulfilment").to_owned(),
        when_approved: fields.get("when") == "approved",
        limit: fields.get("limit").to_owned(),
        language: fields.get("language").to_owned(),
        words: fields.text("words"),
    };
    let wanted = match read(&typed) {
        Ok(wanted) => wanted,
        Err(complaints) => {
            let page = load(&state, visitor).await?;
            return page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { typed, complaints, ..page });
        }
    };
    let by = Some(visitor.agent().id);
    state
        .write(move |tx| {
            let now = world::now();
            setting::set(tx, setting::RETURNS_ASK, &if typed.automatic { Ask::Automatic } else { Ask::OneKey }, by, now)?;
            setting::set(tx, setting::ORDER_PATTERN, &typed.pattern, by, now)?;
            setting::set(tx, setting::LANGUAGE, &typed.language, by, now)?;
            setting::set(tx, setting::RETURN_WORDS, &typed.words, by, now)?;
            match &wanted.fulfilment {
                Some(fulfilment) => setting::set(tx, setting::FULFILMENT, fulfilment, by, now)?,
                None => setting::clear(tx, setting::FULFILMENT)?,
            }
            match wanted.remind_days {
                Some(days) => setting::set(tx, setting::RETURNS_REMIND_DAYS, &days, by, now)?,
                None => setting::clear(tx, setting::RETURNS_REMIND_DAYS)?,
            }
            match &wanted.limit {
                Some(limit) => setting::set(tx, setting::OWNER_AGREES_ABOVE, limit, by, now)?,
                None => setting::clear(tx, setting::OWNER_AGREES_ABOVE)?,
            }
            Ok(())
        })
        .await?;
    Ok(see_saying(&state, "/settings/returns", &Said::words("Saved.")))
}

/// Everything that cannot be understood, together.
fn read(typed: &Typed) -> std::result::Result<Wanted, Vec<String>> {
    let mut complaints = Vec::new();
    let shape = |c: char| c.is_ascii_alphanumeric() || matches!(c, '#' | '@' | '-' | '/' | ' ');
    if !typed.pattern.is_empty() && (!typed.pattern.contains('#') || typed.pattern.len() > PATTERN_CHARS_MAX || !typed.pattern.chars().all(shape)) {
        complaints.push("The shape of order numbers has # for each digit and @ for each letter that changes, as in AT-#####.".into());
    }
    let days = typed.remind_days.parse::<i64>().ok().filter(|days| (1..=reminder::DAYS_MAX).contains(days));
    if typed.remind && days.is_none() {
        complaints.push(format!("The days without an answer are a number from 1 to {}.", reminder::DAYS_MAX));
    }
    let address = EmailAddress::parse(&typed.fulfilment);
    if !typed.fulfilment.is_empty() && address.is_none() {
        complaints.push("Fulfilment's address is no mail address: write it like ware@shop.example.".into());
    }
    let limit = amount(&typed.limit).filter(|limit| limit.currency.is_some());
    if !typed.limit.is_empty() && limit.is_none() {
        complaints.push("Write the limit as in 200 EUR.".into());
    }
    if !LANGUAGES.contains(&typed.language.as_str()) {
        complaints.push("Choose one of the languages.".into());
    }
    if typed.words.chars().count() > WORDS_CHARS_MAX {
        complaints.push("These are too many words of your own.".into());
    } else if let Err(mistakes) = Lexicon::ready().with(&typed.words) {
        complaints.extend(mistakes.into_iter().take(5).map(|mistake| format!("Your words, line {}: {}", mistake.line, mistake.words)));
    }
    let when = if typed.when_approved { When::Approved } else { When::Complete };
    let fulfilment = address.map(|address| Fulfilment { address: address.to_string(), when });
    if complaints.is_empty() { Ok(Wanted { fulfilment, limit, remind_days: days.filter(|_| typed.remind) }) } else { Err(complaints) }
}
