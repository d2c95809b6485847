//! Laws of the verdict, and what the ready policies say of ordinary cases.

use super::*;
use crate::return_request::{Decision, Reason, Wish, fields};
use jiff::civil::{Date, date};
use proptest::prelude::*;

const TODAY: Date = date(2026, 11, 23);

/// Delivered so many days before it was reported.
fn case(kind: &str, reason: Reason, day: i64, photos: u32) -> Case {
    Case {
        kinds: Some(vec![kind.into()]),
        tags: Some(vec![Vec::new()]),
        reason: Some(reason),
        delivered_on: TODAY.checked_sub(jiff::Span::new().days(day)).ok(),
        reported_on: Some(TODAY),
        photos: Some(photos),
        ..Case::default()
    }
}

#[test]
fn the_verdict_names_its_clause_and_the_facts_it_used() {
    let said = verdict(&ready::prints_and_originals(), &case("print", Reason::Damaged, 4, 2));
    assert_eq!((said.kind, said.words.as_str()), (Kind::Within, "damaged, day 4 of 14, 2 photos"));
    assert_eq!(said.clause, Some(("print-fault".into(), "Prints with a fault".into())));
    assert_eq!((said.report_by, said.comes_back), (Some(date(2026, 12, 3)), true));
}

#[test]
fn prints_and_originals_over_the_cases_of_its_clauses() {
    use Kind::*;
    use Reason::*;
    let policy = ready::prints_and_originals();
    let (fault, sale, made, never) = ("print-fault", "original", "print", "commission");
    let table = [
        ("print", Damaged, 0, 2, Within, fault, "damaged on the day it came"),
        ("print", Damaged, 14, 2, Within, fault, "the last day counts"),
        ("print", Damaged, 15, 2, Outside, fault, "a day late"),
        ("print", Damaged, 100, 2, Outside, fault, "months late"),
        ("print", Damaged, 4, 1, Look, fault, "the packaging was not photographed"),
        ("print", Damaged, 4, 0, Look, fault, "nothing was photographed"),
        ("print", Damaged, 15, 0, Outside, fault, "photos do not help who is late"),
        ("print", Damaged, -1, 2, Look, fault, "reported before it came"),
        ("print", NotAsDescribed, 14, 3, Within, fault, "misrepresented, in time"),
        ("print", NotAsDescribed, 15, 3, Outside, fault, "misrepresented, late"),
        ("print", WrongItem, 1, 2, Within, fault, "another print came"),
        ("print", WrongItem, 1, 0, Look, fault, "another print came, unseen"),
        ("print", ChangedMind, 1, 0, Outside, made, "prints are made to order"),
        ("print", Other, 1, 0, Outside, made, "no fault, made to order"),
        ("print", NotDelivered, 1, 0, Outside, made, "nothing that comes back"),
        ("original", Damaged, 0, 2, Within, "original-damaged", "it arrived damaged"),
        ("original", Damaged, 14, 2, Within, "original-damaged", "it arrived damaged, last day"),
        ("original", Damaged, 15, 2, Outside, "original-damaged", "it arrived damaged, late"),
        ("original", Damaged, 3, 0, Look, "original-damaged", "damage that nobody saw"),
        ("original", ChangedMind, 1, 0, Outside, sale, "final sale"),
        ("original", Other, 1, 2, Outside, sale, "final sale whatever else"),
        ("original", NotAsDescribed, 1, 2, Outside, "original-other", "final sale unless damaged"),
        ("original", WrongItem, 1, 2, Outside, "original-other", "final sale unless damaged"),
        ("commission", ChangedMind, 1, 0, Outside, never, "never returned"),
        ("commission", Other, 1, 0, Outside, never, "never returned"),
        ("commission", Damaged, 1, 2, Outside, "commission-fault", "never, not even damaged"),
        ("commission", NotAsDescribed, 1, 2, Outside, "commission-fault", "never, not even so"),
        ("commission", WrongItem, 1, 2, Outside, "commission-fault", "never, not even so"),
        ("frame", Damaged, 2, 2, Within, "fault", "other goods, damaged"),
        ("frame", NotAsDescribed, 15, 2, Outside, "fault", "other goods, late"),
        ("frame", ChangedMind, 2, 0, Look, "", "no clause is about it"),
        ("", Damaged, 2, 2, Look, "fault", "it may be a commission"),
    ];
    for (kind, reason, day, photos, expected, clause, story) in table {
        let said = verdict(&policy, &case(kind, reason, day, photos));
        let named = said.clause.map(|(id, _)| id).unwrap_or_default();
        assert_eq!((said.kind, named.as_str()), (expected, clause), "{story}: {}", said.words);
    }
}

