//! What another policy would have said of past cases.

use super::{Case, Kind, Policy, Verdict, verdict};
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

impl Simulation {
    /// How many would turn from which verdict to which; where both are one, only what is offered would differ. Most first.
    pub fn turns(&self) -> Vec<(Kind, Kind, usize)> {
        let mut turns: Vec<(Kind, Kind, usize)> = Vec::new();
        for (was, is) in self.changed.iter().map(|change| (change.before.kind, change.after.kind)) {
            match turns.iter_mut().find(|(before, after, _)| (*before, *after) == (was, is)) {
                Some((.., n)) => *n += 1,
                None => turns.push((was, is, 1)),
            }
        }
        turns.sort_by_key(|(.., n)| std::cmp::Reverse(*n));
        turns
    }
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
