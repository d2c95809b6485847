//! A mail arrives: recognised, placed with a reason, filed. The mail was read before (that is pure and may be done on
//! any thread); everything that is remembered of it is remembered here, in one transaction.

use super::{Result, leads, merge_by_reference, orders, pieces, returns, rights, undeliverable};
use crate::account::{self, Account, Entry, FolderRole, Outcome};
use crate::conversation::event::{self, What};
use crate::conversation::message::{self, Direction, NewMessage};
use crate::conversation::threading::{self, Letter, Placement, SenderCheck};
use crate::conversation::{self, Conversation, ConversationId, MessageKey, Status};
use crate::customer;
use crate::database::{Millis, Writer};
use crate::email::{Email, EmailAddress, Kind, NameAddr};
use crate::lead;
use crate::return_request::reading::Reading;
use crate::secret::SecretKey;

/// A kept mail with what reading made of it.
pub struct Arrival<'a> {
    pub entry: &'a Entry,
    pub account: &'a Account,
    pub email: &'a Email,
    /// What it says about returns, where it is a person's.
    pub reading: Option<&'a Reading>,
    /// What it says about its writer, likewise.
    pub about: Option<&'a lead::reading::Reading>,
    pub key: &'a SecretKey,
    /// On for mail; off only where mails are placed by references alone (`restante inspect --threads`).
    pub sender_check: SenderCheck,
    /// Mail from before this moment was settled long ago: it arrives resolved.
    pub settled_before: Millis,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    pub outcome: Outcome,
    pub message: Option<MessageKey>,
    pub conversation: Option<ConversationId>,
}

/// Who stands behind a mail without a usable From: RFC 2606 reserves the domain, nobody is there.
const NOBODY: &str = "nobody@unknown.invalid";

pub fn receive(tx: &Writer, arrival: &Arrival, now: Millis) -> Result<Received> {
    let (entry, email) = (arrival.entry, arrival.email);
    crate::failpoint::reached("receive.begun");
    if rights::is_erased(tx, entry.raw_hash, email.content_hash)? {
        return forget_again(tx, arrival, now);
    }
    if let Some(known) = known_already(tx, arrival)? {
        crate::failpoint::reached("receive.known");
        account::settle(tx, entry.id, Outcome::Duplicate, "the same mail is here already", Some(known))?;
        crate::failpoint::reached("receive.linked");
        return Ok(Received { outcome: Outcome::Duplicate, message: Some(known), conversation: None });
    }
    let at = arrived_at(arrival, now);
    if let Some(original) = undeliverable::original_of(tx, entry.mailbox_id, email)? {
        return file_bounce(tx, arrival, original, at, now);
    }
    let ours = entry.folder_role == FolderRole::Sent;
    let person = if ours { email.to.first().cloned().unwrap_or_else(nobody) } else { email.from.clone().unwrap_or_else(nobody) };
    let customer = customer::recognise(tx, &person, email.language.filter(|_| !ours), at)?;
    crate::failpoint::reached("receive.recognised");
    let place = threading::place(tx, &letter(arrival, customer, at), sender_check(arrival, ours), Some(arrival.key))?;
    crate::failpoint::reached("receive.placed");
    let conversation = match place.join {
        Some(id) => id,
        None => conversation::open(tx, entry.mailbox_id, customer, shown_subject(email), first_status(arrival, ours, at), at)?,
    };
    crate::failpoint::reached("receive.opened");
    let message = file(tx, arrival, conversation, &place.placement, at, now)?;
    crate::failpoint::reached("receive.filed");
    for other in &place.also {
        merge_by_reference(tx, *other, conversation, now)?;
    }
    if place.join.is_none() {
        conversation::relate(tx, conversation, place.related.map(|(id, _)| id), place.related.map(|(_, because)| because))?;
    } else {
        wake(tx, arrival, conversation, at, now)?;
    }
    crate::failpoint::reached("receive.joined");
    // A piece that the shop mails to itself is no customer's letter.
    if !pieces::from_mail(tx, arrival, (conversation, message), at, now)? {
        returns::understand(tx, arrival, (conversation, message), customer, at, now)?;
        orders::learn(tx, arrival, at, now)?;
        leads::capture(tx, arrival, (conversation, message), customer, at, now)?;
    }
    crate::failpoint::reached("receive.understood");
    conversation::refresh(tx, conversation)?;
    crate::failpoint::reached("receive.refreshed");
    settle(tx, arrival, message, conversation)
}

/// Its sender was erased: it came back with a renumbering or through a second mailbox, and is forgotten again (PROMISES P69).
fn forget_again(tx: &Writer, arrival: &Arrival, now: Millis) -> Result<Received> {
    if let Some(hash) = arrival.entry.raw_hash {
        rights::doom_again(tx, hash, now)?;
    }
    account::settle(tx, arrival.entry.id, Outcome::Duplicate, "erased: its sender asked for it", None)?;
    account::forget_raw(tx, arrival.entry.id)?;
    Ok(Received { outcome: Outcome::Duplicate, message: None, conversation: None })
}

/// Same bytes in this mailbox; after a renumbering also the same mail with other transport headers; in the Sent folder
/// also the copy of a letter that we sent ourselves.
fn known_already(tx: &Writer, arrival: &Arrival) -> Result<Option<MessageKey>> {
    let entry = arrival.entry;
    if let Some(hash) = entry.raw_hash
        && let Some(known) = message::find_by_raw(tx, entry.mailbox_id, hash)?
    {
        return Ok(Some(known));
    }
    if entry.rescan
        && let Some(known) = message::find_by_content(tx, entry.mailbox_id, arrival.email.content_hash)?
    {
        return Ok(Some(known));
    }
    if entry.folder_role == FolderRole::Sent
        && let Some(identifier) = &arrival.email.message_id
    {
        let known = message::find_by_identifier(tx, entry.mailbox_id, identifier)?;
        return Ok(known.filter(|m| m.direction == Direction::Reply).map(|m| m.id));
    }
    Ok(None)
}

