//! The sentence around a place in a text, as its author wrote it.

/// A sentence is shown beside its value; a longer one is cut around it.
const SENTENCE_CHARS_MAX: usize = 240;

/// The sentence that holds the bytes from `from` to `to`, on one line.
pub fn around(text: &str, from: usize, to: usize) -> String {
    let ends = |c: char, rest: &str| {
        matches!(c, '!' | '?') || (c == '.' && rest.chars().next().is_none_or(char::is_whitespace)) || (c == '\n' && rest.starts_with('\n'))
    };
    let start = text[..from].char_indices().rev().find(|(at, c)| ends(*c, &text[at + c.len_utf8()..])).map_or(0, |(at, c)| at + c.len_utf8());
    let end = text[to..].char_indices().find(|(at, c)| ends(*c, &text[to + at + c.len_utf8()..])).map_or(text.len(), |(at, c)| to + at + c.len_utf8());
    let line = text[start..end].split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.trim_start_matches(['>', '-', '*', ' ', '.']);
    if line.chars().count() <= SENTENCE_CHARS_MAX { line.to_owned() } else { format!("{}…", line.chars().take(SENTENCE_CHARS_MAX).collect::<String>()) }
}

/// Words between blanks with their place, without the punctuation around them.
pub fn tokens(text: &str) -> Vec<(usize, &str)> {
    let mut tokens = Vec::new();
    let mut at = 0;
    for piece in text.split(char::is_whitespace) {
        let inner = piece.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '#' | '€' | '$' | '£' | '¥'));
        if !inner.is_empty() {
            tokens.push((at + piece.find(inner).unwrap_or(0), inner));
        }
        at += piece.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
    }
    tokens
}
