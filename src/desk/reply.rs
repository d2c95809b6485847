//! A reply leaves: composed to its final bytes, queued with the undo window, status moved, draft dropped, in one commit.
//! The bytes are made first and kept durable, so that the commit only names them.

use super::act::{change_status, existing};
use super::body;
use super::{Error, Result};
use crate::account::{self, Account};
use crate::agent::Agent;
use crate::blobs::Hash;
use crate::conversation::draft::{self, Draft, DraftKind};
use crate::conversation::event::{self, What};
use crate::conversation::message::{self, Direction, NewMessage, People};
use crate::conversation::threading::{self, Placement};
use crate::conversation::{self, Conversation, ConversationId, MessageKey, Status};
use crate::database::{Millis, Reader, Writer, params};
use crate::email::compose::{File, Letter, compose};
use crate::email::{self, Email, NameAddr};
use crate::secret::SecretKey;
use crate::{customer, lead, outbox, setting};

/// What an agent wrote.
#[derive(Clone, Debug)]
pub struct Reply {
    pub conversation_id: ConversationId,
    pub to: Vec<NameAddr>,
    pub cc: Vec<NameAddr>,
    pub text: String,
    pub files: Vec<File>,
    /// The newest message that the writer saw: if there is a newer one, the reply waits for another look.
    pub seen: MessageKey,
    pub then: AfterSending,
    /// A random word for Message-ID and boundaries.
    pub word: String,
}

/// Where the conversation goes once the reply is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterSending {
    StayOpen,
    Wait,
    Resolve,
}

/// Why a reply does not leave now; the draft is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Something arrived that the writer has not seen.
    NewerMessage {
        newest: MessageKey,
    },
    NoRecipient,
    Empty,
    /// `{{order}}` is still in the text.
    PlaceholdersLeft(Vec<String>),
}

/// Final bytes, not yet promised to anyone.
#[derive(Clone, Debug)]
pub struct Composed {
    pub bytes: Vec<u8>,
    pub email: Email,
    /// The quoted history was left out because somebody on the letter has not seen it (PROMISES P41).
    pub history_withheld: bool,
}

/// Whom a reply goes to: the author of the newest inbound message by its From (never silently its Reply-To, PROMISES
/// P42); with `all`, everyone else on it too, except ourselves.
pub fn recipients_for(c: &Reader, id: ConversationId, all: bool) -> Result<People> {
    let messages = message::of_conversation(c, id)?;
    let Some(newest) = messages.iter().rev().find(|m| m.direction == Direction::Inbound && m.kind != email::Kind::Bounce) else {
        // A conversation that we began: write to whom we wrote.
        let ours = messages.iter().rev().find(|m| m.direction == Direction::Reply);
        return Ok(ours
            .map(|m| People { to: m.people.to.clone(), cc: if all { m.people.cc.clone() } else { Vec::new() }, ..People::default() })
            .unwrap_or_default());
    };
    let author = crate::email::EmailAddress::parse(&newest.from_address).map(|address| NameAddr { name: newest.from_name.clone(), address });
    let to: Vec<NameAddr> = author.into_iter().collect();
    let mut cc = Vec::new();
    if all {
        for person in newest.people.to.iter().chain(&newest.people.cc) {
            let listed = to.iter().chain(&cc).any(|p: &NameAddr| p.address.key() == person.address.key());
            if !listed && !account::is_ours(c, person.address.as_str())? {
                cc.push(person.clone());
            }
        }
    }
    Ok(People { to, cc, ..People::default() })
}

/// Makes the final bytes, or says why not.
pub fn compose_reply(
    c: &Reader,
    key: &SecretKey,
    account: &Account,
    agent: &Agent,
    reply: &Reply,
    now: Millis,
) -> Result<std::result::Result<Composed, Refusal>> {
    let conversation = conversation::find(c, reply.conversation_id)?.filter(|c| c.merged_into.is_none()).ok_or(Error::NoConversation(reply.conversation_id))?;
    if let Some(refusal) = refusal(c, reply)? {
        return Ok(Err(refusal));
    }
    let messages = message::of_conversation(c, conversation.id)?;
    let parent = messages.iter().rev().find(|m| m.direction != Direction::Note && m.identifier.is_some() && m.kind != email::Kind::Bounce);
    let mut everyone_knows = true;
    for person in reply.to.iter().chain(&reply.cc) {
        everyone_knows &= conversation::knows_history(c, conversation.id, &person.address.key())?;
    }
    let signature = if agent.signature.trim().is_empty() { &account.signature } else { &agent.signature };
    let quoted = parent.filter(|_| everyone_knows);
    let letter = Letter {
        message_id: threading::own_message_id(key, conversation.id, &reply.word, account.address.domain()),
        date: now,
        from: NameAddr { name: account.name.clone(), address: account.address.clone() },
        to: reply.to.clone(),
        cc: reply.cc.clone(),
        reply_to: None,
        subject: body::reply_subject(&conversation.subject),
        in_reply_to: parent.and_then(|m| m.identifier.clone()),
        references: messages.iter().filter(|m| m.direction != Direction::Note).filter_map(|m| m.identifier.clone()).collect(),
        text: body::text(&reply.text, signature, quoted),
        html: Some(body::html(&reply.text, signature, quoted)),
        files: reply.files.clone(),
        automatic: false,
        unsubscribe: None,
        boundary: reply.word.clone(),
    };
    let bytes = compose(&letter)?;
    let email = Email { new_text: reply.text.trim().to_owned(), ..email::read(&bytes) };
    Ok(Ok(Composed { bytes, email, history_withheld: parent.is_some() && !everyone_knows }))
}