#[test]
fn the_general_shop_and_the_withdrawal_right_over_their_cases() {
    use Kind::*;
    use Reason::*;
    let table = [
        (ChangedMind, 0, 0, Within, Within, "at once"),
        (ChangedMind, 14, 0, Within, Within, "the last day of the law"),
        (ChangedMind, 15, 0, Within, Outside, "beyond the law, within the shop's word"),
        (ChangedMind, 30, 0, Within, Outside, "the shop's last day"),
        (ChangedMind, 31, 0, Outside, Outside, "late for both"),
        (ChangedMind, -2, 0, Look, Look, "before it came"),
        (Damaged, 1, 1, Within, Within, "damaged, seen"),
        (Damaged, 1, 0, Look, Within, "damaged, unseen: the law asks for no photo"),
        (Damaged, 30, 1, Within, Outside, "damaged, the last day"),
        (Damaged, 31, 1, Outside, Outside, "damaged, late"),
        (WrongItem, 14, 1, Within, Within, "wrong item"),
        (NotAsDescribed, 14, 1, Within, Within, "not as described"),
        (Other, 3, 0, Look, Within, "the law wants no reason, the shop has no clause"),
        (NotDelivered, 3, 0, Look, Within, "withdrawn without a reason"),
    ];
    for (reason, day, photos, general, withdrawal, story) in table {
        let case = case("mug", reason, day, photos);
        assert_eq!(verdict(&ready::general_shop(), &case).kind, general, "general: {story}");
        assert_eq!(verdict(&ready::withdrawal_right(), &case).kind, withdrawal, "withdrawal: {story}");
    }
    let made = Case { tags: Some(vec![vec!["Made to order".into()]]), ..case("mug", ChangedMind, 1, 0) };
    assert_eq!(verdict(&ready::withdrawal_right(), &made).kind, Outside, "made to order is excepted");
    let mixed = Case { tags: Some(vec![vec!["made to order".into()], Vec::new()]), ..made.clone() };
    assert_eq!(verdict(&ready::withdrawal_right(), &mixed).kind, Look, "one of two items is");
    let untold = Case { tags: None, ..made };
    assert_eq!(verdict(&ready::withdrawal_right(), &untold).missing, [fields::ITEM], "nobody knows whether it is");
}

#[test]
fn windows_in_hours_leave_to_a_person_what_days_cannot_tell() {
    let within = |hours, from, day| Window { count: hours, unit: Unit::Hours, from }.open_on(day);
    assert_eq!([0, 1, 2].map(|day| within(24, From::Delivery, day)), [Some(true), None, Some(false)]);
    assert_eq!([1, 2, 3].map(|day| within(48, From::Order, day)), [Some(true), None, Some(false)]);
    assert_eq!(Window::days(100, From::Shipping).open_on(100), Some(true));
    assert_eq!(Window::days(100, From::Shipping).open_on(101), Some(false));
}

#[test]
fn the_facts_of_a_window_in_hours_say_what_the_days_can_tell() {
    let mut policy = ready::general_shop();
    policy.clauses[0].terms.report = Some(Window { count: 24, unit: Unit::Hours, from: From::Delivery });
    let said = |day| verdict(&policy, &case("mug", Reason::ChangedMind, day, 0));
    let words = |day| (said(day).kind, said(day).words);
    assert_eq!(words(0), (Kind::Within, "changed mind, reported on the day of delivery, within 24 hours".into()));
    let next_day = "changed mind, reported the day after delivery: the hour decides whether that is within 24 hours, and only the day is known";
    assert_eq!(words(1), (Kind::Look, next_day.into()));
    assert_eq!(words(3), (Kind::Outside, "changed mind, reported 3 days after delivery, later than 24 hours".into()));
}

