//! A mail was filed: does it open a return, or fill the one that its conversation is about?

use super::fill;
use super::record::{self, Telling};
use crate::account::Account;
use crate::automation::refund_email::{Action, Mail, action};
use crate::conversation::{ConversationId, MessageKey, message};
use crate::customer::CustomerId;
use crate::database::{self, Millis, Reader, Writer};
use crate::desk::{Arrival, Result};
use crate::email::{Authentication, Email, Kind};
use crate::return_request::fields::OwnField;
use crate::return_request::reading::{self, Letter, Lexicon, Reading, Shop, withdrawal};
use crate::return_request::{self, Happened, request};
use crate::{order, setting};
use std::sync::Arc;

/// What the shop knows that helps to read, taken once for many mails.
#[derive(Clone, Debug, Default)]
pub struct Context {
    order_pattern: Option<String>,
    own_fields: Vec<OwnField>,
    /// Our rules with the owner's; nothing: ours alone.
    lexicon: Option<Arc<Lexicon>>,
}

pub fn reading_context(c: &Reader) -> database::Result<Context> {
    // Lines that are no rules were refused when they were saved.
    let own_words = setting::get::<String>(c, setting::RETURN_WORDS)?.filter(|lines| !lines.trim().is_empty());
    let lexicon = own_words.and_then(|lines| Lexicon::ready().with(&lines).ok()).map(Arc::new);
    Ok(Context { order_pattern: order_pattern(c)?, own_fields: return_request::own_field::all(c)?, lexicon })
}

/// What the shop's order numbers look like: as the owner said, or as those look that are known.
pub(super) fn order_pattern(c: &Reader) -> database::Result<Option<String>> {
    let told = setting::get::<String>(c, setting::ORDER_PATTERN)?.filter(|pattern| !pattern.trim().is_empty());
    Ok(match told {
        Some(pattern) => Some(pattern),
        None => order::shape(&order::recent_numbers(c, order::SHAPE_FROM)?),
    })
}

impl Context {
    /// What a person's mail says about returns; nothing for machines' mail. Pure, and safe on any thread.
    pub fn read(&self, email: &Email) -> Option<Reading> {
        (email.kind == Kind::Person).then(|| self.read_letter(&Letter::of(email)))
    }

    pub fn read_letter(&self, letter: &Letter) -> Reading {
        reading::read(letter, &Shop { order_pattern: self.order_pattern.as_deref(), own_fields: &self.own_fields, lexicon: self.lexicon.as_deref() })
    }
}

/// Acts on what a mail says. History moves nothing, and neither does mail of our own.
pub fn understand(
    tx: &Writer,
    arrival: &Arrival,
    (conversation, message): (ConversationId, MessageKey),
    customer: CustomerId,
    at: Millis,
    now: Millis,
) -> Result<()> {
    let open = request::open_in(tx, conversation)?;
    let reading = arrival.reading.filter(|_| is_news(arrival, at));
    let Some(todo) = action(Mail { reading, open: open.as_ref() }) else { return Ok(()) };
    let Some(reading) = reading else { return Ok(()) };
    let id = match (todo, open) {
        (Action::Open, _) => {
            let language = record::language(tx, arrival.email.language, customer)?;
            let new = request::New {
                conversation_id: conversation,
                message_id: message,
                customer_id: customer,
                mailbox_id: arrival.entry.mailbox_id,
                source: request::Source::Mail,
                language,
            };
            record::open(tx, &new, None, now)?
        }
        (_, Some(open)) => open.id,
        (_, None) => return Ok(()),
    };
    return_request::unanswered::forget(tx, id)?;
    record::add_photos(tx, id, message, &reading.photos, now)?;
    let wants_none = if todo == Action::Open { None } else { withdrawal::said(&arrival.email.new_text) };
    if let Some(sentence) = wants_none.clone() {
        record::note(tx, id, None, Happened::WantsNone { sentence, message }, now)?;
    }
    if todo == Action::AddPhotos {
        return Ok(());
    }
    let sender = arrival.email.from.as_ref().map(|from| from.address.key());
    let telling = Telling { source: return_request::fact::Source::Mail, message: Some(message), by: None };
    fill::fill(tx, id, &reading.facts, &telling, now)?;
    record::settle(tx, id, Some(message), now)?;
    let silent = wants_none.map(|_| "they want no return any more");
    let silent = silent.or(arrival.email.no_automatic_answer).or_else(|| forged(&arrival.email.authentication, arrival.account));
    record::ask_if_needed(tx, id, sender.as_deref(), silent, now)
}

/// Why no machine answers a mail that our own server takes for a forgery: the address is somebody's who wrote nothing (PROMISES P24).
pub fn forged(said: &Authentication, account: &Account) -> Option<&'static str> {
    said.has_failed(account.authserv_id.as_deref()).then_some("it may be forged: the check of its sender's domain (DMARC) failed")
}

/// Came in now, from outside.
fn is_news(arrival: &Arrival, at: Millis) -> bool {
    !arrival.entry.history && arrival.entry.folder_role == crate::account::FolderRole::Inbox && at >= arrival.settled_before
}

/// What stored messages say, read again: for a return that an agent opens by hand.
pub fn read_again(c: &Reader, id: MessageKey) -> Result<Option<Reading>> {
    let Some(found) = message::find(c, id)? else { return Ok(None) };
    let attachments: Vec<_> = message::attachments(c, id)?.into_iter().map(|(_, attachment)| attachment).collect();
    let written = jiff::Timestamp::from_millisecond(found.sent_at.unwrap_or(found.arrived_at)).ok().map(|at| jiff::tz::Offset::UTC.to_datetime(at));
    let letter = Letter {
        subject: &found.subject,
        new_text: &found.new_text,
        text: found.text.as_deref().unwrap_or(&found.new_text),
        language: found.reading.language.as_deref(),
        written,
        attachments: &attachments,
    };
    Ok(Some(reading_context(c)?.read_letter(&letter)))
}
