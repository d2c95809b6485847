//! Invitations and password resets: one-time links that an owner makes and hands over. Looking at one changes nothing; a
//! wrong one is not found, a used or expired one is gone (PROMISES P60).

use super::layout::{Plain, page, page_with_status, see};
use super::login::{Client, open_session};
use super::{Access, Error, Fields, Path, Result, Route, State, get, post, session};
use crate::agent::{self, Agent, LinkPurpose};
use crate::database::{Millis, Reader};
use crate::{setting, world};
use askama::Template;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

pub const INVITE_LIFE: Millis = 7 * 24 * 60 * 60 * 1000;
pub const RESET_LIFE: Millis = 24 * 60 * 60 * 1000;

pub fn routes() -> Vec<Route> {
    vec![
        get("/invite/{token}", Access::Link, show_invite),
        post("/invite/{token}", Access::Link, accept_invite),
        get("/reset/{token}", Access::Link, show_reset),
        post("/reset/{token}", Access::Link, set_password),
    ]
}

#[derive(Template)]
#[template(path = "setup/password.html")]
struct Page {
    plain: Plain,
    shop: String,
    agent: Agent,
    action: String,
    is_invite: bool,
    complaint: Option<String>,
}

async fn show_invite(state: State, Path(token): Path<String>, headers: HeaderMap) -> Result<Response> {
    page(&load(&state, token, LinkPurpose::Invite, &headers).await?)
}

async fn show_reset(state: State, Path(token): Path<String>, headers: HeaderMap) -> Result<Response> {
    page(&load(&state, token, LinkPurpose::Reset, &headers).await?)
}

async fn accept_invite(state: State, Path(token): Path<String>, fields: Fields, request: Request) -> Result<Response> {
    take(state, token, LinkPurpose::Invite, fields, request).await
}

async fn set_password(state: State, Path(token): Path<String>, fields: Fields, request: Request) -> Result<Response> {
    take(state, token, LinkPurpose::Reset, fields, request).await
}

async fn load(state: &State, token: String, purpose: LinkPurpose, headers: &HeaderMap) -> Result<Page> {
    let is_invite = purpose == LinkPurpose::Invite;
    let action = format!("/{}/{token}", if is_invite { "invite" } else { "reset" });
    let (agent, shop) = state.read(move |c| Ok((holder(c, &token, purpose)?, setting::shop_name(c)?))).await?;
    Ok(Page { plain: Plain::new(session::theme(headers)), shop, agent, action, is_invite, complaint: None })
}

/// Uses the link up and signs the agent in; every session of before ends.
async fn take(state: State, token: String, purpose: LinkPurpose, fields: Fields, request: Request) -> Result<Response> {
    let blank = load(&state, token.clone(), purpose, request.headers()).await?;
    let agent = blank.agent.id;
    let password = fields.text("password");
    if let Some(complaint) = agent::password_complaint(&password) {
        return page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { complaint: Some(complaint), ..blank });
    }
    let hash = state.hash(move || agent::hash_password(&password, world::random())).await?;
    state
        .write(move |tx| {
            let now = world::now();
            if !agent::use_link(tx, &token, purpose, now)? {
                return Err(Error::Gone);
            }
            Ok(agent::change_password(tx, agent, &hash, now)?)
        })
        .await?;
    tracing::info!(%agent, "a password was set by a one-time link");
    let cookie = open_session(&state, agent, None, &Client::of(&state, &request).words).await?;
    let mut response = see("/");
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Whose link it is. A disabled agent's link is as dead as a used one.
fn holder(c: &Reader, token: &str, purpose: LinkPurpose) -> Result<Agent> {
    match agent::open_link(c, token, purpose, world::now())? {
        Ok(Some(id)) => agent::find(c, id)?.filter(|a| a.disabled_at.is_none()).ok_or(Error::Gone),
        Ok(None) | Err(true) => Err(Error::Gone),
        Err(false) => Err(Error::NotFound),
    }
}
