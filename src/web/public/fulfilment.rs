//! What fulfilment sees behind its link: the facts and photos of a return, and three buttons, or the
//! one whose link was followed. Looking changes nothing; one button says how the item arrived (PROMISES P65).

use crate::conversation::message;
use crate::database::Reader;
use crate::desk::returns::{self, Answer};
use crate::id::AttachmentId;
use crate::return_request::{ReturnId, fact, link};
use crate::web::layout::{Plain, page, see};
use crate::web::{Access, Error, Fields, Path, Result, Route, State, attachments, get, pictures, post, session};
use crate::{setting, world};
use askama::Template;
use axum::body::Body;
use axum::extract::Query;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![
        get("/fulfilment/{token}", Access::Link, show),
        post("/fulfilment/{token}", Access::Link, answer),
        get("/fulfilment/{token}/photos/{id}", Access::Link, photo),
    ]
}

#[derive(Template)]
#[template(path = "public/fulfilment.html")]
struct Page {
    plain: Plain,
    shop: String,
    token: String,
    name: String,
    facts: Vec<(String, String)>,
    photos: Vec<AttachmentId>,
    state: &'static str,
    /// It was answered; another answer corrects it.
    answered: bool,
    /// The answer whose link was followed: its one button says it.
    chosen: Option<Answer>,
}

/// Which of the mail's three links was followed.
#[derive(serde::Deserialize)]
struct Followed {
    answer: Option<String>,
}

async fn show(state: State, Path(token): Path<String>, Query(followed): Query<Followed>, headers: HeaderMap) -> Result<Response> {
    let plain = Plain::new(session::theme(&headers));
    let chosen = followed.answer.as_deref().and_then(Answer::from_code);
    let found = state
        .read(move |c| {
            let (id, answered) = opened(c, &token)?;
            let standing = returns::standing(c, id)?;
            let language = setting::get::<String>(c, setting::LANGUAGE)?.unwrap_or_else(|| "en".into());
            Ok(Page {
                plain,
                shop: setting::shop_name(c)?,
                name: standing.request.name(),
                facts: returns::told_fulfilment(c, &standing, &language)?,
                photos: fact::photos(c, id)?,
                state: standing.request.state.words(),
                answered,
                chosen,
                token,
            })
        })
        .await?;
    page(&found)
}

impl Page {
    fn words(answer: &Answer) -> &'static str {
        match answer {
            Answer::Expected => "Arrived as expected",
            Answer::Damaged => "Arrived damaged",
            Answer::Missing => "Not arrived",
        }
    }
}

async fn answer(state: State, Path(token): Path<String>, fields: Fields) -> Result<Response> {
    let to = format!("/fulfilment/{token}");
    state
        .write(move |tx| {
            let now = world::now();
            let (id, _) = opened(tx, &token)?;
            let answer = Answer::from_code(fields.get("answer")).ok_or(Error::Unreadable)?;
            link::take(tx, &token, link::Purpose::Fulfilment, now)?;
            returns::answered(tx, id, answer, now)?;
            Ok::<_, Error>(())
        })
        .await?;
    Ok(see(&to))
}

/// A photo of this return and no other, made anew.
async fn photo(state: State, Path((token, id)): Path<(String, AttachmentId)>) -> Result<Response> {
    state
        .read(move |c| {
            let (of, _) = opened(c, &token)?;
            let shown = fact::photos(c, of)?.contains(&id) && message::find_attachment(c, id)?.is_some();
            if shown { Ok(()) } else { Err(Error::NotFound) }
        })
        .await?;
    let (_, bytes) = attachments::read(&state, None, id).await?;
    let picture = pictures::remade(&state, bytes).await?.ok_or(Error::NotFound)?;
    let mut response = Response::new(Body::from(picture));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
    Ok(response)
}

fn opened(c: &Reader, token: &str) -> Result<(ReturnId, bool)> {
    match link::open(c, token, link::Purpose::Fulfilment, world::now())? {
        link::Opened::Valid { return_id, used_at } => Ok((return_id, used_at.is_some())),
        link::Opened::Expired => Err(Error::Gone),
        link::Opened::Unknown => Err(Error::NotFound),
    }
}
