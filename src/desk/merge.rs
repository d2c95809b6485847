//! Two conversations become one, one becomes two; both can be taken back.

use super::act::existing;
use super::{Error, Result};
use crate::conversation::event::{self, EventId, What};
use crate::conversation::{self, ConversationId, MessageKey, message, tag};
use crate::database::{Millis, Writer, params};
use crate::id::AgentId;

/// Moves everything of `from` into `into`. Mail that answers either finds it there.
pub fn merge(tx: &Writer, from: ConversationId, into: ConversationId, by: AgentId, now: Millis) -> Result<EventId> {
    join(tx, from, into, Some(by), now)
}

/// The same, decided by a mail that refers to both.
pub fn merge_by_reference(tx: &Writer, from: ConversationId, into: ConversationId, now: Millis) -> Result<EventId> {
    join(tx, from, into, None, now)
}

/// Takes the messages out of `from` into a conversation of their own.
pub fn split(tx: &Writer, from: ConversationId, messages: &[MessageKey], by: AgentId, now: Millis) -> Result<(ConversationId, EventId)> {
    let old = existing(tx, from)?;
    let all = message::of_conversation(tx, from)?;
    let moved: Vec<&message::Message> = all.iter().filter(|m| messages.contains(&m.id)).collect();
    let Some(first) = moved.first() else { return Err(Error::Refused("Choose the messages that belong elsewhere.".into())) };
    if moved.len() == all.len() {
        return Err(Error::Refused("All messages would go: at least one stays here.".into()));
    }
    let subject = if first.subject.is_empty() { old.subject.clone() } else { first.subject.clone() };
    let to = conversation::open(tx, old.mailbox_id, old.customer_id, &subject, old.status, now)?;
    let ids: Vec<MessageKey> = moved.iter().map(|m| m.id).collect();
    message::move_to(tx, &ids, to)?;
    conversation::set_assignee(tx, to, old.assignee_id)?;
    conversation::refresh(tx, from)?;
    conversation::refresh(tx, to)?;
    event::record(tx, to, Some(by), &What::SplitFrom { from }, now)?;
    let event = event::record(tx, from, Some(by), &What::Split { to, subject, messages: ids }, now)?;
    Ok((to, event))
}

fn join(tx: &Writer, from: ConversationId, into: ConversationId, by: Option<AgentId>, now: Millis) -> Result<EventId> {
    let (old, target) = (existing(tx, from)?, existing(tx, into)?);
    if from == into {
        return Err(Error::Refused("A conversation cannot be merged into itself.".into()));
    }
    if old.mailbox_id != target.mailbox_id {
        return Err(Error::Refused("The two are in different mailboxes: their mail would leave from the wrong address.".into()));
    }
    let messages: Vec<MessageKey> = message::of_conversation(tx, from)?.iter().map(|m| m.id).collect();
    message::move_to(tx, &messages, into)?;
    tx.execute("UPDATE conversation SET merged_into = ?2 WHERE id = ?1", params![from, into])?;
    for name in tag::of_conversation(tx, from)? {
        tag::put(tx, into, &name, by, now)?;
    }
    if target.related_id == Some(from) {
        conversation::relate(tx, into, None, None)?;
    }
    conversation::refresh(tx, into)?;
    event::record(tx, from, by, &What::MergedInto { into }, now)?;
    Ok(event::record(tx, into, by, &What::Merged { from, subject: old.subject, messages, by_reference: by.is_none() }, now)?)
}

/// Undoes a merge: those messages that are still here go back.
pub(super) fn take_apart(tx: &Writer, into: ConversationId, from: ConversationId, messages: &[MessageKey]) -> Result<()> {
    let here: Vec<MessageKey> = message::of_conversation(tx, into)?.iter().map(|m| m.id).filter(|id| messages.contains(id)).collect();
    tx.execute("UPDATE conversation SET merged_into = NULL WHERE id = ?1", params![from])?;
    message::move_to(tx, &here, from)?;
    conversation::refresh(tx, from)?;
    conversation::refresh(tx, into)?;
    Ok(())
}

/// Undoes a split: everything in the new conversation comes back, answers that arrived there since included.
pub(super) fn put_back(tx: &Writer, from: ConversationId, to: ConversationId) -> Result<()> {
    existing(tx, to)?;
    let there: Vec<MessageKey> = message::of_conversation(tx, to)?.iter().map(|m| m.id).collect();
    message::move_to(tx, &there, from)?;
    tx.execute("UPDATE conversation SET merged_into = ?2 WHERE id = ?1", params![to, from])?;
    conversation::refresh(tx, from)?;
    Ok(())
}
