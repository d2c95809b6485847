//! A form was sent. What it says becomes a message of the conversation, photos and all, so that a return from the form is a
//! conversation like any other; its facts are certain, because they were asked for one by one.

use super::fill;
use super::record::{self, Telling};
use crate::account::{self, Account};
use crate::blobs::Hash;
use crate::consent::Purpose;
use crate::conversation::message::{self, Direction, NewMessage};
use crate::conversation::threading::{self, Placement};
use crate::conversation::{self, ConversationId, MessageKey, Status};
use crate::customer;
use crate::database::{Millis, Reader, Writer};
use crate::desk::{Error, Result, body, leads, letters};
use crate::email::compose::{File, Letter, compose};
use crate::email::{self, Email, NameAddr};
use crate::return_request::fact::Source;
use crate::return_request::reading::Found;
use crate::return_request::{Request, ReturnId, State, link, request, upload};
use crate::secret::SecretKey;

/// What stands beside a message of the public form: nobody has shown that the address is theirs.
const UNCONFIRMED: &str = "Came in by the public form: nobody has shown yet that this address is theirs.";

/// A form as it was sent.
#[derive(Clone, Debug)]
pub struct Sent {
    pub from: NameAddr,
    pub language: String,
    /// Its answers as a letter would say them, a line each.
    pub text: String,
    pub facts: Vec<Found>,
    pub photos: Vec<(String, Vec<u8>)>,
    /// What they ticked that they would like to hear of.
    pub agrees: Vec<Purpose>,
}

/// The form as a mail: bytes that are kept like any other.
#[derive(Clone, Debug)]
pub struct Composed {
    pub bytes: Vec<u8>,
    pub email: Email,
}

/// Composes a form; `about` is the return that it belongs to, `None` for one that begins with it.
pub fn compose_form(key: &SecretKey, account: &Account, about: Option<(&Request, &str)>, sent: &Sent, word: &str, now: Millis) -> Result<Composed> {
    let (conversation, subject) = match about {
        Some((request, subject)) => (request.conversation_id, body::reply_subject(subject)),
        None => (ConversationId(0), "Return".to_owned()),
    };
    let letter = Letter {
        message_id: threading::own_message_id(key, conversation, word, account.address.domain()),
        date: now,
        from: sent.from.clone(),
        to: vec![NameAddr { name: account.name.clone(), address: account.address.clone() }],
        cc: Vec::new(),
        reply_to: None,
        subject,
        in_reply_to: None,
        references: Vec::new(),
        text: sent.text.clone(),
        html: None,
        files: sent.photos.iter().map(|(name, bytes)| File { name: name.clone(), content_type: String::new(), bytes: bytes.clone() }).collect(),
        automatic: false,
        unsubscribe: None,
        boundary: word.to_owned(),
    };
    let bytes = compose(&letter)?;
    let email = Email { new_text: sent.text.trim().to_owned(), ..email::read(&bytes) };
    Ok(Composed { bytes, email })
}

/// The form behind a link: fills its return, once. False when the link had been used meanwhile.
pub fn answered_form(
    tx: &Writer,
    key: &SecretKey,
    token: &str,
    id: ReturnId,
    sent: &Sent,
    (composed, raw_hash): (&Composed, Hash),
    now: Millis,
) -> Result<bool> {
    if !link::take(tx, token, link::Purpose::Form, now)? {
        return Ok(false);
    }
    let request = request::find(tx, id)?.ok_or_else(|| Error::Refused("This return does not exist.".into()))?;
    let message = file(tx, &request, sent, composed, raw_hash, now)?;
    agree(tx, key, &request, message, sent, now)?;
    let there = conversation::find(tx, request.conversation_id)?;
    if there.is_some_and(|c| matches!(c.status, Status::Waiting | Status::Snoozed | Status::Resolved)) {
        conversation::set_status(tx, request.conversation_id, Status::Open, None, None, now)?;
    }
    upload::sent(tx, token)?;
    Ok(true)
}

/// The token that shows how a public form stands. Only whoever sent these very words can be led there: the token under which
/// they were typed may have been handed over by somebody else, and a form that is sent twice has to find its first again.
pub fn state_token(key: &SecretKey, filled_under: &str, sent: &Sent) -> String {
    key.sign("how a return stands", &format!("{filled_under}\n{}\n{}\n{}", sent.from.address.key(), sent.from.name, sent.text))
}