/// Queues composed bytes that are durable as `raw_hash`. Checks once more that nothing newer arrived meanwhile.
pub fn queue_reply(
    tx: &Writer,
    account: &Account,
    agent: &Agent,
    reply: &Reply,
    composed: &Composed,
    raw_hash: Hash,
    now: Millis,
) -> Result<std::result::Result<MessageKey, Refusal>> {
    let Conversation { id, assignee_id, customer_id, .. } = existing(tx, reply.conversation_id)?;
    if let Some(refusal) = refusal(tx, reply)? {
        return Ok(Err(refusal));
    }
    let new = NewMessage {
        conversation_id: id,
        mailbox_id: account.id,
        direction: Direction::Reply,
        email: &composed.email,
        raw_hash: Some(raw_hash),
        arrived_at: now,
        author_id: Some(agent.id),
        placement: &Placement::Written,
    };
    let message = message::file(tx, &new, now)?;
    tx.execute("UPDATE message SET from_name = ?2 WHERE id = ?1", params![message, agent.name])?;
    let recipients: Vec<String> = reply.to.iter().chain(&reply.cc).map(|p| p.address.as_str().to_owned()).collect();
    let keys: Vec<String> = reply.to.iter().chain(&reply.cc).map(|p| p.address.key()).collect();
    message::add_participants(tx, id, message, keys.iter().map(String::as_str), !composed.history_withheld)?;
    let due_at = now + setting::undo_window(tx)?;
    let letter = outbox::NewLetter {
        message_id: message,
        mailbox_id: account.id,
        raw_hash,
        envelope_from: account.address.as_str(),
        recipients,
        automatic: false,
        due_at,
        consent_id: None,
    };
    outbox::queue(tx, &letter, now)?;
    draft::forget(tx, id, agent.id, DraftKind::Reply)?;
    // Whom an agent answers is no spammer.
    lead::take_up_again(tx, customer_id, lead::Because::Spam)?;
    if assignee_id.is_none() {
        super::act::assign(tx, id, Some(agent.id), agent.id, now)?;
    }
    match reply.then {
        AfterSending::StayOpen => None,
        AfterSending::Wait => change_status(tx, id, Status::Waiting, None, Some(agent.id), now)?,
        AfterSending::Resolve => change_status(tx, id, Status::Resolved, None, Some(agent.id), now)?,
    };
    conversation::refresh(tx, id)?;
    conversation::mark_seen(tx, id, agent.id, message, now)?;
    Ok(Ok(message))
}

/// Takes a reply back in its undo window: text and files become a draft again (`files` are the letter's, durable already),
/// the status goes back.
pub fn unsend(tx: &Writer, message: MessageKey, agent: &Agent, files: &[(String, String, i64, Hash)], now: Millis) -> Result<ConversationId> {
    let found = message::find(tx, message)?
        .filter(|m| m.author_id == Some(agent.id))
        .ok_or_else(|| Error::Refused("Only who wrote a reply can take it back.".into()))?;
    if !outbox::cancel(tx, message, now)? {
        return Err(Error::Refused("The reply has left already and cannot be taken back.".into()));
    }
    outbox::forget(tx, message)?;
    let id = found.conversation_id;
    for event in event::of_conversation(tx, id)?.iter().filter(|e| e.at == found.arrived_at && e.actor_id == Some(agent.id) && e.can_be_undone()) {
        super::act::undo(tx, event.id, agent.id, now)?;
    }
    tx.execute("DELETE FROM index_queue WHERE message_id = ?1", params![message])?;
    message::queue_for_index(tx, message)?;
    tx.execute("DELETE FROM message WHERE id = ?1", params![message])?;
    if let Some(hash) = found.raw_hash {
        super::rights::doom(tx, hash)?; // nobody names these bytes any more: no erasure would find them
    }
    let seen = message::newest(tx, id)?.unwrap_or(MessageKey(0));
    let draft = Draft { people: found.people.clone(), text: found.new_text.clone(), seen, updated_at: now };
    draft::keep(tx, id, agent.id, DraftKind::Reply, &draft)?;
    for (name, content_type, bytes, hash) in files {
        draft::add_upload(tx, id, agent.id, (name, content_type, *bytes, *hash), now)?;
    }
    conversation::refresh(tx, id)?;
    event::record(tx, id, Some(agent.id), &What::Unsent { message }, now)?;
    Ok(id)
}

fn refusal(c: &Reader, reply: &Reply) -> Result<Option<Refusal>> {
    if reply.text.trim().is_empty() && reply.files.is_empty() {
        return Ok(Some(Refusal::Empty));
    }
    if reply.to.is_empty() && reply.cc.is_empty() {
        return Ok(Some(Refusal::NoRecipient));
    }
    let left = crate::reply_template::placeholders_left(&reply.text);
    if !left.is_empty() {
        return Ok(Some(Refusal::PlaceholdersLeft(left)));
    }
    let newest = message::newest(c, reply.conversation_id)?;
    Ok(newest.filter(|newest| *newest > reply.seen).map(|newest| Refusal::NewerMessage { newest }))
}

/// Addresses of a letter that once bounced, to warn before sending.
pub fn bounced_before(c: &Reader, people: &[NameAddr]) -> Result<Vec<String>> {
    let mut bounced = Vec::new();
    for person in people {
        if let Some(id) = customer::find_by_address(c, &person.address)?
            && let Some(found) = customer::find(c, id)?
        {
            bounced.extend(found.addresses.into_iter().filter(|a| a.address == person.address.key() && a.bounced_at.is_some()).map(|a| a.address));
        }
    }
    Ok(bounced)
}
