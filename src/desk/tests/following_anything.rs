//! Whatever happens, in whatever order: no path sends a follow-up without a consent that lives (PROMISES P68).

use super::following::{DAY, HOUR};
use super::shop::{MINUTE, NOON, Shop};
use crate::blobs::Hash;
use crate::consent::{Ended, Purpose, Withdrawal};
use crate::desk::letters::{self, Composed, Making, Waiting};
use crate::desk::{self, follow_ups};
use crate::follow_up::pace::Pace;
use crate::follow_up::{self, Kind, New, going};
use crate::id::{ConsentId, FollowUpId};
use crate::{conversation, outbox, setting};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// So few that they meet.
const PEOPLE: [&str; 3] = ["mara@example.test", "jon@example.test", "ida@example.test"];

#[derive(Clone, Copy, Debug)]
enum Step {
    Agrees(usize, Purpose),
    Stops(usize, Purpose),
    IsErased(usize),
    Plans(usize, Kind),
    /// The house takes one up.
    Goes,
    /// The scribe has read what is wanted, and has not queued it yet.
    Composes,
    Queues,
    /// The postman takes one.
    Leaves,
}

fn steps() -> impl Strategy<Value = Step> {
    let who = 0..PEOPLE.len();
    let purpose = prop::sample::select(Purpose::ALL);
    prop_oneof![
        (who.clone(), purpose.clone()).prop_map(|(who, purpose)| Step::Agrees(who, purpose)),
        (who.clone(), purpose).prop_map(|(who, purpose)| Step::Stops(who, purpose)),
        who.clone().prop_map(Step::IsErased),
        (who, prop::sample::select(Kind::ALL)).prop_map(|(who, kind)| Step::Plans(who, kind)),
        Just(Step::Goes),
        Just(Step::Goes),
        Just(Step::Composes),
        Just(Step::Queues),
        Just(Step::Leaves),
    ]
}

/// A shop and what is true of it, kept beside it.
struct Watched {
    shop: Shop,
    agreed: BTreeSet<(usize, Purpose)>,
    written: Option<(Waiting, Composed, String)>,
    to_each: BTreeMap<String, i64>,
    left: usize,
}

impl Watched {
    fn open() -> Watched {
        let shop = Shop::open();
        setting::set(&shop.tx, setting::PUBLIC_URL, &"https://help.shop.test", None, 1).unwrap();
        let pace = Pace { per_hour: 60, per_month: 3, from_hour: 0, until_hour: 24, sundays: false, country: String::new() };
        setting::set(&shop.tx, setting::FOLLOW_UPS_PACE, &pace, None, 1).unwrap();
        Watched { shop, agreed: BTreeSet::new(), written: None, to_each: BTreeMap::new(), left: 0 }
    }

    fn step(&mut self, step: Step) {
        let now = self.shop.later(2 * MINUTE);
        match step {
            Step::Agrees(who, purpose) => {
                self.shop.agrees(PEOPLE[who], purpose);
                self.agreed.insert((who, purpose));
            }
            Step::Stops(who, purpose) => {
                self.shop.says_stop(PEOPLE[who], &[purpose]);
                self.agreed.remove(&(who, purpose));
            }
            Step::IsErased(who) => {
                let all = Withdrawal { address: PEOPLE[who], purposes: Purpose::ALL, way: Ended::Erased, words: "", message_id: None, by: None };
                desk::leads::withdraw(&self.shop.tx, &self.shop.key, &all, now).unwrap();
                self.agreed.retain(|(other, _)| *other != who);
            }
            Step::Plans(who, kind) => {
                let planned = self.shop.plans(PEOPLE[who], kind);
                assert_eq!(planned.is_some(), self.agreed.contains(&(who, kind.purpose())), "planned only with consent");
            }
            Step::Goes => {
                follow_ups::go(&self.shop.tx, &self.shop.key, &format!("dice{now}"), now).unwrap();
            }
            Step::Composes => self.compose(),
            Step::Queues => {
                if let Some((waiting, composed, token)) = self.written.take() {
                    letters::queue(&self.shop.tx, &waiting, &composed, Hash::of(&composed.bytes), &token, now).unwrap();
                }
            }
            Step::Leaves => self.leave(),
        }
    }

