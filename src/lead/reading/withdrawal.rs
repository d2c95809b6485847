//! "Stop", "please remove me from your list": the words that ask for no more mail.

use super::rules::{Class, EVERY, Hit, Rules};
use super::said::Said;
use crate::return_request::reading::Words;

/// A letter or a subject that is the one word, with a please, a thanks or a name beside it.
const ALONE_WORDS_MAX: usize = 4;
/// A name and a greeting below a subject that says it all.
const GREETING_WORDS_MAX: usize = 4;
const SUBJECT_BYTES_MAX: usize = 200;

pub fn find(subject: &str, said: &Said) -> Option<String> {
    said.of_class(Class::Stop).find(|stop| is_meant(said, stop)).map(|stop| said.sentence(stop.first, stop.last)).or_else(|| alone(said)).or_else(|| {
        let is_empty = said.words.len() <= GREETING_WORDS_MAX && said.denials().next().is_none() && !said.words.text().contains('?');
        by_subject(subject).filter(|_| is_empty)
    })
}

/// A subject that is nothing but the word.
pub fn by_subject(subject: &str) -> Option<String> {
    let words = Words::of("", subject, SUBJECT_BYTES_MAX, |word| word);
    is_nothing_but(&words, &Rules::ready().hits(&words, EVERY)).then(|| subject.trim().to_owned())
}

fn is_meant(said: &Said, stop: &Hit) -> bool {
    let sentence = said.words.sentence(stop.first);
    let against = [Class::StopNot, Class::Third].iter().any(|class| said.says(sentence, *class));
    let within = |denial: &Hit| stop.first <= denial.first && denial.last <= stop.last;
    let denied = said.denials().any(|denial| said.clause(denial.first) == said.clause(stop.first) && denial.first < stop.first && !within(denial));
    let asks_for_it = !said.asks(sentence) || said.says(sentence, Class::Modal);
    !against && !denied && asks_for_it && !said.is_quoted(stop)
}

fn alone(said: &Said) -> Option<String> {
    let first = said.words.sentence(said.hits.iter().find(|hit| hit.class == Class::StopWord)?.first);
    let own = (0..said.words.len()).filter(|at| said.words.sentence(*at) == first).count();
    let covered = covered(&said.words, &said.hits, |at| said.words.sentence(at) == first);
    let is_alone = said.words.len() <= ALONE_WORDS_MAX && own == covered && !said.words.text().contains('?');
    is_alone.then(|| said.words.between(0, said.words.len() - 1))
}

fn is_nothing_but(words: &Words, hits: &[Hit]) -> bool {
    let says_it = hits.iter().any(|hit| hit.class == Class::StopWord);
    says_it && words.len() <= ALONE_WORDS_MAX && covered(words, hits, |_| true) == words.len()
}

/// Words that belong to the word itself or are polite.
fn covered(words: &Words, hits: &[Hit], of: impl Fn(usize) -> bool) -> usize {
    let belongs = |at: usize| hits.iter().any(|hit| matches!(hit.class, Class::StopWord | Class::Polite) && hit.first <= at && at <= hit.last);
    (0..words.len()).filter(|at| of(*at) && belongs(*at)).count()
}
