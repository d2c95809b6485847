//! The one table of routes, each with who may ask for it, and the guard that stands before every one of them.

use super::session::{self, Visitor};
use super::{Error, Result, State, errors, fields, follow_ups, same_site};
use super::{
    actions, agents, assets, attachments, calls, conversation, custom_actions, customers, deliveries, drafts, health, inbox, layout, leads, letter, letters,
    links, live, login, mailboxes,
};
use super::{
    notes, order_keys, order_post, orders, pieces, policy, profile, public, quarantine, replies, return_fields, return_settings, returns, rights, search,
    settings, setup, templates, thumbnails,
};
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use std::time::Duration;

/// Who may ask. The test of P55 walks the table with everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody: the sign-in page, static files, health.
    Anyone,
    /// Whoever holds the one-time link; the handler looks at the token.
    Link,
    /// A program on this machine, or a signed-in owner; the handler looks where it comes from.
    LoopbackOrOwner,
    /// A program of the shop, by the key in its `Authorization` header; no cookie counts.
    Key,
    /// Everyone signed in. What belongs to a mailbox that they may not see does not exist for them.
    Agent,
    Owner,
}

pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub access: Access,
    pub handler: MethodRouter<State>,
    pub body_bytes_max: usize,
    /// The handler reads the body itself, piece by piece: strangers' photos are never held in memory as a whole form.
    pub streams: bool,
    /// Mail programs send it, from wherever they are (RFC 8058): the token alone decides.
    pub from_anywhere: bool,
}

/// Every route there is. A screen adds its own `routes()` here.
pub fn table() -> Vec<Route> {
    [
        layout::routes(),
        assets::routes(),
        health::routes(),
        login::routes(),
        setup::routes(),
        links::routes(),
        live::routes(),
        settings::routes(),
        profile::routes(),
        mailboxes::routes(),
        agents::routes(),
        templates::routes(),
        inbox::routes(),
        conversation::routes(),
        replies::routes(),
        deliveries::routes(),
        drafts::routes(),
        notes::routes(),
        actions::routes(),
        attachments::routes(),
        thumbnails::routes(),
        letter::routes(),
        search::routes(),
        customers::routes(),
        leads::routes(),
        quarantine::routes(),
        public::routes(),
        policy::routes(),
        orders::routes(),
        order_keys::routes(),
        order_post::routes(),
        returns::routes(),
        return_settings::routes(),
        custom_actions::routes(),
        calls::routes(),
        return_fields::routes(),
        letters::routes(),
        pieces::routes(),
        rights::routes(),
        follow_ups::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A form without files.
pub const FORM_BYTES_MAX: usize = 1024 * 1024;
/// A form with files: what mail servers take in one letter.
pub const UPLOAD_BYTES_MAX: usize = 25 * 1024 * 1024;
/// A form that has not arrived by then is not coming.
const BODY_PATIENCE: Duration = Duration::from_secs(60);
/// The longest that a page may be made; trying a mail server takes its time. Streams are not counted, only their beginning.
const HANDLER_PATIENCE: Duration = Duration::from_secs(120);
/// A phone on a train sends ten photos in minutes.
const STREAM_PATIENCE: Duration = Duration::from_secs(600);

/// A page. Changes nothing (PROMISES P56); HEAD comes with it.
pub fn get<H: Handler<T, State>, T: 'static>(path: &'static str, access: Access, handler: H) -> Route {
    Route { method: "GET", path, access, handler: axum::routing::get(handler), body_bytes_max: 0, streams: false, from_anywhere: false }
}

/// A form's target. The guard has seen its token before the handler runs.
pub fn post<H: Handler<T, State>, T: 'static>(path: &'static str, access: Access, handler: H) -> Route {
    Route { method: "POST", path, access, handler: axum::routing::post(handler), body_bytes_max: FORM_BYTES_MAX, streams: false, from_anywhere: false }
}

impl Route {
    /// A form that may carry files.
    pub fn with_files(mut self) -> Route {
        self.body_bytes_max = UPLOAD_BYTES_MAX;
        self
    }

