//! The policy as customers read it, in the language that their browser asks for.

use crate::return_policy::page::{self as in_words, Said as Clause};
use crate::return_policy::version;
use crate::return_request::{LANGUAGES, words};
use crate::setting;
use crate::web::ask::Ask;
use crate::web::layout::{Plain, page};
use crate::web::public::{language, today};
use crate::web::{Access, Error, Result, Route, State, get, session};
use askama::Template;
use axum::http::HeaderMap;
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![get("/policy", Access::Anyone, show)]
}

#[derive(Template)]
#[template(path = "public/policy.html")]
struct Page {
    plain: Plain,
    shop: String,
    language: &'static str,
    clauses: Vec<Clause>,
    /// Code and own name of each other language.
    others: Vec<(&'static str, &'static str)>,
}

impl Page {
    fn say(&self, phrase: &str) -> &'static str {
        words::policy(phrase, self.language)
    }

    fn start(&self) -> &'static str {
        words::form("title", self.language)
    }
}

async fn show(state: State, ask: Ask, headers: HeaderMap) -> Result<Response> {
    let plain = Plain::new(session::theme(&headers));
    let found = state
        .read(move |c| {
            let version = version::on_day(c, today())?.ok_or(Error::NotFound)?;
            let of_shop = setting::get::<String>(c, setting::LANGUAGE)?.unwrap_or_else(|| "en".into());
            let language = language(&headers, Some(ask.get("lang")), &of_shop);
            let others = LANGUAGES.iter().filter(|other| **other != language).map(|other| (*other, words::policy("language_name", other))).collect();
            Ok(Page { plain, shop: setting::shop_name(c)?, language, clauses: in_words::for_customers(&version.policy, language), others })
        })
        .await?;
    page(&found)
}
