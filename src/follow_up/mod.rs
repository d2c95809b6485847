//! What is written to somebody afterwards: a wish that can be fulfilled, a discount, a question whether all is well. Each rests on a
//! consent; one that ended cancels what it carried (PROMISES P68).

pub mod board;
pub mod discount;
pub mod going;
pub mod pace;
pub mod plan;
pub mod words;
pub mod zone;

pub use crate::id::{DiscountId, FollowUpId, PlanId};
pub use discount::Discount;
pub use plan::Plan;

use crate::consent::{ConsentId, Purpose};
use crate::conversation::{ConversationId, MessageKey};
use crate::customer::CustomerId;
use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, params};
use crate::id::{AgentId, MailboxId, ReturnId, WishId};
use crate::piece::PieceId;

crate::return_request::code::codes! {
    Kind {
        Discount = "discount",
        /// Is all well?
        CheckIn = "check_in",
        WishMatch = "wish_match",
    }
}

crate::return_request::code::codes! {
    State {
        /// Waits for its time.
        Planned = "planned",
        /// Its letter is being written.
        Wanted = "wanted",
        /// Its letter is in the outbox or has left.
        Sent = "sent",
        Cancelled = "cancelled",
    }
}

impl Kind {
    /// What somebody has to have agreed to.
    pub fn purpose(self) -> Purpose {
        match self {
            Kind::WishMatch => Purpose::SimilarPieces,
            Kind::Discount | Kind::CheckIn => Purpose::Offers,
        }
    }

    /// As agents read it.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Discount => "a discount",
            Kind::CheckIn => "asks whether all is well",
            Kind::WishMatch => "a piece they wish for",
        }
    }
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct FollowUp {
    pub id: FollowUpId,
    pub kind: Kind,
    pub customer_id: CustomerId,
    /// Lower case.
    pub address: String,
    pub consent_id: ConsentId,
    pub plan_id: Option<PlanId>,
    pub return_id: Option<ReturnId>,
    pub piece_id: Option<PieceId>,
    pub wish_id: Option<WishId>,
    pub discount_id: Option<DiscountId>,
    pub conversation_id: Option<ConversationId>,
    pub mailbox_id: MailboxId,
    /// The letter as an agent changed it.
    pub own_words: Option<String>,
    pub state: State,
    pub due_at: Millis,
    pub planned_at: Millis,
    pub planned_by: Option<AgentId>,
    pub settled_at: Option<Millis>,
    /// Why it was cancelled.
    pub because: String,
    pub message_id: Option<MessageKey>,
    pub answered_at: Option<Millis>,
    pub bought_at: Option<Millis>,
}

#[derive(Clone, Debug)]
pub struct New<'a> {
    pub kind: Kind,
    pub customer_id: CustomerId,
    /// Lower case.
    pub address: &'a str,
    pub plan_id: Option<PlanId>,
    pub return_id: Option<ReturnId>,
    pub piece_id: Option<PieceId>,
    pub wish_id: Option<WishId>,
    pub discount_id: Option<DiscountId>,
    /// Whose thread it joins; `None`: a conversation of its own.
    pub conversation_id: Option<ConversationId>,
    pub mailbox_id: MailboxId,
    pub own_words: Option<&'a str>,
    pub due_at: Millis,
    pub by: Option<AgentId>,
}

/// Plans a follow-up; nothing without a consent that lives, or where the same one is planned or was sent already.
pub fn plan(tx: &Writer, new: &New, now: Millis) -> Result<Option<FollowUpId>> {
    let purpose = new.kind.purpose();
    let Some(consent) = crate::consent::live(tx, new.address, purpose)? else { return Ok(None) };
    let planned = tx.execute(
        "INSERT INTO follow_up(kind, purpose, customer_id, address, consent_id, plan_id, return_id, piece_id, wish_id, discount_id, conversation_id, mailbox_id,
                               own_words, state, due_at, planned_at, planned_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 'planned', ?14, ?15, ?16) ON CONFLICT DO NOTHING",
        params![
            new.kind.code(),
            purpose.code(),
            new.customer_id,
            new.address,
            consent,
            new.plan_id,
            new.return_id,
            new.piece_id,
            new.wish_id,
            new.discount_id,
            new.conversation_id,
            new.mailbox_id,
            new.own_words,
            new.due_at,
            now,
            new.by
        ],
    )?;
    if planned == 0 {
        return Ok(None);
    }
    tx.one("SELECT last_insert_rowid()", [], |r| r.get(0)).map(Some)
}

/// Cancels what has not left, in words; the discount code it held is free again, and the conversation that was opened for it goes.
pub fn cancel(tx: &Writer, id: FollowUpId, because: &str, by: Option<AgentId>, now: Millis) -> Result<bool> {
    let sql = "UPDATE follow_up SET state = 'cancelled', settled_at = ?2, settled_by = ?3, because = ?4 WHERE id = ?1 AND state IN ('planned', 'wanted')";
    if tx.execute(sql, params![id, now, by, because])? == 0 {
        return Ok(false);
    }
    tx.execute("UPDATE wanted_letter SET settled_at = ?2, dropped = ?3 WHERE follow_up_id = ?1 AND settled_at IS NULL", params![id, now, because])?;
    free_its_code(tx, id)?;
    forget_its_conversation(tx, id)?;
    Ok(true)
}

