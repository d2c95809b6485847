//! What the screen says of a sent message: its state, the server's words, each recipient's fate.

use super::State;
use crate::database::{Millis, Reader, Result};
use crate::id::{ConversationId, MessageKey, OutboxId};
use std::collections::HashMap;

#[derive(Clone, Debug, serde::Serialize)]
pub struct Delivery {
    pub id: OutboxId,
    pub state: State,
    pub due_at: Millis,
    pub attempts: i64,
    pub answer: String,
    pub settled_at: Option<Millis>,
    pub recipients: Vec<RecipientState>,
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct RecipientState {
    pub address: String,
    /// queued, accepted, deferred, failed, uncertain or bounced.
    pub state: String,
    pub answer: String,
}

/// The deliveries of a conversation's messages.
pub fn of_messages(c: &Reader, conversation: ConversationId) -> Result<HashMap<MessageKey, Delivery>> {
    let rows = c.all(
        "SELECT message_id, outbox.id, state, due_at, attempts, answer, settled_at FROM outbox JOIN message ON message.id = message_id WHERE conversation_id = ?1",
        [conversation],
        |r| {
            let state = State::from_name(r.get_ref(2)?.as_str()?);
            let delivery = Delivery { id: r.get(1)?, state, due_at: r.get(3)?, attempts: r.get(4)?, answer: r.get(5)?, settled_at: r.get(6)?, recipients: Vec::new() };
            Ok((r.get::<_, MessageKey>(0)?, delivery))
        },
    )?;
    let mut deliveries: HashMap<MessageKey, Delivery> = rows.into_iter().collect();
    let recipients = c.all(
        "SELECT message_id, address, outbox_recipient.state, outbox_recipient.answer FROM outbox_recipient JOIN outbox ON outbox.id = outbox_id
         JOIN message ON message.id = message_id WHERE conversation_id = ?1 ORDER BY address",
        [conversation],
        |r| Ok((r.get::<_, MessageKey>(0)?, RecipientState { address: r.get(1)?, state: r.get(2)?, answer: r.get(3)? })),
    )?;
    for (message, recipient) in recipients {
        if let Some(delivery) = deliveries.get_mut(&message) {
            delivery.recipients.push(recipient);
        }
    }
    Ok(deliveries)
}