    fn compose(&mut self) {
        let now = self.shop.now.get();
        let Some(waiting) = letters::waiting(&self.shop.tx, 1, now).unwrap().into_iter().next() else { return };
        let (word, token) = (format!("w{now}"), format!("t{now}"));
        let making = Making { key: &self.shop.key, word: &word, token: &token, url: Some("https://help.shop.test"), now };
        match letters::compose(&self.shop.tx, &waiting, letters::Enclosed::default(), &making).unwrap() {
            Ok(composed) => self.written = Some((waiting, composed, token)),
            Err(why) => letters::drop_letter(&self.shop.tx, &waiting, &why, now).unwrap(),
        }
    }

    fn leave(&mut self) {
        let now = self.shop.now.get();
        let Some(letter) = outbox::claim(&self.shop.tx, now).unwrap() else { return };
        let to = &letter.pending[0];
        let who = PEOPLE.iter().position(|address| address == to).unwrap();
        let of = "SELECT purpose, outbox.consent_id FROM follow_up JOIN outbox ON outbox.message_id = follow_up.message_id WHERE outbox.id = ?1";
        let (purpose, consent) = self.shop.tx.one(of, [letter.id], |r| Ok((r.get::<_, String>(0)?, r.get::<_, Option<ConsentId>>(1)?))).unwrap();
        let purpose = Purpose::from_code(&purpose).unwrap();
        assert!(self.agreed.contains(&(who, purpose)) && consent.is_some(), "{to} got a mail of {purpose} without having agreed");
        let fates = [(to.clone(), outbox::Fate::Accepted("250 ok".into()))];
        outbox::settle(&self.shop.tx, letter.id, &fates, now).unwrap();
        *self.to_each.entry(to.clone()).or_default() += 1;
        self.left += 1;
    }
}

