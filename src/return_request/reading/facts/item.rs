//! What it is about: a title in quotation marks, or what stands where it was asked for.

use super::sentences::{around, tokens};
use super::{noun, text, words};
use crate::return_request::fields::ITEM;
use crate::return_request::reading::Found;
use crate::return_request::reading::intent::{Lexicon, folded};

const TITLE_CHARS_MAX: usize = 60;
/// A longer answer is a sentence.
const NAME_WORDS_MAX: usize = 9;
/// More words in brackets are no part of a name.
const BRACKET_WORDS_MAX: usize = 3;
const ANSWER_MARKS: &[char] = &['"', '“', '”', '„', '«', '»', ' '];
/// Words before a quotation in which it is said whose words it quotes.
const QUOTED_WORDS: usize = 5;
/// Opening marks with what closes them.
const MARKS: &[(char, &[char])] =
    &[('“', &['”', '“']), ('„', &['“', '”']), ('«', &['»']), ('»', &['«']), ('”', &['”']), ('"', &['"']), ('‘', &['’']), ('「', &['」'])];

pub fn find(whole: &str) -> Option<Found> {
    let titles: Vec<_> = titles(whole).into_iter().filter(|(from, ..)| !is_quoted(whole, *from)).collect();
    let (from, to, title) = *titles.first()?;
    let is_name = title.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit());
    Some(text(ITEM, title, &around(whole, from, to), titles.len() == 1 && is_name))
}

/// "The box said “Fragile”": words in quotation marks that are no title.
fn is_quoted(whole: &str, from: usize) -> bool {
    let before = tokens(&whole[..from]);
    before
        .iter()
        .rev()
        .take(QUOTED_WORDS)
        .take_while(|(at, word)| !whole[at + word.len()..from].contains(". "))
        .any(|(_, word)| words::is("quoted_words", &folded(word)))
}

/// What stands where the item was asked for: its name; of a sentence only the name in it, and that is a suggestion.
pub fn answer(said: &str, lexicon: &Lexicon, language: Option<&str>) -> Option<(String, bool)> {
    let said = meant(said.trim());
    let whole = named_before_brackets(said.trim_matches(ANSWER_MARKS).trim_end_matches('.'));
    let tokens = tokens(whole);
    let tells = tokens.iter().skip(1).any(|(_, word)| words::is("tells", &folded(word)) || words::is("denied", &folded(word)));
    let sentence = tokens.len() > NAME_WORDS_MAX || whole.contains(". ") || whole.contains(['!', '?']) || tells;
    if !sentence {
        // "See above" names nothing.
        let points = tokens.iter().any(|(_, word)| words::is("points", &folded(word)));
        return Some((whole.to_owned(), !points && whole.chars().any(char::is_alphabetic))).filter(|(name, _)| !name.is_empty());
    }
    if let [(.., title)] = titles(said)[..] {
        return Some((title.to_owned(), true));
    }
    let name = noun::best(said, lexicon, language).map(|(from, to)| said[from..to].to_owned());
    Some((name.unwrap_or_else(|| whole.to_owned()), false))
}

/// "Candle holder (the large one, we keep the other)": a story in brackets is no part of the name, "(framed)" is.
fn named_before_brackets(said: &str) -> &str {
    let story = said.find(" (").filter(|open| *open > 0 && tokens(&said[*open..]).len() > BRACKET_WORDS_MAX);
    story.map_or(said, |open| &said[..open])
}

/// "Not the mug, but the bowl" means the bowl.
fn meant(said: &str) -> &str {
    let rather = tokens(said).into_iter().find(|(_, word)| words::is("but_instead", &folded(word)));
    let denied = |from: usize| tokens(&said[..from]).iter().any(|(_, word)| words::is("denied", &folded(word)));
    rather.filter(|(from, _)| denied(*from)).map_or(said, |(from, word)| said[from + word.len()..].trim_start_matches([' ', ',']))
}

/// What stands in quotation marks and may be a title, with its place.
pub fn titles(whole: &str) -> Vec<(usize, usize, &str)> {
    let mut titles: Vec<(usize, usize, &str)> = Vec::new();
    let mut at = 0;
    while let Some((from, open)) = whole[at..].char_indices().find(|(_, c)| MARKS.iter().any(|(open, _)| open == c)) {
        let start = at + from + open.len_utf8();
        let closing = MARKS.iter().find(|(known, _)| *known == open).map_or(&[][..], |(_, closing)| closing);
        let Some(length) = whole[start..].find(closing) else { break };
        let title = whole[start..start + length].trim();
        let fits = (2..=TITLE_CHARS_MAX).contains(&title.chars().count()) && !title.contains(['\n', '@']) && title.chars().any(char::is_alphabetic);
        if fits && !titles.iter().any(|(.., known)| known.eq_ignore_ascii_case(title)) {
            titles.push((start, start + length, title));
        }
        at = start + length + whole[start + length..].chars().next().map_or(0, char::len_utf8);
    }
    titles
}