/// Only one that was opened for this very follow-up, after it was planned: one that was merged away, or that another was merged into, is
/// as empty, and somebody's.
fn forget_its_conversation(tx: &Writer, id: FollowUpId) -> Result<()> {
    let opened = "SELECT conversation.id FROM conversation JOIN follow_up ON follow_up.conversation_id = conversation.id
         WHERE follow_up.id = ?1 AND created_at > planned_at AND merged_into IS NULL
           AND NOT EXISTS (SELECT 1 FROM message WHERE conversation_id = conversation.id)
           AND NOT EXISTS (SELECT 1 FROM return_request WHERE conversation_id = conversation.id)
           AND NOT EXISTS (SELECT 1 FROM follow_up AS other WHERE other.conversation_id = conversation.id AND other.id <> ?1)
           AND NOT EXISTS (SELECT 1 FROM conversation AS other WHERE other.merged_into = conversation.id)";
    let Some(empty) = tx.optional(opened, [id], |r| r.get::<_, ConversationId>(0))? else { return Ok(()) };
    tx.execute("UPDATE conversation SET related_id = NULL, related_because = NULL WHERE related_id = ?1", [empty])?;
    tx.execute("DELETE FROM conversation WHERE id = ?1", [empty])?;
    Ok(())
}

/// Those to an address that have not left, for these purposes.
pub fn waiting_for(c: &Reader, address: &str, purposes: &[Purpose]) -> Result<Vec<FollowUpId>> {
    let open = c.all("SELECT id, purpose FROM follow_up WHERE address = ?1 AND state IN ('planned', 'wanted')", [address], |r| {
        Ok((r.get::<_, FollowUpId>(0)?, r.get::<_, String>(1)?))
    })?;
    Ok(open.into_iter().filter(|(_, purpose)| purposes.iter().any(|p| p.code() == purpose)).map(|(id, _)| id).collect())
}

/// Its letter was in the outbox and will not leave after all; the discount code in it is free again.
pub fn note_held_back(tx: &Writer, id: FollowUpId, because: &str, by: Option<AgentId>, now: Millis) -> Result<()> {
    let sql = "UPDATE follow_up SET state = 'cancelled', settled_at = ?2, settled_by = ?3, because = ?4 WHERE id = ?1 AND state = 'sent'";
    if tx.execute(sql, params![id, now, by, because])? > 0 {
        free_its_code(tx, id)?;
    }
    Ok(())
}

fn free_its_code(tx: &Writer, id: FollowUpId) -> Result<()> {
    tx.execute("UPDATE discount_code SET follow_up_id = NULL, given_at = NULL, expires_on = NULL WHERE follow_up_id = ?1 AND used_at IS NULL", [id])?;
    Ok(())
}

/// Every one about a piece, newest first.
pub fn of_piece(c: &Reader, id: PieceId) -> Result<Vec<FollowUp>> {
    c.all(&format!("SELECT {COLUMNS} FROM follow_up WHERE piece_id = ?1 ORDER BY id DESC"), [id], from_row)
}

const COLUMNS: &str =
    "id, kind, customer_id, address, consent_id, plan_id, return_id, piece_id, wish_id, discount_id, conversation_id, mailbox_id, own_words, state,
    due_at, planned_at, planned_by, settled_at, because, message_id, answered_at, bought_at";

pub fn find(c: &Reader, id: FollowUpId) -> Result<Option<FollowUp>> {
    c.optional(&format!("SELECT {COLUMNS} FROM follow_up WHERE id = ?1"), [id], from_row)
}

/// Every one to a customer, newest first.
pub fn of_customer(c: &Reader, id: CustomerId) -> Result<Vec<FollowUp>> {
    c.all(&format!("SELECT {COLUMNS} FROM follow_up WHERE customer_id = ?1 ORDER BY id DESC"), [id], from_row)
}

fn from_row(r: &Row) -> RowResult<FollowUp> {
    Ok(FollowUp {
        id: r.get(0)?,
        // The schema allows no other codes.
        kind: Kind::from_code(r.get_ref(1)?.as_str()?).unwrap_or(Kind::CheckIn),
        customer_id: r.get(2)?,
        address: r.get(3)?,
        consent_id: r.get(4)?,
        plan_id: r.get(5)?,
        return_id: r.get(6)?,
        piece_id: r.get(7)?,
        wish_id: r.get(8)?,
        discount_id: r.get(9)?,
        conversation_id: r.get(10)?,
        mailbox_id: r.get(11)?,
        own_words: r.get(12)?,
        state: State::from_code(r.get_ref(13)?.as_str()?).unwrap_or(State::Cancelled),
        due_at: r.get(14)?,
        planned_at: r.get(15)?,
        planned_by: r.get(16)?,
        settled_at: r.get(17)?,
        because: r.get(18)?,
        message_id: r.get(19)?,
        answered_at: r.get(20)?,
        bought_at: r.get(21)?,
    })
}
