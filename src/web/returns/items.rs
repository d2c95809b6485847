//! Which pieces of the order come back and of which kind they are: what was derived, to be corrected by an agent, line by line.

use super::card::Card;
use super::show::{Line, change, load, show_again};
use crate::database::Reader;
use crate::desk::returns::{self, Standing};
use crate::id::ReturnId;
use crate::return_request::fields;
use crate::return_request::item::{self, OrderLineId};
use crate::web::present::{Clock, visible};
use crate::web::{Access, Fields, Path, Result, Route, State, Visitor, post};
use crate::world;
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![post("/returns/{id}/items", Access::Agent, choose)]
}

/// A line of the order, and how many of it come back.
pub struct Piece {
    pub line: OrderLineId,
    pub title: String,
    pub ordered: i64,
    pub price: String,
    pub quantity: String,
    /// As the policy calls it; empty: as its name has it.
    pub kind: String,
    pub complaint: Option<String>,
}

/// A kind is a word of the policy.
const KIND_CHARS_MAX: usize = 60;

pub fn pieces(c: &Reader, standing: &Standing) -> Result<Vec<Piece>> {
    let Some(order) = standing.request.order_id else { return Ok(Vec::new()) };
    let piece = |line: item::Item| {
        let chosen = standing.items.iter().find(|item| item.chosen.line.is_some() && item.chosen.line == line.chosen.line);
        Some(Piece {
            line: line.chosen.line?,
            title: visible(&line.chosen.title),
            ordered: line.ordered,
            price: line.unit.map(|unit| unit.to_string()).unwrap_or_default(),
            kind: visible(&line.kind),
            quantity: chosen.map_or(0, |item| item.chosen.quantity).to_string(),
            complaint: None,
        })
    };
    Ok(item::of_order(c, order)?.into_iter().filter_map(piece).collect())
}

/// What kind of item it is, of those that the policy names.
pub fn kind_line(standing: &Standing, card: &Card, kinds: &[String]) -> Option<Line> {
    let value = standing.facts.text(fields::ITEM_KIND).unwrap_or_default().to_owned();
    let mut choices: Vec<(String, String)> = kinds.iter().map(|kind| (kind.clone(), kind.clone())).collect();
    if !value.is_empty() && !kinds.contains(&value) {
        choices.push((value.clone(), value.clone()));
    }
    let because = card.facts.iter().find(|fact| fact.name == fields::ITEM_KIND).map(|fact| fact.because.clone()).unwrap_or_default();
    let line = Line { name: fields::ITEM_KIND.into(), label: "Kind of item".into(), kind: "choice", choices, value, because, certain: true, complaint: None };
    (!line.choices.is_empty()).then_some(line)
}

/// Takes what was chosen; a number that cannot be brings the page back with everything typed.
async fn choose(state: State, visitor: Visitor, clock: Clock, typed: Fields, Path(id): Path<ReturnId>) -> Result<Response> {
    if typed.get("do") == "words" {
        let words = "What comes back is as the customer’s words have it.";
        return change(&state, visitor, id, format!("/returns/{id}"), words, move |tx, by| returns::leave_to_words(tx, id, by, world::now())).await;
    }
    let mut shown = load(&state, visitor.clone(), clock, id).await?;
    let (mut wanted, mut kinds, mut as_it_was) = (Vec::new(), Vec::new(), true);
    for piece in &mut shown.pieces {
        if let Some(kind) = typed.all(&format!("kind_{}", piece.line)).next().filter(|kind| *kind != piece.kind) {
            kinds.push((piece.line, kind.to_owned()));
            piece.kind = kind.chars().take(KIND_CHARS_MAX).collect();
        }
        let said = typed.get(&format!("line_{}", piece.line)).to_owned();
        match if said.is_empty() { Ok(0) } else { said.parse::<i64>() } {
            Ok(quantity) if (0..=piece.ordered).contains(&quantity) => {
                as_it_was &= quantity.to_string() == piece.quantity;
                wanted.push((piece.line, quantity));
            }
            _ => piece.complaint = Some(format!("{} of it were ordered: write a number from 0 to {}.", piece.ordered, piece.ordered)),
        }
        piece.quantity = said.chars().take(20).collect();
    }
    shown.complaints = shown.pieces.iter().filter(|piece| piece.complaint.is_some()).count();
    if shown.complaints > 0 {
        return show_again(&shown);
    }
    // Who said only what kind they are chose no pieces.
    let only_kinds = as_it_was && !kinds.is_empty();
    let words = if only_kinds { "Saved: judged again by what kind it is." } else { "Saved: these pieces come back." };
    change(&state, visitor, id, format!("/returns/{id}"), words, move |tx, by| {
        for (line, kind) in &kinds {
            returns::set_kind(tx, id, *line, kind, by, world::now())?;
        }
        if only_kinds { Ok(()) } else { returns::choose_items(tx, id, &wanted, by, world::now()) }
    })
    .await
}
