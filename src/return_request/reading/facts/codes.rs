//! The reason and the wish, by the words that name them.

use super::sentences::around;
use super::text;
use crate::return_request::fields::{REASON, WISH};
use crate::return_request::reading::Found;
use crate::return_request::reading::intent::{Class, Hit, Lexicon, Words};
use crate::return_request::words;
use crate::return_request::{LANGUAGES, Reason, Wish};

/// Words that turn what follows round.
const NEGATIONS: &[&str] = &[
    "not", "no", "isnt", "wasnt", "never", "nicht", "kein", "keine", "pas", "sans", "ni", "non", "senza", "niet", "geen", "nao", "sem", "inte", "ingen",
    "without",
];
/// Words that leave it open.
const DOUBTS: &[&str] = &[
    "maybe",
    "perhaps",
    "possibly",
    "might",
    "vielleicht",
    "eventuell",
    "peut",
    "quizas",
    "tal",
    "forse",
    "misschien",
    "talvez",
    "kanske",
    "or",
    "oder",
    "ou",
    "of",
    "eller",
];
const TEXT_BYTES_MAX: usize = 8 * 1024;

pub fn reason(whole: &str, lexicon: &Lexicon) -> Option<Found> {
    named(whole, lexicon, |class| if let Class::Reason(reason) = class { Some(reason.code()) } else { None })
        .map(|(code, sentence, certain)| text(REASON, code, &sentence, certain))
}

pub fn wish(whole: &str, lexicon: &Lexicon) -> Option<Found> {
    named(whole, lexicon, |class| if let Class::Wish(wish) = class { Some(wish.code()) } else { None })
        .map(|(code, sentence, certain)| text(WISH, code, &sentence, certain))
}

/// What stands where a reason or a wish was asked for: one of our own words, or a sentence that names it.
pub fn answer(field: &str, said: &str, lexicon: &Lexicon) -> Option<(&'static str, bool)> {
    let said = said.trim().trim_end_matches(['.', '!']).to_lowercase();
    let codes: Vec<&'static str> = if field == REASON { Reason::ALL.iter().map(|r| r.code()).collect() } else { Wish::ALL.iter().map(|w| w.code()).collect() };
    let exact = codes
        .iter()
        .find(|code| LANGUAGES.iter().any(|language| words::choice(field, code, language).to_lowercase() == said) || code.replace('_', " ") == said);
    if let Some(code) = exact {
        return Some((code, true));
    }
    let found = if field == REASON { reason(&said, lexicon) } else { wish(&said, lexicon) }?;
    let code = match &found.value {
        crate::return_request::fields::Value::Text(code) => codes.iter().find(|known| *known == code)?,
        _ => return None,
    };
    Some((code, found.certain))
}

/// The heaviest code, with the sentence that says it; doubtful when another weighs nearly as much.
fn named(whole: &str, lexicon: &Lexicon, code: impl Fn(Class) -> Option<&'static str>) -> Option<(&'static str, String, bool)> {
    let words = Words::of("", whole, TEXT_BYTES_MAX, |word| lexicon.spelt(word));
    let mut weights: Vec<(&'static str, f64, Hit)> = Vec::new();
    for hit in lexicon.hits(&words, None) {
        let Some(code) = code(hit.class).filter(|_| !negated(&words, &hit)) else { continue };
        match weights.iter_mut().find(|(known, ..)| *known == code) {
            // The same word twice says it no louder.
            Some((_, weight, _)) => *weight += hit.weight * 0.25,
            None => weights.push((code, hit.weight, hit)),
        }
    }
    weights.sort_by(|a, b| b.1.total_cmp(&a.1));
    let (code, weight, hit) = weights.first()?;
    let rival = weights.get(1).map_or(0.0, |(_, weight, _)| *weight);
    let place = words.place(hit.first, hit.last);
    let certain = rival <= weight - 0.5 && !doubted(&words, hit);
    Some((code, around(words.text(), place.0, place.1), certain))
}

fn negated(words: &Words, hit: &Hit) -> bool {
    let first_is = |list: &[&str]| words.get(hit.first).is_some_and(|word| list.contains(&word));
    !first_is(NEGATIONS) && before(words, hit, 2).any(|word| NEGATIONS.contains(&word))
}

fn doubted(words: &Words, hit: &Hit) -> bool {
    before(words, hit, 4).any(|word| DOUBTS.contains(&word))
}

/// The words before a hit in its sentence.
fn before<'w>(words: &'w Words, hit: &Hit, many: usize) -> impl Iterator<Item = &'w str> {
    let sentence = hit.sentence;
    (hit.first.saturating_sub(many)..hit.first).filter(move |at| words.sentence(*at) == sentence).filter_map(|at| words.get(at))
}
