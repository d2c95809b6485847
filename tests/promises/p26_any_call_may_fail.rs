//! P26: any failing call to the operating system is survived. Each write, sync, truncation, rename and opening below the
//! data folder fails in turn while mail is imported and while a backup is made: 25 of them on every run, all of them
//! with `RESTANTE_FULL=1`.

use crate::support::Failing;
use crate::support::failing::{How, places};
use crate::support::restante::{add_mailbox, add_owner, command, run};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

const MAILS: usize = 10;
const FEW: u64 = 25;

#[test]
fn p26_an_import_survives_any_failing_call() {
    let place = tempfile::tempdir().unwrap();
    let (mails, shop, data) = (place.path().join("mails"), place.path().join("shop"), place.path().join("data"));
    write_mails(&mails);
    open_shop(&shop);
    let failing = Failing::below(&data);
    let import = || {
        let mut import = command(&data);
        import.arg("import").arg(&mails);
        import
    };
    copy(&shop, &data);
    assert!(failing.run(&mut import(), 0, How::Error).status.success());
    let (count, wanted) = (failing.counted(), dump(&data));
    assert!(count > 50, "only {count} calls were seen: is the library loaded?");
    assert_eq!(wanted.iter().filter(|line| line.starts_with("message")).count(), MAILS, "{wanted:#?}");
    let mut refused = 0;
    let all = places(count, FEW);
    for at in &all {
        copy(&shop, &data);
        let output = failing.run(&mut import(), *at, How::Error);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!said.contains("panicked"), "call {at} of {count}: {said}");
        whole(&data, &format!("call {at} of {count}"));
        refused += u32::from(!output.status.success());
        if output.status.success() {
            assert_eq!(dump(&data), wanted, "call {at} of {count} failed, and all was said to be well: {said}");
        } else {
            assert!(!said.trim().is_empty(), "call {at} of {count}: no word of why");
        }
        run(&data, &["import", mails.to_str().unwrap()], "");
        assert_eq!(dump(&data), wanted, "a second run after call {at} of {count}");
        whole(&data, &format!("a second run after call {at} of {count}"));
    }
    assert!(refused > 0, "no failing call was ever noticed");
    println!("{} of {count} calls failed, {refused} imports were refused", all.len() - 1);
}

#[test]
fn p26_a_backup_survives_any_failing_call() {
    let place = tempfile::tempdir().unwrap();
    let (mails, data, out) = (place.path().join("mails"), place.path().join("data"), place.path().join("out"));
    write_mails(&mails);
    open_shop(&data);
    run(&data, &["import", mails.to_str().unwrap()], "");
    let wanted = dump(&data);
    let file = out.join("backup.tar");
    let failing = Failing::below(&out);
    let backup = || {
        std::fs::remove_dir_all(&out).ok();
        std::fs::create_dir(&out).unwrap();
        let mut backup = command(&data);
        backup.arg("backup").arg(&file);
        backup
    };
    assert!(failing.run(&mut backup(), 0, How::Error).status.success());
    let count = failing.counted();
    assert!(count > 10, "only {count} calls were seen");
    for at in places(count, FEW / 2) {
        let output = failing.run(&mut backup(), at, How::Error);
        assert!(output.status.success() || !output.stderr.is_empty(), "call {at} of {count}: no word of why");
        assert!(file.exists() || !output.status.success(), "call {at} of {count}: falsely saved");
        // Refused after it had its name (its folder could not be synced), it is whole all the same.
        if file.exists() {
            let restored = out.join("restored");
            run(&restored, &["restore", file.to_str().unwrap()], "");
            assert_eq!(dump(&restored), wanted, "call {at} of {count}");
        }
        let left: Vec<_> = std::fs::read_dir(&out).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).filter(|n| n.contains(".part")).collect();
        assert_eq!(left, Vec::<String>::new(), "call {at} of {count}");
    }
    assert_eq!(dump(&data), wanted);
}

fn open_shop(data: &Path) {
    add_owner(data);
    add_mailbox(data, "support@shop.test", "imap://support@127.0.0.1:9", "smtp://support@127.0.0.1:9", &[]);
}

/// A question, answers to it, the same bytes twice, a large one that becomes a file.
fn write_mails(folder: &Path) {
    std::fs::create_dir(folder).unwrap();
    for n in 0..MAILS {
        let reply = if n % 3 == 2 { format!("In-Reply-To: <{}@p26>\r\n", n - 1) } else { String::new() };
        let text = if n == 4 { "A long letter. ".repeat(30_000) } else { format!("Letter number {n}") };
        let mail = format!("From: Mara <mara@example.test>\r\nTo: <support@shop.test>\r\nSubject: Low Tide\r\nMessage-ID: <{n}@p26>\r\n{reply}\r\n{text}\r\n");
        std::fs::write(folder.join(format!("{n:02}.eml")), &mail).unwrap();
        if n == 7 {
            std::fs::write(folder.join("07-again.eml"), &mail).unwrap();
        }
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::remove_dir_all(to).ok();
    std::fs::create_dir(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// Both databases are whole, and every raw mail that a record names is there.
fn whole(data: &Path, when: &str) {
    for name in ["restante.db", "mail.db"] {
        assert_eq!(restante::database::snapshot::complaints(&data.join(name)).unwrap(), Vec::<String>::new(), "{name}: {when}");
    }
    let blobs = restante::blobs::Blobs::open(data).unwrap();
    let records = open(data);
    let mut named =
        records.prepare("SELECT raw_hash FROM ledger WHERE raw_hash IS NOT NULL UNION SELECT raw_hash FROM message WHERE raw_hash IS NOT NULL").unwrap();
    let hashes: Vec<Vec<u8>> = named.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    for hash in hashes {
        let hash = restante::blobs::Hash::from_slice(&hash).unwrap();
        blobs.get(hash).unwrap_or_else(|e| panic!("{e}: {when}"));
    }
}

fn open(data: &Path) -> Connection {
    Connection::open_with_flags(data.join("restante.db"), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap()
}

/// What is remembered, without row numbers and moments.
fn dump(data: &Path) -> Vec<String> {
    let queries = [
        "SELECT 'message ' || identifier || ' ' || hex(raw_hash) || ' ' || json_extract(placement, '$.because')
           || ' with ' || (SELECT count(*) FROM message AS other WHERE other.conversation_id = message.conversation_id) FROM message",
        "SELECT 'ledger ' || outcome || ' ' || hex(raw_hash) FROM ledger WHERE outcome <> 'duplicate'",
        "SELECT 'conversation ' || status || ' ' || subject || ' ' || message_count || ' ' || preview FROM conversation WHERE merged_into IS NULL",
        "SELECT 'tally ' || status || ' ' || n FROM tally WHERE n > 0",
        "SELECT 'customer ' || name FROM customer",
    ];
    let connection = open(data);
    let mut lines = Vec::new();
    for query in queries {
        let mut statement = connection.prepare(query).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, Option<String>>(0)).unwrap();
        lines.extend(rows.map(|row| row.unwrap().unwrap_or_default()));
    }
    lines.sort();
    lines
}
