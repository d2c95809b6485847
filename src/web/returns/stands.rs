//! How it shows where a return stands: the colour and words of its chip, its steps, and what the buttons that move it say.

use crate::return_request::State;
use crate::return_request::request::Request;

/// Terracotta asks for a decision, amber waits, green is agreed.
pub fn state_class(state: State) -> &'static str {
    match state {
        State::ToDecide => "is-return",
        State::AwaitingDetails => "is-wait",
        State::Declined | State::Withdrawn => "",
        _ => "is-good",
    }
}

/// Its chip. How it arrived is part of where it stands: a damaged parcel is no green matter.
pub fn chip(request: &Request) -> (&'static str, &'static str) {
    match request.state {
        State::Received if request.received_as_expected == Some(false) => ("is-wait", "received, not as expected"),
        state => (state_class(state), state.words()),
    }
}

/// Of four steps, how many are done.
pub fn steps(state: State) -> usize {
    match state {
        State::AwaitingDetails => 1,
        State::ToDecide => 2,
        State::Approved | State::OnItsWay | State::Received | State::ToRefund => 3,
        State::Refunded | State::Replaced | State::Credited | State::Declined | State::Withdrawn => 4,
    }
}

/// What a button says that moves it there by hand: a verb, since nothing but its state changes.
pub fn deed(state: State) -> &'static str {
    match state {
        State::AwaitingDetails => "Wait for details",
        State::ToDecide => "Mark ready to decide",
        State::Approved => "Mark approved",
        State::OnItsWay => "Mark on its way",
        State::Received => "Mark received",
        State::ToRefund => "Mark ready to refund",
        State::Refunded => "Mark refunded",
        State::Replaced => "Mark replaced",
        State::Credited => "Mark credited",
        State::Declined => "Mark declined",
        State::Withdrawn => "Mark withdrawn",
    }
}
