//! Discounts: made once, their codes given one by one, seen with what became of each.

use super::discount::Typed;
use crate::desk::follow_ups;
use crate::follow_up::board;
use crate::follow_up::discount::{self, Code, Discount, FEW_LEFT, Kind, codes_in};
use crate::id::{CustomerId, DiscountCodeId, DiscountId};
use crate::web::layout::{Shell, page, page_with_status, see_saying};
use crate::web::present::{Clock, When, counted};
use crate::web::{Access, Error, Fields, Path, Result, Route, Said, State, Visitor, get, post};
use crate::world;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

const HERE: &str = "/follow-ups/discounts";
/// Codes that were given: the last ones.
const CODES_SHOWN: usize = 200;

pub fn routes() -> Vec<Route> {
    vec![
        get("/follow-ups/discounts", Access::Owner, list),
        post("/follow-ups/discounts", Access::Owner, create),
        get("/follow-ups/discounts/{id}", Access::Owner, show),
        post("/follow-ups/discounts/{id}/codes", Access::Owner, add_codes),
        post("/follow-ups/discounts/{id}/end", Access::Owner, end),
        post("/follow-ups/codes/{id}/use", Access::Owner, note_use),
    ]
}

#[derive(Template)]
#[template(path = "follow_ups/discounts.html")]
struct List {
    shell: Shell,
    tab: &'static str,
    part: &'static str,
    discounts: Vec<Row>,
    typed: Typed,
    complaints: Vec<String>,
}

struct Row {
    discount: Discount,
    /// "one code each, 12 are left".
    words: String,
    few: Option<String>,
}

#[derive(Template)]
#[template(path = "follow_ups/discount.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    part: &'static str,
    row: Row,
    is_list: bool,
    codes: Vec<CodeView>,
    typed: String,
    complaint: Option<String>,
}

struct CodeView {
    id: DiscountCodeId,
    code: String,
    given: Option<When>,
    to: Option<CustomerId>,
    ends_on: String,
    used: Option<When>,
    by_order: bool,
}

async fn list(state: State, visitor: Visitor) -> Result<Response> {
    page(&load_list(&state, visitor).await?)
}

async fn load_list(state: &State, visitor: Visitor) -> Result<List> {
    let own = state.clone();
    state
        .read(move |c| {
            let discounts = discount::all(c)?.into_iter().map(|discount| row(c, discount)).collect::<Result<_>>()?;
            Ok(List {
                shell: Shell::read(c, &own, &visitor, "leads")?,
                tab: "follow-ups",
                part: "discounts",
                discounts,
                typed: Typed::default(),
                complaints: Vec::new(),
            })
        })
        .await
}

fn row(c: &crate::database::Reader, discount: Discount) -> Result<Row> {
    let left = discount::left(c, &discount)?;
    let waiting = board::waiting_for_code(c, discount.id)?;
    let codes = match discount.said.kind {
        Kind::Shared => format!("one code for all, {}", discount.said.code),
        Kind::Pattern => format!("one code each, made from {}", discount.said.code),
        Kind::List => format!("one code each from a list, {} left", left.unwrap_or(0)),
    };
    let ends = match (discount.said.valid_days, discount.said.valid_until) {
        (_, Some(day)) => format!(", until {}", day.strftime("%-d %B %Y")),
        (Some(days), None) => format!(", valid for {}", counted(days, "day", "days")),
        (None, None) => String::new(),
    };
    let lives = discount.lives(world::now());
    let few = left.filter(|left| lives && (*left < FEW_LEFT || *left < waiting)).map(|left| match (left, waiting) {
        (0, 0) => "No code is left: add some before it is needed.".to_owned(),
        (0, waiting) => format!("No code is left: {} until you add some.", counted(waiting, "follow-up waits", "follow-ups wait")),
        (left, 0) => format!("Only {left} left."),
        (left, waiting) => format!("Only {left} left, and {}.", counted(waiting, "follow-up is planned", "follow-ups are planned")),
    });
    Ok(Row { words: format!("{codes}{ends}{}", if lives { "" } else { ", ended" }), discount, few })
}

