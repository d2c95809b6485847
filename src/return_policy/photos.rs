//! How many photos a case needs, so that a form can say so before a verdict misses them.

use super::scope::Applies;
use super::verdict::{Deciding, deciding};
use super::{Answer, Case, Clause, Policy, kind};

/// What the clause that decides asks for. While it is open which one that will be, the most that one of those asks that may
/// decide: whoever sends as many is asked no second time. 0: none.
pub fn photos_needed(policy: &Policy, case: &Case) -> u32 {
    let (case, _) = kind::told(policy, case);
    let asks = |clause: &Clause| if clause.terms.answer == Answer::Accepted { clause.terms.photos } else { 0 };
    match deciding(policy, &case) {
        Deciding::Nobody => 0,
        Deciding::One(clause) => asks(clause),
        Deciding::Clash(clauses) => clauses.into_iter().map(asks).max().unwrap_or(0),
        Deciding::Open(..) => {
            let perhaps = policy.clauses.iter().filter(|clause| !matches!(clause.about.applies(&case), Applies::No));
            perhaps.map(asks).max().unwrap_or(0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::return_policy::ready;
    use crate::return_request::Reason;

    #[test]
    fn a_damaged_print_needs_the_photos_of_its_clause_and_a_changed_mind_needs_none() {
        let policy = ready::prints_and_originals();
        let of = |kind: Option<&str>, reason| Case { kinds: kind.map(|kind| vec![kind.to_owned()]), reason: Some(reason), ..Case::default() };
        assert_eq!(photos_needed(&policy, &of(Some("print"), Reason::Damaged)), 2);
        assert_eq!(photos_needed(&policy, &of(None, Reason::Damaged)), 2, "whatever it is");
        assert_eq!(photos_needed(&policy, &of(Some("print"), Reason::ChangedMind)), 0);
        let by_name = Case { kinds: Some(vec![String::new()]), names: Some(vec!["Low Tide, print LT-1".into()]), ..of(None, Reason::Damaged) };
        assert_eq!(photos_needed(&policy, &by_name), 2);
    }
}
