//! The lead's card beside a conversation: what they like, what they agreed to, what they wish for.

use super::said;
use super::view::{agreed, aside_words, shown};
use crate::database::Reader;
use crate::id::CustomerId;
use crate::lead::{self, interest, wish};
use crate::web::present::{Clock, visible};
use crate::web::{Result, Visitor};
use crate::{consent, follow_up};

/// Chips and wishes that the card has room for.
const INTERESTS_SHOWN: usize = 8;
const WISHES_SHOWN: usize = 2;

pub struct Card {
    /// "Lead", or why they are none.
    pub chip: (&'static str, &'static str),
    /// Each with the sentence behind it.
    pub interests: Vec<(String, String)>,
    pub more: usize,
    pub consent: (&'static str, String),
    /// Each with the message in which it was said.
    pub wishes: Vec<(String, Option<String>)>,
    /// Follow-ups that have not left.
    pub planned: usize,
}

/// Nothing for a customer of whom no lead was made.
pub fn card(c: &Reader, visitor: &Visitor, id: CustomerId, clock: &Clock) -> Result<Option<Card>> {
    let Some(lead) = lead::find(c, id)? else { return Ok(None) };
    let all = interest::of_customer(c, id)?;
    let mut interests = Vec::new();
    for interest in all.iter().take(INTERESTS_SHOWN) {
        let sentence = if said(c, visitor, interest.message_id)?.elsewhere { String::new() } else { visible(&interest.sentence) };
        interests.push((shown(&interest.feature), sentence));
    }
    let mut wishes = Vec::new();
    for wish in wish::of_customer(c, id)?.into_iter().filter(|wish| wish.closed.is_none()).take(WISHES_SHOWN) {
        let there = said(c, visitor, wish.message_id)?;
        let words = if there.elsewhere { wish.features.iter().map(shown).collect::<Vec<_>>().join(", ") } else { visible(&wish.words) };
        wishes.push((words, there.href));
    }
    let waiting = |state| matches!(state, follow_up::State::Planned | follow_up::State::Wanted);
    Ok(Some(Card {
        chip: lead.set_aside.map_or(("is-act", "Lead"), |(_, because, _)| ("", aside_words(because))),
        more: all.len().saturating_sub(INTERESTS_SHOWN),
        interests,
        consent: agreed(&consent::of_customer(c, id)?, clock),
        wishes,
        planned: follow_up::of_customer(c, id)?.iter().filter(|f| waiting(f.state)).count(),
    }))
}
