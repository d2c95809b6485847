//! The thing that free words are about, by its name behind an article: "the vase Brume arrived chipped", "es geht um die Teekanne
//! Elbe", "les photos du vase". Only ever a suggestion: grammar is no knowledge of what the shop sells.

use super::sentences::{around, tokens};
use super::{codes, text, words};
use crate::return_request::fields::ITEM;
use crate::return_request::reading::Found;
use crate::return_request::reading::intent::{Lexicon, folded};

/// A name is no longer.
const NAME_WORDS_MAX: usize = 5;
/// Words before a name in which it is said that it is the matter: "es geht um", "the problem is".
const TOPIC_WORDS: usize = 3;
/// Words behind a name in which it is said that nothing is wrong with it.
const FINE_WORDS: usize = 6;
/// Words before a name in which the order stands that it was in: "order 10482, the mug".
const ORDER_WORDS: usize = 4;
/// Words between a picture and what it shows: "photos of", "foto's van".
const PICTURED_WORDS: usize = 2;
/// A shorter Swedish word is no noun with its article; a longer name begins no sentence.
const DEFINITE_BYTES_MIN: usize = 5;
const SUBJECT_WORDS_MAX: usize = 3;
/// Words before a name in which it is said which other one is not meant.
const INSTEAD_WORDS: usize = 8;
/// Words before and behind a name in which it is said that it came or was bought: "I ordered a mug", "die Vase kam gestern".
const CAME_BEFORE_WORDS: usize = 3;
const CAME_BEHIND_WORDS: usize = 6;
/// Broken, and large: "the broken blue vase" is a blue vase.
const SKIPPED_MAX: usize = 2;
/// More of a kind are no pieces of an order but days, or a year.
const PIECES_MAX: i32 = 10;
/// What speaks for a name: that it is called the matter, that its sentence complains, that it is a name at all, and that it came.
const TOPIC: u8 = 4;
const COMPLAINT: u8 = 3;
const NAMED: u8 = 2;
const CAME: u8 = 2;

struct Token<'t> {
    from: usize,
    said: &'t str,
    folded: String,
    /// Says what is wrong, alone or as the first of several words.
    complains: bool,
}

/// A name in the text: its first word and the one behind its last.
struct Name {
    first: usize,
    end: usize,
    weight: u8,
    /// More than that it is a name: it is the matter, it came, or its sentence is about it.
    told: bool,
}

pub fn find(whole: &str, lexicon: &Lexicon, language: Option<&str>) -> Option<Found> {
    let (from, to) = best(whole, lexicon, language)?;
    Some(text(ITEM, &whole[from..to], &around(whole, from, to), false))
}

/// The place of the name that most speaks for; of equals the first.
pub fn best(whole: &str, lexicon: &Lexicon, language: Option<&str>) -> Option<(usize, usize)> {
    let text = Text { whole, tokens: apart(whole, &codes::complaints(whole, lexicon)), language };
    let complains = |name: &Name| codes::reason(&around(whole, text.tokens[name.first].from, text.tokens[name.first].from), lexicon, language).is_some();
    let mut best: Option<Name> = None;
    for mut name in (0..text.tokens.len()).filter_map(|at| text.name_at(at)).filter(|name| name.weight > 0) {
        let complaint = complains(&name);
        name.weight += if complaint { COMPLAINT } else { 0 };
        if (complaint || name.told) && best.as_ref().is_none_or(|best| name.weight > best.weight) {
            best = Some(name);
        }
    }
    best.map(|name| (text.tokens[name.first].from, text.end(name.end - 1)))
}

/// Words with their places; an article with an apostrophe is a word of its own.
fn apart<'t>(whole: &'t str, complaints: &[(usize, usize)]) -> Vec<Token<'t>> {
    let mut apart = Vec::new();
    let token = |from: usize, said: &'t str| Token { from, said, folded: folded(said), complains: complaints.iter().any(|(first, _)| *first == from) };
    for (from, said) in tokens(whole) {
        let split = said.find(['\'', '’']).filter(|at| *at <= 4 && words::is("before_item", &folded(&said[..*at])));
        let behind = split.map(|at| at + said[at..].chars().next().map_or(1, char::len_utf8));
        if let (Some(at), Some(behind)) = (split, behind) {
            apart.push(token(from, &said[..at]));
            apart.push(token(from + behind, &said[behind..]));
        } else {
            apart.push(token(from, said));
        }
    }
    apart
}

