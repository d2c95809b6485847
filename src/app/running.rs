//! Everything at work: the doors' threads around one data folder, started in order and stopped in order.

use super::{Folder, Lock, eraser, housekeeping, picture, scribe};
use crate::account::{self, Probe};
use crate::courier::{self, Client, Courier, Names, Patience};
use crate::email::EmailAddress;
use crate::mailbox::{self, Watchers, intake::Intake};
use crate::postman::{self, Postman};
use crate::search::{self, Index};
use crate::setting;
use crate::web;
use crate::world;
use anyhow::Context;
use axum::serve::ListenerExt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// How the inbox is reached.
pub struct Door {
    pub listen: SocketAddr,
    /// As browsers see it; from `listen` where it is not said.
    pub url: Option<String>,
    pub trusted_proxies: Vec<IpAddr>,
}

/// Time that open requests get when the process is asked to stop; with the doors' own stops it stays below 10 s.
const LAST_REQUESTS: Duration = Duration::from_secs(3);
/// Requests are short and their database work runs on threads of its own; two serve what two cores can.
const WEB_THREADS: usize = 2;
/// Database work at once: as many as there are readers, and some to wait.
const BLOCKING_THREADS: usize = 16;

/// What the web runs on. It is made apart, before anything else: signals are heard from then on.
pub fn web_runtime() -> anyhow::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WEB_THREADS)
        .max_blocking_threads(BLOCKING_THREADS)
        .thread_name("web")
        .enable_all()
        .build()
        .context("no runtime for the web")
}

pub struct Running {
    pub folder: Folder,
    pub index: Index,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
    watchers: Option<Watchers>,
    postman: Option<Postman>,
    courier: Option<Courier>,
    _lock: Lock,
}

impl Running {
    /// Takes the folder and starts everything but the web.
    pub fn start(folder: Folder) -> anyhow::Result<Running> {
        let lock = folder.lock()?;
        let index = Index::open(&folder.path.join("index"), &folder.db)?;
        let mut running = Running { folder, index, stop: Arc::default(), threads: Vec::new(), watchers: None, postman: None, courier: None, _lock: lock };
        let Folder { db, blobs, key, .. } = running.folder.clone();
        let intake = Intake { db: db.clone(), blobs: blobs.clone(), key: key.clone() };
        running.spawn("intake", move |stop| intake.run(stop))?;
        let (index, at) = (running.index.clone(), db.clone());
        running.spawn("indexer", move |stop| search::run_indexer(&index, &at, stop))?;
        let folder = running.folder.clone();
        running.spawn("housekeeping", move |stop| housekeeping::run(&folder, stop))?;
        let (folder, index) = (running.folder.clone(), running.index.clone());
        running.spawn("eraser", move |stop| eraser::run(&folder, &index, stop))?;
        let folder = running.folder.clone();
        running.spawn("scribe", move |stop| scribe::run(&folder, stop))?;
        running.postman = Some(Postman::start(db.clone(), blobs.clone(), key.clone())?);
        running.courier = Some(Courier::start(db.clone(), key.clone())?);
        running.watchers = Some(Watchers::start(db, blobs, key, Arc::new(|| {}))?);
        Ok(running)
    }

    /// Serves the web on `runtime` until `until` ends, then stops everything. `ready` is told the address once it answers.
    pub fn serve(
        self,
        runtime: Runtime,
        door: &Door,
        ready: impl FnOnce(&str) -> anyhow::Result<()>,
        until: impl Future<Output = ()> + Send + 'static,
    ) -> anyhow::Result<()> {
        let outcome = runtime.block_on(self.listen(door, ready, until));
        runtime.shutdown_timeout(LAST_REQUESTS);
        self.stop();
        outcome
    }

    async fn listen(
        &self,
        door: &Door,
        ready: impl FnOnce(&str) -> anyhow::Result<()>,
        until: impl Future<Output = ()> + Send + 'static,
    ) -> anyhow::Result<()> {
        let listener = TcpListener::bind(door.listen)
            .await
            .with_context(|| format!("cannot listen on {}: is another program there? Choose another --listen address", door.listen))?;
        let address = listener.local_addr()?;
        // A page leaves in several writes; waiting for the acknowledgement of the first would cost 40 ms (RFC 896, RFC 1122 4.2.3.2).
        let listener = listener.tap_io(|io| {
            if let Err(failure) = io.set_nodelay(true) {
                tracing::debug!(%failure, "a connection stays slow");
            }
        });
        let url = door.url.clone().unwrap_or_else(|| format!("http://{address}"));
        remember_url(&self.folder, &url)?;
        let state = web::State::new(web::Options {
            db: self.folder.db.clone(),
            blobs: self.folder.blobs.clone(),
            key: self.folder.key.clone(),
            index: self.index.clone(),
            public_url: url.clone(),
            trusted_proxies: door.trusted_proxies.clone(),
            probe: Arc::new(probe),
            try_out: Arc::new(try_out),
            decode: Arc::new(picture::aside),
        });
        let closing = state.clone();
        let service = web::router(state).into_make_service_with_connect_info::<SocketAddr>();
        ready(&url)?;
        let stopped = async move {
            until.await;
            closing.close();
        };
        let (told, last) = tokio::sync::oneshot::channel();
        let server = axum::serve(listener, service).with_graceful_shutdown(async move {
            stopped.await;
            told.send(()).ok();
        });
        let patience = async {
            last.await.ok();
            tokio::time::sleep(LAST_REQUESTS).await;
        };
        tokio::select! {
            outcome = server => outcome.context("the web server failed")?,
            () = patience => tracing::info!("the last requests were cut off"),
        }
        Ok(())
    }

