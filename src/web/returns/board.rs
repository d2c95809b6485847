//! The board of all returns: where each stands, how long it has been there, and what they are about.

use super::card::{own_shown, verdict_class};
use super::filter::{Asked, DAY};
use super::stands::{self, state_class};
use crate::database::{Millis, Reader};
use crate::id::{ConversationId, MailboxId, ReturnId};
use crate::money::Amount;
use crate::order;
use crate::return_request::board::{self, Card as Row, Filter, Order};
use crate::return_request::fields::{self, OwnField, Value};
use crate::return_request::{Judgement, State as Stands, own_field, request, words};
use crate::web::ask::Ask;
use crate::web::layout::{Shell, page};
use crate::web::present::{Clock, visible};
use crate::web::{Access, Result, Route, State, Visitor, get};
use askama::Template;
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![get("/returns", Access::Agent, show), get("/returns/closed", Access::Agent, closed)]
}

/// The figures on top look back so far.
const MONTH: Millis = 30 * DAY;
const REASONS_SHOWN: usize = 5;
/// Closed returns on one page; the table has them all.
const CLOSED_SHOWN: usize = 100;

/// The columns, with the states that stand in each.
const COLUMNS: &[(&str, &str, &[Stands])] = &[
    ("awaiting_details", "Awaiting details", &[Stands::AwaitingDetails]),
    ("to_decide", "To decide", &[Stands::ToDecide]),
    ("on_its_way", "On its way back", &[Stands::Approved, Stands::OnItsWay]),
    ("to_refund", "To refund", OWED),
];
/// Something is owed to the customer.
const OWED: &[Stands] = &[Stands::Received, Stands::ToRefund];
const CLOSED: &[Stands] = &[Stands::Refunded, Stands::Replaced, Stands::Credited, Stands::Declined, Stands::Withdrawn];

