//! A field as an owner writes it down: what of it cannot be, said at its place, or the field. Pure.

use crate::return_request::LANGUAGES;
use crate::return_request::fields::{BUILT_IN, Kind, OwnField};
use crate::return_request::reading::label_key;
use crate::return_request::words;
use std::collections::BTreeMap;

/// A label stands before a colon in a mail, and is recognised there.
pub const LABEL_CHARS_MAX: usize = 50;
pub const QUESTION_CHARS_MAX: usize = 200;
pub const CHOICE_CHARS_MAX: usize = 60;
/// Choices of a field: what a person reads through.
pub const CHOICES_MAX: usize = 20;
/// A key is typed into the search field.
const KEY_CHARS_MAX: usize = 24;
/// What others go back to.
const FALL_BACK: &str = LANGUAGES[0];
/// Names that forms, tables and the search field use for something else.
const RESERVED: &str = "address after amount assignee before closed_on confirm conversation csrf currency customer decided_amount decision \
    details drop from has is items kind mailbox name no_number opened_on packaging_asked order photo reason return state status subject tag to verdict \
    website why wish";

/// What was written down, by language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub kind: Kind,
    pub labels: BTreeMap<String, String>,
    pub questions: BTreeMap<String, String>,
    pub choices: Vec<Choice>,
    pub required: bool,
    pub on_board: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// Of one that is there already; records hold it.
    pub code: Option<String>,
    pub words: BTreeMap<String, String>,
}

/// Where a mistake stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Label(&'static str),
    Question(&'static str),
    Choices,
    Choice(usize, &'static str),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    pub place: Place,
    pub words: String,
}

impl Draft {
    pub fn of(field: &OwnField) -> Draft {
        Draft {
            kind: field.kind,
            labels: field.labels.clone(),
            questions: field.questions.clone(),
            choices: field.choices.iter().map(|(code, words)| Choice { code: Some(code.clone()), words: words.clone() }).collect(),
            required: field.required,
            on_board: field.on_board,
        }
    }

    /// The field, or everything that cannot be. `was` is the one that is changed, `keys` those that are taken, `others` the other fields
    /// in use.
    pub fn read(&self, was: Option<&OwnField>, keys: &[String], others: &[OwnField]) -> Result<OwnField, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let mut wrong = |place: Place, words: String| mistakes.push(Mistake { place, words });
        let (labels, questions) = (said(&self.labels), said(&self.questions));
        if !labels.contains_key(FALL_BACK) {
            wrong(Place::Label(FALL_BACK), "Write the label in English: other languages fall back to it.".into());
        }
        for language in LANGUAGES.iter().copied() {
            if let Some(words) = labels.get(language).and_then(|label| about_label(label, others)) {
                wrong(Place::Label(language), words);
            }
            if let Some(words) = questions.get(language).and_then(|question| about_text(question, QUESTION_CHARS_MAX)) {
                wrong(Place::Question(language), words);
            }
        }
        let choices = if self.kind == Kind::Choice { self.read_choices(&mut wrong) } else { Vec::new() };
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let key = was.map_or_else(|| key_for(labels.get(FALL_BACK).map_or("", String::as_str), keys), |was| was.key.clone());
        Ok(OwnField { key, kind: was.map_or(self.kind, |was| was.kind), labels, questions, choices, required: self.required, on_board: self.on_board })
    }

    /// Empty lines are left out.
    fn read_choices(&self, wrong: &mut impl FnMut(Place, String)) -> Vec<(String, BTreeMap<String, String>)> {
        let mut choices: Vec<(String, BTreeMap<String, String>)> = Vec::new();
        let mut seen: Vec<(String, usize)> = Vec::new();
        for (at, choice) in self.choices.iter().enumerate() {
            let words = said(&choice.words);
            if words.is_empty() {
                continue;
            }
            if !words.contains_key(FALL_BACK) {
                wrong(Place::Choice(at, FALL_BACK), "Write this choice in English, too: other languages fall back to it.".into());
            }
            for language in LANGUAGES.iter().copied() {
                let Some(text) = words.get(language) else { continue };
                let known = label_key(text);
                if let Some(why) = about_choice(text, &known) {
                    wrong(Place::Choice(at, language), why);
                } else if seen.iter().any(|(other, of)| *other == known && *of != at) {
                    wrong(Place::Choice(at, language), "Another choice is called that: nobody could tell them apart.".into());
                }
                seen.push((known, at));
            }
            let taken: Vec<String> = self.choices.iter().filter_map(|c| c.code.clone()).chain(choices.iter().map(|(code, _)| code.clone())).collect();
            let code = choice.code.clone().unwrap_or_else(|| free(&slug(words.get(FALL_BACK).map_or("", String::as_str), "choice"), &taken));
            choices.push((code, words));
        }
        if choices.len() < 2 {
            wrong(Place::Choices, "Write at least two choices.".into());
        } else if choices.len() > CHOICES_MAX {
            wrong(Place::Choices, format!("At most {CHOICES_MAX} choices: nobody reads more."));
        }
        choices
    }
}

