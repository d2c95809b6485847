//! `restante restore FILE`: a backup becomes a data folder. It is checked before it may be used, and nothing is sent
//! from it until the owner says so (PROMISES P29): the letters in its outbox may have left already.

use super::backup::{FORMAT, KEY, MANIFEST, Manifest, RAW_MAIL, RECORDS, is_large_mail};
use crate::action::call;
use crate::blobs::{Blobs, Hash};
use crate::database::{self, Database, Millis, snapshot};
use crate::desk::follow_ups;
use crate::follow_up::{self, State, going, plan};
use crate::setting;
use anyhow::{Context, bail};
use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// A manifest is a few hundred bytes; more is not one of ours.
const MANIFEST_BYTES_MAX: u64 = 64 * 1024;
/// Under this name the records wait until all is checked: a folder without `restante.db` is not taken for a shop.
const UNCHECKED_RECORDS: &str = "restante.db.part";
/// Why a follow-up does not go.
const RESTORED: &str = "a backup was restored, and it may have gone already";

/// Unpacks `file` into the empty folder `data`, checks it, and says on `out` what it is. `generation` is a random word.
pub fn run(file: &Path, data: &Path, generation: &str, now: Millis, out: &mut impl Write) -> anyhow::Result<Manifest> {
    must_be_empty(data)?;
    let made_here = !data.exists();
    fs::DirBuilder::new().recursive(true).mode(0o700).create(data).with_context(|| format!("could not make {}", data.display()))?;
    let restored = unpack(file, data).and_then(|manifest| {
        check(data, &manifest)?;
        settle(data, &manifest, generation, now)?;
        Ok(manifest)
    });
    let manifest = restored.inspect_err(|_| undo(data, made_here))?;
    tell(&manifest, data, out)?;
    Ok(manifest)
}

fn must_be_empty(data: &Path) -> anyhow::Result<()> {
    // A fresh volume may come with lost+found.
    let occupied = data.exists() && fs::read_dir(data)?.filter_map(Result::ok).any(|entry| entry.file_name() != "lost+found");
    if occupied {
        bail!("{} is not empty: a restore never overwrites. Give another folder with --data, or move this one away", data.display());
    }
    Ok(())
}

fn unpack(file: &Path, data: &Path) -> anyhow::Result<Manifest> {
    let opened = File::open(file).with_context(|| format!("could not open {}", file.display()))?;
    let mut tar = tar::Archive::new(io::BufReader::new(opened));
    let mut manifest = None;
    for entry in tar.entries().context("this is not a backup")? {
        let mut entry = entry.with_context(|| format!("{} is damaged or is not a backup", file.display()))?;
        let name = entry.path().context("a name in the backup is damaged")?.to_string_lossy().into_owned();
        if !entry.header().entry_type().is_file() {
            bail!("{} holds “{name}”, which no backup of Restante has", file.display());
        }
        match name.as_str() {
            MANIFEST => manifest = Some(read_manifest(&mut entry, file)?),
            _ if manifest.is_none() => bail!("{} does not begin with {MANIFEST}: it is not a backup of Restante", file.display()),
            RECORDS => write_file(&mut entry, &data.join(UNCHECKED_RECORDS))?,
            RAW_MAIL | KEY => write_file(&mut entry, &data.join(&name))?,
            _ if is_large_mail(&name) => write_file(&mut entry, &data.join(&name))?,
            _ => bail!("{} holds “{name}”, which no backup of Restante has", file.display()),
        }
    }
    manifest.with_context(|| format!("{} is empty", file.display()))
}

fn read_manifest(entry: &mut impl Read, file: &Path) -> anyhow::Result<Manifest> {
    let mut text = Vec::new();
    entry.take(MANIFEST_BYTES_MAX).read_to_end(&mut text)?;
    let manifest: Manifest = serde_json::from_slice(&text).with_context(|| format!("the manifest of {} cannot be read", file.display()))?;
    if manifest.format > FORMAT {
        bail!("{} was made by Restante {}, which is newer than this one: restore it with that version", file.display(), manifest.restante);
    }
    Ok(manifest)
}

fn write_file(entry: &mut impl Read, target: &Path) -> anyhow::Result<()> {
    let folder = target.parent().expect("a file of the data folder lies in a folder");
    fs::create_dir_all(folder)?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(target).with_context(|| format!("could not write {}", target.display()))?;
    io::copy(entry, &mut file).with_context(|| format!("could not write {}", target.display()))?;
    file.sync_all()?;
    File::open(folder)?.sync_all()?;
    Ok(())
}

