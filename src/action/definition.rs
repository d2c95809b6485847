//! What is called, how, when, and what follows: the shape of an action, and every complaint about one that cannot work.

use super::fill::{self, Place};
use super::inside::Inside;
use super::target::Target;
use super::{answer, look_up};
use crate::return_request::code::codes;
use crate::return_request::{Decision, State};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

codes! {
    Kind {
        /// Does something: a refund, a store credit.
        Call = "call",
        /// Asks the shop's system about an order.
        LookUp = "look_up",
        /// Tells what happened, signed.
        Webhook = "webhook",
    }
}

codes! {
    Method {
        Get = "GET",
        Post = "POST",
        Put = "PUT",
        Patch = "PATCH",
        Delete = "DELETE",
    }
}

codes! {
    BodyKind {
        Nothing = "none",
        Json = "json",
        /// `application/x-www-form-urlencoded`: a line of the template is `name=value`.
        Form = "form",
    }
}

codes! {
    /// What a webhook is told.
    Event {
        /// All that is needed to decide is known.
        Complete = "complete",
        Decided = "decided",
        Approved = "approved",
        OnItsWay = "on_its_way",
        Received = "received",
        ToRefund = "to_refund",
        /// Refunded, replaced, credited, declined or withdrawn.
        Closed = "closed",
        /// What was told before does not stand any more.
        TakenBack = "taken_back",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Definition {
    pub method: Method,
    /// With placeholders behind the host.
    pub url: String,
    pub headers: Vec<(String, String)>,
    /// Names of headers whose values are sealed.
    pub secret_headers: Vec<String>,
    pub body_kind: BodyKind,
    pub body: String,
    pub good: Good,
    /// JSON pointers, parted by blanks, to what the other side calls it and says of it: its number, the amount.
    pub reference: String,
    /// Offered to agents.
    pub button: bool,
    /// Called by itself when a return comes to stand there.
    pub fired_by: Option<State>,
    /// Only for these decisions; empty: for all, decided or not.
    pub decisions: Vec<Decision>,
    /// Where the return goes once it worked.
    pub then: Option<Then>,
    /// Twice does no harm, or the other side knows `Idempotency-Key`.
    pub repeatable: bool,
    pub events: Vec<Event>,
    /// Of a look-up: field of an order → JSON pointer.
    pub order: BTreeMap<String, String>,
}

/// What a good answer looks like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Good {
    pub from: u16,
    pub to: u16,
    /// JSON pointer; empty: the status alone tells.
    pub pointer: String,
    /// What stands there: values parted by `|`; empty: anything but nothing.
    pub value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// Refunded, replaced or credited: as was decided.
    AsDecided,
    To(State),
}

pub const NAME_CHARS_MAX: usize = 60;
const URL_CHARS_MAX: usize = 2_000;
const BODY_CHARS_MAX: usize = 20_000;
const HEADERS_MAX: usize = 20;
const HEADER_CHARS_MAX: usize = 2_000;
/// Headers that belong to the connection, or that we set ourselves.
#[rustfmt::skip]
const OURS: &[&str] = &[
    "host", "content-length", "content-type", "transfer-encoding", "connection", "upgrade", "te", "trailer", "keep-alive", "expect", "idempotency-key",
    "proxy-authorization", "proxy-connection"];

impl Default for Definition {
    fn default() -> Definition {
        Definition {
            method: Method::Post,
            url: String::new(),
            headers: Vec::new(),
            secret_headers: Vec::new(),
            body_kind: BodyKind::Json,
            body: String::new(),
            good: Good::default(),
            reference: String::new(),
            button: false,
            fired_by: None,
            decisions: Vec::new(),
            then: None,
            repeatable: false,
            events: Vec::new(),
            order: BTreeMap::new(),
        }
    }
}

impl Default for Good {
    fn default() -> Good {
        Good { from: 200, to: 299, pointer: String::new(), value: String::new() }
    }
}

impl Then {
    pub fn code(self) -> &'static str {
        match self {
            Then::AsDecided => "as_decided",
            Then::To(state) => state.code(),
        }
    }

    pub fn from_code(code: &str) -> Option<Then> {
        if code == "as_decided" { Some(Then::AsDecided) } else { State::from_code(code).map(Then::To) }
    }
}

