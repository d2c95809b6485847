//! Two records of one person become one, and can be taken apart again. Nobody is joined by a mail alone: a From and a name can be
//! forged, and whoever is joined is shown the other's letters and orders. An agent looks at the reason and decides.

use super::by_hand::existing;
use crate::conversation::message;
use crate::customer::join::{self, Join, JoinId, Moved};
use crate::customer::{self, CustomerId};
use crate::database::{Millis, Writer};
use crate::desk::{Error, Result, returns};
use crate::follow_up::{self, State, going};
use crate::id::{AgentId, LeadEventId};
use crate::lead::event::{self, Happened};
use crate::lead::{self, Lead};
use crate::order::buyer;

/// Orders that an open return may be about: the newest.
const ORDERS_SEEN: usize = 50;
/// Why a follow-up of one of two records does not go.
const TWICE: &str = "they get, or got, the same by another address of theirs";

/// Joins `joined` into `kept`: what was said, agreed to, wished for and planned goes along, with the addresses.
pub fn join(tx: &Writer, kept: CustomerId, joined: CustomerId, because: &str, by: AgentId, now: Millis) -> Result<LeadEventId> {
    let (_, other) = (existing(tx, kept)?, existing(tx, joined)?);
    if kept == joined || customer::join::current(tx, kept)? != kept || customer::join::current(tx, joined)? != joined {
        return Err(Error::Refused("These two are one person already.".into()));
    }
    let mut moved = join::move_belongings(tx, kept, joined)?;
    join_leads(tx, kept, joined, &mut moved)?;
    end_twice_planned(tx, kept, joined, now)?;
    let id = join::record(tx, (kept, joined), because, &moved, Some(by), now)?;
    find_anew(tx, &moved)?;
    // What was bought from one address is theirs when the other names it.
    let addresses = existing(tx, kept)?.addresses;
    let orders: Vec<_> = buyer::orders(tx, &addresses, ORDERS_SEEN)?.iter().map(|order| order.id).collect();
    returns::orders_arrived(tx, &orders, now)?;
    let address = other.addresses.first().map(|a| a.address.clone()).unwrap_or_default();
    Ok(event::record(tx, kept, Some(by), &Happened::Joined { join: id, name: other.name, address }, now)?)
}

/// What both were to get stays behind with the emptied record, and would go to the person twice. An undo brings it not back.
fn end_twice_planned(tx: &Writer, kept: CustomerId, joined: CustomerId, now: Millis) -> Result<()> {
    for twice in going::planned_for(tx, joined)? {
        follow_up::cancel(tx, twice.id, TWICE, None, now)?;
    }
    let told: Vec<_> = follow_up::of_customer(tx, joined)?.into_iter().filter(|of| of.state == State::Sent).filter_map(|of| of.piece_id).collect();
    for twice in going::planned_for(tx, kept)?.iter().filter(|of| of.piece_id.is_some_and(|piece| told.contains(&piece))) {
        follow_up::cancel(tx, twice.id, TWICE, None, now)?;
    }
    Ok(())
}

/// Moves exactly what was moved back.
pub(super) fn take_apart(tx: &Writer, id: JoinId, by: AgentId, now: Millis) -> Result<()> {
    let join = join::find(tx, id)?.filter(|join| !join.undone).ok_or_else(|| Error::Refused("These two are apart already.".into()))?;
    if customer::join::current(tx, join.kept)? != join.kept {
        return Err(Error::Refused("This person was joined into another since: take that back first.".into()));
    }
    join::mark_undone(tx, id, by, now)?;
    join::move_back(tx, &join)?;
    part_leads(tx, &join)?;
    find_anew(tx, &join.moved)
}

/// One lead of two: the longer span, the earlier source, a country where one was said. Set aside only where both were.
fn join_leads(tx: &Writer, kept: CustomerId, joined: CustomerId, moved: &mut Moved) -> Result<()> {
    moved.lead = lead::find(tx, joined)?;
    moved.kept_lead = lead::find(tx, kept)?;
    let Some(other) = &moved.lead else { return Ok(()) };
    lead::drop_row(tx, joined)?;
    let became = match &moved.kept_lead {
        None => Lead { customer_id: kept, ..other.clone() },
        Some(own) => {
            let first = if other.first_contact_at < own.first_contact_at { other } else { own };
            let said = if own.country.is_some() { own } else { other };
            Lead {
                source: first.source,
                source_detail: first.source_detail.clone(),
                first_contact_at: first.first_contact_at,
                last_contact_at: own.last_contact_at.max(other.last_contact_at),
                country: said.country.clone(),
                country_sentence: said.country_sentence.clone(),
                set_aside: own.set_aside.filter(|_| other.set_aside.is_some()),
                ..own.clone()
            }
        }
    };
    lead::put(tx, &became)?;
    moved.kept_lead_became = Some(became);
    Ok(())
}

/// Both as they were; who wrote since keeps that contact.
fn part_leads(tx: &Writer, join: &Join) -> Result<()> {
    let Moved { lead, kept_lead, kept_lead_became, .. } = &join.moved;
    if let Some(lead) = lead {
        lead::put(tx, lead)?;
    }
    let now_is = lead::find(tx, join.kept)?;
    if now_is == *kept_lead_became {
        match kept_lead {
            Some(was) => lead::put(tx, was)?,
            None => lead::drop_row(tx, join.kept)?,
        }
    } else if let (Some(was), Some(is)) = (kept_lead, now_is) {
        lead::put(tx, &Lead { first_contact_at: was.first_contact_at, source: was.source, source_detail: was.source_detail.clone(), ..is })?;
    }
    Ok(())
}

/// The index knows conversations by their customer's name.
fn find_anew(tx: &Writer, moved: &Moved) -> Result<()> {
    for conversation in moved.conversations() {
        for message in message::of_conversation(tx, conversation)? {
            message::queue_for_index(tx, message.id)?;
        }
    }
    Ok(())
}
