//! Consent as rows of evidence.

use super::{Ended, Purpose, Way, suppression};
use crate::conversation::MessageKey;
use crate::customer::CustomerId;
use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, params};
use crate::id::{AgentId, ConsentId};
use crate::secret::SecretKey;

#[derive(Clone, Debug, serde::Serialize)]
pub struct Consent {
    pub id: ConsentId,
    pub customer_id: CustomerId,
    /// Lower case.
    pub address: String,
    pub purpose: Purpose,
    pub way: Way,
    pub words: String,
    pub policy_text: String,
    pub proof: String,
    pub message_id: Option<MessageKey>,
    pub at: Millis,
    pub by: Option<AgentId>,
    pub ended: Option<End>,
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct End {
    pub at: Millis,
    pub way: Ended,
    pub words: String,
    pub message_id: Option<MessageKey>,
    pub by: Option<AgentId>,
}

/// What somebody agreed to.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    pub customer_id: CustomerId,
    /// Lower case: the key of an EmailAddress.
    pub address: &'a str,
    pub purpose: Purpose,
    pub way: Way,
    /// What was said, or the label of the tick.
    pub words: &'a str,
    /// What they were shown about it.
    pub policy_text: &'a str,
    /// An agent's reason, an import's evidence.
    pub proof: &'a str,
    pub message_id: Option<MessageKey>,
    /// When it was given.
    pub at: Millis,
    pub by: Option<AgentId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granted {
    New(ConsentId),
    /// There is one that lives.
    Already(ConsentId),
    /// They said stop, and only they can take that back.
    Suppressed,
}

/// Records a consent. A person's own act lifts their earlier stop for this purpose, never a later one, in whatever order the two are read;
/// an agent's note or an import lifts none.
pub fn grant(tx: &Writer, key: &SecretKey, given: &Given, now: Millis) -> Result<Granted> {
    let may = if given.way.is_their_own() {
        suppression::lift(tx, key, given.address, given.purpose, given.at)?
    } else {
        !suppression::is_suppressed(tx, key, given.address, given.purpose)?
    };
    if !may {
        return Ok(Granted::Suppressed);
    }
    if let Some(known) = live(tx, given.address, given.purpose)? {
        return Ok(Granted::Already(known));
    }
    let id = tx.insert(
        "INSERT INTO consent(customer_id, address, purpose, way, words, policy_text, proof, message_id, at, by_id, recorded_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            given.customer_id,
            given.address,
            given.purpose.code(),
            given.way.code(),
            given.words,
            given.policy_text,
            given.proof,
            given.message_id,
            given.at,
            given.by,
            now
        ],
    )?;
    Ok(Granted::New(ConsentId(id)))
}

/// The consent that lives, if there is one.
pub fn live(c: &Reader, address: &str, purpose: Purpose) -> Result<Option<ConsentId>> {
    c.optional("SELECT id FROM consent WHERE address = ?1 AND purpose = ?2 AND withdrawn_at IS NULL", params![address, purpose.code()], |r| r.get(0))
}

/// What ends a consent.
#[derive(Clone, Copy, Debug)]
pub struct Withdrawal<'a> {
    /// Lower case.
    pub address: &'a str,
    pub purposes: &'a [Purpose],
    pub way: Ended,
    pub words: &'a str,
    pub message_id: Option<MessageKey>,
    pub by: Option<AgentId>,
}

/// Ends what lives and suppresses the address for these purposes. Returns the consents that ended.
pub fn withdraw(tx: &Writer, key: &SecretKey, withdrawal: &Withdrawal, now: Millis) -> Result<Vec<ConsentId>> {
    let mut ended = Vec::new();
    for purpose in withdrawal.purposes {
        suppression::suppress(tx, key, withdrawal.address, *purpose, withdrawal.way, now)?;
        if let Some(id) = live(tx, withdrawal.address, *purpose)? {
            end(tx, id, withdrawal, now)?;
            ended.push(id);
        }
    }
    Ok(ended)
}

/// The same for what was said at `said_at` and is read now: what they agreed to themselves since stands.
pub fn withdraw_as_of(tx: &Writer, key: &SecretKey, withdrawal: &Withdrawal, said_at: Millis, now: Millis) -> Result<Vec<ConsentId>> {
    let mut ended = Vec::new();
    for purpose in withdrawal.purposes {
        let lives = live(tx, withdrawal.address, *purpose)?.map(|id| find(tx, id)).transpose()?.flatten();
        if lives.as_ref().is_some_and(|known| known.way.is_their_own() && known.at > said_at) {
            continue;
        }
        suppression::suppress(tx, key, withdrawal.address, *purpose, withdrawal.way, said_at)?;
        if let Some(known) = lives {
            end(tx, known.id, withdrawal, now)?;
            ended.push(known.id);
        }
    }
    Ok(ended)
}

fn end(tx: &Writer, id: ConsentId, withdrawal: &Withdrawal, now: Millis) -> Result<()> {
    tx.execute(
        "UPDATE consent SET withdrawn_at = ?2, withdrawn_way = ?3, withdrawn_words = ?4, withdrawn_message_id = ?5, withdrawn_by = ?6 WHERE id = ?1",
        params![id, now, withdrawal.way.code(), withdrawal.words, withdrawal.message_id, withdrawal.by],
    )?;
    Ok(())
}

const COLUMNS: &str = "id, customer_id, address, purpose, way, words, policy_text, proof, message_id, at, by_id,
    withdrawn_at, withdrawn_way, withdrawn_words, withdrawn_message_id, withdrawn_by";

/// Everything that a customer ever agreed to, newest first.
pub fn of_customer(c: &Reader, id: CustomerId) -> Result<Vec<Consent>> {
    c.all(&format!("SELECT {COLUMNS} FROM consent WHERE customer_id = ?1 ORDER BY id DESC"), [id], from_row)
}

pub fn find(c: &Reader, id: ConsentId) -> Result<Option<Consent>> {
    c.optional(&format!("SELECT {COLUMNS} FROM consent WHERE id = ?1"), [id], from_row)
}

fn from_row(r: &Row) -> RowResult<Consent> {
    let at: Option<Millis> = r.get(11)?;
    let ended = match at {
        None => None,
        Some(at) => {
            Some(End { at, way: Ended::from_code(r.get_ref(12)?.as_str()?).unwrap_or(Ended::Agent), words: r.get(13)?, message_id: r.get(14)?, by: r.get(15)? })
        }
    };
    Ok(Consent {
        id: r.get(0)?,
        customer_id: r.get(1)?,
        address: r.get(2)?,
        // The schema allows no other codes.
        purpose: Purpose::from_code(r.get_ref(3)?.as_str()?).unwrap_or(Purpose::Offers),
        way: Way::from_code(r.get_ref(4)?.as_str()?).unwrap_or(Way::Agent),
        words: r.get(5)?,
        policy_text: r.get(6)?,
        proof: r.get(7)?,
        message_id: r.get(8)?,
        at: r.get(9)?,
        by: r.get(10)?,
        ended,
    })
}
