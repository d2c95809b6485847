//! Lines that answer our questions, however a client leaves them: "Order number: AT-10482", quoted or not, numbered, in a
//! table whose cells became lines, in any language that we ask in; in other words than ours, too (`labels.txt`).

use super::lines::{self, Line};
use super::own::{self, Own};
use super::{amount, codes, dates, found, is_built_in, item, order, packaging, text};
use crate::return_request::fields::{self, BUILT_IN, Kind, OwnField, Value};
use crate::return_request::reading::intent::{Lexicon, folded};
use crate::return_request::reading::{Found, Letter, Shop};
use crate::return_request::{LANGUAGES, words};
use std::collections::HashMap;
use std::sync::LazyLock;

/// A longer answer is a story, which free reading takes up.
const ANSWER_CHARS_MAX: usize = 300;

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
    named.flat_map(|(name, labels)| labels.split('|').map(move |label| (plain(label), name))).collect()
});

/// What may stand between a label and its answer where it is no colon: "order number - AT-10482".
const DASHES: &[&str] = &[" - ", " – ", " — ", " = ", "=", " -> ", " → "];

/// A line with an answer.
struct Answer {
    field: String,
    said: String,
    /// It stands in what its author wrote this time, not in the quote.
    new: bool,
}

pub fn answers(whole: &str, new_text: &str, letter: &Letter, shop: &Shop, lexicon: &Lexicon) -> Vec<Found> {
    let mut all = Vec::new();
    let own = Own::of(shop.own_fields);
    for (source, new) in [(new_text, true), (whole, false)] {
        let lines = lines_of(source, &own);
        for (at, line) in lines.iter().enumerate() {
            if let Some((field, said)) = labelled(&line.text, &own) {
                let said = match said {
                    "" => below(&lines[at + 1..], &own, new).or_else(|| left_over(&field, &line.text).map(str::to_owned)),
                    said => Some(flowing(said, &lines[at..], &own)),
                };
                all.extend(said.filter(|said| !is_template(&field, said)).map(|said| Answer { field, said, new }));
            } else if let Some((field, said)) = named_otherwise(&line.text).filter(|(_, said)| new && !said.is_empty()) {
                all.push(Answer { field: field.to_owned(), said: flowing(said, &lines[at..], &own), new });
            }
        }
    }
    let mut facts: Vec<Found> = Vec::new();
    for answer in all.iter().filter(|a| a.new).chain(all.iter().filter(|a| !a.new)) {
        if !facts.iter().any(|known| known.field == answer.field) {
            facts.extend(read(answer, letter, shop, lexicon));
        }
    }
    facts
}

/// Whether a letter carries the line that asks for a field.
pub fn asks_for(field: &str, whole: &str) -> bool {
    let own = Own::of(&[]);
    lines_of(whole, &own).iter().any(|line| labelled(&line.text, &own).is_some_and(|(asked, _)| asked == field))
}

/// A text without the lines that ask, so that "not delivered" among the choices is no claim.
pub fn without_questions(text: &str, own: &[OwnField]) -> String {
    let own = Own::of(own);
    lines_of(text, &own).into_iter().filter(|line| labelled(&line.text, &own).is_none()).map(|line| line.whole).collect::<Vec<_>>().join("\n")
}

fn lines_of(source: &str, own: &Own) -> Vec<Line> {
    lines::of(source, |text| named(&plain(text), own).is_some())
}

/// The field that has a label or question.
fn named(label: &str, own: &Own) -> Option<String> {
    own.called(label).map(|field| field.key.clone()).or_else(|| LABELS.get(label).map(|name| (*name).to_owned()))
}

fn read(answer: &Answer, letter: &Letter, shop: &Shop, lexicon: &Lexicon) -> Option<Found> {
    let said: String = answer.said.chars().take(ANSWER_CHARS_MAX).collect();
    let sentence = format!("{}: {said}", own_or_label(&answer.field, shop.own_fields));
    if let Some(field) = shop.own_fields.iter().find(|own| own.key == answer.field) {
        return own::read(field, &said, &sentence, letter.written.map(|written| written.date()));
    }
    let kind = BUILT_IN.iter().find(|(name, _)| *name == answer.field).map(|(_, kind)| *kind)?;
    let field = answer.field.as_str();
    match (field, kind) {
        (fields::ORDER_NUMBER, _) => order::answer(&said, shop.order_pattern).map(|(number, certain)| text(field, number, &sentence, certain)),
        (fields::REASON | fields::WISH, _) => {
            codes::answer(field, &said, lexicon, letter.language).map(|(code, certain)| text(field, code, &sentence, certain))
        }
        (fields::PACKAGING, _) => packaging::answer(&said).map(|(code, certain)| text(field, code, &sentence, certain)),
        (_, Kind::Date) => dates::answer(&said, letter.today()?).map(|(day, certain)| found(field, Value::Date(day), &sentence, certain)),
        (_, Kind::Amount) => amount::answer(&said).map(|(sum, certain)| found(field, Value::Amount(sum), &sentence, certain)),
        _ => item::answer(&said, lexicon, letter.language).map(|(name, certain)| text(field, name, &sentence, certain)),
    }
}

