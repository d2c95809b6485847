//! How Restante is doing: for machines (`/healthz`, `/metrics`), for the sidebar, and as a banner when something needs a
//! person (PROMISES P14).

use super::words::{ago, lasting, thousands};
use super::{Access, Error, Result, Route, State, Visitor, get};
use crate::account::{self, Account, Health};
use crate::action::call;
use crate::agent::Agent;
use crate::database::{Millis, Reader};
use crate::id::{MailboxId, ReturnId};
use crate::return_request::request;
use crate::{setting, world};
use axum::Json;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::fmt::Write;
use std::net::SocketAddr;

/// A mail server may be restarted without anyone being told.
const FAILING_MAX: Millis = 10 * 60 * 1000;
const OUTBOX_AGE_MAX: Millis = 15 * 60 * 1000;

pub fn routes() -> Vec<Route> {
    vec![get("/healthz", Access::Anyone, healthz), get("/metrics", Access::LoopbackOrOwner, metrics)]
}

/// The facts, from which each reader gets the words meant for them.
pub struct Report {
    mailboxes: Vec<(Account, Health)>,
    outbox_paused: Option<String>,
    free_bytes: Option<u64>,
    /// Returns whose calls did not work, with their mailboxes.
    calls: Vec<(MailboxId, ReturnId)>,
}

/// A mailbox in the sidebar.
pub struct Dot {
    pub address: String,
    /// "good", "bad" or "paused".
    pub state: &'static str,
    pub words: String,
}

/// Something that needs a person.
pub struct Banner {
    pub words: String,
    pub link: Option<(&'static str, &'static str)>,
}

/// A problem, in words for strangers (no names) and for people signed in.
struct Problem {
    mailbox: Option<MailboxId>,
    public: String,
    words: String,
    link: (&'static str, &'static str),
}

pub fn report(c: &Reader, now: Millis, free_bytes: Option<u64>) -> Result<Report> {
    let _ = now;
    let mailboxes = account::all(c)?.into_iter().map(|a| Ok((account::health(c, a.id)?, a))).map(|r: Result<_>| r.map(|(h, a)| (a, h)));
    Ok(Report {
        mailboxes: mailboxes.collect::<Result<_>>()?,
        outbox_paused: setting::get(c, setting::OUTBOX_PAUSED)?,
        free_bytes,
        calls: call::in_trouble(c)?,
    })
}

/// Free space for the data folder, if it can be had.
pub fn free_bytes(state: &State) -> Option<u64> {
    let space = rustix::fs::statvfs(state.db.path().parent()?).ok()?;
    Some(space.f_bavail * space.f_frsize)
}

impl Report {
    pub fn dots(&self, agent: &Agent, now: Millis) -> Vec<Dot> {
        let seen = self.mailboxes.iter().filter(|(a, _)| agent.may_see(a.id));
        seen.map(|(account, health)| {
            let local = account.address.as_str().split('@').next().unwrap_or_default();
            let (state, words) = state_of(account, health, now);
            Dot { address: format!("{local}@"), state, words }
        })
        .collect()
    }

    pub fn banners(&self, agent: &Agent, now: Millis) -> Vec<Banner> {
        let problems = self.problems(now).into_iter().filter(|p| p.mailbox.is_none_or(|id| agent.may_see(id)));
        let mut banners: Vec<Banner> = problems.map(|p| Banner { words: p.words, link: Some(p.link) }).collect();
        let calls: Vec<ReturnId> = self.calls.iter().filter(|(mailbox, _)| agent.may_see(*mailbox)).map(|(_, id)| *id).collect();
        if let Some(first) = calls.first() {
            let words = match calls.len() {
                1 => format!("A custom action did not work for {}.", request::name(*first)),
                n => format!("{} calls of custom actions did not work.", thousands(n as i64)),
            };
            banners.push(Banner { words, link: Some(("/calls", "See what to do")) });
        }
        if let Some(why) = &self.outbox_paused {
            let words = format!("Nothing is being sent: {why}");
            banners.push(Banner { words, link: agent.is_owner().then_some(("/settings/mailboxes#outbox", "Start sending")) });
        }
        if self.mailboxes.is_empty() && agent.is_owner() {
            banners.push(Banner { words: "No mailbox yet: no mail can arrive.".into(), link: Some(("/settings/mailboxes/new", "Add a mailbox")) });
        }
        banners
    }

