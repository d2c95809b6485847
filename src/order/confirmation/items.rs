//! What was bought: rows of a table, lines like "Low Tide × 2", or "Item:", "Quantity:", "Price:" below each other.

use super::words::plain;
use super::{split_label, sum, words};
use crate::money::{Amount, Currency};
use crate::order::Line;

/// Of a longer order the rest is left out.
const LINES_MAX: usize = 100;
const TITLE_CHARS_MAX: usize = 160;
/// Nobody orders more of one print; a larger number is a year or a size.
const QUANTITY_MAX: i64 = 500;
/// Lines below a title in which its sum may stand.
const NEXT_LINES: usize = 3;

/// A row before it is known whether its sum is for one piece or for all.
struct Row {
    title: String,
    sku: String,
    quantity: i64,
    sum: Option<Amount>,
    /// The row names the price of one piece beside the sum.
    unit: Option<Amount>,
}

pub fn of(lines: &[&str], currency: Option<Currency>) -> Vec<Line> {
    let told = |(at, line): (usize, &&str)| cells(line, currency).or_else(|| row(line, currency)).or_else(|| row(&with_next(lines, at)?, currency));
    let mut rows: Vec<Row> = lines.iter().enumerate().filter_map(told).take(LINES_MAX).collect();
    if rows.is_empty() {
        rows = labelled(lines, currency);
    }
    let for_all = are_for_all(&rows, subtotal(lines, currency));
    rows.into_iter().map(|row| Line { unit: unit(&row, for_all), title: row.title, sku: row.sku, quantity: row.quantity, ..Line::default() }).collect()
}

/// Cells side by side: a number of the row perhaps, a title, how many, the price of one, the sum.
fn cells(line: &str, currency: Option<Currency>) -> Option<Row> {
    let cells: Vec<&str> = line.split('\t').flat_map(|part| part.split("  ")).map(str::trim).filter(|cell| !cell.is_empty()).collect();
    let [.., before, next, price, all] = cells[..] else { return None };
    let count = |cell: &str| cell.trim_start_matches(['x', '×']).trim().parse::<i64>().ok().filter(|n| (1..=QUANTITY_MAX).contains(n));
    // Title, how many, price, sum; or title, price, how many, sum.
    let (title, quantity, price) = match (count(next), count(price)) {
        (Some(quantity), None) => (before, quantity, price),
        (None, Some(quantity)) => (before, quantity, next),
        _ => return None,
    };
    let (one, sum) = (sum(price, currency)?, sum(all, currency)?);
    let (title, sku) = with_sku(title);
    (one.minor.checked_mul(quantity)? == sum.minor && title.chars().any(char::is_alphabetic)).then_some(Row {
        title,
        sku,
        quantity,
        sum: Some(sum),
        unit: Some(one),
    })
}

/// "Low Tide (#LT-57)  1  €68.00", "Low Tide × 2  €136.00", "2 x Low Tide  €136.00", "Low Tide (#LT-57) X 1 = €68.00".
fn row(line: &str, currency: Option<Currency>) -> Option<Row> {
    let price_at = line.rfind("  ").or_else(|| line.rfind(" = ")).or_else(|| line.rfind('\t')).or_else(|| line.rfind(" – ")).or_else(|| line.rfind(" — "))?;
    let (left, right) = (line[..price_at].trim_end(), line[price_at..].trim_matches([' ', '=', '\t', '–', '—']));
    let sum = sum(right, currency).filter(|_| right.contains(|c: char| c.is_ascii_digit()) && right.chars().count() < 20)?;
    let (title, quantity) = counted(left)?;
    let (title, sku) = with_sku(&title);
    let named = plain(&title);
    let is_item = !named.is_empty() && named.chars().any(char::is_alphabetic) && title.chars().count() <= TITLE_CHARS_MAX;
    let is_sum = ["total", "no_item", "head"].iter().any(|list| words::is(list, &named)) || title.ends_with(':');
    (is_item && !is_sum).then_some(Row { title, sku, quantity, sum: Some(sum), unit: None })
}

