//! The owner's own fields of a return: the list, and one field with its words in each language. Mail, form, reading, board, table and
//! search take up what is saved here.

use super::ask::Ask;
use super::layout::{Shell, page, page_with_status, see, see_saying};
use super::present;
use super::said::Said;
use super::{Access, Error, Fields, Path, Result, Route, State, Visitor, get, post};
use crate::database::Writer;
use crate::desk::returns;
use crate::return_request::LANGUAGES;
use crate::return_request::fields::{Kind, OwnField};
use crate::return_request::own_field::{
    self, CHOICE_CHARS_MAX, CHOICES_MAX, Choice, Draft, Kept, LABEL_CHARS_MAX, Mistake, OwnFieldId, Place, QUESTION_CHARS_MAX,
};
use crate::return_request::words;
use crate::world;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use std::collections::BTreeMap;

const HERE: &str = "/settings/returns/fields";
/// Empty lines below the choices that are there.
const SPARE_LINES: usize = 3;
/// What an owner may ask for, and how it is called.
const KINDS: &[(Kind, &str, &str)] =
    &[(Kind::Text, "text", "Text"), (Kind::Choice, "choice", "Choice"), (Kind::Number, "number", "Number"), (Kind::Date, "date", "Day")];

pub fn routes() -> Vec<Route> {
    vec![
        get("/settings/returns/fields", Access::Owner, list),
        post("/settings/returns/fields", Access::Owner, create),
        get("/settings/returns/fields/new", Access::Owner, new),
        get("/settings/returns/fields/{id}", Access::Owner, edit),
        post("/settings/returns/fields/{id}", Access::Owner, change),
        post("/settings/returns/fields/{id}/place", Access::Owner, shift),
        post("/settings/returns/fields/{id}/removal", Access::Owner, remove),
        post("/settings/returns/fields/{id}/restoration", Access::Owner, restore),
    ]
}

#[derive(Template)]
#[template(path = "returns/fields.html")]
struct List {
    shell: Shell,
    tab: &'static str,
    fields: Vec<Row>,
    removed: Vec<Row>,
    kinds: &'static [(Kind, &'static str, &'static str)],
}

struct Row {
    id: OwnFieldId,
    label: String,
    kind: &'static str,
    required: bool,
    on_board: bool,
    key: String,
}

#[derive(Template)]
#[template(path = "returns/field.html")]
struct Page {
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
    refusal: Option<String>,
}

/// What is said in one language.
struct Words {
    language: &'static str,
    label: Line,
    question: Line,
    choices: Vec<Line>,
}

struct Line {
    name: String,
    value: String,
    chars_max: usize,
    /// What others fall back to.
    instead: String,
    complaint: Option<String>,
}

async fn list(state: State, visitor: Visitor) -> Result<Response> {
    let own = state.clone();
    let found = state.read(move |c| {
        let (removed, fields): (Vec<Kept>, Vec<Kept>) = own_field::kept(c)?.into_iter().partition(|kept| kept.removed);
        let rows = |kept: Vec<Kept>| kept.into_iter().map(row).collect();
        Ok(List { shell: Shell::read(c, &own, &visitor, "settings")?, tab: "returns", fields: rows(fields), removed: rows(removed), kinds: KINDS })
    });
    page(&found.await?)
}

fn row(kept: Kept) -> Row {
    let OwnField { key, required, on_board, kind, .. } = &kept.field;
    let label = words::own_label(&kept.field, "en").to_owned();
    Row { id: kept.id, label, kind: named(*kind).1, required: *required, on_board: *on_board, key: key.clone() }
}

async fn new(state: State, visitor: Visitor, ask: Ask) -> Result<Response> {
    let shell = shell(&state, visitor).await?;
    page(&show(shell, None, "", &blank(kind_of(ask.get("kind"))), &[]))
}

async fn edit(state: State, visitor: Visitor, Path(id): Path<OwnFieldId>) -> Result<Response> {
    let kept = find(&state, id).await?;
    let shell = shell(&state, visitor).await?;
    page(&show(shell, Some(id), &kept.field.key, &Draft::of(&kept.field), &[]))
}

async fn create(state: State, visitor: Visitor, fields: Fields) -> Result<Response> {
    keep(state, visitor, None, fields).await
}

async fn change(state: State, visitor: Visitor, Path(id): Path<OwnFieldId>, fields: Fields) -> Result<Response> {
    let kept = find(&state, id).await?;
    keep(state, visitor, Some(kept), fields).await
}

enum Outcome {
    Saved(String),
    Wrong(Vec<Mistake>),
    TooMany,
}

