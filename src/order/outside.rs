//! What an order is called in other systems: its row in the shop's, its payment at the provider.

use super::OrderId;
use crate::database::{Reader, Result, Writer, params};

/// Names of references, as the database holds them: `order_id`, `payment`.
pub fn learn(tx: &Writer, id: OrderId, references: &[(&str, String)]) -> Result<()> {
    for (name, value) in references {
        tx.execute(
            "INSERT INTO order_reference(order_id, name, value) VALUES (?1, ?2, ?3) ON CONFLICT(order_id, name) DO UPDATE SET value = excluded.value",
            params![id, name, value],
        )?;
    }
    Ok(())
}

pub fn of(c: &Reader, id: OrderId) -> Result<Vec<(String, String)>> {
    c.all("SELECT name, value FROM order_reference WHERE order_id = ?1 ORDER BY name", [id], |r| Ok((r.get(0)?, r.get(1)?)))
}
