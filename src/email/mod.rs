//! The letter itself: pure functions on bytes and strings. Knows of no conversation, no database, no clock.

pub mod address;
pub mod authentication;
pub mod compose;
pub mod html;
pub mod kind;
pub mod message_id;
pub mod pixels;
pub mod quote;
pub mod read;
pub mod references;
pub mod subject;

pub use address::{EmailAddress, NameAddr};
pub use authentication::Authentication;
pub use kind::{Bounce, Kind};
pub use message_id::MessageId;
pub use read::{attachment_bytes, read};

use crate::database::Millis;

/// A mail as it was read. Whatever was wrong with it stands in `complaints`; reading never fails.
#[derive(Clone, Debug, Default)]
pub struct Email {
    pub message_id: Option<MessageId>,
    /// In-Reply-To, in the order written (RFC 5322 3.6.4 allows several).
    pub in_reply_to: Vec<MessageId>,
    /// References, oldest first, without repetitions.
    pub references: Vec<MessageId>,
    /// The first author; a mail with none, or with several From fields, complains.
    pub from: Option<NameAddr>,
    pub sender: Option<NameAddr>,
    pub to: Vec<NameAddr>,
    pub cc: Vec<NameAddr>,
    pub reply_to: Vec<NameAddr>,
    /// Decoded, one line, control characters gone.
    pub subject: String,
    /// What the Date field says; `None` where it cannot be understood.
    pub date: Option<Millis>,
    /// The zone offset of the Date field in seconds east of UTC, so that a date can be written back as it stood.
    pub date_offset: i32,
    pub kind: Kind,
    pub bounce: Option<Bounce>,
    /// All readable text: the text parts, or the HTML as text.
    pub text: String,
    /// What its author wrote this time: quoted history and signature folded away. Never empty when `text` is not.
    pub new_text: String,
    /// The HTML part as it came, decoded, NOT safe: only `html::safe` may show it.
    pub html: Option<String>,
    pub attachments: Vec<Attachment>,
    pub authentication: Authentication,
    /// Why no automatic answer may ever go to this mail (RFC 3834); `None`: one may.
    pub no_automatic_answer: Option<&'static str>,
    /// ISO 639-1, where the text is long enough to tell.
    pub language: Option<&'static str>,
    /// What was wrong or odd, in words, for the agent and `restante inspect`.
    pub complaints: Vec<String>,
    /// SHA-256 over Message-ID, Date, From and body: the same mail after a server rewrote its other headers.
    pub content_hash: [u8; 32],
}

/// A part that is not the text itself. `email::attachment_bytes(raw, part)` gives its bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attachment {
    /// Position in `Email.attachments`.
    pub part: usize,
    /// As the sender spells it, control characters and path separators gone; never empty.
    pub name: String,
    /// Lower case `type/subtype`.
    pub content_type: String,
    /// Decoded size.
    pub bytes: usize,
    /// Shown inside the text (Content-Disposition inline, or referred to by `cid:`).
    pub inline: bool,
    /// Content-ID without its angle brackets.
    pub content_id: Option<String>,
    /// Of a picture, width and height as its own first bytes say. Only reading asks: it is not stored.
    pub pixels: Option<(u32, u32)>,
}
