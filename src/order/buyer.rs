//! What a customer bought, by the addresses that are theirs.

use super::{Order, of_address};
use crate::customer::{Address, CustomerId};
use crate::database::{Reader, Result};
use crate::money::{Amount, Currency};

/// The orders of somebody's addresses, newest first.
pub fn orders(c: &Reader, addresses: &[Address], limit: usize) -> Result<Vec<Order>> {
    let mut orders = Vec::new();
    for address in addresses {
        orders.extend(of_address(c, &address.address, limit)?);
    }
    orders.sort_by_key(|order| std::cmp::Reverse((order.ordered_on, order.id)));
    orders.truncate(limit);
    Ok(orders)
}

/// How many orders they have in each currency, and what these came to.
pub fn sums(c: &Reader, id: CustomerId) -> Result<Vec<(i64, Amount)>> {
    c.all(
        "SELECT count(*), coalesce(sum(total_minor), 0), currency FROM shop_order
         WHERE address IN (SELECT address FROM customer_address WHERE customer_id = ?1) GROUP BY currency ORDER BY currency",
        [id],
        |r| {
            let currency = r.get::<_, Option<String>>(2)?.and_then(|code| Currency::parse(&code));
            Ok((r.get(0)?, Amount::new(r.get(1)?, currency)))
        },
    )
}
