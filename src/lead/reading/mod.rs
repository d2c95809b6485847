//! What a mail says about its writer: what they like, what they wish to be told of, what they agree to, whether they want no more
//! mail. Pure, by rules that a reader can follow; only what was written anew counts, and what is not certain is not found.

mod budget;
mod class;
mod interests;
mod known;
mod mood;
mod names;
#[cfg(test)]
mod own_tests;
mod rules;
mod said;
mod sizes;
#[cfg(test)]
mod tests;
mod wish;
mod withdrawal;

pub use known::Known;

use super::interest::Feature;
use crate::consent::Purpose;
use crate::email::Email;
use rules::{Class, Hit};
use said::Said;

/// How mail programs begin the subject of what is passed on.
const FORWARDED: &[&str] = &["fwd:", "fw:", "wg:", "tr:", "rv:", "i:", "enc:", "vb:", "doorst:", "vs:"];

/// A mail as far as this reading needs it.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    pub subject: &'a str,
    /// What its author wrote this time; quotes and signature are not theirs to agree with.
    pub new_text: &'a str,
    /// ISO 639-1, where the text is long enough to tell.
    pub language: Option<&'a str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub feature: Feature,
    /// The words it rests on, as they stand in the letter.
    pub sentence: String,
}

/// "Tell me when it is back."
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wished {
    pub sentence: String,
    pub features: Vec<Feature>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    pub interests: Vec<Found>,
    pub wish: Option<Wished>,
    /// Each with the sentence that says so; certain cases only.
    pub consents: Vec<(Purpose, String)>,
    /// "Stop", "please remove me": the words.
    pub withdrawal: Option<String>,
    /// ISO 3166-1 alpha-2, with the sentence: "we live in Sweden".
    pub country: Option<(String, String)>,
}

pub fn read(letter: &Letter, known: &Known) -> Reading {
    let Some(said) = Said::of(letter) else {
        // A mail program writes its own word into the subject, whatever its reader speaks.
        return Reading { withdrawal: withdrawal::by_subject(letter.subject).filter(|_| letter.new_text.trim().is_empty()), ..Reading::default() };
    };
    let interests = interests::find(&said, known);
    let withdrawal = withdrawal::find(letter.subject, &said);
    // What somebody passes on is not their own yes.
    let is_theirs = withdrawal.is_none() && !is_forwarded(letter.subject);
    let wish = if is_theirs { wish::find(&said, &interests) } else { None };
    let consents = if is_theirs { wish::consents(&said, known, letter.subject) } else { Vec::new() };
    Reading { country: country(&said), interests, wish, consents, withdrawal }
}

fn is_forwarded(subject: &str) -> bool {
    let subject = subject.trim_start().to_lowercase();
    FORWARDED.iter().any(|mark| subject.starts_with(mark))
}

/// "We live in Sweden": the country right behind the words.
fn country(said: &Said) -> Option<(String, String)> {
    let lives = said.of_class(Class::Lives);
    let named = lives.flat_map(|lives| said.hits.iter().filter(move |hit| hit.first == lives.last + 1).map(move |hit| (lives, hit)));
    let is_so = |lives: &Hit| !said.is_denied(lives.first) && !said.is_quoted(lives) && !said.says(said.words.sentence(lives.first), Class::Third);
    named.filter(|(lives, _)| is_so(lives)).find_map(|(lives, hit)| match hit.class {
        Class::Country(code) => Some((code.to_owned(), said.sentence(lives.first, hit.last))),
        _ => None,
    })
}

impl<'a> Letter<'a> {
    pub fn of(email: &'a Email) -> Letter<'a> {
        Letter { subject: &email.subject, new_text: &email.new_text, language: email.language }
    }
}
