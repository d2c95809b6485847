//! The board of all returns: where each stands, how long it has been there, and what they are about.

use super::card::{own_shown, state_class};
use crate::database::Millis;
use crate::id::{ConversationId, ReturnId};
use crate::money::Amount;
use crate::return_request::board::{self, Card as Row};
use crate::return_request::fields::{self, OwnField, Value};
use crate::return_request::{State as Stands, own_field, request, words};
use crate::web::layout::{Shell, page};
use crate::web::present::{Clock, visible};
use crate::web::{Access, Result, Route, State, Visitor, get};
use askama::Template;
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![get("/returns", Access::Agent, show)]
}

/// The figures on top look back so far.
const MONTH: Millis = 30 * 24 * 60 * 60 * 1000;
const REASONS_SHOWN: usize = 5;

/// The columns, with the states that stand in each.
const COLUMNS: &[(&str, &str, &[Stands])] = &[
    ("awaiting_details", "Awaiting details", &[Stands::AwaitingDetails]),
    ("to_decide", "To decide", &[Stands::ToDecide]),
    ("on_its_way", "On its way back", &[Stands::Approved, Stands::OnItsWay]),
    ("to_refund", "To refund", &[Stands::Received, Stands::ToRefund]),
];

#[derive(Template)]
#[template(path = "returns/board.html")]
struct Page {
    shell: Shell,
    open: i64,
    to_decide_in: Option<String>,
    to_refund: String,
    reasons: Vec<(String, i64, i64)>,
    columns: Vec<Column>,
}

struct Column {
    id: &'static str,
    title: &'static str,
    cards: Vec<CardView>,
}

struct CardView {
    id: ReturnId,
    conversation: ConversationId,
    name: String,
    order: String,
    age: String,
    customer: String,
    item: String,
    reason: String,
    note: Option<(&'static str, String)>,
    amount: String,
    /// Fields that the owner wants to see here: label and value.
    own: Vec<(String, String)>,
}

async fn show(state: State, visitor: Visitor, clock: Clock) -> Result<Response> {
    let own = state.clone();
    let found = state
        .read(move |c| {
            let shell = Shell::read(c, &own, &visitor, "returns")?;
            let mailboxes = visitor.mailboxes();
            let tally = request::tally(c, mailboxes)?;
            let open = tally.iter().filter(|(state, _)| !state.is_closed()).map(|(_, n)| n).sum();
            let own_fields: Vec<OwnField> = own_field::all(c)?.into_iter().filter(|field| field.on_board).collect();
            let mut columns = Vec::new();
            let mut owed: Vec<Amount> = Vec::new();
            for (id, title, states) in COLUMNS {
                let cards = board::cards(c, states, mailboxes, board::CARDS_MAX)?;
                if *id == "to_refund" {
                    owed = cards.iter().filter_map(amount).collect();
                }
                columns.push(Column { id, title, cards: cards.iter().map(|card| view(card, &own_fields, &clock)).collect() });
            }
            let reasons = board::reasons(c, clock.now() - MONTH, mailboxes)?;
            let most = reasons.first().map_or(1, |(_, n)| *n).max(1);
            let reasons =
                reasons.into_iter().take(REASONS_SHOWN).map(|(code, n)| (words::choice(fields::REASON, &code, "en").to_owned(), n, n * 100 / most)).collect();
            let times = board::times_to_decide(c, clock.now() - MONTH)?;
            let to_decide_in = times.get(times.len() / 2).map(|median| clock.waited(clock.now() - median));
            Ok(Page { shell, open, to_decide_in, to_refund: sums(&owed), reasons, columns })
        })
        .await?;
    page(&found)
}

fn view(card: &Row, own: &[OwnField], clock: &Clock) -> CardView {
    let request = &card.request;
    let text = |field: &str| card.facts.get(field).map(|fact| fact.value.shown()).unwrap_or_default();
    let reason = card.facts.reason().map(|reason| words::choice(fields::REASON, reason.code(), "en").to_owned()).unwrap_or_default();
    let note = match request.state {
        Stands::AwaitingDetails if request.no_answer_at.is_some() => Some(("is-bad", "no answer".to_owned())),
        Stands::AwaitingDetails if request.asked > 1 => Some(("is-wait", "reminder sent".to_owned())),
        Stands::AwaitingDetails if request.asked == 1 => Some(("is-wait", "asked once".to_owned())),
        Stands::AwaitingDetails => None,
        Stands::ToDecide => request.judgement.as_ref().map(|j| {
            (
                if j.verdict == "within" {
                    "is-good"
                } else if j.verdict == "outside" {
                    "is-return"
                } else {
                    "is-wait"
                },
                verdict(&j.verdict),
            )
        }),
        state => Some((state_class(state), request.decided.as_ref().map_or(state.words(), |d| d.decision.words()).to_owned())),
    };
    CardView {
        id: request.id,
        conversation: request.conversation_id,
        name: request.name(),
        order: visible(&text(fields::ORDER_NUMBER)),
        age: clock.waited(request.state_at),
        customer: visible(&card.customer),
        item: visible(&text(fields::ITEM)),
        reason,
        note,
        amount: amount(card).map(|amount| amount.to_string()).unwrap_or_default(),
        own: own
            .iter()
            .filter_map(|field| Some((visible(words::own_label(field, "en")), visible(&own_shown(field, &card.facts.get(&field.key)?.value)))))
            .collect(),
    }
}

fn verdict(code: &str) -> String {
    match code {
        "within" => "within policy",
        "outside" => "outside policy",
        _ => "look",
    }
    .to_owned()
}

fn amount(card: &Row) -> Option<Amount> {
    card.request.decided.as_ref().and_then(|d| d.amount).or_else(|| match card.facts.certain(fields::AMOUNT) {
        Some(Value::Amount(amount)) => Some(*amount),
        _ => card.suggested,
    })
}

/// Sums by currency: they are not added up.
fn sums(owed: &[Amount]) -> String {
    let mut by: Vec<Amount> = Vec::new();
    for amount in owed {
        match by.iter_mut().find(|sum| sum.currency == amount.currency) {
            Some(sum) => sum.minor += amount.minor,
            None => by.push(*amount),
        }
    }
    by.iter().map(Amount::to_string).collect::<Vec<_>>().join(" + ")
}
