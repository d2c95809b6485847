//! Notes: what only the team sees.

use super::at_desk;
use super::conversation::{Typed, Writing};
use super::present::Clock;
use super::writing::Written;
use super::{Access, Path, Result, Route, Said, State, Visitor, post, replies, see_saying};
use crate::id::ConversationId;
use crate::{desk, world};
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![post("/conversations/{id}/notes", Access::Agent, add).with_files()]
}

async fn add(state: State, visitor: Visitor, clock: Clock, Path(id): Path<ConversationId>, written: Written) -> Result<Response> {
    let typed = Typed { writing: Some(Writing::Note), ..written.typed()? };
    let checked = visitor.clone();
    state.read(move |c| checked.visible(c, id)).await?;
    replies::keep_draft(&state, &visitor, id, &typed, written.seen()).await?;
    let (agent, text) = (visitor.agent().clone(), typed.text.clone());
    let noted = at_desk::ask(&state, move |tx| desk::note(tx, id, &agent, &text, world::now())).await?;
    let view = written.fields.get("view").to_owned();
    match noted {
        Ok(message) => Ok(see_saying(&state, &format!("{}#message-{message}", super::actions::address(id, &view)), &Said::words("The note is kept."))),
        Err(why) => replies::again(&state, visitor, clock, id, view, Typed { problems: vec![why], ..typed }).await,
    }
}
