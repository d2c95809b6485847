//! What an agent does to a lead: each leaves an event that knows the way back.

use super::{join, withdraw};
use crate::consent::{self, Ended, Given, Granted, Purpose, Way, Withdrawal};
use crate::customer::{self, CustomerId};
use crate::database::{Millis, Writer};
use crate::desk::{Error, Result};
use crate::id::{AgentId, ConsentId, InterestId, LeadEventId, WishId};
use crate::lead::event::{self, Change, Fact, Happened};
use crate::lead::interest::{self, Feature, Learned, Source};
use crate::lead::wish::{self, Closed};
use crate::lead::{self, Because};
use crate::secret::SecretKey;

/// What is known of a person, as an agent wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    pub name: String,
    /// ISO 639-1.
    pub language: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
}

/// What somebody said to an agent: on the telephone, in the shop.
#[derive(Clone, Debug)]
pub struct Noted {
    /// Lower case, one of theirs.
    pub address: String,
    pub purpose: Purpose,
    /// Their words.
    pub words: String,
    /// Where and how they said it.
    pub reason: String,
}

pub fn correct(tx: &Writer, id: CustomerId, facts: &Facts, by: AgentId, now: Millis) -> Result<Option<LeadEventId>> {
    let (customer, lead) = (existing(tx, id)?, lead::find(tx, id)?);
    let country = lead.as_ref().and_then(|lead| lead.country.clone());
    let text = |name: &str| Some(name.to_owned()).filter(|name| !name.is_empty());
    let changes: Vec<Change> = [
        Change { fact: Fact::Name, was: text(&customer.name), is: text(&facts.name) },
        Change { fact: Fact::Language, was: customer.language.clone(), is: facts.language.clone() },
        Change { fact: Fact::Country, was: country, is: facts.country.clone() },
    ]
    .into_iter()
    .filter(|change| change.was != change.is && (change.fact != Fact::Country || lead.is_some()))
    .collect();
    if changes.is_empty() {
        return Ok(None);
    }
    for change in &changes {
        set(tx, id, change.fact, change.is.as_deref())?;
    }
    recorded(tx, id, by, Happened::Corrected { changes }, now)
}

pub fn add_interest(tx: &Writer, id: CustomerId, feature: &Feature, by: AgentId, now: Millis) -> Result<Option<LeadEventId>> {
    existing(tx, id)?;
    let learned = Learned { sentence: "", source: Source::Agent, message_id: None, by: Some(by) };
    if !interest::add(tx, id, feature, &learned, now)? {
        return Ok(None);
    }
    let Some(interest) = interest::find(tx, id, feature)? else { return Ok(None) };
    recorded(tx, id, by, Happened::InterestAdded { interest, feature: feature.clone() }, now)
}

pub fn remove_interest(tx: &Writer, id: CustomerId, interest: InterestId, by: AgentId, now: Millis) -> Result<Option<LeadEventId>> {
    let known = interest::of_customer(tx, id)?.into_iter().find(|known| known.id == interest);
    let Some(known) = known.filter(|_| interest::remove(tx, id, interest, by, now).unwrap_or(false)) else { return Ok(None) };
    recorded(tx, id, by, Happened::InterestRemoved { interest, feature: known.feature }, now)
}

/// A wish that was told to an agent.
pub fn add_wish(tx: &Writer, id: CustomerId, (address, words): (&str, &str), features: &[Feature], by: AgentId, now: Millis) -> Result<Option<LeadEventId>> {
    theirs(tx, id, address)?;
    let words = words.trim();
    if words.is_empty() {
        return Err(Error::Refused("Say what they wish for, in their words or yours.".into()));
    }
    let before = wish::of_customer(tx, id)?;
    let new = wish::New { customer_id: id, address, conversation_id: None, message_id: None, words, features, source: Source::Agent, by: Some(by) };
    let wish = wish::add(tx, &new, now)?;
    if before.iter().any(|known| known.id == wish) {
        return Err(Error::Refused("This wish is known already.".into()));
    }
    recorded(tx, id, by, Happened::WishAdded { wish, words: words.to_owned() }, now)
}

pub fn close_wish(tx: &Writer, id: CustomerId, wish: WishId, because: Closed, by: AgentId, now: Millis) -> Result<Option<LeadEventId>> {
    let Some(known) = wish::find(tx, wish)?.filter(|known| known.customer_id == id) else { return Ok(None) };
    if !wish::close(tx, wish, because, Some(by), now)? {
        return Ok(None);
    }
    recorded(tx, id, by, Happened::WishClosed { wish, words: known.words }, now)
}

/// Evidence at second hand: the words, where they were said, and who wrote it down. It lifts no stop.
pub fn note_consent(tx: &Writer, key: &SecretKey, id: CustomerId, noted: &Noted, by: AgentId, now: Millis) -> Result<Option<LeadEventId>> {
    theirs(tx, id, &noted.address)?;
    if noted.words.trim().is_empty() || noted.reason.trim().is_empty() {
        return Err(Error::Refused("Both are needed: what they said, and where and how they said it. Without that it is no evidence.".into()));
    }
    let given = Given {
        customer_id: id,
        address: &noted.address,
        purpose: noted.purpose,
        way: Way::Agent,
        words: noted.words.trim(),
        policy_text: "",
        proof: noted.reason.trim(),
        message_id: None,
        at: now,
        by: Some(by),
    };
    match consent::grant(tx, key, &given, now)? {
        Granted::New(consent) => recorded(tx, id, by, Happened::ConsentNoted { consent, purpose: noted.purpose, address: noted.address.clone() }, now),
        Granted::Already(_) => Err(Error::Refused(format!("{} has agreed to mail about {} already.", noted.address, noted.purpose.words()))),
        Granted::Suppressed => Err(Error::Refused(format!(
            "{} asked for no more mail about {}. Only they can take that back: by a mail that says so, or by the link in a confirming letter.",
            noted.address,
            noted.purpose.words()
        ))),
    }
}

