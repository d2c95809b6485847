//! PROMISES P25: a full disk is a pause, not a loss. Mail arrives and is read while the space runs out, at 10 places, and
//! at 100 with `RESTANTE_FULL=1`.

#[path = "../../../tests/support/small_disk.rs"]
mod small_disk;

use super::fake::Fake;
use super::shop::{Shop, account, key, mail, server};
use crate::account::{AfterImport, Source};
use crate::blobs::Hash;
use crate::database::snapshot;
use crate::mailbox::intake::Intake;
use small_disk::SmallDisk;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

const MIB: u64 = 1024 * 1024;
/// What one round of mails needs at most: WAL, database and a file. The places are spread over it.
const ROUND_BYTES: u64 = 800 * 1024;

#[test]
fn p25_a_disk_that_fills_up_at_any_place_loses_nothing_and_mail_goes_on_alone() {
    if !small_disk::inside("mailbox::tests::full_disk::p25_a_disk_that_fills_up_at_any_place_loses_nothing_and_mail_goes_on_alone") {
        return;
    }
    let places = if std::env::var_os("RESTANTE_FULL").is_some() { 100 } else { 10 };
    let disk = SmallDisk::mounted(128 * MIB);
    let fake = Fake::start();
    let mut new = account(Source::Imap(server(&fake)));
    new.after_import = AfterImport::MarkRead;
    let shop = Shop::closed_at(&disk.path, new).open();
    shop.wait("IDLE", |_| fake.state().log.iter().any(|line| line == "IDLE"));
    let intake = Intake { db: shop.db.clone(), blobs: shop.blobs.clone(), key: key() };
    let stop = AtomicBool::new(false);
    let mut full = 0;
    std::thread::scope(|scope| {
        let _stop = StopAtTheEnd(&stop); // also when a round fails
        scope.spawn(|| intake.run(&stop));
        for place in 0..places {
            disk.leave(ROUND_BYTES * place / places);
            full += u32::from(a_round_is_stopped(&shop, &fake, place as usize));
            nothing_is_lost(&shop, &fake);
            disk.leave(64 * MIB);
            everything_arrives(&shop, &fake);
        }
    });
    println!("the disk was full for the watcher at {full} of {places} places");
    assert!(u64::from(full) >= places / 4, "the disk was full at {full} of {places} places only: are they where the writing is?");
}

struct StopAtTheEnd<'a>(&'a AtomicBool);

impl Drop for StopAtTheEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Mails arrive; true when the watcher came back in vain.
fn a_round_is_stopped(shop: &Shop, fake: &Fake, round: usize) -> bool {
    let before = fake.state().connections;
    for n in 0..6 {
        let mut bytes = mail(round * 10 + n);
        if n == 4 {
            bytes.extend(noise(round as u64, 300 * 1024));
        }
        fake.deliver(&bytes);
    }
    let stopped = |fake: &Fake| fake.state().connections >= before + 2;
    shop.wait("a place without room", |shop| stopped(fake) || all_rows(shop, fake));
    stopped(fake)
}

fn all_rows(shop: &Shop, fake: &Fake) -> bool {
    shop.rows() as usize == fake.state().folders["INBOX"].mails.len()
}

/// The bytes behind every row of the ledger, whatever became of the mail.
fn stored(shop: &Shop) -> BTreeMap<u32, Vec<u8>> {
    let rows = shop.db.read(|c| c.all("SELECT uid, raw_hash FROM ledger", [], |r| Ok((r.get::<_, u32>(0)?, r.get::<_, Vec<u8>>(1)?))));
    let rows = rows.map_err(|e: crate::database::Error| e).unwrap();
    rows.into_iter().map(|(uid, hash)| (uid, shop.blobs.get(Hash::from_slice(&hash).unwrap()).unwrap())).collect()
}

/// Both databases are whole, every row of the ledger has its bytes, and no mail is marked on the server without a row.
fn nothing_is_lost(shop: &Shop, fake: &Fake) {
    // In this order: what is marked now was in the ledger before.
    let marked: Vec<u32> = fake.state().folders["INBOX"].mails.iter().filter(|(_, mail)| !mail.flags.is_empty()).map(|(uid, _)| *uid).collect();
    let kept = stored(shop);
    for uid in marked {
        assert!(kept.contains_key(&uid), "UID {uid} is marked on the server and not here");
    }
    for (uid, bytes) in &kept {
        assert_eq!(*bytes, fake.state().folders["INBOX"].mails[uid].bytes, "UID {uid}");
    }
    for name in ["restante.db", "mail.db"] {
        assert_eq!(snapshot::complaints(&shop.db.path().with_file_name(name)).unwrap(), Vec::<String>::new(), "{name}");
    }
}

fn everything_arrives(shop: &Shop, fake: &Fake) {
    shop.wait("every mail is here", |shop| all_rows(shop, fake));
    assert_eq!(stored(shop).len() as i64, shop.rows());
    let count = |outcome: &str| {
        let sql = format!("SELECT count(*) FROM ledger WHERE outcome = '{outcome}'");
        shop.db.read(|c| c.one(&sql, [], |r| r.get::<_, i64>(0))).map_err(|e: crate::database::Error| e).unwrap()
    };
    shop.wait("every mail is read", |_| count("kept") == 0);
    assert_eq!((count("imported"), count("quarantined")), (shop.rows(), 0));
    shop.wait("every mail is marked", |_| fake.state().folders["INBOX"].mails.values().all(|mail| !mail.flags.is_empty()));
}

/// Bytes that nothing can compress, as lines.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        b'!' + (state % 90) as u8
    };
    (0..length).map(|n| if n % 70 == 69 { b'\n' } else { next() }).collect()
}
