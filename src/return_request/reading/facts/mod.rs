//! Which facts a letter states, each with the words it rests on. Lines that answer our questions go before free sentences; what
//! could be read in two ways is not certain; what is not said is absent.

mod amount;
mod codes;
mod dates;
mod in_order;
mod item;
mod labels;
mod lines;
mod names;
mod noun;
mod order;
mod own;
mod packaging;
mod photos;
mod sentences;
mod words;

pub use amount::sums;
pub use item::titles;
pub use names::plain as label_key;
pub use order::is_shaped;
pub use photos::photos;
pub use sentences::around;
pub use words::{is as is_word, number};

use super::intent::{Lexicon, folded};
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
        let Some(found) = found else { return };
        match facts.iter_mut().find(|known: &&mut Found| known.field == found.field) {
            Some(known) => known.certain &= !is_second_thought(known, &found),
            None => facts.push(found),
        }
    };
    // Lines that ask are no answer in free words, even where they were left empty.
    let free = labels::without_questions(new_text, shop.own_fields);
    let subject_and_text = format!("{}.\n\n{free}", letter.subject);
    let asked = labels::asked(cut(letter.text), shop.own_fields);
    let asked_for = |field: &str| asked.iter().any(|asked| asked == field);
    add(order::find(&subject_and_text, shop.order_pattern));
    add(if asked_for(fields::ORDER_NUMBER) { order::alone(&free) } else { None });
    add(item::find(&subject_and_text));
    let reason = codes::reason(&subject_and_text, lexicon, letter.language);
    // Where nobody asked for the item, only a complaint has one.
    add(if asked_for(fields::ITEM) || reason.is_some() { noun::find(&free, lexicon, letter.language) } else { None });
    add(reason);
    add(codes::wish(&free, lexicon, letter.language));
    add(letter.today().and_then(|today| dates::delivered(&free, today)));
    let asked_for_a_day = letter.today().filter(|_| asked_for(fields::DELIVERED_ON));
    add(asked_for_a_day.and_then(|today| dates::alone(&free, today).or_else(|| dates::only(&free, today))));
    add(amount::find(&free));
    add(if asked_for(fields::PACKAGING) { packaging::find(&free) } else { None });
    contradict(&mut facts);
    facts
}

/// "PS: sorry, the number is 4417": beside a line that says otherwise, nobody knows which of them holds.
fn is_second_thought(known: &Found, found: &Found) -> bool {
    let differs = found.certain && known.value != found.value && known.sentence != found.sentence;
    let again = |word: &str| ["second_thought", "corrected"].iter().any(|list| words::is(list, &folded(word)));
    differs && found.field != fields::ITEM && found.sentence.split(|c: char| !c.is_alphanumeric()).any(again)
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
mod noun_tests;
#[cfg(test)]
mod photos_tests;
#[cfg(test)]
mod tests;
