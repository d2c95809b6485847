//! Orders became known: who bought again after a follow-up, and whose wish that fulfils.

use crate::database::{Millis, Reader, Writer, params};
use crate::desk::Result;
use crate::follow_up::going;
use crate::id::{CustomerId, OrderId, PieceId, WishId};
use crate::lead::wish::{self, Closed};
use crate::order::{self, Order};
use jiff::tz::TimeZone;

/// Who buys within so many days of a follow-up bought because of it, as far as anybody can know.
pub const BOUGHT_DAYS: i64 = 30;
const DAY: Millis = 24 * 60 * 60 * 1000;

/// An order of a customer's address soon after a follow-up is its fruit; one that holds a wished piece ends the wish. An order that named
/// its code has said so already (`order::learn`).
pub fn orders_arrived(tx: &Writer, orders: &[OrderId], now: Millis) -> Result<()> {
    for id in orders {
        let Some(order) = order::find(tx, *id)? else { continue };
        let Some(address) = &order.address else { continue };
        // A day is as exactly as shops tell it: an order of the day on which the letter went counts.
        let ordered = order.ordered_on.and_then(|day| day.to_zoned(TimeZone::UTC).ok()).map_or(now, |day| day.timestamp().as_millisecond() + DAY - 1).min(now);
        if let Some(sent) = going::newest_to(tx, address, (ordered - BOUGHT_DAYS * DAY, ordered))? {
            going::note_bought(tx, sent.id, *id, now)?;
        }
        for wish in fulfilled(tx, address, &order)? {
            wish::close(tx, wish, Closed::Bought, None, now)?;
        }
    }
    Ok(())
}

/// Open wishes of the buyer for which a piece of this order was offered.
fn fulfilled(c: &Reader, address: &str, order: &Order) -> Result<Vec<WishId>> {
    let buyer = c.optional("SELECT customer_id FROM customer_address WHERE address = ?1", [address], |r| r.get::<_, CustomerId>(0))?;
    let Some(buyer) = buyer else { return Ok(Vec::new()) };
    let offered = c.all(
        "SELECT DISTINCT wish.id, piece.id, piece.sku, piece.title FROM wish JOIN follow_up ON follow_up.wish_id = wish.id JOIN piece ON piece.id = piece_id
         WHERE wish.customer_id = ?1 AND wish.closed_at IS NULL AND follow_up.state = 'sent'",
        params![buyer],
        |r| Ok((r.get::<_, WishId>(0)?, r.get::<_, PieceId>(1)?, r.get::<_, String>(2)?, r.get::<_, String>(3)?)),
    )?;
    let is_of = |sku: &str, title: &str| {
        order
            .lines
            .iter()
            .any(|line| if sku.is_empty() || line.sku.is_empty() { line.title.eq_ignore_ascii_case(title) } else { line.sku.eq_ignore_ascii_case(sku) })
    };
    Ok(offered.into_iter().filter(|(_, _, sku, title)| is_of(sku, title)).map(|(wish, ..)| wish).collect())
}
