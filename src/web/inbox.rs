//! The views: inbox, mine, unassigned, waiting, snoozed, resolved, spam. A page of lines each, newest first.

use super::ask::Ask;
use super::present::{Clock, Person, When, counted, hue, visible};
use super::{Access, Result, Route, Shell, State, Visitor, get, page};
use crate::agent::{self, Agent};
use crate::conversation::list::{self, Counts, Cursor, Line, PAGE_ROWS, View};
use crate::database::Reader;
use crate::id::{AgentId, ConversationId};
use askama::Template;
use axum::response::Response;
use std::collections::HashMap;

pub fn routes() -> Vec<Route> {
    vec![
        get("/inbox", Access::Agent, async |s: State, v: Visitor, c: Clock, a: Ask| show(s, v, c, a, View::Inbox).await),
        get("/mine", Access::Agent, async |s: State, v: Visitor, c: Clock, a: Ask| show(s, v, c, a, View::Mine).await),
        get("/unassigned", Access::Agent, async |s: State, v: Visitor, c: Clock, a: Ask| show(s, v, c, a, View::Unassigned).await),
        get("/waiting", Access::Agent, async |s: State, v: Visitor, c: Clock, a: Ask| show(s, v, c, a, View::Waiting).await),
        get("/snoozed", Access::Agent, async |s: State, v: Visitor, c: Clock, a: Ask| show(s, v, c, a, View::Snoozed).await),
        get("/resolved", Access::Agent, async |s: State, v: Visitor, c: Clock, a: Ask| show(s, v, c, a, View::Resolved).await),
        get("/spam", Access::Agent, async |s: State, v: Visitor, c: Clock, a: Ask| show(s, v, c, a, View::Spam).await),
    ]
}

#[derive(Template)]
#[template(path = "inbox/show.html")]
struct Page {
    shell: Shell,
    list: Pane,
}

/// The list, alone or beside a conversation.
pub struct Pane {
    pub view: &'static str,
    pub title: &'static str,
    pub summary: String,
    pub rows: Vec<Row>,
    /// This is not the first page.
    pub newer: bool,
    pub next: Option<String>,
    pub empty: (&'static str, &'static str),
}

/// One line, ready to be shown.
pub struct Row {
    pub id: ConversationId,
    pub href: String,
    pub open: bool,
    pub unread: bool,
    pub person: Person,
    /// We have the last word.
    pub you: bool,
    pub count: i64,
    pub when: When,
    pub subject: String,
    pub said_by: String,
    pub preview: String,
    pub tags: Vec<String>,
    pub failed: bool,
    pub clip: bool,
    pub until: Option<When>,
    pub assignee: Option<Mark>,
    /// "Return · to decide", with its colour.
    pub back: Option<(&'static str, String)>,
}

/// An agent as a round mark.
#[derive(Clone)]
pub struct Mark {
    pub name: String,
    pub initials: String,
    pub hue: usize,
}

pub type Marks = HashMap<AgentId, Mark>;

async fn show(state: State, visitor: Visitor, clock: Clock, ask: Ask, view: View) -> Result<Response> {
    let shown = state.clone();
    let found = state
        .read(move |c| {
            let shell = Shell::read(c, &shown, &visitor, view.as_str())?;
            Ok(Page { shell, list: pane(c, &visitor, view, ask.cursor(), None, &clock)? })
        })
        .await?;
    page(&found)
}

/// A page of `view`; `open` is the conversation that is read beside it.
pub fn pane(c: &Reader, visitor: &Visitor, view: View, after: Option<Cursor>, open: Option<ConversationId>, clock: &Clock) -> Result<Pane> {
    let me = visitor.agent();
    let lines = list::page(c, view, me.id, visitor.mailboxes(), after)?;
    let counts = list::counts(c, me.id, visitor.mailboxes())?;
    let marks = marks(c)?;
    let kept = after.map_or(String::new(), |cursor| format!("&after={}-{}", cursor.at, cursor.id));
    let next = (lines.len() == PAGE_ROWS).then(|| lines.last().map(|line| format!("/{}?after={}-{}", view.as_str(), line.last_message_at, line.id))).flatten();
    let mut rows = Vec::with_capacity(lines.len());
    for line in lines {
        let href = format!("/conversations/{}?view={}{kept}", line.id, view.as_str());
        let back = super::returns::chip(c, line.id)?;
        rows.push(Row { open: open == Some(line.id), back, ..row(line, href, me, &marks, clock) });
    }
    let summary = summary(c, visitor, view, &counts, clock)?;
    Ok(Pane { view: view.as_str(), title: title(view), summary, rows, newer: after.is_some(), next, empty: empty(view) })
}

pub fn row(line: Line, href: String, me: &Agent, marks: &Marks, clock: &Clock) -> Row {
    let you = !line.last_author.is_empty() && line.last_author == me.name;
    let ours = marks.values().any(|mark| mark.name == line.last_author);
    Row {
        id: line.id,
        href,
        open: false,
        unread: line.unread,
        person: Person::new(&line.customer, &line.customer_address),
        you,
        count: line.message_count,
        when: clock.short(line.last_message_at),
        subject: if line.subject.trim().is_empty() { "(no subject)".into() } else { visible(&line.subject) },
        said_by: match (you, ours) {
            (true, _) => "You".into(),
            (false, true) => visible(&line.last_author),
            (false, false) => String::new(),
        },
        preview: visible(&line.preview),
        tags: line.tags.iter().map(|tag| visible(tag)).collect(),
        failed: line.delivery_failed,
        clip: line.has_attachments,
        until: line.snoozed_until.map(|until| clock.long_ahead(until)),
        assignee: line.assignee_id.and_then(|id| marks.get(&id).cloned()),
        back: None,
    }
}

pub fn marks(c: &Reader) -> Result<Marks> {
    Ok(agent::all(c)?.into_iter().map(|agent| (agent.id, Mark::of(&agent))).collect())
}

impl Mark {
    pub fn of(agent: &Agent) -> Mark {
        Mark { name: agent.name.clone(), initials: agent.initials(), hue: hue(&agent.email) }
    }