    /// What a mail program posts.
    pub fn from_anywhere(mut self) -> Route {
        self.from_anywhere = true;
        self
    }

    /// A form with photos, read piece by piece. Behind a sign-in its reader has to look at the token: the guard cannot.
    pub fn streaming(mut self) -> Route {
        self.streams = true;
        self
    }
}

#[derive(Clone)]
pub struct Guard {
    pub state: State,
    pub access: Access,
    pub writes: bool,
    pub body_bytes_max: usize,
    pub streams: bool,
    pub from_anywhere: bool,
}

/// Stands before every handler: who is it, may they, did the form come from our own page.
pub async fn guard(axum::extract::State(guard): axum::extract::State<Guard>, request: Request, next: Next) -> Result<Response> {
    let state = &guard.state;
    let (mut parts, body) = request.into_parts();
    if guard.writes && !guard.from_anywhere {
        same_site::check(&parts.headers, &state.public_url)?;
    }
    let visitor = match guard.access {
        Access::Key => {
            // Before the body is read: a stranger's is not.
            parts.extensions.insert(order_post::key_of(state, &parts.headers).await?);
            None
        }
        _ => session::visitor(state, &parts.headers).await?,
    };
    let streams = guard.streams && (!guard.needs_token() || is_multipart(&parts.headers));
    let body = if streams {
        body
    } else if guard.writes {
        let reading = fields::read(&mut parts, body, guard.body_bytes_max);
        tokio::time::timeout(BODY_PATIENCE, reading).await.map_err(|_| Error::TooSlow)??
    } else {
        axum::body::Body::empty()
    };
    permit(&guard, streams, visitor.as_ref(), &parts)?;
    let kept = fields::kept(&parts);
    let said = visitor.as_ref().is_some_and(|v| v.said.is_some());
    if let Some(visitor) = visitor {
        session::touch(state, &visitor, parts.headers.contains_key("x-live")).await;
        parts.extensions.insert(visitor);
    }
    let answer = next.run(Request::from_parts(parts, body));
    let mut response =
        tokio::time::timeout(if guard.streams { STREAM_PATIENCE } else { HANDLER_PATIENCE }, answer).await.unwrap_or_else(|_| Error::Busy.into_response());
    if response.status().is_server_error() {
        response.extensions_mut().insert(errors::Kept(kept));
    }
    if said {
        super::said::forget_when_shown(state, &mut response);
    }
    Ok(response)
}

impl Guard {
    fn needs_token(&self) -> bool {
        matches!(self.access, Access::Agent | Access::Owner)
    }
}

fn is_multipart(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).is_some_and(|kind| kind.to_ascii_lowercase().starts_with("multipart/form-data"))
}

fn permit(guard: &Guard, streams: bool, visitor: Option<&Visitor>, parts: &axum::http::request::Parts) -> Result<()> {
    match guard.access {
        Access::Anyone | Access::Link | Access::LoopbackOrOwner | Access::Key => return Ok(()),
        Access::Agent | Access::Owner => {}
    }
    let Some(visitor) = visitor else {
        return Err(Error::SignIn { to: wanted(guard, parts), kept: fields::kept(parts) });
    };
    if guard.writes && !streams && !visitor.sent_token(parts) {
        tracing::warn!(agent = %visitor.agent().id, "a form without its token was refused");
        return Err(Error::StaleForm { kept: fields::kept(parts) });
    }
    if guard.access == Access::Owner && !visitor.agent().is_owner() {
        tracing::warn!(agent = %visitor.agent().id, "refused: only owners may do this");
        return Err(Error::OwnersOnly);
    }
    Ok(())
}

/// Where to go on after signing in: the page asked for; after a form, the start.
fn wanted(guard: &Guard, parts: &axum::http::request::Parts) -> String {
    match parts.uri.path_and_query() {
        Some(wanted) if !guard.writes => wanted.as_str().to_owned(),
        _ => "/".to_owned(),
    }
}
