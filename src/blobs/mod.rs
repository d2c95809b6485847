//! Raw mails by the SHA-256 of their bytes: the truth from which all else can be made again. Small ones live compressed
//! in `mail.db`, large ones as files; both are durable before anyone may name them. Nothing is stored twice, and no
//! name of a sender's making ever reaches the disk.

mod files;
mod forget;
mod fresh;
mod squeeze;

use crate::database::{self, MAIL_MIGRATIONS, Reader, Writer, params};
use fresh::Fresh;
use squeeze::Unsqueezer;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Larger raw mails become files: SQLite would write them twice (WAL, then database).
pub const IN_DATABASE_BYTES_MAX: usize = 256 * 1024;
/// Raw mails looked at to train a dictionary, and needed before it is worth one.
const TRAINING_SAMPLES: usize = 1_000;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("raw mail {0} is missing from the data folder")]
    Missing(Hash),
    #[error("raw mail {0} is damaged on disk: restore it from a backup")]
    Damaged(Hash),
    #[error(transparent)]
    Database(#[from] database::Error),
    #[error("{0}")]
    Io(std::io::Error),
}

pub type Result<T> = std::result::Result<T, Error>;

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Error {
        match database::Error::from(error) {
            database::Error::Io(other) => Error::Io(other),
            full => Error::Database(full),
        }
    }
}

/// The name of a raw mail: SHA-256 of its bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    pub fn of(bytes: &[u8]) -> Hash {
        Hash(crate::secret::digest(bytes))
    }

    pub fn from_slice(bytes: &[u8]) -> Option<Hash> {
        bytes.try_into().ok().map(Hash)
    }
}

impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

pub struct Blobs {
    folder: PathBuf,
    writer: Mutex<Writer>,
    reader: Mutex<Reader>,
    squeezers: squeeze::Squeezers,
    fresh: Mutex<Fresh>,
}

impl Blobs {
    /// Opens (or makes) `mail.db` and `blobs/` in the data folder.
    pub fn open(data: &Path) -> Result<Blobs> {
        let path = data.join("mail.db");
        let connection = database::connect_for_writing(&path)?;
        database::migrate(&connection, &path, MAIL_MIGRATIONS)?;
        let writer = Writer::new(connection);
        let reader = Writer::new(database::connect_for_writing(&path)?);
        // Raw mail is written once and hardly read again: a large page cache would only cost memory.
        for connection in [&writer, &reader] {
            connection.batch("PRAGMA cache_size = -2048")?;
        }
        let reader = reader.into_reader();
        let squeezers = squeeze::Squeezers::load(&writer)?;
        let folder = data.join("blobs");
        std::fs::create_dir_all(&folder)?;
        Ok(Blobs { folder, writer: Mutex::new(writer), reader: Mutex::new(reader), squeezers, fresh: Mutex::default() })
    }

    /// Makes all of `mails` durable in one commit and names them in order. What is there already is not written again.
    pub fn keep(&self, mails: &[&[u8]]) -> Result<Vec<Hash>> {
        let hashes: Vec<Hash> = mails.iter().map(|bytes| Hash::of(bytes)).collect();
        let (small, large): (Vec<_>, Vec<_>) = hashes.iter().zip(mails.iter().copied()).partition(|(_, bytes)| bytes.len() <= IN_DATABASE_BYTES_MAX);
        for (hash, bytes) in &large {
            files::keep(&self.folder, **hash, bytes)?;
        }
        let (dictionary, squeezed) = self.squeezers.squeeze(&small.iter().map(|(_, bytes)| *bytes).collect::<Vec<_>>())?;
        let in_database = small.iter().zip(squeezed).map(|((hash, bytes), squeezed)| (*hash, bytes.len(), dictionary, Some(squeezed)));
        let rows: Vec<_> = in_database.chain(large.iter().map(|(hash, bytes)| (*hash, bytes.len(), None, None))).collect();
        crate::failpoint::reached("blobs.files_kept");
        let writer = lock(&self.writer);
        writer.batch("BEGIN IMMEDIATE")?;
        let written = rows.iter().try_for_each(|(hash, size, dictionary, bytes)| {
            writer
                .execute(
                    "INSERT INTO raw(hash, size, dictionary_id, bytes) VALUES (?1, ?2, ?3, ?4) ON CONFLICT(hash) DO NOTHING",
                    params![hash.0, *size as i64, dictionary, bytes],
                )
                .map(|_| ())
        });
        crate::failpoint::reached("blobs.inserted");
        if let Err(failure) = written.and_then(|()| writer.batch("COMMIT")) {
            writer.batch("ROLLBACK").ok();
            return Err(failure.into());
        }
        crate::failpoint::reached("blobs.kept");
        Ok(hashes)
    }

