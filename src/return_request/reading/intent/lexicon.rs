//! The rules, and how they are found in a text. A line is a class, a weight and words:
//!
//! ```text
//! # a comment
//! ask 2.0: refund*|reimburs*          a word beginning so; or the other
//! ask 1.5: i want|need .. back        up to four other words between, in one sentence
//! damaged 2: torn|ripped             names a reason or a wish
//! spell: refund return                long words that may hold a typing mistake
//! spell_facts: cracked                the same, where reasons and wishes are looked for, but no intent
//! ```

use super::class::{CLASSES, Class};
use super::text::{Words, folded};
use crate::return_request::{LANGUAGES, Reason, Wish};
use crate::spelling::distance;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Words that may stand where a rule says `..`.
const GAP_WORDS: usize = 4;
/// An owner's own lines.
const LINES_MAX: usize = 1_000;
/// A shorter word is another word when a letter changes.
const SPELT_CHARS_MIN: usize = 5;
/// From this length on, two mistakes are likelier than another word.
const SPELT_TWICE_CHARS_MIN: usize = 12;

/// The files, each with the language that its rules are for; without one, for all.
const READY: &[(Option<&str>, &str)] = &[
    (Some("en"), include_str!("en.txt")),
    (Some("de"), include_str!("de.txt")),
    (Some("fr"), include_str!("fr.txt")),
    (Some("es"), include_str!("es.txt")),
    (Some("it"), include_str!("it.txt")),
    (Some("nl"), include_str!("nl.txt")),
    (Some("pt"), include_str!("pt.txt")),
    (Some("sv"), include_str!("sv.txt")),
    (None, include_str!("reasons.txt")),
    (None, include_str!("wishes.txt")),
];

static OURS: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon::default();
    for (language, file) in READY {
        let mistakes = lexicon.add(file, *language);
        debug_assert!(mistakes.is_empty(), "{mistakes:?}");
    }
    lexicon
});

/// A line that is no rule, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Counted from 1.
    pub line: usize,
    pub words: String,
}

#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    rules: Vec<Rule>,
    /// Rules by their first word, and by the beginning of their first word.
    whole: HashMap<String, Vec<usize>>,
    stems: HashMap<String, Vec<usize>>,
    stem_chars_min: usize,
    spelling: Vec<String>,
    spelling_of_facts: Vec<String>,
    /// Every word that a rule names: spelt right already.
    known: HashSet<String>,
}

#[derive(Clone, Debug)]
struct Rule {
    class: Class,
    weight: f64,
    /// `None`: for every letter.
    language: Option<&'static str>,
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
enum Part {
    Gap,
    /// Any of these; true: words that begin so.
    Words(Vec<(String, bool)>),
}

/// A rule that was found.
#[derive(Clone, Debug)]
pub struct Hit {
    pub class: Class,
    pub weight: f64,
    pub sentence: usize,
    pub first: usize,
    pub last: usize,
}

impl Lexicon {
    /// The rules that Restante comes with.
    pub fn ready() -> &'static Lexicon {
        &OURS
    }

    /// These rules and an owner's own, or what is wrong with the owner's.
    pub fn with(&self, lines: &str) -> Result<Lexicon, Vec<Mistake>> {
        let mut both = self.clone();
        let mistakes = both.add(lines, None);
        if mistakes.is_empty() { Ok(both) } else { Err(mistakes) }
    }

