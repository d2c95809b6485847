//! A message: inbound mail, a reply, or a note that only the team sees.

use super::ConversationId;
use super::threading::Placement;
use crate::blobs::Hash;
use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, json, params};
use crate::email::{Attachment, Authentication, Bounce, Email, Kind, MessageId, NameAddr};
pub use crate::id::{AgentId, AttachmentId, MailboxId, MessageKey};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Inbound,
    Reply,
    Note,
}

/// Who else is on a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct People {
    pub to: Vec<NameAddr>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cc: Vec<NameAddr>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bcc: Vec<NameAddr>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reply_to: Vec<NameAddr>,
}

/// What reading found, beside the text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reading {
    pub authentication: Authentication,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub complaints: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bounce: Option<Bounce>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Why no machine may answer it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_automatic_answer: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Message {
    pub id: MessageKey,
    pub conversation_id: ConversationId,
    pub mailbox_id: MailboxId,
    pub direction: Direction,
    pub identifier: Option<MessageId>,
    pub from_name: String,
    pub from_address: String,
    pub people: People,
    pub subject: String,
    pub sent_at: Option<Millis>,
    pub arrived_at: Millis,
    pub author_id: Option<AgentId>,
    pub kind: Kind,
    pub raw_hash: Option<Hash>,
    pub placement: Placement,
    pub reading: Reading,
    pub has_html: bool,
    pub attachment_count: i64,
    pub shared_identifier: bool,
    pub new_text: String,
    /// The whole text; `None`: nothing was folded away.
    pub text: Option<String>,
}

/// A message that is about to be filed.
pub struct NewMessage<'a> {
    pub conversation_id: ConversationId,
    pub mailbox_id: MailboxId,
    pub direction: Direction,
    pub email: &'a Email,
    pub raw_hash: Option<Hash>,
    pub arrived_at: Millis,
    pub author_id: Option<AgentId>,
    pub placement: &'a Placement,
}

const COLUMNS: &str = "message.id, conversation_id, mailbox_id, direction, identifier, from_name, from_address, people, subject, sent_at, arrived_at,
    author_id, email_kind, raw_hash, placement, reading, has_html, attachment_count, shared_identifier, new_text, text";

pub fn find(c: &Reader, id: MessageKey) -> Result<Option<Message>> {
    c.optional(&format!("SELECT {COLUMNS} FROM message LEFT JOIN message_text ON message_id = message.id WHERE message.id = ?1"), [id], from_row)
}

/// Every message of a conversation in order of arrival.
pub fn of_conversation(c: &Reader, id: ConversationId) -> Result<Vec<Message>> {
    let sql =
        format!("SELECT {COLUMNS} FROM message LEFT JOIN message_text ON message_id = message.id WHERE conversation_id = ?1 ORDER BY arrived_at, message.id");
    c.all(&sql, [id], from_row)
}

/// The newest message of a conversation that is no note: what a writer must have seen.
pub fn newest(c: &Reader, id: ConversationId) -> Result<Option<MessageKey>> {
    c.optional("SELECT max(id) FROM message WHERE conversation_id = ?1 AND direction <> 'note'", [id], |r| r.get(0)).map(Option::flatten)
}

/// The mail with these bytes in this mailbox, if there is one.
pub fn find_by_raw(c: &Reader, mailbox: MailboxId, hash: Hash) -> Result<Option<MessageKey>> {
    c.optional("SELECT id FROM message WHERE raw_hash = ?1 AND mailbox_id = ?2", params![hash.0, mailbox], |r| r.get(0))
}

/// The mail with the same Message-ID, Date, From and body, whatever a server did to its other fields.
pub fn find_by_content(c: &Reader, mailbox: MailboxId, content_hash: [u8; 32]) -> Result<Option<MessageKey>> {
    c.optional("SELECT id FROM message WHERE content_hash = ?1 AND mailbox_id = ?2", params![content_hash, mailbox], |r| r.get(0))
}

