//! What an agent does to a return by hand: open it, correct it, move it, take that back. An agent's word stands against every
//! later reading.

use super::agreed::agreed_by_hand;
use super::record::{self, Telling, note};
use super::understand::read_again;
use super::{arrived, calls, fill, items};
use crate::agent;
use crate::automation::missing_details;
use crate::conversation::{ConversationId, Direction, message};
use crate::database::{Millis, Writer};
use crate::desk::act::existing;
use crate::desk::{Error, Result};
use crate::email::Kind;
use crate::id::{AgentId, AttachmentId};
use crate::return_request::fact::{self, Said, Source};
use crate::return_request::fields::{self, Value};
use crate::return_request::reading::Found;
use crate::return_request::{Happened, Request, ReturnId, State, request};

/// Opens a return for a conversation and fills it with what its messages say.
pub fn open_by_hand(tx: &Writer, id: ConversationId, by: AgentId, now: Millis) -> Result<ReturnId> {
    let conversation = existing(tx, id)?;
    if let Some(open) = request::open_in(tx, id)? {
        return Ok(open.id);
    }
    let messages = message::of_conversation(tx, id)?;
    let said: Vec<_> = messages.iter().filter(|m| m.direction == Direction::Inbound && m.kind == Kind::Person).collect();
    let first = said.first().ok_or_else(|| Error::Refused("A return begins with a customer's message; here is none.".into()))?;
    let language = record::language(tx, first.reading.language.as_deref(), conversation.customer_id)?;
    let new = request::New {
        conversation_id: id,
        message_id: first.id,
        customer_id: conversation.customer_id,
        mailbox_id: conversation.mailbox_id,
        source: request::Source::Agent,
        language,
    };
    let opened = record::open(tx, &new, Some(by), now)?;
    for message in &said {
        if let Some(reading) = read_again(tx, message.id)? {
            record::add_photos(tx, opened, message.id, &reading.photos, now)?;
            fill::fill(tx, opened, &reading.facts, &Telling { source: Source::Mail, message: Some(message.id), by: None }, now)?;
        }
    }
    record::settle(tx, opened, None, now)?;
    Ok(opened)
}

/// Sets a field, or clears it with `None`.
pub fn correct(tx: &Writer, id: ReturnId, field: &str, value: Option<Value>, by: AgentId, now: Millis) -> Result<()> {
    let facts = fact::of(tx, id)?;
    let known = facts.get(field);
    let was = known.map(|fact| fact.value.clone());
    // An agent who says what a customer said stands behind it.
    if was == value && known.is_none_or(|fact| fact.certain && fact.source == Source::Agent) {
        return Ok(());
    }
    set(tx, id, field, value.clone(), by, now)?;
    note(tx, id, Some(by), Happened::Corrected { field: field.to_owned(), was, is: value }, now)?;
    record::settle(tx, id, None, now)
}

fn set(tx: &Writer, id: ReturnId, field: &str, value: Option<Value>, by: AgentId, now: Millis) -> Result<()> {
    match value {
        None => {
            fact::clear(tx, id, field, now)?;
        }
        Some(value) => {
            let found = Found { field: field.to_owned(), value, sentence: String::new(), certain: true };
            fact::learn(tx, id, &found, Said { source: Source::Agent, message: None, by: Some(by), at: now })?;
        }
    }
    Ok(())
}

/// A picture shows nothing of it.
pub fn remove_photo(tx: &Writer, id: ReturnId, attachment: AttachmentId, by: AgentId, now: Millis) -> Result<()> {
    if fact::remove_photo(tx, id, attachment, by, now)? {
        let was = fact::of(tx, id)?.get(fields::PHOTOS).map(|fact| fact.value.clone());
        record::settle(tx, id, None, now)?;
        let is = fact::of(tx, id)?.get(fields::PHOTOS).map(|fact| fact.value.clone());
        note(tx, id, Some(by), Happened::Corrected { field: fields::PHOTOS.to_owned(), was, is }, now)?;
    }
    Ok(())
}

/// Moves it on, where that can be.
pub fn move_to(tx: &Writer, id: ReturnId, is: State, why: &str, by: AgentId, now: Millis) -> Result<()> {
    let request = found(tx, id)?;
    if request.state == is {
        return Ok(());
    }
    if !request.state.may_become(is) {
        let (was, is) = (request.state.words(), is.words());
        return Err(Error::Refused(format!("{} is “{was}”: from there it cannot become “{is}”.", request.name())));
    }
    owner_agrees(tx, &request, is, by)?;
    record::stand(tx, &request, is, Some(by), now)?;
    note(tx, id, Some(by), Happened::Moved { was: request.state, is, why: why.trim().to_owned() }, now)
}

