//! Where a mail belongs, and why. It joins a conversation only if it refers to a message of it (or carries our signed
//! token) *and* its sender is a participant; all else is a suggestion for the agent (PROMISES, decision 5).

use super::{ConversationId, current, is_participant};
use crate::database::{Millis, Reader, Result, params};
use crate::email::{EmailAddress, MessageId, NameAddr, subject};
use crate::id::{CustomerId, MailboxId};
use crate::secret::SecretKey;
use serde::{Deserialize, Serialize};

/// A subject seen longer ago than this is another matter.
const SUGGEST_WITHIN: Millis = 14 * 24 * 60 * 60 * 1000;
/// References looked up, nearest first. Deeper ones were answered by the nearer ones.
const LOOKED_UP_MAX: usize = 60;
const TOKEN_PURPOSE: &str = "conversation";

/// What threading looks at.
pub struct Letter<'a> {
    pub mailbox: MailboxId,
    pub message_id: Option<&'a MessageId>,
    pub in_reply_to: &'a [MessageId],
    pub references: &'a [MessageId],
    pub from: Option<&'a EmailAddress>,
    pub to: &'a [NameAddr],
    pub subject: &'a str,
    pub customer: Option<CustomerId>,
    pub at: Millis,
}

/// Whether the sender must be a participant. Off only for `restante inspect --threads`, which has no mailbox's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SenderCheck {
    On,
    Off,
    /// Mail from our own Sent folder goes where the mail is that it answers. A conversation that only refers to it must
    /// have one of its recipients as a participant: strangers know identifiers, too.
    Ours,
}

/// Why a message is where it is; stored with it, shown in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
pub enum Placement {
    /// Nothing that we know is referred to.
    #[default]
    New,
    /// It answers this message of the conversation.
    Answers { identifier: String },
    /// It carries our signed token.
    Token { identifier: String },
    /// It refers to the same mail, which we have not seen, as a message of the conversation.
    SharesReference { identifier: String },
    /// A message of the conversation refers to it: the parent arrived late.
    LateParent { identifier: String },
    /// It refers to a conversation whose participants do not include its sender: apart, but linked.
    Stranger { identifier: String },
    /// Written here.
    Written,
    /// An agent moved it here.
    Moved,
    /// It was sent by a form of ours.
    Form,
    /// Its sender was erased; that there was a message is all that stays.
    Erased,
}

/// The decision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The conversation to join; `None`: a new one.
    pub join: Option<ConversationId>,
    /// Conversations that this mail shows to be one with `join`; they are merged into it.
    pub also: Vec<ConversationId>,
    /// To be offered to the agent.
    pub related: Option<(ConversationId, &'static str)>,
    pub placement: Placement,
}

/// Decides where `letter` belongs.
pub fn place(c: &Reader, letter: &Letter, check: SenderCheck, key: Option<&SecretKey>) -> Result<Place> {
    let mut place = Place::default();
    let candidates = candidates(c, letter, key)?;
    for (conversation, placement) in candidates {
        let conversation = current(c, conversation)?;
        let welcome = match (check, letter.from) {
            (SenderCheck::Off, _) => true,
            (SenderCheck::Ours, _) => matches!(placement, Placement::Answers { .. } | Placement::Token { .. }) || has_one_of(c, conversation, letter.to)?,
            (SenderCheck::On, Some(from)) => is_participant(c, conversation, &from.key())?,
            (SenderCheck::On, None) => false,
        };
        match (welcome, place.join) {
            (true, None) => (place.join, place.placement) = (Some(conversation), placement),
            (true, Some(first)) if first != conversation && !place.also.contains(&conversation) => place.also.push(conversation),
            (false, None) if place.related.is_none() => {
                place.related = Some((conversation, "It refers to a message there, but its sender has not taken part."));
                if let Some(identifier) = placement.identifier() {
                    place.placement = Placement::Stranger { identifier: identifier.to_owned() };
                }
            }
            _ => {}
        }
    }
    if place.join.is_none() && place.related.is_none() {
        place.related = same_subject(c, letter)?.map(|id| (id, "Same customer and subject."));
    }
    Ok(place)
}

