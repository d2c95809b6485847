//! The folder of the index: opened if it is whole and belongs to the database, set aside and begun anew if not. What the
//! operating system refuses (a permission, a full disk) is no damage: it is reported, and nothing is touched.

use super::point::Point;
use super::schema::{Fields, register, schema};
use crate::database::{self, Database};
use std::fs;
use std::io::{Error as IoError, ErrorKind};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};
use tantivy::{IndexReader, IndexSettings, ReloadPolicy, TantivyError};

/// Up to this size an index is read through at start, so that damage cannot give wrong answers: about a second.
const VERIFIED_AT_START_BYTES: u64 = 512 * 1024 * 1024;

/// Threads that look through the segments of the index for one question: the two cores of a small machine.
const SEARCHING_THREADS: usize = 2;

/// Why an index cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// Its own fault: begin anew.
    #[error("{0}")]
    Damaged(String),
    /// Not its fault: say so and wait.
    #[error("{0}")]
    Refused(String),
    #[error(transparent)]
    Database(#[from] database::Error),
}

/// An index that can be searched and written.
pub struct Opened {
    pub index: tantivy::Index,
    pub reader: IndexReader,
    pub fields: Fields,
    pub point: Point,
}

/// Opens what is in `folder`, or begins anew. `thorough`: read every file through, however large.
pub fn open(folder: &Path, db: &Database, thorough: bool) -> Result<Opened, Trouble> {
    match examine(folder, db, thorough) {
        Ok(opened) => return Ok(opened),
        Err(Trouble::Damaged(why)) => {
            if folder.exists() {
                tracing::warn!(%why, "the search index is set aside and built anew");
                set_aside(folder)?;
            }
        }
        Err(other) => return Err(other),
    }
    begin(folder, db)
}

/// Moves the index away, in place of an older one that was set aside.
pub fn set_aside(folder: &Path) -> Result<(), Trouble> {
    let aside = aside(folder);
    let gone = match fs::remove_dir_all(&aside) {
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    };
    gone.and_then(|()| fs::rename(folder, &aside)).map_err(|e| refused(folder, &e))
}

/// Removes what was set aside, once it is replaced.
pub fn forget_aside(folder: &Path) {
    fs::remove_dir_all(aside(folder)).ok(); // there may be none; a copy that stays does no harm
}

fn aside(folder: &Path) -> PathBuf {
    folder.with_extension("aside")
}

fn begin(folder: &Path, db: &Database) -> Result<Opened, Trouble> {
    fs::create_dir_all(folder).map_err(|e| refused(folder, &e))?;
    let settings = IndexSettings { docstore_compress_dedicated_thread: false, ..IndexSettings::default() };
    let index = tantivy::Index::builder().schema(schema().0).settings(settings).create_in_dir(folder).map_err(|e| trouble(folder, &e))?;
    let point = db.read(Point::fresh)?;
    finish(folder, index, point)
}

/// Whether the index in `folder` is whole and this database's.
fn examine(folder: &Path, db: &Database, thorough: bool) -> Result<Opened, Trouble> {
    match fs::metadata(folder) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Err(Trouble::Damaged("there is none".into())),
        Err(e) => return Err(refused(folder, &e)),
        Ok(found) if !found.is_dir() => return Err(Trouble::Refused(format!("{} is a file where a folder should be: move it away", folder.display()))),
        Ok(_) => {}
    }
    let probe = folder.join(".may-write");
    fs::write(&probe, b"").and_then(|()| fs::remove_file(&probe)).map_err(|e| refused(folder, &e))?;
    // tantivy trusts its files; a damaged one may make it panic.
    catch_unwind(AssertUnwindSafe(|| examine_files(folder, db, thorough))).unwrap_or_else(|_| Err(Trouble::Damaged("it cannot be read".into())))
}

