//! The day on which it arrived: a date or "three days ago", in a sentence that speaks of arriving.

mod calendar;
mod day;

use super::found;
use super::sentences::{around, tokens};
use super::words;
use crate::return_request::fields::{DELIVERED_ON, Value};
use crate::return_request::reading::Found;
use crate::return_request::reading::intent::folded;
use day::Day;
use jiff::civil::Date;

/// Words around a day in which the cue may stand.
const CUE_WORDS: usize = 9;
/// A comma or an "and" takes a word further away than so many words would.
const COMMA_STEPS: usize = 3;
/// Words around the arriving in which a letter, not a parcel, is what arrived.
const MAIL_WORDS: usize = 4;
/// Words around a day in which it is said that it was planned, or that others say so.
const PLAN_WORDS: usize = 5;
/// Words before a day in which its writer says that they are not sure, and in which it is called a rough one.
const BELIEF_WORDS: usize = 8;
const ABOUT_WORDS: usize = 2;
/// Words behind a day in which it is put right.
const CORRECTED_WORDS: usize = 14;

/// Words before a day in which it is called what was said before.
const SAID_WORDS: usize = 5;
/// How far "a week ago" may lie from the day that is meant.
const ROUGH_DAYS: i32 = 3;

/// When a letter was written, and in what.
#[derive(Clone, Copy)]
pub struct Today<'a> {
    pub date: Date,
    /// English has two orders of day and month.
    pub language: Option<&'a str>,
}

/// A word that speaks of arriving, and how far from a day it stands.
struct Cue {
    steps: usize,
    at: usize,
}

/// A text as tokens, each also as it is compared.
struct Text<'t> {
    whole: &'t str,
    tokens: Vec<(usize, &'t str)>,
    words: Vec<String>,
}

/// The delivery day that a text states; not certain where it states two.
pub fn delivered(whole: &str, today: Today) -> Option<Found> {
    let text = Text::of(whole);
    let told = |(at, day): (usize, Day)| text.is_delivery(at, day.length).map(|cue| (cue, at, day));
    let mut days: Vec<(Cue, usize, Day)> = text.days(today).into_iter().filter_map(told).collect();
    days.sort_by_key(|(cue, ..)| cue.steps);
    // "My order of the 2nd arrived on the 17th": one arriving has one day.
    let arrivals: Vec<usize> = days.iter().map(|(cue, ..)| cue.at).collect();
    let mut days = days.into_iter().enumerate().filter(|(n, (cue, ..))| !arrivals[..*n].contains(&cue.at)).map(|(_, day)| day);
    let (_, at, day) = days.next()?;
    // "It came on the 15th, sorry, I meant the 17th": the other day says nothing of arriving.
    let other = text.days(today).into_iter().filter(|(other, _)| *other > at && other - at <= CORRECTED_WORDS && !text.is_denied(*other));
    let corrected = { other }.rfind(|(other, _)| {
        text.was_said_before(at, *other) || text.is_so_after_all(at, *other) || (at..*other).any(|word| words::is("corrected", text.word(word)))
    });
    let only = days.all(|(.., other)| other.date == day.date) && corrected.is_none() && !text.is_doubtful(at, day.length);
    let (at, day) = corrected.unwrap_or((at, day));
    let (from, to) = text.place(at, day.length);
    Some(found(DELIVERED_ON, Value::Date(day.date), &around(whole, from, to), only && day.certain))
}

/// What stands where the day was asked for: no word has to say that it is the delivery. False: it may be another.
pub fn answer(said: &str, today: Today) -> Option<(Date, bool)> {
    let text = Text::of(said);
    let mut days = text.days(today);
    if days.iter().any(|(at, _)| !text.is_denied(*at)) {
        days.retain(|(at, _)| !text.is_denied(*at));
    }
    // "A week ago, on the 19th": of a rough day and an exact one near it, the exact one is meant.
    let exact = |rough: Date| days.iter().any(|(_, day)| day.certain && rough.until(day.date).is_ok_and(|span| span.get_days().abs() <= ROUGH_DAYS));
    let rough: Vec<Date> = days.iter().filter(|(_, day)| !day.certain && exact(day.date)).map(|(_, day)| day.date).collect();
    days.retain(|(_, day)| day.certain || !rough.contains(&day.date));
    let (first, last) = (days.first()?, days.last()?);
    // "I told you Monday, but I got that wrong: it was the 18th."
    let taken_back = text.was_said_before(first.0, last.0);
    let corrected = taken_back || (first.0..last.0).any(|word| words::is("corrected", text.word(word)));
    let (at, day) = if corrected { last } else { first };
    let only = taken_back || days.iter().all(|(_, other)| other.date == days[0].1.date);
    Some((day.date, only && day.certain && !text.is_doubtful(*at, day.length)))
}

