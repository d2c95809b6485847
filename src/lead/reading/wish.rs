//! "Tell me when it is back": a wish, and a consent where nothing leaves a doubt that its writer asks for such mail (PROMISES P68).

use super::mood::Moods;
use super::names;
use super::rules::{Class, Hit, Rules};
use super::said::Said;
use super::{Found, Known, Wished};
use crate::consent::Purpose;
use crate::lead::interest::Kind;
use crate::return_request::reading::Words;
use std::ops::RangeInclusive;

/// First words of the next sentence that may take back what stands before it: "Or rather not."
const TAKEN_BACK_WORDS: usize = 4;

/// "Drat. Let me know if it comes back."
const FEW_WORDS: usize = 4;
const SUBJECT_BYTES_MAX: usize = 200;
/// Boxes of a form that was copied into the letter.
const BOXES: &[&str] = &["[ ]", "[]", "[x]", "[X]", "☐", "☑", "☒"];

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
        // "Thanks for the delivery, tell me when you have something similar": what is similar is no parcel.
        let span = said.in_sentence(sentence, Class::Similar).next().map_or(all_of(said, sentence), |similar| span(said, tell, similar));
        let of_state = said.in_sentence(sentence, Class::State).any(|state| span.contains(&state.first));
        names_it && !of_state && !said.is_denied(tell.first) && !said.is_quoted(tell) && !about_others(said)
    })
}

/// The clauses from one to the other.
fn span(said: &Said, one: &Hit, other: &Hit) -> RangeInclusive<usize> {
    words_of(said, said.clause(one.first.min(other.first))..=said.clause(one.last.max(other.last)))
}

fn about_others(said: &Said) -> bool {
    said.of_class(Class::Stranger).next().is_some() || said.of_class(Class::Irony).next().is_some()
}

fn is_form(said: &Said) -> bool {
    BOXES.iter().any(|mark| said.words.text().contains(mark))
}

