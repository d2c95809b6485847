//! The form of an action as it is shown: what may be chosen, what was typed, and what is wrong, beside the field that it is about.

use super::examples::EXAMPLES;
use super::typed::Typed;
use crate::action::complaints::secret_field;
use crate::action::fill::PLACEHOLDERS;
use crate::action::{self, ActionId, BodyKind, Complaint, Event, Kind, Method, look_up};
use crate::return_request::{Decision, State as Stands};
use crate::web::layout::Shell;
use askama::Template;

#[derive(Template)]
#[template(path = "actions/show.html")]
pub struct Page {
    pub shell: Shell,
    pub tab: &'static str,
    pub id: Option<ActionId>,
    pub kind: Kind,
    pub typed: Typed,
    pub complaints: Vec<Complaint>,
    pub tried: Option<TriedView>,
    /// A signing secret to begin with.
    pub fresh_secret: String,
    pub own: Vec<String>,
}

pub struct TriedView {
    pub good: bool,
    pub words: String,
    pub request: String,
    pub status: Option<u16>,
    pub answer: String,
    /// What would be taken from it.
    pub taken: Vec<(String, String)>,
}

/// What stands beside a field that is wrong.
struct Mark {
    id: String,
    words: String,
    /// The first one on the page: where its writer goes on.
    first: bool,
}

/// Fields in the order of the page; secret headers stand at `SECRETS`.
#[rustfmt::skip]
const ORDER: &[&str] = &[
    "name", "url", "event", "signing_secret", SECRETS, "headers", "body", "good", "good_pointer", "reference", "order", "button", "fired_by"];
const SECRETS: &str = "secrets";

impl Page {
    /// The form with what is wrong with it, in the order of its fields.
    pub fn with(mut self, mut complaints: Vec<Complaint>) -> Page {
        let of_order = |field: &str| field.starts_with("order_");
        let place = |said: &Complaint| {
            let field = if said.field.starts_with(&secret_field("")) { SECRETS } else { &said.field };
            ORDER.iter().position(|known| *known == field || *known == "order" && of_order(field)).unwrap_or(ORDER.len())
        };
        complaints.sort_by_key(place);
        self.complaints = complaints;
        self
    }

    fn mark(&self, field: &str) -> Option<Mark> {
        self.marked(field, field)
    }

    /// Of the pointer to a field of the order.
    fn order(&self, name: &str) -> Option<Mark> {
        self.mark(&format!("order_{name}"))
    }

    /// Of the secret header in this row.
    fn secret(&self, row: &usize, header: &str) -> Option<Mark> {
        self.marked(&secret_field(header), &format!("secret_{row}")).filter(|_| !header.is_empty())
    }

    /// All that is wrong with a field, beside the input of that name.
    fn marked(&self, field: &str, name: &str) -> Option<Mark> {
        let words: Vec<&str> = self.complaints.iter().filter(|said| said.field == field).map(|said| said.words.as_str()).collect();
        let first = self.complaints.first().is_some_and(|first| first.field == field);
        (!words.is_empty()).then(|| Mark { id: format!("{name}-wrong"), words: words.join(" "), first })
    }

    /// What is about no field.
    fn elsewhere(&self) -> impl Iterator<Item = &str> {
        self.complaints.iter().filter(|said| said.field.is_empty()).map(|said| said.words.as_str())
    }

    fn methods(&self) -> Vec<(&'static str, bool)> {
        Method::ALL.iter().map(|m| (m.code(), *m == self.typed.definition.method)).collect()
    }

    fn body_kinds(&self) -> Vec<(&'static str, &'static str, bool)> {
        let words = |kind| match kind {
            BodyKind::Nothing => "no body",
            BodyKind::Json => "JSON",
            BodyKind::Form => "a form: a line each, name=value",
        };
        BodyKind::ALL.iter().map(|k| (k.code(), words(*k), *k == self.typed.definition.body_kind)).collect()
    }

    fn states(&self) -> Vec<(&'static str, &'static str, bool)> {
        Stands::ALL.iter().map(|s| (s.code(), s.words(), self.typed.definition.fired_by == Some(*s))).collect()
    }

    fn decisions(&self) -> Vec<(&'static str, &'static str, bool)> {
        Decision::ALL.iter().map(|d| (d.code(), d.words(), self.typed.definition.decisions.contains(d))).collect()
    }

    fn thens(&self) -> Vec<(&'static str, &'static str, bool)> {
        let then = self.typed.definition.then.map(action::Then::code).unwrap_or_default();
        let states = Stands::ALL.iter().filter(|s| !matches!(s, Stands::AwaitingDetails | Stands::ToDecide)).map(|s| (s.code(), s.words()));
        let all = [("", "stays where it is"), ("as_decided", "is refunded, replaced or credited, as was decided")].into_iter().chain(states);
        all.map(|(code, words)| (code, words, code == then)).collect()
    }

    fn events(&self) -> Vec<(&'static str, &'static str, bool)> {
        let words = |event| match event {
            Event::Complete => "all details are known",
            Event::Decided => "a decision was taken",
            Event::Approved => "agreed, the item comes back",
            Event::OnItsWay => "on its way back",
            Event::Received => "received",
            Event::ToRefund => "to be refunded, replaced or credited",
            Event::Closed => "closed: refunded, replaced, credited, declined or withdrawn",
            Event::TakenBack => "something that was told was taken back",
        };
        Event::ALL.iter().map(|e| (e.code(), words(*e), self.typed.definition.events.contains(e))).collect()
    }

    fn order_fields(&self) -> Vec<(&'static str, &'static str, &str)> {
        look_up::FIELDS.iter().map(|(name, words)| (*name, *words, self.typed.definition.order.get(*name).map_or("", String::as_str))).collect()
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        if self.id.is_none() && self.kind == Kind::Call && self.complaints.is_empty() { EXAMPLES } else { &[] }
    }

    fn placeholders(&self) -> Vec<(String, String)> {
        let known = PLACEHOLDERS.iter().map(|(name, words)| ((*name).to_owned(), (*words).to_owned()));
        known.chain(self.own.iter().map(|name| (name.clone(), "a field of your own".into()))).collect()
    }
}
