//! Lines that answer our questions, however a client leaves them: "Order number: AT-10482", quoted or not, numbered, in a
//! table whose cells became lines, in any language that we ask in; in other words than ours, too (`labels.txt`).

use super::lines::{self, Line};
use super::names::{self, plain};
use super::own::{self, Own};
use super::{amount, codes, dates, found, in_order, is_built_in, item, order, packaging, text};
use crate::return_request::fields::{self, BUILT_IN, Kind, OwnField, Value};
use crate::return_request::reading::intent::Lexicon;
use crate::return_request::reading::{Found, Letter, Shop};
use crate::return_request::{LANGUAGES, words};

/// A longer answer is a story, which free reading takes up.
const ANSWER_CHARS_MAX: usize = 300;

/// What may stand between a label and its answer where it is no colon: "order number - AT-10482".
const DASHES: &[&str] = &[" - ", " – ", " — ", " = ", "=", " -> ", " → "];

/// What may stand between two labels with their answers in one line.
const PARTS: &[&str] = &[" / ", "; ", " | ", ", ", " - "];

/// How people mark a choice.
const CHOSEN: &[char] = &['*', '_', '✓', '✔', '☑', '☒', '→', '>', '<', '←'];

/// A line with an answer.
struct Answer {
    field: String,
    said: String,
    /// It stands in what its author wrote this time, not in the quote.
    new: bool,
}

pub fn answers(whole: &str, new_text: &str, letter: &Letter, shop: &Shop, lexicon: &Lexicon) -> Vec<Found> {
    let own = Own::of(shop.own_fields);
    let asked = asked(whole, shop.own_fields);
    let mut all = written(new_text, true, true, &own);
    all.extend(written(whole, false, is_our_letter(&asked), &own));
    all.extend(in_order::answers(new_text, &asked, |field, said| reads(field, said, letter, shop, lexicon)).into_iter().map(|(field, said)| Answer {
        field,
        said,
        new: true,
    }));
    let mut facts: Vec<Found> = Vec::new();
    for answer in all.iter().filter(|a| a.new).chain(all.iter().filter(|a| !a.new)) {
        if !facts.iter().any(|known| known.field == answer.field) {
            facts.extend(read(answer, letter, shop, lexicon));
        }
    }
    facts
}

/// The lines of a text that answer. Other words than our labels count where its author wrote them or where a letter asks with them.
fn written(source: &str, new: bool, otherwise: bool, own: &Own) -> Vec<Answer> {
    let lines: Vec<Line> = lines_of(source, own).into_iter().flat_map(|line| if new { parted(line, own) } else { vec![line] }).collect();
    let mut all = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let labelled = labelled(&line.text, own);
        let ours = labelled.is_some();
        let Some((field, said)) = labelled.or_else(|| named_otherwise(&line.text).filter(|_| otherwise).map(|(field, said)| (field.to_owned(), said))) else {
            continue;
        };
        let said = match said {
            "" if ours || !new => below(&lines[at + 1..], own, new).or_else(|| left_over(&field, &line.text).map(str::to_owned)),
            "" => None,
            said => Some(flowing(said, &lines[at..], own)),
        };
        all.extend(said.filter(|said| field != fields::PHOTOS && !is_template(&field, said)).map(|said| Answer { field, said, new }));
    }
    all
}

/// "Order: AT-1, item: Low Tide / problem: torn" as lines of their own.
fn parted(line: Line, own: &Own) -> Vec<Line> {
    let is_label = |part: &str| part.contains(':') && (labelled(part, own).is_some() || named_otherwise(part).is_some());
    for mark in PARTS {
        let parts: Vec<&str> = line.text.split(mark).map(str::trim).filter(|part| !part.is_empty()).collect();
        if parts.len() > 1 && parts.iter().all(|part| is_label(part)) {
            return parts.into_iter().map(|part| Line { text: part.to_owned(), whole: part.to_owned(), broken: false }).collect();
        }
    }
    vec![line]
}

