//! What a mail says about a return, found by rules that a reader can follow: does it ask for one, and which facts does
//! it state. Pure: a letter and what the shop is in, findings with their sentences out. Never guesses: what is not
//! stated is absent, and what could be read in two ways is not certain.

mod facts;
mod intent;
pub mod pieces;
pub mod withdrawal;

pub use facts::{is_shaped, label_key};
pub use intent::{Lexicon, Mistake, folded};
// What reading of another kind is made of, too (`lead::reading`).
pub(crate) use facts::{around, sums, titles};
pub(crate) use intent::{Choice, Part, Words, end_of};

use super::fields::{OwnField, Value};
use crate::email::{Attachment, Email};
use crate::money::Amount;
use jiff::civil::{Date, DateTime};

/// A mail as far as reading for a return needs it.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    pub subject: &'a str,
    /// What its author wrote this time.
    pub new_text: &'a str,
    /// All of it; quoted lines begin with `>` where the mail was plain text.
    pub text: &'a str,
    /// ISO 639-1, where the text is long enough to tell.
    pub language: Option<&'a str>,
    /// When it was written, on its author's own clock: "yesterday" counts from here.
    pub written: Option<DateTime>,
    pub attachments: &'a [Attachment],
}

/// What the shop knows that helps to read.
#[derive(Clone, Copy, Debug)]
pub struct Shop<'a> {
    /// The shape of the shop's order numbers, e.g. `AT-#####` (`#` a digit, `@` a letter); `None`: any common shape.
    pub order_pattern: Option<&'a str>,
    pub own_fields: &'a [OwnField],
    /// Our rules with the owner's own; `None`: ours alone.
    pub lexicon: Option<&'a Lexicon>,
}

/// What a letter is about, as far as returns are concerned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Asks for a refund, return, exchange or replacement, or claims damage.
    Return,
    /// "How long do I have to return something?"
    PolicyQuestion,
    /// "Where is my refund?": about a return that exists.
    ReturnState,
    OrderStatus,
    Thanks,
    Newsletter,
    #[default]
    Other,
}

/// One fact that a letter states.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Found {
    /// A name of `fields::BUILT_IN` or an owner's key.
    pub field: String,
    pub value: Value,
    /// The words it rests on, as they stand in the letter.
    pub sentence: String,
    /// Stated plainly. What is not certain is shown as a suggestion and never decides anything.
    pub certain: bool,
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Reading {
    pub intent: Intent,
    /// 0 to 1: how sure it is that the letter asks for a return.
    pub confidence: f64,
    /// The words that the judgement rests on, weightiest first.
    pub because: Vec<String>,
    /// At most one of each field.
    pub facts: Vec<Found>,
    /// Attachments (by `Attachment::part`) that are real pictures of something, not logos or signatures.
    pub photos: Vec<usize>,
}

/// From here on Restante acts by itself; below, an agent is offered to.
pub const AUTOMATIC_FROM: f64 = 0.8;

pub fn read(letter: &Letter, shop: &Shop) -> Reading {
    let photos = facts::photos(letter);
    let intent::Judgement { intent, confidence, because } = intent::judge(letter, photos.len(), shop.lexicon.unwrap_or(Lexicon::ready()));
    Reading { intent, confidence, because, facts: facts::find(letter, shop), photos }
}

/// The day that a text names, not after `today`; nothing where it names two.
pub fn day_in(text: &str, today: Date) -> Option<Date> {
    facts::day_in(text, today)
}

/// The sum of money that a text names first.
pub fn sum_in(text: &str) -> Option<Amount> {
    facts::sum_in(text)
}

impl Reading {
    pub fn asks(&self) -> bool {
        self.intent == Intent::Return && self.confidence >= AUTOMATIC_FROM
    }

    pub fn fact(&self, field: &str) -> Option<&Found> {
        self.facts.iter().find(|found| found.field == field)
    }
}

impl<'a> Letter<'a> {
    pub fn of(email: &'a Email) -> Letter<'a> {
        let zone = jiff::tz::Offset::from_seconds(email.date_offset).unwrap_or(jiff::tz::Offset::UTC);
        let written = email.date.and_then(|at| jiff::Timestamp::from_millisecond(at).ok()).map(|at| zone.to_datetime(at));
        Letter { subject: &email.subject, new_text: &email.new_text, text: &email.text, language: email.language, written, attachments: &email.attachments }
    }
}
