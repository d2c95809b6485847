//! A shop with mail in it, for the tests of the agents' screens.

use super::*;
use crate::account::{self, NewEntry};
use crate::desk::{self, Arrival};
use crate::email;
use crate::id::{ConversationId, MailboxId, MessageKey};
use std::sync::atomic::{AtomicU32, Ordering};

pub const JULES: &str = "jules@shop.test";
static UIDS: AtomicU32 = AtomicU32::new(1);

impl Shop {
    /// A shop with one mailbox and Jules.
    pub fn with_mailbox() -> (Shop, MailboxId) {
        let shop = Shop::new();
        shop.add_agent(JULES, Role::Owner);
        let mailbox = shop.add_mailbox("support@shop.test");
        (shop, mailbox)
    }

    /// Puts a mail through the same journey as the mailbox's watcher does.
    pub fn receive(&self, mailbox: MailboxId, raw: &str) -> (ConversationId, MessageKey) {
        let raw = raw.replace('\n', "\r\n").into_bytes();
        let hash = self.state.blobs.keep(&[&raw]).unwrap()[0];
        let (key, uid, now) = (self.state.key.clone(), UIDS.fetch_add(1, Ordering::Relaxed), crate::world::now());
        let received = self.state.db.write(move |tx| -> desk::Result<_> {
            let account = account::find(tx, mailbox)?.unwrap();
            let folder = account::folders(tx, mailbox)?[0].id;
            let new = NewEntry {
                folder_id: folder,
                uid_validity: 1,
                uid,
                bytes: raw.len() as i64,
                internal_date: Some(now),
                raw_hash: hash,
                too_big: false,
                rescan: false,
                history: false,
            };
            let id = account::advance(tx, &new, now)?;
            let entry = account::find_entry(tx, id)?.unwrap();
            desk::receive(
                tx,
                &Arrival {
                    entry: &entry,
                    account: &account,
                    email: &email::read(&raw),
                    reading: None,
                    about: None,
                    key: &key,
                    settled_before: 0,
                    sender_check: crate::conversation::threading::SenderCheck::On,
                },
                now,
            )
        });
        let received = received.unwrap();
        (received.conversation.unwrap(), received.message.unwrap())
    }

    /// A plain mail of Mara's.
    pub fn mail(&self, mailbox: MailboxId, id: &str, subject: &str, text: &str) -> (ConversationId, MessageKey) {
        self.receive(mailbox, &mail("Mara Okafor <mara@example.test>", id, subject, "", text))
    }
}

pub fn mail(from: &str, id: &str, subject: &str, more: &str, text: &str) -> String {
    format!(
        "From: {from}\nTo: support@shop.test\nSubject: {subject}\nMessage-ID: <{id}@example.test>\nDate: Mon, 23 Nov 2026 09:00:00 +0000\n{more}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    )
}

pub fn with_file(name: &str, kind: &str, base64: &str) -> String {
    format!(
        "From: Mara Okafor <mara@example.test>\nTo: support@shop.test\nSubject: A file\nMessage-ID: <file@example.test>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nHere it is.\n--b\nContent-Type: {kind}\nContent-Disposition: attachment; filename=\"{name}\"\nContent-Transfer-Encoding: base64\n\n{base64}\n--b--\n"
    )
}
