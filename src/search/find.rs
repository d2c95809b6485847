//! A search: the index says which messages hold the words, SQLite which conversations they stand in, what is true of
//! those and what they say.

use super::collect::{Candidate, Collected, Gather, Ids};
use super::facts::{self, Conditions};
use super::folder::{Trouble, trouble};
use super::marks::Marks;
use super::query::{Complaint, Query};
use super::snippet::Snippets;
use super::words;
use super::{Error, Index};
use crate::agent::Agent;
use crate::database::{Millis, Reader, Result as DbResult};
use crate::id::{ConversationId, MessageKey};
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

pub const HITS_PER_PAGE: usize = 25;
/// Further pages are not turned to; a narrower question is asked.
const PAGE_MAX: usize = 200;
/// Up to this many conversations a condition is answered beforehand; one that leaves more is asked of what was found.
const ASKED_BEFORE_MAX: usize = 5_000;
const ASKED_AT_ONCE: usize = 500;
/// Found conversations that a condition is asked of, at least, so that the total says something.
const ASKED_MIN: usize = 2_000;
/// Candidates per conversation that are kept: a long conversation may fill a few.
const CANDIDATES_PER_HIT: usize = 8;
const CANDIDATES_TO_ASK: usize = 20_000;
/// Conversations counted where SQLite answers alone.
const COUNTED_MAX: usize = 1_000;
/// Characters of a message that a snippet is looked for in.
const SNIPPET_WITHIN_CHARS: usize = 16_000;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    Newest,
    Best,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    Exact(usize),
    MoreThan(usize),
}

/// A conversation that was found, by the message that answers best or is newest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    pub conversation_id: ConversationId,
    pub message_id: MessageKey,
    /// The conversation's.
    pub subject: String,
    /// Who wrote the message: a name, or an address.
    pub author: String,
    pub arrived_at: Millis,
    /// The message is a note of the team.
    pub note: bool,
    /// Text, and whether it is to be marked. Not escaped.
    pub snippet: Vec<(String, bool)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub hits: Vec<Hit>,
    pub total: Total,
    /// Whether there is a next page.
    pub more: bool,
    /// What of the question could not be answered; beside what parsing it said.
    pub complaints: Vec<Complaint>,
    /// "rebuilding: …": not everything can be found yet.
    pub progress: Option<String>,
}

/// Messages found, one of each conversation, in order.
struct Slice {
    messages: Vec<i64>,
    total: Total,
    more: bool,
}

impl Index {
    /// Answers `query` as far as `agent` may see. `page` counts from 0.
    pub fn search(&self, c: &Reader, query: &Query, agent: &Agent, order: Order, page: usize) -> Result<Found, Error> {
        let page = page.min(PAGE_MAX);
        let conditions = facts::conditions(c, query, agent)?;
        let slice = if query.needs_index() {
            self.by_words(c, query, &conditions, order, page)?
        } else if query.is_empty() {
            Slice { messages: Vec::new(), total: Total::Exact(0), more: false }
        } else {
            by_facts(c, query, &conditions, page)?
        };
        let hits = hits(c, query, &conditions, &slice.messages)?;
        let progress = if query.needs_index() { self.progress() } else { None };
        Ok(Found { hits, total: slice.total, more: slice.more, complaints: conditions.complaints, progress })
    }

    fn by_words(&self, c: &Reader, query: &Query, conditions: &Conditions, order: Order, page: usize) -> Result<Slice, Error> {
        let needed = (page + 1) * HITS_PER_PAGE;
        let allowed = if conditions.any { asked_before(c, &conditions.sql)? } else { None };
        let ask_later = conditions.any && allowed.is_none();
        let keep = if ask_later { CANDIDATES_TO_ASK } else { (needed + 1) * CANDIDATES_PER_HIT };
        let collected = self.collect(query, Gather { order, allowed, keep })?;
        if ask_later {
            return Ok(asked_later(c, conditions, collected, page)?);
        }
        let messages = collected.candidates.iter().skip(needed - HITS_PER_PAGE).take(HITS_PER_PAGE).map(|c| c.message as i64).collect();
        Ok(Slice { messages, total: Total::Exact(collected.conversations), more: collected.conversations > needed })
    }

