//! What an owner should know before a policy is published: what cannot work, and what probably was not meant.

use super::verdict::{Deciding, deciding};
use super::{Answer, Case, Clause, Policy, Scope, Unit, Window, country};
use crate::money::Amount;
use crate::return_request::fields::REASON;
use crate::return_request::{Reason, words};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub words: String,
    /// It has to be mended before the policy is published; anything else is the owner's to judge.
    pub must: bool,
}

/// Cases tried in search of contradictions: a fifth of a second; a policy of ready size needs a few dozen.
const TRIES_MAX: usize = 20_000;
/// A kind, tag or country that no clause names.
const ANY_OTHER: &str = "\u{1}";

/// Everything about a policy, what has to be mended first.
pub fn findings(policy: &Policy) -> Vec<Finding> {
    let mut must = Vec::new();
    if policy.clauses.is_empty() {
        must.push("The policy has no clause yet, so every return would be for a person to look at.".to_owned());
    }
    for (at, clause) in policy.clauses.iter().enumerate() {
        must.extend(mistakes(clause).into_iter().map(|(_, words)| format!("“{}”: {words}", clause.name)));
        if policy.clauses[..at].iter().any(|before| before.name.to_lowercase() == clause.name.to_lowercase()) {
            must.push(format!("Two clauses are called “{}”: letters and verdicts could not tell them apart.", clause.name));
        }
    }
    let doubts = policy.clauses.iter().flat_map(|clause| doubts(clause).into_iter().map(|words| format!("“{}”: {words}", clause.name)));
    let doubts = doubts.chain(contradictions(policy).into_iter().map(|clash| clash.words()));
    let must = must.into_iter().map(|words| Finding { words, must: true });
    must.chain(doubts.map(|words| Finding { words, must: false })).collect()
}

/// What cannot work in a clause: which of its fields, and words.
pub fn mistakes(clause: &Clause) -> Vec<(&'static str, String)> {
    let (about, terms) = (&clause.about, &clause.terms);
    let mut wrong = Vec::new();
    if clause.name.trim().is_empty() {
        wrong.push(("name", "A clause needs a name: agents and customers read it.".to_owned()));
    }
    let unknown: Vec<&str> = about.countries.iter().filter(|code| !country::is_known(code)).map(String::as_str).collect();
    if !unknown.is_empty() {
        let britain = if unknown.contains(&"UK") { " The United Kingdom is GB." } else { "" };
        wrong.push(("countries", format!("No country has the code {}: two letters each, as in DE, SE, US.{britain}", unknown.join(", "))));
    }
    match (about.value_from, about.value_to) {
        (Some(from), Some(to)) if from.currency != to.currency => wrong.push(("value_to", "The two values are of different currencies.".into())),
        (Some(from), Some(to)) if from.minor > to.minor => wrong.push(("value_to", format!("Nothing is worth more than {from} and less than {to}."))),
        _ => {}
    }
    if terms.answer != Answer::Accepted {
        return wrong;
    }
    if terms.outcomes.is_empty() {
        wrong.push(("outcomes", "It takes something back and offers nothing for it: number at least one, or refuse it.".into()));
    }
    for (field, window) in [("report", terms.report), ("ship_back", terms.ship_back)] {
        if window.is_some_and(|window| window.count == 0) {
            wrong.push((field, "A time of 0 is over before it begins. Leave it empty for any time, or refuse it.".into()));
        }
    }
    if terms.restocking_percent > 100 {
        wrong.push(("restocking", "More than 100 % cannot be kept.".into()));
    }
    wrong
}

/// What may be meant, and probably is not.
fn doubts(clause: &Clause) -> Vec<String> {
    let terms = &clause.terms;
    let mut doubts = Vec::new();
    if terms.answer != Answer::Accepted {
        return doubts;
    }
    let hours = |window: Window| u64::from(window.count) * if window.unit == Unit::Days { 24 } else { 1 };
    if let (Some(report), Some(ship_back)) = (terms.report, terms.ship_back)
        && report.from == ship_back.from
        && hours(ship_back) < hours(report)
    {
        doubts.push("who reports it on the last day is too late to send it back.".to_owned());
    }
    if terms.ship_back.is_some() && !terms.comes_back {
        doubts.push("it has a time to send back within, and nothing comes back.".into());
    }
    doubts
}

/// Clauses as narrow as each other that say different things of a case, and no narrower one decides it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    pub names: [String; 2],
    /// "damaged, print"
    pub example: String,
}

impl Contradiction {
    fn words(&self) -> String {
        let [one, other] = &self.names;
        let example = if self.example.is_empty() { String::new() } else { format!(" Example: {}.", self.example) };
        format!("“{one}” and “{other}” contradict each other where both apply: a person must look then.{example}")
    }
}

