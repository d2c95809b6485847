//! What a rule's words speak for.

use crate::return_request::{Reason, Wish};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Wants money back, to send something back, another one.
    Ask,
    /// Says what is wrong with what came.
    Claim,
    /// "What now?": asks something of the shop when something is wrong.
    Hope,
    /// About a return that exists.
    State,
    Policy,
    Order,
    /// Not this: "I do not want a refund", another meaning of the word.
    Not,
    /// Nothing is wanted, or somebody else than a customer writes: no sentence of the letter asks.
    Never,
    /// What came is whole or well liked. Beside a complaint and a wish it is the rest that is.
    Fine,
    Thanks,
    News,
    /// Names a reason, or a wish: for the facts, not for the judgement.
    Reason(Reason),
    Wish(Wish),
}

pub const CLASSES: &[(&str, Class)] = &[
    ("ask", Class::Ask),
    ("claim", Class::Claim),
    ("hope", Class::Hope),
    ("state", Class::State),
    ("policy", Class::Policy),
    ("order", Class::Order),
    ("not", Class::Not),
    ("never", Class::Never),
    ("fine", Class::Fine),
    ("thanks", Class::Thanks),
    ("news", Class::News),
];