impl Definition {
    /// Everything that cannot work, in words; `own` are the owner's fields, which are placeholders, too.
    pub fn complaints(&self, kind: Kind, inside: &Inside, own: &[String]) -> Vec<String> {
        let mut complaints = Vec::new();
        match Target::of_template(&self.url) {
            _ if self.url.chars().count() > URL_CHARS_MAX => complaints.push("The URL is too long.".into()),
            Err(words) => complaints.push(words),
            Ok(target) => complaints.extend(inside.complaint(&target)),
        }
        for (place, text) in [("The URL", &self.url), ("The body", &self.body)] {
            let unknown = fill::unknown(text, own);
            complaints.extend(unknown.iter().map(|name| format!("{place} has {{{{{name}}}}}, which is no placeholder: take one of the list.")));
        }
        self.complain_of_headers(&mut complaints);
        self.complain_of_body(kind, own, &mut complaints);
        complaints.extend(answer::complaint("The good answer", &self.good.pointer));
        complaints.extend(self.reference.split_whitespace().find_map(|pointer| answer::complaint("The reference", pointer)));
        if !(100..=599).contains(&self.good.from) || !(self.good.from..=599).contains(&self.good.to) {
            complaints.push("A good answer has a status from 100 to 599, as in 200 to 299.".into());
        }
        match kind {
            Kind::Call if !self.button && self.fired_by.is_none() => {
                complaints.push("Nothing would ever call it: offer it as a button, or choose a state.".into())
            }
            Kind::LookUp => complaints.extend(look_up::complaints(self)),
            Kind::Webhook if self.url.contains("{{") => complaints.push("A webhook’s URL has no placeholders: all that is known stands in its body.".into()),
            Kind::Webhook if self.events.is_empty() => complaints.push("Choose at least one thing that the webhook is told.".into()),
            _ => {}
        }
        complaints
    }

    fn complain_of_headers(&self, complaints: &mut Vec<String>) {
        if self.headers.len() + self.secret_headers.len() > HEADERS_MAX {
            complaints.push(format!("These are more than {HEADERS_MAX} headers."));
        }
        let names = self.headers.iter().map(|(name, _)| name).chain(&self.secret_headers);
        for name in names.clone() {
            if let Some(words) = header_complaint(name) {
                complaints.push(words);
            } else if names.clone().filter(|other| other.eq_ignore_ascii_case(name)).count() > 1 {
                complaints.push(format!("The header {name} stands there twice."));
            }
        }
        for (name, value) in &self.headers {
            complaints.extend(value_complaint(name, value));
        }
        complaints.dedup();
    }

    fn complain_of_body(&self, kind: Kind, own: &[String], complaints: &mut Vec<String>) {
        if self.body.chars().count() > BODY_CHARS_MAX {
            complaints.push("The body is too long.".into());
        }
        if kind == Kind::Webhook || !fill::unknown(&self.body, own).is_empty() {
            return;
        }
        let (sample, has_body) = (fill::sample(own), !self.body.trim().is_empty());
        match self.body_kind {
            BodyKind::Nothing if has_body => complaints.push("There is a body, but it is not sent: choose JSON or a form.".into()),
            _ if has_body && self.method == Method::Get => complaints.push("A GET has no body: empty it, or choose another method.".into()),
            BodyKind::Json if has_body => {
                let filled = fill::fill(&self.body, &sample, Place::Json).unwrap_or_default();
                if let Err(e) = serde_json::from_str::<serde_json::Value>(&filled) {
                    complaints.push(format!(
                        "The body is no JSON once it is filled in (line {}, column {}): look for a missing quote or comma.",
                        e.line(),
                        e.column()
                    ));
                }
            }
            BodyKind::Form if self.body.lines().any(|line| !line.trim().is_empty() && !line.contains('=')) => {
                complaints.push("Each line of a form is name=value.".into());
            }
            _ => {}
        }
    }
}

/// Whether a header's value can stand on its line.
pub fn value_complaint(name: &str, value: &str) -> Option<String> {
    let wrong = value.is_empty() || value.chars().count() > HEADER_CHARS_MAX || !value.chars().all(|c| (' '..='~').contains(&c));
    wrong.then(|| format!("The value of the header {name} has to be plain characters on one line."))
}

fn header_complaint(name: &str) -> Option<String> {
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c); // RFC 9110 5.6.2
    if name.is_empty() || name.len() > 100 || !name.chars().all(token) {
        return Some(format!("“{}” is no header name: write headers as Name: value, a line each.", name.chars().take(40).collect::<String>()));
    }
    OURS.contains(&name.to_ascii_lowercase().as_str()).then(|| format!("Restante sets the header {name} itself."))
}