/// The public form: a conversation and a return of their own, whatever the address. The token opens their state. `None`: the form
/// was sent already (PROMISES P65).
pub fn started(
    tx: &Writer,
    key: &SecretKey,
    (filled_under, token): (&str, &str),
    account: &Account,
    sent: &Sent,
    (composed, raw_hash): (&Composed, Hash),
    now: Millis,
) -> Result<Option<ReturnId>> {
    if link::is_spent(tx, filled_under)? {
        upload::sent(tx, filled_under)?;
        return Ok(None);
    }
    let customer = customer::recognise(tx, &sent.from, None, now)?;
    let there = conversation::open(tx, account.id, customer, "Return", Status::Open, now)?;
    let mut marked = composed.clone();
    marked.email.complaints.push(UNCONFIRMED.to_owned());
    let message = file_message(tx, there, account, &marked, raw_hash, now)?;
    leads::capture_form(tx, customer, &sent.from.address, account, now)?;
    let new = request::New {
        conversation_id: there,
        message_id: message,
        customer_id: customer,
        mailbox_id: account.id,
        source: request::Source::Form,
        language: sent.language.clone(),
    };
    let id = record::open(tx, &new, None, now)?;
    fill(tx, id, message, sent, &marked, now)?;
    if let Some(request) = request::find(tx, id)? {
        agree(tx, key, &request, message, sent, now)?;
    }
    tx.execute("UPDATE conversation SET subject = ?2 WHERE id = ?1", crate::database::params![there, format!("Return {}", request::name(id))])?;
    conversation::refresh(tx, there)?;
    link::add(tx, token, id, link::Purpose::Form, now + link::FORM_LIFE, now)?;
    link::take(tx, token, link::Purpose::Form, now)?;
    link::spend(tx, filled_under, id, now)?;
    upload::sent(tx, filled_under)?;
    Ok(Some(id))
}

/// What they ticked. It is proven to be theirs where our letter with the link went to this very address; a return that began with the public
/// form has shown nobody's address to be theirs, and its later pages have not either.
fn agree(tx: &Writer, key: &SecretKey, request: &Request, message_id: MessageKey, sent: &Sent, now: Millis) -> Result<()> {
    let was_mailed = letters::last_asked(tx, request.id)?.is_some_and(|asked| asked == sent.from.address.key());
    let ticked = leads::Ticked {
        customer_id: request.customer_id,
        conversation_id: request.conversation_id,
        message_id,
        address: &sent.from.address.key(),
        purposes: &sent.agrees,
        language: &sent.language,
        is_proven: was_mailed && request.source != request::Source::Form,
    };
    leads::ticked(tx, key, &ticked, now)
}

fn file(tx: &Writer, request: &Request, sent: &Sent, composed: &Composed, raw_hash: Hash, now: Millis) -> Result<MessageKey> {
    let account = account::find(tx, request.mailbox_id)?.ok_or_else(|| Error::Refused("Its mailbox is gone.".into()))?;
    let message = file_message(tx, request.conversation_id, &account, composed, raw_hash, now)?;
    leads::capture_form(tx, request.customer_id, &sent.from.address, &account, now)?;
    fill(tx, request.id, message, sent, composed, now)?;
    conversation::refresh(tx, request.conversation_id)?;
    Ok(message)
}

fn file_message(tx: &Writer, there: ConversationId, account: &Account, composed: &Composed, raw_hash: Hash, now: Millis) -> Result<MessageKey> {
    let new = NewMessage {
        conversation_id: there,
        mailbox_id: account.id,
        direction: Direction::Inbound,
        email: &composed.email,
        raw_hash: Some(raw_hash),
        arrived_at: now,
        author_id: None,
        placement: &Placement::Form,
    };
    let message = message::file(tx, &new, now)?;
    let from: Vec<String> = composed.email.from.iter().map(|from| from.address.key()).collect();
    message::add_participants(tx, there, message, from.iter().map(String::as_str), false)?;
    Ok(message)
}

fn fill(tx: &Writer, id: ReturnId, message: crate::id::MessageKey, sent: &Sent, composed: &Composed, now: Millis) -> Result<()> {
    let parts: Vec<usize> = composed.email.attachments.iter().map(|a| a.part).collect();
    record::add_photos(tx, id, message, &parts, now)?;
    fill::fill(tx, id, &sent.facts, &Telling { source: Source::Form, message: Some(message), by: None }, now)?;
    record::settle(tx, id, Some(message), now)
}

/// A form that was sent, and its return still lacks something: another form for that return alone, which only who holds the first is led
/// to. Wanted again it is the same one, until that was sent, too. `None`: this link asks itself, or nothing is asked any more.
pub fn form_again(tx: &Writer, key: &SecretKey, token: &str, now: Millis) -> Result<Option<String>> {
    let link::Opened::Valid { return_id, used_at: Some(_) } = link::open(tx, token, link::Purpose::Form, now)? else { return Ok(None) };
    if !still_asks(tx, return_id)? {
        return Ok(None);
    }
    let again = key.sign("what a return still lacks", &format!("{token}\n{}", link::used(tx, return_id, link::Purpose::Form)?));
    if link::open(tx, &again, link::Purpose::Form, now)? == link::Opened::Unknown {
        link::add(tx, &again, return_id, link::Purpose::Form, now + link::FORM_LIFE, now)?;
    }
    Ok(Some(again))
}

/// Whether the form behind a link still asks, or shows how the return stands.
pub fn still_asks(c: &Reader, id: ReturnId) -> Result<bool> {
    Ok(request::find(c, id)?.is_some_and(|request| request.state == State::AwaitingDetails))
}
