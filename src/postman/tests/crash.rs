//! The process dies at every step of a delivery, really (`exit` without a destructor, in a child process), and the next
//! life finds what the promise says.

use super::sink::{Reaction, Sink, Step};
use super::*;
use crate::failpoint;
use std::process::Command;

/// Set in the child: the data folder, and where to fail.
const DATA: &str = "RESTANTE_TEST_POSTMAN_DATA";
const FAIL_AT: &str = "RESTANTE_TEST_POSTMAN_FAIL_AT";
const LETTERS: usize = 6;

const STEPS: [&str; 8] = [
    "postman.claimed",
    "postman.connected",
    "postman.before_dot_journal",
    "postman.dot_journaled",
    "postman.data_sent",
    "postman.answer_received",
    "postman.result_committed",
    "none",
];

/// Not a test of its own: one life of a postman, in a child process.
#[test]
fn one_life() {
    let Some(data) = std::env::var_os(DATA) else { return };
    let shop = Shop::open(Path::new(&data), QUICK);
    failpoint::arm_from(&std::env::var(FAIL_AT).unwrap()).unwrap();
    shop.office.recover().unwrap();
    shop.live_on();
}

fn live(data: &Path, fail_at: &str) -> Option<i32> {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "postman::tests::crash::one_life", "--test-threads=1"])
        .env(DATA, data)
        .env(FAIL_AT, fail_at)
        .env("RUST_BACKTRACE", "0")
        .output()
        .unwrap();
    child.status.code()
}

/// A shop whose letters wait, closed again so that a child can open it.
fn waiting_shop(sink: &Sink) -> (tempfile::TempDir, Vec<String>) {
    let mut shop = Shop::by_smtp(&format!("smtp://support%40shop.test@127.0.0.1:{}", sink.port));
    let addresses: Vec<String> = (0..LETTERS).map(|n| format!("a{n}@example.test")).collect();
    for address in &addresses {
        shop.queue(&[address]);
    }
    (shop.folder.take().unwrap(), addresses)
}

fn states(data: &Path) -> Vec<String> {
    let shop = Shop::open(data, QUICK);
    shop.office.db.read(|c| c.all("SELECT state FROM outbox ORDER BY id", [], |r| r.get(0))).unwrap()
}

#[test]
fn p15_every_letter_survives_a_crash_at_every_step_and_is_doubled_only_between_dot_and_answer() {
    for step in STEPS {
        for passes in [0, 3] {
            let sink = Sink::usual();
            let (folder, addresses) = waiting_shop(&sink);
            let died = live(folder.path(), &format!("{step}:{passes}:exit"));
            assert_eq!(died, Some(if step == "none" { 0 } else { failpoint::EXIT_CODE }), "{step}");
            assert_eq!(live(folder.path(), "none"), Some(0), "{step}");
            assert_eq!(states(folder.path()), vec!["accepted"; LETTERS], "{step}:{passes}");
            let copies: Vec<usize> = addresses.iter().map(|a| sink.copies(a)).collect();
            assert!(copies.iter().all(|n| *n >= 1), "accepted but never at the server: {step}:{passes} {copies:?}");
            let doubled = copies.iter().sum::<usize>() - LETTERS;
            let may_double = matches!(step, "postman.data_sent" | "postman.answer_received");
            assert!(doubled <= usize::from(may_double), "{step}:{passes} {copies:?}");
        }
    }
}

#[test]
fn p15_a_crash_between_dot_and_answer_again_and_again_makes_two_copies_at_most() {
    let sink = Sink::start(|step| if *step == Step::Dot { Reaction::TakeAndHangUp } else { Reaction::Usual });
    let (folder, addresses) = waiting_shop(&sink);
    for _ in 0..20 {
        if live(folder.path(), "postman.data_sent:0:exit") == Some(0) {
            break;
        }
    }
    assert_eq!(states(folder.path()), vec!["uncertain"; LETTERS]);
    let copies: Vec<usize> = addresses.iter().map(|a| sink.copies(a)).collect();
    assert!(copies.iter().all(|n| (1..=2).contains(n)), "{copies:?}");
}

#[test]
fn a_poisoned_letter_fails_with_words_and_the_others_go_on() {
    for (step, state) in [("postman.connected", "failed"), ("postman.before_dot_journal", "failed"), ("postman.dot_journaled", "accepted")] {
        let sink = Sink::usual();
        let (folder, addresses) = waiting_shop(&sink);
        assert_eq!(live(folder.path(), &format!("{step}:2:panic")), Some(0), "{step}");
        let found = states(folder.path());
        assert_eq!(found.iter().filter(|s| *s == "accepted").count(), if state == "failed" { LETTERS - 1 } else { LETTERS }, "{step} {found:?}");
        assert_eq!(found[2], state, "{step}");
        assert!(addresses.iter().all(|a| sink.copies(a) <= 1), "{step}");
        if state == "failed" {
            let shop = Shop::open(folder.path(), QUICK);
            let words: String = shop.office.db.read(|c| c.one("SELECT answer FROM outbox WHERE state = 'failed'", [], |r| r.get(0))).unwrap();
            assert!(words.contains("fault of its own"), "{words}");
        }
    }
}
