//! Who is asking: the session behind the cookie, the form token, the theme, the network they come from.

use super::said::{self, Said};
use super::{Error, Fields, Result, State};
use crate::agent::{self, Agent, Session};
use crate::conversation::{self, Conversation};
use crate::database::Reader;
use crate::id::{ConversationId, MailboxId};
use crate::world;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderValue, header};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

/// As long as a session can live (`agent::session`): seven days.
const COOKIE_SECONDS: u64 = 7 * 24 * 60 * 60;
const THEME_SECONDS: u64 = 365 * 24 * 60 * 60;
const CSRF_BYTES: usize = 43; // 256 bits in base64

/// A signed-in agent. Take it as a handler's argument.
#[derive(Clone)]
pub struct Visitor {
    pub session: Arc<Session>,
    /// For the forms of this page. Another text on each page, so that compression cannot betray it (BREACH).
    pub csrf: String,
    /// "light", "dark" or "auto".
    pub theme: &'static str,
    /// What the last form did.
    pub said: Option<Said>,
}

impl Visitor {
    pub fn agent(&self) -> &Agent {
        &self.session.agent
    }

    /// For the questions of the nouns: only these mailboxes, or `None`: all.
    pub fn mailboxes(&self) -> Option<&[MailboxId]> {
        self.session.agent.mailboxes.as_deref()
    }

    /// The conversation, unless it belongs to a mailbox that this agent may not see: then it does not exist.
    pub fn visible(&self, c: &Reader, id: ConversationId) -> Result<Conversation> {
        conversation::find(c, id)?.filter(|found| self.agent().may_see(found.mailbox_id)).ok_or(Error::NotFound)
    }

    /// Whether the form (field `csrf`) or the script (header `x-csrf-token`) knows this session's token.
    pub fn sent_token(&self, parts: &Parts) -> bool {
        let field = parts.extensions.get::<Fields>().map(|fields| fields.get("csrf").to_owned()).unwrap_or_default();
        let header = parts.headers.get("x-csrf-token").and_then(|v| v.to_str().ok()).unwrap_or_default();
        [field.as_str(), header].into_iter().any(|sent| self.knows(sent))
    }

    /// Whether it is a token of this session, where a form is read piece by piece.
    pub fn knows(&self, sent: &str) -> bool {
        is_token(sent, &self.session.csrf)
    }
}

impl FromRequestParts<State> for Visitor {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Visitor> {
        parts.extensions.get::<Visitor>().cloned().ok_or(Error::SignIn { to: "/".into(), kept: Vec::new() })
    }
}

/// Pages for strangers that look different for people signed in.
impl axum::extract::OptionalFromRequestParts<State> for Visitor {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Option<Visitor>> {
        Ok(parts.extensions.get::<Visitor>().cloned())
    }
}

/// Looks the cookie up.
pub async fn visitor(state: &State, headers: &HeaderMap) -> Result<Option<Visitor>> {
    let Some(token) = cookie(headers, cookie_name(state)) else { return Ok(None) };
    let token = token.to_owned();
    let session = state.read(move |c| Ok(agent::find_session(c, &token, world::now())?)).await?;
    Ok(session.map(|session| Visitor {
        csrf: masked(&session.csrf, world::random()),
        theme: theme(headers),
        said: cookie(headers, said::COOKIE).and_then(|text| Said::read(&state.key, text)),
        session: Arc::new(session),
    }))
}

/// Notes every few minutes that the session is alive: bookkeeping, the only thing that a GET ever writes. What a script
/// fetches by itself (header `x-live`) does not count: a tab left open overnight is idle. No page fails because of it: a
/// full disk can still be looked at (PROMISES P25).
pub async fn touch(state: &State, visitor: &Visitor, by_itself: bool) {
    let now = world::now();
    if visitor.session.wants_touch(now) && !by_itself {
        let hash = visitor.session.token_hash;
        if let Err(failure) = state.write(move |tx| Ok(agent::touch_session(tx, hash, now)?)).await {
            tracing::warn!(?failure, "a session could not be noted as alive");
        }
    }
}

