//! Whether an item is still in its original packaging: yes or no where that was asked, in any language that we ask in.

use super::sentences::around;
use super::text;
use crate::return_request::fields::PACKAGING;
use crate::return_request::reading::Found;
use crate::return_request::reading::intent::folded;
use crate::return_request::words::{NO, YES};
use std::collections::HashMap;
use std::sync::LazyLock;

/// The words of `packaging.txt`, by the names of their lists.
static LISTS: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let lines = include_str!("packaging.txt").lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(':'));
    lines.map(|(name, words)| (name, words.split_whitespace().collect())).collect()
});

/// A longer answer tells a story.
const ANSWER_WORDS_MAX: usize = 14;

/// What stands where it was asked for: a yes or no is certain unless something behind it may turn it round.
pub fn answer(said: &str) -> Option<(&'static str, bool)> {
    let words = words_of(said);
    let (first, rest) = words.split_first()?;
    let short = words.len() <= ANSWER_WORDS_MAX;
    if is("yes", first) {
        return Some((YES, short && !["turns", "no", "gone"].iter().any(|list| any(list, rest))));
    }
    if is("no", first) {
        let gone = any("gone", rest);
        let plain = rest.is_empty() || gone || (ends_there(said) && !any("turns", rest));
        return Some((NO, short && plain && !any("yes", rest) && !any("sealed", rest)));
    }
    told(&words).map(|code| (code, false))
}

/// A sentence that speaks of it in an answer to a letter that asked: a suggestion, never certain.
pub fn find(free: &str) -> Option<Found> {
    let mut at = 0;
    for sentence in free.split_inclusive(['.', '!', '?', '\n']) {
        if let Some(code) = told(&words_of(sentence)) {
            let end = at + sentence.trim_end_matches(['.', '!', '?', '\n', ' ']).len();
            return Some(text(PACKAGING, code, &around(free, at, end), false));
        }
        at += sentence.len();
    }
    None
}

/// Which of the two a sentence seems to say, if it speaks of it at all.
fn told(words: &[String]) -> Option<&'static str> {
    let named = words.iter().any(|word| LISTS["named"].iter().any(|name| word.starts_with(name)));
    let (sealed, gone) = (any("sealed", words), any("gone", words) || (named && any("denied", words)));
    match (sealed, gone) {
        (true, true) => None,
        (true, false) => Some(YES),
        (false, true) => Some(NO),
        (false, false) => named.then_some(YES),
    }
}

fn is(list: &str, word: &str) -> bool {
    LISTS.get(list).is_some_and(|list| list.contains(&word))
}

fn any(list: &str, words: &[String]) -> bool {
    words.iter().any(|word| is(list, word))
}

/// "No." and "No, …": the word stands for itself. "No longer wanted" does not.
fn ends_there(said: &str) -> bool {
    said.trim_start().trim_start_matches(char::is_alphabetic).starts_with(['.', ',', '!', ';', '–', '-', ':'])
}

fn words_of(said: &str) -> Vec<String> {
    said.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(folded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_yes_or_no_is_certain_in_every_language_and_anything_else_a_suggestion() {
        for said in ["yes", "Yes.", "YES, still sealed", "ja", "Ja, ungeöffnet", "oui", "Oui, jamais déballé", "sí", "Sì", "sim", "Ja, det är den"] {
            assert_eq!(answer(said), Some((YES, true)), "{said}");
        }
        for said in ["no", "No, I threw it away", "nein", "Nein!", "non", "No.", "nee", "não", "Nej, den är slängd"] {
            assert_eq!(answer(said), Some((NO, true)), "{said}");
        }
        for (said, code) in [
            ("yes, but it was opened", YES),
            ("ja, aber die Schachtel ist eingerissen", YES),
            ("no problem, it is in the box", NO),
            ("It is unopened", YES),
            ("originalverpackt", YES),
            ("I have thrown the tube away", NO),
            ("the box is no longer here", NO),
        ] {
            assert_eq!(answer(said), Some((code, false)), "{said}");
        }
        for said in ["", "which one?", "AT-10482", "damaged", "not sure", "weiß nicht"] {
            assert_eq!(answer(said), None, "{said}");
        }
    }

    #[test]
    fn a_sentence_about_it_is_kept_with_its_words() {
        let free = "Hello,\nthe print is fine. It is still in its original packaging. Thanks";
        let found = find(free).unwrap();
        assert_eq!((found.certain, found.sentence.as_str()), (false, "It is still in its original packaging."));
        assert_eq!(find("Thanks for asking. I want my money back."), None);
    }
}
