//! What somebody typed into the search field, understood as far as it can be. A mistake never stops a search: it is
//! explained in words, and the rest answers.

mod day;
mod lex;
mod operator;
mod reading;

use crate::conversation::Status;
use crate::database::Millis;
use crate::return_request::fields::OwnField;
use crate::return_request::{Reason, ReturnId, State};
use reading::Reading;

/// A question longer than this is a pasted letter; its beginning is enough to find it.
pub const QUERY_CHARS_MAX: usize = 500;
/// Words, operators and phrases looked at.
pub const QUERY_PARTS_MAX: usize = 24;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// All of these in one message, wherever it stands.
    pub(super) terms: Vec<Term>,
    /// All of these true of the conversation.
    pub(super) facts: Vec<Fact>,
    /// All of these true of the message.
    pub(super) contents: Vec<(Content, bool)>,
    /// The message arrived at or after this, …
    pub(super) after: Option<Millis>,
    /// … and before this.
    pub(super) before: Option<Millis>,
}

/// Something to find in a message's text: one of `any`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Term {
    pub place: Place,
    pub any: Vec<Text>,
    pub without: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Anywhere,
    From,
    To,
    Subject,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Text {
    Word(String),
    /// The beginning of a word.
    Prefix(String),
    /// Exactly these words in this order.
    Phrase(String),
}

/// Something that can change, answered by SQLite.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fact {
    pub what: What,
    pub without: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    /// Carries one of these tags.
    Tag(Vec<String>),
    /// Belongs to one of these agents.
    Assignee(Vec<Who>),
    Status(Vec<Status>),
    Mailbox(Vec<String>),
    Unread,
    Note,
    Return(OfReturn),
}

/// What is true of a return of the conversation.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum OfReturn {
    Numbers(Vec<ReturnId>),
    States(Vec<State>),
    Reasons(Vec<Reason>),
    /// As `order::key` writes them: letters and digits alone.
    Orders(Vec<String>),
    Verdicts(Vec<&'static str>),
    /// One of these values of a field that the owner added.
    Own(OwnField, Vec<String>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Who {
    Me,
    Nobody,
    Named(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Attachment,
    Photo,
}

/// What was not understood, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// As it was typed.
    pub about: String,
    pub says: String,
}

impl Complaint {
    pub(super) fn new(about: &str, says: impl Into<String>) -> Complaint {
        Complaint { about: about.to_owned(), says: says.into() }
    }
}

impl std::fmt::Display for Complaint {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "“{}”: {}", self.about, self.says)
    }
}

impl Query {
    /// Understands `text`. The owner's fields are operators by their keys. `now` and `offset` (seconds east of UTC) give "today" its
    /// meaning. The last word is taken as a beginning while nothing follows it.
    pub fn parse(text: &str, own: &[OwnField], now: Millis, offset: i32) -> (Query, Vec<Complaint>) {
        let mut reading = Reading::at(own, now, offset);
        let shortened: String = text.chars().take(QUERY_CHARS_MAX).collect();
        if shortened.len() < text.len() {
            reading.complain("…", format!("only the first {QUERY_CHARS_MAX} characters were searched for"));
        }
        let typing = shortened.chars().next_back().is_some_and(|c| !c.is_whitespace());
        let (mut pieces, unclosed) = lex::pieces(&shortened, &own.iter().map(|field| field.key.as_str()).collect::<Vec<_>>());
        if let Some(rest) = unclosed {
            reading.complain(&rest, "the quotation mark is not closed: put \" at the end of the exact words");
        }
        if pieces.len() > QUERY_PARTS_MAX {
            reading.complain(&pieces[QUERY_PARTS_MAX].typed, format!("only the first {QUERY_PARTS_MAX} words were searched for"));
            pieces.truncate(QUERY_PARTS_MAX);
        }
        let count = pieces.len();
        for (number, piece) in pieces.into_iter().enumerate() {
            reading.piece(piece, typing && number + 1 == count);
        }
        reading.finish()
    }

    /// Whether it asks for anything.
    pub fn is_empty(&self) -> bool {
        *self == Query::default()
    }

    /// Whether the index is needed; everything else SQLite answers alone.
    pub fn needs_index(&self) -> bool {
        !self.terms.is_empty()
    }
}

impl Text {
    pub(super) fn as_str(&self) -> &str {
        match self {
            Text::Word(text) | Text::Prefix(text) | Text::Phrase(text) => text,
        }
    }
}

impl Who {
    fn from_word(word: String) -> Who {
        match word.to_lowercase().as_str() {
            "me" => Who::Me,
            "nobody" | "none" => Who::Nobody,
            _ => Who::Named(word),
        }
    }
}

#[cfg(test)]
mod tests;
