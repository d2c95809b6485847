//! The folders of a mailbox that are watched, and how far each has been read.

use super::MailboxId;
use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, params};
pub use crate::id::FolderId;

/// What a folder holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FolderRole {
    /// Mail to the shop.
    Inbox,
    /// The shop's own mail, written in another client: shown as replies.
    Sent,
}

#[derive(Clone, Debug)]
pub struct Folder {
    pub id: FolderId,
    pub mailbox_id: MailboxId,
    pub name: String,
    pub role: FolderRole,
    pub uid_validity: Option<u32>,
    pub high_water: u32,
    /// UIDs below this still wait to be read as history; `None`: not begun, `Some(0)`: done.
    pub history_below: Option<u32>,
    pub server_count: Option<i64>,
    pub ledger_count: Option<i64>,
    pub compared_at: Option<Millis>,
}

/// The folders that are watched; those of `restante import` are not among them.
pub fn folders(c: &Reader, mailbox: MailboxId) -> Result<Vec<Folder>> {
    let mut found = c.all(
        "SELECT id, mailbox_id, name, role, uid_validity, high_water, history_below, server_count, ledger_count, compared_at
         FROM folder WHERE mailbox_id = ?1 ORDER BY id",
        [mailbox],
        from_row,
    )?;
    found.retain(|folder| !super::imported::is_imported(folder));
    Ok(found)
}

/// Watches exactly these folders from now on. A folder that goes keeps its row and ledger only if it comes back by name;
/// its messages stay in any case.
pub fn set_folders(tx: &Writer, mailbox: MailboxId, wanted: &[(String, FolderRole)]) -> Result<()> {
    let inbox = [("INBOX".to_owned(), FolderRole::Inbox)];
    let wanted = if wanted.is_empty() { &inbox[..] } else { wanted };
    for old in folders(tx, mailbox)? {
        if !wanted.iter().any(|(name, _)| *name == old.name) {
            tx.execute("DELETE FROM folder WHERE id = ?1", [old.id])?;
        }
    }
    for (name, role) in wanted {
        tx.execute(
            "INSERT INTO folder(mailbox_id, name, role) VALUES (?1, ?2, ?3) ON CONFLICT(mailbox_id, name) DO UPDATE SET role = excluded.role",
            params![mailbox, name, role.as_str()],
        )?;
    }
    Ok(())
}

impl FolderRole {
    pub fn as_str(self) -> &'static str {
        match self {
            FolderRole::Inbox => "inbox",
            FolderRole::Sent => "sent",
        }
    }
}

fn from_row(r: &Row) -> RowResult<Folder> {
    Ok(Folder {
        id: r.get(0)?,
        mailbox_id: r.get(1)?,
        name: r.get(2)?,
        role: if r.get_ref(3)?.as_str()? == "sent" { FolderRole::Sent } else { FolderRole::Inbox },
        uid_validity: r.get(4)?,
        high_water: r.get(5)?,
        history_below: r.get(6)?,
        server_count: r.get(7)?,
        ledger_count: r.get(8)?,
        compared_at: r.get(9)?,
    })
}
