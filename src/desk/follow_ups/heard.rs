//! Somebody wrote: what was planned for them does not go, and what went was perhaps answered.

use crate::conversation::{ConversationId, MessageKey};
use crate::customer::CustomerId;
use crate::database::{self, Millis, Reader, Writer, params};
use crate::desk::Result;
use crate::follow_up::{self, FollowUp, State, going};
use crate::id::AgentId;
use crate::outbox;

/// Why a planned one does not go.
const WROTE: &str = "they wrote in the meantime";
/// Why one that is in the outbox does not leave.
const HAS_RETURN: &str = "they have an open return";
const CONSENT_ENDED: &str = "their consent ended";

/// A person's mail was filed. Old mail that is fetched late cancels nothing.
pub(in crate::desk) fn heard(tx: &Writer, customer: CustomerId, (there, message): (ConversationId, MessageKey), at: Millis, now: Millis) -> Result<()> {
    for planned in going::planned_for(tx, customer)? {
        if planned.planned_at < at {
            follow_up::cancel(tx, planned.id, WROTE, None, now)?;
        }
    }
    hold_all_back(tx, customer, at, WROTE, now)?;
    if let Some(answered) = going::newest_in(tx, there, at)?.filter(|sent| sent.customer_id == customer) {
        going::note_answered(tx, answered.id, message, at)?;
    }
    Ok(())
}

/// A return was opened: whoever has one is not written to. What is planned sees it when its time comes.
pub(in crate::desk) fn return_opened(tx: &Writer, customer: CustomerId, now: Millis) -> Result<()> {
    hold_all_back(tx, customer, Millis::MAX, HAS_RETURN, now)
}

/// Its letter did not leave: the consent that it rests on ended while it was on its way.
pub fn never_left(tx: &Writer, message: MessageKey, now: Millis) -> Result<()> {
    match going::of_message(tx, message)? {
        Some(of) => Ok(follow_up::note_held_back(tx, of.id, CONSENT_ENDED, None, now)?),
        None => Ok(()),
    }
}

fn hold_all_back(tx: &Writer, customer: CustomerId, planned_before: Millis, because: &str, now: Millis) -> Result<()> {
    for sent in follow_up::of_customer(tx, customer)? {
        if sent.planned_at < planned_before {
            hold_back(tx, &sent, because, None, now)?;
        }
    }
    Ok(())
}

/// One that is in the outbox and has not left, here or because a server put it off, does not. False: it is not there.
pub fn hold_back(tx: &Writer, of: &FollowUp, because: &str, by: Option<AgentId>, now: Millis) -> Result<bool> {
    let Some(message) = of.message_id.filter(|_| of.state == State::Sent) else { return Ok(false) };
    let waits = outbox::cancel_waiting(tx, message, because, now)?;
    if waits {
        follow_up::note_held_back(tx, of.id, because, by, now)?;
    }
    Ok(waits)
}

/// Does not leave if that is still possible, wherever it waits; false once it has left.
pub fn take_back(tx: &Writer, of: &FollowUp, because: &str, by: Option<AgentId>, now: Millis) -> Result<bool> {
    if of.state == State::Sent { hold_back(tx, of, because, by, now) } else { Ok(follow_up::cancel(tx, of.id, because, by, now)?) }
}

/// Whether a person wrote in a conversation of this customer since then.
pub(super) fn wrote_since(c: &Reader, customer: CustomerId, since: Millis) -> database::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM conversation JOIN message ON message.conversation_id = conversation.id
                 WHERE conversation.customer_id = ?1 AND direction = 'inbound' AND email_kind IN ('person', 'list') AND arrived_at > ?2)";
    c.one(sql, params![customer, since], |r| r.get(0))
}
