//! A mailbox of the shop as a record: where its mail comes from and leaves to, its folders, its ledger, its health. The
//! doors `mailbox` (IMAP) and `postman` (SMTP) act on what stands here.

mod address;
mod folder;
mod health;
mod imported;
mod ledger;
mod passwords;
mod progress;
#[cfg(test)]
pub mod tests;

pub use address::{Carrier, Security, ServerAddress, Source};
pub use folder::{Folder, FolderRole, folders, set_folders};
pub use health::{DISK_FREE_BYTES_MIN, Health, Probe, ProbeStep, clear_failure, failing, health, note_connected, note_failure, note_mail, notice};
pub use imported::{IMPORT_UID_VALIDITY, holds_imports, import_folder, take_import_uids, waiting_raw};
pub use ledger::{
    Entry, NewEntry, Outcome, Seen, advance, compared, failed_attempt, find as find_entry, forget_raw, gone, has_arrived_from, known, ledger_rows,
    note_unfetched, quarantined, release, settle, waiting,
};
pub use passwords::{Passwords, Service};
pub use progress::{Mark, SentCopy, first_contact, move_mark, note_sent_copy, safe_new, sent_copies_due, was_renumbered};

use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, params};
use crate::email::EmailAddress;
pub use crate::id::MailboxId;

/// What happens to the server's copy once a mail is safe here. By default nothing.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterImport {
    Nothing,
    MarkRead,
    Move { to: String },
}

/// A mailbox as its owner set it up.
#[derive(Clone, Debug)]
pub struct Account {
    pub id: MailboxId,
    pub address: EmailAddress,
    pub name: String,
    pub source: Source,
    pub carrier: Carrier,
    /// Sealed; `Passwords::open` unseals them.
    pub passwords: Passwords,
    pub ca_pem: Option<String>,
    pub signature: String,
    pub authserv_id: Option<String>,
    pub after_import: AfterImport,
    pub sent_folder: Option<String>,
    pub history_since: Option<Millis>,
    pub paused_at: Option<Millis>,
}

/// A mailbox that is about to be added or changed.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub address: EmailAddress,
    pub name: String,
    pub source: Source,
    pub carrier: Carrier,
    pub passwords: Passwords,
    pub ca_pem: Option<String>,
    pub after_import: AfterImport,
    pub history_since: Option<Millis>,
    /// Folder names to watch; `INBOX` when empty. The Sent folder, if it is to be read too, has the role `Sent`.
    pub folders: Vec<(String, FolderRole)>,
    pub sent_folder: Option<String>,
}

const COLUMNS: &str = "id, address, name, imap, smtp, imap_password, smtp_password, ca_pem, signature, authserv_id, after_import, move_to,
    sent_folder, history_since, paused_at";

/// Every mailbox, oldest first.
pub fn all(c: &Reader) -> Result<Vec<Account>> {
    c.all(&format!("SELECT {COLUMNS} FROM mailbox ORDER BY id"), [], from_row)
}

pub fn find(c: &Reader, id: MailboxId) -> Result<Option<Account>> {
    c.optional(&format!("SELECT {COLUMNS} FROM mailbox WHERE id = ?1"), [id], from_row)
}

pub fn find_by_address(c: &Reader, address: &str) -> Result<Option<Account>> {
    c.optional(&format!("SELECT {COLUMNS} FROM mailbox WHERE address = ?1"), [address.trim()], from_row)
}

/// Adds a mailbox with its folders.
pub fn add(tx: &Writer, new: &NewAccount, now: Millis) -> Result<MailboxId> {
    let (after, move_to) = new.after_import.columns();
    let id = MailboxId(tx.insert(
        "INSERT INTO mailbox(address, name, imap, smtp, imap_password, smtp_password, ca_pem, after_import, move_to, history_since, sent_folder, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        params![
            new.address.as_str(),
            new.name,
            serde_json::to_string(&new.source)?,
            serde_json::to_string(&new.carrier)?,
            new.passwords.imap,
            new.passwords.smtp,
            new.ca_pem,
            after,
            move_to,
            new.history_since,
            new.sent_folder,
            now
        ],
    )?);
    set_folders(tx, id, &new.folders)?;
    Ok(id)
}

/// Changes everything that its owner may change; the ledger stays.
pub fn update(tx: &Writer, account: &Account) -> Result<()> {
    let (after, move_to) = account.after_import.columns();
    tx.execute(
        "UPDATE mailbox SET address = ?2, name = ?3, imap = ?4, smtp = ?5, imap_password = ?6, smtp_password = ?7, ca_pem = ?8, signature = ?9,
           authserv_id = ?10, after_import = ?11, move_to = ?12, sent_folder = ?13, history_since = ?14, paused_at = ?15 WHERE id = ?1",
        params![
            account.id,
            account.address.as_str(),
            account.name,
            serde_json::to_string(&account.source)?,
            serde_json::to_string(&account.carrier)?,
            account.passwords.imap,
            account.passwords.smtp,
            account.ca_pem,
            account.signature,
            account.authserv_id,
            after,
            move_to,
            account.sent_folder,
            account.history_since,
            account.paused_at
        ],
    )?;
    Ok(())
}

/// Whether `address` is one of the shop's own: such mail is never taken for a customer's answer by itself.
pub fn is_ours(c: &Reader, address: &str) -> Result<bool> {
    c.one("SELECT EXISTS (SELECT 1 FROM mailbox WHERE address = ?1)", [address], |r| r.get(0))
}

impl AfterImport {
    fn columns(&self) -> (&'static str, Option<&str>) {
        match self {
            AfterImport::Nothing => ("nothing", None),
            AfterImport::MarkRead => ("mark_read", None),
            AfterImport::Move { to } => ("move", Some(to)),
        }
    }
}

fn from_row(r: &Row) -> RowResult<Account> {
    let after: String = r.get(10)?;
    let after_import = match (after.as_str(), r.get::<_, Option<String>>(11)?) {
        ("mark_read", _) => AfterImport::MarkRead,
        ("move", Some(to)) => AfterImport::Move { to },
        _ => AfterImport::Nothing,
    };
    let address: String = r.get(1)?;
    Ok(Account {
        id: r.get(0)?,
        address: EmailAddress::parse(&address).ok_or(crate::database::SqlError::InvalidQuery)?,
        name: r.get(2)?,
        source: json(r, 3)?,
        carrier: json(r, 4)?,
        passwords: Passwords { imap: r.get(5)?, smtp: r.get(6)? },
        ca_pem: r.get(7)?,
        signature: r.get(8)?,
        authserv_id: r.get(9)?,
        after_import,
        sent_folder: r.get(12)?,
        history_since: r.get(13)?,
        paused_at: r.get(14)?,
    })
}

use crate::database::json;
