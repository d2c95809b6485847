//! The way out against a fake server that does whatever servers do.

mod crash;
mod delivery;
mod encryption;
mod real;
mod sink;

use super::*;
use crate::account::{self, Carrier, NewAccount, Passwords, ServerAddress, Source};
use crate::email::compose::{Letter, compose};
use crate::email::{EmailAddress, MessageId, NameAddr};
use crate::id::{MailboxId, MessageKey, OutboxId};
use crate::outbox::{NewLetter, State};
use std::path::Path;
use std::sync::atomic::AtomicI64;

const MINUTE: Millis = 60_000;
const BEGIN: Millis = 1_790_000_000_000;
const PASSWORD: &str = "correct horse";

const QUICK: Patience = Patience {
    connect: Duration::from_secs(5),
    command: Duration::from_secs(5),
    data_begin: Duration::from_secs(5),
    data_block: Duration::from_secs(5),
    final_dot: Duration::from_secs(5),
};

fn key() -> SecretKey {
    SecretKey::from_bytes([9; 32])
}

/// A shop with one mailbox and a conversation, its clock in the test's hand.
struct Shop {
    folder: Option<tempfile::TempDir>,
    office: Office,
    clock: Arc<AtomicI64>,
    mailbox: MailboxId,
}

impl Shop {
    fn by_smtp(url: &str) -> Shop {
        Shop::with(Carrier::Smtp(ServerAddress::parse_smtp(url).unwrap()), None, QUICK)
    }

    fn with(carrier: Carrier, ca_pem: Option<String>, patience: Patience) -> Shop {
        let folder = tempfile::tempdir().unwrap();
        let mut shop = Shop::open(folder.path(), patience);
        let new = NewAccount {
            address: EmailAddress::parse("support@shop.test").unwrap(),
            name: "Nordic Prints".into(),
            source: Source::Folder { path: "unused".into() },
            carrier,
            passwords: Passwords::seal(&key(), "", PASSWORD, [[1; 24], [2; 24]]),
            ca_pem,
            after_import: account::AfterImport::Nothing,
            history_since: None,
            folders: Vec::new(),
            sent_folder: None,
        };
        shop.mailbox = shop
            .office
            .db
            .write(move |tx| {
                let id = account::add(tx, &new, BEGIN)?;
                tx.execute("INSERT INTO customer(id, name, created_at) VALUES (1, 'Anna', 0)", [])?;
                tx.execute(
                    "INSERT INTO conversation(id, mailbox_id, customer_id, subject, status, status_at, last_message_at, created_at) VALUES (1, ?1, 1, 's', 'waiting', 0, 0, 0)",
                    [id],
                )?;
                crate::database::Result::Ok(id)
            })
            .unwrap();
        shop.folder = Some(folder);
        shop
    }

    /// Opens (again) what is in the data folder.
    fn open(data: &Path, patience: Patience) -> Shop {
        let clock = Arc::new(AtomicI64::new(BEGIN));
        let seen = clock.clone();
        let db = Database::open(&data.join("restante.db")).unwrap();
        let blobs = Arc::new(Blobs::open(data).unwrap());
        let office = Office::new(db, blobs, key(), patience, move || seen.load(Ordering::SeqCst));
        Shop { folder: None, office, clock, mailbox: MailboxId(1) }
    }

    fn now(&self) -> Millis {
        self.clock.load(Ordering::SeqCst)
    }

    fn queue(&self, recipients: &[&str]) -> (MessageKey, OutboxId) {
        self.queue_at(recipients, false, self.now())
    }