    fn collect(&self, query: &Query, gather: Gather) -> Result<Collected, Error> {
        let opened = self.opened()?;
        // tantivy trusts its files: damage that came while it runs may make it panic.
        let outcome = catch_unwind(AssertUnwindSafe(|| opened.reader.searcher().search(&words::build(&opened.fields, query), &gather)));
        let failure = match outcome {
            Ok(Ok(collected)) => return Ok(collected),
            Ok(Err(e)) => trouble(&self.inner.folder, &e),
            Err(_) => Trouble::Damaged("it could not be read".into()),
        };
        if matches!(failure, Trouble::Damaged(_)) {
            self.inner.suspect.store(true, Ordering::Relaxed);
        }
        Err(failure.into())
    }
}

/// The conversations for which `conditions` hold, if they are few.
fn asked_before(c: &Reader, conditions: &str) -> DbResult<Option<Arc<Ids>>> {
    let ids: Vec<i64> = c.all(&format!("SELECT id FROM conversation WHERE {conditions} LIMIT ?1"), [ASKED_BEFORE_MAX as i64 + 1], |r| r.get(0))?;
    if ids.len() > ASKED_BEFORE_MAX {
        return Ok(None);
    }
    let mut allowed = Ids::default();
    ids.iter().for_each(|id| allowed.insert(*id as u64));
    Ok(Some(Arc::new(allowed)))
}

/// Goes through what was found, in order, until the page is full.
fn asked_later(c: &Reader, conditions: &Conditions, collected: Collected, page: usize) -> DbResult<Slice> {
    let needed = (page + 1) * HITS_PER_PAGE;
    let sql = format!("SELECT conversation.id FROM conversation WHERE conversation.id IN (SELECT value FROM json_each(?1)) AND {}", conditions.sql);
    let mut kept: Vec<i64> = Vec::new();
    let mut asked = 0;
    for some in collected.candidates.chunks(ASKED_AT_ONCE) {
        if kept.len() > needed && asked >= ASKED_MIN {
            break;
        }
        let ids: Vec<u64> = some.iter().map(|candidate| candidate.conversation).collect();
        let holds: HashSet<u64> = c.all(&sql, [serde_json::to_string(&ids)?], |r| r.get::<_, i64>(0))?.into_iter().map(|id| id as u64).collect();
        kept.extend(some.iter().filter(|candidate| holds.contains(&candidate.conversation)).map(|candidate: &Candidate| candidate.message as i64));
        asked += some.len();
    }
    let total = if asked == collected.conversations { Total::Exact(kept.len()) } else { Total::MoreThan(kept.len()) };
    let more = kept.len() > needed;
    Ok(Slice { messages: kept.into_iter().skip(needed - HITS_PER_PAGE).take(HITS_PER_PAGE).collect(), total, more })
}

