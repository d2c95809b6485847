//! A shop that goes on working while backups are made, and what comes out of them.

use super::*;
use crate::account::{self, AfterImport, Carrier, NewAccount, NewEntry, Passwords, Source};
use crate::blobs::{Blobs, Hash, IN_DATABASE_BYTES_MAX};
use crate::commands::restore;
use crate::database::{Database, Error, params};
use crate::email::EmailAddress;
use crate::id::FolderId;
use crate::setting;
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const NOW: Millis = 1_790_000_000_000;

/// A data folder with a mailbox, and a way to let mail arrive in it.
struct Shop {
    data: tempfile::TempDir,
    database: Database,
    blobs: Blobs,
    folder: FolderId,
}

impl Shop {
    fn open() -> Shop {
        let data = tempfile::tempdir().unwrap();
        let database = Database::open(&data.path().join(RECORDS)).unwrap();
        let blobs = Blobs::open(data.path()).unwrap();
        let new = NewAccount {
            address: EmailAddress::parse("support@atelier.test").unwrap(),
            name: "Atelier Nord".into(),
            source: Source::Folder { path: "/nowhere".into() },
            carrier: Carrier::Folder { path: "/nowhere".into() },
            passwords: Passwords::default(),
            ca_pem: None,
            after_import: AfterImport::Nothing,
            history_since: None,
            folders: Vec::new(),
            sent_folder: None,
        };
        let mailbox = database.write(move |tx| account::add(tx, &new, NOW)).unwrap();
        let folder = database.read(|c| account::folders(c, mailbox)).unwrap()[0].id;
        Shop { data, database, blobs, folder }
    }

    /// Raw mail first, then the record that names it, as intake does.
    fn receive(&self, uid: u32) -> Hash {
        let mut mail = format!("From: c{uid}@example.test\r\nSubject: Order AT-{uid}\r\n\r\nWhere is it?\r\n").into_bytes();
        if uid.is_multiple_of(25) {
            mail.resize(IN_DATABASE_BYTES_MAX + uid as usize, b'x');
        }
        let hash = self.blobs.keep(&[&mail]).unwrap()[0];
        let (folder_id, bytes) = (self.folder, mail.len() as i64);
        let new = NewEntry { folder_id, uid_validity: 1, uid, bytes, internal_date: None, raw_hash: hash, too_big: false, rescan: false, history: false };
        self.database.write(move |tx| account::advance(tx, &new, NOW)).unwrap();
        hash
    }
}

fn back_up(data: &Path, to: &Path, with_key: bool) -> (Manifest, String) {
    let mut said = Vec::new();
    let manifest = run(to, data, with_key, NOW, &mut said).unwrap();
    (manifest, String::from_utf8(said).unwrap())
}

fn restore_to(file: &Path, data: &Path) -> anyhow::Result<String> {
    let mut said = Vec::new();
    restore::run(file, data, "another life", NOW, &mut said)?;
    Ok(String::from_utf8(said).unwrap())
}

fn ledger_hashes(database: &Database) -> Vec<Hash> {
    let rows = database.read(|c| c.all("SELECT raw_hash FROM ledger ORDER BY id", [], |r| r.get::<_, Vec<u8>>(0))).unwrap();
    rows.iter().map(|bytes| Hash::from_slice(bytes).unwrap()).collect()
}

#[test]
fn p28_a_backup_made_while_mail_arrives_is_whole_and_misses_nothing_acknowledged_before_it() {
    // More than 50 mails a second arrive meanwhile, as fast as they can be made durable.
    let backups = if std::env::var_os("RESTANTE_FULL").is_some() { 20 } else { 5 };
    let begun = std::time::Instant::now();
    let shop = Arc::new(Shop::open());
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    let stop = Arc::new(AtomicBool::new(false));
    let arriving = std::thread::spawn({
        let (shop, acknowledged, stop) = (shop.clone(), acknowledged.clone(), stop.clone());
        move || {
            for uid in 1.. {
                let hash = shop.receive(uid);
                acknowledged.lock().unwrap().push(hash);
                if stop.load(Ordering::Relaxed) {
                    return;
                }
            }
        }
    });
    let place = tempfile::tempdir().unwrap();
    while acknowledged.lock().unwrap().len() < 50 {
        std::thread::sleep(Duration::from_millis(2));
    }
    for round in 0..backups {
        let before: Vec<Hash> = acknowledged.lock().unwrap().clone();
        let file = place.path().join(format!("{round}.tar"));
        back_up(shop.data.path(), &file, false);
        let restored = place.path().join(format!("restored-{round}"));
        restore_to(&file, &restored).unwrap(); // checks integrity, foreign keys, every raw mail, every name
        let found = ledger_hashes(&Database::open(&restored.join(RECORDS)).unwrap());
        assert!(before.iter().all(|hash| found.contains(hash)), "round {round}: {} of {}", found.len(), before.len());
    }
    let rate = acknowledged.lock().unwrap().len() as f64 / begun.elapsed().as_secs_f64();
    println!("{backups} backups, {rate:.0} mails a second");
    stop.store(true, Ordering::Relaxed);
    arriving.join().unwrap();
    let left: Vec<_> = fs::read_dir(place.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).filter(|n| n.contains(".part")).collect();
    assert_eq!(left, Vec::<String>::new());
}

