//! What an agent does to a lead with one form: facts, interests, wishes, whether they are one at all. Each is answered by 303 and a status
//! line with Undo.

use super::show::again;
use super::typed::Typed;
use super::{person, person_of};
use crate::desk::leads::{self, Facts};
use crate::id::{CustomerId, InterestId, LeadEventId, WishId};
use crate::lead::event;
use crate::lead::interest::{Feature, Kind};
use crate::lead::reading::{self, Letter};
use crate::lead::wish::Closed;
use crate::web::layout::{see, see_saying};
use crate::web::present::{Clock, visible};
use crate::web::{Access, Error, Fields, Path, Result, Route, Said, State, Visitor, at_desk, post};
use crate::world;
use axum::response::Response;

/// Names and wishes are no letters.
const NAME_CHARS_MAX: usize = 120;
const WISH_CHARS_MAX: usize = 600;

pub fn routes() -> Vec<Route> {
    vec![
        post("/leads/{id}/facts", Access::Agent, correct),
        post("/leads/{id}/interests", Access::Agent, add_interest),
        post("/leads/{id}/interests/remove", Access::Agent, remove_interest),
        post("/leads/{id}/wishes", Access::Agent, add_wish),
        post("/leads/{id}/wishes/close", Access::Agent, close_wish),
        post("/leads/{id}/status", Access::Agent, set_status),
        post("/leads/events/{id}/undo", Access::Agent, undo),
    ]
}

/// What came of a form: the next page says so, with a way back where there is one.
pub fn done(state: &State, id: CustomerId, event: Option<LeadEventId>, words: impl Into<String>) -> Response {
    let to = format!("/leads/{id}");
    match event {
        Some(event) => see_saying(state, &to, &Said::with_undo(words, format!("/leads/events/{event}/undo"))),
        None => see(&to),
    }
}

async fn correct(state: State, visitor: Visitor, clock: Clock, fields: Fields, Path(id): Path<CustomerId>) -> Result<Response> {
    let id = person_of(&state, &visitor, id).await?;
    let code = |name: &str, upper: bool| {
        let code = fields.get(name);
        Some(if upper { code.to_uppercase() } else { code.to_lowercase() }).filter(|code| !code.is_empty())
    };
    let facts = Facts { name: fields.get("name").to_owned(), language: code("language", false), country: code("country", true) };
    let is_code = |code: &Option<String>| code.as_ref().is_none_or(|code| code.len() == 2 && code.chars().all(|c| c.is_ascii_alphabetic()));
    let complaint = match () {
        () if facts.name.chars().count() > NAME_CHARS_MAX => Some(format!("A name has at most {NAME_CHARS_MAX} characters.")),
        () if !is_code(&facts.language) || !is_code(&facts.country) => Some("Choose a language and a country from the lists.".into()),
        () => None,
    };
    if let Some(complaint) = complaint {
        return again(&state, visitor, clock, id, Typed::new("facts", complaint, &fields)).await;
    }
    let by = visitor.agent().id;
    match at_desk::ask(&state, move |tx| leads::correct(tx, id, &facts, by, world::now())).await? {
        Ok(event) => Ok(done(&state, id, event, "Corrected.")),
        Err(why) => again(&state, visitor, clock, id, Typed::new("facts", why, &fields)).await,
    }
}

async fn add_interest(state: State, visitor: Visitor, clock: Clock, fields: Fields, Path(id): Path<CustomerId>) -> Result<Response> {
    let id = person_of(&state, &visitor, id).await?;
    let Some(feature) = feature(&fields) else {
        let words = "Choose what they like. An artist, a title, a size or a budget also needs its words, at most 80 characters.";
        return again(&state, visitor, clock, id, Typed::new("interests", words, &fields)).await;
    };
    let (by, words) = (visitor.agent().id, format!("Added “{}”.", visible(&feature.words())));
    match at_desk::ask(&state, move |tx| leads::add_interest(tx, id, &feature, by, world::now())).await? {
        Ok(None) => again(&state, visitor, clock, id, Typed::new("interests", "That is known already.", &fields)).await,
        Ok(event) => Ok(done(&state, id, event, words)),
        Err(why) => again(&state, visitor, clock, id, Typed::new("interests", why, &fields)).await,
    }
}

/// `feature` is "colour:blue", or "artist:" with the words beside it.
fn feature(fields: &Fields) -> Option<Feature> {
    let (kind, code) = fields.get("feature").split_once(':')?;
    let kind = Kind::from_code(kind)?;
    Feature::typed(kind, if kind.codes().is_empty() { fields.get("words") } else { code })
}

