//! Orders from a table that a shop's backend exports: the columns of WooCommerce, Shopify and Etsy are recognised by their names, and
//! so is any other table that names its columns alike. One line of the table is one line of an order.

use super::{Line, News, key};
use crate::money::{Amount, Currency};
use jiff::civil::Date;

/// What a column may be called, by what it holds; lower case and with blanks, the first that is there counts.
const COLUMNS: &[(&str, &[&str])] = &[
    ("number", &["order number", "order id", "order no", "order #", "order", "number", "name"]),
    ("address", &["email", "email (billing)", "billing email", "customer email", "e-mail"]),
    ("customer", &["billing name", "shipping name", "ship name", "customer name", "full name", "customer", "buyer"]),
    ("first name", &["first name (billing)", "billing first name", "first name (shipping)", "first name"]),
    ("last name", &["last name (billing)", "billing last name", "last name (shipping)", "last name"]),
    ("ordered", &["created at", "order date", "sale date", "date", "paid at"]),
    ("shipped", &["fulfilled at", "date shipped", "shipped at", "shipping date"]),
    ("delivered", &["delivered at", "delivery date", "date delivered"]),
    ("total", &["total", "order total amount", "order total", "order value"]),
    ("currency", &["currency", "order currency"]),
    ("country", &["shipping country", "country code (shipping)", "ship country", "billing country", "country code (billing)", "country"]),
    ("tracking", &["tracking number", "tracking"]),
    ("title", &["lineitem name", "item name", "product name", "title", "item"]),
    ("sku", &["lineitem sku", "item sku", "sku"]),
    ("quantity", &["lineitem quantity", "item quantity", "quantity", "quantity (- refund)", "qty"]),
    ("price", &["lineitem price", "item cost", "item price", "price"]),
    ("kind", &["kind", "product type", "type", "category"]),
    ("code", &["discount code", "discount codes", "coupon code", "coupon codes", "coupon"]),
    ("tags", &["lineitem tags", "product tags", "tags"]),
];
/// Where this column is, the tags are the order's (Shopify): they say nothing of what was bought.
const TAGS_OF_ORDERS: &str = "lineitem name";

/// Countries whose names stand in full (Etsy), with their codes: those that small shops send to.
#[rustfmt::skip]
const COUNTRIES: &[(&str, &str)] = &[
    ("australia", "AU"), ("austria", "AT"), ("belgium", "BE"), ("brazil", "BR"), ("bulgaria", "BG"), ("canada", "CA"), ("croatia", "HR"), ("cyprus", "CY"),
    ("czech republic", "CZ"), ("czechia", "CZ"), ("denmark", "DK"), ("estonia", "EE"), ("finland", "FI"), ("france", "FR"), ("germany", "DE"),
    ("greece", "GR"), ("hong kong", "HK"), ("hungary", "HU"), ("iceland", "IS"), ("india", "IN"), ("ireland", "IE"), ("israel", "IL"), ("italy", "IT"),
    ("japan", "JP"), ("latvia", "LV"), ("liechtenstein", "LI"), ("lithuania", "LT"), ("luxembourg", "LU"), ("malta", "MT"), ("mexico", "MX"),
    ("netherlands", "NL"), ("the netherlands", "NL"), ("new zealand", "NZ"), ("norway", "NO"), ("poland", "PL"), ("portugal", "PT"), ("romania", "RO"),
    ("singapore", "SG"), ("slovakia", "SK"), ("slovenia", "SI"), ("south africa", "ZA"), ("south korea", "KR"), ("spain", "ES"), ("sweden", "SE"),
    ("switzerland", "CH"), ("ukraine", "UA"), ("united kingdom", "GB"), ("united states", "US")];