/// What they agree to, each with its sentence. Any doubt is none.
pub fn consents(said: &Said, known: &Known, subject: &str) -> Vec<(Purpose, String)> {
    let mut consents: Vec<(Purpose, String)> = Vec::new();
    let says_yes = |hit: &Hit| matches!(hit.class, Class::Tell | Class::Agrees(_));
    if !said.is_understood || !said.hits.iter().any(says_yes) || about_others(said) || said.repeats_words() || is_form(said) {
        return consents;
    }
    let moods = Moods::of(said);
    let about_order = is_about_order(said, subject);
    let mut names: Vec<_> = names::find(said, known).into_iter().map(|name| name.first..=name.last).collect();
    names.extend(names::in_subject(said, subject).map(|at| at..=at));
    let told = asked(said).filter_map(|tell| Some((Purpose::SimilarPieces, tell, told_of(said, &moods, tell, about_order)?)));
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
/// words from the asking to the piece, with the clauses that these stand in; the whole sentence where the piece is an "it".
fn told_of(said: &Said, moods: &Moods, tell: &Hit, about_order: bool) -> Option<RangeInclusive<usize>> {
    let sentence = said.words.sentence(tell.first);
    if let Some(similar) = said.in_sentence(sentence, Class::Similar).next() {
        let span = span(said, tell, similar);
        // "Can you tell me when you will have some?" asks for a day.
        let asks_for_it = !said.asks(sentence) || (said.says(sentence, Class::Modal) && !said.says(sentence, Class::Say));
        let conditions = said.in_sentence(sentence, Class::When).any(|when| !span.contains(&when.first) && !is_yes(said, when));
        return (said.says(sentence, Class::When) && asks_for_it && !conditions).then_some(span);
    }
    let again = said.says(sentence, Class::Again) && said.says(sentence, Class::Returns) && said.says(sentence, Class::When);
    let clear = moods.is_plain() && !about_order && is_of_a_piece(said, sentence) && !said.asks(sentence);
    (again && clear).then(|| all_of(said, sentence))
}

/// "Sí, …" is written like an "if", and so is the French please.
fn is_yes(said: &Said, when: &Hit) -> bool {
    let is_please = |hit: &Hit| hit.class == Class::Polite && hit.first == when.first && hit.last > when.last;
    said.hits.iter().any(is_please) || when.last + 1 >= said.words.len() || said.clause(when.last + 1) != said.clause(when.first)
}

/// "Order 90412", "Retour 118": what comes back may be that.
fn is_about_order(said: &Said, subject: &str) -> bool {
    let words = Words::of("", subject, SUBJECT_BYTES_MAX, |word| word);
    let hits = Rules::ready().hits(&words, said.tongues);
    subject.contains(|c: char| c.is_ascii_digit()) || hits.iter().any(|hit| matches!(hit.class, Class::Elsewhere | Class::Had | Class::State))
}

/// "It" may be anything, unless they answer with a yes, speak of stock, name a piece, or say nothing else.
fn is_of_a_piece(said: &Said, sentence: usize) -> bool {
    let elsewhere = (0..said.words.len()).filter(|at| said.words.sentence(*at) != sentence).count();
    let names_one = |hit: &Hit| matches!(hit.class, Class::Gone | Class::Feature(Kind::Medium | Kind::Artist, _));
    let said_yes = || sentence > 0 && said.says(sentence - 1, Class::Stock) && all_of(said, sentence - 1).all(|at| is_plain(said, at, &[]));
    said.says(sentence, Class::Stock) || elsewhere <= FEW_WORDS || said_yes() || said.hits.iter().any(names_one)
}

/// A condition makes it none; so does a question, because "may I have your offers?" asks for an answer. No word of the sentence may
/// turn it: "send me your offers, my stove needs paper".
fn agreed_to(said: &Said, hit: &Hit) -> Option<RangeInclusive<usize>> {
    let sentence = said.words.sentence(hit.first);
    let tells = said.says(sentence, Class::Tell);
    let conditional = said.in_sentence(sentence, Class::When).any(|when| !tells && !is_yes(said, when));
    (!conditional && !said.asks(sentence) && !said.says(sentence, Class::State)).then(|| all_of(said, sentence))
}

fn all_of(said: &Said, sentence: usize) -> RangeInclusive<usize> {
    let within = |at: &usize| said.words.sentence(*at) == sentence;
    (0..said.words.len()).find(within).unwrap_or_default()..=(0..said.words.len()).rfind(within).unwrap_or_default()
}

fn words_of(said: &Said, clauses: RangeInclusive<usize>) -> RangeInclusive<usize> {
    let within = |at: &usize| clauses.contains(&said.clause(*at));
    let first = (0..said.words.len()).find(within).unwrap_or_default();
    let last = (0..said.words.len()).rfind(within).unwrap_or_default();
    first..=last
}

/// A word that cannot turn the sentence: "smettere", "Lucia" and "packed" are none.
fn is_plain(said: &Said, at: usize, names: &[RangeInclusive<usize>]) -> bool {
    let is_known = |hit: &Hit| matches!(hit.class, Class::Feature(Kind::Medium | Kind::Colour | Kind::Size | Kind::Artist, _));
    let covers = |hit: &Hit| hit.first <= at && at <= hit.last;
    let named = |at: usize| names.iter().any(|name| name.contains(&at)) || names::is_after_more(said, at);
    let plain = said.words.get(at).is_some_and(|word| Rules::ready().is_plain(word, said.tongues));
    plain || named(at) || said.hits.iter().any(|hit| is_known(hit) && covers(hit))
}

/// Nothing in the sentence denies, doubts or sets a condition, nobody else is spoken of, and the next sentence does not take it back.
fn is_certain(said: &Said, hit: &Hit) -> bool {
    let sentence = said.words.sentence(hit.first);
    let doubts = [Class::Doubt, Class::Third].iter().any(|class| said.says(sentence, *class));
    // "Non appena" and "no hurry" deny nothing; whatever else says "not" does, if only that it is gone.
    let harmless =
        |denial: &Hit| said.hits.iter().any(|hit| matches!(hit.class, Class::When | Class::Calm) && hit.first <= denial.first && denial.last <= hit.last);
    let denies = said.in_sentence(sentence, Class::Denies).any(|denial| !harmless(denial));
    let passes_on = sentence > 0 && said.says(sentence - 1, Class::Third) && said.says(sentence - 1, Class::Reports);
    let next = all_of(said, sentence + 1);
    let first = *next.start();
    let is_next = first > hit.last && said.words.sentence(first) == sentence + 1;
    let turns = |other: &Hit| {
        (other.class == Class::Denies && !harmless(other) && other.first <= first + TAKEN_BACK_WORDS && next.contains(&other.first))
            || (other.class == Class::Now && other.first == first)
    };
    let taken_back = is_next && said.hits.iter().any(turns);
    !doubts && !denies && !passes_on && !taken_back && !said.is_quoted(hit)
}
