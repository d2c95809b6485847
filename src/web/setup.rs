//! The first visit: a one-time link from the log makes the owner's account, then leads to the first mailbox.

use super::layout::{Plain, page, page_with_status, see};
use super::login::{Client, open_session};
use super::{Access, Error, Fields, Path, Result, Route, State, get, post, session};
use crate::agent::{self, LinkPurpose, Role};
use crate::email::EmailAddress;
use crate::world;
use askama::Template;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

pub const NAME_CHARS_MAX: usize = 100;

pub fn routes() -> Vec<Route> {
    vec![get("/setup/{token}", Access::Link, show), post("/setup/{token}", Access::Link, make_owner)]
}

#[derive(Template)]
#[template(path = "setup/show.html")]
struct Page {
    plain: Plain,
    token: String,
    name: String,
    email: String,
    complaint: Option<String>,
}

/// Looking changes nothing: link scanners look, too.
async fn show(state: State, Path(token): Path<String>, headers: HeaderMap) -> Result<Response> {
    check(&state, &token).await?;
    page(&Page { plain: Plain::new(session::theme(&headers)), token, name: String::new(), email: String::new(), complaint: None })
}

async fn make_owner(state: State, Path(token): Path<String>, fields: Fields, request: Request) -> Result<Response> {
    check(&state, &token).await?;
    let (name, email, password) = (fields.get("name").to_owned(), fields.get("email").to_owned(), fields.text("password"));
    let address = match read(&name, &email, &password) {
        Ok(address) => address,
        Err(complaint) => {
            let plain = Plain::new(session::theme(request.headers()));
            return page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { plain, token, name, email, complaint: Some(complaint) });
        }
    };
    let hash = state.hash(move || agent::hash_password(&password, world::random())).await?;
    let owner = state
        .write(move |tx| {
            let now = world::now();
            if agent::any(tx)? || !agent::use_link(tx, &token, LinkPurpose::Setup, now)? {
                return Err(Error::Gone);
            }
            Ok(agent::add(tx, &address, &name, Role::Owner, &hash, now)?)
        })
        .await?;
    tracing::info!(agent = %owner, "the owner's account was made");
    let cookie = open_session(&state, owner, None, &Client::of(&state, &request).words).await?;
    let mut response = see("/settings/mailboxes/new");
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

async fn check(state: &State, token: &str) -> Result<()> {
    let token = token.to_owned();
    state
        .read(move |c| match agent::open_link(c, &token, LinkPurpose::Setup, world::now())? {
            Ok(_) if agent::any(c)? => Err(Error::Gone),
            Ok(_) => Ok(()),
            Err(true) => Err(Error::Gone),
            Err(false) => Err(Error::NotFound),
        })
        .await
}

fn read(name: &str, email: &str, password: &str) -> Result<EmailAddress, String> {
    complaint_about_name(name).map_or(Ok(()), Err)?;
    let address = EmailAddress::parse(email).ok_or("That is not an email address: write it like anna@shop.example.")?;
    agent::password_complaint(password).map_or(Ok(address), Err)
}

/// Names stand beside every reply: one line, not empty.
pub fn complaint_about_name(name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("A name is missing: customers see it on replies.".into());
    }
    let long = name.chars().count() > NAME_CHARS_MAX;
    (long || name.contains(char::is_control)).then(|| format!("A name is one line of at most {NAME_CHARS_MAX} characters."))
}
