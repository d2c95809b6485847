//! Windows of history are kept while the next are fetched: in order, none after one that failed, none after a stop.

use super::fake::{Act, Fake};
use super::shop::{Shop, mail};
use crate::account::{self, Mark};
use crate::database;
use crate::mailbox::fetch::Facts;
use crate::mailbox::keep::{Batch, Origin};
use crate::mailbox::keeper::Keeper;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

/// So many mails of history, 200 of which are a window.
fn history(mails: usize) -> Fake {
    let fake = Fake::start();
    for n in 0..mails {
        fake.deliver(&mail(n));
    }
    fake
}

fn run(shop: &Shop, sql: &'static str) {
    shop.db.write(move |tx| tx.batch(sql)).unwrap();
}

/// Holds the one writer until the answer is dropped.
fn hold_writer(shop: &Shop) -> Sender<()> {
    let (release, released) = channel::<()>();
    let (held, holding) = channel();
    let db = shop.db.clone();
    std::thread::spawn(move || {
        db.write(move |_| {
            held.send(()).unwrap();
            released.recv().ok();
            Ok::<_, database::Error>(())
        })
    });
    holding.recv().unwrap();
    release
}

/// One mail under this number, and the mark that goes with it.
fn batch(shop: &Shop, uid: u32) -> Batch {
    let mut batch = Batch::of(&shop.folder("INBOX"), 7, Origin::History);
    batch.facts.push(Facts { uid, ..Facts::default() });
    batch.singles.insert(uid, mail(uid as usize));
    batch.mark = Some(Mark { uid_validity: 7, high_water: 1_000, history_below: Some(uid) });
    batch
}

fn keeper(shop: &Shop) -> Keeper {
    Keeper::start(shop.db.clone(), shop.blobs.clone(), Arc::new(|| ())).unwrap()
}

#[test]
fn a_window_is_handed_over_before_the_one_before_it_is_durable() {
    let shop = Shop::of(&Fake::start());
    let keeper = keeper(&shop);
    let release = hold_writer(&shop);
    assert!(keeper.hand_over(batch(&shop, 9)) && keeper.hand_over(batch(&shop, 8)));
    assert_eq!((shop.rows(), shop.folder("INBOX").history_below), (0, None));
    drop(release);
    let outcome = keeper.finish();
    assert!(outcome.progressed && outcome.trouble.is_none());
    assert_eq!((shop.rows(), shop.folder("INBOX").history_below), (2, Some(8)));
}

#[test]
fn after_a_window_that_could_not_be_kept_none_is() {
    let shop = Shop::of(&Fake::start());
    run(&shop, "CREATE TRIGGER full BEFORE INSERT ON ledger WHEN NEW.uid = 8 BEGIN SELECT RAISE(ABORT, 'no room'); END");
    let keeper = keeper(&shop);
    let release = hold_writer(&shop);
    assert!(keeper.hand_over(batch(&shop, 9)) && keeper.hand_over(batch(&shop, 8)));
    drop(release);
    keeper.hand_over(batch(&shop, 7)); // too late or too early to be refused, but never kept
    let outcome = keeper.finish();
    assert!(outcome.progressed && outcome.trouble.unwrap().words.contains("no room"));
    assert_eq!((shop.rows(), shop.folder("INBOX").history_below), (1, Some(9)));
}

#[test]
fn a_commit_that_fails_stops_the_fetching_and_is_made_up_for() {
    let fake = history(1_400);
    let mut shop = Shop::of(&fake);
    run(&shop, "CREATE TRIGGER full BEFORE INSERT ON ledger WHEN NEW.uid = 850 BEGIN SELECT RAISE(ABORT, 'no room'); END");
    shop = shop.open();
    shop.wait("the words", |shop| shop.health().last_error.is_some_and(|words| words.contains("no room")));
    assert_eq!((shop.rows(), shop.folder("INBOX").history_below), (400, Some(1_001)));
    // One window waited behind the one that failed, one may have been in hand.
    assert!(!fake.state().log.iter().any(|line| line.starts_with("UID FETCH 201:400")), "fetching went on");
    run(&shop, "DROP TRIGGER full");
    shop.wait_for_all(&fake);
    shop.wait("the end of history", |shop| shop.folder("INBOX").history_below == Some(0));
    assert_eq!(shop.rows(), 1_400);
}

#[test]
fn the_mark_moves_in_order_and_never_ahead_of_the_mails() {
    let fake = history(1_000);
    let shop = Shop::of(&fake);
    run(
        &shop,
        "CREATE TABLE trespass (below INTEGER);
         CREATE TRIGGER watch AFTER UPDATE OF history_below ON folder WHEN NEW.history_below > 0 AND OLD.history_below IS NOT NULL
           AND ((SELECT count(*) FROM ledger WHERE uid BETWEEN NEW.history_below AND 1000) <> 1001 - NEW.history_below OR NEW.history_below > OLD.history_below)
           BEGIN INSERT INTO trespass VALUES (NEW.history_below); END",
    );
    // New mail that comes in between moves the other end of the mark.
    let arrive = Act::Meanwhile(|state| {
        state.deliver("INBOX", b"Subject: urgent\r\n\r\nHelp\r\n");
    });
    fake.state().fault("UID FETCH 601:800 (UID BODY", 1, arrive.clone());
    fake.state().fault("UID FETCH 201:400 (UID BODY", 1, arrive);
    let shop = shop.open();
    shop.wait_for_rows(1_002);
    shop.wait("the end of history", |shop| shop.folder("INBOX").history_below == Some(0));
    let trespasses: Vec<i64> = shop.db.read(|c| c.all("SELECT below FROM trespass", [], |r| r.get(0))).map_err(|e: database::Error| e).unwrap();
    assert_eq!(trespasses, [0; 0]);
    assert_eq!(shop.folder("INBOX").high_water, 1_002);
}

#[test]
fn a_stop_between_two_windows_keeps_what_was_handed_over_and_goes_on_there() {
    let fake = history(1_000);
    fake.state().fault("UID FETCH 401:600 (UID BODY", 1, Act::Silence);
    let mut shop = Shop::of(&fake);
    shop.pace.silence = std::time::Duration::from_secs(60);
    let mut shop = shop.open();
    shop.wait("the third window", |_| fake.state().log.iter().any(|line| line.starts_with("UID FETCH 401:600 (UID BODY")));
    shop.close();
    assert_eq!((shop.rows(), shop.folder("INBOX").history_below), (400, Some(601)));
    let known: Vec<account::Seen> = shop.db.read(|c| account::known(c, shop.folder("INBOX").id, 7)).unwrap();
    assert_eq!(known.first().map(|seen| seen.uid), Some(601));
    let asked = fake.state().log.len();
    let shop = shop.open();
    shop.wait_for_all(&fake);
    let again = fake.state().log.split_off(asked);
    assert!(!again.iter().any(|line| line.contains("601:800") || line.contains("801:1000")), "{again:?}");
    assert_eq!(shop.rows(), 1_000);
}
