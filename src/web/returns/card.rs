//! The card of a return beside its conversation: where it stands, what is known with the words it rests on, what the policy
//! says, and what can be done.

use super::hints::{HintView, hints};
use super::sender::{Sender, sender};
use super::stands::{self, deed, state_class, steps};
use crate::conversation::{Direction, message};
use crate::customer;
use crate::database::Reader;
use crate::desk::returns::{self, Standing};
use crate::email::Kind;
use crate::id::{ConversationId, ReturnId};
use crate::money::Amount;
use crate::return_request::fact::{Fact, Source};
use crate::return_request::fields::{self, OwnField, Value};
use crate::return_request::reading::Intent;
use crate::return_request::{Decision, Judgement, Request, State, item, own_field, request, words};
use crate::web::Result;
use crate::web::calls::{self, Button, CallView};
use crate::web::present::{Clock, visible};

/// Messages looked at for an offer: the newest that a customer wrote.
const LOOKED_AT: usize = 3;

pub struct Card {
    pub id: ReturnId,
    pub name: String,
    pub state: &'static str,
    pub state_class: &'static str,
    /// Of four steps, how many are done.
    pub steps: usize,
    pub facts: Vec<FactView>,
    /// "2 × “Low Tide” giclée", where the order is known; and what that costs.
    pub items: String,
    pub suggested: Option<Amount>,
    pub missing: Vec<String>,
    pub asked: i64,
    pub verdict: Option<VerdictView>,
    /// The policy agrees: approving is what happens next.
    pub within: bool,
    /// Decisions to choose from, the first as the main button.
    pub decisions: Vec<(&'static str, &'static str)>,
    pub can_ask: bool,
    /// States that a person may move it to by hand.
    pub moves: Vec<(&'static str, &'static str)>,
    pub sender: Sender,
    /// Money may move by a decision that is still to come.
    pub money_may_move: bool,
    pub decided: Option<String>,
    /// The newest call of each custom action, and those that are offered.
    pub calls: Vec<CallView>,
    pub buttons: Vec<Button>,
    /// What the customer says that changed nothing by itself.
    pub hints: Vec<HintView>,
    /// The conversation beside which it stands.
    pub beside: Option<ConversationId>,
}

/// What the policy says, with the clause and the facts it used.
pub struct VerdictView {
    pub class: &'static str,
    pub words: String,
    pub clause: String,
}

pub struct FactView {
    pub name: String,
    pub label: String,
    pub value: String,
    /// The words it rests on, and who said them.
    pub because: String,
    pub certain: bool,
}

/// A mail that looks like a return which nobody opened.
pub struct Offer {
    pub because: Vec<String>,
}

/// The card of the newest return of a conversation.
pub fn card(c: &Reader, id: ConversationId, clock: &Clock) -> Result<Option<Card>> {
    let Some(newest) = request::of_conversation(c, id)?.into_iter().next() else { return Ok(None) };
    let standing = returns::standing(c, newest.id)?;
    Ok(Some(Card { beside: Some(id), ..of(c, &standing, clock)? }))
}

pub fn of(c: &Reader, standing: &Standing, clock: &Clock) -> Result<Card> {
    let request = &standing.request;
    let own = own_field::all(c)?;
    let undecided = matches!(request.state, State::AwaitingDetails | State::ToDecide | State::Received);
    let money = |decision: &Decision| decision.moves_money();
    let offers = request.judgement.as_ref().map(|j| j.offers.clone()).filter(|offers| !offers.is_empty()).unwrap_or_else(|| vec![Decision::Refund]);
    let mut decisions: Vec<Decision> = if undecided { offers } else { Vec::new() };
    if undecided {
        decisions.extend(Decision::ALL.iter().filter(|d| **d != Decision::Decline).copied());
        let mut seen = Vec::new();
        decisions.retain(|d| {
            !seen.contains(d) && {
                seen.push(*d);
                true
            }
        });
    }
    // Once it was decided, what is missing holds nothing up, and approving is no longer what happens next.
    let open = undecided && request.decided.is_none();
    let missing: Vec<String> = standing.missing.iter().filter(|_| open).map(|field| label(field, &own)).collect();
    let (state_class, state) = stands::chip(request);
    let (calls, buttons) = calls::of_return(c, request, clock)?;
    Ok(Card {
        calls,
        buttons,
        hints: hints(c, standing)?,
        beside: None,
        id: request.id,
        name: request.name(),
        state,
        state_class,
        steps: steps(request.state),
        facts: facts(standing, &own, clock),
        items: visible(&item::named(&standing.items, ", ")),
        suggested: standing.suggested.filter(|worth| standing.facts.certain(fields::AMOUNT) != Some(&Value::Amount(*worth))),
        can_ask: !missing.is_empty(),
        missing,
        asked: request.asked,
        verdict: request.judgement.as_ref().filter(|_| undecided).map(verdict),
        within: open && request.judgement.as_ref().is_some_and(|j| j.verdict == "within"),
        decisions: decisions.iter().map(|d| (d.code(), d.words())).collect(),
        moves: moves(request).map(|state| (state.code(), deed(state))).collect(),
        sender: sender(c, request)?,
        money_may_move: undecided && decisions.iter().any(money),
        decided: request.decided.as_ref().map(|d| format!("{}{}", d.decision.words(), d.amount.map_or(String::new(), |amount| format!(", {amount}")))),
    })
}

