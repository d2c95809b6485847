//! Words by their stem, in the languages that a stemmer exists for: "refunded" finds "refund".

use super::analysis::next_word;
use super::fold::{TOKEN_BYTES_MAX, fold, lower};
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
    remembered: HashMap<String, String>,
}

impl Stems {
    pub fn new(language: Language) -> Stems {
        let analyzer = TextAnalyzer::builder(RawTokenizer::default()).filter(Stemmer::new(language)).build();
        Stems { language, analyzer, remembered: HashMap::new() }
    }

    /// The folded stem of a word; `None` where a word has none: numbers, codes, other scripts.
    pub fn of(&mut self, word: &str) -> Option<&str> {
        if word.len() < STEMMED_CHARS_MIN || word.len() > TOKEN_BYTES_MAX || !word.chars().all(is_stemmed) {
            return None;
        }
        let word = lower(word);
        if !self.remembered.contains_key(&word) {
            if self.remembered.len() >= REMEMBERED {
                self.remembered.clear();
            }
            let mut stem = String::new();
            let mut stream = self.analyzer.token_stream(&word);
            if stream.advance() {
                fold(&stream.token().text, &mut stem);
            }
            drop(stream);
            self.remembered.insert(word.clone(), stem);
        }
        self.remembered.get(&word).map(String::as_str).filter(|stem| !stem.is_empty())
    }

    /// Every stem of a text.
    pub fn each(&mut self, text: &str, mut take: impl FnMut(&str)) {
        let mut at = 0;
        while let Some((from, to)) = next_word(text, at) {
            if let Some(stem) = self.of(&text[from..to]) {
                take(stem);
            }
            at = to;
        }
    }
}

impl Clone for Stems {
    fn clone(&self) -> Stems {
        Stems::new(self.language)
    }
}

/// Letters of the Latin script and their accents.
fn is_stemmed(c: char) -> bool {
    (c.is_alphabetic() && u32::from(c) < 0x250) || ('\u{300}'..='\u{36f}').contains(&c)
}
