//! What the label of a line names: one of our own labels or questions, an owner's, or other words for the same (`labels.txt`).

use super::own::Own;
use super::words as lists;
use crate::return_request::fields::{self, BUILT_IN};
use crate::return_request::reading::intent::folded;
use crate::return_request::{LANGUAGES, words};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Labels and questions of the built-in fields, in all languages, as they are compared.
static LABELS: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let names = BUILT_IN.iter().map(|(name, _)| *name).filter(|name| !matches!(*name, fields::PHOTOS | fields::ORDERED_AS));
    let both =
        |name: &'static str, language: &'static str| [plain(words::label(name, language)), plain(words::question(name, language))].map(|label| (label, name));
    names.flat_map(|name| LANGUAGES.iter().flat_map(move |language| both(name, language))).collect()
});

/// Other words for the same, as they are compared.
static SYNONYMS: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let lines = include_str!("labels.txt").lines().filter_map(|line| line.split_once(':'));
    let named = lines.filter_map(|(name, labels)| Some((BUILT_IN.iter().find(|(known, _)| *known == name)?.0, labels)));
    let ours = LANGUAGES.iter().map(|language| (plain(words::label(fields::PHOTOS, language)), fields::PHOTOS));
    named.flat_map(|(name, labels)| labels.split('|').map(move |label| (plain(label), name))).chain(ours).collect()
});

/// The field that has exactly this label or question.
pub fn named(label: &str, own: &Own) -> Option<String> {
    own.called(label).map(|field| field.key.clone()).or_else(|| LABELS.get(label).map(|name| (*name).to_owned()))
}

/// The field that other words name, also behind a "which", a "your" or a "the"; photos, too.
pub fn otherwise(label: &str) -> Option<&'static str> {
    let known = |label: &str| SYNONYMS.get(label).or_else(|| LABELS.get(label)).copied();
    let behind = || label.split_once(' ').filter(|(first, _)| lists::is("before_label", first)).map(|(_, rest)| rest);
    known(label).or_else(|| known(behind()?))
}

/// A label as it is compared: words alone, what stands in brackets gone.
pub fn plain(label: &str) -> String {
    let mut depth = 0_i32;
    let mut outside = String::with_capacity(label.len());
    for c in label.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            c if depth <= 0 => outside.push(c),
            _ => {}
        }
    }
    let words: Vec<String> = outside.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(folded).collect();
    words.join(" ")
}
