//! A piece is sold, taken back, or removed; whatever still offers it does not leave.

use crate::database::{Millis, Writer};
use crate::desk::{Error, Result, follow_ups};
use crate::follow_up;
use crate::id::{AgentId, OrderId, SaleId};
use crate::lead::wish::{self, Closed};
use crate::piece::{self, Piece, PieceId, sale};
use crate::{customer, email, order};

const SOLD: &str = "the piece is sold";
const REMOVED: &str = "the piece was removed";

/// One click: one of it is sold.
pub fn sell(tx: &Writer, id: PieceId, by: AgentId, now: Millis) -> Result<SaleId> {
    let piece = known(tx, id)?;
    let sale = sale::sell(tx, &piece, 1, sale::Source::Agent, None, Some(by), now)?.ok_or_else(|| Error::Refused("None of it is left to be sold.".into()))?;
    stop_if_gone(tx, id, Some(by), now)?;
    Ok(sale)
}

/// The shop says how many are left: fewer than before is a sale, so that it can be taken back.
pub fn set_left(tx: &Writer, piece: &Piece, left: i64, source: sale::Source, by: Option<AgentId>, now: Millis) -> Result<()> {
    if left < piece.said.quantity {
        sale::sell(tx, piece, piece.said.quantity - left.max(0), source, None, by, now)?;
    } else if left > piece.said.quantity {
        sale::set_left(tx, piece.id, left, by, now)?;
    }
    stop_if_gone(tx, piece.id, by, now)
}

/// It was not sold after all. What was held back stays so: somebody offers it again, or does not.
pub fn undo_sale(tx: &Writer, id: PieceId, sale: SaleId, by: AgentId, now: Millis) -> Result<()> {
    if !sale::undo(tx, id, sale, by, now)? {
        return Err(Error::Refused("This was taken back already.".into()));
    }
    Ok(())
}

pub fn remove(tx: &Writer, id: PieceId, by: AgentId, now: Millis) -> Result<()> {
    if piece::remove(tx, id, by, now)? {
        stop(tx, id, REMOVED, Some(by), now)?;
    }
    Ok(())
}

pub fn back_for_sale(tx: &Writer, id: PieceId) -> Result<()> {
    if !piece::put_back(tx, id)? {
        return Err(Error::Refused("Another piece has its SKU by now: change that one’s first.".into()));
    }
    Ok(())
}

/// An order became known: what it bought of our pieces is sold, and who bought what they wished for wishes no more.
pub fn ordered(tx: &Writer, id: OrderId, now: Millis) -> Result<()> {
    let sold = sale::learn(tx, id, now)?;
    if sold.is_empty() {
        return Ok(());
    }
    let address = order::find(tx, id)?.and_then(|order| order.address.clone()).and_then(|address| email::EmailAddress::parse(&address));
    let buyer = address.map(|address| customer::find_by_address(tx, &address)).transpose()?.flatten();
    for piece in sold {
        for told in follow_up::of_piece(tx, piece)?.into_iter().filter(|told| Some(told.customer_id) == buyer) {
            if let Some(wish) = told.wish_id {
                wish::close(tx, wish, Closed::Bought, None, now)?;
            }
        }
        stop_if_gone(tx, piece, None, now)?;
    }
    Ok(())
}

fn stop_if_gone(tx: &Writer, id: PieceId, by: Option<AgentId>, now: Millis) -> Result<()> {
    if known(tx, id)?.sold_at.is_some() { stop(tx, id, SOLD, by, now) } else { Ok(()) }
}

/// Nothing that still waits offers it: neither what is planned nor a letter in the outbox.
fn stop(tx: &Writer, id: PieceId, because: &str, by: Option<AgentId>, now: Millis) -> Result<()> {
    for told in follow_up::of_piece(tx, id)? {
        follow_ups::take_back(tx, &told, because, by, now)?;
    }
    Ok(())
}

pub(super) fn known(tx: &Writer, id: PieceId) -> Result<Piece> {
    piece::find(tx, id)?.ok_or_else(|| Error::Refused("This piece does not exist.".into()))
}
