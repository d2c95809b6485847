//! Bytes to `Email`. Reading never fails: broken mail is Tuesday, and the result says what was wrong. The limits on
//! header bytes, fields, parts and depth are met on the raw bytes, before anything is built from them.

mod addresses;
mod bodies;
mod charset;
mod dates;
mod flowed;
mod headers;
mod language;
mod names;
mod parameters;
mod parts;
mod segments;
mod seven_bit;
mod transfer;
mod words;

pub use bodies::Reports;
pub use dates::rfc3339;
pub use headers::{Headers, one_line};

use super::{Authentication, Email, MessageId, NameAddr, kind, quote, references};
use bodies::{Bodies, Role, Sorter};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What stands as text when reading broke down.
const FALLBACK_BYTES_MAX: usize = 256 * 1024;

/// Reads a raw mail.
pub fn read(raw: &[u8]) -> Email {
    catch_unwind(AssertUnwindSafe(|| whole(&with_line_feeds(raw)))).unwrap_or_else(|_| as_plain_text(raw))
}

/// The decoded bytes of attachment number `part`, as counted in `Email.attachments`.
pub fn attachment_bytes(raw: &[u8], part: usize) -> Option<Vec<u8>> {
    let raw = with_line_feeds(raw);
    let mut sorter = Sorter::default();
    let (mut count, mut found) = (0, None);
    let mut visit = |leaf: &parts::Leaf| {
        let role = sorter.role(leaf);
        if role == Role::Attachment || bodies::is_long_text(role, leaf) {
            if count == part {
                found = Some(leaf.bytes().into_owned());
            }
            count += 1;
        }
    };
    catch_unwind(AssertUnwindSafe(|| parts::walk(&raw, &mut visit))).ok()?;
    found
}

fn whole(raw: &[u8]) -> Email {
    let mut bodies = Bodies::default();
    let mut complaints = parts::walk(raw, &mut |leaf| bodies.visit(leaf));
    let (headers, body) = Headers::split(raw);
    let reading = bodies.reading();
    complaints.append(&mut bodies.complaints);
    let mut email = from_headers(&headers, bodies.charset.as_deref(), complaints);
    email.content_hash = content_hash(&headers, &raw[body..]);
    email.new_text = quote::new_text_before(&reading.text, reading.history);
    email.text = reading.text.trim_matches('\n').trim_end().to_owned();
    email.html = reading.html;
    email.attachments = bodies.attachments;
    email.language = language::of(&email.new_text);
    let said = kind::Evidence { headers: &headers, from: email.from.as_ref(), subject: &email.subject, text: &email.text, reports: &bodies.reports };
    let verdict = kind::verdict(&said);
    email.kind = verdict.kind;
    email.bounce = verdict.bounce;
    email.no_automatic_answer = verdict.no_automatic_answer.or(email.no_automatic_answer);
    email
}

fn from_headers(headers: &Headers, charset: Option<&str>, mut complaints: Vec<String>) -> Email {
    let people = |name: &str| -> Vec<NameAddr> {
        headers.all(name).flat_map(|value| addresses::parse(&headers::unfold(value, charset))).take(addresses::ADDRESSES_MAX).collect()
    };
    let ids = |name: &str| headers.plain(name).map(|value| references::parse(&value)).unwrap_or_default();
    let date = headers.plain("Date").and_then(|value| dates::parse(&value));
    let mut authentication = Authentication::from_headers(headers);
    let authors = headers.raw("From").map(|value| addresses::parse(&headers::unfold(value, charset))).unwrap_or_default();
    // The receiving server may have judged another From than the one we show (RFC 7489 6.6.1): what it said about "the"
    // sender is not believed where there is any doubt.
    let doubt = match headers.all("From").take(2).count() {
        0 => "There is no From field.",
        1 if authors.is_empty() => "The From field holds no address.",
        1 if authors.len() > 1 => "Several people stand in From; the first is taken for the author, none counts as verified.",
        1 if !authentication.is_about(authors[0].address.domain()) => "The receiving server judged another sender than the one in From.",
        1 => "",
        _ => "There are several From fields, as forgers write them: the first is shown, none counts as verified.",
    };
    if !doubt.is_empty() {
        complaints.push(doubt.into());
        authentication.dmarc = None;
    }
    if headers.garbage {
        complaints.push("Some header lines could not be read.".into());
    }
    if headers.has("Date") && date.is_none() {
        complaints.push("The Date field cannot be understood.".into());
    }
    for name in ["Subject", "Date", "Message-ID", "Content-Type"] {
        if headers.all(name).take(2).count() == 2 {
            complaints.push(format!("There are several {name} fields; the first is taken."));
        }
    }
    let (to, cc, reply_to) = (people("To"), people("Cc"), people("Reply-To"));
    for (name, found) in [("To", &to), ("Cc", &cc), ("Reply-To", &reply_to)] {
        if found.len() == addresses::ADDRESSES_MAX {
            complaints.push(format!("The {name} field names {} people or more; those after them are left out.", addresses::ADDRESSES_MAX));
        }
    }
    Email {
        message_id: headers.plain("Message-ID").and_then(|value| message_id(&value)),
        in_reply_to: ids("In-Reply-To"),
        references: ids("References"),
        from: authors.into_iter().next(),
        sender: people("Sender").into_iter().next(),
        to,
        cc,
        reply_to,
        subject: headers.text("Subject", charset).unwrap_or_default(),
        date: date.map(|(millis, _)| millis),
        date_offset: date.map_or(0, |(_, offset)| offset),
        authentication,
        // Whom a server judged, and so whether the answer reaches who wrote, nobody can tell.
        no_automatic_answer: (!doubt.is_empty()).then_some("who sent it is in doubt"),
        complaints,
        ..Email::default()
    }
}

/// What stands between the first brackets, or the whole value.
fn message_id(value: &str) -> Option<MessageId> {
    references::parse(value).into_iter().next().or_else(|| MessageId::parse(value.split_whitespace().next()?))
}

fn content_hash(headers: &Headers, body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for name in ["Message-ID", "Date", "From"] {
        hash.update(headers.raw(name).unwrap_or_default());
        hash.update([0]);
    }
    hash.update(body);
    hash.finalize().into()
}

/// Mails whose lines end with a carriage return alone (old Macs, broken gateways).
fn with_line_feeds(raw: &[u8]) -> Cow<'_, [u8]> {
    let beginning = &raw[..raw.len().min(8 * 1024)];
    if beginning.contains(&b'\n') || !beginning.contains(&b'\r') {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(raw.iter().map(|b| if *b == b'\r' { b'\n' } else { *b }).collect())
}

/// The last resort: a fault of ours in the reading must not hide the mail.
fn as_plain_text(raw: &[u8]) -> Email {
    let text = charset::decode(&raw[..raw.len().min(FALLBACK_BYTES_MAX)], None).0.replace('\0', "");
    let complaints = vec!["This mail could not be read and is shown as it came. Please report it.".to_owned()];
    let (headers, body) = Headers::split(raw);
    let read = catch_unwind(AssertUnwindSafe(|| from_headers(&headers, None, Vec::new()))).unwrap_or_default();
    let no_automatic_answer = Some("the mail could not be read");
    Email { new_text: text.clone(), text, complaints, no_automatic_answer, content_hash: content_hash(&headers, &raw[body..]), ..read }
}

#[cfg(test)]
mod tests;
