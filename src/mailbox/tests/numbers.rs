//! PROMISES P07: a server that renumbers its mail loses and doubles nothing, and it is said.

use super::fake::{Fake, FakeFolder};
use super::shop::{CALM, Shop, mail};

#[test]
fn p07_a_renumbered_folder_is_read_again_as_known_mail() {
    let fake = Fake::start();
    for n in 0..300 {
        fake.deliver(&mail(n));
    }
    let mut shop = Shop::watching(&fake);
    shop.wait("the end of history", |shop| shop.folder("INBOX").history_below == Some(0) && shop.kept().len() == 300);
    shop.close();
    let mut made_anew = FakeFolder { uid_validity: 8, uid_next: 1, ..FakeFolder::default() };
    for mail in fake.state().folders["INBOX"].mails.values() {
        let uid = made_anew.uid_next;
        made_anew.mails.insert(uid, mail.clone());
        made_anew.uid_next += 1;
    }
    fake.state().folders.insert("INBOX".into(), made_anew);
    for n in 300..310 {
        fake.deliver(&mail(n));
    }
    let mut shop = shop.open();
    shop.wait("the end of the second reading", |shop| shop.folder("INBOX").uid_validity == Some(8) && shop.folder("INBOX").history_below == Some(0));
    fake.deliver(&mail(310));
    shop.wait_for_all(&fake);
    assert_eq!(shop.rows(), 300 + 311);
    for entry in shop.entries().iter().filter(|entry| entry.uid_validity == 8) {
        assert_eq!(entry.rescan, entry.uid != 311, "UID {}", entry.uid);
    }
    assert_eq!(shop.blobs.count().unwrap().0, 311, "no mail is stored twice");
    assert!(shop.health().notice.unwrap().contains("renumbered"));
    // Once more: nothing changes.
    shop.close();
    let shop = shop.open();
    fake.deliver(&mail(311));
    shop.wait_for_all(&fake);
    assert_eq!(shop.rows(), 300 + 312);
}

#[test]
fn p07_a_server_without_uidnext_is_read_like_any_other() {
    let fake = Fake::start();
    fake.state().hide_uid_next = true;
    for n in 0..10 {
        fake.deliver(&mail(n));
    }
    let shop = Shop::watching(&fake);
    shop.wait_for_all(&fake);
    let late = fake.deliver(&mail(10));
    shop.wait_for_all(&fake);
    assert!(shop.entries().iter().all(|entry| entry.history == (entry.uid != late)));
}

#[test]
fn p02_whatever_step_a_stop_comes_at_the_ledger_ends_the_same() {
    let _alone = CALM.write().unwrap_or_else(std::sync::PoisonError::into_inner);
    let fake = Fake::start();
    for n in 0..40 {
        fake.deliver(&mail(n));
    }
    for step in ["mailbox.opened", "mailbox.settling", "mailbox.settled", "mailbox.fetched", "mailbox.raw_kept", "mailbox.ledger_committed"] {
        for passes in 0..2 {
            // A panic unwinds the watcher's connection at the step; the next connection goes on from there.
            crate::failpoint::arm(step, passes, crate::failpoint::Action::Panic);
            let shop = Shop::in_trouble(&fake).open();
            shop.wait_for_all(&fake);
            shop.wait("the end of history", |shop| shop.folder("INBOX").history_below == Some(0));
            crate::failpoint::disarm();
            assert_eq!(shop.rows(), 40, "{step} {passes}");
        }
    }
}
