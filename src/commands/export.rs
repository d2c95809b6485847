//! `restante export --json`: everything that the shop knows, one JSON object a line, while the server may go on working.
//! The shapes are described in docs/commands.md; programs rely on them.

mod shape;

use crate::account;
use crate::agent;
use crate::conversation::message;
use crate::conversation::{self, Conversation, ConversationId, MessageKey, event, tag};
use crate::customer;
use crate::database::{self, Reader, params, snapshot};
use crate::id::{AgentId, MailboxId};
use crate::outbox;
use anyhow::Context;
use serde::Serialize;
use shape::{ConversationLine, EventLine, LedgerState, MessageLine, NoteLine, Person, WaitingLine, WaitingMail, timestamp};
use std::collections::HashMap;
use std::io::Write;
use std::path::Path;

/// Conversations asked for at once: the export holds no more in memory.
const CONVERSATIONS_AT_ONCE: i64 = 200;
/// Mails that wait for a person, asked for at once.
const WAITING_AT_ONCE: i64 = 500;

/// Writes the export of `data` to `out`; returns how many conversations it has.
pub fn run(data: &Path, out: &mut impl Write) -> anyhow::Result<usize> {
    let records = snapshot::records(&data.join("restante.db")).with_context(|| format!("could not open the data folder {}", data.display()))?;
    let names = Names::load(&records)?;
    let mut written = 0;
    let mut last = 0;
    loop {
        let ids = records.all(
            "SELECT id FROM conversation WHERE id > ?1 AND merged_into IS NULL ORDER BY id LIMIT ?2",
            params![last, CONVERSATIONS_AT_ONCE],
            |r| r.get::<_, ConversationId>(0),
        )?;
        let Some(newest) = ids.last() else { break };
        last = newest.0;
        for id in ids {
            let Some(found) = conversation::find(&records, id)? else { continue };
            line(out, &conversation_line(&records, &names, &found)?)?;
            written += 1;
        }
    }
    write_waiting(&records, &names, out)?;
    out.flush()?;
    Ok(written)
}

/// What many lines name: few enough to be held.
struct Names {
    mailboxes: HashMap<MailboxId, String>,
    agents: HashMap<AgentId, String>,
    /// Conversations that were merged, by where they are now.
    merged: HashMap<ConversationId, Vec<ConversationId>>,
}

impl Names {
    fn load(c: &Reader) -> database::Result<Names> {
        let mailboxes = account::all(c)?.into_iter().map(|m| (m.id, m.address.to_string())).collect();
        let agents = agent::all(c)?.into_iter().map(|a| (a.id, a.email)).collect();
        let mut merged: HashMap<ConversationId, Vec<ConversationId>> = HashMap::new();
        for id in c.all("SELECT id FROM conversation WHERE merged_into IS NOT NULL ORDER BY id", [], |r| r.get::<_, ConversationId>(0))? {
            merged.entry(conversation::current(c, id)?).or_default().push(id);
        }
        Ok(Names { mailboxes, agents, merged })
    }

    fn agent(&self, id: Option<AgentId>) -> Option<String> {
        id.and_then(|id| self.agents.get(&id).cloned())
    }

    fn mailbox(&self, id: MailboxId) -> String {
        self.mailboxes.get(&id).cloned().unwrap_or_default()
    }
}

