//! Photos that were uploaded to a form and not sent yet, so that an error elsewhere in the form loses none of them.

use crate::database::{Millis, Reader, Result, Writer, params};
use crate::secret::digest;

/// As many as a return needs (PROMISES P66).
pub const UPLOADS_MAX: usize = 10;
/// A form that was left half-filled is begun anew after this.
pub const UPLOAD_LIFE: Millis = 24 * 60 * 60 * 1000;

#[derive(Clone, Debug)]
pub struct Upload {
    pub id: i64,
    pub name: String,
}

/// Keeps a photo; false when there are as many as there may be.
pub fn add(tx: &Writer, token: &str, name: &str, picture: &[u8], now: Millis) -> Result<bool> {
    if all(tx, token)?.len() >= UPLOADS_MAX {
        return Ok(false);
    }
    tx.execute("INSERT INTO return_upload(token_hash, name, picture, at) VALUES (?1, ?2, ?3, ?4)", params![digest(token.as_bytes()), name, picture, now])?;
    Ok(true)
}

pub fn all(c: &Reader, token: &str) -> Result<Vec<Upload>> {
    c.all("SELECT id, name FROM return_upload WHERE token_hash = ?1 ORDER BY id", [digest(token.as_bytes())], |r| Ok(Upload { id: r.get(0)?, name: r.get(1)? }))
}

/// The pictures with their names, to be sent.
pub fn pictures(c: &Reader, token: &str) -> Result<Vec<(String, Vec<u8>)>> {
    c.all("SELECT name, picture FROM return_upload WHERE token_hash = ?1 ORDER BY id", [digest(token.as_bytes())], |r| Ok((r.get(0)?, r.get(1)?)))
}

/// One picture, for whoever holds the form's token.
pub fn picture(c: &Reader, token: &str, id: i64) -> Result<Option<Vec<u8>>> {
    c.optional("SELECT picture FROM return_upload WHERE token_hash = ?1 AND id = ?2", params![digest(token.as_bytes()), id], |r| r.get(0))
}

pub fn remove(tx: &Writer, token: &str, id: i64) -> Result<()> {
    tx.execute("DELETE FROM return_upload WHERE token_hash = ?1 AND id = ?2", params![digest(token.as_bytes()), id])?;
    Ok(())
}

/// The form was sent: its photos stand in a message now.
pub fn sent(tx: &Writer, token: &str) -> Result<()> {
    tx.execute("DELETE FROM return_upload WHERE token_hash = ?1", [digest(token.as_bytes())])?;
    Ok(())
}

/// Forms that were never sent; returns how many photos went.
pub fn forget_old(tx: &Writer, now: Millis) -> Result<usize> {
    tx.execute("DELETE FROM return_upload WHERE at < ?1", [now - UPLOAD_LIFE])
}

/// Whether there is anything to forget.
pub fn any_old(c: &Reader, now: Millis) -> Result<bool> {
    c.one("SELECT EXISTS (SELECT 1 FROM return_upload WHERE at < ?1)", [now - UPLOAD_LIFE], |r| r.get(0))
}
