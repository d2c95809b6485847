//! A person's rights, as the owner grants them: a copy of everything about them in one file, and their end here (PROMISES P69).

use super::layout::{page, page_with_status, see_saying};
use super::said::Said;
use super::{Access, Error, Fields, Path, Result, Route, Shell, State, Visitor, get, post};
use crate::customer;
use crate::database::Reader;
use crate::desk::rights::{self, Erasure, Export};
use crate::id::CustomerId;
use crate::world;
use askama::Template;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use std::io::Write;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

pub fn routes() -> Vec<Route> {
    vec![
        get("/leads/{id}/erase", Access::Owner, show),
        post("/leads/{id}/erase", Access::Owner, erase),
        get("/leads/{id}/everything.tar", Access::Owner, download),
    ]
}

/// Pieces of the file that may wait for a slow browser: the mails of years are not held in memory.
const PIECES_WAITING: usize = 4;
const PIECE_BYTES: usize = 64 * 1024;

#[derive(Template)]
#[template(path = "leads/erase.html")]
struct Page {
    shell: Shell,
    id: CustomerId,
    name: String,
    addresses: Vec<String>,
    chosen: Option<Erasure>,
    complaint: Option<String>,
}

impl Page {
    fn read(c: &Reader, state: &State, visitor: &Visitor, id: CustomerId) -> Result<Page> {
        let id = customer::join::current(c, id)?;
        let found = customer::find(c, id)?.ok_or(Error::NotFound)?;
        let addresses: Vec<String> = found.addresses.iter().map(|a| super::present::visible(&a.address)).collect();
        let name = super::present::visible(found.shown());
        Ok(Page { shell: Shell::read(c, state, visitor, "leads")?, id, name, addresses, chosen: None, complaint: None })
    }

    fn is(&self, code: &str) -> bool {
        self.chosen.is_some_and(|chosen| chosen.code() == code)
    }
}

async fn show(state: State, visitor: Visitor, Path(id): Path<CustomerId>) -> Result<Response> {
    let shown = state.clone();
    let found = state.read(move |c| Page::read(c, &shown, &visitor, id)).await?;
    page(&found)
}

async fn erase(state: State, visitor: Visitor, Path(id): Path<CustomerId>, fields: Fields) -> Result<Response> {
    let chosen = Erasure::from_code(fields.get("conversations"));
    let refused = match chosen {
        None => Some("Please choose what becomes of the conversations.".to_owned()),
        Some(_) if !fields.has("sure") => Some("Please tick that you know it cannot be undone.".to_owned()),
        Some(erasure) => erased(&state, &visitor, id, erasure).await?,
    };
    let Some(complaint) = refused else {
        return Ok(see_saying(&state, "/leads", &Said::words("They are erased. What was on the disk goes in these seconds.")));
    };
    let shown = state.clone();
    let found = state.read(move |c| Page::read(c, &shown, &visitor, id)).await?;
    page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { chosen, complaint: Some(complaint), ..found })
}

/// Nothing, or why not now.
async fn erased(state: &State, visitor: &Visitor, id: CustomerId, erasure: Erasure) -> Result<Option<String>> {
    let (key, by) = (state.key.clone(), visitor.agent().id);
    state
        .write(move |tx| {
            let id = customer::join::current(tx, id)?;
            customer::find(tx, id)?.ok_or(Error::NotFound)?;
            match rights::erase(tx, &key, id, erasure, by, world::now()) {
                Err(crate::desk::Error::Refused(why)) => Ok(Some(why)),
                other => Ok(other.map(|()| None)?),
            }
        })
        .await
}

/// One file: `person.json`, and beside it their mails as they came, attachments inside.
async fn download(state: State, Path(id): Path<CustomerId>) -> Result<Response> {
    let export = state
        .read(move |c| {
            let id = customer::join::current(c, id)?;
            customer::find(c, id)?.ok_or(Error::NotFound)?;
            Ok(rights::export(c, id, world::now())?)
        })
        .await?;
    let (pieces, waiting) = mpsc::channel(PIECES_WAITING);
    let blobs = state.blobs.clone();
    tokio::task::spawn_blocking(move || {
        let last_words = pieces.clone();
        if let Err(failure) = write(&export, |hash| blobs.get(hash), Pieces { waiting: Vec::new(), to: pieces }) {
            // The browser sees a download that broke off, not a file that looks whole.
            tracing::warn!(%failure, "a person's copy could not be written whole");
            last_words.blocking_send(Err(failure)).ok();
        }
    });
    let mut response = Response::new(Body::from_stream(ReceiverStream::new(waiting)));
    let name = format!("attachment; filename=\"person-{id}.tar\"");
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-tar"));
    response.headers_mut().insert(header::CONTENT_DISPOSITION, HeaderValue::try_from(name).map_err(|_| Error::NotFound)?);
    Ok(response)
}

fn write(export: &Export, raw: impl Fn(crate::blobs::Hash) -> crate::blobs::Result<Vec<u8>>, to: Pieces) -> std::io::Result<()> {
    let mut tar = tar::Builder::new(to);
    let mut append = |name: &str, bytes: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        header.set_cksum();
        tar.append_data(&mut header, name, bytes)
    };
    append("person.json", &serde_json::to_vec_pretty(&export.json)?)?;
    for (number, mail) in export.mails.iter().enumerate() {
        let bytes = raw(mail.hash).map_err(std::io::Error::other)?;
        append(&format!("mails/message-{}-{}.eml", mail.message, number + 1), &bytes)?;
    }
    tar.into_inner()?.flush()
}

/// Hands bytes on in pieces, and waits while nobody takes them.
struct Pieces {
    waiting: Vec<u8>,
    to: mpsc::Sender<std::io::Result<Bytes>>,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= PIECE_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let piece = Bytes::from(std::mem::take(&mut self.waiting));
        self.to.blocking_send(Ok(piece)).map_err(|_| std::io::Error::other("the browser went away"))
    }
}