struct Text<'t> {
    whole: &'t str,
    tokens: Vec<Token<'t>>,
    language: Option<&'t str>,
}

impl Text<'_> {
    /// The name that begins at a word or behind it.
    fn name_at(&self, at: usize) -> Option<Name> {
        let article = self.is("before_item", at) || self.counts(at);
        let first = if article || self.is("topic", at) { self.behind_adjectives(at + 1) } else { at };
        let begins = first > at || self.is_definite(at) || self.is_subject(at);
        let definite = first == at && self.is_definite(at);
        let end = match begins {
            true if definite => {
                (at + 1..self.end_of_name(at).max(at + 1)).find(|at| self.tokens[*at].said.starts_with(char::is_lowercase)).unwrap_or(self.end_of_name(at))
            }
            true => self.end_of_name(first),
            false => first,
        };
        if end <= first || (first..end).any(|at| self.is("no_item", at)) {
            return None;
        }
        let capitals = (first..end).filter(|at| self.tokens[*at].said.starts_with(char::is_uppercase)).count();
        // German writes every noun large, and a sentence begins so.
        let named = capitals >= if self.language == Some("de") || first == at { 2 } else { 1 };
        // Without an article, only a name.
        if first > at && !article && !named {
            return None;
        }
        let is_matter = self.is_matter(at, end, named, article);
        let came = self.came(at, end);
        let weight = if self.is_fine(end) || (at > 0 && self.is("denied", at - 1)) {
            0
        } else {
            1 + u8::from(named) * NAMED + u8::from(is_matter) * TOPIC + u8::from(came) * CAME
        };
        Some(Name { first, end, weight, told: is_matter || came || (article && self.starts(at)) || (first == at && self.starts(at)) })
    }

    /// Whether the words around say that a name is the matter: "it is about the bowl", "photos of the bowl", "not the mug, but the bowl".
    fn is_matter(&self, at: usize, end: usize, named: bool, article: bool) -> bool {
        let before = |steps: usize| at.saturating_sub(steps)..at;
        let together = |before: usize| (before..at).all(|at| self.joined(at, at + 1));
        let topic = self.is("topic", at) || before(TOPIC_WORDS).any(|before| self.is("topic", before) && together(before));
        let pictured = article && at > 0 && before(PICTURED_WORDS).any(|before| self.is("pictured", before) && together(before));
        let of_order = named && before(ORDER_WORDS).any(|order| self.is("order_number", order) && self.in_sentence(order, at));
        let instead = at > 0 && self.is("but_instead", at - 1) && before(INSTEAD_WORDS).any(|before| self.is("denied", before));
        let reclaimed = self.behind(end, FINE_WORDS).any(|at| self.is("matter", at));
        topic || pictured || of_order || instead || reclaimed || (article && self.is_identity(at))
    }

    /// "It's the bowl", "es el cuenco azul": what stands before an article says what it is.
    fn is_identity(&self, at: usize) -> bool {
        let Some(verb) = at.checked_sub(1).filter(|verb| self.joined(*verb, at)) else { return false };
        let begins = verb == 0 || self.starts(verb);
        self.is("it_is", verb) || (self.is("is_it", verb) && (begins || self.is("it", verb - 1)))
    }

    /// Whether it came or was bought, as the words of its clause say.
    fn came(&self, at: usize, end: usize) -> bool {
        let moves = |at: usize| self.is("arriving", at) || self.is("other_day", at);
        let before = (at.saturating_sub(CAME_BEFORE_WORDS)..at).any(|verb| moves(verb) && (verb..at).all(|at| self.joined(at, at + 1)));
        before || self.behind(end, CAME_BEHIND_WORDS).take_while(|at| self.joined(*at - 1, *at)).any(moves)
    }

    fn is_fine(&self, end: usize) -> bool {
        self.behind(end, FINE_WORDS).any(|at| self.is("fine", at)) && !self.behind(end, FINE_WORDS).any(|at| self.is("denied", at))
    }

    /// Swedish hangs its article on: "skålen gick sönder".
    fn is_definite(&self, at: usize) -> bool {
        let word = &self.tokens[at].folded;
        self.language == Some("sv")
            && word.len() >= DEFINITE_BYTES_MIN
            && ["en", "et", "an", "erna", "orna", "arna"].iter().any(|ending| word.ends_with(ending))
            && !self.is_function(at)
            && !self.is("no_definite", at)
    }

    /// "Mug arrived smashed": a sentence begins with it, and says what it did.
    fn is_subject(&self, at: usize) -> bool {
        let end = if self.starts(at) && !self.is_function(at) { self.end_of_name(at) } else { at };
        end > at
            && end - at <= SUBJECT_WORDS_MAX
            && end < self.tokens.len()
            && self.joined(end - 1, end)
            && (self.tokens[end].complains || ["arriving", "copula", "tells"].iter().any(|list| self.is(list, end)))
    }

    /// "Two mugs", "drei Becher"; a number at a line's beginning numbers an answer.
    fn counts(&self, at: usize) -> bool {
        let numbers_line = self.tokens[at].said.starts_with(|c: char| c.is_ascii_digit()) && self.starts(at);
        !numbers_line && words::number(&self.tokens[at].folded).is_some_and(|number| (2..=PIECES_MAX).contains(&number))
    }

    fn is_function(&self, at: usize) -> bool {
        let lists = ["ends_item", "before_item", "topic", "no_item", "arriving", "other_day", "denied", "hypothetical", "thanks", "tells", "it", "no_subject"];
        self.tokens[at].complains || lists.iter().any(|list| self.is(list, at)) || words::number(&self.tokens[at].folded).is_some()
    }

    /// Whether a sentence or a line begins with a word.
    fn starts(&self, at: usize) -> bool {
        at == 0 || self.whole[self.end(at - 1)..self.tokens[at].from].contains(['.', '!', '?', '\n', ':', '-', '–'])
    }

    fn behind_adjectives(&self, first: usize) -> usize {
        let goes_on = |at: usize| at + 1 < self.tokens.len() && self.tokens[at].complains && self.joined(at, at + 1);
        first + (first..first + SKIPPED_MAX).take_while(|at| goes_on(*at)).count()
    }

    /// The word behind a name's last.
    fn end_of_name(&self, first: usize) -> usize {
        let last = self.tokens.len().min(first + NAME_WORDS_MAX);
        let mut end = (first..last).find(|at| !self.goes_on(first, *at)).unwrap_or(last);
        while end > first && self.is("inside_item", end - 1) {
            end -= 1;
        }
        end
    }

    /// Whether a word is one of a name that began before it or with it.
    fn goes_on(&self, first: usize, at: usize) -> bool {
        let token = &self.tokens[at];
        let is_day = words::numbered("weekday", &token.folded, 0, 6).is_some() || words::numbered("month", &token.folded, 1, 12).is_some();
        let word = !is_day && token.folded.chars().any(char::is_alphabetic) && !token.said.contains(|c: char| c.is_ascii_digit() || matches!(c, '@' | '/'));
        let inner = self.is("inside_item", at) && !self.is("before_item", at + 1) && !self.is("no_item", at + 1);
        // A German noun ends with the next word that is written small.
        let small = |at: usize| self.tokens[at].said.starts_with(char::is_lowercase);
        let noun_is_over = self.language == Some("de") && at > first && small(at) && !small(at - 1);
        let ends = ["ends_item", "before_item", "topic", "arriving"].iter().any(|list| self.is(list, at)) || token.complains || noun_is_over;
        // The first follows its article, where it has one.
        let follows = at > first || (at > 0 && (self.is("before_item", at - 1) || self.is("topic", at - 1)));
        (!follows || self.joined(at - 1, at)) && word && (inner || !ends)
    }

    /// The words behind a name in its sentence.
    fn behind(&self, end: usize, reach: usize) -> impl Iterator<Item = usize> {
        (end..self.tokens.len().min(end + reach)).take_while(|at| !self.whole[self.end(*at - 1)..self.tokens[*at].from].contains(['.', '!', ';']))
    }

    fn is(&self, list: &str, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| words::is(list, &token.folded))
    }

    fn joined(&self, from: usize, to: usize) -> bool {
        let between = &self.whole[self.end(from)..self.tokens[to].from];
        !between.contains([',', ':', ';', '!', '?', '(', ')', '"', '–', '—']) && !between.contains(". ") && !between.contains("\n\n")
    }

    fn in_sentence(&self, from: usize, to: usize) -> bool {
        !self.whole[self.tokens[from].from..self.tokens[to].from].contains(". ")
    }

    fn end(&self, at: usize) -> usize {
        self.tokens[at].from + self.tokens[at].said.len()
    }
}
