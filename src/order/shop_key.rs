//! Keys with which a shop's own programs tell us of orders: 256 random bits, kept as a hash, a name for each, revocable. A key goes into
//! a header, or stands in an address that a shop's backend is given; neither opens the other's door (PROMISES P60).

use crate::database::{Millis, Reader, Result, Writer, params};
use crate::id::AgentId;
pub use crate::id::ShopKeyId;
use crate::secret::digest;

crate::return_request::code::codes! {
    Purpose {
        /// `Authorization: Bearer …`.
        Header = "header",
        /// For backends that post to an address and can say no more.
        Address = "address",
    }
}

/// Programs of a shop that post orders; more keys than these are forgotten ones.
pub const KEYS_MAX: usize = 20;
pub const NAME_CHARS_MAX: usize = 60;

#[derive(Clone, Debug)]
pub struct ShopKey {
    pub id: ShopKeyId,
    pub name: String,
    pub purpose: Purpose,
    pub created_at: Millis,
    pub used_at: Option<Millis>,
}

/// Those in use, the newest first.
pub fn all(c: &Reader) -> Result<Vec<ShopKey>> {
    c.all("SELECT id, name, purpose, created_at, used_at FROM shop_key WHERE revoked_at IS NULL ORDER BY id DESC", [], |r| {
        let purpose = Purpose::from_code(r.get_ref(2)?.as_str()?).unwrap_or(Purpose::Header);
        Ok(ShopKey { id: r.get(0)?, name: r.get(1)?, purpose, created_at: r.get(3)?, used_at: r.get(4)? })
    })
}

pub fn add(tx: &Writer, name: &str, purpose: Purpose, secret: &str, by: AgentId, now: Millis) -> Result<()> {
    tx.execute(
        "INSERT INTO shop_key(name, purpose, key_hash, created_at, created_by) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![name.trim(), purpose.code(), digest(secret.as_bytes()), now, by],
    )?;
    Ok(())
}

/// The key, unless it is unknown, revoked or for the other door.
pub fn open(c: &Reader, secret: &str, purpose: Purpose) -> Result<Option<ShopKeyId>> {
    let sql = "SELECT id FROM shop_key WHERE key_hash = ?1 AND purpose = ?2 AND revoked_at IS NULL";
    c.optional(sql, params![digest(secret.as_bytes()), purpose.code()], |r| r.get(0))
}

pub fn note_used(tx: &Writer, id: ShopKeyId, now: Millis) -> Result<()> {
    tx.execute("UPDATE shop_key SET used_at = ?2 WHERE id = ?1", params![id, now])?;
    Ok(())
}

pub fn revoke(tx: &Writer, id: ShopKeyId, by: AgentId, now: Millis) -> Result<bool> {
    Ok(tx.execute("UPDATE shop_key SET revoked_at = ?2, revoked_by = ?3 WHERE id = ?1 AND revoked_at IS NULL", params![id, now, by])? > 0)
}
