//! A return request: what a customer wants to give back and why, as facts with the sentences they rest on.

pub mod board;
pub mod code;
pub mod fact;
pub mod fields;
pub mod happened;
pub mod item;
mod judgement;
pub mod link;
pub mod own_field;
pub mod past;
pub mod reading;
pub mod request;
pub mod state;
pub mod unanswered;
pub mod upload;
pub mod words;

pub use crate::id::ReturnId;
pub use code::{Reason, Wish};
pub use fact::{Fact, Facts};
pub use happened::Happened;
pub use judgement::Judgement;
pub use request::Request;
pub use state::{Decision, State};

/// The languages that we read and write (ISO 639-1).
pub const LANGUAGES: &[&str] = &["en", "de", "fr", "es", "it", "nl", "pt", "sv"];
