//! Who answers: accounts, roles, passwords, sessions.

mod login;
mod password;
mod session;

pub use crate::id::AgentId;
pub use login::{LinkPurpose, forgive_attempt, link, may_try, note_attempt, open_link, use_link};
pub use password::{PASSWORD_CHARS_MIN, hash_password, password_complaint, verify_password};
pub use session::{OpenSession, Session, close_session, close_sessions_of, find_session, is_open, open_session, open_sessions, sessions_of, touch_session};

use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, params};
use crate::email::EmailAddress;
use crate::id::MailboxId;

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sets up mailboxes and people, besides everything an agent does.
    Owner,
    Agent,
}

#[derive(Clone, Debug)]
pub struct Agent {
    pub id: AgentId,
    pub email: String,
    pub name: String,
    pub role: Role,
    pub signature: String,
    pub keys_off: bool,
    pub created_at: Millis,
    pub disabled_at: Option<Millis>,
    /// Mailboxes that this agent may see; `None`: all.
    pub mailboxes: Option<Vec<MailboxId>>,
}

const COLUMNS: &str = "id, email, name, role, signature, keys_off, created_at, disabled_at";

pub fn all(c: &Reader) -> Result<Vec<Agent>> {
    c.all(&format!("SELECT {COLUMNS} FROM agent ORDER BY name COLLATE NOCASE, id"), [], from_row)?.into_iter().map(|a| with_mailboxes(c, a)).collect()
}

pub fn find(c: &Reader, id: AgentId) -> Result<Option<Agent>> {
    c.optional(&format!("SELECT {COLUMNS} FROM agent WHERE id = ?1"), [id], from_row)?.map(|a| with_mailboxes(c, a)).transpose()
}

/// The agent and the stored password hash, for signing in.
pub fn find_by_email(c: &Reader, email: &str) -> Result<Option<(Agent, String)>> {
    let found = c.optional(&format!("SELECT {COLUMNS}, password_hash FROM agent WHERE email = ?1"), [email.trim()], |r| Ok((from_row(r)?, r.get(8)?)))?;
    found.map(|(a, hash)| Ok((with_mailboxes(c, a)?, hash))).transpose()
}

/// Whether an agent signs in with this address.
pub fn is_one(c: &Reader, address: &str) -> Result<bool> {
    c.one("SELECT EXISTS (SELECT 1 FROM agent WHERE email = ?1)", [address], |r| r.get(0))
}

/// Whether anyone may sign in yet; before that, the set-up link makes the owner.
pub fn any(c: &Reader) -> Result<bool> {
    c.one("SELECT EXISTS (SELECT 1 FROM agent)", [], |r| r.get(0))
}

pub fn add(tx: &Writer, email: &EmailAddress, name: &str, role: Role, password_hash: &str, now: Millis) -> Result<AgentId> {
    let id = tx.insert(
        "INSERT INTO agent(email, name, role, password_hash, created_at, password_changed_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
        params![email.as_str(), name.trim(), role.as_str(), password_hash, now],
    )?;
    Ok(AgentId(id))
}

pub fn change(tx: &Writer, id: AgentId, name: &str, role: Role, signature: &str, keys_off: bool) -> Result<()> {
    tx.execute(
        "UPDATE agent SET name = ?2, role = ?3, signature = ?4, keys_off = ?5 WHERE id = ?1",
        params![id, name.trim(), role.as_str(), signature, keys_off],
    )?;
    Ok(())
}

/// A new password ends every session of the agent.
pub fn change_password(tx: &Writer, id: AgentId, password_hash: &str, now: Millis) -> Result<()> {
    tx.execute("UPDATE agent SET password_hash = ?2, password_changed_at = ?3 WHERE id = ?1", params![id, password_hash, now])?;
    close_sessions_of(tx, id)
}

/// Disabled agents cannot sign in; what they wrote stays theirs. Their sessions end.
pub fn disable(tx: &Writer, id: AgentId, by: AgentId, now: Millis) -> Result<()> {
    tx.execute("UPDATE agent SET disabled_at = ?2, disabled_by = ?3 WHERE id = ?1", params![id, now, by])?;
    close_sessions_of(tx, id)
}

pub fn enable(tx: &Writer, id: AgentId) -> Result<()> {
    tx.execute("UPDATE agent SET disabled_at = NULL, disabled_by = NULL WHERE id = ?1", [id])?;
    Ok(())
}

/// Limits an agent to these mailboxes; an empty list means all.
pub fn limit_to(tx: &Writer, id: AgentId, mailboxes: &[MailboxId]) -> Result<()> {
    tx.execute("DELETE FROM agent_mailbox WHERE agent_id = ?1", [id])?;
    for mailbox in mailboxes {
        tx.execute("INSERT INTO agent_mailbox(agent_id, mailbox_id) VALUES (?1, ?2)", params![id, mailbox])?;
    }
    Ok(())
}

/// Owners that can still sign in: the last one must not be disabled or demoted.
pub fn owners(c: &Reader) -> Result<i64> {
    c.one("SELECT count(*) FROM agent WHERE role = 'owner' AND disabled_at IS NULL", [], |r| r.get(0))
}

impl Agent {
    pub fn is_owner(&self) -> bool {
        self.role == Role::Owner
    }

    pub fn may_see(&self, mailbox: MailboxId) -> bool {
        self.mailboxes.as_ref().is_none_or(|some| some.contains(&mailbox))
    }

    /// "JL" for Jules Laurent: what stands in the round mark beside a name.
    pub fn initials(&self) -> String {
        initials(&self.name)
    }
}

/// The first letters of the first and the last word, upper case.
pub fn initials(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first = words.next().and_then(|w| w.chars().find(|c| c.is_alphanumeric()));
    let last = words.next_back().and_then(|w| w.chars().find(|c| c.is_alphanumeric()));
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Owner => "owner",
            Role::Agent => "agent",
        }
    }
}

fn with_mailboxes(c: &Reader, mut agent: Agent) -> Result<Agent> {
    let some = c.all("SELECT mailbox_id FROM agent_mailbox WHERE agent_id = ?1", [agent.id], |r| r.get(0))?;
    agent.mailboxes = (!some.is_empty() && !agent.is_owner()).then_some(some);
    Ok(agent)
}

fn from_row(r: &Row) -> RowResult<Agent> {
    Ok(Agent {
        id: r.get(0)?,
        email: r.get(1)?,
        name: r.get(2)?,
        role: if r.get_ref(3)?.as_str()? == "owner" { Role::Owner } else { Role::Agent },
        signature: r.get(4)?,
        keys_off: r.get(5)?,
        created_at: r.get(6)?,
        disabled_at: r.get(7)?,
        mailboxes: None,
    })
}
