//! The walls of the house (ARCHITECTURE.md, "Who may use whom"), held against every source file: who may use whom, which
//! dependency belongs to which room, what may not be said below the doors, and how long things may get. A new room has
//! to be entered here before it can stand.

pub mod source;

use source::Source;

const STILL_CELLAR: &[&str] = &["failpoint", "id", "money", "spelling", "secret", "database", "blobs", "email"];
const NOUNS: &[&str] = &[
    "action",
    "agent",
    "consent",
    "customer",
    "conversation",
    "account",
    "follow_up",
    "lead",
    "piece",
    "setting",
    "reply_template",
    "return_policy",
    "return_request",
    "order",
    "outbox",
    "search",
];
const DOORS: &[&str] = &["courier", "mailbox", "postman", "web"];
const ROOF: &[&str] = &["app", "commands", "main", "lib"];

/// The rooms that `room` may use; `None` for a room that the table does not know.
fn may_use(room: &str) -> Option<Vec<&'static str>> {
    let below = |rooms: &[&[&'static str]]| Some(rooms.concat());
    match room {
        "failpoint" | "secret" | "money" | "spelling" => below(&[]),
        "database" => below(&[&["failpoint"]]),
        "id" | "world" => below(&[&["database"]]),
        "email" => below(&[&["database", "secret"]]), // for `Millis` and a digest
        "blobs" => below(&[&["database", "secret", "failpoint"]]),
        noun if NOUNS.contains(&noun) => below(&[STILL_CELLAR, NOUNS]),
        "automation" => below(&[STILL_CELLAR, NOUNS]),
        "desk" => below(&[STILL_CELLAR, NOUNS, &["automation"]]),
        door if DOORS.contains(&door) => below(&[STILL_CELLAR, NOUNS, &["automation", "desk", "world"]]),
        roof if ROOF.contains(&roof) => below(&[STILL_CELLAR, NOUNS, DOORS, ROOF, &["automation", "desk", "world"]]),
        _ => None,
    }
}

/// One dependency, one room. A path below a room narrows it to that file or folder.
const DEPENDENCIES: &[(&str, &[&str])] = &[
    ("axum", &["web", "app"]), // app: binds the socket and serves what web has made
    ("tower", &["web"]),
    ("tower_http", &["web"]),
    ("tokio_stream", &["web"]),
    ("askama", &["web"]),
    ("rust_embed", &["web"]),
    ("image", &["web", "commands/picture"]),
    ("heic_rs", &["commands/picture"]),
    ("csv", &["order"]),
    ("tokio", &["courier", "mailbox", "postman", "web", "app", "commands"]),
    ("imap", &["mailbox"]),
    ("rustls", &["courier", "mailbox", "postman"]),
    ("rustls_pki_types", &["mailbox", "postman"]),
    ("webpki_roots", &["courier", "mailbox", "postman"]),
    ("hyper", &["courier"]),
    ("hyper_util", &["courier"]),
    ("http_body_util", &["courier"]),
    ("tokio_rustls", &["courier"]),
    ("url", &["action"]),
    ("socket2", &["mailbox"]),
    ("lettre", &["postman", "email/compose"]),
    ("ammonia", &["email"]),
    ("html5ever", &["email"]),
    ("encoding_rs", &["email"]),
    ("chardetng", &["email"]),
    ("whatlang", &["email"]),
    ("idna", &["email"]),
    ("unicode_normalization", &["email", "search"]),
    ("rusqlite", &["database"]),
    ("tantivy", &["search"]),
    ("zstd", &["blobs"]),
    ("sha2", &["secret", "email"]),
    ("hmac", &["secret"]),
    ("chacha20poly1305", &["secret"]),
    ("argon2", &["agent"]),
    ("libc", &["app"]),
    ("getrandom", &["world"]),
    ("clap", &["commands", "main", "agent"]), // agent: a role is also a word of the command line
    ("indicatif", &["commands"]),
    ("tar", &["commands", "web/rights"]),
    ("tracing_subscriber", &["app", "commands", "main"]),
];

/// Within a room that may use a dependency, the half of it that belongs to another.
const HALVES: &[(&str, &str, &str)] = &[
    ("email", "lettre::transport", "sending belongs to postman"),
    ("email", "SmtpTransport", "sending belongs to postman"),
    ("postman", "Message::builder", "composing belongs to email::compose"),
    ("postman", "lettre::message", "composing belongs to email::compose"),
];

/// What nobody says below the doors: `now` and random words are arguments there.
const RESTLESS: &[&str] = &["async", "await", "SystemTime::now", "Instant::now", "Timestamp::now", "Zoned::now", "std::env", "env::var", "thread::sleep"];
/// Files that may, each with its reason.
const RESTLESS_EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("database/facade.rs", "Instant::now", "times a query for the log; decides nothing"),
    ("database/writer.rs", "Instant::now", "bounds how long a group waits for its commit; decides nothing that is stored"),
    ("search/indexer.rs", "thread::sleep", "its own thread lets changes gather; what it writes is derived"),
];

