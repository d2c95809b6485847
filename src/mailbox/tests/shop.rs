//! A shop whose only mailbox is watched at a brisk pace.

use super::fake::Fake;
use crate::account::{self, AfterImport, Carrier, Folder, FolderRole, Health, MailboxId, NewAccount, Outcome, Passwords, Security, ServerAddress, Source};
use crate::blobs::Blobs;
use crate::database::{self, Database};
use crate::email::EmailAddress;
use crate::mailbox::{Pace, Watchers};
use crate::secret::SecretKey;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::time::{Duration, Instant};

/// What a story waits for at most.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Stories that make a step fail do so for the whole process: they hold this alone, the others share it.
pub static CALM: RwLock<()> = RwLock::new(());

pub struct Shop {
    pub watchers: Option<Watchers>,
    pub db: Database,
    pub blobs: Arc<Blobs>,
    pub mailbox: MailboxId,
    pub pace: Pace,
    _data: tempfile::TempDir,
    _calm: Option<RwLockReadGuard<'static, ()>>,
}

pub fn pace() -> Pace {
    Pace {
        connect: Duration::from_secs(2),
        silence: Duration::from_secs(2),
        command: Duration::from_secs(10),
        idle: Duration::from_secs(5),
        poll: Duration::from_millis(100),
        compare: Duration::from_secs(600),
        backoff_first: Duration::from_millis(20),
        backoff_max: Duration::from_millis(200),
        backoff_refused: Duration::from_millis(200),
        disk_free_bytes_min: 0,
    }
}

pub fn key() -> SecretKey {
    SecretKey::from_bytes([7; 32])
}

/// A plain server on this machine.
pub fn server(fake: &Fake) -> ServerAddress {
    ServerAddress { host: "127.0.0.1".into(), port: fake.port, security: Security::Plain, user: "anna".into(), insist_on_plain: false }
}

pub fn account(source: Source) -> NewAccount {
    NewAccount {
        address: EmailAddress::parse("support@shop.test").unwrap(),
        name: "Shop".into(),
        source,
        carrier: Carrier::Folder { path: "/nowhere".into() },
        passwords: Passwords::seal(&key(), "secret", "", [[1; 24], [2; 24]]),
        ca_pem: None,
        after_import: AfterImport::Nothing,
        history_since: None,
        folders: Vec::new(),
        sent_folder: None,
    }
}

impl Shop {
    /// Set up and not watched yet.
    pub fn closed(new: NewAccount) -> Shop {
        Shop::closed_at(&std::env::temp_dir(), new)
    }

    /// The same with its data folder below `place`.
    pub fn closed_at(place: &Path, new: NewAccount) -> Shop {
        Shop::made(place, new, Some(CALM.read().unwrap_or_else(PoisonError::into_inner)))
    }

    /// For a story that holds `CALM` itself.
    pub fn in_trouble(fake: &Fake) -> Shop {
        Shop::made(&std::env::temp_dir(), account(Source::Imap(server(fake))), None)
    }

    fn made(place: &Path, new: NewAccount, calm: Option<RwLockReadGuard<'static, ()>>) -> Shop {
        let data = tempfile::tempdir_in(place).unwrap();
        let db = Database::open(&data.path().join("restante.db")).unwrap();
        let blobs = Arc::new(Blobs::open(data.path()).unwrap());
        let mailbox = db.write(move |tx| account::add(tx, &new, 0)).unwrap();
        Shop { watchers: None, db, blobs, mailbox, pace: pace(), _data: data, _calm: calm }
    }

    pub fn of(fake: &Fake) -> Shop {
        Shop::closed(account(Source::Imap(server(fake))))
    }

    pub fn watching(fake: &Fake) -> Shop {
        Shop::of(fake).open()
    }

    pub fn open(mut self) -> Shop {
        let watchers = Watchers::start_at(self.db.clone(), self.blobs.clone(), key(), Arc::new(|| ()), self.pace.clone()).unwrap();
        self.watchers = Some(watchers);
        self
    }

    pub fn close(&mut self) {
        self.watchers.take();
    }

    pub fn health(&self) -> Health {
        self.db.read(|c| account::health(c, self.mailbox)).unwrap()
    }

    pub fn folder(&self, name: &str) -> Folder {
        self.health().folders.into_iter().find(|folder| folder.name == name).unwrap()
    }

    /// Ledger rows of a folder under its present numbering: UID, what became of it, and the bytes.
    pub fn ledger(&self, name: &str) -> BTreeMap<u32, (Outcome, Option<Vec<u8>>)> {
        let folder = self.folder(name);
        let seen = self.db.read(|c| account::known(c, folder.id, folder.uid_validity.unwrap_or(0))).unwrap();
        let entries = self.entries();
        let bytes = |uid| entries.iter().find(|e| e.folder_id == folder.id && Some(e.uid_validity) == folder.uid_validity && e.uid == uid);
        let raw = |uid| bytes(uid).and_then(|entry| entry.raw_hash).map(|hash| self.blobs.get(hash).unwrap());
        seen.into_iter().map(|seen| (seen.uid, (seen.outcome, raw(seen.uid)))).collect()
    }

    /// Every mail that waits to be read.
    pub fn entries(&self) -> Vec<account::Entry> {
        self.db.read(|c| account::waiting(c, 100_000)).unwrap()
    }

    /// The kept mails of INBOX.
    pub fn kept(&self) -> BTreeMap<u32, Vec<u8>> {
        self.ledger("INBOX").into_iter().filter_map(|(uid, (_, bytes))| Some((uid, bytes?))).collect()
    }

    pub fn rows(&self) -> i64 {
        self.db.read(|c| c.one("SELECT count(*) FROM ledger", [], |r| r.get(0))).map_err(|e: database::Error| e).unwrap()
    }

    pub fn wait(&self, what: &str, until: impl Fn(&Shop) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !until(self) {
            assert!(Instant::now() < deadline, "waited in vain: {what}; health {:?}", self.health());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub fn wait_for_rows(&self, count: i64) {
        self.wait(&format!("{count} rows, there are {}", self.rows()), |shop| shop.rows() >= count);
        assert_eq!(self.rows(), count);
    }

    /// Every mail on the server is here with its own bytes, once; nothing else is.
    pub fn wait_for_all(&self, fake: &Fake) {
        let honest =
            |fake: &Fake| -> BTreeMap<u32, Vec<u8>> { fake.state().folders["INBOX"].mails.iter().map(|(uid, mail)| (*uid, mail.bytes.clone())).collect() };
        self.wait("all mails", |shop| shop.kept().len() >= honest(fake).len());
        assert_eq!(self.kept(), honest(fake));
    }
}

pub fn mail(n: usize) -> Vec<u8> {
    format!("From: c{n}@example.test\r\nSubject: mail {n}\r\n\r\nHello, number {n}. {}\r\n", "word ".repeat(n % 40)).into_bytes()
}

pub fn inbox(extra: &str) -> Vec<(String, FolderRole)> {
    vec![("INBOX".into(), FolderRole::Inbox), (extra.into(), FolderRole::Inbox)]
}
