//! Reply templates: words with placeholders, written here, filled in a conversation.

use super::layout::{Shell, page, page_with_status, see_saying};
use super::said::Said;
use super::{Access, Error, Fields, Path, Result, Route, State, Visitor, get, post};
use crate::reply_template::{self, Facts, PLACEHOLDERS, Template as Reply, TemplateId, fill};
use crate::{setting, world};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

const NAME_CHARS_MAX: usize = 100;
/// Longer than any letter that a person would read.
const TEXT_CHARS_MAX: usize = 20_000;
const HERE: &str = "/settings/templates";

pub fn routes() -> Vec<Route> {
    vec![
        get("/settings/templates", Access::Agent, list),
        post("/settings/templates", Access::Agent, create),
        get("/settings/templates/new", Access::Agent, new),
        get("/settings/templates/{id}", Access::Agent, edit),
        post("/settings/templates/{id}", Access::Agent, change),
        post("/settings/templates/{id}/deletion", Access::Agent, delete),
    ]
}

#[derive(Template)]
#[template(path = "templates/index.html")]
struct List {
    shell: Shell,
    tab: &'static str,
    templates: Vec<Reply>,
}

#[derive(Template)]
#[template(path = "templates/show.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    id: Option<TemplateId>,
    name: String,
    text: String,
    complaint: Option<&'static str>,
    /// The text filled for an invented customer, and placeholders that nobody knows.
    preview: Option<(String, Vec<String>)>,
    placeholders: &'static [(&'static str, &'static str)],
}

async fn list(state: State, visitor: Visitor) -> Result<Response> {
    let own = state.clone();
    let question = move |c: &_| Ok(List { shell: Shell::read(c, &own, &visitor, "settings")?, tab: "templates", templates: reply_template::all(c)? });
    page(&state.read(question).await?)
}

async fn new(state: State, visitor: Visitor) -> Result<Response> {
    page(&load(&state, visitor, None).await?)
}

async fn edit(state: State, visitor: Visitor, Path(id): Path<TemplateId>) -> Result<Response> {
    page(&load(&state, visitor, Some(id)).await?)
}

async fn load(state: &State, visitor: Visitor, id: Option<TemplateId>) -> Result<Page> {
    let own = state.clone();
    state
        .read(move |c| {
            let shell = Shell::read(c, &own, &visitor, "settings")?;
            let found = match id {
                Some(id) => Some(reply_template::find(c, id)?.ok_or(Error::NotFound)?),
                None => None,
            };
            let (name, text) = found.map_or_else(Default::default, |t| (t.name, t.text));
            Ok(Page { shell, tab: "templates", id, name, text, complaint: None, preview: None, placeholders: PLACEHOLDERS })
        })
        .await
}

async fn create(state: State, visitor: Visitor, fields: Fields) -> Result<Response> {
    keep(state, visitor, None, fields).await
}

async fn change(state: State, visitor: Visitor, Path(id): Path<TemplateId>, fields: Fields) -> Result<Response> {
    keep(state, visitor, Some(id), fields).await
}

/// Saves, or only shows how it would read.
async fn keep(state: State, visitor: Visitor, id: Option<TemplateId>, fields: Fields) -> Result<Response> {
    let (by, name, text) = (visitor.agent().id, fields.get("name").to_owned(), fields.text("text"));
    let blank = load(&state, visitor, id).await?;
    if fields.get("do") == "preview" {
        let preview = Some(fill(&text, &example(&state, &blank.shell).await?));
        return page(&Page { name, text, preview, ..blank });
    }
    let (wanted, body) = (name.clone(), text.clone());
    let complaint = match complaint_about(&name, &text) {
        Some(complaint) => Some(complaint),
        None => {
            state
                .write(move |tx| {
                    if reply_template::all(tx)?.iter().any(|t| Some(t.id) != id && t.name.eq_ignore_ascii_case(&wanted)) {
                        return Ok(Some("There is a template with this name already: choose another, or change that one."));
                    }
                    reply_template::save(tx, id, &wanted, &body, by, world::now())?;
                    Ok(None)
                })
                .await?
        }
    };
    match complaint {
        Some(_) => page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { name, text, complaint, ..blank }),
        None => Ok(see_saying(&state, HERE, &Said::words(format!("“{name}” is saved.")))),
    }
}

async fn delete(state: State, _visitor: Visitor, Path(id): Path<TemplateId>) -> Result<Response> {
    state
        .write(move |tx| {
            reply_template::find(tx, id)?.ok_or(Error::NotFound)?;
            Ok(reply_template::delete(tx, id)?)
        })
        .await?;
    Ok(see_saying(&state, HERE, &Said::words("The template is deleted.")))
}

fn complaint_about(name: &str, text: &str) -> Option<&'static str> {
    match () {
        () if name.is_empty() => Some("The template needs a name, by which it is found while writing."),
        () if name.chars().count() > NAME_CHARS_MAX || name.contains(char::is_control) => Some("The name is too long: a few words do."),
        () if text.trim().is_empty() => Some("The template has no text yet."),
        () if text.chars().count() > TEXT_CHARS_MAX => Some("The text is too long for a reply."),
        () => None,
    }
}

/// An invented customer, for the preview.
async fn example(state: &State, shell: &Shell) -> Result<Facts> {
    let shop = state.read(|c| Ok(setting::shop_name(c)?)).await?;
    Ok(Facts {
        name: Some("Mara".into()),
        order: Some("AT-10482".into()),
        shop: Some(shop),
        agent: Some(shell.agent.name.clone()),
        subject: Some("Refund for “Low Tide”".into()),
        of_return: reply_template::ReturnFacts {
            name: Some("R-0192".into()),
            item: Some("“Low Tide” giclée, 50×70".into()),
            amount: Some("€68.00".into()),
            ..Default::default()
        },
        ..Facts::default()
    })
}
