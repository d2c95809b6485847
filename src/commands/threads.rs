//! `restante inspect --threads`: the conversations that a pile of mails forms, placed by the same code as intake, by
//! references alone (the sender check needs a mailbox's life, and is off here). Nothing is kept.

use super::mails::Mails;
use crate::account::{self, AfterImport, Carrier, Entry, FolderRole, NewAccount, NewEntry, Passwords, Source};
use crate::blobs::Hash;
use crate::conversation::threading::SenderCheck;
use crate::database::{self, Millis, RESTANTE_MIGRATIONS, Writer};
use crate::desk::{self, Arrival};
use crate::email::{self, EmailAddress};
use crate::secret::SecretKey;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

pub fn run(paths: &[PathBuf], out: &mut impl Write) -> anyhow::Result<()> {
    let scratch = Scratch::new()?;
    let mut uid = 0;
    for path in paths {
        for mail in Mails::at(path)? {
            let raw = mail.bytes.map_err(|why| anyhow::anyhow!("{} cannot be read: {why}", mail.name))?;
            uid += 1;
            scratch.receive(&raw, uid)?;
        }
    }
    writeln!(out, "{}", serde_json::to_string(&scratch.conversations()?)?)?;
    Ok(())
}

/// A mailbox in memory, for the time of one command.
struct Scratch {
    tx: Writer,
    key: SecretKey,
    account: account::Account,
    folder: account::Folder,
}

impl Scratch {
    fn new() -> anyhow::Result<Scratch> {
        let connection = database::connect_in_memory()?;
        database::migrate(&connection, Path::new(":memory:"), RESTANTE_MIGRATIONS)?;
        let tx = Writer::new(connection);
        let nowhere = || PathBuf::new();
        let new = NewAccount {
            address: EmailAddress::parse("shop@scratch.invalid").expect("a constant address"),
            name: "scratch".into(),
            source: Source::Folder { path: nowhere() },
            carrier: Carrier::Folder { path: nowhere() },
            passwords: Passwords::default(),
            ca_pem: None,
            after_import: AfterImport::Nothing,
            history_since: None,
            folders: Vec::new(),
            sent_folder: None,
        };
        let id = account::add(&tx, &new, 0)?;
        let account = account::find(&tx, id)?.expect("added just now");
        let folder = account::folders(&tx, id)?.remove(0);
        Ok(Scratch { tx, key: SecretKey::from_bytes([0; 32]), account, folder })
    }

    fn receive(&self, raw: &[u8], uid: u32) -> anyhow::Result<()> {
        let email = email::read(raw);
        let at = Millis::from(uid); // the order of the pile is the order of arrival
        let new = NewEntry {
            folder_id: self.folder.id,
            uid_validity: 1,
            uid,
            bytes: raw.len() as i64,
            internal_date: Some(at),
            raw_hash: Hash::of(raw),
            too_big: false,
            rescan: false,
            history: false,
        };
        let id = account::advance(&self.tx, &new, at)?;
        let entry: Entry = account::find_entry(&self.tx, id)?.expect("added just now");
        debug_assert_eq!(entry.folder_role, FolderRole::Inbox);
        let arrival = Arrival {
            entry: &entry,
            account: &self.account,
            email: &email,
            reading: None,
            about: None,
            key: &self.key,
            sender_check: SenderCheck::Off,
            settled_before: 0,
        };
        desk::receive(&self.tx, &arrival, at)?;
        Ok(())
    }

    /// Each conversation's Message-IDs in order of arrival, conversations by their first mail.
    fn conversations(&self) -> anyhow::Result<Vec<Vec<String>>> {
        let rows = self.tx.all("SELECT conversation_id, identifier FROM message WHERE identifier IS NOT NULL ORDER BY id", [], |r| {
            Ok((r.get::<_, i64>(0)?, r.get::<_, String>(1)?))
        })?;
        let mut order = Vec::new();
        let mut found: BTreeMap<i64, Vec<String>> = BTreeMap::new();
        for (conversation, identifier) in rows {
            let ids = found.entry(conversation).or_insert_with(|| {
                order.push(conversation);
                Vec::new()
            });
            let shown = format!("<{identifier}>");
            if !ids.contains(&shown) {
                ids.push(shown);
            }
        }
        Ok(order.iter().filter_map(|id| found.remove(id)).collect())
    }
}
