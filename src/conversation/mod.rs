//! A conversation: what one customer and the shop say to each other about one matter, in one mailbox.

pub mod draft;
pub mod event;
pub mod list;
pub mod message;
pub mod tag;
pub mod threading;
pub mod unread;

pub use crate::id::{ConversationId, MessageKey};
pub use event::Event;
pub use message::{Direction, Message, People};

use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, params};
use crate::id::{AgentId, CustomerId, MailboxId};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Somebody of the shop has to do something.
    Open,
    /// The customer has to answer.
    Waiting,
    Snoozed,
    Resolved,
    Spam,
}

#[derive(Clone, Debug)]
pub struct Conversation {
    pub id: ConversationId,
    pub mailbox_id: MailboxId,
    pub customer_id: CustomerId,
    pub subject: String,
    pub status: Status,
    pub status_at: Millis,
    pub status_by: Option<AgentId>,
    pub assignee_id: Option<AgentId>,
    pub snoozed_until: Option<Millis>,
    pub last_message_id: Option<MessageKey>,
    pub last_message_at: Millis,
    pub waiting_since: Option<Millis>,
    pub message_count: i64,
    pub delivery_failed_at: Option<Millis>,
    pub related_id: Option<ConversationId>,
    pub related_because: Option<String>,
    pub merged_into: Option<ConversationId>,
    pub created_at: Millis,
}

const COLUMNS: &str = "id, mailbox_id, customer_id, subject, status, status_at, status_by, assignee_id, snoozed_until, last_message_id, last_message_at,
    waiting_since, message_count, delivery_failed_at, related_id, related_because, merged_into, created_at";

pub fn find(c: &Reader, id: ConversationId) -> Result<Option<Conversation>> {
    c.optional(&format!("SELECT {COLUMNS} FROM conversation WHERE id = ?1"), [id], from_row)
}

/// Where a message stands, and in whose mailbox.
pub fn of_message(c: &Reader, id: MessageKey) -> Result<Option<(ConversationId, MailboxId)>> {
    c.optional("SELECT conversation_id, mailbox_id FROM message WHERE id = ?1", [id], |r| Ok((r.get(0)?, r.get(1)?)))
}

/// Whether a customer has a conversation that nobody called spam.
pub fn any_but_spam(c: &Reader, id: CustomerId) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM conversation WHERE customer_id = ?1 AND merged_into IS NULL AND status <> 'spam')";
    c.one(sql, [id], |r| r.get(0))
}

/// Where the messages of `id` are now: itself, or what it was merged into.
pub fn current(c: &Reader, id: ConversationId) -> Result<ConversationId> {
    let mut id = id;
    while let Some(next) = c.optional("SELECT merged_into FROM conversation WHERE id = ?1", [id], |r| r.get::<_, Option<ConversationId>>(0))?.flatten() {
        id = next;
    }
    Ok(id)
}

pub fn open(tx: &Writer, mailbox: MailboxId, customer: CustomerId, subject: &str, status: Status, now: Millis) -> Result<ConversationId> {
    let id = tx.insert(
        "INSERT INTO conversation(mailbox_id, customer_id, subject, status, status_at, last_message_at, created_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?5)",
        params![mailbox, customer, subject, status.as_str(), now],
    )?;
    Ok(ConversationId(id))
}

/// Sets the status as a fact with a who and a when. A status other than snoozed ends a snooze.
pub fn set_status(tx: &Writer, id: ConversationId, status: Status, snoozed_until: Option<Millis>, by: Option<AgentId>, now: Millis) -> Result<()> {
    tx.execute(
        "UPDATE conversation SET status = ?2, status_at = ?3, status_by = ?4, snoozed_until = ?5 WHERE id = ?1",
        params![id, status.as_str(), now, by, snoozed_until],
    )?;
    Ok(())
}

pub fn set_assignee(tx: &Writer, id: ConversationId, assignee: Option<AgentId>) -> Result<()> {
    tx.execute("UPDATE conversation SET assignee_id = ?2 WHERE id = ?1", params![id, assignee])?;
    Ok(())
}

/// "Looks related to #…: join?"
pub fn relate(tx: &Writer, id: ConversationId, to: Option<ConversationId>, because: Option<&str>) -> Result<()> {
    tx.execute("UPDATE conversation SET related_id = ?2, related_because = ?3 WHERE id = ?1", params![id, to, because])?;
    Ok(())
}

