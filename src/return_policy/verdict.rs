//! A policy and a case give a verdict. The most specific clause that applies decides; the order of clauses never does.
//! What is unknown never counts as fulfilled: whatever else comes to light, a case that is within stays within.

use super::scope::Applies;
use super::terms::{Answer, Clause, From, Postage, Terms, Unit, Window};
use super::{Case, Policy, kind};
use crate::money::Amount;
use crate::return_request::{Decision, Wish, code::codes, fields};
use jiff::civil::Date;

codes! {
    Kind {
        Within = "within",
        Outside = "outside",
        /// A person must look.
        Look = "look",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    pub kind: Kind,
    /// Id and name.
    pub clause: Option<(String, String)>,
    /// For agents, with the facts it used.
    pub words: String,
    /// What decided, in a few words: "final sale", "day 16 of 14", "1 photo of 2".
    pub because: String,
    /// Fields that would decide.
    pub missing: Vec<String>,
    /// Best first.
    pub offers: Vec<Decision>,
    pub comes_back: bool,
    pub inspection: bool,
    pub restocking_percent: u8,
    pub processing_fee: Option<Amount>,
    pub postage: Postage,
    pub report_by: Option<Date>,
    pub ship_back_by: Option<Date>,
}

/// Which clause decides a case, if one does.
pub(super) enum Deciding<'p> {
    /// None is about it.
    Nobody,
    /// What is not known leaves it open: what would decide, the clause that applies in any case, and all that may.
    Open(Vec<String>, Option<&'p Clause>, Vec<&'p Clause>),
    /// As narrow as each other, and they say different things.
    Clash(Vec<&'p Clause>),
    One(&'p Clause),
}

pub fn verdict(policy: &Policy, case: &Case) -> Verdict {
    let (case, by_name) = kind::told(policy, case);
    match deciding(policy, &case) {
        Deciding::Nobody => look(None, "no clause of the policy is about this".into(), Vec::new()),
        Deciding::Open(mut missing, best, candidates) => {
            let name = |field: &String| if field == fields::ITEM { "what kind of item it is".to_owned() } else { fields::english(field) };
            let names = missing.iter().map(name).collect::<Vec<_>>().join(", ");
            // Whichever it will be: what it would ask is asked now, not one letter later. The packaging is in question with some reasons only.
            let accepting = candidates.iter().filter(|clause| clause.terms.answer == Answer::Accepted);
            missing.extend(accepting.flat_map(|clause| findings(&clause.terms, &case)).filter_map(|finding| finding.missing).map(str::to_owned));
            missing.retain(|field| field != fields::PACKAGING || case.reason.is_some());
            in_asking_order(&mut missing);
            let words = if names.is_empty() { "the items fall under different clauses".into() } else { format!("depends on what is not known: {names}") };
            look(best, words, missing)
        }
        Deciding::Clash(clauses) => {
            let names = clauses.iter().map(|clause| format!("“{}”", clause.name)).collect::<Vec<_>>().join(" and ");
            look(clauses.first().copied(), format!("{names} contradict each other here"), Vec::new())
        }
        Deciding::One(clause) => decided_by(clause, &case, by_name),
    }
}

pub(super) fn deciding<'p>(policy: &'p Policy, case: &Case) -> Deciding<'p> {
    let mut sure: Vec<&Clause> = Vec::new();
    let mut open: Vec<(&Clause, Vec<&str>)> = Vec::new();
    for clause in &policy.clauses {
        match clause.about.applies(case) {
            Applies::Yes => sure.push(clause),
            Applies::No => {}
            Applies::Unknown(missing) => open.push((clause, missing)),
        }
    }
    let weight = sure.iter().map(|clause| clause.about.weight()).max().unwrap_or(0);
    sure.retain(|clause| clause.about.weight() == weight);
    sure.sort_by(|a, b| a.id.cmp(&b.id));
    // What might apply and would count at least as much keeps everything open.
    open.retain(|(clause, _)| clause.about.weight() >= weight && sure.first().is_none_or(|best| best.terms != clause.terms));
    if !open.is_empty() {
        let mut missing: Vec<String> = open.iter().flat_map(|(_, missing)| missing).map(|field| (*field).to_owned()).collect();
        in_asking_order(&mut missing);
        let candidates = sure.iter().copied().chain(open.iter().map(|(clause, _)| *clause)).collect();
        return Deciding::Open(missing, sure.first().copied(), candidates);
    }
    match sure[..] {
        [] => Deciding::Nobody,
        [first, ref others @ ..] if others.iter().any(|other| other.terms != first.terms) => Deciding::Clash(sure),
        [first, ..] => Deciding::One(first),
    }
}

/// A condition of a clause held against a case.
struct Finding {
    words: String,
    /// `None`: not known.
    holds: Option<bool>,
    /// The field that would tell.
    missing: Option<&'static str>,
}

