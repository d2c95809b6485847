//! Which parts are the text and which are attachments, and how several text parts make one reading.

use super::parts::{Container, Leaf};
use super::segments::{Reading, Segment};
use super::transfer::Transfer;
use super::{charset, flowed, names};
use crate::email::{Attachment, html, pixels};

/// A text part above this is shown in part and listed as an attachment.
const TEXT_PART_BYTES_MAX: usize = 1024 * 1024;
/// All text, and all HTML, of one mail.
const TEXT_BYTES_MAX: usize = 2 * 1024 * 1024;
/// A delivery report for 100 recipients has 40 KB.
const REPORT_BYTES_MAX: usize = 256 * 1024;

/// What a leaf is to its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Plain,
    Html,
    /// Listed and downloadable.
    Attachment,
    /// The text of a mail inside the mail, which is listed as a whole; or a signature that stands for nothing by itself.
    Covered,
}

/// Tells the roles apart; the same for reading and for fetching one attachment, so that their numbers agree.
#[derive(Default)]
pub struct Sorter {
    leaves: usize,
}

impl Sorter {
    pub fn role(&mut self, leaf: &Leaf) -> Role {
        let first = self.leaves == 0;
        self.leaves += 1;
        let kind = leaf.content_type.value.as_str();
        let text = match kind {
            "text/html" => Some(Role::Html),
            "text/plain" => Some(Role::Plain),
            _ if kind.starts_with("text/") && !FILES.contains(&kind) => Some(Role::Plain),
            // A multipart that could not be taken apart.
            _ if kind.starts_with("multipart/") && leaf.transfer == Transfer::Identity && leaf.containers.len() < 2 => Some(Role::Plain),
            _ => None,
        };
        let Some(text) = text else {
            let signature = matches!(kind, "application/pgp-signature" | "application/pkcs7-signature" | "application/x-pkcs7-signature");
            return if signature && leaf.containers.last() == Some(&Container::Signed) { Role::Covered } else { Role::Attachment };
        };
        let shown_here = leaf.disposition.value != "attachment" && (first || leaf.alternative().is_some() || names::given(leaf).is_none());
        if !shown_here || names::by_signature(leaf).is_some() {
            return Role::Attachment;
        }
        if leaf.is_nested() { Role::Covered } else { text }
    }
}

/// Whether a text part is too long to be shown whole and is listed as well.
pub fn is_long_text(role: Role, leaf: &Leaf) -> bool {
    matches!(role, Role::Plain | Role::Html) && leaf.body.len() > TEXT_PART_BYTES_MAX
}

/// Text types that are files to their reader.
const FILES: &[&str] = &[
    "text/calendar",
    "text/csv",
    "text/vcard",
    "text/x-vcard",
    "text/directory",
    "text/rtf",
    "text/xml",
    "text/css",
    "text/javascript",
    "text/rfc822-headers",
    "text/x-amp-html",
    "text/tab-separated-values",
];

#[derive(Default)]
pub struct Bodies {
    sorter: Sorter,
    segments: Vec<Segment>,
    /// Of mails inside the mail: shown when there is no other text.
    nested: Vec<Segment>,
    text_bytes: usize,
    pub attachments: Vec<Attachment>,
    /// The first charset that a text part declares: a hint for raw header bytes.
    pub charset: Option<String>,
    pub reports: Reports,
    pub complaints: Vec<String>,
}

/// The machine-readable parts of a report (RFC 6522), for `kind`.
#[derive(Default)]
pub struct Reports {
    pub delivery_status: Option<Vec<u8>>,
    pub disposition: bool,
    pub feedback: bool,
    /// The returned mail or its header section.
    pub returned: Option<Vec<u8>>,
    /// The METHOD of a calendar part: `REPLY` is a machine's answer.
    pub calendar_reply: bool,
}

impl Bodies {
    pub fn visit(&mut self, leaf: &Leaf) {
        let role = self.sorter.role(leaf);
        match role {
            Role::Plain | Role::Html => {
                self.text(leaf, role == Role::Html, false);
                if is_long_text(role, leaf) {
                    self.attach(leaf);
                }
            }
            Role::Attachment => self.attach(leaf),
            Role::Covered if leaf.content_type.value.starts_with("text/") && self.nested.len() < 4 => {
                self.text(leaf, leaf.content_type.value == "text/html", true)
            }
            Role::Covered => {}
        }
        self.report(leaf);
    }

    fn text(&mut self, leaf: &Leaf, is_html: bool, nested: bool) {
        if self.text_bytes > TEXT_BYTES_MAX {
            return self.complain("Too complex: there is too much text; the rest is in the raw mail.");
        }
        if leaf.body.len() > TEXT_PART_BYTES_MAX {
            self.complain("The text is very long: it is shown in part, and listed as an attachment.");
        }
        let bytes = leaf.transfer.decode(&leaf.body[..leaf.body.len().min(TEXT_PART_BYTES_MAX)]);
        let declared = leaf.content_type.get("charset");
        let refused = is_html && declared.is_some_and(charset::is_utf7);
        if refused {
            self.complain("The HTML is in UTF-7, which is not decoded since it can hide scripts.");
        }
        let declared = declared.filter(|_| !refused);
        if self.charset.is_none() && !nested {
            self.charset = declared.map(str::to_owned);
        }
        let in_markup = if is_html && declared.is_none() { html::declared_charset(&bytes) } else { None };
        let (text, complaint) = charset::decode(&bytes, declared.or(in_markup.as_deref()));
        self.complaints.extend(complaint.filter(|_| !nested));
        let mut text = clean(text);
        if !is_html && leaf.content_type.get("format").is_some_and(|f| f.eq_ignore_ascii_case("flowed")) {
            text = flowed::joined(&text, leaf.content_type.get("delsp").is_some_and(|d| d.eq_ignore_ascii_case("yes")));
        }
        if leaf.content_type.value == "text/enriched" || leaf.content_type.value == "text/richtext" {
            text = html::to_text(&text.replace("<<", "&lt;").replace('\n', "<br>"));
        }
        self.text_bytes += text.len();
        let segments = if nested { &mut self.nested } else { &mut self.segments };
        Segment::add(segments, leaf.alternative(), is_html, text);
    }

