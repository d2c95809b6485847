//! Which pieces of the order come back: those that the customer named, as many as they said, one where they said nothing. What an agent
//! chose stands, and so does of which kind they are.

use super::record::{self, note};
use crate::database::{Millis, Reader, Writer};
use crate::desk::{Error, Result};
use crate::id::AgentId;
use crate::return_policy::version;
use crate::return_request::fact::{self, Source};
use crate::return_request::item::{self, Chosen, Item, OrderLineId};
use crate::return_request::reading::{label_key, pieces};
use crate::return_request::{Happened, Request, ReturnId, fields, request};

/// Derives the pieces anew, unless an agent has chosen them.
pub fn derive(tx: &Writer, id: ReturnId) -> Result<()> {
    let request = found(tx, id)?;
    if request.items_by.is_some() {
        return Ok(());
    }
    let lines = request.order_id.map(|order| item::of_order(tx, order)).transpose()?.unwrap_or_default();
    let facts = fact::of(tx, id)?;
    let meant = meant(&lines, facts.text(fields::ITEM));
    let said = if meant.iter().any(|line| line.ordered > 1) { said(tx, id)? } else { None };
    let chosen: Vec<Chosen> = meant.into_iter().map(|line| Chosen { quantity: how_many(said, line.ordered), ..line.chosen.clone() }).collect();
    if self::chosen(tx, id)? != chosen {
        item::set(tx, id, &chosen)?;
    }
    Ok(())
}

/// The lines that the item names; the only line, whatever the customer calls it. Of several that fit a short name, none.
fn meant<'l>(lines: &'l [Item], item: Option<&str>) -> Vec<&'l Item> {
    if let [only] = lines {
        return vec![only];
    }
    let item = item.map(|item| format!(" {} ", label_key(item))).filter(|item| item.len() > 4).unwrap_or_default();
    let name = |line: &Item| format!(" {} ", label_key(&line.chosen.title));
    let sku = |line: &Item| format!(" {} ", label_key(&line.sku));
    let named: Vec<&Item> =
        lines.iter().filter(|line| name(line).len() > 4 && item.contains(&name(line)) || sku(line).len() > 4 && item.contains(&sku(line))).collect();
    if !named.is_empty() || item.is_empty() {
        return named;
    }
    let fits: Vec<&Item> = lines.iter().filter(|line| name(line).contains(&item)).collect();
    if fits.len() == 1 { fits } else { Vec::new() }
}

/// How many the customer's own sentences speak of, the newest first.
fn said(tx: &Writer, id: ReturnId) -> Result<Option<pieces::Pieces>> {
    for field in [fields::ITEM, fields::REASON, fields::WISH] {
        let sentences = fact::history(tx, id, field)?;
        let theirs = sentences.iter().filter(|fact| matches!(fact.source, Source::Mail | Source::Form));
        if let Some(said) = theirs.filter_map(|fact| pieces::said(&fact.sentence)).next() {
            return Ok(Some(said));
        }
    }
    Ok(None)
}

fn how_many(said: Option<pieces::Pieces>, ordered: i64) -> i64 {
    match said {
        Some(pieces::Pieces::All) => ordered.max(1),
        Some(pieces::Pieces::Number(number)) if (1..=ordered).contains(&number) => number,
        _ => 1,
    }
}

/// An agent says which lines come back, and how many of each; 0: not this one.
pub fn choose(tx: &Writer, id: ReturnId, wanted: &[(OrderLineId, i64)], by: AgentId, now: Millis) -> Result<()> {
    let request = found(tx, id)?;
    let lines = request.order_id.map(|order| item::of_order(tx, order)).transpose()?.unwrap_or_default();
    let mut is = Vec::new();
    for line in &lines {
        let quantity = wanted.iter().find(|(known, _)| Some(*known) == line.chosen.line).map_or(0, |(_, quantity)| *quantity);
        if !(0..=line.ordered).contains(&quantity) {
            return Err(Error::Refused(format!("Of “{}” {} were ordered.", line.chosen.title, line.ordered)));
        }
        if quantity > 0 {
            is.push(Chosen { quantity, ..line.chosen.clone() });
        }
    }
    let was = chosen(tx, id)?;
    if was == is && request.items_by.is_some() {
        return Ok(());
    }
    stand(tx, id, &is, Some(by), now)?;
    note(tx, id, Some(by), Happened::ItemsChosen { was, was_by: request.items_by, is }, now)
}

