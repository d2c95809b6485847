//! What a server says about mails when it is asked by FETCH, read by our own hand: a body is taken over as the bytes that
//! were announced, where the client library would look at its lines one by one, each from the mail's beginning.

use crate::database::Millis;
use std::borrow::Cow;
use std::ops::Range;

/// Attributes within attributes; no honest server nests deeper than an ENVELOPE, which we never ask for.
const DEPTH_MAX: usize = 16;

/// One answer: what was said, in the buffer that it came in.
#[derive(Default)]
pub struct Answer {
    bytes: Vec<u8>,
    said: Vec<Said>,
}

/// What was said about one mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    pub uid: Option<u32>,
    pub size: Option<u64>,
    pub internal_date: Option<Millis>,
    text: Option<Text>,
}

/// `BODY[]` or `BODY[HEADER]`: where it is in the buffer, or without its quoting.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Text {
    At(Range<usize>),
    Unquoted(Vec<u8>),
}

impl Answer {
    /// The buffer, for what comes next.
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Takes note of what stands in the buffer from `start` on: one FETCH response, whole. False if nobody can read it.
    pub fn note(&mut self, start: usize) -> bool {
        let said = Reading { bytes: &self.bytes, at: start }.response();
        said.map(|said| self.said.push(said)).is_some()
    }

    pub fn said(&self) -> &[Said] {
        &self.said
    }

    /// The body or header of which this was said.
    pub fn text<'a>(&'a self, said: &'a Said) -> Option<&'a [u8]> {
        said.text.as_ref().map(|text| match text {
            Text::At(range) => &self.bytes[range.clone()],
            Text::Unquoted(bytes) => bytes,
        })
    }
}

/// Whether a line begins what is said about a mail: `* 12 FETCH (`.
pub fn is_fetch(line: &[u8]) -> bool {
    let mut words = line.splitn(4, |byte| *byte == b' ');
    words.next() == Some(b"*")
        && words.next().is_some_and(|word| word.iter().all(u8::is_ascii_digit))
        && words.next().is_some_and(|word| word.eq_ignore_ascii_case(b"FETCH"))
}

/// How many bytes follow this line that are no line: `… {310}`.
pub fn literal_after(line: &[u8]) -> Option<usize> {
    let line = line.strip_suffix(b"}\r\n").or_else(|| line.strip_suffix(b"}\n"))?;
    let open = line.iter().rposition(|byte| *byte == b'{')?;
    number(&line[open + 1..]).map(|count| count as usize)
}

/// RFC 3501's `number`: 32 bits.
fn number(digits: &[u8]) -> Option<u32> {
    std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
}