async fn create(state: State, visitor: Visitor, clock: Clock, fields: Fields) -> Result<Response> {
    let (by, typed) = (visitor.agent().id, Typed::of_fields(&fields));
    let (said, codes) = match typed.read(clock.today()) {
        Ok(read) => read,
        Err(complaints) => {
            let shown = load_list(&state, visitor).await?;
            return page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &List { typed, complaints, ..shown });
        }
    };
    let given = codes.len();
    let (id, new) = state
        .write(move |tx| {
            let id = discount::add(tx, &said, by, world::now())?;
            Ok((id, discount::add_codes(tx, id, &codes)?))
        })
        .await?;
    Ok(see_saying(&state, &format!("{HERE}/{id}"), &Said::words(added(new, given).unwrap_or_else(|| "Saved.".into()))))
}

/// "12 codes added; 3 were there already."
fn added(new: usize, given: usize) -> Option<String> {
    let known = if new < given { format!("; {} there already", counted((given - new) as i64, "was", "were")) } else { String::new() };
    (given > 0).then(|| format!("{} added{known}.", counted(new as i64, "code", "codes")))
}

async fn show(state: State, visitor: Visitor, clock: Clock, Path(id): Path<DiscountId>) -> Result<Response> {
    page(&load(&state, visitor, clock, id).await?)
}

async fn load(state: &State, visitor: Visitor, clock: Clock, id: DiscountId) -> Result<Page> {
    let own = state.clone();
    state
        .read(move |c| {
            let discount = discount::find(c, id)?.ok_or(Error::NotFound)?;
            let codes = discount::codes_of(c, id, CODES_SHOWN)?;
            let view = |code: Code| CodeView {
                id: code.id,
                code: code.code,
                given: code.given.map(|(at, _)| clock.short(at)),
                to: code.given.and_then(|(_, to)| to),
                ends_on: code.expires_on.map(|day| day.strftime("%-d %b %Y").to_string()).unwrap_or_default(),
                used: code.used_at.map(|at| clock.short(at)),
                by_order: code.used_order.is_some(),
            };
            Ok(Page {
                shell: Shell::read(c, &own, &visitor, "leads")?,
                tab: "follow-ups",
                part: "discounts",
                is_list: discount.said.kind == Kind::List,
                row: row(c, discount)?,
                codes: codes.into_iter().map(view).collect(),
                typed: String::new(),
                complaint: None,
            })
        })
        .await
}

async fn add_codes(state: State, visitor: Visitor, clock: Clock, Path(id): Path<DiscountId>, fields: Fields) -> Result<Response> {
    let typed = fields.text("codes");
    let shown = load(&state, visitor, clock, id).await?;
    let codes = match codes_in(&typed) {
        Ok(codes) if !codes.is_empty() && shown.is_list => codes,
        Ok(_) => {
            let complaint = Some("Paste the codes that your shop accepts, a line each.".to_owned());
            return page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { typed, complaint, ..shown });
        }
        Err(complaint) => return page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { typed, complaint: Some(complaint), ..shown }),
    };
    let given = codes.len();
    let new = state.write(move |tx| Ok(discount::add_codes(tx, id, &codes)?)).await?;
    Ok(see_saying(&state, &format!("{HERE}/{id}"), &Said::words(added(new, given).unwrap_or_default())))
}

async fn end(state: State, visitor: Visitor, Path(id): Path<DiscountId>) -> Result<Response> {
    let by = visitor.agent().id;
    let cancelled = state.write(move |tx| Ok(follow_ups::end_discount(tx, id, by, world::now())?)).await?;
    let words = format!("It is not given any more; {} cancelled.", counted(cancelled as i64, "follow-up is", "follow-ups are"));
    Ok(see_saying(&state, HERE, &Said::words(words)))
}

async fn note_use(state: State, visitor: Visitor, Path(id): Path<DiscountCodeId>, fields: Fields) -> Result<Response> {
    let (by, used) = (visitor.agent().id, fields.get("used") == "1");
    let of = state
        .write(move |tx| {
            let (of, _) = discount::find_code(tx, id)?.ok_or(Error::NotFound)?;
            if used {
                discount::mark_used(tx, id, by, world::now())?;
            } else {
                discount::unmark_used(tx, id)?;
            }
            Ok(of)
        })
        .await?;
    Ok(see_saying(&state, &format!("{HERE}/{of}"), &Said::words(if used { "Marked as used." } else { "Marked as not used." })))
}