    /// Colleagues call each other so.
    pub fn first_name(&self) -> &str {
        self.name.split_whitespace().next().unwrap_or(&self.name)
    }
}

impl Row {
    /// Whether anything stands on the line's last row.
    pub fn has_end(&self) -> bool {
        self.failed || self.back.is_some() || self.until.is_some() || self.assignee.is_some() || !self.tags.is_empty()
    }
}

pub fn title(view: View) -> &'static str {
    match view {
        View::Inbox => "Inbox",
        View::Mine => "Mine",
        View::Unassigned => "Unassigned",
        View::Waiting => "Waiting on customer",
        View::Snoozed => "Snoozed",
        View::Resolved => "Resolved",
        View::Spam => "Spam",
    }
}

fn summary(c: &Reader, visitor: &Visitor, view: View, counts: &Counts, clock: &Clock) -> Result<String> {
    let n = counts.of(view);
    Ok(match view {
        View::Inbox | View::Mine | View::Unassigned if n == 0 => String::new(),
        View::Inbox => {
            let oldest = list::oldest_waiting(c, visitor.mailboxes())?;
            let waits = oldest.map_or(String::new(), |since| format!(" · oldest waits {}", clock.waited(since)));
            format!("{} open{waits}", super::present::grouped(n))
        }
        View::Mine | View::Unassigned => format!("{} open", super::present::grouped(n)),
        _ if n == 0 => String::new(),
        _ => counted(n, "conversation", "conversations"),
    })
}

fn empty(view: View) -> (&'static str, &'static str) {
    match view {
        View::Inbox => ("Nothing is waiting.", "New mail appears here by itself."),
        View::Mine => ("Nothing is yours right now.", "Take a conversation with “Assign”, or answer one."),
        View::Unassigned => ("Everything has somebody.", "New mail that nobody has taken appears here."),
        View::Waiting => ("No customer owes an answer.", "Conversations come here with “Send and wait”."),
        View::Snoozed => ("Nothing sleeps.", "A snoozed conversation comes back when its time is there, or when the customer writes."),
        View::Resolved => ("Nothing is resolved yet.", "What is done comes here, and opens again when the customer writes."),
        View::Spam => ("No spam.", "What agents mark as spam comes here."),
    }
}
