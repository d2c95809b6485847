//! PROMISES P02: mail in, interrupted at every named step and resumed, ends as if nothing had happened; one more life
//! changes nothing. The process really ends (`exit` without a destructor, in a child), while the server and the data
//! folder live on. Every step is interrupted in two of the six scenarios; `RESTANTE_FULL=1`: in all, and at a later pass.

use super::fake::Fake;
use super::life::{Life, PASSED, PATIENCE, within};
use super::scenarios::{SCENARIOS, Scenario, dump, fill};
use super::shop::{account, server};
use crate::account::{self as accounts, FolderRole, Source};
use crate::database::{self, Database};
use crate::failpoint;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Scenarios at work at once: mostly they wait for the disk.
const HANDS: usize = 6;
/// A pile that has not changed for this long is settled.
const SETTLED: Duration = Duration::from_millis(1500);

/// What is done on a mail's way in, each from the point before it to the point after it.
const STEPS: &[(&str, &str)] = &[
    ("mailbox.connecting", "mailbox.connected"),
    ("mailbox.opening", "mailbox.opened"),
    ("mailbox.settling", "mailbox.settled"),
    ("mailbox.searching", "mailbox.searched"),
    ("mailbox.fetching", "mailbox.fetched"),
    ("blobs.writing_file", "blobs.file_synced"),
    ("blobs.file_synced", "blobs.file_named"),
    ("blobs.file_named", "blobs.folder_synced"),
    ("blobs.files_kept", "blobs.inserted"),
    ("blobs.inserted", "blobs.kept"),
    ("mailbox.raw_kept", "ledger.advanced"),
    ("ledger.advanced", "ledger.mark_moved"),
    ("ledger.mark_moved", "mailbox.ledger_committed"),
    ("database.commit", "database.committed"),
    ("mailbox.touching", "mailbox.touched"),
    ("mailbox.history_ending", "mailbox.history_done"),
    ("mailbox.comparing", "mailbox.compared"),
    ("intake.taken", "intake.read"),
    ("receive.begun", "receive.recognised"),
    ("receive.recognised", "receive.placed"),
    ("receive.placed", "receive.opened"),
    ("receive.opened", "message.inserted"),
    ("message.inserted", "message.described"),
    ("message.described", "receive.filed"),
    ("receive.filed", "receive.joined"),
    ("receive.joined", "receive.refreshed"),
    ("receive.refreshed", "receive.settled"),
    ("receive.settled", "intake.received"),
];
/// Passed only where a mail is here already, or cannot be filed.
const RARE: &[(&str, &str)] = &[("receive.known", "receive.linked"), ("intake.failed", "intake.attempt_noted"), ("intake.quarantining", "intake.quarantined")];

