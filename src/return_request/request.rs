//! The record of a return: whose, about which order, where it stands and what was decided.

use super::fields;

use super::judgement::Judgement;
use super::state::{Decision, State};
use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, json, params};
use crate::id::{AgentId, ConversationId, CustomerId, MailboxId, MessageKey, OrderId, ReturnId};
use crate::money::{Amount, Currency};

super::code::codes! {
    /// How a request began.
    Source {
        Mail = "mail",
        Form = "form",
        Agent = "agent",
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    pub id: ReturnId,
    pub conversation_id: ConversationId,
    /// The message it began with.
    pub message_id: MessageKey,
    pub customer_id: CustomerId,
    pub mailbox_id: MailboxId,
    pub order_id: Option<OrderId>,
    pub source: Source,
    pub language: String,
    pub state: State,
    pub state_at: Millis,
    pub state_by: Option<AgentId>,
    pub judgement: Option<Judgement>,
    pub policy_version: Option<i64>,
    pub asked: i64,
    pub asked_at: Option<Millis>,
    pub decided: Option<Decided>,
    pub received_as_expected: Option<bool>,
    pub fulfilment_told_at: Option<Millis>,
    pub opened_at: Millis,
    pub closed_at: Option<Millis>,
    /// Who chose the pieces that come back; nobody: they are derived.
    pub items_by: Option<AgentId>,
    /// Since when an agent knows that the customer does not answer.
    pub no_answer_at: Option<Millis>,
    /// When it was written down; `opened_at` is when it was asked for.
    pub recorded_at: Millis,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    pub decision: Decision,
    pub at: Millis,
    pub by: Option<AgentId>,
    pub amount: Option<Amount>,
    pub comes_back: bool,
}

/// A request that is about to be opened.
#[derive(Clone, Debug)]
pub struct New {
    pub conversation_id: ConversationId,
    pub message_id: MessageKey,
    pub customer_id: CustomerId,
    pub mailbox_id: MailboxId,
    pub source: Source,
    pub language: String,
}

const COLUMNS: &str = "id, conversation_id, message_id, customer_id, mailbox_id, order_id, source, language, state, state_at, state_by, verdict, verdict_data,
    policy_version, asked, asked_at, decision, decided_at, decided_by, decided_minor, decided_currency, comes_back, received_as_expected, fulfilment_told_at,
    opened_at, closed_at, items_by, no_answer_at, recorded_at";

pub fn find(c: &Reader, id: ReturnId) -> Result<Option<Request>> {
    c.optional(&format!("SELECT {COLUMNS} FROM return_request WHERE id = ?1"), [id], from_row)
}

/// The returns of a conversation, newest first.
pub fn of_conversation(c: &Reader, id: ConversationId) -> Result<Vec<Request>> {
    c.all(&format!("SELECT {COLUMNS} FROM return_request WHERE conversation_id = ?1 ORDER BY id DESC"), [id], from_row)
}

/// The returns of a customer, newest first.
pub fn of_customer(c: &Reader, id: CustomerId) -> Result<Vec<Request>> {
    c.all(&format!("SELECT {COLUMNS} FROM return_request WHERE customer_id = ?1 ORDER BY id DESC"), [id], from_row)
}

/// The return that a conversation is about now: the newest that is not closed.
pub fn open_in(c: &Reader, id: ConversationId) -> Result<Option<Request>> {
    Ok(of_conversation(c, id)?.into_iter().find(|request| !request.state.is_closed()))
}

pub fn open(tx: &Writer, new: &New, asked_at: Millis, now: Millis) -> Result<ReturnId> {
    let id = tx.insert(
        "INSERT INTO return_request(conversation_id, message_id, customer_id, mailbox_id, source, language, state, state_at, opened_at, recorded_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'awaiting_details', ?7, ?7, ?8)",
        params![new.conversation_id, new.message_id, new.customer_id, new.mailbox_id, new.source.code(), new.language, asked_at, now],
    )?;
    Ok(ReturnId(id))
}

/// Sets the state as a fact with a who and a when.
pub fn set_state(tx: &Writer, id: ReturnId, state: State, by: Option<AgentId>, now: Millis) -> Result<()> {
    let closed_at = state.is_closed().then_some(now);
    tx.execute(
        "UPDATE return_request SET state = ?2, state_at = ?3, state_by = ?4, closed_at = ?5 WHERE id = ?1",
        params![id, state.code(), now, by, closed_at],
    )?;
    Ok(())
}

pub fn set_order(tx: &Writer, id: ReturnId, order: Option<OrderId>) -> Result<()> {
    tx.execute("UPDATE return_request SET order_id = ?2 WHERE id = ?1", params![id, order])?;
    Ok(())
}

/// Returns that wait for a decision and are about an order, or without one and may be: its buyer's, or with a number.
pub fn perhaps_about(c: &Reader, order: OrderId, address: Option<&str>) -> Result<Vec<ReturnId>> {
    let sql = format!(
        "SELECT id FROM return_request WHERE state IN ('{}', '{}') AND (order_id = ?1 OR (order_id IS NULL AND
           (customer_id IN (SELECT customer_id FROM customer_address WHERE address = ?2)
            OR EXISTS (SELECT 1 FROM return_fact WHERE return_id = return_request.id AND field = '{}' AND superseded_at IS NULL)))) ORDER BY id",
        State::AwaitingDetails.code(),
        State::ToDecide.code(),
        fields::ORDER_NUMBER
    );
    c.all(&sql, params![order, address], |r| r.get(0))
}

