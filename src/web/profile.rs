//! An agent's own page: name, signature, keys, theme, password, and where they are signed in.

use super::layout::{Shell, page, page_with_status, see, see_saying};
use super::login::{Client, Outcome, check_password, open_session};
use super::said::Said;
use super::setup::complaint_about_name;
use super::words::{ago, exactly};
use super::{Access, Fields, Result, Route, State, Visitor, get, post, session};
use crate::database::Millis;
use crate::{agent, world};
use askama::Template;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::response::Response;

/// A signature is a few lines.
const SIGNATURE_CHARS_MAX: usize = 2_000;
const HERE: &str = "/settings/profile";

pub fn routes() -> Vec<Route> {
    vec![
        get("/settings/profile", Access::Agent, show),
        post("/settings/profile", Access::Agent, save),
        post("/settings/profile/theme", Access::Agent, choose_theme),
        post("/settings/profile/password", Access::Agent, change_password),
        post("/settings/profile/sessions", Access::Agent, end_sessions),
    ]
}

#[derive(Template)]
#[template(path = "settings/profile.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    name: String,
    signature: String,
    sessions: Vec<SignedIn>,
    complaint: Option<String>,
    password_complaint: Option<String>,
}

struct SignedIn {
    id: String,
    client: String,
    last_seen: String,
    started: String,
    is_this: bool,
}

async fn show(state: State, visitor: Visitor) -> Result<Response> {
    page(&load(&state, visitor).await?)
}

async fn load(state: &State, visitor: Visitor) -> Result<Page> {
    let own = state.clone();
    state
        .read(move |c| {
            let now = world::now();
            let me = visitor.agent();
            let sessions = agent::open_sessions(c, me.id, now)?.into_iter().map(|s| signed_in(&s, &visitor, now)).collect();
            let (name, signature) = (me.name.clone(), me.signature.clone());
            let shell = Shell::read(c, &own, &visitor, "settings")?;
            Ok(Page { shell, tab: "profile", name, signature, sessions, complaint: None, password_complaint: None })
        })
        .await
}

fn signed_in(open: &agent::OpenSession, visitor: &Visitor, now: Millis) -> SignedIn {
    SignedIn {
        id: data_encoding::HEXLOWER.encode(&open.token_hash),
        client: open.client.clone(),
        last_seen: ago(now, open.last_seen_at),
        started: exactly(open.created_at),
        is_this: open.token_hash == visitor.session.token_hash,
    }
}

async fn save(state: State, visitor: Visitor, fields: Fields) -> Result<Response> {
    let (name, signature, keys_off) = (fields.get("name").to_owned(), fields.text("signature"), !fields.has("keys"));
    let long = signature.chars().count() > SIGNATURE_CHARS_MAX;
    let complaint =
        complaint_about_name(&name).or_else(|| long.then(|| format!("A signature has at most {SIGNATURE_CHARS_MAX} characters; this one is longer.")));
    if complaint.is_some() {
        let page = load(&state, visitor).await?;
        return page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { name, signature, complaint, ..page });
    }
    let (id, role) = (visitor.agent().id, visitor.agent().role);
    state.write(move |tx| Ok(agent::change(tx, id, &name, role, &signature, keys_off)?)).await?;
    Ok(see_saying(&state, HERE, &Said::words("Saved.")))
}

async fn choose_theme(state: State, fields: Fields) -> Response {
    let theme = match fields.get("theme") {
        "dark" => "dark",
        "light" => "light",
        _ => "auto",
    };
    let mut response = see(HERE);
    response.headers_mut().append(header::SET_COOKIE, session::theme_cookie(&state, theme));
    response
}

/// A new password ends every session; this browser gets a fresh one.
async fn change_password(state: State, visitor: Visitor, fields: Fields, request: Request) -> Result<Response> {
    let client = Client::of(&state, &request);
    let new = fields.text("new_password");
    let complaint = match agent::password_complaint(&new) {
        Some(complaint) => Some(complaint),
        None => match check_password(&state, &visitor.agent().email, fields.text("password"), &client.network).await? {
            Outcome::Right(_) => None,
            Outcome::Wrong => Some("That is not your present password.".into()),
            Outcome::TooMany => Some("Too many wrong tries. Wait an hour, or ask an owner for a reset link.".into()),
        },
    };
    if complaint.is_some() {
        let page = load(&state, visitor).await?;
        return page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { password_complaint: complaint, ..page });
    }
    let id = visitor.agent().id;
    let hash = state.hash(move || agent::hash_password(&new, world::random())).await?;
    state.write(move |tx| Ok(agent::change_password(tx, id, &hash, world::now())?)).await?;
    tracing::info!(agent = %id, "a password was changed; all sessions ended");
    let cookie = open_session(&state, id, None, &client.words).await?;
    let mut response = see_saying(&state, HERE, &Said::words("Your password is changed. Every other browser is signed out."));
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// One session, or all but this one.
async fn end_sessions(state: State, visitor: Visitor, fields: Fields) -> Result<Response> {
    let (id, this) = (visitor.agent().id, visitor.session.token_hash);
    let one = data_encoding::HEXLOWER.decode(fields.get("session").as_bytes()).ok().and_then(|hash| <[u8; 32]>::try_from(hash).ok());
    state
        .write(move |tx| {
            for open in agent::open_sessions(tx, id, world::now())? {
                let ends = one.map_or(open.token_hash != this, |hash| open.token_hash == hash);
                if ends {
                    agent::close_session(tx, open.token_hash)?;
                }
            }
            Ok(())
        })
        .await?;
    Ok(see_saying(&state, HERE, &Said::words("Signed out there.")))
}