/// The cookie of a new session.
pub fn cookie_for(state: &State, token: &str) -> HeaderValue {
    set_cookie(state, cookie_name(state), token, COOKIE_SECONDS, "; HttpOnly")
}

/// Takes the cookie away.
pub fn no_cookie(state: &State) -> HeaderValue {
    set_cookie(state, cookie_name(state), "", 0, "; HttpOnly")
}

pub fn theme_cookie(state: &State, theme: &str) -> HeaderValue {
    set_cookie(state, "theme", theme, THEME_SECONDS, "")
}

pub fn set_cookie(state: &State, name: &str, value: &str, seconds: u64, more: &str) -> HeaderValue {
    let secure = if state.is_https() { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{name}={value}; Path=/; Max-Age={seconds}; SameSite=Lax{more}{secure}")).expect("names and values are letters and digits")
}

/// The prefix makes browsers refuse the cookie from a neighbouring host or without TLS.
fn cookie_name(state: &State) -> &'static str {
    if state.is_https() { "__Host-restante" } else { "restante" }
}

pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).into_iter().filter_map(|v| v.to_str().ok());
    all.flat_map(|line| line.split(';')).find_map(|pair| pair.trim().split_once('=').filter(|(n, _)| *n == name).map(|(_, value)| value))
}

/// The theme chosen, rendered by the server so that nothing flashes.
pub fn theme(headers: &HeaderMap) -> &'static str {
    match cookie(headers, "theme") {
        Some("dark") => "dark",
        Some("light") => "light",
        _ => "auto",
    }
}

/// Who is at the other end, as far as it can be believed: a proxy's word counts only when the owner trusts it (P59).
pub fn client_address(extensions: &Extensions, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let mut address = extensions.get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |info| info.0.ip()).to_canonical();
    let told = headers.get_all("x-forwarded-for").into_iter().filter_map(|v| v.to_str().ok()).flat_map(|line| line.split(','));
    let mut told: Vec<&str> = told.collect();
    while trusted.contains(&address) {
        let Some(before) = told.pop().and_then(|ip| ip.trim().parse::<IpAddr>().ok()) else { break };
        address = before.to_canonical();
    }
    address
}

/// The unit in which guesses are counted: an address, or what one household gets of IPv6 (a /64).
pub fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("{}/64", Ipv6Addr::from(u128::from(v6) >> 64 << 64)),
    }
}

/// `mask ‖ token ⊕ mask` in base64.
fn masked(token: &str, mask: [u8; CSRF_BYTES]) -> String {
    let hidden: Vec<u8> = token.bytes().zip(mask).map(|(t, m)| t ^ m).collect();
    data_encoding::BASE64URL_NOPAD.encode(&[&mask[..], &hidden].concat())
}

fn is_token(sent: &str, token: &str) -> bool {
    let Ok(bytes) = data_encoding::BASE64URL_NOPAD.decode(sent.as_bytes()) else { return false };
    let Some((mask, hidden)) = bytes.split_at_checked(CSRF_BYTES) else { return false };
    let shown: Vec<u8> = hidden.iter().zip(mask).map(|(h, m)| h ^ m).collect();
    !token.is_empty() && subtle::ConstantTimeEq::ct_eq(&shown[..], token.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_token_looks_different_each_time_and_is_known_again() {
        let token = world::random_token();
        let (one, two) = (masked(&token, world::random()), masked(&token, world::random()));
        assert_ne!(one, two);
        assert!(is_token(&one, &token) && is_token(&two, &token));
        assert!(!is_token(&one, &world::random_token()));
        assert!(!is_token("", &token) && !is_token("", ""));
    }

    #[test]
    fn p59_a_forged_proxy_header_is_ignored_unless_the_proxy_is_trusted() {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::from(([203, 0, 113, 9], 4000))));
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("127.0.0.1, 198.51.100.7"));
        let of = |trusted: &[IpAddr]| client_address(&extensions, &headers, trusted).to_string();
        assert_eq!(of(&[]), "203.0.113.9");
        assert_eq!(of(&["10.0.0.1".parse().unwrap()]), "203.0.113.9");
        assert_eq!(of(&["203.0.113.9".parse().unwrap()]), "198.51.100.7");
    }
}
