//! Answers to the fields that an owner added: by their labels, read by their kind. What could be meant in two ways is not certain.

use super::names::plain;
use super::words as lists;
use super::{day_in, found, text};
use crate::return_request::fields::{Kind, OwnField, Value};
use crate::return_request::reading::Found;
use crate::return_request::reading::intent::folded;
use jiff::civil::Date;
use std::collections::HashMap;

/// Digits of a number that somebody meant as one.
const DIGITS_MAX: usize = 12;
const MARKS: &[char] = &['"', '“', '”', '„', '«', '»', ' '];

/// The owner's fields by what they are called, taken once for a letter.
pub struct Own<'a>(HashMap<String, &'a OwnField>);

impl<'a> Own<'a> {
    pub fn of(fields: &'a [OwnField]) -> Own<'a> {
        let names = |field: &'a OwnField| field.labels.values().chain(field.questions.values()).map(move |name| (plain(name), field));
        Own(fields.iter().flat_map(names).filter(|(name, _)| !name.is_empty()).collect())
    }

    /// By a label or question as it is compared.
    pub fn called(&self, label: &str) -> Option<&'a OwnField> {
        self.0.get(label).copied()
    }
}

/// What stands where the field was asked for; `below` its label it may be another paragraph of ours.
pub fn read(field: &OwnField, said: &str, sentence: &str, today: Option<Date>) -> Option<Found> {
    let key = field.key.as_str();
    match field.kind {
        Kind::Number => number(said).map(|(number, certain)| found(key, Value::Count(number), sentence, certain)),
        Kind::Date => day(said, today).map(|day| found(key, Value::Date(day), sentence, true)),
        Kind::Choice => choice(field, said).map(|(code, certain)| text(key, code, sentence, certain)),
        _ => Some(said.trim().trim_matches(MARKS)).filter(|said| !said.is_empty()).map(|said| text(key, said, sentence, true)),
    }
}

/// A whole number; not certain beside another ("12 of 50"), and none where it has a fraction.
fn number(said: &str) -> Option<(i64, bool)> {
    let words: Vec<&str> = said.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric() && c != '-')).collect();
    let whole = |word: &str| -> Option<i64> {
        let digits = word.trim_start_matches('-');
        (!digits.is_empty() && digits.len() <= DIGITS_MAX && digits.chars().all(|c| c.is_ascii_digit())).then(|| word.parse().ok())?
    };
    // "Not 12 but 21" is 21.
    let told = |at: &usize| *at == 0 || !lists::is("denied", &folded(words[*at - 1]));
    let numbers: Vec<i64> = (0..words.len()).filter(told).filter_map(|at| whole(words[at])).collect();
    let others = words.iter().filter(|word| word.contains(|c: char| c.is_ascii_digit()) && whole(word).is_none()).count();
    numbers.first().map(|first| (*first, numbers.len() == 1 && others == 0))
}

/// Any day, also one that is still to come where it is written with its year.
fn day(said: &str, today: Option<Date>) -> Option<Date> {
    let written = said.split_whitespace().find_map(whole_day).or_else(|| whole_day(&said.split_whitespace().collect::<String>()));
    written.or_else(|| day_in(said, today?))
}

/// 2026-11-19, 19.11.2026, 19/11/26: the day comes first wherever the year does not.
fn whole_day(word: &str) -> Option<Date> {
    let parts: Vec<&str> = word.trim_matches(|c: char| !c.is_ascii_digit()).split(['-', '.', '/']).collect();
    let [a, b, c] = parts[..] else { return None };
    let (year, month, day) = if a.len() == 4 { (a, b, c) } else { (c, b, a) };
    let year: i16 = year.parse().ok().filter(|_| matches!(year.len(), 2 | 4))?;
    Date::new(if year < 100 { 2000 + year } else { year }, month.parse().ok()?, day.parse().ok()?).ok()
}

/// The choice itself is certain; one that a sentence names is a suggestion, and two are none.
fn choice<'f>(field: &'f OwnField, said: &str) -> Option<(&'f str, bool)> {
    let said = plain(said);
    let names = |(code, words): &'f (String, std::collections::BTreeMap<String, String>)| {
        (code.as_str(), words.values().map(|word| plain(word)).chain([plain(code)]).collect::<Vec<String>>())
    };
    let choices: Vec<(&str, Vec<String>)> = field.choices.iter().map(names).collect();
    if let Some((code, _)) = choices.iter().find(|(_, names)| names.contains(&said)) {
        return Some((code, true));
    }
    let within = |name: &String| format!(" {said} ").contains(&format!(" {name} "));
    let named: Vec<&str> = choices.iter().filter(|(_, names)| names.iter().any(within)).map(|(code, _)| *code).collect();
    if let [only] = named[..] { Some((only, false)) } else { None }
}