#[test]
fn an_item_without_a_kind_is_of_the_one_kind_that_its_name_says_and_the_verdict_says_so() {
    let policy = ready::prints_and_originals();
    let named = |name: &str| verdict(&policy, &Case { names: Some(vec![name.into()]), ..case("", Reason::Damaged, 4, 2) });
    let said = named("“Low Tide”, giclée Print 50x70 LT-57");
    assert_eq!((said.kind, said.words.as_str()), (Kind::Within, "print by its name, damaged, day 4 of 14, 2 photos"));
    assert_eq!(named("Winterfeld ORIGINAL-004").clause, Some(("original-damaged".into(), "Original art that arrived damaged".into())));
    for (name, why) in [("Print of an original", "two kinds"), ("Fingerprints", "a part of a word"), ("Low Tide", "none"), ("", "no name")] {
        assert_eq!(named(name).kind, Kind::Look, "{why}");
    }
    let told = Case { names: Some(vec!["A print".into()]), ..case("commission", Reason::Damaged, 4, 2) };
    assert_eq!(verdict(&policy, &told).words, "never returned, damaged", "what the shop says goes before a name");
    let two = Case { kinds: Some(vec!["print".into(), String::new()]), names: Some(vec!["Low Tide".into(), "Postcard".into()]), ..told };
    assert_eq!(verdict(&policy, &two).kind, Kind::Look, "one of two items is of no known kind");
}

#[test]
fn what_was_wished_for_is_offered_first_where_the_clause_offers_it() {
    let policy = ready::general_shop();
    let wish = |wish| verdict(&policy, &Case { wish: Some(wish), ..case("mug", Reason::ChangedMind, 1, 0) }).offers;
    assert_eq!(wish(Wish::StoreCredit), [Decision::StoreCredit, Decision::Refund, Decision::Exchange]);
    assert_eq!(wish(Wish::Repair)[0], Decision::Refund);
}

#[test]
fn two_clauses_that_contradict_each_other_are_for_a_person() {
    let mut policy = ready::general_shop();
    let mut other = policy.clauses[0].clone();
    (other.id, other.name) = ("again".into(), "Changed again".into());
    other.terms.answer = Answer::FinalSale;
    policy.clauses.push(other);
    let said = verdict(&policy, &case("mug", Reason::ChangedMind, 1, 0));
    assert_eq!((said.kind, said.words.as_str()), (Kind::Look, "“Changed again” and “Changed mind” contradict each other here"));
}

fn a_scope() -> impl Strategy<Value = Scope> {
    let few = |words: &'static [&'static str]| prop::collection::vec(prop::sample::select(words).prop_map(str::to_owned), 0..2);
    (few(&["print", "original"]), few(&["sale", "made"]), prop::collection::vec(prop::sample::select(Reason::ALL), 0..3), few(&["DE", "US"]))
        .prop_map(|(kinds, tags, reasons, countries)| Scope { kinds, tags, reasons, countries, ..Scope::default() })
}

fn a_policy() -> impl Strategy<Value = Policy> {
    let window = (0..40u32, prop::sample::select(Unit::ALL), prop::sample::select(From::ALL)).prop_map(|(count, unit, from)| Window { count, unit, from });
    let terms = (prop::sample::select(&[Answer::Accepted, Answer::Accepted, Answer::FinalSale][..]), prop::option::of(window), 0..3u32, any::<bool>())
        .prop_map(|(answer, report, photos, original_packaging)| Terms { answer, report, photos, original_packaging, ..Terms::default() });
    prop::collection::vec((a_scope(), terms), 0..6).prop_map(|clauses| Policy {
        shape: SHAPE,
        clauses: clauses
            .into_iter()
            .enumerate()
            .map(|(n, (about, terms))| Clause { id: format!("c{n}"), name: format!("Clause {n}"), about, terms, ..Clause::default() })
            .collect(),
    })
}

