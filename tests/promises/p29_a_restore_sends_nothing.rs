//! P29: a shop is written into one file and set up again elsewhere, with nothing but the binary. The shop is the demo's.

use crate::support::restante::{Restante, run};
use crate::support::{Demo, Visitor, within};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn export(data: &Path) -> Vec<Value> {
    run(data, &["export", "--json"], "").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The password still opens the door; what was there before and what came since is found.
fn signs_in_and_finds(shop: &Restante, email: &str, password: &str, before: &[Value]) {
    let owner = Visitor::sign_in(shop.port, email, password);
    let finds = |words: &str, what: &str| {
        let page = owner.get(&format!("/search?q={words}"));
        assert_eq!(page.status, 200);
        (page.html.contains(what)).then_some(())
    };
    within(Duration::from_secs(20), "a search finds what came since", || finds("heliotrope", "Since the backup"));
    let subject = before.iter().filter_map(|c| c["subject"].as_str()).find(|s| s.split(' ').all(|word| word.bytes().all(|b| b.is_ascii_alphabetic()))).unwrap();
    within(Duration::from_secs(20), "a search finds what was there", || finds(&format!("subject:{}", subject.split(' ').next_back().unwrap()), subject));
}

fn records(data: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(data.join("restante.db")).unwrap();
    connection.busy_timeout(Duration::from_secs(5)).unwrap();
    connection
}

#[test]
fn p29_a_restored_shop_has_everything_sends_nothing_and_takes_no_mail_twice() {
    let place = tempfile::tempdir().unwrap();
    let (data, restored, file) = (place.path().join("shop"), place.path().join("restored"), place.path().join("backup.tar"));
    let demo = Demo::start(&data);
    let outgoing = PathBuf::from(demo.said("replies appear in"));
    let (email, password) = (demo.said("sign in with"), demo.said("password"));
    demo.stop();
    // A letter waits in the outbox when the backup is made; it would be due long since.
    records(&data)
        .execute_batch(
            "INSERT INTO outbox(message_id, mailbox_id, raw_hash, envelope_from, state, due_at, created_at)
               SELECT id, mailbox_id, raw_hash, 'support@atelier.test', 'queued', 1, 1 FROM message WHERE direction = 'reply' AND raw_hash IS NOT NULL LIMIT 1;
             INSERT INTO outbox_recipient(outbox_id, address) SELECT id, 'mara.okafor@example.test' FROM outbox;",
        )
        .unwrap();
    let before = export(&data);
    let had: i64 = records(&data).query_row("SELECT count(*) FROM message", [], |r| r.get(0)).unwrap();
    let said = run(&data, &["backup", file.to_str().unwrap()], "");
    assert!(said.contains("Without the key file"), "{said}");
    run(&restored, &["restore", file.to_str().unwrap()], "");
    assert_eq!(export(&restored), before, "the restored shop is another one");
    // Mail goes on arriving in the mailbox after the backup.
    let late = "From: Mara <mara@example.test>\r\nTo: <support@atelier.test>\r\nSubject: Since the backup\r\nMessage-ID: <p29@example.test>\r\n\r\nAbout the heliotrope frame.\r\n";
    std::fs::write(data.join("mail/inbox/since-the-backup.eml"), late).unwrap();

    let shop = Restante::serve(&restored);
    let compared =
        |at: &rusqlite::Connection| at.query_row("SELECT count(*) FROM folder WHERE server_count = ledger_count", [], |r| r.get::<_, i64>(0)).unwrap();
    let records = records(&restored);
    within(Duration::from_secs(20), "the folders compared", || (compared(&records) == 2).then_some(()));
    let count = |sql: &str| records.query_row(sql, [], |r| r.get::<_, i64>(0)).unwrap();
    within(Duration::from_secs(20), "mail since the backup", || {
        (count("SELECT count(*) FROM message WHERE identifier = 'p29@example.test'") == 1).then_some(())
    });
    assert_eq!(export(&restored).len(), before.len() + 1, "the mail in the folder is known");
    assert_eq!(count("SELECT count(*) FROM message"), had + 1, "a mail was taken twice");
    signs_in_and_finds(&shop, &email, &password, &before);
    let state = || records.query_row("SELECT state FROM outbox", [], |r| r.get::<_, String>(0)).unwrap();
    let sent = || std::fs::read_dir(&outgoing).unwrap().count();
    assert_eq!((state().as_str(), sent()), ("queued", 0), "nothing leaves a restored shop by itself");
    shop.stop();
    records.execute("DELETE FROM setting WHERE key = 'outbox_paused'", []).unwrap();
    let shop = Restante::serve(&restored);
    within(Duration::from_secs(20), "the letter leaves when its owner wants it to", || (sent() == 1).then_some(()));
    within(Duration::from_secs(5), "and is accepted", || (state() == "accepted").then_some(()));
    shop.stop();
}
