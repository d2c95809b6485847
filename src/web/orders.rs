//! The shop's orders: taken from a table that its backend exports, posted by its programs with a key, and read in confirmations whose
//! senders the owner names.

use super::layout::{Shell, page, page_with_status, see_saying};
use super::order_keys::{self, KeyView, Typed};
use super::present::{Clock, counted};
use super::said::Said;
use super::{Access, Error, Fields, Result, Route, State, Visitor, get, post};
use crate::database::Reader;
use crate::desk::returns;
use crate::email::EmailAddress;
use crate::order::{self, table};
use crate::{account, setting, world};
use askama::Template;
use axum::extract::Multipart;
use axum::http::StatusCode;
use axum::response::Response;

/// Lines named one by one; of more, the number says enough.
const LEFT_OUT_SHOWN: usize = 20;
/// A shop's backend and its marketplaces: each has one address.
const SENDERS_MAX: usize = 20;

pub fn routes() -> Vec<Route> {
    vec![
        get("/settings/orders", Access::Owner, show),
        post("/settings/orders", Access::Owner, take).with_files(),
        post("/settings/orders/senders", Access::Owner, name_senders),
    ]
}

#[derive(Template)]
#[template(path = "settings/orders.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    known: i64,
    /// Who sends confirmations, an address a line, as it was typed.
    senders: String,
    /// No mailbox says which server's word on senders counts, so no confirmation is believed.
    nobody_vouches: bool,
    /// How many orders a table told.
    taken: Option<String>,
    left_out: Vec<(u64, &'static str)>,
    left_out_more: usize,
    complaint: Option<String>,
    keys: Vec<KeyView>,
    key: Typed,
    /// Where programs post orders.
    address: String,
    senders_complaint: Option<String>,
}

async fn show(state: State, visitor: Visitor, clock: Clock) -> Result<Response> {
    page(&load(&state, visitor, clock).await?)
}

async fn load(state: &State, visitor: Visitor, clock: Clock) -> Result<Page> {
    let own = state.clone();
    state
        .read(move |c: &Reader| {
            let shell = Shell::read(c, &own, &visitor, "settings")?;
            let senders = setting::get::<Vec<String>>(c, setting::ORDER_SENDERS)?.unwrap_or_default().join("\n");
            let nobody_vouches = account::all(c)?.iter().all(|account| account.authserv_id.is_none());
            let (keys, key, address) = (order_keys::keys(c, &clock)?, Typed::default(), format!("{}/api/orders", own.public_url));
            Ok(Page {
                shell,
                tab: "orders",
                known: order::count(c)?,
                senders,
                nobody_vouches,
                taken: None,
                left_out: Vec::new(),
                left_out_more: 0,
                complaint: None,
                senders_complaint: None,
                keys,
                key,
                address,
            })
        })
        .await
}

/// The page with a key that could not be made.
pub async fn load_with(state: &State, visitor: Visitor, clock: Clock, key: Typed) -> Result<impl Template> {
    Ok(Page { key, ..load(state, visitor, clock).await? })
}

async fn take(state: State, visitor: Visitor, clock: Clock, multipart: Multipart) -> Result<Response> {
    let text = file(multipart).await?;
    let read = if text.trim().is_empty() { Err("Choose the file that your backend exported.".to_owned()) } else { table::read(&text) };
    let table = match read {
        Ok(table) => table,
        Err(complaint) => {
            let page = load(&state, visitor, clock).await?;
            return page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { complaint: Some(complaint), ..page });
        }
    };
    let (taken, mut left_out) = (table.orders.len(), table.left_out);
    state
        .write(move |tx| {
            let now = world::now();
            let known = table.orders.iter().map(|news| order::learn(tx, news, order::Source::Csv, now)).collect::<Result<Vec<_>, _>>()?;
            Ok(returns::orders_arrived(tx, &known, now)?)
        })
        .await?;
    let more = left_out.len().saturating_sub(LEFT_OUT_SHOWN);
    left_out.truncate(LEFT_OUT_SHOWN);
    let answer = load(&state, visitor, clock).await?;
    page(&Page { taken: Some(counted(taken as i64, "order was", "orders were")), left_out, left_out_more: more, ..answer })
}

async fn name_senders(state: State, visitor: Visitor, clock: Clock, fields: Fields) -> Result<Response> {
    let typed = fields.text("senders");
    let lines: Vec<&str> = typed.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let odd = lines.iter().find(|line| EmailAddress::parse(line).is_none());
    let complaint = match odd {
        Some(odd) => Some(format!("“{odd}” is no mail address. Write one address a line, as in orders@shop.example.")),
        None if lines.len() > SENDERS_MAX => Some(format!("There may be {SENDERS_MAX} addresses.")),
        None => None,
    };
    if complaint.is_some() {
        let page = load(&state, visitor, clock).await?;
        return page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { senders: typed, senders_complaint: complaint, ..page });
    }
    let addresses: Vec<String> = lines.iter().filter_map(|line| EmailAddress::parse(line)).map(|address| address.to_string()).collect();
    let by = Some(visitor.agent().id);
    state.write(move |tx| Ok(setting::set(tx, setting::ORDER_SENDERS, &addresses, by, world::now())?)).await?;
    Ok(see_saying(&state, "/settings/orders", &Said::words("Saved.")))
}

/// The first file of the form, whatever its charset says: what is no UTF-8 is read as the Windows table that it is.
async fn file(mut multipart: Multipart) -> Result<String> {
    while let Some(field) = multipart.next_field().await.map_err(|_| Error::Unreadable)? {
        if field.file_name().is_some() {
            let bytes = field.bytes().await.map_err(|_| Error::Unreadable)?;
            return Ok(String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect()));
        }
    }
    Ok(String::new())
}
