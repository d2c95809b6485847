//! Orders as they are kept: found, learned without being doubled, and added to.

use super::{Line, News, Order, OrderId, Source, json, key, outside};
use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, params};
use crate::follow_up::discount;
use crate::money::{Amount, Currency};
use crate::secret::digest;
use jiff::civil::Date;

const COLUMNS: &str = "id, number, customer_name, address, ordered_on, shipped_on, delivered_on, total_minor, currency, country, tracking, source";

pub fn find(c: &Reader, id: OrderId) -> Result<Option<Order>> {
    let found = c.optional(&format!("SELECT {COLUMNS} FROM shop_order WHERE id = ?1"), [id], from_row)?;
    found.map(|row| whole(c, row)).transpose()
}

pub fn find_by_number(c: &Reader, number: &str) -> Result<Option<Order>> {
    let found = c.optional(&format!("SELECT {COLUMNS} FROM shop_order WHERE number_key = ?1"), [key(number)], from_row)?;
    found.map(|row| whole(c, row)).transpose()
}

/// Orders of a buyer, newest first.
pub fn of_address(c: &Reader, address_key: &str, limit: usize) -> Result<Vec<Order>> {
    let sql = format!("SELECT {COLUMNS} FROM shop_order WHERE address = ?1 ORDER BY ordered_on DESC, id DESC LIMIT ?2");
    let orders = c.all(&sql, params![address_key, limit as i64], from_row)?;
    orders.into_iter().map(|row| whole(c, row)).collect()
}

/// Numbers that the shop has used, newest first: their shape tells what an order number looks like.
pub fn recent_numbers(c: &Reader, limit: usize) -> Result<Vec<String>> {
    c.all("SELECT number FROM shop_order ORDER BY id DESC LIMIT ?1", [limit as i64], |r| r.get(0))
}

/// How many orders are known.
pub fn count(c: &Reader) -> Result<i64> {
    c.one("SELECT count(*) FROM shop_order", [], |r| r.get(0))
}

/// How many were ordered on that day or later.
pub fn count_since(c: &Reader, day: Date) -> Result<i64> {
    c.one("SELECT count(*) FROM shop_order WHERE ordered_on >= ?1", [day.to_string()], |r| r.get(0))
}

/// Orders that say which currency the shop sells in.
const CURRENCY_FROM: usize = 200;

/// The currency of most of the newest orders.
pub fn usual_currency(c: &Reader) -> Result<Option<Currency>> {
    let sql = "SELECT currency FROM (SELECT currency FROM shop_order WHERE currency IS NOT NULL ORDER BY id DESC LIMIT ?1)
        GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1";
    let code: Option<String> = c.optional(sql, [CURRENCY_FROM as i64], |r| r.get(0))?;
    Ok(code.and_then(|code| Currency::parse(&code)))
}

/// Of the order of somebody who was erased: what the shop says of it later does not bring them back (PROMISES P69).
pub fn tombstone(number: &str) -> [u8; 32] {
    digest(format!("order:{}", key(number)).as_bytes())
}

/// What was bought, of an order whose buyer was erased.
fn without_buyer(tx: &Writer, news: &News) -> Result<Option<News>> {
    let erased: bool = tx.one("SELECT EXISTS (SELECT 1 FROM erased_mail WHERE tombstone = ?1)", [tombstone(&news.number)], |r| r.get(0))?;
    Ok(erased.then(|| News { customer_name: String::new(), address: None, country: None, tracking: String::new(), ..news.clone() }))
}

/// Remembers what was said of an order; a number that is known is corrected, never doubled.
pub fn learn(tx: &Writer, news: &News, source: Source, now: Millis) -> Result<OrderId> {
    let without = without_buyer(tx, news)?;
    let news = without.as_ref().unwrap_or(news);
    tx.execute(
        "INSERT INTO shop_order(number, number_key, customer_name, address, ordered_on, shipped_on, delivered_on, total_minor, currency, country, tracking, source,
           created_at, changed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13)
         ON CONFLICT(number_key) DO UPDATE SET
           customer_name = CASE excluded.customer_name WHEN '' THEN customer_name ELSE excluded.customer_name END,
           address = coalesce(excluded.address, address), ordered_on = coalesce(excluded.ordered_on, ordered_on),
           shipped_on = coalesce(excluded.shipped_on, shipped_on), delivered_on = coalesce(excluded.delivered_on, delivered_on),
           total_minor = coalesce(excluded.total_minor, total_minor), currency = coalesce(excluded.currency, currency),
           country = coalesce(excluded.country, country),
           tracking = CASE excluded.tracking WHEN '' THEN tracking ELSE excluded.tracking END, changed_at = excluded.changed_at",
        params![
            news.number.trim(),
            key(&news.number),
            news.customer_name.trim(),
            news.address.as_deref().map(str::to_lowercase),
            news.ordered_on.map(|d| d.to_string()),
            news.shipped_on.map(|d| d.to_string()),
            news.delivered_on.map(|d| d.to_string()),
            news.total.map(|total| total.minor),
            news.currency().map(|currency| currency.as_str().to_owned()),
            news.country.as_deref().map(str::to_uppercase),
            news.tracking.trim(),
            source.code(),
            now
        ],
    )?;
    let id: OrderId = tx.one("SELECT id FROM shop_order WHERE number_key = ?1", [key(&news.number)], |r| r.get(0))?;
    if !news.lines.is_empty() {
        replace_lines(tx, id, &news.lines)?;
    }
    outside::learn(tx, id, &news.references)?;
    for code in &news.discount_codes {
        discount::used_by_order(tx, code, id, now)?;
    }
    Ok(id)
}