    /// Stops in order: no new mail, no more sending, then what derives from both.
    pub fn stop(mut self) {
        if let Some(courier) = &self.courier {
            courier.close(); // it waits for its answers while the others wait for theirs
        }
        if let Some(watchers) = self.watchers.take() {
            watchers.stop();
        }
        if let Some(postman) = self.postman.take() {
            postman.stop();
        }
        if let Some(courier) = self.courier.take() {
            courier.stop();
        }
        self.stop.store(true, Ordering::Relaxed);
        self.folder.db.ticks().advance();
        for thread in self.threads.drain(..) {
            thread.join().ok();
        }
    }

    fn spawn(&mut self, name: &str, work: impl FnOnce(&AtomicBool) + Send + 'static) -> anyhow::Result<()> {
        let stop = self.stop.clone();
        let thread = std::thread::Builder::new().name(name.into()).spawn(move || work(&stop)).with_context(|| format!("no thread for the {name}"))?;
        self.threads.push(thread);
        Ok(())
    }
}

/// Letters that leave by themselves carry links.
fn remember_url(folder: &Folder, url: &str) -> anyhow::Result<()> {
    if folder.db.read(|c| setting::get::<String>(c, setting::PUBLIC_URL))?.as_deref() != Some(url) {
        let url = url.to_owned();
        folder.db.write(move |tx| setting::set(tx, setting::PUBLIC_URL, &url, None, world::now()))?;
    }
    Ok(())
}

/// Tries both servers of a mailbox that is being set up.
fn probe(draft: web::ProbeDraft) -> web::Probed {
    let mut probe: Probe = mailbox::probe(&draft.source, draft.ca_pem.as_deref(), &draft.imap_password, &draft.folders);
    let folders = if probe.ok() { mailbox::list_folders(&draft.source, draft.ca_pem.as_deref(), &draft.imap_password).unwrap_or_default() } else { Vec::new() };
    let address = sender(&draft.carrier);
    let letters = postman::Draft { address: &address, carrier: &draft.carrier, ca_pem: draft.ca_pem.as_deref() };
    probe.steps.extend(postman::probe(&letters, &draft.smtp_password).steps);
    web::Probed { probe, folders: folders.into_iter().map(|folder| folder.name).collect() }
}

/// Calls a custom action with an invented return, while its owner watches.
fn try_out(draft: web::ActionDraft) -> web::TriedOut {
    let client = Client::new(Names::System, Patience::STANDARD);
    let tried = courier::try_out(&client, &draft.key, &draft.action, &draft.facts, &draft.inside, world::now());
    web::TriedOut { request: tried.request, outcome: tried.outcome, answer: tried.answer }
}

/// Who we say we are when nothing is sent: whoever signs in.
fn sender(carrier: &account::Carrier) -> EmailAddress {
    let user = match carrier {
        account::Carrier::Smtp(server) => EmailAddress::parse(&server.user),
        account::Carrier::Folder { .. } => None,
    };
    user.unwrap_or_else(|| EmailAddress::parse("postmaster@localhost").expect("a constant address"))
}

/// Tries a mailbox that is set up: `restante check`.
pub fn probe_account(folder: &Folder, found: &account::Account) -> Probe {
    use account::{ProbeStep, Service};
    let open = |service| found.passwords.open(&folder.key, service);
    let (imap, smtp) = match (open(Service::Imap), open(Service::Smtp)) {
        (Ok(imap), Ok(smtp)) => (imap, smtp),
        (Err(words), _) | (_, Err(words)) => return Probe { steps: vec![ProbeStep { words, ok: false }] },
    };
    let folders = folder.db.read(|c| account::folders(c, found.id)).unwrap_or_default();
    let draft = web::ProbeDraft {
        folders: folders.into_iter().map(|folder| folder.name).collect(),
        source: found.source.clone(),
        carrier: found.carrier.clone(),
        imap_password: imap,
        smtp_password: smtp,
        ca_pem: found.ca_pem.clone(),
    };
    probe(draft).probe
}