#[test]
fn p02_interrupted_at_every_step_mail_in_ends_as_if_nothing_had_happened() {
    let full = std::env::var_os("RESTANTE_FULL").is_some();
    let ready: Vec<Ready> = std::thread::scope(|scope| {
        let all: Vec<_> = SCENARIOS.iter().map(|scenario| scope.spawn(|| Ready::make(scenario))).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let everywhere = STEPS.iter().filter(|(before, after)| ready.iter().all(|r| r.passes(before) > 0 && r.passes(after) > 0)).count();
    let missing: Vec<_> = STEPS
        .iter()
        .map(|(before, after)| (before, after, ready.iter().map(|r| r.passes(before).min(r.passes(after))).collect::<Vec<_>>()))
        .filter(|(.., n)| n.contains(&0))
        .collect();
    assert!(everywhere >= 25, "only {everywhere} steps are taken in every scenario; not everywhere: {missing:?}");
    let points: BTreeSet<&str> = STEPS.iter().chain(RARE).flat_map(|(before, after)| [*before, *after]).collect();
    let interrupted: usize = std::thread::scope(|scope| {
        let (ready, points) = (&ready, &points);
        let work = move |hand: usize| (hand..ready.len()).step_by(HANDS).map(|number| interrupt(ready, number, points, full)).sum::<usize>();
        let all: Vec<_> = (0..HANDS).map(|hand| scope.spawn(move || work(hand))).collect();
        all.into_iter().map(|one| one.join().unwrap()).sum()
    });
    println!("P02: {interrupted} interruptions at {} points, {everywhere} steps in all {} scenarios", points.len(), SCENARIOS.len());
    assert!(points.iter().all(|point| ready.iter().any(|r| r.passes(point) > 0)), "a point that nothing passes");
    assert!(interrupted >= if full { 6 * 25 * 2 } else { 2 * points.len() - 2 * RARE.len() * 2 }, "{interrupted}");
}

/// Interrupts one scenario at those points that are its own; returns how often.
fn interrupt(ready: &[Ready], number: usize, points: &BTreeSet<&str>, full: bool) -> usize {
    let mut count = 0;
    for (at, point) in points.iter().enumerate() {
        let passing: Vec<usize> = (0..ready.len()).filter(|other| ready[*other].passes(point) > 0).collect();
        let ours = passing.iter().position(|other| *other == number);
        let chosen = ours.is_some_and(|ours| full || (ours + passing.len() - at % passing.len()) % passing.len() < 2);
        if chosen {
            let passes = ready[number].passes(point);
            for pass in if full && passes > 2 { vec![0, passes / 2] } else { vec![0] } {
                ready[number].interrupt(&format!("{point}:{pass}:exit"));
                count += 1;
            }
        }
    }
    count
}

/// A scenario with the server and the data folder as they are when the interesting mail arrives.
struct Ready {
    scenario: &'static Scenario,
    fake: Fake,
    base: tempfile::TempDir,
    wanted: Vec<String>,
    passed: BTreeMap<String, u32>,
}

impl Ready {
    fn make(scenario: &'static Scenario) -> Ready {
        let (fake, base) = (Fake::start(), tempfile::tempdir().unwrap());
        let mut new = account(Source::Imap(server(&fake)));
        new.after_import = scenario.wish();
        new.folders =
            ["INBOX", "Orders", "Later", "Sent"].map(|name| (name.to_owned(), if name == "Sent" { FolderRole::Sent } else { FolderRole::Inbox })).into();
        let db = Database::open(&base.path().join("restante.db")).unwrap();
        db.write(move |tx| accounts::add(tx, &new, 0)).unwrap();
        if scenario.poisoned {
            let poison = "CREATE TRIGGER poison BEFORE INSERT ON message WHEN NEW.subject = 'Poison' BEGIN SELECT RAISE(ABORT, 'a poisoned mail'); END";
            db.write(move |tx| tx.execute(poison, [])).map_err(|e: database::Error| e).unwrap();
        }
        drop(db);
        let mut ready = Ready { scenario, fake, base, wanted: Vec::new(), passed: BTreeMap::new() };
        fill(&ready.fake, scenario, false);
        ready.live_until_settled(ready.base.path());
        let undisturbed = ready.copy();
        fill(&ready.fake, scenario, true);
        ready.wanted = ready.live_until_settled(undisturbed.path());
        scenario.judge(&ready.wanted);
        let passed = std::fs::read_to_string(undisturbed.path().join(PASSED)).unwrap();
        passed.lines().for_each(|step| *ready.passed.entry(step.to_owned()).or_default() += 1);
        ready
    }

    fn passes(&self, point: &str) -> u32 {
        self.passed.get(point).copied().unwrap_or(0)
    }

    fn copy(&self) -> tempfile::TempDir {
        let copy = tempfile::tempdir().unwrap();
        let done = Command::new("cp").arg("-r").arg(self.base.path().join(".")).arg(copy.path()).status().unwrap();
        assert!(done.success());
        copy
    }

    fn interrupt(&self, fail_at: &str) {
        let folder = self.copy();
        fill(&self.fake, self.scenario, true);
        let name = self.scenario.name;
        let mut first = Life::begin(folder.path(), fail_at);
        assert_eq!(first.ended(), Some(failpoint::EXIT_CODE), "{name}: {fail_at} was not reached");
        let second = Life::begin(folder.path(), "none");
        self.wait_for_the_same(folder.path(), fail_at);
        second.end();
        self.fake.state().log.clear();
        let third = Life::begin(folder.path(), "none");
        within("the third life has looked at everything", || self.fake.state().log.iter().any(|line| line == "IDLE"));
        third.end();
        assert_eq!(dump(folder.path(), &self.fake), self.wanted, "{name}: one more life after {fail_at} changed something");
    }

    fn wait_for_the_same(&self, data: &Path, fail_at: &str) {
        let deadline = Instant::now() + PATIENCE;
        while dump(data, &self.fake) != self.wanted {
            if Instant::now() > deadline {
                assert_eq!(dump(data, &self.fake), self.wanted, "{}: interrupted at {fail_at}", self.scenario.name);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn live_until_settled(&self, data: &Path) -> Vec<String> {
        let life = Life::begin(data, "none");
        let (mut last, mut since) = (Vec::new(), Instant::now());
        within(self.scenario.name, || {
            let now = dump(data, &self.fake);
            if now != last || now.iter().any(|line| line.contains(" kept ")) {
                (last, since) = (now, Instant::now());
            }
            since.elapsed() > SETTLED
        });
        life.end();
        dump(data, &self.fake)
    }
}