    fn queue_at(&self, recipients: &[&str], automatic: bool, due_at: Millis) -> (MessageKey, OutboxId) {
        let people = recipients
            .iter()
            .filter_map(|r| EmailAddress::parse(r))
            .filter(|a| crate::email::compose::wire_address(a).is_ok())
            .map(|address| NameAddr { name: "Anna".into(), address });
        let n: i64 = self.office.db.read(|c| c.one("SELECT count(*) FROM message", [], |r| r.get(0))).unwrap();
        let letter = Letter {
            message_id: MessageId::parse(&format!("letter-{n}@shop.test")).unwrap(),
            date: BEGIN,
            from: NameAddr { name: "Nordic Prints".into(), address: EmailAddress::parse("support@shop.test").unwrap() },
            to: people.collect(),
            cc: Vec::new(),
            reply_to: None,
            subject: format!("Letter {n}"),
            in_reply_to: None,
            references: Vec::new(),
            text: "Dear Anna,\n.\n..dots\nbye".into(),
            html: Some("<p>Dear Anna</p>".into()),
            files: Vec::new(),
            unsubscribe: None,
            automatic,
            boundary: format!("b{n}"),
        };
        self.queue_bytes(&compose(&letter).unwrap(), recipients, automatic, due_at)
    }

    fn queue_bytes(&self, bytes: &[u8], recipients: &[&str], automatic: bool, due_at: Millis) -> (MessageKey, OutboxId) {
        let raw_hash = self.office.blobs.keep(&[bytes]).unwrap()[0];
        let identifier = crate::email::read(bytes).message_id.map(|id| id.as_str().to_owned());
        let recipients: Vec<String> = recipients.iter().map(|r| r.to_string()).collect();
        let mailbox_id = self.mailbox;
        self.office
            .db
            .write(move |tx| {
                let message_id = MessageKey(tx.insert(
                    r#"INSERT INTO message(conversation_id, mailbox_id, direction, identifier, raw_hash, placement, arrived_at, created_at)
                     VALUES (1, ?1, 'reply', ?2, ?3, '{"because":"written"}', 0, 0)"#,
                    crate::database::params![mailbox_id, identifier, raw_hash.0],
                )?);
                let new = NewLetter { message_id, mailbox_id, raw_hash, envelope_from: "support@shop.test", recipients, automatic, due_at, consent_id: None };
                crate::database::Result::Ok((message_id, outbox::queue(tx, &new, due_at)?))
            })
            .unwrap()
    }

    /// Sends all that is due now.
    fn round(&self) -> usize {
        let mut sent = 0;
        while let Some(letter) = self.office.claim().unwrap() {
            self.office.deliver(&letter);
            sent += 1;
        }
        sent
    }

    /// Lets time pass until nothing waits any more; returns the moments at which something was sent.
    fn live_on(&self) -> Vec<Millis> {
        let mut moments = Vec::new();
        while let Some(due) = self.office.db.read(outbox::next_due).unwrap() {
            self.clock.fetch_max(due, Ordering::SeqCst);
            if self.round() > 0 {
                moments.push(self.now());
            }
            assert!(moments.len() < 10_000, "it never ends");
        }
        moments
    }

    fn state(&self, id: OutboxId) -> State {
        self.office.db.read(|c| c.one("SELECT state FROM outbox WHERE id = ?1", [id], |r| Ok(State::from_name(r.get_ref(0)?.as_str()?)))).unwrap()
    }

    fn recipients(&self, id: OutboxId) -> Vec<(String, String, String)> {
        let sql = "SELECT address, state, answer FROM outbox_recipient WHERE outbox_id = ?1 ORDER BY address";
        self.office.db.read(|c| c.all(sql, [id], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))).unwrap()
    }

    fn failures(&self, message: MessageKey) -> Vec<String> {
        let sql = "SELECT data FROM event WHERE kind = 'delivery_failed' ORDER BY id";
        let events: Vec<String> = self.office.db.read(|c| c.all(sql, [], |r| r.get(0))).unwrap();
        events.into_iter().filter(|data| data.contains(&format!("\"message\":{message},"))).collect()
    }

    fn complaint(&self) -> Option<String> {
        self.office.db.read(|c| account::failing(c, self.mailbox)).unwrap()
    }
}