    /// The same for mails that `each` will be asked for next.
    pub fn keep_for_reading(&self, mails: &[&[u8]]) -> Result<Vec<Hash>> {
        let hashes = self.keep(mails)?;
        let mut fresh = lock(&self.fresh);
        hashes.iter().zip(mails).for_each(|(hash, bytes)| fresh.remember(*hash, bytes));
        Ok(hashes)
    }

    /// The bytes named `hash`, checked against their name.
    pub fn get(&self, hash: Hash) -> Result<Vec<u8>> {
        self.get_with(&mut Unsqueezer::new(&self.squeezers.dictionaries()), hash)
    }

    /// The mails named `hashes`, one after the other, for `take`: cheaper than `get` for each.
    pub fn each<T>(&self, hashes: impl Iterator<Item = Hash>, mut take: impl FnMut(Result<Vec<u8>>) -> T) -> Vec<T> {
        let dictionaries = self.squeezers.dictionaries();
        let mut unsqueezer = Unsqueezer::new(&dictionaries);
        hashes
            .map(|hash| {
                let fresh = lock(&self.fresh).take(hash);
                take(fresh.map_or_else(|| self.get_with(&mut unsqueezer, hash), Ok))
            })
            .collect()
    }

    fn get_with(&self, unsqueezer: &mut Unsqueezer, hash: Hash) -> Result<Vec<u8>> {
        let row = lock(&self.reader).optional("SELECT size, dictionary_id, bytes FROM raw WHERE hash = ?1", [hash.0], |r| {
            Ok((r.get::<_, i64>(0)?, r.get::<_, Option<i64>>(1)?, r.get::<_, Option<Vec<u8>>>(2)?))
        })?;
        let bytes = match row {
            None => return Err(Error::Missing(hash)),
            Some((_, _, None)) => files::get(&self.folder, hash)?.ok_or(Error::Missing(hash))?,
            Some((size, dictionary, Some(squeezed))) => unsqueezer.unsqueeze(&squeezed, dictionary, size as usize).map_err(|_| Error::Damaged(hash))?,
        };
        if Hash::of(&bytes) == hash { Ok(bytes) } else { Err(Error::Damaged(hash)) }
    }

    /// Once enough mails are there, learns a dictionary from them: a shop's mails repeat their headers, and shrink to
    /// half of what they would without. Does nothing when there is one already.
    pub fn learn_dictionary(&self, now: database::Millis) -> Result<bool> {
        if self.squeezers.has_dictionary() {
            return Ok(false);
        }
        let samples = {
            let reader = lock(&self.reader);
            let count: i64 = reader.one("SELECT coalesce(max(id), 0) FROM raw", [], |r| r.get(0))?;
            if count < TRAINING_SAMPLES as i64 {
                return Ok(false);
            }
            reader.all("SELECT bytes, size FROM raw WHERE bytes IS NOT NULL AND size < 20000 ORDER BY id LIMIT ?1", [TRAINING_SAMPLES as i64], |r| {
                Ok((r.get::<_, Vec<u8>>(0)?, r.get::<_, i64>(1)?))
            })?
        };
        self.squeezers.learn(samples, &lock(&self.writer), now)?;
        Ok(true)
    }

