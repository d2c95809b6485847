//! Delivery reports: RFC 3464 where the server writes it, and what the common servers write instead.

use super::{Bounce, Evidence, free_text};
use crate::email::read::Headers;
use crate::email::{EmailAddress, MessageId, references};

/// A report for more recipients than this is read as far as the first ones.
const RECIPIENTS_MAX: usize = 50;

pub fn read(evidence: &Evidence) -> Option<Bounce> {
    let from_status = evidence.reports.delivery_status.as_deref().map(recipients);
    let is_own = evidence.headers.plain("Content-Type").unwrap_or_default().to_ascii_lowercase().starts_with("multipart/report");
    let told = free_text::is_bounce(evidence);
    match from_status {
        Some(groups) if is_own || told || free_text::is_machine(evidence) => {
            let failed = groups.iter().find(|g| g.action == "failed").or_else(|| groups.iter().find(|g| g.action == "delayed"));
            let unclear = || groups.iter().find(|g| g.action.is_empty());
            match failed.or_else(unclear) {
                Some(group) => Some(from_group(group, evidence)),
                // Delivered, relayed, expanded: nothing failed.
                None if !groups.is_empty() => None,
                None => Some(free_text::read(evidence, original(evidence))),
            }
        }
        _ if told => Some(free_text::read(evidence, original(evidence))),
        _ => None,
    }
}

/// The fields of one recipient (RFC 3464 2.3).
#[derive(Default)]
struct Recipient {
    address: Option<EmailAddress>,
    action: String,
    status: Option<String>,
}

fn from_group(group: &Recipient, evidence: &Evidence) -> Bounce {
    let told = || free_text::status(evidence);
    let status = group.status.clone().filter(|s| !s.ends_with(".0.0")).or_else(told).or_else(|| group.status.clone());
    let permanent = match (&status, group.action.as_str()) {
        (_, "delayed") => false,
        (Some(status), _) => status.starts_with('5'),
        (None, _) => true,
    };
    let address = group.address.clone().or_else(|| free_text::recipient(evidence));
    Bounce { recipient: address, permanent, status, original_message_id: original(evidence) }
}

fn recipients(report: &[u8]) -> Vec<Recipient> {
    let mut found = Vec::new();
    let mut rest = report;
    while !rest.is_empty() && found.len() < RECIPIENTS_MAX {
        let (fields, end) = Headers::split(rest);
        if !fields.is_empty() && (fields.has("Final-Recipient") || fields.has("Original-Recipient") || fields.has("Action")) {
            let address = |name: &str| fields.plain(name).and_then(|value| address(&value));
            let action = fields.plain("Action").unwrap_or_default();
            let action = action.split([' ', '(', ';']).next().unwrap_or_default().trim().to_ascii_lowercase();
            let action = if matches!(action.as_str(), "fail" | "failure" | "expired") { "failed".to_owned() } else { action };
            let diagnostic = || fields.plain("Diagnostic-Code").and_then(|code| free_text::status_in(&code));
            let status = fields.plain("Status").and_then(|value| free_text::status_in(&value));
            // `x.y.0` says the subject only; the server's own words often say more.
            let status = status.clone().filter(|s| !s.ends_with(".0")).or_else(|| diagnostic().filter(|d| !d.ends_with(".0.0"))).or(status);
            let final_recipient = address("Final-Recipient").or_else(|| address("Original-Recipient")).or_else(|| address("X-Actual-Recipient"));
            found.push(Recipient { address: final_recipient, action, status });
        }
        rest = &rest[end.clamp(1, rest.len())..];
    }
    found
}

/// `rfc822; anna@example.com`, with or without brackets and type.
fn address(value: &str) -> Option<EmailAddress> {
    let text = value.rsplit_once(';').map_or(value, |(_, address)| address);
    let text = text.trim().trim_matches(['<', '>', '"', ' ']);
    EmailAddress::parse(text).or_else(|| text.split_whitespace().find_map(|word| EmailAddress::parse(word.trim_matches(['<', '>']))))
}

/// Which of our mails it was: the returned mail says so, else what the report answers.
fn original(evidence: &Evidence) -> Option<MessageId> {
    let returned = evidence.reports.returned.as_deref().and_then(|bytes| Headers::split(bytes).0.plain("Message-ID"));
    let from_returned = returned.and_then(|value| references::parse(&value).into_iter().next().or_else(|| MessageId::parse(&value)));
    let reported = || {
        let (fields, _) = Headers::split(evidence.reports.delivery_status.as_deref()?);
        fields.plain("X-Original-Message-ID").or_else(|| fields.plain("Original-Message-ID")).and_then(|value| references::parse(&value).into_iter().next())
    };
    let answered = |name: &str| references::parse(&evidence.headers.plain(name)?).pop();
    from_returned
        .or_else(reported)
        .or_else(|| free_text::original_in_text(evidence.text))
        .or_else(|| answered("In-Reply-To"))
        .or_else(|| answered("References"))
}
