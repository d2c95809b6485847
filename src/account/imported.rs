//! Mail that came from files (`restante import`), not from the mailbox's server: it has a ledger of its own, in folders
//! that no watcher watches and that no list of watched folders shows.

use super::MailboxId;
use super::folder::{Folder, FolderRole};
use crate::blobs::Hash;
use crate::database::{Reader, Result, Writer, params};
use crate::id::FolderId;
use std::collections::HashSet;

/// Names of these folders begin so; "/" and "(" together occur in no folder that a server names.
pub(super) const PREFIX: &str = "(import)/";
/// Files have no UIDVALIDITY; the numbers are ours, and they never start again.
pub const IMPORT_UID_VALIDITY: u32 = 1;

/// The folder for imported mail of this role; made when it is not there.
pub fn import_folder(tx: &Writer, mailbox: MailboxId, role: FolderRole) -> Result<FolderId> {
    let name = format!("{PREFIX}{}", role.as_str());
    tx.execute(
        "INSERT INTO folder(mailbox_id, name, role, uid_validity, history_below) VALUES (?1, ?2, ?3, ?4, 0) ON CONFLICT(mailbox_id, name) DO NOTHING",
        params![mailbox, name, role.as_str(), IMPORT_UID_VALIDITY],
    )?;
    tx.one("SELECT id FROM folder WHERE mailbox_id = ?1 AND name = ?2", params![mailbox, name], |r| r.get(0))
}

/// Whether mail of this folder came from files.
pub fn holds_imports(c: &Reader, folder: FolderId) -> Result<bool> {
    c.one("SELECT EXISTS (SELECT 1 FROM folder WHERE id = ?1 AND substr(name, 1, length(?2)) = ?2)", params![folder, PREFIX], |r| r.get(0))
}

/// Takes the next `count` numbers of an import folder; returns the first.
pub fn take_import_uids(tx: &Writer, folder: FolderId, count: u32) -> Result<u32> {
    let last: u32 = tx.one("SELECT high_water FROM folder WHERE id = ?1", [folder], |r| r.get(0))?;
    tx.execute("UPDATE folder SET high_water = high_water + ?2 WHERE id = ?1", params![folder, count])?;
    Ok(last + 1)
}

/// Raw mails of a mailbox that are kept but in no conversation: they wait to be read, or for a person.
pub fn waiting_raw(c: &Reader, mailbox: MailboxId) -> Result<HashSet<Hash>> {
    let rows = c.all(
        "SELECT raw_hash FROM ledger JOIN folder ON folder.id = folder_id
         WHERE outcome IN ('kept', 'quarantined', 'unfetched') AND raw_hash IS NOT NULL AND mailbox_id = ?1",
        [mailbox],
        |r| r.get::<_, Vec<u8>>(0),
    )?;
    Ok(rows.iter().filter_map(|bytes| Hash::from_slice(bytes)).collect())
}

/// Whether this folder holds imported mail.
pub(super) fn is_imported(folder: &Folder) -> bool {
    folder.name.starts_with(PREFIX)
}
