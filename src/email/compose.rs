//! A letter to bytes: the final ones, with every choice (Message-ID, date, boundaries) made by the caller, so that a retry
//! is byte-identical.

use super::{MessageId, NameAddr};
use crate::database::Millis;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Body, Mailbox, MultiPart, SinglePart};

/// RFC 5322 2.1.1 allows 998 octets a line; threads are trimmed to their ends long before.
const REFERENCES_KEPT: usize = 20;

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
    /// A random word from which boundaries are made.
    pub boundary: String,
}

#[derive(Clone, Debug)]
pub struct File {
    pub name: String,
    pub content_type: String,
    pub bytes: Vec<u8>,
}

#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    #[error("the address {0} cannot be written to: {1}")]
    Address(String, String),
    #[error("the mail could not be put together: {0}")]
    Build(String),
}

/// The bytes of `letter`, CRLF throughout.
pub fn compose(letter: &Letter) -> Result<Vec<u8>, ComposeError> {
    let date = std::time::UNIX_EPOCH + std::time::Duration::from_millis(letter.date.max(0) as u64);
    let mut builder =
        lettre::Message::builder().message_id(Some(letter.message_id.to_string())).date(date).from(mailbox(&letter.from)?).subject(one_line(&letter.subject));
    for to in &letter.to {
        builder = builder.to(mailbox(to)?);
    }
    for cc in &letter.cc {
        builder = builder.cc(mailbox(cc)?);
    }
    if let Some(reply_to) = &letter.reply_to {
        builder = builder.reply_to(mailbox(reply_to)?);
    }
    if let Some(parent) = &letter.in_reply_to {
        builder = builder.in_reply_to(parent.to_string());
    }
    if !letter.references.is_empty() {
        let kept = letter.references.len().saturating_sub(REFERENCES_KEPT);
        builder = builder.references(letter.references[kept..].iter().map(MessageId::to_string).collect::<Vec<_>>().join(" "));
    }
    if letter.automatic {
        builder = builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-replied".into()));
    }
    let text = SinglePart::plain(letter.text.clone());
    let body = match &letter.html {
        None => MultiPart::mixed().boundary(format!("m_{}", letter.boundary)).singlepart(text),
        Some(html) => {
            let both = MultiPart::alternative().boundary(format!("a_{}", letter.boundary)).singlepart(text).singlepart(SinglePart::html(html.clone()));
            if letter.files.is_empty() { both } else { MultiPart::mixed().boundary(format!("m_{}", letter.boundary)).multipart(both) }
        }
    };
    let body = letter.files.iter().fold(body, |body, file| body.singlepart(file_part(file)));
    let message = builder.multipart(body).map_err(|e| ComposeError::Build(e.to_string()))?;
    Ok(message.formatted())
}

fn file_part(file: &File) -> SinglePart {
    let content_type = ContentType::parse(&file.content_type).unwrap_or(ContentType::parse("application/octet-stream").expect("a valid type"));
    Attachment::new(one_line(&file.name)).body(Body::new(file.bytes.clone()), content_type)
}

fn mailbox(person: &NameAddr) -> Result<Mailbox, ComposeError> {
    let address = person.address.as_str().parse().map_err(|e| ComposeError::Address(person.address.to_string(), format!("{e}")))?;
    let name = one_line(&person.name);
    Ok(Mailbox::new((!name.is_empty()).then_some(name), address))
}

/// Header text holds no line ends and no control characters (PROMISES P20); lettre would panic on some.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}
