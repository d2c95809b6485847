//! Customers who were asked and do not answer: asked once more, then an agent is told by the timeline, the board and the conversation
//! that opens again.

use super::record::{self, note};
use super::understand;
use crate::account;
use crate::automation::{missing_details, reminder};
use crate::conversation::{self, Direction, Status, message};
use crate::database::{self, Millis, Reader, Writer};
use crate::desk::Result;
use crate::desk::letters::{self, Kind};
use crate::email::Kind as MailKind;
use crate::return_request::request::Source;
use crate::return_request::{Happened, ReturnId, request, unanswered};
use crate::setting;

/// Whether somebody may have to be reminded: a look that costs little.
pub fn anybody_silent(c: &Reader, now: Millis) -> database::Result<bool> {
    Ok(!silent(c, now)?.is_empty())
}

fn silent(c: &Reader, now: Millis) -> database::Result<Vec<ReturnId>> {
    match setting::get::<i64>(c, setting::RETURNS_REMIND_DAYS)? {
        None => Ok(Vec::new()),
        Some(days) => unanswered::asked_before(c, reminder::due_before(days, now)),
    }
}

/// Does what is due; returns for how many.
pub fn remind(tx: &Writer, now: Millis) -> Result<usize> {
    let mut done = 0;
    for id in silent(tx, now)? {
        done += usize::from(remind_one(tx, id, now)?);
    }
    Ok(done)
}

fn remind_one(tx: &Writer, id: ReturnId, now: Millis) -> Result<bool> {
    let Some(request) = request::find(tx, id)? else { return Ok(false) };
    let messages = message::of_conversation(tx, request.conversation_id)?;
    let theirs = messages.iter().rev().find(|m| m.direction == Direction::Inbound && m.kind == MailKind::Person);
    let address = theirs.map(|m| m.from_address.to_lowercase()).unwrap_or_default();
    let ours = messages.iter().rev().find(|m| m.direction == Direction::Reply).map(|m| m.arrived_at);
    // The public form was filled in by somebody: whose address it is nobody has shown.
    let unproven = (request.source == Source::Form).then_some("the address is not confirmed");
    let account = account::find(tx, request.mailbox_id)?;
    let forged = theirs.zip(account.as_ref()).and_then(|(theirs, account)| understand::forged(&theirs.reading.authentication, account));
    let standing = reminder::Standing {
        days: setting::get(tx, setting::RETURNS_REMIND_DAYS)?,
        asked: request.asked,
        since: ours.max(request.asked_at).unwrap_or(now),
        now,
        no_automatic_answer: theirs.map_or(Some("nobody wrote"), |m| m.reading.no_automatic_answer.as_deref()).or(unproven).or(forged),
        to_customer: letters::count_to(tx, &address, now - missing_details::SENDER_GAP)?,
        last_hour: letters::count_since(tx, now - missing_details::HOUR)?,
    };
    match reminder::action(standing) {
        None => Ok(false),
        Some(reminder::Action::AskAgain) => record::ask_by(tx, id, Kind::Remind, &address, None, now).map(|()| true),
        Some(reminder::Action::TellAgent) => {
            unanswered::note(tx, id, now)?;
            note(tx, id, None, Happened::NoAnswer { asked: request.asked }, now)?;
            conversation::set_status(tx, request.conversation_id, Status::Open, None, None, now)?;
            Ok(true)
        }
    }
}
