//! One look at a folder: what is new since the mark, a slice of history.

use super::Pace;
use super::keep::{Batch, Kept, Origin, keep};
use super::keeper::Keeper;
use super::session::{Opened, Session};
use super::trouble::{Cause, Result, Trouble};
use super::window::{Errand, Suspects, fetch_window};
use crate::account::{self, Account, AfterImport, Folder, FolderRole, Mark};
use crate::blobs::Blobs;
use crate::database::{self, Database};
use crate::id::FolderId;
use crate::world;
use std::collections::HashMap;
use std::sync::Arc;

/// What a watcher works with, whatever its connection does.
pub struct Desk {
    pub account: Account,
    pub db: Database,
    pub blobs: Arc<Blobs>,
    pub pace: Pace,
    pub wake: super::Wake,
    pub suspects: Suspects,
    /// History that waits, per folder.
    pub history: HashMap<FolderId, History>,
    /// Something became durable since this was last reset: the connection is good for something.
    pub progressed: bool,
    /// Keeps windows of history while the next ones are fetched; there while any is on its way.
    pub keeper: Option<Keeper>,
}

/// What was there before us (or before the server renumbered) and is not read yet.
pub struct History {
    /// Ascending, taken from the end.
    waiting: Vec<u32>,
    origin: Origin,
}

impl Desk {
    /// The folders as the database has them once all is kept that was fetched.
    pub fn folders(&mut self) -> Result<Vec<Folder>> {
        self.settle()?;
        Ok(self.db.read(|c| account::folders(c, self.account.id))?)
    }

    /// Keeps a batch now, after those that are on their way.
    pub fn commit(&mut self, batch: &Batch) -> Result<Kept> {
        self.settle()?;
        self.room()?;
        let kept = keep(&self.db, &self.blobs, batch, world::now())?;
        self.progressed = true;
        (self.wake)();
        Ok(kept)
    }

    /// Lets a batch be kept while something else is done. Until `settle`, nobody knows whether it is.
    pub fn hand_over(&mut self, batch: Batch) -> Result<()> {
        self.room()?;
        if self.keeper.is_none() {
            let keeper = Keeper::start(self.db.clone(), self.blobs.clone(), self.wake.clone());
            self.keeper = Some(keeper.map_err(|e| Trouble::new(Cause::Storage, format!("Mail could not be stored: {e}")))?);
        }
        match &self.keeper {
            Some(keeper) if keeper.hand_over(batch) => Ok(()),
            _ => self.settle().and_then(|()| Err(Trouble::new(Cause::Storage, "Mail could not be stored."))),
        }
    }

    /// Waits for what was handed over; fails if any of it could not be kept. Then what was believed of the marks is void:
    /// the database knows.
    pub fn settle(&mut self) -> Result<()> {
        let Some(keeper) = self.keeper.take() else { return Ok(()) };
        let outcome = keeper.finish();
        self.progressed |= outcome.progressed;
        let Some(trouble) = outcome.trouble else { return Ok(()) };
        self.history.clear();
        self.suspects.suspect(outcome.blamed);
        Err(trouble)
    }

    /// A disk that is nearly full is a pause, not a loss (PROMISES P25).
    pub fn room(&self) -> Result<()> {
        let Ok(disk) = rustix::fs::statvfs(self.blobs.folder()) else { return Ok(()) };
        if disk.f_bavail.saturating_mul(disk.f_frsize) >= self.pace.disk_free_bytes_min {
            return Ok(());
        }
        Err(Trouble::new(Cause::Storage, "The disk is nearly full, so no mail is fetched. Free some space; fetching then goes on by itself."))
    }

    /// Opens a folder, settles what its UIDs mean, and fetches what is new. Returns the folder as it then is.
    pub fn look(&mut self, session: &mut Session, folder: &Folder) -> Result<Folder> {
        self.room()?;
        crate::failpoint::reached("mailbox.opening");
        let opened = session.open_folder(&folder.name, self.may_touch(folder))?;
        crate::failpoint::reached("mailbox.opened");
        let folder = self.settle_numbers(session, folder, opened)?;
        self.fetch_new(session, folder)
    }

    pub fn may_touch(&self, folder: &Folder) -> bool {
        self.account.after_import != AfterImport::Nothing && folder.role == FolderRole::Inbox
    }

    /// First contact, or a server that renumbered (RFC 3501 2.3.1.1): all that is there becomes history to read, from the
    /// newest down, and what comes from now on is new.
    fn settle_numbers(&mut self, session: &mut Session, folder: &Folder, opened: Opened) -> Result<Folder> {
        if folder.uid_validity == Some(opened.uid_validity) {
            return Ok(folder.clone());
        }
        let high_water = match opened.uid_next {
            Some(next) => next.saturating_sub(1),
            None if opened.exists == 0 => 0,
            None => session.uids("ALL")?.last().copied().unwrap_or(0),
        };
        let mark =
            Mark { uid_validity: opened.uid_validity, high_water, history_below: Some(if opened.exists == 0 { 0 } else { high_water.saturating_add(1) }) };
        let (id, mailbox, now, renumbered) = (folder.id, folder.mailbox_id, world::now(), folder.uid_validity.is_some());
        let words = format!(
            "The server renumbered the folder “{}” (it was restored, moved or made anew). All of it is read again; what is here already is recognised and not doubled.",
            folder.name
        );
        crate::failpoint::reached("mailbox.settling");
        self.db.write(move |tx| {
            account::move_mark(tx, id, mark)?;
            account::compared(tx, id, i64::from(opened.exists), 0, now)?;
            if renumbered {
                account::notice(tx, mailbox, Some(&words))?;
            }
            Ok::<_, database::Error>(())
        })?;
        crate::failpoint::reached("mailbox.settled");
        self.history.remove(&id);
        Ok(Folder { uid_validity: Some(mark.uid_validity), high_water, history_below: mark.history_below, ..folder.clone() })
    }

