//! Writes the letters that the desk wants written: fetches their files, composes them, makes their bytes durable, queues them.
//! The desk decided that they should be; the postman sends them.

use super::{Folder, picture};
use crate::database::Millis;
use crate::desk::letters::{self, Composed, Enclosed, Making, Waiting};
use crate::{email, setting, web, world};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Letters taken at once: more than ever fail together, so that those behind them are reached.
const BATCH: usize = 200;
/// How long to sleep when nothing is written; another process may have wanted a letter.
const PATIENCE: Duration = Duration::from_secs(1);

pub fn run(folder: &Folder, stop: &AtomicBool) {
    let ticks = folder.db.ticks();
    while !stop.load(Ordering::Relaxed) {
        let before = ticks.count();
        match write_waiting(folder) {
            Ok(0) => {
                ticks.wait(before, PATIENCE);
            }
            Ok(_) => {}
            Err(failure) => {
                tracing::error!(%failure, "no letter is written now: what is wanted stays noted");
                ticks.wait(ticks.count(), PATIENCE);
            }
        }
    }
}

/// Writes or drops what waits; returns how many. One that fails stays noted and does not hold up those behind it; an error where none
/// could be written.
pub fn write_waiting(folder: &Folder) -> anyhow::Result<usize> {
    let waiting = folder.db.read(|c| letters::waiting(c, BATCH, world::now()))?;
    let (mut written, mut first_failure) = (0, None);
    for wanted in &waiting {
        match write(folder, wanted, world::now()) {
            Ok(()) => written += 1,
            Err(failure) => {
                tracing::error!(letter = wanted.id.0, %failure, "a letter cannot be written now: it stays noted");
                first_failure.get_or_insert(failure);
            }
        }
    }
    first_failure.filter(|_| written == 0).map_or(Ok(written), Err)
}

fn write(folder: &Folder, wanted: &Waiting, now: Millis) -> anyhow::Result<()> {
    let (named, url) = folder.db.read(|c| anyhow::Ok((letters::files(c, wanted)?, setting::get::<String>(c, setting::PUBLIC_URL)?)))?;
    let mut enclosed = Enclosed::default();
    for (hash, part, name) in named {
        let raw = if enclosed.has_room() { email::attachment_bytes(&folder.blobs.get(hash)?, part) } else { None };
        // Not the sender's file: what their camera wrote beside the pixels stays here (PROMISES P66).
        let jpeg = raw.and_then(|bytes| picture::aside(&bytes)).and_then(web::photo);
        enclosed.add(&web::jpeg_name(&name), jpeg);
    }
    let (word, token) = (world::random_word(), world::random_token());
    let making = Making { key: &folder.key, word: &word, token: &token, url: url.as_deref(), now };
    let outcome = folder.db.read(|c| letters::compose(c, wanted, enclosed, &making))?;
    let wanted = wanted.clone();
    match outcome {
        Ok(composed) => queue(folder, wanted, composed, token, now),
        Err(why) => Ok(folder.db.write(move |tx| letters::drop_letter(tx, &wanted, &why, now))?),
    }
}

fn queue(folder: &Folder, wanted: Waiting, composed: Composed, token: String, now: Millis) -> anyhow::Result<()> {
    crate::failpoint::reached("scribe.composed");
    let hash = folder.blobs.keep(&[&composed.bytes])?[0];
    crate::failpoint::reached("scribe.kept");
    folder.db.write(move |tx| letters::queue(tx, &wanted, &composed, hash, &token, now))?;
    crate::failpoint::reached("scribe.queued");
    Ok(())
}
