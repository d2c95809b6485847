//! A letter to bytes: the final ones, with every choice (Message-ID, date, boundaries) made by the caller, so that a retry
//! is byte-identical. Headers are written here, one encoder for all text that people typed; parts are lettre's.

mod file;
mod header;
#[cfg(test)]
mod tests;

pub use file::File;

use super::{EmailAddress, MessageId, NameAddr};
use crate::database::Millis;
use header::Header;
use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Body, MultiPart, SinglePart};

/// Of a long thread's identifiers, those of its beginning and those of its end: enough for every client that threads by
/// References (RFC 5322 3.6.4 allows to trim).
const REFERENCES_FIRST: usize = 5;
const REFERENCES_LAST: usize = 15;
/// A longer identifier is dropped from References: lines end at 998 octets (RFC 5322 2.1.1), and some servers cut sooner.
const REFERENCE_BYTES_MAX: usize = 250;

/// What leaves.
#[derive(Clone, Debug)]
pub struct Letter {
    pub message_id: MessageId,
    pub date: Millis,
    pub from: NameAddr,
    pub to: Vec<NameAddr>,
    pub cc: Vec<NameAddr>,
    pub reply_to: Option<NameAddr>,
    pub subject: String,
    pub in_reply_to: Option<MessageId>,
    pub references: Vec<MessageId>,
    pub text: String,
    pub html: Option<String>,
    pub files: Vec<File>,
    /// RFC 3834: answers by a machine say so.
    pub automatic: bool,
    /// Where one POST, without a cookie, ends such mails (RFC 8058); an `https` address, or `http` on this machine.
    pub unsubscribe: Option<String>,
    /// A random word from which boundaries are made.
    pub boundary: String,
}

#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    #[error("the address {0} cannot be written to: {1}")]
    Address(String, String),
    #[error("the mail could not be put together: {0}")]
    Build(String),
}

/// The bytes of `letter`: ASCII, CRLF throughout, no line over 998 octets.
pub fn compose(letter: &Letter) -> Result<Vec<u8>, ComposeError> {
    let mut header = Header::default();
    header.ids("Message-ID", std::slice::from_ref(&letter.message_id));
    header.date(letter.date)?;
    header.people("From", std::slice::from_ref(&letter.from))?;
    header.people("To", &letter.to)?;
    header.people("Cc", &letter.cc)?;
    header.people("Reply-To", letter.reply_to.as_slice())?;
    header.text("Subject", &letter.subject);
    header.ids("In-Reply-To", letter.in_reply_to.as_slice());
    header.ids("References", &trimmed(letter));
    if letter.automatic {
        // What can be unsubscribed from answers nothing (RFC 3834 5), and its bounces are wanted.
        let (kind, suppressed) = if letter.unsubscribe.is_some() { ("auto-generated", "OOF, AutoReply") } else { ("auto-replied", "All") };
        header.text("Auto-Submitted", kind);
        header.text("X-Auto-Response-Suppress", suppressed);
    }
    if let Some(address) = &letter.unsubscribe {
        header.text("List-Unsubscribe", &format!("<{address}>"));
        header.text("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
    }
    header.text("MIME-Version", "1.0");
    let mut bytes = header.into_bytes();
    bytes.extend(body(letter)?);
    Ok(bytes)
}

/// An address as it stands on the wire: the domain in ASCII (RFC 5890), or in words why it cannot be written to.
pub fn wire_address(address: &EmailAddress) -> Result<String, ComposeError> {
    let refused = |why: &str| ComposeError::Address(address.to_string(), why.into());
    let (local, domain) = address.as_str().rsplit_once('@').ok_or_else(|| refused("it has no @"))?;
    if !local.is_ascii() {
        return Err(refused("what stands before the @ may hold only plain letters, digits and signs; ask for another address"));
    }
    if domain.starts_with('[') {
        return Err(refused("a number in brackets is no domain; ask for another address"));
    }
    let domain = idna::domain_to_ascii(domain).map_err(|_| refused("what stands behind the @ is no domain"))?;
    if !domain.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_')) {
        return Err(refused("what stands behind the @ is no domain"));
    }
    if domain.is_empty() || local.len() > 64 || domain.len() > 253 {
        return Err(refused("it is longer or shorter than an address can be"));
    }
    Ok(format!("{local}@{domain}"))
}

fn trimmed(letter: &Letter) -> Vec<MessageId> {
    let mut ids: Vec<MessageId> = letter.references.iter().filter(|id| id.as_str().len() <= REFERENCE_BYTES_MAX).cloned().collect();
    // The parent comes last (RFC 5322 3.6.4): clients look there first.
    if let Some(parent) = letter.in_reply_to.as_ref().filter(|id| id.as_str().len() <= REFERENCE_BYTES_MAX) {
        ids.retain(|id| id != parent);
        ids.push(parent.clone());
    }
    if ids.len() > REFERENCES_FIRST + REFERENCES_LAST {
        let last = ids.split_off(ids.len() - REFERENCES_LAST);
        ids.truncate(REFERENCES_FIRST);
        ids.extend(last);
    }
    ids
}

/// The simplest form that holds everything: one text, a text with its HTML, or these with files behind.
fn body(letter: &Letter) -> Result<Vec<u8>, ComposeError> {
    let word: String = letter.boundary.chars().filter(char::is_ascii_alphanumeric).take(60).collect();
    let text = text_part("text/plain; charset=utf-8", &letter.text)?;
    let both = match &letter.html {
        None => None,
        Some(html) => {
            let html = text_part("text/html; charset=utf-8", html)?;
            Some(MultiPart::alternative().boundary(format!("a_{word}")).singlepart(text.clone()).singlepart(html))
        }
    };
    if letter.files.is_empty() {
        return Ok(both.map_or_else(|| text.formatted(), |both| both.formatted()));
    }
    let mixed = MultiPart::mixed().boundary(format!("m_{word}"));
    let first = match both {
        Some(both) => mixed.multipart(both),
        None => mixed.singlepart(text),
    };
    let whole = letter.files.iter().try_fold(first, |whole, file| Ok::<_, ComposeError>(whole.singlepart(file::part(file)?)))?;
    Ok(whole.formatted())
}

/// Quoted-printable keeps lines short, ends them with CRLF, and keeps the blank of the signature's "-- "; text that is
/// mostly not ASCII is smaller in base64. Boundaries cannot occur inside: "=" and "_" are never both left as they are.
fn text_part(content_type: &str, text: &str) -> Result<SinglePart, ComposeError> {
    let lines = one_kind_of_line_end(text);
    let foreign = lines.bytes().filter(|byte| !byte.is_ascii()).count();
    let encoding = if foreign * 4 > lines.len() { ContentTransferEncoding::Base64 } else { ContentTransferEncoding::QuotedPrintable };
    let body = Body::new_with_encoding(lines, encoding).map_err(|_| ComposeError::Build("its text cannot be encoded".into()))?;
    let content_type = ContentType::parse(content_type).expect("written above");
    Ok(SinglePart::builder().header(content_type).body(body))
}

/// Every line ends in CRLF, whatever the writer's system said; other control characters but the tab go.
fn one_kind_of_line_end(text: &str) -> String {
    let plain: String = text.replace("\r\n", "\n").replace('\r', "\n").chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect();
    let mut lines = plain.replace('\n', "\r\n");
    if !lines.ends_with("\r\n") {
        lines.push_str("\r\n");
    }
    lines
}
