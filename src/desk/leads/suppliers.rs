//! Whoever the owner marks as a supplier is no lead; without the mark they are one again, with all that they said meanwhile.

use crate::database::{Millis, Writer};
use crate::desk::Result;
use crate::id::AgentId;
use crate::lead::{self, Because, supplier};

/// Marks `pattern` (`supplier::pattern`) and sets aside whom it names; returns how many.
pub fn mark_supplier(tx: &Writer, pattern: &str, by: AgentId, now: Millis) -> Result<usize> {
    supplier::mark(tx, pattern, Some(by), now)?;
    let named = supplier::named_by(tx, pattern)?;
    for id in &named {
        lead::set_aside(tx, *id, Because::Supplier, Some(by), now)?;
    }
    Ok(named.len())
}

/// Takes the mark away; whom nothing else marks is a lead again.
pub fn unmark_supplier(tx: &Writer, pattern: &str) -> Result<usize> {
    supplier::unmark(tx, pattern)?;
    let mut taken_up = 0;
    for id in supplier::named_by(tx, pattern)? {
        if supplier::marks_of(tx, id)?.is_empty() {
            lead::take_up_again(tx, id, Because::Supplier)?;
            taken_up += 1;
        }
    }
    Ok(taken_up)
}
