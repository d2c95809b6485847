//! Order and shipping confirmations that arrive in a mailbox: what they say of an order is remembered, where the shop itself, or an
//! address that the owner named, was shown to have sent them. A mail fills what is not known yet; it changes nothing.

use super::{Arrival, Result, returns};
use crate::account::{self, FolderRole};
use crate::database::{Millis, Reader, Writer};
use crate::email::{EmailAddress, subject};
use crate::order::confirmation;
use crate::{order, setting};

pub fn learn(tx: &Writer, arrival: &Arrival, at: Millis, now: Millis) -> Result<()> {
    if !confirmation::could_be(arrival.email) {
        return Ok(());
    }
    let ours = shop_addresses(tx)?;
    if !is_believed(arrival, &ours) {
        return Ok(());
    }
    // On the shop's own clock; a Date from the future is not believed.
    let zone = jiff::tz::Offset::from_seconds(arrival.email.date_offset).unwrap_or(jiff::tz::Offset::UTC);
    let sent = jiff::Timestamp::from_millisecond(arrival.email.date.unwrap_or(at).min(at)).ok();
    let Some(sent) = sent.map(|sent| zone.to_datetime(sent).date()) else { return Ok(()) };
    let Some((_, news)) = confirmation::read(arrival.email, sent, &ours) else { return Ok(()) };
    let id = order::add(tx, news, order::Source::Mail, now)?;
    returns::orders_arrived(tx, &[id], now)
}

/// The shop's mailboxes, and who else the owner said sends its confirmations.
fn shop_addresses(c: &Reader) -> Result<Vec<EmailAddress>> {
    let named = setting::get::<Vec<String>>(c, setting::ORDER_SENDERS)?.unwrap_or_default();
    let own = account::all(c)?.into_iter().map(|account| account.address);
    Ok(own.chain(named.iter().filter_map(|address| EmailAddress::parse(address))).collect())
}

/// What lies in our own Sent folder we sent. Anything else needs an address of the shop's and the word of the server that the owner
/// trusts: everybody can write such an address into a mail. What the owner forwards to the mailbox counts, what they forward to others
/// does not. That an answer counts nowhere reading knows (`confirmation::read`).
fn is_believed(arrival: &Arrival, ours: &[EmailAddress]) -> bool {
    if arrival.entry.folder_role == FolderRole::Sent {
        return subject::is_forward(&arrival.email.subject).is_none();
    }
    let Some(from) = &arrival.email.from else { return false };
    let said = &arrival.email.authentication;
    ours.iter().any(|own| own.key() == from.address.key()) && said.is_verified(arrival.account.authserv_id.as_deref()) && said.is_about(from.address.domain())
}
