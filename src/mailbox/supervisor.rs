//! Keeps one watcher running for every mailbox that is not paused: starts it when the mailbox is added, again when its
//! settings change or its thread dies, and stops it when it is paused or removed.

use super::Pace;
use super::round::Desk;
use super::stream::Signals;
use super::watcher;
use super::window::Suspects;
use crate::account::{self, Account, AfterImport, FolderRole, MailboxId, Passwords, Source};
use crate::blobs::Blobs;
use crate::database::{self, Database, Millis};
use crate::secret::SecretKey;
use std::collections::HashMap;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The settings are looked at this often at most.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A watcher that hangs in a name lookup is left behind after this; it touches nothing any more.
const STOP_PATIENCE: Duration = Duration::from_secs(3);
/// A watcher's stack: its work is flat.
const STACK_BYTES: usize = 1024 * 1024;

/// Called after each commit of mail, on a thread of the watcher.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// All watchers of a shop.
pub struct Watchers {
    signals: Arc<Signals>,
    thread: Option<JoinHandle<()>>,
}

impl Watchers {
    /// Starts watching; `wake` is called whenever mail waits in the ledger.
    pub fn start(db: Database, blobs: Arc<Blobs>, key: SecretKey, wake: Wake) -> std::io::Result<Watchers> {
        Watchers::start_at(db, blobs, key, wake, Pace::default())
    }

    pub fn start_at(db: Database, blobs: Arc<Blobs>, key: SecretKey, wake: Wake, pace: Pace) -> std::io::Result<Watchers> {
        let signals = Arc::new(Signals::default());
        let supervisor = Supervisor { db, blobs, key, wake, pace, running: HashMap::new() };
        let seen = signals.clone();
        let thread = std::thread::Builder::new().name("mailboxes".into()).spawn(move || supervisor.run(&seen))?;
        Ok(Watchers { signals, thread: Some(thread) })
    }

    /// Stops every watcher, within seconds.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.signals.quit();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

impl Drop for Watchers {
    fn drop(&mut self) {
        self.end();
    }
}

struct Supervisor {
    db: Database,
    blobs: Arc<Blobs>,
    key: SecretKey,
    wake: Wake,
    pace: Pace,
    running: HashMap<MailboxId, Running>,
}

struct Running {
    settings: Settings,
    signals: Arc<Signals>,
    thread: JoinHandle<()>,
}

/// What a watcher depends on; when it changes, the watcher starts anew.
#[derive(PartialEq)]
struct Settings {
    source: Source,
    passwords: Passwords,
    ca_pem: Option<String>,
    after_import: AfterImport,
    sent_folder: Option<String>,
    history_since: Option<Millis>,
    folders: Vec<(String, FolderRole)>,
}

impl Supervisor {
    fn run(mut self, signals: &Signals) {
        let mut known = None;
        while !signals.quitting() {
            let count = self.db.ticks().count();
            let died = self.running.values().any(|running| running.thread.is_finished());
            if known != Some(count) || died {
                known = Some(count);
                if let Err(e) = self.adjust() {
                    tracing::error!("the mailboxes could not be looked up: {e}");
                }
            }
            signals.sleep(LOOK_EVERY, false);
        }
        let all = self.running.drain().map(|(_, running)| running).collect();
        stop(all);
    }

    fn adjust(&mut self) -> database::Result<()> {
        let accounts = self.db.read(account::all)?;
        let mut wanted = HashMap::new();
        for account in accounts.into_iter().filter(|account| account.paused_at.is_none()) {
            let settings = self.settings(&account)?;
            wanted.insert(account.id, (account, settings));
        }
        let stale =
            |id: &MailboxId, running: &Running| running.thread.is_finished() || wanted.get(id).is_none_or(|(_, settings)| *settings != running.settings);
        let old: Vec<MailboxId> = self.running.iter().filter(|(id, running)| stale(id, running)).map(|(id, _)| *id).collect();
        stop(old.iter().filter_map(|id| self.running.remove(id)).collect());
        for (id, (account, settings)) in wanted {
            if let Some(running) = self.running.get(&id) {
                if account.sent_folder.is_some() && !self.db.read(|c| account::sent_copies_due(c, id, 1))?.is_empty() {
                    running.signals.nudge();
                }
            } else if let Some(running) = self.start(account, settings) {
                self.running.insert(id, running);
            }
        }
        Ok(())
    }

    fn settings(&self, account: &Account) -> database::Result<Settings> {
        let folders = self.db.read(|c| account::folders(c, account.id))?;
        Ok(Settings {
            source: account.source.clone(),
            passwords: account.passwords.clone(),
            ca_pem: account.ca_pem.clone(),
            after_import: account.after_import.clone(),
            sent_folder: account.sent_folder.clone(),
            history_since: account.history_since,
            folders: folders.into_iter().map(|folder| (folder.name, folder.role)).collect(),
        })
    }

    fn start(&self, account: Account, settings: Settings) -> Option<Running> {
        let signals = Arc::new(Signals::default());
        let (name, seen, key) = (format!("mailbox {}", account.id), signals.clone(), self.key.clone());
        let desk = Desk {
            account,
            db: self.db.clone(),
            blobs: self.blobs.clone(),
            pace: self.pace.clone(),
            wake: self.wake.clone(),
            suspects: Suspects::default(),
            history: HashMap::new(),
            progressed: false,
            keeper: None,
        };
        let thread = std::thread::Builder::new().name(name).stack_size(STACK_BYTES).spawn(move || watcher::watch(desk, &key, &seen));
        match thread {
            Ok(thread) => Some(Running { settings, signals, thread }),
            Err(e) => {
                tracing::error!("a mailbox cannot be watched, the system gives no thread: {e}");
                None
            }
        }
    }
}

fn stop(watchers: Vec<Running>) {
    for running in &watchers {
        running.signals.quit();
    }
    let deadline = Instant::now() + STOP_PATIENCE;
    for running in watchers {
        while !running.thread.is_finished() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
        if running.thread.is_finished() {
            running.thread.join().ok();
        }
    }
}
