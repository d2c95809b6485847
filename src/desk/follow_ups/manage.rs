//! What an agent does to follow-ups by hand: cancel them, switch a plan on or off, end a discount, offer a piece.

use super::go;
use crate::conversation::ConversationId;
use crate::database::{Millis, Writer};
use crate::desk::{Error, Result};
use crate::follow_up::{self, Kind, New, board, discount, pace, plan};
use crate::id::{AgentId, CustomerId, DiscountId, FollowUpId, MailboxId, PieceId, PlanId, WishId};

/// One does not go.
pub fn cancel(tx: &Writer, id: FollowUpId, by: AgentId, now: Millis) -> Result<()> {
    if follow_up::cancel(tx, id, "cancelled by hand", Some(by), now)? {
        return Ok(());
    }
    Err(Error::Refused("It has gone already, or was cancelled.".into()))
}

/// Those of a day; returns how many.
pub fn cancel_all(tx: &Writer, ids: &[FollowUpId], by: AgentId, now: Millis) -> Result<usize> {
    let mut cancelled = 0;
    for id in ids {
        cancelled += usize::from(follow_up::cancel(tx, *id, "cancelled by hand", Some(by), now)?);
    }
    Ok(cancelled)
}

/// Off: what it planned does not go. On: for returns that end from now on. Returns how many were cancelled.
pub fn switch_plan(tx: &Writer, id: PlanId, on: bool, by: AgentId, now: Millis) -> Result<usize> {
    plan::switch(tx, id, on, by, now)?;
    if on { Ok(0) } else { end(tx, &board::open_of_plan(tx, id)?, "its plan was switched off", by, now) }
}

pub fn remove_plan(tx: &Writer, id: PlanId, by: AgentId, now: Millis) -> Result<usize> {
    plan::remove(tx, id, by, now)?;
    end(tx, &board::open_of_plan(tx, id)?, "its plan was removed", by, now)
}

/// Nobody gets a code of it any more. Returns how many follow-ups end with it.
pub fn end_discount(tx: &Writer, id: DiscountId, by: AgentId, now: Millis) -> Result<usize> {
    discount::end(tx, id, by, now)?;
    end(tx, &board::open_of_discount(tx, id)?, "the discount ended", by, now)
}

fn end(tx: &Writer, ids: &[FollowUpId], because: &str, by: AgentId, now: Millis) -> Result<usize> {
    let mut ended = 0;
    for id in ids {
        ended += usize::from(follow_up::cancel(tx, *id, because, Some(by), now)?);
    }
    Ok(ended)
}

/// A piece for somebody, as an agent ticked it.
#[derive(Clone, Copy, Debug)]
pub struct Match<'a> {
    pub customer_id: CustomerId,
    /// Lower case.
    pub address: &'a str,
    pub piece_id: PieceId,
    pub wish_id: Option<WishId>,
    /// Whose thread it joins: that in which they wished.
    pub conversation_id: Option<ConversationId>,
    pub mailbox_id: MailboxId,
    /// The letter as it was changed in the preview.
    pub own_words: Option<&'a str>,
    pub by: AgentId,
}

/// Offers a piece: it goes as soon as it is day there and the pace allows. `None`: they did not agree to that, or have been told of it.
pub fn plan_match(tx: &Writer, ticked: &Match, now: Millis) -> Result<Option<FollowUpId>> {
    let zones = go::zones(tx, ticked.customer_id)?;
    let new = New {
        kind: Kind::WishMatch,
        customer_id: ticked.customer_id,
        address: ticked.address,
        plan_id: None,
        return_id: None,
        piece_id: Some(ticked.piece_id),
        wish_id: ticked.wish_id,
        discount_id: None,
        conversation_id: ticked.conversation_id,
        mailbox_id: ticked.mailbox_id,
        own_words: ticked.own_words,
        due_at: pace::next_day(&go::pace(tx)?, &zones, now),
        by: Some(ticked.by),
    };
    Ok(follow_up::plan(tx, &new, now)?)
}
