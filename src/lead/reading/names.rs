//! Names of artists and titles: those that the shop knows, and others where the words around them leave no doubt ("etchings by
//! Odile Marchetti", a title in quotation marks).

use super::known::{Known, Named};
use super::rules::{Class, Hit};
use super::said::Said;
use crate::lead::interest::Kind;

/// Words before a "by" in which the work must be named.
const WORK_WORDS: usize = 4;
const NAME_WORDS_MAX: usize = 4;
const TITLE_WORDS_MAX: usize = 6;
/// Within a name, in small letters.
const PARTICLES: &[&str] = &["van", "von", "de", "der", "den", "di", "da", "do", "dos", "das", "del", "della", "le", "la", "af", "el", "zu", "ten", "ter"];
/// Places begin so, and what people are called.
#[rustfmt::skip]
const NO_NAMES: &[&str] = &[
    "new", "san", "santa", "saint", "st", "los", "las", "rio", "monte", "mont", "buenos", "notre", "north", "south", "east", "west", "great", "nord", "nova",
    "nueva", "nouvelle", "bad", "mr", "mrs", "ms", "dr", "herr", "frau", "monsieur", "madame", "senor", "senora", "signor", "signora", "i", "the", "a",
    "der", "die", "das", "ein", "eine", "le", "la", "les", "un", "une", "el", "una", "il", "lo", "o", "os", "as", "um", "uma", "de", "het", "een", "den", "det",
    "en", "ett",
];

pub fn find(said: &Said, known: &Known) -> Vec<Named> {
    let mut names = known.find(said);
    let guesses = said.of_class(Class::By).filter_map(|by| after_by(said, by)).chain(before_works(said)).chain(after_liking(said));
    let guesses: Vec<Named> = guesses.chain(quoted_titles(said)).collect();
    for name in guesses {
        add(&mut names, name);
    }
    let titles: Vec<Named> = names.iter().filter(|name| name.kind == Kind::Artist).filter_map(|artist| title_before(said, artist)).collect();
    titles.into_iter().for_each(|title| add(&mut names, title));
    names
}

fn add(names: &mut Vec<Named>, name: Named) {
    if !names.iter().any(|known| known.first <= name.last && name.first <= known.last) {
        names.push(name);
    }
}

/// "Anything by Edith Carrow", "aquarelles de Lucien Fabrègue".
fn after_by(said: &Said, by: &Hit) -> Option<Named> {
    let work = |hit: &Hit| {
        matches!(hit.class, Class::Thing | Class::More | Class::Feature(Kind::Medium, _)) && hit.last < by.first && by.first - hit.last <= WORK_WORDS
    };
    let sentence = said.words.sentence(by.first);
    let of_work = said.hits.iter().any(|hit| work(hit) && said.words.sentence(hit.first) == sentence);
    let of_title = by.first > 0 && said.words.sentence(by.first - 1) == sentence && is_capital(said, by.first - 1);
    if of_work || of_title { artist(said, by.last + 1, false) } else { None }
}

/// "Elvira Tranströms akvareller", "a Georgia Vance lithograph".
fn before_works(said: &Said) -> impl Iterator<Item = Named> {
    said.hits.iter().filter(|hit| matches!(hit.class, Class::Feature(Kind::Medium, _))).filter_map(|work| {
        let first = work.first.checked_sub(2).filter(|first| said.words.sentence(*first) == said.words.sentence(work.first))?;
        let begins = first == 0 || said.words.sentence(first - 1) != said.words.sentence(first);
        let name = artist(said, first, true).filter(|name| name.last + 1 == work.first)?;
        let is_genitive = name.value != original(said, name.first, name.last);
        (is_genitive || (!begins && said.tongues == super::rules::bit("en"))).then_some(name)
    })
}

/// "I have always admired Margit Olander".
fn after_liking(said: &Said) -> impl Iterator<Item = Named> {
    said.of_class(Class::Wants).filter_map(|liking| artist(said, liking.last + 1, false))
}

