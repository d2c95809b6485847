//! `restante backup FILE`: the shop in one file, made while the server runs. Records first, then raw mail: as raw mail
//! is always durable before a record names it, every mail that the copied records name is in the copied raw mail.

use crate::database::{Millis, snapshot};
use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The shape of the file; a restore refuses one that it does not know.
pub const FORMAT: u32 = 1;
pub const MANIFEST: &str = "manifest.json";
pub const RECORDS: &str = "restante.db";
pub const RAW_MAIL: &str = "mail.db";
pub const LARGE_MAIL: &str = "blobs";
pub const KEY: &str = "secret.key";

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    /// The version of Restante that made it.
    pub restante: String,
    /// RFC 3339.
    pub made_at: String,
    pub with_key: bool,
    pub counts: Counts,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub mailboxes: i64,
    pub agents: i64,
    pub customers: i64,
    pub conversations: i64,
    pub messages: i64,
    pub ledger: i64,
    pub raw_mails: i64,
    /// Of the raw mails, those kept as files.
    pub large_mails: i64,
}

/// Writes a backup of `data` to `target` and says on `out` what is in it.
pub fn run(target: &Path, data: &Path, with_key: bool, now: Millis, out: &mut impl Write) -> anyhow::Result<Manifest> {
    if !data.join(RECORDS).exists() {
        bail!("{} holds no {RECORDS}: give the data folder with --data", data.display());
    }
    if with_key && !data.join(KEY).exists() {
        bail!("{} holds no {KEY}: make the backup without --with-key", data.display());
    }
    let unfinished = Unfinished::beside(target)?;
    let manifest = write(&unfinished, data, with_key, now)?;
    fs::rename(&unfinished.file, target).with_context(|| format!("could not name the backup {}", target.display()))?;
    File::open(folder_of(target))?.sync_all()?;
    let size = fs::metadata(target)?.len();
    writeln!(
        out,
        "{}: {} conversations, {} messages, {} raw mails, {:.1} MB.",
        target.display(),
        manifest.counts.conversations,
        manifest.counts.messages,
        manifest.counts.raw_mails,
        size as f64 / 1_000_000.0
    )?;
    if with_key {
        writeln!(out, "With the key file: whoever has this backup can read the mailbox passwords. Keep it as you keep them.")?;
    } else {
        writeln!(out, "Without the key file: keep a copy of {} elsewhere, or enter the mailbox passwords again after a restore.", data.join(KEY).display())?;
    }
    Ok(manifest)
}

fn write(unfinished: &Unfinished, data: &Path, with_key: bool, now: Millis) -> anyhow::Result<Manifest> {
    let records = unfinished.scratch.join(RECORDS);
    let raw_mail = unfinished.scratch.join(RAW_MAIL);
    snapshot::copy(&data.join(RECORDS), &records).context("could not copy the records")?;
    crate::failpoint::reached("backup.records_copied");
    snapshot::copy(&data.join(RAW_MAIL), &raw_mail).context("could not copy the raw mail")?;
    let large = large_mails(&data.join(LARGE_MAIL))?;
    let manifest = Manifest {
        format: FORMAT,
        restante: env!("CARGO_PKG_VERSION").into(),
        made_at: jiff::Timestamp::from_millisecond(now)?.to_string(),
        with_key,
        counts: counts(&records, &raw_mail, large.len() as i64)?,
    };
    let mut tar = tar::Builder::new(private_file(&unfinished.file).with_context(|| format!("could not write {}", unfinished.file.display()))?);
    append_bytes(&mut tar, MANIFEST, &serde_json::to_vec_pretty(&manifest)?, now)?;
    append_file(&mut tar, RECORDS, &records)?;
    append_file(&mut tar, RAW_MAIL, &raw_mail)?;
    for (name, path) in &large {
        append_file(&mut tar, name, path)?;
    }
    if with_key {
        append_bytes(&mut tar, KEY, &fs::read(data.join(KEY))?, now)?;
    }
    tar.into_inner()?.sync_all()?;
    Ok(manifest)
}

/// Customers' mail, and perhaps the key: for its owner alone, as the data folder is.
fn private_file(path: &Path) -> std::io::Result<File> {
    fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

fn counts(records: &Path, raw_mail: &Path, large_mails: i64) -> anyhow::Result<Counts> {
    Ok(Counts {
        mailboxes: snapshot::rows_in(records, "mailbox")?,
        agents: snapshot::rows_in(records, "agent")?,
        customers: snapshot::rows_in(records, "customer")?,
        conversations: snapshot::rows_in(records, "conversation")?,
        messages: snapshot::rows_in(records, "message")?,
        ledger: snapshot::rows_in(records, "ledger")?,
        raw_mails: snapshot::rows_in(raw_mail, "raw")?,
        large_mails,
    })
}

/// Large raw mails: their name in the backup and where they are. They never change once they have their name.
fn large_mails(folder: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    if !folder.exists() {
        return Ok(found);
    }
    for shelf in fs::read_dir(folder)? {
        let shelf = shelf?;
        if !shelf.file_type()?.is_dir() {
            continue;
        }
        for mail in fs::read_dir(shelf.path())? {
            let mail = mail?;
            let name = format!("{LARGE_MAIL}/{}/{}", shelf.file_name().to_string_lossy(), mail.file_name().to_string_lossy());
            if is_large_mail(&name) {
                found.push((name, mail.path()));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// `blobs/ab/abcdef…`: 64 hexadecimal digits, and nothing else.
pub fn is_large_mail(name: &str) -> bool {
    let Some((shelf, hash)) = name.strip_prefix("blobs/").and_then(|rest| rest.split_once('/')) else { return false };
    let hexadecimal = |text: &str| text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    hash.len() == 64 && hexadecimal(hash) && hash.get(..2) == Some(shelf)
}

fn append_file(tar: &mut tar::Builder<File>, name: &str, path: &Path) -> anyhow::Result<()> {
    let mut file = File::open(path)?;
    let facts = file.metadata()?;
    let mut header = header_for(facts.len());
    header.set_mtime(facts.modified()?.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs());
    tar.append_data(&mut header, name, &mut file).with_context(|| format!("could not add {name}"))
}

fn append_bytes(tar: &mut tar::Builder<File>, name: &str, bytes: &[u8], now: Millis) -> anyhow::Result<()> {
    let mut header = header_for(bytes.len() as u64);
    header.set_mtime(now.max(0) as u64 / 1000);
    tar.append_data(&mut header, name, bytes).with_context(|| format!("could not add {name}"))
}

/// Only its owner may read what is unpacked from it.
fn header_for(size: u64) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o600);
    header
}

/// The backup before it has its name, and the copies that go into it; both vanish when they are not needed any more.
struct Unfinished {
    file: PathBuf,
    scratch: PathBuf,
}

impl Unfinished {
    fn beside(target: &Path) -> anyhow::Result<Unfinished> {
        let Some(name) = target.file_name() else { bail!("{} is not the name of a file", target.display()) };
        let with = |end: &str| target.with_file_name(format!("{}{end}", name.to_string_lossy()));
        let unfinished = Unfinished { file: with(".part"), scratch: with(".part.d") };
        fs::remove_dir_all(&unfinished.scratch).ok(); // left by a backup that was killed
        fs::remove_file(&unfinished.file).ok();
        fs::DirBuilder::new().mode(0o700).create(&unfinished.scratch).with_context(|| format!("could not write beside {}", target.display()))?;
        Ok(unfinished)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.scratch).ok();
        fs::remove_file(&self.file).ok();
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests;
