//! How a mailbox is doing, in facts that the screen turns into words.

use super::{Folder, MailboxId, folders};
use crate::database::{Millis, Reader, Result, Writer, params};

/// With less free disk than this no mail is fetched, and the screens say so: what is here already needs room to be
/// answered (PROMISES P25).
pub const DISK_FREE_BYTES_MIN: u64 = 500 * 1024 * 1024;

#[derive(Clone, Debug)]
pub struct Health {
    pub connected_at: Option<Millis>,
    pub last_mail_at: Option<Millis>,
    pub last_error: Option<String>,
    pub last_error_at: Option<Millis>,
    pub failing_since: Option<Millis>,
    pub notice: Option<String>,
    pub quarantined: i64,
    pub unfetched: i64,
    pub outbox_waiting: i64,
    pub outbox_oldest: Option<Millis>,
    pub folders: Vec<Folder>,
}

/// The result of a live test of a server: each step in words, and whether it went well.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Probe {
    pub steps: Vec<ProbeStep>,
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ProbeStep {
    /// "IMAP: signed in as anna@shop.test" …
    pub words: String,
    pub ok: bool,
}

impl Probe {
    pub fn ok(&self) -> bool {
        self.steps.iter().all(|step| step.ok)
    }
}

pub fn health(c: &Reader, mailbox: MailboxId) -> Result<Health> {
    let folders = folders(c, mailbox)?;
    // The outcome stands in the statement, not in a parameter: only then are the partial indexes used.
    let count = |outcome: &str| {
        c.one(
            &format!("SELECT count(*) FROM ledger WHERE outcome = '{outcome}' AND folder_id IN (SELECT id FROM folder WHERE mailbox_id = ?1)"),
            [mailbox],
            |r| r.get::<_, i64>(0),
        )
    };
    let (outbox_waiting, outbox_oldest) = c.one(
        "SELECT count(*), min(created_at) FROM outbox WHERE mailbox_id = ?1 AND state IN ('queued', 'deferred', 'uncertain', 'sending') AND settled_at IS NULL",
        [mailbox],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )?;
    let (quarantined, unfetched) = (count("quarantined")?, count("unfetched")?);
    c.one("SELECT connected_at, last_mail_at, last_error, last_error_at, failing_since, notice FROM mailbox WHERE id = ?1", [mailbox], |r| {
        Ok(Health {
            connected_at: r.get(0)?,
            last_mail_at: r.get(1)?,
            last_error: r.get(2)?,
            last_error_at: r.get(3)?,
            failing_since: r.get(4)?,
            notice: r.get(5)?,
            quarantined,
            unfetched,
            outbox_waiting,
            outbox_oldest,
            folders,
        })
    })
}

pub fn note_connected(tx: &Writer, mailbox: MailboxId, now: Millis) -> Result<()> {
    tx.execute("UPDATE mailbox SET connected_at = ?2, failing_since = NULL WHERE id = ?1", params![mailbox, now])?;
    Ok(())
}

pub fn note_mail(tx: &Writer, mailbox: MailboxId, at: Millis) -> Result<()> {
    tx.execute("UPDATE mailbox SET last_mail_at = max(coalesce(last_mail_at, 0), ?2) WHERE id = ?1", params![mailbox, at])?;
    Ok(())
}

/// Something went wrong; `words` are for the owner and say what to do.
pub fn note_failure(tx: &Writer, mailbox: MailboxId, words: &str, now: Millis) -> Result<()> {
    tx.execute(
        "UPDATE mailbox SET last_error = ?2, last_error_at = ?3, failing_since = coalesce(failing_since, ?3) WHERE id = ?1",
        params![mailbox, words, now],
    )?;
    Ok(())
}

pub fn clear_failure(tx: &Writer, mailbox: MailboxId) -> Result<()> {
    tx.execute("UPDATE mailbox SET failing_since = NULL WHERE id = ?1", [mailbox])?;
    Ok(())
}

/// What is wrong at the moment, in the words of who noted it.
pub fn failing(c: &Reader, mailbox: MailboxId) -> Result<Option<String>> {
    c.optional("SELECT last_error FROM mailbox WHERE id = ?1 AND failing_since IS NOT NULL AND last_error IS NOT NULL", [mailbox], |r| r.get(0))
}

/// Something that the owner should know although nothing is broken ("the server renumbered its mail").
pub fn notice(tx: &Writer, mailbox: MailboxId, words: Option<&str>) -> Result<()> {
    tx.execute("UPDATE mailbox SET notice = ?2 WHERE id = ?1", params![mailbox, words])?;
    Ok(())
}
