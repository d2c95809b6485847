//! The policy in plain words, from the clauses that judge: for the public page, for reply templates, for the form. English.

use super::{Answer, Clause, Policy, Postage, Scope, Terms, Unit, Window};
use crate::return_request::{Decision, Reason};

/// Every clause: its name, and what it says in sentences.
pub fn clauses(policy: &Policy) -> Vec<(String, String)> {
    policy.clauses.iter().map(|clause| (clause.name.clone(), sentences(clause))).collect()
}

/// One paragraph, for a reply.
pub fn paragraph(policy: &Policy) -> String {
    clauses(policy).into_iter().map(|(name, says)| format!("{name}: {says}")).collect::<Vec<_>>().join(" ")
}

/// One line for the form: a few words of each clause.
pub fn summary(policy: &Policy) -> String {
    let short = |clause: &Clause| match (clause.terms.answer, clause.terms.report) {
        (Answer::Accepted, Some(window)) => format!("{}: {}.", clause.name, within(window)),
        (Answer::Accepted, None) => format!("{}: at any time.", clause.name),
        (refusal, _) => format!("{}: {}.", clause.name, refusal.words()),
    };
    policy.clauses.iter().map(short).collect::<Vec<_>>().join(" ")
}

fn sentences(clause: &Clause) -> String {
    let mut says = about(&clause.about);
    if clause.terms.answer == Answer::Accepted {
        granted(&clause.terms, &mut says)
    } else {
        says.push(refused(clause.terms.answer).into())
    }
    says.join(" ")
}

fn about(scope: &Scope) -> Vec<String> {
    let mut about = Vec::new();
    if !scope.kinds.is_empty() {
        about.push(format!("kind {}", scope.kinds.join(" or ")));
    }
    if !scope.tags.is_empty() {
        about.push(format!("marked {}", scope.tags.join(" or ")));
    }
    if !scope.reasons.is_empty() {
        about.push(scope.reasons.iter().map(|reason| reason_words(*reason)).collect::<Vec<_>>().join(" or "));
    }
    if !scope.countries.is_empty() {
        about.push(format!("sent to {}", scope.countries.join(" or ")));
    }
    about.extend(scope.value_from.map(|from| format!("from {from}")));
    about.extend(scope.value_to.map(|to| format!("up to {to}")));
    if about.is_empty() { Vec::new() } else { vec![format!("Applies to: {}.", about.join("; "))] }
}

fn granted(terms: &Terms, says: &mut Vec<String>) {
    says.extend(terms.report.map(|window| format!("Tell us within {}.", within(window))));
    if terms.photos > 0 {
        says.push(format!("Please send at least {} photo{}.", terms.photos, if terms.photos == 1 { "" } else { "s" }));
    }
    if terms.original_packaging {
        says.push("It has to be in its original packaging.".into());
    }
    if terms.comes_back {
        says.push("The item comes back to us.".into());
        says.extend(terms.ship_back.map(|window| format!("Send it within {}.", within(window))));
        says.push(if terms.postage == Postage::Shop { "We pay the postage." } else { "You pay the postage." }.into());
    }
    if terms.inspection {
        says.push("We look at it before the money goes back.".into());
    }
    if !terms.outcomes.is_empty() {
        says.push(format!("We offer: {}.", terms.outcomes.iter().map(|outcome| outcome_words(*outcome)).collect::<Vec<_>>().join(", ")));
    }
    if terms.restocking_percent > 0 {
        says.push(format!("We keep {} % for restocking.", terms.restocking_percent));
    }
    says.extend(terms.processing_fee.map(|fee| format!("We keep {fee} for processing.")));
}

fn within(window: Window) -> String {
    let unit = match (window.unit, window.count) {
        (Unit::Days, 1) => "day",
        (Unit::Days, _) => "days",
        (Unit::Hours, 1) => "hour",
        (Unit::Hours, _) => "hours",
    };
    format!("{} {unit} from {}", window.count, window.from)
}

fn refused(answer: Answer) -> &'static str {
    match answer {
        Answer::Accepted => "",
        Answer::FinalSale => "Final sale: it cannot be returned.",
        Answer::MadeToOrder => "Made to order: it cannot be returned.",
        Answer::NeverReturned => "It is never returned.",
    }
}

fn reason_words(reason: Reason) -> &'static str {
    match reason {
        Reason::Damaged => "damaged",
        Reason::NotAsDescribed => "not as described",
        Reason::WrongItem => "wrong item",
        Reason::ChangedMind => "changed mind",
        Reason::NotDelivered => "not delivered",
        Reason::Other => "another reason",
    }
}

fn outcome_words(outcome: Decision) -> &'static str {
    match outcome {
        Decision::Refund => "a refund",
        Decision::PartialRefund => "a part of the money",
        Decision::Replacement => "a replacement",
        Decision::Repair => "a repair",
        Decision::Exchange => "an exchange",
        Decision::StoreCredit => "store credit",
        Decision::KeepItem => "the money, and you keep the item",
        Decision::Decline => "nothing",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::return_policy::ready;

    #[test]
    fn the_page_and_the_line_of_the_form_say_what_the_clauses_judge_by() {
        let says = clauses(&ready::general_shop());
        assert_eq!(
            says[0],
            (
                "Changed mind".into(),
                "Applies to: changed mind. Tell us within 30 days from delivery. The item comes back to us. You pay the postage. \
                 We look at it before the money goes back. We offer: a refund, an exchange, store credit."
                    .into()
            )
        );
        let line = summary(&ready::prints_and_originals());
        assert!(line.starts_with("Damaged or not as described: 14 days from delivery. Original art: final sale."), "{line}");
        assert!(paragraph(&ready::withdrawal_right()).contains("Send it within 28 days from delivery."));
    }
}
