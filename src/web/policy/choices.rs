//! What can be chosen in the form of a clause: codes with their words, and which of them is chosen.

use crate::return_policy::{Answer, From, Postage, Unit};
use crate::return_request::fields::REASON;
use crate::return_request::{Decision, LANGUAGES, Reason, words};

#[derive(Clone, Debug)]
pub struct Choice {
    pub code: &'static str,
    pub words: &'static str,
    pub chosen: bool,
}

pub fn chosen<T>(choices: &[Choice], known: impl Fn(&str) -> Option<T>) -> Option<T> {
    choices.iter().find(|choice| choice.chosen).and_then(|choice| known(choice.code))
}

pub fn in_each_language(name: impl Fn(&str) -> String) -> Vec<(&'static str, &'static str, String)> {
    LANGUAGES.iter().map(|language| (*language, words::policy("language_name", language), name(language))).collect()
}

pub fn offered(place: impl Fn(Decision) -> String) -> Vec<(&'static str, &'static str, String)> {
    let all = Decision::ALL.iter().copied().filter(|outcome| *outcome != Decision::Decline);
    all.map(|outcome| (outcome.code(), outcome.words(), place(outcome))).collect()
}

pub fn reasons(chosen: impl Fn(Reason) -> bool) -> Vec<Choice> {
    Reason::ALL.iter().map(|reason| Choice { code: reason.code(), words: words::choice(REASON, reason.code(), "en"), chosen: chosen(*reason) }).collect()
}

pub fn answers(chosen: impl Fn(Answer) -> bool) -> Vec<Choice> {
    let words = |answer| match answer {
        Answer::Accepted => "is taken back, on these terms",
        Answer::FinalSale => "is a final sale",
        Answer::MadeToOrder => "is made to order and stays sold",
        Answer::NeverReturned => "is never returned",
    };
    Answer::ALL.iter().map(|answer| Choice { code: answer.code(), words: words(*answer), chosen: chosen(*answer) }).collect()
}

pub fn units(chosen: impl Fn(Unit) -> bool) -> Vec<Choice> {
    Unit::ALL.iter().rev().map(|unit| Choice { code: unit.code(), words: unit.code(), chosen: chosen(*unit) }).collect()
}

pub fn begins(chosen: impl Fn(From) -> bool) -> Vec<Choice> {
    From::ALL.iter().map(|from| Choice { code: from.code(), words: words::policy(&format!("from_{from}"), "en"), chosen: chosen(*from) }).collect()
}

pub fn payers(chosen: impl Fn(Postage) -> bool) -> Vec<Choice> {
    let words = |postage| match postage {
        Postage::Shop => "the shop",
        Postage::Customer => "the customer",
    };
    Postage::ALL.iter().map(|postage| Choice { code: postage.code(), words: words(*postage), chosen: chosen(*postage) }).collect()
}
