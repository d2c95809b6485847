//! What can be said before anybody decides: that the shop knows no such order, and what the clause will ask for: photos, the packaging.

use super::record::Standing;
use super::{calls, order as orders};
use crate::action::{self, Kind};
use crate::database::Reader;
use crate::desk::Result;
use crate::order::{self, Order};
use crate::return_policy::{self, Case, version};
use crate::return_request::fields::{self, Value};
use crate::return_request::reading::Found;
use crate::return_request::{Reason, words};
use jiff::civil::Date;

/// Whether no order has this number, as far as that can be told: orders are known, or the owner said what their numbers look like. Where
/// the shop can be asked for an order, it may still be found.
pub fn order_is_unknown(c: &Reader, number: &str) -> Result<bool> {
    let nothing_to_tell_by = || Ok::<_, crate::desk::Error>(order::recent_numbers(c, 1)?.is_empty() && orders::is_in_shape(c, number)?);
    if number.trim().is_empty() || order::find_by_number(c, number)?.is_some() || nothing_to_tell_by()? {
        return Ok(false);
    }
    Ok(!action::all(c)?.iter().any(|action| action.kind == Kind::LookUp))
}

/// What a return needs beside its facts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needed {
    /// So many photos; 0: none, or that is not known yet.
    pub photos: u32,
    /// Whether it is still in its original packaging.
    pub packaging: bool,
}

/// What is needed of a return as it stands, with what a form says newly of it. `today`: by which policy a return counts that nobody
/// has judged.
pub fn needed(c: &Reader, standing: Option<&Standing>, typed: &[Found], today: Option<Date>) -> Result<Needed> {
    let said = |field: &str| match typed.iter().find(|found| found.field == field).map(|found| &found.value) {
        Some(Value::Text(text)) => Some(text.as_str()),
        _ => None,
    };
    let reason = said(fields::REASON).and_then(Reason::from_code).or_else(|| standing.and_then(|standing| standing.facts.reason()));
    if reason.is_none() {
        return Ok(Needed::default());
    }
    let of_record = standing.and_then(|standing| standing.request.order_id);
    let order = match said(fields::ORDER_NUMBER) {
        Some(number) => order::find_by_number(c, number)?,
        None => of_record.map(|id| order::find(c, id)).transpose()?.flatten(),
    };
    let judged_by = standing.and_then(|standing| standing.request.policy_version).map(|id| version::find(c, id)).transpose()?.flatten();
    let day = order.as_ref().and_then(|order| order.ordered_on).or(today);
    let version = judged_by.map_or_else(|| day.map_or(Ok(None), |day| version::on_day(c, day)), |version| Ok(Some(version)))?;
    let Some(version) = version else { return Ok(Needed::default()) };
    let case = Case { reason, ..pieces(order.as_ref(), standing.filter(|standing| standing.request.order_id == order.as_ref().map(|order| order.id))) };
    let policy = &version.policy;
    Ok(Needed { photos: return_policy::photos_needed(policy, &case), packaging: return_policy::packaging_needed(policy, &case) })
}

/// The pieces that may be meant: those that come back, where that is known, or all of the order.
fn pieces(order: Option<&Order>, standing: Option<&Standing>) -> Case {
    let chosen = standing.into_iter().flat_map(|standing| &standing.items);
    let mut pieces: Vec<_> = chosen.map(|item| (&item.kind, &item.tags, format!("{} {}", item.chosen.title, item.sku))).collect();
    if pieces.is_empty() {
        pieces = order.iter().flat_map(|order| &order.lines).map(|line| (&line.kind, &line.tags, format!("{} {}", line.title, line.sku))).collect();
    }
    if pieces.is_empty() {
        return Case::default();
    }
    Case {
        kinds: Some(pieces.iter().map(|(kind, ..)| (*kind).clone()).collect()),
        tags: Some(pieces.iter().map(|(_, tags, _)| (*tags).clone()).collect()),
        names: Some(pieces.into_iter().map(|(.., name)| name).collect()),
        country: order.and_then(|order| order.country.clone()),
        ..Case::default()
    }
}

/// What a letter says in brackets beside the lines that it asks for: field and words.
pub fn beside_lines(c: &Reader, standing: &Standing, language: &str) -> Result<Vec<(&'static str, String)>> {
    let mut beside = Vec::new();
    let Needed { photos, .. } = needed(c, Some(standing), &[], None)?;
    if photos > 0 {
        beside.push((fields::PHOTOS, words::photos_at_least(photos, language)));
    }
    // A number was said that no order has, or that is in doubt: it is not asked for as if nothing had been said.
    if let Some(Value::Text(number)) = standing.facts.get(fields::ORDER_NUMBER).filter(|fact| !fact.certain).map(|fact| &fact.value) {
        let unknown = order_is_unknown(c, number)? || calls::looked_up_in_vain(c, standing.request.id, number)?;
        beside.push((fields::ORDER_NUMBER, if unknown { words::order_not_found(number, language) } else { words::order_perhaps(number, language) }));
    }
    Ok(beside)
}
