//! The record fills: facts are taken up, the order is found, the policy judges, and the return stands where its facts put it.

use super::{calls, items, judge, order as orders};
use crate::automation::missing_details::{self, Action, Ask};
use crate::conversation::event::{self, EventId, What};
use crate::conversation::{MessageKey, Status, message};
use crate::customer::{self, CustomerId};
use crate::database::{Millis, Reader, Writer};
use crate::desk::letters::{self, Kind};
use crate::desk::{Error, Result, follow_ups, pieces};
use crate::id::{AgentId, OrderId};
use crate::money::Amount;
use crate::return_request::fact::{self, Facts, Said, Source};
use crate::return_request::fields::{self, OwnField, Value};
use crate::return_request::item::Item;
use crate::return_request::reading::Found;
use crate::return_request::{Happened, Request, ReturnId, State, board, own_field, request, unanswered};
use crate::{conversation, order, setting};

/// Who tells something.
#[derive(Clone, Copy, Debug)]
pub struct Telling {
    pub source: Source,
    pub message: Option<MessageKey>,
    pub by: Option<AgentId>,
}

/// A return with all that is known of it and all that is not.
#[derive(Clone, Debug)]
pub struct Standing {
    pub request: Request,
    pub facts: Facts,
    /// Fields that are needed and not known, in the order in which they are asked for.
    pub missing: Vec<String>,
    pub photos: usize,
    /// Which pieces come back, where the order is known.
    pub items: Vec<Item>,
    /// What they cost: a suggestion, nothing that anybody said.
    pub suggested: Option<Amount>,
}

pub fn standing(c: &Reader, id: ReturnId) -> Result<Standing> {
    let request = request::find(c, id)?.ok_or_else(|| Error::Refused("This return does not exist.".into()))?;
    let facts = fact::of(c, id)?;
    let photos = fact::photos(c, id)?.len();
    let missing = missing(&facts, &own_field::known_at(c, request.recorded_at)?, request.judgement.as_ref().map_or(&[], |j| &j.missing));
    let (items, suggested) = board::pieces(c, &request)?;
    Ok(Standing { request, facts, missing, photos, items, suggested })
}

/// Which fields the customer has to be asked for: what every return needs, what this one's clause needs, and what the
/// owner wants to know.
fn missing(facts: &Facts, own: &[OwnField], policy: &[String]) -> Vec<String> {
    let needed = |name: &str| matches!(name, fields::ORDER_NUMBER | fields::REASON | fields::WISH) || policy.iter().any(|p| p == name);
    let built_in = fields::BUILT_IN.iter().map(|(name, _)| *name).filter(|name| needed(name));
    let owners = own.iter().filter(|field| field.required).map(|field| field.key.as_str());
    // Who said that they have no number is not asked for it again.
    let has_none = facts.certain(fields::ORDERED_AS).is_some();
    let unknown = |name: &&str| facts.certain(name).is_none() && !(has_none && *name == fields::ORDER_NUMBER);
    built_in.chain(owners).filter(unknown).map(str::to_owned).collect()
}

/// The language in which a customer is written to.
pub fn language(c: &Reader, of_mail: Option<&str>, customer: CustomerId) -> Result<String> {
    let of_customer = customer::find(c, customer)?.and_then(|customer| customer.language);
    let of_shop = setting::get::<String>(c, setting::LANGUAGE)?;
    let spoken = |language: &String| crate::return_request::LANGUAGES.contains(&language.as_str());
    Ok(of_mail.map(str::to_owned).filter(spoken).or(of_customer.filter(spoken)).or(of_shop.filter(spoken)).unwrap_or_else(|| "en".into()))
}

/// It counts from when its message arrived at the server: nobody's window closes while we do not look.
pub fn open(tx: &Writer, new: &request::New, by: Option<AgentId>, now: Millis) -> Result<ReturnId> {
    let asked_at = message::find(tx, new.message_id)?.map_or(now, |message| message.arrived_at.min(now));
    let id = request::open(tx, new, asked_at, now)?;
    note(tx, id, by, Happened::Opened { source: new.source }, now)?;
    follow_ups::return_opened(tx, new.customer_id, now)?;
    Ok(id)
}

