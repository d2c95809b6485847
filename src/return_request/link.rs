//! Signed links of a return: 256 random bits, kept as a hash, bound to one purpose, with an end (PROMISES P60, P65).

use crate::database::{Millis, Reader, Result, Writer, params};
use crate::id::ReturnId;
use crate::secret::digest;

super::code::codes! {
    Purpose {
        /// The customer's form; once sent it shows how the return stands.
        Form = "form",
        /// Fulfilment's three answers.
        Fulfilment = "fulfilment",
    }
}

/// A form that nobody filled in after a month is not coming.
pub const FORM_LIFE: Millis = 30 * 24 * 60 * 60 * 1000;
/// A parcel may be long on its way.
pub const FULFILMENT_LIFE: Millis = 90 * 24 * 60 * 60 * 1000;

/// What a token opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    Valid {
        return_id: ReturnId,
        /// When what it is for was done.
        used_at: Option<Millis>,
    },
    Expired,
    /// Never existed, or is for something else.
    Unknown,
}

pub fn add(tx: &Writer, token: &str, id: ReturnId, purpose: Purpose, expires_at: Millis, now: Millis) -> Result<()> {
    tx.execute(
        "INSERT INTO return_link(token_hash, return_id, purpose, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![digest(token.as_bytes()), id, purpose.code(), now, expires_at],
    )?;
    Ok(())
}

/// Looks; changes nothing.
pub fn open(c: &Reader, token: &str, purpose: Purpose, now: Millis) -> Result<Opened> {
    let found = c.optional(
        "SELECT return_id, expires_at, used_at FROM return_link WHERE token_hash = ?1 AND purpose = ?2",
        params![digest(token.as_bytes()), purpose.code()],
        |r| Ok((r.get::<_, ReturnId>(0)?, r.get::<_, Millis>(1)?, r.get::<_, Option<Millis>>(2)?)),
    )?;
    Ok(match found {
        None => Opened::Unknown,
        Some((_, expires_at, _)) if expires_at <= now => Opened::Expired,
        Some((return_id, _, used_at)) => Opened::Valid { return_id, used_at },
    })
}

/// True for the first who uses it; everybody after finds it used.
pub fn take(tx: &Writer, token: &str, purpose: Purpose, now: Millis) -> Result<bool> {
    let sql = "UPDATE return_link SET used_at = ?3 WHERE token_hash = ?1 AND purpose = ?2 AND used_at IS NULL AND expires_at > ?3";
    Ok(tx.execute(sql, params![digest(token.as_bytes()), purpose.code(), now])? == 1)
}

/// How many links of a return were used for what they are for.
pub fn used(c: &Reader, id: ReturnId, purpose: Purpose) -> Result<i64> {
    let sql = "SELECT count(*) FROM return_link WHERE return_id = ?1 AND purpose = ?2 AND used_at IS NOT NULL";
    c.one(sql, params![id, purpose.code()], |r| r.get(0))
}

/// A public form's token is used up: remembered as a link that has ended already, so that it opens nothing.
pub fn spend(tx: &Writer, token: &str, id: ReturnId, now: Millis) -> Result<()> {
    add(tx, token, id, Purpose::Form, now, now)
}

/// Whether a public form was sent under this token.
pub fn is_spent(c: &Reader, token: &str) -> Result<bool> {
    c.one("SELECT EXISTS (SELECT 1 FROM return_link WHERE token_hash = ?1)", [digest(token.as_bytes())], |r| r.get(0))
}
