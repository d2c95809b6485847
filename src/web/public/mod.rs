//! What customers and fulfilment see: pages behind signed links and a few open ones, in their language, without script and
//! without an account. Looking at any of them changes nothing (PROMISES P56, P65).

mod answers;
mod consent;
mod doubts;
mod form;
mod fulfilment;
mod limits;
mod opened;
mod page;
mod start;
mod uploads;

pub use answers::{amount, day};
pub use form::today;
pub use limits::Limits;

use super::Route;
use crate::return_request::LANGUAGES;
use axum::http::{HeaderMap, header};

pub fn routes() -> Vec<Route> {
    [form::routes(), start::routes(), fulfilment::routes(), consent::routes()].into_iter().flatten().collect()
}

/// The language a browser asks for, of those that we write (RFC 9110 12.5.4; its weights say little, its order all).
pub fn language(headers: &HeaderMap, wanted: Option<&str>, otherwise: &str) -> &'static str {
    let known = |tag: &str| {
        let primary = tag.trim().split(['-', ';', '_']).next().unwrap_or_default().to_ascii_lowercase();
        LANGUAGES.iter().copied().find(|language| *language == primary)
    };
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    wanted.and_then(known).or_else(|| accepted.split(',').find_map(known)).or_else(|| known(otherwise)).unwrap_or("en")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_speaks_the_first_language_that_we_know() {
        let headers = [(header::ACCEPT_LANGUAGE, "fi, sv-SE;q=0.9, en;q=0.8".parse().unwrap())].into_iter().collect();
        assert_eq!(language(&headers, None, "de"), "sv");
        assert_eq!(language(&headers, Some("DE"), "en"), "de");
        assert_eq!(language(&HeaderMap::new(), Some("xx"), "nl"), "nl");
        assert_eq!(language(&HeaderMap::new(), None, "zz"), "en");
    }
}
