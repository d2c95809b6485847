//! A return ended: what the owner wants to follow it is planned, where its customer agreed to that; reopened, it is not.

use super::go;
use super::heard::return_opened;
use crate::consent;
use crate::conversation;
use crate::customer;
use crate::database::{Millis, Reader, Writer};
use crate::desk::Result;
use crate::follow_up::{self, New, board, discount, pace, plan};
use crate::id::AgentId;
use crate::return_request::{Request, ReturnId, State};

const DAY: Millis = 24 * pace::HOUR;
/// Why a follow-up is cancelled when its return goes on.
const REOPENED: &str = "the return goes on";

/// Plans what follows a return that stands in `is` now. Nothing without consent: the owner's plan is no reason to ask for it.
pub(in crate::desk) fn after(tx: &Writer, request: &Request, is: State, now: Millis) -> Result<()> {
    if !is.is_closed() {
        reopened(tx, request.id, None, now)?;
        return return_opened(tx, request.customer_id, now);
    }
    let plans = plan::enabled(tx)?;
    for plan in plans.iter().filter(|plan| plan.said.after.is(is)) {
        let Some(address) = address_that_agreed(tx, request, plan.said.kind)? else { continue };
        if let Some(of) = plan.said.discount_id
            && discount::find(tx, of)?.is_none_or(|discount| discount.ended_at.is_some())
        {
            continue;
        }
        // Whoever wrote from another address does not find the letter in a thread they do not know.
        let joins = !plan.said.new_thread && conversation::is_participant(tx, request.conversation_id, &address)?;
        let zones = go::zones(tx, request.customer_id)?;
        let new = New {
            kind: plan.said.kind,
            customer_id: request.customer_id,
            address: &address,
            plan_id: Some(plan.id),
            return_id: Some(request.id),
            piece_id: None,
            wish_id: None,
            discount_id: plan.said.discount_id,
            conversation_id: joins.then_some(request.conversation_id),
            mailbox_id: request.mailbox_id,
            own_words: None,
            due_at: pace::next_day(&go::pace(tx)?, &zones, now + plan.said.days * DAY),
            by: None,
        };
        follow_up::plan(tx, &new, now)?;
    }
    Ok(())
}

/// The return goes on after all.
pub(in crate::desk) fn reopened(tx: &Writer, id: ReturnId, by: Option<AgentId>, now: Millis) -> Result<()> {
    for planned in board::open_of_return(tx, id)? {
        follow_up::cancel(tx, planned, REOPENED, by, now)?;
    }
    Ok(())
}

/// The address of theirs that agreed: first one that is in the conversation.
fn address_that_agreed(c: &Reader, request: &Request, kind: follow_up::Kind) -> Result<Option<String>> {
    let Some(customer) = customer::find(c, request.customer_id)? else { return Ok(None) };
    let mut agreed = Vec::new();
    for known in customer.addresses {
        if consent::live(c, &known.address, kind.purpose())?.is_some() {
            agreed.push(known.address);
        }
    }
    for address in &agreed {
        if conversation::is_participant(c, request.conversation_id, address)? {
            return Ok(Some(address.clone()));
        }
    }
    Ok(agreed.into_iter().next())
}
