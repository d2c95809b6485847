//! Which facts a letter states, each with the words it rests on. Lines that answer our questions go before free sentences; what
//! could be read in two ways is not certain; what is not said is absent.

mod amount;
mod codes;
mod dates;
mod item;
mod labels;
mod lines;
mod noun;
mod order;
mod own;
mod photos;
mod sentences;
mod words;

pub use amount::sums;
pub use item::titles;
pub use labels::plain as label_key;
pub use photos::photos;
pub use sentences::around;
pub use words::number;

use super::intent::Lexicon;
use super::{Found, Letter, Shop};
use crate::money::Amount;
use crate::return_request::Reason;
use crate::return_request::fields::{self, Value};
use jiff::civil::Date;

/// What is looked at: a letter's first pages.
const TEXT_BYTES_MAX: usize = 16 * 1024;

pub fn find(letter: &Letter, shop: &Shop) -> Vec<Found> {
    let lexicon = shop.lexicon.unwrap_or(Lexicon::ready());
    let new_text = cut(letter.new_text);
    let mut facts = labels::answers(cut(letter.text), new_text, letter, shop, lexicon);
    let mut add = |found: Option<Found>| {
        if let Some(found) = found
            && !facts.iter().any(|known: &Found| known.field == found.field)
        {
            facts.push(found);
        }
    };
    // Lines that ask are no answer in free words, even where they were left empty.
    let free = labels::without_questions(new_text, shop.own_fields);
    let subject_and_text = format!("{}.\n\n{free}", letter.subject);
    let asked_for = |field: &str| labels::asks_for(field, cut(letter.text));
    add(order::find(&subject_and_text, shop.order_pattern));
    add(if asked_for(fields::ORDER_NUMBER) { order::alone(&free) } else { None });
    add(item::find(&subject_and_text));
    add(if asked_for(fields::ITEM) { noun::find(&free, lexicon, letter.language) } else { None });
    add(codes::reason(&subject_and_text, lexicon, letter.language));
    add(codes::wish(&free, lexicon, letter.language));
    add(letter.today().and_then(|today| dates::delivered(&free, today)));
    let asked_for_a_day = letter.today().filter(|_| asked_for(fields::DELIVERED_ON));
    add(asked_for_a_day.and_then(|today| dates::alone(&free, today).or_else(|| dates::only(&free, today))));
    add(amount::find(&free));
    contradict(&mut facts);
    facts
}

/// What never arrived has no day of arrival, whatever the carrier says.
fn contradict(facts: &mut [Found]) {
    let never_came = facts.iter().any(|found| found.field == fields::REASON && found.value == Value::Text(Reason::NotDelivered.code().into()));
    for found in facts.iter_mut().filter(|found| never_came && found.field == fields::DELIVERED_ON) {
        found.certain = false;
    }
}

impl<'a> Letter<'a> {
    /// The day from which "yesterday" counts.
    fn today(&self) -> Option<dates::Today<'a>> {
        self.written.map(|written| dates::Today { date: written.date(), language: self.language })
    }
}

pub fn day_in(text: &str, today: Date) -> Option<Date> {
    dates::answer(text, dates::Today { date: today, language: None }).filter(|(_, certain)| *certain).map(|(day, _)| day)
}

pub fn sum_in(text: &str) -> Option<Amount> {
    amount::answer(text).map(|(sum, _)| sum)
}

fn found(field: &str, value: Value, sentence: &str, certain: bool) -> Found {
    Found { field: field.to_owned(), value, sentence: sentence.to_owned(), certain }
}

fn text(field: &str, value: impl Into<String>, sentence: &str, certain: bool) -> Found {
    found(field, Value::Text(value.into()), sentence, certain)
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(TEXT_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Whether a field is one of those that every shop has.
fn is_built_in(name: &str) -> bool {
    fields::BUILT_IN.iter().any(|(known, _)| *known == name)
}

#[cfg(test)]
mod answers_tests;
#[cfg(test)]
mod tests;
