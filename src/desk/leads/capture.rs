//! A mail was filed: its writer is a lead, with what they said they like; what they agree to or withdraw is done at once.

use super::asked;
use super::withdraw::withdraw_as_of;
use crate::account::{self, Account, FolderRole};
use crate::agent;
use crate::consent::{self, Ended, Given, Purpose, Way, Withdrawal};
use crate::conversation::{ConversationId, MessageKey};
use crate::customer::{self, CustomerId};
use crate::database::{self, Millis, Reader, Writer};
use crate::desk::{Arrival, Result, follow_ups, returns};
use crate::email::{EmailAddress, Kind};
use crate::follow_up::going;
use crate::lead::interest::{self, Learned};
use crate::lead::reading::{Known, Reading};
use crate::lead::{self, Because, Source, supplier, wish};
use crate::piece;
use std::collections::BTreeSet;

/// Artists and titles that reading looks for: what a small shop has at once.
const KNOWN_MAX: usize = 2_000;

/// What helps to read, taken once for many mails.
pub fn reading_context(c: &Reader) -> database::Result<Known> {
    Ok(Known::of(&piece::artists(c, KNOWN_MAX)?, &piece::titles(c, KNOWN_MAX)?))
}

/// A form was sent. Where it is the public one nobody has shown that the address is theirs: still a contact, and nothing more.
pub(in crate::desk) fn capture_form(tx: &Writer, customer: CustomerId, address: &EmailAddress, account: &Account, now: Millis) -> Result<()> {
    make_contact(tx, (customer, address), Source::Form, account, now, now).map(|_| ())
}

/// Remembers who made contact; true where they are a lead. Ourselves are none; a supplier's row is set aside, so that it is there when
/// the mark is taken away.
fn make_contact(tx: &Writer, (customer, address): (CustomerId, &EmailAddress), source: Source, account: &Account, at: Millis, now: Millis) -> Result<bool> {
    if is_us(tx, address)? {
        return Ok(false);
    }
    lead::capture(tx, customer, source, account.address.as_str(), at, now)?;
    if supplier::is_one(tx, address)? {
        lead::set_aside(tx, customer, Because::Supplier, None, now)?;
        return Ok(false);
    }
    Ok(true)
}

fn is_us(c: &Reader, address: &EmailAddress) -> database::Result<bool> {
    Ok(account::is_ours(c, address.as_str())? || agent::is_one(c, address.as_str())?)
}

/// Every person who writes to the shop is a lead. Our own mail, machines and suppliers are none.
pub fn capture(
    tx: &Writer,
    arrival: &Arrival,
    (conversation, message): (ConversationId, MessageKey),
    customer: CustomerId,
    at: Millis,
    now: Millis,
) -> Result<()> {
    let Some(from) = arrival.email.from.as_ref().filter(|_| arrival.email.kind == Kind::Person) else { return Ok(()) };
    if arrival.entry.folder_role == FolderRole::Sent {
        return Ok(());
    }
    let said_stop = take_stop(tx, arrival, (customer, &from.address), message, at, now)?;
    let source = if account::holds_imports(tx, arrival.entry.folder_id)? { Source::Import } else { Source::Mailbox };
    if !make_contact(tx, (customer, &from.address), source, arrival.account, at, now)? {
        return Ok(());
    }
    crate::failpoint::reached("capture.lead");
    follow_ups::heard(tx, customer, (conversation, message), at, now)?;
    let Some(about) = arrival.about else { return Ok(()) };
    let learned = |sentence| Learned { sentence, source: interest::Source::Mail, message_id: Some(message), by: None };
    for found in &about.interests {
        interest::add(tx, customer, &found.feature, &learned(&found.sentence), at)?;
    }
    if let Some((country, sentence)) = &about.country {
        lead::note_country(tx, customer, country, sentence)?;
    }
    // Years-old mail is no consent of today, and a forged one is nobody's. Who says stop and yes in one mail is not written to.
    let is_theirs =
        !said_stop && !arrival.entry.history && at >= arrival.settled_before && returns::forged(&arrival.email.authentication, arrival.account).is_none();
    if is_theirs {
        asked::ask(tx, &from.address.key(), now)?;
        let writer = Writing { customer, address: &from.address.key(), conversation, message, at };
        take_at_their_word(tx, arrival, about, &writer, now)?;
    }
    Ok(())
}

/// Whoever asks for no more mail gets none, at no address of theirs, nor at that to which the follow-up went which they answer. Always:
/// old mail, a forged one and a supplier's say it too, and one mail less does no harm. What they agreed to after they wrote this stands.
fn take_stop(tx: &Writer, arrival: &Arrival, (customer, from): (CustomerId, &EmailAddress), message: MessageKey, at: Millis, now: Millis) -> Result<bool> {
    let Some(words) = arrival.about.and_then(|about| about.withdrawal.as_ref()) else { return Ok(false) };
    if is_us(tx, from)? {
        return Ok(false);
    }
    let mut addresses = BTreeSet::from([from.key()]);
    addresses.extend(customer::find(tx, customer)?.into_iter().flat_map(|customer| customer.addresses).map(|known| known.address));
    for answered in arrival.email.in_reply_to.iter().chain(&arrival.email.references) {
        addresses.extend(going::addresses_of(tx, answered)?);
    }
    for address in &addresses {
        let stop = Withdrawal { address, purposes: Purpose::ALL, way: Ended::Mail, words, message_id: Some(message), by: None };
        withdraw_as_of(tx, arrival.key, &stop, at, now)?;
    }
    Ok(true)
}

/// Who wrote, where.
struct Writing<'a> {
    customer: CustomerId,
    address: &'a str,
    conversation: ConversationId,
    message: MessageKey,
    at: Millis,
}

fn take_at_their_word(tx: &Writer, arrival: &Arrival, about: &Reading, writer: &Writing, now: Millis) -> Result<()> {
    if let Some(wished) = &about.wish {
        let new = wish::New {
            customer_id: writer.customer,
            address: writer.address,
            conversation_id: Some(writer.conversation),
            message_id: Some(writer.message),
            words: &wished.sentence,
            features: &wished.features,
            source: interest::Source::Mail,
            by: None,
        };
        wish::add(tx, &new, writer.at)?;
    }
    for (purpose, words) in &about.consents {
        let given = Given {
            customer_id: writer.customer,
            address: writer.address,
            purpose: *purpose,
            way: Way::Mail,
            words,
            policy_text: "",
            proof: "",
            message_id: Some(writer.message),
            at: writer.at,
            by: None,
        };
        consent::grant(tx, arrival.key, &given, now)?;
    }
    Ok(())
}
