//! Bytes to `Email`. Reading never fails: broken mail is Tuesday, and the result says what was wrong.

use super::{Attachment, Email, EmailAddress, MessageId, NameAddr, html, quote, references};
use mail_parser::{Message, MessageParser, MimeHeaders};

/// Reads a raw mail.
pub fn read(raw: &[u8]) -> Email {
    let Some(message) = MessageParser::default().parse(raw) else {
        let text = String::from_utf8_lossy(raw).into_owned();
        return Email {
            new_text: text.clone(),
            text,
            complaints: vec!["This is not a mail as RFC 5322 knows it: shown as plain text.".into()],
            ..Email::default()
        };
    };
    let html = (message.html_body_count() > 0 && message.html_part(0).is_some_and(|p| p.is_text_html()))
        .then(|| message.body_html(0).unwrap_or_default().into_owned());
    let text = message.body_text(0).map(|t| t.into_owned()).or_else(|| html.as_deref().map(html::to_text)).unwrap_or_default();
    let mut email = Email {
        message_id: message.message_id().and_then(MessageId::parse),
        in_reply_to: references::parse(&bracketed(message.in_reply_to())),
        references: references::parse(&bracketed(message.references())),
        from: people(message.from()).into_iter().next(),
        to: people(message.to()),
        cc: people(message.cc()),
        reply_to: people(message.reply_to()),
        subject: message.subject().unwrap_or_default().to_owned(),
        date: message.date().map(|d| d.to_timestamp() * 1000),
        new_text: quote::new_text(&text),
        text,
        html,
        attachments: attachments(&message),
        ..Email::default()
    };
    email.content_hash = crate::secret::digest(raw);
    email
}

/// The decoded bytes of attachment number `part`, as counted in `Email.attachments`.
pub fn attachment_bytes(raw: &[u8], part: usize) -> Option<Vec<u8>> {
    let message = MessageParser::default().parse(raw)?;
    message.attachment(part as u32).map(|a| a.contents().to_vec())
}

fn bracketed(value: &mail_parser::HeaderValue) -> String {
    value.as_text_list().unwrap_or_default().iter().map(|id| format!("<{id}> ")).collect()
}

fn people(value: Option<&mail_parser::Address>) -> Vec<NameAddr> {
    let Some(value) = value else { return Vec::new() };
    value.iter().filter_map(|a| Some(NameAddr { name: a.name().unwrap_or_default().to_owned(), address: EmailAddress::parse(a.address()?)? })).collect()
}

fn attachments(message: &Message) -> Vec<Attachment> {
    let named = |(part, a): (usize, &mail_parser::MessagePart)| Attachment {
        part,
        name: a.attachment_name().unwrap_or("attachment").to_owned(),
        content_type: a
            .content_type()
            .map_or("application/octet-stream".into(), |t| format!("{}/{}", t.ctype(), t.subtype().unwrap_or("octet-stream")).to_lowercase()),
        bytes: a.contents().len(),
        inline: a.content_id().is_some(),
        content_id: a.content_id().map(str::to_owned),
    };
    message.attachments().enumerate().map(named).collect()
}
