//! A question's words as a tantivy query.

use super::analysis::{Kind, Tokens};
use super::query::{Content, Place, Query, Text};
use super::schema::{ATTACHMENT, Fields, PHOTO};
use super::stem::{LANGUAGES, Stems};
use std::ops::Bound;
use tantivy::Term;
use tantivy::query::{AllQuery, BooleanQuery, BoostQuery, Occur, PhraseQuery, Query as Found, RangeQuery, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

type Clause = Box<dyn Found>;

/// The query of everything that the index knows.
pub fn build(fields: &Fields, query: &Query) -> BooleanQuery {
    let mut clauses: Vec<(Occur, Clause)> = Vec::new();
    for wanted in &query.terms {
        let occur = if wanted.without { Occur::MustNot } else { Occur::Must };
        let any: Vec<Clause> = wanted.any.iter().flat_map(|text| text_clauses(fields, wanted.place, text)).collect();
        if !any.is_empty() {
            clauses.push((occur, Box::new(BooleanQuery::union(any))));
        }
    }
    for (content, without) in &query.contents {
        let fact = match content {
            Content::Attachment => ATTACHMENT,
            Content::Photo => PHOTO,
        };
        clauses.push((if *without { Occur::MustNot } else { Occur::Must }, term(fields.fact, fact)));
    }
    if query.after.is_some() || query.before.is_some() {
        let at = |millis: i64| Term::from_field_i64(fields.at, millis);
        let from = query.after.map_or(Bound::Unbounded, |after| Bound::Included(at(after)));
        let to = query.before.map_or(Bound::Unbounded, |before| Bound::Excluded(at(before)));
        clauses.push((Occur::Must, Box::new(RangeQuery::new(from, to))));
    }
    if clauses.iter().all(|(occur, _)| *occur == Occur::MustNot) {
        clauses.push((Occur::Must, Box::new(AllQuery)));
    }
    BooleanQuery::new(clauses)
}

/// Every way in which a text may stand in a message; any of them will do.
fn text_clauses(fields: &Fields, place: Place, text: &Text) -> Vec<Clause> {
    let places: &[(Field, f32)] = match place {
        Place::Anywhere => &[(fields.subject, 2.0), (fields.body, 1.0), (fields.from, 1.5), (fields.to, 1.0), (fields.others, 1.0)],
        Place::From => &[(fields.from, 1.0)],
        Place::To => &[(fields.to, 1.0)],
        Place::Subject => &[(fields.subject, 1.0)],
    };
    let shape = Shape::of(text);
    let mut clauses: Vec<Clause> = Vec::new();
    for (field, boost) in places {
        let inside = shape.in_field(*field, text);
        clauses.extend(inside.into_iter().map(|clause| if *boost == 1.0 { clause } else { Box::new(BoostQuery::new(clause, *boost)) }));
    }
    if let (Some(word), Place::Anywhere | Place::Subject) = (shape.stemmed(text), place) {
        for (number, (_, language)) in LANGUAGES.into_iter().enumerate() {
            if let Some(stem) = Stems::new(language).of(word) {
                clauses.push(if place == Place::Subject { term(fields.subject, stem) } else { term(fields.stems[number], stem) });
            }
        }
    }
    clauses
}

/// How a text falls into tokens.
pub struct Shape {
    /// What stands at each position: the word, then its other spellings.
    pub words: Vec<Vec<String>>,
    /// An address, code or compound that is the whole text.
    pub whole: Option<String>,
    /// A single character of a script without blanks, which is looked for at the beginning of pairs.
    pub single: Option<String>,
    /// The last word is a pair of characters, which nobody has typed half of.
    pub pairs_last: bool,
}

impl Shape {
    pub fn of(text: &Text) -> Shape {
        let tokens = Tokens::of(text.as_str());
        let mut shape = Shape { words: Vec::new(), whole: None, single: None, pairs_last: false };
        let mut positions: Vec<Vec<String>> = vec![Vec::new(); tokens.positions()];
        let last = tokens.iter().map(|(token, _)| token.to).max().unwrap_or(0);
        for (token, word) in tokens.iter() {
            match token.kind {
                Kind::Word => positions[token.position].insert(0, word.to_owned()),
                Kind::Variant => positions[token.position].push(word.to_owned()),
                Kind::Whole if token.position == 0 && token.to == last => shape.whole = Some(word.to_owned()),
                Kind::Tail => {
                    shape.pairs_last = token.position + 1 == tokens.positions();
                    let alone = token.position == 0 || !tokens.iter().any(|(other, _)| other.to == token.to && other.kind == Kind::Word);
                    if alone && tokens.positions() == 1 {
                        shape.single = Some(word.to_owned());
                    }
                }
                Kind::Number | Kind::Whole => {}
            }
        }
        while positions.last().is_some_and(Vec::is_empty) {
            positions.pop(); // the last of a run of pairs, which the pair before it holds
        }
        shape.words = positions;
        shape
    }

    /// The one word that has a stem, if it is one word.
    pub fn stemmed<'t>(&self, text: &'t Text) -> Option<&'t str> {
        match text {
            Text::Word(word) | Text::Prefix(word) if self.words.len() == 1 && self.single.is_none() => {
                let word = word.trim_matches(|c: char| !c.is_alphanumeric());
                (!word.is_empty()).then_some(word)
            }
            _ => None,
        }
    }

    fn in_field(&self, field: Field, text: &Text) -> Vec<Clause> {
        if let Some(single) = &self.single {
            return vec![beginning(field, single)];
        }
        let mut clauses = Vec::new();
        if let Some(whole) = &self.whole {
            clauses.push(if matches!(text, Text::Prefix(_)) { beginning(field, whole) } else { term(field, whole) });
            if whole.contains('@') {
                return clauses;
            }
        }
        let prefix = matches!(text, Text::Prefix(_)) && !self.pairs_last && self.whole.is_none();
        match self.words.as_slice() {
            [] => {}
            [alone] => {
                clauses.extend(alone.iter().map(|word| term(field, word)));
                if prefix {
                    clauses.extend(alone.iter().map(|word| beginning(field, word)));
                }
            }
            [complete @ .., last] if prefix => {
                let ends: Vec<Clause> = last.iter().map(|word| beginning(field, word)).collect();
                let mut all: Vec<Clause> = vec![Box::new(BooleanQuery::union(ends))];
                all.extend(in_order(field, complete));
                clauses.push(Box::new(BooleanQuery::intersection(all)));
            }
            several => clauses.extend(in_order(field, several)),
        }
        clauses
    }
}

