//! A person's end here, in one transaction: their consent ends, what waits for them is cancelled, their words, names and addresses go;
//! raw mails, the index and freed pages follow at once (`erased::finish`). What they wrote does not return with the next poll.

use super::erased::{self, tombstone};
use super::forget;
use super::scope::{self, Scope};
use crate::consent::{Ended, Purpose, Withdrawal};
use crate::customer::CustomerId;
use crate::database::{Millis, Writer, params};
use crate::desk::{Error, Result, leads};
use crate::id::AgentId;
use crate::order;
use crate::secret::SecretKey;

/// What becomes of the conversations, as the owner chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erasure {
    /// Dates, status, tags, and of returns the reason, sum and decision stay, without a word that anybody wrote.
    Kept,
    Removed,
}

impl Erasure {
    pub fn code(self) -> &'static str {
        match self {
            Erasure::Kept => "kept",
            Erasure::Removed => "removed",
        }
    }

    pub fn from_code(code: &str) -> Option<Erasure> {
        [Erasure::Kept, Erasure::Removed].into_iter().find(|erasure| erasure.code() == code)
    }
}

/// Erases a person. Their addresses stay suppressed, as keyed hashes; that somebody was erased, when and by whom, is written down.
pub fn erase(tx: &Writer, key: &SecretKey, id: CustomerId, erasure: Erasure, by: AgentId, now: Millis) -> Result<()> {
    let scope = scope::of(tx, id)?;
    refuse_while_leaving(tx, &scope)?;
    for address in &scope.addresses {
        let stop = Withdrawal { address, purposes: Purpose::ALL, way: Ended::Erased, words: "", message_id: None, by: Some(by) };
        leads::withdraw(tx, key, &stop, now)?;
    }
    crate::failpoint::reached("erase.withdrawn");
    for order in &scope.orders {
        let number: String = tx.one("SELECT number FROM shop_order WHERE id = ?1", [order], |r| r.get(0))?;
        erased::bury(tx, order::tombstone(&number), now)?;
    }
    for message in &scope.messages {
        for hash in scope::raw_of(tx, *message)? {
            erased::doom(tx, hash)?;
            erased::bury(tx, tombstone(&hash.0), now)?;
        }
        let content: Option<Vec<u8>> = tx.one("SELECT content_hash FROM message WHERE id = ?1", [message], |r| r.get(0))?;
        if let Some(content) = content {
            erased::bury(tx, tombstone(&content), now)?;
        }
        tx.execute("INSERT INTO index_queue(message_id) VALUES (?1)", [message])?;
    }
    crate::failpoint::reached("erase.buried");
    forget::everything(tx, &scope, erasure)?;
    tx.execute(
        "INSERT INTO erasure(at, by_id, conversations, messages) VALUES (?1, ?2, ?3, ?4)",
        params![now, by, erasure.code(), scope.messages.len() as i64],
    )?;
    crate::failpoint::reached("erase.done");
    Ok(())
}

/// A letter in the hands of a sender cannot be called back, and its answer would find nothing to be written to.
fn refuse_while_leaving(tx: &Writer, scope: &Scope) -> Result<()> {
    for message in scope.messages.iter().chain(&scope.letters) {
        let leaving: bool = tx.one("SELECT EXISTS (SELECT 1 FROM outbox WHERE message_id = ?1 AND state = 'sending')", [message], |r| r.get(0))?;
        if leaving {
            return Err(Error::Refused("A letter of theirs is leaving at this moment. Please try again in a minute.".into()));
        }
    }
    for id in &scope.returns {
        let calling: bool = tx.one("SELECT EXISTS (SELECT 1 FROM action_call WHERE return_id = ?1 AND state = 'sending')", [id], |r| r.get(0))?;
        if calling {
            return Err(Error::Refused("A custom action about their return is being called at this moment. Please try again in a minute.".into()));
        }
    }
    Ok(())
}
