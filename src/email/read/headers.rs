//! The header section of a mail or part: split once on the raw bytes, decoded field by field when asked for.

use super::{charset, words};

/// A header section of a real mail has 2–30 KB; what lies behind this is not read.
pub const HEADER_BYTES_MAX: usize = 256 * 1024;
/// A mail relayed and filtered many times has 150 fields.
pub const HEADER_FIELDS_MAX: usize = 1_000;
/// One field: a References of 100 identifiers or a To of 600 people fits.
const FIELD_BYTES_MAX: usize = 64 * 1024;
/// RFC 5322 knows no field name longer than its 78 characters of line.
const FIELD_NAME_BYTES_MAX: usize = 78;

/// So far ahead fields are looked for behind lines that are none.
const GARBAGE_LINES_MAX: usize = 20;

/// One field: its name as written and its value with the folds still in it.
pub struct Field<'a> {
    pub name: &'a [u8],
    pub value: &'a [u8],
}

#[derive(Default)]
pub struct Headers<'a> {
    fields: Vec<Field<'a>>,
    /// A limit was met: what lies behind it was not read.
    pub too_complex: bool,
    /// A line was neither field nor continuation.
    pub garbage: bool,
}

impl<'a> Headers<'a> {
    /// Splits `bytes` into its header fields and the offset at which the body begins.
    pub fn split(bytes: &'a [u8]) -> (Headers<'a>, usize) {
        let mut headers = Headers::default();
        let mut at = leading_noise(bytes);
        while at < bytes.len() {
            let end = line_end(bytes, at);
            let line = trim_line(&bytes[at..end]);
            if line.is_empty() {
                return (headers, end);
            }
            if at > HEADER_BYTES_MAX || headers.fields.len() >= HEADER_FIELDS_MAX {
                headers.too_complex = true;
                return (headers, blank_line_after(bytes, at));
            }
            let Some(colon) = field_name_end(line) else {
                headers.garbage = true;
                if !more_fields_follow(bytes, end) {
                    return (headers, at);
                }
                at = end;
                continue;
            };
            let stop = field_end(bytes, end);
            let value = &bytes[at + colon + 1..stop];
            headers.too_complex |= value.len() > FIELD_BYTES_MAX;
            let value = trim(&value[..value.len().min(FIELD_BYTES_MAX)]);
            headers.fields.push(Field { name: trim(&line[..colon]), value });
            at = stop;
        }
        (headers, bytes.len())
    }

    /// The raw values of all fields of that name, in the order written.
    pub fn all<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'a [u8]> + 's {
        self.fields.iter().filter(move |f| f.name.eq_ignore_ascii_case(name.as_bytes())).map(|f| f.value)
    }

    /// The first (topmost) field of that name.
    pub fn raw(&self, name: &str) -> Option<&'a [u8]> {
        self.fields.iter().find(|f| f.name.eq_ignore_ascii_case(name.as_bytes())).map(|f| f.value)
    }

    pub fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Field<'a>> {
        self.fields.iter()
    }

    /// The first field of that name, unfolded and in UTF-8, encoded words left as they are: for structured fields.
    pub fn plain(&self, name: &str) -> Option<String> {
        self.raw(name).map(|value| unfold(value, None))
    }

    /// The first field of that name as a person reads it: one line, words decoded, control characters gone.
    pub fn text(&self, name: &str, charset: Option<&str>) -> Option<String> {
        self.raw(name).map(|value| one_line(&words::decode(&unfold(value, charset))))
    }
}

/// Folds removed and bytes made characters. RFC 5322 wants ASCII; clients send raw 8-bit text in the charset of the
/// body (`charset`), and raw ISO-2022-JP.
pub fn unfold(value: &[u8], charset: Option<&str>) -> String {
    let text = charset::decode_undeclared(value, charset);
    if !text.contains(['\r', '\n']) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    for line in text.split(['\r', '\n']).filter(|line| !line.is_empty()) {
        out.push_str(line);
    }
    out
}

