//! Somebody wrote: what was planned for them does not go, and what went was perhaps answered.

use crate::conversation::{ConversationId, MessageKey};
use crate::customer::CustomerId;
use crate::database::{self, Millis, Reader, Writer, params};
use crate::desk::Result;
use crate::follow_up::{self, going};

/// Why a planned one does not go.
const WROTE: &str = "they wrote in the meantime";

/// A person's mail was filed. Old mail that is fetched late cancels nothing.
pub(in crate::desk) fn heard(tx: &Writer, customer: CustomerId, (there, message): (ConversationId, MessageKey), at: Millis, now: Millis) -> Result<()> {
    for planned in going::planned_for(tx, customer)? {
        if planned.planned_at < at {
            follow_up::cancel(tx, planned.id, WROTE, None, now)?;
        }
    }
    if let Some(answered) = going::newest_in(tx, there, at)?.filter(|sent| sent.customer_id == customer) {
        going::note_answered(tx, answered.id, message, at)?;
    }
    Ok(())
}

/// Whether a person wrote in a conversation of this customer since then.
pub(super) fn wrote_since(c: &Reader, customer: CustomerId, since: Millis) -> database::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM conversation JOIN message ON message.conversation_id = conversation.id
                 WHERE conversation.customer_id = ?1 AND direction = 'inbound' AND email_kind IN ('person', 'list') AND arrived_at > ?2)";
    c.one(sql, params![customer, since], |r| r.get(0))
}
