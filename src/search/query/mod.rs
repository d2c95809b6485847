//! What somebody typed into the search field, understood as far as it can be. A mistake never stops a search: it is
//! explained in words, and the rest answers.

mod day;
mod lex;
mod operator;

use crate::conversation::Status;
use crate::database::Millis;
use lex::Piece;
use operator::Operator;

/// A question longer than this is a pasted letter; its beginning is enough to find it.
pub const QUERY_CHARS_MAX: usize = 500;
/// Words, operators and phrases looked at.
pub const QUERY_PARTS_MAX: usize = 24;
/// A shorter beginning of a word would find nearly everything.
const PREFIX_CHARS_MIN: usize = 2;

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
    /// Understands `text`. `now` and `offset` (seconds east of UTC) give "today" its meaning. The last word is taken as
    /// a beginning while nothing follows it.
    pub fn parse(text: &str, now: Millis, offset: i32) -> (Query, Vec<Complaint>) {
        let mut reading = Reading { query: Query::default(), complaints: Vec::new(), now, offset };
        let shortened: String = text.chars().take(QUERY_CHARS_MAX).collect();
        if shortened.len() < text.len() {
            reading.complain("…", format!("only the first {QUERY_CHARS_MAX} characters were searched for"));
        }
        let typing = shortened.chars().next_back().is_some_and(|c| !c.is_whitespace());
        let (mut pieces, unclosed) = lex::pieces(&shortened);
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
        reading.check();
        (reading.query, reading.complaints)
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

struct Reading {
    query: Query,
    complaints: Vec<Complaint>,
    now: Millis,
    offset: i32,
}

impl Reading {
    fn complain(&mut self, about: &str, says: impl Into<String>) {
        self.complaints.push(Complaint::new(about, says));
    }

    fn piece(&mut self, piece: Piece, last: bool) {
        match &piece.operator {
            None => self.words(piece, last),
            Some(name) => match Operator::from_name(name) {
                Some(operator) if piece.values.is_empty() => self.complain(&piece.typed, operator.example()),
                Some(operator) => self.operator(operator, &piece, last),
                None => {
                    if let Some(says) = operator::unknown(name, &piece) {
                        self.complain(&piece.typed, says);
                    }
                    let whole = piece.typed.trim_start_matches('-').to_owned();
                    self.add(Place::Anywhere, vec![Text::Word(whole)], piece.without);
                }
            },
        }
    }

    fn words(&mut self, piece: Piece, last: bool) {
        let Some((word, quoted)) = piece.values.first() else { return };
        if !quoted && matches!(word.as_str(), "OR" | "||") {
            return self.complain(word, "all words must be found; for one of several write from:anna,ben or tag:a,b");
        }
        if !quoted && matches!(word.as_str(), "AND" | "&&") {
            return; // is meant anyway
        }
        let text = self.text(word, *quoted, last);
        self.add(Place::Anywhere, vec![text], piece.without);
    }

    fn text(&mut self, word: &str, quoted: bool, last: bool) -> Text {
        if quoted {
            return Text::Phrase(word.to_owned());
        }
        let bare = word.trim_end_matches('*');
        if bare.contains('*') {
            self.complain(word, "a * works only at the end of a word, as in refun*");
        }
        let long_enough = bare.chars().filter(|c| c.is_alphanumeric()).count() >= PREFIX_CHARS_MIN;
        if bare.len() < word.len() && !long_enough && !bare.is_empty() {
            self.complain(word, "write at least two letters before the *");
        }
        if long_enough && (last || bare.len() < word.len()) { Text::Prefix(bare.to_owned()) } else { Text::Word(bare.to_owned()) }
    }

    fn add(&mut self, place: Place, any: Vec<Text>, without: bool) {
        if any.iter().all(|text| !text.as_str().contains(char::is_alphanumeric)) {
            return; // punctuation alone
        }
        // A message has one sender: two of them can only mean either.
        let same = self.query.terms.iter_mut().find(|term| place == Place::From && term.place == place && term.without == without);
        match same {
            Some(term) if !without => term.any.extend(any),
            _ => self.query.terms.push(Term { place, any, without }),
        }
    }

    fn operator(&mut self, operator: Operator, piece: &Piece, last: bool) {
        let names = || piece.values.iter().map(|(value, _)| value.clone()).collect::<Vec<_>>();
        match operator {
            Operator::From | Operator::To | Operator::Subject => {
                let place = match operator {
                    Operator::From => Place::From,
                    Operator::To => Place::To,
                    _ => Place::Subject,
                };
                let any = piece.values.iter().map(|(value, quoted)| self.text(value, *quoted, last)).collect();
                self.add(place, any, piece.without);
            }
            Operator::Tag => self.fact(What::Tag(names()), piece.without),
            Operator::Mailbox => self.fact(What::Mailbox(names()), piece.without),
            Operator::Assignee => self.fact(What::Assignee(names().into_iter().map(Who::from_word).collect()), piece.without),
            Operator::Status => {
                let known: Vec<Status> = names().iter().filter_map(|name| Status::from_name(&name.to_lowercase())).collect();
                if known.len() < piece.values.len() {
                    self.complain(&piece.typed, "a status is one of open, waiting, snoozed, resolved, spam");
                }
                self.fact(What::Status(known), piece.without);
            }
            Operator::Is => names().iter().for_each(|value| self.is(value, piece)),
            Operator::Has => names().iter().for_each(|value| self.has(value, piece)),
            Operator::Before | Operator::After => names().iter().for_each(|value| self.date(value, (operator == Operator::After) != piece.without, piece)),
        }
    }

    fn is(&mut self, value: &str, piece: &Piece) {
        let value = value.to_lowercase();
        let what = match value.as_str() {
            "unread" => What::Unread,
            "read" => return self.fact(What::Unread, !piece.without),
            "mine" => What::Assignee(vec![Who::Me]),
            "unassigned" => What::Assignee(vec![Who::Nobody]),
            "assigned" => return self.fact(What::Assignee(vec![Who::Nobody]), !piece.without),
            other => match Status::from_name(other) {
                Some(status) => What::Status(vec![status]),
                None => return self.complain(&piece.typed, "after is: comes open, waiting, snoozed, resolved, spam, unassigned, mine or unread"),
            },
        };
        self.fact(what, piece.without);
    }

    fn has(&mut self, value: &str, piece: &Piece) {
        let content = match value.to_lowercase().as_str() {
            "attachment" | "attachments" => Content::Attachment,
            "photo" | "photos" => Content::Photo,
            "note" | "notes" => return self.fact(What::Note, piece.without),
            _ => return self.complain(&piece.typed, "after has: comes attachment, photo or note"),
        };
        self.query.contents.push((content, piece.without));
    }

    fn date(&mut self, value: &str, after: bool, piece: &Piece) {
        let Some(at) = day::begin_of(value, self.now, self.offset) else {
            return self.complain(&piece.typed, "write the day as 2026-03-31, 2026-03, 2026, today, yesterday, 7d or 2w");
        };
        let bound = if after { &mut self.query.after } else { &mut self.query.before };
        *bound = Some(bound.map_or(at, |other| if after { at.max(other) } else { at.min(other) }));
    }

    /// One status, one assignee, one mailbox at a time: asked for twice, either is meant. Tags are many.
    fn fact(&mut self, what: What, without: bool) {
        if !without {
            for known in self.query.facts.iter_mut().filter(|fact| !fact.without) {
                match (&mut known.what, &what) {
                    (What::Status(either), What::Status(more)) => return either.extend(more),
                    (What::Assignee(either), What::Assignee(more)) => return either.extend(more.iter().cloned()),
                    (What::Mailbox(either), What::Mailbox(more)) => return either.extend(more.iter().cloned()),
                    _ => {}
                }
            }
        }
        if !matches!(&what, What::Status(none) if none.is_empty()) {
            self.query.facts.push(Fact { what, without });
        }
    }

    fn check(&mut self) {
        if let (Some(after), Some(before)) = (self.query.after, self.query.before)
            && after >= before
        {
            self.complain("after: before:", "the day after after: is not earlier than the one after before:, so nothing can be found");
        }
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
