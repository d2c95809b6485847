//! A folder of `.eml` files in the place of a server: each sub-folder is a mail folder, each file a mail. UIDs are given
//! out in order of appearance and kept in `.uids` beside the files, so that a restart finds the same numbers.

use super::fetch::Facts;
use super::keep::{Batch, Origin};
use super::round::Desk;
use super::stream::{GLANCE, Signals};
use super::trouble::{Cause, Result, Trouble};
use super::watcher::CONNECTED_NOTED;
use super::{MAIL_BYTES_MAX, WINDOW_BYTES_MAX, WINDOW_MAILS_MAX};
use crate::account::{self, Folder, Mark};
use crate::database::Millis;
use crate::world;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

const INDEX: &str = ".uids";
/// What is read of a file that is too big, to find its header.
const HEADER_BYTES_MAX: u64 = 1024 * 1024;
/// A folder whose own time has not changed is looked through this often all the same: a file may have been rewritten.
const LOOK_THROUGH: Duration = Duration::from_secs(30);
/// Below this age the time of a folder says nothing yet: clocks of file systems are coarse.
const TIME_SETTLES: Duration = Duration::from_secs(1);

/// A file is the same mail as long as its name and size stay.
type Key = (Vec<u8>, u64);

struct Shelf {
    folder: Folder,
    path: PathBuf,
    uid_validity: u32,
    index: HashMap<Key, u32>,
    last_uid: u32,
    /// In the ledger.
    done: HashSet<u32>,
    /// Seen at the last look, with the time of their last change: a file that still grows is left for the next one.
    seen: BTreeMap<Key, SystemTime>,
    origin: Origin,
    looked: Option<(SystemTime, Instant)>,
    counted: (i64, i64),
}

/// Watches the files of a mailbox until told to stop.
pub fn watch(desk: &mut Desk, root: &Path, signals: &Signals) -> Result<()> {
    let mut shelves = Vec::new();
    for folder in desk.folders()? {
        shelves.push(Shelf::open(desk, root, folder)?);
    }
    let id = desk.account.id;
    let mut noted: Option<Instant> = None;
    while !signals.quitting() {
        for shelf in &mut shelves {
            shelf.look(desk)?;
        }
        if noted.is_none_or(|at| at.elapsed() > CONNECTED_NOTED) {
            desk.db.write(move |tx| account::note_connected(tx, id, world::now()))?;
            noted = Some(Instant::now());
        }
        signals.sleep(GLANCE, true);
        signals.take_nudge();
    }
    Err(Trouble::stopped())
}

impl Shelf {
    fn open(desk: &mut Desk, root: &Path, folder: Folder) -> Result<Shelf> {
        if !root.is_dir() {
            return Err(Trouble::new(Cause::Folder, format!("The mail folder {} is not there.", root.display())));
        }
        let sub = root.join(&folder.name);
        let path = if folder.name.eq_ignore_ascii_case("INBOX") && !sub.is_dir() { root.to_owned() } else { sub };
        fs::create_dir_all(&path).map_err(|e| fault(&path, &e))?;
        let (uid_validity, index) = read_index(&path).map_err(|e| fault(&path, &e))?;
        let renumbered = folder.uid_validity.is_some_and(|known| known != uid_validity);
        let known = desk.db.read(|c| account::known(c, folder.id, uid_validity))?;
        let done: HashSet<u32> = known.iter().map(|seen| seen.uid).collect();
        if renumbered {
            let (id, words) = (desk.account.id, format!("The list of files in {} was lost: all of them are read again, and none is doubled.", path.display()));
            desk.db.write(move |tx| account::notice(tx, id, Some(&words)))?;
        }
        let origin = if renumbered { Origin::Rescan { contact: None } } else { Origin::New };
        let last_uid = index.values().chain(&done).max().copied().unwrap_or(0);
        Ok(Shelf { folder, path, uid_validity, index, last_uid, done, seen: BTreeMap::new(), origin, looked: None, counted: (-1, -1) })
    }

    fn look(&mut self, desk: &mut Desk) -> Result<()> {
        desk.room()?;
        let changed = fs::metadata(&self.path).and_then(|meta| meta.modified()).map_err(|e| fault(&self.path, &e))?;
        if let Some((then, at)) = self.looked
            && then == changed
            && at.elapsed() < LOOK_THROUGH
        {
            return Ok(());
        }
        let began = Instant::now();
        let files = files(&self.path).map_err(|e| fault(&self.path, &e))?;
        let unknown = files.iter().filter(|(key, _)| self.index.get(*key).is_none_or(|uid| !self.done.contains(uid)));
        let (waiting, growing): (Vec<_>, Vec<_>) = unknown.partition(|(key, at)| self.seen.get(*key) == Some(*at));
        let waiting: Vec<Key> = waiting.into_iter().map(|(key, _)| key.clone()).collect();
        let quiet = growing.is_empty() && waiting.is_empty() && changed.elapsed().is_ok_and(|age| age > TIME_SETTLES);
        self.looked = quiet.then_some((changed, began));
        for some in windows(&waiting) {
            self.fetch(desk, some, &files)?;
        }
        self.note_counts(desk, &files)?;
        self.seen = files;
        Ok(())
    }

