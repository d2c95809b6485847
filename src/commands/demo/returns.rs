//! The returns of the demo's shop: what was filled in by hand, what was decided, and what is on its way back.

use super::story::conversation_of;
use crate::agent::Agent;
use crate::conversation::message;
use crate::database::{Millis, Writer};
use crate::desk::{self, returns};
use crate::id::MailboxId;
use crate::money::{Amount, Currency};
use crate::return_request::fields::{self, Value};
use crate::return_request::{Decision, Reason, ReturnId, State, Wish, request};

const HOUR: Millis = 60 * 60 * 1000;
const DAY: Millis = 24 * HOUR;

/// Tells it over the returns that the letters opened.
pub fn tell(tx: &Writer, mailbox: MailboxId, (jules, yoko): (&Agent, &Agent), now: Millis) -> desk::Result<()> {
    let of = |identifier: &str| -> desk::Result<Option<ReturnId>> {
        let Some(there) = conversation_of(tx, mailbox, identifier)? else { return Ok(None) };
        Ok(Some(returns::open_by_hand(tx, there, yoko.id, now - DAY)?))
    };
    let say = |id, field: &str, code: &str, at: Millis| returns::correct(tx, id, field, Some(Value::Text(code.to_owned())), yoko.id, at);
    // Why he sends it back is between the lines of his letter.
    if let Some(oskar) = of("5b1e77c2-oskar@post.example")? {
        say(oskar, fields::REASON, Reason::ChangedMind.code(), now - 5 * HOUR)?;
    }
    if let Some(lucia) = of("DB8P195MB-lucia-1@DB8P195MB0712.EURP195.PROD.example.test")? {
        say(lucia, fields::REASON, Reason::NotAsDescribed.code(), now - DAY)?;
        say(lucia, fields::WISH, Wish::Refund.code(), now - DAY)?;
    }
    if let Some(maison) = of("a0c8-maison-1@maison-petit.example")? {
        say(maison, fields::REASON, Reason::NotAsDescribed.code(), now - 3 * DAY)?;
        decide(tx, maison, Decision::PartialRefund, Some(450), jules, now - 2 * DAY)?;
    }
    if let Some(wen) = of("wen-1.glass@mail.yahoo.example")? {
        decide(tx, wen, Decision::Refund, Some(12_900), jules, now - 6 * DAY)?;
        returns::move_to(tx, wen, State::OnItsWay, "", jules.id, now - 4 * DAY)?;
        returns::answered(tx, wen, returns::Answer::Expected, now - 2 * DAY)?;
    }
    if let Some(whitfield) = of("jw-1@whitfield.example")? {
        say(whitfield, fields::REASON, Reason::WrongItem.code(), now - 5 * DAY)?;
        decide(tx, whitfield, Decision::Exchange, None, jules, now - 4 * DAY)?;
        returns::move_to(tx, whitfield, State::OnItsWay, "", jules.id, now - 3 * DAY)?;
    }
    // Hers has waited since her own answer made it whole.
    if let Some(mara) = of("CAKx7Qm2vT9d+mara2@mail.gmail.example")?
        && let Some(request) = request::find(tx, mara)?
        && let Some(newest) = message::of_conversation(tx, request.conversation_id)?.last()
    {
        request::set_state(tx, mara, request.state, None, newest.arrived_at.min(now))?;
    }
    Ok(())
}

/// Whether it comes back is as the policy says; what is small stays with the customer.
fn decide(tx: &Writer, id: ReturnId, decision: Decision, cents: Option<i64>, by: &Agent, at: Millis) -> desk::Result<()> {
    let amount = cents.map(|cents| Amount::new(cents, Currency::parse("EUR")));
    returns::decide(tx, id, returns::Deciding { decision, amount, comes_back: decision != Decision::PartialRefund }, by, at)?;
    Ok(())
}
