//! The shop's orders: taken from a table that its backend exports, posted by its programs with a key, and read in confirmations whose
//! senders the owner names.

use super::layout::{Shell, page, page_with_status, see_saying};
use super::order_keys::{self, KeyView, Typed};
use super::order_table::{self, Import};
use super::present::Clock;
use super::said::Said;
use super::{Access, Fields, Result, Route, State, Visitor, get, post};
use crate::database::Reader;
use crate::email::EmailAddress;
use crate::{account, order, setting, world};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

/// A shop's backend and its marketplaces: each has one address.
const SENDERS_MAX: usize = 20;

pub fn routes() -> Vec<Route> {
    vec![
        get("/settings/orders", Access::Owner, show),
        post("/settings/orders", Access::Owner, order_table::take).with_files(),
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
    import: Import,
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
                import: Import { currency: order_table::usual_currency(c)?, ..Import::default() },
                senders_complaint: None,
                keys,
                key,
                address,
            })
        })
        .await
}

/// The page with what became of a file.
pub async fn load_import(state: &State, visitor: Visitor, clock: Clock, import: Import) -> Result<impl Template> {
    Ok(Page { import, ..load(state, visitor, clock).await? })
}

/// The page with a key that could not be made.
pub async fn load_with(state: &State, visitor: Visitor, clock: Clock, key: Typed) -> Result<impl Template> {
    Ok(Page { key, ..load(state, visitor, clock).await? })
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
