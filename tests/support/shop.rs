//! A shop that is open: a data folder with an owner, a mailbox on the shared mail stack, and Restante serving it.

use super::restante::{self, Restante};
use super::{MailStack, Visitor, eventually, smtp, unique};
use std::path::PathBuf;
use std::sync::Arc;

pub struct Shop {
    pub restante: Restante,
    pub stack: Arc<MailStack>,
    pub address: String,
    pub customer: String,
    pub data: PathBuf,
    _folder: tempfile::TempDir,
}

/// How the mailbox is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    Tls,
    StartTls,
    Plain,
}

impl Shop {
    pub fn open(wire: Wire) -> Shop {
        Shop::open_with(wire, &[])
    }

    /// With more words for `restante mailbox add`.
    pub fn open_with(wire: Wire, more: &[&str]) -> Shop {
        let stack = MailStack::shared();
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let address = format!("{}@shop.test", unique("shop"));
        restante::add_owner(&data);
        let (imap, smtp) = match wire {
            Wire::Tls => (stack.imaps_url(&address), stack.smtps_url(&address)),
            Wire::StartTls => (stack.imap_starttls_url(&address), stack.smtp_starttls_url(&address)),
            Wire::Plain => (stack.imap_url(&address), stack.smtp_url(&address)),
        };
        let ca = stack.ca();
        let mut words = more.to_vec();
        if wire != Wire::Plain {
            words.extend(["--ca-file", ca.to_str().unwrap()]);
        }
        restante::add_mailbox(&data, &address, &imap, &smtp, &words);
        let restante = Restante::serve(&data);
        eventually("the mailbox is watched", || question(&data, "SELECT id FROM folder WHERE history_below = 0", ""));
        Shop { restante, stack, address, customer: format!("{}@example.test", unique("customer")), data, _folder: folder }
    }

    /// The customer's mail server hands a mail in.
    pub fn customer_writes(&self, mail: &str) {
        smtp::hand_in(self.stack.smtp, &self.customer, &[&self.address], mail);
    }

    pub fn owner(&self) -> Visitor {
        Visitor::owner(self.restante.port)
    }

    /// Waits until the mail with this Message-ID is a message of a conversation, and returns that conversation's number.
    #[track_caller]
    pub fn conversation_of(&self, message_id: &str) -> i64 {
        eventually(message_id, || self.question("SELECT conversation_id FROM message WHERE identifier = ?1", message_id))
    }

    /// One number out of the records, read beside the running server.
    pub fn question(&self, sql: &str, argument: &str) -> Option<i64> {
        question(&self.data, sql, argument)
    }
}

/// One number out of a data folder's records.
pub fn question(data: &std::path::Path, sql: &str, argument: &str) -> Option<i64> {
    let connection = rusqlite::Connection::open(data.join("restante.db")).ok()?;
    connection.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
    if sql.contains("?1") { connection.query_row(sql, [argument], |row| row.get(0)).ok() } else { connection.query_row(sql, [], |row| row.get(0)).ok() }
}

/// Decides a setting as the owner would, before the server starts.
pub fn settle(data: &std::path::Path, key: &str, json: &str) {
    let connection = rusqlite::Connection::open(data.join("restante.db")).unwrap();
    connection.execute("INSERT INTO setting(key, value, changed_at) VALUES (?1, ?2, 0)", [key, json]).unwrap();
}
