//! How far a folder has been read, and what the watcher asks of the ledger and of the outbox to go on from there.

use super::MailboxId;
use crate::blobs::Hash;
use crate::database::{Millis, Reader, Result, Writer, params};
use crate::id::{FolderId, OutboxId};

/// The mark of a folder: every UID up to `high_water` and not below `history_below` is in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub uid_validity: u32,
    pub high_water: u32,
    /// `None`: history not begun; `Some(0)`: done.
    pub history_below: Option<u32>,
}

pub fn move_mark(tx: &Writer, folder: FolderId, mark: Mark) -> Result<()> {
    tx.execute(
        "UPDATE folder SET uid_validity = ?2, high_water = ?3, history_below = ?4 WHERE id = ?1",
        params![folder, mark.uid_validity, mark.high_water, mark.history_below],
    )?;
    Ok(())
}

/// When the folder's first mail came here: what the server dates before that was there before us.
pub fn first_contact(c: &Reader, folder: FolderId) -> Result<Option<Millis>> {
    c.one("SELECT min(at) FROM ledger WHERE folder_id = ?1", [folder], |r| r.get(0))
}

/// Whether the ledger knows this folder under another UIDVALIDITY as well.
pub fn was_renumbered(c: &Reader, folder: FolderId, uid_validity: u32) -> Result<bool> {
    c.one("SELECT EXISTS (SELECT 1 FROM ledger WHERE folder_id = ?1 AND uid_validity <> ?2)", params![folder, uid_validity], |r| r.get(0))
}

/// New mails since `since` that are safe here: their copies on the server may be marked or moved.
pub fn safe_new(c: &Reader, folder: FolderId, uid_validity: u32, since: Millis) -> Result<Vec<u32>> {
    c.all(
        "SELECT uid FROM ledger WHERE folder_id = ?1 AND uid_validity = ?2 AND at >= ?3 AND history = 0 AND rescan = 0 AND raw_hash IS NOT NULL
           AND outcome NOT IN ('unfetched', 'gone', 'too_big') AND reason <> 'too_big' ORDER BY uid",
        params![folder, uid_validity, since],
        |r| r.get(0),
    )
}

/// A letter that a server accepted and that has no copy in the Sent folder yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentCopy {
    pub outbox_id: OutboxId,
    pub raw_hash: Hash,
    /// Without its brackets.
    pub identifier: String,
}

/// The oldest first. Automatic letters are copied too: the owner wants to see what left in the shop's name.
pub fn sent_copies_due(c: &Reader, mailbox: MailboxId, limit: usize) -> Result<Vec<SentCopy>> {
    let rows = c.all(
        "SELECT outbox.id, outbox.raw_hash, message.identifier FROM outbox
           JOIN message ON message.id = outbox.message_id JOIN mailbox ON mailbox.id = outbox.mailbox_id
         WHERE outbox.mailbox_id = ?1 AND outbox.state = 'accepted' AND outbox.sent_copy_at IS NULL AND mailbox.sent_folder IS NOT NULL
           AND message.identifier IS NOT NULL ORDER BY outbox.id LIMIT ?2",
        params![mailbox, limit as i64],
        |r| Ok((r.get(0)?, r.get::<_, Vec<u8>>(1)?, r.get::<_, String>(2)?)),
    )?;
    let copies = rows.into_iter();
    Ok(copies.filter_map(|(outbox_id, hash, identifier)| Some(SentCopy { outbox_id, raw_hash: Hash::from_slice(&hash)?, identifier })).collect())
}

pub fn note_sent_copy(tx: &Writer, outbox: OutboxId, now: Millis) -> Result<()> {
    tx.execute("UPDATE outbox SET sent_copy_at = ?2 WHERE id = ?1 AND sent_copy_at IS NULL", params![outbox, now])?;
    Ok(())
}
