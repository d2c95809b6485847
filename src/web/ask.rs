//! What stands behind the `?` of an address, and how the reader's clock goes. Both take what comes: an odd address is a
//! page, not a fault.

use super::present::Clock;
use super::{State, session};
use crate::conversation::list::Cursor;
use crate::id::ConversationId;
use crate::world;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use std::collections::HashMap;
use std::convert::Infallible;

#[derive(Clone, Debug, Default)]
pub struct Ask(HashMap<String, String>);

impl Ask {
    /// The address of a page that is shown in answer to a form.
    pub fn of(name: &str, value: &str) -> Ask {
        Ask(HashMap::from([(name.to_owned(), value.to_owned())]))
    }

    /// Empty when it was not said.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// `after=1764000000000-42`: where a page of the list begins.
    pub fn cursor(&self) -> Option<Cursor> {
        let (at, id) = self.get("after").rsplit_once('-')?;
        Some(Cursor { at: at.parse().ok()?, id: ConversationId(id.parse().ok()?) })
    }
}

/// Text as part of an address (RFC 3986, 2.1).
pub fn encoded(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() { (b as char).to_string() } else { format!("%{b:02X}") }).collect()
}

impl FromRequestParts<State> for Ask {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Ask, Infallible> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).map(|query| query.0).unwrap_or_default();
        Ok(Ask(pairs.into_iter().collect()))
    }
}

/// The reader's clock: now, in the zone that their script told.
impl FromRequestParts<State> for Clock {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Clock, Infallible> {
        let offset = session::cookie(&parts.headers, "zone").and_then(|minutes| minutes.parse().ok()).unwrap_or(0);
        Ok(Clock::new(world::now(), offset))
    }
}