async fn remove_interest(state: State, visitor: Visitor, fields: Fields, Path(id): Path<CustomerId>) -> Result<Response> {
    let id = person_of(&state, &visitor, id).await?;
    let interest: InterestId = fields.get("interest").parse().map_err(|_| Error::Unreadable)?;
    let by = visitor.agent().id;
    let event = at_desk::ask(&state, move |tx| leads::remove_interest(tx, id, interest, by, world::now())).await?;
    Ok(done(&state, id, event.unwrap_or_default(), "The interest was removed, and no mail brings it back."))
}

async fn add_wish(state: State, visitor: Visitor, clock: Clock, fields: Fields, Path(id): Path<CustomerId>) -> Result<Response> {
    let id = person_of(&state, &visitor, id).await?;
    let words = fields.text("words");
    if words.chars().count() > WISH_CHARS_MAX {
        let complaint = format!("A wish has at most {WISH_CHARS_MAX} characters.");
        return again(&state, visitor, clock, id, Typed::new("wishes", complaint, &fields)).await;
    }
    let chosen = Kind::ALL.iter().filter_map(|kind| Feature::typed(*kind, fields.get(&format!("wish_{kind}"))));
    let mut features: Vec<Feature> = chosen.collect();
    let (by, address) = (visitor.agent().id, fields.get("address").to_owned());
    let added = at_desk::ask(&state, move |tx| {
        let known = leads::reading_context(tx)?;
        // What the words themselves name is found as in a mail.
        let read = reading::read(&Letter { subject: "", new_text: &words, language: None }, &known);
        features.extend(
            read.interests.into_iter().map(|found| found.feature).filter(|found| features.iter().all(|known| known.kind != found.kind)).collect::<Vec<_>>(),
        );
        leads::add_wish(tx, id, (&address, &words), &features, by, world::now())
    })
    .await?;
    match added {
        Ok(event) => Ok(done(&state, id, event, "The wish is remembered.")),
        Err(why) => again(&state, visitor, clock, id, Typed::new("wishes", why, &fields)).await,
    }
}

async fn close_wish(state: State, visitor: Visitor, fields: Fields, Path(id): Path<CustomerId>) -> Result<Response> {
    let id = person_of(&state, &visitor, id).await?;
    let wish: WishId = fields.get("wish").parse().map_err(|_| Error::Unreadable)?;
    let because = Closed::from_code(fields.get("because")).unwrap_or(Closed::Agent);
    let by = visitor.agent().id;
    let event = at_desk::ask(&state, move |tx| leads::close_wish(tx, id, wish, because, by, world::now())).await?;
    Ok(done(&state, id, event.unwrap_or_default(), "The wish is closed."))
}

/// Is a lead, or is none.
async fn set_status(state: State, visitor: Visitor, fields: Fields, Path(id): Path<CustomerId>) -> Result<Response> {
    let id = person_of(&state, &visitor, id).await?;
    let by = visitor.agent().id;
    let aside = match fields.get("status") {
        "aside" => true,
        "lead" => false,
        _ => return Err(Error::Unreadable),
    };
    let change = move |tx: &crate::database::Writer| if aside { leads::set_aside(tx, id, by, world::now()) } else { leads::take_up(tx, id, by, world::now()) };
    match at_desk::ask(&state, change).await? {
        Ok(event) => Ok(see_done(&state, id, event, aside)),
        Err(why) => Ok(see_saying(&state, &format!("/leads/{id}"), &Said::words(why))),
    }
}

fn see_done(state: &State, id: CustomerId, event: Option<LeadEventId>, aside: bool) -> Response {
    done(state, id, event, if aside { "Set aside: no lead any more." } else { "A lead again." })
}

async fn undo(state: State, visitor: Visitor, Path(id): Path<LeadEventId>) -> Result<Response> {
    let (checked, by) = (visitor.clone(), visitor.agent().id);
    let whose = state
        .read(move |c| {
            let event = event::find(c, id)?.ok_or(Error::NotFound)?;
            person(c, &checked, event.customer_id)
        })
        .await?;
    let taken_back = at_desk::ask(&state, move |tx| leads::undo(tx, id, by, world::now())).await?;
    let (to, words) = match taken_back {
        Ok(to) => (to, "Taken back.".to_owned()),
        Err(why) => (whose, why),
    };
    Ok(see_saying(&state, &format!("/leads/{to}"), &Said::words(words)))
}
