//! `restante import FOLDER|MBOX`: history through the same intake as new mail. Mails are read and made durable on
//! several threads ahead of the one writer, which files some hundred in one commit. Repeating it changes nothing.

mod file;
mod indexing;
mod prepare;

use crate::account::{self, Account};
use crate::app::Folder;
use crate::blobs::Hash;
use crate::commands::mails::Mails;
use crate::database::Millis;
use crate::desk::leads;
use crate::email;
use crate::world;
use anyhow::bail;
use file::{Became, Desk};
use indexing::Indexing;
use indicatif::{ProgressBar, ProgressStyle};
use prepare::{Prepared, Reading};
use std::collections::{BTreeMap, HashSet};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// Mails after which a dictionary can be learned from those that came, so that all later ones take less room.
const LEARN_AFTER: u64 = 2_000;
/// Mails that could not be read from disk and are named one by one; the rest are counted.
const UNREADABLE_NAMED_MAX: usize = 20;

/// What became of the mails of an import.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub imported: u64,
    pub auto_replies: u64,
    pub bounces: u64,
    pub lists: u64,
    /// The same bytes are in this mailbox already.
    pub duplicates: u64,
    pub quarantined: u64,
    /// Could not be read from disk.
    pub unreadable: u64,
}

/// Imports what lies at `path` into `mailbox` (or the only one there is) and says on `out` what became of it.
pub fn run(path: &Path, mailbox: Option<&str>, data: &Path, out: &mut impl Write) -> anyhow::Result<Counts> {
    if !data.join("restante.db").exists() {
        bail!("{} holds no shop yet: run `restante mailbox add` first, or give the data folder with --data", data.display());
    }
    let folder = Folder::open(data)?;
    let _lock = folder.lock()?;
    let account = choose(&folder, mailbox)?;
    let mails = Mails::at(path)?;
    let progress = progress_bar(mails.length);
    let counts = import(&folder, &account, mails, email::read, &progress, world::now)?;
    progress.finish_and_clear();
    tell(&counts, &account, out)?;
    Ok(counts)
}

/// Reads ahead, files in order, until the pile is through.
pub(crate) fn import(
    folder: &Folder,
    account: &Account,
    mails: Mails,
    reading: Reading,
    progress: &ProgressBar,
    now: impl Fn() -> Millis,
) -> anyhow::Result<Counts> {
    let desk = Desk::open(folder, account, now())?;
    let mut waiting = folder.db.read(|c| account::waiting_raw(c, account.id))?;
    let known = Arc::new(folder.db.read(leads::reading_context)?);
    let mut counts = Counts::default();
    let mut learned = false;
    let mut named = 0;
    std::thread::scope(|scope| {
        let mut indexing = Indexing::start(scope, folder)?;
        let prepared = prepare::start(scope, mails, folder.blobs.clone(), (reading, known));
        // Threads finish out of turn; mails are filed in the order in which they lie.
        let mut early = BTreeMap::new();
        let mut next = 0;
        for (number, batch) in prepared {
            early.insert(number, batch?);
            while let Some(batch) = early.remove(&next) {
                next += 1;
                let position = batch.last().map_or(0, |mail| mail.position);
                let (fresh, unreadable) = sort_out(batch, &waiting, &mut counts);
                for (name, why) in unreadable {
                    named += 1;
                    if named <= UNREADABLE_NAMED_MAX {
                        progress.suspend(|| eprintln!("{name} was left out: {why}"));
                    }
                }
                for (hash, became) in desk.file(fresh, now())? {
                    counts.add(became);
                    if became == Became::Quarantined {
                        waiting.insert(hash);
                    }
                }
                progress.set_position(position);
                indexing.filed(counts.filed());
                if !learned && counts.filed() >= LEARN_AFTER {
                    learned = true;
                    folder.blobs.learn_dictionary(now())?;
                }
            }
        }
        if let Err(failure) = indexing.finish() {
            progress.suspend(|| eprintln!("the mails are here, but cannot all be found yet: the search index is made again by the next start ({failure:#})"));
        }
        anyhow::Ok(())
    })?;
    Ok(counts)
}

/// Sets apart what could not be read from disk and what waits for a person already.
fn sort_out(batch: Vec<Prepared>, waiting: &HashSet<Hash>, counts: &mut Counts) -> (Vec<Prepared>, Vec<(String, String)>) {
    let mut fresh = Vec::with_capacity(batch.len());
    let mut unreadable = Vec::new();
    for mail in batch {
        match &mail.kept {
            Err(why) => {
                counts.unreadable += 1;
                unreadable.push((mail.name, why.clone()));
            }
            Ok(kept) if waiting.contains(&kept.hash) => counts.duplicates += 1,
            Ok(_) => fresh.push(mail),
        }
    }
    (fresh, unreadable)
}

fn choose(folder: &Folder, mailbox: Option<&str>) -> anyhow::Result<Account> {
    let mut accounts = folder.db.read(account::all)?;
    let list = || accounts.iter().map(|a| a.address.to_string()).collect::<Vec<_>>().join(", ");
    match mailbox {
        _ if accounts.is_empty() => {
            bail!("there is no mailbox yet: add one with `restante mailbox add --address A --name N --imap URL --smtp URL --password-stdin`, or in the browser")
        }
        Some(address) => match accounts.iter().find(|a| a.address.as_str().eq_ignore_ascii_case(address.trim())) {
            Some(found) => Ok(found.clone()),
            None => bail!("there is no mailbox {address}; there is {}", list()),
        },
        None if accounts.len() > 1 => bail!("there are several mailboxes ({}): say which one with --mailbox", list()),
        None => Ok(accounts.remove(0)),
    }
}

fn progress_bar(length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{wide_bar} {percent:>3} %  {elapsed_precise}, {eta_precise} to go").expect("a constant template");
    ProgressBar::new(length).with_style(style) // draws on a terminal only
}

fn tell(counts: &Counts, account: &Account, out: &mut impl Write) -> std::io::Result<()> {
    writeln!(out, "{}: {} mails imported.", account.address, counts.filed())?;
    for (count, words) in [
        (counts.imported, "from people"),
        (counts.auto_replies, "automatic replies"),
        (counts.bounces, "bounces"),
        (counts.lists, "newsletters and lists"),
        (counts.duplicates, "were here already"),
        (counts.quarantined, "could not be understood and are in quarantine, with their raw text"),
        (counts.unreadable, "could not be read from disk and were left out"),
    ] {
        if count > 0 {
            writeln!(out, "  {count:>8} {words}")?;
        }
    }
    Ok(())
}

impl Counts {
    /// Mails that are in a conversation now and were not before.
    pub fn filed(&self) -> u64 {
        self.imported + self.auto_replies + self.bounces + self.lists
    }

    fn add(&mut self, became: Became) {
        let count = match became {
            Became::Imported => &mut self.imported,
            Became::AutoReply => &mut self.auto_replies,
            Became::Bounce => &mut self.bounces,
            Became::List => &mut self.lists,
            Became::Duplicate => &mut self.duplicates,
            Became::Quarantined => &mut self.quarantined,
        };
        *count += 1;
    }
}

#[cfg(test)]
mod tests;
