//! P25, as people see it: with little room no mail is fetched and the screen says why; with none, whatever is typed is
//! either saved or shown again; with room again all goes on alone. What the watcher does while the space runs out is
//! told in `src/mailbox/tests/full_disk.rs`.

use crate::support::{Demo, SmallDisk, Visitor, eventually, small_disk, within};
use std::path::Path;
use std::time::Duration;

const MIB: u64 = 1024 * 1024;
/// More room than a form needs; the places are spread over it.
const FORM_BYTES: u64 = 100 * 1024;

#[test]
fn p25_a_full_disk_is_said_and_nothing_is_falsely_saved() {
    if !small_disk::inside("promises::p25_a_full_disk_is_a_pause::p25_a_full_disk_is_said_and_nothing_is_falsely_saved") {
        return;
    }
    let places = if std::env::var_os("RESTANTE_FULL").is_some() { 100 } else { 8 };
    let disk = SmallDisk::mounted(2048 * MIB);
    let data = disk.path.join("shop");
    let demo = Demo::start(&data);
    let owner = demo.owner();
    fetching_pauses(&disk, &owner, &data);
    let mut refused = 0;
    for place in 0..places {
        let words = format!("an answer at place {place} of many");
        for (write, kind) in [("reply", "replies"), ("note", "notes"), ("reply", "drafts")] {
            disk.leave(600 * MIB);
            let mut form = owner.get(&format!("/conversations/1?view=inbox&write={write}")).form_with("name=\"text\"");
            form.action = format!("/conversations/1/{kind}");
            form.set("text", &format!("{words} as {kind}"));
            form.set("then", "open");
            form.set("anyway", "1");
            disk.leave(FORM_BYTES * place / places);
            refused += u32::from(!is_saved_or_shown(&owner, &data, &form, &format!("{words} as {kind}"), kind));
            assert_eq!(owner.get("/inbox").status, 200, "a full disk can be looked at");
        }
    }
    assert!(refused >= 3, "the disk was never full when something was typed");
    disk.leave(1024 * MIB);
    let waiting = "SELECT count(*) FROM outbox WHERE state <> 'accepted'";
    within(Duration::from_secs(120), "what was saved is sent", || (number(&data, waiting) == 0).then_some(()));
    whole(&data);
    demo.stop();
    whole(&data);
    println!("{refused} of {} forms met a full disk", 3 * places);
}

/// Below the floor nothing is fetched and everybody is told; above it the mail comes by itself.
fn fetching_pauses(disk: &SmallDisk, owner: &Visitor, data: &Path) {
    disk.leave(400 * MIB);
    let mail = "From: Mara <mara@example.test>\r\nTo: <support@atelier.test>\r\nSubject: Later\r\nMessage-ID: <p25@example.test>\r\n\r\nLater\r\n";
    std::fs::write(data.join("mail/inbox/later.eml"), mail).unwrap();
    let health = eventually("the health page says it", || Some(owner.look("/healthz")).filter(|page| page.status == 503));
    assert!(health.html.contains("the disk is nearly full"), "{}", health.html);
    assert!(owner.get("/inbox").html.contains("no mail is fetched until there is space"), "no banner");
    let noted = "SELECT count(*) FROM mailbox WHERE last_error LIKE '%disk is nearly full%'";
    eventually("the watcher pauses", || (number(data, noted) == 1).then_some(()));
    let arrived = "SELECT count(*) FROM message WHERE identifier = 'p25@example.test'";
    assert_eq!(number(data, arrived), 0, "mail was fetched although the disk is nearly full");
    disk.leave(1024 * MIB);
    eventually("the mail comes by itself", || (number(data, arrived) == 1).then_some(()));
}

/// Sends the form: either it says it was done, and it was; or it says that the disk is full, shows what was typed, and
/// nothing was done. True for the first.
fn is_saved_or_shown(owner: &Visitor, data: &Path, form: &crate::support::visitor::Form, words: &str, kind: &str) -> bool {
    let answer = owner.submit(form);
    let place = match kind {
        "drafts" => format!("SELECT count(*) FROM draft WHERE text = '{words}'"),
        _ => format!("SELECT count(*) FROM message_text WHERE new_text LIKE '{words}%'"),
    };
    assert!(answer.html.contains(words), "{kind}: what was typed is not shown: {} {}", answer.status, answer.html);
    match answer.status {
        200 => assert_eq!(number(data, &place), 1, "{kind}: falsely saved: {words}"),
        507 => {
            assert!(answer.html.contains("The disk is full"), "{}", answer.html);
            assert_eq!(number(data, &place), 0, "{kind}: saved and refused: {words}");
        }
        status => panic!("{kind}: {status} {}", answer.html),
    }
    answer.status == 200
}

fn number(data: &Path, sql: &str) -> i64 {
    let connection = rusqlite::Connection::open_with_flags(data.join("restante.db"), rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    connection.busy_timeout(Duration::from_secs(5)).unwrap();
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

fn whole(data: &Path) {
    for name in ["restante.db", "mail.db"] {
        assert_eq!(restante::database::snapshot::complaints(&data.join(name)).unwrap(), Vec::<String>::new(), "{name}");
    }
}