/// Pictures of a message, by their numbers among its attachments.
pub fn add_photos(tx: &Writer, id: ReturnId, message: MessageKey, parts: &[usize], now: Millis) -> Result<()> {
    let attachments = message::attachments(tx, message)?;
    let shown: Vec<_> = attachments.iter().filter(|(_, a)| parts.contains(&a.part)).map(|(id, _)| *id).collect();
    fact::add_photos(tx, id, &shown, now)?;
    Ok(())
}

/// Derives what follows from the facts: the order, the verdict, and whether anything is missing. Tells fulfilment when the
/// record is whole and the owner wants that.
pub fn settle(tx: &Writer, id: ReturnId, message: Option<MessageKey>, now: Millis) -> Result<()> {
    count_photos(tx, id, message, now)?;
    orders::find(tx, id, now)?;
    items::derive(tx, id)?;
    judge::judge(tx, id, now)?;
    let Standing { request, missing, .. } = standing(tx, id)?;
    calls::look_up(tx, &request, now)?;
    let is = if missing.is_empty() { State::ToDecide } else { State::AwaitingDetails };
    if matches!(request.state, State::AwaitingDetails | State::ToDecide) && request.state != is {
        stand(tx, &request, is, None, now)?;
        let why = if missing.is_empty() { crate::return_request::happened::ALL_KNOWN } else { "something that is needed is not known." };
        note(tx, id, None, Happened::Moved { was: request.state, is, why: why.into() }, now)?;
    }
    if missing.is_empty() {
        super::fulfilment::tell_if_due(tx, id, now)?;
    }
    Ok(())
}

fn count_photos(tx: &Writer, id: ReturnId, message: Option<MessageKey>, now: Millis) -> Result<()> {
    let count = fact::photos(tx, id)?.len() as i64;
    let known = fact::of(tx, id)?;
    match known.get(fields::PHOTOS) {
        None if count == 0 => {}
        Some(fact) if fact.value == Value::Count(count) => {}
        _ if count == 0 => {
            fact::clear(tx, id, fields::PHOTOS, now)?;
        }
        _ => {
            let found = Found { field: fields::PHOTOS.into(), value: Value::Count(count), sentence: String::new(), certain: true };
            fact::learn(tx, id, &found, Said { source: Source::Mail, message, by: None, at: now })?;
        }
    }
    Ok(())
}

/// Asks by itself for what is missing, or says in the timeline why it does not.
pub fn ask_if_needed(tx: &Writer, id: ReturnId, sender: Option<&str>, no_automatic_answer: Option<&str>, now: Millis) -> Result<()> {
    let Standing { request, missing, .. } = standing(tx, id)?;
    let Some(sender) = sender else { return Ok(()) };
    let facts = missing_details::Standing {
        missing: &missing,
        asked: request.asked,
        ask: setting::get::<Ask>(tx, setting::RETURNS_ASK)?.unwrap_or_default(),
        no_automatic_answer,
        to_sender: letters::count_to(tx, sender, now - missing_details::SENDER_GAP)?,
        last_hour: letters::count_since(tx, now - missing_details::HOUR)?,
    };
    match missing_details::action(facts) {
        None => Ok(()),
        Some(Action::Ask) => ask(tx, id, sender, None, now),
        Some(Action::TellAgent(why)) => note(tx, id, None, Happened::NotAsked { fields: missing, why }, now),
    }
}

/// Wants the letter that asks for what is missing, and waits for its answer.
pub fn ask(tx: &Writer, id: ReturnId, address: &str, by: Option<AgentId>, now: Millis) -> Result<()> {
    ask_by(tx, id, Kind::Ask, address, by, now)
}

