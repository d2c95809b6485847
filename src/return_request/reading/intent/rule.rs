//! A rule's words, and whether they stand in a sentence.

use super::class::Class;
use super::text::{Words, folded};
use std::collections::{HashMap, HashSet};

/// Words that may stand where a rule says `..` (between two commas) and where it says `...` (in the whole sentence).
const GAP_WORDS: usize = 4;
const WIDE_GAP_WORDS: usize = 12;
/// A shorter beginning or end fits words that have nothing to do with each other.
pub const PIECE_CHARS_MIN: usize = 3;

#[derive(Clone, Debug)]
pub struct Rule {
    pub class: Class,
    pub weight: f64,
    /// `None`: for every letter.
    pub language: Option<&'static str>,
    pub parts: Vec<Part>,
}

#[derive(Clone, Debug)]
pub enum Part {
    /// Up to so many other words.
    Gap(usize),
    Words(Choice),
}

/// Any of these words.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    pub whole: HashSet<String>,
    pub begin: Vec<String>,
    pub end: Vec<String>,
}

impl Choice {
    pub fn fits(&self, word: &str) -> bool {
        self.whole.contains(word) || self.begin.iter().any(|stem| word.starts_with(stem.as_str())) || self.end.iter().any(|end| word.ends_with(end.as_str()))
    }

    /// Words parted by `|`, each whole, `beginning*`, `*ending` or the name of a `{set}`.
    pub fn of(text: &str, sets: &HashMap<String, Choice>) -> Result<Choice, String> {
        let mut choice = Choice::default();
        for word in text.split('|') {
            if let Some(name) = word.strip_prefix('{').and_then(|word| word.strip_suffix('}')) {
                let set = sets.get(name).ok_or_else(|| format!("There is no set “{name}” above this line."))?;
                choice.whole.extend(set.whole.iter().cloned());
                choice.begin.extend(set.begin.iter().cloned());
                choice.end.extend(set.end.iter().cloned());
                continue;
            }
            let plain = folded(word.trim_matches('*'));
            let is_piece = word.starts_with('*') || word.ends_with('*');
            let is_odd = plain.is_empty() || !plain.chars().all(char::is_alphanumeric) || (is_piece && plain.len() < PIECE_CHARS_MIN);
            match (word.starts_with('*'), word.ends_with('*')) {
                _ if is_odd => {
                    return Err(format!(
                        "“{text}” is no word: letters and digits, with | between alternatives, and * before or behind at least three letters."
                    ));
                }
                (true, true) => return Err(format!("“{word}” has two *: a word begins or ends so.")),
                (true, false) => choice.end.push(plain),
                (false, true) => choice.begin.push(plain),
                (false, false) => drop(choice.whole.insert(plain)),
            }
        }
        Ok(choice)
    }
}

impl Part {
    pub fn of(text: &str, sets: &HashMap<String, Choice>) -> Result<Part, String> {
        match text {
            ".." => Ok(Part::Gap(GAP_WORDS)),
            "..." => Ok(Part::Gap(WIDE_GAP_WORDS)),
            _ => Choice::of(text, sets).map(Part::Words),
        }
    }
}

/// Where the rest of a rule ends, if it stands from `at` on within the sentence.
pub fn end_of(parts: &[Part], words: &Words, at: usize, sentence: usize) -> Option<usize> {
    let Some(part) = parts.first() else { return Some(at - 1) };
    let here = |at: usize| words.get(at).filter(|_| words.sentence(at) == sentence);
    match part {
        Part::Gap(words_max) => {
            let reached = |to: &usize| here(*to).is_some() && (*words_max > GAP_WORDS || words.clause(*to) == words.clause(at - 1));
            (at..=at + words_max).take_while(reached).find_map(|at| end_of(&parts[1..], words, at, sentence))
        }
        Part::Words(any) if any.fits(here(at)?) => end_of(&parts[1..], words, at + 1, sentence),
        Part::Words(_) => None,
    }
}