fn has_one_of(c: &Reader, conversation: ConversationId, people: &[NameAddr]) -> Result<bool> {
    for person in people {
        if is_participant(c, conversation, &person.address.key())? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The identifier that our own mail carries: conversation, a random word, and the signature over both. A reply to it
/// finds its conversation even if the reply itself was lost with a restored backup.
pub fn own_message_id(key: &SecretKey, conversation: ConversationId, word: &str, domain: &str) -> MessageId {
    let text = format!("{conversation}.{word}");
    let signature = key.sign(TOKEN_PURPOSE, &text);
    MessageId::parse(&format!("r.{text}.{signature}@{domain}")).expect("letters, digits, dots and a mail domain")
}

fn token_conversation(c: &Reader, key: &SecretKey, identifier: &MessageId, mailbox: MailboxId) -> Result<Option<ConversationId>> {
    let Some(left) = identifier.as_str().split('@').next().and_then(|left| left.strip_prefix("r.")) else { return Ok(None) };
    let Some((text, signature)) = left.rsplit_once('.') else { return Ok(None) };
    if !key.verify(TOKEN_PURPOSE, text, signature) {
        return Ok(None);
    }
    let Some(id) = text.split('.').next().and_then(|id| id.parse::<ConversationId>().ok()) else { return Ok(None) };
    c.optional("SELECT id FROM conversation WHERE id = ?1 AND mailbox_id = ?2", params![id, mailbox], |r| r.get(0))
}

/// Conversations that the letter points to, the strongest reason first.
fn candidates(c: &Reader, letter: &Letter, key: Option<&SecretKey>) -> Result<Vec<(ConversationId, Placement)>> {
    let mut nearest_first: Vec<&MessageId> = letter.in_reply_to.iter().collect();
    nearest_first.extend(letter.references.iter().rev().filter(|id| !letter.in_reply_to.contains(id)));
    nearest_first.truncate(LOOKED_UP_MAX);
    nearest_first.retain(|id| Some(*id) != letter.message_id);
    let mut found = Vec::new();
    let mut unknown = Vec::new();
    for id in nearest_first {
        let identifier = || id.as_str().to_owned();
        if let Some(conversation) = by_identifier(c, letter.mailbox, id)? {
            found.push((conversation, Placement::Answers { identifier: identifier() }));
            continue;
        }
        match key.map(|key| token_conversation(c, key, id, letter.mailbox)).transpose()?.flatten() {
            Some(conversation) => found.push((conversation, Placement::Token { identifier: identifier() })),
            None => unknown.push(id),
        }
    }
    for id in unknown {
        for conversation in by_reference(c, letter.mailbox, id)? {
            found.push((conversation, Placement::SharesReference { identifier: id.as_str().to_owned() }));
        }
    }
    if let Some(own) = letter.message_id
        && by_identifier(c, letter.mailbox, own)?.is_none()
    {
        for conversation in by_reference(c, letter.mailbox, own)? {
            found.push((conversation, Placement::LateParent { identifier: own.as_str().to_owned() }));
        }
    }
    Ok(found)
}

fn by_identifier(c: &Reader, mailbox: MailboxId, id: &MessageId) -> Result<Option<ConversationId>> {
    c.optional("SELECT conversation_id FROM message WHERE identifier = ?1 AND mailbox_id = ?2 ORDER BY id LIMIT 1", params![id.as_str(), mailbox], |r| r.get(0))
}

/// Conversations with a message that refers to `id`. More than a few mean an identifier that everybody repeats.
fn by_reference(c: &Reader, mailbox: MailboxId, id: &MessageId) -> Result<Vec<ConversationId>> {
    c.all(
        "SELECT DISTINCT conversation_id FROM message_reference JOIN message ON message.id = message_id
         WHERE message_reference.identifier = ?1 AND mailbox_id = ?2 ORDER BY message.id LIMIT 20",
        params![id.as_str(), mailbox],
        |r| r.get(0),
    )
}

/// A suggestion: the customer's newest conversation of the same subject.
fn same_subject(c: &Reader, letter: &Letter) -> Result<Option<ConversationId>> {
    let wanted = subject::base(letter.subject).to_lowercase();
    let Some(customer) = letter.customer.filter(|_| !wanted.is_empty()) else { return Ok(None) };
    let recent = c.all(
        "SELECT id, subject FROM conversation WHERE customer_id = ?1 AND mailbox_id = ?2 AND merged_into IS NULL AND last_message_at > ?3
         ORDER BY last_message_at DESC LIMIT 50",
        params![customer, letter.mailbox, letter.at - SUGGEST_WITHIN],
        |r| Ok((r.get::<_, ConversationId>(0)?, r.get::<_, String>(1)?)),
    )?;
    Ok(recent.into_iter().find(|(_, subject)| subject::base(subject).to_lowercase() == wanted).map(|(id, _)| id))
}

impl Placement {
    fn identifier(&self) -> Option<&str> {
        match self {
            Placement::Answers { identifier }
            | Placement::Token { identifier }
            | Placement::SharesReference { identifier }
            | Placement::LateParent { identifier }
            | Placement::Stranger { identifier } => Some(identifier),
            Placement::New | Placement::Written | Placement::Moved | Placement::Form | Placement::Erased => None,
        }
    }

    /// The reason in words, for the agent.
    pub fn words(&self) -> &'static str {
        match self {
            Placement::New => "It refers to no message that we know: a new conversation.",
            Placement::Answers { .. } => "It answers a message of this conversation, and its sender takes part.",
            Placement::Token { .. } => "It carries this conversation's signed token, and its sender takes part.",
            Placement::SharesReference { .. } => "It refers to the same earlier mail as a message of this conversation.",
            Placement::LateParent { .. } => "A message of this conversation answers it: it arrived late.",
            Placement::Stranger { .. } => "It refers to another conversation, but its sender has not taken part there: kept apart.",
            Placement::Written => "Written here.",
            Placement::Moved => "An agent moved it here.",
            Placement::Form => "It was sent by the form of this return.",
            Placement::Erased => "Its sender asked to be erased.",
        }
    }
}