pub fn set_judgement(tx: &Writer, id: ReturnId, judgement: &Judgement, policy_version: Option<i64>) -> Result<()> {
    tx.execute(
        "UPDATE return_request SET verdict = ?2, verdict_data = ?3, policy_version = ?4 WHERE id = ?1",
        params![id, judgement.verdict, serde_json::to_string(judgement)?, policy_version],
    )?;
    Ok(())
}

/// What was decided, or `None` when a decision is taken back.
pub fn set_decided(tx: &Writer, id: ReturnId, decided: Option<&Decided>) -> Result<()> {
    tx.execute(
        "UPDATE return_request SET decision = ?2, decided_at = ?3, decided_by = ?4, decided_minor = ?5, decided_currency = ?6, comes_back = ?7 WHERE id = ?1",
        params![
            id,
            decided.map(|d| d.decision.code()),
            decided.map(|d| d.at),
            decided.and_then(|d| d.by),
            decided.and_then(|d| d.amount).map(|a| a.minor),
            decided.and_then(|d| d.amount).and_then(|a| a.currency).map(|c| c.as_str().to_owned()),
            decided.map(|d| d.comes_back)
        ],
    )?;
    Ok(())
}

/// A letter asked the customer for what is missing.
pub fn note_asked(tx: &Writer, id: ReturnId, now: Millis) -> Result<()> {
    tx.execute("UPDATE return_request SET asked = asked + 1, asked_at = ?2, no_answer_at = NULL WHERE id = ?1", params![id, now])?;
    Ok(())
}

/// Who chose the pieces that come back; `None`: they are derived again.
pub fn set_items_by(tx: &Writer, id: ReturnId, by: Option<AgentId>) -> Result<()> {
    tx.execute("UPDATE return_request SET items_by = ?2 WHERE id = ?1", params![id, by])?;
    Ok(())
}

pub fn note_fulfilment_told(tx: &Writer, id: ReturnId, now: Millis) -> Result<()> {
    tx.execute("UPDATE return_request SET fulfilment_told_at = ?2 WHERE id = ?1", params![id, now])?;
    Ok(())
}

/// How it arrived; `None`: it did not, as far as anybody knows.
pub fn note_received(tx: &Writer, id: ReturnId, as_expected: Option<bool>) -> Result<()> {
    tx.execute("UPDATE return_request SET received_as_expected = ?2 WHERE id = ?1", params![id, as_expected])?;
    Ok(())
}

/// How many stand in each state; for `mailboxes` only, where an agent sees some.
pub fn tally(c: &Reader, mailboxes: Option<&[MailboxId]>) -> Result<Vec<(State, i64)>> {
    let rows = c.all("SELECT state, mailbox_id, n FROM return_tally WHERE n > 0", [], |r| {
        Ok((r.get::<_, String>(0)?, r.get::<_, MailboxId>(1)?, r.get::<_, i64>(2)?))
    })?;
    let mut counts: Vec<(State, i64)> = State::ALL.iter().map(|state| (*state, 0)).collect();
    for (state, mailbox, n) in rows {
        if mailboxes.is_none_or(|seen| seen.contains(&mailbox)) {
            counts.iter_mut().filter(|(known, _)| known.code() == state).for_each(|(_, count)| *count += n);
        }
    }
    Ok(counts)
}

impl Request {
    /// R-0001: what customers and agents call it.
    pub fn name(&self) -> String {
        name(self.id)
    }
}

pub fn name(id: ReturnId) -> String {
    format!("R-{:04}", id.0)
}

/// "R-0192", "r192" or "192" as its number.
pub fn from_name(name: &str) -> Option<ReturnId> {
    let digits = name.trim().trim_start_matches(['R', 'r']).trim_start_matches(['-', ' ']);
    (!digits.is_empty() && digits.len() <= 9).then(|| digits.parse().ok().map(ReturnId))?
}

fn from_row(r: &Row) -> RowResult<Request> {
    let decided = match r.get::<_, Option<String>>(16)?.and_then(|code| Decision::from_code(&code)) {
        None => None,
        Some(decision) => {
            let currency = r.get::<_, Option<String>>(20)?.and_then(|code| Currency::parse(&code));
            let amount = r.get::<_, Option<i64>>(19)?.map(|minor| Amount::new(minor, currency));
            Some(Decided {
                decision,
                at: r.get::<_, Option<Millis>>(17)?.unwrap_or(0),
                by: r.get(18)?,
                amount,
                comes_back: r.get::<_, Option<bool>>(21)?.unwrap_or(false),
            })
        }
    };
    Ok(Request {
        id: r.get(0)?,
        conversation_id: r.get(1)?,
        message_id: r.get(2)?,
        customer_id: r.get(3)?,
        mailbox_id: r.get(4)?,
        order_id: r.get(5)?,
        source: Source::from_code(r.get_ref(6)?.as_str()?).unwrap_or(Source::Mail),
        language: r.get(7)?,
        state: State::from_code(r.get_ref(8)?.as_str()?).unwrap_or(State::ToDecide),
        state_at: r.get(9)?,
        state_by: r.get(10)?,
        judgement: if r.get::<_, Option<String>>(11)?.is_some() { Some(json(r, 12)?) } else { None },
        policy_version: r.get(13)?,
        asked: r.get(14)?,
        asked_at: r.get(15)?,
        decided,
        received_as_expected: r.get(22)?,
        fulfilment_told_at: r.get(23)?,
        opened_at: r.get(24)?,
        closed_at: r.get(25)?,
        items_by: r.get(26)?,
        no_answer_at: r.get(27)?,
        recorded_at: r.get(28)?,
    })
}
