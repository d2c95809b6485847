//! Which pieces come back, and how many: lines of the order. Derived from what the customer said until an agent says it.

use crate::database::{Reader, Result, Row, RowResult, Writer, json, params};
pub use crate::id::OrderLineId;
use crate::id::{OrderId, ReturnId};
use crate::money::{Amount, Currency};
use serde::{Deserialize, Serialize};

/// A piece as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// Nothing: the order has no such line any more.
    pub line: Option<OrderLineId>,
    pub title: String,
    pub quantity: i64,
}

/// A piece with what the order says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub chosen: Chosen,
    pub ordered: i64,
    pub unit: Option<Amount>,
    pub sku: String,
    pub kind: String,
    pub tags: Vec<String>,
}

const OF_LINE: &str = "quantity, unit_minor, sku, kind, tags, currency";

pub fn of(c: &Reader, id: ReturnId) -> Result<Vec<Item>> {
    let sql = format!(
        "SELECT order_line_id, return_item.title, return_item.quantity, {}
         FROM return_item LEFT JOIN order_line ON order_line.id = order_line_id LEFT JOIN shop_order ON shop_order.id = order_id
         WHERE return_id = ?1 ORDER BY return_item.id",
        OF_LINE.replacen("quantity", "order_line.quantity", 1)
    );
    c.all(&sql, [id], from_row)
}

/// The lines of an order, none of which comes back yet.
pub fn of_order(c: &Reader, id: OrderId) -> Result<Vec<Item>> {
    let sql =
        format!("SELECT order_line.id, title, 0, {OF_LINE} FROM order_line JOIN shop_order ON shop_order.id = order_id WHERE order_id = ?1 ORDER BY position");
    c.all(&sql, [id], from_row)
}

/// Of which kind a line is, as the policy calls it; empty: nobody said. It is the order's: other returns of it see it, too.
pub fn set_kind(tx: &Writer, line: OrderLineId, kind: &str) -> Result<()> {
    tx.execute("UPDATE order_line SET kind = ?2 WHERE id = ?1", params![line, kind])?;
    Ok(())
}

/// These and no others come back.
pub fn set(tx: &Writer, id: ReturnId, chosen: &[Chosen]) -> Result<()> {
    tx.execute("DELETE FROM return_item WHERE return_id = ?1", [id])?;
    for Chosen { line, title, quantity } in chosen {
        let sql = "INSERT INTO return_item(return_id, order_line_id, title, quantity) VALUES (?1, (SELECT id FROM order_line WHERE id = ?2), ?3, ?4)";
        tx.execute(sql, params![id, line, title, quantity])?;
    }
    Ok(())
}

/// What the pieces cost as the order has it, never more than the whole order; nothing where a price is not known.
pub fn worth(items: &[Item], total: Option<Amount>) -> Option<Amount> {
    let mut sum: Option<Amount> = None;
    for item in items {
        let unit = item.unit?;
        let price = unit.minor.checked_mul(item.chosen.quantity)?;
        sum = Some(Amount { minor: sum.map_or(0, |sum| sum.minor).checked_add(price)?, ..unit });
    }
    let most = total.filter(|total| sum.is_some_and(|sum| sum.currency == total.currency && sum.minor > total.minor));
    most.or(sum)
}

/// "2 × “Low Tide” giclée", as people read it.
pub fn named(items: &[Item], between: &str) -> String {
    let name = |Chosen { title, quantity, .. }: &Chosen| if *quantity == 1 { title.clone() } else { format!("{quantity} × {title}") };
    items.iter().map(|item| name(&item.chosen)).collect::<Vec<_>>().join(between)
}

fn from_row(r: &Row) -> RowResult<Item> {
    let currency = r.get::<_, Option<String>>(8)?.and_then(|code| Currency::parse(&code));
    Ok(Item {
        chosen: Chosen { line: r.get(0)?, title: r.get(1)?, quantity: r.get(2)? },
        ordered: r.get::<_, Option<i64>>(3)?.unwrap_or(0),
        unit: r.get::<_, Option<i64>>(4)?.map(|minor| Amount::new(minor, currency)),
        sku: r.get::<_, Option<String>>(5)?.unwrap_or_default(),
        kind: r.get::<_, Option<String>>(6)?.unwrap_or_default(),
        tags: if r.get::<_, Option<String>>(7)?.is_some() { json(r, 7)? } else { Vec::new() },
    })
}
