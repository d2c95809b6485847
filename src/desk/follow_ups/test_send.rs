//! A test goes to the agent who asks for it, as a letter of its own that says so: no consent carries it, because nobody else gets it, and
//! its link ends nothing.

use super::{About, compose_preview};
use crate::account::{self, Account};
use crate::agent::Agent;
use crate::blobs::Hash;
use crate::conversation::message::{self, Direction, NewMessage};
use crate::conversation::threading::{self, Placement};
use crate::conversation::{self, ConversationId, MessageKey, Status};
use crate::customer;
use crate::database::{Millis, Reader, Writer};
use crate::desk::{Error, Result, body};
use crate::email::compose::{Letter, compose};
use crate::email::{self, Email, EmailAddress, NameAddr};
use crate::id::MailboxId;
use crate::outbox;
use crate::secret::SecretKey;

/// What stands above a test.
const MARK: &str = "Test: this is how it will read. The link below ends nothing.";
/// Where its link leads: a page that knows no such token.
const NO_TOKEN: &str = "unsubscribe/test";

/// A test's bytes, not yet promised.
#[derive(Clone, Debug)]
pub struct Test {
    pub bytes: Vec<u8>,
    email: Email,
    account: Account,
    to: NameAddr,
}

/// Composes it, or says why not.
pub fn compose_test(c: &Reader, key: &SecretKey, about: &About, (from, to): (MailboxId, &Agent), (word, url): (&str, &str), now: Millis) -> Result<Test> {
    let account = account::find(c, from)?.ok_or_else(|| Error::Refused("There is no mailbox to send it from.".into()))?;
    let address = EmailAddress::parse(&to.email).ok_or_else(|| Error::Refused("Your own address cannot be written to.".into()))?;
    let preview = compose_preview(c, about, &format!("{}/{NO_TOKEN}", url.trim_end_matches('/')))?.map_err(Error::Refused)?;
    let (to, text) = (NameAddr { name: to.name.clone(), address }, format!("{MARK}\n\n{}", preview.text()));
    let letter = Letter {
        // Of no conversation yet: an answer to it begins one.
        message_id: threading::own_message_id(key, ConversationId(0), word, account.address.domain()),
        date: now,
        from: NameAddr { name: account.name.clone(), address: account.address.clone() },
        to: vec![to.clone()],
        cc: Vec::new(),
        reply_to: None,
        subject: format!("Test: {}", preview.subject),
        in_reply_to: None,
        references: Vec::new(),
        text: body::text(&text, "", None),
        html: Some(body::html(&text, "", None)),
        files: Vec::new(),
        automatic: false,
        unsubscribe: None,
        boundary: word.to_owned(),
    };
    let bytes = compose(&letter)?;
    let email = Email { new_text: text, ..email::read(&bytes) };
    Ok(Test { bytes, email, account, to })
}

/// Queues it, in a conversation that waits for nobody.
pub fn queue_test(tx: &Writer, test: &Test, raw_hash: Hash, by: &Agent, now: Millis) -> Result<MessageKey> {
    let person = customer::recognise(tx, &test.to, None, now)?;
    let there = conversation::open(tx, test.account.id, person, &test.email.subject, Status::Resolved, now)?;
    let new = NewMessage {
        conversation_id: there,
        mailbox_id: test.account.id,
        direction: Direction::Reply,
        email: &test.email,
        raw_hash: Some(raw_hash),
        arrived_at: now,
        author_id: Some(by.id),
        placement: &Placement::Written,
    };
    let message = message::file(tx, &new, now)?;
    message::add_participants(tx, there, message, [test.to.address.key()].iter().map(String::as_str), true)?;
    let letter = outbox::NewLetter {
        message_id: message,
        mailbox_id: test.account.id,
        raw_hash,
        envelope_from: test.account.address.as_str(),
        recipients: vec![test.to.address.as_str().to_owned()],
        automatic: false,
        due_at: now,
        consent_id: None,
    };
    outbox::queue(tx, &letter, now)?;
    conversation::refresh(tx, there)?;
    Ok(message)
}
