//! What a shop takes back, as clauses: rules and a case give a verdict, with the clause and the facts that decided it.

mod case;
pub mod check;
pub mod country;
pub mod draft;
mod kind;
pub mod page;
mod photos;
pub mod ready;
mod scope;
pub mod simulation;
mod terms;
mod verdict;
pub mod version;

pub use case::Case;
pub use photos::{packaging_needed, photos_needed};
pub use terms::{Answer, Clause, From, Postage, Scope, Terms, Unit, Window};
pub use verdict::{Kind, Verdict, verdict};

use serde::{Deserialize, Serialize};

/// The shape of the JSON; a later shape gets a higher number and reads this one.
pub const SHAPE: u32 = 1;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    pub shape: u32,
    /// Their order is that of the page; no verdict depends on it.
    pub clauses: Vec<Clause>,
}

#[cfg(test)]
mod tests;