/// The fields that a letter's lines ask for, in their order; photos, too.
pub fn asked(whole: &str, own: &[OwnField]) -> Vec<String> {
    let own = Own::of(own);
    let mut asked: Vec<String> = Vec::new();
    for line in lines_of(whole, &own) {
        let field = labelled(&line.text, &own).map(|(field, _)| field).or_else(|| {
            // "Photos: please attach one" asks, too; "the problem - it is torn" does not.
            let (label, said) = line.text.split_once([':', '：', '?'])?;
            names::otherwise(&plain(label)).filter(|name| said.trim().is_empty() || *name == fields::PHOTOS || label.contains('(')).map(str::to_owned)
        });
        asked.extend(field.filter(|field| !asked.contains(field)));
    }
    asked
}

/// Only a letter of ours asks what happened and what is wanted; an order's confirmation has an order number and a price, too.
fn is_our_letter(asked: &[String]) -> bool {
    asked.len() > 1 && asked.iter().any(|field| matches!(field.as_str(), fields::REASON | fields::WISH))
}

/// What an answer would be read as, for whoever has to guess which question it answers.
fn reads(field: &str, said: &str, letter: &Letter, shop: &Shop, lexicon: &Lexicon) -> Option<bool> {
    read(&Answer { field: field.to_owned(), said: said.to_owned(), new: true }, letter, shop, lexicon).map(|found| found.certain)
}

/// A text without the lines that ask, so that "not delivered" among the choices is no claim.
pub fn without_questions(text: &str, own: &[OwnField]) -> String {
    let own = Own::of(own);
    lines_of(text, &own).into_iter().filter(|line| labelled(&line.text, &own).is_none()).map(|line| line.whole).collect::<Vec<_>>().join("\n")
}

fn lines_of(source: &str, own: &Own) -> Vec<Line> {
    lines::of(source, |text| names::named(&plain(text), own).is_some() || names::otherwise(&plain(text)).is_some())
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
    let field = names::named(&label, own)?;
    // "Wish" may begin a sentence; a label stands alone or before a colon.
    (split.is_some() || line.chars().count() < 60).then_some((field, right))
}

/// A line as "label: answer" where the label is not in our words.
fn named_otherwise(line: &str) -> Option<(&'static str, &str)> {
    let colon = line.find([':', '：', '\t']).map(|at| (at, line[at..].chars().next().map_or(1, char::len_utf8)));
    let dash = DASHES.iter().filter_map(|dash| line.find(dash).map(|at| (at, dash.len()))).min();
    let (at, length) = colon.into_iter().chain(dash).min()?;
    let field = names::otherwise(&plain(&line[..at]))?;
    Some((field, line[at + length..].trim_matches([' ', '\u{a0}', '*', '_', '|', '\t', ':', '>'])))
}

/// The one choice that was left standing in the brackets, "What happened (damaged):", or that was marked there.
fn left_over<'l>(field: &str, line: &'l str) -> Option<&'l str> {
    let inner = line.split_once('(')?.1.rsplit_once(')')?.0;
    let is_choice = words::codes(field).iter().any(|code| LANGUAGES.iter().any(|language| plain(words::choice(field, code, language)) == plain(inner)));
    if is_choice {
        return Some(inner);
    }
    // Or the one that was marked: "(damaged / **wrong item** / changed my mind)".
    let mut marked = inner.split('/').map(str::trim).filter(|choice| choice.starts_with(CHOSEN) || choice.ends_with(CHOSEN));
    let only = marked.next().filter(|_| marked.next().is_none())?;
    Some(only.trim_matches(|c: char| !c.is_alphanumeric())).filter(|only| !only.is_empty())
}

/// The next line that says something, unless it asks the next question. In the quote nothing may stand between: behind an empty
/// line our own letter goes on.
fn below(lines: &[Line], own: &Own, new: bool) -> Option<String> {
    let at = lines.iter().take(if new { 3 } else { 1 }).position(|line| !line.text.is_empty())?;
    let next = &lines[at].text;
    (labelled(next, own).is_none() && named_otherwise(next).is_none()).then(|| flowing(next, &lines[at..], own))
}

/// An answer that begins in the first line, with the lines into which it was broken.
fn flowing(said: &str, lines: &[Line], own: &Own) -> String {
    let goes_on = |at: usize| {
        lines[at - 1].broken && !lines[at].text.is_empty() && labelled(&lines[at].text, own).is_none() && named_otherwise(&lines[at].text).is_none()
    };
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