pub fn find_by_identifier(c: &Reader, mailbox: MailboxId, identifier: &MessageId) -> Result<Option<Message>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM message LEFT JOIN message_text ON message_id = message.id WHERE identifier = ?1 AND mailbox_id = ?2 ORDER BY message.id LIMIT 1"
    );
    c.optional(&sql, params![identifier.as_str(), mailbox], from_row)
}

/// Files a message with its text, references, attachments, and queues it for the index.
pub fn file(tx: &Writer, new: &NewMessage, now: Millis) -> Result<MessageKey> {
    let email = new.email;
    let identifier = email.message_id.as_ref().map(MessageId::as_str);
    let shared: bool = match identifier {
        Some(id) => tx.one("SELECT EXISTS (SELECT 1 FROM message WHERE identifier = ?1 AND mailbox_id = ?2)", params![id, new.mailbox_id], |r| r.get(0))?,
        None => false,
    };
    let people = People { to: email.to.clone(), cc: email.cc.clone(), bcc: Vec::new(), reply_to: email.reply_to.clone() };
    let reading = Reading {
        authentication: email.authentication.clone(),
        complaints: email.complaints.clone(),
        bounce: email.bounce.clone(),
        language: email.language.map(str::to_owned),
        no_automatic_answer: email.no_automatic_answer.map(str::to_owned),
    };
    let (from_name, from_address) = email.from.as_ref().map_or(("", ""), |f| (f.name.as_str(), f.address.as_str()));
    let id = MessageKey(tx.insert(
        "INSERT INTO message(conversation_id, mailbox_id, direction, identifier, from_name, from_address, people, subject, sent_at, arrived_at, author_id,
           email_kind, raw_hash, content_hash, placement, reading, has_html, attachment_count, shared_identifier, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
        params![
            new.conversation_id,
            new.mailbox_id,
            new.direction.as_str(),
            identifier,
            from_name,
            from_address,
            serde_json::to_string(&people)?,
            email.subject,
            email.date,
            new.arrived_at,
            new.author_id,
            email.kind.as_str(),
            new.raw_hash.map(|hash| hash.0),
            new.raw_hash.map(|_| email.content_hash),
            serde_json::to_string(new.placement)?,
            serde_json::to_string(&reading)?,
            email.html.is_some(),
            email.attachments.len() as i64,
            shared,
            now
        ],
    )?);
    crate::failpoint::reached("message.inserted");
    let whole = (email.text.trim() != email.new_text.trim()).then_some(&email.text);
    tx.execute("INSERT INTO message_text(message_id, new_text, text) VALUES (?1, ?2, ?3)", params![id, email.new_text, whole])?;
    for reference in email.in_reply_to.iter().chain(&email.references) {
        tx.execute("INSERT OR IGNORE INTO message_reference(identifier, message_id) VALUES (?1, ?2)", params![reference.as_str(), id])?;
    }
    for attachment in &email.attachments {
        file_attachment(tx, id, attachment)?;
    }
    crate::failpoint::reached("message.described");
    queue_for_index(tx, id)?;
    Ok(id)
}

/// Makes `addresses` participants through this message; `written_to`: we are sending it to them.
pub fn add_participants<'a>(tx: &Writer, conversation: ConversationId, id: MessageKey, keys: impl Iterator<Item = &'a str>, written_to: bool) -> Result<()> {
    for key in keys {
        tx.execute(
            "INSERT OR IGNORE INTO participant(conversation_id, address, message_id, written_to) VALUES (?1, ?2, ?3, ?4)",
            params![conversation, key, id, written_to],
        )?;
    }
    Ok(())
}

