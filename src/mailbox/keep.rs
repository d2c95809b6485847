//! The one commit by which a fetched mail becomes ours: raw bytes durable first, then ledger rows, mark and health
//! together. What was committed may be touched on the server, nothing else.

use super::fetch::{Bodies, Facts};
use super::trouble::Result;
use crate::account::{self, Folder, MailboxId, Mark, NewEntry};
use crate::blobs::Blobs;
use crate::database::{self, Database, Millis};
use crate::id::FolderId;
use std::collections::HashMap;

/// How the mails of a batch came to be fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Arrived since we watch.
    New,
    /// Was there before us.
    History,
    /// Came back under a new number after the server renumbered the folder; dated before `contact` it is history.
    Rescan { contact: Option<Millis> },
    /// Missing in the ledger at a comparison; dated before `contact` it is history.
    Gap { contact: Option<Millis> },
}

/// Mails of one folder that become durable together.
pub struct Batch {
    pub mailbox: MailboxId,
    pub folder: FolderId,
    pub uid_validity: u32,
    pub origin: Origin,
    pub facts: Vec<Facts>,
    /// Bodies in the buffer they came in …
    pub bodies: Option<Bodies>,
    /// … and those that were fetched one by one.
    pub singles: HashMap<u32, Vec<u8>>,
    /// Headers of mails that are too big.
    pub headers: HashMap<u32, Vec<u8>>,
    /// UIDs that the server does not give, and why.
    pub unfetched: Vec<(u32, String)>,
    /// Where the folder stands once this is committed.
    pub mark: Option<Mark>,
    /// Messages on the server and in the ledger, for the progress bar.
    pub progress: Option<(i64, i64)>,
}

impl Batch {
    /// Nothing yet, of `folder`.
    pub fn of(folder: &Folder, uid_validity: u32, origin: Origin) -> Batch {
        Batch {
            mailbox: folder.mailbox_id,
            folder: folder.id,
            uid_validity,
            origin,
            facts: Vec::new(),
            bodies: None,
            singles: HashMap::new(),
            headers: HashMap::new(),
            unfetched: Vec::new(),
            mark: None,
            progress: None,
        }
    }
}

/// What a commit made safe.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// UIDs whose whole bytes are ours now: their copies on the server may be touched.
    pub safe: Vec<u32>,
}

/// Makes a batch durable.
pub fn keep(db: &Database, blobs: &Blobs, batch: &Batch, now: Millis) -> Result<Kept> {
    crate::failpoint::reached("mailbox.fetched");
    let served = batch.bodies.as_ref().map(Bodies::by_uid).unwrap_or_default();
    let mails: Vec<(&Facts, &[u8], bool)> = batch.facts.iter().filter_map(|facts| found(batch, &served, facts)).collect();
    let hashes = blobs.keep_for_reading(&mails.iter().map(|(_, bytes, _)| *bytes).collect::<Vec<_>>())?;
    crate::failpoint::reached("mailbox.raw_kept");
    let entries: Vec<NewEntry> = mails.iter().zip(hashes).map(|((facts, bytes, too_big), hash)| entry(batch, facts, bytes.len(), hash, *too_big)).collect();
    let safe = mails.iter().filter(|(.., too_big)| !too_big).map(|(facts, ..)| facts.uid).collect();
    let (mailbox, folder, validity) = (batch.mailbox, batch.folder, batch.uid_validity);
    let (unfetched, mark, progress, arrived) = (batch.unfetched.clone(), batch.mark, batch.progress, batch.origin == Origin::New && !entries.is_empty());
    db.write(move |tx| {
        for entry in &entries {
            account::advance(tx, entry, now)?;
        }
        crate::failpoint::reached("ledger.advanced");
        for (uid, reason) in &unfetched {
            account::note_unfetched(tx, folder, validity, *uid, reason, now)?;
        }
        if let Some(mark) = mark {
            account::move_mark(tx, folder, mark)?;
        }
        crate::failpoint::reached("ledger.mark_moved");
        if let Some((server, ledger)) = progress {
            account::compared(tx, folder, server, ledger, now)?;
        }
        if arrived {
            account::note_mail(tx, mailbox, now)?;
        }
        Ok::<_, database::Error>(())
    })?;
    crate::failpoint::reached("mailbox.ledger_committed");
    Ok(Kept { safe })
}

/// The bytes of a mail, wherever in the batch they are, and whether they are its header alone.
fn found<'b>(batch: &'b Batch, served: &HashMap<u32, &'b [u8]>, facts: &'b Facts) -> Option<(&'b Facts, &'b [u8], bool)> {
    if batch.unfetched.iter().any(|(uid, _)| *uid == facts.uid) {
        return None;
    }
    if let Some(header) = batch.headers.get(&facts.uid) {
        return Some((facts, header, true));
    }
    let single = batch.singles.get(&facts.uid).map(Vec::as_slice);
    Some((facts, single.or_else(|| served.get(&facts.uid).copied())?, false))
}

fn entry(batch: &Batch, facts: &Facts, bytes: usize, raw_hash: crate::blobs::Hash, too_big: bool) -> NewEntry {
    let before = |contact: Option<Millis>| matches!((facts.internal_date, contact), (Some(date), Some(contact)) if date < contact);
    let history = match batch.origin {
        Origin::New => false,
        Origin::History => true,
        Origin::Rescan { contact } | Origin::Gap { contact } => before(contact),
    };
    NewEntry {
        folder_id: batch.folder,
        uid_validity: batch.uid_validity,
        uid: facts.uid,
        bytes: if too_big { facts.size.unwrap_or(0) as i64 } else { bytes as i64 },
        internal_date: facts.internal_date,
        raw_hash,
        too_big,
        rescan: matches!(batch.origin, Origin::Rescan { .. }),
        history,
    }
}
