//! Mails as they lie in files: a folder of `.eml`, a Maildir, or an mbox, one after another and never all in memory.

mod mbox;

use crate::database::Millis;
use anyhow::{Context, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// No mail server accepts more; what is larger is named and left where it is.
pub const MAIL_BYTES_MAX: u64 = 100 * 1024 * 1024;

/// One mail, or why it could not be had.
#[derive(Debug)]
pub struct Mail {
    /// The file, and for an mbox the place in it: for people to read.
    pub name: String,
    pub bytes: Result<Vec<u8>, String>,
    /// When it arrived, as far as its surroundings say.
    pub arrived_at: Option<Millis>,
    /// In a Maildir folder that is named for what the shop sent.
    pub in_sent_folder: bool,
    /// How far the reading has come, in the unit of `Mails::length`.
    pub position: u64,
}

/// A pile of mails, one after another.
pub struct Mails {
    source: Source,
    /// Bytes of an mbox, or number of files: for a progress bar.
    pub length: u64,
}

enum Source {
    Files { paths: std::vec::IntoIter<PathBuf>, done: u64 },
    Mbox(mbox::Mbox),
}

impl Mails {
    /// Looks at what `path` is: a folder, a single mail, or an mbox (whose first line begins with "From ").
    pub fn at(path: &Path) -> anyhow::Result<Mails> {
        let kind = fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
        if kind.is_file() && mbox::is_one(path).with_context(|| format!("cannot read {}", path.display()))? {
            return Ok(Mails { source: Source::Mbox(mbox::Mbox::open(path)?), length: kind.len() });
        }
        if kind.is_file() {
            return Ok(files(vec![path.to_owned()]));
        }
        let mut paths = Vec::new();
        collect(path, &mut paths).with_context(|| format!("cannot read {}", path.display()))?;
        if paths.is_empty() {
            bail!("{} holds no mails: give a folder of .eml files, a Maildir (with cur and new), or an mbox file", path.display());
        }
        Ok(files(paths))
    }
}

impl Iterator for Mails {
    type Item = Mail;

    fn next(&mut self) -> Option<Mail> {
        match &mut self.source {
            Source::Mbox(mbox) => mbox.next(),
            Source::Files { paths, done } => {
                let path = paths.next()?;
                *done += 1;
                Some(read_file(&path, *done))
            }
        }
    }
}

fn files(paths: Vec<PathBuf>) -> Mails {
    let length = paths.len() as u64;
    Mails { source: Source::Files { paths: paths.into_iter(), done: 0 }, length }
}

/// Mails of a folder and the folders below it, by name: the names of a Maildir begin with the time of delivery.
fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let mut entries = fs::read_dir(folder)?.map(|entry| entry.map(|e| e.path())).collect::<std::io::Result<Vec<_>>>()?;
    entries.sort();
    let maildir = is_maildir(folder);
    let in_maildir = folder.file_name().is_some_and(|name| name == "cur" || name == "new") && folder.parent().is_some_and(is_maildir);
    for path in entries {
        if path.is_dir() {
            // A Maildir's tmp holds mails that are still being written.
            if !(maildir && path.file_name().is_some_and(|name| name == "tmp")) {
                collect(&path, paths)?;
            }
        } else if is_named_like_a_mail(&path) || in_maildir && !is_hidden(&path) {
            paths.push(path);
        }
    }
    Ok(())
}

fn is_maildir(folder: &Path) -> bool {
    folder.join("cur").is_dir() && folder.join("new").is_dir()
}

/// `.eml`, or a number, as MH folders name their mails.
fn is_named_like_a_mail(path: &Path) -> bool {
    let number = path.file_name().is_some_and(|name| name.as_encoded_bytes().iter().all(u8::is_ascii_digit));
    number || path.extension().is_some_and(|e| e.eq_ignore_ascii_case("eml"))
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

fn read_file(path: &Path, position: u64) -> Mail {
    let modified = fs::metadata(path).ok().filter(|m| m.is_file());
    let bytes = match &modified {
        None => Err("it is no longer there".into()),
        Some(m) if m.len() > MAIL_BYTES_MAX => Err(format!("it is larger than {} MB", MAIL_BYTES_MAX >> 20)),
        Some(_) => fs::read(path).map_err(|e| e.to_string()),
    };
    let arrived_at = modified.and_then(|m| m.modified().ok()).and_then(|t| jiff::Timestamp::try_from(t).ok()).map(|t| t.as_millisecond());
    Mail { name: path.display().to_string(), bytes, arrived_at, in_sent_folder: is_sent(path), position }
}

/// Whether a folder on the way has the name that mail programs give to what was sent.
fn is_sent(path: &Path) -> bool {
    const SENT: [&str; 6] = ["sent", "sent items", "sent messages", "sent mail", "gesendet", "skickat"];
    path.parent().into_iter().flat_map(Path::components).any(|part| {
        let name = part.as_os_str().to_string_lossy().to_lowercase();
        SENT.contains(&name.rsplit('.').next().unwrap_or(&name))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(path: &Path) -> Vec<String> {
        Mails::at(path).unwrap().map(|l| String::from_utf8(l.bytes.unwrap()).unwrap()).collect()
    }

    #[test]
    fn a_folder_gives_its_eml_files_in_order_and_those_below_it() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("2024")).unwrap();
        for (name, text) in [("b.eml", "b"), ("a.EML", "a"), ("notes.txt", "no"), ("2024/c.eml", "c")] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        assert_eq!(texts(folder.path()), ["c", "a", "b"]);
    }

    #[test]
    fn a_maildir_gives_what_is_in_cur_and_new_of_every_folder_but_not_what_is_being_written() {
        let folder = tempfile::tempdir().unwrap();
        for sub in ["cur", "new", "tmp", ".Sent/cur", ".Sent/new", ".Sent/tmp"] {
            fs::create_dir_all(folder.path().join(sub)).unwrap();
        }
        for name in ["cur/1.a:2,S", "new/2.b", "tmp/3.c", ".Sent/cur/4.d:2,S", "cur/.hidden", "dovecot-uidlist"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        assert_eq!(texts(folder.path()), [".Sent/cur/4.d:2,S", "cur/1.a:2,S", "new/2.b"]);
        let sent: Vec<bool> = Mails::at(folder.path()).unwrap().map(|l| l.in_sent_folder).collect();
        assert_eq!(sent, [true, false, false]);
    }

    #[test]
    fn a_folder_without_mails_is_explained() {
        let folder = tempfile::tempdir().unwrap();
        assert!(Mails::at(folder.path()).err().unwrap().to_string().contains("Maildir"));
        assert!(Mails::at(&folder.path().join("nowhere")).err().unwrap().to_string().contains("nowhere"));
    }
}
