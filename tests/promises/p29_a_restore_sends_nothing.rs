//! P29: a shop is written into one file and set up again elsewhere, with nothing but the binary. The shop is the demo's.

use crate::support::restante::{Restante, command, run};
use crate::support::{eventually, look_for, ports, within};
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

/// A demo at work, and what it printed.
struct Demo {
    process: Child,
    words: String,
}

impl Demo {
    fn start(data: &Path) -> Demo {
        let port = ports::free();
        let mut command = command(data);
        command.args(["demo", "--data", data.to_str().unwrap(), "--listen", &format!("127.0.0.1:{port}")]);
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut words = String::new();
        let mut out = BufReader::new(process.stdout.take().unwrap());
        while !words.contains("Ctrl-C") && out.read_line(&mut words).unwrap() > 0 {}
        // It takes signals from when it answers.
        eventually("the demo answers", || reqwest::blocking::get(format!("http://127.0.0.1:{port}/healthz")).ok());
        Demo { process, words }
    }

    /// What stands behind `label` in the words.
    fn said(&self, label: &str) -> String {
        let line = self.words.lines().find(|line| line.trim_start().starts_with(label)).unwrap_or_else(|| panic!("no “{label}” in {}", self.words));
        line.split_whitespace().last().unwrap().to_owned()
    }

    fn stop(mut self) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.process), rustix::process::Signal::TERM).unwrap();
        let status = look_for(Duration::from_secs(10), || self.process.try_wait().unwrap()).expect("the demo stops within 10 s");
        assert!(status.success());
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn export(data: &Path) -> Vec<Value> {
    run(data, &["export", "--json"], "").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
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
    let said = run(&data, &["backup", file.to_str().unwrap()], "");
    assert!(said.contains("Without the key file"), "{said}");
    run(&restored, &["restore", file.to_str().unwrap()], "");
    assert_eq!(export(&restored).len(), before.len());

    let shop = Restante::serve(&restored);
    let compared =
        |at: &rusqlite::Connection| at.query_row("SELECT count(*) FROM folder WHERE server_count = ledger_count", [], |r| r.get::<_, i64>(0)).unwrap();
    let records = records(&restored);
    within(Duration::from_secs(20), "the folders compared", || (compared(&records) == 2).then_some(()));
    assert_eq!(export(&restored).len(), before.len(), "the mail in the folder is known");
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
