//! A piece is entered, or changed.

use super::fields::{self, Form};
use crate::desk::pieces as desk;
use crate::lead::Kind;
use crate::piece::{self, Piece, PieceId, Source, Typed, picture, sale};
use crate::web::layout::{page_with_status, see_saying};
use crate::web::{Access, Error, Path, Result, Route, Said, Shell, State, Visitor, at_desk, get, page, post};
use crate::world;
use askama::Template;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![
        get("/pieces/new", Access::Agent, blank),
        post("/pieces", Access::Agent, enter).streaming(),
        get("/pieces/{id}/edit", Access::Agent, edit),
        post("/pieces/{id}", Access::Agent, save).streaming(),
    ]
}

#[derive(Template)]
#[template(path = "pieces/form.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    /// None: a new one.
    id: Option<PieceId>,
    /// A mail made it, and it is looked at now.
    draft: bool,
    has_picture: bool,
    typed: Typed,
    complaints: Vec<(&'static str, String)>,
    picture_complaint: Option<String>,
    /// The picture that was chosen, to come back with the form.
    kept: String,
    mediums: &'static [&'static str],
    colours: &'static [&'static str],
}

impl Page {
    fn wrong(&self, field: &str) -> Option<&str> {
        self.complaints.iter().find(|(name, _)| *name == field).map(|(_, words)| words.as_str())
    }

    fn is_ticked(&self, colour: &str) -> bool {
        self.typed.colours.iter().any(|ticked| ticked == colour)
    }
}

async fn blank(state: State, visitor: Visitor) -> Result<Response> {
    page(&load(&state, visitor, None).await?)
}

async fn edit(state: State, visitor: Visitor, Path(id): Path<PieceId>) -> Result<Response> {
    page(&load(&state, visitor, Some(id)).await?)
}

async fn load(state: &State, visitor: Visitor, id: Option<PieceId>) -> Result<Page> {
    let own = state.clone();
    state
        .read(move |c| {
            let known = id.map(|id| piece::find(c, id)?.ok_or(Error::NotFound)).transpose()?;
            let has_picture =
                id.map(|id| picture::made_at(c, id)).transpose()?.flatten().is_some() || known.as_ref().is_some_and(|known| known.message_id.is_some());
            let currency = piece::usual_currency(c)?.map(|currency| currency.as_str().to_owned()).unwrap_or_default();
            let fresh = || Typed { quantity: "1".into(), currency, ..Typed::default() };
            Ok(Page {
                shell: Shell::read(c, &own, &visitor, "leads")?,
                tab: "pieces",
                id,
                draft: known.as_ref().is_some_and(|known| known.draft),
                has_picture,
                typed: known.as_ref().map_or_else(fresh, Typed::of),
                complaints: Vec::new(),
                picture_complaint: None,
                kept: String::new(),
                mediums: Kind::Medium.codes(),
                colours: Kind::Colour.codes(),
            })
        })
        .await
}

async fn enter(state: State, visitor: Visitor, request: Request) -> Result<Response> {
    let form = fields::read(&state, &visitor, request).await?;
    let by = visitor.agent().id;
    let (typed, jpeg) = (form.typed.clone(), form.picture.clone());
    let judged = judge(&state, None, &form).await?;
    let said = match judged {
        Ok(said) => said,
        Err(complaints) => return again(&state, visitor, None, form, complaints).await,
    };
    let id = state
        .write(move |tx| {
            let now = world::now();
            let id = piece::add(tx, &said, Source::Form, None, Some(by), now)?;
            if let Some(jpeg) = jpeg {
                picture::keep(tx, id, &jpeg, now)?;
            }
            Ok(id)
        })
        .await?;
    Ok(see_saying(&state, &format!("/pieces/{id}"), &Said::words(format!("“{}” is entered.", typed.title.trim()))))
}

async fn save(state: State, visitor: Visitor, Path(id): Path<PieceId>, request: Request) -> Result<Response> {
    let form = fields::read(&state, &visitor, request).await?;
    let by = visitor.agent().id;
    let known = state.read(move |c| piece::find(c, id)?.ok_or(Error::NotFound)).await?;
    let said = match judge(&state, Some(&known), &form).await? {
        Ok(said) => said,
        Err(complaints) => return again(&state, visitor, Some(id), form, complaints).await,
    };
    let jpeg = match form.picture {
        Some(jpeg) => Some(jpeg),
        // Somebody looks at a mail's picture now: it is made once, and kept.
        None if known.draft && !form.drop_picture => super::picture::of_mail(&state, &known).await?,
        None => None,
    };
    let drop_picture = form.drop_picture && jpeg.is_none();
    let saved = at_desk::ask(&state, move |tx| {
        let now = world::now();
        piece::change(tx, id, &said)?;
        desk::set_left(tx, &known, said.quantity, sale::Source::Agent, Some(by), now)?;
        piece::note_looked_at(tx, id, by, now)?;
        if let Some(jpeg) = jpeg {
            picture::keep(tx, id, &jpeg, now)?;
        } else if drop_picture {
            picture::forget(tx, id)?;
        }
        Ok(())
    });
    let words = saved.await?.err().unwrap_or_else(|| "Saved.".to_owned());
    Ok(see_saying(&state, &format!("/pieces/{id}"), &Said::words(words)))
}

/// What was typed as what it says, or everything that is wrong with it.
async fn judge(state: &State, known: Option<&Piece>, form: &Form) -> Result<Result<piece::Said, Vec<(&'static str, String)>>> {
    let (typed, known) = (form.typed.clone(), known.map(|known| known.id));
    let judged = state
        .read(move |c| {
            let mut judged = typed.read(piece::usual_currency(c)?);
            let taken = piece::find_by_sku(c, typed.sku.trim())?.filter(|other| Some(other.id) != known);
            if let Some(other) = taken {
                let complaint = ("sku", format!("“{}” has this SKU already.", other.said.title));
                judged = Err(judged.err().into_iter().flatten().chain([complaint]).collect());
            }
            Ok(judged)
        })
        .await?;
    Ok(if form.complaint.is_some() { Err(judged.err().unwrap_or_default()) } else { judged })
}

/// The form as it was typed, with what is wrong at each field.
async fn again(state: &State, visitor: Visitor, id: Option<PieceId>, form: Form, complaints: Vec<(&'static str, String)>) -> Result<Response> {
    let page = load(state, visitor, id).await?;
    let kept = form.picture.as_deref().map(fields::kept).unwrap_or_default();
    page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { typed: form.typed, complaints, picture_complaint: form.complaint, kept, ..page })
}
