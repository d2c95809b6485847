//! Who said stop. Only an HMAC of the address under `secret.key` is kept, so that it can stay when everything else about the
//! person is erased, and says nothing to whoever reads the database.

use super::{Ended, Purpose};
use crate::database::{Millis, Reader, Result, Writer, params};
use crate::secret::SecretKey;

const HASH_PURPOSE: &str = "suppressed address";

/// Nothing about `purpose` goes to this address any more, as was said at `at`; the last stop counts.
pub fn suppress(tx: &Writer, key: &SecretKey, address: &str, purpose: Purpose, way: Ended, at: Millis) -> Result<()> {
    tx.execute(
        "INSERT INTO suppression(address_hash, purpose, way, at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET way = excluded.way, at = excluded.at WHERE excluded.at > suppression.at",
        params![hash(key, address), purpose.code(), way.code(), at],
    )?;
    Ok(())
}

pub fn is_suppressed(c: &Reader, key: &SecretKey, address: &str, purpose: Purpose) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM suppression WHERE address_hash = ?1 AND purpose IN ('all', ?2))";
    c.one(sql, params![hash(key, address), purpose.code()], |r| r.get(0))
}

/// They agreed anew, themselves, at `at`. A stop to everything becomes one to what they did not agree to. False: they said stop since.
pub(super) fn lift(tx: &Writer, key: &SecretKey, address: &str, purpose: Purpose, at: Millis) -> Result<bool> {
    let hash = hash(key, address);
    let since = "SELECT EXISTS (SELECT 1 FROM suppression WHERE address_hash = ?1 AND purpose IN ('all', ?2) AND at >= ?3)";
    if tx.one(since, params![hash, purpose.code(), at], |r| r.get(0))? {
        return Ok(false);
    }
    for other in Purpose::ALL.iter().filter(|other| **other != purpose) {
        tx.execute(
            "INSERT INTO suppression(address_hash, purpose, way, at) SELECT address_hash, ?2, way, at FROM suppression WHERE address_hash = ?1 AND purpose = 'all' ON CONFLICT DO NOTHING",
            params![hash, other.code()],
        )?;
    }
    tx.execute("DELETE FROM suppression WHERE address_hash = ?1 AND purpose IN ('all', ?2)", params![hash, purpose.code()])?;
    Ok(true)
}

fn hash(key: &SecretKey, address: &str) -> String {
    key.sign(HASH_PURPOSE, &address.to_lowercase())
}
