//! Orders from a table that a shop's backend exports: the columns of WooCommerce, Shopify and Etsy are recognised by their names, and
//! so is any other table that names its columns alike. One line of the table is one line of an order.

use super::{Line, News, key};
use crate::money::{Amount, Currency};
use jiff::civil::Date;

/// What a column may be called, by what it holds; lower case, the first that is there counts.
const COLUMNS: &[(&str, &[&str])] = &[
    ("number", &["order number", "order id", "order no", "order #", "order", "number", "name"]),
    ("address", &["email", "email (billing)", "billing email", "customer email", "e-mail"]),
    ("customer", &["billing name", "shipping name", "ship name", "customer name", "full name", "buyer"]),
    ("ordered", &["created at", "order date", "sale date", "date", "paid at"]),
    ("shipped", &["fulfilled at", "date shipped", "shipped at", "shipping date"]),
    ("delivered", &["delivered at", "delivery date", "date delivered"]),
    ("total", &["total", "order total amount", "order total", "order value"]),
    ("currency", &["currency", "order currency"]),
    ("country", &["shipping country", "country code (shipping)", "ship country", "billing country", "country"]),
    ("tracking", &["tracking number", "tracking"]),
    ("title", &["lineitem name", "item name", "product name", "title", "item"]),
    ("sku", &["lineitem sku", "sku"]),
    ("quantity", &["lineitem quantity", "quantity", "quantity (- refund)", "qty"]),
    ("price", &["lineitem price", "item cost", "price", "item price"]),
    ("kind", &["kind", "product type", "type", "category"]),
    ("code", &["discount code", "discount codes", "coupon code", "coupon codes", "coupon"]),
    ("tags", &["lineitem tags", "product tags", "tags"]),
];

/// Orders as a table told them, and lines of it that could not be taken, each with the reason.
#[derive(Debug, Default)]
pub struct Table {
    pub orders: Vec<News>,
    pub left_out: Vec<(u64, &'static str)>,
}

/// Reads a table with commas, semicolons or tabs. The error says what is missing.
pub fn read(text: &str) -> Result<Table, String> {
    let text = text.trim_start_matches('\u{feff}');
    let head = text.lines().next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|d| head.bytes().filter(|b| b == d).count()).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let names: Vec<String> =
        reader.headers().map_err(|_| "The first line cannot be read as names of columns.")?.iter().map(|name| name.trim().to_lowercase()).collect();
    let column = |what: &str| {
        let known = COLUMNS.iter().find(|(name, _)| *name == what).map_or(&[][..], |(_, known)| known);
        known.iter().find_map(|name| names.iter().position(|found| found == name))
    };
    let columns: Vec<(&str, Option<usize>)> = COLUMNS.iter().map(|(what, _)| (*what, column(what))).collect();
    if column("number").is_none() {
        return Err("No column holds order numbers: it is called “Order number”, “Order ID” or, as Shopify has it, “Name”.".into());
    }
    let mut table = Table::default();
    for record in reader.records() {
        let Ok(record) = record else {
            table.left_out.push((0, "it cannot be read"));
            continue;
        };
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |what: &str| columns.iter().find(|(name, _)| *name == what).and_then(|(_, at)| record.get((*at)?)).unwrap_or_default().trim().to_owned();
        take(&mut table, line, &cell);
    }
    Ok(table)
}