/// They told an agent to stop.
pub fn end_consent(tx: &Writer, key: &SecretKey, id: CustomerId, consent: ConsentId, words: &str, by: AgentId, now: Millis) -> Result<Option<LeadEventId>> {
    let known = consent::find(tx, consent)?.filter(|known| known.customer_id == id && known.ended.is_none());
    let Some(known) = known else { return Err(Error::Refused("This consent has ended already.".into())) };
    let stop = Withdrawal { address: &known.address, purposes: &[known.purpose], way: Ended::Agent, words: words.trim(), message_id: None, by: Some(by) };
    withdraw(tx, key, &stop, now)?;
    recorded(tx, id, by, Happened::ConsentEnded { purpose: known.purpose, address: known.address }, now)
}

/// Is no lead, an agent says.
pub fn set_aside(tx: &Writer, id: CustomerId, by: AgentId, now: Millis) -> Result<Option<LeadEventId>> {
    if lead::find(tx, id)?.is_none_or(|lead| lead.set_aside.is_some()) {
        return Ok(None);
    }
    lead::set_aside(tx, id, Because::Agent, Some(by), now)?;
    recorded(tx, id, by, Happened::SetAside { because: Because::Agent }, now)
}

/// Is a lead after all. Of a customer who was none, one is made.
pub fn take_up(tx: &Writer, id: CustomerId, by: AgentId, now: Millis) -> Result<Option<LeadEventId>> {
    let customer = existing(tx, id)?;
    let because = match lead::find(tx, id)? {
        None => {
            lead::capture(tx, id, lead::Source::Agent, "", customer.created_at, now)?;
            None
        }
        Some(lead) => {
            let Some((_, because, _)) = lead.set_aside else { return Ok(None) };
            if because == Because::Supplier {
                return Err(Error::Refused("They are marked as a supplier: take that mark away first.".into()));
            }
            lead::take_up_again(tx, id, because)?;
            Some(because)
        }
    };
    recorded(tx, id, by, Happened::TakenUp { because }, now)
}

/// Takes back what an event did, if it still stands.
pub fn undo(tx: &Writer, id: LeadEventId, by: AgentId, now: Millis) -> Result<CustomerId> {
    let event = event::find(tx, id)?.filter(event::Event::can_be_undone).ok_or_else(|| Error::Refused("This cannot be undone any more.".into()))?;
    let customer = event.customer_id;
    match &event.what {
        Happened::Corrected { changes } => {
            for change in changes {
                set(tx, customer, change.fact, change.was.as_deref())?;
            }
        }
        Happened::InterestAdded { interest, .. } => drop(interest::remove(tx, customer, *interest, by, now)?),
        Happened::InterestRemoved { interest, .. } => drop(interest::bring_back(tx, customer, *interest)?),
        Happened::WishAdded { wish, .. } => drop(wish::close(tx, *wish, Closed::Agent, Some(by), now)?),
        Happened::WishClosed { wish, .. } => drop(wish::open_again(tx, *wish)?),
        Happened::SetAside { because } => lead::take_up_again(tx, customer, *because)?,
        Happened::TakenUp { because } => lead::set_aside(tx, customer, because.unwrap_or(Because::Agent), Some(by), now)?,
        Happened::Joined { join, .. } => join::take_apart(tx, *join, by, now)?,
        Happened::ConsentNoted { .. } | Happened::ConsentEnded { .. } => return Err(Error::Refused("This cannot be undone.".into())),
    }
    event::mark_undone(tx, id, by, now)?;
    Ok(customer)
}

fn set(tx: &Writer, id: CustomerId, fact: Fact, is: Option<&str>) -> Result<()> {
    let customer = existing(tx, id)?;
    match fact {
        Fact::Name => customer::correct(tx, id, is.unwrap_or_default(), customer.language.as_deref())?,
        Fact::Language => customer::correct(tx, id, &customer.name, is)?,
        Fact::Country => lead::correct_country(tx, id, is)?,
    }
    Ok(())
}

pub(super) fn existing(tx: &Writer, id: CustomerId) -> Result<customer::Customer> {
    customer::find(tx, id)?.ok_or_else(|| Error::Refused("There is no such customer any more.".into()))
}

fn theirs(tx: &Writer, id: CustomerId, address: &str) -> Result<()> {
    let known = existing(tx, id)?.addresses.iter().any(|known| known.address == address);
    if known { Ok(()) } else { Err(Error::Refused("Choose one of their addresses.".into())) }
}

fn recorded(tx: &Writer, id: CustomerId, by: AgentId, what: Happened, now: Millis) -> Result<Option<LeadEventId>> {
    Ok(Some(event::record(tx, id, Some(by), &what, now)?))
}