fn file_bounce(tx: &Writer, arrival: &Arrival, original: message::Message, at: Millis, now: Millis) -> Result<Received> {
    let conversation = conversation::current(tx, original.conversation_id)?;
    let identifier = original.identifier.as_ref().map(|id| id.as_str().to_owned()).unwrap_or_default();
    let message = file(tx, arrival, conversation, &Placement::Answers { identifier }, at, now)?;
    undeliverable::note(tx, &original, conversation, arrival.email, now)?;
    conversation::refresh(tx, conversation)?;
    settle(tx, arrival, message, conversation)
}

fn file(tx: &Writer, arrival: &Arrival, conversation: ConversationId, placement: &Placement, at: Millis, now: Millis) -> Result<MessageKey> {
    let (entry, email) = (arrival.entry, arrival.email);
    let ours = entry.folder_role == FolderRole::Sent;
    let direction = if ours { Direction::Reply } else { Direction::Inbound };
    let new = NewMessage {
        conversation_id: conversation,
        mailbox_id: entry.mailbox_id,
        direction,
        email,
        raw_hash: entry.raw_hash,
        arrived_at: at,
        author_id: None,
        placement,
    };
    let id = message::file(tx, &new, now)?;
    let keys: Vec<String> = if ours {
        email.to.iter().chain(&email.cc).map(|person| person.address.key()).collect()
    } else {
        email.from.iter().map(|person| person.address.key()).filter(|_| email.kind != Kind::Bounce).collect()
    };
    message::add_participants(tx, conversation, id, keys.iter().map(String::as_str), ours)?;
    if let Some(from) = email.from.as_ref().filter(|_| email.kind == Kind::Person && !ours) {
        customer::forget_bounce(tx, &from.address)?;
    }
    Ok(id)
}

fn settle(tx: &Writer, arrival: &Arrival, message: MessageKey, conversation: ConversationId) -> Result<Received> {
    let outcome = match arrival.email.kind {
        _ if arrival.entry.reason == "too_big" => Outcome::TooBig,
        Kind::Person => Outcome::Imported,
        Kind::AutoReply => Outcome::AutoReply,
        Kind::Bounce => Outcome::Bounce,
        Kind::List => Outcome::List,
    };
    account::settle(tx, arrival.entry.id, outcome, "", Some(message))?;
    crate::failpoint::reached("receive.settled");
    Ok(Received { outcome, message: Some(message), conversation: Some(conversation) })
}

/// A customer's answer opens a conversation that was waiting, snoozed or resolved; a machine's does not. Our own mail
/// from another client means that the customer has the word. History moves nothing. What we wrote here without having it answers nothing
/// of it: mails cross.
fn wake(tx: &Writer, arrival: &Arrival, id: ConversationId, at: Millis, now: Millis) -> Result<()> {
    let Some(Conversation { status: was, last_message_at, .. }) = conversation::find(tx, id)? else { return Ok(()) };
    if at < arrival.settled_before {
        return Ok(());
    }
    if arrival.entry.folder_role == FolderRole::Sent {
        if was == Status::Open && at >= last_message_at {
            conversation::set_status(tx, id, Status::Waiting, None, None, now)?;
        }
        return Ok(());
    }
    let news = at >= conversation::newest_from_outside(tx, id)?.unwrap_or(at) && matches!(arrival.email.kind, Kind::Person | Kind::List);
    if news && matches!(was, Status::Waiting | Status::Snoozed | Status::Resolved) {
        conversation::set_status(tx, id, Status::Open, None, None, now)?;
        event::record(tx, id, None, &What::Reopened { was }, now)?;
    }
    Ok(())
}

/// Old history and machines' mail that answers nothing of ours need nobody: they can be found, but do not wait.
fn first_status(arrival: &Arrival, ours: bool, at: Millis) -> Status {
    let nobody_waits = arrival.email.kind == Kind::AutoReply || at < arrival.settled_before;
    match (nobody_waits, ours) {
        (true, _) => Status::Resolved,
        (false, true) => Status::Waiting,
        (false, false) => Status::Open,
    }
}

/// The order of a conversation is the order of arrival at the server; a Date from the future or the past moves nothing
/// (PROMISES P13). A folder or an mbox has no such time: there the Date stands in, never later than now.
fn arrived_at(arrival: &Arrival, now: Millis) -> Millis {
    arrival.entry.internal_date.or(arrival.email.date).unwrap_or(now).clamp(0, now)
}

/// What lies in our own Sent folder was sent by us, whatever its From says.
fn sender_check(arrival: &Arrival, ours: bool) -> SenderCheck {
    if ours && arrival.sender_check == SenderCheck::On { SenderCheck::Ours } else { arrival.sender_check }
}

fn letter<'a>(arrival: &'a Arrival, customer: customer::CustomerId, at: Millis) -> Letter<'a> {
    let email = arrival.email;
    Letter {
        mailbox: arrival.entry.mailbox_id,
        message_id: email.message_id.as_ref(),
        in_reply_to: &email.in_reply_to,
        references: &email.references,
        from: email.from.as_ref().map(|from| &from.address),
        to: &email.to,
        subject: &email.subject,
        customer: Some(customer),
        at,
    }
}

fn shown_subject(email: &Email) -> &str {
    let subject = email.subject.trim();
    if subject.is_empty() { "(no subject)" } else { subject }
}

fn nobody() -> NameAddr {
    NameAddr { name: "Unknown sender".into(), address: EmailAddress::parse(NOBODY).expect("a constant address") }
}