/// Without words to look for: conversations by their newest message, or by their newest one that the question allows.
fn by_facts(c: &Reader, query: &Query, conditions: &Conditions, page: usize) -> DbResult<Slice> {
    let needed = (page + 1) * HITS_PER_PAGE;
    let wanted = facts::of_message(query);
    let newest = match &wanted {
        Some(wanted) => format!(
            "(SELECT message.id FROM message WHERE message.conversation_id = conversation.id AND {wanted} ORDER BY message.arrived_at DESC, message.id DESC LIMIT 1)"
        ),
        None => "conversation.last_message_id".to_owned(),
    };
    let since = query.after.map_or(String::new(), |after| format!(" AND conversation.last_message_at >= {after}"));
    let limit = COUNTED_MAX.max(needed) as i64 + 1;
    let mut rows: Vec<(Millis, i64)> = Vec::new();
    // One question per status goes along the index on status and time.
    for status in facts::statuses(query) {
        let sql = format!(
            "SELECT last_message_at, newest FROM (SELECT last_message_at, conversation.id AS id, {newest} AS newest FROM conversation
               WHERE status = '{}' AND {}{since} ORDER BY last_message_at DESC, conversation.id DESC) WHERE newest IS NOT NULL LIMIT {limit}",
            status.as_str(),
            conditions.sql
        );
        rows.extend(c.all(&sql, [], |r| Ok((r.get::<_, Millis>(0)?, r.get::<_, i64>(1)?)))?);
    }
    rows.sort_unstable_by(|a, b| b.cmp(a));
    let total = if rows.len() >= limit as usize { Total::MoreThan(rows.len() - 1) } else { Total::Exact(rows.len()) };
    let messages = rows.iter().skip(needed - HITS_PER_PAGE).take(HITS_PER_PAGE).map(|(_, message)| *message).collect();
    Ok(Slice { messages, total, more: rows.len() > needed })
}

/// What a row of the list shows, and what its snippet is made of.
struct Row {
    hit: Hit,
    language: Option<String>,
    new_text: String,
    text: Option<String>,
    attachments: Option<String>,
}

/// The messages as hits, in the order given; those that are gone or may not be seen are left out.
fn hits(c: &Reader, query: &Query, conditions: &Conditions, messages: &[i64]) -> DbResult<Vec<Hit>> {
    let mut rows = rows(c, conditions, messages)?;
    let mut snippets = Snippets::new(Marks::of(query));
    let mut shown = HashSet::new();
    let mut hits = Vec::with_capacity(messages.len());
    for message in messages {
        // A conversation that was merged into another since the index saw it is shown once.
        let Some(row) = rows.remove(message).filter(|row| shown.insert(row.hit.conversation_id)) else { continue };
        let language = row.language.as_deref();
        let marked = snippets
            .marked(&row.new_text, language)
            .or_else(|| row.text.as_deref().and_then(|text| snippets.marked(text, language)))
            .or_else(|| row.attachments.as_deref().and_then(|names| snippets.marked(names, None)));
        hits.push(Hit { snippet: marked.unwrap_or_else(|| Snippets::plain(&row.new_text)), ..row.hit });
    }
    Ok(hits)
}

fn rows(c: &Reader, conditions: &Conditions, messages: &[i64]) -> DbResult<HashMap<i64, Row>> {
    let sql = format!(
        "SELECT message.id, message.conversation_id, conversation.subject, CASE from_name WHEN '' THEN from_address ELSE from_name END, message.arrived_at,
                message.direction = 'note', json_extract(reading, '$.language'), substr(coalesce(new_text, ''), 1, {SNIPPET_WITHIN_CHARS}),
                substr(text, 1, {SNIPPET_WITHIN_CHARS}),
                CASE attachment_count WHEN 0 THEN NULL ELSE (SELECT group_concat(name, ', ') FROM attachment WHERE attachment.message_id = message.id) END
         FROM message JOIN conversation ON conversation.id = message.conversation_id LEFT JOIN message_text ON message_text.message_id = message.id
         WHERE message.id IN (SELECT value FROM json_each(?1)) AND {}",
        conditions.sql
    );
    let rows = c.all(&sql, [serde_json::to_string(messages)?], |r| {
        let message: i64 = r.get(0)?;
        let hit = Hit {
            conversation_id: r.get(1)?,
            message_id: MessageKey(message),
            subject: r.get(2)?,
            author: r.get(3)?,
            arrived_at: r.get(4)?,
            note: r.get(5)?,
            snippet: Vec::new(),
        };
        Ok((message, Row { hit, language: r.get(6)?, new_text: r.get(7)?, text: r.get(8)?, attachments: r.get(9)? }))
    })?;
    Ok(rows.into_iter().collect())
}