/// Derives from its messages what the list shows of a conversation. Called after messages came, went or moved.
pub fn refresh(tx: &Writer, id: ConversationId) -> Result<()> {
    let newest = tx.optional(
        "SELECT message.id, arrived_at, CASE from_name WHEN '' THEN from_address ELSE from_name END, substr(new_text, 1, 400), author_id
         FROM message LEFT JOIN message_text ON message_id = message.id
         WHERE conversation_id = ?1 AND direction <> 'note' ORDER BY arrived_at DESC, message.id DESC LIMIT 1",
        [id],
        |r| Ok((r.get::<_, MessageKey>(0)?, r.get::<_, Millis>(1)?, r.get::<_, String>(2)?, r.get::<_, Option<String>>(3)?)),
    )?;
    let Some((message, at, author, text)) = newest else { return Ok(()) };
    tx.execute(
        "UPDATE conversation SET last_message_id = ?2, last_message_at = ?3, last_author = ?4, preview = ?5,
           message_count = (SELECT count(*) FROM message WHERE conversation_id = ?1 AND direction <> 'note'),
           has_attachments = EXISTS (SELECT 1 FROM message WHERE conversation_id = ?1 AND attachment_count > 0),
           waiting_since = (SELECT min(arrived_at) FROM message WHERE conversation_id = ?1 AND direction = 'inbound' AND email_kind IN ('person', 'list')
             AND arrived_at > coalesce((SELECT max(arrived_at) FROM message WHERE conversation_id = ?1 AND direction = 'reply'), -1))
         WHERE id = ?1",
        params![id, message, at, author, preview(&text.unwrap_or_default())],
    )?;
    Ok(())
}

/// When the newest mail came that was not written here.
pub fn newest_from_outside(c: &Reader, id: ConversationId) -> Result<Option<Millis>> {
    let sql = "SELECT max(arrived_at) FROM message WHERE conversation_id = ?1 AND direction <> 'note' AND coalesce(placement ->> 'because', '') <> 'written'";
    c.one(sql, [id], |r| r.get(0))
}

/// What the list shows of a text: one line, at most 160 characters.
pub fn preview(text: &str) -> String {
    const PREVIEW_CHARS: usize = 160;
    let mut line = String::with_capacity(PREVIEW_CHARS);
    for word in text.split_whitespace() {
        if line.chars().count() + word.chars().count() >= PREVIEW_CHARS {
            // Cut inside the word: it may be the whole line (a link, Japanese).
            if !line.is_empty() {
                line.push(' ');
            }
            line.extend(word.chars().take(PREVIEW_CHARS.saturating_sub(line.chars().count() + 1)));
            line.push('…');
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// How far `agent` has read.
pub fn mark_seen(tx: &Writer, id: ConversationId, agent: AgentId, message: MessageKey, now: Millis) -> Result<()> {
    tx.execute(
        "INSERT INTO seen(agent_id, conversation_id, message_id, at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT(agent_id, conversation_id) DO UPDATE SET message_id = max(message_id, excluded.message_id), at = excluded.at",
        params![agent, id, message, now],
    )?;
    Ok(())
}

pub fn seen_up_to(c: &Reader, id: ConversationId, agent: AgentId) -> Result<Option<MessageKey>> {
    c.optional("SELECT message_id FROM seen WHERE conversation_id = ?1 AND agent_id = ?2", params![id, agent], |r| r.get(0))
}

/// Everyone who may join by reference: who wrote here, and whom an agent wrote to.
pub fn is_participant(c: &Reader, id: ConversationId, address_key: &str) -> Result<bool> {
    c.one("SELECT EXISTS (SELECT 1 FROM participant WHERE conversation_id = ?1 AND address = ?2)", params![id, address_key], |r| r.get(0))
}

/// Whether mail of this conversation has gone to `address` before, or `address` wrote in it first: only such an address
/// is sent the quoted history (PROMISES P41).
pub fn knows_history(c: &Reader, id: ConversationId, address_key: &str) -> Result<bool> {
    let original: Option<String> =
        c.optional("SELECT from_address FROM message WHERE conversation_id = ?1 AND direction = 'inbound' ORDER BY arrived_at, id LIMIT 1", [id], |r| {
            r.get(0)
        })?;
    if original.is_some_and(|first| first.to_lowercase() == address_key) {
        return Ok(true);
    }
    c.one("SELECT EXISTS (SELECT 1 FROM participant WHERE conversation_id = ?1 AND address = ?2 AND written_to = 1)", params![id, address_key], |r| r.get(0))
}

impl Status {
    pub const ALL: [Status; 5] = [Status::Open, Status::Waiting, Status::Snoozed, Status::Resolved, Status::Spam];

    pub fn as_str(self) -> &'static str {
        match self {
            Status::Open => "open",
            Status::Waiting => "waiting",
            Status::Snoozed => "snoozed",
            Status::Resolved => "resolved",
            Status::Spam => "spam",
        }
    }

    pub fn from_name(name: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

fn from_row(r: &Row) -> RowResult<Conversation> {
    Ok(Conversation {
        id: r.get(0)?,
        mailbox_id: r.get(1)?,
        customer_id: r.get(2)?,
        subject: r.get(3)?,
        status: Status::from_name(r.get_ref(4)?.as_str()?).unwrap_or(Status::Open),
        status_at: r.get(5)?,
        status_by: r.get(6)?,
        assignee_id: r.get(7)?,
        snoozed_until: r.get(8)?,
        last_message_id: r.get(9)?,
        last_message_at: r.get(10)?,
        waiting_since: r.get(11)?,
        message_count: r.get(12)?,
        delivery_failed_at: r.get(13)?,
        related_id: r.get(14)?,
        related_because: r.get(15)?,
        merged_into: r.get(16)?,
        created_at: r.get(17)?,
    })
}
