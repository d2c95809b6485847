//! What an independent writer, who did not know the rules, says should be found (`tests/leads`): one half to learn from, of the other
//! only sums are shown.

use super::{Known, Letter, Reading, read};
use crate::email;
use crate::lead::Kind;
use serde_json::Value;

const TEXTS: &str = include_str!("../../../tests/leads/texts.jsonl");
const CONSENT: &str = include_str!("../../../tests/leads/consent.jsonl");
const WITHDRAWALS: &str = include_str!("../../../tests/leads/withdrawals.jsonl");
const INTERESTS_MIN: f64 = 0.90;
const CONSENTS_MIN: f64 = 0.85;
const WITHDRAWALS_MIN: f64 = 0.90;

fn lines(file: &str) -> Vec<Value> {
    file.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn word<'a>(line: &'a Value, field: &str) -> &'a str {
    line[field].as_str().unwrap_or_default()
}

/// As the intake reads a mail: with its quotes folded away and its language guessed.
pub fn read_mail(subject: &str, body: &str, known: &Known) -> Reading {
    let raw = format!(
        "From: them@there.example\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}"
    );
    read(&Letter::of(&email::read(raw.as_bytes())), known)
}

fn is_dev(line: &Value) -> bool {
    word(line, "part") == "dev"
}

/// Names are compared without case: a reading writes them as the shop does.
fn expected(line: &Value) -> Vec<(String, String)> {
    line["interests"].as_array().unwrap().iter().map(|i| (word(i, "kind").to_owned(), word(i, "value").to_lowercase())).collect()
}

fn found(reading: &Reading) -> Vec<(String, String)> {
    reading.interests.iter().map(|found| (found.feature.kind.code().to_owned(), found.feature.value.to_lowercase())).collect()
}

/// Artists and titles that the texts name as liked: a shop knows what it has.
fn shop(texts: &[Value]) -> Known {
    let named = |kind: Kind| texts.iter().flat_map(expected_as_written).filter(|(of, _)| *of == kind.code()).map(|(_, value)| value).collect::<Vec<_>>();
    Known::of(&named(Kind::Artist), &named(Kind::Title))
}

fn expected_as_written(line: &Value) -> Vec<(String, String)> {
    line["interests"].as_array().unwrap().iter().map(|i| (word(i, "kind").to_owned(), word(i, "value").to_owned())).collect()
}

#[derive(Default)]
pub struct Score {
    pub wanted: usize,
    pub right: usize,
    pub extra: usize,
}

impl Score {
    pub fn recall(&self) -> f64 {
        self.right as f64 / self.wanted.max(1) as f64
    }

    fn precision(&self) -> f64 {
        self.right as f64 / (self.right + self.extra).max(1) as f64
    }

    pub fn shown(&self) -> String {
        format!("{} of {} (recall {:.3}), {} more (precision {:.3})", self.right, self.wanted, self.recall(), self.extra, self.precision())
    }
}

fn score_texts(lines: &[Value], known: &Known, show: bool) -> Score {
    let mut score = Score::default();
    for line in lines {
        let reading = read_mail(word(line, "subject"), word(line, "body"), known);
        let (expected, found) = (expected(line), found(&reading));
        let missed: Vec<_> = expected.iter().filter(|one| !found.contains(one)).collect();
        let extra: Vec<_> = found.iter().filter(|one| !expected.contains(one)).collect();
        let one_line = |words: &str| words.split_whitespace().collect::<Vec<_>>().join(" ");
        let wanted = line["wish"].is_object().then(|| one_line(word(&line["wish"], "words")));
        let wished = reading.wish.as_ref().map(|wish| one_line(&wish.sentence));
        let is_wish = matches!((&wanted, &wished), (Some(wanted), Some(wished)) if wanted.contains(wished.as_str()) || wished.contains(wanted.as_str()));
        if show && (!missed.is_empty() || !extra.is_empty() || (wanted.is_some() || wished.is_some()) && !is_wish) {
            println!("{} missed {missed:?} extra {extra:?} wish {wished:?} of {wanted:?}", word(line, "id"));
        }
        score.wanted += expected.len() + usize::from(wanted.is_some());
        score.right += expected.len() - missed.len() + usize::from(is_wish);
        score.extra += extra.len() + usize::from(wished.is_some() && !is_wish);
    }
    score
}