/// Both databases whole, every raw mail what its name says, every raw mail that a record names there.
fn check(data: &Path, manifest: &Manifest) -> anyhow::Result<()> {
    for (name, path) in [(RECORDS, data.join(UNCHECKED_RECORDS)), (RAW_MAIL, data.join(RAW_MAIL))] {
        let complaints = snapshot::complaints(&path).with_context(|| format!("{name} in the backup cannot be opened"))?;
        if let Some(first) = complaints.first() {
            bail!("{name} in the backup is damaged ({first}): use another backup");
        }
    }
    let blobs = Blobs::open(data)?;
    let names = blobs.names()?;
    for name in &names {
        blobs.get(*name).context("a raw mail in the backup is damaged: use another backup")?;
    }
    if names.len() as i64 != manifest.counts.raw_mails {
        bail!("the backup holds {} raw mails and should hold {}: use another backup", names.len(), manifest.counts.raw_mails);
    }
    Ok(())
}

/// Gives the records their name, brings their schema up to date and pauses the outbox.
fn settle(data: &Path, manifest: &Manifest, generation: &str, now: Millis) -> anyhow::Result<()> {
    let records = data.join(UNCHECKED_RECORDS);
    let database = Database::open(&records)?;
    let present: HashSet<Hash> = Blobs::open(data)?.names()?.into_iter().collect();
    let named = database.read(named_raw_mails)?;
    if let Some(missing) = named.iter().find(|hash| !present.contains(hash)) {
        bail!("a record of the backup names raw mail {missing}, which is not in it: use another backup");
    }
    let why = format!("restored from the backup of {}", manifest.made_at);
    let generation = generation.to_owned();
    database.write(move |tx| {
        setting::set(tx, setting::OUTBOX_PAUSED, &why, None, now)?;
        call::doubt_all(tx)?;
        end_follow_ups(tx, now)?;
        setting::set(tx, setting::GENERATION, &generation, None, now)?;
        crate::desk::Result::Ok(())
    })?;
    drop(database); // the last connection folds the WAL in
    for leftover in ["-wal", "-shm"].map(|end| data.join(format!("{UNCHECKED_RECORDS}{end}"))) {
        if fs::metadata(&leftover).is_ok_and(|m| m.len() > 0) && leftover.to_string_lossy().ends_with("-wal") {
            bail!("{} could not be folded into the records", leftover.display());
        }
        fs::remove_file(leftover).ok();
    }
    File::open(&records)?.sync_all()?;
    fs::rename(&records, data.join(RECORDS))?;
    File::open(data)?.sync_all()?;
    Ok(())
}

/// What was due may have gone, and to whoever said stop since nothing goes: it ends, and no plan goes on by itself.
fn end_follow_ups(tx: &database::Writer, now: Millis) -> crate::desk::Result<()> {
    for due in going::under_way(tx, now)? {
        if due.state == State::Sent {
            follow_ups::hold_back(tx, &due, RESTORED, None, now)?;
        } else {
            follow_up::cancel(tx, due.id, RESTORED, None, now)?;
        }
    }
    Ok(plan::switch_all_off(tx)?)
}

fn named_raw_mails(c: &database::Reader) -> database::Result<HashSet<Hash>> {
    let rows = c.all(
        "SELECT raw_hash FROM message WHERE raw_hash IS NOT NULL UNION SELECT raw_hash FROM ledger WHERE raw_hash IS NOT NULL
         UNION SELECT raw_hash FROM outbox UNION SELECT raw_hash FROM upload",
        [],
        |r| r.get::<_, Vec<u8>>(0),
    )?;
    Ok(rows.iter().filter_map(|bytes| Hash::from_slice(bytes)).collect())
}

/// Takes away what this restore wrote, so that the folder is empty again.
fn undo(data: &Path, made_here: bool) {
    if made_here {
        fs::remove_dir_all(data).ok();
        return;
    }
    for entry in fs::read_dir(data).into_iter().flatten().filter_map(Result::ok) {
        let path: PathBuf = entry.path();
        if entry.file_name() != "lost+found" {
            fs::remove_dir_all(&path).or_else(|_| fs::remove_file(&path)).ok();
        }
    }
}

fn tell(manifest: &Manifest, data: &Path, out: &mut impl Write) -> io::Result<()> {
    let counts = &manifest.counts;
    writeln!(
        out,
        "Restored to {}: {} conversations, {} messages, {} raw mails, as of {}. Everything was checked.",
        data.display(),
        counts.conversations,
        counts.messages,
        counts.raw_mails,
        manifest.made_at
    )?;
    writeln!(
        out,
        "Sending is paused: letters in the outbox stay there until the owner starts sending again in the settings, because they may have left after the backup was made."
    )?;
    writeln!(
        out,
        "Not known here is what happened after that: who asked for no more mail, who was erased, which discount codes were given. Follow-ups that were due are cancelled and their plans are off: enter again what you know of, before you switch them on."
    )?;
    if !manifest.with_key {
        writeln!(
            out,
            "The backup has no key file, so the mailbox passwords in it cannot be read: copy your {KEY} into {}, or enter the passwords again.",
            data.display()
        )?;
    }
    Ok(())
}
