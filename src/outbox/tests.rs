//! The outbox over virtual time: no server, no sleeping.

use super::*;
use crate::database::{Database, params};

const MINUTE: Millis = 60_000;

struct Shop {
    _folder: tempfile::TempDir,
    db: Database,
}

impl Shop {
    fn open() -> Shop {
        let folder = tempfile::tempdir().unwrap();
        let db = Database::open(&folder.path().join("restante.db")).unwrap();
        db.write(|tx| {
            for id in [1, 2] {
                tx.execute(
                    "INSERT INTO mailbox(id, address, name, imap, smtp, created_at) VALUES (?1, ?2, 'Shop', '{}', '{}', 0)",
                    params![id, format!("support{id}@shop.test")],
                )?;
            }
            tx.execute("INSERT INTO customer(id, name, created_at) VALUES (1, 'Anna', 0)", [])?;
            tx.execute(
                "INSERT INTO conversation(id, mailbox_id, customer_id, subject, status, status_at, last_message_at, created_at) VALUES (1, 1, 1, 's', 'waiting', 0, 0, 0)",
                [],
            )
        })
        .unwrap();
        Shop { _folder: folder, db }
    }

    fn queue(&self, mailbox: i64, recipients: &[&str], automatic: bool, due_at: Millis) -> (MessageKey, OutboxId) {
        let recipients: Vec<String> = recipients.iter().map(|r| r.to_string()).collect();
        self.db
            .write(move |tx| -> Result<_> {
                let message = MessageKey(
                    tx.insert("INSERT INTO message(conversation_id, mailbox_id, direction, arrived_at, created_at) VALUES (1, ?1, 'reply', 0, 0)", [mailbox])?,
                );
                let new = NewLetter {
                    message_id: message,
                    mailbox_id: MailboxId(mailbox),
                    raw_hash: Hash([1; 32]),
                    envelope_from: "support@shop.test",
                    recipients,
                    automatic,
                    due_at,
                    consent_id: None,
                };
                Ok((message, queue(tx, &new, 0)?))
            })
            .unwrap()
    }

    fn claim(&self, now: Millis) -> Option<Claimed> {
        self.db.write(move |tx| claim(tx, now)).unwrap()
    }

    fn settle(&self, id: OutboxId, fates: &[(&str, Fate)], now: Millis) -> Settled {
        let fates: Vec<(String, Fate)> = fates.iter().map(|(a, f)| (a.to_string(), f.clone())).collect();
        self.db.write(move |tx| settle(tx, id, &fates, now)).unwrap()
    }

    fn dot(&self, letter: &Claimed, now: Millis) {
        let letter = letter.clone();
        self.db.write(move |tx| journal_final_dot(tx, letter.id, &letter.pending, now)).unwrap();
    }

    fn state(&self, id: OutboxId) -> (State, Millis) {
        self.db.read(|c| c.one("SELECT state, due_at FROM outbox WHERE id = ?1", [id], |r| Ok((State::from_name(r.get_ref(0)?.as_str()?), r.get(1)?)))).unwrap()
    }

    fn next_due(&self) -> Option<Millis> {
        self.db.read(next_due).unwrap()
    }
}

fn words() -> String {
    "450 later".into()
}

#[test]
fn a_letter_leaves_after_its_undo_window_and_not_before() {
    let shop = Shop::open();
    let (message, id) = shop.queue(1, &["anna@example.test"], false, 10_000);
    assert_eq!(shop.next_due(), Some(10_000));
    assert!(shop.claim(9_999).is_none());
    let letter = shop.claim(10_000).unwrap();
    assert_eq!((letter.id, letter.attempts, letter.pending), (id, 1, vec!["anna@example.test".to_owned()]));
    assert!(shop.claim(10_000).is_none(), "a letter is held by one sender");
    assert!(!shop.db.write(move |tx| cancel(tx, message, 10_001)).unwrap(), "it cannot be taken back any more");
}

