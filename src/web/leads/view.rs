//! What is remembered of a lead, as an agent reads it.

use super::happened::happened_words;
use super::{Said, said};
use crate::consent::{Consent, Ended, Purpose, Way};
use crate::database::Reader;
use crate::follow_up::{FollowUp, Kind as FollowUpKind, State as FollowUpState};
use crate::id::{AgentId, ConsentId, InterestId, LeadEventId, WishId};
use crate::lead::event::{Event, Happened};
use crate::lead::interest::{Feature, Interest, Source};
use crate::lead::{Because, Wish, wish};
use crate::web::inbox::Marks;
use crate::web::present::{Clock, When, visible, visible_long};
use crate::web::{Result, Visitor};

/// Said in a mailbox that this agent may not see.
const ELSEWHERE: &str = "said in another mailbox";

pub struct InterestView {
    pub id: InterestId,
    pub kind: &'static str,
    pub words: String,
    pub sentence: String,
    pub who: String,
    pub when: When,
    pub said: Said,
}

pub struct WishView {
    pub id: WishId,
    pub words: String,
    pub features: Vec<String>,
    pub address: String,
    pub who: String,
    pub when: When,
    pub said: Said,
    /// How it ended.
    pub closed: Option<(&'static str, When)>,
}

pub struct ConsentView {
    pub id: ConsentId,
    pub purpose: &'static str,
    pub address: String,
    pub words: String,
    pub way: String,
    pub when: When,
    pub said: Said,
    pub proof: String,
    pub policy_text: String,
    pub ended: Option<EndView>,
}

pub struct EndView {
    pub how: &'static str,
    pub words: String,
    pub when: When,
    pub said: Said,
}

pub struct FollowUpView {
    pub what: &'static str,
    pub state: &'static str,
    pub class: &'static str,
    pub because: String,
    pub when: When,
    pub said: Said,
    pub then: Vec<&'static str>,
}

pub struct HappenedView {
    pub id: LeadEventId,
    pub who: String,
    pub words: String,
    pub when: When,
    pub undone: bool,
    pub can_undo: bool,
}

/// Whose page it is made for.
pub struct Eyes<'a> {
    pub c: &'a Reader,
    pub visitor: &'a Visitor,
    pub clock: &'a Clock,
    pub agents: &'a Marks,
}

