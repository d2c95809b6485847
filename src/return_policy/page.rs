//! The policy in plain words, from the clauses that judge: in the customer's language for the public page, for letters and
//! for the form; in English for the owner.

use super::{Answer, Clause, Policy, Scope, Terms, Unit, Window};
use crate::return_request::fields::REASON;
use crate::return_request::words::{choice, labelled, policy as phrase};

/// A clause as somebody reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub id: String,
    pub name: String,
    /// What it is about, a sentence each; none: everything.
    pub about: Vec<String>,
    /// What it grants or refuses, a sentence each.
    pub terms: Vec<String>,
}

/// Kinds and tags are words of the shop's backend: where the owner named the clause in the customer's language, that name
/// says what it is about, and they are left out.
pub fn for_customers(policy: &Policy, language: &str) -> Vec<Said> {
    let said = |clause: &Clause| {
        let named = clause.names.contains_key(language);
        let about = if named { Scope { kinds: Vec::new(), tags: Vec::new(), ..clause.about.clone() } } else { clause.about.clone() };
        Said { id: clause.id.clone(), name: clause.name_in(language).to_owned(), about: about_it(&about, language), terms: terms(&clause.terms, language) }
    };
    policy.clauses.iter().map(said).collect()
}

/// With the owner's own names, and everything that a clause holds.
pub fn for_owner(policy: &Policy) -> Vec<Said> {
    let said =
        |clause: &Clause| Said { id: clause.id.clone(), name: clause.name.clone(), about: about_it(&clause.about, "en"), terms: terms(&clause.terms, "en") };
    policy.clauses.iter().map(said).collect()
}

/// What a letter says of the clause that judged: its name and its terms.
pub fn paragraph(clause: &Clause, language: &str) -> String {
    format!("{} – {}", clause.name_in(language), terms(&clause.terms, language).join(" "))
}

/// What a letter says of the clause that refused: only what can have been missed, since what would have been offered is no
/// comfort any more.
pub fn refusal(clause: &Clause, language: &str) -> String {
    let Terms { answer, report, original_packaging, .. } = clause.terms;
    let missed = Terms { answer, report, original_packaging, ..Terms::default() };
    format!("{} – {}", clause.name_in(language), terms(&missed, language).join(" "))
}

/// One line for the form: a few words of each clause.
pub fn summary(policy: &Policy, language: &str) -> String {
    let short = |clause: &Clause| {
        let says = match (clause.terms.answer, clause.terms.report) {
            (Answer::Accepted, Some(window)) => within(window, language),
            (Answer::Accepted, None) => phrase("any_time", language).to_owned(),
            (refusal, _) => phrase(&format!("short_{refusal}"), language).to_owned(),
        };
        format!("{}.", labelled(clause.name_in(language), &says, language))
    };
    policy.clauses.iter().map(short).collect::<Vec<_>>().join(" ")
}

