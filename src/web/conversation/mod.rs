//! The conversation: messages and what happened between them, whoever it is with, and the place to write.

mod customer;
mod delivery;
mod happened;
mod message;
mod write;

pub use customer::{CustomerCard, EarlierView};
pub use write::{Typed, Writing, draft_of, first_problem, listed, parsed, promises_a_file, recipients};

use super::ask::Ask;
use super::inbox::{self, Mark, Pane};
use super::present::{self, Clock, When, visible};
use super::returns;
use super::{Access, Error, Result, Route, Shell, State, Visitor, get, page, see};
use crate::account;
use crate::agent;
use crate::conversation::list::View;
use crate::conversation::{self as conversations, Conversation, Status, draft, event, message as messages, tag};
use crate::database::{Millis, Reader};
use crate::id::{AgentId, ConversationId, MessageKey};
use crate::outbox;
use crate::reply_template::{self, Template as ReplyTemplate};
use crate::return_request::own_field;
use askama::Template;
use axum::response::Response;
use happened::EventView;
use message::{Around, MessageView};
use write::WriteView;

/// A page stays small: older messages come on request.
const MESSAGES_SHOWN: usize = 40;
const EARLIER_SHOWN: usize = 6;
/// A colleague who typed this recently is still at it.
const WRITING_SINCE: Millis = 5 * 60 * 1000;

pub fn routes() -> Vec<Route> {
    vec![get("/conversations/{id}", Access::Agent, show)]
}

#[derive(Template)]
#[template(path = "conversation/show.html")]
pub struct Page {
    shell: Shell,
    list: Pane,
    id: ConversationId,
    subject: String,
    self_href: String,
    /// Seconds after which something on the page changes by itself.
    again: Option<i64>,
    splitting: bool,
    merged_into: Option<ConversationId>,
    entries: Vec<Entry>,
    hidden: i64,
    /// What the writer must have seen, and what counts as read.
    newest: MessageKey,
    newest_any: MessageKey,
    snoozes: Vec<(&'static str, &'static str, When)>,
    assignee: Option<Mark>,
    agents: Vec<Choice>,
    is_open: bool,
    message_count: i64,
    known_tags: Vec<String>,
    tags: Vec<String>,
    delivery_failed: bool,
    related: Option<Related>,
    others: Vec<String>,
    status: &'static str,
    status_class: &'static str,
    snoozed_until: Option<When>,
    mailbox: String,
    customer: CustomerCard,
    back: Option<returns::Card>,
    offer: Option<returns::Offer>,
    templates: Vec<ReplyTemplate>,
    write: WriteView,
}

#[expect(clippy::large_enum_variant, reason = "a page holds a few dozen, nearly all of them messages")]
enum Entry {
    Message(MessageView),
    Happened(EventView),
}

struct Choice {
    id: AgentId,
    mark: Mark,
    chosen: bool,
    me: bool,
}

struct Related {
    id: ConversationId,
    subject: String,
    because: String,
}

async fn show(state: State, visitor: Visitor, clock: Clock, ask: Ask, super::Path(id): super::Path<ConversationId>) -> Result<Response> {
    let shown = state.clone();
    let found = state
        .read(move |c| {
            let conversation = visitor.visible(c, id)?;
            if conversation.merged_into.is_some() && ask.get("stay").is_empty() {
                return Ok(Err(conversations::current(c, id)?));
            }
            build(c, &shown, &visitor, &clock, &ask, conversation, None).map(Ok)
        })
        .await?;
    match found {
        Ok(found) => page(&found),
        Err(into) => Ok(see(&format!("/conversations/{into}"))),
    }
}