const LINES_MAX: usize = 250;
const FUNCTION_LINES_MAX: usize = 70;
/// Longer files, each with its reason and a ceiling of its own.
const LONG_FILES: &[(&str, usize, &str)] = &[
    ("commands/mod.rs", 330, "the command line as clap reads it: a list of options with their words"),
    ("conversation/message.rs", 285, "one row of many columns, read and written side by side"),
    ("email/html/text.rs", 290, "one small machine: each arm is a tag"),
    ("email/read/parts.rs", 260, "the walk over a mail's parts with its bounds"),
    ("mailbox/folder_source.rs", 260, "a folder read like a mailbox: numbers, growing files, marks"),
    ("mailbox/session.rs", 275, "what we say to an IMAP server, command by command"),
    ("mailbox/stream.rs", 265, "one guarded stream: time, budget, interruption, and what it reads by itself"),
];
/// Longer functions: file, name, reason.
const LONG_FUNCTIONS: &[(&str, &str, &str)] = &[];

#[test]
fn nobody_walks_through_a_wall() {
    complain(trespasses);
}

#[test]
fn each_dependency_stays_in_its_room() {
    complain(strays);
}

#[test]
fn the_core_is_still() {
    complain(restless);
}

#[test]
fn the_web_holds_no_sql() {
    complain(sql_in_web);
}

#[test]
fn everything_fits_on_a_screen_and_says_what_it_is() {
    complain(shape);
}

#[test]
fn no_shortcuts_are_left_in_production_code() {
    complain(shortcuts);
}

#[test]
fn every_exception_is_still_needed() {
    let files = source::all();
    let length = |path: &str| files.iter().find(|f| f.path == path).map_or(0, |f| f.lines());
    for (path, ceiling, _) in LONG_FILES {
        assert!(length(path) > LINES_MAX && length(path) <= *ceiling, "{path} has {} lines: correct LONG_FILES", length(path));
    }
    for (path, name, _) in LONG_FUNCTIONS {
        let still_long = files.iter().any(|f| f.path == *path && f.functions().iter().any(|(n, lines)| n == name && *lines > FUNCTION_LINES_MAX));
        assert!(still_long, "{path} {name} is not long any more: correct LONG_FUNCTIONS");
    }
    for (path, word, _) in RESTLESS_EXCEPTIONS {
        assert!(files.iter().any(|f| f.path == *path && f.says(word)), "{path} does not say {word} any more: correct RESTLESS_EXCEPTIONS");
    }
}

/// Shows that the walls can be run into: a check that never fails holds nothing.
#[test]
fn a_trespass_is_noticed() {
    let at = |path: &str, text: &str| Source::new(path, &format!("//! A file for a test.\n{text}"));
    assert_eq!(trespasses(&at("conversation/list.rs", "use crate::desk::receive;")).len(), 1);
    assert_eq!(trespasses(&at("web/inbox.rs", "use crate::{desk, mailbox::Watcher};")).len(), 1);
    assert_eq!(trespasses(&at("email/read.rs", "fn f() { crate::conversation::find(); }")).len(), 1);
    assert_eq!(trespasses(&at("cupboard/mod.rs", "")).len(), 1);
    assert_eq!(trespasses(&at("desk/receive.rs", "// crate::web\nuse crate::conversation;\nconst A: &str = \"crate::web\";")), [""; 0]);
    assert_eq!(strays(&at("conversation/list.rs", "use rusqlite::Row;")).len(), 1);
    assert_eq!(strays(&at("email/read.rs", "use lettre::Address;")).len(), 1);
    assert_eq!(strays(&at("email/compose/mod.rs", "use lettre::message::Mailbox;")), [""; 0]);
    assert_eq!(strays(&at("email/compose/mod.rs", "use lettre::transport::smtp;")).len(), 1);
    assert_eq!(strays(&at("outbox/mod.rs", "fn f() { super::imap::g() }")), [""; 0]);
    assert_eq!(restless(&at("desk/reply.rs", "fn f() { let t = std::time::SystemTime::now(); }")).len(), 1);
    assert_eq!(restless(&at("desk/reply.rs", "async fn f() {}")).len(), 1);
    assert_eq!(restless(&at("web/reply.rs", "async fn f() {}")), [""; 0]);
    assert_eq!(sql_in_web(&at("web/list.rs", "const Q: &str = \"SELECT 1 FROM agent\";")).len(), 1);
    assert_eq!(shape(&Source::new("agent/mod.rs", "fn f() {}\n")).len(), 1);
    assert_eq!(shape(&at("agent/mod.rs", &"\n".repeat(LINES_MAX))).len(), 1);
    assert_eq!(shape(&at("agent/mod.rs", &format!("fn long() {{{}}}", "\n".repeat(FUNCTION_LINES_MAX)))).len(), 1);
    assert_eq!(shortcuts(&at("agent/mod.rs", "fn f() { g().unwrap(); }")).len(), 1);
    assert_eq!(shortcuts(&at("agent/mod.rs", "#[cfg(test)]\nmod tests {\n    fn f() { g().unwrap(); }\n}")), [""; 0]);
}