/// A line as "label: answer" of a field; also a label or question alone.
fn labelled<'l>(line: &'l str, own: &Own) -> Option<(String, &'l str)> {
    // Between the cells of a table stand two blanks.
    let cells = line.find("  ").map(|at| (at, ' '));
    let split = line.char_indices().find(|(_, c)| matches!(c, ':' | '：' | '?' | '\t'));
    let split = split.into_iter().chain(cells).min_by_key(|(at, _)| *at);
    let (left, right) = split.map_or((line, ""), |(at, c)| (&line[..at], &line[at + c.len_utf8()..]));
    let label = plain(left);
    if label.is_empty() || label.len() > 80 {
        return None;
    }
    let right = right.trim_matches([' ', '\u{a0}', '*', '_', '|', '\t', ':']);
    let field = named(&label, own)?;
    // "Wish" may begin a sentence; a label stands alone or before a colon.
    (split.is_some() || line.chars().count() < 60).then_some((field, right))
}

/// A line as "label: answer" where the label is not in our words.
fn named_otherwise(line: &str) -> Option<(&'static str, &str)> {
    let colon = line.find([':', '：', '\t']).map(|at| (at, line[at..].chars().next().map_or(1, char::len_utf8)));
    let dash = DASHES.iter().filter_map(|dash| line.find(dash).map(|at| (at, dash.len()))).min();
    let (at, length) = colon.into_iter().chain(dash).min()?;
    let label = plain(&line[..at]);
    let field = SYNONYMS.get(&label).or_else(|| LABELS.get(&label))?;
    Some((field, line[at + length..].trim_matches([' ', '\u{a0}', '*', '_', '|', '\t', ':', '>'])))
}

/// The one choice that was left standing in the brackets: "What happened (damaged):".
fn left_over<'l>(field: &str, line: &'l str) -> Option<&'l str> {
    let inner = line.split_once('(')?.1.rsplit_once(')')?.0;
    let is_choice = words::codes(field).iter().any(|code| LANGUAGES.iter().any(|language| plain(words::choice(field, code, language)) == plain(inner)));
    is_choice.then_some(inner)
}

/// The next line that says something, unless it asks the next question. In the quote nothing may stand between: behind an empty
/// line our own letter goes on.
fn below(lines: &[Line], own: &Own, new: bool) -> Option<String> {
    let at = lines.iter().take(if new { 3 } else { 1 }).position(|line| !line.text.is_empty())?;
    let next = &lines[at].text;
    labelled(next, own).is_none().then(|| flowing(next, &lines[at..], own))
}

/// An answer that begins in the first line, with the lines into which it was broken.
fn flowing(said: &str, lines: &[Line], own: &Own) -> String {
    let goes_on = |at: usize| lines[at - 1].broken && !lines[at].text.is_empty() && labelled(&lines[at].text, own).is_none();
    let more = (1..lines.len()).take_while(|at| goes_on(*at)).map(|at| lines[at].text.as_str());
    std::iter::once(said).chain(more).collect::<Vec<_>>().join(" ")
}

/// The line is as we sent it: empty, or the choices in brackets.
fn is_template(field: &str, said: &str) -> bool {
    let said = plain(said);
    if said.is_empty() {
        return true;
    }
    is_built_in(field)
        && LANGUAGES.iter().any(|language| {
            let named = words::codes(field).into_iter().filter(|code| said.contains(&plain(words::choice(field, code, language)))).count();
            named >= 3
        })
}

fn own_or_label(field: &str, own: &[OwnField]) -> String {
    own.iter().find(|own| own.key == field).map_or_else(|| words::label(field, "en"), |own| words::own_label(own, "en")).to_owned()
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