/// Orders as a table told them, and lines of it that could not be taken, each with the reason.
#[derive(Debug, Default)]
pub struct Table {
    pub orders: Vec<News>,
    pub left_out: Vec<(u64, &'static str)>,
}

impl Table {
    /// Orders that say how much and not of what.
    pub fn lack_currency(&self) -> usize {
        self.orders.iter().filter(|order| order.lacks_currency()).count()
    }
}

/// Reads a table with commas, semicolons or tabs; sums that name no currency are in `otherwise`. The error says what is missing.
pub fn read(text: &str, otherwise: Option<Currency>) -> Result<Table, String> {
    let Cells { names, lines } = cells(text)?;
    let column = |what: &str| {
        let known = COLUMNS.iter().find(|(name, _)| *name == what).map_or(&[][..], |(_, known)| known);
        let known = known.iter().filter(|name| **name != "tags" || names.iter().all(|found| found != TAGS_OF_ORDERS));
        known.into_iter().find_map(|name| names.iter().position(|found| found == name))
    };
    let columns: Vec<(&str, Option<usize>)> = COLUMNS.iter().map(|(what, _)| (*what, column(what))).collect();
    if column("number").is_none() {
        return Err("No column holds order numbers: it is called “Order number”, “Order ID” or, as Shopify has it, “Name”.".into());
    }
    let mut table = Table::default();
    for (line, cells) in lines {
        let cell = |what: &str| columns.iter().find(|(name, _)| *name == what).and_then(|(_, at)| cells.get((*at)?)).cloned().unwrap_or_default();
        take(&mut table, line, otherwise, &cell);
    }
    Ok(table)
}

/// A table as it stands: the names of its columns, lower case and with blanks, and each line with its number.
#[derive(Debug, Default)]
pub struct Cells {
    pub names: Vec<String>,
    pub lines: Vec<(u64, Vec<String>)>,
}

/// Takes a table with commas, semicolons or tabs apart.
pub fn cells(text: &str) -> Result<Cells, String> {
    let text = text.trim_start_matches('\u{feff}');
    let head = text.lines().next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|d| head.bytes().filter(|b| b == d).count()).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let names: Vec<String> = reader.headers().map_err(|_| "The first line cannot be read as names of columns.")?.iter().map(column_name).collect();
    // Lines may be of any length, and text is UTF-8 already: nothing is left that could fail.
    let line = |record: csv::StringRecord| (record.position().map_or(0, csv::Position::line), record.iter().map(|cell| cell.trim().to_owned()).collect());
    Ok(Cells { names, lines: reader.records().filter_map(Result::ok).map(line).collect() })
}

/// "order_total" and "Order Total" are one.
fn column_name(name: &str) -> String {
    name.trim().to_lowercase().replace('_', " ")
}

fn take(table: &mut Table, line: u64, otherwise: Option<Currency>, cell: &dyn Fn(&str) -> String) {
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
    let currency = Currency::parse(&cell("currency")).or(order.currency()).or(otherwise);
    let sum = |text: String| Amount::from_digits(text.trim_start_matches(['€', '$', '£', ' ']), currency);
    let day = |text: String| day(&text);
    if order.customer_name.is_empty() {
        let whole = Some(cell("customer")).filter(|name| !name.is_empty());
        order.customer_name = whole.unwrap_or_else(|| format!("{} {}", cell("first name"), cell("last name")).trim().to_owned());
    }
    order.address = order.address.take().or_else(|| Some(cell("address")).filter(|address| address.contains('@')));
    order.ordered_on = order.ordered_on.or_else(|| day(cell("ordered")));
    order.shipped_on = order.shipped_on.or_else(|| day(cell("shipped")));
    order.delivered_on = order.delivered_on.or_else(|| day(cell("delivered")));
    order.total = order.total.or_else(|| sum(cell("total")));
    order.country = order.country.take().or_else(|| country(&cell("country")));
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

fn country(text: &str) -> Option<String> {
    let named = || COUNTRIES.iter().find(|(name, _)| *name == text.to_lowercase()).map(|(_, code)| (*code).to_owned());
    if text.len() == 2 { Some(text.to_uppercase()) } else { named() }
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
mod tests;
