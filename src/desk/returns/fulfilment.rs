//! The fulfilment team is told of a return by mail and answers by a link: arrived as expected, arrived damaged, not arrived.
//! What is written to them stands in a conversation of its own, so that a reply to the customer never goes to them.

use super::record::{self, Standing, note};
use crate::conversation::{self, Status};
use crate::customer;
use crate::database::{Millis, Reader, Writer};
use crate::desk::letters::{self, Kind};
use crate::desk::{Error, Result};
use crate::email::{EmailAddress, NameAddr};
use crate::return_request::{Decision, Happened, ReturnId, State, own_field, request, words};
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

crate::return_request::code::codes! {
    /// How the item reached fulfilment.
    Answer {
        Expected = "expected",
        Damaged = "damaged",
        Missing = "missing",
    }
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

/// Fulfilment pressed one of its three buttons.
pub fn answered(tx: &Writer, id: ReturnId, answer: Answer, now: Millis) -> Result<State> {
    let request = request::find(tx, id)?.ok_or_else(|| Error::Refused("This return does not exist.".into()))?;
    let underway = matches!(request.state, State::Approved | State::OnItsWay);
    let is = match answer {
        Answer::Expected if underway => State::ToRefund,
        Answer::Damaged if underway => State::Received,
        _ => request.state,
    };
    if answer != Answer::Missing {
        request::note_received(tx, id, answer == Answer::Expected)?;
    }
    if is != request.state {
        record::stand(tx, &request, is, None, now)?;
    }
    note(tx, id, None, Happened::FulfilmentAnswered { answer: answer.code().into(), was: request.state, is }, now)?;
    // What came back damaged or not at all is for a person to see.
    if answer != Answer::Expected {
        conversation::set_status(tx, request.conversation_id, Status::Open, None, None, now)?;
    }
    Ok(is)
}
