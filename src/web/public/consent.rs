//! Behind the two links that letters carry: one confirms what was ticked, the other ends such mails. Looking changes nothing; a mail
//! program may end them with one POST, without a cookie and from wherever it is (RFC 8058, PROMISES P68).

use crate::consent::link::{self, Act, Link, Opened};
use crate::consent::{Ended, Purpose};
use crate::customer;
use crate::database::Reader;
use crate::desk::leads;
use crate::return_request::words;
use crate::web::layout::{Plain, page, see};
use crate::web::{Access, Error, Fields, Path, Result, Route, State, get, post, session};
use crate::{setting, world};
use askama::Template;
use axum::http::HeaderMap;
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![
        get("/unsubscribe/{token}", Access::Link, show_unsubscribe),
        post("/unsubscribe/{token}", Access::Link, unsubscribe).from_anywhere(),
        get("/confirm/{token}", Access::Link, show_confirm),
        post("/confirm/{token}", Access::Link, confirm),
    ]
}

/// What RFC 8058 3.1 demands in the body of the one POST.
const ONE_CLICK: (&str, &str) = ("List-Unsubscribe", "One-Click");

#[derive(Template)]
#[template(path = "public/consent.html")]
struct Page {
    plain: Plain,
    shop: String,
    language: &'static str,
    action: String,
    /// `confirm` or `unsubscribe`: whose words are shown.
    act: Act,
    address: String,
    /// What it is about, in the reader's language.
    about: Vec<&'static str>,
    /// What they are shown about it.
    shown: String,
    done: bool,
}

impl Page {
    fn say(&self, phrase: &str) -> String {
        words::consent(phrase, self.language).replace("{shop}", &self.shop).replace("{address}", &self.address)
    }

    fn said(&self, phrase: &str) -> String {
        self.say(&format!("{}_{phrase}", self.act.code()))
    }

    fn is_confirming(&self) -> bool {
        self.act == Act::Confirm
    }
}

async fn show_unsubscribe(state: State, path: Path<String>, headers: HeaderMap) -> Result<Response> {
    show(state, path, headers, Act::Unsubscribe).await
}

async fn show_confirm(state: State, path: Path<String>, headers: HeaderMap) -> Result<Response> {
    show(state, path, headers, Act::Confirm).await
}

async fn show(state: State, Path(token): Path<String>, headers: HeaderMap, act: Act) -> Result<Response> {
    let shown = state.read(move |c| read(c, &headers, act, &token)).await?;
    page(&shown)
}

/// One click in the mail program, or the page's button. The first is answered with a page: RFC 8058 3.1 wants no redirect.
async fn unsubscribe(state: State, Path(token): Path<String>, headers: HeaderMap, fields: Fields) -> Result<Response> {
    let is_one_click = fields.get(ONE_CLICK.0) == ONE_CLICK.1;
    let (key, path) = (state.key.clone(), format!("/unsubscribe/{token}"));
    let way = if is_one_click { Ended::OneClick } else { Ended::Page };
    let done = state
        .write(move |tx| {
            opened(leads::unsubscribe(tx, &key, &token, way, world::now())?)?;
            read(tx, &headers, Act::Unsubscribe, &token)
        })
        .await?;
    if is_one_click { page(&done) } else { Ok(see(&path)) }
}

async fn confirm(state: State, Path(token): Path<String>) -> Result<Response> {
    let (key, path) = (state.key.clone(), format!("/confirm/{token}"));
    state.write(move |tx| opened(leads::confirm(tx, &key, &token, world::now())?)).await?;
    Ok(see(&path))
}

fn read(c: &Reader, headers: &HeaderMap, act: Act, token: &str) -> Result<Page> {
    let link = opened(link::open(c, token, act, world::now())?)?;
    let spoken = customer::find(c, link.customer_id)?.and_then(|customer| customer.language);
    let shop_language = setting::get::<String>(c, setting::LANGUAGE)?;
    let language = super::language(headers, spoken.as_deref(), shop_language.as_deref().unwrap_or("en"));
    let about = link.purposes.iter().map(|purpose| about(*purpose, act, language)).collect();
    Ok(Page {
        plain: Plain::new(session::theme(headers)),
        shop: setting::shop_name(c)?,
        language,
        action: format!("/{}/{token}", act.code()),
        act,
        done: link.used_at.is_some(),
        address: link.address,
        about,
        shown: link.policy_text,
    })
}

/// When it is ended, the name of the thing; when it is confirmed, the words that were ticked.
fn about(purpose: Purpose, act: Act, language: &str) -> &'static str {
    match act {
        Act::Confirm => words::consent(purpose.code(), language),
        Act::Unsubscribe => words::consent(&format!("about_{}", purpose.code()), language),
    }
}

fn opened(opened: Opened) -> Result<Link> {
    match opened {
        Opened::Valid(link) => Ok(link),
        Opened::Expired => Err(Error::Gone),
        Opened::Unknown => Err(Error::NotFound),
    }
}
