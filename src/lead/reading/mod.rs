//! What a mail says about its writer: what they like, what they wish to be told of, what they agree to, whether they want no more
//! mail. Pure, by rules that a reader can follow; only what was written anew counts, and what is not certain is not found.

use super::interest::Feature;
use crate::consent::Purpose;
use crate::email::Email;

/// A mail as far as this reading needs it.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    pub subject: &'a str,
    /// What its author wrote this time; quotes and signature are not theirs to agree with.
    pub new_text: &'a str,
    /// ISO 639-1, where the text is long enough to tell.
    pub language: Option<&'a str>,
}

/// What the shop knows that helps to read.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Artists of the shop's pieces, as written.
    pub artists: Vec<String>,
    /// Titles of the shop's pieces and of what it sold lately.
    pub titles: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub feature: Feature,
    /// The words it rests on, as they stand in the letter.
    pub sentence: String,
}

/// "Tell me when it is back."
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wished {
    pub sentence: String,
    pub features: Vec<Feature>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    pub interests: Vec<Found>,
    pub wish: Option<Wished>,
    /// Each with the sentence that says so; certain cases only.
    pub consents: Vec<(Purpose, String)>,
    /// "Stop", "please remove me": the words.
    pub withdrawal: Option<String>,
    /// ISO 3166-1 alpha-2, with the sentence: "we live in Sweden".
    pub country: Option<(String, String)>,
}

pub fn read(letter: &Letter, known: &Known) -> Reading {
    let _ = (letter, known);
    Reading::default()
}

impl<'a> Letter<'a> {
    pub fn of(email: &'a Email) -> Letter<'a> {
        Letter { subject: &email.subject, new_text: &email.new_text, language: email.language }
    }
}
