//! What the last form did, for the status line of the page that follows ("Resolved." with Undo). It travels in a
//! signed cookie for one page, because the answer to a form is a redirect.

use super::layout::Ours;
use super::{State, session};
use crate::secret::SecretKey;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde::{Deserialize, Serialize};

pub const COOKIE: &str = "said";
/// A page that never comes must not speak up tomorrow.
const SECONDS: u64 = 60;
/// Cookies are small.
const WORDS_MAX: usize = 300;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub words: String,
    /// The path to POST to in order to take it back.
    pub undo: Option<String>,
}

impl Said {
    pub fn words(words: impl Into<String>) -> Said {
        Said { words: words.into().chars().take(WORDS_MAX).collect(), undo: None }
    }

    pub fn with_undo(words: impl Into<String>, path: impl Into<String>) -> Said {
        Said { undo: Some(path.into()), ..Said::words(words) }
    }

    pub fn cookie(&self, state: &State) -> HeaderValue {
        let json = serde_json::to_vec(self).expect("two texts are JSON");
        let text = data_encoding::BASE64URL_NOPAD.encode(&json);
        let signature = state.key.sign("said", &text);
        session::set_cookie(state, COOKIE, &format!("{text}.{signature}"), SECONDS, "; HttpOnly")
    }

    /// Nothing, unless we said it ourselves.
    pub fn read(key: &SecretKey, cookie: &str) -> Option<Said> {
        let (text, signature) = cookie.split_once('.')?;
        let json = key.verify("said", text, signature).then(|| data_encoding::BASE64URL_NOPAD.decode(text.as_bytes()).ok())??;
        serde_json::from_slice(&json).ok()
    }
}

pub fn is_in(cookies: &HeaderValue) -> bool {
    cookies.to_str().is_ok_and(|line| line.split(';').any(|pair| pair.trim().starts_with("said=")))
}

/// Once a page has shown it, it is forgotten.
pub fn forget_when_shown(state: &State, response: &mut Response) {
    if response.extensions().get::<Ours>().is_some() && !response.headers().contains_key(header::LOCATION) {
        response.headers_mut().append(header::SET_COOKIE, session::set_cookie(state, COOKIE, "", 0, "; HttpOnly"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_we_did_not_sign_are_not_shown() {
        let key = SecretKey::from_bytes([1; 32]);
        let text = data_encoding::BASE64URL_NOPAD.encode(br#"{"words":"Resolved.","undo":"/events/1/undo"}"#);
        let read = Said::read(&key, &format!("{text}.{}", key.sign("said", &text))).unwrap();
        assert_eq!(read, Said::with_undo("Resolved.", "/events/1/undo"));
        assert_eq!(Said::read(&SecretKey::from_bytes([2; 32]), &format!("{text}.{}", key.sign("said", &text))), None);
        assert_eq!(Said::read(&key, &text), None);
    }
}