/// Who moves a return by hand to where money is owed or was paid may do no more than by deciding.
fn owner_agrees(tx: &Writer, request: &Request, is: State, by: AgentId) -> Result<()> {
    let moves_money = request.decided.as_ref().map(|decided| decided.decision.moves_money());
    let undecided = Request { decided: None, ..request.clone() };
    let agreed_to = match (is, moves_money) {
        (State::Approved | State::ToRefund, Some(false)) => return Ok(()), // another piece is owed
        (State::Approved | State::ToRefund | State::Refunded | State::Credited, Some(true)) => request,
        (State::Refunded | State::Credited, _) | (State::Approved | State::ToRefund, None) => &undecided,
        _ => return Ok(()),
    };
    match agent::find(tx, by)? {
        Some(agent) => agreed_by_hand(tx, agreed_to, &agent),
        None => Ok(()),
    }
}

/// A second press within this time is the same press.
const ASKED_JUST_NOW: Millis = 10 * 60 * 1000;

/// An agent asks with one key for what is missing, of whoever wrote last; as often as Restante would by itself.
pub fn ask(tx: &Writer, id: ReturnId, by: AgentId, now: Millis) -> Result<()> {
    let request = found(tx, id)?;
    if request.asked_at.is_some_and(|at| now - at < ASKED_JUST_NOW) {
        return Err(Error::Refused("They were asked a moment ago.".into()));
    }
    if request.asked >= missing_details::ASKED_MAX {
        return Err(Error::Refused("They were asked twice already: write to them in your own words.".into()));
    }
    let newest = message::of_conversation(tx, request.conversation_id)?;
    let author = newest.iter().rev().find(|m| m.direction == Direction::Inbound && m.kind == Kind::Person);
    let address = author.map(|m| m.from_address.to_lowercase()).ok_or_else(|| Error::Refused("Nobody is there who could be asked.".into()))?;
    record::ask(tx, id, &address, Some(by), now)
}

/// Takes back what happened at some moment, where the world has not moved on since.
pub fn undo(tx: &Writer, id: ReturnId, (happened, at): (&Happened, Millis), by: AgentId, now: Millis) -> Result<()> {
    let request = found(tx, id)?;
    let moved_on = || Error::Refused("The return has moved on since: this cannot be undone any more.".into());
    match happened {
        Happened::Corrected { field, was, is } => {
            if field == fields::PHOTOS {
                return Err(Error::Refused("Add the picture again from its message.".into()));
            }
            if fact::of(tx, id)?.get(field).map(|fact| fact.value.clone()) != *is {
                return Err(moved_on());
            }
            fact::clear(tx, id, field, now)?;
            set(tx, id, field, was.clone(), by, now)?;
            record::settle(tx, id, None, now)
        }
        Happened::ItemsChosen { was, was_by, is } => items::undo(tx, id, (was, *was_by, is), now),
        Happened::KindSet { line, was, is, .. } => items::undo_kind(tx, id, (*line, was, is), now),
        Happened::Moved { was, is, .. } => {
            if request.state != *is {
                return Err(moved_on());
            }
            calls::refuse_if_set_by_one(tx, id, at)?;
            record::stand_again(tx, &request, *was, at, Some(by), now)
        }
        Happened::Decided { was, is, .. } => {
            // Of two decisions the earlier is not undone: what was called for it stands.
            if request.state != *is || request.decided.as_ref().is_none_or(|decided| decided.at != at) {
                return Err(moved_on());
            }
            request::set_decided(tx, id, None)?;
            record::stand_again(tx, &request, *was, at, Some(by), now)
        }
        Happened::FulfilmentAnswered { .. } => arrived::undo(tx, &request, (happened, at), by, now),
        Happened::CallWanted { call, .. } => calls::unpress(tx, *call, by, now),
        _ => Err(Error::Refused("This cannot be undone.".into())),
    }
}

fn found(tx: &Writer, id: ReturnId) -> Result<Request> {
    request::find(tx, id)?.ok_or_else(|| Error::Refused("This return does not exist.".into()))
}