fn said(words: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let known = words.iter().map(|(language, text)| (language.clone(), text.split_whitespace().collect::<Vec<_>>().join(" ")));
    known.filter(|(language, text)| !text.is_empty() && LANGUAGES.contains(&language.as_str())).collect()
}

fn about_label(label: &str, others: &[OwnField]) -> Option<String> {
    let known = label_key(label);
    if known.is_empty() {
        return Some("A label needs letters: by them the answer is recognised.".into());
    }
    if label.contains([':', '：', '?', '(', ')', '[', ']', '/']) {
        return Some("A label is a few plain words, without : ? / or brackets: they stand before the answer. A question has its own place.".into());
    }
    if let Some(other) = others.iter().find(|other| other.labels.values().chain(other.questions.values()).any(|word| label_key(word) == known)) {
        return Some(format!("“{}” is called that already.", words::own_label(other, FALL_BACK)));
    }
    let built_in =
        |name: &&str| LANGUAGES.iter().any(|language| [words::label(name, language), words::question(name, language)].iter().any(|w| label_key(w) == known));
    if let Some(name) = BUILT_IN.iter().map(|(name, _)| *name).find(built_in) {
        return Some(format!("Every return has a line of that name: “{}”.", words::label(name, FALL_BACK)));
    }
    about_text(label, LABEL_CHARS_MAX)
}

fn about_choice(text: &str, known: &str) -> Option<String> {
    if known.is_empty() {
        return Some("A choice needs letters or digits: by them the answer is recognised.".into());
    }
    if text.contains(['/', ':', '(', ')', '[', ']']) {
        return Some("Without / : or brackets: the choices stand side by side in the letter.".into());
    }
    about_text(text, CHOICE_CHARS_MAX)
}

fn about_text(text: &str, chars_max: usize) -> Option<String> {
    if text.contains("{{") {
        return Some("Placeholders are not filled in here.".into());
    }
    (text.chars().count() > chars_max).then(|| format!("At most {chars_max} characters, please."))
}

/// What records, tables and the search field call it.
fn key_for(label: &str, taken: &[String]) -> String {
    let key = slug(label, "field");
    let key = if is_reserved(&key) { format!("own_{key}") } else { key };
    free(&key, taken)
}

/// Whether forms, tables or the search field use the word for something else.
pub fn is_reserved(key: &str) -> bool {
    RESERVED.split_whitespace().any(|word| word == key) || key.starts_with("confirm_") || BUILT_IN.iter().any(|(name, _)| *name == key)
}

/// Lower-case letters, digits and `_`, a letter first.
fn slug(text: &str, otherwise: &str) -> String {
    let plain: String = label_key(text).chars().map(|c| if c == ' ' { '_' } else { c }).filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let cut: String = plain.trim_matches('_').chars().take(KEY_CHARS_MAX).collect();
    match cut.chars().next() {
        None => otherwise.to_owned(),
        Some(first) if first.is_ascii_digit() => format!("{otherwise}_{cut}"),
        Some(_) => cut.trim_end_matches('_').to_owned(),
    }
}

