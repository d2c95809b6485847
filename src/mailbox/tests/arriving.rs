//! The everyday: history, new mail, several folders, a stop.

use super::fake::{Act, Fake, FakeFolder};
use super::shop::{Shop, account, inbox, mail, server};
use crate::account::{self, Source};
use std::time::{Duration, Instant};

#[test]
fn history_is_read_whole_and_marked_as_history_and_new_mail_is_new() {
    let fake = Fake::start();
    let uids: Vec<u32> = (0..450).map(|n| fake.deliver(&mail(n))).collect();
    let shop = Shop::watching(&fake);
    shop.wait_for_all(&fake);
    shop.wait("the end of history", |shop| shop.folder("INBOX").history_below == Some(0));
    let late = fake.deliver(&mail(1_000));
    shop.wait_for_all(&fake);
    for entry in shop.entries() {
        assert_eq!(entry.history, entry.uid != late, "UID {}", entry.uid);
        assert!(!entry.rescan);
    }
    assert_eq!(shop.rows(), uids.len() as i64 + 1);
    shop.wait("the last mail's time", |shop| shop.health().last_mail_at.is_some());
    assert_eq!(shop.health().failing_since, None);
}

#[test]
fn a_new_mail_arrives_by_idle_within_a_second() {
    let fake = Fake::start();
    let shop = Shop::watching(&fake);
    shop.wait("IDLE", |_| fake.state().log.iter().any(|line| line == "IDLE"));
    let began = Instant::now();
    fake.deliver(&mail(1));
    shop.wait_for_all(&fake);
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
}

#[test]
fn new_mail_does_not_wait_behind_history() {
    let fake = Fake::start();
    for n in 0..1_000 {
        fake.deliver(&mail(n));
    }
    // While the second window of history is fetched, a customer writes.
    fake.state().fault(
        "UID FETCH 801:1000 (UID BODY",
        1,
        Act::Meanwhile(|state| {
            state.deliver("INBOX", b"Subject: urgent\r\n\r\nHelp\r\n");
        }),
    );
    let shop = Shop::watching(&fake);
    shop.wait_for_rows(1_001);
    let rows: Vec<(u32, bool)> = shop
        .db
        .read(|c| c.all("SELECT uid, history FROM ledger ORDER BY id", [], |r| Ok((r.get(0)?, r.get(1)?))))
        .map_err(|e: crate::database::Error| e)
        .unwrap();
    let place = rows.iter().position(|row| *row == (1_001, false)).unwrap();
    assert!(place <= 200, "the new mail came as number {place}");
    assert!(rows[0].0 > rows[rows.len() - 1].0, "history is read from the newest down");
}

#[test]
fn nothing_is_changed_in_the_mailbox_by_reading() {
    let fake = Fake::start();
    fake.deliver(&mail(1));
    let shop = Shop::watching(&fake);
    shop.wait_for_all(&fake);
    let log = fake.state().log.join("\n");
    for word in ["SELECT", "STORE", "EXPUNGE", "MOVE", "COPY", "APPEND", "ENVELOPE", "BODYSTRUCTURE", "BODY["] {
        assert!(!log.contains(word), "{word} in\n{log}");
    }
    assert!(log.contains("BODY.PEEK[]"));
}

#[test]
fn several_folders_are_read_and_a_missing_one_is_said_and_disturbs_nobody() {
    let fake = Fake::start();
    fake.state().folders.insert("Entw&APw-rfe".into(), FakeFolder { uid_validity: 3, uid_next: 1, ..FakeFolder::default() });
    let mut new = account(Source::Imap(server(&fake)));
    new.folders = inbox("Entwürfe");
    new.folders.push(("Missing".into(), account::FolderRole::Inbox));
    let shop = Shop::closed(new).open();
    fake.deliver(&mail(1));
    fake.state().deliver("Entw&APw-rfe", &mail(2));
    shop.wait_for_rows(2);
    assert_eq!(shop.ledger("Entwürfe").len(), 1);
    shop.wait("words about the missing folder", |shop| shop.health().last_error.is_some_and(|words| words.contains("“Missing”")));
    assert!(shop.health().failing_since.is_some());
}

#[test]
fn a_folder_that_the_server_spells_in_eight_bits_is_found() {
    let fake = Fake::start();
    fake.state().folders.insert("Entwürfe".into(), FakeFolder { uid_validity: 3, uid_next: 1, ..FakeFolder::default() });
    fake.state().deliver("Entwürfe", &mail(2));
    let mut new = account(Source::Imap(server(&fake)));
    new.folders = inbox("Entwürfe");
    let shop = Shop::closed(new).open();
    shop.wait_for_rows(1);
    assert_eq!(shop.health().failing_since, None);
}

