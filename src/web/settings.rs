//! What the owner decides for the whole shop: its name, the undo window, whether the outbox may send.

use super::layout::{Shell, page, page_with_status, see, see_saying};
use super::said::Said;
use super::setup::complaint_about_name;
use super::{Access, Fields, Result, Route, State, Visitor, get, post};
use crate::{setting, world};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

/// A reply that waits longer than this looks lost.
const UNDO_SECONDS_MAX: i64 = 120;

pub fn routes() -> Vec<Route> {
    vec![
        get("/settings", Access::Agent, start),
        get("/settings/shop", Access::Owner, show),
        post("/settings/shop", Access::Owner, save),
        post("/settings/outbox", Access::Owner, start_sending),
    ]
}

#[derive(Template)]
#[template(path = "settings/shop.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    name: String,
    undo_seconds: String,
    complaint: Option<String>,
}

async fn start(visitor: Visitor) -> Response {
    see(if visitor.agent().is_owner() { "/settings/mailboxes" } else { "/settings/profile" })
}

async fn show(state: State, visitor: Visitor) -> Result<Response> {
    page(&load(&state, visitor).await?)
}

async fn load(state: &State, visitor: Visitor) -> Result<Page> {
    let own = state.clone();
    state
        .read(move |c| {
            let shell = Shell::read(c, &own, &visitor, "settings")?;
            let undo_seconds = (setting::undo_window(c)? / 1000).to_string();
            Ok(Page { shell, tab: "shop", name: setting::shop_name(c)?, undo_seconds, complaint: None })
        })
        .await
}

async fn save(state: State, visitor: Visitor, fields: Fields) -> Result<Response> {
    let (name, undo_seconds) = (fields.get("name").to_owned(), fields.get("undo_seconds").to_owned());
    let seconds = undo_seconds.parse::<i64>().ok().filter(|s| (0..=UNDO_SECONDS_MAX).contains(s));
    let complaint =
        complaint_about_name(&name).or_else(|| seconds.is_none().then(|| format!("The time to undo is a number of seconds from 0 to {UNDO_SECONDS_MAX}.")));
    if complaint.is_some() {
        let page = load(&state, visitor).await?;
        return page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { name, undo_seconds, complaint, ..page });
    }
    let by = Some(visitor.agent().id);
    state
        .write(move |tx| {
            let now = world::now();
            setting::set(tx, setting::SHOP_NAME, &name, by, now)?;
            Ok(setting::set(tx, setting::UNDO_SECONDS, &seconds, by, now)?)
        })
        .await?;
    Ok(see_saying(&state, "/settings/shop", &Said::words("Saved.")))
}

/// After a restore nothing is sent until the owner says so.
async fn start_sending(state: State, visitor: Visitor) -> Result<Response> {
    state.write(|tx| Ok(setting::clear(tx, setting::OUTBOX_PAUSED)?)).await?;
    tracing::info!(agent = %visitor.agent().id, "the outbox may send again");
    Ok(see_saying(&state, "/settings/mailboxes", &Said::words("Replies are being sent again.")))
}
