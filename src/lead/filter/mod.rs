//! What somebody asks of the leads, understood as far as it can be: `colour:blue consent:offers last<30d anna`. A mistake never stops the
//! list: it is explained in words, and the rest answers.

mod lex;
mod read;
mod sql;

use super::Source;
use super::interest::{Feature, Kind};
use crate::consent::Purpose;
use crate::database::Millis;
use crate::money::Amount;
pub use sql::{Bound, Condition, FEW, narrowed};

/// A question longer than this is a pasted letter.
pub const FILTER_CHARS_MAX: usize = 300;
/// Words and conditions looked at: each is one more look at every lead.
pub const FILTER_PARTS_MAX: usize = 12;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// All of these are true of a lead.
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
struct Part {
    what: What,
    without: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum What {
    /// Part of a name, an address or an interest, and the codes whose words contain it.
    Words(String, Vec<Feature>),
    /// One of these: a code, or a part of what is written as it was said.
    Interest(Vec<Liked>),
    Budget(Sign, Amount),
    Agreed(Vec<Agreed>),
    Returns(Sign, i64),
    Orders(Sign, i64),
    /// What they bought, in one currency.
    Value(Sign, Amount),
    Language(Vec<String>),
    Country(Vec<String>),
    Source(Vec<Source>),
    Wish(Wished),
    /// The last contact was at or after this time, or before it.
    Last(Side, Millis),
    First(Side, Millis),
}

#[derive(Clone, Debug, PartialEq)]
enum Liked {
    Code(Feature),
    Like(Kind, String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Agreed {
    To(Purpose),
    Any,
    None,
    /// To something that has ended.
    Stopped,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wished {
    Open,
    Closed,
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Less,
    AtMost,
    Equal,
    AtLeast,
    More,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Since,
    Before,
}

/// What was not understood, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// As it was typed.
    pub about: String,
    pub says: String,
}

impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "“{}”: {}", self.about, self.says)
    }
}

impl Filter {
    /// Understands `text`; `now` gives "30d" its meaning.
    pub fn parse(text: &str, now: Millis) -> (Filter, Vec<Complaint>) {
        let mut complaints = Vec::new();
        let mut complain = |about: &str, says: String| complaints.push(Complaint { about: about.to_owned(), says });
        let shortened: String = text.chars().take(FILTER_CHARS_MAX).collect();
        if shortened.len() < text.len() {
            complain("…", format!("only the first {FILTER_CHARS_MAX} characters were looked at"));
        }
        let (mut pieces, unclosed) = lex::pieces(&shortened);
        if let Some(rest) = unclosed {
            complain(&rest, "the quotation mark is not closed: put \" at the end of the exact words".into());
        }
        if let Some(piece) = pieces.get(FILTER_PARTS_MAX) {
            complain(&piece.typed, format!("only the first {FILTER_PARTS_MAX} conditions were looked at"));
            pieces.truncate(FILTER_PARTS_MAX);
        }
        let mut parts = Vec::new();
        for piece in pieces {
            match read::what(&piece, now) {
                Ok(Some(what)) => parts.push(Part { what, without: piece.without }),
                Ok(None) => {}
                Err(says) => complain(&piece.typed, says),
            }
        }
        (Filter { parts }, complaints)
    }

    /// Whether it asks for anything.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

/// The question piece by piece, each as it was typed.
pub fn typed(text: &str) -> Vec<String> {
    lex::pieces(text).0.into_iter().map(|piece| piece.typed).collect()
}

#[cfg(test)]
mod asking_tests;
#[cfg(test)]
mod tests;