#[test]
fn a_large_mail_comes_in_pieces() {
    let fake = Fake::start();
    let mut large = b"Subject: large\r\n\r\n".to_vec();
    large.extend((0..9_500_000u32).map(|n| if n % 70 == 69 { b'\n' } else { b'a' + (n / 7 % 26) as u8 }));
    fake.deliver(&mail(1));
    let uid = fake.deliver(&large);
    fake.deliver(&mail(3));
    let shop = Shop::watching(&fake);
    shop.wait_for_rows(3);
    assert!(shop.kept()[&uid] == large);
    assert!(fake.state().log.iter().any(|line| line.contains("BODY.PEEK[]<9437184.")), "asked in pieces");
}

#[test]
fn a_stop_is_prompt_while_idling_and_while_a_server_is_silent() {
    let fake = Fake::start();
    let mut shop = Shop::watching(&fake);
    shop.wait("IDLE", |_| fake.state().log.iter().any(|line| line == "IDLE"));
    let began = Instant::now();
    shop.close();
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    fake.state().fault("CAPABILITY", 100, Act::Silence);
    let mut shop = shop.open();
    std::thread::sleep(Duration::from_millis(300));
    let began = Instant::now();
    shop.close();
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

#[test]
fn a_mailbox_that_is_paused_is_left_alone_and_goes_on_where_it_was() {
    let fake = Fake::start();
    let shop = Shop::watching(&fake);
    shop.wait("IDLE", |_| fake.state().log.iter().any(|line| line == "IDLE"));
    let id = shop.mailbox;
    let pause = |at: Option<i64>| {
        shop.db
            .write(move |tx| {
                let mut account = account::find(tx, id)?.expect("the mailbox is there");
                account.paused_at = at;
                account::update(tx, &account)
            })
            .unwrap()
    };
    pause(Some(1));
    std::thread::sleep(Duration::from_millis(1_600));
    fake.deliver(&mail(1));
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(shop.rows(), 0);
    pause(None);
    shop.wait_for_all(&fake);
}

#[test]
fn mail_older_than_the_chosen_day_stays_on_the_server_and_is_not_missed() {
    let fake = Fake::start();
    for (n, date) in ["01-Jan-2020 10:00:00 +0000", "05-Mar-2024 10:00:00 +0000", "06-Mar-2024 00:10:00 +0000", "07-Nov-2026 10:00:00 +0000"].iter().enumerate()
    {
        let uid = fake.deliver(&mail(n));
        fake.state().folders.get_mut("INBOX").unwrap().mails.get_mut(&uid).unwrap().date = Some((*date).into());
    }
    let mut new = account(Source::Imap(server(&fake)));
    new.history_since = Some("2024-03-06T00:00:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond());
    let mut shop = Shop::closed(new);
    shop.pace.compare = Duration::from_millis(200);
    let shop = shop.open();
    shop.wait_for_rows(2);
    std::thread::sleep(Duration::from_millis(600));
    assert_eq!(shop.kept().keys().copied().collect::<Vec<_>>(), [3, 4]);
    assert_eq!((shop.folder("INBOX").server_count, shop.folder("INBOX").ledger_count), (Some(2), Some(2)));
}

#[test]
fn a_server_that_repeats_itself_is_not_asked_without_end() {
    let fake = Fake::start();
    fake.deliver(&mail(1));
    for on in ["UID SEARCH", "IDLE"] {
        fake.state().fault(on, 1_000_000, Act::SayFirst("* 1 EXISTS\r\n* 1 RECENT\r\n".into()));
    }
    let shop = Shop::watching(&fake);
    shop.wait("IDLE", |_| fake.state().log.iter().any(|line| line == "IDLE"));
    let before = fake.state().log.len();
    std::thread::sleep(Duration::from_millis(500));
    let asked = fake.state().log.split_off(before);
    assert!(asked.len() <= 3, "{asked:?}");
    fake.deliver(&mail(2));
    shop.wait_for_all(&fake);
}

#[test]
fn a_server_without_idle_is_polled() {
    let fake = Fake::start();
    fake.state().capabilities = "IMAP4rev1".into();
    let shop = Shop::watching(&fake);
    shop.wait("the first look", |shop| shop.health().connected_at.is_some());
    fake.deliver(&mail(1));
    shop.wait_for_all(&fake);
    let log = fake.state().log.clone();
    assert!(log.iter().any(|line| line.starts_with("LOGIN")) && !log.iter().any(|line| line == "IDLE"));
}
