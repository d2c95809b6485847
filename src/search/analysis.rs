//! Text to tokens, for the index, for queries and for marking what was found. Several tokens may stand at one position:
//! `AT-10482` is "at" and "at10482", then "10482"; "München" is "munchen" and "muenchen"; Han, Kana and Hangul, which
//! need no blanks, become pairs of characters.

use super::fold::{fold, spelled_out};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Parts of a code or compound that are also kept as one token; beyond that it is a path or a table.
const WHOLE_PARTS_MAX: usize = 6;
const WHOLE_BYTES_MAX: usize = 40;
const ADDRESS_PARTS_MAX: usize = 12;
/// Digits inside a word that are worth finding alone: `ORD10023` by 10023, but not `mp3` by 3.
const NUMBER_DIGITS_MIN: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What stands at this position: a word, or a pair of characters.
    Word,
    /// Another spelling of the word.
    Variant,
    /// The digits inside the word.
    Number,
    /// An address, code or compound, which begins here, as one.
    Whole,
    /// The last character of a run of pairs, so that every character begins a token.
    Tail,
}

#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// Bytes of the original text.
    pub from: usize,
    pub to: usize,
    pub position: usize,
    pub kind: Kind,
    start: usize,
    end: usize,
}

#[derive(Clone, Debug, Default)]
pub struct Tokens {
    text: String,
    list: Vec<Token>,
    position: usize,
}

impl Tokens {
    pub fn of(text: &str) -> Tokens {
        let mut tokens = Tokens::default();
        tokens.analyse(text);
        tokens
    }

    pub fn iter(&self) -> impl Iterator<Item = (&Token, &str)> {
        self.list.iter().map(|token| (token, &self.text[token.start..token.end]))
    }

    pub fn get(&self, number: usize) -> Option<(&Token, &str)> {
        self.list.get(number).map(|token| (token, &self.text[token.start..token.end]))
    }

    /// Positions used: words and pairs of characters.
    pub fn positions(&self) -> usize {
        self.position
    }

    /// Forgets what it held and takes `text` apart.
    pub fn analyse(&mut self, text: &str) {
        self.text.clear();
        self.list.clear();
        self.position = 0;
        let mut chunk = Chunk::default();
        let mut at = 0;
        while let Some((from, to)) = next_word(text, at) {
            let joint = (at > 0).then(|| &text[at..from]).and_then(connector);
            match joint {
                Some(joint) => chunk.joints.push(joint),
                None => {
                    self.close(text, &chunk);
                    chunk.begin(from, self.list.len(), self.position);
                }
            }
            chunk.parts += 1;
            chunk.to = to;
            self.word(text, from, to, &mut chunk);
            at = to;
        }
        self.close(text, &chunk);
        self.list.sort_by_key(|token| token.position);
    }

    /// One run of letters and digits, which may change from a script with blanks to one without.
    fn word(&mut self, text: &str, from: usize, to: usize, chunk: &mut Chunk) {
        if text[from..to].is_ascii() {
            return self.plain(text, from, to, chunk);
        }
        let mut start = from;
        while start < to {
            let run = &text[start..to];
            let paired = run.chars().next().is_some_and(is_paired);
            let end = run.char_indices().find(|(_, c)| !is_combining_mark(*c) && is_paired(*c) != paired).map_or(to, |(i, _)| start + i);
            if paired {
                chunk.pairs = true;
                self.pairs(text, start, end);
            } else {
                self.plain(text, start, end, chunk);
            }
            start = end;
        }
    }

    fn plain(&mut self, text: &str, from: usize, to: usize, chunk: &mut Chunk) {
        let word = &text[from..to];
        let start = self.text.len();
        fold(word, &mut self.text);
        let (digits, letters) = (self.text[start..].contains(|c: char| c.is_ascii_digit()), self.text[start..].contains(char::is_alphabetic));
        chunk.digits |= digits;
        self.push(from, to, Kind::Word, start);
        if let Some(other) = spelled_out(word) {
            self.add(&other, from, to, Kind::Variant);
        }
        if digits && letters {
            for number in word.split(|c: char| !c.is_ascii_digit()).filter(|n| n.len() >= NUMBER_DIGITS_MIN) {
                self.add(number, from, to, Kind::Number);
            }
        }
        self.position += 1;
    }

