//! The tree of a MIME mail (RFC 2046), walked once over the raw bytes. Nothing is copied but what is encoded twice.

use super::headers::{Headers, line_end};
use super::parameters::Parameters;
use super::transfer::Transfer;
use std::borrow::Cow;

/// 300 photos are a mail; 100,000 parts are an attack (PROMISES P34).
pub const PARTS_MAX: usize = 1_000;
/// Forwards of forwards reach 10.
pub const DEPTH_MAX: usize = 30;
/// Lines that open with `--`: candidates for boundaries.
const DASHED_LINES_MAX: usize = 200_000;
/// RFC 2046 5.1.1 allows 70.
const BOUNDARY_BYTES_MAX: usize = 250;

/// What a part stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// Its number: the parts of one alternative say the same thing.
    Alternative(usize),
    Related,
    Report,
    Signed,
    Mixed,
    /// A mail inside the mail.
    Message,
}

/// A part without parts.
pub struct Leaf<'a> {
    pub headers: &'a Headers<'a>,
    pub content_type: &'a Parameters,
    pub disposition: &'a Parameters,
    pub transfer: Transfer,
    /// Still encoded.
    pub body: &'a [u8],
    pub containers: &'a [Container],
}

impl Leaf<'_> {
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        self.transfer.decode(self.body)
    }

    pub fn is_nested(&self) -> bool {
        self.containers.contains(&Container::Message)
    }

    pub fn alternative(&self) -> Option<usize> {
        self.containers.iter().find_map(|c| if let Container::Alternative(number) = c { Some(*number) } else { None })
    }

    pub fn is_message(&self) -> bool {
        matches!(self.content_type.value.as_str(), "message/rfc822" | "message/global" | "message/news")
    }
}

/// Calls `visit` for every leaf in the order of the mail, a mail inside the mail first whole and then in its parts.
/// Returns what was odd.
pub fn walk(raw: &[u8], visit: &mut dyn FnMut(&Leaf)) -> Vec<String> {
    let mut walk = Walk { parts: 0, alternatives: 0, complaints: Vec::new(), visit };
    let source = Source::new(raw);
    walk.part(&source, 0, raw.len(), &mut Vec::new(), "text/plain");
    walk.complaints
}

struct Walk<'v> {
    parts: usize,
    alternatives: usize,
    complaints: Vec<String>,
    visit: &'v mut dyn FnMut(&Leaf),
}

/// Bytes and the offsets of their lines that open with `--`, found in one pass for all depths.
struct Source<'a> {
    bytes: &'a [u8],
    dashed: Vec<usize>,
}

impl<'a> Source<'a> {
    fn new(bytes: &'a [u8]) -> Source<'a> {
        let mut dashed = Vec::new();
        let mut at = 0;
        while at < bytes.len() && dashed.len() < DASHED_LINES_MAX {
            if bytes[at..].starts_with(b"--") {
                dashed.push(at);
            }
            at = line_end(bytes, at);
        }
        Source { bytes, dashed }
    }

    fn dashed_in(&self, start: usize, end: usize) -> &[usize] {
        let from = self.dashed.partition_point(|at| *at < start);
        let to = self.dashed.partition_point(|at| *at < end);
        &self.dashed[from..to.max(from)]
    }
}

/// A line `--boundary` or `--boundary--`.
struct Delimiter {
    at: usize,
    after: usize,
    closes: bool,
}

impl Walk<'_> {
    fn part(&mut self, source: &Source, start: usize, end: usize, containers: &mut Vec<Container>, default_type: &str) {
        self.parts += 1;
        let (headers, offset) = Headers::split(&source.bytes[start..end]);
        if headers.too_complex {
            self.complain("Too complex: a header section is too long and was read in part.");
        }
        let body = (start + offset).min(end);
        let content_type = content_type(&headers, default_type);
        let transfer = Transfer::from_field(headers.raw("Content-Transfer-Encoding"));
        let multipart = content_type.value.starts_with("multipart/");
        if multipart && containers.len() < DEPTH_MAX && self.multipart(source, body, end, containers, &content_type, transfer) {
            return;
        }
        if containers.len() >= DEPTH_MAX {
            self.complain("Too complex: parts are nested too deeply; the innermost are listed as one.");
        }
        let disposition = headers.plain("Content-Disposition").map(|value| Parameters::parse(&value)).unwrap_or_default();
        let leaf = Leaf { headers: &headers, content_type: &content_type, disposition: &disposition, transfer, body: &source.bytes[body..end], containers };
        (self.visit)(&leaf);
        if leaf.is_message() && containers.len() < DEPTH_MAX && self.parts < PARTS_MAX {
            self.message(source, body, end, containers, transfer);
        }
    }

    /// The parts of a mail inside the mail. Encoded against RFC 2046 5.2.1 it is decoded first.
    fn message(&mut self, source: &Source, start: usize, end: usize, containers: &mut Vec<Container>, transfer: Transfer) {
        containers.push(Container::Message);
        match transfer.decode(&source.bytes[start..end]) {
            Cow::Borrowed(_) => self.part(source, start, end, containers, "text/plain"),
            Cow::Owned(bytes) => self.part(&Source::new(&bytes), 0, bytes.len(), containers, "text/plain"),
        }
        containers.pop();
    }

