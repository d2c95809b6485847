//! Opens everything, starts the doors, stops them in order; the same for `serve`, the demo and the tests.

pub mod eraser;
pub mod first_start;
mod housekeeping;
pub mod picture;
mod running;
mod scribe;

pub use running::{Door, Running, probe_account, web_runtime};

use crate::blobs::Blobs;
use crate::database::Database;
use crate::secret::SecretKey;
use crate::world;
use anyhow::{Context, bail};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A data folder, opened: what every command needs. Several processes may have it open; one of them serves.
#[derive(Clone)]
pub struct Folder {
    pub path: PathBuf,
    pub db: Database,
    pub blobs: Arc<Blobs>,
    pub key: SecretKey,
}

impl Folder {
    /// Opens the folder, making it on first use (mode 0700: it holds customers' mail).
    pub fn open(path: &Path) -> anyhow::Result<Folder> {
        make_private(path)?;
        let key = SecretKey::load_or_create(&path.join("secret.key"), world::random()).context("the key file secret.key")?;
        let db = Database::open(&path.join("restante.db")).with_context(|| format!("the database in {}", path.display()))?;
        let blobs = Arc::new(Blobs::open(path).with_context(|| format!("the raw mails in {}", path.display()))?);
        Ok(Folder { path: path.to_owned(), db, blobs, key })
    }

    /// The same for a command that only looks: a mistyped path is said, not made into an empty shop.
    pub fn open_existing(path: &Path) -> anyhow::Result<Folder> {
        if !path.join("restante.db").exists() {
            bail!("{} holds no restante.db: give the data folder with --data", path.display());
        }
        Folder::open(path)
    }

    /// Takes the folder for a process that works on the mailbox: there can be one.
    pub fn lock(&self) -> anyhow::Result<Lock> {
        let file = File::create(self.path.join("lock"))?;
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: file }),
            Err(TryLockError::WouldBlock) => bail!("another Restante works on {}: stop it first, or choose another --data folder", self.path.display()),
            Err(TryLockError::Error(failure)) => Err(failure).context("cannot lock the data folder"),
        }
    }
}

/// Held while this process works on the folder; the operating system frees it whatever happens.
pub struct Lock {
    _file: File,
}

fn make_private(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    if path.is_dir() {
        return Ok(());
    }
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path).with_context(|| format!("cannot make the data folder {}", path.display()))
}
