//! A file of orders: taken at once where its sums say what they are in. Where they do not, a preview says how they would be read, and the
//! owner the currency.

use super::layout::{page, page_with_status};
use super::orders::load_import;
use super::present::{Clock, counted};
use super::{Error, Fields, Result, State, Visitor};
use crate::database::Reader;
use crate::desk::returns;
use crate::money::{Amount, Currency};
use crate::order::table::{self, Table};
use crate::order::{self, News};
use crate::{setting, world};
use axum::extract::Multipart;
use axum::http::StatusCode;
use axum::response::Response;

/// Lines named one by one; of more, the number says enough.
const LEFT_OUT_SHOWN: usize = 20;
/// Orders of a preview: enough to see whether the sums are right.
const PREVIEWED: usize = 5;

/// What the page says of a file.
#[derive(Default)]
pub struct Import {
    /// How many orders were taken.
    pub taken: Option<String>,
    pub left_out: Vec<(u64, &'static str)>,
    pub left_out_more: usize,
    pub complaint: Option<String>,
    /// As it was typed, or as the shop's other orders have it.
    pub currency: String,
    pub currency_wrong: bool,
    pub preview: Option<Preview>,
}

/// A file that waits for its currency.
pub struct Preview {
    /// All of it, to be sent again.
    pub table: String,
    /// "of 3 of 12 orders in this file"
    pub words: String,
    /// "Import 12 orders"
    pub button: String,
    pub orders: Vec<Previewed>,
}

pub struct Previewed {
    pub number: String,
    pub total: String,
    pub pieces: String,
}

/// What most orders that are known are in; of a new shop, what its limit is in.
pub fn usual_currency(c: &Reader) -> Result<String> {
    let of_limit = setting::get::<Amount>(c, setting::OWNER_AGREES_ABOVE)?.and_then(|limit| limit.currency);
    Ok(order::usual_currency(c)?.or(of_limit).map(|currency| currency.as_str().to_owned()).unwrap_or_default())
}

pub async fn take(state: State, visitor: Visitor, clock: Clock, fields: Fields, multipart: Multipart) -> Result<Response> {
    let again = fields.text("table");
    let text = if again.is_empty() { file(multipart).await?.1 } else { again };
    let import = Import { currency: fields.get("currency").to_owned(), ..Import::default() };
    let import = match judged(&text, import, fields.has("sure")) {
        (import, Some(table)) => learned(&state, table, import).await?,
        (import, None) => import,
    };
    let is_wrong = import.complaint.is_some() || import.currency_wrong;
    let shown = load_import(&state, visitor, clock, import).await?;
    if is_wrong { page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &shown) } else { page(&shown) }
}

/// What the page says, and the table, if it can be taken.
fn judged(text: &str, import: Import, sure: bool) -> (Import, Option<Table>) {
    if text.trim().is_empty() {
        return (Import { complaint: Some("Choose the file that your backend exported.".into()), ..import }, None);
    }
    let currency = Currency::parse(&import.currency);
    let (bare, table) = match (table::read(text, None), table::read(text, currency)) {
        (Ok(bare), Ok(table)) => (bare, table),
        (Err(words), _) | (_, Err(words)) => return (Import { complaint: Some(words), ..import }, None),
    };
    let lacking = bare.lack_currency();
    if lacking == 0 || sure && currency.is_some() {
        return (import, Some(table));
    }
    let count = table.orders.len();
    let orders = counted(count as i64, "order", "orders");
    let preview = Preview {
        table: text.to_owned(),
        words: if lacking == count { "in this file".into() } else { format!("of {lacking} of {orders} in this file") },
        button: format!("Import {orders}"),
        orders: table.orders.iter().filter(|order| order.total.is_some() || !order.lines.is_empty()).take(PREVIEWED).map(previewed).collect(),
    };
    let currency_wrong = currency.is_none() && (sure || !import.currency.is_empty());
    (Import { currency_wrong, preview: Some(preview), ..import }, None)
}

fn previewed(order: &News) -> Previewed {
    let sum = |amount: Option<Amount>| amount.map(|amount| amount.to_string()).unwrap_or_default();
    let pieces: Vec<String> = order.lines.iter().take(PREVIEWED).map(|line| format!("{} × {} {}", line.quantity, line.title, sum(line.unit))).collect();
    Previewed { number: order.number.clone(), total: sum(order.total), pieces: pieces.join(", ") }
}

async fn learned(state: &State, table: Table, import: Import) -> Result<Import> {
    let Table { orders, mut left_out } = table;
    let taken = counted(orders.len() as i64, "order was", "orders were");
    state
        .write(move |tx| {
            let now = world::now();
            let known = orders.iter().map(|news| order::learn(tx, news, order::Source::Csv, now)).collect::<Result<Vec<_>, _>>()?;
            Ok::<_, Error>(returns::orders_arrived(tx, &known, now)?)
        })
        .await?;
    let left_out_more = left_out.len().saturating_sub(LEFT_OUT_SHOWN);
    left_out.truncate(LEFT_OUT_SHOWN);
    Ok(Import { taken: Some(taken), left_out, left_out_more, ..import })
}

/// The first file of the form with its name, whatever its charset says: what is no UTF-8 is read as the Windows table that it is.
pub async fn file(mut multipart: Multipart) -> Result<(String, String)> {
    while let Some(field) = multipart.next_field().await.map_err(|_| Error::Unreadable)? {
        if let Some(name) = field.file_name().map(str::to_owned) {
            let bytes = field.bytes().await.map_err(|_| Error::Unreadable)?;
            return Ok((name, String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect())));
        }
    }
    Ok((String::new(), String::new()))
}
