//! What became of a call is taken up: written down, told in the timeline where it ends, and followed by what the owner wants. And what a
//! person decides about one that did not work.

use super::agreed::agreed;
use super::calls::{facts, found};
use super::record::{self, note};
use crate::action::answer::{Answer, Fate, Outcome};
use crate::action::call::{self, Call};
use crate::action::{self, Action, CallId, Kind, Then, look_up};
use crate::agent::Agent;
use crate::database::{Millis, Reader, Writer};
use crate::desk::{Error, Result};
use crate::id::AgentId;
use crate::order::{self, Source};
use crate::return_request::Happened;
use crate::return_request::fields;

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
    let state = call::settle(tx, &call, repeatable, &outcome, answer.and_then(|answer| answer.not_before(now)), now)?;
    if call.kind == Kind::LookUp && state == call::State::Failed && outcome.status.is_some_and(|status| status == 404 || status < 300) {
        call::leave(tx, id, false, None, now)?; // customers mistype numbers: the timeline says so, and nobody has to act
    }
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
    let news = match look_up::read(&action.definition, number, &answer.body) {
        Ok(news) => news,
        Err(words) => return Ok(Err(words)),
    };
    order::learn(tx, &news, Source::Lookup, now)?;
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

/// A person wants a call tried once more. That moves money as its button does, so the same has to hold: the decision, and what this person
/// may decide alone.
pub fn try_again(tx: &Writer, id: CallId, by: &Agent, now: Millis) -> Result<()> {
    let call = existing(tx, id)?;
    if let Some(why) = not_again(tx, &call)? {
        return Err(Error::Refused(why));
    }
    let request = found(tx, call.return_id)?;
    if let Some(action) = action::find(tx, call.action_id)?.filter(|action| action.kind == Kind::Call) {
        agreed(tx, &request, &action, by)?;
    }
    if !call::try_again(tx, &call, &facts(tx, &request)?, now)? {
        return Err(Error::Refused(NOTHING.into()));
    }
    Ok(())
}

/// Why a call is not tried again, whoever asks: it was settled, another came after it, or it is not what was decided. What a webhook tells
/// did happen, whatever came later.
pub fn not_again(c: &Reader, call: &Call) -> Result<Option<String>> {
    let Some(action) = action::find(c, call.action_id)? else {
        return Ok(Some("This action was removed: it cannot be called any more.".into()));
    };
    if call.kind != Kind::Webhook && call.settled_at.is_some() {
        return Ok(Some(NOTHING.into()));
    }
    if call.kind != Kind::Call {
        return Ok(None);
    }
    if call::of_return(c, call.return_id)?.iter().any(|later| later.action_id == call.action_id && later.id > call.id && later.counts()) {
        return Ok(Some(format!("“{}” was called meanwhile: look at what came of it.", call.action)));
    }
    let request = found(c, call.return_id)?;
    if let Some(why) = action.misfit(&request) {
        return Ok(Some(why));
    }
    let (was, is) = (&call.facts, facts(c, &request)?);
    let changed = |name: &str| was.get(name) != is.get(name);
    // What may have been done is repeated as it was, with its sum; all else is called with what is known now.
    let other_sum = call.may_have_been_done() && request.decided.is_some() && (changed("amount") || changed("currency"));
    let is_other = was.contains_key("decision") && changed("decision") || other_sum;
    Ok(is_other.then(|| format!("Since “{}” was called, something else was decided: look over there, and say what became of it.", call.action)))
}

const NOTHING: &str = "There is nothing to try again.";

/// A person looked: it was done over there, or it is to be left as it is.
pub fn settle_by_hand(tx: &Writer, id: CallId, done: bool, by: AgentId, now: Millis) -> Result<()> {
    let call = existing(tx, id)?;
    if !call::leave(tx, id, done, Some(by), now)? {
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