/// One line for the screen: control characters gone, white space folded to single blanks.
pub fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_whitespace() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !c.is_control() && c != '\u{feff}' {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Empty lines and the `From ` line of an mbox before the first field.
fn leading_noise(bytes: &[u8]) -> usize {
    let mut at = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    loop {
        let rest = &bytes[at..];
        if rest.starts_with(b"From ") || rest.starts_with(b">From ") {
            at = line_end(bytes, at);
            continue;
        }
        return at;
    }
}

/// The offset of the colon when `line` opens a field.
fn field_name_end(line: &[u8]) -> Option<usize> {
    let colon = line.iter().take(FIELD_NAME_BYTES_MAX).position(|b| *b == b':')?;
    let name = line[..colon].trim_ascii_end();
    (!name.is_empty() && name.iter().all(|b| (33..=126).contains(b))).then_some(colon)
}

/// Whether fields go on after a garbage line: the next line is one, or a well-known one comes before the section's end.
/// Otherwise the body has begun without its blank line.
fn more_fields_follow(bytes: &[u8], mut at: usize) -> bool {
    for n in 0..GARBAGE_LINES_MAX {
        let end = line_end(bytes, at);
        let line = trim_line(&bytes[at..end]);
        let Some(colon) = field_name_end(line).filter(|_| at < bytes.len()) else {
            if line.is_empty() {
                return false;
            }
            at = end;
            continue;
        };
        let spaced = line.get(colon + 1).is_none_or(|b| *b == b' ' || *b == b'\t');
        let known = ["from", "to", "subject", "date", "received", "message-id", "mime-version", "content-type", "return-path", "dkim-signature"];
        if n == 0 && spaced || known.iter().any(|name| name.as_bytes().eq_ignore_ascii_case(&line[..colon])) {
            return true;
        }
        at = end;
    }
    false
}

/// The end of the field whose first line ends at `end`: after its continuation lines.
fn field_end(bytes: &[u8], mut end: usize) -> usize {
    while matches!(bytes.get(end), Some(b' ' | b'\t')) {
        let next = line_end(bytes, end);
        // A line of blanks only ends the section for most clients (and would otherwise hide the body).
        if bytes[end..next].trim_ascii().is_empty() && !matches!(bytes.get(next), Some(b' ' | b'\t')) && !continues(bytes, next) {
            break;
        }
        end = next;
    }
    end
}

fn continues(bytes: &[u8], at: usize) -> bool {
    let end = line_end(bytes, at);
    field_name_end(trim_line(&bytes[at..end])).is_some()
}

fn blank_line_after(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        let end = line_end(bytes, at);
        if trim_line(&bytes[at..end]).is_empty() {
            return end;
        }
        at = end;
    }
    bytes.len()
}

/// The offset after the line feed that ends the line at `at`.
pub fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |n| at + n + 1)
}

fn trim_line(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let mut line = line;
    while let Some(shorter) = line.strip_suffix(b"\r") {
        line = shorter;
    }
    if line.iter().all(|b| matches!(b, b' ' | b'\t')) { &[] } else { line }
}

fn trim(value: &[u8]) -> &[u8] {
    value.trim_ascii()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(raw: &str) -> &str {
        let (_, at) = Headers::split(raw.as_bytes());
        &raw[at..]
    }

    #[test]
    fn a_folded_field_is_one_value() {
        let (headers, _) = Headers::split(b"Subject: one\r\n two\r\n\tthree\r\nTo: a@x\r\n\r\nbody");
        assert_eq!(headers.text("subject", None).as_deref(), Some("one two three"));
        assert_eq!(headers.plain("To").as_deref(), Some("a@x"));
    }

    #[test]
    fn the_body_begins_where_no_field_can_be() {
        assert_eq!(body("A: b\n\nbody\n"), "body\n");
        assert_eq!(body("A: b\nHello there\nhow are you\n"), "Hello there\nhow are you\n");
        assert_eq!(body("A: b\ngarbage\nB: c\n\nbody"), "body");
        assert_eq!(body("From me@x Mon Jan 1\nA: b\n\nbody"), "body");
        assert_eq!(body("A: b\n \nbody"), "body");
        assert_eq!(body("A: b\n\\tgarbage\n\\tmore\nSubject: c\n\nbody"), "body");
    }

    #[test]
    fn raw_eight_bit_subjects_are_read() {
        let (headers, _) = Headers::split(b"Subject: Gr\xfc\xdfe aus K\xf6ln\n\n");
        assert_eq!(headers.text("Subject", None).as_deref(), Some("Grüße aus Köln"));
    }
}