    fn add(&mut self, lines: &str, language: Option<&'static str>) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        for (number, line) in lines.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let taken = if number >= LINES_MAX { Err(format!("There may be {LINES_MAX} lines.")) } else { self.take(line, language) };
            mistakes.extend(taken.err().map(|words| Mistake { line: number + 1, words }));
        }
        mistakes
    }

    fn take(&mut self, line: &str, language: Option<&'static str>) -> Result<(), String> {
        let (head, words) = line.split_once(':').ok_or("A line is a class, a weight, a colon and words, as in “ask 2: send it back”.")?;
        let mut head = head.split_whitespace();
        let class = head.next().unwrap_or_default();
        if class == "spell" {
            self.spelling.extend(words.split_whitespace().map(folded));
            return Ok(());
        }
        if class == "spell_facts" {
            self.spelling_of_facts.extend(words.split_whitespace().map(folded));
            return Ok(());
        }
        let named = CLASSES.iter().find(|(name, _)| *name == class).map(|(_, class)| *class);
        let coded = || Reason::from_code(class).map(Class::Reason).or_else(|| Wish::from_code(class).map(Class::Wish));
        let class = named.or_else(coded).ok_or_else(|| {
            let codes = Reason::ALL.iter().map(|reason| reason.code()).chain(Wish::ALL.iter().map(|wish| wish.code()));
            let names: Vec<_> = CLASSES.iter().map(|(name, _)| *name).chain(codes).collect();
            format!("“{class}” is no class: there are {}.", names.join(", "))
        })?;
        let weight: f64 =
            head.next().and_then(|weight| weight.parse().ok()).filter(|w| (0.1..=9.0).contains(w)).ok_or("The weight is a number from 0.1 to 9.")?;
        let parts: Vec<Part> = words.split_whitespace().map(part).collect::<Result<_, _>>()?;
        let Some(Part::Words(first)) = parts.first() else { return Err("A rule begins with a word.".into()) };
        let number = self.rules.len();
        for (word, is_stem) in first {
            let index = if *is_stem { &mut self.stems } else { &mut self.whole };
            index.entry(word.clone()).or_default().push(number);
        }
        for part in &parts {
            if let Part::Words(words) = part {
                self.known.extend(words.iter().map(|(word, _)| word.clone()));
            }
        }
        self.rules.push(Rule { class, weight, language, parts });
        self.stem_chars_min = self.stems.keys().map(String::len).min().unwrap_or(0);
        Ok(())
    }

    /// Every rule that holds, once in each sentence. In a letter of a known language only its rules are looked for, and the English
    /// ones, because people mix them; "byte" is no exchange outside Swedish.
    pub fn hits(&self, words: &Words, language: Option<&str>) -> Vec<Hit> {
        let known = language.filter(|language| LANGUAGES.contains(language));
        let mut hits: Vec<Hit> = Vec::new();
        let mut found: HashSet<(usize, usize)> = HashSet::new();
        for at in 0..words.len() {
            let Some(word) = words.get(at) else { break };
            let stems = (self.stem_chars_min..=word.len()).filter_map(|end| word.get(..end)).filter_map(|stem| self.stems.get(stem)).flatten();
            for number in self.whole.get(word).into_iter().flatten().chain(stems) {
                let (rule, sentence) = (&self.rules[*number], words.sentence(at));
                let spoken = rule.language.is_none_or(|of| known.is_none_or(|known| known == of || of == LANGUAGES[0]));
                if spoken
                    && !found.contains(&(*number, sentence))
                    && let Some(last) = end_of(&rule.parts[1..], words, at + 1, sentence)
                {
                    found.insert((*number, sentence));
                    hits.push(Hit { class: rule.class, weight: rule.weight, sentence, first: at, last });
                }
            }
        }
        hits
    }

    /// The word, or the one that was meant where a letter is wrong.
    pub fn spelt(&self, word: String) -> String {
        self.meant(word, &self.spelling)
    }

    /// The same for words of reasons and wishes, too.
    pub fn spelt_fact(&self, word: String) -> String {
        self.meant(self.spelt(word), &self.spelling_of_facts)
    }

    fn meant(&self, word: String, spelling: &[String]) -> String {
        let begins_well =
            || (SPELT_CHARS_MIN..=word.len()).any(|end| word.get(..end).is_some_and(|stem| self.stems.contains_key(stem) || self.known.contains(stem)));
        if word.len() < SPELT_CHARS_MIN || self.known.contains(&word) || begins_well() {
            return word;
        }
        let mistakes = if word.len() >= SPELT_TWICE_CHARS_MIN { 2 } else { 1 };
        // The first letters are seldom wrong, but sometimes swapped: "institutions" is no restitution.
        let begins = |known: &str| known.as_bytes()[0] == word.as_bytes()[0] || known.as_bytes()[..2].iter().rev().eq(&word.as_bytes()[..2]);
        let near = |known: &&String| {
            known.len().abs_diff(word.len()) <= mistakes && begins(known) && !word.starts_with(known.as_str()) && distance(&word, known) <= mistakes
        };
        spelling.iter().find(near).cloned().unwrap_or(word)
    }
}

/// Where the rest of a rule ends, if it stands from `at` on within the sentence.
fn end_of(parts: &[Part], words: &Words, at: usize, sentence: usize) -> Option<usize> {
    let Some(part) = parts.first() else { return Some(at - 1) };
    let here = |at: usize| words.get(at).filter(|_| words.sentence(at) == sentence);
    match part {
        Part::Gap => (at..=at + GAP_WORDS).take_while(|at| here(*at).is_some()).find_map(|at| end_of(&parts[1..], words, at, sentence)),
        Part::Words(any) => {
            let word = here(at)?;
            let fits = any.iter().any(|(wanted, is_stem)| if *is_stem { word.starts_with(wanted.as_str()) } else { word == wanted });
            if fits { end_of(&parts[1..], words, at + 1, sentence) } else { None }
        }
    }
}

fn part(text: &str) -> Result<Part, String> {
    if text == ".." {
        return Ok(Part::Gap);
    }
    let words: Vec<(String, bool)> = text.split('|').map(|word| (folded(word.trim_end_matches('*')), word.ends_with('*'))).collect();
    let odd = |(word, is_stem): &(String, bool)| word.is_empty() || !word.chars().all(char::is_alphanumeric) || (*is_stem && word.len() < 3);
    if words.iter().any(odd) {
        return Err(format!("“{text}” is no word: letters and digits, with | between alternatives, and * behind at least three letters."));
    }
    Ok(Part::Words(words))
}
