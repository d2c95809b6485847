//! P45: no script of a mail runs, and each lock holds alone: the sanitiser without header and sandbox, the header without
//! the others, the frame's sandbox without the others. The same vectors without any lock do run, so this can fail.

use crate::stories::agent_at_work::Agent;
use crate::support::leash::Leash;
use crate::support::stage::{LOCKS, Letter, Lock, Stage, armed, vectors};
use crate::support::{Browser, Canary, Shop, Wire, eventually, look_for, unique, within};
use std::collections::BTreeSet;
use std::time::Duration;

const VECTORS_MIN: usize = 300;
/// Three hundred frames on two busy cores.
const STAGE_PATIENCE: Duration = Duration::from_secs(120);
/// Of the vectors many work in other browsers only, or are near misses; fewer than this, and the stage is broken.
const HITS_WITHOUT_LOCKS_MIN: usize = 120;

#[test]
fn p45_no_vector_runs_behind_any_single_lock_in_chromium() {
    let profile = tempfile::Builder::new().prefix("cx").tempdir_in("/tmp").unwrap();
    let user = format!("--user-data-dir={}", profile.path().display());
    let words = ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-popup-blocking"];
    let more = ["--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0", &user];
    walk_the_stage(&[&words[..], &more[..]].concat(), profile.path());
}

#[test]
fn p45_no_vector_runs_behind_any_single_lock_in_firefox() {
    let profile = tempfile::Builder::new().prefix("fx").tempdir_in("/tmp").unwrap();
    let preferences = [
        "user_pref('app.update.enabled', false);",
        "user_pref('browser.aboutwelcome.enabled', false);",
        "user_pref('browser.shell.checkDefaultBrowser', false);",
        "user_pref('datareporting.policy.dataSubmissionEnabled', false);",
        "user_pref('dom.disable_open_during_load', false);",
        "user_pref('network.captive-portal-service.enabled', false);",
        "user_pref('network.connectivity-service.enabled', false);",
    ];
    std::fs::write(profile.path().join("user.js"), preferences.join("\n")).unwrap();
    let folder = profile.path().display().to_string();
    let home = format!("HOME={folder}");
    walk_the_stage(&["env", &home, "firefox-esr", "--headless", "--no-remote", "--profile", &folder], profile.path());
}

/// Everything else that a mail says: its text, subject, names, file names, types, in lists, search hits and the quarantine.
/// Here the lock is that our pages escape it: the browser is told to forget their policy.
#[test]
fn p45_no_word_of_a_mail_runs_on_our_pages() {
    let (canary, shop) = (Canary::start(), Shop::open(Wire::Plain));
    let script = format!("fetch(`http://127.0.0.1:{}/hit`)", canary.port);
    let all: Vec<String> = vectors().iter().map(|vector| armed(vector, &script)).collect();
    let id = format!("{}@example.test", unique("words"));
    let mut inbox = shop.stack.open_box(&shop.address);
    let everything = all.join("\n\n").replace(['\0', '\u{1b}'], " ").replace('\n', "\r\n");
    inbox.append("INBOX", mail_saying(&shop.address, &id, "All of them", "Mallory", "plain.txt", "text/plain", &everything).as_bytes());
    // One of each family and their neighbours: short enough for a subject.
    let short: Vec<&String> = all.iter().filter(|vector| vector.len() < 120 && !vector.contains(['\n', '\r', '\0'])).step_by(8).collect();
    for (n, vector) in short.iter().enumerate() {
        let word = |text: &str| format!("=?utf-8?B?{}?=", data_encoding::BASE64.encode(text.as_bytes()));
        let kind = format!("text/x\"{}", vector.replace(' ', "/"));
        let mail = mail_saying(&shop.address, &format!("{n}.{id}"), &word(vector), &word(vector), &word(vector), &kind, &format!("needle {vector}"));
        inbox.append("INBOX", mail.as_bytes());
    }
    let (first, last) = (shop.conversation_of(&id), shop.conversation_of(&format!("{}.{id}", short.len() - 1)));
    eventually("every mail is a message", || (shop.question("SELECT count(*) FROM message", "")? > short.len() as i64).then_some(()));
    quarantine_one(&shop, &all[0]);

    let browser = Browser::start();
    Agent { browser: &browser, restante: &shop.restante }.sign_in();
    browser.devtools("Page.enable", serde_json::json!({}));
    browser.devtools("Page.setBypassCSP", serde_json::json!({"enabled": true}));
    let shown = (first..=last.max(first)).step_by(4).map(|id| format!("/conversations/{id}"));
    let lists =
        ["/inbox", "/search?q=needle", "/search?q=%3Cimg+src%3Dx+onerror%3Dfetch%3E", "/leads", "/leads/1", "/quarantine", "/spam", "/settings/mailboxes"];
    for page in shown.chain(lists.map(str::to_owned)).chain([format!("/conversations/{first}")]) {
        browser.open(&shop.restante.url(&page));
        browser.run("document.querySelectorAll('*').forEach(e => ['mouseover', 'focus', 'error', 'load'].forEach(k => e.dispatchEvent(new Event(k))))");
    }
    browser.sees("<svg onload=");
    assert_eq!(canary.calls(), Vec::<String>::new());
    // The other way round: unescaped on a page that keeps its policy nothing runs, and without the policy it does.
    let spill = format!("document.body.insertAdjacentHTML('beforeend', {})", serde_json::json!(all.join("\n")));
    browser.devtools("Page.setBypassCSP", serde_json::json!({"enabled": false}));
    browser.open(&shop.restante.url("/inbox"));
    browser.run(&spill);
    look_for(Duration::from_secs(2), || (!canary.calls().is_empty()).then_some(()));
    assert_eq!(canary.calls(), Vec::<String>::new(), "our pages' policy lets a script run");
    browser.devtools("Page.setBypassCSP", serde_json::json!({"enabled": true}));
    browser.open(&shop.restante.url("/inbox"));
    browser.run(&spill);
    eventually("without escaping and policy it does run", || (!canary.calls().is_empty()).then_some(()));
}

