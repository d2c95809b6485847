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

#[test]
fn who_wrote_before_there_were_leads_is_one_after_the_migration() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("restante.db");
    let before = connect_for_writing(&path).unwrap();
    migrate(&before, &path, &RESTANTE_MIGRATIONS[..5]).unwrap();
    let mail = |id: i64, conversation: i64, from: &str, at: i64, kind: &str, placement: &str| {
        format!(
            "INSERT INTO message(id, conversation_id, mailbox_id, direction, from_address, arrived_at, email_kind, placement, created_at)
             VALUES ({id}, {conversation}, 1, 'inbound', '{from}', {at}, '{kind}', '{placement}', {at});"
        )
    };
    let conversation = |id: i64, customer: i64, status: &str| {
        format!(
            "INSERT INTO conversation(id, mailbox_id, customer_id, subject, status, status_at, last_message_at, created_at) VALUES ({id}, 1, {customer}, 's', '{status}', 1, 1, 1);"
        )
    };
    let customer = |id: i64, address: &str| {
        format!(
            "INSERT INTO customer(id, name, created_at) VALUES ({id}, '', 1); INSERT INTO customer_address(address, customer_id) VALUES ('{address}', {id});"
        )
    };
    let sql = [
        "INSERT INTO mailbox(id, address, name, imap, smtp, created_at) VALUES (1, 'support@shop.test', 'Shop', '{}', '{}', 1);".to_owned(),
        customer(1, "mara@example.test"),
        customer(2, "seo@example.test"),
        customer(3, "robot@example.test"),
        customer(4, "support@shop.test"),
        conversation(1, 1, "open"),
        conversation(2, 1, "spam"),
        conversation(3, 2, "spam"),
        conversation(4, 3, "open"),
        conversation(5, 4, "open"),
        mail(1, 1, "Mara@example.test", 20, "person", "{}"),
        mail(2, 2, "mara@example.test", 10, "person", r#"{"because":"form"}"#),
        mail(3, 3, "seo@example.test", 30, "person", "{}"),
        mail(4, 4, "robot@example.test", 40, "auto_reply", "{}"),
        mail(5, 5, "support@shop.test", 50, "person", "{}"),
    ];
    before.execute_batch(&sql.concat()).unwrap();
    drop(before);
    let leads = Database::open(&path).unwrap().read(|c| {
        c.all("SELECT customer_id || ' ' || source || ' ' || source_detail || ' ' || first_contact_at || '-' || last_contact_at || ' ' || coalesce(set_aside_because, '') FROM lead ORDER BY 1", [], |r| {
            r.get::<_, String>(0)
        })
    });
    assert_eq!(leads.unwrap(), ["1 form support@shop.test 10-20 ", "2 mailbox support@shop.test 30-30 spam"]);
}
