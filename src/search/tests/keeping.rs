use super::shop::{DAY, Mail, NOON, Shop, mail, open, receive};
use crate::search::run_indexer;
use crate::setting;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

fn queued(shop: &Shop) -> i64 {
    shop.db.read(|c| c.one("SELECT count(*) FROM index_queue", [], |r| r.get(0))).map_err(|e: crate::database::Error| e).unwrap()
}

#[test]
fn the_indexing_thread_keeps_up_and_empties_the_queue() {
    let shop = Shop::new();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| run_indexer(&shop.index, &shop.db, &stop));
        let deadline = Instant::now() + Duration::from_secs(20);
        for word in ["umbrella", "giraffe", "volcano"] {
            let (id, _) = shop.receive(&mail(word, "text"));
            while shop.ids(word) != [id.0] {
                assert!(Instant::now() < deadline, "{word} was not found");
                std::thread::yield_now();
            }
        }
        stop.store(true, Ordering::Relaxed);
        shop.db.ticks().advance();
    });
    assert_eq!(queued(&shop), 0);
}

#[test]
fn a_start_goes_on_where_the_last_one_ended() {
    let mut shop = Shop::new();
    shop.receive(&mail("First", "one"));
    assert_eq!(shop.catch_up(), 1);
    shop.receive(&mail("Second", "two"));
    shop.reopen();
    assert_eq!(shop.index.progress(), None);
    assert_eq!(shop.catch_up(), 1, "only what is new");
    assert_eq!(shop.ids("first").len() + shop.ids("second").len(), 2);
    assert_eq!(shop.catch_up(), 0);
}

#[test]
fn a_queue_that_is_read_twice_changes_nothing() {
    let mut shop = Shop::new();
    let (_, message) = shop.receive(&mail("First", "one"));
    shop.catch_up();
    shop.write(move |tx| crate::conversation::message::queue_for_index(tx, message));
    shop.catch_up();
    shop.reopen();
    assert_eq!((shop.index.progress(), shop.ids("first").len()), (None, 1));
    shop.write(move |tx| {
        tx.execute("DELETE FROM message WHERE id = ?1", [message])?;
        crate::conversation::message::queue_for_index(tx, message)
    });
    shop.reopen();
    assert_eq!(shop.index.progress(), None, "a message erased while nobody looked is no damage");
    shop.catch_up();
    assert!(shop.ids("first").is_empty());
}

#[test]
fn an_interrupted_rebuild_goes_on_while_new_mail_comes() {
    let mut shop = Shop::new();
    let mailbox = shop.mailbox;
    shop.write(move |tx| {
        for n in 0..12_000 {
            receive(tx, mailbox, None, &Mail { at: NOON - n * DAY / 1000, language: None, ..mail(&format!("Subject {n}"), "") })?;
        }
        Ok(())
    });
    shop.index.rebuild(&shop.db).unwrap();
    assert_eq!(shop.index.progress().unwrap(), "rebuilding: 0 of 12,000");
    assert_eq!(shop.index.work(&shop.db).unwrap(), Some(5_000));
    assert_eq!(shop.index.progress().unwrap(), "rebuilding: 5,000 of 12,000");
    let (new, _) = shop.receive(&mail("Umbrella", ""));
    let old = shop.write(|tx| {
        let old = crate::id::MessageKey(7);
        crate::conversation::message::queue_for_index(tx, old)?;
        Ok(old)
    });
    shop.reopen();
    assert_eq!(shop.index.progress().unwrap(), "rebuilding: 5,001 of 12,001");
    assert!(shop.search("subject").progress.is_some());
    shop.index.work(&shop.db).unwrap();
    assert_eq!(shop.ids("umbrella"), [new.0], "new mail does not wait for old");
    shop.catch_up();
    assert_eq!(shop.index.progress(), None);
    assert_eq!(shop.ids("\"subject 6\""), [old.0], "once, though it was queued too");
    shop.reopen();
    assert_eq!(shop.index.progress(), None);
    assert!(!shop.folder.path().join("index.aside").exists());
}

#[test]
fn an_index_of_another_life_is_not_believed() {
    let mut shop = Shop::new();
    let (_, message) = shop.receive(&mail("First", "one"));
    shop.catch_up();
    shop.write(|tx| setting::set(tx, setting::GENERATION, &"after the restore", None, NOON));
    shop.reopen();
    assert!(shop.index.progress().is_some(), "another generation");
    shop.catch_up();
    shop.reopen();
    assert_eq!(shop.index.progress(), None);
    let ahead = shop.folder.path().join("ahead.db");
    let copy = crate::database::connect_for_writing(shop.db.path()).unwrap();
    copy.execute("VACUUM INTO ?1", [ahead.to_string_lossy()]).unwrap();
    shop.receive(&mail("Second", "two"));
    shop.catch_up();
    shop.index.close(&shop.db);
    let restored = crate::database::Database::open(&ahead).unwrap();
    let index = open(&shop.index_folder(), &restored);
    assert!(index.progress().is_some(), "the index is ahead of the database");
    drop(index);
    shop.index = open(&shop.index_folder(), &shop.db);
    shop.catch_up();
    shop.write(move |tx| tx.execute("INSERT INTO message(conversation_id, mailbox_id, direction, arrived_at, created_at) SELECT conversation_id, mailbox_id, 'note', 0, 0 FROM message WHERE id = ?1", [message]));
    shop.write(|tx| tx.execute("UPDATE sqlite_sequence SET seq = seq + 5 WHERE name = 'index_queue'", []));
    shop.reopen();
    assert!(shop.index.progress().is_some(), "changes are missing from the queue");
}