/// A case of which everything is known.
fn a_case() -> impl Strategy<Value = Case> {
    let word = |words: &'static [&'static str]| prop::sample::select(words).prop_map(str::to_owned);
    let day = |back: i64| TODAY.checked_sub(jiff::Span::new().days(back)).ok();
    (
        word(&["print", "original", "mug"]),
        word(&["sale", "made", "new"]),
        prop::sample::select(Reason::ALL),
        word(&["DE", "US"]),
        -1..40i64,
        0..3u32,
        any::<bool>(),
    )
        .prop_map(move |(kind, tag, reason, country, back, photos, packaging)| Case {
            kinds: Some(vec![kind]),
            tags: Some(vec![vec![tag]]),
            reason: Some(reason),
            country: Some(country),
            ordered_on: day(back + 4),
            shipped_on: day(back + 2),
            delivered_on: day(back),
            reported_on: Some(TODAY),
            photos: Some(photos),
            original_packaging: Some(packaging),
            ..Case::default()
        })
}

/// The case without the facts whose bit is set.
fn forgetting(case: &Case, bits: u16) -> Case {
    let mut less = case.clone();
    let forget = |bit: u32| bits & (1 << bit) != 0;
    if forget(0) {
        less.kinds = None
    }
    if forget(1) {
        less.tags = None
    }
    if forget(2) {
        less.reason = None
    }
    if forget(3) {
        less.country = None
    }
    if forget(4) {
        less.ordered_on = None
    }
    if forget(5) {
        less.shipped_on = None
    }
    if forget(6) {
        less.delivered_on = None
    }
    if forget(7) {
        less.reported_on = None
    }
    if forget(8) {
        less.photos = None
    }
    if forget(9) {
        less.original_packaging = None
    }
    less
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// The law: if a case is within while some facts are unknown, it is within whatever they turn out to be; and so with outside.
    #[test]
    fn unknown_never_passes(policy in a_policy(), whole in a_case(), bits in 0..1024u16) {
        let known = verdict(&policy, &forgetting(&whole, bits));
        if known.kind != Kind::Look {
            prop_assert_eq!(known.kind, verdict(&policy, &whole).kind, "{}", known.words);
        }
    }

    /// Stronger than asked for: not even where clauses overlap does their order count.
    #[test]
    fn no_verdict_depends_on_the_order_of_clauses(policy in a_policy(), whole in a_case(), bits in 0..1024u16, turn in 0..6usize) {
        let case = forgetting(&whole, bits);
        let mut turned = policy.clone();
        turned.clauses.reverse();
        let by = turn % turned.clauses.len().max(1);
        turned.clauses.rotate_left(by);
        prop_assert_eq!(verdict(&policy, &case), verdict(&turned, &case));
    }

    /// What is pointed out before publishing and what the judge says later are one.
    #[test]
    fn no_case_meets_a_contradiction_that_was_not_pointed_out(policy in a_policy(), whole in a_case()) {
        if verdict(&policy, &whole).words.ends_with("contradict each other here") {
            prop_assert!(!check::contradictions(&policy).is_empty());
        }
    }

    #[test]
    fn a_policy_is_the_same_after_it_was_stored(policy in a_policy()) {
        let stored = serde_json::to_string(&policy).unwrap();
        prop_assert_eq!(serde_json::from_str::<Policy>(&stored).unwrap(), policy);
    }
}

#[test]
fn while_the_kind_is_open_what_any_clause_would_need_is_asked_for_at_once() {
    let case = Case { reason: Some(Reason::Damaged), photos: Some(0), ..Case::default() };
    let said = verdict(&ready::prints_and_originals(), &case);
    assert_eq!((said.kind, said.missing), (Kind::Look, ["item", "delivered_on", "photos"].map(String::from).to_vec()));
}