    fn problems(&self, now: Millis) -> Vec<Problem> {
        let look = ("/settings/mailboxes", "See what to do");
        let mut problems = Vec::new();
        for (account, health) in &self.mailboxes {
            let mut add = |public: String, words: String, link| problems.push(Problem { mailbox: Some(account.id), public, words, link });
            let address = &account.address;
            if let Some(since) = health.failing_since.filter(|since| now - since > FAILING_MAX && account.paused_at.is_none()) {
                let lasting = lasting(now - since);
                add(format!("a mailbox has not been reached for {lasting}"), format!("{address} has not been reached for {lasting}."), look);
            }
            if health.quarantined > 0 {
                let n = thousands(health.quarantined);
                let words = format!("{n} {} at {address} could not be read and wait for a person.", if health.quarantined == 1 { "mail" } else { "mails" });
                add(format!("{n} in quarantine"), words, ("/quarantine", "Look at them"));
            }
            let oldest = health.outbox_oldest.filter(|oldest| now - oldest > OUTBOX_AGE_MAX && self.outbox_paused.is_none());
            if let Some(oldest) = oldest {
                let lasting = lasting(now - oldest);
                add(format!("a letter has waited {lasting} to be sent"), format!("A reply from {address} has waited {lasting} to be sent."), look);
            }
        }
        if let Some(free) = self.free_bytes.filter(|free| *free < account::DISK_FREE_BYTES_MIN) {
            let words = format!("The disk is nearly full ({} MB free): no mail is fetched until there is space.", free / 1_000_000);
            problems.push(Problem { mailbox: None, public: "the disk is nearly full".into(), words, link: look });
        }
        problems
    }
}

/// A mailbox in a few words: "last mail 2 min ago".
pub fn state_of(account: &Account, health: &Health, now: Millis) -> (&'static str, String) {
    if account.paused_at.is_some() {
        return ("paused", "paused".into());
    }
    match (health.failing_since, health.last_mail_at, health.connected_at) {
        (Some(since), ..) => ("bad", format!("not reached for {}", lasting(now - since))),
        (None, Some(at), _) => ("good", format!("last mail {}", ago(now, at))),
        (None, None, Some(_)) => ("good", "live".into()),
        (None, None, None) => ("paused", "not reached yet".into()),
    }
}

/// 200 while all is well, 503 with what is wrong. Strangers read it: no names.
async fn healthz(state: State) -> Result<Response> {
    let now = world::now();
    let free = free_bytes(&state);
    let problems = state.read(move |c| Ok(report(c, now, free)?.problems(now))).await?;
    let status = if problems.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let words: Vec<String> = problems.into_iter().map(|p| p.public).collect();
    let body = serde_json::json!({ "status": if words.is_empty() { "ok" } else { "degraded" }, "problems": words });
    let mut response = (status, Json(body)).into_response();
    response.extensions_mut().insert(super::layout::Ours);
    Ok(response)
}

/// Plain text, one figure a line. For a program on this machine that no proxy speaks for, and for owners.
async fn metrics(state: State, visitor: Option<Visitor>, peer: Option<axum::Extension<ConnectInfo<SocketAddr>>>, headers: HeaderMap) -> Result<Response> {
    let forwarded = ["x-forwarded-for", "forwarded", "via", "x-real-ip"].iter().any(|name| headers.contains_key(*name));
    let local = peer.is_some_and(|p| p.0.0.ip().to_canonical().is_loopback()) && !forwarded;
    if !local && !visitor.is_some_and(|v| v.agent().is_owner()) {
        return Err(Error::NotFound);
    }
    let free = free_bytes(&state);
    let mut text = state.read(move |c| Ok(figures(&report(c, world::now(), free)?))).await?;
    writeln!(text, "restante_passwords_hashed {}", state.passwords_hashed()).expect("a String takes every line");
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

fn figures(report: &Report) -> String {
    let now = world::now();
    let mut text = String::new();
    let mut line = |name: &str, labels: &str, value: i64| writeln!(text, "restante_{name}{labels} {value}").expect("a String takes every line");
    for (account, health) in &report.mailboxes {
        let of = format!("{{mailbox=\"{}\"}}", account.id);
        let sum = |part: fn(&account::Folder) -> Option<i64>| health.folders.iter().filter_map(part).sum::<i64>();
        let (server, ledger) = (sum(|f| f.server_count), sum(|f| f.ledger_count));
        line("server_messages", &of, server);
        line("ledger_messages", &of, ledger);
        line("ledger_gap", &of, server - ledger);
        line("unfetched", &of, health.unfetched);
        line("quarantined", &of, health.quarantined);
        line("outbox_waiting", &of, health.outbox_waiting);
        line("outbox_oldest_seconds", &of, health.outbox_oldest.map_or(0, |at| (now - at) / 1000));
        line("failing_seconds", &of, health.failing_since.map_or(0, |at| (now - at) / 1000));
        line("last_mail_seconds", &of, health.last_mail_at.map_or(-1, |at| (now - at) / 1000));
    }
    line("outbox_paused", "", report.outbox_paused.is_some() as i64);
    line("disk_free_bytes", "", report.free_bytes.map_or(-1, |bytes| bytes as i64));
    line("problems", "", report.problems(now).len() as i64);
    text
}
