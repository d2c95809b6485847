//! A shop for stories: one mailbox, one agent, a clock that the story moves.

use crate::account::{self, Account, Entry, Folder, FolderRole, NewAccount, NewEntry};
use crate::agent::{self, Agent, Role};
use crate::blobs::Hash;
use crate::conversation::threading::SenderCheck;
use crate::conversation::{self, Conversation, ConversationId, Message, MessageKey, message};
use crate::database::{self, Millis, RESTANTE_MIGRATIONS, Writer};
use crate::desk::{self, AfterSending, Arrival, Composed, Received, Refusal, Reply};
use crate::email::{self, EmailAddress, NameAddr};
use crate::secret::SecretKey;
use std::cell::Cell;
use std::path::Path;

pub const NOON: Millis = 1_790_000_000_000;
pub const MINUTE: Millis = 60_000;

pub struct Shop {
    pub tx: Writer,
    pub key: SecretKey,
    pub account: Account,
    pub inbox: Folder,
    pub sent: Folder,
    pub jules: Agent,
    pub now: Cell<Millis>,
    uid: Cell<u32>,
}

impl Shop {
    pub fn open() -> Shop {
        let connection = database::connect_in_memory().unwrap();
        database::migrate(&connection, Path::new(":memory:"), RESTANTE_MIGRATIONS).unwrap();
        let tx = Writer::new(connection);
        let folders = vec![("INBOX".into(), FolderRole::Inbox), ("Sent".into(), FolderRole::Sent)];
        let new = NewAccount { folders, ..account::tests::mailbox("support@shop.test") };
        let id = account::add(&tx, &new, NOON).unwrap();
        let account = account::find(&tx, id).unwrap().unwrap();
        let mut folders = account::folders(&tx, id).unwrap();
        let (sent, inbox) = (folders.pop().unwrap(), folders.pop().unwrap());
        let jules = agent::add(&tx, &EmailAddress::parse("jules@shop.test").unwrap(), "Jules Laurent", Role::Agent, "x", NOON).unwrap();
        let jules = agent::find(&tx, jules).unwrap().unwrap();
        Shop { tx, key: SecretKey::from_bytes([9; 32]), account, inbox, sent, jules, now: Cell::new(NOON), uid: Cell::new(0) }
    }

    pub fn later(&self, by: Millis) -> Millis {
        self.now.set(self.now.get() + by);
        self.now.get()
    }

    /// A mail arrives: its header fields (From, Message-ID …) and its text.
    pub fn arrives(&self, fields: &[(&str, &str)], text: &str) -> Received {
        self.arrives_in(&self.inbox, &raw(fields, text))
    }

    pub fn arrives_in(&self, folder: &Folder, raw: &[u8]) -> Received {
        let now = self.later(MINUTE);
        let entry = self.kept(folder, raw, now, false);
        self.receive(&entry, raw, NOON - 1)
    }

    pub fn kept(&self, folder: &Folder, raw: &[u8], at: Millis, rescan: bool) -> Entry {
        self.uid.set(self.uid.get() + 1);
        let new = NewEntry {
            folder_id: folder.id,
            uid_validity: 1,
            uid: self.uid.get(),
            bytes: raw.len() as i64,
            internal_date: Some(at),
            raw_hash: Hash::of(raw),
            too_big: false,
            rescan,
            history: false,
        };
        let id = account::advance(&self.tx, &new, at).unwrap();
        account::find_entry(&self.tx, id).unwrap().unwrap()
    }

    pub fn receive(&self, entry: &Entry, raw: &[u8], settled_before: Millis) -> Received {
        let email = email::read(raw);
        let reading = desk::returns::reading_context(&self.tx).unwrap().read(&email);
        let known = desk::leads::reading_context(&self.tx).unwrap();
        let about = (email.kind == email::Kind::Person).then(|| crate::lead::reading::read(&crate::lead::reading::Letter::of(&email), &known));
        let about = about.as_ref();
        let arrival = Arrival {
            entry,
            account: &self.account,
            email: &email,
            reading: reading.as_ref(),
            about,
            key: &self.key,
            sender_check: SenderCheck::On,
            settled_before,
        };
        desk::receive(&self.tx, &arrival, self.now.get()).unwrap()
    }

    pub fn reply(&self, to: ConversationId, text: &str, then: AfterSending) -> Reply {
        let people = desk::recipients_for(&self.tx, to, false).unwrap();
        let seen = message::newest(&self.tx, to).unwrap().unwrap_or(MessageKey(0));
        let word = format!("word{}", self.now.get());
        Reply { conversation_id: to, to: people.to, cc: people.cc, text: text.into(), files: Vec::new(), seen, then, word }
    }

    pub fn compose(&self, reply: &Reply) -> Result<Composed, Refusal> {
        desk::compose_reply(&self.tx, &self.key, &self.account, &self.jules, reply, self.now.get()).unwrap()
    }

    /// Composes and queues; the story wants it to work.
    pub fn answers(&self, to: ConversationId, text: &str, then: AfterSending) -> (MessageKey, Composed) {
        self.later(MINUTE);
        let reply = self.reply(to, text, then);
        self.sends(&reply)
    }

    pub fn sends(&self, reply: &Reply) -> (MessageKey, Composed) {
        let composed = self.compose(reply).unwrap();
        let hash = Hash::of(&composed.bytes);
        let message = desk::queue_reply(&self.tx, &self.account, &self.jules, reply, &composed, hash, self.now.get()).unwrap().unwrap();
        (message, composed)
    }

    pub fn conversation(&self, id: ConversationId) -> Conversation {
        conversation::find(&self.tx, id).unwrap().unwrap()
    }

    pub fn message(&self, id: MessageKey) -> Message {
        message::find(&self.tx, id).unwrap().unwrap()
    }

    pub fn texts(&self, id: ConversationId) -> Vec<String> {
        message::of_conversation(&self.tx, id).unwrap().into_iter().map(|m| m.new_text).collect()
    }
}

pub fn raw(fields: &[(&str, &str)], text: &str) -> Vec<u8> {
    let mut mail = String::new();
    for (name, value) in fields {
        mail.push_str(&format!("{name}: {value}\r\n"));
    }
    mail.push_str("Content-Type: text/plain; charset=utf-8\r\n\r\n");
    mail.push_str(&text.replace('\n', "\r\n"));
    mail.into_bytes()
}

pub fn person(address: &str) -> NameAddr {
    NameAddr { name: String::new(), address: EmailAddress::parse(address).unwrap() }
}