/// These words one after the other. A spelling of an umlaut is used throughout or not at all.
fn in_order(field: Field, words: &[Vec<String>]) -> Option<Clause> {
    let phrase = |other: bool| -> Option<Clause> {
        let chosen: Vec<(usize, Term)> = words
            .iter()
            .enumerate()
            .filter_map(|(position, any)| Some((position, any.get(usize::from(other && any.len() > 1))?)))
            .map(|(position, word)| (position, Term::from_field_text(field, word)))
            .collect();
        match chosen.as_slice() {
            [] => None,
            [(_, one)] => Some(Box::new(TermQuery::new(one.clone(), IndexRecordOption::WithFreqs))),
            _ => Some(Box::new(PhraseQuery::new_with_offset(chosen))),
        }
    };
    let usual = phrase(false)?;
    match words.iter().any(|any| any.len() > 1).then(|| phrase(true)).flatten() {
        Some(other) => Some(Box::new(BooleanQuery::union(vec![usual, other]))),
        None => Some(usual),
    }
}

fn term(field: Field, word: &str) -> Clause {
    Box::new(TermQuery::new(Term::from_field_text(field, word), IndexRecordOption::WithFreqs))
}

/// Every token that begins with `word`, however many there are.
fn beginning(field: Field, word: &str) -> Clause {
    let end = format!("{word}{}", char::MAX);
    Box::new(RangeQuery::new(Bound::Included(Term::from_field_text(field, word)), Bound::Excluded(Term::from_field_text(field, &end))))
}
