//! What an agent does to a conversation with one click. Each is a form, answered by 303 and a status line with Undo.

use super::at_desk;
use super::present::{Clock, counted};
use super::{Access, Error, Fields, Path, Result, Route, Said, State, Visitor, post, see, see_saying};
use crate::conversation::event::{self, EventId};
use crate::conversation::list::{self, View};
use crate::conversation::{self, Conversation, MessageKey, Status, unread};
use crate::database::Writer;
use crate::desk;
use crate::id::{AgentId, ConversationId};
use crate::{agent, world};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

pub fn routes() -> Vec<Route> {
    vec![
        post("/conversations/{id}/assignee", Access::Agent, assign),
        post("/conversations/{id}/status", Access::Agent, set_status),
        post("/conversations/{id}/snooze", Access::Agent, snooze),
        post("/conversations/{id}/tags", Access::Agent, tag),
        post("/conversations/{id}/tags/remove", Access::Agent, untag),
        post("/conversations/{id}/merge", Access::Agent, merge),
        post("/conversations/{id}/split", Access::Agent, split),
        post("/conversations/{id}/seen", Access::Agent, seen),
        post("/conversations/{id}/unread", Access::Agent, mark_unread),
        post("/events/{id}/undo", Access::Agent, undo),
    ]
}

/// The conversation's address beside the list of `view`.
pub fn address(id: ConversationId, view: &str) -> String {
    format!("/conversations/{id}?view={}", View::from_name(view).unwrap_or(View::Inbox).as_str())
}

/// Where to go when this conversation leaves the view: the one below it, or the list.
pub async fn after(state: &State, visitor: &Visitor, conversation: &Conversation, view: &str) -> Result<Option<String>> {
    let view = View::from_name(view).unwrap_or(View::Inbox);
    let (visitor, id) = (visitor.clone(), conversation.id);
    let here = list::Cursor { at: conversation.last_message_at, id };
    let next =
        state.read(move |c| Ok(list::page(c, view, visitor.agent().id, visitor.mailboxes(), Some(here))?.into_iter().find(|line| line.id != id))).await?;
    Ok(Some(next.map_or(format!("/{}", view.as_str()), |line| address(line.id, view.as_str()))))
}

/// One change to a conversation that this agent may see, as one transaction.
async fn change<F>(state: &State, visitor: &Visitor, id: ConversationId, work: F) -> Result<Result<Option<EventId>, String>>
where
    F: FnOnce(&Writer, AgentId) -> desk::Result<Option<EventId>> + Send + 'static,
{
    let visitor = visitor.clone();
    at_desk::ask(state, move |tx| {
        at_desk::check(tx, &visitor, id)?;
        work(tx, visitor.agent().id)
    })
    .await
}

fn answer(state: &State, to: &str, done: Result<Option<EventId>, String>, words: String) -> Response {
    match done {
        Ok(Some(event)) => see_saying(state, to, &Said::with_undo(words, format!("/events/{event}/undo"))),
        Ok(None) => see(to),
        Err(why) => see_saying(state, to, &Said::words(why)),
    }
}

async fn assign(state: State, visitor: Visitor, fields: Fields, Path(id): Path<ConversationId>) -> Result<Response> {
    let wanted: Option<AgentId> = fields.get("agent").parse().ok();
    let name = state
        .read(move |c| {
            let Some(wanted) = wanted else { return Ok(None) };
            agent::find(c, wanted)?.filter(|a| a.disabled_at.is_none()).map(|a| Some(a.name)).ok_or(Error::NotFound)
        })
        .await?;
    let done = change(&state, &visitor, id, move |tx, me| desk::assign(tx, id, wanted, me, world::now())).await?;
    let words = name.map_or("Given back to everyone.".into(), |name| format!("Assigned to {name}."));
    Ok(answer(&state, &address(id, fields.get("view")), done, words))
}

async fn set_status(state: State, visitor: Visitor, fields: Fields, Path(id): Path<ConversationId>) -> Result<Response> {
    let status = Status::from_name(fields.get("status")).filter(|s| *s != Status::Snoozed).ok_or(Error::Unreadable)?;
    let checked = visitor.clone();
    let conversation = state.read(move |c| checked.visible(c, id)).await?;
    let next = after(&state, &visitor, &conversation, fields.get("view")).await?;
    let done = change(&state, &visitor, id, move |tx, me| desk::set_status(tx, id, status, me, world::now())).await?;
    let words = match status {
        Status::Open => "Opened again.",
        Status::Waiting => "Waiting for the customer.",
        Status::Resolved => "Resolved.",
        Status::Spam | Status::Snoozed => "Marked as spam.",
    };
    let here = address(id, fields.get("view"));
    let to = next.filter(|_| status != Status::Open && done.is_ok()).unwrap_or(here);
    Ok(answer(&state, &to, done, words.into()))
}

