//! Whether a call may move money on an agent's word alone: its button, what a state fires, and trying it again are held alike.

use super::sum::{above_limit, sums, unagreed};
use crate::action::Action;
use crate::agent::{self, Agent};
use crate::database::Reader;
use crate::desk::{Error, Result};
use crate::id::AgentId;
use crate::money::Amount;
use crate::return_request::Request;
use crate::setting;

/// Above the limit an owner decides: what was decided, or what the customer says as long as nothing was. A call that names no sum may give
/// back all that was paid, so it is held by what the order cost.
pub(super) fn agreed(c: &Reader, request: &Request, action: &Action, by: &Agent) -> Result<()> {
    let is_limited = setting::get::<Amount>(c, setting::OWNER_AGREES_ABOVE)?.is_some();
    if !is_limited || action.is_harmless() || by.is_owner() || decider(c, request)?.is_some_and(|agent| agent.is_owner()) {
        return Ok(());
    }
    let known = sums(c, request)?;
    let sum = request.decided.as_ref().and_then(|decided| decided.amount).or(known.stated);
    let refused = |why: String| Err(Error::Refused(format!("{why}: an owner has to agree.")));
    if let Some(sum) = sum
        && above_limit(c, sum)?
    {
        return refused(format!("{sum} is above what agents decide alone"));
    }
    if !action.may_move_money() || action.names_sum(sum.is_some()) {
        return Ok(());
    }
    match known.order {
        Some(total) if above_limit(c, total)? => refused(format!("“{}” names no sum, and the order’s {total} is above what agents decide alone", action.name)),
        Some(_) => Ok(()),
        None => refused(format!("“{}” names no sum, and what the order cost is not known", action.name)),
    }
}

/// Who causes a call that nobody presses: whoever moves the return on, otherwise whoever decided it.
pub(super) fn agreed_at_fire(c: &Reader, request: &Request, action: &Action, by: Option<AgentId>) -> Result<()> {
    let by = by.map(|by| agent::find(c, by)).transpose()?.flatten();
    match by.or(decider(c, request)?) {
        Some(agent) => agreed(c, request, action, &agent),
        None => Ok(()),
    }
}

fn decider(c: &Reader, request: &Request) -> Result<Option<Agent>> {
    Ok(request.decided.as_ref().and_then(|decided| decided.by).map(|id| agent::find(c, id)).transpose()?.flatten())
}

/// Who moves a return on by hand may do no more than by deciding. A sum that was decided was held against the limit then; without one it is
/// what the return is about.
pub(super) fn agreed_by_hand(c: &Reader, request: &Request, by: &Agent) -> Result<()> {
    let is_held = request.decided.as_ref().is_some_and(|decided| decided.amount.is_some());
    if is_held || by.is_owner() || decider(c, request)?.is_some_and(|agent| agent.is_owner()) {
        return Ok(());
    }
    unagreed(c, request, None)?.map_or(Ok(()), |why| Err(Error::Refused(why)))
}
