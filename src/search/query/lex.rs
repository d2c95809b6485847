//! Takes a question apart into pieces: words, "exact words", operator:value, each perhaps with a minus before it.

/// One thing that was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// As it was typed.
    pub typed: String,
    pub without: bool,
    /// Lower case, without its colon.
    pub operator: Option<String>,
    /// The values and whether they were quoted; several after an operator, one otherwise.
    pub values: Vec<(String, bool)>,
}

/// The pieces in order, and what follows a quotation mark that was never closed. `keys` are operators beside words of letters alone.
pub fn pieces<'a>(text: &'a str, keys: &'a [&'a str]) -> (Vec<Piece>, Option<String>) {
    let mut lexer = Lexer { rest: text, keys, unclosed: None };
    let mut pieces = Vec::new();
    while let Some(piece) = lexer.piece() {
        pieces.push(piece);
    }
    (pieces, lexer.unclosed)
}

struct Lexer<'a> {
    rest: &'a str,
    keys: &'a [&'a str],
    unclosed: Option<String>,
}

impl Lexer<'_> {
    fn piece(&mut self) -> Option<Piece> {
        self.rest = self.rest.trim_start();
        let before = self.rest;
        let mut piece = Piece { without: self.minus(), ..Piece::default() };
        self.rest.chars().next()?;
        piece.operator = self.operator();
        if piece.operator.is_none() {
            piece.values.push(self.value(false));
        } else {
            loop {
                let (value, quoted) = self.value(true);
                if !value.trim().is_empty() {
                    piece.values.push((value, quoted));
                }
                match self.rest.strip_prefix(',') {
                    Some(rest) => self.rest = rest,
                    None => break,
                }
            }
        }
        before[..before.len() - self.rest.len()].trim_end().clone_into(&mut piece.typed);
        Some(piece)
    }

    /// A minus that stands directly before something.
    fn minus(&mut self) -> bool {
        match self.rest.strip_prefix(['-', '−']) {
            Some(rest) if rest.starts_with(|c: char| c.is_alphanumeric() || is_quote(c)) => {
                self.rest = rest;
                true
            }
            Some(rest) => {
                self.rest = rest.trim_start_matches(['-', '−']); // a dash between words
                self.rest = self.rest.trim_start();
                false
            }
            None => false,
        }
    }

    fn operator(&mut self) -> Option<String> {
        let (name, rest) = self.rest.split_once(':')?;
        let lower = name.to_ascii_lowercase();
        let is_key =
            lower.contains('_') && lower.starts_with(|c: char| c.is_ascii_alphabetic()) && lower.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if name.is_empty() || !(name.chars().all(|c| c.is_ascii_alphabetic()) || is_key || self.keys.contains(&lower.as_str())) {
            return None;
        }
        self.rest = rest;
        Some(lower)
    }

    /// Up to the next blank, or between quotation marks; a list also ends at a comma.
    fn value(&mut self, list: bool) -> (String, bool) {
        if let Some(rest) = self.rest.strip_prefix(is_quote) {
            let (value, after) = match rest.find(is_quote) {
                Some(end) => (&rest[..end], rest[end..].trim_start_matches(is_quote)),
                None => {
                    self.unclosed = Some(self.rest.to_owned());
                    (rest, "")
                }
            };
            self.rest = after;
            return (value.to_owned(), true);
        }
        let end = self.rest.find(|c: char| c.is_whitespace() || is_quote(c) || (list && c == ',')).unwrap_or(self.rest.len());
        let (value, rest) = self.rest.split_at(end);
        self.rest = rest;
        (value.to_owned(), false)
    }
}

/// Straight and typographic quotation marks, as keyboards and phones make them.
fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»')
}