/// What a mail adds to what is known: it fills what is empty and changes nothing, because the shop's own table knows better.
pub fn add(tx: &Writer, news: News, source: Source, now: Millis) -> Result<OrderId> {
    let Some(Order { said: known, .. }) = find_by_number(tx, &news.number)? else { return learn(tx, &news, source, now) };
    let unnamed = known.customer_name.is_empty();
    let added = News {
        customer_name: if unnamed { news.customer_name } else { String::new() },
        address: news.address.filter(|_| known.address.is_none()),
        ordered_on: news.ordered_on.filter(|_| known.ordered_on.is_none()),
        shipped_on: news.shipped_on.filter(|_| known.shipped_on.is_none()),
        delivered_on: news.delivered_on.filter(|_| known.delivered_on.is_none()),
        total: news.total.filter(|_| known.total.is_none()),
        country: news.country.filter(|_| known.country.is_none()),
        tracking: if known.tracking.is_empty() { news.tracking } else { String::new() },
        lines: if known.lines.is_empty() { news.lines } else { Vec::new() },
        references: news.references,
        discount_codes: news.discount_codes,
        number: known.number,
    };
    learn(tx, &added, source, now)
}

/// A line that is there already keeps its row, wherever it stands now: returns point to it. Of its kind and tags what is not said stays.
fn replace_lines(tx: &Writer, id: OrderId, lines: &[Line]) -> Result<()> {
    let mut there = rows_of(tx, id)?;
    for (position, line) in lines.iter().enumerate() {
        let same = |(_, title, sku): &(i64, String, String)| if line.sku.trim().is_empty() { title == line.title.trim() } else { sku == line.sku.trim() };
        let row = there.iter().position(same).map(|at| there.remove(at).0);
        tx.execute(
            "INSERT INTO order_line(id, order_id, position, title, sku, kind, tags, quantity, unit_minor) VALUES (?9, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT(id) DO UPDATE SET position = excluded.position, title = excluded.title, quantity = excluded.quantity,
               kind = CASE excluded.kind WHEN '' THEN kind ELSE excluded.kind END, tags = CASE excluded.tags WHEN '[]' THEN tags ELSE excluded.tags END,
               unit_minor = coalesce(excluded.unit_minor, unit_minor)",
            params![
                id,
                position as i64,
                line.title.trim(),
                line.sku.trim(),
                line.kind.trim(),
                serde_json::to_string(&line.tags)?,
                line.quantity.clamp(1, json::QUANTITY_MAX),
                line.unit.map(|u| u.minor),
                row
            ],
        )?;
    }
    for (gone, ..) in there {
        tx.execute("DELETE FROM order_line WHERE id = ?1", [gone])?;
    }
    Ok(())
}

/// Row, title and sku of each line.
fn rows_of(c: &Reader, id: OrderId) -> Result<Vec<(i64, String, String)>> {
    c.all("SELECT id, title, sku FROM order_line WHERE order_id = ?1 ORDER BY position", [id], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
}

/// An order's row with its lines, whose sums are in its currency.
fn whole(c: &Reader, (mut order, currency): (Order, Option<Currency>)) -> Result<Order> {
    order.said.lines = c.all("SELECT title, sku, kind, tags, quantity, unit_minor FROM order_line WHERE order_id = ?1 ORDER BY position", [order.id], |r| {
        Ok(Line {
            title: r.get(0)?,
            sku: r.get(1)?,
            kind: r.get(2)?,
            tags: crate::database::json(r, 3)?,
            quantity: r.get(4)?,
            unit: r.get::<_, Option<i64>>(5)?.map(|minor| Amount::new(minor, currency)),
        })
    })?;
    Ok(order)
}

fn from_row(r: &Row) -> RowResult<(Order, Option<Currency>)> {
    let day = |column: usize| r.get::<_, Option<String>>(column).map(|day| day.and_then(|day| day.parse().ok()));
    let currency = r.get::<_, Option<String>>(8)?.and_then(|code| Currency::parse(&code));
    let said = News {
        number: r.get(1)?,
        customer_name: r.get(2)?,
        address: r.get(3)?,
        ordered_on: day(4)?,
        shipped_on: day(5)?,
        delivered_on: day(6)?,
        total: r.get::<_, Option<i64>>(7)?.map(|minor| Amount::new(minor, currency)),
        country: r.get(9)?,
        tracking: r.get(10)?,
        lines: Vec::new(),
        references: Vec::new(),
        discount_codes: Vec::new(),
    };
    let source = Source::from_code(r.get_ref(11)?.as_str()?).unwrap_or(Source::Agent);
    Ok((Order { id: r.get(0)?, source, said }, currency))
}