/// Moves messages to another conversation (merge, split, undo), with their participants and the returns that began with them.
pub fn move_to(tx: &Writer, messages: &[MessageKey], to: ConversationId) -> Result<()> {
    for id in messages {
        tx.execute("UPDATE message SET conversation_id = ?2 WHERE id = ?1", params![id, to])?;
        tx.execute("UPDATE return_request SET conversation_id = ?2 WHERE message_id = ?1", params![id, to])?;
        tx.execute("UPDATE OR REPLACE participant SET conversation_id = ?2 WHERE message_id = ?1", params![id, to])?;
        queue_for_index(tx, *id)?;
    }
    Ok(())
}

pub fn queue_for_index(tx: &Writer, id: MessageKey) -> Result<()> {
    tx.execute("INSERT INTO index_queue(message_id) VALUES (?1)", [id])?;
    Ok(())
}

pub fn attachments(c: &Reader, id: MessageKey) -> Result<Vec<(AttachmentId, Attachment)>> {
    c.all("SELECT id, part, name, content_type, bytes, inline, content_id FROM attachment WHERE message_id = ?1 ORDER BY part", [id], |r| {
        Ok((r.get(0)?, attachment_from_row(r)?))
    })
}

/// The message that an attachment belongs to, and what is known of it.
pub fn find_attachment(c: &Reader, id: AttachmentId) -> Result<Option<(MessageKey, Attachment)>> {
    c.optional("SELECT message_id, part, name, content_type, bytes, inline, content_id FROM attachment WHERE id = ?1", [id], |r| {
        Ok((r.get(0)?, attachment_from_row(r)?))
    })
}

fn file_attachment(tx: &Writer, message: MessageKey, a: &Attachment) -> Result<()> {
    tx.execute(
        "INSERT INTO attachment(message_id, part, name, content_type, bytes, inline, content_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![message, a.part as i64, a.name, a.content_type, a.bytes as i64, a.inline, a.content_id],
    )?;
    Ok(())
}

fn attachment_from_row(r: &Row) -> RowResult<Attachment> {
    Ok(Attachment {
        part: r.get::<_, i64>(1)? as usize,
        name: r.get(2)?,
        content_type: r.get(3)?,
        bytes: r.get::<_, i64>(4)? as usize,
        inline: r.get(5)?,
        content_id: r.get(6)?,
        pixels: None,
    })
}

impl Direction {
    pub fn as_str(self) -> &'static str {
        match self {
            Direction::Inbound => "inbound",
            Direction::Reply => "reply",
            Direction::Note => "note",
        }
    }
}

impl Message {
    /// The name beside the message; the address where there is none.
    pub fn author(&self) -> &str {
        if self.from_name.trim().is_empty() { &self.from_address } else { &self.from_name }
    }
}

fn from_row(r: &Row) -> RowResult<Message> {
    let direction = match r.get_ref(3)?.as_str()? {
        "reply" => Direction::Reply,
        "note" => Direction::Note,
        _ => Direction::Inbound,
    };
    Ok(Message {
        id: r.get(0)?,
        conversation_id: r.get(1)?,
        mailbox_id: r.get(2)?,
        direction,
        identifier: r.get::<_, Option<String>>(4)?.and_then(|id| MessageId::parse(&id)),
        from_name: r.get(5)?,
        from_address: r.get(6)?,
        people: json(r, 7)?,
        subject: r.get(8)?,
        sent_at: r.get(9)?,
        arrived_at: r.get(10)?,
        author_id: r.get(11)?,
        kind: Kind::from_name(r.get_ref(12)?.as_str()?).unwrap_or_default(),
        raw_hash: r.get::<_, Option<Vec<u8>>>(13)?.and_then(|bytes| Hash::from_slice(&bytes)),
        placement: json(r, 14)?,
        reading: json(r, 15)?,
        has_html: r.get(16)?,
        attachment_count: r.get(17)?,
        shared_identifier: r.get(18)?,
        new_text: r.get::<_, Option<String>>(19)?.unwrap_or_default(),
        text: r.get(20)?,
    })
}
