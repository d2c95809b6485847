//! Each minute the house asks which follow-up may go. One goes, at most: looked at again from the beginning, because between planning and
//! going weeks pass. What may not go any more is cancelled with a reason, what may not go yet waits.

use super::heard::wrote_since;
use super::waits;
use crate::consent;
use crate::conversation::{self, ConversationId, Status};
use crate::customer::{self, CustomerId};
use crate::database::{self, Millis, Reader, Writer};
use crate::desk::letters;
use crate::desk::{Error, Result};
use crate::email::EmailAddress;
use crate::follow_up::pace::{self, Go, Pace};
use crate::follow_up::{self, FollowUp, discount, going, plan, zone};
use crate::id::FollowUpId;
use crate::return_request::{self, board};
use crate::secret::SecretKey;
use crate::{account, lead, piece, setting};
use jiff::tz::TimeZone;

/// What fell due while the house was away for longer than this is old news, and is not sent.
pub const LATE_MAX: Millis = 3 * 24 * pace::HOUR;
/// Looked at in one round; those behind them wait a minute.
const BATCH: usize = 50;
/// Late ones ended in one round.
const LATE_BATCH: usize = 1_000;
/// When one that waits for something is looked at again.
const LOOK_AGAIN: Millis = pace::HOUR;

/// Whether there is anything to do: a look that costs little.
pub fn anything_due(c: &Reader, now: Millis) -> database::Result<bool> {
    going::any_due(c, now)
}

/// How the owner wants follow-ups to go.
pub fn pace(c: &Reader) -> database::Result<Pace> {
    Ok(setting::get::<Pace>(c, setting::FOLLOW_UPS_PACE)?.unwrap_or_default().sane())
}

/// Takes up the next one that may go; its letter is written after. `word`: a random one, for a code that is made.
pub fn go(tx: &Writer, key: &SecretKey, word: &str, now: Millis) -> Result<Option<FollowUpId>> {
    going::put_back_stranded(tx)?;
    if going::any_taken(tx)? || waits(tx)?.is_some() {
        return Ok(None);
    }
    end_late(tx, now)?;
    let pace = pace(tx)?;
    if !pace::shop_may(&pace, &going::went_since(tx, now - pace::HOUR)?, now) {
        return Ok(None);
    }
    for due in going::due(tx, now, BATCH)? {
        match look(tx, key, &pace, &due, word, now)? {
            Look::Cancel(because) => {
                follow_up::cancel(tx, due.id, &because, None, now)?;
            }
            Look::PutOff(until) => going::put_off(tx, due.id, until)?,
            Look::Go => {
                let there = place(tx, &due, now)?;
                going::take(tx, due.id, there, now)?;
                letters::follow_up::want(tx, &due, there, now)?;
                return Ok(Some(due.id));
            }
        }
    }
    Ok(None)
}

enum Look {
    Go,
    Cancel(String),
    PutOff(Millis),
}

fn look(tx: &Writer, key: &SecretKey, pace: &Pace, due: &FollowUp, word: &str, now: Millis) -> Result<Look> {
    if let Some(because) = ended(tx, key, due, now)? {
        return Ok(Look::Cancel(because));
    }
    if account::find(tx, due.mailbox_id)?.is_some_and(|account| account.paused_at.is_some()) {
        return Ok(Look::PutOff(now + LOOK_AGAIN));
    }
    let went = going::went_to(tx, due.customer_id, &due.address, now - pace::MONTH)?;
    match pace::they_may(pace, &zones(tx, due.customer_id)?, &went, now) {
        Go::Now => {}
        Go::AtDay(at) | Go::WhenRested(at) => return Ok(Look::PutOff(at)),
    }
    // Last of all, so that no code is held by one that does not go.
    if let Some(of) = due.discount_id
        && let Some(discount) = discount::find(tx, of)?
        && discount::give(tx, &discount, due.id, word, now)?.is_none()
    {
        return Ok(Look::PutOff(now + LOOK_AGAIN));
    }
    Ok(Look::Go)
}

