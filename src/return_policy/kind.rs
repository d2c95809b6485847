//! Of what kind an item is where the shop's backend does not say. Many shops sell "Low Tide, giclée print 50×70" and fill in
//! no column for it; a policy about prints would then leave every return to a person. So a name that holds, as a whole word,
//! exactly one of the kinds that the policy names says the kind. That is sound enough to judge by, and no sounder: the name
//! is the shop's, never the customer's; two kinds in it, or a part of a word, say nothing; what the backend says goes
//! before; an item that stays unknown keeps the case open as ever; and the verdict tells that it rests on a name.

use super::{Case, Policy};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The case with the kinds that names tell, and in words which those are.
pub(super) fn told<'c>(policy: &Policy, case: &'c Case) -> (Cow<'c, Case>, Option<String>) {
    let (Some(kinds), Some(names)) = (&case.kinds, &case.names) else { return (Cow::Borrowed(case), None) };
    let mut by_name = BTreeSet::new();
    let mut known = kinds.clone();
    for (kind, name) in known.iter_mut().zip(names).filter(|(kind, _)| kind.is_empty()) {
        if let Some(told) = of_name(policy, name) {
            by_name.insert(told.clone());
            *kind = told;
        }
    }
    if by_name.is_empty() {
        return (Cow::Borrowed(case), None);
    }
    let words = format!("{} by its name", by_name.into_iter().collect::<Vec<_>>().join(" and "));
    (Cow::Owned(Case { kinds: Some(known), ..case.clone() }), Some(words))
}

/// In the policy's own spelling.
fn of_name(policy: &Policy, name: &str) -> Option<String> {
    let name = as_words(name);
    let kinds: BTreeMap<String, &String> = policy.clauses.iter().flat_map(|clause| &clause.about.kinds).map(|kind| (as_words(kind), kind)).collect();
    let mut said = kinds.into_iter().filter(|(words, _)| !words.trim().is_empty() && name.contains(words.as_str()));
    let (_, only) = said.next().filter(|_| said.next().is_none())?;
    Some(only.clone())
}

/// Lower case, a blank around each word: what is found in it is found as whole words.
fn as_words(text: &str) -> String {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    format!(" {} ", words.join(" "))
}
