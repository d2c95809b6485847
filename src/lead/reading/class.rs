//! What a rule's words speak for.

use crate::consent::Purpose;
use crate::lead::interest::Kind;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Feature(Kind, &'static str),
    /// "Do you have", "I love": what is named near by is liked or looked for.
    Wants,
    /// "I bought", "thank you for": what is named next is had already.
    Had,
    /// "Send back", "arrived broken", "my parcel", "are you open": nothing in this clause is looked for.
    Elsewhere,
    /// "No hurry": denies nothing.
    Calm,
    /// An order: what is told of may be that.
    Order,
    /// "Not", "without": nothing in this clause is liked.
    Denies,
    /// "No longer there": denies that it can be had, not that it is liked.
    Spent,
    /// "But", which begins another clause without a comma.
    But,
    /// "Up to", "under": the sum beside it is the most they would pay.
    Budget,
    /// "Too big": a size that is not wanted.
    WrongSize,
    /// "Something", "one": what a size may belong to, beside a medium.
    Thing,
    /// A wall, a sofa: its colour is not what they look for.
    Wall,
    /// "By", before a name.
    By,
    /// "Let me know": asks to be told.
    Tell,
    /// "Could you": a question that asks for it.
    Modal,
    /// "When", "as soon as".
    When,
    /// "When you have something similar", "as soon as new prints come in": another piece, beyond doubt.
    Similar,
    /// "New", "another", "one that fits": likely a piece.
    Alike,
    /// "It is back": may be a piece, or what was sent in.
    Again,
    /// The parcel, the refund, the exhibition: telling of it is part of the answer to their mail.
    State,
    /// Agrees by itself, in full words.
    Agrees(Purpose),
    /// "Yes", "in stock": what is told of in this sentence is a piece.
    Stock,
    /// "Sold out", "missed it": so it is in the letter.
    Gone,
    /// "Another", before a name.
    More,
    /// "Maybe", "only if", "used to": no certain yes.
    Doubt,
    /// "My husband", "a friend": not the writer.
    Third,
    /// "Says", "wants": beside somebody else, whose wish follows.
    Reports,
    /// "Tell me": in a question it may ask for a day.
    Say,
    /// "Again", "back": it was to be had before.
    Returns,
    /// "But", "now", at the beginning of a sentence: turns what stands before it.
    Now,
    /// "Even more of those mails": sarcasm; nothing in the letter is a yes.
    Irony,
    /// "My CV", "our company offers": no customer writes.
    Stranger,
    /// Asks for no more mail, in full words.
    Stop,
    /// Asks for it as a subject or a letter of one word.
    StopWord,
    /// "Please", "thanks": may stand beside it.
    Polite,
    /// An order, a shelf, a question: what is to be stopped or removed is no mail.
    StopNot,
    /// "We live in", before a country.
    Lives,
    Country(&'static str),
}

const CLASSES: &[(&str, Class)] = &[
    ("wants", Class::Wants),
    ("had", Class::Had),
    ("elsewhere", Class::Elsewhere),
    ("calm", Class::Calm),
    ("order", Class::Order),
    ("denies", Class::Denies),
    ("spent", Class::Spent),
    ("but", Class::But),
    ("budget", Class::Budget),
    ("wrong_size", Class::WrongSize),
    ("thing", Class::Thing),
    ("wall", Class::Wall),
    ("by", Class::By),
    ("tell", Class::Tell),
    ("modal", Class::Modal),
    ("when", Class::When),
    ("similar", Class::Similar),
    ("alike", Class::Alike),
    ("again", Class::Again),
    ("state", Class::State),
    ("stock", Class::Stock),
    ("gone", Class::Gone),
    ("more", Class::More),
    ("doubt", Class::Doubt),
    ("third", Class::Third),
    ("reports", Class::Reports),
    ("say", Class::Say),
    ("returns", Class::Returns),
    ("now", Class::Now),
    ("irony", Class::Irony),
    ("stranger", Class::Stranger),
    ("stop", Class::Stop),
    ("stop_word", Class::StopWord),
    ("polite", Class::Polite),
    ("stop_not", Class::StopNot),
    ("lives", Class::Lives),
];

/// The class that a line names, with its value.
pub fn class_of(name: &'static str, value: &'static str) -> Option<Class> {
    match name {
        "country" => return Some(Class::Country(value)),
        "agrees" => return Purpose::from_code(value).map(Class::Agrees),
        _ => {}
    }
    let named = CLASSES.iter().find(|(known, _)| *known == name).map(|(_, class)| *class);
    named.or_else(|| Kind::from_code(name).map(|kind| Class::Feature(kind, value)))
}
