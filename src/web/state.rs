//! What every page needs: the shop's records, its raw mails, its key, its address, and a way to try a mail server.

use super::live::Live;
use super::pictures::Decoding;
use super::public::Limits;
use super::{Error, Result};
use crate::account::{Carrier, Probe, Source};
use crate::action::answer::{Answer, Outcome};
use crate::action::{Action, Facts, Inside};
use crate::blobs::{Blobs, Hash};
use crate::database::{Database, Reader, Writer};
use crate::search::Index;
use crate::secret::SecretKey;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Semaphore;

/// argon2 takes 19 MiB each time: so many passwords are looked at side by side, the others wait.
const HASHING_AT_ONCE: usize = 2;

/// Mail servers and passwords as somebody typed them, to be tried before they are saved.
#[derive(Clone)]
pub struct ProbeDraft {
    pub source: Source,
    pub carrier: Carrier,
    pub imap_password: String,
    pub smtp_password: String,
    pub ca_pem: Option<String>,
    /// Folders that will be read; `INBOX` when empty.
    pub folders: Vec<String>,
}

/// What trying showed: the steps in words, and the folders that the server has (none when it could not be asked).
#[derive(Clone, Debug)]
pub struct Probed {
    pub probe: Probe,
    pub folders: Vec<String>,
}

impl From<Probe> for Probed {
    fn from(probe: Probe) -> Probed {
        Probed { probe, folders: Vec::new() }
    }
}

/// Tries the servers of a draft; given by the app, because doors do not know each other. May take seconds.
pub type Probing = Arc<dyn Fn(ProbeDraft) -> Probed + Send + Sync>;

/// A custom action as it is saved, to be called with the facts of a return that does not exist.
pub struct ActionDraft {
    pub action: Action,
    pub facts: Facts,
    pub inside: Inside,
    pub key: SecretKey,
}

/// The request that left, without its secrets, and what came of it.
pub struct TriedOut {
    pub request: String,
    pub outcome: Outcome,
    pub answer: Option<Answer>,
}

/// Calls a draft; given by the app. May take half a minute.
pub type TryingOut = Arc<dyn Fn(ActionDraft) -> TriedOut + Send + Sync>;

/// What the app hands over.
pub struct Options {
    pub db: Database,
    pub blobs: Arc<Blobs>,
    pub index: Index,
    pub key: SecretKey,
    /// Where browsers find Restante: `https://help.shop.test`. Cookies are `Secure` when it is https.
    pub public_url: String,
    /// Whose `X-Forwarded-For` is believed; nobody's by default.
    pub trusted_proxies: Vec<IpAddr>,
    pub probe: Probing,
    pub try_out: TryingOut,
    pub decode: Decoding,
}

#[derive(Clone)]
pub struct State {
    pub db: Database,
    pub blobs: Arc<Blobs>,
    pub index: Index,
    pub key: SecretKey,
    /// Without a slash at its end.
    pub public_url: Arc<str>,
    pub trusted_proxies: Arc<[IpAddr]>,
    pub probe: Probing,
    pub try_out: TryingOut,
    pub decode: Decoding,
    pub live: Arc<Live>,
    /// How often strangers sent forms.
    pub limits: Arc<Limits>,
    hashing: Arc<Semaphore>,
    hashed: Arc<AtomicU64>,
}

impl State {
    pub fn new(options: Options) -> State {
        State {
            live: Live::listening_to(&options.db),
            db: options.db,
            blobs: options.blobs,
            index: options.index,
            key: options.key,
            public_url: options.public_url.trim_end_matches('/').into(),
            trusted_proxies: options.trusted_proxies.into(),
            probe: options.probe,
            try_out: options.try_out,
            decode: options.decode,
            limits: Arc::default(),
            hashing: Arc::new(Semaphore::new(HASHING_AT_ONCE)),
            hashed: Arc::default(),
        }
    }

    /// Asks the database, off the threads that serve others.
    pub async fn read<T: Send + 'static>(&self, question: impl FnOnce(&Reader) -> Result<T> + Send + 'static) -> Result<T> {
        let db = self.db.clone();
        blocking(move || db.read(question)).await
    }

    /// Changes the database in one transaction; returns when it is durable.
    pub async fn write<T: Send + 'static>(&self, change: impl FnOnce(&Writer) -> Result<T> + Send + 'static) -> Result<T> {
        let db = self.db.clone();
        blocking(move || db.write(change)).await
    }

    /// Makes the bytes of a letter durable, before the commit that names them.
    pub async fn keep(&self, bytes: Vec<u8>) -> Result<Hash> {
        let blobs = self.blobs.clone();
        blocking(move || Ok(blobs.keep(&[&bytes])?[0])).await
    }

    /// Runs work on a password, a few at a time.
    pub async fn hash<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _turn = self.hashing.acquire().await.map_err(|_| Error::Busy)?;
        self.hashed.fetch_add(1, Ordering::Relaxed);
        blocking(move || Ok(work())).await
    }

    /// How often work on a password was done since the start: what guessing costs, and all that it tells by its time.
    pub fn passwords_hashed(&self) -> u64 {
        self.hashed.load(Ordering::Relaxed)
    }

    /// Ends every live stream, so that the server can stop at once.
    pub fn close(&self) {
        self.live.close();
    }

    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// Runs slow work on a thread that may wait; a panic there is a panic here.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(stopped) if stopped.is_panic() => std::panic::resume_unwind(stopped.into_panic()),
        Err(_) => Err(Error::Busy), // the runtime is stopping
    }
}

/// `state: State` as a handler's argument.
impl FromRequestParts<State> for State {
    type Rejection = Infallible;
    async fn from_request_parts(_: &mut Parts, state: &State) -> Result<State, Infallible> {
        Ok(state.clone())
    }
}
