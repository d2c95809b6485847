//! A small shop for tests, made with the nouns' own functions.

use crate::account::{self, AfterImport, Carrier, NewAccount, Passwords, Source};
use crate::agent::{self, Agent, Role};
use crate::conversation::message::{self, NewMessage};
use crate::conversation::threading::Placement;
use crate::conversation::{self, Direction, Status};
use crate::customer;
use crate::database::{Database, Error, Millis, Result, Writer};
use crate::email::{Attachment, Email, EmailAddress, NameAddr};
use crate::id::{ConversationId, MailboxId, MessageKey};
use crate::search::{Found, Index, Order, Query};
use std::path::{Path, PathBuf};

/// 2026-11-23 12:00 UTC.
pub const NOON: Millis = 1_795_435_200_000;
pub const DAY: Millis = 24 * 60 * 60 * 1000;

pub struct Shop {
    pub folder: tempfile::TempDir,
    pub db: Database,
    pub index: Index,
    pub mailbox: MailboxId,
    pub agent: Agent,
}

/// A mail in few words.
#[derive(Clone)]
pub struct Mail {
    pub from: (&'static str, &'static str),
    pub to: Vec<(&'static str, &'static str)>,
    pub subject: String,
    pub text: String,
    pub language: Option<&'static str>,
    pub attachments: Vec<(&'static str, &'static str)>,
    pub at: Millis,
    pub direction: Direction,
}

pub fn mail(subject: &str, text: &str) -> Mail {
    Mail {
        from: ("Anna Lee", "anna.lee@example.com"),
        to: vec![("Art Shop", "support@shop.example")],
        subject: subject.into(),
        text: text.into(),
        language: Some("en"),
        attachments: Vec::new(),
        at: NOON,
        direction: Direction::Inbound,
    }
}

impl Shop {
    pub fn new() -> Shop {
        let folder = tempfile::tempdir().unwrap();
        let db = Database::open(&folder.path().join("restante.db")).unwrap();
        let index = Index::open(&folder.path().join("index"), &db).unwrap();
        let (mailbox, agent) = db
            .write(|tx| {
                let mailbox = add_mailbox(tx, "support@shop.example", "Art Shop")?;
                let id = agent::add(tx, &EmailAddress::parse("jules@shop.example").unwrap(), "Jules Laurent", Role::Owner, "-", NOON)?;
                Ok::<_, Error>((mailbox, agent::find(tx, id)?.unwrap()))
            })
            .unwrap();
        Shop { folder, db, index, mailbox, agent }
    }

    pub fn index_folder(&self) -> PathBuf {
        self.folder.path().join("index")
    }

    pub fn write<T: Send + 'static>(&self, change: impl FnOnce(&Writer) -> Result<T> + Send + 'static) -> T {
        self.db.write(change).unwrap()
    }

    /// A mail in a conversation of its own.
    pub fn receive(&self, mail: &Mail) -> (ConversationId, MessageKey) {
        let (mail, mailbox) = (mail.clone(), self.mailbox);
        self.write(move |tx| receive(tx, mailbox, None, &mail))
    }

    pub fn receive_in(&self, conversation: ConversationId, mail: &Mail) -> MessageKey {
        let (mail, mailbox) = (mail.clone(), self.mailbox);
        self.write(move |tx| receive(tx, mailbox, Some(conversation), &mail)).1
    }

    pub fn add_mailbox(&self, address: &'static str) -> MailboxId {
        self.write(move |tx| add_mailbox(tx, address, address))
    }

    pub fn catch_up(&self) -> usize {
        self.index.catch_up(&self.db).unwrap()
    }

    pub fn search(&self, text: &str) -> Found {
        self.search_as(&self.agent, text, Order::Newest)
    }

    pub fn search_as(&self, agent: &Agent, text: &str, order: Order) -> Found {
        let (query, complaints) = Query::parse(text, &[], NOON, 0);
        let mut found = self.db.read(|c| self.index.search(c, &query, agent, order, 0)).unwrap();
        found.complaints.extend(complaints);
        found
    }

    /// The conversations found, in order.
    pub fn ids(&self, text: &str) -> Vec<i64> {
        self.search(text).hits.iter().map(|hit| hit.conversation_id.0).collect()
    }

    /// Opens the index again, as a start does.
    pub fn reopen(&mut self) {
        self.index.close(&self.db);
        self.index = open(&self.index_folder(), &self.db);
    }
}

pub fn open(folder: &Path, db: &Database) -> Index {
    Index::open(folder, db).unwrap()
}

pub fn receive(tx: &Writer, mailbox: MailboxId, conversation: Option<ConversationId>, mail: &Mail) -> Result<(ConversationId, MessageKey)> {
    let person = |(name, address): (&str, &str)| NameAddr { name: name.into(), address: EmailAddress::parse(address).unwrap() };
    let email = Email {
        from: Some(person(mail.from)),
        to: mail.to.iter().map(|to| person(*to)).collect(),
        subject: mail.subject.clone(),
        text: mail.text.clone(),
        new_text: mail.text.clone(),
        language: mail.language,
        attachments: mail
            .attachments
            .iter()
            .enumerate()
            .map(|(part, (name, kind))| Attachment { part, name: (*name).into(), content_type: (*kind).into(), bytes: 40_000, ..Attachment::default() })
            .collect(),
        ..Email::default()
    };
    let conversation_id = match conversation {
        Some(known) => known,
        None => {
            let customer = customer::recognise(tx, &person(mail.from), mail.language, mail.at)?;
            conversation::open(tx, mailbox, customer, &mail.subject, Status::Open, mail.at)?
        }
    };
    let new = NewMessage {
        conversation_id,
        mailbox_id: mailbox,
        direction: mail.direction,
        email: &email,
        raw_hash: None,
        arrived_at: mail.at,
        author_id: None,
        placement: &Placement::New,
    };
    let id = message::file(tx, &new, mail.at)?;
    conversation::refresh(tx, conversation_id)?;
    Ok((conversation_id, id))
}

fn add_mailbox(tx: &Writer, address: &str, name: &str) -> Result<MailboxId> {
    let new = NewAccount {
        address: EmailAddress::parse(address).unwrap(),
        name: name.into(),
        source: Source::Folder { path: "in".into() },
        carrier: Carrier::Folder { path: "out".into() },
        passwords: Passwords { imap: None, smtp: None },
        ca_pem: None,
        after_import: AfterImport::Nothing,
        history_since: None,
        folders: Vec::new(),
        sent_folder: None,
    };
    account::add(tx, &new, NOON)
}
