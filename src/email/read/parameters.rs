//! `Content-Type: text/plain; charset=x; name*0*=…`: a value and its parameters (RFC 2045 5.1, RFC 2231).

use super::{charset, transfer, words};

/// More parameters than this are a flood, not a name.
const PARAMETERS_MAX: usize = 100;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    /// What stands before the first `;`, lower case, without white space and comments.
    pub value: String,
    pairs: Vec<(String, String)>,
    pub too_many: bool,
}

impl Parameters {
    pub fn parse(text: &str) -> Parameters {
        let mut pieces = split(text);
        let value = pieces.next().unwrap_or_default().chars().filter(|c| !c.is_whitespace() && *c != '"').collect::<String>().to_ascii_lowercase();
        let mut found = Parameters { value, ..Parameters::default() };
        for piece in pieces {
            if found.pairs.len() >= PARAMETERS_MAX {
                found.too_many = true;
                break;
            }
            if let Some((name, value)) = piece.split_once('=') {
                found.pairs.push((name.trim().to_ascii_lowercase(), unquote(value.trim())));
            }
        }
        found
    }

    /// A simple parameter, as written.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// A parameter for people: RFC 2231 pieces put together, percent and charset decoded, encoded words (which RFC 2047 5
    /// forbids here and half of all clients send) too.
    pub fn text(&self, name: &str) -> Option<String> {
        self.extended(name).or_else(|| self.get(name).map(words::decode)).filter(|text| !text.trim().is_empty())
    }

    fn extended(&self, name: &str) -> Option<String> {
        let mut pieces: Vec<(u32, bool, &str)> = Vec::new();
        for (written, value) in &self.pairs {
            let Some(rest) = written.strip_prefix(name).and_then(|rest| rest.strip_prefix('*')) else { continue };
            let encoded = rest.is_empty() || rest.ends_with('*');
            let number = rest.trim_end_matches('*');
            let Ok(number) = (if number.is_empty() { Ok(0) } else { number.parse() }) else { continue };
            pieces.push((number, encoded, value));
        }
        pieces.sort_by_key(|(number, ..)| *number);
        pieces.dedup_by_key(|(number, ..)| *number);
        let (first, rest) = pieces.split_first()?;
        let mut label = None;
        let mut bytes = Vec::new();
        let mut opening = first.2;
        if first.1 {
            // charset'language'text
            let mut parts = opening.splitn(3, '\'');
            if let (Some(charset), Some(_), Some(text)) = (parts.next(), parts.next(), parts.next()) {
                label = Some(charset);
                opening = text;
            }
        }
        percent(opening, first.1, &mut bytes);
        rest.iter().for_each(|(_, encoded, text)| percent(text, *encoded, &mut bytes));
        let text = charset::decode(&bytes, label).0;
        Some(if text.contains("=?") { words::decode(&text) } else { text })
    }
}

fn percent(text: &str, encoded: bool, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes.get(at + 1..at + 3).filter(|_| encoded && bytes[at] == b'%').and_then(transfer::hex) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
}

/// The pieces between semicolons, comments left out, quoted strings whole.
fn split(text: &str) -> impl Iterator<Item = String> + '_ {
    let mut chars = text.chars().peekable();
    let mut done = false;
    std::iter::from_fn(move || {
        if done {
            return None;
        }
        let (mut piece, mut quoted, mut comment) = (String::new(), false, 0usize);
        while let Some(c) = chars.next() {
            match c {
                '\\' if quoted => {
                    piece.push(c);
                    piece.extend(chars.next());
                }
                '"' if comment == 0 => {
                    quoted = !quoted;
                    piece.push(c);
                }
                // A parenthesis opens a comment only after a blank: "filename=photo(1).jpg" is a name.
                '(' if !quoted && (comment > 0 || piece.is_empty() || piece.ends_with([' ', '\t'])) && !piece.contains("name") => comment += 1,
                ')' if comment > 0 => comment -= 1,
                ';' if !quoted && comment == 0 => return Some(piece),
                _ if comment > 0 => {}
                _ => piece.push(c),
            }
        }
        done = true;
        Some(piece)
    })
}

/// Without quotes. A backslash before anything but a quote or a backslash is a path separator of old clients.
fn unquote(value: &str) -> String {
    let Some(inside) = value.strip_prefix('"') else { return value.trim_matches('\'').to_owned() };
    let mut out = String::with_capacity(inside.len());
    let mut chars = inside.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if matches!(chars.peek(), Some('"' | '\\')) => out.extend(chars.next()),
            '"' => break,
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::Parameters;

    fn name(text: &str) -> Option<String> {
        Parameters::parse(text).text("filename")
    }

    #[test]
    fn file_names_are_read_however_they_are_written() {
        for (written, meant) in [
            ("attachment; filename=\"photo (1).jpg\"", "photo (1).jpg"),
            ("attachment; filename=photo 1.jpg", "photo 1.jpg"),
            ("attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe.pdf", "Grüße.pdf"),
            ("attachment; filename*0*=iso-8859-1''Gr%FC; filename*1*=%DFe; filename*2=.pdf", "Grüße.pdf"),
            ("attachment; filename*1=\"b.pdf\"; filename*0=\"a\"", "ab.pdf"),
            ("attachment; filename=\"=?utf-8?Q?Gr=C3=BC=C3=9Fe.pdf?=\"", "Grüße.pdf"),
            ("attachment; filename==?utf-8?Q?Gr=C3=BC=C3=9Fe.pdf?=", "Grüße.pdf"),
            ("attachment; filename=\"a\\\"b.pdf\"", "a\"b.pdf"),
            ("attachment; filename=\"open.pdf", "open.pdf"),
            ("attachment; filename=\"plain.pdf\"; filename*=utf-8''better.pdf", "better.pdf"),
        ] {
            assert_eq!(name(written).as_deref(), Some(meant), "{written}");
        }
        assert_eq!(name("attachment"), None);
    }

    #[test]
    fn a_content_type_is_its_value_and_charset() {
        let parsed = Parameters::parse("Text/HTML (a comment); charset = \"UTF-8\" ;x");
        assert_eq!((parsed.value.as_str(), parsed.get("charset")), ("text/html", Some("UTF-8")));
    }
}
