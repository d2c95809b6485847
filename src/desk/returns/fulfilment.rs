//! The fulfilment team is told of a return by mail. What is written to them stands in a conversation of its own, so that a reply to the
//! customer never goes to them; what they answer is in `arrived`.

use super::record::Standing;
use crate::conversation::{self, Status};
use crate::customer;
use crate::database::{Millis, Reader, Writer};
use crate::desk::letters::{self, Kind};
use crate::desk::{Error, Result};
use crate::email::{EmailAddress, NameAddr};
use crate::return_request::{Decision, ReturnId, State, own_field, request, words};
use crate::setting;
use serde::{Deserialize, Serialize};

/// Who is told, and when; the setting `fulfilment`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fulfilment {
    pub address: String,
    pub when: When,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// As soon as the record is complete.
    Complete,
    /// When it was agreed that the item comes back.
    Approved,
}

/// Wants the letter to fulfilment, once for each return, if the owner named somebody and it is time.
pub fn tell_if_due(tx: &Writer, id: ReturnId, now: Millis) -> Result<()> {
    let Some(fulfilment) = setting::get::<Fulfilment>(tx, setting::FULFILMENT)? else { return Ok(()) };
    let Some(address) = EmailAddress::parse(&fulfilment.address) else { return Ok(()) };
    let request = request::find(tx, id)?.ok_or_else(|| Error::Refused("This return does not exist.".into()))?;
    let due = match fulfilment.when {
        When::Complete => !request.state.is_closed(),
        When::Approved => matches!(request.state, State::Approved | State::OnItsWay),
    };
    let told = request.fulfilment_told_at.is_some() || letters::is_wanted(tx, id, Kind::Fulfilment)?;
    if !due || told {
        return Ok(());
    }
    let team = customer::recognise(tx, &NameAddr { name: "Fulfilment".into(), address: address.clone() }, None, now)?;
    let subject = format!("Return {}", request.name());
    let there = conversation::open(tx, request.mailbox_id, team, &subject, Status::Waiting, now)?;
    conversation::relate(tx, there, Some(request.conversation_id), Some("it is about that return"))?;
    let wanted = letters::Wanted { conversation_id: there, return_id: Some(id), kind: Kind::Fulfilment, address: &address.key(), by: None };
    letters::want(tx, &wanted, now)?;
    Ok(())
}

/// What fulfilment is told, by mail and behind its link: whose return it is, what the policy says, what was decided, and the facts.
pub fn told(c: &Reader, standing: &Standing, language: &str) -> Result<Vec<(String, String)>> {
    let request = &standing.request;
    let customer = customer::find(c, request.customer_id)?;
    let name =
        customer.and_then(|customer| Some(customer.name).filter(|name| !name.trim().is_empty()).or(Some(customer.addresses.into_iter().next()?.address)));
    let verdict = request.judgement.as_ref().map(|judgement| {
        let says = words::fulfilment(&judgement.verdict, language);
        if judgement.clause.is_empty() { says.to_owned() } else { format!("{says} ({})", judgement.clause) }
    });
    let decided = request.decided.as_ref().map(|decided| {
        let says =
            if decided.decision == Decision::Decline { words::fulfilment("decline", language) } else { words::policy(decided.decision.code(), language) };
        decided.amount.map_or_else(|| says.to_owned(), |amount| format!("{says}, {amount}"))
    });
    let of_return = [("customer", name), ("verdict", verdict), ("decision", decided)];
    // A name is the customer's own words: it stays on its line.
    let one_line = |value: String| value.split_whitespace().collect::<Vec<_>>().join(" ");
    let of_return = of_return.into_iter().filter_map(|(label, value)| Some((words::fulfilment(label, language).to_owned(), one_line(value?))));
    Ok(of_return.chain(letters::known_facts(standing, language, &own_field::all(c)?)).collect())
}
