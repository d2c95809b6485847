//! One field as its form shows it: what was typed, by language, and what of it cannot be.

use crate::return_request::LANGUAGES;
use crate::return_request::fields::{Kind, OwnField};
use crate::return_request::own_field::{CHOICE_CHARS_MAX, CHOICES_MAX, Choice, Draft, LABEL_CHARS_MAX, Mistake, OwnFieldId, Place, QUESTION_CHARS_MAX};
use crate::web::layout::Shell;
use crate::web::{Fields, present};
use askama::Template;
use std::collections::BTreeMap;

/// Empty lines below the choices that are there.
const SPARE_LINES: usize = 3;
/// What an owner may ask for, and how it is called.
pub const KINDS: &[(Kind, &str, &str)] =
    &[(Kind::Text, "text", "Text"), (Kind::Choice, "choice", "Choice"), (Kind::Number, "number", "Number"), (Kind::Date, "date", "Day")];

#[derive(Template)]
#[template(path = "returns/field.html")]
pub struct Page {
    shell: Shell,
    tab: &'static str,
    id: Option<OwnFieldId>,
    kind: &'static str,
    kind_words: &'static str,
    key: String,
    english: Words,
    others: Vec<Words>,
    codes: Vec<(String, String)>,
    required: bool,
    on_board: bool,
    choices_complaint: Option<String>,
    complaints: usize,
    /// A mistake stands among the other languages.
    others_open: bool,
    /// There are too many.
    pub refusal: Option<String>,
}

/// What is said in one language.
pub struct Words {
    language: &'static str,
    label: Line,
    question: Line,
    choices: Vec<Line>,
}

pub struct Line {
    name: String,
    value: String,
    chars_max: usize,
    /// What others fall back to.
    instead: String,
    complaint: Option<String>,
}

pub fn blank(kind: Kind) -> Draft {
    Draft { kind, labels: BTreeMap::new(), questions: BTreeMap::new(), choices: Vec::new(), required: false, on_board: false }
}

pub fn kind_of(code: &str) -> Kind {
    KINDS.iter().find(|(_, known, _)| *known == code).map_or(Kind::Text, |(kind, ..)| *kind)
}

pub fn named(kind: Kind) -> (&'static str, &'static str) {
    KINDS.iter().find(|(known, ..)| *known == kind).map_or(("text", "Text"), |(_, code, words)| (code, words))
}

pub fn typed(fields: &Fields, was: Option<&OwnField>) -> Draft {
    let by_language =
        |name: &dyn Fn(&str) -> String| LANGUAGES.iter().map(|language| ((*language).to_owned(), fields.get(&name(language)).to_owned())).collect();
    let lines = (0..CHOICES_MAX + SPARE_LINES).take_while(|at| fields.has(&name(&Place::Choice(*at, "en"))));
    let known = |code: &str| was.is_some_and(|was| was.choices.iter().any(|(known, _)| known == code));
    let choice = |at: usize| Choice {
        code: Some(fields.get(&format!("code_{at}")).to_owned()).filter(|code| known(code)),
        words: by_language(&|language| format!("choice_{at}_{language}")),
    };
    Draft {
        kind: was.map_or_else(|| kind_of(fields.get("kind")), |was| was.kind),
        labels: by_language(&|language| format!("label_{language}")),
        questions: by_language(&|language| format!("question_{language}")),
        choices: lines.map(choice).collect(),
        required: fields.has("required"),
        on_board: fields.has("on_board"),
    }
}

/// The name of the form's field in which a mistake stands.
fn name(place: &Place) -> String {
    match place {
        Place::Label(language) => format!("label_{language}"),
        Place::Question(language) => format!("question_{language}"),
        Place::Choices => "choices".into(),
        Place::Choice(at, language) => format!("choice_{at}_{language}"),
    }
}

pub fn show(shell: Shell, id: Option<OwnFieldId>, key: &str, draft: &Draft, mistakes: &[Mistake]) -> Page {
    let complaint = |place: &Place| mistakes.iter().find(|mistake| mistake.place == *place).map(|mistake| mistake.words.clone());
    let written = draft.choices.iter().rposition(|choice| choice.words.values().any(|text| !text.is_empty())).map_or(0, |at| at + 1);
    let lines = if draft.kind == Kind::Choice { (written + SPARE_LINES).min(CHOICES_MAX) } else { 0 };
    let get = |words: Option<&BTreeMap<String, String>>, language: &str| words.and_then(|words| words.get(language)).cloned().unwrap_or_default();
    let line = |place: Place, words: Option<&BTreeMap<String, String>>, language: &str, chars_max: usize| {
        let instead = if language == "en" { String::new() } else { get(words, "en") };
        Line { name: name(&place), value: get(words, language), chars_max, instead, complaint: complaint(&place) }
    };
    let words_in = |language: &'static str| Words {
        language: present::language(language),
        label: line(Place::Label(language), Some(&draft.labels), language, LABEL_CHARS_MAX),
        question: line(Place::Question(language), Some(&draft.questions), language, QUESTION_CHARS_MAX),
        choices: (0..lines).map(|at| line(Place::Choice(at, language), draft.choices.get(at).map(|c| &c.words), language, CHOICE_CHARS_MAX)).collect(),
    };
    let codes = draft.choices.iter().enumerate().filter_map(|(at, choice)| Some((format!("code_{at}"), choice.code.clone()?))).collect();
    let elsewhere = |place: &Place| matches!(place, Place::Label(l) | Place::Question(l) | Place::Choice(_, l) if *l != "en");
    Page {
        shell,
        tab: "returns",
        id,
        kind: named(draft.kind).0,
        kind_words: named(draft.kind).1,
        key: key.to_owned(),
        english: words_in("en"),
        others: LANGUAGES.iter().copied().filter(|language| *language != "en").map(words_in).collect(),
        codes,
        required: draft.required,
        on_board: draft.on_board,
        choices_complaint: complaint(&Place::Choices),
        complaints: mistakes.len(),
        others_open: mistakes.iter().any(|mistake| elsewhere(&mistake.place)),
        refusal: None,
    }
}
