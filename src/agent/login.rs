//! Guessing does not pay: attempts are counted per account and per network. One-time links for set-up, invitation, reset.

use super::AgentId;
use crate::database::{Millis, Reader, Result, Writer, params};
use crate::secret::digest;

/// Evaluated guesses per account and hour (PROMISES P58); an office behind one address may mistype more often.
const ACCOUNT_TRIES_MAX: i64 = 20;
const NETWORK_TRIES_MAX: i64 = 100;
const HOUR: Millis = 60 * 60 * 1000;

/// Whether another guess is evaluated now.
pub fn may_try(c: &Reader, account: &str, network: &str, now: Millis) -> Result<bool> {
    let tries =
        |subject: String| c.one("SELECT count(*) FROM login_attempt WHERE subject = ?1 AND at > ?2", params![subject, now - HOUR], |r| r.get::<_, i64>(0));
    Ok(tries(account_key(account))? < ACCOUNT_TRIES_MAX && tries(format!("network:{network}"))? < NETWORK_TRIES_MAX)
}

/// Counts a failed guess.
pub fn note_attempt(tx: &Writer, account: &str, network: &str, now: Millis) -> Result<()> {
    tx.execute("DELETE FROM login_attempt WHERE at < ?1", [now - HOUR])?;
    for subject in [account_key(account), format!("network:{network}")] {
        tx.execute("INSERT INTO login_attempt(subject, at) VALUES (?1, ?2)", params![subject, now])?;
    }
    Ok(())
}

fn account_key(account: &str) -> String {
    format!("account:{}", account.trim().to_lowercase().chars().take(320).collect::<String>())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Makes the first owner; for nobody in particular.
    Setup,
    Invite,
    Reset,
}

impl LinkPurpose {
    fn as_str(self) -> &'static str {
        match self {
            LinkPurpose::Setup => "setup",
            LinkPurpose::Invite => "invite",
            LinkPurpose::Reset => "reset",
        }
    }
}

/// Remembers a one-time link. A new set-up link replaces the old ones.
pub fn link(tx: &Writer, token: &str, purpose: LinkPurpose, agent: Option<AgentId>, expires_at: Millis, now: Millis) -> Result<()> {
    tx.execute("DELETE FROM secret_link WHERE purpose = ?1 AND agent_id IS ?2", params![purpose.as_str(), agent])?;
    tx.execute(
        "INSERT INTO secret_link(token_hash, purpose, agent_id, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![digest(token.as_bytes()), purpose.as_str(), agent, now, expires_at],
    )?;
    Ok(())
}

/// What a link is for, without using it: looking changes nothing. `Err(true)`: expired or used; `Err(false)`: no such link.
pub fn open_link(c: &Reader, token: &str, purpose: LinkPurpose, now: Millis) -> Result<std::result::Result<Option<AgentId>, bool>> {
    let row = c.optional(
        "SELECT agent_id, expires_at, used_at FROM secret_link WHERE token_hash = ?1 AND purpose = ?2",
        params![digest(token.as_bytes()), purpose.as_str()],
        |r| Ok((r.get::<_, Option<AgentId>>(0)?, r.get::<_, Millis>(1)?, r.get::<_, Option<Millis>>(2)?)),
    )?;
    Ok(match row {
        None => Err(false),
        Some((_, expires_at, used_at)) if used_at.is_some() || expires_at < now => Err(true),
        Some((agent, ..)) => Ok(agent),
    })
}

/// Uses a link up; false when somebody else was faster.
pub fn use_link(tx: &Writer, token: &str, purpose: LinkPurpose, now: Millis) -> Result<bool> {
    let used = tx.execute(
        "UPDATE secret_link SET used_at = ?3 WHERE token_hash = ?1 AND purpose = ?2 AND used_at IS NULL AND expires_at >= ?3",
        params![digest(token.as_bytes()), purpose.as_str(), now],
    )?;
    Ok(used == 1)
}

/// Takes one attempt back from the count: it was the right password.
pub fn forgive_attempt(tx: &Writer, account: &str, network: &str) -> Result<()> {
    for subject in [account_key(account), format!("network:{network}")] {
        tx.execute("DELETE FROM login_attempt WHERE id = (SELECT max(id) FROM login_attempt WHERE subject = ?1)", [subject])?;
    }
    Ok(())
}
