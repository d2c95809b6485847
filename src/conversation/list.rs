//! The inbox's questions: which conversations stand in a view, how many, in which order.

use super::{ConversationId, Status};
use crate::database::{Millis, Reader, Result, ToSql, params};
use crate::id::{AgentId, MailboxId};
use std::collections::HashMap;

/// Rows on a page: about five screens.
pub const PAGE_ROWS: usize = 50;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Open, whoever it belongs to.
    Inbox,
    /// Open and mine.
    Mine,
    /// Open and nobody's.
    Unassigned,
    Waiting,
    Snoozed,
    Resolved,
    Spam,
}

/// One line of the list.
#[derive(Clone, Debug)]
pub struct Line {
    pub id: ConversationId,
    pub mailbox_id: MailboxId,
    pub customer: String,
    pub customer_address: String,
    pub subject: String,
    pub status: Status,
    pub preview: String,
    pub last_author: String,
    pub assignee_id: Option<AgentId>,
    pub message_count: i64,
    pub has_attachments: bool,
    pub delivery_failed: bool,
    pub last_message_at: Millis,
    pub waiting_since: Option<Millis>,
    pub snoozed_until: Option<Millis>,
    pub unread: bool,
    pub tags: Vec<String>,
}

/// Where a page begins: after the row with this time and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub at: Millis,
    pub id: ConversationId,
}

/// How many stand in each view, from the tally.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub inbox: i64,
    pub mine: i64,
    pub unassigned: i64,
    pub waiting: i64,
    pub snoozed: i64,
    pub resolved: i64,
    pub spam: i64,
    pub quarantine: i64,
}

const LINE: &str = "SELECT conversation.id, conversation.mailbox_id, customer.name, coalesce((SELECT address FROM customer_address WHERE customer_id = customer.id LIMIT 1), ''),
    subject, status, preview, last_author, assignee_id, message_count, has_attachments, delivery_failed_at IS NOT NULL, last_message_at, waiting_since, snoozed_until,
    coalesce((SELECT message_id FROM seen WHERE seen.agent_id = ?1 AND seen.conversation_id = conversation.id), 0) < coalesce(last_message_id, 0)
    FROM conversation JOIN customer ON customer.id = customer_id";

/// A page of a view, newest message first. `mailboxes`: only these; `None`: all.
pub fn page(c: &Reader, view: View, agent: AgentId, mailboxes: Option<&[MailboxId]>, after: Option<Cursor>) -> Result<Vec<Line>> {
    let mut sql = format!("{LINE} WHERE merged_into IS NULL AND status = ?2");
    let status = view.status().as_str();
    let (at, id) = after.map_or((Millis::MAX, i64::MAX), |cursor| (cursor.at, cursor.id.0));
    match view {
        View::Mine => sql.push_str(" AND assignee_id = ?1"),
        View::Unassigned => sql.push_str(" AND assignee_id IS NULL"),
        _ => {}
    }
    if let Some(some) = mailboxes {
        sql.push_str(&format!(" AND mailbox_id IN ({})", numbers(some)));
    }
    sql.push_str(" AND (last_message_at, conversation.id) < (?3, ?4) ORDER BY last_message_at DESC, conversation.id DESC LIMIT ?5");
    lines(c, &sql, params![agent, status, at, id, PAGE_ROWS as i64])
}