/// Moves one mail of the ledger into quarantine, `reason` with it.
fn quarantine_one(shop: &Shop, reason: &str) {
    let records = rusqlite::Connection::open(shop.data.join("restante.db")).unwrap();
    records.busy_timeout(Duration::from_secs(5)).unwrap();
    let changed = records.execute("UPDATE ledger SET outcome = 'quarantined', reason = ?1 WHERE id = (SELECT max(id) FROM ledger)", [reason]).unwrap();
    assert_eq!(changed, 1);
}

fn mail_saying(to: &str, id: &str, subject: &str, name: &str, file: &str, kind: &str, text: &str) -> String {
    format!(
        "From: {name} <mallory@example.test>\r\nTo: <{to}>\r\nSubject: {subject}\r\nMessage-ID: <{id}>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b45\r\n\r\n\
         --b45\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n--b45\r\nContent-Type: {kind}\r\nContent-Disposition: attachment; filename=\"{file}\"\r\n\r\nx\r\n--b45--\r\n"
    )
}

/// The stage cannot reach into a locked document; the driver can, and does there what a hand could do.
#[test]
fn p45_no_hand_makes_a_vector_run_behind_the_header_alone() {
    let (stage, browser) = (Stage::start(letter()), Browser::start());
    browser.open(&stage.page(Lock::Nothing, false));
    let poke = browser.run("return 'const EVENTS = ' + JSON.stringify(EVENTS) + ';' + poke + ';poke(document);return document.title'");
    let poke = poke.as_str().expect("the stage knows how").to_owned();
    let every = if std::env::var_os("RESTANTE_FULL").is_some() { 1 } else { 4 };
    let (mut reached, mut opened) = (0, 0);
    for n in (0..vectors().len()).step_by(every) {
        opened += 1;
        browser.open(&stage.document(Lock::Header, n));
        reached += usize::from(browser.run(&poke) == "Letter");
    }
    assert!(reached * 10 > opened * 9, "only {reached} of {opened} documents could be reached into");
    judge(&stage, Lock::Header);
}

/// One browser goes over the stage from lock to lock, without a driver.
fn walk_the_stage(browser: &[&str], profile: &std::path::Path) {
    assert!(vectors().len() >= VECTORS_MIN, "{} vectors", vectors().len());
    let stage = Stage::start(letter());
    let log = profile.join("browser.log");
    let url = stage.page(Lock::Nothing, true);
    let running = Leash::start(&[browser, &[&url]].concat(), &log, false);
    for lock in LOCKS {
        within(STAGE_PATIENCE, "the stage tells what it heard", || stage.has_told(lock).then_some(()));
        judge(&stage, lock);
    }
    drop(running);
}

#[track_caller]
fn judge(stage: &Stage, lock: Lock) {
    let hits = stage.hits(lock);
    match lock {
        Lock::Nothing => assert!(hits.len() >= HITS_WITHOUT_LOCKS_MIN, "only {} vectors run at all: {hits:#?}", hits.len()),
        _ => assert_eq!(hits, BTreeSet::new(), "{} scripts ran behind {lock:?} alone", hits.len()),
    }
}

/// A letter as the product shows it.
fn letter() -> Letter {
    let shop = Shop::open(Wire::Plain);
    let id = format!("{}@example.test", unique("letter"));
    let mail = format!(
        "From: Mara <mara@example.test>\r\nTo: <{}>\r\nSubject: Slot\r\nMessage-ID: <{id}>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{}\r\n",
        shop.address,
        Letter::html()
    );
    shop.stack.open_box(&shop.address).append("INBOX", mail.as_bytes());
    let conversation = shop.conversation_of(&id);
    let message = shop.question("SELECT id FROM message WHERE identifier = ?1", &id).unwrap();
    Letter::of(&shop.owner(), &format!("/conversations/{conversation}?theirs={message}"))
}
