//! P69: a word that only one person ever said is put wherever a person's words end up; the copy for them has all of it, and after their
//! erasure it is nowhere in the data folder, nor does the next poll bring it back.

use crate::support::{Demo, Restante, Visitor, eventually};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

/// No other mail has it, and no stemmer touches it.
const WORD: &str = "zanzibarwren";

fn mail(message_id: &str, received: &str) -> Vec<u8> {
    let attachment = format!("{WORD} in the file");
    format!(
        "Received: {received}\r\nFrom: Wilma {WORD} <{WORD}@example.test>\r\nTo: <support@atelier.test>\r\nSubject: About my {WORD}\r\nMessage-ID: <{message_id}@{WORD}.example.test>\r\n\
         Date: Tue, 01 Dec 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
         I love {WORD} prints in blue. My order AT-10999 came creased, I want my money back. {WORD}!\r\n--b\r\nContent-Type: text/plain\r\n\
         Content-Disposition: attachment; filename=\"{WORD}.txt\"\r\n\r\n{attachment}\r\n--b--\r\n"
    )
    .into_bytes()
}

/// The demo's shop, served by the real command.
fn shop(data: &Path) -> (Restante, Visitor) {
    let demo = Demo::start(data);
    let (email, password) = (demo.said("sign in with"), demo.said("password"));
    demo.stop();
    let shop = Restante::serve(data);
    let owner = Visitor::sign_in(shop.port, &email, &password);
    (shop, owner)
}

fn records(data: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(data.join("restante.db")).unwrap();
    connection.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
    connection
}

fn one<T: rusqlite::types::FromSql>(data: &Path, sql: &str) -> Option<T> {
    records(data).query_row(sql, [], |r| r.get(0)).ok()
}

/// The demo's mailbox and post office lie beside its data: they stand for the world outside.
const OUTSIDE: &[&str] = &["mail", "outgoing"];

/// Files of the data folder that hold the word.
fn holding(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            if !OUTSIDE.iter().any(|name| path.ends_with(name)) {
                holding(&path, found);
            }
        } else if std::fs::read(&path).is_ok_and(|bytes| bytes.to_ascii_lowercase().windows(WORD.len()).any(|w| w == WORD.as_bytes())) {
            found.push(path);
        }
    }
}

/// Whether any raw mail, decompressed, says the word.
fn raw_mails_say_it(data: &Path) -> bool {
    let blobs = restante::blobs::Blobs::open(data).unwrap();
    blobs.names().unwrap().into_iter().any(|hash| String::from_utf8_lossy(&blobs.get(hash).unwrap()).to_lowercase().contains(WORD))
}

/// Documents that the index has marked as deleted and still holds.
fn deleted_in_index(data: &Path) -> usize {
    let meta: serde_json::Value = serde_json::from_slice(&std::fs::read(data.join("index/meta.json")).unwrap()).unwrap();
    meta["segments"].as_array().unwrap().iter().filter(|segment| !segment["deletes"].is_null()).count()
}

/// Name and contents of each file of the copy.
fn copy_of(owner: &Visitor, customer: i64) -> BTreeMap<String, String> {
    let bytes = owner.http.get(owner.url(&format!("/leads/{customer}/everything.tar"))).send().unwrap().bytes().unwrap();
    let mut tar = tar::Archive::new(&bytes[..]);
    let mut files = BTreeMap::new();
    for entry in tar.entries().unwrap() {
        let mut entry = entry.unwrap();
        let mut contents = Vec::new();
        entry.read_to_end(&mut contents).unwrap();
        files.insert(entry.path().unwrap().display().to_string(), String::from_utf8_lossy(&contents).into_owned());
    }
    files
}

/// Puts the word into a note, a draft, a reply and a form; the mail with its attachment is there. Returns customer and conversation.
fn spread(owner: &Visitor, data: &Path) -> (i64, i64) {
    std::fs::write(data.join("mail/inbox/canary.eml"), mail("one", "from a")).unwrap();
    let found = format!("SELECT id FROM conversation WHERE subject = 'About my {WORD}'");
    let conversation: i64 = eventually("her mail arrives", || one(data, &found));
    let page = format!("/conversations/{conversation}");
    let mut note = owner.get(&format!("{page}?write=note")).form_with("Add the note");
    note.set("text", &format!("She means the {WORD} of last year."));
    owner.submit(&note);
    let mut reply = owner.get(&page).form_with("name=\"text\"");
    reply.set("text", &format!("Dear Wilma, the {WORD} comes back tomorrow."));
    owner.submit(&reply);
    records(data)
        .execute(
            "INSERT INTO draft(conversation_id, agent_id, kind, text, updated_at) SELECT ?1, id, 'reply', ?2, 1 FROM agent WHERE role = 'owner' LIMIT 1",
            rusqlite::params![conversation, format!("A draft about {WORD}")],
        )
        .unwrap();
    let stranger = Visitor::of(owner.url("/").rsplit(':').next().unwrap().trim_end_matches('/').parse().unwrap());
    let mut form = stranger.get("/start-a-return").form_with("name=\"address\"");
    for (name, value) in [("name", format!("Wilma {WORD}")), ("address", format!("{WORD}@example.test")), ("order_number", "AT-10999".to_owned())] {
        form.set(name, &value);
    }
    for (name, value) in [("item", WORD), ("reason", "damaged"), ("delivered_on", "2026-11-30"), ("wish", "refund"), ("details", WORD)] {
        form.set(name, value);
    }
    for doubt in ["doubted_order", "doubted_photos"] {
        form.set(doubt, if doubt == "doubted_order" { "AT-10999" } else { "1" });
    }
    let sent = stranger.submit(&form);
    assert!(sent.status == 200 && sent.html.contains("Your return R-"), "{}: {}", sent.status, sent.html);
    let customer: i64 = one(data, &format!("SELECT customer_id FROM conversation WHERE id = {conversation}")).unwrap();
    let both = format!("SELECT 1 WHERE (SELECT count(*) FROM conversation WHERE customer_id = {customer}) = 2");
    eventually("the form is a conversation, too", || one::<i64>(data, &both));
    eventually("search knows it", || owner.get(&format!("/search?q={WORD}")).html.contains("About my").then_some(()));
    (customer, conversation)
}

