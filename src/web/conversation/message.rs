//! A message as it stands in a conversation: who, when, what is new in it, what is folded away, its files, its fate.

use super::delivery::DeliveryView;
use crate::account::Account;
use crate::agent::Agent;
use crate::conversation::message::{self, Direction, Message};
use crate::database::Reader;
use crate::email::html::{SafeHtml, reading};
use crate::email::{Attachment, EmailAddress, Kind};
use crate::id::{AttachmentId, MessageKey};
use crate::outbox::Delivery;
use crate::web::Result;
use crate::web::attachments::may_be_picture;
use crate::web::inbox::Marks;
use crate::web::present::{Clock, Person, When, punycode_note, size, visible};

/// A page stays small: what is longer is in the raw mail.
const TEXT_CHARS_SHOWN: usize = 20_000;
/// Thumbnails beside a message; the rest are listed as files.
const PICTURES_SHOWN: usize = 12;
const FILES_SHOWN: usize = 100;

pub struct MessageView {
    pub id: MessageKey,
    pub class: &'static str,
    pub label: String,
    pub newest: bool,
    pub person: Person,
    pub verified: bool,
    pub kind: Option<&'static str>,
    pub address_note: Option<&'static str>,
    pub when: When,
    pub theirs: bool,
    pub remote: bool,
    pub frame_src: String,
    pub text: SafeHtml,
    pub rest: Option<SafeHtml>,
    pub pictures: Vec<FileView>,
    pub files: Vec<FileView>,
    pub delivery: Option<DeliveryView>,
    pub has_html: bool,
    pub has_raw: bool,
    pub why: &'static str,
    pub people: Vec<(&'static str, Vec<Person>)>,
    pub subject: String,
    pub sent: Option<When>,
    pub authentication: Vec<(&'static str, String)>,
    pub complaints: Vec<String>,
}

pub struct FileView {
    pub name: String,
    pub size: String,
    pub href: String,
    pub thumbnail: String,
}

/// What of a page bears on each of its messages.
pub struct Around<'a> {
    pub c: &'a Reader,
    pub account: &'a Account,
    pub me: &'a Agent,
    pub marks: &'a Marks,
    pub clock: &'a Clock,
    /// The message whose own layout is shown, and whether with remote pictures.
    pub theirs: Option<MessageKey>,
    pub remote: bool,
    pub newest: Option<MessageKey>,
}

impl MessageView {
    pub fn new(around: &Around, message: Message, delivery: Option<&Delivery>) -> Result<MessageView> {
        let mut person = Person::new(&message.from_name, &message.from_address);
        // A colleague has one colour, from whichever address they write.
        if let Some(mark) = message.author_id.and_then(|id| around.marks.get(&id)) {
            person.hue = mark.hue;
        }
        let theirs = around.theirs == Some(message.id) && message.has_html;
        let when = around.clock.long(message.arrived_at);
        let (pictures, files) = if message.attachment_count > 0 { files(around.c, message.id)? } else { Default::default() };
        let (text, rest) = texts(&message);
        Ok(MessageView {
            id: message.id,
            class: match message.direction {
                Direction::Inbound => "is-theirs",
                Direction::Reply => "is-ours",
                Direction::Note => "is-note",
            },
            label: format!("{} by {}, {}", noun(message.direction), person.name, when.human),
            newest: around.newest == Some(message.id),
            verified: message.direction == Direction::Inbound && message.reading.authentication.is_verified(around.account.authserv_id.as_deref()),
            kind: kind_words(message.kind),
            address_note: EmailAddress::parse(&message.from_address).as_ref().and_then(punycode_note),
            when,
            theirs,
            remote: theirs && around.remote,
            frame_src: format!("/messages/{}/html{}", message.id, if around.remote { "?pictures=remote" } else { "" }),
            text,
            rest,
            pictures,
            files,
            delivery: delivery.map(|d| DeliveryView::new(d, &message, around.me, around.clock)),
            has_html: message.has_html && message.raw_hash.is_some(),
            has_raw: message.raw_hash.is_some(),
            why: message.placement.words(),
            people: people(&message),
            subject: visible(&message.subject),
            sent: message.sent_at.map(|at| around.clock.long(at)),
            authentication: authentication(&message),
            complaints: complaints(&message),
            person,
        })
    }

    pub fn is_note(&self) -> bool {
        self.class == "is-note"
    }

    /// The real address beside the name of whoever wrote from outside (PROMISES P52).
    pub fn show_address(&self) -> bool {
        self.class == "is-theirs" && self.person.has_name()
    }
}

fn noun(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "Message",
        Direction::Reply => "Reply",
        Direction::Note => "Note",
    }
}

fn kind_words(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Person => None,
        Kind::AutoReply => Some("automatic reply"),
        Kind::Bounce => Some("delivery report"),
        Kind::List => Some("mailing list"),
    }
}

/// What its author wrote this time, and what the letter repeats below it.
fn texts(message: &Message) -> (SafeHtml, Option<SafeHtml>) {
    let new = message.new_text.trim();
    let whole = message.text.as_deref().map(str::trim).unwrap_or_default();
    let rest = whole.strip_prefix(new).unwrap_or(whole).trim();
    (reading(&shortened(new)), (!rest.is_empty()).then(|| reading(&shortened(rest))))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(TEXT_CHARS_SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}\n\n… The letter goes on: download the raw mail to read all of it.", &text[..end]),
    }
}

/// Pictures that get a thumbnail, and everything else.
fn files(c: &Reader, id: MessageKey) -> Result<(Vec<FileView>, Vec<FileView>)> {
    let (mut pictures, mut files) = (Vec::new(), Vec::new());
    for (id, attachment) in message::attachments(c, id)?.into_iter().take(FILES_SHOWN) {
        let is_picture = may_be_picture(&attachment);
        match is_picture && pictures.len() < PICTURES_SHOWN {
            true => pictures.push(file(id, &attachment, "/inline")),
            false => files.push(file(id, &attachment, "")),
        }
    }
    Ok((pictures, files))
}

fn file(id: AttachmentId, a: &Attachment, way: &str) -> FileView {
    FileView { name: visible(&a.name), size: size(a.bytes), href: format!("/attachments/{id}{way}"), thumbnail: format!("/attachments/{id}/thumbnail") }
}

fn people(message: &Message) -> Vec<(&'static str, Vec<Person>)> {
    let all = &message.people;
    [("To", &all.to), ("Cc", &all.cc), ("Answers go to", &all.reply_to)]
        .into_iter()
        .filter(|(_, people)| !people.is_empty())
        .map(|(label, people)| (label, people.iter().map(|p| Person::new(&p.name, p.address.as_str())).collect()))
        .collect()
}

/// What the receiving server is said to have said; shown as reported, believed only for `verified`.
fn authentication(message: &Message) -> Vec<(&'static str, String)> {
    let said = &message.reading.authentication;
    let by = said.authserv_id.as_deref().map_or(String::new(), |by| format!(", says {}", visible(by)));
    [("SPF", &said.spf), ("DKIM", &said.dkim), ("DMARC", &said.dmarc)]
        .into_iter()
        .filter_map(|(name, value)| Some((name, format!("{}{by}", visible(value.as_deref()?)))))
        .collect()
}

fn complaints(message: &Message) -> Vec<String> {
    let shared = message.shared_identifier.then(|| "Another mail has the same Message-ID.".to_owned());
    message.reading.complaints.iter().map(|c| visible(c)).chain(shared).collect()
}
