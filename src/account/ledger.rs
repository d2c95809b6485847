//! The ledger: every UID that the server ever showed, and what became of it. A row is written in the same commit that
//! moves the folder's mark, after the raw mail is durable.

use super::{FolderRole, MailboxId};
use crate::blobs::Hash;
use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, params};
pub use crate::id::{CustomerId, FolderId, LedgerId, MessageKey};

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Raw bytes are safe; reading comes next.
    Kept,
    Imported,
    Duplicate,
    AutoReply,
    Bounce,
    List,
    Spam,
    /// Over the size limit: headers only.
    TooBig,
    /// Could not be read; a person must look.
    Quarantined,
    /// The server did not give it; asked again at each comparison.
    Unfetched,
    /// Vanished from the server before it could be fetched.
    Gone,
}

/// A mail that was fetched and whose bytes are durable.
#[derive(Clone, Debug)]
pub struct NewEntry {
    pub folder_id: FolderId,
    pub uid_validity: u32,
    pub uid: u32,
    pub bytes: i64,
    pub internal_date: Option<Millis>,
    pub raw_hash: Hash,
    pub too_big: bool,
    pub rescan: bool,
    pub history: bool,
}

/// A row that waits to be read (or to be looked at).
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: LedgerId,
    pub mailbox_id: MailboxId,
    pub folder_id: FolderId,
    pub folder_role: FolderRole,
    pub uid_validity: u32,
    pub uid: u32,
    pub bytes: i64,
    pub internal_date: Option<Millis>,
    pub raw_hash: Option<Hash>,
    pub outcome: Outcome,
    pub reason: String,
    pub attempts: i64,
    pub rescan: bool,
    pub history: bool,
    pub at: Millis,
}

/// Whether a UID is known already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    pub uid: u32,
    pub outcome: Outcome,
}

/// Adds what was fetched. A UID that is known already (an interrupted run) keeps its row, unless it was only noted as
/// unfetched. Returns the row's id.
pub fn advance(tx: &Writer, new: &NewEntry, now: Millis) -> Result<LedgerId> {
    let outcome = if new.too_big { Outcome::TooBig } else { Outcome::Kept };
    tx.execute(
        "INSERT INTO ledger(folder_id, uid_validity, uid, bytes, internal_date, raw_hash, outcome, rescan, history, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'kept', ?7, ?8, ?9)
         ON CONFLICT(folder_id, uid_validity, uid) DO UPDATE SET raw_hash = excluded.raw_hash, outcome = 'kept', reason = '', bytes = excluded.bytes,
           internal_date = excluded.internal_date, at = excluded.at WHERE outcome IN ('unfetched', 'gone')",
        params![new.folder_id, new.uid_validity, new.uid, new.bytes, new.internal_date, new.raw_hash.0, new.rescan, new.history, now],
    )?;
    let id =
        tx.one("SELECT id FROM ledger WHERE folder_id = ?1 AND uid_validity = ?2 AND uid = ?3", params![new.folder_id, new.uid_validity, new.uid], |r| {
            r.get(0)
        })?;
    if outcome == Outcome::TooBig {
        tx.execute("UPDATE ledger SET reason = 'too_big' WHERE id = ?1", [id])?;
    }
    Ok(id)
}

/// A UID whose bytes the server did not give; it does not stop the ones behind it.
pub fn note_unfetched(tx: &Writer, folder: FolderId, uid_validity: u32, uid: u32, reason: &str, now: Millis) -> Result<i64> {
    tx.execute(
        "INSERT INTO ledger(folder_id, uid_validity, uid, outcome, reason, attempts, at) VALUES (?1, ?2, ?3, 'unfetched', ?4, 1, ?5)
         ON CONFLICT(folder_id, uid_validity, uid) DO UPDATE SET attempts = attempts + 1, reason = excluded.reason WHERE outcome = 'unfetched'",
        params![folder, uid_validity, uid, reason, now],
    )?;
    tx.one("SELECT attempts FROM ledger WHERE folder_id = ?1 AND uid_validity = ?2 AND uid = ?3", params![folder, uid_validity, uid], |r| r.get(0))
}

/// An unfetched UID that the server no longer shows.
pub fn gone(tx: &Writer, folder: FolderId, uid_validity: u32, uid: u32, now: Millis) -> Result<()> {
    tx.execute(
        "UPDATE ledger SET outcome = 'gone', at = ?4 WHERE folder_id = ?1 AND uid_validity = ?2 AND uid = ?3 AND outcome = 'unfetched'",
        params![folder, uid_validity, uid, now],
    )?;
    Ok(())
}

/// Says what became of a kept mail.
pub fn settle(tx: &Writer, id: LedgerId, outcome: Outcome, reason: &str, message: Option<MessageKey>) -> Result<()> {
    tx.execute("UPDATE ledger SET outcome = ?2, reason = ?3, message_id = ?4 WHERE id = ?1", params![id, outcome.as_str(), reason, message])?;
    Ok(())
}

/// One failed attempt at reading; returns how many there were.
pub fn failed_attempt(tx: &Writer, id: LedgerId, reason: &str) -> Result<i64> {
    tx.execute("UPDATE ledger SET attempts = attempts + 1, reason = ?2 WHERE id = ?1", params![id, reason])?;
    tx.one("SELECT attempts FROM ledger WHERE id = ?1", [id], |r| r.get(0))
}

