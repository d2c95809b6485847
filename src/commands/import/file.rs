//! The transaction of an import: a ledger row and a place in a conversation for each mail, some hundred mails at once,
//! each in a savepoint of its own. One that cannot be filed is quarantined, and the others go on.

use super::prepare::{Kept, Prepared};
use crate::account::{self, Account, Entry, FolderRole, IMPORT_UID_VALIDITY, NewEntry, Outcome};
use crate::app::Folder;
use crate::blobs::Hash;
use crate::conversation::message;
use crate::conversation::threading::SenderCheck;
use crate::database::{self, Database, Millis, Writer};
use crate::desk::{self, Arrival};
use crate::email::Email;
use crate::id::FolderId;
use crate::secret::SecretKey;
use crate::setting;
use std::collections::HashSet;
use std::sync::Arc;

/// What became of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    Imported,
    AutoReply,
    Bounce,
    List,
    Duplicate,
    Quarantined,
}

/// Where mails are filed.
pub struct Desk {
    db: Database,
    facts: Arc<Facts>,
}

struct Facts {
    account: Account,
    key: SecretKey,
    inbox: FolderId,
    sent: FolderId,
    /// The shop's own addresses, lower case.
    ours: HashSet<String>,
    settled_before: Millis,
}

impl Desk {
    pub fn open(folder: &Folder, account: &Account, now: Millis) -> database::Result<Desk> {
        let mailbox = account.id;
        let (inbox, sent) = folder.db.write(move |tx| {
            Ok::<_, database::Error>((account::import_folder(tx, mailbox, FolderRole::Inbox)?, account::import_folder(tx, mailbox, FolderRole::Sent)?))
        })?;
        let (ours, settled_before) = folder.db.read(|c| {
            let ours = account::all(c)?.iter().map(|a| a.address.key()).collect();
            Ok::<_, database::Error>((ours, setting::settled_before(c, now)?))
        })?;
        let facts = Facts { account: account.clone(), key: folder.key.clone(), inbox, sent, ours, settled_before };
        Ok(Desk { db: folder.db.clone(), facts: Arc::new(facts) })
    }

    /// Files `mails` in one commit; what became of each, in order. When one of them cannot be filed, all of them are filed
    /// again one by one, so that it alone is quarantined.
    pub fn file(&self, mails: Vec<Prepared>, now: Millis) -> database::Result<Vec<(Hash, Became)>> {
        if mails.is_empty() {
            return Ok(Vec::new());
        }
        let mails = Arc::new(mails);
        let (facts, all) = (self.facts.clone(), mails.clone());
        let at_once = self.db.write_alone(move |tx| {
            let kept = all.iter().filter_map(|mail| Some((mail, mail.kept.as_ref().ok()?)));
            let became = kept.map(|(mail, kept)| Ok((kept.hash, facts.file_one(tx, mail, kept, now)?))).collect::<desk::Result<Vec<_>>>();
            crate::failpoint::reached("import.filed");
            became
        });
        match at_once {
            Ok(became) => Ok(became),
            Err(_) => (0..mails.len()).filter_map(|number| self.file_apart(&mails, number, now).transpose()).collect(),
        }
    }

    /// Files one of `mails` in a transaction of its own; quarantines it when that fails.
    fn file_apart(&self, mails: &Arc<Vec<Prepared>>, number: usize, now: Millis) -> database::Result<Option<(Hash, Became)>> {
        let (facts, mails) = (self.facts.clone(), mails.clone());
        self.db.write(move |tx| {
            let mail = &mails[number];
            let Ok(kept) = &mail.kept else { return Ok(None) };
            let became = match tx.attempt(|| facts.file_one(tx, mail, kept, now))? {
                Ok(became) => became,
                Err(failure) => facts.quarantine(tx, mail, kept, &failure.to_string(), now)?,
            };
            Ok(Some((kept.hash, became)))
        })
    }
}

impl Facts {
    fn file_one(&self, tx: &Writer, mail: &Prepared, kept: &Kept, now: Millis) -> desk::Result<Became> {
        if message::find_by_raw(tx, self.account.id, kept.hash)?.is_some() {
            return Ok(Became::Duplicate);
        }
        let email = match &kept.email {
            Err(words) => return Ok(self.quarantine(tx, mail, kept, words, now)?),
            Ok(email) => email,
        };
        let entry = self.ledger_row(tx, mail, kept, now)?;
        Ok(Became::from(desk::receive(tx, &self.arrival(&entry, email, kept), now)?.outcome))
    }

    fn quarantine(&self, tx: &Writer, mail: &Prepared, kept: &Kept, words: &str, now: Millis) -> database::Result<Became> {
        let entry = self.ledger_row(tx, mail, kept, now)?;
        account::settle(tx, entry.id, Outcome::Quarantined, words, None)?;
        Ok(Became::Quarantined)
    }

    fn ledger_row(&self, tx: &Writer, mail: &Prepared, kept: &Kept, now: Millis) -> database::Result<Entry> {
        let sent = self.is_sent(mail, kept);
        let folder_id = if sent { self.sent } else { self.inbox };
        let uid = account::take_import_uids(tx, folder_id, 1)?;
        // The time of a file is that of its copying; it stands in where the mail itself has no date.
        let internal_date = mail.arrived_at.filter(|_| !kept.email.as_ref().is_ok_and(|email| email.date.is_some()));
        let bytes = kept.bytes as i64;
        let new = NewEntry {
            folder_id,
            uid_validity: IMPORT_UID_VALIDITY,
            uid,
            bytes,
            internal_date,
            raw_hash: kept.hash,
            too_big: false,
            rescan: false,
            history: true,
        };
        let id = account::advance(tx, &new, now)?;
        Ok(Entry {
            id,
            mailbox_id: self.account.id,
            folder_id,
            folder_role: if sent { FolderRole::Sent } else { FolderRole::Inbox },
            uid_validity: IMPORT_UID_VALIDITY,
            uid,
            bytes,
            internal_date,
            raw_hash: Some(kept.hash),
            outcome: Outcome::Kept,
            reason: String::new(),
            attempts: 0,
            rescan: false,
            history: true,
            at: now,
        })
    }

    fn arrival<'a>(&'a self, entry: &'a Entry, email: &'a Email, kept: &'a Kept) -> Arrival<'a> {
        Arrival {
            entry,
            account: &self.account,
            email,
            reading: None,
            about: kept.about.as_ref(),
            key: &self.key,
            sender_check: SenderCheck::On,
            settled_before: self.settled_before,
        }
    }

    /// An archive mixes what came and what was sent. Ours is what lies in a Sent folder, and what we wrote to somebody
    /// else, unless a server delivered it to us: then somebody only used our name.
    fn is_sent(&self, mail: &Prepared, kept: &Kept) -> bool {
        let Ok(email) = &kept.email else { return mail.in_sent_folder };
        let ours = |person: &crate::email::NameAddr| self.ours.contains(&person.address.key());
        let wrote_to_others = email.from.as_ref().is_some_and(ours) && !email.to.is_empty() && !email.to.iter().chain(&email.cc).any(ours);
        mail.in_sent_folder || wrote_to_others && !kept.was_delivered
    }
}

impl From<Outcome> for Became {
    fn from(outcome: Outcome) -> Became {
        match outcome {
            Outcome::Duplicate => Became::Duplicate,
            Outcome::AutoReply => Became::AutoReply,
            Outcome::Bounce => Became::Bounce,
            Outcome::List => Became::List,
            _ => Became::Imported,
        }
    }
}
