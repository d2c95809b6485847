//! Consent that was told to an agent, and its end. The words stand as they were said; what is noted is never changed.

use super::person_of;
use super::show::again;
use super::typed::Typed;
use crate::consent::Purpose;
use crate::desk::leads::{self, Noted};
use crate::id::{ConsentId, CustomerId};
use crate::web::present::Clock;
use crate::web::{Access, Error, Fields, Path, Result, Route, Said, State, Visitor, at_desk, post, see_saying};
use crate::world;
use axum::response::Response;

/// Words said and a reason: sentences, no letters.
const WORDS_CHARS_MAX: usize = 600;

pub fn routes() -> Vec<Route> {
    vec![post("/leads/{id}/consents", Access::Agent, note), post("/leads/{id}/consents/end", Access::Agent, end)]
}

async fn note(state: State, visitor: Visitor, clock: Clock, fields: Fields, Path(id): Path<CustomerId>) -> Result<Response> {
    let id = person_of(&state, &visitor, id).await?;
    let Some(purpose) = Purpose::from_code(fields.get("purpose")) else {
        return again(&state, visitor, clock, id, Typed::new("consents", "Choose what they agreed to.", &fields)).await;
    };
    let noted = Noted { address: fields.get("address").to_owned(), purpose, words: fields.text("words"), reason: fields.text("reason") };
    if [&noted.words, &noted.reason].iter().any(|text| text.chars().count() > WORDS_CHARS_MAX) {
        let complaint = format!("Their words and the reason have at most {WORDS_CHARS_MAX} characters each.");
        return again(&state, visitor, clock, id, Typed::new("consents", complaint, &fields)).await;
    }
    let (by, key) = (visitor.agent().id, state.key.clone());
    match at_desk::ask(&state, move |tx| leads::note_consent(tx, &key, id, &noted, by, world::now())).await? {
        Ok(_) => Ok(see_saying(&state, &format!("/leads/{id}#consents"), &Said::words("The consent is noted, with your name."))),
        Err(why) => again(&state, visitor, clock, id, Typed::new("consents", why, &fields)).await,
    }
}

async fn end(state: State, visitor: Visitor, clock: Clock, fields: Fields, Path(id): Path<CustomerId>) -> Result<Response> {
    let id = person_of(&state, &visitor, id).await?;
    let consent: ConsentId = fields.get("consent").parse().map_err(|_| Error::Unreadable)?;
    let (by, key, words) = (visitor.agent().id, state.key.clone(), fields.text("words"));
    match at_desk::ask(&state, move |tx| leads::end_consent(tx, &key, id, consent, &words, by, world::now())).await? {
        Ok(_) => {
            let words = "Ended: nothing more of this kind goes to that address, what was waiting included.";
            Ok(see_saying(&state, &format!("/leads/{id}#consents"), &Said::words(words)))
        }
        Err(why) => again(&state, visitor, clock, id, Typed::new("consents", why, &fields)).await,
    }
}
