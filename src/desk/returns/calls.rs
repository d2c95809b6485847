//! What is called for a return: a button, a state that it comes to, a webhook that hears of it, a look-up of its order. Wanted in the
//! transaction of what causes it; what became of a call is taken up here, too.

use super::decide::above_limit;
use super::record::{self, note};
use crate::action::answer::{Answer, Fate, Outcome};
use crate::action::call::{self, Call, Wanted};
use crate::action::{self, Action, ActionId, CallId, Event, Facts, Kind, Then, look_up};
use crate::agent::Agent;
use crate::conversation::event::EventId;
use crate::database::{Millis, Reader, Writer};
use crate::desk::{Error, Result};
use crate::id::AgentId;
use crate::order::{self, Source, outside};
use crate::return_request::fact;
use crate::return_request::fields::{self, Value};
use crate::return_request::{Happened, Request, ReturnId, State, request};
use crate::{conversation, customer, setting};

/// Different order numbers of one return that are looked up: a customer who writes more than that is guessing.
const LOOK_UPS_MAX: usize = 5;
/// Occasions of a kind begin alike.
const BY_STATE: &str = "state ";
const BY_EVENT: &str = "event ";
const BY_ORDER: &str = "order ";

/// The return has come to stand somewhere: what the owner wants called then is called, and webhooks hear of it.
pub(super) fn fire(tx: &Writer, id: ReturnId, is: State, by: Option<AgentId>, now: Millis) -> Result<()> {
    let actions = action::all(tx)?;
    if actions.is_empty() {
        return Ok(());
    }
    let request = found(tx, id)?;
    let decision = request.decided.as_ref().map(|decided| decided.decision);
    let due_at = due(tx, by, now)?;
    for action in actions.iter().filter(|a| a.kind == Kind::Call && a.definition.fired_by == Some(is) && a.fits(decision)) {
        let facts = facts(tx, &request)?;
        let occasion = format!("{BY_STATE}{}", is.code());
        let wanted = Wanted { action: action.id, return_id: id, occasion: &occasion, facts: &facts, by, due_at };
        if let Some(call) = call::want(tx, &wanted, now)? {
            note(tx, id, by, Happened::CallWanted { call, action: action.name.clone(), at: Some(is) }, now)?;
        }
    }
    if let Some(event) = event_of(is) {
        tell(tx, &request, event, by, now)?;
    }
    Ok(())
}

/// Webhooks that want to hear of it are told.
pub(super) fn tell(tx: &Writer, request: &Request, event: Event, by: Option<AgentId>, now: Millis) -> Result<()> {
    for webhook in action::all(tx)?.iter().filter(|a| a.kind == Kind::Webhook && a.definition.events.contains(&event)) {
        let mut told = Facts::new();
        told.insert("event".into(), format!("return.{}", event.code()).into());
        told.insert("at".into(), jiff::Timestamp::from_millisecond(now).map(|at| at.to_string()).unwrap_or_default().into());
        told.insert("return".into(), serde_json::Value::Object(facts(tx, request)?));
        let occasion = format!("{BY_EVENT}{} {now}", event.code());
        let wanted = Wanted { action: webhook.id, return_id: request.id, occasion: &occasion, facts: &told, by, due_at: due(tx, by, now)? };
        call::want(tx, &wanted, now)?;
    }
    Ok(())
}

fn event_of(state: State) -> Option<Event> {
    match state {
        State::AwaitingDetails => None,
        State::ToDecide => Some(Event::Complete),
        State::Approved => Some(Event::Approved),
        State::OnItsWay => Some(Event::OnItsWay),
        State::Received => Some(Event::Received),
        State::ToRefund => Some(Event::ToRefund),
        State::Refunded | State::Replaced | State::Credited | State::Declined | State::Withdrawn => Some(Event::Closed),
    }
}

/// What a person causes waits as long as their reply, so that both can be taken back.
fn due(c: &Reader, by: Option<AgentId>, now: Millis) -> Result<Millis> {
    Ok(if by.is_some() { now + setting::undo_window(c)? } else { now })
}

/// What caused calls is taken back: those that wait are cancelled. One that has begun stands in the way; a webhook is told the contrary.
pub(super) fn take_back(tx: &Writer, request: &Request, by: Option<AgentId>, now: Millis) -> Result<()> {
    let mut told = false;
    for call in call::of_return(tx, request.id)?.into_iter().filter(|call| call.created_at >= request.state_at && call.counts()) {
        let fired = call.occasion.starts_with(BY_STATE);
        if !fired && !call.occasion.starts_with(BY_EVENT) || call::cancel(tx, call.id, by, now)? {
            continue;
        }
        if fired {
            return Err(Error::Refused(format!("“{}” has been called already: this cannot be undone any more.", call.action)));
        }
        told = true;
    }
    if told {
        tell(tx, request, Event::TakenBack, by, now)?;
    }
    Ok(())
}

