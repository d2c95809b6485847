//! A mail to the address that the owner named for it, from somebody of the shop: its picture and words are a piece, for somebody to look
//! at. From anybody else it is a mail like every other.

use crate::account::FolderRole;
use crate::agent;
use crate::conversation::{self, ConversationId, MessageKey, Status};
use crate::database::{Millis, Reader, Writer};
use crate::desk::{Arrival, Result, returns};
use crate::email::{Email, EmailAddress, Kind};
use crate::piece::{self, Said, Source, mail};
use crate::setting;

/// Where pieces are mailed to, and who may beside the agents.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Sent {
    pub address: String,
    pub senders: Vec<String>,
}

pub fn mail_settings(c: &Reader) -> Result<Option<Sent>> {
    Ok(setting::get::<Sent>(c, setting::PIECE_MAIL)?.filter(|sent| !sent.address.is_empty()))
}

/// True: it was one, and nothing else needs to be made of it.
pub fn from_mail(tx: &Writer, arrival: &Arrival, (conversation, message): (ConversationId, MessageKey), at: Millis, now: Millis) -> Result<bool> {
    let Some(settings) = mail_settings(tx)? else { return Ok(false) };
    let email = arrival.email;
    if !is_for(email, &settings.address) || !is_news(arrival, at) || !may_send(tx, email, &settings)? {
        return Ok(false);
    }
    // Whoever may be somebody else, only says that they are an agent.
    if returns::forged(&email.authentication, arrival.account).is_some() {
        return Ok(false);
    }
    let found = arrival.about.map_or(&[][..], |about| about.interests.as_slice());
    let typed = mail::read(&email.subject, &email.new_text, found);
    piece::add(tx, &as_far_as_it_goes(tx, typed)?, Source::Mail, Some(message), None, now)?;
    conversation::set_status(tx, conversation, Status::Resolved, None, None, now)?;
    Ok(true)
}

/// What cannot be understood is left to whoever looks at it; it stands in the mail.
fn as_far_as_it_goes(c: &Reader, mut typed: piece::Typed) -> Result<Said> {
    if typed.title.is_empty() {
        typed.title = "(no title)".into();
    }
    let known = typed.sku.is_empty() || piece::find_by_sku(c, typed.sku.trim())?.is_none();
    if !known {
        typed.sku.clear();
    }
    let otherwise = piece::usual_currency(c)?;
    for _ in 0..2 {
        match typed.read(otherwise) {
            Ok(said) => return Ok(said),
            Err(complaints) => complaints.iter().for_each(|(field, _)| forget(&mut typed, field)),
        }
    }
    Ok(Said { title: typed.title.chars().take(piece::typed::TITLE_CHARS_MAX).collect(), quantity: 1, ..Said::default() })
}

fn forget(typed: &mut piece::Typed, field: &str) {
    match field {
        "title" => typed.title = typed.title.trim_start_matches('=').chars().take(piece::typed::TITLE_CHARS_MAX).collect(),
        "words" => typed.words = typed.words.trim_start_matches('=').chars().take(piece::typed::WORDS_CHARS_MAX).collect(),
        "price" => typed.price.clear(),
        "quantity" => typed.quantity.clear(),
        "link" => typed.link.clear(),
        "size" => typed.size.clear(),
        "artist" => typed.artist.clear(),
        "medium" => typed.medium.clear(),
        _ => typed.sku.clear(),
    }
}

fn is_for(email: &Email, address: &str) -> bool {
    EmailAddress::parse(address).is_some_and(|wanted| email.to.iter().chain(&email.cc).any(|person| person.address.key() == wanted.key()))
}

fn may_send(c: &Reader, email: &Email, settings: &Sent) -> Result<bool> {
    let Some(from) = email.from.as_ref().map(|from| from.address.key()) else { return Ok(false) };
    let named = settings.senders.iter().filter_map(|address| EmailAddress::parse(address)).any(|address| address.key() == from);
    let agents = agent::all(c)?.into_iter().filter(|agent| agent.disabled_at.is_none());
    Ok(named || agents.filter_map(|agent| EmailAddress::parse(&agent.email)).any(|address| address.key() == from))
}

/// Came in now, from outside, from a person, and begins something.
fn is_news(arrival: &Arrival, at: Millis) -> bool {
    let entry = arrival.entry;
    arrival.email.kind == Kind::Person && !entry.history && entry.folder_role == FolderRole::Inbox && at >= arrival.settled_before
}