/// Saves, or only shows more lines.
async fn keep(state: State, visitor: Visitor, was: Option<Kept>, fields: Fields) -> Result<Response> {
    let draft = typed(&fields, was.as_ref().map(|kept| &kept.field));
    let (id, key) = (was.as_ref().map(|kept| kept.id), was.as_ref().map_or(String::new(), |kept| kept.field.key.clone()));
    if fields.get("do") == "more" {
        return page(&show(shell(&state, visitor).await?, id, &key, &draft, &[]));
    }
    let (by, wanted) = (visitor.agent().id, draft.clone());
    let outcome = state
        .write(move |tx| {
            let all = own_field::kept(tx)?;
            let keys: Vec<String> = all.iter().map(|kept| kept.field.key.clone()).collect();
            let others: Vec<OwnField> = all.into_iter().filter(|kept| !kept.removed && Some(kept.id) != id).map(|kept| kept.field).collect();
            if id.is_none() && others.len() >= own_field::FIELDS_MAX {
                return Ok(Outcome::TooMany);
            }
            let field = match wanted.read(was.as_ref().map(|kept| &kept.field), &keys, &others) {
                Ok(field) => field,
                Err(mistakes) => return Ok(Outcome::Wrong(mistakes)),
            };
            own_field::save(tx, &field, by, world::now())?;
            settle(tx)?;
            Ok(Outcome::Saved(words::own_label(&field, "en").to_owned()))
        })
        .await?;
    let (mistakes, refusal) = match outcome {
        Outcome::Saved(label) => return Ok(see_saying(&state, HERE, &Said::words(format!("“{label}” is saved.")))),
        Outcome::Wrong(mistakes) => (mistakes, None),
        Outcome::TooMany => {
            (Vec::new(), Some(format!("There are {} fields already; customers answer no more questions. Remove one first.", own_field::FIELDS_MAX)))
        }
    };
    let shown = show(shell(&state, visitor).await?, id, &key, &draft, &mistakes);
    page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { refusal, ..shown })
}

async fn shift(state: State, _visitor: Visitor, Path(id): Path<OwnFieldId>, fields: Fields) -> Result<Response> {
    let up = fields.get("do") != "down";
    state.write(move |tx| Ok(own_field::shift(tx, id, up)?)).await?;
    Ok(see(HERE))
}

async fn remove(state: State, visitor: Visitor, Path(id): Path<OwnFieldId>) -> Result<Response> {
    let (by, kept) = (visitor.agent().id, find(&state, id).await?);
    state
        .write(move |tx| {
            own_field::remove(tx, id, by, world::now())?;
            settle(tx)
        })
        .await?;
    let words = format!("“{}” is asked for no more. What was answered stays.", words::own_label(&kept.field, "en"));
    Ok(see_saying(&state, HERE, &Said::with_undo(words, format!("{HERE}/{id}/restoration"))))
}

async fn restore(state: State, _visitor: Visitor, Path(id): Path<OwnFieldId>) -> Result<Response> {
    let kept = find(&state, id).await?;
    state
        .write(move |tx| {
            own_field::restore(tx, id)?;
            settle(tx)
        })
        .await?;
    Ok(see_saying(&state, HERE, &Said::words(format!("“{}” is asked for again.", words::own_label(&kept.field, "en")))))
}

/// What returns lack is another matter now.
fn settle(tx: &Writer) -> Result<()> {
    Ok(returns::judge_open(tx, world::now())?)
}

async fn find(state: &State, id: OwnFieldId) -> Result<Kept> {
    state.read(move |c| own_field::find(c, id)?.ok_or(Error::NotFound)).await
}

async fn shell(state: &State, visitor: Visitor) -> Result<Shell> {
    let own = state.clone();
    state.read(move |c| Shell::read(c, &own, &visitor, "settings")).await
}

fn blank(kind: Kind) -> Draft {
    Draft { kind, labels: BTreeMap::new(), questions: BTreeMap::new(), choices: Vec::new(), required: false, on_board: false }
}

fn kind_of(code: &str) -> Kind {
    KINDS.iter().find(|(_, known, _)| *known == code).map_or(Kind::Text, |(kind, ..)| *kind)
}

fn named(kind: Kind) -> (&'static str, &'static str) {
    KINDS.iter().find(|(known, ..)| *known == kind).map_or(("text", "Text"), |(_, code, words)| (code, words))
}

fn typed(fields: &Fields, was: Option<&OwnField>) -> Draft {
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

fn show(shell: Shell, id: Option<OwnFieldId>, key: &str, draft: &Draft, mistakes: &[Mistake]) -> Page {
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
