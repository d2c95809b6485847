//! A mailbox for stories: a folder that nobody reads, and a carrier into another.

use super::{AfterImport, Carrier, NewAccount, Passwords, Source};
use crate::email::EmailAddress;
use std::path::PathBuf;

pub fn mailbox(address: &str) -> NewAccount {
    NewAccount {
        address: EmailAddress::parse(address).unwrap(),
        name: "Atelier Nord".into(),
        source: Source::Folder { path: PathBuf::new() },
        carrier: Carrier::Folder { path: PathBuf::new() },
        passwords: Passwords::default(),
        ca_pem: None,
        after_import: AfterImport::Nothing,
        history_since: None,
        folders: Vec::new(),
        sent_folder: None,
    }
}
