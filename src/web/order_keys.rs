//! The keys with which the shop's programs post orders: made, shown once, revoked.

use super::layout::{page_with_status, see_saying};
use super::orders;
use super::present::{Clock, When};
use super::said::Said;
use super::{Access, Error, Fields, Path, Result, Route, State, Visitor, post};
use crate::database::Reader;
use crate::order::shop_key::{self, KEYS_MAX, NAME_CHARS_MAX, Purpose, ShopKeyId};
use crate::world;
use axum::http::StatusCode;
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![post("/settings/orders/keys", Access::Owner, add), post("/settings/orders/keys/{id}/revocation", Access::Owner, revoke)]
}

pub struct KeyView {
    pub id: ShopKeyId,
    pub name: String,
    pub is_address: bool,
    pub made: When,
    pub used: Option<When>,
}

/// A key that could not be made, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub name: String,
    pub is_address: bool,
    pub complaint: Option<String>,
}

pub fn keys(c: &Reader, clock: &Clock) -> Result<Vec<KeyView>> {
    let view = |key: shop_key::ShopKey| KeyView {
        id: key.id,
        name: key.name,
        is_address: key.purpose == Purpose::Address,
        made: clock.short(key.created_at),
        used: key.used_at.map(|at| clock.short(at)),
    };
    Ok(shop_key::all(c)?.into_iter().map(view).collect())
}

async fn add(state: State, visitor: Visitor, clock: Clock, fields: Fields) -> Result<Response> {
    let (name, by, secret) = (fields.get("name").to_owned(), visitor.agent().id, world::random_token());
    let purpose = if fields.get("purpose") == Purpose::Address.code() { Purpose::Address } else { Purpose::Header };
    let (wanted, kept) = (name.clone(), secret.clone());
    let complaint = state
        .write(move |tx| {
            let there = shop_key::all(tx)?;
            if wanted.is_empty() || wanted.chars().count() > NAME_CHARS_MAX || wanted.contains(char::is_control) {
                return Ok(Some("Name the program that will use the key, in a few words."));
            }
            if there.iter().any(|key| key.name.eq_ignore_ascii_case(&wanted)) {
                return Ok(Some("There is a key of this name already: choose another, or revoke that one first."));
            }
            if there.len() >= KEYS_MAX {
                return Ok(Some("There are many keys already: revoke one that nobody uses."));
            }
            shop_key::add(tx, &wanted, purpose, &kept, by, world::now())?;
            Ok::<_, Error>(None)
        })
        .await?;
    if let Some(complaint) = complaint {
        let typed = Typed { name, is_address: purpose == Purpose::Address, complaint: Some(complaint.to_owned()) };
        return page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &orders::load_with(&state, visitor, clock, typed).await?);
    }
    tracing::info!(%by, "a key for orders was made");
    let (words, shown) = match purpose {
        Purpose::Header => (format!("The key of “{name}”. It is shown only now."), secret),
        Purpose::Address => {
            (format!("The address for “{name}”. It is shown only now; whoever has it can post orders."), format!("{}/api/orders/{secret}", state.public_url))
        }
    };
    Ok(see_saying(&state, "/settings/orders", &Said::with_link(words, shown)))
}

async fn revoke(state: State, visitor: Visitor, Path(id): Path<ShopKeyId>) -> Result<Response> {
    let by = visitor.agent().id;
    let revoked = state.write(move |tx| Ok(shop_key::revoke(tx, id, by, world::now())?)).await?;
    if !revoked {
        return Err(Error::NotFound);
    }
    tracing::info!(%by, key = %id, "a key for orders was revoked");
    Ok(see_saying(&state, "/settings/orders", &Said::words("The key is revoked: nothing is taken with it any more.")))
}
