//! What has to happen now and then without anybody asking: snoozes end, silent customers are reminded, follow-ups go, a dictionary is learned, another process's
//! changes are noticed.

use super::Folder;
use crate::desk;
use crate::return_request::upload;
use crate::world;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How exactly a snooze ends, and how soon `restante mailbox add` beside a running server is noticed.
const EVERY: Duration = Duration::from_secs(1);
/// A dictionary is looked for now and then; there is one after the first thousand mails.
const LEARN_EVERY: Duration = Duration::from_secs(60);
/// Who was silent for days can wait a minute.
const REMIND_EVERY: Duration = Duration::from_secs(60);
/// Seconds without a commit after which memory is given back: a first sync is over, or the day.
const QUIET: u32 = 13;
/// How soon a stop is noticed.
const STEP: Duration = Duration::from_millis(100);

pub fn run(folder: &Folder, stop: &AtomicBool) {
    let ticks = folder.db.ticks();
    let mut learn_at = Instant::now() + LEARN_EVERY;
    let mut remind_at = Instant::now();
    let mut version = folder.db.version().unwrap_or_default();
    let mut count = ticks.count();
    let mut quiet = 0;
    while !stop.load(Ordering::Relaxed) {
        let until = Instant::now() + EVERY;
        while Instant::now() < until && !stop.load(Ordering::Relaxed) {
            std::thread::sleep(STEP);
        }
        if let Err(failure) = wake_snoozed(folder) {
            tracing::warn!(%failure, "snoozed conversations could not be woken");
        }
        if let Err(failure) = forget_uploads(folder) {
            tracing::warn!(%failure, "photos of forms that were never sent are still here");
        }
        if Instant::now() > remind_at {
            remind_at = Instant::now() + REMIND_EVERY;
            if let Err(failure) = remind(folder) {
                tracing::warn!(%failure, "customers who do not answer were not reminded");
            }
            if let Err(failure) = follow_up(folder) {
                tracing::warn!(%failure, "follow-ups that are due did not go");
            }
        }
        if Instant::now() > learn_at {
            learn_at = Instant::now() + LEARN_EVERY;
            if let Err(failure) = folder.blobs.learn_dictionary(world::now()) {
                tracing::warn!(%failure, "no dictionary was learned");
            }
        }
        // Another process wrote (restante agent add …): our own threads wait for ticks and would not know.
        let (now_version, now_count) = (folder.db.version().unwrap_or(version), ticks.count());
        if now_version != version && now_count == count {
            ticks.advance();
        }
        quiet = if now_count == count { quiet + 1 } else { 0 };
        if quiet == QUIET {
            give_memory_back();
        }
        (version, count) = (now_version, ticks.count());
    }
}

/// What was freed goes back to the system: glibc keeps it for as long as anything above it lives.
fn give_memory_back() {
    #[cfg(target_env = "gnu")]
    // SAFETY: malloc_trim takes no pointer and may be called at any time from any thread (malloc_trim(3)).
    unsafe {
        libc::malloc_trim(0);
    }
}

fn forget_uploads(folder: &Folder) -> anyhow::Result<()> {
    let now = world::now();
    if folder.db.read(|c| upload::any_old(c, now))? {
        folder.db.write(move |tx| upload::forget_old(tx, now))?;
    }
    Ok(())
}

fn remind(folder: &Folder) -> anyhow::Result<()> {
    let now = world::now();
    if folder.db.read(|c| desk::returns::anybody_silent(c, now))? {
        folder.db.write(move |tx| desk::returns::remind(tx, now))?;
    }
    Ok(())
}

/// One goes in a round, at most: as a person would write them.
fn follow_up(folder: &Folder) -> anyhow::Result<()> {
    let now = world::now();
    if folder.db.read(|c| anyhow::Ok(desk::follow_ups::anything_due(c, now)? && desk::follow_ups::waits(c)?.is_none()))? {
        let (key, word) = (folder.key.clone(), world::random_word());
        folder.db.write(move |tx| desk::follow_ups::go(tx, &key, &word, now))?;
    }
    Ok(())
}

fn wake_snoozed(folder: &Folder) -> anyhow::Result<()> {
    let now = world::now();
    if !folder.db.read(|c| crate::conversation::list::due_to_wake(c, now))?.is_empty() {
        folder.db.write(move |tx| desk::wake_snoozed(tx, now))?;
    }
    Ok(())
}
