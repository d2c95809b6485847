//! The mails of a folder (`.eml` files, a Maildir) or of an mbox, one at a time: never the whole pile in memory.

use anyhow::Context;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// A pile of mails on disk.
pub enum Mails {
    /// Files, each one mail, in the order of their names.
    Files(Vec<PathBuf>),
    Mbox(PathBuf),
}

impl Mails {
    /// Looks at what `path` is: a folder, a single mail, or an mbox (whose first line begins with "From ").
    pub fn at(path: &Path) -> anyhow::Result<Mails> {
        let kind = std::fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
        if kind.is_dir() {
            return Ok(Mails::Files(files_below(path)?));
        }
        let mut start = [0; 5];
        let is_mbox = std::io::Read::read_exact(&mut File::open(path)?, &mut start).is_ok() && &start == b"From ";
        Ok(if is_mbox { Mails::Mbox(path.to_owned()) } else { Mails::Files(vec![path.to_owned()]) })
    }

    /// How much there is, for a progress bar: files, or bytes of an mbox.
    pub fn size(&self) -> anyhow::Result<u64> {
        match self {
            Mails::Files(files) => Ok(files.len() as u64),
            Mails::Mbox(path) => Ok(std::fs::metadata(path)?.len()),
        }
    }
}

/// Hands each mail to `receive`, in order.
pub fn each_mail(mails: &Mails, mut receive: impl FnMut(Vec<u8>) -> anyhow::Result<()>) -> anyhow::Result<()> {
    match mails {
        Mails::Files(files) => {
            for file in files {
                receive(std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?)?;
            }
            Ok(())
        }
        Mails::Mbox(path) => each_of_mbox(BufReader::with_capacity(1 << 20, File::open(path)?), receive),
    }
}

/// Splits at lines that begin with "From " and follow an empty line, and takes the quoting ">From " back (mboxrd; RFC
/// 4155 appendix A has the family).
fn each_of_mbox(mut lines: impl BufRead, mut receive: impl FnMut(Vec<u8>) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let mut mail: Vec<u8> = Vec::new();
    let mut line: Vec<u8> = Vec::new();
    let (mut begun, mut after_blank) = (false, true);
    while lines.read_until(b'\n', &mut line)? > 0 {
        if after_blank && line.starts_with(b"From ") {
            if begun {
                receive(without_last_blank(std::mem::take(&mut mail)))?;
            }
            begun = true;
        } else if begun {
            let quotes = line.iter().take_while(|b| **b == b'>').count();
            let quoted = quotes > 0 && line[quotes..].starts_with(b"From ");
            mail.extend_from_slice(if quoted { &line[1..] } else { &line });
        }
        after_blank = line == b"\n" || line == b"\r\n";
        line.clear();
    }
    if begun { receive(without_last_blank(mail)) } else { Ok(()) }
}

/// The empty line before the next "From " belongs to the mbox, not to the mail.
fn without_last_blank(mut mail: Vec<u8>) -> Vec<u8> {
    if mail.ends_with(b"\r\n\r\n") {
        mail.truncate(mail.len() - 2);
    } else if mail.ends_with(b"\n\n") {
        mail.truncate(mail.len() - 1);
    }
    mail
}

/// Every regular file below `folder`, sorted; a Maildir's tmp and hidden files are no mails.
fn files_below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(&next).with_context(|| format!("cannot read {}", next.display()))? {
            let entry = entry?;
            let name = entry.file_name();
            let kind = entry.file_type()?;
            if kind.is_dir() && name != "tmp" {
                waiting.push(entry.path());
            } else if kind.is_file() && !name.as_encoded_bytes().starts_with(b".") && !is_maildir_bookkeeping(&name.to_string_lossy()) {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Index files that Dovecot and maildir tools keep beside the mails.
fn is_maildir_bookkeeping(name: &str) -> bool {
    name.starts_with("dovecot") || matches!(name, "maildirfolder" | "subscriptions" | "courierimapuiddb") || name.ends_with(".json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mails(mbox: &str) -> Vec<String> {
        let mut found = Vec::new();
        each_of_mbox(mbox.as_bytes(), |mail| {
            found.push(String::from_utf8(mail)?);
            Ok(())
        })
        .unwrap();
        found
    }

    #[test]
    fn an_mbox_gives_its_mails_back_as_they_were() {
        let mbox = "From a@x Mon\nSubject: 1\n\n>From the start\n>>From\nFrom within\n\nFrom b@x Tue\nSubject: 2\n\nend\n";
        assert_eq!(mails(mbox), ["Subject: 1\n\nFrom the start\n>From\nFrom within\n", "Subject: 2\n\nend\n"]);
        assert_eq!(mails(""), Vec::<String>::new());
    }
}