#[test]
fn the_oldest_due_letter_goes_first() {
    let shop = Shop::open();
    let late = shop.queue(1, &["a@x.test"], false, 500).1;
    let early = shop.queue(1, &["a@x.test"], false, 100).1;
    assert_eq!([shop.claim(1_000).unwrap().id, shop.claim(1_000).unwrap().id], [early, late]);
}

#[test]
fn nothing_leaves_while_the_outbox_or_its_mailbox_is_paused() {
    let shop = Shop::open();
    shop.queue(1, &["a@x.test"], false, 0);
    shop.db.write(|tx| crate::setting::set(tx, crate::setting::OUTBOX_PAUSED, &"restored from a backup", None, 0)).unwrap();
    assert_eq!((shop.next_due(), shop.claim(5).map(|l| l.id)), (None, None));
    shop.db.write(|tx| crate::setting::clear(tx, crate::setting::OUTBOX_PAUSED)).unwrap();
    shop.db.write(|tx| tx.execute("UPDATE mailbox SET paused_at = 1 WHERE id = 1", [])).unwrap();
    assert_eq!((shop.next_due(), shop.claim(5).map(|l| l.id)), (None, None));
    shop.db.write(|tx| tx.execute("UPDATE mailbox SET paused_at = NULL", [])).unwrap();
    assert!(shop.claim(5).is_some());
}

#[test]
fn p19_the_back_off_is_1_5_15_60_minutes_and_ends_after_five_days() {
    let shop = Shop::open();
    let (_, id) = shop.queue(1, &["a@x.test"], false, 0);
    let (mut now, mut waits) = (0, Vec::new());
    let failed = loop {
        assert!(shop.claim(now - 1).is_none());
        assert_eq!(shop.claim(now).unwrap().pending.len(), 1);
        let settled = shop.settle(id, &[("a@x.test", Fate::Deferred(words()))], now);
        let (state, due) = shop.state(id);
        if state == State::Failed {
            break settled.failed;
        }
        assert_eq!(state, State::Deferred);
        waits.push((due - now) / MINUTE);
        now = due;
    };
    assert_eq!(waits[..5], [1, 5, 15, 60, 240]);
    assert!((4.5..=5.0).contains(&(now as f64 / (24 * 60 * MINUTE) as f64)), "gave up after {now} ms");
    assert!(failed[0].words.contains("five days") && failed[0].words.contains("450 later") && !failed[0].address_is_bad);
}

#[test]
fn each_recipient_has_a_fate_of_its_own_and_only_the_open_ones_are_tried_again() {
    let shop = Shop::open();
    let (_, id) = shop.queue(1, &["a@x.test", "b@x.test", "c@x.test"], false, 0);
    shop.claim(0).unwrap();
    let settled = shop.settle(
        id,
        &[("a@x.test", Fate::Accepted("250".into())), ("b@x.test", Fate::Deferred(words())), ("c@x.test", Fate::NoSuchAddress("550 no".into()))],
        1,
    );
    assert_eq!(settled.failed, [Undelivered { address: "c@x.test".into(), words: "550 no".into(), address_is_bad: true }]);
    assert_eq!(shop.state(id), (State::Deferred, 1 + MINUTE));
    assert_eq!(shop.claim(1 + MINUTE).unwrap().pending, ["b@x.test"]);
    shop.settle(id, &[("b@x.test", Fate::Accepted("250".into()))], 2 + MINUTE);
    assert_eq!(shop.state(id).0, State::Failed, "one of three did not get it, and that is visible");
}

