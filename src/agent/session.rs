//! Sessions: a cookie of 256 random bits, of which only the SHA-256 is stored.

use super::{Agent, AgentId, find};
use crate::database::{Millis, Reader, Result, Writer, params};
use crate::secret::digest;

/// A tab left open overnight must sign in again.
const IDLE_MAX: Millis = 12 * 60 * 60 * 1000;
const AGE_MAX: Millis = 7 * 24 * 60 * 60 * 1000;
/// `last_seen_at` is written at most this often, so that reading pages hardly writes.
const TOUCH_EVERY: Millis = 5 * 60 * 1000;

#[derive(Clone, Debug)]
pub struct Session {
    pub agent: Agent,
    /// Must come back with every form.
    pub csrf: String,
    pub created_at: Millis,
    pub last_seen_at: Millis,
    pub client: String,
    /// The stored hash, by which a session can be ended.
    pub token_hash: [u8; 32],
}

pub fn open_session(tx: &Writer, agent: AgentId, token: &str, csrf: &str, client: &str, now: Millis) -> Result<()> {
    tx.execute("DELETE FROM session WHERE created_at < ?1 OR last_seen_at < ?2", params![now - AGE_MAX, now - IDLE_MAX])?;
    tx.execute(
        "INSERT INTO session(token_hash, agent_id, csrf, created_at, last_seen_at, client) VALUES (?1, ?2, ?3, ?4, ?4, ?5)",
        params![digest(token.as_bytes()), agent, csrf, now, client],
    )?;
    Ok(())
}

/// The session behind a cookie, unless it is too old, too idle or its agent is disabled.
pub fn find_session(c: &Reader, token: &str, now: Millis) -> Result<Option<Session>> {
    let hash = digest(token.as_bytes());
    let row = c.optional("SELECT agent_id, csrf, created_at, last_seen_at, client FROM session WHERE token_hash = ?1", [hash], |r| {
        Ok((r.get::<_, AgentId>(0)?, r.get(1)?, r.get::<_, Millis>(2)?, r.get::<_, Millis>(3)?, r.get(4)?))
    })?;
    let Some((agent, csrf, created_at, last_seen_at, client)) = row else { return Ok(None) };
    if now - created_at > AGE_MAX || now - last_seen_at > IDLE_MAX {
        return Ok(None);
    }
    let agent = find(c, agent)?.filter(|a| a.disabled_at.is_none());
    Ok(agent.map(|agent| Session { agent, csrf, created_at, last_seen_at, client, token_hash: hash }))
}

impl Session {
    /// Whether it is time to note that the session is alive.
    pub fn wants_touch(&self, now: Millis) -> bool {
        now - self.last_seen_at > TOUCH_EVERY
    }
}

pub fn touch_session(tx: &Writer, token_hash: [u8; 32], now: Millis) -> Result<()> {
    tx.execute("UPDATE session SET last_seen_at = ?2 WHERE token_hash = ?1", params![token_hash, now])?;
    Ok(())
}

pub fn close_session(tx: &Writer, token_hash: [u8; 32]) -> Result<()> {
    tx.execute("DELETE FROM session WHERE token_hash = ?1", [token_hash])?;
    Ok(())
}

pub fn close_sessions_of(tx: &Writer, agent: AgentId) -> Result<()> {
    tx.execute("DELETE FROM session WHERE agent_id = ?1", [agent])?;
    Ok(())
}

/// (started, last seen, client) of each session, newest first.
pub fn sessions_of(c: &Reader, agent: AgentId) -> Result<Vec<(Millis, Millis, String)>> {
    c.all("SELECT created_at, last_seen_at, client FROM session WHERE agent_id = ?1 ORDER BY last_seen_at DESC", [agent], |r| {
        Ok((r.get(0)?, r.get(1)?, r.get(2)?))
    })
}

/// Whether a session is still good: not ended, not too old, its agent not disabled.
pub fn is_open(c: &Reader, token_hash: [u8; 32], now: Millis) -> Result<bool> {
    c.one(
        "SELECT EXISTS (SELECT 1 FROM session JOIN agent ON agent.id = agent_id
           WHERE token_hash = ?1 AND session.created_at >= ?2 AND last_seen_at >= ?3 AND disabled_at IS NULL)",
        params![token_hash, now - AGE_MAX, now - IDLE_MAX],
        |r| r.get(0),
    )
}

/// A session as its agent sees it in the list of sessions.
#[derive(Clone, Debug)]
pub struct OpenSession {
    pub token_hash: [u8; 32],
    pub created_at: Millis,
    pub last_seen_at: Millis,
    pub client: String,
}

/// The sessions that are still good, the one used last first.
pub fn open_sessions(c: &Reader, agent: AgentId, now: Millis) -> Result<Vec<OpenSession>> {
    c.all(
        "SELECT token_hash, created_at, last_seen_at, client FROM session
         WHERE agent_id = ?1 AND created_at >= ?2 AND last_seen_at >= ?3 ORDER BY last_seen_at DESC, created_at DESC",
        params![agent, now - AGE_MAX, now - IDLE_MAX],
        |r| Ok(OpenSession { token_hash: r.get(0)?, created_at: r.get(1)?, last_seen_at: r.get(2)?, client: r.get(3)? }),
    )
}