/// Asks with the first letter, or with the one that reminds.
pub fn ask_by(tx: &Writer, id: ReturnId, kind: Kind, address: &str, by: Option<AgentId>, now: Millis) -> Result<()> {
    let Standing { request, missing, .. } = standing(tx, id)?;
    if missing.is_empty() {
        return Err(Error::Refused("Nothing is missing: this return can be decided.".into()));
    }
    letters::want(tx, &letters::Wanted { conversation_id: request.conversation_id, return_id: Some(id), kind, address, by }, now)?;
    request::note_asked(tx, id, now)?;
    note(tx, id, by, Happened::Asked { fields: missing }, now)?;
    let now_open = conversation::find(tx, request.conversation_id)?.is_some_and(|c| c.status == Status::Open);
    if now_open {
        conversation::set_status(tx, request.conversation_id, Status::Waiting, None, by, now)?;
    }
    Ok(())
}

/// The letter that would have asked was not written: nobody was asked, and nobody waits for an answer.
pub fn not_asked(tx: &Writer, id: ReturnId, now: Millis) -> Result<()> {
    unanswered::not_asked(tx, id)?;
    let Some(request) = request::find(tx, id)?.filter(|request| !request.state.is_closed()) else { return Ok(()) };
    if conversation::find(tx, request.conversation_id)?.is_some_and(|c| c.status == Status::Waiting) {
        conversation::set_status(tx, request.conversation_id, Status::Open, None, None, now)?;
    }
    Ok(())
}

/// The return stands somewhere new, and what the owner wants done at that happens.
pub fn stand(tx: &Writer, request: &Request, is: State, by: Option<AgentId>, now: Millis) -> Result<()> {
    request::set_state(tx, request.id, is, by, now)?;
    follow_ups::after(tx, request, is, now)?;
    calls::fire(tx, request.id, is, by, now)
}

/// It stands again where it stood before that moment: nothing is done a second time, and what waited to be done is not done.
pub fn stand_again(tx: &Writer, request: &Request, was: State, since: Millis, by: Option<AgentId>, now: Millis) -> Result<()> {
    request::set_state(tx, request.id, was, by, now)?;
    follow_ups::reopened(tx, request.id, by, now)?;
    calls::take_back(tx, request, since, by, now)
}

/// Judges every return again that nobody has decided yet: the policy has changed, or there is one now.
pub fn judge_open(tx: &Writer, now: Millis) -> Result<()> {
    let undecided = &[State::AwaitingDetails, State::ToDecide];
    for card in board::cards(tx, undecided, None, &board::Filter::default(), board::Order::LongestWaiting, board::ROWS_MAX)? {
        settle(tx, card.request.id, None, now)?;
    }
    Ok(())
}

/// Orders became known, or something new of them: what they bought is sold, and open returns that are about one of them, or that may
/// be, find it.
pub fn orders_arrived(tx: &Writer, orders: &[OrderId], now: Millis) -> Result<()> {
    follow_ups::orders_arrived(tx, orders, now)?;
    for order in orders {
        let Some(known) = order::find(tx, *order)? else { continue };
        pieces::ordered(tx, *order, now)?;
        for id in request::perhaps_about(tx, *order, known.address.as_deref())? {
            let named = fact::of(tx, id)?.text(fields::ORDER_NUMBER).map(order::key);
            if named.is_none_or(|number| number == order::key(&known.number)) {
                settle(tx, id, None, now)?;
            }
        }
    }
    Ok(())
}

/// A line in the timeline of the return's conversation.
pub fn note(tx: &Writer, id: ReturnId, by: Option<AgentId>, happened: Happened, now: Millis) -> Result<()> {
    note_event(tx, id, by, happened, now).map(|_| ())
}

/// The same, for whoever offers to take it back.
pub fn note_event(tx: &Writer, id: ReturnId, by: Option<AgentId>, happened: Happened, now: Millis) -> Result<EventId> {
    let request = request::find(tx, id)?.ok_or_else(|| Error::Refused("This return does not exist.".into()))?;
    Ok(event::record(tx, request.conversation_id, by, &What::Return { return_id: id, happened }, now)?)
}
