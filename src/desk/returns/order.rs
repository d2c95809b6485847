//! Which order a return is about: by the number that the customer gave, or because the buyer has only one.

use super::understand::order_pattern;
use crate::customer;
use crate::database::{Millis, Reader, Writer};
use crate::desk::{Error, Result};
use crate::order::{self, Order};
use crate::return_request::fact::{self, Facts, Said, Source};
use crate::return_request::fields::{self, Value};
use crate::return_request::reading::{Found, is_shaped};
use crate::return_request::{Request, ReturnId, request};

/// Of a buyer with more orders than this, none is guessed anyway.
const ORDERS_SEEN: usize = 2;

pub fn find(tx: &Writer, id: ReturnId, now: Millis) -> Result<()> {
    let request = request::find(tx, id)?.ok_or_else(|| Error::Refused("This return does not exist.".into()))?;
    let facts = fact::of(tx, id)?;
    let named = said(tx, &facts)?.map(|number| order::find_by_number(tx, number)).transpose()?.flatten();
    let found = match named {
        Some(order) if is_theirs(tx, &order, &request, &facts)? => Some(order),
        None if facts.text(fields::ORDER_NUMBER).is_none() => only_order(tx, request.customer_id)?,
        _ => None,
    };
    request::set_order(tx, id, found.as_ref().map(|order| order.id))?;
    let Some(order) = found else { return Ok(()) };
    for found in told_by(&order, &facts) {
        fact::learn(tx, id, &found, Said { source: Source::Order, message: None, by: None, at: now })?;
    }
    Ok(())
}

/// The number to look for: a certain one, or one that is in doubt for its shape alone.
pub fn said<'f>(c: &Reader, facts: &'f Facts) -> Result<Option<&'f str>> {
    Ok(match facts.get(fields::ORDER_NUMBER).map(|fact| (fact.certain, &fact.value)) {
        Some((certain, Value::Text(number))) if certain || !is_in_shape(c, number)? => Some(number),
        _ => None,
    })
}

/// Whether a number looks like one of the shop's; where nobody knows what these look like, any does.
pub fn is_in_shape(c: &Reader, number: &str) -> Result<bool> {
    Ok(order_pattern(c)?.is_none_or(|pattern| is_shaped(number, &pattern)))
}

/// A number of another shape that no order has may be a parcel's, or mistyped: it stays with its sentence as a suggestion.
pub fn doubted(c: &Reader, found: &Found, source: Source) -> Result<Found> {
    let odd = match &found.value {
        Value::Text(number) if found.field == fields::ORDER_NUMBER && source == Source::Mail => {
            !is_in_shape(c, number)? && order::find_by_number(c, number)?.is_none()
        }
        _ => false,
    };
    Ok(Found { certain: found.certain && !odd, ..found.clone() })
}

/// An order that was bought with another address is not taken on its number alone: numbers can be guessed, and what was bought would be
/// shown to whoever names one (PROMISES P65). An agent who says the number says that it is theirs.
pub fn is_theirs(c: &Reader, order: &Order, request: &Request, facts: &Facts) -> Result<bool> {
    let Some(buyer) = &order.address else { return Ok(true) };
    if facts.get(fields::ORDER_NUMBER).is_some_and(|fact| fact.source == Source::Agent) {
        return Ok(true);
    }
    let customer = customer::find(c, request.customer_id)?;
    Ok(customer.is_some_and(|customer| customer.addresses.iter().any(|known| known.address.eq_ignore_ascii_case(buyer))))
}

/// The order that the customer names, where it is not theirs.
pub fn of_somebody_else(c: &Reader, request: &Request, facts: &Facts) -> Result<Option<Order>> {
    let named = facts.text(fields::ORDER_NUMBER).map(|number| order::find_by_number(c, number)).transpose()?.flatten();
    Ok(match named {
        Some(order) if !is_theirs(c, &order, request, facts)? => Some(order),
        _ => None,
    })
}

/// The one order of whoever wrote; with two, only the customer knows which is meant.
fn only_order(tx: &Writer, id: customer::CustomerId) -> Result<Option<Order>> {
    let Some(customer) = customer::find(tx, id)? else { return Ok(None) };
    let mut orders = Vec::new();
    for address in &customer.addresses {
        orders.extend(order::of_address(tx, &address.address, ORDERS_SEEN)?);
    }
    Ok(if orders.len() == 1 { orders.pop() } else { None })
}

/// What the order tells that the customer did not say.
fn told_by(order: &Order, facts: &Facts) -> Vec<Found> {
    let because = format!("order {}", order.number);
    let told = |field: &str, value: Option<Value>| {
        let unsaid = facts.certain(field).is_none();
        value.filter(|_| unsaid).map(|value| Found { field: field.into(), value, sentence: because.clone(), certain: true })
    };
    let single = if let [line] = &order.lines[..] { Some(line) } else { None };
    [
        told(fields::ORDER_NUMBER, Some(Value::Text(order.number.clone()))),
        told(fields::ITEM, single.map(|line| Value::Text(line.title.clone()))),
        told(fields::DELIVERED_ON, order.delivered_on.map(Value::Date)),
    ]
    .into_iter()
    .flatten()
    .collect()
}