/// The only day in an answer to a letter that asked for it, where nothing says that it is another one; a suggestion, too.
pub fn only(whole: &str, today: Today) -> Option<Found> {
    let text = Text::of(whole);
    let [(at, day)] = text.days(today)[..] else { return None };
    let near = |list: &str| text.nearest(at, day.length, CUE_WORDS, |other| words::is(list, text.word(other))).is_some();
    let (from, to) = text.place(at, day.length);
    let other = text.is_denied(at) || near("other_day") || near("planned") || near("mail") || near("not_arriving");
    (!other).then(|| found(DELIVERED_ON, Value::Date(day.date), &around(whole, from, to), false))
}

/// A line or a clause that is nothing but a day, in an answer to a letter that asked for it; a suggestion, since no word says what it is.
pub fn alone(whole: &str, today: Today) -> Option<Found> {
    let is_day = |line: &str| {
        let text = Text::of(line);
        text.days(today).into_iter().next().filter(|(_, day)| text.tokens.len() <= day.length + 1).map(|(_, day)| day.date)
    };
    let mut days = whole.split(['\n', ',', ';']).filter_map(|line| is_day(line).map(|day| (line, day)));
    let (line, day) = days.next()?;
    days.all(|(_, other)| other == day).then(|| found(DELIVERED_ON, Value::Date(day), line.trim(), false))
}

impl<'t> Text<'t> {
    fn of(whole: &'t str) -> Text<'t> {
        let tokens = tokens(whole);
        let words = tokens.iter().map(|(_, token)| folded(token)).collect();
        Text { whole, tokens, words }
    }

    fn days(&self, today: Today) -> Vec<(usize, Day)> {
        let (mut days, mut at) = (Vec::new(), 0);
        while at < self.tokens.len() {
            let day = self.day_at(at, today);
            let length = day.as_ref().map_or(1, |day| day.length);
            days.extend(day.map(|day| (at, day)));
            at += length;
        }
        days
    }

    fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", String::as_str)
    }

    /// The bytes of some words.
    fn place(&self, at: usize, length: usize) -> (usize, usize) {
        let (last_from, last) = self.tokens[at + length - 1];
        (self.tokens[at].0, last_from + last.len())
    }

    /// Whether two places stand in one sentence; the dot of "18.11." ends none.
    fn joined(&self, from: usize, to: usize) -> bool {
        let between = self.whole.get(from..to).unwrap_or_default();
        let stop = |(at, c): (usize, char)| {
            let behind = &between[at + c.len_utf8()..];
            let shortened = || {
                let word = folded(self.whole[..from + at].rsplit(char::is_whitespace).next().unwrap_or_default());
                words::is("shortened", &word) || words::numbered("month", &word, 1, 12).is_some() || word.ends_with(|c: char| c.is_ascii_digit())
            };
            matches!(c, '!' | '?' | ';') || (c == '.' && behind.starts_with(char::is_whitespace) && !shortened()) || (c == '\n' && behind.starts_with('\n'))
        };
        !between.char_indices().any(stop)
    }

    /// How far from the words of a day a word of the sentence stands; a comma takes it further away.
    fn steps(&self, other: usize, at: usize, length: usize) -> Option<usize> {
        let (steps, from, to) = if other < at {
            (at - other, self.place(other, 1).1, self.tokens[at].0)
        } else {
            (other - at - length + 1, self.place(at, length).1, self.tokens[other].0)
        };
        let between = if other < at { other + 1..at } else { at + length..other };
        let little = between.clone().filter(|word| words::is("article", self.word(*word))).count();
        let apart = self.whole.get(from..to).is_some_and(|between| between.contains(',')) || between.into_iter().any(|word| words::is("and", self.word(word)));
        self.joined(from, to).then_some(steps - little + if apart { COMMA_STEPS } else { 0 })
    }

    /// The nearest word around a day that fits, and how far it is.
    fn nearest(&self, at: usize, length: usize, reach: usize, fits: impl Fn(usize) -> bool) -> Option<Cue> {
        let near = at.saturating_sub(reach)..(at + length + reach).min(self.words.len());
        let fitting = near.filter(|other| (*other < at || *other >= at + length) && fits(*other));
        fitting.filter_map(|other| self.steps(other, at, length).map(|steps| Cue { steps, at: other })).min_by_key(|cue| cue.steps)
    }

