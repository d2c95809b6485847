//! A letter whose fate a person decides: send it again, or leave it.

use super::actions::address;
use super::{Access, Error, Fields, Path, Result, Route, Said, State, Visitor, post, see_saying};
use crate::conversation::message;
use crate::database::Writer;
use crate::id::MessageKey;
use crate::{outbox, world};
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![post("/messages/{id}/send-again", Access::Agent, send_again), post("/messages/{id}/leave", Access::Agent, leave)]
}

async fn send_again(state: State, visitor: Visitor, fields: Fields, Path(id): Path<MessageKey>) -> Result<Response> {
    decide(state, visitor, fields, id, "It is sent once more.", |tx, id| outbox::send_again(tx, id, world::now())).await
}

async fn leave(state: State, visitor: Visitor, fields: Fields, Path(id): Path<MessageKey>) -> Result<Response> {
    decide(state, visitor, fields, id, "Left as it is.", |tx, id| outbox::leave(tx, id, world::now())).await
}

async fn decide(
    state: State,
    visitor: Visitor,
    fields: Fields,
    id: MessageKey,
    words: &'static str,
    work: impl FnOnce(&Writer, MessageKey) -> crate::database::Result<bool> + Send + 'static,
) -> Result<Response> {
    let (conversation, done) = state
        .write(move |tx| {
            let found = message::find(tx, id)?.ok_or(Error::NotFound)?;
            visitor.visible(tx, found.conversation_id)?;
            Ok((found.conversation_id, work(tx, id)?))
        })
        .await?;
    let words = if done { words } else { "There is nothing to decide any more." };
    Ok(see_saying(&state, &address(conversation, fields.get("view")), &Said::words(words)))
}