/// "Read again": a quarantined mail goes back to the queue.
pub fn release(tx: &Writer, id: LedgerId) -> Result<bool> {
    Ok(tx.execute("UPDATE ledger SET outcome = 'kept', attempts = 0, reason = '' WHERE id = ?1 AND outcome = 'quarantined' AND raw_hash IS NOT NULL", [id])?
        > 0)
}

const COLUMNS: &str = "ledger.id, folder.mailbox_id, folder_id, folder.role, ledger.uid_validity, uid, bytes, internal_date, raw_hash, outcome, reason,
    attempts, rescan, history, at";

/// Kept mails that wait to be read: new mail before history, then in order of arrival.
pub fn waiting(c: &Reader, limit: usize) -> Result<Vec<Entry>> {
    let sql = format!("SELECT {COLUMNS} FROM ledger JOIN folder ON folder.id = folder_id WHERE outcome = 'kept' ORDER BY history, ledger.id LIMIT ?1");
    c.all(&sql, [limit as i64], from_row)
}

pub fn find(c: &Reader, id: LedgerId) -> Result<Option<Entry>> {
    c.optional(&format!("SELECT {COLUMNS} FROM ledger JOIN folder ON folder.id = folder_id WHERE ledger.id = ?1"), [id], from_row)
}

/// What waits for a person: quarantined mails, newest first.
pub fn quarantined(c: &Reader, limit: usize) -> Result<Vec<Entry>> {
    let sql = format!("SELECT {COLUMNS} FROM ledger JOIN folder ON folder.id = folder_id WHERE outcome = 'quarantined' ORDER BY ledger.id DESC LIMIT ?1");
    c.all(&sql, [limit as i64], from_row)
}

/// The UIDs of a folder that the ledger knows, ascending.
pub fn known(c: &Reader, folder: FolderId, uid_validity: u32) -> Result<Vec<Seen>> {
    c.all("SELECT uid, outcome FROM ledger WHERE folder_id = ?1 AND uid_validity = ?2 ORDER BY uid", params![folder, uid_validity], |r| {
        Ok(Seen { uid: r.get(0)?, outcome: Outcome::from_name(r.get_ref(1)?.as_str()?) })
    })
}

/// How many mails of a folder the ledger knows, whatever became of them.
pub fn ledger_rows(c: &Reader, folder: FolderId) -> Result<i64> {
    c.one("SELECT count(*) FROM ledger WHERE folder_id = ?1", [folder], |r| r.get(0))
}

/// The result of comparing all UIDs of the server with the ledger.
pub fn compared(tx: &Writer, folder: FolderId, server_count: i64, ledger_count: i64, now: Millis) -> Result<()> {
    tx.execute("UPDATE folder SET server_count = ?2, ledger_count = ?3, compared_at = ?4 WHERE id = ?1", params![folder, server_count, ledger_count, now])?;
    Ok(())
}

impl Outcome {
    const ALL: [Outcome; 11] = [
        Outcome::Kept,
        Outcome::Imported,
        Outcome::Duplicate,
        Outcome::AutoReply,
        Outcome::Bounce,
        Outcome::List,
        Outcome::Spam,
        Outcome::TooBig,
        Outcome::Quarantined,
        Outcome::Unfetched,
        Outcome::Gone,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Kept => "kept",
            Outcome::Imported => "imported",
            Outcome::Duplicate => "duplicate",
            Outcome::AutoReply => "auto_reply",
            Outcome::Bounce => "bounce",
            Outcome::List => "list",
            Outcome::Spam => "spam",
            Outcome::TooBig => "too_big",
            Outcome::Quarantined => "quarantined",
            Outcome::Unfetched => "unfetched",
            Outcome::Gone => "gone",
        }
    }

    pub fn from_name(name: &str) -> Outcome {
        Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == name).unwrap_or(Outcome::Quarantined)
    }
}

/// Its bytes are not ours to keep.
pub fn forget_raw(tx: &Writer, id: LedgerId) -> Result<()> {
    tx.execute("UPDATE ledger SET raw_hash = NULL WHERE id = ?1", [id])?;
    Ok(())
}

/// Whether a mail from this address ever arrived: not a form that only names it, and none that our own server takes for a forgery.
pub fn has_arrived_from(c: &Reader, customer: CustomerId, address: &str) -> Result<bool> {
    c.one(
        "SELECT EXISTS (SELECT 1 FROM conversation JOIN participant ON participant.conversation_id = conversation.id JOIN ledger ON ledger.message_id = participant.message_id
                        JOIN message ON message.id = participant.message_id
                        WHERE conversation.customer_id = ?1 AND participant.address = ?2 AND participant.written_to = 0 AND ledger.outcome = 'imported'
                          AND coalesce(json_extract(message.reading, '$.authentication.dmarc'), '') <> 'fail')",
        params![customer, address],
        |r| r.get(0),
    )
}

fn from_row(r: &Row) -> RowResult<Entry> {
    Ok(Entry {
        id: r.get(0)?,
        mailbox_id: r.get(1)?,
        folder_id: r.get(2)?,
        folder_role: if r.get_ref(3)?.as_str()? == "sent" { FolderRole::Sent } else { FolderRole::Inbox },
        uid_validity: r.get(4)?,
        uid: r.get(5)?,
        bytes: r.get(6)?,
        internal_date: r.get(7)?,
        raw_hash: r.get::<_, Option<Vec<u8>>>(8)?.and_then(|bytes| Hash::from_slice(&bytes)),
        outcome: Outcome::from_name(r.get_ref(9)?.as_str()?),
        reason: r.get(10)?,
        attempts: r.get(11)?,
        rescan: r.get(12)?,
        history: r.get(13)?,
        at: r.get(14)?,
    })
}