#[track_caller]
fn complain(check: impl Fn(&Source) -> Vec<String>) {
    let files = source::all();
    assert!(files.len() > 10, "the source was not found");
    let complaints: Vec<String> = files.iter().flat_map(|file| check(file).into_iter().map(|c| format!("src/{}: {c}", file.path))).collect();
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

fn trespasses(file: &Source) -> Vec<String> {
    let Some(allowed) = may_use(file.room()) else { return vec![format!("the room `{}` is not in the table of borders", file.room())] };
    let used = file.rooms_used();
    used.iter().filter(|room| *room != file.room() && !allowed.contains(&room.as_str())).map(|room| format!("may not use crate::{room}")).collect()
}

fn strays(file: &Source) -> Vec<String> {
    let at_home = |rooms: &[&str]| rooms.iter().any(|room| file.path == format!("{room}.rs") || file.path.starts_with(&format!("{room}/")));
    let strays = DEPENDENCIES.iter().filter(|(name, rooms)| file.uses_crate(name) && !at_home(rooms));
    let halves = HALVES.iter().filter(|(room, word, _)| file.room() == *room && file.says(word));
    strays.map(|(name, rooms)| format!("{name} belongs to {}", rooms.join(", "))).chain(halves.map(|(_, word, why)| format!("{word}: {why}"))).collect()
}

fn restless(file: &Source) -> Vec<String> {
    let still = [STILL_CELLAR, NOUNS, &["desk"]].concat().contains(&file.room());
    let excused = |word: &str| RESTLESS_EXCEPTIONS.iter().any(|(path, w, _)| *path == file.path && *w == word);
    RESTLESS.iter().filter(|word| still && file.says(word) && !excused(word)).map(|word| format!("`{word}` below the doors")).collect()
}

fn sql_in_web(file: &Source) -> Vec<String> {
    let starts = ["SELECT ", "INSERT ", "UPDATE ", "DELETE FROM", "BEGIN IMMEDIATE", "PRAGMA "];
    let found = file.strings().iter().find(|text| starts.iter().any(|start| text.trim_start().starts_with(start)));
    found.filter(|_| file.room() == "web").map(|text| format!("SQL in web: {text}")).into_iter().collect()
}

fn shape(file: &Source) -> Vec<String> {
    let ceiling = LONG_FILES.iter().find(|(path, ..)| *path == file.path).map_or(LINES_MAX, |(_, ceiling, _)| *ceiling);
    let mut complaints = Vec::new();
    if !file.opens_with_what_it_is() {
        complaints.push("does not open with `//!` and what it is".to_owned());
    }
    if file.lines() > ceiling {
        complaints.push(format!("has {} lines; {ceiling} are allowed", file.lines()));
    }
    let excused = |name: &str| LONG_FUNCTIONS.iter().any(|(path, n, _)| *path == file.path && *n == name);
    let long = file.functions().into_iter().filter(|(name, lines)| *lines > FUNCTION_LINES_MAX && !excused(name));
    complaints.extend(long.map(|(name, lines)| format!("{name} has {lines} lines; {FUNCTION_LINES_MAX} are allowed")));
    complaints
}

fn shortcuts(file: &Source) -> Vec<String> {
    let words = [".unwrap()", "#[allow", "#![allow", "todo!(", "unimplemented!(", "dbg!("];
    words.iter().filter(|word| file.says(word)).map(|word| format!("`{word}` in production code")).collect()
}
