//! Signing in and out. The answer, and the time it takes, are the same whether the account exists or not (PROMISES P58).

use super::layout::{Plain, local, page, page_with_status, see};
use super::{Access, Fields, Result, Route, State, Visitor, get, post, session};
use crate::agent;
use crate::id::AgentId;
use crate::{setting, world};
use askama::Template;
use axum::extract::{Query, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

/// What is compared for accounts that do not exist, and stored for those invited: the same cost as a real one, and no
/// password fits.
pub const NO_PASSWORD_YET: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const WRONG: &str = "That address and password do not belong together. Check both and try again.";
const TOO_MANY: &str = "Too many wrong tries. Wait an hour, or ask an owner of the shop for a link that sets a new password.";
/// Enough to tell two browsers apart in the list of sessions.
const CLIENT_CHARS_MAX: usize = 200;

pub fn routes() -> Vec<Route> {
    vec![get("/login", Access::Anyone, show), post("/login", Access::Anyone, sign_in), post("/logout", Access::Agent, sign_out)]
}

#[derive(Template)]
#[template(path = "login/show.html")]
struct Page {
    plain: Plain,
    shop: String,
    /// Nobody can sign in yet: the set-up link comes first.
    is_new: bool,
    email: String,
    to: String,
    complaint: Option<&'static str>,
    kept: Vec<(String, String)>,
}

#[derive(serde::Deserialize)]
struct Wanted {
    #[serde(default)]
    to: String,
}

async fn show(state: State, visitor: Option<Visitor>, Query(wanted): Query<Wanted>, headers: HeaderMap) -> Result<Response> {
    if visitor.is_some() {
        return Ok(see(&wanted.to));
    }
    let plain = Plain::new(session::theme(&headers));
    page(&blank(&state, plain, wanted.to).await?)
}

/// The sign-in page in place of one that needs it; what was typed into a form is offered back.
pub async fn sign_in_first(state: &State, plain: Plain, to: String, kept: Vec<(String, String)>) -> Result<Response> {
    page_with_status(StatusCode::UNAUTHORIZED, &Page { kept, ..blank(state, plain, to).await? })
}

async fn blank(state: &State, plain: Plain, to: String) -> Result<Page> {
    let (shop, is_new) = state.read(|c| Ok((setting::shop_name(c)?, !agent::any(c)?))).await?;
    Ok(Page { plain, shop, is_new, email: String::new(), to: local(&to).to_owned(), complaint: None, kept: Vec::new() })
}

async fn sign_in(state: State, visitor: Option<Visitor>, fields: Fields, request: Request) -> Result<Response> {
    let email = fields.get("email").chars().take(320).collect::<String>();
    let client = Client::of(&state, &request);
    let answer = match check_password(&state, &email, fields.text("password"), &client.network).await? {
        Outcome::Right(agent) => {
            let cookie = open_session(&state, agent, visitor.as_ref(), &client.words).await?;
            tracing::info!(%agent, network = %client.network, "signed in");
            let mut response = see(fields.get("to"));
            response.headers_mut().append(header::SET_COOKIE, cookie);
            return Ok(response);
        }
        Outcome::Wrong => (StatusCode::UNAUTHORIZED, WRONG),
        Outcome::TooMany => (StatusCode::TOO_MANY_REQUESTS, TOO_MANY),
    };
    tracing::warn!(network = %client.network, status = answer.0.as_u16(), "sign-in refused");
    let plain = Plain::new(session::theme(request.headers()));
    let blank = blank(&state, plain, fields.get("to").to_owned()).await?;
    page_with_status(answer.0, &Page { email, complaint: Some(answer.1), ..blank })
}

pub enum Outcome {
    Right(AgentId),
    Wrong,
    TooMany,
}

/// A try is counted before the password is looked at, so that many at once cannot slip through; the right one is taken
/// back from the count.
pub async fn check_password(state: &State, email: &str, password: String, network: &str) -> Result<Outcome> {
    let (account, from, now) = (email.to_owned(), network.to_owned(), world::now());
    let may = state.write(move |tx| {
        let may = agent::may_try(tx, &account, &from, now)?;
        if may {
            agent::note_attempt(tx, &account, &from, now)?;
        }
        Ok(may)
    });
    if !may.await? {
        return Ok(Outcome::TooMany);
    }
    let account = email.to_owned();
    let found = state.read(move |c| Ok(agent::find_by_email(c, &account)?)).await?;
    let (agent, stored) = found.map_or((None, NO_PASSWORD_YET.to_owned()), |(agent, hash)| (Some(agent), hash));
    let fits = state.hash(move || agent::verify_password(&password, &stored)).await?;
    match agent.filter(|a| fits && a.disabled_at.is_none()) {
        Some(agent) => {
            let (account, from) = (email.to_owned(), network.to_owned());
            state.write(move |tx| Ok(agent::forgive_attempt(tx, &account, &from)?)).await?;
            Ok(Outcome::Right(agent.id))
        }
        None => Ok(Outcome::Wrong),
    }
}

/// A new session with a new id; the one of before, if there was one, ends. Returns its cookie.
pub async fn open_session(state: &State, agent: AgentId, before: Option<&Visitor>, client: &str) -> Result<axum::http::HeaderValue> {
    let (token, csrf, client) = (world::random_token(), world::random_token(), client.to_owned());
    let cookie = session::cookie_for(state, &token);
    let before = before.map(|v| v.session.token_hash);
    state
        .write(move |tx| {
            if let Some(hash) = before {
                agent::close_session(tx, hash)?;
            }
            Ok(agent::open_session(tx, agent, &token, &csrf, &client, world::now())?)
        })
        .await?;
    Ok(cookie)
}

async fn sign_out(state: State, visitor: Visitor) -> Result<Response> {
    let hash = visitor.session.token_hash;
    state.write(move |tx| Ok(agent::close_session(tx, hash)?)).await?;
    tracing::info!(agent = %visitor.agent().id, "signed out");
    let mut response = see("/login");
    response.headers_mut().append(header::SET_COOKIE, session::no_cookie(&state));
    Ok(response)
}

/// Where somebody signs in from.
pub struct Client {
    pub network: String,
    /// For the list of sessions: the browser's own words and the address.
    pub words: String,
}

impl Client {
    pub fn of(state: &State, request: &Request) -> Client {
        let address = session::client_address(request.extensions(), request.headers(), &state.trusted_proxies);
        let browser = request.headers().get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or("unknown browser");
        let words = format!("{address} · {}", browser.chars().take(CLIENT_CHARS_MAX).collect::<String>());
        Client { network: session::network(address), words }
    }
}
