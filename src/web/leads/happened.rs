//! What agents did to a lead, in words.

use super::view::shown;
use crate::lead::event::{Fact, Happened};
use crate::web::present::{country, language, visible};

pub fn happened_words(what: &Happened) -> String {
    match what {
        Happened::Corrected { changes } => {
            let said = |fact: Fact, value: &Option<String>| match (fact, value) {
                (_, None) => "unknown".into(),
                (Fact::Country, Some(code)) => visible(country(code)),
                (Fact::Language, Some(code)) => visible(language(code)),
                (Fact::Name, Some(name)) => format!("“{}”", visible(name)),
            };
            let name = |fact: Fact| match fact {
                Fact::Name => "name",
                Fact::Language => "language",
                Fact::Country => "country",
            };
            let each: Vec<String> = changes
                .iter()
                .map(|change| format!("{}: {}, was {}", name(change.fact), said(change.fact, &change.is), said(change.fact, &change.was)))
                .collect();
            format!("corrected the {}", each.join("; "))
        }
        Happened::InterestAdded { feature, .. } => format!("added the interest “{}”", shown(feature)),
        Happened::InterestRemoved { feature, .. } => format!("removed the interest “{}”", shown(feature)),
        Happened::WishAdded { words, .. } => format!("added the wish “{}”", visible(words)),
        Happened::WishClosed { words, .. } => format!("closed the wish “{}”", visible(words)),
        Happened::SetAside { .. } => "set this lead aside".into(),
        Happened::TakenUp { because: None } => "made them a lead".into(),
        Happened::TakenUp { .. } => "took this lead up again".into(),
        Happened::ConsentNoted { purpose, address, .. } => format!("noted that {} agrees to mail about {}", visible(address), purpose.words()),
        Happened::ConsentEnded { purpose, address } => format!("ended the consent of {} to mail about {}", visible(address), purpose.words()),
        Happened::Joined { name, address, .. } => format!("joined {} {} into this person", visible(name), visible(address)),
    }
}