/// The page as it is, or with what somebody typed and what is wrong with it.
pub fn build(c: &Reader, state: &State, visitor: &Visitor, clock: &Clock, ask: &Ask, conversation: Conversation, typed: Option<Typed>) -> Result<Page> {
    let id = conversation.id;
    let me = visitor.agent();
    let view = View::from_name(ask.get("view")).unwrap_or_else(|| view_of(conversation.status));
    let account = account::find(c, conversation.mailbox_id)?.ok_or(Error::NotFound)?;
    let marks = inbox::marks(c)?;
    let deliveries = outbox::of_messages(c, id)?;
    let all = messages::of_conversation(c, id)?;
    let newest_any = all.iter().map(|m| m.id).max().unwrap_or(MessageKey(0));
    let theirs = ask.get("theirs").parse().ok();
    let around = Around { c, account: &account, me, marks: &marks, clock, theirs, remote: ask.get("pictures") == "remote", newest: all.last().map(|m| m.id) };
    let hidden = if ask.get("all").is_empty() && theirs.is_none() { all.len().saturating_sub(MESSAGES_SHOWN) } else { 0 };
    let since = all.get(hidden).map_or(Millis::MIN, |m| if hidden > 0 { m.arrived_at } else { Millis::MIN });
    let mut entries = Vec::new();
    for message in all.into_iter().skip(hidden) {
        let (at, key) = (message.arrived_at, message.id);
        entries.push((at, 0, Entry::Message(MessageView::new(&around, message, deliveries.get(&key))?)));
    }
    let own: Vec<_> = own_field::kept(c)?.into_iter().map(|kept| kept.field).collect();
    for event in event::of_conversation(c, id)?.iter().filter(|e| e.at >= since) {
        entries.push((event.at, 1, Entry::Happened(EventView::new(event, &marks, &own, clock))));
    }
    entries.sort_by_key(|(at, order, _)| (*at, *order));
    let again = deliveries.values().filter(|d| d.state == outbox::State::Queued).map(|d| clock.seconds_until(d.due_at)).filter(|s| *s > 0).min();
    let mut agents: Vec<Choice> = Vec::new();
    for agent in agent::all(c)?.iter().filter(|a| a.disabled_at.is_none() && a.may_see(conversation.mailbox_id)) {
        agents.push(Choice { id: agent.id, mark: Mark::of(agent), chosen: conversation.assignee_id == Some(agent.id), me: agent.id == me.id });
    }
    Ok(Page {
        shell: Shell::read(c, state, visitor, view.as_str())?,
        list: inbox::pane(c, visitor, view, ask.cursor(), Some(id), clock)?,
        id,
        subject: if conversation.subject.trim().is_empty() { "(no subject)".into() } else { visible(&conversation.subject) },
        self_href: format!("/conversations/{id}?view={}", view.as_str()),
        again,
        splitting: !ask.get("split").is_empty(),
        merged_into: conversation.merged_into,
        entries: entries.into_iter().map(|(_, _, entry)| entry).collect(),
        hidden: hidden as i64,
        newest: messages::newest(c, id)?.unwrap_or(MessageKey(0)),
        newest_any,
        snoozes: clock.snoozes(),
        assignee: conversation.assignee_id.and_then(|id| marks.get(&id).cloned()),
        agents,
        is_open: !matches!(conversation.status, Status::Resolved | Status::Spam),
        message_count: conversation.message_count,
        known_tags: tag::all(c)?.into_iter().map(|(name, _)| name).collect(),
        tags: tag::of_conversation(c, id)?,
        delivery_failed: conversation.delivery_failed_at.is_some(),
        related: related(c, visitor, &conversation)?,
        others: draft::others_writing(c, id, me.id, clock.now() - WRITING_SINCE)?.into_iter().map(|(name, _)| name).collect(),
        status: present::status(conversation.status),
        status_class: present::status_class(conversation.status),
        snoozed_until: conversation.snoozed_until.map(|at| clock.long_ahead(at)),
        mailbox: account.address.to_string(),
        customer: CustomerCard::read(c, visitor, conversation.customer_id, Some(id), EARLIER_SHOWN, clock)?,
        back: returns::card(c, id, clock)?,
        offer: returns::offer(c, id)?,
        templates: reply_template::all(c)?,
        write: WriteView::read(c, visitor, &conversation, ask, typed, clock)?,
    })
}

/// The view in which a conversation of this status stands.
pub fn view_of(status: Status) -> View {
    match status {
        Status::Open => View::Inbox,
        Status::Waiting => View::Waiting,
        Status::Snoozed => View::Snoozed,
        Status::Resolved => View::Resolved,
        Status::Spam => View::Spam,
    }
}

/// "Looks related to #…": only where the agent may see it and it is still there.
fn related(c: &Reader, visitor: &Visitor, conversation: &Conversation) -> Result<Option<Related>> {
    let Some(id) = conversation.related_id else { return Ok(None) };
    let current = conversations::current(c, id)?;
    let found = conversations::find(c, current)?.filter(|other| visitor.agent().may_see(other.mailbox_id) && other.id != conversation.id);
    Ok(found.map(|other| Related { id: other.id, subject: visible(&other.subject), because: conversation.related_because.clone().unwrap_or_default() }))
}
