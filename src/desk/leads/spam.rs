//! Spam is nobody's lead: when all that somebody wrote is called spam they are set aside, and taken up again when that is taken back.

use crate::conversation::{self, ConversationId, Status};
use crate::database::{Millis, Writer};
use crate::desk::Result;
use crate::id::AgentId;
use crate::lead::{self, Because};

/// After a status changed from `was`.
pub(in crate::desk) fn follow_status(tx: &Writer, id: ConversationId, was: Status, by: Option<AgentId>, now: Millis) -> Result<()> {
    let Some(conversation) = conversation::find(tx, id)? else { return Ok(()) };
    match (was == Status::Spam, conversation.status == Status::Spam) {
        (false, true) if !conversation::any_but_spam(tx, conversation.customer_id)? => lead::set_aside(tx, conversation.customer_id, Because::Spam, by, now)?,
        (true, false) => lead::take_up_again(tx, conversation.customer_id, Because::Spam)?,
        _ => {}
    }
    Ok(())
}
