//! Words by their stem, in the languages that a stemmer exists for: "refunded" finds "refund".

use super::fold::{TOKEN_BYTES_MAX, fold, lower};
use super::scan::next_word;
use std::collections::HashMap;
use tantivy::tokenizer::{Language, RawTokenizer, Stemmer, TextAnalyzer, TokenStream};

/// ISO 639-1 codes as `email::read` gives them, and their stemmers.
pub const LANGUAGES: [(&str, Language); 11] = [
    ("en", Language::English),
    ("de", Language::German),
    ("fr", Language::French),
    ("es", Language::Spanish),
    ("it", Language::Italian),
    ("nl", Language::Dutch),
    ("pt", Language::Portuguese),
    ("sv", Language::Swedish),
    ("da", Language::Danish),
    ("no", Language::Norwegian),
    ("fi", Language::Finnish),
];

/// Shorter words have no endings to lose.
const STEMMED_CHARS_MIN: usize = 3;
/// Stems remembered: a language's daily words, some 2 MB at most.
const REMEMBERED: usize = 20_000;

pub fn number_of(language: &str) -> Option<usize> {
    let code = if matches!(language, "nb" | "nn") { "no" } else { language };
    LANGUAGES.iter().position(|(known, _)| *known == code)
}

/// One language's stemmer, which remembers: mail repeats its words.
pub struct Stems {
    language: Language,
    analyzer: TextAnalyzer,
    /// Words, and where in `stems` theirs stands.
    remembered: HashMap<String, usize>,
    /// The stem, and the last text that had it.
    stems: Vec<(String, u64)>,
    texts: u64,
    lower: String,
}

impl Stems {
    pub fn new(language: Language) -> Stems {
        let analyzer = TextAnalyzer::builder(RawTokenizer::default()).filter(Stemmer::new(language)).build();
        Stems { language, analyzer, remembered: HashMap::new(), stems: Vec::new(), texts: 0, lower: String::new() }
    }

    /// The folded stem of a word; `None` where a word has none: numbers, codes, other scripts.
    pub fn of(&mut self, word: &str) -> Option<&str> {
        self.number_of(word).map(|number| self.text(number))
    }

    /// Every stem of a text once, by numbers that hold until the next text.
    pub fn each(&mut self, text: &str, mut take: impl FnMut(usize)) {
        if self.stems.len() >= REMEMBERED {
            self.remembered.clear();
            self.stems.clear();
        }
        self.texts += 1;
        let mut at = 0;
        while let Some((from, to)) = next_word(text, at) {
            if let Some(number) = self.number_of(&text[from..to])
                && self.stems[number].1 != self.texts
            {
                self.stems[number].1 = self.texts;
                take(number);
            }
            at = to;
        }
    }

    pub fn text(&self, number: usize) -> &str {
        &self.stems[number].0
    }

    fn number_of(&mut self, word: &str) -> Option<usize> {
        if word.len() < STEMMED_CHARS_MIN || word.len() > TOKEN_BYTES_MAX || !is_stemmed(word) {
            return None;
        }
        self.lower.clear();
        lower(word, &mut self.lower);
        let number = match self.remembered.get(&self.lower) {
            Some(number) => *number,
            None => self.learn(),
        };
        (!self.stems[number].0.is_empty()).then_some(number)
    }

    fn learn(&mut self) -> usize {
        let mut stem = String::new();
        let mut stream = self.analyzer.token_stream(&self.lower);
        if stream.advance() {
            fold(&stream.token().text, &mut stem);
        }
        drop(stream);
        self.remembered.insert(self.lower.clone(), self.stems.len());
        self.stems.push((stem, 0));
        self.stems.len() - 1
    }
}

impl Clone for Stems {
    fn clone(&self) -> Stems {
        Stems::new(self.language)
    }
}

/// Letters of the Latin script and their accents.
fn is_stemmed(word: &str) -> bool {
    let letter = |c: char| (c.is_alphabetic() && u32::from(c) < 0x250) || ('\u{300}'..='\u{36f}').contains(&c);
    word.bytes().all(|b| b.is_ascii_alphabetic()) || word.chars().all(letter)
}
