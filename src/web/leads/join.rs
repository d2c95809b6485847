//! "Probably the same person": the suggestions with their reasons, and joining by hand.

use super::act::done;
use super::show::again;
use super::typed::Typed;
use super::{may_see, person, person_of};
use crate::customer;
use crate::database::Reader;
use crate::desk::leads::{self, AlikeBecause};
use crate::email::EmailAddress;
use crate::id::CustomerId;
use crate::web::present::{Clock, Person, visible, visible_long};
use crate::web::{Access, Fields, Path, Result, Route, State, Visitor, at_desk, post};
use crate::world;
use axum::response::Response;

/// Why two records became one, as an agent may say it.
const BECAUSE_CHARS_MAX: usize = 300;

pub fn routes() -> Vec<Route> {
    vec![post("/leads/{id}/join", Access::Agent, join)]
}

pub struct AlikeView {
    pub id: CustomerId,
    pub person: Person,
    pub because: String,
}

pub fn suggestions(c: &Reader, visitor: &Visitor, id: CustomerId) -> Result<Vec<AlikeView>> {
    let mut shown = Vec::new();
    for alike in leads::alike(c, id)? {
        if !may_see(c, visitor, alike.other)? {
            continue;
        }
        let Some(other) = customer::find(c, alike.other)? else { continue };
        let address = other.addresses.first().map_or("", |a| a.address.as_str());
        let because = match alike.because {
            AlikeBecause::NameAndLocalPart => "the same name, and the same address but for its domain".into(),
            AlikeBecause::SaidSo { .. } if visitor.mailboxes().is_some() => "they wrote that both addresses are theirs".into(),
            AlikeBecause::SaidSo { words } => format!("they wrote “{}”", visible_long(&words)),
            AlikeBecause::Answered => "the same name, and they answered a conversation with the other address".into(),
            AlikeBecause::Order { number } => format!("they named order {}, which was bought from the other address", visible(&number)),
        };
        shown.push(AlikeView { id: alike.other, person: Person::new(&other.name, address), because });
    }
    Ok(shown)
}

/// `other`: the number of a suggestion, or an address that was typed.
async fn join(state: State, visitor: Visitor, clock: Clock, fields: Fields, Path(id): Path<CustomerId>) -> Result<Response> {
    let id = person_of(&state, &visitor, id).await?;
    let (checked, typed) = (visitor.clone(), fields.get("other").to_owned());
    let other = state
        .read(move |c| {
            let found = match EmailAddress::parse(&typed) {
                Some(address) => customer::find_by_address(c, &address)?,
                None => typed.parse().ok(),
            };
            Ok(found.and_then(|found| person(c, &checked, found).ok()))
        })
        .await?;
    let Some(other) = other else {
        return again(&state, visitor, clock, id, Typed::new("join", "Nobody has written from that address. Check it, as in anna@example.com.", &fields)).await;
    };
    let (by, because) = (visitor.agent().id, fields.get("because").chars().take(BECAUSE_CHARS_MAX).collect::<String>());
    let because = if because.is_empty() { "agent".to_owned() } else { because };
    match at_desk::ask(&state, move |tx| leads::join(tx, id, other, &because, by, world::now())).await? {
        Ok(event) => Ok(done(&state, id, Some(event), "Joined: this is one person now.")),
        Err(why) => again(&state, visitor, clock, id, Typed::new("join", why, &fields)).await,
    }
}
