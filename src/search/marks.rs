//! What to mark in a found text: the words of a question, however they are spelled, and phrases as they stand together.

use super::analysis::{Kind, Token, Tokens};
use super::query::{Place, Query, Term, Text};
use super::stem::{LANGUAGES, Stems};
use super::words::Shape;
use std::collections::HashMap;

/// Words of a code that are marked alone: "10482" of AT-10482, but not every "at".
const MARKED_PART_CHARS_MIN: usize = 3;

/// The number of the question's term goes with each, so that a snippet can show many different ones.
#[derive(Default)]
pub struct Marks {
    exact: HashMap<String, usize>,
    beginnings: Vec<(String, usize)>,
    /// Spellings of each word, in order.
    phrases: Vec<(Vec<Vec<String>>, usize)>,
    /// Per language.
    stems: Vec<HashMap<String, usize>>,
}

impl Marks {
    pub fn of(query: &Query) -> Marks {
        let mut marks = Marks { stems: vec![HashMap::new(); LANGUAGES.len()], ..Marks::default() };
        let wanted = query.terms.iter().filter(|wanted| !wanted.without && wanted.place == Place::Anywhere);
        for (number, wanted) in wanted.enumerate() {
            marks.take(wanted, number);
        }
        marks
    }

    pub fn is_empty(&self) -> bool {
        self.exact.is_empty() && self.beginnings.is_empty() && self.phrases.is_empty()
    }

    fn take(&mut self, wanted: &Term, number: usize) {
        for text in &wanted.any {
            let shape = Shape::of(text);
            let prefix = matches!(text, Text::Prefix(_));
            if let Some(word) = shape.stemmed(text) {
                for (language, (_, stemmer)) in LANGUAGES.into_iter().enumerate() {
                    if let Some(stem) = Stems::new(stemmer).of(word) {
                        self.stems[language].insert(stem.to_owned(), number);
                    }
                }
            }
            for whole in shape.whole.iter().chain(&shape.single) {
                if prefix || shape.single.is_some() {
                    self.beginnings.push((whole.clone(), number));
                }
                self.exact.insert(whole.clone(), number);
            }
            if shape.words.len() > 1 && shape.whole.is_none() && (!prefix || shape.pairs_last) {
                self.phrases.push((shape.words, number));
                continue;
            }
            let part = |word: &&String| shape.whole.is_none() || word.chars().count() >= MARKED_PART_CHARS_MIN;
            for word in shape.words.iter().flatten().filter(part) {
                self.exact.insert(word.clone(), number);
            }
            if let (true, Some(last)) = (prefix && shape.whole.is_none(), shape.words.last()) {
                self.beginnings.extend(last.iter().map(|word| (word.clone(), number)));
            }
        }
    }

    /// The term that a token answers, if any. `stems` is of the text's language, where that is known.
    pub fn answers(&self, token: &str, original: &str, stems: Option<(usize, &mut Stems)>) -> Option<usize> {
        if let Some(number) = self.exact.get(token) {
            return Some(*number);
        }
        if let Some((_, number)) = self.beginnings.iter().find(|(beginning, _)| token.starts_with(beginning.as_str())) {
            return Some(*number);
        }
        let (language, stems) = stems?;
        let known = &self.stems[language];
        let near = known.keys().any(|stem| stem.bytes().next() == token.bytes().next());
        near.then(|| stems.of(original).and_then(|stem| known.get(stem)).copied()).flatten()
    }

    /// The term whose phrase begins at token `first`, and the byte at which the phrase ends.
    pub fn phrase_at(&self, tokens: &Tokens, first: usize) -> Option<(usize, usize)> {
        self.phrases.iter().find_map(|(words, number)| Some((*number, phrase_end(tokens, first, words)?)))
    }
}

fn phrase_end(tokens: &Tokens, first: usize, words: &[Vec<String>]) -> Option<usize> {
    let is = |(token, text): (&Token, &str), any: &[String]| matches!(token.kind, Kind::Word | Kind::Variant) && any.iter().any(|word| word == text);
    let (begin, _) = tokens.get(first).filter(|found| is(*found, &words[0]))?;
    let (mut end, mut number) = (begin.to, first);
    for (distance, any) in words.iter().enumerate().skip(1).filter(|(_, any)| !any.is_empty()) {
        loop {
            number += 1;
            let found = tokens.get(number).filter(|(token, _)| token.position <= begin.position + distance)?;
            if found.0.position == begin.position + distance && is(found, any) {
                end = found.0.to;
                break;
            }
        }
    }
    Some(end)
}