/// `by_name`: what kind the items were taken for because of their names.
fn decided_by(clause: &Clause, case: &Case, by_name: Option<String>) -> Verdict {
    let terms = &clause.terms;
    let known = by_name.into_iter().chain(case.reason.map(|reason| reason.code().replace('_', " ")));
    if terms.answer != Answer::Accepted {
        let facts: Vec<String> = std::iter::once(terms.answer.words().to_owned()).chain(known).collect();
        return Verdict { kind: Kind::Outside, because: terms.answer.words().into(), ..said(clause, facts.join(", "), Vec::new()) };
    }
    let findings = findings(terms, case);
    let first = |holds: Option<bool>| findings.iter().find(|finding| finding.holds == holds).map(|finding| finding.words.clone());
    let (kind, because) = match (first(Some(false)), first(None)) {
        (Some(against), _) => (Kind::Outside, against),
        (None, Some(unclear)) => (Kind::Look, unclear),
        (None, None) => (Kind::Within, String::new()),
    };
    let outside = kind == Kind::Outside;
    let mut missing: Vec<String> = findings.iter().filter_map(|finding| finding.missing).map(str::to_owned).collect();
    in_asking_order(&mut missing);
    let facts: Vec<String> = known.chain(findings.into_iter().map(|finding| finding.words)).collect();
    Verdict {
        kind,
        because,
        offers: if outside { Vec::new() } else { wished_first(terms, case.wish) },
        report_by: terms.report.and_then(|window| case.until(window)),
        ship_back_by: terms.ship_back.and_then(|window| case.until(window)),
        ..said(clause, facts.join(", "), if outside { Vec::new() } else { missing })
    }
}

fn findings(terms: &Terms, case: &Case) -> Vec<Finding> {
    [in_time(terms, case), enough_photos(terms, case), packed(terms, case)].into_iter().flatten().collect()
}

fn in_time(terms: &Terms, case: &Case) -> Option<Finding> {
    let window = terms.report?;
    Some(match case.day_of(window.from) {
        None => {
            let tells = if window.from == From::Delivery { fields::DELIVERED_ON } else { fields::ORDER_NUMBER };
            Finding { words: format!("{} day not known", window.from), holds: None, missing: Some(tells) }
        }
        Some(day) if day < 0 => Finding { words: format!("reported before the {}", window.from), holds: None, missing: None },
        Some(day) => Finding { words: day_of(window, day), holds: window.open_on(day), missing: None },
    })
}

/// More may still come: too few never refuse.
fn enough_photos(terms: &Terms, case: &Case) -> Option<Finding> {
    if terms.photos == 0 {
        return None;
    }
    let some = case.photos.unwrap_or(0);
    let enough = some >= terms.photos;
    let of = if enough { String::new() } else { format!(" of {}", terms.photos) };
    let words = format!("{some} photo{}{of}", if some == 1 { "" } else { "s" });
    Some(Finding { words, holds: enough.then_some(true), missing: (!enough).then_some(fields::PHOTOS) })
}

fn packed(terms: &Terms, case: &Case) -> Option<Finding> {
    let words = match case.original_packaging {
        Some(true) => "original packaging: yes",
        Some(false) => "original packaging: no",
        None => "original packaging not known",
    };
    let missing = case.original_packaging.is_none().then_some(fields::PACKAGING);
    terms.original_packaging.then(|| Finding { words: words.into(), holds: case.original_packaging, missing })
}

/// "day 4 of 14". Hours are counted in days too, because mails and backends tell days: where the hour would decide, the
/// words say that nobody knows it.
fn day_of(window: Window, day: i64) -> String {
    let Window { count, unit, from } = window;
    let when = match day {
        0 => format!("on the day of {from}"),
        1 => format!("the day after {from}"),
        _ => format!("{day} days after {from}"),
    };
    match (unit, window.open_on(day)) {
        (Unit::Days, _) => format!("day {day} of {count}"),
        (Unit::Hours, Some(true)) => format!("reported {when}, within {count} hours"),
        (Unit::Hours, Some(false)) => format!("reported {when}, later than {count} hours"),
        (Unit::Hours, None) => format!("reported {when}: the hour decides whether that is within {count} hours, and only the day is known"),
    }
}

/// What the clause offers, what was wished for first.
fn wished_first(terms: &Terms, wish: Option<Wish>) -> Vec<Decision> {
    let mut offers = terms.outcomes.clone();
    offers.sort_by_key(|offer| wish.is_none_or(|wish| wish.code() != offer.code()));
    offers
}

fn look(clause: Option<&Clause>, words: String, missing: Vec<String>) -> Verdict {
    match clause {
        Some(clause) => said(clause, words, missing),
        None => said(&Clause::default(), words, missing),
    }
}

fn said(clause: &Clause, words: String, missing: Vec<String>) -> Verdict {
    let terms = &clause.terms;
    Verdict {
        kind: Kind::Look,
        clause: (!clause.id.is_empty()).then(|| (clause.id.clone(), clause.name.clone())),
        words,
        because: String::new(),
        missing,
        offers: Vec::new(),
        comes_back: terms.comes_back,
        inspection: terms.inspection,
        restocking_percent: terms.restocking_percent,
        processing_fee: terms.processing_fee,
        postage: terms.postage,
        report_by: None,
        ship_back_by: None,
    }
}

fn in_asking_order(missing: &mut Vec<String>) {
    missing.sort_by_key(|field| fields::BUILT_IN.iter().position(|(known, _)| known == field));
    missing.dedup();
}
