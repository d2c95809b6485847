//! Ends what an erasure began: the bytes of raw mails, the index's segments, freed pages and journals, snapshots of older schemas. The
//! transaction that erased somebody wrote down what is left to do, so that neither a crash nor a full disk loses it (PROMISES P69).

use super::Folder;
use crate::account;
use crate::blobs::{self, Hash};
use crate::database::Millis;
use crate::desk::rights::{self, Unfinished};
use crate::email;
use crate::search::Index;
use crate::setting;
use crate::world;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long to sleep when nothing is written, and before what failed is tried again.
const PATIENCE: Duration = Duration::from_secs(1);
/// At most so many of these before what fails is tried again: without room on the disk each trial writes much for nothing.
const TRIALS_APART_MAX: u32 = 60;
/// A shorter name is many people's.
const NAME_BYTES_MIN: usize = 6;
/// A shorter line is anybody's: "Thank you and best regards".
const LINE_BYTES_MIN: usize = 32;

pub fn run(folder: &Folder, index: &Index, stop: &AtomicBool) {
    let ticks = folder.db.ticks();
    let mut apart = 1;
    while !stop.load(Ordering::Relaxed) {
        let before = ticks.count();
        match finish(folder, index, world::now()) {
            Ok(false) => {
                ticks.wait(before, PATIENCE);
            }
            Ok(true) => apart = 1,
            Err(failure) => {
                tracing::warn!(%failure, "an erasure is not finished: it goes on in a moment");
                for _ in 0..apart {
                    if !stop.load(Ordering::Relaxed) {
                        ticks.wait(ticks.count(), PATIENCE);
                    }
                }
                apart = (apart * 2).min(TRIALS_APART_MAX);
            }
        }
    }
}

/// Finishes what waits; whether anything did.
pub fn finish(folder: &Folder, index: &Index, now: Millis) -> anyhow::Result<bool> {
    let (waiting, gone, clean) = folder.db.read(|c| {
        let waiting = rights::unfinished(c)?;
        let gone = waiting.raw.iter().map(|hash| Ok((*hash, rights::is_needed(c, *hash)?))).collect::<crate::database::Result<Vec<_>>>()?;
        anyhow::Ok((waiting, gone, setting::get::<bool>(c, setting::FREED_PAGES_CLEAN)?.unwrap_or_default()))
    })?;
    if waiting == Unfinished::default() {
        return Ok(false);
    }
    let gone: Vec<Hash> = gone.into_iter().filter(|(_, needed)| !needed).map(|(hash, _)| hash).collect();
    crate::failpoint::reached("eraser.begun");
    // A letter that was never sent is nobody's end: no dictionary is given up for the shop's own signature in it.
    let told: Vec<Hash> = gone.iter().filter(|hash| !waiting.erasures.is_empty() || waiting.buried.contains(hash)).copied().collect();
    if !told.is_empty() && folder.blobs.dictionary_knows(&words_of(folder, &told)?)? {
        folder.blobs.forget_dictionaries()?;
    }
    folder.blobs.forget(&gone)?;
    crate::failpoint::reached("eraser.raw_forgotten");
    if !waiting.erasures.is_empty() {
        index.forget_deleted(&folder.db)?;
        forget_snapshots(folder)?;
        if !clean {
            clean_freed_pages(folder, now)?;
        }
        // While the journal holds them they are not gone: whoever reads an older state is waited for.
        folder.db.empty_journal()?;
    }
    crate::failpoint::reached("eraser.index_clean");
    let done = waiting.clone();
    folder.db.write(move |tx| rights::finish(tx, &done, now))?;
    if let Err(failure) = folder.db.empty_journal() {
        tracing::debug!(%failure, "the journal is emptied another time: it names only what is done");
    }
    Ok(true)
}

/// Until now somebody's words may stand in pages that were freed before they were overwritten: both files are written anew, once.
fn clean_freed_pages(folder: &Folder, now: Millis) -> anyhow::Result<()> {
    folder.blobs.write_anew()?;
    folder.db.write_anew()?;
    folder.blobs.forget(&[])?;
    Ok(folder.db.write(move |tx| setting::set(tx, setting::FREED_PAGES_CLEAN, &true, None, now))?)
}

/// What a dictionary must not repeat: who wrote, and the lines that they wrote.
fn words_of(folder: &Folder, raw: &[Hash]) -> anyhow::Result<Vec<Vec<u8>>> {
    let ours: Vec<String> = folder.db.read(|c| anyhow::Ok(account::all(c)?.into_iter().map(|account| account.address.key()).collect()))?;
    let mut words = Vec::new();
    for hash in raw {
        let bytes = match folder.blobs.get(*hash) {
            Ok(bytes) => bytes,
            Err(blobs::Error::Missing(_) | blobs::Error::Damaged(_)) => continue,
            Err(failure) => return Err(failure.into()),
        };
        let email = email::read(&bytes);
        let others = email.from.iter().chain(&email.to).filter(|person| !ours.contains(&person.address.key()));
        let names = others.flat_map(|person| [person.name.clone(), person.address.to_string()]).filter(|name| name.len() >= NAME_BYTES_MIN);
        let lines = email.new_text.lines().map(|line| line.trim().to_owned()).filter(|line| line.len() >= LINE_BYTES_MIN);
        words.extend(names.chain(lines).map(String::into_bytes));
    }
    Ok(words)
}

/// Copies of the database from before an upgrade hold the person, too.
fn forget_snapshots(folder: &Folder) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(&folder.path)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().contains("-before-schema-") {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