#[test]
fn p29_a_restored_shop_sends_nothing_until_its_owner_says_so_and_belongs_to_a_new_generation() {
    let shop = Shop::open();
    shop.receive(1);
    queue_a_letter(&shop);
    let place = tempfile::tempdir().unwrap();
    let (file, data) = (place.path().join("backup.tar"), place.path().join("data"));
    back_up(shop.data.path(), &file, false);
    let said = restore_to(&file, &data).unwrap();
    assert!(said.contains("Sending is paused") && said.contains("passwords"), "{said}");
    let database = Database::open(&data.join(RECORDS)).unwrap();
    let why: String = database.read(|c| setting::get(c, setting::OUTBOX_PAUSED)).unwrap().unwrap();
    assert!(why.starts_with("restored from the backup of 2026-"), "{why}");
    assert_eq!(database.read(|c| setting::get::<String>(c, setting::GENERATION)).unwrap().unwrap(), "another life");
    let states = database.read(|c| c.all("SELECT state FROM outbox", [], |r| r.get::<_, String>(0))).unwrap();
    assert_eq!(states, ["queued"]);
}

#[test]
fn p68_after_a_restore_no_follow_up_that_was_due_goes_and_no_plan_goes_on_by_itself() {
    let shop = Shop::open();
    queue_a_letter(&shop);
    let planned = "INSERT INTO follow_up(id, kind, purpose, customer_id, address, consent_id, mailbox_id, state, due_at, planned_at, message_id)
                   VALUES (?1, 'check_in', 'offers', 1, 'mara@example.test', 1, 1, ?2, ?3, 1, ?4)";
    shop.database
        .write(move |tx| {
            tx.execute(
                "INSERT INTO consent(customer_id, address, purpose, way, words, at, recorded_at) VALUES (1, 'mara@example.test', 'offers', 'form', 'yes', 0, 0)",
                [],
            )?;
            for (id, state, due_at, message) in [(1, "planned", NOW, None), (2, "wanted", NOW, None), (3, "planned", NOW + 1, None), (4, "sent", 1, Some(1))] {
                tx.execute(planned, params![id, state, due_at, message])?;
            }
            tx.execute("UPDATE outbox SET consent_id = 1", [])?;
            tx.execute(
                "INSERT INTO follow_up_plan(name, kind, after_state, days, created_at, enabled_at) VALUES ('Thanks', 'check_in', 'closed', 14, 1, 1)",
                [],
            )
        })
        .unwrap();
    let place = tempfile::tempdir().unwrap();
    let (file, data) = (place.path().join("backup.tar"), place.path().join("data"));
    back_up(shop.data.path(), &file, false);
    let said = restore_to(&file, &data).unwrap();
    assert!(said.contains("who asked for no more mail, who was erased, which discount codes were given"), "{said}");
    let database = Database::open(&data.join(RECORDS)).unwrap();
    let column = |sql: &'static str| database.read(move |c| c.all(sql, [], |r| r.get::<_, String>(0))).unwrap();
    assert_eq!(column("SELECT state FROM follow_up ORDER BY id"), ["cancelled", "cancelled", "planned", "cancelled"]);
    assert_eq!(column("SELECT state FROM outbox"), ["cancelled"]);
    assert_eq!(column("SELECT name FROM follow_up_plan WHERE enabled_at IS NOT NULL").len(), 0);
}

