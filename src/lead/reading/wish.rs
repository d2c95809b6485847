//! "Tell me when it is back": a wish, and a consent where nothing leaves a doubt that its writer asks for such mail (PROMISES P68).

use super::mood::Moods;
use super::rules::{Class, Hit};
use super::said::Said;
use super::{Found, Wished};
use crate::consent::Purpose;

/// A short sentence that takes back what stands before it: "Or rather not."
const TAKEN_BACK_WORDS: usize = 5;

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
pub fn consents(said: &Said) -> Vec<(Purpose, String)> {
    let mut consents: Vec<(Purpose, String)> = Vec::new();
    if !said.is_understood || about_others(said) || said.repeats_words() {
        return consents;
    }
    let moods = Moods::of(said);
    let told = asked(said).filter(|tell| is_clear_of(said, &moods, tell)).map(|tell| (Purpose::SimilarPieces, tell));
    let said_so = said.hits.iter().filter_map(|hit| if let Class::Agrees(purpose) = hit.class { Some((purpose, hit)) } else { None });
    for (purpose, hit) in told.chain(said_so) {
        let sentence = said.words.sentence(hit.first);
        let certain = is_certain(said, hit) && (!said.asks(sentence) || purpose == Purpose::SimilarPieces);
        if certain && !consents.iter().any(|(known, _)| *known == purpose) {
            consents.push((purpose, said.sentence(hit.first, hit.last)));
        }
    }
    consents
}

/// They want to be told of another piece, or of this one where no parcel, order or return of theirs could be what comes back.
fn is_clear_of(said: &Said, moods: &Moods, tell: &Hit) -> bool {
    let sentence = said.words.sentence(tell.first);
    let is_similar = said.says(sentence, Class::Similar);
    let asks_for_it = !said.asks(sentence) || (is_similar && said.says(sentence, Class::Modal));
    said.says(sentence, Class::When) && (is_similar || moods.is_plain()) && asks_for_it
}

/// Nothing in the sentence denies, doubts or sets a condition, nobody else is spoken of, and the next sentence does not take it back.
fn is_certain(said: &Said, hit: &Hit) -> bool {
    let sentence = said.words.sentence(hit.first);
    let words = &said.words;
    let denies = said.says(sentence, Class::Denies);
    let doubts = [Class::Doubt, Class::Third, Class::State].iter().any(|class| said.says(sentence, *class));
    let others_before = sentence > 0 && said.says(sentence - 1, Class::Third);
    let is_short = words.sentence_words(sentence + 1) <= TAKEN_BACK_WORDS;
    let taken_back = is_short && said.denials().any(|denial| words.sentence(denial.first) == sentence + 1);
    let quoted = said.quoted.iter().any(|quoted| {
        let (from, to) = words.place(hit.first, hit.last);
        quoted.start < to && from < quoted.end
    });
    !denies && !doubts && !others_before && !taken_back && !quoted
}
