//! A mail was filed: its writer is a lead, with what they said they like; what they agree to or withdraw is done at once.

use super::{asked, withdraw};
use crate::account::{self, Account, FolderRole};
use crate::agent;
use crate::consent::{self, Ended, Given, Purpose, Way, Withdrawal};
use crate::conversation::{ConversationId, MessageKey};
use crate::customer::CustomerId;
use crate::database::{self, Millis, Reader, Writer};
use crate::desk::{Arrival, Result, follow_ups, returns};
use crate::email::{EmailAddress, Kind};
use crate::lead::interest::{self, Learned};
use crate::lead::reading::{Known, Reading};
use crate::lead::{self, Because, Source, supplier, wish};
use crate::piece;

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
    if account::is_ours(tx, address.as_str())? || agent::is_one(tx, address.as_str())? {
        return Ok(false);
    }
    lead::capture(tx, customer, source, account.address.as_str(), at, now)?;
    if supplier::is_one(tx, address)? {
        lead::set_aside(tx, customer, Because::Supplier, None, now)?;
        return Ok(false);
    }
    Ok(true)
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
    // Years-old mail is no consent of today, and a forged one is nobody's.
    let is_theirs = !arrival.entry.history && at >= arrival.settled_before && returns::forged(&arrival.email.authentication, arrival.account).is_none();
    if is_theirs {
        asked::ask(tx, &from.address.key(), now)?;
        let writer = Writing { customer, address: &from.address.key(), conversation, message, at };
        take_at_their_word(tx, arrival, about, &writer, now)?;
    }
    Ok(())
}

/// Who wrote, where.
struct Writing<'a> {
    customer: CustomerId,
    address: &'a str,
    conversation: ConversationId,
    message: MessageKey,
    at: Millis,
}

/// Stop before yes: who says both in one mail is not written to.
fn take_at_their_word(tx: &Writer, arrival: &Arrival, about: &Reading, writer: &Writing, now: Millis) -> Result<()> {
    if let Some(words) = &about.withdrawal {
        let stop = Withdrawal { address: writer.address, purposes: Purpose::ALL, way: Ended::Mail, words, message_id: Some(writer.message), by: None };
        withdraw(tx, arrival.key, &stop, now)?;
        return Ok(());
    }
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