#[test]
fn a_persons_letter_is_repeated_once_after_ten_minutes_then_a_person_decides() {
    let shop = Shop::open();
    let (message, id) = shop.queue(1, &["a@x.test"], false, 0);
    let mut now = 0;
    let mut copies = 0;
    for attempt in 1..=2 {
        let letter = shop.claim(now).unwrap();
        shop.dot(&letter, now);
        copies += 1;
        let settled = shop.settle(id, &[("a@x.test", Fate::Uncertain(NO_ANSWER.into()))], now);
        assert_eq!(settled.undecided, attempt == 2);
        assert_eq!(shop.state(id).0, State::Uncertain);
        assert!(shop.claim(now + UNCERTAIN_WAIT - 1).is_none());
        now += UNCERTAIN_WAIT;
    }
    assert_eq!((shop.next_due(), shop.claim(now * 1_000).map(|l| l.id), copies), (None, None, 2));
    assert!(shop.db.write(move |tx| send_again(tx, message, now)).unwrap());
    let letter = shop.claim(now).unwrap();
    shop.dot(&letter, now);
    assert!(shop.settle(id, &[("a@x.test", Fate::Uncertain(NO_ANSWER.into()))], now).undecided, "no automatic repeat a second time");
    assert!(shop.db.write(move |tx| leave(tx, message, now)).unwrap());
    assert_eq!((shop.state(id).0, shop.next_due()), (State::Uncertain, None));
}

#[test]
fn an_automatic_letter_is_never_repeated_from_uncertain() {
    let shop = Shop::open();
    let (_, id) = shop.queue(1, &["a@x.test", "b@x.test"], true, 0);
    let letter = shop.claim(0).unwrap();
    shop.dot(&Claimed { pending: vec!["a@x.test".into()], ..letter }, 0);
    shop.settle(id, &[("a@x.test", Fate::Uncertain(NO_ANSWER.into())), ("b@x.test", Fate::Deferred(words()))], 0);
    assert_eq!(shop.state(id), (State::Deferred, MINUTE), "the other recipient is still tried");
    assert_eq!(shop.claim(MINUTE).unwrap().pending, ["b@x.test"]);
    assert!(shop.settle(id, &[("b@x.test", Fate::Accepted("250".into()))], MINUTE).undecided);
    assert!(shop.claim(MINUTE * 100_000).is_none());
}

#[test]
fn an_uncertain_recipient_stays_so_when_the_repeat_never_reached_the_server() {
    let shop = Shop::open();
    let (_, id) = shop.queue(1, &["a@x.test"], false, 0);
    let letter = shop.claim(0).unwrap();
    shop.dot(&letter, 0);
    shop.settle(id, &[("a@x.test", Fate::Uncertain(NO_ANSWER.into()))], 0);
    shop.claim(UNCERTAIN_WAIT).unwrap();
    shop.settle(id, &[("a@x.test", Fate::Deferred("no connection".into()))], UNCERTAIN_WAIT);
    assert_eq!(shop.state(id).0, State::Uncertain);
    let letter = shop.claim(3 * UNCERTAIN_WAIT).unwrap();
    assert_eq!(letter.pending, ["a@x.test"], "the one repeat is not used up");
}

#[test]
fn at_start_a_letter_with_its_dot_journaled_is_uncertain_and_one_without_waits_again() {
    let shop = Shop::open();
    let with = shop.queue(1, &["a@x.test", "b@x.test"], false, 0).1;
    let without = shop.queue(1, &["a@x.test"], false, 0).1;
    let first = shop.claim(1).unwrap();
    shop.claim(1).unwrap();
    shop.dot(&Claimed { pending: vec!["a@x.test".into()], ..first }, 2);
    let found = shop.db.read(interrupted).unwrap();
    assert_eq!(found.iter().map(|(letter, dot)| (letter.id, *dot)).collect::<Vec<_>>(), [(with, true), (without, false)]);
    shop.settle(with, &[], 3);
    let letter = found[1].0.clone();
    shop.db.write(move |tx| release(tx, &letter, 3)).unwrap();
    assert_eq!((shop.state(with).0, shop.state(without)), (State::Uncertain, (State::Queued, 3)));
}

