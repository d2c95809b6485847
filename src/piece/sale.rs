//! What was sold of a piece: each sale is a fact of its own, so that it can be taken back. What is left is never below nothing.

use super::{Piece, PieceId, find, find_by_sku, of_title};
use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, params};
use crate::id::{AgentId, OrderId, SaleId};
use crate::order;
use jiff::Timestamp;
use jiff::tz::TimeZone;

crate::return_request::code::codes! {
    /// How we know.
    Source {
        Agent = "agent",
        Order = "order",
        Csv = "csv",
        Api = "api",
    }
}

#[derive(Clone, Debug)]
pub struct Sale {
    pub id: SaleId,
    pub quantity: i64,
    pub source: Source,
    /// The number of the order that told of it.
    pub order: Option<String>,
    pub at: Millis,
    pub by: Option<AgentId>,
    pub undone_at: Option<Millis>,
}

/// So many fewer are left; the last one takes it off the shelf. Returns the sale, or nothing where none was left.
pub fn sell(tx: &Writer, piece: &Piece, quantity: i64, source: Source, order: Option<OrderId>, by: Option<AgentId>, now: Millis) -> Result<Option<SaleId>> {
    let quantity = quantity.clamp(0, piece.said.quantity);
    if quantity == 0 || piece.removed_at.is_some() {
        return Ok(None);
    }
    let id = tx.insert(
        "INSERT INTO piece_sale(piece_id, order_id, quantity, source, at, by_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![piece.id, order, quantity, source.code(), now, by],
    )?;
    set_left(tx, piece.id, piece.said.quantity - quantity, by, now)?;
    Ok(Some(SaleId(id)))
}

/// The shop says how many are left: none takes it off the shelf, some bring it back.
pub fn set_left(tx: &Writer, id: PieceId, left: i64, by: Option<AgentId>, now: Millis) -> Result<()> {
    tx.execute(
        "UPDATE piece SET quantity = max(?2, 0), sold_at = CASE WHEN ?2 <= 0 THEN coalesce(sold_at, ?3) END, sold_by = CASE WHEN ?2 <= 0 THEN coalesce(sold_by, ?4) END
         WHERE id = ?1",
        params![id, left, now, by],
    )?;
    Ok(())
}

/// It was not sold after all: what it took is there again.
pub fn undo(tx: &Writer, piece: PieceId, id: SaleId, by: AgentId, now: Millis) -> Result<bool> {
    let sql = "UPDATE piece_sale SET undone_at = ?3, undone_by = ?4 WHERE id = ?1 AND piece_id = ?2 AND undone_at IS NULL";
    if tx.execute(sql, params![id, piece, now, by])? == 0 {
        return Ok(false);
    }
    let quantity: i64 = tx.one("SELECT quantity FROM piece_sale WHERE id = ?1", [id], |r| r.get(0))?;
    let left = find(tx, piece)?.map_or(0, |piece| piece.said.quantity);
    set_left(tx, piece, left + quantity, Some(by), now)?;
    Ok(true)
}

/// What an order bought of our pieces, by SKU or by exactly the title. An order counts once: told again with more of it, only the
/// difference; what an agent took back stays so. Orders from before a piece was entered are not about it. Returns what was sold now.
pub fn learn(tx: &Writer, order: OrderId, now: Millis) -> Result<Vec<PieceId>> {
    let Some(known) = order::find(tx, order)? else { return Ok(Vec::new()) };
    let mut sold = Vec::new();
    for line in &known.lines {
        let Some(piece) = of_line(tx, line)?.filter(|piece| is_after(&known, piece)) else { continue };
        let counted = tx.optional("SELECT id, quantity, undone_at FROM piece_sale WHERE piece_id = ?1 AND order_id = ?2", params![piece.id, order], |r| {
            Ok((r.get::<_, SaleId>(0)?, r.get::<_, i64>(1)?, r.get::<_, Option<Millis>>(2)?))
        })?;
        match counted {
            None => {
                if sell(tx, &piece, line.quantity, Source::Order, Some(order), None, now)?.is_some() {
                    sold.push(piece.id);
                }
            }
            Some((id, quantity, None)) if line.quantity > quantity => {
                let more = (line.quantity - quantity).min(piece.said.quantity);
                tx.execute("UPDATE piece_sale SET quantity = quantity + ?2 WHERE id = ?1", params![id, more])?;
                set_left(tx, piece.id, piece.said.quantity - more, None, now)?;
                sold.push(piece.id);
            }
            Some(_) => {}
        }
    }
    Ok(sold)
}

/// The piece that a line is about. Of several with its title the one that is left; a line with another SKU is about another piece.
fn of_line(c: &Reader, line: &order::Line) -> Result<Option<Piece>> {
    if let Some(piece) = find_by_sku(c, &line.sku)? {
        return Ok(Some(piece));
    }
    let same = |piece: &Piece| piece.said.sku.is_empty() || line.sku.is_empty() || piece.said.sku == line.sku;
    let alike: Vec<Piece> = of_title(c, &line.title)?.into_iter().filter(same).collect();
    Ok(alike.iter().find(|piece| piece.sold_at.is_none()).or(alike.first()).cloned())
}

/// An order of the piece's first day counts: better not offered than sold twice.
fn is_after(order: &order::Order, piece: &Piece) -> bool {
    let entered = Timestamp::from_millisecond(piece.created_at).ok().map(|at| at.to_zoned(TimeZone::UTC).date());
    order.ordered_on.zip(entered).is_none_or(|(ordered, entered)| ordered >= entered)
}

/// Sales of a piece, newest first.
pub fn of_piece(c: &Reader, id: PieceId) -> Result<Vec<Sale>> {
    c.all(
        "SELECT piece_sale.id, quantity, piece_sale.source, shop_order.number, at, by_id, undone_at FROM piece_sale
         LEFT JOIN shop_order ON shop_order.id = order_id WHERE piece_id = ?1 ORDER BY piece_sale.id DESC",
        [id],
        from_row,
    )
}

fn from_row(r: &Row) -> RowResult<Sale> {
    Ok(Sale {
        id: r.get(0)?,
        quantity: r.get(1)?,
        source: Source::from_code(r.get_ref(2)?.as_str()?).unwrap_or(Source::Order),
        order: r.get(3)?,
        at: r.get(4)?,
        by: r.get(5)?,
        undone_at: r.get(6)?,
    })
}
