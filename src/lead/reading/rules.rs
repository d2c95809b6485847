//! The rules, and how they are found in a text: the same lines as those of returns (`return_request::reading::intent`), a class, a
//! colon and words, without weights: what is not certain is not found.
//!
//! ```text
//! medium print: print|prints|poster*     a kind of interest, its code, the words
//! wants: do you have|sell                what is named near by is liked or looked for
//! tell: let me|us know                   asks to be told
//! set when: when|once|if                 a name for many words, for the lines below it
//! ```
//!
//! `Class` says what each class is for.

use crate::consent::Purpose;
use crate::lead::interest::Kind;
use crate::return_request::LANGUAGES;
use crate::return_request::reading::{Choice, Part, Words, end_of};
use std::collections::HashMap;
use std::sync::LazyLock;

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
    let mut rules = Rules { rules: Vec::new(), begin: vec![Vec::new(); BUCKETS], end: vec![Vec::new(); BUCKETS], spoken: HashMap::new() };
    for (language, file) in FILES {
        rules.add(file, *language);
    }
    rules
});

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Feature(Kind, &'static str),
    /// "Do you have", "I love": what is named near by is liked or looked for.
    Wants,
    /// "I bought", "thank you for": what is named next is had already.
    Had,
    /// "Send back", "arrived broken", "my parcel", "are you open": nothing in this clause is looked for.
    Elsewhere,
    /// "Not", "without": nothing in this clause is liked.
    Denies,
    /// "No longer there": denies that it can be had, not that it is liked.
    Spent,
    /// "But", which begins another clause without a comma.
    But,
    /// "Up to", "under": the sum beside it is the most they would pay.
    Budget,
    /// "Too big": a size that is not wanted.
    WrongSize,
    /// "Something", "one": what a size may belong to, beside a medium.
    Thing,
    /// A wall, a sofa: its colour is not what they look for.
    Wall,
    /// "By", before a name.
    By,
    /// "Let me know": asks to be told.
    Tell,
    /// "Could you": a question that asks for it.
    Modal,
    /// "When", "as soon as".
    When,
    /// "When you have something similar", "as soon as new prints come in": another piece, beyond doubt.
    Similar,
    /// "New", "another", "one that fits": likely a piece.
    Alike,
    /// "It is back": may be a piece, or what was sent in.
    Again,
    /// The parcel, the refund, the exhibition: telling of it is part of the answer to their mail.
    State,
    /// Agrees by itself, in full words.
    Agrees(Purpose),
    /// "Yes", "in stock": what is told of in this sentence is a piece.
    Stock,
    /// "Sold out", "missed it": so it is in the letter.
    Gone,
    /// Leaves no doubt: in the clauses of a consent no other words may stand.
    Plain,
    /// "Another", before a name.
    More,
    /// "Maybe", "only if", "used to": no certain yes.
    Doubt,
    /// "My husband", "a friend": not the writer.
    Third,
    /// "Says", "wants": beside somebody else, whose wish follows.
    Reports,
    /// "Tell me": in a question it may ask for a day.
    Say,
    /// "Again", "back": it was to be had before.
    Returns,
    /// "But", "now", at the beginning of a sentence: turns what stands before it.
    Now,
    /// "Even more of those mails": sarcasm; nothing in the letter is a yes.
    Irony,
    /// "My CV", "our company offers": no customer writes.
    Stranger,
    /// Asks for no more mail, in full words.
    Stop,
    /// Asks for it as a subject or a letter of one word.
    StopWord,
    /// "Please", "thanks": may stand beside it.
    Polite,
    /// An order, a shelf, a question: what is to be stopped or removed is no mail.
    StopNot,
    /// "We live in", before a country.
    Lives,
    Country(&'static str),
}

const CLASSES: &[(&str, Class)] = &[
    ("wants", Class::Wants),
    ("had", Class::Had),
    ("elsewhere", Class::Elsewhere),
    ("denies", Class::Denies),
    ("spent", Class::Spent),
    ("but", Class::But),
    ("budget", Class::Budget),
    ("wrong_size", Class::WrongSize),
    ("thing", Class::Thing),
    ("wall", Class::Wall),
    ("by", Class::By),
    ("tell", Class::Tell),
    ("modal", Class::Modal),
    ("when", Class::When),
    ("similar", Class::Similar),
    ("alike", Class::Alike),
    ("again", Class::Again),
    ("state", Class::State),
    ("stock", Class::Stock),
    ("gone", Class::Gone),
    ("plain", Class::Plain),
    ("more", Class::More),
    ("doubt", Class::Doubt),
    ("third", Class::Third),
    ("reports", Class::Reports),
    ("say", Class::Say),
    ("returns", Class::Returns),
    ("now", Class::Now),
    ("irony", Class::Irony),
    ("stranger", Class::Stranger),
    ("stop", Class::Stop),
    ("stop_word", Class::StopWord),
    ("polite", Class::Polite),
    ("stop_not", Class::StopNot),
    ("lives", Class::Lives),
];

struct Rule {
    class: Class,
    tongues: Tongues,
    first: Choice,
    rest: Vec<Part>,
}

pub struct Rules {
    rules: Vec<Rule>,
    begin: Vec<Vec<u32>>,
    end: Vec<Vec<u32>>,
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
        let class = class_of(class, value).ok_or("no such class")?;
        if class == Class::Plain {
            words.trim().split('|').for_each(|word| *self.spoken.entry(word).or_default() |= tongues);
        }
        let mut parts: Vec<Part> = words.split_whitespace().map(|part| Part::of(part, sets)).collect::<Result<_, _>>()?;
        if parts.is_empty() {
            return Err("no words".into());
        }
        let Part::Words(first) = parts.remove(0) else { return Err("begins with a gap".into()) };
        let number = self.rules.len() as u32;
        let enter = |index: &mut Vec<Vec<u32>>, bucket: usize| {
            if !index[bucket].contains(&number) {
                index[bucket].push(number);
            }
        };
        first.whole.iter().chain(&first.begin).for_each(|word| enter(&mut self.begin, first_bucket(word)));
        first.end.iter().for_each(|word| enter(&mut self.end, last_bucket(word)));
        self.rules.push(Rule { class, tongues, first, rest: parts });
        Ok(())
    }

    /// Every rule of these languages that holds somewhere, in the order of their first words.
    pub fn hits(&self, words: &Words, tongues: Tongues) -> Vec<Hit> {
        let mut hits = Vec::new();
        for at in 0..words.len() {
            let Some(word) = words.get(at) else { break };
            for number in self.begin[first_bucket(word)].iter().chain(&self.end[last_bucket(word)]) {
                let rule = &self.rules[*number as usize];
                if rule.tongues & tongues != 0
                    && rule.first.fits(word)
                    && let Some(last) = end_of(&rule.rest, words, at + 1, words.sentence(at))
                {
                    hits.push(Hit { class: rule.class, first: at, last });
                }
            }
        }
        hits
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

fn class_of(name: &'static str, value: &'static str) -> Option<Class> {
    match name {
        "country" => return Some(Class::Country(value)),
        "agrees" => return Purpose::from_code(value).map(Class::Agrees),
        _ => {}
    }
    let named = CLASSES.iter().find(|(known, _)| *known == name).map(|(_, class)| *class);
    named.or_else(|| Kind::from_code(name).map(|kind| Class::Feature(kind, value)))
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
