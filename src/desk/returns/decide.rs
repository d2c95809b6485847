//! A person decides: the record says who, what and how much, and the return goes where the decision sends it. The reply that
//! tells the customer is queued in the same transaction by whoever calls.

use super::record::{self, note};
use super::sum::{sums, unagreed};
use super::{calls, fulfilment};
use crate::action::Event;
use crate::agent::Agent;
use crate::database::{Millis, Reader, Writer};
use crate::desk::{Error, Result};
use crate::money::Amount;
use crate::return_request::request::Decided;
use crate::return_request::{Decision, Happened, Request, ReturnId, State, request};

/// What an agent decided.
#[derive(Clone, Copy, Debug)]
pub struct Deciding {
    pub decision: Decision,
    /// Of a refund or credit.
    pub amount: Option<Amount>,
    /// The item has to come back first.
    pub comes_back: bool,
}

pub fn decide(tx: &Writer, id: ReturnId, deciding: Deciding, by: &Agent, now: Millis) -> Result<State> {
    let request = request::find(tx, id)?.ok_or_else(|| Error::Refused("This return does not exist.".into()))?;
    if let Some(why) = refusal(tx, &request, deciding, by)? {
        return Err(Error::Refused(why));
    }
    // "1000" is a thousand of the order's currency: nothing is recorded or called without one that is known.
    let deciding = sums(tx, &request)?.complete(deciding);
    let is = match deciding.decision {
        Decision::Decline => State::Declined,
        _ if deciding.comes_back && request.received_as_expected.is_none() => State::Approved,
        _ => State::ToRefund,
    };
    let decided = Decided { decision: deciding.decision, at: now, by: Some(by.id), amount: deciding.amount, comes_back: deciding.comes_back };
    request::set_decided(tx, id, Some(&decided))?;
    note(tx, id, Some(by.id), Happened::Decided { decision: deciding.decision, amount: deciding.amount, was: request.state, is }, now)?;
    let standing = request::find(tx, id)?.unwrap_or(request);
    record::stand(tx, &standing, is, Some(by.id), now)?;
    calls::tell(tx, &Request { state: is, ..standing }, Event::Decided, Some(by.id), now)?;
    if is == State::Approved {
        fulfilment::tell_if_due(tx, id, now)?;
    }
    Ok(is)
}

/// Why `by` may not decide this, in words.
pub fn refusal(c: &Reader, request: &Request, deciding: Deciding, by: &Agent) -> Result<Option<String>> {
    if !matches!(request.state, State::AwaitingDetails | State::ToDecide | State::Received) {
        return Ok(Some(format!("{} is “{}” already.", request.name(), request.state.words())));
    }
    let deciding = sums(c, request)?.complete(deciding);
    match deciding.amount {
        Some(amount) if amount.minor <= 0 => return Ok(Some("The amount has to be more than nothing.".into())),
        None if deciding.decision == Decision::PartialRefund => return Ok(Some("How much is refunded? Enter the amount.".into())),
        _ => {}
    }
    if !deciding.decision.moves_money() || by.is_owner() { Ok(None) } else { unagreed(c, request, deciding.amount) }
}
