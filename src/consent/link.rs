//! Links in letters: one confirms (double opt-in), one unsubscribes. 256 random bits, kept as a hash, bound to one act, with an end;
//! a GET changes nothing (PROMISES P60, RFC 8058 3.1).

use super::Purpose;
use crate::customer::CustomerId;
use crate::database::{Millis, Reader, Result, Writer, json, params};
use crate::secret::digest;

crate::return_request::code::codes! {
    /// What a link is for.
    Act {
        Confirm = "confirm",
        Unsubscribe = "unsubscribe",
    }
}

/// Who does not confirm within a week has forgotten the page.
pub const CONFIRM_LIFE: Millis = 7 * 24 * 60 * 60 * 1000;
/// A mail is found again years later, and its "unsubscribe" must still do.
pub const UNSUBSCRIBE_LIFE: Millis = 3 * 365 * 24 * 60 * 60 * 1000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub customer_id: CustomerId,
    pub address: String,
    pub purposes: Vec<Purpose>,
    /// What confirming means, as it was shown.
    pub words: String,
    pub policy_text: String,
    pub used_at: Option<Millis>,
}

/// What a token opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    Valid(Link),
    Expired,
    /// Never existed, or is for something else.
    Unknown,
}

pub fn add(tx: &Writer, token: &str, act: Act, link: &Link, now: Millis) -> Result<()> {
    let life = match act {
        Act::Confirm => CONFIRM_LIFE,
        Act::Unsubscribe => UNSUBSCRIBE_LIFE,
    };
    tx.execute(
        "INSERT INTO consent_link(token_hash, act, customer_id, address, purposes, words, policy_text, created_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            digest(token.as_bytes()),
            act.code(),
            link.customer_id,
            link.address,
            serde_json::to_string(&link.purposes)?,
            link.words,
            link.policy_text,
            now,
            now + life
        ],
    )?;
    Ok(())
}

/// Looks; changes nothing.
pub fn open(c: &Reader, token: &str, act: Act, now: Millis) -> Result<Opened> {
    let found = c.optional(
        "SELECT customer_id, address, purposes, words, policy_text, used_at, expires_at FROM consent_link WHERE token_hash = ?1 AND act = ?2",
        params![digest(token.as_bytes()), act.code()],
        |r| {
            let link = Link { customer_id: r.get(0)?, address: r.get(1)?, purposes: json(r, 2)?, words: r.get(3)?, policy_text: r.get(4)?, used_at: r.get(5)? };
            Ok((link, r.get::<_, Millis>(6)?))
        },
    )?;
    Ok(match found {
        None => Opened::Unknown,
        Some((_, expires_at)) if expires_at <= now => Opened::Expired,
        Some((link, _)) => Opened::Valid(link),
    })
}

/// True for the first who uses it.
pub fn take(tx: &Writer, token: &str, act: Act, now: Millis) -> Result<bool> {
    let sql = "UPDATE consent_link SET used_at = ?3 WHERE token_hash = ?1 AND act = ?2 AND used_at IS NULL AND expires_at > ?3";
    Ok(tx.execute(sql, params![digest(token.as_bytes()), act.code(), now])? == 1)
}