#[derive(Template)]
#[template(path = "returns/board.html")]
struct Page {
    shell: Shell,
    asked: Asked,
    figures: Vec<(String, &'static str)>,
    reasons: Vec<(&'static str, String, i64, i64)>,
    closed: i64,
    columns: Vec<Column>,
    /// A filter is set, and no open return is like that.
    unmatched: bool,
}

#[derive(Template)]
#[template(path = "returns/closed.html")]
struct Closed {
    shell: Shell,
    asked: Asked,
    cards: Vec<CardView>,
    more: bool,
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

async fn show(state: State, visitor: Visitor, clock: Clock, ask: Ask) -> Result<Response> {
    let own = state.clone();
    let asked = Asked::of(&ask);
    let found = state
        .read(move |c| {
            let shell = Shell::read(c, &own, &visitor, "returns")?;
            let mailboxes = visitor.mailboxes();
            let own_fields = own_field::on_board(c)?;
            let mut columns = Vec::new();
            for (id, title, states) in COLUMNS {
                let cards = board::cards(c, states, mailboxes, &asked.filter, Order::LongestWaiting, board::CARDS_MAX)?;
                columns.push(Column { id, title, cards: cards.iter().map(|card| view(card, &own_fields, &clock)).collect() });
            }
            let figures = figures(c, mailboxes, &clock)?;
            let closed = request::tally(c, mailboxes)?.iter().filter(|(state, _)| state.is_closed()).map(|(_, n)| n).sum();
            let unmatched = !asked.filter.says_nothing() && columns.iter().all(|column: &Column| column.cards.is_empty());
            Ok(Page { shell, unmatched, asked, figures, reasons: reasons(c, mailboxes, &clock)?, closed, columns })
        })
        .await?;
    page(&found)
}

/// What the owner asks first of all returns, whatever the filter shows: a number and what it counts.
fn figures(c: &Reader, mailboxes: Option<&[MailboxId]>, clock: &Clock) -> Result<Vec<(String, &'static str)>> {
    let since = clock.now() - MONTH;
    let open: i64 = request::tally(c, mailboxes)?.iter().filter(|(state, _)| !state.is_closed()).map(|(_, n)| n).sum();
    let mut figures = vec![(open.to_string(), "open")];
    let times = board::times_to_decide(c, since, mailboxes)?;
    figures.extend(times.get(times.len() / 2).map(|median| (clock.lasted(*median), "median time to decide")));
    let sold = order::count_since(c, clock.day(since))?;
    if sold > 0 {
        let tenths = board::opened(c, &Filter::between(since, Millis::MAX), mailboxes)? * 1000 / sold;
        figures.push((format!("{}.{} %", tenths / 10, tenths % 10), "of orders, 30 days"));
    }
    let owed = board::cards(c, OWED, mailboxes, &Filter::default(), Order::LongestWaiting, board::CARDS_MAX)?;
    let owed: Vec<Amount> = owed.iter().filter_map(amount).collect();
    if !owed.is_empty() {
        figures.push((sums(&owed), "to refund"));
    }
    Ok(figures)
}

/// The commonest reasons of the month: code, words, how often, and how often of the commonest in percent.
fn reasons(c: &Reader, mailboxes: Option<&[MailboxId]>, clock: &Clock) -> Result<Vec<(&'static str, String, i64, i64)>> {
    let counted = board::counted(c, fields::REASON, &Filter::between(clock.now() - MONTH, Millis::MAX), mailboxes)?;
    let most = counted.first().map_or(1, |(_, n)| *n).max(1);
    let known = counted.into_iter().filter_map(|(code, n)| Some((crate::return_request::Reason::from_code(&code)?.code(), n)));
    Ok(known.take(REASONS_SHOWN).map(|(code, n)| (code, words::choice(fields::REASON, code, "en").to_owned(), n, n * 100 / most)).collect())
}

async fn closed(state: State, visitor: Visitor, clock: Clock, ask: Ask) -> Result<Response> {
    let own = state.clone();
    let asked = Asked::of(&ask);
    let found = state
        .read(move |c| {
            let shell = Shell::read(c, &own, &visitor, "returns")?;
            let mut cards = board::cards(c, CLOSED, visitor.mailboxes(), &asked.filter, Order::Newest, CLOSED_SHOWN + 1)?;
            let more = cards.len() > CLOSED_SHOWN;
            cards.truncate(CLOSED_SHOWN);
            let own_fields = own_field::on_board(c)?;
            Ok(Closed { shell, asked, cards: cards.iter().map(|card| view(card, &own_fields, &clock)).collect(), more })
        })
        .await?;
    page(&found)
}

fn view(card: &Row, own: &[OwnField], clock: &Clock) -> CardView {
    let request = &card.request;
    let text = |field: &str| card.facts.get(field).map(|fact| fact.value.shown()).unwrap_or_default();
    let reason = card.facts.reason().map(|reason| words::choice(fields::REASON, reason.code(), "en").to_owned()).unwrap_or_default();
    CardView {
        id: request.id,
        conversation: request.conversation_id,
        name: request.name(),
        order: visible(&text(fields::ORDER_NUMBER)),
        age: clock.waited(request.state_at),
        customer: visible(&card.customer),
        item: visible(&text(fields::ITEM)),
        reason,
        note: note(request),
        amount: amount(card).map(|amount| amount.to_string()).unwrap_or_default(),
        own: own
            .iter()
            .filter_map(|field| Some((visible(words::own_label(field, "en")), visible(&own_shown(field, &card.facts.get(&field.key)?.value)))))
            .collect(),
    }
}

/// The one thing to know about it where it stands.
fn note(request: &request::Request) -> Option<(&'static str, String)> {
    let decision = || request.decided.as_ref().map(|decided| decided.decision.words().to_owned());
    match request.state {
        Stands::AwaitingDetails if request.no_answer_at.is_some() => Some(("is-bad", "no answer".into())),
        Stands::AwaitingDetails if request.asked > 1 => Some(("is-wait", "reminder sent".into())),
        Stands::AwaitingDetails if request.asked == 1 => Some(("is-wait", "asked once".into())),
        Stands::AwaitingDetails => None,
        Stands::ToDecide => request.judgement.as_ref().map(|judgement| (verdict_class(&judgement.verdict), verdict(judgement))),
        Stands::Received => Some(stands::chip(request)).map(|(class, words)| (class, words.to_owned())),
        Stands::ToRefund if request.received_as_expected.is_some() => Some(("is-good", "received".into())),
        Stands::ToRefund if request.decided.as_ref().is_some_and(|decided| !decided.comes_back) => Some(("is-good", "no return needed".into())),
        Stands::Approved | Stands::OnItsWay | Stands::ToRefund => decision().map(|words| (state_class(request.state), words)),
        closed => Some((state_class(closed), closed.words().to_owned())),
    }
}

/// "within policy", or the fact that stands against it.
fn verdict(judgement: &Judgement) -> String {
    match (judgement.verdict.as_str(), judgement.because.as_str()) {
        ("within", _) => "within policy".into(),
        ("outside", "") => "outside policy".into(),
        (_, "") => "look".into(),
        (_, because) => because.to_owned(),
    }
}

fn amount(card: &Row) -> Option<Amount> {
    card.request.decided.as_ref().and_then(|d| d.amount).or_else(|| match card.facts.certain(fields::AMOUNT) {
        Some(Value::Amount(amount)) => Some(*amount),
        _ => card.suggested,
    })
}

/// Sums by currency: they are not added up.
pub fn sums(owed: &[Amount]) -> String {
    let mut by: Vec<Amount> = Vec::new();
    for amount in owed {
        match by.iter_mut().find(|sum| sum.currency == amount.currency) {
            Some(sum) => sum.minor = sum.minor.saturating_add(amount.minor),
            None => by.push(*amount),
        }
    }
    by.iter().map(Amount::to_string).collect::<Vec<_>>().join(" + ")
}

#[cfg(test)]
mod tests {
    use super::sums;
    use crate::money::{Amount, Currency};

    #[test]
    fn sums_stand_apart_by_currency_and_no_sum_is_too_large_to_show() {
        let [euro, dollar] = ["EUR", "USD"].map(Currency::parse);
        let of = |minor, currency| Amount::new(minor, currency);
        assert_eq!(sums(&[of(6800, euro), of(100, dollar), of(200, euro)]), "€70.00 + $1.00");
        assert_eq!(sums(&[of(i64::MAX, euro), of(1, euro)]), sums(&[of(i64::MAX, euro)]));
    }
}
