//! A letter of ours could not be delivered: said at once by the server, or later by a bounce. It appears on the message
//! and the conversation opens again.

use super::Result;
use crate::conversation::event::{self, What};
use crate::conversation::message::{self, Direction, Message};
use crate::conversation::{self, ConversationId, Status};
use crate::customer;
use crate::database::{Millis, Writer, params};
use crate::email::{Email, EmailAddress, Kind, MessageId};
use crate::id::{MailboxId, MessageKey};
use crate::outbox;

/// The message of ours that a bounce is about. Its Message-ID is signed and unguessable, so a forged bounce finds nothing.
pub fn original_of(tx: &Writer, mailbox: MailboxId, email: &Email) -> Result<Option<Message>> {
    if email.kind != Kind::Bounce {
        return Ok(None);
    }
    let named = email.bounce.iter().filter_map(|bounce| bounce.original_message_id.as_ref());
    let candidates: Vec<&MessageId> = named.chain(&email.in_reply_to).chain(&email.references).collect();
    for identifier in candidates {
        let found = message::find_by_identifier(tx, mailbox, identifier)?;
        if let Some(ours) = found.filter(|m| m.direction == Direction::Reply) {
            return Ok(Some(ours));
        }
    }
    Ok(None)
}

/// Notes on the original what a bounce says. A transient report changes nothing but is filed.
pub fn note(tx: &Writer, original: &Message, conversation: ConversationId, email: &Email, now: Millis) -> Result<()> {
    let Some(bounce) = email.bounce.as_ref().filter(|bounce| bounce.permanent) else { return Ok(()) };
    let sent_to = outbox::recipients(tx, original.id)?;
    let recipient = match &bounce.recipient {
        Some(address) => address.clone(),
        None => match sent_to.first().and_then(|only| EmailAddress::parse(only)).filter(|_| sent_to.len() == 1) {
            Some(only) => only,
            None => return failed(tx, original.id, conversation, "", &reason(email), now),
        },
    };
    if outbox::note_bounced(tx, original.id, &recipient.key(), &reason(email), now)? {
        customer::note_bounce(tx, &recipient, now)?;
    }
    failed(tx, original.id, conversation, recipient.as_str(), &reason(email), now)
}

/// The server refused a letter for good: `recipient` empty means all of them.
pub fn delivery_failed(tx: &Writer, message: MessageKey, recipient: &str, reason: &str, now: Millis) -> Result<()> {
    let Some(found) = message::find(tx, message)? else { return Ok(()) };
    if let Some(address) = EmailAddress::parse(recipient) {
        customer::note_bounce(tx, &address, now)?;
    }
    let conversation = conversation::current(tx, found.conversation_id)?;
    failed(tx, message, conversation, recipient, reason, now)
}

fn failed(tx: &Writer, message: MessageKey, conversation: ConversationId, recipient: &str, reason: &str, now: Millis) -> Result<()> {
    tx.execute("UPDATE conversation SET delivery_failed_at = ?2 WHERE id = ?1", params![conversation, now])?;
    let failure = What::DeliveryFailed { message, recipient: recipient.to_owned(), reason: reason.to_owned() };
    event::record(tx, conversation, None, &failure, now)?;
    let was = conversation::find(tx, conversation)?.map(|c| c.status);
    if let Some(was) = was.filter(|was| !matches!(was, Status::Open | Status::Spam)) {
        conversation::set_status(tx, conversation, Status::Open, None, None, now)?;
        event::record(tx, conversation, None, &What::Reopened { was }, now)?;
    }
    Ok(())
}

/// What the report says after it names the recipient: the reason stands there, after the courtesies.
fn about_recipient(email: &Email) -> Option<&str> {
    let recipient = email.bounce.as_ref()?.recipient.as_ref()?.as_str();
    let (_, after) = email.new_text.split_once(recipient)?;
    let words = after.trim_start_matches(['>', '"', ')', ':', ',']).trim();
    (!words.is_empty()).then_some(words)
}

fn reason(email: &Email) -> String {
    let status = email.bounce.as_ref().and_then(|bounce| bounce.status.clone());
    let words = conversation::preview(about_recipient(email).unwrap_or(&email.new_text));
    status.map_or(words.clone(), |status| format!("{status}: {words}"))
}
