//! The header of a letter. Nothing that a person typed reaches a line unencoded unless it is plain ASCII of one line, so
//! that no name and no subject can begin a header of its own (PROMISES P20).

use super::{ComposeError, wire_address};
use crate::database::Millis;
use crate::email::{MessageId, NameAddr};

/// Where lines are folded where they can be (RFC 5322 2.1.1).
const LINE_BYTES_WISHED: usize = 76;
/// A word longer than this is encoded, because encoded words can be split.
const PLAIN_WORD_BYTES_MAX: usize = 200;
/// UTF-8 octets in one encoded word: 60 base64 signs and "=?utf-8?B??=" make 72 of the 75 of RFC 2047 2.
const ENCODED_WORD_BYTES: usize = 45;
/// Longer subjects and names are nobody's; a mail with one would be refused by servers.
const TEXT_CHARACTERS_MAX: usize = 1_000;

#[derive(Default)]
pub struct Header {
    lines: String,
}

impl Header {
    pub fn into_bytes(self) -> Vec<u8> {
        self.lines.into_bytes()
    }

    /// Unstructured text.
    pub fn text(&mut self, name: &str, value: &str) {
        let words = encoded(&one_line(value));
        self.field(name, words.iter().map(String::as_str), " ");
    }

    pub fn date(&mut self, at: Millis) -> Result<(), ComposeError> {
        let time = jiff::Timestamp::from_millisecond(at).map_err(|_| ComposeError::Build("its date lies outside of all calendars".into()))?;
        let words = time.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
        self.field("Date", std::iter::once(words.as_str()), " ");
        Ok(())
    }

    /// Identifiers, one a line. Those that are not ASCII cannot stand in a header (RFC 5322 3.6.4) and are left out.
    pub fn ids(&mut self, name: &str, ids: &[MessageId]) {
        let written: Vec<String> = ids.iter().filter(|id| id.as_str().is_ascii()).map(MessageId::to_string).collect();
        if !written.is_empty() {
            self.field(name, written.iter().map(String::as_str), " ");
        }
    }

    pub fn people(&mut self, name: &str, people: &[NameAddr]) -> Result<(), ComposeError> {
        let mut pieces: Vec<String> = Vec::new();
        for (n, person) in people.iter().enumerate() {
            let address = wire_address(&person.address)?;
            let comma = if n + 1 < people.len() { "," } else { "" };
            let spoken = one_line(&person.name);
            if spoken.is_empty() {
                pieces.push(format!("{address}{comma}"));
            } else {
                pieces.extend(phrase(&spoken));
                pieces.push(format!("<{address}>{comma}"));
            }
        }
        if !pieces.is_empty() {
            self.field(name, pieces.iter().map(String::as_str), " ");
        }
        Ok(())
    }

    /// Writes `pieces` with a blank between, on a new line where the line would grow too long.
    fn field<'a>(&mut self, name: &str, pieces: impl Iterator<Item = &'a str>, blank: &str) {
        self.lines.push_str(name);
        self.lines.push(':');
        let mut length = name.len() + 1;
        for (n, piece) in pieces.enumerate() {
            if n > 0 && length + 1 + piece.len() > LINE_BYTES_WISHED {
                self.lines.push_str("\r\n");
                length = 0;
            }
            self.lines.push_str(blank);
            self.lines.push_str(piece);
            length += 1 + piece.len();
        }
        self.lines.push_str("\r\n");
    }
}

/// One line, no control characters, no invisible ones that turn the reading direction, at most a sane length.
pub fn one_line(text: &str) -> String {
    let direction = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}');
    let spaced: String = text.chars().map(|c| if c.is_control() || direction(c) { ' ' } else { c }).take(TEXT_CHARACTERS_MAX).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Plain words as they are, all else as encoded words (RFC 2047).
fn encoded(line: &str) -> Vec<String> {
    let plain = line.is_ascii() && !line.contains("=?") && line.split(' ').all(|word| word.len() <= PLAIN_WORD_BYTES_MAX);
    if plain {
        return line.split(' ').map(str::to_owned).collect();
    }
    encoded_words(line)
}

/// A display name: words of atoms as they are, other ASCII quoted, the rest encoded (RFC 5322 3.2.5, RFC 2047 5.3).
fn phrase(name: &str) -> Vec<String> {
    let atom = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b));
    if !name.is_ascii() || name.contains("=?") || name.len() > PLAIN_WORD_BYTES_MAX {
        return encoded_words(name);
    }
    if name.split(' ').all(atom) {
        return name.split(' ').map(str::to_owned).collect();
    }
    vec![format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))]
}

fn encoded_words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut piece = String::new();
    for c in line.chars() {
        if piece.len() + c.len_utf8() > ENCODED_WORD_BYTES {
            words.push(encoded_word(&piece));
            piece.clear();
        }
        piece.push(c);
    }
    words.push(encoded_word(&piece));
    words
}

fn encoded_word(piece: &str) -> String {
    format!("=?utf-8?B?{}?=", data_encoding::BASE64.encode(piece.as_bytes()))
}