impl Shop {
    fn plans(&self, address: &str, kind: Kind) -> Option<FollowUpId> {
        let discount = (kind == Kind::Discount).then(|| self.discount(crate::follow_up::discount::Kind::Pattern, "THANKS-######"));
        let piece = (kind == Kind::WishMatch).then(|| {
            let said = crate::piece::Said { title: "Ebb".into(), quantity: 1, ..crate::piece::Said::default() };
            crate::piece::add(&self.tx, &said, crate::piece::Source::Form, None, None, 1).unwrap()
        });
        let now = self.now.get();
        let new = New {
            kind,
            customer_id: self.whose(address),
            address,
            plan_id: None,
            return_id: None,
            piece_id: piece,
            wish_id: None,
            discount_id: discount,
            conversation_id: None,
            mailbox_id: self.account.id,
            own_words: None,
            due_at: now,
            by: None,
        };
        follow_up::plan(&self.tx, &new, now).unwrap()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn p68_no_path_sends_a_follow_up_without_a_consent_that_lives(steps in prop::collection::vec(steps(), 10..120)) {
        let mut watched = Watched::open();
        for step in steps {
            watched.step(step);
        }
        prop_assert!(watched.to_each.values().all(|sent| *sent <= 3), "a cap for each person: {:?}", watched.to_each);
    }
}

#[test]
fn the_steps_of_that_property_reach_the_postman() {
    let mut watched = Watched::open();
    let all = [
        Step::Agrees(0, Purpose::Offers),
        Step::Plans(0, Kind::Discount),
        Step::Goes,
        Step::Composes,
        Step::Queues,
        Step::Leaves,
        Step::Plans(0, Kind::CheckIn),
        Step::Goes,
        Step::Composes,
        Step::Stops(0, Purpose::Offers),
        Step::Queues,
        Step::Leaves,
    ];
    all.into_iter().for_each(|step| watched.step(step));
    assert_eq!(watched.left, 1);
}

#[test]
fn p68_the_database_itself_holds_it() {
    let shop = Shop::open();
    shop.agrees("mara@example.test", Purpose::Offers);
    let id = shop.plans("mara@example.test", Kind::CheckIn).unwrap();
    shop.tx.execute("UPDATE consent SET withdrawn_at = 1, withdrawn_way = 'agent'", []).unwrap();
    assert!(shop.tx.execute("UPDATE follow_up SET state = 'wanted' WHERE id = ?1", [id]).is_err());
    let copied = "INSERT INTO follow_up(kind, purpose, customer_id, address, consent_id, mailbox_id, state, due_at, planned_at)
                  SELECT kind, purpose, customer_id, address, consent_id, mailbox_id, 'planned', 1, 1 FROM follow_up";
    assert!(shop.tx.execute(copied, []).is_err());
    assert_eq!(shop.days(2).len(), 0);
}

#[test]
fn p68_a_hundred_who_said_stop_get_nothing_those_in_the_outbox_included() {
    let shop = Shop::open();
    setting::set(&shop.tx, setting::PUBLIC_URL, &"https://help.shop.test", None, 1).unwrap();
    let people: Vec<String> = (0..100).map(|n| format!("p{n}@example.test")).collect();
    for (n, address) in people.iter().enumerate() {
        shop.agrees(address, Purpose::Offers);
        let id = shop.plans(address, Kind::CheckIn).unwrap();
        // A third is in the outbox already, a third is being written, a third waits.
        if n % 3 < 2 {
            let of = follow_up::find(&shop.tx, id).unwrap().unwrap();
            let there = conversation::open(&shop.tx, of.mailbox_id, of.customer_id, "x", conversation::Status::Resolved, shop.now.get()).unwrap();
            going::take(&shop.tx, id, there, shop.now.get()).unwrap();
            letters::follow_up::want(&shop.tx, &of, there, shop.now.get()).unwrap();
        }
        if n % 3 == 0 {
            assert_eq!(shop.letters().len(), 1 + usize::from(n > 0));
        }
    }
    let queued: i64 = shop.tx.one("SELECT count(*) FROM outbox WHERE state = 'queued'", [], |r| r.get(0)).unwrap();
    assert!(queued > 60, "{queued}");
    for address in &people {
        shop.says_stop(address, Purpose::ALL);
    }
    assert_eq!((shop.leave(), shop.days(7).len(), shop.leave()), (0, 0, 0));
    let open: i64 = shop.tx.one("SELECT count(*) FROM follow_up WHERE state IN ('planned', 'wanted')", [], |r| r.get(0)).unwrap();
    assert_eq!(open, 0);
}

#[test]
fn p68_nobody_gets_more_than_a_month_allows_and_no_hour_sends_more_than_it_may() {
    let shop = Shop::open();
    setting::set(&shop.tx, setting::PUBLIC_URL, &"https://help.shop.test", None, 1).unwrap();
    setting::set(&shop.tx, setting::FOLLOW_UPS_PACE, &Pace { per_hour: 4, ..Pace::default() }, None, 1).unwrap();
    for person in 0..12 {
        let address = format!("p{person}@example.test");
        shop.agrees(&address, Purpose::Offers);
        (0..4).for_each(|_| assert!(shop.plans(&address, Kind::CheckIn).is_some()));
    }
    shop.days(20);
    let rows = "SELECT address, settled_at FROM follow_up WHERE state = 'sent' ORDER BY settled_at";
    let went = shop.tx.all(rows, [], |r| Ok((r.get::<_, String>(0)?, r.get::<_, i64>(1)?))).unwrap();
    assert_eq!(went.len(), 24, "two each of twelve");
    for (_, at) in &went {
        assert!(went.iter().filter(|(_, other)| other <= at && *other > at - HOUR).count() <= 4);
        let hour = (at / HOUR) % 24 + 1; // London, in summer
        assert!((9..19).contains(&hour), "{hour} o'clock");
    }
    shop.days(25);
    let sent: i64 = shop.tx.one("SELECT count(*) FROM follow_up WHERE state = 'sent'", [], |r| r.get(0)).unwrap();
    assert!(sent == 48 && shop.now.get() < NOON + 50 * DAY, "the others when the month is over: {sent}");
}
