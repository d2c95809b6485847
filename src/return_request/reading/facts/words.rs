//! The words by which facts are found in sentences: `words.txt`, in lists with names.

use crate::spelling::distance;
use std::collections::HashMap;
use std::sync::LazyLock;

/// In a shorter word another letter makes another word.
const SPELT_CHARS_MIN: usize = 6;
/// Of one letter (UTF-8).
const LETTER_BYTES_MAX: usize = 4;

#[derive(Default)]
struct List {
    whole: Vec<&'static str>,
    stems: Vec<&'static str>,
}

static LISTS: LazyLock<HashMap<&'static str, List>> = LazyLock::new(|| {
    let mut lists: HashMap<&'static str, List> = HashMap::new();
    for line in include_str!("words.txt").lines().filter(|line| !line.starts_with('#')) {
        let Some((name, words)) = line.split_once(':') else { continue };
        let list = lists.entry(name).or_default();
        for word in words.split_whitespace() {
            match word.strip_suffix('*') {
                Some(stem) => list.stems.push(stem),
                None => list.whole.push(word),
            }
        }
    }
    lists
});

/// Whether a word, folded, stands in a list.
pub fn is(list: &str, word: &str) -> bool {
    LISTS.get(list).is_some_and(|list| list.whole.contains(&word) || list.stems.iter().any(|stem| word.starts_with(stem)))
}

/// The same, where one letter of a long word may be wrong: "arived".
pub fn is_nearly(list: &str, word: &str) -> bool {
    // Asked first, because comparing letter by letter is dear and a letter may have ten thousand words.
    let begins_alike = |known: &str| word.as_bytes().first() == known.as_bytes().first();
    let near = |known: &str| begins_alike(known) && word.len().abs_diff(known.len()) <= LETTER_BYTES_MAX && distance(word, known) == 1;
    let whole = |known: &&str| known.len() >= SPELT_CHARS_MIN && near(known);
    // Of "arriv*" the mistake may shorten or lengthen what is written: "ariv", "arrriv".
    let stem = |stem: &&str| {
        let beginnings = [stem.len() - 1, stem.len(), stem.len() + 1].into_iter().filter_map(|end| word.get(..end));
        stem.len() >= SPELT_CHARS_MIN && begins_alike(stem) && { beginnings }.any(|begun| distance(begun, stem) == 1)
    };
    is(list, word) || (word.len() >= SPELT_CHARS_MIN - 1 && LISTS.get(list).is_some_and(|list| list.whole.iter().any(whole) || list.stems.iter().any(stem)))
}

/// The number behind a list's name of which a word is: "month 11" for "nov".
pub fn numbered(list: &str, word: &str, from: i8, to: i8) -> Option<i8> {
    (from..=to).find(|number| is(&format!("{list} {number}"), word))
}

/// "3", "three", "drei": a folded word as a number, in words up to ten.
pub fn number(word: &str) -> Option<i32> {
    word.parse().ok().or_else(|| numbered("number", word, 1, 10).map(i32::from))
}