/// An agent leaves it to the customer's words again.
pub fn leave_to_words(tx: &Writer, id: ReturnId, by: AgentId, now: Millis) -> Result<()> {
    let request = found(tx, id)?;
    if request.items_by.is_none() {
        return Ok(());
    }
    let was = chosen(tx, id)?;
    request::set_items_by(tx, id, None)?;
    record::settle(tx, id, None, now)?;
    note(tx, id, Some(by), Happened::ItemsChosen { was, was_by: request.items_by, is: chosen(tx, id)? }, now)
}

/// The pieces as they were before an agent chose; derived again where nobody had chosen.
pub fn undo(tx: &Writer, id: ReturnId, (was, was_by, is): (&[Chosen], Option<AgentId>, &[Chosen]), now: Millis) -> Result<()> {
    if chosen(tx, id)? != is {
        return Err(Error::Refused("The pieces were chosen anew since: this cannot be undone any more.".into()));
    }
    stand(tx, id, was, was_by, now)
}

/// Kinds that the policy of a return names, in its own spelling; more is no kind of its items.
pub fn kinds(c: &Reader, request: &Request) -> Result<Vec<String>> {
    let version = request.policy_version.map(|id| version::find(c, id)).transpose()?.flatten();
    let mut kinds: Vec<String> = version.into_iter().flat_map(|version| version.policy.clauses).flat_map(|clause| clause.about.kinds).collect();
    kinds.sort();
    kinds.dedup();
    Ok(kinds)
}

/// An agent says of which kind a line of the order is; empty: as its name has it. Whatever is open about that order is judged again.
pub fn set_kind(tx: &Writer, id: ReturnId, line: OrderLineId, is: &str, by: AgentId, now: Millis) -> Result<()> {
    let request = found(tx, id)?;
    let known = of_line(tx, &request, line)?;
    if known.kind == is {
        return Ok(());
    }
    if !is.is_empty() && !kinds(tx, &request)?.iter().any(|kind| kind == is) {
        return Err(Error::Refused(format!("The return policy names no kind “{is}”.")));
    }
    kind_stands(tx, &request, line, is, now)?;
    note(tx, id, Some(by), Happened::KindSet { line, title: known.chosen.title, was: known.kind, is: is.to_owned() }, now)
}

/// The kind as it was before an agent said it.
pub fn undo_kind(tx: &Writer, id: ReturnId, (line, was, is): (OrderLineId, &str, &str), now: Millis) -> Result<()> {
    let request = found(tx, id)?;
    if of_line(tx, &request, line)?.kind != is {
        return Err(Error::Refused("Its kind was said anew since: this cannot be undone any more.".into()));
    }
    kind_stands(tx, &request, line, was, now)
}

fn kind_stands(tx: &Writer, request: &Request, line: OrderLineId, kind: &str, now: Millis) -> Result<()> {
    item::set_kind(tx, line, kind)?;
    let order: Vec<_> = request.order_id.into_iter().collect();
    record::orders_arrived(tx, &order, now)?;
    record::settle(tx, request.id, None, now)
}

fn of_line(c: &Reader, request: &Request, line: OrderLineId) -> Result<Item> {
    let lines = request.order_id.map(|order| item::of_order(c, order)).transpose()?.unwrap_or_default();
    let found = lines.into_iter().find(|known| known.chosen.line == Some(line));
    found.ok_or_else(|| Error::Refused("This is no line of its order any more.".into()))
}

fn stand(tx: &Writer, id: ReturnId, items: &[Chosen], by: Option<AgentId>, now: Millis) -> Result<()> {
    item::set(tx, id, items)?;
    request::set_items_by(tx, id, by)?;
    record::settle(tx, id, None, now)
}

fn chosen(tx: &Writer, id: ReturnId) -> Result<Vec<Chosen>> {
    Ok(item::of(tx, id)?.into_iter().map(|item| item.chosen).collect())
}

fn found(tx: &Writer, id: ReturnId) -> Result<Request> {
    request::find(tx, id)?.ok_or_else(|| Error::Refused("This return does not exist.".into()))
}