    fn attach(&mut self, leaf: &Leaf) {
        let declared = leaf.content_type.value.as_str();
        let vague = matches!(
            declared,
            "application/octet-stream" | "binary/octet-stream" | "text/plain" | "text/html" | "image/jpg" | "image/pjpeg" | "application/unknown"
        );
        let content_type = if vague { names::by_signature(leaf).unwrap_or(declared) } else { declared };
        let content_id =
            leaf.headers.plain("Content-ID").map(|id| id.trim().trim_matches(['<', '>', '"']).to_owned()).filter(|id| !id.is_empty() && id.len() < 500);
        self.attachments.push(Attachment {
            part: self.attachments.len(),
            name: names::given(leaf).unwrap_or_else(|| names::invented(leaf, content_type)),
            content_type: if content_type.len() > 120 { "application/octet-stream".into() } else { content_type.to_owned() },
            bytes: leaf.transfer.decoded_len(leaf.body),
            inline: leaf.disposition.value == "inline" && content_type.starts_with("image/"),
            content_id,
            pixels: pixels_of(leaf, content_type),
        });
    }

    fn report(&mut self, leaf: &Leaf) {
        let kind = leaf.content_type.value.as_str();
        let beginning = |limit: usize| leaf.transfer.decode(&leaf.body[..leaf.body.len().min(limit)]).into_owned();
        match kind {
            "message/delivery-status" | "message/global-delivery-status" if self.reports.delivery_status.is_none() => {
                self.reports.delivery_status = Some(beginning(REPORT_BYTES_MAX));
            }
            "message/disposition-notification" if !leaf.is_nested() => self.reports.disposition = true,
            "message/feedback-report" if !leaf.is_nested() => self.reports.feedback = true,
            "text/rfc822-headers" | "message/rfc822-headers" | "message/global-headers" | "message/rfc822" | "message/global"
                if self.reports.returned.is_none() =>
            {
                self.reports.returned = Some(beginning(REPORT_BYTES_MAX));
            }
            "text/calendar" if leaf.content_type.get("method").is_some_and(|m| m.eq_ignore_ascii_case("reply")) => self.reports.calendar_reply = true,
            "application/pgp-encrypted" => self.complain("This mail is encrypted (PGP); its content cannot be read here."),
            "application/pkcs7-mime" | "application/x-pkcs7-mime" if leaf.content_type.get("smime-type") != Some("signed-data") => {
                self.complain("This mail is encrypted or sealed (S/MIME); its content cannot be read here.");
            }
            _ => {}
        }
    }

    fn complain(&mut self, what: &str) {
        if !self.complaints.iter().any(|c| c == what) {
            self.complaints.push(what.to_owned());
        }
    }

    /// All readable text, where in it history begins if the HTML says so, and the HTML.
    pub fn reading(&mut self) -> Reading {
        let mut reading = Reading::of(&mut self.segments);
        if reading.text.trim().is_empty() {
            let nested = Reading::of(&mut self.nested);
            reading.text = nested.text;
        }
        if reading.html.as_deref().is_some_and(|h| h.contains("cid:")) {
            let html = reading.html.as_deref().unwrap_or_default();
            for attachment in &mut self.attachments {
                attachment.inline |= attachment.content_id.as_deref().is_some_and(|id| html.contains(&format!("cid:{id}")));
            }
        }
        reading
    }
}

/// A picture's size from the first of its bytes; a JPEG may say it far behind what the camera wrote.
fn pixels_of(leaf: &Leaf, content_type: &str) -> Option<(u32, u32)> {
    if leaf.transfer == Transfer::Uuencode || !(content_type.starts_with("image/") || content_type == "application/octet-stream") {
        return None;
    }
    // Base64 takes four bytes for three, quoted-printable up to three for one.
    let head = |bytes: usize| leaf.transfer.decode(&leaf.body[..leaf.body.len().min(bytes * 2)]);
    let first = head(pixels::HEAD_BYTES);
    pixels::size(&first).or_else(|| if pixels::is_jpeg(&first) { pixels::size(&head(pixels::JPEG_HEAD_BYTES)) } else { None })
}

/// Line ends as `\n`; no NUL, no control characters, no byte order mark.
fn clean(text: String) -> String {
    let odd = |c: char| (c.is_control() && c != '\n' && c != '\t') || c == '\u{feff}';
    if !text.contains(odd) {
        return text;
    }
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{85}', '\u{c}'], "\n");
    if text.contains(odd) { text.replace(odd, "") } else { text }
}
