//! Who might be the same person, and why one may think so. Only a suggestion: an agent decides.

use crate::conversation::{self, Direction, Message, message};
use crate::customer::{self, Customer, CustomerId};
use crate::database::Reader;
use crate::desk::Result;
use crate::desk::returns::of_somebody_else;
use crate::email::EmailAddress;
use crate::return_request::{fact, request};

/// Why two records may be one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Because {
    /// The same full name, and the same part before the `@`.
    NameAndLocalPart,
    /// They wrote from one address that the other is theirs, too.
    SaidSo { words: String },
    /// They answered what we wrote to the other address, under the same name.
    Answered,
    /// They named an order that was bought from the other address.
    Order { number: String },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alike {
    pub other: CustomerId,
    pub because: Because,
}

/// Suggestions on one page.
const ALIKE_MAX: usize = 5;
/// Conversations, and mails of each, that are looked at: the newest.
const CONVERSATIONS_READ: usize = 20;
const MAILS_READ: usize = 20;
/// A letter longer than this is read to here.
const CHARS_READ: usize = 20_000;

/// "My other address", as people say it in the languages that we read.
const OTHER_ADDRESS: &[&str] = &[
    "my other address",
    "my other email",
    "my other e-mail",
    "my other mail",
    "from another address",
    "from another email",
    "from a different address",
    "from a different email",
    "my old address",
    "my old email",
    "my new address",
    "my new email",
    "meine andere adresse",
    "meiner anderen adresse",
    "meine andere mail",
    "meiner anderen mail",
    "meine alte adresse",
    "meine neue adresse",
    "anderen e-mail",
    "mon autre adresse",
    "une autre adresse",
    "mon ancienne adresse",
    "ma nouvelle adresse",
    "mi otra dirección",
    "mi otro correo",
    "otra dirección",
    "otro correo",
    "il mio altro indirizzo",
    "un altro indirizzo",
    "l'altra mail",
    "mijn andere adres",
    "ander e-mailadres",
    "min andra adress",
    "min andra mejl",
    "min gamla adress",
    "en annan adress",
    "o meu outro email",
    "o meu outro e-mail",
    "outro endereço",
];

pub fn alike(c: &Reader, id: CustomerId) -> Result<Vec<Alike>> {
    let Some(customer) = customer::find(c, id)? else { return Ok(Vec::new()) };
    let mut found = by_name(c, &customer)?;
    for earlier in customer::earlier(c, id, CONVERSATIONS_READ)? {
        let Some(conversation) = conversation::find(c, earlier.conversation_id)? else { continue };
        let messages = message::of_conversation(c, conversation.id)?;
        let theirs = |m: &&Message| m.direction == Direction::Inbound && customer.addresses.iter().any(|a| a.address == m.from_address.to_lowercase());
        for mail in messages.iter().rev().filter(theirs).take(MAILS_READ) {
            found.extend(by_their_word(c, &customer, mail)?);
        }
        found.extend(by_answer(c, &customer, conversation.related_id)?);
        for request in request::of_conversation(c, conversation.id)? {
            found.extend(by_order(c, &request)?);
        }
    }
    let mut seen = vec![id];
    found.retain(|alike| {
        let new = !seen.contains(&alike.other);
        seen.push(alike.other);
        new
    });
    found.truncate(ALIKE_MAX);
    Ok(found)
}

/// A name of one word is shared by too many.
fn by_name(c: &Reader, customer: &Customer) -> Result<Vec<Alike>> {
    let mut found = Vec::new();
    if customer.name.split_whitespace().count() < 2 {
        return Ok(found);
    }
    for address in &customer.addresses {
        let Some((local, _)) = address.address.rsplit_once('@') else { continue };
        for (other, _) in customer::alike(c, customer.id, &customer.name, local, ALIKE_MAX)? {
            found.push(Alike { other, because: Because::NameAndLocalPart });
        }
    }
    Ok(found)
}

/// "I am writing from my other address", and that address stands in the letter or among those that its answer goes to.
fn by_their_word(c: &Reader, customer: &Customer, mail: &Message) -> Result<Vec<Alike>> {
    let said: String = mail.new_text.chars().take(CHARS_READ).collect();
    let lower = said.to_lowercase();
    let Some(phrase) = OTHER_ADDRESS.iter().find(|phrase| lower.contains(**phrase)) else { return Ok(Vec::new()) };
    let words = said.lines().find(|line| line.to_lowercase().contains(phrase)).unwrap_or_default().trim().to_owned();
    let whole: String = mail.text.as_deref().unwrap_or(&mail.new_text).chars().take(CHARS_READ).collect();
    let mut found = Vec::new();
    for address in addresses_in(&whole).chain(mail.people.reply_to.iter().map(|person| person.address.clone())) {
        if let Some(other) = customer::find_by_address(c, &address)?.filter(|other| *other != customer.id) {
            found.push(Alike { other, because: Because::SaidSo { words: words.clone() } });
        }
    }
    Ok(found)
}

fn addresses_in(text: &str) -> impl Iterator<Item = EmailAddress> + '_ {
    let edge = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | ':' | '"' | '“' | '”' | '|');
    text.split(edge).filter(|word| word.contains('@')).filter_map(|word| EmailAddress::parse(word.trim_matches(|c: char| ".!?'*_".contains(c))))
}

/// Threading found that it answers a conversation with somebody of the same name, and left it apart because the address is another.
fn by_answer(c: &Reader, customer: &Customer, related: Option<conversation::ConversationId>) -> Result<Option<Alike>> {
    let Some(related) = related else { return Ok(None) };
    let Some(there) = conversation::find(c, conversation::current(c, related)?)?.filter(|there| there.customer_id != customer.id) else { return Ok(None) };
    let same_name =
        customer::find(c, there.customer_id)?.is_some_and(|other| !other.name.is_empty() && other.name.to_lowercase() == customer.name.to_lowercase());
    Ok(same_name.then_some(Alike { other: there.customer_id, because: Because::Answered }))
}

fn by_order(c: &Reader, request: &request::Request) -> Result<Option<Alike>> {
    let Some(order) = of_somebody_else(c, request, &fact::of(c, request.id)?)? else { return Ok(None) };
    let Some(address) = order.address.as_deref().and_then(EmailAddress::parse) else { return Ok(None) };
    let other = customer::find_by_address(c, &address)?.filter(|other| *other != request.customer_id);
    Ok(other.map(|other| Alike { other, because: Because::Order { number: order.number.clone() } }))
}
