//! The most that somebody would pay: a sum beside a word that says so.

use super::rules::Class;
use super::said::Said;
use crate::return_request::reading::sums;

/// Words between a sum and what makes it a budget, before and behind it.
const BEFORE_WORDS: usize = 6;
const BEHIND_WORDS: usize = 3;
const CURRENCY_DIGITS: &str = ".00";

/// The largest, with the bytes where it stands.
pub fn find(said: &Said) -> Option<(usize, usize, String)> {
    said.of_class(Class::Budget).next()?;
    let text = said.words.text();
    let is_budget = |from: usize, to: usize| {
        let (Some(before), Some(last)) = (said.word_at(from), said.word_at(to - 1)) else { return false };
        // A sign before the digits is no word.
        let first = if said.words.place(before, before).1 <= from { before + 1 } else { before };
        // The dot of "max." ends no sentence.
        let abbreviated = said.of_class(Class::Budget).any(|cue| cue.last + 1 == first);
        let beside = said.in_sentence(said.words.sentence(first), Class::Budget).any(|cue| {
            let before = cue.last < first && first - cue.last <= BEFORE_WORDS;
            before || (cue.first > last && cue.first - last <= BEHIND_WORDS) || (cue.first <= first && first <= cue.last)
        });
        abbreviated || beside
    };
    let cued = sums(text).into_iter().filter(|(from, to, _)| is_budget(*from, *to));
    let largest = cued.max_by_key(|(.., sum)| sum.minor);
    let Some((from, to, sum)) = largest else { return bare(said) };
    let code = sum.currency.map_or(String::new(), |currency| format!(" {}", currency.as_str()));
    Some((from, to, format!("{}{code}", sum.digits().trim_end_matches(CURRENCY_DIGITS))))
}

/// "Up to 200": a number at the end of its clause, or before an "or so", whose currency goes without saying.
fn bare(said: &Said) -> Option<(usize, usize, String)> {
    said.of_class(Class::Budget).find_map(|cue| {
        let at = cue.last + 1;
        let number = said.words.get(at).filter(|word| (2..=5).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit()))?;
        let ends = at + 1 >= said.words.len() || said.clause(at + 1) != said.clause(at);
        let (from, to) = said.words.place(at, at);
        (ends && said.words.sentence(at) == said.words.sentence(cue.last)).then(|| (from, to, number.to_owned()))
    })
}