fn take(table: &mut Table, line: u64, cell: &dyn Fn(&str) -> String) {
    let number = cell("number");
    if key(&number).is_empty() {
        return table.left_out.push((line, "it has no order number"));
    }
    let at = match table.orders.iter().position(|order| key(&order.number) == key(&number)) {
        Some(at) => at,
        None => {
            table.orders.push(News { number: number.clone(), ..News::default() });
            table.orders.len() - 1
        }
    };
    let order = &mut table.orders[at];
    let currency = Currency::parse(&cell("currency")).or(order.total.and_then(|total| total.currency));
    let sum = |text: String| Amount::from_digits(text.trim_start_matches(['€', '$', '£', ' ']), currency);
    let day = |text: String| day(&text);
    if order.customer_name.is_empty() {
        order.customer_name = cell("customer");
    }
    order.address = order.address.take().or_else(|| Some(cell("address")).filter(|address| address.contains('@')));
    order.ordered_on = order.ordered_on.or_else(|| day(cell("ordered")));
    order.shipped_on = order.shipped_on.or_else(|| day(cell("shipped")));
    order.delivered_on = order.delivered_on.or_else(|| day(cell("delivered")));
    order.total = order.total.or_else(|| sum(cell("total")));
    order.country = order.country.take().or_else(|| Some(cell("country")).filter(|country| country.len() == 2));
    if order.tracking.is_empty() {
        order.tracking = cell("tracking");
    }
    let named = cell("code");
    order.discount_codes.extend(named.split([',', ';', '|', ' ']).filter(|code| !code.is_empty()).map(str::to_owned));
    let title = cell("title");
    if !title.is_empty() {
        let tags = cell("tags").split([',', ';', '|']).map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect();
        let quantity = cell("quantity").parse().unwrap_or(1);
        order.lines.push(Line { title, sku: cell("sku"), kind: cell("kind").to_lowercase(), tags, quantity, unit: sum(cell("price")) });
    }
}

/// `2026-11-12`, with or without a time behind it, or Etsy's `11/12/26`: the month first, as there.
fn day(text: &str) -> Option<Date> {
    if let Some(iso) = text.get(..10).and_then(|iso| iso.parse().ok()) {
        return Some(iso);
    }
    let parts: Vec<i16> = text.split_whitespace().next()?.split('/').map(str::parse).collect::<Result<_, _>>().ok()?;
    let [month, day, year] = parts[..] else { return None };
    Date::new(if year < 100 { 2000 + year } else { year }, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exports_of_three_backends_are_recognised() {
        let shopify = "Name,Email,Fulfilled at,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Shipping Country,Billing Name\n\
            #1001,mara@example.test,2026-11-16 10:00:00 +0100,EUR,83.00,2026-11-12 09:00:00 +0100,1,\"Low Tide, 50x70\",68.00,LT-57,DE,Mara Okafor\n\
            #1001,mara@example.test,,,,,3,Postcards,5.00,PC,,\n";
        let table = read(shopify).unwrap();
        assert_eq!((table.orders.len(), table.left_out.len()), (1, 0));
        let order = &table.orders[0];
        assert_eq!((order.number.as_str(), order.address.as_deref(), order.country.as_deref()), ("#1001", Some("mara@example.test"), Some("DE")));
        assert_eq!((order.ordered_on, order.shipped_on), ("2026-11-12".parse().ok(), "2026-11-16".parse().ok()));
        assert_eq!(order.total, Some(Amount::new(8300, Currency::parse("EUR"))));
        let lines: Vec<_> = order.lines.iter().map(|line| (line.title.as_str(), line.quantity, line.unit.map(|unit| unit.minor))).collect();
        assert_eq!(lines, [("Low Tide, 50x70", 1, Some(6800)), ("Postcards", 3, Some(500))]);

        let woo = "\u{feff}Order Number;Order Date;Email (Billing);Country Code (Shipping);Order Total Amount;Item Name;Quantity;Item Cost;SKU\n10482;2026-11-12;mara@example.test;SE;680,50;Low Tide;1;680,50;LT\n";
        let table = read(woo).unwrap();
        assert_eq!((table.orders[0].number.as_str(), table.orders[0].total.map(|t| t.minor)), ("10482", Some(68_050)));

        let etsy = "Sale Date,Item Name,Buyer,Quantity,Price,Date Shipped,Order ID,Ship Name,Ship Country,Currency\n11/12/26,Low Tide,mara,1,68.00,11/16/26,3141592653,Mara Okafor,Sweden,USD\n,,,,,,,,,\n";
        let table = read(etsy).unwrap();
        assert_eq!((table.orders[0].ordered_on, table.orders[0].shipped_on), ("2026-11-12".parse().ok(), "2026-11-16".parse().ok()));
        assert_eq!(table.left_out, [(3, "it has no order number")]);
        assert!(read("Colour,Size\nred,L\n").unwrap_err().contains("order numbers"));
    }
}
