//! Unread again: for an agent who wants to come back to a conversation.

use super::ConversationId;
use crate::database::{Result, Writer, params};
use crate::id::AgentId;

/// As if `agent` had never opened it.
pub fn mark_unread(tx: &Writer, id: ConversationId, agent: AgentId) -> Result<()> {
    tx.execute("DELETE FROM seen WHERE conversation_id = ?1 AND agent_id = ?2", params![id, agent])?;
    Ok(())
}
