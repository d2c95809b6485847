//! What is called for a return: a button, a state that it comes to, a webhook that hears of it, a look-up of its order. Wanted in the
//! transaction of what causes it, once for each occasion.

use super::agreed::{agreed, agreed_at_fire};
use super::order as orders;
use super::record::{note, note_event};
use super::sum::stated;
use crate::action::call::{self, Call, Wanted};
use crate::action::{self, Action, ActionId, CallId, Event, Facts, Kind};
use crate::agent::Agent;
use crate::conversation::event::EventId;
use crate::database::{Millis, Reader, Writer};
use crate::desk::{Error, Result};
use crate::id::AgentId;
use crate::order::{self, outside};
use crate::return_request::fact;
use crate::return_request::fields;
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
    let due_at = due(tx, by, now)?;
    for action in actions.iter().filter(|a| a.kind == Kind::Call && a.definition.fired_by == Some(is) && a.fits(&request)) {
        let refused = match agreed_at_fire(tx, &request, action, by) {
            Err(Error::Refused(why)) if by.is_none() => Some(why),
            checked => checked.map(|()| None)?,
        };
        let facts = facts(tx, &request)?;
        let occasion = format!("{BY_STATE}{}", is.code());
        let wanted = Wanted { action: action.id, return_id: id, occasion: &occasion, facts: &facts, by, due_at };
        // One that surely was not done makes room for what is wanted now: another decision has another sum.
        for earlier in call::of_return(tx, id)?.iter().filter(|call| call.action_id == action.id && call.occasion == occasion) {
            call::cancel(tx, earlier.id, by, now)?;
        }
        if let Some(call) = call::want(tx, &wanted, now)? {
            note(tx, id, by, Happened::CallWanted { call, action: action.name.clone(), at: Some(is) }, now)?;
            // Nobody is there to be refused: what came stays, and the call waits for an owner.
            if let Some(words) = refused {
                call::hold(tx, call, &words)?;
                note(tx, id, by, Happened::CallFailed { call, action: action.name.clone(), words, uncertain: false }, now)?;
            }
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

/// What caused calls since then is taken back: those that wait are cancelled. One that has begun stands in the way; a webhook is told the
/// contrary.
pub(super) fn take_back(tx: &Writer, request: &Request, since: Millis, by: Option<AgentId>, now: Millis) -> Result<()> {
    let mut told = false;
    for call in call::of_return(tx, request.id)?.into_iter().filter(|call| call.created_at >= since && call.counts()) {
        let fired = call.occasion.starts_with(BY_STATE);
        if !fired && !call.occasion.starts_with(BY_EVENT) || call::cancel(tx, call.id, by, now)? {
            continue;
        }
        if fired {
            return Err(Error::Refused(called_already(&call.action)));
        }
        told = true;
    }
    if told {
        tell(tx, request, Event::TakenBack, by, now)?;
    }
    Ok(())
}

fn called_already(action: &str) -> String {
    format!("“{action}” has been called already, and undoing this would not bring that back. Put it right over there and leave a note about it.")
}

/// What a call that was done has set at that moment stands: money may have moved.
pub(super) fn refuse_if_set_by_one(tx: &Writer, id: ReturnId, at: Millis) -> Result<()> {
    let set_by = |call: &Call| call.kind == Kind::Call && call.state == call::State::Done && call.settled_at == Some(at);
    match call::of_return(tx, id)?.into_iter().find(set_by) {
        Some(call) => Err(Error::Refused(called_already(&call.action))),
        None => Ok(()),
    }
}

/// The decision would have this called, and it is not: it was done for an earlier one, and nothing is done twice by itself.
pub fn is_left_out(action: &Action, request: &Request, calls: &[Call]) -> bool {
    let Some(decided) = &request.decided else { return false };
    let fires = action.definition.fired_by == Some(request.state) && action.fits(request);
    let newest = calls.iter().rfind(|call| call.action_id == action.id && call.counts());
    fires && newest.is_some_and(|call| call.created_at < decided.at && call.state == call::State::Done)
}

/// An agent presses a button. `seen` is how many calls of it the page showed: a second press of the same page changes nothing.
pub fn press(tx: &Writer, id: ReturnId, action: ActionId, seen: usize, by: &Agent, now: Millis) -> Result<EventId> {
    let request = found(tx, id)?;
    let calls = call::of_return(tx, id)?;
    let offered = |a: &Action| a.kind == Kind::Call && (a.definition.button || is_left_out(a, &request, &calls));
    let action = action::find(tx, action)?.filter(offered);
    let action = action.ok_or_else(|| Error::Refused("This action is not offered any more.".into()))?;
    if let Some(why) = action.misfit(&request) {
        return Err(Error::Refused(why));
    }
    let facts = facts(tx, &request)?;
    agreed(tx, &request, &action, by)?;
    let earlier: Vec<Call> = calls.into_iter().filter(|call| call.action_id == action.id && call.counts()).collect();
    if earlier.iter().any(|call| matches!(call.state, call::State::Waiting | call::State::Sending)) {
        return Err(Error::Refused(format!("“{}” is being called already.", action.name)));
    }
    if earlier.iter().any(Call::is_in_trouble) {
        return Err(Error::Refused(format!("“{}” did not work: try that call again, or say what became of it.", action.name)));
    }
    let moved_on = || Error::Refused(format!("“{}” was called meanwhile: look at what came of it.", action.name));
    if earlier.len() != seen {
        return Err(moved_on());
    }
    let occasion = format!("button {seen}");
    let wanted = Wanted { action: action.id, return_id: id, occasion: &occasion, facts: &facts, by: Some(by.id), due_at: due(tx, Some(by.id), now)? };
    let call = call::want(tx, &wanted, now)?.ok_or_else(moved_on)?;
    note_event(tx, id, Some(by.id), Happened::CallWanted { call, action: action.name, at: None }, now)
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
    let Some(said) = orders::said(tx, &known)?.filter(|number| !order::key(number).is_empty()) else { return Ok(()) };
    let mut numbers: Vec<String> = call::of_return(tx, request.id)?.into_iter().map(|call| call.occasion).filter(|o| o.starts_with(BY_ORDER)).collect();
    numbers.sort();
    numbers.dedup();
    let occasion = format!("{BY_ORDER}{}", order::key(said));
    if numbers.len() >= LOOK_UPS_MAX && !numbers.contains(&occasion) {
        return Ok(());
    }
    for action in asked {
        let mut facts = facts(tx, request)?;
        facts.insert(fields::ORDER_NUMBER.into(), said.into());
        call::want(tx, &Wanted { action: action.id, return_id: request.id, occasion: &occasion, facts: &facts, by: None, due_at: now }, now)?;
    }
    Ok(())
}

/// Whether those who may know the order were asked for it, and none of them did.
pub(super) fn looked_up_in_vain(c: &Reader, id: ReturnId, number: &str) -> Result<bool> {
    let occasion = format!("{BY_ORDER}{}", order::key(number));
    let asked: Vec<Call> = call::of_return(c, id)?.into_iter().filter(|call| call.occasion == occasion && call.counts()).collect();
    Ok(!asked.is_empty() && asked.iter().all(|call| call.state == call::State::Failed))
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
    let url = setting::get::<String>(c, setting::PUBLIC_URL)?;
    put("url", url.map(|url| format!("{}/returns/{}", url.trim_end_matches('/'), request.id).into()));
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

pub(super) fn found(tx: &Reader, id: ReturnId) -> Result<Request> {
    request::find(tx, id)?.ok_or_else(|| Error::Refused("This return does not exist.".into()))
}
