//! The rules, and how they are found in a text: the same lines as those of returns (`return_request::reading::intent`), a class, a
//! colon and words, without weights: what is not certain is not found.
//!
//! ```text
//! medium print: print|prints|poster*     a kind of interest, its code, the words
//! wants: do you have|sell                what is named near by is liked or looked for
//! tell: let me|us know                   asks to be told
//! set when: when|once|if                 a name for many words, for the lines below it
//! plain: please|you|again                leave no doubt: in the clauses of a consent no other words may stand
//! speaks: the and is                     everyday words, by which a short letter's language is told
//! ```
//!
//! `class.rs` says what each class is for.

use super::class::class_of;
use crate::return_request::LANGUAGES;
use crate::return_request::reading::{Choice, Part, Words, end_of};
use std::collections::HashMap;
use std::sync::LazyLock;

pub use super::class::Class;

/// Each language has a bit; a rule for every letter has all of them.
pub type Tongues = u16;
pub const EVERY: Tongues = Tongues::MAX;
/// Rules are kept by the first or last three bytes of the word that they begin with.
const KEY_BYTES: usize = 3;
const BUCKETS: usize = 4096;

const FILES: &[(Option<&str>, &str)] = &[
    (None, include_str!("words/all.txt")),
    (None, include_str!("words/countries.txt")),
    (Some("en"), include_str!("words/en.txt")),
    (Some("de"), include_str!("words/de.txt")),
    (Some("fr"), include_str!("words/fr.txt")),
    (Some("es"), include_str!("words/es.txt")),
    (Some("it"), include_str!("words/it.txt")),
    (Some("nl"), include_str!("words/nl.txt")),
    (Some("pt"), include_str!("words/pt.txt")),
    (Some("sv"), include_str!("words/sv.txt")),
];

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let mut rules = Rules { begin: vec![Vec::new(); BUCKETS], end: vec![Vec::new(); BUCKETS], ..Rules::default() };
    for (language, file) in FILES {
        rules.add(file, *language);
    }
    rules
});

struct Rule {
    class: Class,
    tongues: Tongues,
    first: Choice,
    rest: Vec<Part>,
}

#[derive(Default)]
pub struct Rules {
    rules: Vec<Rule>,
    /// Rules by their first word, by how it begins and by how it ends.
    whole: HashMap<String, Vec<u32>>,
    begin: Vec<Vec<u32>>,
    end: Vec<Vec<u32>>,
    /// Words that leave no doubt.
    plain: HashMap<String, Tongues>,
    /// Everyday words, by which a short letter's language is told.
    spoken: HashMap<&'static str, Tongues>,
}

/// A rule that was found, from its first word to its last.
#[derive(Clone, Copy, Debug)]
pub struct Hit {
    pub class: Class,
    pub first: usize,
    pub last: usize,
}

impl Rules {
    pub fn ready() -> &'static Rules {
        &RULES
    }

    /// Lines are ours, so that a mistake in them is one for the tests.
    fn add(&mut self, lines: &'static str, language: Option<&str>) {
        let tongues = language.map_or(EVERY, bit);
        let mut sets = HashMap::new();
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let taken = self.take(line, tongues, &mut sets);
            debug_assert!(taken.is_ok(), "{line}: {taken:?}");
        }
    }

    fn take(&mut self, line: &'static str, tongues: Tongues, sets: &mut HashMap<String, Choice>) -> Result<(), String> {
        let (head, words) = line.split_once(':').ok_or("no colon")?;
        let (class, value) = head.split_once(' ').unwrap_or((head, ""));
        if class == "set" {
            let choice = Choice::of(&words.split_whitespace().collect::<String>(), sets)?;
            sets.insert(value.to_owned(), choice);
            return Ok(());
        }
        if class == "speaks" {
            words.split_whitespace().for_each(|word| *self.spoken.entry(word).or_default() |= tongues);
            return Ok(());
        }
        if class == "plain" {
            words.trim().split('|').for_each(|word| *self.spoken.entry(word).or_default() |= tongues);
            Choice::of(words.trim(), sets)?.whole.into_iter().for_each(|word| *self.plain.entry(word).or_default() |= tongues);
            return Ok(());
        }
        let class = class_of(class, value).ok_or("no such class")?;
        let mut parts: Vec<Part> = words.split_whitespace().map(|part| Part::of(part, sets)).collect::<Result<_, _>>()?;
        if parts.is_empty() {
            return Err("no words".into());
        }
        let Part::Words(first) = parts.remove(0) else { return Err("begins with a gap".into()) };
        let number = self.rules.len() as u32;
        let enter = |index: &mut Vec<u32>| {
            if !index.contains(&number) {
                index.push(number);
            }
        };
        first.whole.iter().for_each(|word| enter(self.whole.entry(word.clone()).or_default()));
        first.begin.iter().for_each(|word| enter(&mut self.begin[first_bucket(word)]));
        first.end.iter().for_each(|word| enter(&mut self.end[last_bucket(word)]));
        self.rules.push(Rule { class, tongues, first, rest: parts });
        Ok(())
    }

    /// Every rule of these languages that holds somewhere, in the order of their first words.
    pub fn hits(&self, words: &Words, tongues: Tongues) -> Vec<Hit> {
        let mut hits = Vec::new();
        for at in 0..words.len() {
            let Some(word) = words.get(at) else { break };
            let mut take = |number: &u32| {
                let rule = &self.rules[*number as usize];
                if rule.tongues & tongues != 0
                    && let Some(last) = end_of(&rule.rest, words, at + 1, words.sentence(at))
                {
                    hits.push(Hit { class: rule.class, first: at, last });
                }
            };
            self.whole.get(word).into_iter().flatten().for_each(&mut take);
            let fits = |number: &&u32| self.rules[**number as usize].first.fits(word);
            self.begin[first_bucket(word)].iter().chain(&self.end[last_bucket(word)]).filter(fits).for_each(take);
        }
        hits
    }

    pub fn is_plain(&self, word: &str, tongues: Tongues) -> bool {
        self.plain.get(word).is_some_and(|of| of & tongues != 0)
    }

    /// The languages in which a word is an everyday one.
    pub fn tongues_of(&self, word: &str) -> Tongues {
        self.spoken.get(word).copied().unwrap_or_default()
    }
}

/// The bit of a language that we read.
pub fn bit(language: &str) -> Tongues {
    LANGUAGES.iter().position(|known| *known == language).map_or(0, |at| 1 << at)
}

fn first_bucket(word: &str) -> usize {
    bucket(word.bytes().take(KEY_BYTES))
}

fn last_bucket(word: &str) -> usize {
    bucket(word.bytes().rev().take(KEY_BYTES))
}

fn bucket(bytes: impl Iterator<Item = u8>) -> usize {
    bytes.fold(0usize, |key, byte| key.wrapping_mul(31).wrapping_add(usize::from(byte))) % BUCKETS
}
