//! A mail that asks for a refund opens a return request; what the customer writes after that fills it.

use crate::return_request::reading::Reading;
use crate::return_request::{Request, State};

/// A mail that was just filed.
#[derive(Clone, Copy, Debug)]
pub struct Mail<'a> {
    /// What it says about returns; `None`: nobody's mail, or too old to matter.
    pub reading: Option<&'a Reading>,
    /// The return that its conversation is about.
    pub open: Option<&'a Request>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Open,
    Fill,
    /// It is decided already: pictures are added, facts are left as they were when it was decided.
    AddPhotos,
}

pub fn action(mail: Mail) -> Option<Action> {
    let reading = mail.reading?;
    match mail.open {
        Some(open) if matches!(open.state, State::AwaitingDetails | State::ToDecide) => Some(Action::Fill),
        Some(_) => Some(Action::AddPhotos),
        None if reading.asks() => Some(Action::Open),
        None => None,
    }
}
