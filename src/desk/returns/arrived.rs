//! Fulfilment answers by a link: arrived as expected, arrived damaged, not arrived. A later answer corrects the one before, and the return
//! goes back with it, as long as nothing was called for where it stood.

use super::calls;
use super::record::{self, note};
use crate::action::Kind;
use crate::action::call::{self, Call, State as Calls};
use crate::conversation::event::{self, What};
use crate::conversation::{self, Status};
use crate::database::{Millis, Reader, Writer};
use crate::desk::{Error, Result};
use crate::id::AgentId;
use crate::return_request::{Decision, Happened, Request, ReturnId, State, request};

crate::return_request::code::codes! {
    /// How the item reached fulfilment.
    Answer {
        Expected = "expected",
        Damaged = "damaged",
        Missing = "missing",
    }
}

impl Answer {
    fn as_expected(self) -> Option<bool> {
        match self {
            Answer::Expected => Some(true),
            Answer::Damaged => Some(false),
            Answer::Missing => None,
        }
    }
}

/// Fulfilment pressed one of its three buttons. The same answer again changes nothing.
pub fn answered(tx: &Writer, id: ReturnId, answer: Answer, now: Millis) -> Result<State> {
    let request = calls::found(tx, id)?;
    if newest(tx, &request)?.is_some_and(|(_, known)| known == answer.code()) {
        return Ok(request.state);
    }
    let was_as_expected = request.received_as_expected;
    request::note_received(tx, id, answer.as_expected())?;
    let is = match leads_to(tx, &request, answer)? {
        is if is == request.state => is,
        is => moved(tx, &request, is, now)?,
    };
    note(tx, id, None, Happened::FulfilmentAnswered { answer: answer.code().into(), was: request.state, is, was_as_expected }, now)?;
    // What came back damaged or not at all is for a person to see.
    if answer != Answer::Expected {
        conversation::set_status(tx, request.conversation_id, Status::Open, None, None, now)?;
    }
    Ok(is)
}

/// Where the answer puts the return. What nobody has decided yet, and what is closed, stays; so does what was sent on by a person who did not
/// go by fulfilment's word.
fn leads_to(c: &Reader, request: &Request, answer: Answer) -> Result<State> {
    let comes_back = request.decided.as_ref().is_none_or(|decided| decided.comes_back && decided.decision != Decision::Decline);
    let rests_on = request.received_as_expected;
    Ok(match (request.state, answer) {
        (State::Approved | State::OnItsWay, Answer::Expected) => State::ToRefund,
        (State::Approved | State::OnItsWay, Answer::Damaged) => State::Received,
        (State::Received, Answer::Expected) if comes_back && rests_on == Some(false) => State::ToRefund,
        (State::ToRefund, Answer::Damaged) if comes_back && rests_on == Some(true) => State::Received,
        (State::ToRefund | State::Received, Answer::Missing) if comes_back && rests_on == Some(request.state == State::ToRefund) => before(c, request)?,
        (stays, _) => stays,
    })
}

/// Where it waited for the item.
fn before(c: &Reader, request: &Request) -> Result<State> {
    let came_from = answers(c, request)?.into_iter().rev().find_map(|(_, happened)| match happened {
        Happened::FulfilmentAnswered { was: was @ (State::Approved | State::OnItsWay), .. } => Some(was),
        _ => None,
    });
    Ok(came_from.unwrap_or(State::Approved))
}

/// Moves it, and what waits to be called for where it stood is not called. What was called already holds it there.
fn moved(tx: &Writer, request: &Request, is: State, now: Millis) -> Result<State> {
    let onward = matches!((request.state, is), (State::Approved | State::OnItsWay, _) | (State::Received, State::ToRefund));
    if onward {
        record::stand(tx, request, is, None, now)?;
        return Ok(is);
    }
    let begun =
        |call: &Call| call.kind == Kind::Call && call.created_at >= request.state_at && matches!(call.state, Calls::Sending | Calls::Done | Calls::Uncertain);
    if call::of_return(tx, request.id)?.iter().any(begun) {
        return Ok(request.state);
    }
    let back = tx.attempt(|| -> Result<()> {
        calls::take_back(tx, request, request.state_at, None, now)?;
        // Nothing waits for its coming a second time; that it came damaged is news.
        if is == State::Received { record::stand(tx, request, is, None, now) } else { Ok(request::set_state(tx, request.id, is, None, now)?) }
    })?;
    match back {
        Ok(()) => Ok(is),
        Err(Error::Refused(_)) => Ok(request.state),
        Err(other) => Err(other),
    }
}

/// An agent takes the newest answer back.
pub(super) fn undo(tx: &Writer, request: &Request, (happened, at): (&Happened, Millis), by: AgentId, now: Millis) -> Result<()> {
    let Happened::FulfilmentAnswered { was, is, was_as_expected, .. } = happened else { return Ok(()) };
    if request.state != *is || newest(tx, request)?.is_none_or(|(known, _)| known != at) {
        return Err(Error::Refused("The return has moved on since: this cannot be undone any more.".into()));
    }
    if was != is {
        record::stand_again(tx, request, *was, at, Some(by), now)?;
    }
    Ok(request::note_received(tx, request.id, *was_as_expected)?)
}

/// When fulfilment answered last, and what.
fn newest(c: &Reader, request: &Request) -> Result<Option<(Millis, String)>> {
    Ok(answers(c, request)?.into_iter().next_back().and_then(|(at, happened)| match happened {
        Happened::FulfilmentAnswered { answer, .. } => Some((at, answer)),
        _ => None,
    }))
}

/// What fulfilment answered that was not taken back, oldest first.
fn answers(c: &Reader, request: &Request) -> Result<Vec<(Millis, Happened)>> {
    let events = event::of_conversation(c, request.conversation_id)?.into_iter().filter(|event| event.undone_at.is_none());
    let answer = |event: event::Event| match event.what {
        What::Return { return_id, happened: happened @ Happened::FulfilmentAnswered { .. } } if return_id == request.id => Some((event.at, happened)),
        _ => None,
    };
    Ok(events.filter_map(answer).collect())
}