    /// Whether the body could be taken apart.
    fn multipart(&mut self, source: &Source, start: usize, end: usize, containers: &mut Vec<Container>, content_type: &Parameters, transfer: Transfer) -> bool {
        let declared = content_type.get("boundary").map(|b| b.trim_end().as_bytes().to_vec()).filter(|b| !b.is_empty() && b.len() <= BOUNDARY_BYTES_MAX);
        let mut found = declared.as_ref().map(|boundary| delimiters(source, start, end, boundary)).unwrap_or_default();
        if found.is_empty() && transfer != Transfer::Identity {
            let bytes = transfer.decode(&source.bytes[start..end]).into_owned();
            let inner = Source::new(&bytes);
            if declared.as_ref().is_some_and(|boundary| !delimiters(&inner, 0, bytes.len(), boundary).is_empty()) {
                return self.multipart(&inner, 0, bytes.len(), containers, content_type, Transfer::Identity);
            }
        }
        if found.is_empty() {
            self.complain("The boundary between the parts is missing or wrong.");
            let Some(boundary) = guessed_boundary(source, start, end) else { return false };
            found = delimiters(source, start, end, &boundary);
        }
        containers.push(self.container(&content_type.value));
        let default_type = if content_type.value == "multipart/digest" { "message/rfc822" } else { "text/plain" };
        self.children(source, end, &found, containers, default_type);
        containers.pop();
        true
    }

    fn children(&mut self, source: &Source, end: usize, found: &[Delimiter], containers: &mut Vec<Container>, default_type: &str) {
        if !found.last().is_some_and(|d| d.closes) {
            self.complain("The mail ends before its last part does.");
        }
        for (n, delimiter) in found.iter().enumerate() {
            let stop = found.get(n + 1).map_or(end, |next| before_line_end(source.bytes, delimiter.after, next.at));
            if delimiter.closes {
                if !source.bytes[delimiter.after..stop.max(delimiter.after)].trim_ascii().is_empty() {
                    self.complain("There is text after the last part; it is in the raw mail.");
                }
                continue;
            }
            if self.parts >= PARTS_MAX {
                self.rest(&source.bytes[delimiter.at..end], containers);
                return;
            }
            self.part(source, delimiter.after, stop.max(delimiter.after), containers, default_type);
        }
    }

    /// What a limit leaves unread is listed as one part: nothing in a mail is invisible.
    fn rest(&mut self, body: &[u8], containers: &[Container]) {
        self.complain("Too complex: there are too many parts; the last ones are listed as one.");
        let content_type = Parameters::parse("application/octet-stream; name=\"unread-parts.bin\"");
        let disposition = Parameters::parse("attachment");
        let headers = Headers::default();
        (self.visit)(&Leaf { headers: &headers, content_type: &content_type, disposition: &disposition, transfer: Transfer::Identity, body, containers });
    }

    fn container(&mut self, content_type: &str) -> Container {
        match content_type {
            "multipart/alternative" => {
                self.alternatives += 1;
                Container::Alternative(self.alternatives)
            }
            "multipart/related" => Container::Related,
            "multipart/report" => Container::Report,
            "multipart/signed" => Container::Signed,
            _ => Container::Mixed,
        }
    }

    fn complain(&mut self, what: &str) {
        if !self.complaints.iter().any(|c| c == what) {
            self.complaints.push(what.to_owned());
        }
    }
}

/// RFC 2045 5.2: no Content-Type is text/plain; one that cannot be read is a file, unless it says that it is text.
fn content_type(headers: &Headers, default_type: &str) -> Parameters {
    let Some(value) = headers.plain("Content-Type").filter(|v| !v.trim().is_empty()) else { return Parameters::parse(default_type) };
    let mut parsed = Parameters::parse(&value);
    if !parsed.value.contains('/') {
        parsed.value = match parsed.value.as_str() {
            "html" => "text/html",
            "multipart" => "multipart/mixed",
            "" | "text" | "plain" => "text/plain",
            _ => "application/octet-stream",
        }
        .to_owned();
    }
    parsed
}

/// The lines that are exactly this boundary: a longer boundary that begins with it belongs to another depth.
fn delimiters(source: &Source, start: usize, end: usize, boundary: &[u8]) -> Vec<Delimiter> {
    let line_of = |at: usize| (at, line_end(source.bytes, at).min(end));
    let lines = source.dashed_in(start, end).iter().map(|at| line_of(*at));
    let matching = lines.filter_map(|(at, after)| {
        let rest = source.bytes[at + 2..after].strip_prefix(boundary)?;
        let (rest, closes) = rest.strip_prefix(b"--").map_or((rest, false), |rest| (rest, true));
        rest.trim_ascii().is_empty().then_some(Delimiter { at, after, closes })
    });
    matching.collect()
}

/// The boundary that a multipart without one must have: a line `--x` followed by a Content- field.
fn guessed_boundary(source: &Source, start: usize, end: usize) -> Option<Vec<u8>> {
    source.dashed_in(start, end).iter().take(100).find_map(|at| {
        let after = line_end(source.bytes, *at).min(end);
        let boundary = source.bytes[at + 2..after].trim_ascii_end();
        let next = &source.bytes[after..end];
        let opens = next.len() > 8 && next[..8].eq_ignore_ascii_case(b"content-");
        (opens && !boundary.is_empty() && boundary.len() <= BOUNDARY_BYTES_MAX).then(|| boundary.to_vec())
    })
}

/// The line break before a delimiter belongs to the delimiter (RFC 2046 5.1.1).
fn before_line_end(bytes: &[u8], from: usize, at: usize) -> usize {
    let body = &bytes[from.min(at)..at];
    let body = body.strip_suffix(b"\n").unwrap_or(body);
    let body = body.strip_suffix(b"\r").unwrap_or(body);
    from.min(at) + body.len()
}
