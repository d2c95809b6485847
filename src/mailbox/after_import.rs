//! What the owner wants to happen to the server's copy of a new mail, done only once the mail is safe here. History is
//! never touched.

use super::ANSWER_SLACK_BYTES;
use super::fetch::set_of;
use super::folder_names::{encode, quote};
use super::session::Session;
use super::trouble::{Cause, Result, Trouble};
use crate::account::AfterImport;

impl Session {
    /// Marks or moves `uids` of the open folder. UIDs that are gone are no fault.
    pub fn after_import(&mut self, wish: &AfterImport, uids: &[u32]) -> Result<()> {
        if uids.is_empty() || *wish == AfterImport::Nothing {
            return Ok(());
        }
        crate::failpoint::reached("mailbox.touching");
        for some in uids.chunks(super::WINDOW_MAILS_MAX) {
            match wish {
                AfterImport::Nothing => {}
                AfterImport::MarkRead => self.store(some, "+FLAGS.SILENT (\\Seen)")?,
                AfterImport::Move { to } => self.move_to(some, to)?,
            }
        }
        crate::failpoint::reached("mailbox.touched");
        Ok(())
    }

    fn store(&mut self, uids: &[u32], change: &str) -> Result<()> {
        self.ask(&format!("UID STORE {} {change}", set_of(uids)), ANSWER_SLACK_BYTES).map(|_| ())
    }

    /// MOVE (RFC 6851), or COPY and UID EXPUNGE (RFC 4315). A server that has neither keeps its copy: a bare EXPUNGE
    /// would remove what other people marked as deleted.
    fn move_to(&mut self, uids: &[u32], folder: &str) -> Result<()> {
        let (set, target) = (set_of(uids), quote(&encode(folder)));
        let moved = if self.can("MOVE") {
            self.ask(&format!("UID MOVE {set} {target}"), ANSWER_SLACK_BYTES).map(|_| ())
        } else if self.can("UIDPLUS") {
            self.ask(&format!("UID COPY {set} {target}"), ANSWER_SLACK_BYTES).and_then(|_| {
                crate::failpoint::reached("mailbox.copied");
                self.store(uids, "+FLAGS.SILENT (\\Deleted)")?;
                self.ask(&format!("UID EXPUNGE {set}"), ANSWER_SLACK_BYTES).map(|_| ())
            })
        } else {
            let words = format!("{} can neither move mail nor remove single ones (no MOVE, no UIDPLUS): imported mail stays where it is.", self.host);
            return Err(Trouble::new(Cause::Folder, words));
        };
        moved.map_err(|trouble| match trouble.cause {
            Cause::Refused => {
                Trouble::new(Cause::Folder, format!("Imported mail could not be moved to “{folder}” ({}). Does that folder exist?", trouble.words))
            }
            _ => trouble,
        })
    }
}