fn examine_files(folder: &Path, db: &Database, thorough: bool) -> Result<Opened, Trouble> {
    let index = tantivy::Index::open_in_dir(folder).map_err(|e| trouble(folder, &e))?;
    if index.schema() != schema().0 {
        return Err(Trouble::Damaged("it was made by another version".into()));
    }
    let payload = index.load_metas().map_err(|e| trouble(folder, &e))?.payload;
    let point = payload.as_deref().and_then(Point::from_payload).ok_or_else(|| Trouble::Damaged("it does not say how far it came".into()))?;
    if thorough || !is_large(folder) {
        verify(folder, &index)?;
    }
    let opened = finish(folder, index, point)?;
    let documents = documents(&opened).map_err(|e| trouble(folder, &e))?;
    match db.read(|c| opened.point.mismatch(c, documents))? {
        Some(why) => Err(Trouble::Damaged(why)),
        None => Ok(opened),
    }
}

fn finish(folder: &Path, mut index: tantivy::Index, point: Point) -> Result<Opened, Trouble> {
    register(&index);
    index.set_multithread_executor(SEARCHING_THREADS).map_err(|e| trouble(folder, &e))?;
    let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into().map_err(|e: TantivyError| trouble(folder, &e))?;
    Ok(Opened { index, reader, fields: schema().1, point })
}

/// Reads every file of the index and compares it with its checksum.
pub fn verify(folder: &Path, index: &tantivy::Index) -> Result<(), Trouble> {
    let managed = index.directory().list_managed_files();
    let segments: Vec<String> = index.searchable_segment_ids().map_err(|e| trouble(folder, &e))?.iter().map(|id| id.uuid_string()).collect();
    for entry in fs::read_dir(folder).map_err(|e| refused(folder, &e))?.flatten() {
        let name = PathBuf::from(entry.file_name());
        let ours = name.to_str().is_some_and(|name| segments.iter().any(|id| name.starts_with(id.as_str())));
        if ours && !managed.contains(&name) {
            return Err(Trouble::Damaged(format!("{} is not in its list of files", name.display())));
        }
    }
    let damaged = index.validate_checksum().map_err(|e| trouble(folder, &e))?;
    match damaged.iter().next() {
        Some(file) => Err(Trouble::Damaged(format!("{} is damaged", file.display()))),
        None => Ok(()),
    }
}

/// Documents alive, counted in the segments themselves.
fn documents(opened: &Opened) -> tantivy::Result<i64> {
    let mut count = 0;
    for segment in opened.reader.searcher().segment_readers() {
        let ids = segment.fast_fields().u64("id")?;
        if ids.num_docs() != segment.max_doc() {
            return Ok(-1); // can never be what belongs there
        }
        count += i64::from(segment.num_docs());
    }
    Ok(count)
}

/// Too large to be read through while somebody waits.
pub fn is_large(folder: &Path) -> bool {
    let bytes: u64 = fs::read_dir(folder).map_or(0, |entries| entries.flatten().filter_map(|entry| entry.metadata().ok()).map(|m| m.len()).sum());
    bytes > VERIFIED_AT_START_BYTES
}

fn refused(folder: &Path, e: &IoError) -> Trouble {
    Trouble::Refused(format!("{}: {e}", folder.display()))
}

/// Sorts tantivy's errors: which are the index's own fault.
pub fn trouble(folder: &Path, e: &TantivyError) -> Trouble {
    let io: Option<&Arc<IoError>> = match e {
        TantivyError::IoError(io)
        | TantivyError::OpenReadError(OpenReadError::IoError { io_error: io, .. })
        | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: io, .. })
        | TantivyError::OpenDirectoryError(OpenDirectoryError::IoError { io_error: io, .. })
        | TantivyError::LockFailure(LockError::IoError(io), _) => Some(io),
        TantivyError::LockFailure(LockError::LockBusy, _) => {
            return Trouble::Refused(format!("another process is writing to {}", folder.display()));
        }
        _ => None,
    };
    match io {
        Some(io) if !matches!(io.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof | ErrorKind::NotFound) => refused(folder, io),
        _ => Trouble::Damaged(e.to_string()),
    }
}
