//! Large raw mails as files `blobs/ab/abcdef…`, written whole or not at all: temporary name, fsync, rename, fsync of
//! the folder (and of its parent when the folder is new).

use super::{Hash, Result};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

pub fn keep(folder: &Path, hash: Hash, bytes: &[u8]) -> Result<()> {
    let target = place(folder, hash);
    let parent = target.parent().expect("a blob lives in a folder");
    if target.exists() {
        // Whoever gave it its name may have been killed, or still be busy, before the name was durable.
        File::open(parent)?.sync_all()?;
        File::open(folder)?.sync_all()?;
        return Ok(());
    }
    if !parent.exists() {
        fs::create_dir_all(parent)?;
        File::open(folder)?.sync_all()?;
    }
    // Two threads may keep the same mail at once: each has its own temporary file, either rename is right.
    let unfinished = parent.join(format!("{hash}.{:?}.part", std::thread::current().id()));
    crate::failpoint::reached("blobs.writing_file");
    let mut file = File::create(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    crate::failpoint::reached("blobs.file_synced");
    fs::rename(&unfinished, &target)?;
    crate::failpoint::reached("blobs.file_named");
    File::open(parent)?.sync_all()?;
    crate::failpoint::reached("blobs.folder_synced");
    Ok(())
}

pub fn get(folder: &Path, hash: Hash) -> Result<Option<Vec<u8>>> {
    match fs::read(place(folder, hash)) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e.into()),
    }
}

/// The file goes, if there is one.
pub fn forget(folder: &Path, hash: Hash) -> Result<()> {
    match fs::remove_file(place(folder, hash)) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e.into()),
        _ => Ok(()),
    }
}

fn place(folder: &Path, hash: Hash) -> PathBuf {
    let name = hash.to_string();
    folder.join(&name[..2]).join(name)
}