fn about_it(scope: &Scope, language: &str) -> Vec<String> {
    let line = |label: &str, values: Vec<String>| (!values.is_empty()).then(|| format!("{}.", labelled(phrase(label, language), &values.join(", "), language)));
    let reasons = scope.reasons.iter().map(|reason| choice(REASON, reason.code(), language).to_owned()).collect();
    [
        line("kinds", scope.kinds.clone()),
        line("tags", scope.tags.clone()),
        line("reasons", reasons),
        line("countries", scope.countries.clone()),
        line("value_from", scope.value_from.iter().map(ToString::to_string).collect()),
        line("value_to", scope.value_to.iter().map(ToString::to_string).collect()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn terms(terms: &Terms, language: &str) -> Vec<String> {
    if terms.answer != Answer::Accepted {
        return vec![phrase(terms.answer.code(), language).to_owned()];
    }
    let line = |label: &str, value: String| format!("{}.", labelled(phrase(label, language), &value, language));
    let counted = |words: &str, n: u32| phrase(words, language).replace("{n}", &n.to_string());
    let sentence = |words: &str| phrase(words, language).to_owned();
    let mut says = Vec::new();
    says.extend(terms.report.map(|window| line("report", within(window, language))));
    if terms.photos > 0 {
        says.push(line("photos", counted("at_least", terms.photos)));
    }
    if terms.original_packaging {
        says.push(sentence("original_packaging"));
    }
    if terms.comes_back {
        says.push(sentence("comes_back"));
        says.extend(terms.ship_back.map(|window| line("ship_back", within(window, language))));
        says.push(line("postage", sentence(&format!("postage_{}", terms.postage))));
    }
    if terms.inspection {
        says.push(sentence("inspection"));
    }
    if !terms.outcomes.is_empty() {
        says.push(line("offers", terms.outcomes.iter().map(|outcome| phrase(outcome.code(), language)).collect::<Vec<_>>().join(", ")));
    }
    if terms.restocking_percent > 0 {
        says.push(line("restocking", counted("percent", terms.restocking_percent.into())));
    }
    says.extend(terms.processing_fee.map(|fee| line("fee", fee.to_string())));
    says
}

fn within(window: Window, language: &str) -> String {
    let unit = match (window.unit, window.count) {
        (Unit::Days, 1) => "day",
        (Unit::Days, _) => "days",
        (Unit::Hours, 1) => "hour",
        (Unit::Hours, _) => "hours",
    };
    format!("{} {}", phrase(unit, language).replace("{n}", &window.count.to_string()), phrase(&format!("from_{}", window.from), language))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::return_policy::{From, Postage, ready};
    use crate::return_request::{Decision, LANGUAGES};

    #[test]
    fn the_page_and_the_line_of_the_form_say_what_the_clauses_judge_by() {
        let says = &for_customers(&ready::general_shop(), "en")[0];
        assert_eq!((says.name.as_str(), says.about.join(" ")), ("Changed mind", "Reason: changed my mind.".into()));
        assert_eq!(
            says.terms.join(" "),
            "Report within: 30 days from delivery. The item comes back to us. Return postage: you pay it. \
             We check the item when it arrives, before money or a new piece goes out. We offer: refund, exchange, store credit."
        );
        let line = summary(&ready::prints_and_originals(), "en");
        assert!(line.starts_with("Damaged or not as described: 14 days from delivery. Original art: final sale."), "{line}");
        assert_eq!(refusal(&ready::general_shop().clauses[0], "de"), "Anders überlegt – Meldefrist: 30 Tage ab Lieferung.");
        assert_eq!(refusal(&ready::prints_and_originals().clauses[1], "en"), "Original art – Final sale: it cannot be returned.");
        assert!(paragraph(&ready::withdrawal_right().clauses[0], "en").contains("Send back within: 28 days from delivery."));
    }

    #[test]
    fn every_language_has_every_sentence_and_names_the_ready_clauses() {
        let everything = Terms {
            report: Some(Window { count: 1, unit: Unit::Hours, from: From::Order }),
            ship_back: Some(Window::days(1, From::Shipping)),
            photos: 2,
            original_packaging: true,
            comes_back: true,
            inspection: true,
            outcomes: Decision::ALL.iter().copied().filter(|outcome| *outcome != Decision::Decline).collect(),
            restocking_percent: 15,
            processing_fee: Some(crate::money::Amount::new(500, None)),
            postage: Postage::Customer,
            ..Terms::default()
        };
        for language in LANGUAGES {
            let says = terms(&everything, language);
            assert!(says.len() == 10 && says.iter().all(|line| line.ends_with('.') && !line.contains("{n}") && !line.contains(": .")), "{language}: {says:?}");
            for answer in Answer::ALL.iter().filter(|answer| **answer != Answer::Accepted) {
                assert!(!phrase(answer.code(), language).is_empty() && !phrase(&format!("short_{answer}"), language).is_empty());
            }
            for (_, _, policy) in ready::all() {
                assert!(policy.clauses.iter().all(|clause| clause.names.get(*language).is_some_and(|name| !name.is_empty())), "{language}");
            }
        }
        let german = &for_customers(&ready::prints_and_originals(), "de")[5];
        assert_eq!((german.name.as_str(), german.terms[0].as_str()), ("Drucke mit Mängeln", "Meldefrist: 14 Tage ab Lieferung."));
        assert_eq!(german.about, ["Grund: beschädigt, anders als beschrieben, falscher Artikel."], "the name says that it is about prints");
        assert_eq!(for_owner(&ready::prints_and_originals())[5].about[0], "Items: print.");
    }
}
