//! Tells open browsers that something was written (server-sent events); they then fetch their page again. No content
//! travels here, so there is nothing that the wrong person could see.

use super::{Access, Error, Result, Route, State, Visitor, get};
use crate::agent;
use crate::database::Database;
use crate::id::AgentId;
use crate::world;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::sse::{Event, Sse};
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;

/// Tabs of one agent that listen at the same time; hidden tabs let go.
const STREAMS_PER_AGENT: usize = 8;
/// Changes closer together than this are one event.
const COALESCE: Duration = Duration::from_millis(250);
/// Keeps proxies from closing a quiet stream, and notices browsers that left.
const HEARTBEAT: Duration = Duration::from_secs(20);

pub fn routes() -> Vec<Route> {
    vec![get("/live", Access::Agent, stream)]
}

pub struct Live {
    ticks: watch::Sender<u64>,
    closed: watch::Sender<bool>,
    open: Mutex<HashMap<AgentId, usize>>,
}

impl Live {
    pub fn listening_to(db: &Database) -> Arc<Live> {
        let ticks = watch::Sender::new(0u64);
        let on_commit = ticks.clone();
        db.on_commit(move || on_commit.send_modify(|count| *count += 1));
        Arc::new(Live { ticks, closed: watch::Sender::new(false), open: Mutex::default() })
    }

    pub fn close(&self) {
        self.closed.send_replace(true);
    }

    /// A place among the agent's streams; given back when dropped.
    fn take_place(self: &Arc<Live>, agent: AgentId) -> Result<Place> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let streams = open.entry(agent).or_default();
        if *streams >= STREAMS_PER_AGENT {
            return Err(Error::TooMany);
        }
        *streams += 1;
        Ok(Place { live: self.clone(), agent })
    }
}

struct Place {
    live: Arc<Live>,
    agent: AgentId,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.live.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(streams) = open.get_mut(&self.agent) {
            *streams -= 1;
            if *streams == 0 {
                open.remove(&self.agent);
            }
        }
    }
}

async fn stream(state: State, visitor: Visitor) -> Result<impl IntoResponse> {
    let place = state.live.take_place(visitor.agent().id)?;
    let (events, receiver) = mpsc::channel(1);
    tokio::spawn(tell(state, visitor, events, place));
    Ok(([(header::CACHE_CONTROL, "no-store")], Sse::new(ReceiverStream::new(receiver))))
}

/// Sends an event per group of commits until the browser leaves, the session ends or Restante stops.
async fn tell(state: State, visitor: Visitor, events: mpsc::Sender<Result<Event, Infallible>>, _place: Place) {
    let mut ticks = state.live.ticks.subscribe();
    let mut closed = state.live.closed.subscribe();
    let mut event = Event::default().event("ready").data("");
    loop {
        if *closed.borrow() || !is_still_signed_in(&state, &visitor).await || events.send(Ok(event)).await.is_err() {
            return;
        }
        event = tokio::select! {
            _ = closed.changed() => return,
            _ = events.closed() => return,
            _ = tokio::time::sleep(HEARTBEAT) => Event::default().comment("still here"),
            changed = ticks.changed() => {
                if changed.is_err() {
                    return;
                }
                tokio::select! {
                    _ = closed.changed() => return,
                    _ = tokio::time::sleep(COALESCE) => {}
                }
                let count = *ticks.borrow_and_update();
                Event::default().event("change").data(count.to_string())
            }
        };
    }
}

/// Signing out or being disabled ends the stream, too (PROMISES P59).
async fn is_still_signed_in(state: &State, visitor: &Visitor) -> bool {
    let hash = visitor.session.token_hash;
    state.read(move |c| Ok(agent::is_open(c, hash, world::now())?)).await.unwrap_or(false)
}
