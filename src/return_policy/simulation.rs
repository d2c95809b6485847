//! What another policy would have said of past cases.

use super::{Case, Policy, Verdict, verdict};
use crate::id::ReturnId;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Simulation {
    /// How many were tried.
    pub cases: usize,
    pub changed: Vec<Change>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub id: ReturnId,
    pub before: Verdict,
    pub after: Verdict,
}

/// Whose verdict, or whose offers, would be others.
pub fn compare<'a>(before: &Policy, after: &Policy, cases: impl Iterator<Item = (ReturnId, &'a Case)>) -> Simulation {
    let mut simulation = Simulation { cases: 0, changed: Vec::new() };
    for (id, case) in cases {
        simulation.cases += 1;
        let (before, after) = (verdict(before, case), verdict(after, case));
        if before.kind != after.kind || before.offers != after.offers {
            simulation.changed.push(Change { id, before, after });
        }
    }
    simulation
}
