//! The rules, and how they are found in a text. A line is a class, a weight and words:
//!
//! ```text
//! # a comment
//! ask 2.0: refund*|reimburs*          a word beginning so; or the other
//! ask 1.5: i want|need .. back        up to four other words between, none across a comma; `...` up to
//!                                     twelve, anywhere in the sentence
//! claim 2.2: glas*|*glas .. *bruch    a word ending so, for languages that write words together
//! set broken: broken|torn|chipped     a name for many words, for the lines below it
//! claim 2.4: arrived .. {broken}|wet  any of them, or another
//! damaged 2: torn|ripped             names a reason or a wish
//! spell: refund return                long words that may hold a typing mistake
//! spell_facts: cracked                the same, where reasons and wishes are looked for, but no intent
//! plain: the with is                  words that a letter of this language is known by
//! ```
//!
//! `ask` is a wish (money back, send it back, another one), `claim` says what is wrong with what came, `hope` asks what will be
//! done ("what now?") and counts only beside a claim. `state`, `policy`, `order` and `not` speak against the sentence that they
//! stand in, `never`, `news` and the first two against the whole letter, and so does `fine` (it came whole) unless both a claim and
//! a wish stand beside it. How much each counts says `mod.rs`.

use super::class::{CLASSES, Class};
use super::rule::{Choice, PIECE_CHARS_MIN, Part, Rule, end_of};
use super::text::{Words, folded};
use crate::return_request::{LANGUAGES, Reason, Wish};
use crate::spelling::distance;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// An owner's own lines.
const LINES_MAX: usize = 1_000;
/// A shorter word is another word when a letter changes.
const SPELT_CHARS_MIN: usize = 5;
/// From this length on, two mistakes are likelier than another word.
const SPELT_TWICE_CHARS_MIN: usize = 12;
/// Fewer plain words tell no language, nor do they where others have more than half as many.
const PLAIN_MIN: usize = 2;
const PLAIN_TIMES: usize = 2;

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
    sets: HashMap<String, Choice>,
    /// Rules by their first word, by its beginning and by its end.
    whole: HashMap<String, Vec<usize>>,
    stems: HashMap<String, Vec<usize>>,
    ends: HashMap<String, Vec<usize>>,
    spelling: Vec<String>,
    spelling_of_facts: Vec<String>,
    /// Words of one language alone, that nearly every letter holds.
    plain: HashMap<String, &'static str>,
    /// Every word that a rule names: spelt right already.
    known: HashSet<String>,
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
        if class == "plain" {
            let language = language.ok_or("A plain word tells a language; in these lines there is none.")?;
            self.plain.extend(words.split_whitespace().map(|word| (folded(word), language)));
            return Ok(());
        }
        if class == "set" {
            let name = head.next().ok_or("A set has a name, as in “set broken: torn|chipped”.")?;
            let choice = Choice::of(&words.split_whitespace().collect::<String>(), &self.sets)?;
            self.sets.insert(name.to_owned(), choice);
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
        let parts: Vec<Part> = words.split_whitespace().map(|part| Part::of(part, &self.sets)).collect::<Result<_, _>>()?;
        let Some(Part::Words(first)) = parts.first() else { return Err("A rule begins with a word.".into()) };
        for (words, index) in
            [(Vec::from_iter(&first.whole), &mut self.whole), (Vec::from_iter(&first.begin), &mut self.stems), (Vec::from_iter(&first.end), &mut self.ends)]
        {
            words.into_iter().for_each(|word| index.entry(word.clone()).or_default().push(self.rules.len()));
        }
        for part in &parts {
            if let Part::Words(words) = part {
                self.known.extend(words.whole.iter().chain(&words.begin).chain(&words.end).cloned());
            }
        }
        self.rules.push(Rule { class, weight, language, parts });
        Ok(())
    }

    /// The language that a letter's plain words are of, where they agree; a few words are enough, unlike for statistics of letters.
    pub fn language(&self, words: &Words) -> Option<&'static str> {
        let mut counts = [0; LANGUAGES.len()];
        for language in (0..words.len()).filter_map(|at| self.plain.get(words.get(at)?)) {
            LANGUAGES.iter().position(|of| of == language).into_iter().for_each(|of| counts[of] += 1);
        }
        let most = (0..counts.len()).max_by_key(|of| counts[*of])?;
        let others: usize = counts.iter().sum::<usize>() - counts[most];
        (counts[most] >= PLAIN_MIN && counts[most] > PLAIN_TIMES * others).then_some(LANGUAGES[most])
    }

    /// Every rule that holds, once in each sentence. In a letter of a known language only its rules are looked for, and the English
    /// ones, because people mix them; "byte" is no exchange outside Swedish.
    pub fn hits(&self, words: &Words, language: Option<&str>) -> Vec<Hit> {
        let known = language.filter(|language| LANGUAGES.contains(language));
        let mut hits: Vec<Hit> = Vec::new();
        let mut found: HashSet<(usize, usize)> = HashSet::new();
        for at in 0..words.len() {
            let Some(word) = words.get(at) else { break };
            let stems = (PIECE_CHARS_MIN..=word.len()).filter_map(|end| word.get(..end)).filter_map(|stem| self.stems.get(stem)).flatten();
            let ends = (0..=word.len().saturating_sub(PIECE_CHARS_MIN)).filter_map(|from| word.get(from..)).filter_map(|end| self.ends.get(end)).flatten();
            for number in self.whole.get(word).into_iter().flatten().chain(stems).chain(ends) {
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