fn queue_a_letter(shop: &Shop) {
    let hash = shop.blobs.keep(&[b"Subject: queued\r\n\r\nHello\r\n"]).unwrap()[0];
    shop.database
        .write(move |tx| {
            let customer = tx.insert("INSERT INTO customer(name, created_at) VALUES ('Mara', 1)", [])?;
            let conversation = tx.insert(
                "INSERT INTO conversation(mailbox_id, customer_id, subject, status, status_at, last_message_at, created_at) VALUES (1, ?1, 's', 'open', 1, 1, 1)",
                [customer],
            )?;
            let message = tx.insert(
                "INSERT INTO message(conversation_id, mailbox_id, direction, arrived_at, raw_hash, created_at) VALUES (?1, 1, 'reply', 1, ?2, 1)",
                params![conversation, hash.0],
            )?;
            tx.execute(
                "INSERT INTO outbox(message_id, mailbox_id, raw_hash, envelope_from, state, due_at, created_at) VALUES (?1, 1, ?2, 'support@atelier.test', 'queued', 1, 1)",
                params![message, hash.0],
            )?;
            Ok::<_, Error>(())
        })
        .unwrap();
}

#[test]
fn p29_without_the_key_file_no_secret_is_in_a_backup_and_with_it_the_backup_says_so() {
    let shop = Shop::open();
    shop.receive(1);
    let key = *b"thirty-two bytes of a secret key";
    fs::write(shop.data.path().join(KEY), key).unwrap();
    let place = tempfile::tempdir().unwrap();
    let (without, with) = (place.path().join("without.tar"), place.path().join("with.tar"));
    let (manifest, said) = back_up(shop.data.path(), &without, false);
    assert!(!manifest.with_key && said.contains("Without the key file"), "{said}");
    assert!(!fs::read(&without).unwrap().windows(key.len()).any(|w| w == key));
    let (manifest, said) = back_up(shop.data.path(), &with, true);
    assert!(manifest.with_key && said.contains("can read the mailbox passwords"), "{said}");
    for file in [&without, &with] {
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600, "for its owner alone");
    }
    let data = place.path().join("data");
    let said = restore_to(&with, &data).unwrap();
    assert_eq!(fs::metadata(&data).unwrap().permissions().mode() & 0o777, 0o700);
    assert!(!said.contains("no key file"), "{said}");
    assert_eq!(fs::read(data.join(KEY)).unwrap(), key);
}

#[test]
fn a_restore_never_overwrites_and_leaves_nothing_of_a_damaged_backup() {
    let shop = Shop::open();
    let hashes: Vec<Hash> = (1..=25).map(|uid| shop.receive(uid)).collect();
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("backup.tar");
    let (manifest, _) = back_up(shop.data.path(), &file, false);
    assert_eq!((manifest.counts.raw_mails, manifest.counts.ledger, manifest.counts.large_mails), (25, 25, 1));
    assert!(restore_to(&file, shop.data.path()).unwrap_err().to_string().contains("not empty"));
    // One byte of the large mail, which is the last thing in the file.
    let mut bytes = fs::read(&file).unwrap();
    let at = bytes.windows(20).rposition(|w| w == [b'x'; 20]).unwrap();
    bytes[at] = b'y';
    fs::write(&file, &bytes).unwrap();
    let data = place.path().join("data");
    assert!(format!("{:#}", restore_to(&file, &data).unwrap_err()).contains("damaged"));
    assert!(!data.exists());
    // Half a file.
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    assert!(restore_to(&file, &data).is_err() && !data.exists());
    assert_eq!(ledger_hashes(&shop.database), hashes);
}

#[test]
fn a_tar_that_is_no_backup_writes_nothing_outside_the_data_folder() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("evil.tar");
    let mut tar = tar::Builder::new(File::create(&file).unwrap());
    let manifest = Manifest { format: FORMAT, restante: "0".into(), made_at: "2026".into(), with_key: false, counts: Counts::default() };
    append_bytes(&mut tar, MANIFEST, &serde_json::to_vec(&manifest).unwrap(), NOW).unwrap();
    let mut header = header_for(4);
    header.as_gnu_mut().unwrap().name[..10].copy_from_slice(b"../escaped");
    header.set_cksum();
    tar.append(&header, &b"evil"[..]).unwrap();
    tar.into_inner().unwrap().sync_all().unwrap();
    assert!(restore_to(&file, &place.path().join("data")).unwrap_err().to_string().contains("escaped"));
    assert!(!place.path().join("escaped").exists());
}
