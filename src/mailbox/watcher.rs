//! The life of one watcher: connect, look at every folder, read history between looks at new mail, wait by IDLE or by the
//! clock, and after a fault come back by itself.

use super::round::Desk;
use super::session::Session;
use super::stream::Signals;
use super::trouble::{Cause, Result, Trouble};
use crate::account::{self, Folder, ServerAddress, Service, Source};
use crate::id::FolderId;
use crate::secret::SecretKey;
use crate::world;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// "Connected" is written again after this, so that its time is fresh without a commit for every look.
pub const CONNECTED_NOTED: Duration = Duration::from_secs(60);

/// Watches a mailbox until told to stop.
pub fn watch(mut desk: Desk, key: &SecretKey, signals: &Arc<Signals>) {
    let mut backoff = Backoff::default();
    let mut watch = Watch { compared: HashMap::new(), noted: None, idle_refused: false, sent_refused: None };
    while !signals.quitting() {
        desk.progressed = false;
        let life = catch_unwind(AssertUnwindSafe(|| match desk.account.source.clone() {
            Source::Imap(server) => watch.connection(&mut desk, &server, key, signals),
            Source::Folder { path } => super::folder_source::watch(&mut desk, &path, signals),
        }));
        let trouble = match life {
            Ok(Ok(())) => continue,
            Ok(Err(trouble)) => trouble,
            Err(_) => Trouble::new(Cause::Lost, "The mail server sent something that could not be read at all. Restante connects again by itself."),
        };
        if trouble.cause == Cause::Stopped || signals.quitting() {
            return;
        }
        desk.suspects.blame(trouble.cause == Cause::Lost);
        // What was fetched is kept all the same; what kept it from being kept matters more than what ended the connection.
        let trouble = match desk.settle() {
            Err(worse) => {
                desk.suspects.blame(worse.cause == Cause::Lost);
                worse
            }
            Ok(()) => trouble,
        };
        if desk.progressed {
            backoff = Backoff::default();
        }
        watch.noted = None;
        let wait = backoff.next(&desk.pace, trouble.cause);
        tracing::warn!(mailbox = %desk.account.address.as_str(), seconds = wait.as_secs_f32(), "{trouble}");
        // A connection that breaks once after hours of service is everyday life.
        if trouble.cause != Cause::Lost || backoff.faults > 1 {
            note_failure(&desk, &trouble);
        }
        signals.sleep(wait, false);
    }
}

/// Tells the owner; if even that cannot be written, the log has it.
fn note_failure(desk: &Desk, trouble: &Trouble) {
    let (id, words) = (desk.account.id, trouble.words.clone());
    if let Err(e) = desk.db.write(move |tx| account::note_failure(tx, id, &words, world::now())) {
        tracing::warn!("the failure could not be noted: {e}");
    }
}

struct Watch {
    compared: HashMap<FolderId, Instant>,
    noted: Option<Instant>,
    idle_refused: bool,
    /// When a copy could last not be put into the Sent folder.
    sent_refused: Option<Instant>,
}

impl Watch {
    /// One connection, until something goes wrong.
    fn connection(&mut self, desk: &mut Desk, server: &ServerAddress, key: &SecretKey, signals: &Arc<Signals>) -> Result<()> {
        desk.room()?;
        let password = desk.account.passwords.open(key, Service::Imap).map_err(|words| Trouble::new(Cause::LoginRefused, words))?;
        crate::failpoint::reached("mailbox.connecting");
        let mut session = Session::open(server, desk.account.ca_pem.as_deref(), &password, &desk.pace, signals)?;
        drop(password);
        crate::failpoint::reached("mailbox.connected");
        while !signals.quitting() {
            let folders = self.look_at_all(desk, &mut session)?;
            if self.copy_sent(desk, &mut session)? {
                continue; // there may be more, and our folder is not open any more
            }
            let waits = |folder: &&Folder| folder.history_below.is_some_and(|below| below > 0);
            match folders.iter().flatten().find(waits) {
                Some(folder) => self.read_history(desk, &mut session, folder, signals)?,
                None => self.wait(desk, &mut session, &folders, signals)?,
            }
        }
        Err(Trouble::stopped())
    }

