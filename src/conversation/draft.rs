//! What an agent is writing, kept on the server: a closed tab, a lost connection and a newer message lose nothing.

use super::{ConversationId, MessageKey, People};
use crate::blobs::Hash;
use crate::database::{Millis, Reader, Result, Writer, json, params};
use crate::id::{AgentId, UploadId};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftKind {
    Reply,
    Note,
}

#[derive(Clone, Debug)]
pub struct Draft {
    pub people: People,
    pub text: String,
    pub seen: MessageKey,
    pub updated_at: Millis,
}

/// A file that goes with a reply.
#[derive(Clone, Debug)]
pub struct Upload {
    pub id: UploadId,
    pub name: String,
    pub content_type: String,
    pub bytes: i64,
    pub raw_hash: Hash,
}

pub fn find(c: &Reader, conversation: ConversationId, agent: AgentId, kind: DraftKind) -> Result<Option<Draft>> {
    c.optional(
        "SELECT people, text, seen_message_id, updated_at FROM draft WHERE conversation_id = ?1 AND agent_id = ?2 AND kind = ?3",
        params![conversation, agent, kind.as_str()],
        |r| Ok(Draft { people: json(r, 0)?, text: r.get(1)?, seen: r.get(2)?, updated_at: r.get(3)? }),
    )
}

/// Keeps a draft; an empty text with no files forgets it.
pub fn keep(tx: &Writer, conversation: ConversationId, agent: AgentId, kind: DraftKind, draft: &Draft) -> Result<()> {
    if draft.text.trim().is_empty() {
        tx.execute("DELETE FROM draft WHERE conversation_id = ?1 AND agent_id = ?2 AND kind = ?3", params![conversation, agent, kind.as_str()])?;
        return Ok(());
    }
    tx.execute(
        "INSERT INTO draft(conversation_id, agent_id, kind, people, text, seen_message_id, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT(conversation_id, agent_id, kind) DO UPDATE SET people = excluded.people, text = excluded.text,
           seen_message_id = excluded.seen_message_id, updated_at = excluded.updated_at",
        params![conversation, agent, kind.as_str(), serde_json::to_string(&draft.people)?, draft.text, draft.seen, draft.updated_at],
    )?;
    Ok(())
}

/// The draft was sent or thrown away; for a reply its files go with it.
pub fn forget(tx: &Writer, conversation: ConversationId, agent: AgentId, kind: DraftKind) -> Result<()> {
    tx.execute("DELETE FROM draft WHERE conversation_id = ?1 AND agent_id = ?2 AND kind = ?3", params![conversation, agent, kind.as_str()])?;
    if kind == DraftKind::Reply {
        tx.execute("DELETE FROM upload WHERE conversation_id = ?1 AND agent_id = ?2", params![conversation, agent])?;
    }
    Ok(())
}

/// Who else is writing a reply here, and since when they last typed.
pub fn others_writing(c: &Reader, conversation: ConversationId, agent: AgentId, since: Millis) -> Result<Vec<(String, Millis)>> {
    c.all(
        "SELECT name, updated_at FROM draft JOIN agent ON agent.id = agent_id WHERE conversation_id = ?1 AND agent_id <> ?2 AND kind = 'reply' AND updated_at > ?3",
        params![conversation, agent, since],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )
}

pub fn add_upload(tx: &Writer, conversation: ConversationId, agent: AgentId, upload: (&str, &str, i64, Hash), now: Millis) -> Result<UploadId> {
    let (name, content_type, bytes, hash) = upload;
    let id = tx.insert(
        "INSERT INTO upload(conversation_id, agent_id, name, content_type, bytes, raw_hash, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![conversation, agent, name, content_type, bytes, hash.0, now],
    )?;
    Ok(UploadId(id))
}

pub fn remove_upload(tx: &Writer, id: UploadId, agent: AgentId) -> Result<()> {
    tx.execute("DELETE FROM upload WHERE id = ?1 AND agent_id = ?2", params![id, agent])?;
    Ok(())
}

pub fn uploads(c: &Reader, conversation: ConversationId, agent: AgentId) -> Result<Vec<Upload>> {
    let rows = c.all(
        "SELECT id, name, content_type, bytes, raw_hash FROM upload WHERE conversation_id = ?1 AND agent_id = ?2 ORDER BY id",
        params![conversation, agent],
        |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?, r.get::<_, Vec<u8>>(4)?)),
    )?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, name, content_type, bytes, hash)| Some(Upload { id, name, content_type, bytes, raw_hash: Hash::from_slice(&hash)? }))
        .collect())
}

impl DraftKind {
    pub fn as_str(self) -> &'static str {
        match self {
            DraftKind::Reply => "reply",
            DraftKind::Note => "note",
        }
    }
}
