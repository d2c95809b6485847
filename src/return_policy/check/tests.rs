//! What is pointed out, and what is left alone.

use super::*;
use crate::money::Currency;
use crate::return_policy::{From, Terms, Unit, Window, ready};
use crate::return_request::Decision;

fn euros(minor: i64) -> Option<Amount> {
    Some(Amount::new(minor, Currency::parse("EUR")))
}

fn clause(name: &str, about: Scope, days: u32) -> Clause {
    let terms = Terms { report: Some(Window::days(days, From::Delivery)), outcomes: vec![Decision::Refund], ..Terms::default() };
    Clause { id: name.into(), name: name.into(), about, terms, ..Clause::default() }
}

fn kind(kind: &str) -> Scope {
    Scope { kinds: vec![kind.into()], ..Scope::default() }
}

fn clashes(clauses: Vec<Clause>) -> Vec<(String, String, String)> {
    let found = contradictions(&Policy { shape: 1, clauses });
    found.into_iter().map(|Contradiction { names: [one, other], example }| (one, other, example)).collect()
}

#[test]
fn the_ready_policies_have_nothing_to_be_pointed_out() {
    for (code, _, policy) in ready::all() {
        assert_eq!(findings(&policy), [], "{code}");
    }
}

#[test]
fn two_clauses_of_one_weight_clash_where_they_meet_unless_a_narrower_one_decides_there() {
    let damaged = Scope { reasons: vec![Reason::Damaged], ..Scope::default() };
    let both = Scope { reasons: vec![Reason::Damaged], ..kind("print") };
    let (a, b) = (clause("prints", kind("Print"), 14), clause("damage", damaged, 30));
    assert_eq!(clashes(vec![a.clone(), b.clone()]), [("prints".into(), "damage".into(), "damaged, Print".into())]);
    assert_eq!(clashes(vec![a.clone(), b.clone(), clause("damaged print", both, 7)]), []);
    assert_eq!(clashes(vec![a.clone(), clause("originals", kind("original"), 30)]), [], "they never meet");
    assert_eq!(clashes(vec![a.clone(), clause("again", kind("print"), 14)]), [], "they say the same");
    let sale = Scope { tags: vec!["sale".into()], ..Scope::default() };
    assert_eq!(clashes(vec![a.clone(), clause("sale", sale, 3)])[0].2, "Print, sale");
    let dear = Scope { value_from: euros(20_000), ..Scope::default() };
    let cheap = Scope { value_to: euros(20_000), ..Scope::default() };
    assert_eq!(clashes(vec![clause("dear", dear.clone(), 3), clause("cheap", cheap.clone(), 14)])[0].2, "€200.00", "the bound is in both");
    let below = Scope { value_to: euros(19_999), ..Scope::default() };
    assert_eq!(clashes(vec![clause("dear", dear, 3), clause("below", below, 14)]), []);
    let (everything, all_else) = (clause("all", Scope::default(), 3), clause("all else", Scope::default(), 4));
    assert_eq!(clashes(vec![everything, all_else])[0].2, "");
}

#[test]
fn a_policy_of_any_size_is_looked_through_in_bounded_time() {
    let many = |from: usize| Scope { tags: (from..from + 30).map(|n| format!("tag {n}")).collect(), ..Scope::default() };
    let clauses = (0..50).map(|n| clause(&format!("clause {n}"), many(n * 30), u32::try_from(n).unwrap() + 1)).collect();
    assert!(!clashes(clauses).is_empty());
}

#[test]
fn what_cannot_work_names_its_field() {
    let fields = |clause: &Clause| mistakes(clause).into_iter().map(|(field, _)| field).collect::<Vec<_>>();
    let fine = clause("fine", Scope::default(), 14);
    assert_eq!(fields(&fine), [""; 0]);
    let nothing = Clause { terms: Terms { report: Some(Window { count: 0, unit: Unit::Hours, from: From::Order }), ..Terms::default() }, ..fine.clone() };
    assert_eq!(fields(&nothing), ["outcomes", "report"]);
    let abroad = Scope { countries: vec!["UK".into(), "DE".into()], value_from: euros(2), value_to: euros(1), ..Scope::default() };
    let odd = Clause { name: " ".into(), about: abroad, ..fine.clone() };
    assert_eq!(fields(&odd), ["name", "countries", "value_to"]);
    assert!(mistakes(&odd)[1].1.contains("code UK") && mistakes(&odd)[1].1.contains("is GB"));
    let refused = Clause { terms: Terms { answer: Answer::FinalSale, ..Terms::default() }, ..fine.clone() };
    assert_eq!(fields(&refused), [""; 0], "a refusal offers nothing, rightly");
    let twice = Policy { shape: 1, clauses: vec![fine.clone(), Clause { id: "2".into(), name: "Fine".into(), ..fine }] };
    assert!(findings(&twice).iter().any(|f| f.must && f.words.contains("Two clauses are called “Fine”")));
    assert!(findings(&Policy { shape: 1, clauses: Vec::new() })[0].must);
}

#[test]
fn what_probably_was_not_meant_is_said_and_may_be_published() {
    let mut late = clause("late", Scope::default(), 14);
    late.terms.ship_back = Some(Window { count: 48, unit: Unit::Hours, from: From::Delivery });
    late.terms.original_packaging = true; // customers are asked for it
    let found = findings(&Policy { shape: 1, clauses: vec![late] });
    assert_eq!((found.len(), found.iter().any(|f| f.must)), (2, false), "{found:?}");
}
