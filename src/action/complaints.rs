//! What cannot work of an action, said before it is saved: each complaint names the field that it is about.

use super::fill::{self, Place};
use super::inside::Inside;
use super::target::Target;
use super::{BodyKind, Definition, Kind, Method, answer, look_up};
use crate::return_request::State;

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// As forms call it; a secret header is called by `secret_field`.
    pub field: String,
    pub words: String,
}

pub const NAME_CHARS_MAX: usize = 60;
const URL_CHARS_MAX: usize = 2_000;
const BODY_CHARS_MAX: usize = 20_000;
const HEADERS_MAX: usize = 20;
const HEADER_CHARS_MAX: usize = 2_000;
const HEADER_NAME_CHARS_MAX: usize = 100;
/// Headers that belong to the connection, or that we set ourselves.
#[rustfmt::skip]
const OURS: &[&str] = &[
    "host", "content-length", "content-type", "transfer-encoding", "connection", "upgrade", "te", "trailer", "keep-alive", "expect", "idempotency-key",
    "proxy-authorization", "proxy-connection"];

impl Complaint {
    pub fn about(field: impl Into<String>, words: impl Into<String>) -> Complaint {
        Complaint { field: field.into(), words: words.into() }
    }
}

/// What complaints call the secret header of this name.
pub fn secret_field(name: &str) -> String {
    format!("secret {}", name.to_ascii_lowercase())
}

impl Definition {
    /// Everything that cannot work; `own` are the owner's fields, which are placeholders, too.
    pub fn complaints(&self, kind: Kind, inside: &Inside, own: &[String]) -> Vec<Complaint> {
        let mut complaints = Vec::new();
        let mut about = |field: &str, words: String| complaints.push(Complaint::about(field, words));
        match Target::of_template(&self.url) {
            _ if self.url.chars().count() > URL_CHARS_MAX => about("url", "The URL is too long.".into()),
            Err(words) => about("url", words),
            Ok(target) => inside.complaint(&target).into_iter().for_each(|words| about("url", words)),
        }
        for (field, place, text) in [("url", "The URL", &self.url), ("body", "The body", &self.body)] {
            for name in fill::unknown(text, own) {
                about(field, format!("{place} has {{{{{name}}}}}, which is no placeholder: take one of the list."));
            }
        }
        if kind == Kind::Call && !self.button && self.fired_by.is_none() {
            about("button", "Nothing would ever call it: offer it as a button, or choose a state.".into());
        }
        let too_early = matches!(self.fired_by, Some(State::AwaitingDetails | State::ToDecide)) && !self.no_money && self.method != Method::Get;
        if kind == Kind::Call && too_early && self.decisions.is_empty() {
            about("fired_by", "There nothing is decided yet: choose a later state, or say that it moves no money.".into());
        }
        if kind == Kind::Webhook && self.url.contains("{{") {
            about("url", "A webhook’s URL has no placeholders: all that is known stands in its body.".into());
        }
        if kind == Kind::Webhook && self.events.is_empty() {
            about("event", "Choose at least one thing that the webhook is told.".into());
        }
        if kind == Kind::LookUp {
            complaints.extend(look_up::complaints(self));
        }
        complaints.extend(self.of_headers());
        complaints.extend(self.of_body(kind, own));
        complaints.extend(self.of_good());
        complaints
    }

    fn of_headers(&self) -> Vec<Complaint> {
        let mut complaints = Vec::new();
        if self.headers.len() + self.secret_headers.len() > HEADERS_MAX {
            complaints.push(Complaint::about("headers", format!("These are more than {HEADERS_MAX} headers.")));
        }
        let plain = self.headers.iter().map(|(name, _)| (name, "headers".to_owned()));
        let names: Vec<(&String, String)> = plain.chain(self.secret_headers.iter().map(|name| (name, secret_field(name)))).collect();
        for (name, field) in &names {
            let twice = || names.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name)).count() > 1;
            let words = name_complaint(name).or_else(|| twice().then(|| format!("The header {name} stands there twice.")));
            complaints.extend(words.map(|words| Complaint::about(field, words)));
        }
        let named = self.headers.iter().filter(|(name, _)| name_complaint(name).is_none());
        complaints.extend(named.filter_map(|(name, value)| value_complaint(name, value)).map(|words| Complaint::about("headers", words)));
        complaints.dedup();
        complaints
    }

    fn of_body(&self, kind: Kind, own: &[String]) -> Option<Complaint> {
        if self.body.chars().count() > BODY_CHARS_MAX {
            return Some(Complaint::about("body", "The body is too long."));
        }
        if kind == Kind::Webhook || self.body.trim().is_empty() || !fill::unknown(&self.body, own).is_empty() {
            return None;
        }
        let words = match self.body_kind {
            BodyKind::Nothing => "There is a body, but it is not sent: choose JSON or a form.".into(),
            _ if self.method == Method::Get => "A GET has no body: empty it, or choose another method.".into(),
            BodyKind::Json => {
                let filled = fill::fill(&self.body, &fill::sample(own), Place::Json).unwrap_or_default();
                let wrong = serde_json::from_str::<serde_json::Value>(&filled).err()?;
                let (line, column) = (wrong.line(), wrong.column());
                format!("The body is no JSON once it is filled in (line {line}, column {column}): look for a missing quote or comma.")
            }
            BodyKind::Form if self.body.lines().any(|line| !line.trim().is_empty() && !line.contains('=')) => "Each line of a form is name=value.".into(),
            BodyKind::Form => return None,
        };
        Some(Complaint::about("body", words))
    }

    fn of_good(&self) -> Vec<Complaint> {
        let fits = (100..=599).contains(&self.good.from) && (self.good.from..=599).contains(&self.good.to);
        let status = (!fits).then(|| Complaint::about("good", "A good answer has a status from 100 to 599, as in 200 to 299."));
        let pointer = answer::complaint("The good answer", &self.good.pointer).map(|words| Complaint::about("good_pointer", words));
        let reference = self.reference.split_whitespace().find_map(|pointer| answer::complaint("The reference", pointer));
        let reference = reference.map(|words| Complaint::about("reference", words));
        status.into_iter().chain(pointer).chain(reference).collect()
    }
}

/// Whether a header's value can stand on its line.
pub fn value_complaint(name: &str, value: &str) -> Option<String> {
    let wrong = value.is_empty() || value.chars().count() > HEADER_CHARS_MAX || !value.chars().all(|c| (' '..='~').contains(&c));
    wrong.then(|| format!("The value of the header {name} has to be plain characters on one line."))
}

fn name_complaint(name: &str) -> Option<String> {
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c); // RFC 9110 5.6.2
    if name.is_empty() || name.len() > HEADER_NAME_CHARS_MAX || !name.chars().all(token) {
        return Some(format!("“{}” is no header name: write headers as Name: value, a line each.", name.chars().take(40).collect::<String>()));
    }
    OURS.contains(&name.to_ascii_lowercase().as_str()).then(|| format!("Restante sets the header {name} itself."))
}