    /// How many raw mails there are, and their bytes before compression.
    pub fn count(&self) -> Result<(i64, i64)> {
        Ok(lock(&self.reader).one("SELECT count(*), coalesce(sum(size), 0) FROM raw", [], |r| Ok((r.get(0)?, r.get(1)?)))?)
    }

    /// Every name, for backups and checks.
    pub fn names(&self) -> Result<Vec<Hash>> {
        let rows = lock(&self.reader).all("SELECT hash FROM raw ORDER BY id", [], |r| r.get::<_, Vec<u8>>(0))?;
        Ok(rows.iter().filter_map(|bytes| Hash::from_slice(bytes)).collect())
    }

    /// Writes a consistent copy of `mail.db` to `target`; the large files are immutable and are copied as they are.
    pub fn copy_database_to(&self, target: &Path) -> Result<()> {
        Ok(lock(&self.reader).copy_to(target)?)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_large_mails_come_back_byte_for_byte() {
        let data = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(data.path()).unwrap();
        let large = vec![b'x'; IN_DATABASE_BYTES_MAX + 1];
        let mails: [&[u8]; 4] = [b"Subject: one\r\n\r\nHello\r\n", b"", &large, b"Subject: one\r\n\r\nHello\r\n"];
        let hashes = blobs.keep(&mails).unwrap();
        assert_eq!(hashes[0], hashes[3]);
        for (hash, mail) in hashes.iter().zip(mails) {
            assert_eq!(blobs.get(*hash).unwrap(), mail);
        }
        assert_eq!(blobs.count().unwrap().0, 3);
        assert!(matches!(blobs.get(Hash([0; 32])), Err(Error::Missing(_))));
    }

    #[test]
    fn p03_the_connection_that_writes_is_durable_after_power_loss() {
        let data = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(data.path()).unwrap();
        assert_eq!(lock(&blobs.writer).one("PRAGMA synchronous", [], |r| r.get::<_, i64>(0)).unwrap(), 2);
    }

    #[test]
    fn a_dictionary_shrinks_what_comes_after_it_and_old_mails_stay_readable() {
        let data = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(data.path()).unwrap();
        let mail = |n: usize| {
            format!(
                "Received: from mail.example.test by mx.shop.test\r\nFrom: Customer {n} <c{n}@example.test>\r\nSubject: Order AT-{n}\r\nX-Id: {}\r\n\r\nHello, where is order {n}?\r\n",
                n * 7919
            )
        };
        let mails: Vec<String> = (0..TRAINING_SAMPLES + 10).map(mail).collect();
        let hashes = blobs.keep(&mails.iter().map(|m| m.as_bytes()).collect::<Vec<_>>()).unwrap();
        assert!(blobs.learn_dictionary(0).unwrap());
        assert!(!blobs.learn_dictionary(0).unwrap());
        let late = mail(987_654);
        let late_hash = blobs.keep(&[late.as_bytes()]).unwrap()[0];
        drop(blobs);
        let blobs = Blobs::open(data.path()).unwrap();
        assert_eq!(blobs.get(late_hash).unwrap(), late.as_bytes());
        assert_eq!(blobs.get(hashes[3]).unwrap(), mails[3].as_bytes());
    }

    #[test]
    fn a_damaged_file_is_said_to_be_damaged() {
        let data = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(data.path()).unwrap();
        let large = vec![b'y'; IN_DATABASE_BYTES_MAX + 1];
        let hash = blobs.keep(&[&large]).unwrap()[0];
        let name = hash.to_string();
        std::fs::write(data.path().join("blobs").join(&name[..2]).join(&name), b"other").unwrap();
        assert!(matches!(blobs.get(hash), Err(Error::Damaged(_))));
    }
}