async fn snooze(state: State, visitor: Visitor, clock: Clock, fields: Fields, Path(id): Path<ConversationId>) -> Result<Response> {
    let here = address(id, fields.get("view"));
    let name = if fields.get("until") == "own" { fields.get("own") } else { fields.get("until") };
    let Some(until) = clock.snooze(name) else {
        return Ok(see_saying(&state, &here, &Said::words("Choose a day and a time for the snooze.")));
    };
    let checked = visitor.clone();
    let conversation = state.read(move |c| checked.visible(c, id)).await?;
    let next = after(&state, &visitor, &conversation, fields.get("view")).await?;
    let done = change(&state, &visitor, id, move |tx, me| desk::snooze(tx, id, until, me, world::now())).await?;
    let to = next.filter(|_| done.is_ok()).unwrap_or(here);
    Ok(answer(&state, &to, done, format!("Snoozed until {}.", clock.long_ahead(until).human)))
}

async fn tag(state: State, visitor: Visitor, fields: Fields, Path(id): Path<ConversationId>) -> Result<Response> {
    let name = fields.get("tag").to_owned();
    let words = format!("Tagged “{}”.", super::present::visible(&name));
    let done = change(&state, &visitor, id, move |tx, me| desk::tag(tx, id, &name, me, world::now())).await?;
    Ok(answer(&state, &address(id, fields.get("view")), done, words))
}

async fn untag(state: State, visitor: Visitor, fields: Fields, Path(id): Path<ConversationId>) -> Result<Response> {
    let name = fields.get("tag").to_owned();
    let words = format!("The tag “{}” is off.", super::present::visible(&name));
    let done = change(&state, &visitor, id, move |tx, me| desk::untag(tx, id, &name, me, world::now())).await?;
    Ok(answer(&state, &address(id, fields.get("view")), done, words))
}

async fn merge(state: State, visitor: Visitor, fields: Fields, Path(id): Path<ConversationId>) -> Result<Response> {
    let here = address(id, fields.get("view"));
    let Ok(into) = fields.get("into").trim_start_matches('#').parse::<ConversationId>() else {
        return Ok(see_saying(&state, &here, &Said::words("Say the number of the other conversation, such as 42.")));
    };
    let checked = visitor.clone();
    let target = state
        .read(move |c| {
            let now = conversation::current(c, into)?;
            Ok(checked.visible(c, now).ok())
        })
        .await?;
    let Some(target) = target.map(|t| t.id) else {
        return Ok(see_saying(&state, &here, &Said::words(format!("There is no conversation #{into}."))));
    };
    let done = change(&state, &visitor, id, move |tx, me| desk::merge(tx, id, target, me, world::now()).map(Some)).await?;
    let to = if done.is_ok() { address(target, fields.get("view")) } else { here };
    Ok(answer(&state, &to, done, format!("#{id} was merged into this conversation.")))
}

async fn split(state: State, visitor: Visitor, fields: Fields, Path(id): Path<ConversationId>) -> Result<Response> {
    let chosen: Vec<MessageKey> = fields.all("message").filter_map(|id| id.parse().ok()).collect();
    let words = format!("{} moved to a conversation of their own.", counted(chosen.len() as i64, "message", "messages"));
    let done = change(&state, &visitor, id, move |tx, me| desk::split(tx, id, &chosen, me, world::now()).map(|(_, event)| Some(event))).await?;
    Ok(answer(&state, &address(id, fields.get("view")), done, words))
}

/// What was on the screen counts as read. Told by the script; without it, by a button.
async fn seen(state: State, visitor: Visitor, headers: HeaderMap, fields: Fields, Path(id): Path<ConversationId>) -> Result<Response> {
    let message: MessageKey = fields.get("message").parse().map_err(|_| Error::Unreadable)?;
    let me = visitor.agent().id;
    let checked = visitor.clone();
    let known = state
        .read(move |c| {
            checked.visible(c, id)?;
            Ok(conversation::seen_up_to(c, id, me)?)
        })
        .await?;
    if known.is_none_or(|known| known < message) {
        state.write(move |tx| Ok(conversation::mark_seen(tx, id, me, message, world::now())?)).await?;
    }
    let quiet = headers.contains_key("x-live");
    Ok(if quiet { StatusCode::NO_CONTENT.into_response() } else { see(&address(id, fields.get("view"))) })
}

async fn mark_unread(state: State, visitor: Visitor, fields: Fields, Path(id): Path<ConversationId>) -> Result<Response> {
    let me = visitor.agent().id;
    state
        .write(move |tx| {
            visitor.visible(tx, id)?;
            Ok(unread::mark_unread(tx, id, me)?)
        })
        .await?;
    // To the list: staying would read it again.
    let view = View::from_name(fields.get("view")).unwrap_or(View::Inbox).as_str();
    Ok(see_saying(&state, &format!("/{view}"), &Said::words("Marked as unread.")))
}

async fn undo(state: State, visitor: Visitor, fields: Fields, Path(id): Path<EventId>) -> Result<Response> {
    let outcome = at_desk::ask(&state, move |tx| {
        let event = event::find(tx, id)?.ok_or_else(|| desk::Error::Refused("There is nothing to take back any more.".into()))?;
        at_desk::check(tx, &visitor, event.conversation_id)?;
        desk::undo(tx, id, visitor.agent().id, world::now())
    })
    .await?;
    Ok(match outcome {
        Ok(conversation) => see_saying(&state, &address(conversation, fields.get("view")), &Said::words("Taken back.")),
        Err(why) => see_saying(&state, "/inbox", &Said::words(why)),
    })
}