    /// A Sent folder that cannot be written is said, and tried again later; mail in does not wait for it.
    fn copy_sent(&mut self, desk: &mut Desk, session: &mut Session) -> Result<bool> {
        if self.sent_refused.is_some_and(|at| at.elapsed() < desk.pace.compare) {
            return Ok(false);
        }
        match desk.copy_sent(session) {
            Err(trouble) if trouble.cause == Cause::Folder => {
                self.sent_refused = Some(Instant::now());
                desk.notice(format!("Copies of sent letters cannot be kept. {}", trouble.words))?;
                Ok(true)
            }
            outcome => outcome,
        }
    }

    /// New mail of every folder, and the comparison where it is due. A folder that cannot be opened does not keep the
    /// others waiting; it is `None` in the answer.
    fn look_at_all(&mut self, desk: &mut Desk, session: &mut Session) -> Result<Vec<Option<Folder>>> {
        let mut folders = Vec::new();
        let mut fault = None;
        for folder in desk.folders()? {
            match self.look(desk, session, &folder) {
                Ok(folder) => folders.push(Some(folder)),
                Err(trouble) if trouble.cause == Cause::Folder => {
                    fault = Some(trouble);
                    folders.push(None);
                }
                Err(trouble) => return Err(trouble),
            }
        }
        match fault {
            Some(trouble) => {
                self.noted = None;
                note_failure(desk, &trouble);
            }
            None if self.noted.is_none_or(|noted| noted.elapsed() >= CONNECTED_NOTED) => {
                let id = desk.account.id;
                desk.db.write(move |tx| account::note_connected(tx, id, world::now()))?;
                self.noted = Some(Instant::now());
            }
            None => {}
        }
        Ok(folders)
    }

    fn look(&mut self, desk: &mut Desk, session: &mut Session, folder: &Folder) -> Result<Folder> {
        let folder = desk.look(session, folder)?;
        if self.compared.get(&folder.id).is_none_or(|at| at.elapsed() >= desk.pace.compare) {
            desk.compare(session, &folder)?;
            self.compared.insert(folder.id, Instant::now());
        }
        Ok(folder)
    }

    /// History in slices; after each slice new mail of the same folder, after a while a look at the others.
    fn read_history(&mut self, desk: &mut Desk, session: &mut Session, folder: &Folder, signals: &Signals) -> Result<()> {
        let until = Instant::now() + desk.pace.poll;
        let mut folder = desk.look(session, folder)?;
        while folder.history_below.is_some_and(|below| below > 0) && Instant::now() < until && !signals.quitting() {
            folder = desk.fetch_history(session, folder)?;
            folder = desk.fetch_new(session, folder)?;
        }
        if folder.history_below == Some(0) {
            self.compared.remove(&folder.id);
        }
        Ok(())
    }

    /// Waits at the first folder: by IDLE where the server has it, otherwise by the clock. Other folders are looked at
    /// every now and then: one connection for all of them, because servers count connections.
    fn wait(&mut self, desk: &mut Desk, session: &mut Session, folders: &[Option<Folder>], signals: &Signals) -> Result<()> {
        if signals.take_nudge() {
            return Ok(());
        }
        let next_comparison = self.compared.values().map(|at| *at + desk.pace.compare).min();
        let at_most = |time: Duration| next_comparison.map_or(time, |next| time.min(next.saturating_duration_since(Instant::now())));
        let first = folders.first().cloned().flatten();
        let Some(first) = first.filter(|_| session.can("IDLE") && !self.idle_refused) else {
            signals.sleep(at_most(desk.pace.poll), true);
            signals.take_nudge();
            return Ok(());
        };
        if folders.len() > 1 {
            desk.look(session, &first)?;
        }
        if session.stirred {
            return Ok(());
        }
        let time = at_most(if folders.len() > 1 { desk.pace.poll } else { desk.pace.idle });
        match session.idle(Instant::now() + time) {
            Err(trouble) if trouble.cause == Cause::Refused => self.idle_refused = true,
            outcome => outcome?,
        }
        signals.take_nudge();
        Ok(())
    }
}

/// Waiting times after faults in a row: doubled, with a little chance in them so that many clients do not come at once.
#[derive(Default)]
struct Backoff {
    faults: u32,
}

impl Backoff {
    fn next(&mut self, pace: &super::Pace, cause: Cause) -> Duration {
        let most = if cause == Cause::LoginRefused { pace.backoff_refused } else { pace.backoff_max };
        let doubled = pace.backoff_first.saturating_mul(1 << self.faults.min(16)).min(most);
        self.faults += 1;
        let [chance] = world::random::<1>();
        doubled.mul_f32(0.8 + 0.4 * f32::from(chance) / 255.0)
    }
}