/// Found by asking the judge itself about cases that two clauses share, so that the two can never disagree.
pub fn contradictions(policy: &Policy) -> Vec<Contradiction> {
    let mut found = Vec::new();
    let mut tries = 0..TRIES_MAX;
    for (at, one) in policy.clauses.iter().enumerate() {
        for other in policy.clauses[at + 1..].iter().filter(|other| other.about.weight() == one.about.weight() && other.terms != one.terms) {
            let clash = |case: &Case| match deciding(policy, case) {
                Deciding::Clash(clauses) => [one, other].iter().all(|clause| clauses.iter().any(|c| c.id == clause.id)),
                _ => false,
            };
            let mut shared = shared_cases(policy, &one.about, &other.about).take_while(|_| tries.next().is_some());
            if let Some(case) = shared.find(|case| clash(case)) {
                found.push(Contradiction { names: [one.name.clone(), other.name.clone()], example: example(&case, &[&one.about, &other.about]) });
            }
        }
    }
    found
}

/// Cases that both may be about. Where neither asks for a kind, tag or country, one that nobody names is enough: narrower
/// clauses then apply least.
fn shared_cases<'a>(policy: &Policy, one: &'a Scope, other: &'a Scope) -> impl Iterator<Item = Case> + use<'a> {
    let reasons: Vec<Reason> =
        Reason::ALL.iter().copied().filter(|reason| [one, other].iter().all(|s| s.reasons.is_empty() || s.reasons.contains(reason))).collect();
    let (kinds, countries) = (common(&one.kinds, &other.kinds), common(&one.countries, &other.countries));
    let (tags, amounts) = (tag_pairs(&one.tags, &other.tags), amounts(policy));
    let count = kinds.len() * reasons.len() * countries.len() * tags.len() * amounts.len();
    (0..count).map(move |number| {
        let mut rest = number;
        let mut pick = |of: usize| {
            let picked = rest % of;
            rest /= of;
            picked
        };
        Case {
            reason: Some(reasons[pick(reasons.len())]),
            kinds: Some(vec![kinds[pick(kinds.len())].clone()]),
            country: Some(countries[pick(countries.len())].clone()),
            tags: Some(vec![tags[pick(tags.len())].clone()]),
            amount: amounts[pick(amounts.len())],
            ..Case::default()
        }
    })
}

fn common(one: &[String], other: &[String]) -> Vec<String> {
    match (one, other) {
        ([], []) => vec![ANY_OTHER.to_owned()],
        ([], named) | (named, []) => named.to_vec(),
        (one, other) => one.iter().filter(|word| other.iter().any(|o| o.to_lowercase() == word.to_lowercase())).cloned().collect(),
    }
}

/// An item has any number of tags, so one of each side is on some item.
fn tag_pairs(one: &[String], other: &[String]) -> Vec<Vec<String>> {
    match (one, other) {
        ([], []) => vec![Vec::new()],
        ([], named) | (named, []) => named.iter().map(|tag| vec![tag.clone()]).collect(),
        (one, other) => one.iter().flat_map(|a| other.iter().map(move |b| vec![a.clone(), b.clone()])).collect(),
    }
}

/// The sums at which anything changes; unknown where no clause asks for one.
fn amounts(policy: &Policy) -> Vec<Option<Amount>> {
    let bounds = policy.clauses.iter().flat_map(|clause| [clause.about.value_from, clause.about.value_to]).flatten();
    let mut amounts: Vec<Option<Amount>> = bounds.flat_map(|at| [-1, 0, 1].map(|step| Some(Amount { minor: at.minor.saturating_add(step), ..at }))).collect();
    amounts.dedup();
    if amounts.is_empty() { vec![None] } else { amounts }
}

/// A case in the words of the sides that the two clauses choose by.
fn example(case: &Case, scopes: &[&Scope]) -> String {
    let asks = |side: fn(&Scope) -> bool| scopes.iter().any(|scope| side(scope));
    let mut parts = Vec::new();
    parts.extend(case.reason.filter(|_| asks(|s| !s.reasons.is_empty())).map(|reason| words::choice(REASON, reason.code(), "en").to_owned()));
    parts.extend(case.kinds.iter().flatten().filter(|_| asks(|s| !s.kinds.is_empty())).cloned());
    parts.extend(case.tags.iter().flatten().flatten().cloned());
    parts.extend(case.country.iter().filter(|_| asks(|s| !s.countries.is_empty())).cloned());
    parts.extend(case.amount.filter(|_| asks(|s| s.value_from.is_some() || s.value_to.is_some())).map(|amount| amount.to_string()));
    parts.join(", ")
}

#[cfg(test)]
mod tests;
