//! A letter whose fate a person decides: send it again, or leave it.

use super::actions::address;
use super::{Access, Error, Fields, Path, Result, Route, Said, State, Visitor, post, see_saying};
use crate::conversation::message;
use crate::database::Writer;
use crate::id::MessageKey;
use crate::{outbox, world};
use axum::response::Response;

const NOTHING_LEFT: &str = "There is nothing to decide any more.";

pub fn routes() -> Vec<Route> {
    vec![post("/messages/{id}/send-again", Access::Agent, send_again), post("/messages/{id}/leave", Access::Agent, leave)]
}

async fn send_again(state: State, visitor: Visitor, fields: Fields, Path(id): Path<MessageKey>) -> Result<Response> {
    let again = |tx: &Writer, id| {
        Ok(match outbox::send_again(tx, id, world::now())? {
            true => "It is sent once more.",
            false if outbox::rests_on_ended_consent(tx, id)? => "It is not sent again: the consent that it rests on has ended.",
            false => NOTHING_LEFT,
        })
    };
    decide(state, visitor, fields, id, again).await
}

async fn leave(state: State, visitor: Visitor, fields: Fields, Path(id): Path<MessageKey>) -> Result<Response> {
    let leave = |tx: &Writer, id| Ok(if outbox::leave(tx, id, world::now())? { "Left as it is." } else { NOTHING_LEFT });
    decide(state, visitor, fields, id, leave).await
}

async fn decide(
    state: State,
    visitor: Visitor,
    fields: Fields,
    id: MessageKey,
    work: impl FnOnce(&Writer, MessageKey) -> crate::database::Result<&'static str> + Send + 'static,
) -> Result<Response> {
    let (conversation, words) = state
        .write(move |tx| {
            let found = message::find(tx, id)?.ok_or(Error::NotFound)?;
            visitor.visible(tx, found.conversation_id)?;
            Ok((found.conversation_id, work(tx, id)?))
        })
        .await?;
    Ok(see_saying(&state, &address(conversation, fields.get("view")), &Said::words(words)))
}
