//! A policy that is being written: kept on the server until it is published, so that it survives a closed browser and a
//! second owner sees it too. There is one at a time, with one step back.

use super::{Clause, Policy};
use crate::database::{Millis, Reader, Result, Writer};
use crate::id::AgentId;
use crate::setting;
use serde::{Deserialize, Serialize};

/// More than a customer would read.
pub const CLAUSES_MAX: usize = 50;
/// An id is short enough for an address.
const ID_CHARS_MAX: usize = 40;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub policy: Policy,
    /// As it stood before the last change.
    #[serde(default)]
    pub before: Option<Policy>,
    pub changed_at: Millis,
    pub changed_by: AgentId,
}

pub fn find(c: &Reader) -> Result<Option<Draft>> {
    setting::get(c, setting::POLICY_DRAFT)
}

/// Begins one; false where there is one already, which is not overwritten.
pub fn begin(tx: &Writer, policy: &Policy, by: AgentId, now: Millis) -> Result<bool> {
    if find(tx)?.is_some() {
        return Ok(false);
    }
    keep(tx, Draft { policy: policy.clone(), before: None, changed_at: now, changed_by: by })?;
    Ok(true)
}

/// Keeps a changed policy; what it was before is the way back.
pub fn change(tx: &Writer, draft: Draft, policy: Policy, by: AgentId, now: Millis) -> Result<()> {
    // Of two changes within a millisecond the second must show, too: publishing compares these.
    let changed_at = now.max(draft.changed_at + 1);
    keep(tx, Draft { policy, before: Some(draft.policy), changed_at, changed_by: by })
}

pub fn discard(tx: &Writer) -> Result<()> {
    setting::clear(tx, setting::POLICY_DRAFT)
}

fn keep(tx: &Writer, draft: Draft) -> Result<()> {
    setting::set(tx, setting::POLICY_DRAFT, &draft, Some(draft.changed_by), draft.changed_at)
}

impl Policy {
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == id)
    }

    /// Takes the place of the clause with its id, or stands last.
    pub fn put(&mut self, clause: Clause) {
        match self.clauses.iter_mut().find(|known| known.id == clause.id) {
            Some(known) => *known = clause,
            None => self.clauses.push(clause),
        }
    }

    /// The clause that went.
    pub fn remove(&mut self, id: &str) -> Option<Clause> {
        let at = self.clauses.iter().position(|clause| clause.id == id)?;
        Some(self.clauses.remove(at))
    }

    /// One place up or down; at the end it stays.
    pub fn shift(&mut self, id: &str, up: bool) {
        let Some(at) = self.clauses.iter().position(|clause| clause.id == id) else { return };
        let to = if up { at.checked_sub(1) } else { Some(at + 1) };
        if let Some(to) = to.filter(|to| *to < self.clauses.len()) {
            self.clauses.swap(at, to);
        }
    }

    /// An id for a new clause, from its name, that no other has.
    pub fn fresh_id(&self, name: &str) -> String {
        let lower = name.to_lowercase();
        let words: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let stem: String = words.join("-").chars().take(ID_CHARS_MAX).collect();
        // "new" is the address of the empty form.
        let stem = if stem.is_empty() || stem == "new" { "clause".to_owned() } else { stem };
        let free = |id: &String| self.clause(id).is_none();
        std::iter::once(stem.clone()).chain((2..).map(|n| format!("{stem}-{n}"))).find(free).unwrap_or(stem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::return_policy::ready;

    #[test]
    fn clauses_are_added_changed_moved_and_removed_by_their_ids() {
        let mut policy = ready::general_shop();
        assert_eq!(
            [policy.fresh_id("Fault"), policy.fresh_id("Échange, 30 j."), policy.fresh_id("返品"), policy.fresh_id("New")],
            ["fault-2", "change-30-j", "clause", "clause"]
        );
        policy.put(Clause { id: "sale".into(), name: "Sale".into(), ..Clause::default() });
        policy.put(Clause { id: "sale".into(), name: "Reduced".into(), ..Clause::default() });
        let ids = |policy: &Policy| policy.clauses.iter().map(|clause| clause.id.clone()).collect::<Vec<_>>();
        assert_eq!((ids(&policy).join(" "), policy.clause("sale").map(|c| c.name.as_str())), ("changed-mind fault sale".into(), Some("Reduced")));
        policy.shift("sale", true);
        policy.shift("changed-mind", true);
        policy.shift("fault", false);
        assert_eq!(ids(&policy).join(" "), "changed-mind sale fault");
        assert_eq!((policy.remove("sale").map(|c| c.name), policy.remove("sale")), (Some("Reduced".into()), None));
    }
}
