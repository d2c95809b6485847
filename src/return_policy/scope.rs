//! Whether a clause is about a case: yes, no, or not to be told before certain facts are known.

use super::{Case, Scope};
use crate::money::Amount;
use crate::return_request::fields;

pub(super) enum Applies<'a> {
    Yes,
    No,
    Unknown(Vec<&'a str>),
}

impl Scope {
    /// How narrow it is: by how many of its sides it chooses.
    pub(super) fn weight(&self) -> usize {
        let value = self.value_from.is_some() || self.value_to.is_some();
        [!self.kinds.is_empty(), !self.tags.is_empty(), !self.reasons.is_empty(), !self.countries.is_empty(), value].into_iter().filter(|side| *side).count()
    }

    pub(super) fn applies(&self, case: &Case) -> Applies<'static> {
        let kinds = all_or_none(case.kinds.as_deref(), |kind| (!kind.is_empty()).then(|| is_one_of(&self.kinds, kind)));
        let tags = all_or_none(case.tags.as_deref(), |tags| Some(tags.iter().any(|tag| is_one_of(&self.tags, tag))));
        let sides = [
            (self.kinds.is_empty(), kinds, fields::ITEM),
            (self.tags.is_empty(), tags, fields::ITEM),
            (self.reasons.is_empty(), case.reason.map(|reason| self.reasons.contains(&reason)), fields::REASON),
            (self.countries.is_empty(), case.country.as_deref().map(|country| is_one_of(&self.countries, country)), fields::ORDER_NUMBER),
            (self.value_from.is_none() && self.value_to.is_none(), self.in_value(case.amount), fields::AMOUNT),
        ];
        let mut missing = Vec::new();
        for (_, holds, field) in sides.into_iter().filter(|(everything, ..)| !everything) {
            match holds {
                Some(false) => return Applies::No,
                Some(true) => {}
                None => missing.push(field),
            }
        }
        if missing.is_empty() { Applies::Yes } else { Applies::Unknown(missing) }
    }

    /// Sums of two currencies are not compared.
    fn in_value(&self, amount: Option<Amount>) -> Option<bool> {
        let amount = amount?;
        let same = |bound: &Option<Amount>| bound.is_none_or(|bound| bound.currency == amount.currency);
        (same(&self.value_from) && same(&self.value_to))
            .then(|| self.value_from.is_none_or(|from| amount.minor >= from.minor) && self.value_to.is_none_or(|to| amount.minor <= to.minor))
    }
}

/// What holds for all items, or for none of them; unknown where they differ.
fn all_or_none<T>(items: Option<&[T]>, holds: impl Fn(&T) -> Option<bool>) -> Option<bool> {
    let mut answers = items?.iter().map(holds);
    let first = answers.next()??;
    answers.all(|answer| answer == Some(first)).then_some(first)
}

fn is_one_of(words: &[String], word: &str) -> bool {
    words.iter().any(|known| known.trim().to_lowercase() == word.trim().to_lowercase())
}