/// An agent presses a button. `seen` is how many calls of it the page showed: a second press of the same page changes nothing.
pub fn press(tx: &Writer, id: ReturnId, action: ActionId, seen: usize, by: &Agent, now: Millis) -> Result<EventId> {
    let request = found(tx, id)?;
    let action = action::find(tx, action)?.filter(|a| a.kind == Kind::Call && a.definition.button);
    let action = action.ok_or_else(|| Error::Refused("This action is not offered any more.".into()))?;
    if !action.fits(request.decided.as_ref().map(|decided| decided.decision)) {
        return Err(Error::Refused(format!("“{}” is not for this decision.", action.name)));
    }
    let facts = facts(tx, &request)?;
    if request.decided.is_none() && !by.is_owner() && stated(tx, id)?.is_some_and(|amount| above_limit(tx, amount).unwrap_or(true)) {
        return Err(Error::Refused("The amount is above what agents decide alone: an owner has to agree.".into()));
    }
    let earlier: Vec<Call> = call::of_return(tx, id)?.into_iter().filter(|call| call.action_id == action.id && call.counts()).collect();
    if earlier.iter().any(|call| matches!(call.state, call::State::Waiting | call::State::Sending)) {
        return Err(Error::Refused(format!("“{}” is being called already.", action.name)));
    }
    let moved_on = || Error::Refused(format!("“{}” was called meanwhile: look at what came of it.", action.name));
    if earlier.len() != seen {
        return Err(moved_on());
    }
    let occasion = format!("button {seen}");
    let wanted = Wanted { action: action.id, return_id: id, occasion: &occasion, facts: &facts, by: Some(by.id), due_at: due(tx, Some(by.id), now)? };
    let call = call::want(tx, &wanted, now)?.ok_or_else(moved_on)?;
    record::note_event(tx, id, Some(by.id), Happened::CallWanted { call, action: action.name, at: None }, now)
}

/// Takes a press back.
pub(super) fn unpress(tx: &Writer, call: CallId, by: AgentId, now: Millis) -> Result<()> {
    let waits_no_more = call::find(tx, call)?.is_none_or(|call| !call.counts());
    if waits_no_more || call::cancel(tx, call, Some(by), now)? {
        return Ok(());
    }
    Err(Error::Refused("It has been called already: this cannot be undone any more.".into()))
}

/// The customer named an order that nobody knows: those who may know it are asked, once for each number.
pub(super) fn look_up(tx: &Writer, request: &Request, now: Millis) -> Result<()> {
    let asked: Vec<Action> = action::all(tx)?.into_iter().filter(|a| a.kind == Kind::LookUp).collect();
    if asked.is_empty() || request.order_id.is_some() || request.state.is_closed() {
        return Ok(());
    }
    let known = fact::of(tx, request.id)?;
    let Some(number) = known.text(fields::ORDER_NUMBER).map(order::key).filter(|key| !key.is_empty()) else { return Ok(()) };
    let mut numbers: Vec<String> = call::of_return(tx, request.id)?.into_iter().map(|call| call.occasion).filter(|o| o.starts_with(BY_ORDER)).collect();
    numbers.sort();
    numbers.dedup();
    let occasion = format!("{BY_ORDER}{number}");
    if numbers.len() >= LOOK_UPS_MAX && !numbers.contains(&occasion) {
        return Ok(());
    }
    for action in asked {
        let facts = facts(tx, request)?;
        call::want(tx, &Wanted { action: action.id, return_id: request.id, occasion: &occasion, facts: &facts, by: None, due_at: now }, now)?;
    }
    Ok(())
}

/// What placeholders stand for, as of now.
pub fn facts(c: &Reader, request: &Request) -> Result<Facts> {
    let known = fact::of(c, request.id)?;
    let mut facts = Facts::new();
    let mut put = |name: &str, value: Option<serde_json::Value>| {
        if let Some(value) = value {
            facts.insert(name.to_owned(), value);
        }
    };
    for fact in known.0.iter().filter(|fact| fact.certain && fact.field != fields::AMOUNT) {
        put(&fact.field, Some(fact.value.as_json()));
    }
    put("return", Some(request.name().into()));
    put("state", Some(request.state.code().into()));
    put("language", Some(request.language.as_str().into()));
    put("verdict", request.judgement.as_ref().map(|j| j.verdict.as_str().into()));
    put("decision", request.decided.as_ref().map(|decided| decided.decision.code().into()));
    // What was decided counts, and nothing else once something was: a refund must not be what the customer said it is.
    let amount = match &request.decided {
        Some(decided) => decided.amount,
        None => stated(c, request.id)?,
    };
    put("amount", amount.map(|amount| amount.digits().into()));
    put("amount_minor", amount.map(|amount| amount.minor.into()));
    put("currency", amount.and_then(|amount| amount.currency).map(|currency| currency.as_str().into()));
    let customer = customer::find(c, request.customer_id)?;
    put("name", customer.as_ref().map(|customer| customer.shown().into()));
    let author = conversation::message::find(c, request.message_id)?.map(|message| message.from_address.to_lowercase());
    put("email", author.map(Into::into));
    for (name, value) in request.order_id.map(|order| outside::of(c, order)).transpose()?.unwrap_or_default() {
        put(&name, Some(value.into()));
    }
    Ok(facts)
}