    /// Everything above the mark, oldest first. `n:*` names the last mail even where its UID is below n.
    pub fn fetch_new(&mut self, session: &mut Session, mut folder: Folder) -> Result<Folder> {
        loop {
            session.stirred = false;
            let from = folder.high_water.saturating_add(1);
            let mut uids = session.uids(&format!("UID {from}:*"))?;
            uids.retain(|uid| *uid > folder.high_water);
            let mut rest = &uids[..];
            while !rest.is_empty() {
                let (validity, below) = (folder.uid_validity.unwrap_or(0), folder.history_below);
                let mark = |uid| Some(Mark { uid_validity: validity, high_water: uid, history_below: below });
                let errand = Errand { folder: &folder, uid_validity: validity, origin: Origin::New, mark: &mark, progress: None };
                let (done, kept) = fetch_window(self, session, &errand, rest)?;
                folder.high_water = rest[done - 1];
                rest = &rest[done..];
                if self.may_touch(&folder) {
                    self.touch(session, &kept.safe)?;
                }
            }
            if !session.stirred {
                return Ok(folder);
            }
        }
    }

    /// One window of what was there before us, newest first, of the open folder. Returns the folder as it then is; its
    /// `history_below` is 0 when all is read.
    pub fn fetch_history(&mut self, session: &mut Session, mut folder: Folder) -> Result<Folder> {
        let below = folder.history_below.unwrap_or(0);
        let validity = folder.uid_validity.unwrap_or(0);
        if below == 0 {
            return Ok(folder);
        }
        if !self.history.contains_key(&folder.id) {
            let mut waiting = if below > 1 { session.uids(&format!("UID 1:{}{}", below - 1, self.since()))? } else { Vec::new() };
            waiting.retain(|uid| *uid < below);
            self.history.insert(folder.id, History { waiting, origin: self.origin_of_history(folder.id, validity)? });
        }
        let history = &self.history[&folder.id];
        let mut slice: Vec<u32> = history.waiting.iter().rev().take(super::WINDOW_MAILS_MAX).copied().collect();
        let (left, origin) = (history.waiting.len(), history.origin);
        if slice.is_empty() {
            folder.history_below = Some(0);
            return self.end_history(folder, validity);
        }
        let total = folder.server_count.unwrap_or(0).max(left as i64);
        let high = folder.high_water;
        let mark = |uid| Some(Mark { uid_validity: validity, high_water: high, history_below: Some(uid) });
        let errand = Errand { folder: &folder, uid_validity: validity, origin, mark: &mark, progress: Some((total, total - left as i64)) };
        let (done, _) = fetch_window(self, session, &errand, &slice)?;
        slice.truncate(done);
        folder.history_below = slice.last().copied();
        folder.server_count = Some(total);
        if let Some(history) = self.history.get_mut(&folder.id) {
            history.waiting.truncate(left - done);
        }
        Ok(folder)
    }

    /// Once per connection: both questions look at the folder's whole ledger.
    fn origin_of_history(&self, folder: FolderId, uid_validity: u32) -> Result<Origin> {
        Ok(self.db.read(|c| {
            let contact = account::first_contact(c, folder)?;
            let renumbered = account::was_renumbered(c, folder, uid_validity)?;
            Ok::<_, database::Error>(if renumbered { Origin::Rescan { contact } } else { Origin::History })
        })?)
    }

    fn end_history(&mut self, folder: Folder, uid_validity: u32) -> Result<Folder> {
        self.settle()?;
        let (id, mark) = (folder.id, Mark { uid_validity, high_water: folder.high_water, history_below: Some(0) });
        crate::failpoint::reached("mailbox.history_ending");
        self.db.write(move |tx| account::move_mark(tx, id, mark))?;
        self.history.remove(&id);
        crate::failpoint::reached("mailbox.history_done");
        Ok(folder)
    }

    /// ` SINCE 1-Jan-2024` where the owner wants no older mail.
    pub fn since(&self) -> String {
        let day = self.account.history_since.and_then(|since| jiff::Timestamp::from_millisecond(since).ok());
        day.map(|day| format!(" SINCE {}", day.to_zoned(jiff::tz::TimeZone::UTC).strftime("%-d-%b-%Y"))).unwrap_or_default()
    }

    /// Marks or moves; a server that refuses keeps its copies, and the owner is told.
    pub fn touch(&self, session: &mut Session, uids: &[u32]) -> Result<()> {
        match session.after_import(&self.account.after_import, uids) {
            Err(trouble) if matches!(trouble.cause, Cause::Refused | Cause::Folder) => self.notice(trouble.words),
            outcome => outcome,
        }
    }

    /// Something is not as the owner wants it, although mail comes in.
    pub fn notice(&self, words: String) -> Result<()> {
        let id = self.account.id;
        tracing::warn!(mailbox = %self.account.address.as_str(), "{words}");
        Ok(self.db.write(move |tx| account::notice(tx, id, Some(&words)))?)
    }
}
