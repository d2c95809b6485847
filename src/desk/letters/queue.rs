//! A composed letter is queued, once: message, outbox, link and the wish that is fulfilled, in one commit.

use super::{Composed, Kind, Waiting, follow_up as afterwards};
use crate::blobs::Hash;
use crate::conversation::message::{self, Direction, NewMessage};
use crate::conversation::threading::Placement;
use crate::conversation::{self, MessageKey};
use crate::database::{Millis, Writer, params};
use crate::desk::{Result, returns, rights};
use crate::return_request::{Happened, link, request};
use crate::{consent, outbox};

/// Queues what was composed; `None` if the letter was written or dropped meanwhile.
pub fn queue(tx: &Writer, waiting: &Waiting, composed: &Composed, raw_hash: Hash, token: &str, now: Millis) -> Result<Option<MessageKey>> {
    let settled = tx.execute("UPDATE wanted_letter SET settled_at = ?2 WHERE id = ?1 AND settled_at IS NULL", params![waiting.id, now])?;
    if settled == 0 {
        // Nothing names these bytes: no erasure would find them.
        rights::doom(tx, raw_hash)?;
        return Ok(None);
    }
    let id = conversation::current(tx, waiting.conversation_id)?;
    let new = NewMessage {
        conversation_id: id,
        mailbox_id: composed.account.id,
        direction: Direction::Reply,
        email: &composed.email,
        raw_hash: Some(raw_hash),
        arrived_at: now,
        author_id: waiting.by,
        placement: &Placement::Written,
    };
    let message = message::file(tx, &new, now)?;
    message::add_participants(tx, id, message, [composed.to.address.key()].iter().map(String::as_str), true)?;
    let letter = outbox::NewLetter {
        message_id: message,
        mailbox_id: composed.account.id,
        raw_hash,
        envelope_from: composed.account.address.as_str(),
        recipients: vec![composed.to.address.as_str().to_owned()],
        // A follow-up twice is worse than none: like what leaves by itself, it goes at most once.
        automatic: waiting.by.is_none() || composed.follow_up.is_some(),
        due_at: now,
        consent_id: composed.follow_up.as_ref().map(|of| of.consent_id),
    };
    outbox::queue(tx, &letter, now)?;
    tx.execute("UPDATE wanted_letter SET message_id = ?2 WHERE id = ?1", params![waiting.id, message])?;
    if let Some((of, purpose, expires_at)) = composed.link {
        link::add(tx, token, of, purpose, expires_at, now)?;
    }
    if let Some((act, link)) = &composed.consent_link {
        consent::link::add(tx, token, *act, link, now)?;
    }
    if let Some(of) = &composed.follow_up {
        afterwards::queued(tx, of, id, message, now)?;
    }
    if let (Kind::Fulfilment, Some(of)) = (waiting.kind, waiting.return_id) {
        request::note_fulfilment_told(tx, of, now)?;
        returns::note(tx, of, None, Happened::FulfilmentTold { address: waiting.address.clone() }, now)?;
    }
    conversation::refresh(tx, id)?;
    Ok(Some(message))
}

/// The letter is not written; the timeline says why.
pub fn drop_letter(tx: &Writer, waiting: &Waiting, why: &str, now: Millis) -> Result<()> {
    let sql = "UPDATE wanted_letter SET settled_at = ?2, dropped = ?3 WHERE id = ?1 AND settled_at IS NULL";
    if tx.execute(sql, params![waiting.id, now, why])? == 1 {
        if let Some(id) = waiting.return_id {
            if matches!(waiting.kind, Kind::Ask | Kind::Remind) {
                returns::not_asked(tx, id, now)?;
            }
            returns::note(tx, id, None, Happened::LetterDropped { why: why.to_owned() }, now)?;
        }
        afterwards::dropped(tx, waiting, why, now)?;
    }
    Ok(())
}
