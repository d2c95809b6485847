//! Addresses and domains that the owner marked as suppliers: whoever writes from there is no lead.

use crate::customer::CustomerId;
use crate::database::{Millis, Reader, Result, Writer, params};
use crate::email::EmailAddress;
use crate::id::AgentId;

/// A supplier's address, or with `@` alone before it a whole domain: lower case; `None` where it is neither.
pub fn pattern(typed: &str) -> Option<String> {
    let typed = typed.trim().to_lowercase();
    let of_domain = typed.strip_prefix('@').is_some_and(|domain| domain.contains('.') && EmailAddress::parse(&format!("somebody@{domain}")).is_some());
    if of_domain {
        return Some(typed);
    }
    EmailAddress::parse(&typed).map(|address| address.key())
}

/// Marks `anna@paper.example`, or with `@paper.example` the whole domain.
pub fn mark(tx: &Writer, pattern: &str, by: Option<AgentId>, now: Millis) -> Result<()> {
    tx.execute("INSERT INTO supplier(pattern, at, by_id) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING", params![pattern, now, by])?;
    Ok(())
}

pub fn unmark(tx: &Writer, pattern: &str) -> Result<bool> {
    Ok(tx.execute("DELETE FROM supplier WHERE pattern = ?1", [pattern])? > 0)
}

pub fn all(c: &Reader) -> Result<Vec<String>> {
    c.all("SELECT pattern FROM supplier ORDER BY pattern", [], |r| r.get(0))
}

pub fn is_one(c: &Reader, address: &EmailAddress) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM supplier WHERE pattern IN (?1, ?2))";
    let domain = format!("@{}", address.domain().to_lowercase());
    c.one(sql, params![address.key(), domain], |r| r.get(0))
}

/// Whose addresses a pattern names, each customer once.
pub fn named_by(c: &Reader, pattern: &str) -> Result<Vec<CustomerId>> {
    let sql = "SELECT DISTINCT customer_id FROM customer_address WHERE address = ?1 OR (?1 LIKE '@%' AND substr(address, -length(?1)) = ?1)";
    c.all(sql, [pattern], |r| r.get(0))
}

/// Whether one of a customer's addresses is marked, and by which pattern.
pub fn marks_of(c: &Reader, id: CustomerId) -> Result<Vec<String>> {
    c.all(
        "SELECT pattern FROM supplier WHERE pattern IN (SELECT address FROM customer_address WHERE customer_id = ?1
           UNION SELECT substr(address, instr(address, '@')) FROM customer_address WHERE customer_id = ?1) ORDER BY pattern",
        [id],
        |r| r.get(0),
    )
}
