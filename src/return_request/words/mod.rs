//! What customers read about a return, in their language: the label and question of each field, the words of each choice
//! and state, and the lines of a letter that they fill in. The words themselves stand in `xx.txt`, one file a language.

use super::fields::{BUILT_IN, ITEM, Kind, OwnField, PACKAGING, REASON, WISH};
use super::{LANGUAGES, Reason, Wish};
use std::collections::BTreeMap;
use std::sync::LazyLock;

const FILES: &[&str] = &[
    include_str!("en.txt"),
    include_str!("de.txt"),
    include_str!("fr.txt"),
    include_str!("es.txt"),
    include_str!("it.txt"),
    include_str!("nl.txt"),
    include_str!("pt.txt"),
    include_str!("sv.txt"),
];

/// Codes of an answer that is one or the other.
pub const YES: &str = "yes";
pub const NO: &str = "no";

type Words = BTreeMap<&'static str, &'static str>;

static WORDS: LazyLock<Vec<Words>> = LazyLock::new(|| FILES.iter().map(|file| parsed(file)).collect());

/// "Order number"; the field's own name where it has none.
pub fn label<'a>(field: &'a str, language: &str) -> &'a str {
    find(&format!("{field}.label"), language).unwrap_or(field)
}

/// "What is your order number?"
pub fn question<'a>(field: &'a str, language: &str) -> &'a str {
    find(&format!("{field}.question"), language).unwrap_or_else(|| label(field, language))
}

/// What helps to answer on a form, where something does.
pub fn hint(field: &str, language: &str) -> Option<&'static str> {
    find(&format!("{field}.hint"), language)
}

/// "not as described": the words of a reason or wish; the code itself where it is unknown.
pub fn choice<'a>(field: &str, code: &'a str, language: &str) -> &'a str {
    find(&format!("{field}.{code}"), language).unwrap_or(code)
}

/// "Your return is approved.": what a customer is told of a state; the code itself where it is unknown.
pub fn state<'a>(code: &'a str, language: &str) -> &'a str {
    find(&format!("state.{code}"), language).unwrap_or(code)
}

/// A day as it is written in that language: "17.12.2026". Months in digits, but for English, whose readers disagree on their order.
pub fn day(day: jiff::civil::Date, language: &str) -> String {
    find("day", language).map_or_else(|| day.to_string(), |shape| day.strftime(shape).to_string())
}

/// What stands in a sentence where the item's name is not known: "your order".
pub fn unnamed_item(language: &str) -> &'static str {
    find(&format!("{ITEM}.unnamed"), language).unwrap_or_default()
}

/// "at least 2, of the item and of the packaging": no word that an answer which quotes it could be taken to claim.
pub fn photos_at_least(count: u32, language: &str) -> String {
    find("photos.at_least", language).unwrap_or_default().replace("{n}", &count.to_string())
}

/// "we do not find AT-99123457"
pub fn order_not_found(number: &str, language: &str) -> String {
    find("order_number.not_found", language).unwrap_or_default().replace("{number}", number)
}

/// "is it AT-10482?"
pub fn order_perhaps(number: &str, language: &str) -> String {
    find("order_number.perhaps", language).unwrap_or_default().replace("{number}", number)
}

/// A phrase of what fulfilment is told; empty where there is none.
pub fn fulfilment(phrase: &str, language: &str) -> &'static str {
    find(&format!("fulfilment.{phrase}"), language).unwrap_or_default()
}

/// A phrase of the form and the state page; empty where there is none.
pub fn form(phrase: &str, language: &str) -> &'static str {
    find(&format!("form.{phrase}"), language).unwrap_or_default()
}

/// A phrase of the return policy; empty where there is none.
pub fn policy(phrase: &str, language: &str) -> &'static str {
    find(&format!("policy.{phrase}"), language).unwrap_or_default()
}

/// "Report within: 14 days": label style, because no language then needs its grammar bent around a value.
pub fn labelled(label: &str, value: &str, language: &str) -> String {
    format!("{label}{}{value}", colon(language))
}

/// The codes that a built-in choice offers, in the order in which they are shown.
pub fn codes(field: &str) -> Vec<&'static str> {
    match field {
        REASON => Reason::ALL.iter().map(|reason| reason.code()).collect(),
        WISH => Wish::ALL.iter().map(|wish| wish.code()).collect(),
        PACKAGING => vec![YES, NO],
        _ => Vec::new(),
    }
}

/// The label of an owner's field: in `language`, else in English, else in any.
pub fn own_label<'a>(field: &'a OwnField, language: &str) -> &'a str {
    nearest(&field.labels, language).unwrap_or(&field.key)
}

/// The question of an owner's field, its label where it has none.
pub fn own_question<'a>(field: &'a OwnField, language: &str) -> &'a str {
    nearest(&field.questions, language).unwrap_or_else(|| own_label(field, language))
}

/// The words of a choice of an owner's field.
pub fn own_choice<'a>(field: &'a OwnField, code: &'a str, language: &str) -> &'a str {
    let words = field.choices.iter().find(|(known, _)| known == code).and_then(|(_, words)| nearest(words, language));
    words.unwrap_or(code)
}

/// The lines of a letter that its reader fills in, one for each of `fields` (built-in names and owner's keys), each
/// ending with a colon and a blank.
pub fn lines_to_fill<S: AsRef<str>>(fields: &[S], own: &[OwnField], language: &str) -> String {
    lines_to_fill_beside(fields, own, &[], language)
}

