//! "Tell me when it is back": a wish, and a consent where nothing leaves a doubt that its writer asks for such mail (PROMISES P68).

use super::mood::Moods;
use super::names;
use super::rules::{Class, Hit};
use super::said::Said;
use super::{Found, Known, Wished};
use crate::consent::Purpose;
use crate::lead::interest::Kind;
use std::ops::RangeInclusive;

/// A short sentence that takes back what stands before it: "Or rather not."
const TAKEN_BACK_WORDS: usize = 6;

/// The first sentence that asks to be told of a piece.
pub fn find(said: &Said, interests: &[Found]) -> Option<Wished> {
    let tell = asked(said).next()?;
    Some(Wished { sentence: said.sentence(tell.first, tell.last), features: interests.iter().map(|found| found.feature.clone()).collect() })
}

/// Requests to be told of a piece: not of the parcel, not in somebody else's words.
fn asked(said: &Said) -> impl Iterator<Item = &Hit> {
    said.of_class(Class::Tell).filter(|tell| {
        let sentence = said.words.sentence(tell.first);
        let names_it = [Class::Similar, Class::Again, Class::Alike].iter().any(|class| said.says(sentence, *class));
        names_it && !said.says(sentence, Class::State) && !said.is_denied(tell.first) && !said.is_quoted(tell) && !about_others(said)
    })
}

fn about_others(said: &Said) -> bool {
    said.of_class(Class::Stranger).next().is_some() || said.of_class(Class::Irony).next().is_some()
}

/// What they agree to, each with its sentence. Any doubt is none.
pub fn consents(said: &Said, known: &Known) -> Vec<(Purpose, String)> {
    let mut consents: Vec<(Purpose, String)> = Vec::new();
    let says_yes = |hit: &Hit| matches!(hit.class, Class::Tell | Class::Agrees(_));
    if !said.is_understood || !said.hits.iter().any(says_yes) || about_others(said) || said.repeats_words() {
        return consents;
    }
    let moods = Moods::of(said);
    let names: Vec<_> = names::find(said, known).into_iter().map(|name| name.first..=name.last).collect();
    let told = asked(said).filter_map(|tell| Some((Purpose::SimilarPieces, tell, told_of(said, &moods, tell)?)));
    let agreed = said.hits.iter().filter_map(|hit| if let Class::Agrees(purpose) = hit.class { Some((purpose, hit, agreed_to(said, hit)?)) } else { None });
    for (purpose, hit, span) in told.chain(agreed) {
        let certain = is_certain(said, hit) && span.clone().all(|at| is_plain(said, at, &names));
        if certain && !consents.iter().any(|(known, _)| *known == purpose) {
            consents.push((purpose, said.sentence(hit.first, hit.last)));
        }
    }
    consents
}

/// They want to be told of another piece, or of this one where no parcel, order or return of theirs could be what comes back: the
/// words from the asking to the piece, with the clauses that these stand in.
fn told_of(said: &Said, moods: &Moods, tell: &Hit) -> Option<RangeInclusive<usize>> {
    let sentence = said.words.sentence(tell.first);
    let similar = said.in_sentence(sentence, Class::Similar).next();
    let piece = similar.or_else(|| said.in_sentence(sentence, Class::Again).next().filter(|_| moods.is_plain()))?;
    let asks_for_it = !said.asks(sentence) || (similar.is_some() && said.says(sentence, Class::Modal));
    let clauses = said.clause(tell.first.min(piece.first))..=said.clause(tell.last.max(piece.last));
    (said.says(sentence, Class::When) && asks_for_it).then(|| words_of(said, clauses))
}

/// A condition behind it makes it none; a question is none, because "may I have your offers?" asks for an answer.
fn agreed_to(said: &Said, hit: &Hit) -> Option<RangeInclusive<usize>> {
    let sentence = said.words.sentence(hit.first);
    let tells = |before: usize| said.in_sentence(sentence, Class::Tell).any(|tell| tell.first > hit.first && tell.first < before);
    let conditional = said.in_sentence(sentence, Class::When).any(|when| when.first > hit.first && !tells(when.first));
    (!conditional && !said.asks(sentence)).then(|| words_of(said, said.clause(hit.first)..=said.clause(hit.last)))
}

fn words_of(said: &Said, clauses: RangeInclusive<usize>) -> RangeInclusive<usize> {
    let within = |at: &usize| clauses.contains(&said.clause(*at));
    let first = (0..said.words.len()).find(within).unwrap_or_default();
    let last = (0..said.words.len()).rfind(within).unwrap_or_default();
    first..=last
}

/// A word that cannot turn the sentence: "smettere", "Lucia" and "packed" are none.
fn is_plain(said: &Said, at: usize, names: &[RangeInclusive<usize>]) -> bool {
    let is_known = |hit: &Hit| matches!(hit.class, Class::Plain | Class::Feature(Kind::Medium | Kind::Colour | Kind::Size | Kind::Artist, _));
    let covers = |hit: &Hit| hit.first <= at && at <= hit.last;
    let named = |at: usize| names.iter().any(|name| name.contains(&at)) || names::is_after_more(said, at);
    named(at) || said.hits.iter().any(|hit| is_known(hit) && covers(hit))
}

/// Nothing in the sentence denies, doubts or sets a condition, nobody else is spoken of, and the next sentence does not take it back.
fn is_certain(said: &Said, hit: &Hit) -> bool {
    let sentence = said.words.sentence(hit.first);
    let words = &said.words;
    let denies = said.says(sentence, Class::Denies);
    let doubts = [Class::Doubt, Class::Third, Class::State].iter().any(|class| said.says(sentence, *class));
    let others_before = sentence > 0 && said.says(sentence - 1, Class::Third);
    let is_short = words.sentence_words(sentence + 1) <= TAKEN_BACK_WORDS;
    let taken_back = is_short && said.says(sentence + 1, Class::Denies);
    !denies && !doubts && !others_before && !taken_back && !said.is_quoted(hit)
}
