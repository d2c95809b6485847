//! The timeline: what happened in a conversation, by whom, when, and how it was before, so that it can be taken back.

use super::{ConversationId, MessageKey, Status};
use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, json, params};
use crate::id::FollowUpId;
pub use crate::id::{AgentId, EventId};
use crate::return_request::{Happened, ReturnId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug)]
pub struct Event {
    pub id: EventId,
    pub conversation_id: ConversationId,
    pub at: Millis,
    /// `None`: Restante itself.
    pub actor_id: Option<AgentId>,
    pub what: What,
    pub undone_at: Option<Millis>,
    pub undone_by: Option<AgentId>,
}

/// What happened; `was` is what undo goes back to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum What {
    StatusChanged {
        was: Status,
        is: Status,
        was_snoozed_until: Option<Millis>,
        snoozed_until: Option<Millis>,
    },
    Assigned {
        was: Option<AgentId>,
        is: Option<AgentId>,
    },
    Tagged {
        tag: String,
    },
    Untagged {
        tag: String,
    },
    /// Another conversation was merged into this one.
    Merged {
        from: ConversationId,
        subject: String,
        messages: Vec<MessageKey>,
        by_reference: bool,
    },
    /// This conversation's messages went to another one.
    MergedInto {
        into: ConversationId,
    },
    /// Messages went from here to a conversation of their own.
    Split {
        to: ConversationId,
        subject: String,
        messages: Vec<MessageKey>,
    },
    SplitFrom {
        from: ConversationId,
    },
    /// A snooze ended because its time came, or because the customer wrote.
    WokeUp,
    /// The customer wrote; it was waiting, snoozed or resolved.
    Reopened {
        was: Status,
    },
    /// A reply was taken back before it left.
    Unsent {
        message: MessageKey,
    },
    /// A reply could not be delivered.
    DeliveryFailed {
        message: MessageKey,
        recipient: String,
        reason: String,
    },
    /// Something happened to a return request of this conversation.
    Return {
        return_id: ReturnId,
        happened: Happened,
    },
    /// A follow-up went.
    FollowedUp {
        follow_up: FollowUpId,
        message: MessageKey,
        because: String,
    },
}

pub fn record(tx: &Writer, conversation: ConversationId, actor: Option<AgentId>, what: &What, now: Millis) -> Result<EventId> {
    let data = serde_json::to_value(what)?;
    let kind = data["kind"].as_str().unwrap_or_default();
    let id = tx.insert(
        "INSERT INTO event(conversation_id, at, actor_id, kind, data) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![conversation, now, actor, kind, data.to_string()],
    )?;
    Ok(EventId(id))
}

pub fn of_conversation(c: &Reader, id: ConversationId) -> Result<Vec<Event>> {
    c.all("SELECT id, conversation_id, at, actor_id, data, undone_at, undone_by FROM event WHERE conversation_id = ?1 ORDER BY at, id", [id], from_row)
}

pub fn find(c: &Reader, id: EventId) -> Result<Option<Event>> {
    c.optional("SELECT id, conversation_id, at, actor_id, data, undone_at, undone_by FROM event WHERE id = ?1", [id], from_row)
}

pub fn mark_undone(tx: &Writer, id: EventId, by: AgentId, now: Millis) -> Result<()> {
    tx.execute("UPDATE event SET undone_at = ?2, undone_by = ?3 WHERE id = ?1", params![id, now, by])?;
    Ok(())
}

impl Event {
    /// Whether `desk::undo` knows a way back.
    pub fn can_be_undone(&self) -> bool {
        let known = match &self.what {
            What::Return { happened, .. } => happened.can_be_undone(),
            what => matches!(
                what,
                What::StatusChanged { .. } | What::Assigned { .. } | What::Tagged { .. } | What::Untagged { .. } | What::Merged { .. } | What::Split { .. }
            ),
        };
        known && self.undone_at.is_none()
    }
}

fn from_row(r: &Row) -> RowResult<Event> {
    Ok(Event { id: r.get(0)?, conversation_id: r.get(1)?, at: r.get(2)?, actor_id: r.get(3)?, what: json(r, 4)?, undone_at: r.get(5)?, undone_by: r.get(6)? })
}