/// The same; `beside` says what stands in a line's brackets instead.
pub fn lines_to_fill_beside<S: AsRef<str>>(fields: &[S], own: &[OwnField], beside: &[(&str, String)], language: &str) -> String {
    let said = |field: &str| beside.iter().find(|(beside, _)| *beside == field).map(|(_, words)| words.clone());
    let line = |name: &S| match own.iter().find(|field| field.key == name.as_ref()) {
        Some(field) => {
            let choices: Vec<&str> = field.choices.iter().map(|(code, _)| own_choice(field, code, language)).collect();
            to_fill(own_label(field, language), &choices.join(" / "), language)
        }
        None => to_fill(label(name.as_ref(), language), &said(name.as_ref()).unwrap_or_else(|| brackets(name.as_ref(), language)), language),
    };
    fields.iter().map(line).collect()
}

/// What stands in brackets behind a built-in label: the choices, or what to do.
fn brackets(field: &str, language: &str) -> String {
    if BUILT_IN.iter().any(|(name, kind)| *name == field && *kind == Kind::Choice) {
        // Whoever has another reason says so in their own words.
        let offered = codes(field).into_iter().filter(|code| *code != Reason::Other.code());
        return offered.map(|code| choice(field, code, language)).collect::<Vec<_>>().join(" / ");
    }
    find(&format!("{field}.brackets"), language).unwrap_or_default().to_owned()
}

fn to_fill(label: &str, brackets: &str, language: &str) -> String {
    let colon = colon(language);
    if brackets.is_empty() { format!("{label}{colon}\n") } else { format!("{label} ({brackets}){colon}\n") }
}

/// French sets a blank before its colon.
fn colon(language: &str) -> &'static str {
    if language == "fr" { " : " } else { ": " }
}

fn nearest<'a>(words: &'a BTreeMap<String, String>, language: &str) -> Option<&'a str> {
    words.get(language).or_else(|| words.get(LANGUAGES[0])).or_else(|| words.values().next()).map(String::as_str)
}

/// A phrase about what somebody agrees to, or ends; empty where there is none.
pub fn consent(phrase: &str, language: &str) -> &'static str {
    find(&format!("consent.{phrase}"), language).unwrap_or_default()
}

fn find(key: &str, language: &str) -> Option<&'static str> {
    let at = LANGUAGES.iter().position(|known| *known == language).unwrap_or(0);
    WORDS[at].get(key).or_else(|| WORDS[0].get(key)).copied()
}

fn parsed(file: &'static str) -> Words {
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('=')).map(|(key, words)| (key.trim(), words.trim())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::return_request::fields::ORDER_NUMBER;

    #[test]
    fn every_language_says_what_english_says() {
        for (language, words) in LANGUAGES.iter().zip(WORDS.iter()) {
            let missing: Vec<_> = WORDS[0].keys().filter(|key| words.get(*key).is_none_or(|words| words.is_empty())).collect();
            assert!(missing.is_empty(), "{language} lacks {missing:?}");
            assert_eq!(words.len(), WORDS[0].len(), "{language} says more than English");
        }
        for (field, kind) in BUILT_IN {
            assert_ne!(label(field, "en"), *field);
            assert!(codes(field).iter().all(|code| WORDS[0].contains_key(format!("{field}.{code}").as_str())));
            assert_eq!(codes(field).is_empty(), *kind != Kind::Choice);
        }
    }

    #[test]
    fn a_letter_carries_lines_to_fill_in_its_readers_language() {
        let own = OwnField {
            key: "frame".into(),
            kind: Kind::Choice,
            labels: [("en".to_owned(), "Frame colour".to_owned()), ("de".to_owned(), "Rahmenfarbe".to_owned())].into(),
            questions: BTreeMap::new(),
            choices: vec![("oak".into(), [("de".to_owned(), "Eiche".to_owned())].into()), ("black".into(), BTreeMap::new())],
            required: true,
            on_board: false,
        };
        let asked = [ORDER_NUMBER, REASON, "frame"];
        assert_eq!(
            lines_to_fill(&asked, std::slice::from_ref(&own), "en"),
            "Order number: \nWhat happened (damaged / not as described / wrong item / changed my mind / not delivered): \nFrame colour (Eiche / black): \n"
        );
        assert_eq!(
            lines_to_fill(&asked, std::slice::from_ref(&own), "de"),
            "Bestellnummer: \nWas ist passiert (beschädigt / anders als beschrieben / falscher Artikel / gefällt mir nicht / nicht angekommen): \nRahmenfarbe (Eiche / black): \n"
        );
        assert!(lines_to_fill(&asked, &[], "fr").starts_with("Numéro de commande : \n"));
        assert_eq!(label(ORDER_NUMBER, "fi"), "Order number");
        assert_eq!(question("unknown", "de"), "unknown");
        let christmas = jiff::civil::date(2026, 12, 5);
        assert_eq!(
            LANGUAGES.iter().map(|language| day(christmas, language)).collect::<Vec<_>>(),
            ["5 December 2026", "05.12.2026", "05/12/2026", "05/12/2026", "05/12/2026", "05-12-2026", "05/12/2026", "2026-12-05"]
        );
    }
}
