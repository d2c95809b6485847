//! Quarantine: mail that could not be read, with the reason, its raw text, and "Read again".

use super::present::{Clock, When, size, visible};
use super::state::blocking;
use super::{Access, Error, Path, Result, Route, Said, Shell, State, Visitor, get, page, post, see_saying};
use crate::account;
use crate::id::LedgerId;
use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

const ROWS: usize = 200;
/// A raw mail is looked at, not read to its end.
const RAW_BYTES_SHOWN: usize = 1024 * 1024;

pub fn routes() -> Vec<Route> {
    vec![get("/quarantine", Access::Agent, list), get("/quarantine/{id}/raw", Access::Agent, raw), post("/quarantine/{id}/release", Access::Agent, release)]
}

#[derive(Template)]
#[template(path = "quarantine/list.html")]
struct List {
    shell: Shell,
    rows: Vec<Row>,
}

struct Row {
    id: LedgerId,
    mailbox: String,
    uid: u32,
    when: When,
    size: String,
    reason: String,
    has_raw: bool,
}

async fn list(state: State, visitor: Visitor, clock: Clock) -> Result<Response> {
    let shown = state.clone();
    let found = state
        .read(move |c| {
            let accounts = account::all(c)?;
            let entries = account::quarantined(c, ROWS)?.into_iter().filter(|e| visitor.agent().may_see(e.mailbox_id));
            let rows = entries.map(|e| Row {
                id: e.id,
                mailbox: accounts.iter().find(|a| a.id == e.mailbox_id).map_or(String::new(), |a| a.address.to_string()),
                uid: e.uid,
                when: clock.long(e.at),
                size: size(e.bytes.max(0) as usize),
                reason: visible(&e.reason),
                has_raw: e.raw_hash.is_some(),
            });
            Ok(List { rows: rows.collect(), shell: Shell::read(c, &shown, &visitor, "quarantine")? })
        })
        .await?;
    page(&found)
}

async fn raw(state: State, visitor: Visitor, Path(id): Path<LedgerId>) -> Result<Response> {
    let hash = state
        .read(move |c| {
            let entry = account::find_entry(c, id)?.filter(|e| visitor.agent().may_see(e.mailbox_id)).ok_or(Error::NotFound)?;
            entry.raw_hash.ok_or(Error::NotFound)
        })
        .await?;
    let blobs = state.blobs.clone();
    let mut bytes = blocking(move || Ok(blobs.get(hash)?)).await?;
    bytes.truncate(RAW_BYTES_SHOWN);
    let mut response = String::from_utf8_lossy(&bytes).into_owned().into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'"));
    Ok(response)
}

async fn release(state: State, visitor: Visitor, Path(id): Path<LedgerId>) -> Result<Response> {
    let released = state
        .write(move |tx| {
            account::find_entry(tx, id)?.filter(|e| visitor.agent().may_see(e.mailbox_id)).ok_or(Error::NotFound)?;
            Ok(account::release(tx, id)?)
        })
        .await?;
    let words = if released { "It is being read again." } else { "It is not in quarantine any more." };
    Ok(see_saying(&state, "/quarantine", &Said::words(words)))
}