#[test]
fn a_letter_that_ends_the_process_each_time_waits_longer_and_longer() {
    let shop = Shop::open();
    let (_, id) = shop.queue(1, &["a@x.test"], false, 0);
    for _ in 0..6 {
        shop.claim(10).unwrap();
        let (letter, _) = shop.db.read(interrupted).unwrap().remove(0);
        shop.db.write(move |tx| release(tx, &letter, 10)).unwrap();
    }
    assert_eq!(shop.state(id), (State::Deferred, 10 + 240 * MINUTE));
}

#[test]
fn a_mailbox_whose_server_hangs_leaves_senders_for_the_others() {
    let shop = Shop::open();
    for _ in 0..10 {
        shop.queue(1, &["a@x.test"], false, 0);
    }
    let other = shop.queue(2, &["a@x.test"], false, 50).1;
    for _ in 0..PER_MAILBOX_MAX {
        assert_eq!(shop.claim(100).unwrap().mailbox_id, MailboxId(1));
    }
    assert_eq!(shop.claim(100).unwrap().id, other);
    assert!(shop.claim(100).is_none());
}

#[test]
fn sent_letters_cost_the_question_what_is_next_nothing() {
    let shop = Shop::open();
    shop.queue(1, &["a@x.test"], false, 0);
    let plan = shop.db.read(|c| c.all(&format!("EXPLAIN QUERY PLAN {}", super::claim::next_due_sql()), params![3, 1], |r| r.get::<_, String>(3))).unwrap();
    assert!(plan.iter().all(|step| !step.contains("SCAN outbox") || step.contains("INDEX outbox_due")), "{plan:?}");
}

impl Shop {
    /// A letter that rests on a consent, in the hands of a sender; the consent has just ended.
    fn stopped_on_its_way(&self) -> (MessageKey, Claimed) {
        let (message, id) = self.queue(1, &["anna@example.test"], true, 0);
        self.db
            .write(move |tx| {
                let consent = tx.insert(
                    "INSERT INTO consent(customer_id, address, purpose, way, words, at, recorded_at) VALUES (1, 'anna@example.test', 'offers', 'form', 'yes', 0, 0)",
                    [],
                )?;
                tx.execute("UPDATE outbox SET consent_id = ?2 WHERE id = ?1", params![id, consent])
            })
            .unwrap();
        assert_eq!(self.db.read(waiting_on_consent).unwrap(), 1);
        let letter = self.claim(0).unwrap();
        self.db.write(|tx| tx.execute("UPDATE consent SET withdrawn_at = 1, withdrawn_way = 'page'", [])).unwrap();
        (message, letter)
    }
}

#[test]
fn p68_a_letter_whose_consent_ended_on_its_way_is_cancelled_and_never_sent_again() {
    let shop = Shop::open();
    let (message, letter) = shop.stopped_on_its_way();
    let settled = shop.settle(letter.id, &[("anna@example.test", Fate::Deferred("451 later".into()))], 1);
    assert!(settled.cancelled && shop.state(letter.id).0 == State::Cancelled && shop.next_due().is_none());
    assert_eq!(shop.db.read(waiting_on_consent).unwrap(), 0);

    let shop = Shop::open();
    let (_, letter) = shop.stopped_on_its_way();
    let released = letter.clone();
    assert!(shop.db.write(move |tx| release(tx, &released, 1)).unwrap().cancelled);
    assert_eq!(shop.state(letter.id).0, State::Cancelled);

    let shop = Shop::open();
    let (message_of_failed, letter) = shop.stopped_on_its_way();
    shop.settle(letter.id, &[("anna@example.test", Fate::Failed("554 no".into()))], 1);
    assert_eq!(shop.state(letter.id).0, State::Failed);
    assert!(!shop.db.write(move |tx| send_again(tx, message_of_failed, 2)).unwrap());
    assert!(shop.db.read(|c| rests_on_ended_consent(c, message)).unwrap());
}