/// Why it does not go any more. Whoever wrote meanwhile is heard first, also where an agent ticked a piece for them: they may have found
/// another, or have a complaint.
fn ended(tx: &Writer, key: &SecretKey, due: &FollowUp, now: Millis) -> Result<Option<String>> {
    let purpose = due.kind.purpose();
    if consent::live(tx, &due.address, purpose)? != Some(due.consent_id) {
        return Ok(Some("their consent ended".into()));
    }
    if consent::is_suppressed(tx, key, &due.address, purpose)? {
        return Ok(Some("they asked for no more of these mails".into()));
    }
    let Some(customer) = customer::find(tx, due.customer_id)? else { return Ok(Some("they are gone".into())) };
    if lead::find(tx, due.customer_id)?.is_some_and(|lead| lead.set_aside.is_some()) {
        return Ok(Some("they are no lead any more".into()));
    }
    if EmailAddress::parse(&due.address).is_none() || account::find(tx, due.mailbox_id)?.is_none() {
        return Ok(Some("it cannot be written: the address or the mailbox is gone".into()));
    }
    // Two records that were one person may be apart again.
    match customer.addresses.iter().find(|known| known.address.eq_ignore_ascii_case(&due.address)) {
        None => return Ok(Some("the address is not theirs any more".into())),
        Some(known) if known.bounced_at.is_some() => return Ok(Some("mail to this address came back".into())),
        Some(_) => {}
    }
    if let Some(open) = board::open_of_customer(tx, due.customer_id)? {
        return Ok(Some(format!("they have an open return, {}", return_request::request::name(open))));
    }
    if wrote_since(tx, due.customer_id, due.planned_at)? {
        return Ok(Some("they wrote in the meantime".into()));
    }
    of_its_kind(tx, due, now)
}

fn of_its_kind(c: &Reader, due: &FollowUp, now: Millis) -> Result<Option<String>> {
    if let Some(id) = due.piece_id
        && !piece::find(c, id)?.is_some_and(|piece| piece.sold_at.is_none() && piece.removed_at.is_none())
    {
        return Ok(Some("the piece is not for sale any more".into()));
    }
    if let Some(id) = due.wish_id
        && lead::wish::find(c, id)?.is_none_or(|wish| wish.closed.is_some())
    {
        return Ok(Some("the wish is closed".into()));
    }
    if let Some(id) = due.plan_id
        && plan::find(c, id)?.is_none_or(|plan| plan.enabled_at.is_none())
    {
        return Ok(Some("its plan was switched off".into()));
    }
    if due.kind == follow_up::Kind::Discount {
        let discount = due.discount_id.map(|id| discount::find(c, id)).transpose()?.flatten();
        if discount.is_none_or(|discount| !discount.lives(now)) {
            return Ok(Some("the discount ended".into()));
        }
    }
    Ok(None)
}

/// The zones of a customer: their country if they said it, else their language, else the shop's.
pub(super) fn zones(c: &Reader, id: CustomerId) -> Result<Vec<TimeZone>> {
    let country = lead::find(c, id)?.and_then(|lead| lead.country);
    let language = customer::find(c, id)?.and_then(|customer| customer.language);
    let shop = setting::get::<String>(c, setting::LANGUAGE)?.unwrap_or_else(|| "en".into());
    Ok(zone::of(country.as_deref(), language.as_deref(), &pace(c)?.country, &shop))
}

/// In the thread of their conversation, or in one of its own, which waits for nobody until they answer.
fn place(tx: &Writer, due: &FollowUp, now: Millis) -> Result<ConversationId> {
    if let Some(id) = due.conversation_id {
        let there = conversation::find(tx, conversation::current(tx, id)?)?.ok_or(Error::NoConversation(id))?;
        if there.mailbox_id == due.mailbox_id && there.status != Status::Spam {
            return Ok(there.id);
        }
    }
    let subject = letters::follow_up::subject(tx, due)?;
    let there = conversation::open(tx, due.mailbox_id, due.customer_id, &subject, Status::Resolved, now)?;
    let of_return = due.return_id.map(|id| return_request::request::find(tx, id)).transpose()?.flatten().map(|request| request.conversation_id);
    if of_return.is_some() {
        conversation::relate(tx, there, of_return, Some("it follows that return"))?;
    }
    Ok(there)
}

/// What fell due while nobody looked for days (the computer was off, sending was paused, a backup was restored) ends, so that no burst
/// of old news leaves. Whoever is only behind others at this pace is not late.
fn end_late(tx: &Writer, now: Millis) -> Result<()> {
    let looked_at = setting::get::<Millis>(tx, setting::FOLLOW_UPS_LOOKED_AT)?.unwrap_or(0);
    if looked_at < now - LATE_MAX {
        let late = going::due(tx, now - LATE_MAX, LATE_BATCH)?;
        for old in &late {
            follow_up::cancel(tx, old.id, "its day passed while nothing could be sent", None, now)?;
        }
        if late.len() == LATE_BATCH {
            return Ok(());
        }
    }
    setting::set(tx, setting::FOLLOW_UPS_LOOKED_AT, &now, None, now)?;
    Ok(())
}
