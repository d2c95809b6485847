//! Three policies to start from.

use super::terms::{Answer, Clause, From, Postage, Scope, Terms, Window};
use super::{Policy, SHAPE};
use crate::return_request::{Decision, LANGUAGES, Reason, words};

const FAULTS: &[Reason] = &[Reason::Damaged, Reason::NotAsDescribed, Reason::WrongItem];

/// Code, name, policy.
pub fn all() -> Vec<(&'static str, &'static str, Policy)> {
    vec![
        ("prints", "Prints and originals", prints_and_originals()),
        ("general", "General shop", general_shop()),
        ("withdrawal", "EU withdrawal right", withdrawal_right()),
    ]
}

/// Small art and print shops: faults within 14 days, with photos; everything else stays sold.
pub fn prints_and_originals() -> Policy {
    let damage = Terms { photos: 2, ..faults(14) };
    let of_original = |reasons: &[Reason]| Scope { reasons: reasons.to_vec(), ..kinds("original") };
    let with_fault = |kind: &str| Scope { reasons: FAULTS.to_vec(), ..kinds(kind) };
    policy(vec![
        clause("fault", "fault", reasons(FAULTS), damage.clone()),
        clause("original", "original", kinds("original"), refused(Answer::FinalSale)),
        clause("original-damaged", "original_damaged", of_original(&[Reason::Damaged]), damage.clone()),
        clause("original-other", "original_other", of_original(&[Reason::NotAsDescribed, Reason::WrongItem]), refused(Answer::FinalSale)),
        clause("print", "print", kinds("print"), refused(Answer::MadeToOrder)),
        clause("print-fault", "print_fault", with_fault("print"), damage),
        clause("commission", "commission", kinds("commission"), refused(Answer::NeverReturned)),
        clause("commission-fault", "commission_fault", with_fault("commission"), refused(Answer::NeverReturned)),
    ])
}

/// 30 days, a changed mind is fine, the customer pays for the way back; faults are the shop's to pay.
pub fn general_shop() -> Policy {
    let changed =
        Terms { outcomes: vec![Decision::Refund, Decision::Exchange, Decision::StoreCredit], postage: Postage::Customer, inspection: true, ..faults(30) };
    policy(vec![
        clause("changed-mind", "changed_mind", reasons(&[Reason::ChangedMind]), changed),
        clause("fault", "any_fault", reasons(FAULTS), Terms { photos: 1, ..faults(30) }),
    ])
}

/// 14 days without a reason (Directive 2011/83/EU, articles 9 to 16), 14 more to send it back; not for what is made to order.
pub fn withdrawal_right() -> Policy {
    let made = Scope { tags: vec!["made to order".into()], ..Scope::default() };
    let withdrawal = Terms { ship_back: Some(Window::days(28, From::Delivery)), outcomes: vec![Decision::Refund], postage: Postage::Customer, ..faults(14) };
    policy(vec![clause("withdrawal", "withdrawal", Scope::default(), withdrawal), clause("made-to-order", "made_to_order", made, refused(Answer::MadeToOrder))])
}

fn policy(clauses: Vec<Clause>) -> Policy {
    Policy { shape: SHAPE, clauses }
}

/// Named in every language; `name` is the phrase of that.
fn clause(id: &str, name: &str, about: Scope, terms: Terms) -> Clause {
    let named = |language: &str| words::policy(&format!("ready_{name}"), language).to_owned();
    let names = LANGUAGES.iter().map(|language| ((*language).to_owned(), named(language))).collect();
    Clause { id: id.into(), name: named(LANGUAGES[0]), names, about, terms }
}

fn reasons(reasons: &[Reason]) -> Scope {
    Scope { reasons: reasons.to_vec(), ..Scope::default() }
}

fn kinds(kind: &str) -> Scope {
    Scope { kinds: vec![kind.into()], ..Scope::default() }
}

fn faults(days: u32) -> Terms {
    Terms {
        report: Some(Window::days(days, From::Delivery)),
        comes_back: true,
        outcomes: vec![Decision::Refund, Decision::Replacement, Decision::PartialRefund],
        ..Terms::default()
    }
}

fn refused(answer: Answer) -> Terms {
    Terms { answer, ..Terms::default() }
}