    /// Pairs of neighbouring characters, and the last one alone.
    fn pairs(&mut self, text: &str, from: usize, to: usize) {
        let run = &text[from..to];
        let characters: Vec<char> = run.nfkc().flat_map(char::to_lowercase).collect();
        let mut places: Vec<(usize, usize)> = run.char_indices().map(|(i, c)| (from + i, from + i + c.len_utf8())).collect();
        if places.len() != characters.len() {
            places = vec![(from, to); characters.len()]; // composed or split: the run is marked as a whole
        }
        for (i, &first) in characters.iter().enumerate() {
            let start = self.text.len();
            self.text.push(first);
            match characters.get(i + 1) {
                Some(&second) => {
                    self.text.push(second);
                    self.push(places[i].0, places[i + 1].1, Kind::Word, start);
                }
                None => self.push(places[i].0, places[i].1, Kind::Tail, start),
            }
            self.position += 1;
        }
    }

    /// Ends a chunk of words without blanks between them; what reads as one thing becomes one more token.
    fn close(&mut self, text: &str, chunk: &Chunk) {
        if chunk.parts < 2 || chunk.pairs {
            return;
        }
        let start = self.text.len();
        if chunk.is_address() {
            fold(&text[chunk.from..chunk.to], &mut self.text);
        } else if chunk.is_code() || chunk.is_compound() {
            let words: Vec<(usize, usize)> =
                self.list[chunk.first..].iter().filter(|token| token.kind == Kind::Word).map(|token| (token.start, token.end)).collect();
            if words.iter().map(|(start, end)| end - start).sum::<usize>() > WHOLE_BYTES_MAX {
                return;
            }
            for (from, to) in words {
                self.text.extend_from_within(from..to);
            }
        } else {
            return;
        }
        self.list.push(Token { from: chunk.from, to: chunk.to, position: chunk.position, kind: Kind::Whole, start, end: self.text.len() });
    }

    fn add(&mut self, token: &str, from: usize, to: usize, kind: Kind) {
        let start = self.text.len();
        self.text.push_str(token);
        self.push(from, to, kind, start);
    }

    fn push(&mut self, from: usize, to: usize, kind: Kind, start: usize) {
        self.list.push(Token { from, to, position: self.position, kind, start, end: self.text.len() });
    }
}

/// Words that touch, joined by single signs.
#[derive(Default)]
struct Chunk {
    from: usize,
    to: usize,
    /// Where its tokens begin.
    first: usize,
    position: usize,
    parts: usize,
    joints: Vec<char>,
    digits: bool,
    pairs: bool,
}

impl Chunk {
    fn begin(&mut self, from: usize, first: usize, position: usize) {
        self.joints.clear();
        *self = Chunk { from, first, position, joints: std::mem::take(&mut self.joints), ..Chunk::default() };
    }

    fn is_address(&self) -> bool {
        self.joints.iter().filter(|c| **c == '@').count() == 1 && self.parts <= ADDRESS_PARTS_MAX && self.joints.iter().all(|c| "@._-+'".contains(*c))
    }

    /// `AT-10482`, `ORD_10023`, `2026/114`.
    fn is_code(&self) -> bool {
        self.digits && self.parts <= WHOLE_PARTS_MAX && self.joints.iter().all(|c| "-_/#".contains(*c))
    }

    /// `e-mail`, `don't`.
    fn is_compound(&self) -> bool {
        !self.digits && self.parts <= 3 && self.joints.iter().all(|c| "-'’".contains(*c))
    }
}

/// The next run of letters, digits and the marks that belong to them, as byte offsets.
pub fn next_word(text: &str, from: usize) -> Option<(usize, usize)> {
    let start = from + text[from..].find(|c: char| c.is_alphanumeric())?;
    let end = text[start..].find(|c: char| !c.is_alphanumeric() && !is_combining_mark(c)).map_or(text.len(), |i| start + i);
    Some((start, end))
}

fn connector(between: &str) -> Option<char> {
    let mut signs = between.chars();
    let sign = signs.next().filter(|c| "@._-+'’/#".contains(*c))?;
    signs.next().is_none().then_some(sign)
}

/// Scripts written without blanks between words.
fn is_paired(c: char) -> bool {
    matches!(u32::from(c),
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF           // Thai, Lao, Myanmar, Khmer
        | 0x1100..=0x11FF | 0xAC00..=0xD7FF                           // Hangul
        | 0x3005..=0x3007 | 0x3040..=0x30FF | 0x31F0..=0x31FF | 0xFF66..=0xFF9F // Kana
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF) // Han
}