/// Consents found of those given, and the taken that were not given.
fn score_consents(lines: &[Value], show: bool) -> Score {
    let mut score = Score::default();
    for line in lines {
        let reading = read_mail(word(line, "subject"), word(line, "body"), &Known::default());
        let expected: Vec<&str> = line["purposes"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let found: Vec<&str> = reading.consents.iter().map(|(purpose, _)| purpose.code()).collect();
        if show && (found.len() != expected.len() || expected.iter().any(|one| !found.contains(one))) {
            println!("{} {found:?} of {expected:?} {}", word(line, "id"), word(line, "why"));
        }
        score.wanted += expected.len();
        score.right += expected.iter().filter(|one| found.contains(one)).count();
        score.extra += found.iter().filter(|one| !expected.contains(one)).count();
    }
    score
}

fn score_withdrawals(lines: &[Value], show: bool) -> Score {
    let mut score = Score::default();
    for line in lines {
        let reading = read_mail(word(line, "subject"), word(line, "body"), &Known::default());
        let (wanted, found) = (line["withdraws"].as_bool().unwrap(), reading.withdrawal.is_some());
        if show && wanted != found {
            println!("{} found {:?}", word(line, "id"), reading.withdrawal);
        }
        score.wanted += usize::from(wanted);
        score.right += usize::from(wanted && found);
        score.extra += usize::from(found && !wanted);
    }
    score
}

fn half(file: &str, dev: bool) -> Vec<Value> {
    lines(file).into_iter().filter(|line| is_dev(line) == dev).collect()
}

#[test]
fn the_half_to_learn_from_is_read() {
    let known = shop(&lines(TEXTS));
    for (name, score) in [
        ("texts", score_texts(&half(TEXTS, true), &known, true)),
        ("consents", score_consents(&half(CONSENT, true), true)),
        ("withdrawals", score_withdrawals(&half(WITHDRAWALS, true), true)),
        ("texts, names unknown", score_texts(&half(TEXTS, true), &Known::default(), true)),
    ] {
        println!("to learn from, {name}: {}", score.shown());
        assert!(score.recall() >= 0.8 && score.precision() >= 0.8, "{name}: {}", score.shown());
    }
}

#[test]
fn nobody_is_taken_at_a_word_they_did_not_give() {
    let consents = score_consents(&lines(CONSENT), false);
    println!("looked at by nobody: {}", score_consents(&half(CONSENT, false), false).shown());
    let traps: Vec<Value> = lines(CONSENT).into_iter().filter(|line| line["purposes"].as_array().unwrap().is_empty()).collect();
    println!("traps that were taken: {} of {}", score_consents(&traps, false).extra, traps.len());
    assert_eq!(consents.extra, 0, "a false consent is the worst mistake");
    assert!(consents.recall() >= CONSENTS_MIN, "{}", consents.shown());
}

#[test]
fn who_says_stop_is_heard_and_nobody_else() {
    let withdrawals = score_withdrawals(&lines(WITHDRAWALS), false);
    println!("looked at by nobody: {}", score_withdrawals(&half(WITHDRAWALS, false), false).shown());
    assert_eq!(withdrawals.extra, 0);
    assert!(withdrawals.recall() >= WITHDRAWALS_MIN, "{}", withdrawals.shown());
}

#[test]
fn what_is_liked_is_found_and_what_was_had_is_not() {
    let all = lines(TEXTS);
    let known = shop(&all);
    println!("looked at by nobody: {}", score_texts(&half(TEXTS, false), &known, false).shown());
    println!("the same, names unknown: {}", score_texts(&half(TEXTS, false), &Known::default(), false).shown());
    let score = score_texts(&all, &known, false);
    assert!(score.recall() >= INTERESTS_MIN && score.precision() >= INTERESTS_MIN, "{}", score.shown());
}
