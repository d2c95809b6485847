//! What is called, how, when, and what follows: the shape of an action. What cannot work of one is said in `complaints`.

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
    /// Only for these decisions; empty: for all that agree.
    pub decisions: Vec<Decision>,
    /// The owner says that no money moves by it: it may be called before anything is decided.
    pub no_money: bool,
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
            no_money: false,
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
