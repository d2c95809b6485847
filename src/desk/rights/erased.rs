//! What is left to do after a person was erased, and what keeps their mails from coming back.

use crate::blobs::Hash;
use crate::database::{Millis, Reader, Result, Writer, params};
use crate::secret::digest;

/// Of a mail's name or content: nobody can tell from it what the mail was.
pub fn tombstone(hash: &[u8]) -> [u8; 32] {
    digest(hash)
}

pub(super) fn bury(tx: &Writer, tombstone: [u8; 32], now: Millis) -> Result<()> {
    tx.execute("INSERT INTO erased_mail(tombstone, at) VALUES (?1, ?2) ON CONFLICT DO NOTHING", params![tombstone, now])?;
    Ok(())
}

/// The bytes of this raw mail are to be forgotten.
pub fn doom(tx: &Writer, hash: Hash) -> Result<()> {
    tx.execute("INSERT INTO erased_raw(hash) VALUES (?1) ON CONFLICT DO NOTHING", [hash.0])?;
    Ok(())
}

/// The same of a mail that came back, however it was named then: it is known at once the next time.
pub fn doom_again(tx: &Writer, hash: Hash, now: Millis) -> Result<()> {
    bury(tx, tombstone(&hash.0), now)?;
    doom(tx, hash)
}

/// Whether this mail is one of somebody who was erased, however it came here again.
pub fn is_erased(c: &Reader, raw: Option<Hash>, content: [u8; 32]) -> Result<bool> {
    let nobody_was: bool = c.one("SELECT NOT EXISTS (SELECT 1 FROM erased_mail)", [], |r| r.get(0))?;
    if nobody_was {
        return Ok(false);
    }
    let sql = "SELECT EXISTS (SELECT 1 FROM erased_mail WHERE tombstone IN (?1, ?2))";
    c.one(sql, params![raw.map(|hash| tombstone(&hash.0)), tombstone(&content)], |r| r.get(0))
}

/// Bytes that are still on the disk, and erasures whose traces may be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unfinished {
    pub raw: Vec<Hash>,
    /// Of these, mails of people who were erased; the others are letters that were never sent.
    pub buried: Vec<Hash>,
    pub erasures: Vec<i64>,
}

/// Raw mails forgotten in one go.
const RAW_MAX: i64 = 500;

pub fn unfinished(c: &Reader) -> Result<Unfinished> {
    let raw = c.all("SELECT hash FROM erased_raw LIMIT ?1", [RAW_MAX], |r| r.get::<_, Vec<u8>>(0))?;
    let erasures = c.all("SELECT id FROM erasure WHERE finished_at IS NULL", [], |r| r.get(0))?;
    let raw: Vec<Hash> = raw.iter().filter_map(|bytes| Hash::from_slice(bytes)).collect();
    let mut buried = Vec::new();
    for hash in &raw {
        if c.one("SELECT EXISTS (SELECT 1 FROM erased_mail WHERE tombstone = ?1)", [tombstone(&hash.0)], |r| r.get(0))? {
            buried.push(*hash);
        }
    }
    Ok(Unfinished { raw, buried, erasures })
}

/// These bytes are gone; with the last of them, and the index and freed pages clean, so are the erasures.
pub fn finish(tx: &Writer, done: &Unfinished, now: Millis) -> Result<()> {
    for hash in &done.raw {
        tx.execute("DELETE FROM erased_raw WHERE hash = ?1", [hash.0])?;
    }
    for id in &done.erasures {
        tx.execute("UPDATE erasure SET finished_at = ?2 WHERE id = ?1", params![id, now])?;
    }
    Ok(())
}

/// Whether another message, letter or draft still needs these bytes: two people may have sent the same file, and one mail may have come to
/// two mailboxes.
pub fn is_needed(c: &Reader, hash: Hash) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM message WHERE raw_hash = ?1) OR EXISTS (SELECT 1 FROM upload WHERE raw_hash = ?1)
                   OR EXISTS (SELECT 1 FROM ledger WHERE raw_hash = ?1 AND outcome = 'kept')";
    c.one(sql, [hash.0], |r| r.get(0))
}
