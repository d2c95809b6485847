//! Pieces from a table: any whose columns are called as ours, and the product exports of Shopify, WooCommerce and Etsy. One line is one
//! piece; a product's variants are pieces of their own, each with its SKU and size.

mod columns;
#[cfg(test)]
mod tests;
mod text;

pub use text::{is_no_text, text_of};

use super::json::News;
use super::size;
use super::typed::Typed;
use super::vocabulary::codes_in;
use crate::email::html;
use crate::lead::Kind;
use columns::Columns;
use csv::StringRecord;

/// A table of a shop's pieces; more is another shop's.
pub const BYTES_MAX: usize = 8 * 1024 * 1024;
pub const ROWS_MAX: usize = 5_000;
/// Of a product's description, what a letter can carry: its first sentences.
const WORDS_CHARS: usize = 300;
/// What WooCommerce calls products, which says nothing of a piece.
const WOO_TYPES: &[&str] = &["simple", "variable", "variation", "grouped", "external", "virtual", "downloadable"];

#[derive(Debug, Default)]
pub struct Table {
    /// Each with the number of its line.
    pub rows: Vec<(u64, News)>,
    pub left_out: Vec<(u64, String)>,
}

/// Reads a table with commas, semicolons or tabs. The error says what is missing.
pub fn read(text: &str) -> Result<Table, String> {
    let head = text.lines().next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|d| head.bytes().filter(|b| b == d).count()).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let names: Vec<String> =
        reader.headers().map_err(|_| "The first line cannot be read as names of columns.")?.iter().map(|name| name.trim().to_lowercase()).collect();
    let columns = Columns::of(&names);
    if !columns.has("title") && !columns.has("sku") {
        return Err("No column holds titles: it is called “Title” or “Name”. The first line of the table has to be the names of its columns.".into());
    }
    let mut table = Table::default();
    let mut product = StringRecord::new();
    for record in reader.records() {
        let Ok(record) = record else {
            table.left_out.push((0, "it cannot be read".into()));
            continue;
        };
        let line = record.position().map_or(0, csv::Position::line);
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if table.rows.len() == ROWS_MAX {
            table.left_out.push((line, format!("a table may have {ROWS_MAX} pieces; split it, please")));
            break;
        }
        take(&mut table, &columns, &record, &mut product, line);
    }
    Ok(table)
}

fn take(table: &mut Table, columns: &Columns, record: &StringRecord, product: &mut StringRecord, line: u64) {
    let cell = |what: &str| columns.cell(record, what);
    // Shopify names a product once; the lines below it are its variants, or only more pictures of it.
    let group = cell("group");
    if !cell("title").is_empty() || group.is_empty() || columns.cell(product, "group") != group {
        *product = record.clone();
    } else if cell("sku").is_empty() && cell("price").is_empty() {
        return;
    }
    if matches!(cell("type").to_lowercase().as_str(), "variable" | "grouped") {
        return;
    }
    match cell("status").to_lowercase().as_str() {
        "draft" => return table.left_out.push((line, "it is a draft in your shop".into())),
        "archived" => return table.left_out.push((line, "it is archived in your shop".into())),
        _ => {}
    }
    if cell("sku").is_empty() && columns.cell(product, "title").is_empty() {
        return table.left_out.push((line, "it has neither title nor SKU".into()));
    }
    let typed = typed(columns, record, product);
    let sold = matches!(cell("sold").to_lowercase().as_str(), "yes" | "true" | "1" | "x" | "sold" | "ja" | "oui" | "sí" | "si")
        || cell("status").eq_ignore_ascii_case("sold")
        || (cell("quantity").is_empty() && cell("in stock") == "0");
    table.rows.push((line, News { path: format!("line {line}"), typed, sold, picture: None }));
}

fn typed(columns: &Columns, record: &StringRecord, product: &StringRecord) -> Typed {
    let cell = |what: &str| columns.cell(record, what);
    // What a variant does not say itself it has of its product.
    let of_either = |what: &str| if cell(what).is_empty() { columns.cell(product, what) } else { cell(what) };
    let variants: Vec<&str> = ["option 1", "option 2", "option 3"]
        .into_iter()
        .map(cell)
        .filter(|value| !value.is_empty() && *value != "Default Title" && !value.contains('|'))
        .collect();
    let option = |names: &[&str]| {
        let numbers = ["1", "2", "3"].into_iter();
        let named = numbers.filter(|n| names.contains(&of_either(&format!("option {n} name")).to_lowercase().as_str()));
        named.map(|n| cell(&format!("option {n}"))).find(|value| !value.is_empty()).unwrap_or_default().to_owned()
    };
    let is_variant = columns.has("group") && !variants.is_empty();
    let title = of_either("title");
    Typed {
        sku: cell("sku").to_owned(),
        title: if is_variant { format!("{title}, {}", variants.join(", ")) } else { title.to_owned() },
        artist: first([of_either("artist").to_owned(), option(&["artist"])]),
        medium: medium(of_either("medium"), &["type", "kind", "tags"].map(of_either)),
        size: first([of_either("size").to_owned(), option(&["size", "dimensions", "format"]), sides(columns, record), measured(&variants)]),
        colours: colours(&[of_either("colours"), &option(&["color", "colour"])], of_either("tags")),
        words: sentences(of_either("words")),
        price: first([cell("sale price").to_owned(), of_either("price").to_owned()]),
        currency: of_either("currency").to_owned(),
        link: of_either("link").to_owned(),
        quantity: cell("quantity").to_owned(),
    }
}

fn first<const N: usize>(found: [String; N]) -> String {
    found.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
}

/// The shop's own word where a column is for it; elsewhere only what we know as one.
fn medium(own: &str, others: &[&str]) -> String {
    if !own.is_empty() {
        return own.to_owned();
    }
    let others = others.iter().filter(|text| !WOO_TYPES.iter().any(|known| text.eq_ignore_ascii_case(known)));
    others.filter_map(|text| codes_in(Kind::Medium, text).pop()).next().unwrap_or_default().to_owned()
}

fn colours(own: &[&str], tags: &str) -> Vec<String> {
    let said = own.join(" ");
    codes_in(Kind::Colour, if said.trim().is_empty() { tags } else { &said }).into_iter().map(str::to_owned).collect()
}

fn sides(columns: &Columns, record: &StringRecord) -> String {
    let pair = [("width", "height"), ("length", "width")];
    let found = pair.into_iter().find(|(a, b)| !columns.cell(record, a).is_empty() && !columns.cell(record, b).is_empty());
    found.map_or(String::new(), |(a, b)| format!("{} x {} {}", columns.cell(record, a), columns.cell(record, b), columns.unit(a)))
}

/// A variant that is nothing but a size.
fn measured(variants: &[&str]) -> String {
    variants.iter().find(|value| matches!(size::parse(value), Some(size::Size::Sides(..)))).map_or(String::new(), |value| (*value).to_owned())
}

fn sentences(text: &str) -> String {
    let plain = if text.contains('<') { html::to_text(text) } else { text.to_owned() };
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if plain.chars().count() <= WORDS_CHARS {
        return plain;
    }
    let short: String = plain.chars().take(WORDS_CHARS).collect();
    match short.rfind(['.', '!', '?']) {
        Some(end) => short[..=end].to_owned(),
        None => format!("{}…", short.rsplit_once(' ').map_or(short.as_str(), |(whole, _)| whole)),
    }
}
