//! Takes a question apart: words, "exact words", name:value, name>value, each perhaps with a minus before it.

/// One thing that was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// As it was typed.
    pub typed: String,
    pub without: bool,
    /// Lower case, and the sign behind it: `:`, `>`, `<`, `>=`, `<=` or `=`.
    pub name: Option<(String, String)>,
    /// Several after a name, one otherwise.
    pub values: Vec<String>,
}

/// The pieces in order, and what follows a quotation mark that was never closed.
pub fn pieces(text: &str) -> (Vec<Piece>, Option<String>) {
    let mut rest = text.trim_start();
    let (mut pieces, mut unclosed) = (Vec::new(), None);
    while !rest.is_empty() {
        let before = rest;
        let mut piece = Piece::default();
        if let Some(behind) = rest.strip_prefix(['-', '−']).filter(|behind| behind.starts_with(|c: char| c.is_alphanumeric() || is_quote(c))) {
            (piece.without, rest) = (true, behind);
        }
        let name_end = rest.find(|c: char| !c.is_ascii_alphabetic() && c != '_').unwrap_or(rest.len());
        let sign_end = name_end + rest[name_end..].find(|c| !matches!(c, ':' | '<' | '>' | '=')).unwrap_or(rest.len() - name_end);
        // "https://…" and "12:30" are words.
        if name_end > 0 && sign_end > name_end && !rest[sign_end..].starts_with("//") {
            piece.name = Some((rest[..name_end].to_ascii_lowercase(), rest[name_end..sign_end].to_owned()));
            rest = &rest[sign_end..];
        }
        loop {
            let (value, behind, closed) = value(rest, piece.name.is_some());
            if !closed {
                unclosed = Some(rest.to_owned());
            }
            if !value.trim().is_empty() {
                piece.values.push(value.trim().to_owned());
            }
            rest = behind;
            match rest.strip_prefix(',').filter(|_| piece.name.is_some()) {
                Some(behind) => rest = behind,
                None => break,
            }
        }
        // A mark that begins nothing, as a comma alone.
        if rest.len() == before.len() {
            let mut chars = rest.chars();
            chars.next();
            rest = chars.as_str();
        }
        before[..before.len() - rest.len()].trim_end().clone_into(&mut piece.typed);
        rest = rest.trim_start();
        if piece.name.is_some() || !piece.values.is_empty() {
            pieces.push(piece);
        }
    }
    (pieces, unclosed)
}

/// Up to the next blank, or between quotation marks; a list also ends at a comma. Then what follows, and whether the marks were closed.
fn value(text: &str, list: bool) -> (String, &str, bool) {
    if let Some(inside) = text.strip_prefix(is_quote) {
        return match inside.find(is_quote) {
            Some(end) => {
                let mut behind = inside[end..].chars();
                behind.next();
                (inside[..end].to_owned(), behind.as_str(), true)
            }
            None => (inside.to_owned(), "", false),
        };
    }
    let end = text.find(|c: char| c.is_whitespace() || is_quote(c) || (list && c == ',')).unwrap_or(text.len());
    (text[..end].to_owned(), &text[end..], true)
}

/// Straight and typographic quotation marks, as keyboards and phones make them.
fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»')
}