fn free(wanted: &str, taken: &[String]) -> String {
    let is_free = |name: &String| !taken.contains(name);
    std::iter::once(wanted.to_owned()).chain((2..).map(|n| format!("{wanted}_{n}"))).find(is_free).expect("there are numbers enough")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(language, text)| ((*language).to_owned(), (*text).to_owned())).collect()
    }

    fn draft(kind: Kind, label: &str) -> Draft {
        Draft { kind, labels: words(&[("en", label)]), questions: BTreeMap::new(), choices: Vec::new(), required: false, on_board: false }
    }

    fn choice(text: &str) -> Choice {
        Choice { code: None, words: words(&[("en", text)]) }
    }

    #[test]
    fn keys_and_codes_are_made_of_the_english_words_and_are_never_given_twice() {
        let key =
            |label: &str, taken: &[&str]| draft(Kind::Text, label).read(None, &taken.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>(), &[]).unwrap().key;
        assert_eq!(key("  Frame   colour ", &[]), "frame_colour");
        assert_eq!(key("Frame colour", &["frame_colour"]), "frame_colour_2");
        assert_eq!((key("Größe", &[]), key("額縁", &[]), key("2nd owner", &[])), ("grosse".into(), "field".into(), "field_2nd_owner".into()));
        assert_eq!((key("Status", &[]), key("Photo", &[])), ("own_status".into(), "own_photo".into()));
        let chosen = Draft { choices: vec![choice("Oak"), choice(""), choice("Black ash")], ..draft(Kind::Choice, "Frame") }.read(None, &[], &[]).unwrap();
        assert_eq!(chosen.choices.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>(), ["oak", "black_ash"]);
        // Reworded, a choice keeps its code: records hold it.
        let mut again = Draft::of(&chosen);
        again.choices[0].words = words(&[("en", "Light oak"), ("de", "Helle Eiche")]);
        again.choices.push(choice("Oak"));
        let again = again.read(Some(&chosen), &[], &[]).unwrap();
        assert_eq!(again.choices.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>(), ["oak", "black_ash", "oak_2"]);
        assert_eq!(again.key, "frame");
    }

    #[test]
    fn every_mistake_is_said_at_its_place() {
        let other = draft(Kind::Text, "Size").read(None, &[], &[]).unwrap();
        let at = |draft: &Draft| draft.read(None, &[], std::slice::from_ref(&other)).unwrap_err().into_iter().map(|m| (m.place, m.words)).collect::<Vec<_>>();
        let one = |draft: &Draft| {
            let mut all = at(draft);
            assert_eq!(all.len(), 1, "{all:?}");
            all.remove(0)
        };
        assert_eq!(one(&draft(Kind::Text, " ")).0, Place::Label("en"));
        for (label, says) in [
            ("!!!", "needs letters"),
            ("Frame: colour", "plain words"),
            ("size", "“Size” is called that"),
            ("Bestellnummer", "“Order number”"),
            ("{{name}}", "Placeholders"),
            (&"a".repeat(51), "At most 50"),
        ] {
            let (place, words) = one(&draft(Kind::Text, label));
            assert!(place == Place::Label("en") && words.contains(says), "{label}: {words}");
        }
        let mut few = Draft { choices: vec![choice("Oak")], ..draft(Kind::Choice, "Frame") };
        assert_eq!(one(&few).0, Place::Choices);
        few.choices.extend([choice("oak!"), Choice { code: None, words: words(&[("de", "Eiche")]) }, choice("a / b")]);
        let places: Vec<_> = at(&few).into_iter().map(|(place, _)| place).collect();
        assert_eq!(places, [Place::Choice(1, "en"), Place::Choice(2, "en"), Place::Choice(3, "en")]);
    }
}