/// The lines of these conversations, in the order given: what a search found.
pub fn by_ids(c: &Reader, ids: &[ConversationId], agent: AgentId, mailboxes: Option<&[MailboxId]>) -> Result<Vec<Line>> {
    let mut sql = format!("{LINE} WHERE merged_into IS NULL AND conversation.id IN ({})", ids.iter().map(|id| id.0.to_string()).collect::<Vec<_>>().join(","));
    if let Some(some) = mailboxes {
        sql.push_str(&format!(" AND mailbox_id IN ({})", numbers(some)));
    }
    let mut found: HashMap<ConversationId, Line> = lines(c, &sql, params![agent])?.into_iter().map(|line| (line.id, line)).collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

pub fn counts(c: &Reader, agent: AgentId, mailboxes: Option<&[MailboxId]>) -> Result<Counts> {
    let rows = c.all("SELECT mailbox_id, status, assignee_id, n FROM tally WHERE n > 0", [], |r| {
        Ok((r.get::<_, MailboxId>(0)?, Status::from_name(r.get_ref(1)?.as_str()?), r.get::<_, AgentId>(2)?, r.get::<_, i64>(3)?))
    })?;
    let mut counts = Counts::default();
    for (mailbox, status, assignee, n) in rows {
        if mailboxes.is_some_and(|some| !some.contains(&mailbox)) {
            continue;
        }
        match status {
            Some(Status::Open) => {
                counts.inbox += n;
                counts.mine += if assignee == agent { n } else { 0 };
                counts.unassigned += if assignee == AgentId(0) { n } else { 0 };
            }
            Some(Status::Waiting) => counts.waiting += n,
            Some(Status::Snoozed) => counts.snoozed += n,
            Some(Status::Resolved) => counts.resolved += n,
            Some(Status::Spam) => counts.spam += n,
            None => {}
        }
    }
    let only = mailboxes.map_or(String::new(), |some| format!(" AND folder_id IN (SELECT id FROM folder WHERE mailbox_id IN ({}))", numbers(some)));
    counts.quarantine = c.one(&format!("SELECT count(*) FROM ledger WHERE outcome = 'quarantined'{only}"), [], |r| r.get(0))?;
    Ok(counts)
}

/// Since when the longest-waiting customer of the open ones waits.
pub fn oldest_waiting(c: &Reader, mailboxes: Option<&[MailboxId]>) -> Result<Option<Millis>> {
    let only = mailboxes.map_or(String::new(), |some| format!(" AND mailbox_id IN ({})", numbers(some)));
    c.one(&format!("SELECT min(waiting_since) FROM (SELECT waiting_since FROM conversation WHERE status = 'open' AND merged_into IS NULL{only} ORDER BY last_message_at LIMIT 1000)"), [], |r| {
        r.get(0)
    })
}

/// Snoozed conversations whose time has come.
pub fn due_to_wake(c: &Reader, now: Millis) -> Result<Vec<ConversationId>> {
    c.all("SELECT id FROM conversation WHERE status = 'snoozed' AND snoozed_until <= ?1 AND merged_into IS NULL", [now], |r| r.get(0))
}

fn lines(c: &Reader, sql: &str, params: &[&dyn ToSql]) -> Result<Vec<Line>> {
    let mut lines = c.all(sql, params, |r| {
        let (name, address): (String, String) = (r.get(2)?, r.get(3)?);
        Ok(Line {
            id: r.get(0)?,
            mailbox_id: r.get(1)?,
            customer: if name.is_empty() { address.clone() } else { name },
            customer_address: address,
            subject: r.get(4)?,
            status: Status::from_name(r.get_ref(5)?.as_str()?).unwrap_or(Status::Open),
            preview: r.get(6)?,
            last_author: r.get(7)?,
            assignee_id: r.get(8)?,
            message_count: r.get(9)?,
            has_attachments: r.get(10)?,
            delivery_failed: r.get(11)?,
            last_message_at: r.get(12)?,
            waiting_since: r.get(13)?,
            snoozed_until: r.get(14)?,
            unread: r.get(15)?,
            tags: Vec::new(),
        })
    })?;
    let ids = lines.iter().map(|line| line.id.0.to_string()).collect::<Vec<_>>().join(",");
    let tags = c.all(
        &format!("SELECT conversation_id, name FROM conversation_tag JOIN tag ON tag.id = tag_id WHERE conversation_id IN ({ids}) ORDER BY name"),
        [],
        |r| Ok((r.get::<_, ConversationId>(0)?, r.get::<_, String>(1)?)),
    )?;
    for (id, tag) in tags {
        lines.iter_mut().filter(|line| line.id == id).for_each(|line| line.tags.push(tag.clone()));
    }
    Ok(lines)
}

fn numbers(ids: &[MailboxId]) -> String {
    ids.iter().map(|id| id.0.to_string()).collect::<Vec<_>>().join(",")
}

impl View {
    pub const ALL: [View; 7] = [View::Inbox, View::Mine, View::Unassigned, View::Waiting, View::Snoozed, View::Resolved, View::Spam];

    /// The noun in its URL.
    pub fn as_str(self) -> &'static str {
        match self {
            View::Inbox => "inbox",
            View::Mine => "mine",
            View::Unassigned => "unassigned",
            View::Waiting => "waiting",
            View::Snoozed => "snoozed",
            View::Resolved => "resolved",
            View::Spam => "spam",
        }
    }

    pub fn from_name(name: &str) -> Option<View> {
        View::ALL.into_iter().find(|view| view.as_str() == name)
    }

    pub fn status(self) -> Status {
        match self {
            View::Inbox | View::Mine | View::Unassigned => Status::Open,
            View::Waiting => Status::Waiting,
            View::Snoozed => Status::Snoozed,
            View::Resolved => Status::Resolved,
            View::Spam => Status::Spam,
        }
    }
}

impl Counts {
    pub fn of(&self, view: View) -> i64 {
        match view {
            View::Inbox => self.inbox,
            View::Mine => self.mine,
            View::Unassigned => self.unassigned,
            View::Waiting => self.waiting,
            View::Snoozed => self.snoozed,
            View::Resolved => self.resolved,
            View::Spam => self.spam,
        }
    }
}

impl Line {
    pub fn last_message(&self) -> Cursor {
        Cursor { at: self.last_message_at, id: self.id }
    }
}
