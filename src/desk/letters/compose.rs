//! A wanted letter becomes its final bytes. Every choice (words, dice, time) is the caller's, as for a reply.

use super::{Enclosed, Kind, Waiting, confirm, follow_up as afterwards, stranger, words};
use crate::account::Account;
use crate::blobs::Hash;
use crate::conversation::{Direction, message, threading};
use crate::database::{Millis, Reader};
use crate::desk::{Error, Result, body, returns};
use crate::email::compose::Letter;
use crate::email::{self, Email, EmailAddress, Kind as MailKind, NameAddr};
use crate::follow_up::FollowUp;
use crate::return_request::{ReturnId, fact, link};
use crate::secret::SecretKey;
use crate::{account, consent, conversation, customer, setting};

/// Dice, clock and what the world outside is called.
#[derive(Clone, Copy, Debug)]
pub struct Making<'a> {
    pub key: &'a SecretKey,
    /// A random word for Message-ID and boundaries.
    pub word: &'a str,
    /// 256 random bits for the link.
    pub token: &'a str,
    /// What people type into their browser; nothing: the letter carries no link.
    pub url: Option<&'a str>,
    pub now: Millis,
}

/// Final bytes, and what is remembered with them.
#[derive(Clone, Debug)]
pub struct Composed {
    pub bytes: Vec<u8>,
    pub email: Email,
    pub account: Account,
    pub to: NameAddr,
    /// The link that the letter carries.
    pub link: Option<(ReturnId, link::Purpose, Millis)>,
    /// The same, where it is about consent.
    pub consent_link: Option<(consent::link::Act, consent::link::Link)>,
    /// What it is, if it is one: it rests on a consent.
    pub follow_up: Option<FollowUp>,
}

/// Parts of raw mails: whose, which, under what name.
pub type Files = Vec<(Hash, usize, String)>;

/// The photos that a letter may carry, to be fetched and made anew before it is composed.
pub fn files(c: &Reader, waiting: &Waiting) -> Result<Files> {
    let (Kind::Fulfilment, Some(id)) = (waiting.kind, waiting.return_id) else { return Ok(Vec::new()) };
    let mut files = Vec::new();
    for attachment in fact::photos(c, id)? {
        if let Some((of, attachment)) = message::find_attachment(c, attachment)?
            && let Some(hash) = message::find(c, of)?.and_then(|m| m.raw_hash)
        {
            files.push((hash, attachment.part, attachment.name));
        }
    }
    Ok(files)
}

/// Composes, or says in words why this letter is not written.
pub fn compose(c: &Reader, waiting: &Waiting, enclosed: Enclosed, making: &Making) -> Result<std::result::Result<Composed, String>> {
    match waiting.kind {
        Kind::Confirm => return confirm::compose(c, waiting, making),
        Kind::FollowUp => return afterwards::compose(c, waiting, making),
        Kind::Ask | Kind::Remind | Kind::Fulfilment => {}
    }
    let conversation = conversation::find(c, conversation::current(c, waiting.conversation_id)?)?.ok_or(Error::NoConversation(waiting.conversation_id))?;
    let Some(account) = account::find(c, conversation.mailbox_id)? else { return Ok(Err("its mailbox is gone.".into())) };
    let Some(address) = EmailAddress::parse(&waiting.address) else { return Ok(Err("the address cannot be written to.".into())) };
    let Some(id) = waiting.return_id else { return Ok(Err("it belongs to no return.".into())) };
    let standing = returns::standing(c, id)?;
    if matches!(waiting.kind, Kind::Ask | Kind::Remind) && standing.missing.is_empty() {
        return Ok(Err("nothing is missing any more.".into()));
    }
    if standing.request.state.is_closed() {
        return Ok(Err("the return is closed.".into()));
    }
    let name = customer::find_by_address(c, &address)?.and_then(|id| customer::find(c, id).transpose()).transpose()?.map(|c| c.name).unwrap_or_default();
    let (purpose, life) =
        if waiting.kind == Kind::Fulfilment { (link::Purpose::Fulfilment, link::FULFILMENT_LIFE) } else { (link::Purpose::Form, link::FORM_LIFE) };
    let path = if purpose == link::Purpose::Fulfilment { "fulfilment" } else { "return" };
    let url = making.url.map(|url| format!("{}/{path}/{}", url.trim_end_matches('/'), making.token));
    let name = if waiting.is_unseen() { stranger::first_name(&name).unwrap_or_default().to_owned() } else { name };
    let text = words::text(c, waiting, &standing, &name, url.as_deref(), &enclosed.left_out)?;
    let messages = message::of_conversation(c, conversation.id)?;
    let parent = messages.iter().rev().find(|m| m.direction == Direction::Inbound && m.identifier.is_some() && m.kind != MailKind::Bounce);
    // In the same thread all the same: References say so.
    let neutral = format!("{}: {}", setting::shop_name(c)?, standing.request.name());
    let subject = match parent {
        Some(_) if waiting.is_unseen() => stranger::reply_subject(&conversation.subject),
        Some(_) => Some(body::reply_subject(&conversation.subject)),
        None => Some(conversation.subject.clone()).filter(|_| !waiting.is_unseen()),
    };
    let to = NameAddr { name: if waiting.is_unseen() { String::new() } else { name }, address };
    let letter = Letter {
        message_id: threading::own_message_id(making.key, conversation.id, making.word, account.address.domain()),
        date: making.now,
        from: NameAddr { name: account.name.clone(), address: account.address.clone() },
        to: vec![to.clone()],
        cc: Vec::new(),
        reply_to: None,
        subject: subject.unwrap_or(neutral),
        in_reply_to: parent.and_then(|m| m.identifier.clone()),
        references: messages.iter().filter(|m| m.direction != Direction::Note).filter_map(|m| m.identifier.clone()).collect(),
        text: body::text(&text, "", None),
        html: Some(body::html(&text, "", None)),
        files: enclosed.files,
        // A person who pressed the key wrote it; only what nobody asked for is automatic (RFC 3834).
        automatic: waiting.by.is_none(),
        unsubscribe: None,
        boundary: making.word.to_owned(),
    };
    let bytes = email::compose::compose(&letter)?;
    let email = Email { new_text: text.trim().to_owned(), ..email::read(&bytes) };
    let link = url.map(|_| (id, purpose, making.now + life));
    Ok(Ok(Composed { bytes, email, account, to, link, consent_link: None, follow_up: None }))
}
