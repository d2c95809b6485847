//! Pieces that a shop's own programs post, with the same keys as orders (docs/pieces.md).

use super::fields;
use crate::desk::pieces as desk;
use crate::order::json::Mistake;
use crate::order::shop_key::{self, ShopKeyId};
use crate::piece::json::{self, News, Post};
use crate::piece::{self, PieceId, Source, picture};
use crate::web::layout::Ours;
use crate::web::{Access, Error, Result, Route, State, post};
use crate::world;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use data_encoding::BASE64;

pub fn routes() -> Vec<Route> {
    vec![post("/api/pieces", Access::Key, take).with_files()]
}

#[derive(serde::Serialize)]
struct Answer {
    added: Vec<Taken>,
    changed: Vec<Taken>,
    /// Known, and as they were.
    same: usize,
    mistakes: Vec<Mistake>,
    /// Fields that nobody here understands.
    ignored: Vec<String>,
}

#[derive(serde::Serialize)]
struct Taken {
    id: PieceId,
    sku: String,
    title: String,
    left: i64,
}

async fn take(state: State, Extension(key): Extension<ShopKeyId>, body: Bytes) -> Result<Response> {
    let Post { mut pieces, mut mistakes, ignored } = json::read(&body);
    let pictures = drawn(&state, &mut pieces, &mut mistakes).await?;
    let (answer, refused) = state
        .write(move |tx| {
            let now = world::now();
            shop_key::note_used(tx, key, now)?;
            let (entered, ids) = desk::take(tx, &pieces, Source::Api, piece::usual_currency(tx)?, None, now).map_err(Error::from)?;
            for (id, jpeg) in ids.iter().zip(&pictures) {
                if let (Some(id), Some(jpeg)) = (id, jpeg) {
                    picture::keep(tx, *id, jpeg, now)?;
                }
            }
            let taken = |ids: &[PieceId]| -> Result<Vec<Taken>> {
                let known = ids.iter().map(|id| Ok(piece::find(tx, *id)?)).collect::<Result<Vec<_>>>()?;
                let known = known.into_iter().flatten();
                Ok(known.map(|p| Taken { id: p.id, sku: p.said.sku, title: p.said.title, left: p.said.quantity }).collect())
            };
            let answer = Answer { added: taken(&entered.added)?, changed: taken(&entered.changed)?, same: entered.same, mistakes: Vec::new(), ignored };
            Ok((answer, entered.refused))
        })
        .await?;
    let at = |path: &str, field: &str| if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") };
    mistakes
        .extend(refused.iter().flat_map(|(path, complaints)| complaints.iter().map(|(field, words)| Mistake { path: at(path, field), words: words.clone() })));
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut response = (status, Json(Answer { mistakes, ..answer })).into_response();
    response.extensions_mut().insert(Ours);
    Ok(response)
}

/// Each piece's picture, made anew; a piece whose picture is none is taken without it, and said so.
async fn drawn(state: &State, pieces: &mut [News], mistakes: &mut Vec<Mistake>) -> Result<Vec<Option<Vec<u8>>>> {
    let mut pictures = Vec::new();
    for news in pieces {
        let Some(text) = news.picture.take() else {
            pictures.push(None);
            continue;
        };
        let bytes = BASE64.decode(text.trim().as_bytes()).unwrap_or_default();
        let jpeg = fields::made(state, bytes).await?;
        if jpeg.is_none() {
            let path = if news.path.is_empty() { "picture".to_owned() } else { format!("{}.picture", news.path) };
            mistakes.push(Mistake {
                path,
                words: "This is no picture in base64: JPEG, PNG, WebP, GIF and HEIC can be read. The piece was taken without it.".into(),
            });
        }
        pictures.push(jpeg);
    }
    Ok(pictures)
}
