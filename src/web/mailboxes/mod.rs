//! The shop's mailboxes: how each is doing in words, pausing one, and the form that adds or changes one.

mod draft;
mod edit;
mod presets;
mod server;

use super::health::state_of;
use super::layout::{Shell, page, see_saying};
use super::said::Said;
use super::words::{ago, lasting, thousands};
use super::{Access, Error, Fields, Path, Result, Route, State, Visitor, get, post};
use crate::account::{self, Account, Folder, FolderRole, Health};
use crate::database::{Millis, Reader};
use crate::id::MailboxId;
use crate::{setting, world};
use askama::Template;
use axum::response::Response;

const HERE: &str = "/settings/mailboxes";

pub fn routes() -> Vec<Route> {
    vec![
        get("/settings/mailboxes", Access::Agent, list),
        post("/settings/mailboxes", Access::Owner, edit::create),
        get("/settings/mailboxes/new", Access::Owner, edit::new),
        get("/settings/mailboxes/{id}", Access::Owner, edit::show),
        post("/settings/mailboxes/{id}", Access::Owner, edit::change),
        post("/settings/mailboxes/{id}/pause", Access::Owner, pause),
        post("/settings/mailboxes/{id}/notice", Access::Owner, dismiss_notice),
    ]
}

#[derive(Template)]
#[template(path = "mailboxes/index.html")]
struct List {
    shell: Shell,
    tab: &'static str,
    outbox_paused: Option<String>,
    mailboxes: Vec<Item>,
}

/// A mailbox as its owner reads of it.
struct Item {
    id: MailboxId,
    address: String,
    name: String,
    state: &'static str,
    words: String,
    paused: bool,
    /// What went wrong, what to do about it, and when; shown while it goes on.
    error: Option<(String, String)>,
    notice: Option<String>,
    folders: Vec<FolderLine>,
    quarantined: i64,
    outbox: Option<String>,
}

struct FolderLine {
    name: String,
    words: Vec<String>,
    /// History read so far, of how much.
    progress: Option<(i64, i64)>,
}

async fn list(state: State, visitor: Visitor) -> Result<Response> {
    let own = state.clone();
    let question = move |c: &Reader| {
        let now = world::now();
        let visible = account::all(c)?.into_iter().filter(|a| visitor.agent().may_see(a.id));
        let mailboxes = visible.map(|a| item(c, &a, now)).collect::<Result<Vec<Item>>>()?;
        let shell = Shell::read(c, &own, &visitor, "settings")?;
        Ok(List { shell, tab: "mailboxes", outbox_paused: setting::get(c, setting::OUTBOX_PAUSED)?, mailboxes })
    };
    page(&state.read(question).await?)
}

fn item(c: &Reader, account: &Account, now: Millis) -> Result<Item> {
    let health = account::health(c, account.id)?;
    let (state, words) = state_of(account, &health, now);
    let folders = health.folders.iter().map(|f| folder_line(c, f, now)).collect::<Result<_>>()?;
    let error = health.failing_since.and(health.last_error.clone()).map(|words| (words, health.last_error_at.map(|at| ago(now, at)).unwrap_or_default()));
    Ok(Item {
        id: account.id,
        address: account.address.to_string(),
        name: account.name.clone(),
        state,
        words: upper_first(&words),
        paused: account.paused_at.is_some(),
        error,
        notice: health.notice.clone(),
        folders,
        quarantined: health.quarantined,
        outbox: outbox_words(&health, now),
    })
}

fn folder_line(c: &Reader, folder: &Folder, now: Millis) -> Result<FolderLine> {
    let mut words = Vec::new();
    if let (Some(server), Some(ledger)) = (folder.server_count, folder.ledger_count) {
        let compared = folder.compared_at.map(|at| format!(", compared {}", ago(now, at))).unwrap_or_default();
        words.push(match server == ledger {
            true => format!("Server {} = ledger {}{compared}", thousands(server), thousands(ledger)),
            false => format!("Server {}, ledger {}: {} still to fetch{compared}", thousands(server), thousands(ledger), thousands((server - ledger).max(0))),
        });
    }
    let progress = match folder.history_below.filter(|below| *below > 1) {
        None => None,
        Some(below) => Some(match folder.server_count {
            Some(total) if total > 0 => (account::ledger_rows(c, folder.id)?.min(total), total),
            // Before the first comparison only UIDs are known; they are no fewer than mails.
            _ => (i64::from(folder.high_water) - i64::from(below) + 1, i64::from(folder.high_water)),
        }),
    };
    if let Some((read, total)) = progress {
        words.push(format!("Reading history: {} of {}", thousands(read), thousands(total)));
    }
    let name = if folder.role == FolderRole::Sent { format!("{} (sent from other programs)", folder.name) } else { folder.name.clone() };
    Ok(FolderLine { name, words, progress })
}

fn outbox_words(health: &Health, now: Millis) -> Option<String> {
    let oldest = health.outbox_oldest.map(|at| format!(", the oldest for {}", lasting(now - at))).unwrap_or_default();
    let letters = if health.outbox_waiting == 1 { "reply waits" } else { "replies wait" };
    (health.outbox_waiting > 0).then(|| format!("{} {letters} to be sent{oldest}.", thousands(health.outbox_waiting)))
}

fn upper_first(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

async fn pause(state: State, visitor: Visitor, Path(id): Path<MailboxId>, fields: Fields) -> Result<Response> {
    let paused_at = (fields.get("do") == "pause").then(world::now);
    state
        .write(move |tx| {
            let account = account::find(tx, id)?.ok_or(Error::NotFound)?;
            Ok(account::update(tx, &Account { paused_at, ..account })?)
        })
        .await?;
    tracing::info!(agent = %visitor.agent().id, mailbox = %id, paused = paused_at.is_some(), "a mailbox was paused or resumed");
    let words = if paused_at.is_some() { "Paused: no mail is fetched from this mailbox." } else { "Mail is being fetched again." };
    Ok(see_saying(&state, HERE, &Said::words(words)))
}

async fn dismiss_notice(state: State, Path(id): Path<MailboxId>) -> Result<Response> {
    state
        .write(move |tx| {
            account::find(tx, id)?.ok_or(Error::NotFound)?;
            Ok(account::notice(tx, id, None)?)
        })
        .await?;
    Ok(see_saying(&state, HERE, &Said::words("The notice is gone.")))
}