#[test]
fn p69_a_person_gets_everything_and_after_their_erasure_nothing_is_left_and_nothing_comes_back() {
    for how in ["kept", "removed"] {
        let place = tempfile::tempdir().unwrap();
        let data = place.path().join("shop");
        let (shop, owner) = shop(&data);
        let (customer, conversation) = spread(&owner, &data);

        let copy = copy_of(&owner, customer);
        let person = &copy["person.json"];
        for part in ["in the file", "of last year", "comes back tomorrow", "A draft about", "prints in blue", "AT-10999"] {
            let there = person.contains(part) || copy.values().any(|file| file.contains(part));
            assert!(there, "the copy lacks {part:?}: {:?}", copy.keys());
        }
        assert!(copy.keys().filter(|name| name.ends_with(".eml")).count() >= 3, "her mail, the form and our reply: {:?}", copy.keys());
        let mut before = Vec::new();
        holding(&data, &mut before);
        assert!(!before.is_empty() && raw_mails_say_it(&data), "the word is there to be found");

        let mut erase = owner.get(&format!("/leads/{customer}/erase")).form_with("conversations");
        let refused = owner.post(&erase);
        assert_eq!(refused.status, 422, "it asks what becomes of the conversations");
        erase.set("conversations", how);
        erase.set("sure", "1");
        // The reply is taken out of the undo window first: a letter that is leaving cannot be erased.
        eventually("the reply left", || one::<i64>(&data, "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE state IN ('queued', 'sending'))"));
        let done = owner.post(&erase);
        assert_eq!(done.status, 303, "{}", done.html);
        eventually("what was left to do is done", || one::<i64>(&data, "SELECT 1 FROM erasure WHERE finished_at IS NOT NULL"));
        assert_eq!(one::<i64>(&data, "SELECT count(*) FROM erased_raw"), Some(0));
        let anew: Option<String> = one(&data, "SELECT value FROM setting WHERE key = 'freed_pages_clean'");
        assert_eq!(anew.as_deref(), Some("true"), "pages that an older version freed are not in the files any more");
        let page = owner.get(&format!("/search?q={WORD}"));
        assert!(!page.html.contains("About my"), "search still finds it");

        // The same mail under a new name, and once more by another way: the mailbox was renumbered.
        std::fs::write(data.join("mail/inbox/canary-again.eml"), mail("one", "from a")).unwrap();
        std::fs::write(data.join("mail/inbox/canary-moved.eml"), mail("one", "from b, another server")).unwrap();
        let again = "SELECT 1 WHERE (SELECT count(*) FROM ledger WHERE reason LIKE 'erased:%' AND outcome = 'duplicate') = 2";
        eventually("both are known for what they are", || one::<i64>(&data, again));
        eventually("and forgotten", || one::<i64>(&data, "SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM erased_raw)"));

        let kept: i64 = one(&data, &format!("SELECT count(*) FROM conversation WHERE id = {conversation}")).unwrap();
        assert_eq!(kept, i64::from(how == "kept"));
        let page = owner.get(&format!("/conversations/{conversation}"));
        assert_eq!(page.status, if how == "kept" { 200 } else { 404 }, "{}", page.html);
        assert!(!page.html.to_lowercase().contains(WORD));
        let log = shop.log();
        shop.stop();
        assert!(!log.to_lowercase().contains(WORD), "the log names her: {log}");
        let mut left = Vec::new();
        holding(&data, &mut left);
        assert_eq!(left, Vec::<PathBuf>::new(), "{how}");
        assert!(!raw_mails_say_it(&data), "{how}");
        assert_eq!(deleted_in_index(&data), 0, "the index still holds what it calls deleted");
        let broken: i64 = records(&data).query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |r| r.get(0)).unwrap();
        assert_eq!(broken, 0);
    }
}
