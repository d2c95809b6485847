//! One life of a shop whose mailbox is watched, in a process of its own, so that it can end without a destructor.

use super::shop::{key, pace};
use crate::blobs::Blobs;
use crate::database::Database;
use crate::failpoint;
use crate::mailbox::Watchers;
use crate::mailbox::intake::Intake;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Set in the child: the data folder, and where to end.
const DATA: &str = "RESTANTE_TEST_MAILBOX_DATA";
const FAIL_AT: &str = "RESTANTE_TEST_MAILBOX_FAIL_AT";
/// Where a life that ends in peace writes down which steps it passed.
pub const PASSED: &str = "passed";
/// For one life, on two busy cores.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// Not a test of its own: one life of a shop, in a child process, until its input ends.
#[test]
fn one_life() {
    let Some(data) = std::env::var_os(DATA) else { return };
    let data = Path::new(&data);
    failpoint::trace();
    failpoint::arm_from(&std::env::var(FAIL_AT).unwrap()).unwrap();
    let db = Database::open(&data.join("restante.db")).unwrap();
    let blobs = Arc::new(Blobs::open(data).unwrap());
    let intake = Intake { db: db.clone(), blobs: blobs.clone(), key: key() };
    let stop = Arc::new(AtomicBool::new(false));
    let (told, ticks) = (stop.clone(), db.ticks());
    let reading = std::thread::spawn(move || intake.run(&told));
    let watchers = Watchers::start_at(db, blobs, key(), Arc::new(|| ()), pace()).unwrap();
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
    watchers.stop();
    stop.store(true, Ordering::Relaxed);
    ticks.advance();
    reading.join().unwrap();
    std::fs::write(data.join(PASSED), failpoint::trace().join("\n")).unwrap();
}

pub struct Life(Child);

impl Life {
    pub fn begin(data: &Path, fail_at: &str) -> Life {
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["--exact", "mailbox::tests::life::one_life", "--test-threads=1"]).env(DATA, data).env(FAIL_AT, fail_at);
        Life(child.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }

    /// Its exit code, if it ends by itself.
    pub fn ended(&mut self) -> Option<i32> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.0.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        self.0.kill().ok();
        None
    }

    /// Asks it to end.
    pub fn end(mut self) {
        drop(self.0.stdin.take());
        assert_eq!(self.ended(), Some(0));
    }
}

pub fn within(what: &str, mut until: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !until() {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
