//! What an answer means: done, refused, not now, or nobody knows. Pure; the queue draws the consequences.

use super::secrets::Secrets;
use super::{Action, Kind, retry_after};
use crate::database::Millis;
use serde_json::Value;

/// Of an answer that people look at.
pub const ANSWER_CHARS_MAX: usize = 4_000;
const REFERENCE_CHARS_MAX: usize = 200;

/// What the other side said.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    /// It was longer than we read.
    pub cut: bool,
    /// As `Retry-After` has it; empty: nothing was said.
    pub retry_after: String,
}

/// What became of an attempt.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub fate: Fate,
    /// For people.
    pub words: String,
    pub status: Option<u16>,
    /// The answer's beginning, without secrets.
    pub answer: String,
    pub reference: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Done,
    /// It will not be done like this: a person looks.
    Refused,
    /// Nothing was done; later it may be.
    NotNow,
    /// It left, and nothing says whether it was done.
    Uncertain,
}

impl Answer {
    /// Before then it does not want to be asked again. Only those who did not begin are asked to say so (RFC 6585 4, RFC 9110 15.6.4).
    pub fn not_before(&self, now: Millis) -> Option<Millis> {
        if matches!(self.status, 429 | 503) { retry_after::read(&self.retry_after, now) } else { None }
    }
}

impl Outcome {
    /// It left, and what came back does not say what was done.
    pub fn is_in_doubt(&self) -> bool {
        self.fate == Fate::Uncertain || self.fate == Fate::NotNow && self.status.is_some_and(|status| !matches!(status, 300..=407 | 409..=499 | 503))
    }

    /// Without an answer.
    pub fn unanswered(fate: Fate, words: impl Into<String>) -> Outcome {
        Outcome { fate, words: words.into(), status: None, answer: String::new(), reference: String::new() }
    }
}

/// Reads an answer as the owner said how a good one looks.
pub fn judge(action: &Action, secrets: &Secrets, answer: &Answer) -> Outcome {
    let json = serde_json::from_slice::<Value>(&answer.body).ok().filter(|_| !answer.cut);
    let (fate, words) = fate(action, answer, json.as_ref());
    let pointers = action.definition.reference.split_whitespace();
    let reference: Vec<String> = json.iter().flat_map(|json| pointers.clone().filter_map(|pointer| at(json, pointer))).collect();
    let beginning: String = String::from_utf8_lossy(&answer.body).chars().take(2 * ANSWER_CHARS_MAX).collect();
    Outcome {
        fate,
        words,
        status: Some(answer.status),
        answer: secrets.hide(&beginning).chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).take(ANSWER_CHARS_MAX).collect(),
        reference: secrets.hide(&reference.join(", ")).chars().filter(|c| !c.is_control()).take(REFERENCE_CHARS_MAX).collect(),
    }
}

fn fate(action: &Action, answer: &Answer, json: Option<&Value>) -> (Fate, String) {
    let (good, status) = (&action.definition.good, answer.status);
    if (good.from..=good.to).contains(&status) {
        return match complaint_about(action, json, answer.cut) {
            None => (Fate::Done, format!("answered {status}")),
            // It was accepted and is not what the owner calls good: somebody looks before it is done twice.
            Some(words) => (if action.kind == Kind::Webhook { Fate::NotNow } else { Fate::Refused }, words),
        };
    }
    let words = format!("The answer was {status}{}.", meaning(status));
    match status {
        // RFC 6585 4 and RFC 9110 15.6.4: it was not even begun.
        429 | 503 => (Fate::NotNow, words),
        _ if action.kind == Kind::Webhook => (Fate::NotNow, words),
        // A gateway that gives up, or a fault in the middle, does not say what was done before.
        500.. | 408 => (if action.is_repeatable() { Fate::NotNow } else { Fate::Uncertain }, words),
        _ => (Fate::Refused, words),
    }
}

fn complaint_about(action: &Action, json: Option<&Value>, cut: bool) -> Option<String> {
    let good = &action.definition.good;
    if good.pointer.is_empty() {
        return None;
    }
    let Some(json) = json else {
        return Some(if cut { "The answer is too long to be read." } else { "The answer is no JSON, so it does not say whether it worked." }.into());
    };
    let found = at(json, &good.pointer);
    let fits = match &found {
        None => false,
        Some(found) if good.value.is_empty() => found != "false",
        Some(found) => good.value.split('|').any(|value| value.trim() == found),
    };
    let found = found.map_or("nothing".to_owned(), |found| format!("“{}”", found.chars().take(100).collect::<String>()));
    (!fits).then(|| format!("The answer says {found} at {}, which is not what a good answer says.", good.pointer))
}

/// The text, number or truth at a JSON pointer (RFC 6901).
pub fn at(json: &Value, pointer: &str) -> Option<String> {
    match json.pointer(pointer).filter(|_| !pointer.is_empty())? {
        Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null => None,
        other => Some(other.to_string()),
    }
}

pub fn complaint(what: &str, pointer: &str) -> Option<String> {
    let fits = pointer.is_empty() || pointer.starts_with('/') && pointer.len() <= 200;
    (!fits).then(|| format!("{what} is found by a JSON pointer, as in /refund/id or /orders/0/total."))
}

fn meaning(status: u16) -> &'static str {
    match status {
        300..=399 => ", which sends elsewhere: call that address itself",
        401 | 403 => ": the secret is not taken",
        404 => ": nothing is there",
        408 | 504 => ": it took too long",
        429 => ": too many calls",
        500..=599 => ": a fault of the other side",
        _ => "",
    }
}
