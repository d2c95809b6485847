//! Orders that a shop's own programs post, with a key in the `Authorization` header or in the address that its backend was given. No
//! cookie counts here, and every answer is JSON that says what was taken and what was not (docs/orders.md).

use super::layout::Ours;
use super::{Access, Error, Path, Result, Route, State, post};
use crate::desk::returns;
use crate::order::json::{self, Mistake, Post};
use crate::order::shop_key::{self, Purpose, ShopKeyId};
use crate::order::{self, OrderId};
use crate::world;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};

pub fn routes() -> Vec<Route> {
    vec![post("/api/orders", Access::Key, take), post("/api/orders/{token}", Access::Link, take_at_address)]
}

/// What an answer says.
#[derive(serde::Serialize)]
struct Answer {
    /// Numbers of the orders that are known now.
    taken: Vec<String>,
    mistakes: Vec<Mistake>,
    /// Fields that nobody here understands.
    ignored: Vec<String>,
}

/// The key of a request, for the guard.
pub async fn key_of(state: &State, headers: &HeaderMap) -> Result<ShopKeyId> {
    let said = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).and_then(|value| value.split_once(' '));
    let secret = said.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, secret)| secret.trim().to_owned()).ok_or(Error::NoKey)?;
    state.read(move |c| shop_key::open(c, &secret, Purpose::Header)?.ok_or(Error::NoKey)).await
}

async fn take(state: State, Extension(key): Extension<ShopKeyId>, body: Bytes) -> Result<Response> {
    learn(&state, key, json::read(&body)).await
}

async fn take_at_address(state: State, Path(token): Path<String>, body: Bytes) -> Result<Response> {
    let key = state.read(move |c| shop_key::open(c, &token, Purpose::Address)?.ok_or(Error::NotFound)).await?;
    // WooCommerce tries a new address with a form of one field.
    let post = if body.starts_with(b"webhook_id=") { Post::default() } else { json::read(&body) };
    learn(&state, key, post).await
}

/// Takes what can be taken; returns that waited for it find their order.
async fn learn(state: &State, key: ShopKeyId, post: Post) -> Result<Response> {
    let Post { orders, mistakes, ignored } = post;
    let taken = orders.iter().map(|order| order.number.clone()).collect();
    state
        .write(move |tx| {
            let now = world::now();
            shop_key::note_used(tx, key, now)?;
            let known = orders.iter().map(|news| order::learn(tx, news, order::Source::Api, now)).collect::<Result<Vec<OrderId>, _>>()?;
            Ok::<_, Error>(returns::orders_arrived(tx, &known, now)?)
        })
        .await?;
    let status = if mistakes.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mut response = (status, Json(Answer { taken, mistakes, ignored })).into_response();
    response.extensions_mut().insert(Ours);
    Ok(response)
}
