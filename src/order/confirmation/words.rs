//! How shops word their confirmations: `words.txt`, in lists of phrases with names.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A phrase as it is looked for: every mail's subject is asked for a few hundred of them.
struct Phrase {
    /// With a blank on either side, so that whole words are found.
    padded: String,
    words: Vec<&'static str>,
}

/// The longest phrases first.
static LISTS: LazyLock<HashMap<&'static str, Vec<Phrase>>> = LazyLock::new(|| {
    let mut lists: HashMap<&'static str, Vec<Phrase>> = HashMap::new();
    for line in include_str!("words.txt").lines().filter(|line| !line.starts_with('#')) {
        let Some((name, phrases)) = line.split_once(':') else { continue };
        let phrases = phrases.split('|').map(str::trim).map(|phrase| Phrase { padded: format!(" {phrase} "), words: phrase.split(' ').collect() });
        lists.entry(name).or_default().extend(phrases);
    }
    lists.values_mut().for_each(|phrases| phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.words.len())));
    lists
});

static COUNTRIES: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let countries = LISTS.iter().filter_map(|(name, names)| name.strip_prefix("country ").map(|code| (code, names)));
    countries.flat_map(|(code, names)| names.iter().map(move |name| (name.padded.trim(), code))).collect()
});

/// Whether a text, plain, is one of a list's phrases.
pub fn is(list: &str, plain: &str) -> bool {
    LISTS.get(list).is_some_and(|phrases| phrases.iter().any(|phrase| phrase.padded.trim() == plain))
}

/// Whether a text, plain, holds one of a list's phrases as whole words.
pub fn holds(list: &str, plain: &str) -> bool {
    let padded = format!(" {plain} ");
    LISTS.get(list).is_some_and(|phrases| phrases.iter().any(|phrase| padded.contains(&phrase.padded)))
}

/// What follows the first of a list's phrases in a text, as it stands there; the longest phrase counts.
pub fn behind<'t>(list: &str, text: &'t str) -> Option<&'t str> {
    let places = word_ends(text);
    let words: Vec<String> = places.iter().map(|(from, to)| plain(&text[*from..*to])).collect();
    let phrases = LISTS.get(list)?;
    (0..words.len()).find_map(|at| {
        let stands = |phrase: &&Phrase| words.len() >= at + phrase.words.len() && phrase.words.iter().zip(&words[at..]).all(|(a, b)| a == b);
        let found = phrases.iter().find(stands)?;
        Some(text[places[at + found.words.len() - 1].1..].trim_start())
    })
}

/// The country that a line names (ISO 3166-1 alpha-2): "Germany", "Deutschland", "United States (US)", "SE".
pub fn country(line: &str) -> Option<&'static str> {
    let line = plain(line);
    let known = |name: &str| COUNTRIES.get(name).copied();
    let shortened = line.rsplit_once(' ').filter(|(_, code)| code.len() == 2).map(|(name, _)| name);
    known(&line).or_else(|| shortened.and_then(known)).or_else(|| COUNTRIES.values().find(|code| code.to_lowercase() == line).copied())
}

/// Words alone, lower case, without accents.
pub fn plain(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric() || matches!(c, 'º' | 'ª'));
    words.filter(|word| !word.is_empty()).map(crate::return_request::reading::folded).collect::<Vec<_>>().join(" ")
}

/// Where the words of a text begin and end.
fn word_ends(text: &str) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    let mut from = None;
    for (at, c) in text.char_indices() {
        if c.is_alphanumeric() && !matches!(c, 'º' | 'ª') {
            from.get_or_insert(at);
        } else if let Some(from) = from.take() {
            places.push((from, at));
        }
    }
    places.extend(from.map(|from| (from, text.len())));
    places
}