/// Where a person may move it: once decided, it ends as was decided or is withdrawn. Declining is a decision.
fn moves(request: &Request) -> impl Iterator<Item = State> {
    let (is, ends) = (request.state, request.decided.as_ref().map(|decided| decided.decision.ends_as()));
    let fits = move |next: State| !next.is_closed() || next == State::Withdrawn || ends.is_none_or(|ends| ends == next);
    State::ALL.iter().copied().filter(move |next| is.may_become(*next) && *next != State::Declined && fits(*next))
}

fn facts(standing: &Standing, own: &[OwnField], clock: &Clock) -> Vec<FactView> {
    let names: Vec<&str> = fields::BUILT_IN.iter().map(|(name, _)| *name).chain(own.iter().map(|field| field.key.as_str())).collect();
    let order = |field: &str| names.iter().position(|name| *name == field).unwrap_or(usize::MAX);
    // Beside a number it says nothing more.
    let has_number = standing.facts.certain(fields::ORDER_NUMBER).is_some();
    let mut known: Vec<&Fact> = standing.facts.0.iter().filter(|fact| !has_number || fact.field != fields::ORDERED_AS).collect();
    known.sort_by_key(|fact| order(&fact.field));
    known.into_iter().map(|fact| view(fact, own, clock)).collect()
}

fn view(fact: &Fact, own: &[OwnField], clock: &Clock) -> FactView {
    let value = match &fact.value {
        Value::Text(code) => match own.iter().find(|own| own.key == fact.field) {
            Some(own) => own_shown(own, &fact.value),
            None if fact.field == fields::ORDERED_AS => format!("they do not have the number; under {code}"),
            None => words::choice(&fact.field, code, "en").to_owned(),
        },
        Value::Date(day) => match (clock.today() - *day).get_days() {
            0 => format!("{}, today", fact.value.shown()),
            1 => format!("{}, yesterday", fact.value.shown()),
            days if days > 1 => format!("{}, {days} days ago", fact.value.shown()),
            _ => fact.value.shown(),
        },
        other => other.shown(),
    };
    let because = match fact.source {
        Source::Agent => "set by an agent".to_owned(),
        Source::Order => format!("known from {}", visible(&fact.sentence)),
        Source::Form => "filled in on the form".to_owned(),
        Source::Mail if fact.sentence.is_empty() => String::new(),
        Source::Mail => format!("“{}”", visible(&fact.sentence)),
    };
    FactView { name: fact.field.clone(), label: short_label(&fact.field, own), value: visible(&value), because, certain: fact.certain }
}

/// A word that fits beside the value.
fn short_label(field: &str, own: &[OwnField]) -> String {
    match field {
        fields::ORDER_NUMBER | fields::ORDERED_AS => "Order".into(),
        fields::ITEM_KIND => "Kind".into(),
        fields::DELIVERED_ON => "Delivered".into(),
        fields::REASON => "Reason".into(),
        fields::WISH => "Wants".into(),
        fields::AMOUNT => "Paid".into(),
        other => label(other, own).trim_end_matches(':').to_owned(),
    }
}

/// The value of an owner's field as agents read it.
pub fn own_shown(field: &OwnField, value: &Value) -> String {
    match value {
        Value::Text(code) => words::own_choice(field, code, "en").to_owned(),
        other => other.shown(),
    }
}

fn label(field: &str, own: &[OwnField]) -> String {
    own.iter().find(|own| own.key == field).map_or_else(|| words::label(field, "en"), |own| words::own_label(own, "en")).to_owned()
}

fn verdict(judgement: &Judgement) -> VerdictView {
    let says = match judgement.verdict.as_str() {
        "within" => "Within policy",
        "outside" => "Outside policy",
        _ => "A person must look",
    };
    let words = if judgement.words.is_empty() { says.to_owned() } else { format!("{says}: {}", visible(judgement.words.trim_end_matches('.'))) };
    VerdictView { class: verdict_class(&judgement.verdict), words, clause: visible(&judgement.clause) }
}

/// Green is within, terracotta outside; amber: a person must look.
pub fn verdict_class(verdict: &str) -> &'static str {
    match verdict {
        "within" => "is-good",
        "outside" => "is-return",
        _ => "is-wait",
    }
}

/// "Return · to decide", for a row of the inbox.
pub fn chip(c: &Reader, id: ConversationId) -> Result<Option<(&'static str, String)>> {
    let newest = request::of_conversation(c, id)?.into_iter().next().filter(|request| !request.state.is_closed());
    Ok(newest.map(|request| (state_class(request.state), format!("Return · {}", request.state.words()))))
}

/// What the newest mails say, where no return was opened.
pub fn offer(c: &Reader, id: ConversationId) -> Result<Option<Offer>> {
    if !request::of_conversation(c, id)?.is_empty() {
        return Ok(None);
    }
    let messages = message::of_conversation(c, id)?;
    for message in messages.iter().rev().filter(|m| m.direction == Direction::Inbound && m.kind == Kind::Person).take(LOOKED_AT) {
        if let Some(reading) = returns::read_again(c, message.id)?.filter(|reading| reading.intent == Intent::Return) {
            return Ok(Some(Offer { because: reading.because.iter().map(|words| visible(words)).collect() }));
        }
    }
    Ok(None)
}

/// Who asks, for the page that decides.
pub fn customer_name(c: &Reader, request: &Request) -> Result<String> {
    Ok(customer::find(c, request.customer_id)?.map(|customer| customer.shown().to_owned()).unwrap_or_default())
}
