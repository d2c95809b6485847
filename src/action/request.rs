//! One request, made from an action and the facts of a return: final bytes for the courier, and a text for people that holds no secret.

use super::fill::{self, Facts, Place};
use super::secrets::{SIGNING, Secrets};
use super::target::{Target, not_known};
use super::{BodyKind, Definition, Kind};
use crate::database::Millis;
use crate::secret;

/// More than any API asks for.
pub const REQUEST_BYTES_MAX: usize = 256 * 1024;
/// Of a body that people look at.
const SHOWN_CHARS_MAX: usize = 8_000;

#[derive(Clone)]
pub struct Request {
    pub target: Target,
    pub method: &'static str,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// As people see it.
    pub shown: String,
}

/// Makes it, or says in words why it cannot be made. `key` is the same for every repeat; `now` is the moment of this attempt.
pub fn make(kind: Kind, definition: &Definition, secrets: &Secrets, facts: &Facts, key: &str, now: Millis) -> Result<Request, String> {
    let known = with_key(facts, key);
    let target = Target::filled(&definition.url, &known)?;
    let (content_type, body) = match kind {
        Kind::Webhook => (Some("application/json"), told(facts, key)),
        _ => body(definition, &known)?,
    };
    if body.len() > REQUEST_BYTES_MAX {
        return Err("Not called, because the request would be too long.".into());
    }
    let mut headers: Vec<(String, String)> = vec![
        ("Host".into(), target.host_header()),
        ("User-Agent".into(), concat!("Restante/", env!("CARGO_PKG_VERSION")).into()),
        ("Accept".into(), "application/json".into()),
    ];
    headers.extend(content_type.map(|kind| ("Content-Type".into(), kind.into())));
    if definition.method != super::Method::Get {
        headers.push(("Idempotency-Key".into(), key.into()));
    }
    headers.extend(definition.headers.iter().cloned());
    if kind == Kind::Webhook {
        headers.extend(signature(secrets, key, &body, now));
    }
    let mut shown = format!("{} {}\n", definition.method.code(), url_shown(&target));
    shown.extend(headers.iter().skip(1).map(|(name, value)| format!("{name}: {value}\n")));
    for name in &definition.secret_headers {
        let Some(value) = secrets.get(name) else { return Err(format!("Not called, because the secret of the header {name} is missing: enter it again.")) };
        shown.push_str(&format!("{name}: •••\n"));
        headers.push((name.clone(), value.to_owned()));
    }
    shown.push('\n');
    shown.extend(body.chars().take(SHOWN_CHARS_MAX));
    Ok(Request { target, method: definition.method.code(), headers, body: body.into_bytes(), shown: secrets.hide(&shown) })
}

/// The facts with the call's own word: some take it in the body, not as a header.
pub fn with_key(facts: &Facts, key: &str) -> Facts {
    let mut known = facts.clone();
    known.insert("key".into(), key.into());
    known
}

fn body(definition: &Definition, facts: &Facts) -> Result<(Option<&'static str>, String), String> {
    let filled = match definition.body_kind {
        _ if definition.body.trim().is_empty() => return Ok((None, String::new())),
        BodyKind::Nothing => return Ok((None, String::new())),
        BodyKind::Json => fill::fill(&definition.body, facts, Place::Json).map(|body| ("application/json", body)),
        BodyKind::Form => fill::fill_form(&definition.body, facts).map(|body| ("application/x-www-form-urlencoded", body)),
    };
    let (kind, body) = filled.map_err(|names| not_known(&names))?;
    if definition.body_kind == BodyKind::Json && serde_json::from_str::<serde_json::Value>(&body).is_err() {
        return Err("Not called, because its body would be no JSON: look at the template.".into());
    }
    Ok((Some(kind), body))
}

/// What a webhook is told: the facts, with the key by which a repeat is known.
fn told(facts: &Facts, key: &str) -> String {
    let mut told = facts.clone();
    told.insert("id".into(), key.into());
    serde_json::Value::Object(told).to_string()
}

/// `sha256=` HMAC of `timestamp.body`: whoever shares the secret knows that it is ours, and how old it is.
fn signature(secrets: &Secrets, key: &str, body: &str, now: Millis) -> Vec<(String, String)> {
    let timestamp = (now / 1000).to_string();
    let mut headers = vec![("X-Restante-Event".into(), key.to_owned()), ("X-Restante-Timestamp".into(), timestamp.clone())];
    if let Some(secret) = secrets.get(SIGNING) {
        let signed = secret::hmac_sha256(secret.as_bytes(), format!("{timestamp}.{body}").as_bytes());
        headers.push(("X-Restante-Signature".into(), format!("sha256={}", data_encoding::HEXLOWER.encode(&signed))));
    }
    headers
}

fn url_shown(target: &Target) -> String {
    format!("{}://{}{}", if target.https { "https" } else { "http" }, target.host_header(), target.path)
}

impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "Request({} {})", self.method, self.target.authority())
    }
}