/// "Night Ferry × 1" with the sum that stands alone below it; a size or a colour may stand between.
fn with_next(lines: &[&str], at: usize) -> Option<String> {
    counted(lines[at])?;
    let below = lines[at + 1..].iter().map(|line| line.trim()).filter(|line| !line.is_empty()).take(NEXT_LINES);
    let below = below
        .flat_map(|line| line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()))
        .take_while(|cell| counted(cell).is_none_or(|(title, _)| !title.contains(char::is_alphabetic)));
    { below }.find(|cell| is_sum_alone(cell)).map(|sum| format!("{}  {sum}", lines[at]))
}

/// "680,50 kr", "€68,00", "€73,90 EUR".
fn is_sum_alone(cell: &str) -> bool {
    let words = cell.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).count();
    cell.chars().count() < 20 && words <= 1 && sum(cell, None).is_some_and(|sum| sum.currency.is_some())
}

/// A title with how many of it: in a cell of its own, or behind or before a multiplication sign.
fn counted(left: &str) -> Option<(String, i64)> {
    let number = |text: &str| text.trim().trim_start_matches(['x', 'X', '×']).trim().parse::<i64>().ok().filter(|n| (1..=QUANTITY_MAX).contains(n));
    if let Some((title, cell)) = left.rsplit_once("  ").or_else(|| left.rsplit_once('\t'))
        && let Some(quantity) = number(cell)
    {
        return Some((title.trim().to_owned(), quantity));
    }
    for sign in [" × ", " x ", " X "] {
        if let Some((title, count)) = left.rsplit_once(sign)
            && let Some(quantity) = number(count)
        {
            return Some((title.trim().to_owned(), quantity));
        }
        if let Some((count, title)) = left.split_once(sign)
            && let Some(quantity) = number(count)
        {
            return Some((title.trim().to_owned(), quantity));
        }
    }
    None
}

/// "Low Tide (#LT-57)".
fn with_sku(title: &str) -> (String, String) {
    let sku = title.rsplit_once("(#").and_then(|(name, rest)| Some((name.trim(), rest.strip_suffix(')')?)));
    sku.map_or_else(|| (title.to_owned(), String::new()), |(name, sku)| (name.to_owned(), sku.to_owned()))
}

/// Labels below each other: an item, how many, its price.
fn labelled(lines: &[&str], currency: Option<Currency>) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for line in lines {
        let (label, value) = split_label(line);
        let label = plain(label);
        if value.is_empty() {
            continue;
        }
        if words::is("head", &label) && rows.len() < LINES_MAX {
            let title = value.chars().take(TITLE_CHARS_MAX).collect();
            rows.push(Row { title, sku: String::new(), quantity: 1, sum: None, unit: None });
        } else if let Some(row) = rows.last_mut() {
            if words::is("quantity", &label) {
                row.quantity = value.trim().parse().ok().filter(|n| (1..=QUANTITY_MAX).contains(n)).unwrap_or(1);
            } else if words::is("price", &label) {
                row.sum = sum(value, currency);
            }
        }
    }
    rows
}

/// The sum of the items, where it is told.
fn subtotal(lines: &[&str], currency: Option<Currency>) -> Option<i64> {
    let names = ["subtotal", "sub total", "item total", "items total", "zwischensumme", "sous total", "subtotale", "totale parziale", "subtotaal", "delsumma"];
    let told = |line: &&str| {
        let (label, value) = split_label(line);
        names.contains(&plain(label).as_str()).then(|| sum(value, currency)).flatten()
    };
    lines.iter().find_map(told).map(|sum| sum.minor)
}

/// Whether each row's sum is for all its pieces; nothing where that cannot be told.
fn are_for_all(rows: &[Row], subtotal: Option<i64>) -> Option<bool> {
    if rows.iter().all(|row| row.quantity == 1) {
        return Some(true);
    }
    let together = rows.iter().filter_map(|row| row.sum).fold(0_i64, |all, sum| all.saturating_add(sum.minor));
    let times = rows.iter().filter_map(|row| row.sum.map(|sum| sum.minor.saturating_mul(row.quantity))).fold(0, i64::saturating_add);
    match subtotal? {
        sum if sum == together => Some(true),
        sum if sum == times => Some(false),
        _ => None,
    }
}

fn unit(row: &Row, for_all: Option<bool>) -> Option<Amount> {
    let sum = row.sum?;
    if row.unit.is_some() {
        return row.unit;
    }
    match for_all? {
        false => Some(sum),
        true if sum.minor % row.quantity == 0 => Some(Amount { minor: sum.minor / row.quantity, ..sum }),
        true => None,
    }
}
