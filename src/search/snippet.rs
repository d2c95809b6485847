//! The piece of a text that shows why it was found, with the words marked.

use super::analysis::{Kind, Tokens};
use super::marks::Marks;
use super::stem::{LANGUAGES, Stems, number_of};

/// Text and whether it is one of the words that were looked for.
pub type Piece = (String, bool);

/// Characters of a snippet, and of what stands before its first mark: about two lines.
const SNIPPET_CHARS: usize = 180;
const BEFORE_CHARS: usize = 50;
/// Matches looked at; more of them make no better snippet.
const MATCHES_MAX: usize = 200;

/// Makes snippets for one question.
pub struct Snippets {
    marks: Marks,
    tokens: Tokens,
    /// Stemmers that were needed, by language.
    stems: Vec<Option<Stems>>,
}

struct Match {
    from: usize,
    to: usize,
    term: usize,
}

impl Snippets {
    pub fn new(marks: Marks) -> Snippets {
        Snippets { marks, tokens: Tokens::default(), stems: LANGUAGES.iter().map(|_| None).collect() }
    }

    /// The best piece of `text`; `None` where nothing in it is marked.
    pub fn marked(&mut self, text: &str, language: Option<&str>) -> Option<Vec<Piece>> {
        let matches = self.matches(text, language);
        let first = best(&matches)?;
        Some(cut(text, &matches, matches[first].from))
    }

    /// The beginning of a text in which nothing is marked.
    pub fn plain(text: &str) -> Vec<Piece> {
        cut(text, &[], 0)
    }

    fn matches(&mut self, text: &str, language: Option<&str>) -> Vec<Match> {
        let mut matches: Vec<Match> = Vec::new();
        if self.marks.is_empty() {
            return matches;
        }
        self.tokens.analyse(text);
        let language = language.and_then(number_of);
        for (number, (token, word)) in self.tokens.iter().enumerate() {
            let stems = match (language, token.kind) {
                (Some(language), Kind::Word) => Some((language, self.stems[language].get_or_insert_with(|| Stems::new(LANGUAGES[language].1)))),
                _ => None,
            };
            let alone = self.marks.answers(word, &text[token.from..token.to], stems).map(|term| (term, token.to));
            let Some((term, to)) = alone.or_else(|| self.marks.phrase_at(&self.tokens, number)) else { continue };
            match matches.last_mut() {
                Some(last) if token.from < last.to => last.to = last.to.max(to),
                _ => matches.push(Match { from: token.from, to, term }),
            }
            if matches.len() == MATCHES_MAX {
                break;
            }
        }
        matches
    }
}

/// The match from which a snippet shows the most different words.
fn best(matches: &[Match]) -> Option<usize> {
    let worth = |first: usize| {
        let window = matches[first..].iter().take_while(|m| m.to <= matches[first].from + SNIPPET_CHARS - BEFORE_CHARS);
        let terms = window.fold(0u64, |seen, m| seen | 1 << (m.term % 64));
        terms.count_ones()
    };
    (0..matches.len()).max_by_key(|first| (worth(*first), std::cmp::Reverse(*first)))
}

/// About `SNIPPET_CHARS` of `text` around `at`, its white space folded, cut between words.
fn cut(text: &str, matches: &[Match], at: usize) -> Vec<Piece> {
    let mut from = text[..at].char_indices().rev().nth(BEFORE_CHARS - 1).map_or(0, |(i, _)| i);
    if from > 0 {
        from = text[from..at].find(char::is_whitespace).map_or(from, |i| from + i);
    }
    let mut to = text[from..].char_indices().nth(SNIPPET_CHARS).map_or(text.len(), |(i, _)| from + i);
    if to < text.len() {
        to = text[at.max(from)..to].rfind(char::is_whitespace).map_or(to, |i| at.max(from) + i).max(from);
    }
    let mut pieces = Pieces::default();
    if from > 0 && !text[..from].trim().is_empty() {
        pieces.push("…", false);
    }
    let mut done = from;
    for m in matches.iter().filter(|m| m.from >= from && m.to <= to) {
        pieces.push(&text[done..m.from], false);
        pieces.push(&text[m.from..m.to], true);
        done = m.to;
    }
    pieces.push(&text[done..to], false);
    let mut list = pieces.list;
    if let Some((last, _)) = list.last_mut() {
        last.truncate(last.trim_end().len());
    }
    if to < text.len() && !text[to..].trim().is_empty() {
        list.push(("…".into(), false));
    }
    list.retain(|(text, _)| !text.is_empty());
    list
}

#[derive(Default)]
struct Pieces {
    list: Vec<Piece>,
    blank: bool,
}

impl Pieces {
    /// Adds text with every run of white space as one blank.
    fn push(&mut self, text: &str, marked: bool) {
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            if c.is_whitespace() || c.is_control() {
                self.blank = true;
                continue;
            }
            if std::mem::take(&mut self.blank) && !(self.list.is_empty() && out.is_empty()) {
                out.push(' ');
            }
            out.push(c);
        }
        if marked {
            // A blank before a marked word belongs to what stands before it.
            if let Some(word) = out.strip_prefix(' ') {
                self.list.push((" ".into(), false));
                out = word.to_owned();
            }
        }
        match self.list.last_mut() {
            Some((last, was)) if *was == marked && !marked => last.push_str(&out),
            _ if out.is_empty() => {}
            _ => self.list.push((out, marked)),
        }
    }
}
