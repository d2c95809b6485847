//! The names of the shop's artists and pieces, ready to be looked for in many letters.

use super::said::Said;
use crate::lead::interest::Kind;
use crate::return_request::reading::Words;
use std::collections::HashMap;

/// What the shop knows that helps to read.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// By their first word, folded.
    names: HashMap<String, Vec<Name>>,
}

#[derive(Clone, Debug)]
struct Name {
    kind: Kind,
    /// As the shop writes it.
    written: String,
    words: Vec<String>,
}

/// A name that stands in a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub kind: Kind,
    pub value: String,
    pub first: usize,
    pub last: usize,
}

impl Known {
    /// Artists of the shop's pieces, titles of its pieces and of what it sold lately, as written.
    pub fn of(artists: &[String], titles: &[String]) -> Known {
        let mut known = Known::default();
        artists.iter().for_each(|artist| known.add(Kind::Artist, artist));
        titles.iter().for_each(|title| known.add(Kind::Title, title));
        known
    }

    fn add(&mut self, kind: Kind, name: &str) {
        // Apart as a text's words are: "L'Étoile" is two.
        let words = Words::of("", name, usize::MAX, |word| word);
        let words: Vec<String> = (0..words.len()).filter_map(|at| words.get(at).map(str::to_owned)).collect();
        let Some(first) = words.first().cloned() else { return };
        // A genitive changes the only word of a name, too.
        for first in if words.len() == 1 { vec![format!("{first}s"), first] } else { vec![first] } {
            self.names.entry(first).or_default().push(Name { kind, written: name.trim().to_owned(), words: words.clone() });
        }
    }

    /// Every name of ours in a letter, the longest where several begin or lie within each other.
    pub fn find(&self, said: &Said) -> Vec<Named> {
        let mut found: Vec<Named> = Vec::new();
        if self.names.is_empty() {
            return found;
        }
        let mut at = 0;
        while at < said.words.len() {
            let names = said.words.get(at).and_then(|word| self.names.get(word)).into_iter().flatten();
            let longest = names.filter(|name| name.stands_at(said, at)).max_by_key(|name| name.words.len());
            let next = longest.map_or(at + 1, |name| at + name.words.len());
            found.extend(longest.map(|name| Named { kind: name.kind, value: name.written.clone(), first: at, last: next - 1 }));
            at = next;
        }
        found
    }
}

impl Name {
    fn stands_at(&self, said: &Said, at: usize) -> bool {
        let last = self.words.len() - 1;
        let fits = |n: usize, word: &str| {
            let said = said.words.get(at + n).unwrap_or_default();
            said == word || (n == last && said.strip_suffix('s') == Some(word))
        };
        self.words.iter().enumerate().all(|(n, word)| fits(n, word)) && (last > 0 || self.kind == Kind::Artist || self.is_marked(said, at))
    }

    /// A title of one word is a word like others, unless it is written as a name.
    fn is_marked(&self, said: &Said, at: usize) -> bool {
        let (from, to) = said.words.place(at, at);
        let begins = at == 0 || said.words.sentence(at) != said.words.sentence(at - 1);
        let is_ours = said.hits.iter().any(|hit| hit.first == at && matches!(hit.class, super::rules::Class::Feature(..)));
        let as_written = said.words.text()[from..to] == self.written && !begins && !is_ours;
        as_written || said.quoted.iter().any(|quoted| quoted.start <= from && to <= quoted.end)
    }
}
