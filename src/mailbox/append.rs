//! Copies of sent letters into the Sent folder, where the owner's other clients look for them. A copy that is there
//! already (we were stopped between the two) is found by its Message-ID and not made again.

use super::ANSWER_SLACK_BYTES;
use super::folder_names::{encode, quote};
use super::round::Desk;
use super::session::Session;
use super::trouble::{Cause, Result, Trouble};
use crate::account::{self, SentCopy};
use crate::world;

/// Copies made before mail is looked for again.
const COPIES_AT_ONCE: usize = 20;

impl Desk {
    /// Copies what was sent since; opens the Sent folder, so the caller has to open its own again. Says whether it did.
    pub fn copy_sent(&mut self, session: &mut Session) -> Result<bool> {
        let Some(folder) = self.account.sent_folder.clone() else { return Ok(false) };
        let due = self.db.read(|c| account::sent_copies_due(c, self.account.id, COPIES_AT_ONCE))?;
        if due.is_empty() {
            return Ok(false);
        }
        session.open_folder(&folder, false)?;
        for copy in due {
            if !session.holds(&copy.identifier)? {
                let raw = self.blobs.get(copy.raw_hash)?;
                crate::failpoint::reached("mailbox.copying_sent");
                session.append(&folder, &raw)?;
            }
            crate::failpoint::reached("mailbox.copied_sent");
            let SentCopy { outbox_id, .. } = copy;
            self.db.write(move |tx| account::note_sent_copy(tx, outbox_id, world::now()))?;
        }
        Ok(true)
    }
}

impl Session {
    /// Whether the open folder has a mail with this Message-ID.
    fn holds(&mut self, identifier: &str) -> Result<bool> {
        Ok(!self.uids(&format!("HEADER Message-ID {}", quote(identifier)))?.is_empty())
    }

    fn append(&mut self, folder: &str, mail: &[u8]) -> Result<()> {
        let quoted = quote(&encode(folder));
        // The library puts the quotes itself.
        let name = &quoted[1..quoted.len() - 1];
        self.run("APPEND", ANSWER_SLACK_BYTES, |imap| imap.append(name, mail).flag(imap::types::Flag::Seen).finish()).map(|_| ()).map_err(|trouble| {
            match trouble.cause {
                Cause::Refused => Trouble::new(Cause::Folder, format!("A sent letter could not be copied to “{folder}”: {}", trouble.words)),
                _ => trouble,
            }
        })
    }
}
