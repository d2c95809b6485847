//! P31: migrations are all or nothing, and a downgrade refuses. Databases of every schema there ever was, filled, are
//! brought to the newest and one beyond it; the plug is pulled at the writes in between (12 of them for each, all with
//! `RESTANTE_FULL=1`).

use crate::support::Failing;
use crate::support::failing::{How, places};
use crate::support::restante::{add_owner, try_run};
use restante::database::{RESTANTE_MIGRATIONS, connect_for_writing, migrate, snapshot};
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

const FEW: u64 = 12;
/// A migration that only this test has: a change of shape, a change of every row, and an index.
const BEYOND: &str = "ALTER TABLE customer ADD COLUMN greeting TEXT NOT NULL DEFAULT '';
  UPDATE customer SET greeting = 'Dear ' || name;
  CREATE INDEX customer_greeting ON customer(greeting);";
/// Rows that every schema has had.
const ROWS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
  INSERT INTO customer(name, created_at) SELECT 'Mara ' || i, i FROM n;
  INSERT INTO setting(key, value, changed_at) VALUES ('shop_name', '\"Atelier\"', 1);";
/// Tells the other process which database to migrate.
const DATABASE: &str = "MIGRATED_DATABASE";

#[test]
fn p31_pulling_the_plug_while_migrating_leaves_the_old_schema_or_the_new_one() {
    let place = tempfile::tempdir().unwrap();
    for schema in 1..=RESTANTE_MIGRATIONS.len() {
        let fixture = place.path().join(format!("schema-{schema}.db"));
        make(&fixture, schema);
        let work = place.path().join(format!("work-{schema}"));
        let path = work.join("restante.db");
        let failing = Failing::below(&work);
        put_back(&fixture, &work);
        assert!(failing.run(&mut migration_of(&path), 0, How::Kill).status.success());
        let (count, wanted) = (failing.counted(), rows(&path));
        assert!(count > 10, "only {count} calls were seen");
        assert_eq!((schema_of(&path), wanted.len()), (newest(), 500));
        let mut killed = 0;
        for at in places(count, FEW) {
            put_back(&fixture, &work);
            let output = failing.run(&mut migration_of(&path), at, How::Kill);
            killed += u32::from(!output.status.success());
            let when = format!("schema {schema}, killed at call {at} of {count}");
            assert_eq!(snapshot::complaints(&path).unwrap(), Vec::<String>::new(), "{when}");
            let now = schema_of(&path);
            assert!((schema as i64..=newest()).contains(&now), "{when}: schema {now}");
            assert_eq!(connection(&path).prepare("SELECT greeting FROM customer").is_ok(), now == newest(), "{when}: half of a migration");
            let copies = snapshots(&work);
            assert!(now == schema as i64 || copies.len() == 1, "{when}: changed without a snapshot");
            assert!(migration_of(&path).output().unwrap().status.success(), "{when}: it does not go on");
            assert_eq!((schema_of(&path), rows(&path)), (newest(), wanted.clone()), "{when}");
            let copies = snapshots(&work);
            assert_eq!(copies.len(), 1, "{when}");
            assert_eq!((schema_of(&copies[0]), snapshot::complaints(&copies[0]).unwrap().len()), (schema as i64, 0), "{when}: the snapshot");
            assert_eq!(rows(&copies[0]).len(), 500, "{when}: the snapshot");
        }
        assert!(killed as u64 >= FEW.min(count), "killed {killed} times only");
        println!("schema {schema}: killed at {killed} of {count} calls");
    }
}

/// Runs in a process of its own, started by the test above.
#[test]
#[ignore = "the process that the test above kills"]
fn a_process_migrates() {
    let path = PathBuf::from(std::env::var_os(DATABASE).expect("started by the test above"));
    migrate(&connect_for_writing(&path).unwrap(), &path, &all()).unwrap();
}

#[test]
fn p31_an_older_restante_refuses_a_newer_folder_with_one_line_and_writes_nothing() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    add_owner(&data);
    for name in ["restante.db", "mail.db"] {
        let was = schema_of(&data.join(name));
        connection(&data.join(name)).pragma_update(None, "user_version", 9_999).unwrap();
        let before = files(&data);
        for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["export", "--json"], &["agent", "list"], &["reindex"], &["import", "/nowhere"]] {
            if name == "mail.db" && command[0] == "export" {
                continue; // reads the records alone
            }
            let output = try_run(&data, command, "");
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(!output.status.success() && output.stdout.is_empty(), "{name}, {command:?}");
            assert!(said.contains("newer Restante") && said.trim().lines().count() == 1, "{name}, {command:?}: {said}");
            assert!(files(&data) == before, "{name}, {command:?} wrote something");
        }
        connection(&data.join(name)).pragma_update(None, "user_version", was).unwrap();
    }
}

fn all() -> Vec<&'static str> {
    [RESTANTE_MIGRATIONS, &[BEYOND]].concat()
}

fn newest() -> i64 {
    all().len() as i64
}

/// A database as it was at `schema`, with something in it.
fn make(path: &Path, schema: usize) {
    let connection = connect_for_writing(path).unwrap();
    migrate(&connection, path, &RESTANTE_MIGRATIONS[..1]).unwrap();
    connection.execute_batch(ROWS).unwrap();
    migrate(&connection, path, &RESTANTE_MIGRATIONS[..schema]).unwrap();
}

fn put_back(fixture: &Path, work: &Path) {
    std::fs::remove_dir_all(work).ok();
    std::fs::create_dir(work).unwrap();
    std::fs::copy(fixture, work.join("restante.db")).unwrap();
}

fn migration_of(path: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "promises::p31_migrations::a_process_migrates", "--ignored", "--test-threads=1"]).env(DATABASE, path);
    command
}

fn connection(path: &Path) -> Connection {
    Connection::open(path).unwrap()
}

fn schema_of(path: &Path) -> i64 {
    connection(path).pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

fn rows(path: &Path) -> Vec<String> {
    let connection = connection(path);
    let mut statement = connection.prepare("SELECT * FROM customer ORDER BY id").unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| (0..columns).map(|n| row.get::<_, rusqlite::types::Value>(n)).collect::<Result<Vec<_>, _>>()).unwrap();
    rows.map(|row| format!("{:?}", row.unwrap())).collect()
}

fn snapshots(folder: &Path) -> Vec<PathBuf> {
    files(folder).into_keys().filter(|path| path.to_string_lossy().ends_with(&format!("before-schema-{}.db", newest()))).collect()
}

/// Every file of a folder with its bytes. Whoever reads a database leaves an empty WAL and the index of it behind; neither
/// holds a record.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    crate::borders::source::walk(folder, &mut |path| drop(found.insert(path.to_owned(), std::fs::read(path).unwrap())));
    found.retain(|path, bytes| !(path.to_string_lossy().ends_with("-shm") || path.to_string_lossy().ends_with("-wal") && bytes.is_empty()));
    found
}