fn conversation_line(c: &Reader, names: &Names, found: &Conversation) -> database::Result<ConversationLine> {
    let customer = customer::find(c, found.customer_id)?;
    let merged = names.merged.get(&found.id).cloned().unwrap_or_default();
    let mut ledger = ledger_of(c, found.id)?;
    let mut deliveries = outbox::of_messages(c, found.id)?;
    let mut messages = Vec::new();
    let mut notes = Vec::new();
    for message in message::of_conversation(c, found.id)? {
        if message.direction == conversation::Direction::Note {
            notes.push(NoteLine { id: message.id, author: names.agent(message.author_id), at: timestamp(message.arrived_at), text: message.new_text });
            continue;
        }
        let attachments = message::attachments(c, message.id)?.into_iter().map(|(_, attachment)| attachment).collect();
        let (ledger, delivery) = (ledger.remove(&message.id).unwrap_or_default(), deliveries.remove(&message.id));
        let author = names.agent(message.author_id);
        messages.push(MessageLine::new(message, author, attachments, ledger, delivery));
    }
    let mut events = Vec::new();
    for id in merged.iter().chain([&found.id]) {
        events
            .extend(event::of_conversation(c, *id)?.into_iter().map(|event| EventLine::new(&event, names.agent(event.actor_id), names.agent(event.undone_by))));
    }
    Ok(ConversationLine {
        id: found.id,
        subject: found.subject.clone(),
        mailbox: names.mailbox(found.mailbox_id),
        customer: Person {
            name: customer.as_ref().map(|c| c.name.clone()).unwrap_or_default(),
            addresses: customer.into_iter().flat_map(|c| c.addresses).map(|a| a.address).collect(),
        },
        status: found.status,
        snoozed_until: found.snoozed_until.map(timestamp),
        assignee: names.agent(found.assignee_id),
        tags: tag::of_conversation(c, found.id)?,
        created_at: timestamp(found.created_at),
        last_message_at: timestamp(found.last_message_at),
        related_to: found.related_id,
        merged,
        messages,
        notes,
        events,
    })
}

/// Where the mails of a conversation were found, by message: the same mail may lie in several folders.
fn ledger_of(c: &Reader, id: ConversationId) -> database::Result<HashMap<MessageKey, Vec<LedgerState>>> {
    let rows = c.all(
        "SELECT ledger.message_id, folder.name, ledger.uid_validity, ledger.uid, outcome, reason FROM message
         JOIN ledger ON ledger.message_id = message.id JOIN folder ON folder.id = ledger.folder_id WHERE conversation_id = ?1 ORDER BY ledger.id",
        [id],
        |r| {
            let state = LedgerState { folder: r.get(1)?, uidvalidity: r.get(2)?, uid: r.get(3)?, outcome: r.get(4)?, reason: r.get(5)? };
            Ok((r.get::<_, MessageKey>(0)?, state))
        },
    )?;
    let mut by_message: HashMap<MessageKey, Vec<LedgerState>> = HashMap::new();
    for (message, state) in rows {
        by_message.entry(message).or_default().push(state);
    }
    Ok(by_message)
}

/// Mail that is in no conversation: quarantined, not given by the server, or not read yet.
fn write_waiting(c: &Reader, names: &Names, out: &mut impl Write) -> anyhow::Result<()> {
    let mut last = 0;
    loop {
        let rows = c.all(
            "SELECT ledger.id, mailbox_id, folder.name, ledger.uid_validity, uid, outcome, reason, attempts, bytes, lower(hex(raw_hash)), at
             FROM ledger JOIN folder ON folder.id = folder_id
             WHERE outcome IN ('kept', 'quarantined', 'unfetched') AND ledger.id > ?1 ORDER BY ledger.id LIMIT ?2",
            params![last, WAITING_AT_ONCE],
            |r| {
                let state = LedgerState { folder: r.get(2)?, uidvalidity: r.get(3)?, uid: r.get(4)?, outcome: r.get(5)?, reason: r.get(6)? };
                let mail = WaitingMail {
                    ledger_id: r.get(0)?,
                    mailbox: names.mailbox(r.get(1)?),
                    state,
                    attempts: r.get(7)?,
                    bytes: r.get(8)?,
                    sha256: r.get::<_, Option<String>>(9)?.filter(|hash| !hash.is_empty()),
                    at: timestamp(r.get(10)?),
                };
                Ok(mail)
            },
        )?;
        let Some(newest) = rows.last() else { return Ok(()) };
        last = newest.ledger_id;
        for mail in rows {
            line(out, &WaitingLine::from(mail))?;
        }
    }
}

fn line(out: &mut impl Write, value: &impl Serialize) -> anyhow::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    Ok(out.write_all(b"\n")?)
}

#[cfg(test)]
mod tests;
