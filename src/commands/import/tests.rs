//! Imports of small piles, and what repeating and breaking does to them.

use super::*;
use crate::account::{AfterImport, Carrier, NewAccount, Passwords, Source};
use crate::conversation::list;
use crate::email::EmailAddress;
use std::fs;

const NOW: Millis = 1_790_000_000_000;

struct Shop {
    data: tempfile::TempDir,
    folder: Folder,
}

impl Shop {
    fn open(addresses: &[&str]) -> Shop {
        let data = tempfile::tempdir().unwrap();
        let folder = Folder::open(data.path()).unwrap();
        for address in addresses {
            let new = NewAccount {
                address: EmailAddress::parse(address).unwrap(),
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
            folder.db.write(move |tx| account::add(tx, &new, NOW)).unwrap();
        }
        Shop { data, folder }
    }

    fn import(&self, path: &Path) -> Counts {
        self.import_reading(path, email::read)
    }

    fn import_reading(&self, path: &Path, reading: Reading) -> Counts {
        let account = choose(&self.folder, None).unwrap();
        import(&self.folder, &account, Mails::at(path).unwrap(), reading, &ProgressBar::hidden(), || NOW).unwrap()
    }

    fn rows(&self, sql: &'static str) -> Vec<String> {
        self.folder.db.read(|c| c.all(sql, [], |r| r.get(0))).unwrap()
    }
}

fn mail(n: usize) -> String {
    format!(
        "From: Customer {n} <c{n}@example.test>\r\nTo: support@atelier.test\r\nSubject: Order AT-{n}\r\nMessage-ID: <m{n}@example.test>\r\nDate: Mon, 14 Sep 2026 10:00:00 +0000\r\n\r\nWhere is order {n}?\r\n"
    )
}

fn pile(count: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for n in 0..count {
        fs::write(folder.path().join(format!("{n:05}.eml")), mail(n)).unwrap();
    }
    folder
}

#[test]
fn every_mail_of_a_folder_is_filed_and_repeating_changes_nothing() {
    const MAILS: usize = 450; // more than two batches
    let shop = Shop::open(&["support@atelier.test"]);
    let pile = pile(MAILS);
    assert_eq!(shop.import(pile.path()), Counts { imported: MAILS as u64, ..Counts::default() });
    let everything =
        "SELECT group_concat(id || outcome || coalesce(message_id, '')) FROM ledger UNION ALL SELECT group_concat(id || subject || status) FROM conversation
        UNION ALL SELECT group_concat(id || high_water) FROM folder";
    let before = shop.rows(everything);
    assert_eq!(shop.import(pile.path()), Counts { duplicates: MAILS as u64, ..Counts::default() });
    assert_eq!(shop.rows(everything), before);
    let uids = shop.rows("SELECT count(DISTINCT uid) || ' ' || min(uid) || ' ' || max(uid) FROM ledger");
    assert_eq!(uids, [format!("{MAILS} 1 {MAILS}")]);
    let subjects = shop.rows("SELECT subject FROM conversation ORDER BY id");
    assert!(subjects.iter().enumerate().all(|(n, s)| *s == format!("Order AT-{n}")), "filed in the order of the pile");
}

#[test]
fn a_mail_that_cannot_be_read_is_quarantined_once_and_the_import_goes_on() {
    let shop = Shop::open(&["support@atelier.test"]);
    let pile = pile(30);
    let counts = shop.import_reading(pile.path(), |raw| {
        assert!(!raw.windows(11).any(|w| w == b"Order AT-7\r"), "a fault in a parser");
        email::read(raw)
    });
    assert_eq!((counts.imported, counts.quarantined), (29, 1));
    assert_eq!(shop.rows("SELECT reason FROM ledger WHERE outcome = 'quarantined'").len(), 1);
    let again = shop.import(pile.path());
    assert_eq!((again.duplicates, again.quarantined, again.filed()), (30, 0, 0));
    assert_eq!(shop.folder.db.read(|c| list::counts(c, crate::id::AgentId(0), None)).unwrap().quarantine, 1);
}

#[test]
fn an_archive_of_both_sides_becomes_conversations_with_both_sides() {
    let shop = Shop::open(&["support@atelier.test"]);
    let folder = tempfile::tempdir().unwrap();
    let mbox = folder.path().join("archive.mbox");
    let answer = "From: Atelier Nord <Support@atelier.test>\nTo: c0@example.test\nSubject: Re: Order AT-0\nMessage-ID: <a0@atelier.test>\nIn-Reply-To: <m0@example.test>\nDate: Mon, 14 Sep 2026 11:00:00 +0000\n\nTomorrow.\n";
    let forged = answer.replace("<a0@", "<forged@").replace("To: c0@", "Delivered-To: support@atelier.test\nTo: c1@");
    let separator = "From c0@example.test Mon Sep 14 10:00:00 2026\n";
    fs::write(&mbox, format!("{separator}{}\n{separator}{answer}\n{separator}{forged}\n", mail(0).replace("\r\n", "\n"))).unwrap();
    assert_eq!(shop.import(&mbox).imported, 3);
    assert_eq!(
        shop.rows("SELECT direction || ' ' || conversation_id FROM message ORDER BY id"),
        ["inbound 1", "reply 1", "inbound 2"],
        "an answer of ours is a reply; a mail that was delivered to us under our name is not"
    );
    assert_eq!(shop.rows("SELECT name FROM folder ORDER BY id"), ["INBOX", "(import)/inbox", "(import)/sent"]);
    assert_eq!(shop.folder.db.read(|c| account::folders(c, crate::id::MailboxId(1))).unwrap().len(), 1, "no watcher sees the folders of an import");
}

#[test]
fn an_import_without_a_clear_mailbox_says_what_to_do() {
    let complaint = |shop: &Shop, mailbox| choose(&shop.folder, mailbox).unwrap_err().to_string();
    assert!(complaint(&Shop::open(&[]), None).contains("restante mailbox add"));
    let two = Shop::open(&["a@atelier.test", "b@atelier.test"]);
    assert!(complaint(&two, None).contains("--mailbox"));
    assert!(complaint(&two, Some("c@atelier.test")).contains("a@atelier.test, b@atelier.test"));
    assert_eq!(choose(&two.folder, Some("B@atelier.test")).unwrap().address.as_str(), "b@atelier.test");
}

#[test]
fn an_import_beside_a_running_server_is_refused_in_words() {
    let shop = Shop::open(&["support@atelier.test"]);
    let _served = shop.folder.lock().unwrap();
    let refused = run(pile(1).path(), None, shop.data.path(), &mut Vec::new()).unwrap_err().to_string();
    assert!(refused.contains("stop it first"), "{refused}");
}
