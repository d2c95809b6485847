//! What an agent does to a conversation with one click: each leaves an event that knows the way back.

use super::{Error, Result, leads, merge, returns};
use crate::agent::Agent;
use crate::conversation::draft::{self, DraftKind};
use crate::conversation::event::{self, EventId, What};
use crate::conversation::message::{self, Direction, NewMessage};
use crate::conversation::threading::Placement;
use crate::conversation::{self, Conversation, ConversationId, MessageKey, Status, tag as tags};
use crate::database::{Millis, Writer, params};
use crate::email::{Email, EmailAddress, NameAddr};
use crate::id::AgentId;

pub fn assign(tx: &Writer, id: ConversationId, to: Option<AgentId>, by: AgentId, now: Millis) -> Result<Option<EventId>> {
    let was = existing(tx, id)?.assignee_id;
    if was == to {
        return Ok(None);
    }
    conversation::set_assignee(tx, id, to)?;
    Ok(Some(event::record(tx, id, Some(by), &What::Assigned { was, is: to }, now)?))
}

/// Open, waiting, resolved or spam; `snooze` has its own verb. Opening a failed delivery's conversation or resolving it
/// means that somebody has seen to it.
pub fn set_status(tx: &Writer, id: ConversationId, is: Status, by: AgentId, now: Millis) -> Result<Option<EventId>> {
    change_status(tx, id, is, None, Some(by), now)
}

pub fn snooze(tx: &Writer, id: ConversationId, until: Millis, by: AgentId, now: Millis) -> Result<Option<EventId>> {
    if until <= now {
        return Err(Error::Refused("A snooze ends in the future: choose a later time.".into()));
    }
    change_status(tx, id, Status::Snoozed, Some(until), Some(by), now)
}

pub fn tag(tx: &Writer, id: ConversationId, name: &str, by: AgentId, now: Millis) -> Result<Option<EventId>> {
    existing(tx, id)?;
    let name = tags::clean(name).ok_or_else(|| Error::Refused(format!("A tag is a word or a few, at most {} characters.", tags::TAG_CHARS_MAX)))?;
    if !tags::put(tx, id, &name, Some(by), now)? {
        return Ok(None);
    }
    Ok(Some(event::record(tx, id, Some(by), &What::Tagged { tag: name }, now)?))
}

pub fn untag(tx: &Writer, id: ConversationId, name: &str, by: AgentId, now: Millis) -> Result<Option<EventId>> {
    if !tags::take_off(tx, id, name)? {
        return Ok(None);
    }
    Ok(Some(event::record(tx, id, Some(by), &What::Untagged { tag: name.to_owned() }, now)?))
}

/// A note that only the team sees.
pub fn note(tx: &Writer, id: ConversationId, agent: &Agent, text: &str, now: Millis) -> Result<MessageKey> {
    let conversation = existing(tx, id)?;
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::Refused("The note is empty.".into()));
    }
    let from = EmailAddress::parse(&agent.email).map(|address| NameAddr { name: agent.name.clone(), address });
    let email = Email { from, subject: conversation.subject.clone(), text: text.to_owned(), new_text: text.to_owned(), date: Some(now), ..Email::default() };
    let new = NewMessage {
        conversation_id: id,
        mailbox_id: conversation.mailbox_id,
        direction: Direction::Note,
        email: &email,
        raw_hash: None,
        arrived_at: now,
        author_id: Some(agent.id),
        placement: &Placement::Written,
    };
    let message = message::file(tx, &new, now)?;
    draft::forget(tx, id, agent.id, DraftKind::Note)?;
    Ok(message)
}

/// Takes back what an event did, if it still stands.
pub fn undo(tx: &Writer, id: EventId, by: AgentId, now: Millis) -> Result<ConversationId> {
    let event = event::find(tx, id)?.filter(event::Event::can_be_undone).ok_or_else(|| Error::Refused("This cannot be undone any more.".into()))?;
    let conversation = event.conversation_id;
    match &event.what {
        What::StatusChanged { was, is, was_snoozed_until, .. } => {
            let snoozed_until = was_snoozed_until.filter(|_| *was == Status::Snoozed);
            conversation::set_status(tx, conversation, *was, snoozed_until, Some(by), now)?;
            leads::follow_status(tx, conversation, *is, Some(by), now)?;
        }
        What::Assigned { was, .. } => conversation::set_assignee(tx, conversation, *was)?,
        What::Tagged { tag } => {
            tags::take_off(tx, conversation, tag)?;
        }
        What::Untagged { tag } => {
            tags::put(tx, conversation, tag, Some(by), now)?;
        }
        What::Merged { from, messages, .. } => merge::take_apart(tx, conversation, *from, messages)?,
        What::Split { to, .. } => merge::put_back(tx, conversation, *to)?,
        What::Return { return_id, happened } => returns::undo(tx, *return_id, (happened, event.at), by, now)?,
        _ => return Err(Error::Refused("This cannot be undone.".into())),
    }
    event::mark_undone(tx, id, by, now)?;
    Ok(conversation)
}

/// Wakes snoozed conversations whose time has come; returns how many.
pub fn wake_snoozed(tx: &Writer, now: Millis) -> Result<usize> {
    let due = conversation::list::due_to_wake(tx, now)?;
    for id in &due {
        conversation::set_status(tx, *id, Status::Open, None, None, now)?;
        event::record(tx, *id, None, &What::WokeUp, now)?;
    }
    Ok(due.len())
}

pub(super) fn change_status(tx: &Writer, id: ConversationId, is: Status, until: Option<Millis>, by: Option<AgentId>, now: Millis) -> Result<Option<EventId>> {
    let before = existing(tx, id)?;
    if before.status == is && before.snoozed_until == until {
        return Ok(None);
    }
    conversation::set_status(tx, id, is, until, by, now)?;
    leads::follow_status(tx, id, before.status, by, now)?;
    if before.delivery_failed_at.is_some() {
        tx.execute("UPDATE conversation SET delivery_failed_at = NULL WHERE id = ?1", params![id])?;
    }
    let what = What::StatusChanged { was: before.status, is, was_snoozed_until: before.snoozed_until, snoozed_until: until };
    Ok(Some(event::record(tx, id, by, &what, now)?))
}

pub(super) fn existing(tx: &Writer, id: ConversationId) -> Result<Conversation> {
    conversation::find(tx, id)?.filter(|c| c.merged_into.is_none()).ok_or(Error::NoConversation(id))
}
