//! The shapes of the export's lines, as programs read them.

use crate::conversation::event::Event;
use crate::conversation::message::{Direction, Message};
use crate::conversation::threading::Placement;
use crate::conversation::{ConversationId, MessageKey, Status};
use crate::database::Millis;
use crate::email::{Attachment, Authentication, Bounce, Kind, NameAddr};
use crate::outbox::{Delivery, RecipientState};
use serde::Serialize;

#[derive(Serialize)]
pub struct ConversationLine {
    pub id: ConversationId,
    pub subject: String,
    pub mailbox: String,
    pub customer: Person,
    pub status: Status,
    pub snoozed_until: Option<String>,
    /// The agent's e-mail address.
    pub assignee: Option<String>,
    pub tags: Vec<String>,
    pub created_at: String,
    pub last_message_at: String,
    /// "Looks related to": another conversation that an agent may join with this one.
    pub related_to: Option<ConversationId>,
    /// Conversations that were merged into this one.
    pub merged: Vec<ConversationId>,
    pub messages: Vec<MessageLine>,
    pub notes: Vec<NoteLine>,
    pub events: Vec<EventLine>,
}

#[derive(Serialize)]
pub struct Person {
    pub name: String,
    pub addresses: Vec<String>,
}

#[derive(Serialize)]
pub struct MessageLine {
    pub id: MessageKey,
    /// With its angle brackets.
    pub message_id: Option<String>,
    pub direction: Direction,
    pub kind: Kind,
    pub from: PersonAddress,
    pub to: Vec<NameAddr>,
    pub cc: Vec<NameAddr>,
    pub reply_to: Vec<NameAddr>,
    /// The agent who wrote it here.
    pub author: Option<String>,
    pub subject: String,
    /// What its Date field says.
    pub date: Option<String>,
    pub arrived_at: String,
    pub text: String,
    pub new_text: String,
    pub attachments: Vec<AttachmentLine>,
    pub placement: PlacementLine,
    pub bounce: Option<Bounce>,
    pub authentication: Authentication,
    pub complaints: Vec<String>,
    /// The raw mail's name.
    pub sha256: Option<String>,
    pub ledger: Vec<LedgerState>,
    pub delivery: Option<DeliveryLine>,
}

/// As it stands in the mail, which may be no address at all.
#[derive(Serialize)]
pub struct PersonAddress {
    pub name: String,
    pub address: String,
}

#[derive(Serialize)]
pub struct AttachmentLine {
    pub name: String,
    pub content_type: String,
    pub bytes: usize,
    pub inline: bool,
    pub content_id: Option<String>,
}

/// Why a message is in this conversation.
#[derive(Serialize)]
pub struct PlacementLine {
    #[serde(flatten)]
    pub placement: Placement,
    pub words: &'static str,
}

#[derive(Serialize)]
pub struct LedgerState {
    pub folder: String,
    pub uidvalidity: u32,
    pub uid: u32,
    pub outcome: String,
    pub reason: String,
}

#[derive(Serialize)]
pub struct DeliveryLine {
    pub state: crate::outbox::State,
    pub attempts: i64,
    pub answer: String,
    pub settled_at: Option<String>,
    pub recipients: Vec<RecipientState>,
}

#[derive(Serialize)]
pub struct NoteLine {
    pub id: MessageKey,
    pub author: Option<String>,
    pub at: String,
    pub text: String,
}

#[derive(Serialize)]
pub struct EventLine {
    pub at: String,
    /// The agent's e-mail address; null: Restante itself.
    pub actor: Option<String>,
    #[serde(flatten)]
    pub what: crate::conversation::event::What,
    pub undone_at: Option<String>,
    pub undone_by: Option<String>,
}

/// A mail that is in no conversation, under the name of what it waits for.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitingLine {
    Quarantine(WaitingMail),
    Unfetched(WaitingMail),
    Unread(WaitingMail),
}

#[derive(Serialize)]
pub struct WaitingMail {
    pub ledger_id: i64,
    pub mailbox: String,
    #[serde(flatten)]
    pub state: LedgerState,
    pub attempts: i64,
    pub bytes: i64,
    pub sha256: Option<String>,
    pub at: String,
}

impl From<WaitingMail> for WaitingLine {
    fn from(mail: WaitingMail) -> WaitingLine {
        match mail.state.outcome.as_str() {
            "quarantined" => WaitingLine::Quarantine(mail),
            "unfetched" => WaitingLine::Unfetched(mail),
            _ => WaitingLine::Unread(mail),
        }
    }
}

impl MessageLine {
    pub fn new(message: Message, author: Option<String>, attachments: Vec<Attachment>, ledger: Vec<LedgerState>, delivery: Option<Delivery>) -> MessageLine {
        MessageLine {
            id: message.id,
            message_id: message.identifier.map(|id| format!("<{}>", id.as_str())),
            direction: message.direction,
            kind: message.kind,
            from: PersonAddress { name: message.from_name, address: message.from_address },
            to: message.people.to,
            cc: message.people.cc,
            reply_to: message.people.reply_to,
            author,
            subject: message.subject,
            date: message.sent_at.map(timestamp),
            arrived_at: timestamp(message.arrived_at),
            text: message.text.unwrap_or_else(|| message.new_text.clone()),
            new_text: message.new_text,
            attachments: attachments.into_iter().map(AttachmentLine::from).collect(),
            placement: PlacementLine { words: message.placement.words(), placement: message.placement },
            bounce: message.reading.bounce,
            authentication: message.reading.authentication,
            complaints: message.reading.complaints,
            sha256: message.raw_hash.map(|hash| hash.to_string()),
            ledger,
            delivery: delivery.map(DeliveryLine::from),
        }
    }
}

impl From<Attachment> for AttachmentLine {
    fn from(a: Attachment) -> AttachmentLine {
        AttachmentLine { name: a.name, content_type: a.content_type, bytes: a.bytes, inline: a.inline, content_id: a.content_id }
    }
}

impl From<Delivery> for DeliveryLine {
    fn from(d: Delivery) -> DeliveryLine {
        DeliveryLine { state: d.state, attempts: d.attempts, answer: d.answer, settled_at: d.settled_at.map(timestamp), recipients: d.recipients }
    }
}

impl EventLine {
    pub fn new(event: &Event, actor: Option<String>, undone_by: Option<String>) -> EventLine {
        EventLine { at: timestamp(event.at), actor, what: event.what.clone(), undone_at: event.undone_at.map(timestamp), undone_by }
    }
}

/// RFC 3339; a time that no calendar has becomes the nearest that one has.
pub fn timestamp(at: Millis) -> String {
    let range = jiff::Timestamp::MIN.as_millisecond()..=jiff::Timestamp::MAX.as_millisecond();
    let at = at.clamp(*range.start(), *range.end());
    jiff::Timestamp::from_millisecond(at).map(|t| t.to_string()).unwrap_or_default()
}