    /// Whether the words around speak of arriving, and none nearer of anything else; how near they stand.
    fn is_delivery(&self, at: usize, length: usize) -> Option<Cue> {
        let of_order = at >= 2 && words::is("of_day", self.word(at - 1)) && words::is("order_noun", self.word(at - 2));
        if of_order || self.is_denied(at) {
            return None;
        }
        let arriving = self.nearest(at, length, CUE_WORDS, |other| self.is_arriving(other))?;
        let planned = self.nearest(at, length, PLAN_WORDS, |other| words::is("planned", self.word(other)));
        let other = self.nearest(at, length, CUE_WORDS, |other| words::is("other_day", self.word(other)) && !self.is_order_noun(other, at));
        // "Should have come on the 19th": the plan stands in the same clause.
        (planned.is_none_or(|planned| planned.steps > PLAN_WORDS) && other.is_none_or(|other| arriving.steps <= other.steps)).then_some(arriving)
    }

    /// Whether a word says that a parcel came: not a letter, and nobody home.
    fn is_arriving(&self, at: usize) -> bool {
        // "Bought" is nearly "brought".
        let arrives = words::is("arriving", self.word(at)) || (words::is_nearly("arriving", self.word(at)) && !words::is("other_day", self.word(at)));
        arrives && !self.is_of_mail(at) && !words::is("not_arriving", self.word(at + 1))
    }

    /// "not the 19th", "nicht am 19."
    fn is_denied(&self, at: usize) -> bool {
        let passed = |word: &str| ["article", "was_it"].iter().any(|list| words::is(list, word)) || words::numbered("weekday", word, 0, 6).is_some();
        let before = (0..at).rev().take(4).find(|before| !passed(self.word(*before)));
        let together = |before: usize| !self.whole[self.place(before, 1).1..self.tokens[at].0].contains([',', ':', ';']);
        before.is_some_and(|before| (words::is("denied", self.word(before)) || self.word(before) == "no") && together(before))
    }

    /// "I wrote Monday, but it was Tuesday": of two days the first is the one that was said before.
    fn was_said_before(&self, first: usize, last: usize) -> bool {
        let said = (first.saturating_sub(SAID_WORDS)..first).any(|word| words::is("said_before", self.word(word)));
        said && (first..last).any(|word| words::is("but_instead", self.word(word)))
    }

    /// "According to the tracking on the 20th, but it was actually the 21st".
    fn is_so_after_all(&self, first: usize, last: usize) -> bool {
        let actually = (last.saturating_sub(BELIEF_WORDS)..last).any(|word| word > first && words::is("actually", self.word(word)));
        actually && (first.saturating_sub(PLAN_WORDS)..first).any(|word| words::is("hearsay", self.word(word)))
    }

    /// "I got order AT-10971 on Friday" speaks of an order, not of ordering.
    fn is_order_noun(&self, other: usize, at: usize) -> bool {
        let numbered = || other + 1 != at && self.words.get(other + 1).is_some_and(|next| next.len() > 2 && next.contains(|c: char| c.is_ascii_digit()));
        let named = || other > 0 && words::is("determiner", self.word(other - 1));
        words::is("order_noun", self.word(other)) && (named() || numbered())
    }

    /// "I got your mail yesterday": no parcel.
    fn is_of_mail(&self, cue: usize) -> bool {
        let beside = |other: usize| {
            let (first, last) = (other.min(cue), other.max(cue));
            !self.whole[self.place(first, 1).1..self.tokens[last].0].contains([',', ':', ';', '.', '\n'])
        };
        (cue.saturating_sub(MAIL_WORDS)..(cue + MAIL_WORDS + 1).min(self.words.len())).any(|other| words::is("mail", self.word(other)) && beside(other))
    }

    /// "I think it was Thursday", "according to the carrier".
    fn is_doubtful(&self, at: usize, length: usize) -> bool {
        let near = |other: usize| self.joined(self.place(other, 1).1, self.tokens[at].0);
        let before = |list: &str, reach: usize| (at.saturating_sub(reach)..at).any(|other| words::is(list, self.word(other)) && near(other));
        // "On the 19th or the 20th".
        let or = |at: usize| words::is("or", self.word(at)) || matches!(self.word(at), "ou" | "o" | "of");
        let beside_or = or(at + length) || (at.saturating_sub(ABOUT_WORDS)..at).any(or);
        beside_or
            || before("about", ABOUT_WORDS)
            || before("belief", BELIEF_WORDS)
            || self.nearest(at, length, PLAN_WORDS, |other| words::is("hearsay", self.word(other))).is_some()
    }
}
