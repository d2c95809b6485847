//! What the policy says of a return, with its clause and the facts it used.

use super::order as orders;
use crate::database::{Millis, Reader, Writer};
use crate::desk::{Error, Result};
use crate::order::{self, Order};
use crate::return_policy::{self, Case, Clause, version};
use crate::return_request::fact::{self, Facts};
use crate::return_request::fields::{self, Value};
use crate::return_request::{Judgement, Request, ReturnId, board, past, request};
use jiff::civil::Date;

pub fn judge(tx: &Writer, id: ReturnId, now: Millis) -> Result<()> {
    let request = request::find(tx, id)?.ok_or_else(|| Error::Refused("This return does not exist.".into()))?;
    let facts = fact::of(tx, id)?;
    let order = request.order_id.map(|order| order::find(tx, order)).transpose()?.flatten();
    let day = order.as_ref().and_then(|order| order.ordered_on).or_else(|| day(now));
    let Some(version) = day.map(|day| version::on_day(tx, day)).transpose()?.flatten() else {
        request::set_judgement(tx, id, &look("There is no return policy yet."), None)?;
        return Ok(());
    };
    let case = case(tx, &request, &facts, order.as_ref())?;
    let mut judgement = judgement(return_policy::verdict(&version.policy, &case));
    // Who has named the item cannot tell what kind the shop takes it for: nobody is asked twice for what they said.
    judgement.missing.retain(|field| field == fields::PHOTOS || facts.certain(field).is_none());
    if let Some(doubt) = doubt(tx, &request, &facts, order.as_ref(), &case, now)? {
        judgement = Judgement { verdict: "look".into(), words: doubt, because: String::new(), ..judgement };
    }
    request::set_judgement(tx, id, &judgement, Some(version.id))?;
    Ok(())
}

/// The clause that judged, as it stood in the version that did. While it is open which clause that will be, the judgement offers
/// nothing, and none is cited.
pub fn judging_clause(c: &Reader, request: &Request) -> Result<Option<Clause>> {
    let version = request.policy_version.map(|id| version::find(c, id)).transpose()?.flatten();
    let judgement = request.judgement.as_ref().filter(|j| j.verdict != "look" || !j.offers.is_empty());
    let (Some(version), Some(judgement)) = (version, judgement) else { return Ok(None) };
    Ok(version.policy.clauses.into_iter().find(|clause| clause.name == judgement.clause))
}

/// What was asked from one moment until another, as a policy sees it; newest first.
pub fn past_cases(c: &Reader, from: Millis, until: Millis) -> Result<Vec<(ReturnId, Case)>> {
    let mut cases = Vec::new();
    for id in past::opened_between(c, from, until)? {
        let Some(request) = request::find(c, id)? else { continue };
        let order = request.order_id.map(|order| order::find(c, order)).transpose()?.flatten();
        cases.push((id, case(c, &request, &fact::of(c, id)?, order.as_ref())?));
    }
    Ok(cases)
}

/// The facts of a return as the policy asks for them. A day counts as the shop tells it, before anybody's memory of it.
fn case(c: &Reader, request: &Request, facts: &Facts, order: Option<&Order>) -> Result<Case> {
    let said = match facts.certain(fields::DELIVERED_ON) {
        Some(Value::Date(date)) => Some(*date),
        _ => None,
    };
    let (items, suggested) = board::pieces(c, request)?;
    // What comes back; where that is not known, anything of the order may be meant.
    let of_items = items.iter().map(|item| (&item.kind, &item.tags, &item.chosen.title, &item.sku));
    let of_order = order.iter().flat_map(|order| &order.lines).map(|line| (&line.kind, &line.tags, &line.title, &line.sku));
    let meant: Vec<_> = if items.is_empty() { of_order.collect() } else { of_items.collect() };
    let known = !meant.is_empty();
    let told = facts.text(fields::ITEM_KIND).filter(|_| !known).map(|kind| vec![kind.to_owned()]);
    let kinds = known.then(|| meant.iter().map(|(kind, ..)| (*kind).clone()).collect());
    let tags = known.then(|| meant.iter().map(|(_, tags, ..)| (*tags).clone()).collect());
    let names = known.then(|| meant.iter().map(|(.., title, sku)| format!("{title} {sku}")).collect());
    Ok(Case {
        kinds: kinds.or(told),
        names,
        tags,
        reason: facts.reason(),
        wish: facts.wish(),
        amount: match facts.certain(fields::AMOUNT) {
            Some(Value::Amount(amount)) => Some(*amount),
            _ => suggested,
        },
        country: order.and_then(|order| order.country.clone()),
        ordered_on: order.and_then(|order| order.ordered_on),
        shipped_on: order.and_then(|order| order.shipped_on),
        delivered_on: order.and_then(|order| order.delivered_on).or(said),
        reported_on: day(request.opened_at),
        photos: Some(u32::try_from(fact::photos(c, request.id)?.len()).unwrap_or(u32::MAX)),
        original_packaging: facts.packaging(),
    })
}

/// What cannot be right, and which no clause may decide over.
fn doubt(c: &Reader, request: &Request, facts: &Facts, order: Option<&Order>, case: &Case, now: Millis) -> Result<Option<String>> {
    if let Some(order) = orders::of_somebody_else(c, request, facts)? {
        return Ok(Some(format!("Order {} was bought with another address. If it is theirs all the same, confirm its number.", order.number)));
    }
    if let (None, Some(number)) = (order, facts.text(fields::ORDER_NUMBER))
        && !order::recent_numbers(c, 1)?.is_empty()
    {
        return Ok(Some(format!("The shop knows no order {number}.")));
    }
    // A customer east of UTC may write tomorrow's date.
    if let (Some(delivered), Some(tomorrow)) = (case.delivered_on, day(now).and_then(|today| today.tomorrow().ok()))
        && delivered > tomorrow
    {
        return Ok(Some(format!("The delivery day, {}, has not come yet.", Value::Date(delivered).shown())));
    }
    if let (Some(asked), Some(total)) = (case.amount, order.and_then(|order| order.total))
        && asked.currency == total.currency
        && asked.minor > total.minor
    {
        return Ok(Some(format!("{asked} is more than the order's {total}.")));
    }
    Ok(None)
}

fn judgement(verdict: return_policy::Verdict) -> Judgement {
    Judgement {
        verdict: verdict.kind.code().into(),
        clause: verdict.clause.map(|(_, name)| name).unwrap_or_default(),
        words: verdict.words,
        because: verdict.because,
        offers: verdict.offers,
        missing: verdict.missing,
        comes_back: verdict.comes_back,
        ship_back_by: verdict.ship_back_by,
    }
}

fn look(words: &str) -> Judgement {
    Judgement { verdict: "look".into(), words: words.into(), ..Judgement::default() }
}

/// The civil day in UTC.
fn day(at: Millis) -> Option<Date> {
    jiff::Timestamp::from_millisecond(at).ok().map(|at| jiff::tz::Offset::UTC.to_datetime(at).date())
}
