//! What the last form did, for the status line of the page that follows ("Resolved." with Undo), or a one-time link that
//! is shown once. It travels in a sealed cookie for one page, because the answer to a form is a redirect.

use super::layout::Ours;
use super::{State, session};
use crate::secret::SecretKey;
use crate::world;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde::{Deserialize, Serialize};

pub const COOKIE: &str = "said";
/// A page that never comes must not speak up tomorrow.
const SECONDS: u64 = 60;
/// Cookies are small.
const WORDS_MAX: usize = 300;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub words: String,
    /// The path to POST to in order to take it back.
    pub undo: Option<String>,
    /// An invitation or reset link: whoever has it is that agent, so it is shown once and stored nowhere.
    pub link: Option<String>,
}

impl Said {
    pub fn words(words: impl Into<String>) -> Said {
        Said { words: words.into().chars().take(WORDS_MAX).collect(), ..Said::default() }
    }

    pub fn with_undo(words: impl Into<String>, path: impl Into<String>) -> Said {
        Said { undo: Some(path.into()), ..Said::words(words) }
    }

    pub fn with_link(words: impl Into<String>, link: impl Into<String>) -> Said {
        Said { link: Some(link.into()), ..Said::words(words) }
    }

    pub fn cookie(&self, state: &State) -> HeaderValue {
        session::set_cookie(state, COOKIE, &self.sealed(&state.key), SECONDS, "; HttpOnly")
    }

    fn sealed(&self, key: &SecretKey) -> String {
        let json = serde_json::to_vec(self).expect("texts are JSON");
        data_encoding::BASE64URL_NOPAD.encode(&key.seal("said", &json, world::random()))
    }

    /// Nothing, unless we said it ourselves.
    pub fn read(key: &SecretKey, cookie: &str) -> Option<Said> {
        let sealed = data_encoding::BASE64URL_NOPAD.decode(cookie.as_bytes()).ok()?;
        serde_json::from_slice(&key.open("said", &sealed)?).ok()
    }
}

/// Once a page has shown it, it is forgotten.
pub fn forget_when_shown(state: &State, response: &mut Response) {
    if response.extensions().get::<Ours>().is_some() && response.status().is_success() {
        response.headers_mut().append(header::SET_COOKIE, session::set_cookie(state, COOKIE, "", 0, "; HttpOnly"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_we_did_not_seal_are_not_shown() {
        let key = SecretKey::from_bytes([1; 32]);
        let said = Said::with_undo("Resolved.", "/events/1/undo");
        assert_eq!(Said::read(&key, &said.sealed(&key)), Some(said.clone()));
        assert_eq!(Said::read(&key, &said.sealed(&SecretKey::from_bytes([2; 32]))), None);
        assert_eq!(Said::read(&key, "eyJ3b3JkcyI6IngifQ"), None);
    }
}
