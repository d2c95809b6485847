use super::*;

fn fresh() -> (tempfile::TempDir, Database) {
    let folder = tempfile::tempdir().unwrap();
    let db = Database::open(&folder.path().join("restante.db")).unwrap();
    (folder, db)
}

fn put(key: &'static str) -> impl FnOnce(&Writer) -> Result<()> {
    move |tx| tx.execute("INSERT INTO setting(key, value, changed_at) VALUES (?1, '1', 0)", [key]).map(|_| ())
}

fn keys(db: &Database) -> Vec<String> {
    db.read(|c| c.all("SELECT key FROM setting ORDER BY key", [], |r| r.get(0))).unwrap()
}

#[test]
fn a_failed_change_undoes_itself_and_nothing_else() {
    let (_folder, db) = fresh();
    db.write(put("kept")).unwrap();
    let failed: Result<()> = db.write(|tx| {
        put("half")(tx)?;
        Err(Error::Closed)
    });
    assert!(failed.is_err());
    assert_eq!(keys(&db), ["kept"]);
}

#[test]
fn a_panic_inside_a_change_is_an_error_and_the_writer_lives_on() {
    let (_folder, db) = fresh();
    let outcome: Result<()> = db.write(|tx| {
        put("half")(tx)?;
        panic!("poison");
    });
    assert!(matches!(outcome, Err(Error::Panicked(words)) if words == "poison"));
    db.write(put("after")).unwrap();
    assert_eq!(keys(&db), ["after"]);
}

#[test]
fn many_writers_at_once_all_find_their_change_kept() {
    let (_folder, db) = fresh();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let db = &db;
            scope.spawn(move || {
                for n in 0..50 {
                    db.write(move |tx| tx.execute("INSERT INTO tag(name) VALUES (?1)", [format!("{thread}-{n}")])).unwrap();
                }
            });
        }
    });
    assert_eq!(db.read(|c| c.one("SELECT count(*) FROM tag", [], |r| r.get::<_, i64>(0))).unwrap(), 400);
}

#[test]
fn a_reader_cannot_write() {
    let (_folder, db) = fresh();
    let outcome: Result<Vec<i64>> = db.read(|c| c.all("INSERT INTO tag(name) VALUES ('x') RETURNING id", [], |r| r.get(0)));
    assert!(outcome.is_err());
}

#[test]
fn p03_every_connection_is_durable_after_power_loss() {
    let (_folder, db) = fresh();
    let level = |c: &Reader| c.one("PRAGMA synchronous", [], |r| r.get::<_, i64>(0));
    assert_eq!(db.write(move |tx| level(tx)).unwrap(), 2);
    assert_eq!(db.read(level).unwrap(), 2);
}

#[test]
fn a_database_of_a_newer_restante_is_refused_untouched() {
    let (folder, db) = fresh();
    let path = folder.path().join("restante.db");
    drop(db);
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 9_999).unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(matches!(Database::open(&path), Err(Error::Newer { found: 9_999, .. })));
    assert_eq!(before, std::fs::read(&path).unwrap());
}

#[test]
fn a_migration_that_fails_leaves_the_old_schema_and_a_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("small.db");
    let connection = connect_for_writing(&path).unwrap();
    migrate(&connection, &path, &["CREATE TABLE first(a)"]).unwrap();
    assert!(migrate(&connection, &path, &["", "CREATE TABLE second(a); CREATE TABLE first(a)"]).is_err());
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0)).unwrap();
    assert_eq!(tables, 1);
    assert!(folder.path().join("small-before-schema-2.db").exists());
    migrate(&connection, &path, &["", "CREATE TABLE second(a)"]).unwrap();
}