impl Eyes<'_> {
    pub fn interest(&self, interest: Interest) -> Result<InterestView> {
        let said = said(self.c, self.visitor, interest.message_id)?;
        let sentence = if said.elsewhere { ELSEWHERE.into() } else { visible_long(&interest.sentence) };
        Ok(InterestView {
            id: interest.id,
            kind: interest.feature.kind.words(),
            words: shown(&interest.feature),
            sentence,
            who: self.source(interest.source, interest.by),
            when: self.clock.long(interest.at),
            said,
        })
    }

    pub fn wish(&self, wish: Wish) -> Result<WishView> {
        let said = said(self.c, self.visitor, wish.message_id)?;
        Ok(WishView {
            id: wish.id,
            words: if said.elsewhere { ELSEWHERE.into() } else { visible_long(&wish.words) },
            features: wish.features.iter().map(shown).collect(),
            address: visible(&wish.address),
            who: self.source(wish.source, None),
            when: self.clock.long(wish.at),
            said,
            closed: wish.closed.map(|(at, because)| (because.words(), self.clock.long(at))),
        })
    }

    pub fn consent(&self, consent: Consent) -> Result<ConsentView> {
        let given = said(self.c, self.visitor, consent.message_id)?;
        let ended = match &consent.ended {
            None => None,
            Some(end) => {
                let there = said(self.c, self.visitor, end.message_id)?;
                let words = if there.elsewhere { ELSEWHERE.into() } else { visible_long(&end.words) };
                Some(EndView { how: ended_words(end.way), words, when: self.clock.long(end.at), said: there })
            }
        };
        Ok(ConsentView {
            id: consent.id,
            purpose: consent.purpose.words(),
            address: visible(&consent.address),
            words: if given.elsewhere { ELSEWHERE.into() } else { visible_long(&consent.words) },
            way: self.way(consent.way, consent.by),
            when: self.clock.long(consent.at),
            said: given,
            proof: visible_long(&consent.proof),
            policy_text: visible_long(&consent.policy_text),
            ended,
        })
    }

    pub fn follow_up(&self, follow_up: &FollowUp) -> Result<FollowUpView> {
        let (state, class) = match follow_up.state {
            FollowUpState::Planned => ("planned", "is-wait"),
            FollowUpState::Wanted => ("being written", "is-wait"),
            FollowUpState::Sent => ("sent", "is-good"),
            FollowUpState::Cancelled => ("cancelled", ""),
        };
        let settled = follow_up.settled_at.filter(|_| !matches!(follow_up.state, FollowUpState::Planned | FollowUpState::Wanted));
        Ok(FollowUpView {
            what: match follow_up.kind {
                FollowUpKind::Discount => "A personal discount",
                FollowUpKind::CheckIn => "Is all well?",
                FollowUpKind::WishMatch => "A piece that suits their wish",
            },
            state,
            class,
            because: visible(&follow_up.because),
            when: settled.map_or_else(|| self.clock.long_ahead(follow_up.due_at), |at| self.clock.long(at)),
            said: said(self.c, self.visitor, follow_up.message_id)?,
            then: [(follow_up.answered_at, "answered"), (follow_up.bought_at, "bought")].into_iter().filter_map(|(at, words)| at.map(|_| words)).collect(),
        })
    }

    pub fn happened(&self, event: &Event) -> Result<HappenedView> {
        // What was said in another mailbox stays there, also in what became of it.
        let wish = match event.what {
            Happened::WishClosed { wish, .. } => wish::find(self.c, wish)?.and_then(|wish| wish.message_id),
            _ => None,
        };
        let words =
            if said(self.c, self.visitor, wish)?.elsewhere { "closed a wish that was said in another mailbox".into() } else { happened_words(&event.what) };
        Ok(HappenedView {
            id: event.id,
            who: event.by.map_or_else(|| "Restante".into(), |by| self.name(by)),
            words,
            when: self.clock.long(event.at),
            undone: event.undone.is_some(),
            can_undo: event.can_be_undone(),
        })
    }

    fn name(&self, id: AgentId) -> String {
        self.agents.get(&id).map_or_else(|| "an agent".into(), |mark| mark.name.clone())
    }

    fn source(&self, source: Source, by: Option<AgentId>) -> String {
        match (source, by) {
            (_, Some(by)) => format!("added by {}", self.name(by)),
            (Source::Mail, _) => "from a mail".into(),
            (Source::Form, _) => "from a form".into(),
            (Source::Import, _) => "from an import".into(),
            (Source::Agent, _) => "told to an agent".into(),
        }
    }

    fn way(&self, way: Way, by: Option<AgentId>) -> String {
        match way {
            Way::Form => "ticked on a form".into(),
            Way::Mail => "said in a mail".into(),
            Way::Confirmed => "confirmed by the link in a letter".into(),
            Way::Agent => by.map_or_else(|| "noted by an agent".into(), |by| format!("noted by {}", self.name(by))),
            Way::Import => "imported with proof".into(),
        }
    }
}

/// A feature as a chip says it, whatever a stranger wrote.
pub fn shown(feature: &Feature) -> String {
    visible(&feature.words())
}

/// What somebody agreed to, in words and a colour: of every consent that lives.
pub fn agreed(consents: &[Consent], clock: &Clock) -> (&'static str, String) {
    let live: Vec<&Consent> = consents.iter().filter(|consent| consent.ended.is_none()).collect();
    let mut purposes: Vec<Purpose> = live.iter().map(|consent| consent.purpose).collect();
    purposes.sort();
    purposes.dedup();
    let purposes: Vec<&str> = purposes.iter().map(|purpose| purpose.words()).collect();
    if let Some(latest) = live.iter().map(|consent| consent.at).max() {
        return ("is-good", format!("agreed to {} · {}", purposes.join(" and "), clock.short(latest).human));
    }
    match consents.iter().filter_map(|consent| consent.ended.as_ref()).map(|end| end.at).max() {
        Some(at) => ("is-bad", format!("said stop · {}", clock.short(at).human)),
        None => ("", "agreed to nothing yet".into()),
    }
}

/// Why somebody is no lead.
pub fn aside_words(because: Because) -> &'static str {
    match because {
        Because::Spam => "Spam",
        Because::Supplier => "Supplier",
        Because::Agent => "Set aside",
    }
}

fn ended_words(way: Ended) -> &'static str {
    match way {
        Ended::OneClick => "by the unsubscribe button of their mail program",
        Ended::Page => "on the page behind the link",
        Ended::Mail => "by a mail",
        Ended::Agent => "told to an agent",
        Ended::Erased => "erased",
    }
}
