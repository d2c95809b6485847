//! What a case needs beside its facts, photos and packaging, so that a form can say so before a verdict misses them.

use super::scope::Applies;
use super::verdict::{Deciding, deciding};
use super::{Answer, Case, Clause, Policy, kind};

/// What the clause that decides asks for. While it is open which one that will be, the most that one of those asks that may
/// decide: whoever sends as many is asked no second time. 0: none.
pub fn photos_needed(policy: &Policy, case: &Case) -> u32 {
    perhaps_deciding(policy, case).map(|clause| clause.terms.photos).max().unwrap_or(0)
}

/// Whether a clause that may decide wants the original packaging. Before the reason is known nobody is asked for it.
pub fn packaging_needed(policy: &Policy, case: &Case) -> bool {
    case.reason.is_some() && perhaps_deciding(policy, case).any(|clause| clause.terms.original_packaging)
}

/// The clauses that decide, or may, and grant something.
fn perhaps_deciding<'p>(policy: &'p Policy, case: &Case) -> impl Iterator<Item = &'p Clause> {
    let (case, _) = kind::told(policy, case);
    let clauses: Vec<&Clause> = match deciding(policy, &case) {
        Deciding::Nobody => Vec::new(),
        Deciding::One(clause) => vec![clause],
        Deciding::Clash(clauses) => clauses,
        Deciding::Open(..) => policy.clauses.iter().filter(|clause| !matches!(clause.about.applies(&case), Applies::No)).collect(),
    };
    clauses.into_iter().filter(|clause| clause.terms.answer == Answer::Accepted)
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

    #[test]
    fn the_packaging_is_asked_for_with_the_reasons_whose_clause_wants_it_and_with_no_other() {
        let mut policy = ready::general_shop();
        policy.clauses[0].terms.original_packaging = true;
        let of = |reason| packaging_needed(&policy, &Case { reason, ..Case::default() });
        assert_eq!([Some(Reason::ChangedMind), Some(Reason::Damaged), None].map(of), [true, false, false]);
    }
}
