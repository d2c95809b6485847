//! Returns of a stretch of time.

use crate::database::{Millis, Reader, Result, params};
use crate::id::ReturnId;

/// A simulation reads so many at most: more than a small shop has in years, few enough to wait for.
pub const PAST_MAX: usize = 5_000;

/// Opened from one moment until another, newest first.
pub fn opened_between(c: &Reader, from: Millis, until: Millis) -> Result<Vec<ReturnId>> {
    let sql = "SELECT id FROM return_request WHERE opened_at BETWEEN ?1 AND ?2 ORDER BY opened_at DESC, id DESC LIMIT ?3";
    c.all(sql, params![from, until, PAST_MAX as i64], |r| r.get(0))
}