fn stated(c: &Reader, id: ReturnId) -> Result<Option<crate::money::Amount>> {
    Ok(match fact::of(c, id)?.certain(fields::AMOUNT) {
        Some(Value::Amount(amount)) => Some(*amount),
        _ => None,
    })
}

/// What became of a call: written down, told in the timeline where it ends, and followed by what the owner wants.
pub fn called(tx: &Writer, id: CallId, outcome: &Outcome, answer: Option<&Answer>, now: Millis) -> Result<()> {
    let call = call::find(tx, id)?.filter(|call| call.state == call::State::Sending);
    let Some(call) = call else { return Ok(()) };
    let action = action::find(tx, call.action_id)?;
    let mut outcome = outcome.clone();
    if let (Some(action), Some(answer), Fate::Done) = (action.as_ref().filter(|a| a.kind == Kind::LookUp), answer, outcome.fate)
        && let Err(words) = learn(tx, action, &call, answer, now)?
    {
        outcome = Outcome { fate: Fate::Refused, words, ..outcome };
    }
    let repeatable = action.as_ref().is_some_and(Action::is_repeatable);
    let state = call::settle(tx, &call, repeatable, &outcome, now)?;
    let words = call::find(tx, id)?.map(|call| call.words).unwrap_or_default();
    match state {
        call::State::Done => succeeded(tx, &call, action.as_ref(), &words, &outcome.reference, None, now),
        call::State::Failed | call::State::Uncertain => {
            let uncertain = state == call::State::Uncertain;
            note(tx, call.return_id, None, Happened::CallFailed { call: id, action: call.action, words, uncertain }, now)
        }
        _ => Ok(()),
    }
}

/// The order that was asked for becomes known, and the return is matched and judged again.
fn learn(tx: &Writer, action: &Action, call: &Call, answer: &Answer, now: Millis) -> Result<std::result::Result<(), String>> {
    let number = call.facts.get(fields::ORDER_NUMBER).and_then(|number| number.as_str()).unwrap_or_default();
    let found = match look_up::read(&action.definition, number, &answer.body) {
        Ok(found) => found,
        Err(words) => return Ok(Err(words)),
    };
    let order = order::learn(tx, &found.news, Source::Lookup, now)?;
    outside::learn(tx, order, &found.references)?;
    record::settle(tx, call.return_id, None, now)?;
    Ok(Ok(()))
}

fn succeeded(tx: &Writer, call: &Call, action: Option<&Action>, words: &str, reference: &str, by: Option<AgentId>, now: Millis) -> Result<()> {
    if call.kind == Kind::Webhook {
        return Ok(()); // the log says so; the timeline is for people
    }
    let happened = Happened::Called { call: call.id, action: call.action.clone(), words: words.to_owned(), reference: reference.to_owned() };
    note(tx, call.return_id, by, happened, now)?;
    let request = found(tx, call.return_id)?;
    let ends = request.decided.as_ref().map(|decided| decided.decision.ends_as());
    let is = match action.and_then(|action| action.definition.then) {
        None => return Ok(()),
        Some(Then::AsDecided) => ends,
        Some(Then::To(state)) => Some(state),
    };
    if let Some(is) = is.filter(|is| request.state.may_become(*is)) {
        record::stand(tx, &request, is, by, now)?;
        note(tx, request.id, by, Happened::Moved { was: request.state, is, why: format!("“{}” was done.", call.action) }, now)?;
    }
    Ok(())
}

/// A person wants a call tried once more.
pub fn try_again(tx: &Writer, id: CallId, now: Millis) -> Result<()> {
    let call = existing(tx, id)?;
    if call.removed {
        return Err(Error::Refused("This action was removed: it cannot be called any more.".into()));
    }
    if !call::try_again(tx, &call, now)? {
        return Err(Error::Refused("There is nothing to try again.".into()));
    }
    Ok(())
}

/// A person looked: it was done over there, or it is to be left as it is.
pub fn settle_by_hand(tx: &Writer, id: CallId, done: bool, by: AgentId, now: Millis) -> Result<()> {
    let call = existing(tx, id)?;
    if !call::settle_by_hand(tx, &call, done, by, now)? {
        return Err(Error::Refused("There is nothing to decide any more.".into()));
    }
    if done {
        let action = action::find(tx, call.action_id)?;
        succeeded(tx, &call, action.as_ref(), "marked as done", &call.reference, Some(by), now)?;
    }
    Ok(())
}

fn existing(tx: &Writer, id: CallId) -> Result<Call> {
    call::find(tx, id)?.ok_or_else(|| Error::Refused("This call does not exist.".into()))
}

fn found(tx: &Reader, id: ReturnId) -> Result<Request> {
    request::find(tx, id)?.ok_or_else(|| Error::Refused("This return does not exist.".into()))
}