    fn fetch(&mut self, desk: &mut Desk, keys: &[Key], files: &BTreeMap<Key, SystemTime>) -> Result<()> {
        let mut batch = Batch::of(&self.folder, self.uid_validity, self.origin);
        let mut lines = String::new();
        for key in keys {
            // Not readable yet, or gone again: the next look decides.
            let Some(bytes) = read_mail(&self.path, key) else { continue };
            let next = self.last_uid + 1;
            let uid = *self.index.entry(key.clone()).or_insert(next);
            if uid == next {
                self.last_uid = uid;
                lines.push_str(&line(key, uid));
            }
            batch.facts.push(Facts { uid, size: Some(key.1), internal_date: files.get(key).and_then(millis) });
            if key.1 > MAIL_BYTES_MAX { &mut batch.headers } else { &mut batch.singles }.insert(uid, bytes);
        }
        if batch.facts.is_empty() {
            return Ok(());
        }
        append_index(&self.path, &lines).map_err(|e| fault(&self.path, &e))?;
        batch.mark = Some(Mark { uid_validity: self.uid_validity, high_water: self.last_uid, history_below: Some(0) });
        desk.commit(&batch)?;
        self.done.extend(batch.facts.iter().map(|facts| facts.uid));
        Ok(())
    }

    /// "Folder 40 = ledger 40", written when it changes.
    fn note_counts(&mut self, desk: &Desk, files: &BTreeMap<Key, SystemTime>) -> Result<()> {
        let known = files.keys().filter(|key| self.index.get(*key).is_some_and(|uid| self.done.contains(uid))).count();
        let counts = (files.len() as i64, known as i64);
        if counts != self.counted {
            let id = self.folder.id;
            desk.db.write(move |tx| account::compared(tx, id, counts.0, counts.1, world::now()))?;
            self.counted = counts;
        }
        Ok(())
    }
}

/// Every `.eml` file here, by name.
fn files(path: &Path) -> io::Result<BTreeMap<Key, SystemTime>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name();
        let is_mail = Path::new(&name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("eml"));
        // A file that goes while we look is no fault.
        if let Ok(meta) = fs::metadata(entry.path())
            && is_mail
            && meta.is_file()
        {
            files.insert((name.as_bytes().to_vec(), meta.len()), meta.modified()?);
        }
    }
    Ok(files)
}

/// Runs of files that fit into a window.
fn windows(keys: &[Key]) -> Vec<&[Key]> {
    let (mut start, mut bytes) = (0, 0);
    let mut windows = Vec::new();
    for (at, (_, size)) in keys.iter().enumerate() {
        if at > start && (bytes + size > WINDOW_BYTES_MAX || at - start >= WINDOW_MAILS_MAX) {
            windows.push(&keys[start..at]);
            (start, bytes) = (at, 0);
        }
        bytes += size;
    }
    if start < keys.len() {
        windows.push(&keys[start..]);
    }
    windows
}

/// The whole file, or what a header may have of one that is too big; nothing while it cannot be read or has changed.
fn read_mail(path: &Path, (name, size): &Key) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = File::open(path.join(OsStr::from_bytes(name))).ok()?;
    let limit = if *size > MAIL_BYTES_MAX { HEADER_BYTES_MAX } else { size + 1 };
    file.take(limit).read_to_end(&mut bytes).ok()?;
    if *size > MAIL_BYTES_MAX {
        let end = bytes.windows(2).position(|pair| pair == b"\n\n").map(|at| at + 2);
        let end = end.or_else(|| bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4));
        bytes.truncate(end.unwrap_or(bytes.len()));
        return Some(bytes);
    }
    (bytes.len() as u64 == *size).then_some(bytes)
}

fn millis(at: &SystemTime) -> Option<Millis> {
    let since = at.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis()).ok()
}

/// `uid size name`, the name in hexadecimal: a file name may hold anything.
fn line((name, size): &Key, uid: u32) -> String {
    format!("{uid} {size} {}\n", data_encoding::HEXLOWER.encode(name))
}

/// Reads the index, or begins one: its number says when, so that a lost index is not mistaken for the old one.
fn read_index(path: &Path) -> io::Result<(u32, HashMap<Key, u32>)> {
    let text = match fs::read_to_string(path.join(INDEX)) {
        Ok(text) => text,
        Err(e) if e.kind() == io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(e),
    };
    let mut lines = text.lines();
    if let Some(validity) = lines.next().and_then(|first| first.strip_prefix("restante ")?.parse().ok()) {
        return Ok((validity, lines.filter_map(entry).collect()));
    }
    let validity = (world::now() / 1000) as u32;
    let fresh = path.join(".uids.part");
    let mut file = File::create(&fresh)?;
    writeln!(file, "restante {validity}")?;
    file.sync_all()?;
    fs::rename(&fresh, path.join(INDEX))?;
    File::open(path)?.sync_all()?;
    Ok((validity, HashMap::new()))
}

fn entry(line: &str) -> Option<(Key, u32)> {
    let mut words = line.split(' ');
    let (uid, size, name) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?, words.next()?);
    Some(((data_encoding::HEXLOWER.decode(name.as_bytes()).ok()?, size), uid))
}

/// Numbers are durable before the ledger knows them. A line cut short by a crash is ended first.
fn append_index(path: &Path, lines: &str) -> io::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let mut file = OpenOptions::new().append(true).open(path.join(INDEX))?;
    file.write_all(format!("\n{lines}").as_bytes())?;
    file.sync_data()
}

fn fault(path: &Path, e: &io::Error) -> Trouble {
    Trouble::new(
        Cause::Folder,
        format!("The mail folder {} cannot be used ({e}). Restante must be able to read it and to keep its list {INDEX} there.", path.display()),
    )
}