/// A place in a FETCH response (RFC 3501 7.4.2). Attributes that nobody asked for are passed over.
struct Reading<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reading<'a> {
    fn response(&mut self) -> Option<Said> {
        let open = self.bytes[self.at..].iter().position(|byte| *byte == b'(')?;
        self.at += open + 1;
        let mut said = Said::default();
        loop {
            while self.peek() == Some(b' ') {
                self.at += 1;
            }
            if self.peek()? == b')' {
                self.at += 1;
                break;
            }
            self.attribute(&mut said)?;
        }
        self.bytes[self.at..].iter().all(u8::is_ascii_whitespace).then_some(said)
    }

    fn attribute(&mut self, said: &mut Said) -> Option<()> {
        let name = self.name()?;
        self.expect(b' ')?;
        if name.eq_ignore_ascii_case(b"UID") {
            said.uid = Some(number(self.atom())?);
        } else if name.eq_ignore_ascii_case(b"RFC822.SIZE") {
            said.size = Some(u64::from(number(self.atom())?));
        } else if name.eq_ignore_ascii_case(b"INTERNALDATE") {
            said.internal_date = self.string()?.and_then(|range| moment(&self.bytes[range]));
        } else if is_text(name) {
            said.text = self.string()?.map(|range| self.text(range));
        } else {
            self.skip(DEPTH_MAX)?;
        }
        Some(())
    }

    /// `BODY[HEADER.FIELDS (TO)]<0>` has a blank inside its brackets.
    fn name(&mut self) -> Option<&'a [u8]> {
        let start = self.at;
        let mut brackets = false;
        loop {
            match self.peek()? {
                b'[' => brackets = true,
                b']' => brackets = false,
                b'\r' | b'\n' => return None,
                b' ' | b'(' | b')' if !brackets => break,
                _ => {}
            }
            self.at += 1;
        }
        (self.at > start).then(|| &self.bytes[start..self.at])
    }

    /// Quoted, literal, or (`None` inside) NIL.
    fn string(&mut self) -> Option<Option<Range<usize>>> {
        match self.peek()? {
            b'"' => self.quoted().map(Some),
            b'{' => self.literal().map(Some),
            _ => self.atom().eq_ignore_ascii_case(b"NIL").then_some(None),
        }
    }

    fn quoted(&mut self) -> Option<Range<usize>> {
        self.expect(b'"')?;
        let start = self.at;
        loop {
            match self.peek()? {
                b'"' => break,
                b'\\' => self.at += 1,
                b'\r' | b'\n' => return None,
                _ => {}
            }
            self.at += 1;
        }
        self.at += 1;
        Some(start..self.at - 1)
    }

    fn literal(&mut self) -> Option<Range<usize>> {
        let line = self.bytes[self.at..].iter().position(|byte| *byte == b'\n')? + 1;
        let count = literal_after(&self.bytes[self.at..self.at + line])?;
        let start = self.at + line;
        self.at = start.checked_add(count).filter(|end| *end <= self.bytes.len())?;
        Some(start..self.at)
    }

    fn text(&self, range: Range<usize>) -> Text {
        let quoted = range.start > 0 && self.bytes[range.start - 1] == b'"';
        match unquoted(&self.bytes[range.clone()]) {
            Cow::Owned(bytes) if quoted => Text::Unquoted(bytes),
            _ => Text::At(range),
        }
    }

    fn atom(&mut self) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        let end = rest.iter().position(|byte| matches!(byte, b' ' | b'(' | b')' | b'\r' | b'\n')).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn skip(&mut self, depth: usize) -> Option<()> {
        match self.peek()? {
            b'(' if depth == 0 => None,
            b'(' => {
                self.at += 1;
                while self.peek()? != b')' {
                    if self.peek()? == b' ' {
                        self.at += 1;
                    } else {
                        self.skip(depth - 1)?;
                    }
                }
                self.at += 1;
                Some(())
            }
            b'"' => self.quoted().map(drop),
            b'{' => self.literal().map(drop),
            _ => (!self.atom().is_empty()).then_some(()),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }
}

/// `BODY[]`, `BODY[]<0>`, `BODY[HEADER]`.
fn is_text(name: &[u8]) -> bool {
    let upper = name.to_ascii_uppercase();
    upper.starts_with(b"BODY[]") || upper == b"BODY[HEADER]"
}

fn unquoted(quoted: &[u8]) -> Cow<'_, [u8]> {
    if !quoted.contains(&b'\\') {
        return Cow::Borrowed(quoted);
    }
    let mut escaped = false;
    let plain = quoted.iter().copied().filter(|byte| {
        escaped = !escaped && *byte == b'\\';
        !escaped
    });
    Cow::Owned(plain.collect())
}

/// `05-Nov-2026 10:00:00 +0000`; the day may have a blank for its zero.
fn moment(date: &[u8]) -> Option<Millis> {
    let text = std::str::from_utf8(date).ok()?.trim();
    let parsed = jiff::fmt::strtime::parse("%d-%b-%Y %H:%M:%S %z", text).ok()?;
    parsed.to_timestamp().ok().map(|at| at.as_millisecond())
}
