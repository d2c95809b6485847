//! PROMISES P08, P09, P10: one mail that cannot be fetched stops nobody, wrong bytes are never stored, and gaps are found.

use super::fake::{Act, Fake, State};
use super::shop::{Shop, mail};
use crate::account::Outcome;
use std::time::Duration;

/// Windows of 500 mails that were there before us, newest first.
const WINDOWS: [(u32, u32); 3] = [(1, 100), (101, 300), (301, 500)];

#[test]
fn p08_whichever_answer_of_five_hundred_is_left_out_or_garbled_all_mails_come_without_waiting_for_a_comparison() {
    let full = std::env::var_os("RESTANTE_FULL").is_some();
    for uid in (1..=500).step_by(if full { 7 } else { 166 }) {
        let (first, last) = WINDOWS.into_iter().find(|(_, last)| uid <= *last).unwrap();
        for (wrong, connections) in [(format!("(UID {} BODY", uid + 4_000), 1), (format!("(UID {uid} BOGY"), 2)] {
            let fake = Fake::start();
            for n in 0..500 {
                fake.deliver(&mail(n));
            }
            fake.state().fault(&format!("UID FETCH {first}:{last} (UID BODY"), 1, Act::Replace(format!("(UID {uid} BODY"), wrong.clone()));
            let shop = Shop::watching(&fake);
            shop.wait_for_all(&fake);
            assert_eq!(fake.state().faults[0].times, 0, "the fault did not happen");
            assert!(fake.state().connections <= connections, "{wrong}: {} connections", fake.state().connections);
            shop.wait("true counts", |shop| (shop.folder("INBOX").server_count, shop.folder("INBOX").ledger_count) == (Some(500), Some(500)));
        }
    }
}

#[test]
fn p08_a_gap_is_found_by_the_comparison() {
    let fake = Fake::start();
    for n in 0..20 {
        fake.deliver(&mail(n));
    }
    let mut shop = Shop::of(&fake);
    shop.pace.compare = Duration::from_millis(300);
    let shop = shop.open();
    shop.wait_for_all(&fake);
    shop.wait("equal counts", |shop| (shop.folder("INBOX").server_count, shop.folder("INBOX").ledger_count) == (Some(20), Some(20)));
    // A mail appears below the mark, as after a server's repair; and a row is lost, as nobody can explain.
    let uid = shop.db.write(|tx| tx.execute("DELETE FROM ledger WHERE uid = 5", [])).map_err(|e: crate::database::Error| e).unwrap();
    assert_eq!(uid, 1);
    shop.wait_for_rows(20);
    shop.wait("equal counts", |shop| shop.folder("INBOX").ledger_count == Some(20));
    assert_eq!(shop.kept().len(), 20);
}

#[test]
fn p10_a_mail_that_breaks_the_connection_every_time_is_noted_and_passed() {
    for place in [1, 100, 250] {
        let fake = Fake::start();
        for n in 0..250 {
            fake.deliver(&mail(n));
        }
        let poison = format!("(UID {place} BODY[]");
        fake.state().fault("UID FETCH", 1_000, Act::Replace(poison, format!("(UID {place} BODY[[")));
        let shop = Shop::watching(&fake);
        shop.wait_for_rows(250);
        shop.wait("the note", |shop| shop.ledger("INBOX").get(&place).is_some_and(|(outcome, _)| *outcome == Outcome::Unfetched));
        shop.wait("the others", |shop| shop.kept().len() == 249);
        shop.wait("the end of history", |shop| shop.folder("INBOX").history_below == Some(0));
        assert_eq!(shop.health().unfetched, 1);
    }
}

#[test]
fn p10_an_unfetched_mail_is_had_later_or_written_off_when_it_vanishes() {
    let fake = Fake::start();
    for n in 0..4 {
        fake.deliver(&mail(n));
    }
    for set in ["1:4", "1", "2", "3", "4"] {
        fake.state().fault(&format!("UID FETCH {set} (UID BODY"), 1_000, Act::Say("TAG NO damaged on disk\r\n".into()));
    }
    let mut shop = Shop::of(&fake);
    shop.pace.compare = Duration::from_millis(300);
    let shop = shop.open();
    shop.wait("the notes", |shop| shop.health().unfetched == 4);
    fake.state().folders.get_mut("INBOX").unwrap().mails.remove(&3);
    fake.state().faults.clear();
    shop.wait("the mails", |shop| shop.kept().len() == 3);
    shop.wait("the write-off", |shop| shop.ledger("INBOX")[&3].0 == Outcome::Gone);
    shop.wait("equal counts", |shop| shop.folder("INBOX").ledger_count == Some(3) && shop.folder("INBOX").server_count == Some(3));
}

fn expunge_some(state: &mut State) {
    let folder = state.folders.get_mut("INBOX").unwrap();
    let gone: Vec<u32> = folder.mails.keys().copied().filter(|uid| uid % 7 == 3).collect();
    for uid in gone {
        folder.mails.remove(&uid);
    }
}

#[test]
fn p09_mails_expunged_during_the_fetch_never_mix_bodies_and_uids() {
    let fake = Fake::start();
    for n in 0..400 {
        fake.deliver(&mail(n));
    }
    fake.state().fault("UID FETCH 1:200 (UID BODY", 1, Act::Meanwhile(expunge_some));
    let shop = Shop::watching(&fake);
    shop.wait("the end of history", |shop| shop.folder("INBOX").history_below == Some(0));
    let survivors = fake.state().folders["INBOX"].mails.clone();
    let kept = shop.kept();
    for (uid, mail) in survivors {
        assert!(kept.get(&uid) == Some(&mail.bytes), "UID {uid}");
    }
    for (uid, bytes) in kept {
        assert_eq!(bytes, mail(uid as usize - 1));
    }
    assert_eq!(shop.health().unfetched, 0);
}

#[test]
fn p09_a_literal_of_the_wrong_length_never_becomes_a_mail() {
    let fake = Fake::start();
    for n in 0..10 {
        fake.deliver(&mail(n));
    }
    let length = mail(3).len();
    for wrong in [length - 4, length + 9] {
        fake.state().fault("UID FETCH 1:10 (UID BODY", 1, Act::Replace(format!("(UID 4 BODY[] {{{length}}}"), format!("(UID 4 BODY[] {{{wrong}}}")));
    }
    let shop = Shop::watching(&fake);
    shop.wait_for_all(&fake);
}

#[test]
fn a_server_that_lies_about_sizes_is_believed_once_it_serves_the_same_twice() {
    let fake = Fake::start();
    for n in 0..30 {
        fake.deliver(&mail(n));
    }
    fake.state().fault("UID FETCH", 1_000, Act::Replace("RFC822.SIZE ".into(), "RFC822.SIZE 1".into()));
    let shop = Shop::watching(&fake);
    shop.wait_for_all(&fake);
}
