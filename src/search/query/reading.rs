//! Piece by piece, from what was typed to what is asked.

use super::lex::Piece;
use super::operator::{self, Operator};
use super::{Complaint, Content, Fact, OfReturn, Place, Query, Term, Text, What, Who, day};
use crate::conversation::Status;
use crate::database::Millis;
use crate::order;
use crate::return_request::fields::OwnField;
use crate::return_request::{Reason, State, request, words};

/// A shorter beginning of a word would find nearly everything.
const PREFIX_CHARS_MIN: usize = 2;

/// A question as far as it was understood.
pub struct Reading<'a> {
    query: Query,
    complaints: Vec<Complaint>,
    /// Fields that the owner added.
    own: &'a [OwnField],
    now: Millis,
    offset: i32,
}

impl<'a> Reading<'a> {
    pub fn at(own: &'a [OwnField], now: Millis, offset: i32) -> Reading<'a> {
        Reading { query: Query::default(), complaints: Vec::new(), own, now, offset }
    }

    pub fn finish(mut self) -> (Query, Vec<Complaint>) {
        self.check();
        (self.query, self.complaints)
    }

    pub fn complain(&mut self, about: &str, says: impl Into<String>) {
        self.complaints.push(Complaint::new(about, says));
    }

    pub fn piece(&mut self, piece: Piece, last: bool) {
        match &piece.operator {
            None => self.words(piece, last),
            Some(name) => match Operator::from_name(name) {
                Some(operator) if piece.values.is_empty() => self.complain(&piece.typed, operator.example()),
                Some(operator) => self.operator(operator, &piece, last),
                None if self.own.iter().any(|field| field.key == *name) => self.of_own(name, &piece),
                None => {
                    if let Some(says) = operator::unknown(name, self.own, &piece) {
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
            Operator::Return | Operator::Reason | Operator::Order | Operator::Verdict => self.of_return(operator, &names(), piece),
            Operator::Is => names().iter().for_each(|value| self.is(value, piece)),
            Operator::Has => names().iter().for_each(|value| self.has(value, piece)),
            Operator::Before | Operator::After => names().iter().for_each(|value| self.date(value, (operator == Operator::After) != piece.without, piece)),
        }
    }

    /// What is asked of a return; a value that is none is said, with what would be one.
    fn of_return(&mut self, operator: Operator, values: &[String], piece: &Piece) {
        let code = |value: &String| value.trim().to_lowercase().replace([' ', '-'], "_");
        let (what, understood) = match operator {
            Operator::Return => {
                let numbers: Vec<_> = values.iter().filter_map(|value| request::from_name(value)).collect();
                let states: Vec<_> = values.iter().filter_map(|value| State::from_code(&code(value))).collect();
                let count = numbers.len() + states.len();
                (if states.is_empty() { OfReturn::Numbers(numbers) } else { OfReturn::States(states) }, count)
            }
            Operator::Reason => {
                let reasons: Vec<_> = values.iter().filter_map(|value| Reason::from_code(&code(value))).collect();
                let count = reasons.len();
                (OfReturn::Reasons(reasons), count)
            }
            Operator::Verdict => {
                let verdicts: Vec<_> = values.iter().filter_map(|value| ["within", "outside", "look"].into_iter().find(|v| *v == code(value))).collect();
                let count = verdicts.len();
                (OfReturn::Verdicts(verdicts), count)
            }
            _ => {
                let orders: Vec<_> = values.iter().map(|value| order::key(value)).filter(|key| !key.is_empty()).collect();
                let count = orders.len();
                (OfReturn::Orders(orders), count)
            }
        };
        if understood < values.len() {
            self.complain(&piece.typed, operator.example());
        }
        if understood > 0 {
            self.fact(What::Return(what), piece.without);
        }
    }

    /// What is asked of a field that the owner added.
    fn of_own(&mut self, key: &str, piece: &Piece) {
        let Some(field) = self.own.iter().find(|field| field.key == key) else { return };
        let values: Vec<String> = piece.values.iter().map(|(value, _)| value.trim().to_owned()).collect();
        if values.is_empty() {
            return self.complain(&piece.typed, format!("what “{}” was answered with comes after {key}:", words::own_label(field, "en")));
        }
        self.fact(What::Return(OfReturn::Own(field.clone(), values)), piece.without);
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
