//! A piece's picture: that which we made, or, until somebody looked at it, what came with its mail.

use super::fields;
use crate::conversation::message;
use crate::piece::{self, Piece, PieceId, picture};
use crate::web::attachments::{self, may_be_picture};
use crate::web::{Access, Error, Path, Result, Route, State, get};
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![get("/pieces/{id}/picture", Access::Agent, show)]
}

async fn show(state: State, Path(id): Path<PieceId>) -> Result<Response> {
    let (known, kept) = state.read(move |c| Ok((piece::find(c, id)?.ok_or(Error::NotFound)?, picture::of(c, id)?))).await?;
    let jpeg = match kept {
        Some(jpeg) => jpeg,
        None => of_mail(&state, &known).await?.ok_or(Error::NotFound)?,
    };
    let mut response = Response::new(Body::from(jpeg));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(picture::CONTENT_TYPE));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400"));
    Ok(response)
}

/// The first picture of the mail that a piece was made of, made anew.
pub async fn of_mail(state: &State, piece: &Piece) -> Result<Option<Vec<u8>>> {
    let Some(message) = piece.message_id else { return Ok(None) };
    let attached = state.read(move |c| Ok(message::attachments(c, message)?)).await?;
    let pictures = attached.into_iter().filter(|(_, attachment)| may_be_picture(attachment));
    // The largest is the piece; a small one is in somebody's signature.
    let Some((id, _)) = pictures.max_by_key(|(_, attachment)| attachment.bytes) else { return Ok(None) };
    let (_, bytes) = attachments::read(state, None, id).await?;
    fields::made(state, bytes).await
}
