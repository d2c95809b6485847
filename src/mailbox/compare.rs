//! All UIDs of a folder compared with the ledger: gaps are fetched, what vanished is written off, and what a stop cut short
//! on the server is made up for.

use super::fetch::set_of;
use super::keep::Origin;
use super::round::Desk;
use super::session::Session;
use super::trouble::Result;
use super::window::{Errand, fetch_window};
use crate::account::{self, AfterImport, Folder, Outcome};
use crate::database::{self, Millis};
use crate::world;
use std::collections::HashSet;

/// After a restart, copies of mails that came in this long ago are marked read once more; the stop may have come between.
const TOUCH_AGAIN: Millis = 60 * 60 * 1000;

impl Desk {
    /// Compares all UIDs of the open folder with the ledger: what is missing is fetched, what could not be fetched and has
    /// vanished is written off, and both counts are stored.
    pub fn compare(&mut self, session: &mut Session, folder: &Folder) -> Result<()> {
        let validity = folder.uid_validity.unwrap_or(0);
        let criteria = if self.account.history_since.is_some() { format!("ALL{}", self.since()) } else { "ALL".to_owned() };
        crate::failpoint::reached("mailbox.comparing");
        let server = session.uids(&criteria)?;
        let (seen, contact) = self.db.read(|c| Ok::<_, database::Error>((account::known(c, folder.id, validity)?, account::first_contact(c, folder.id)?)))?;
        let lost = |outcome: Outcome| matches!(outcome, Outcome::Unfetched | Outcome::Gone);
        let known: HashSet<u32> = seen.iter().filter(|seen| !lost(seen.outcome)).map(|seen| seen.uid).collect();
        let below = folder.history_below.unwrap_or(0);
        let missing: Vec<u32> = server.iter().copied().filter(|uid| !known.contains(uid) && *uid >= below && *uid <= folder.high_water).collect();
        let mut rest = &missing[..];
        while !rest.is_empty() {
            let errand = Errand { folder, uid_validity: validity, origin: Origin::Gap { contact }, mark: &|_| None, progress: None };
            let (done, _) = fetch_window(self, session, &errand, rest)?;
            rest = &rest[done..];
        }
        self.settle()?;
        self.note_comparison(folder, validity, &server, seen.iter().filter(|seen| seen.outcome == Outcome::Unfetched).map(|seen| seen.uid).collect())?;
        self.touch_again(session, folder, validity, &server)
    }

    fn note_comparison(&self, folder: &Folder, validity: u32, server: &[u32], unfetched: Vec<u32>) -> Result<()> {
        let (id, now) = (folder.id, world::now());
        let on_server: HashSet<u32> = server.iter().copied().collect();
        self.db.write(move |tx| {
            for uid in unfetched.iter().filter(|uid| !on_server.contains(uid)) {
                account::gone(tx, id, validity, *uid, now)?;
            }
            let seen = account::known(tx, id, validity)?;
            let both = seen.iter().filter(|s| on_server.contains(&s.uid) && !matches!(s.outcome, Outcome::Unfetched | Outcome::Gone)).count();
            account::compared(tx, id, on_server.len() as i64, both as i64, now)
        })?;
        crate::failpoint::reached("mailbox.compared");
        Ok(())
    }

    /// What the owner wants done to imported mail may have been cut short by a stop: mails that should have been moved are
    /// moved now, recent ones are marked read.
    fn touch_again(&self, session: &mut Session, folder: &Folder, validity: u32, server: &[u32]) -> Result<()> {
        if !self.may_touch(folder) {
            return Ok(());
        }
        let since = if self.account.after_import == AfterImport::MarkRead { world::now() - TOUCH_AGAIN } else { 0 };
        let mut uids = self.db.read(|c| account::safe_new(c, folder.id, validity, since))?;
        uids.retain(|uid| server.binary_search(uid).is_ok());
        if self.account.after_import == AfterImport::MarkRead && !uids.is_empty() {
            uids = session.uids(&format!("UNSEEN UID {}", set_of(&uids)))?;
        }
        self.touch(session, &uids)
    }
}