/// Two words or more that are written as names, from a place on.
fn artist(said: &Said, first: usize, genitive: bool) -> Option<Named> {
    let is_name = |at: usize| is_capital(said, at) && (!is_rule(said, at) || is_colour(said, at));
    if !is_name(first) || is_rule(said, first) || said.words.get(first).is_some_and(|word| NO_NAMES.contains(&word)) {
        return None;
    }
    let mut last = first;
    while last - first + 1 < NAME_WORDS_MAX && follows(said, last + 1) {
        let next = last + 1;
        if is_name(next) {
            last = next;
        } else if said.words.get(next).is_some_and(|word| PARTICLES.contains(&word)) && follows(said, next + 1) && is_name(next + 1) {
            last = next + 1;
        } else {
            break;
        }
    }
    let written = original(said, first, last);
    let value = if genitive { written.trim_end_matches("'s").trim_end_matches("’s").trim_end_matches(['s', '\'', '’']) } else { written };
    (last > first).then(|| Named { kind: Kind::Artist, value: value.to_owned(), first, last })
}

/// "Another Petra Lindqvist": a word of a name that follows such a word.
pub fn is_after_more(said: &Said, at: usize) -> bool {
    let begins = |hit: &Hit| matches!(hit.class, Class::More | Class::By);
    said.hits.iter().filter(|hit| begins(hit)).any(|hit| {
        let first = hit.last + 1;
        let alone = at == first && is_capital(said, at) && !is_rule(said, at);
        alone || artist(said, first, false).is_some_and(|name| (name.first..=name.last).contains(&at))
    })
}

/// Words that are written as a name, here and in the subject: "Re: Fogbound", "tell me when Fogbound is back".
pub fn in_subject(said: &Said, subject: &str) -> impl Iterator<Item = usize> {
    let named = move |at: &usize| is_capital(said, *at) && subject.split(|c: char| !c.is_alphanumeric()).any(|word| word == original(said, *at, *at));
    (0..said.words.len()).filter(named)
}

/// What stands in quotation marks and begins with a capital.
fn quoted_titles(said: &Said) -> impl Iterator<Item = Named> {
    said.quoted.iter().filter_map(|quoted| {
        let title = said.words.text()[quoted.clone()].trim_matches(|c: char| !c.is_alphanumeric());
        let fits = title.starts_with(char::is_uppercase) && title.split_whitespace().count() <= TITLE_WORDS_MAX && !title.contains(['.', '?', '!', ':']);
        let first = said.word_at(quoted.start + said.words.text()[quoted.clone()].find(title)?)?;
        let last = said.word_at(quoted.end - 1)?;
        fits.then(|| Named { kind: Kind::Title, value: title.to_owned(), first, last })
    })
}

/// "Evening Tide" in "Evening Tide by Hester Moll".
fn title_before(said: &Said, artist: &Named) -> Option<Named> {
    let by = said.of_class(Class::By).find(|by| by.last + 1 == artist.first)?;
    let last = by.first.checked_sub(1)?;
    let mut first = by.first;
    while first > 0 && last - (first - 1) < TITLE_WORDS_MAX && is_capital(said, first - 1) && follows(said, first) {
        first -= 1;
    }
    // The first word of a sentence has its capital anyway.
    let begins = first == 0 || said.words.sentence(first - 1) != said.words.sentence(first);
    let fits = first < last && !begins && !(first..=last).any(|at| is_rule(said, at) && first + 1 >= last);
    fits.then(|| Named { kind: Kind::Title, value: original(said, first, last).to_owned(), first, last })
}

/// Only a blank or a hyphen stands before a word.
fn follows(said: &Said, at: usize) -> bool {
    if at >= said.words.len() || at == 0 {
        return false;
    }
    let (end, start) = (said.words.place(at - 1, at - 1).1, said.words.place(at, at).0);
    matches!(&said.words.text()[end..start], " " | "-" | "'" | "’" | "\u{a0}")
}

fn is_capital(said: &Said, at: usize) -> bool {
    at < said.words.len() && original(said, at, at).starts_with(char::is_uppercase) && original(said, at, at).chars().count() > 1
}

/// A word of ours, in German written with a capital.
fn is_rule(said: &Said, at: usize) -> bool {
    said.hits.iter().any(|hit| matches!(hit.class, Class::Feature(kind, _) if kind != Kind::Artist) && hit.first <= at && at <= hit.last)
}

/// People are called Black, Neri and Grün.
fn is_colour(said: &Said, at: usize) -> bool {
    said.hits.iter().any(|hit| matches!(hit.class, Class::Feature(Kind::Colour, _)) && hit.first <= at && at <= hit.last)
}

fn original(said: &Said, first: usize, last: usize) -> &str {
    let (from, to) = said.words.place(first, last);
    &said.words.text()[from..to]
}
