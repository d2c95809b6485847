//! The mbox format (RFC 4155, with the quoting of mboxrd or mboxo undone), read as a stream.

use super::{MAIL_BYTES_MAX, Mail};
use crate::database::Millis;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// Longer lines are taken in pieces, so that a file without line ends does not fill the memory.
const LINE_BYTES_MAX: u64 = 1024 * 1024;
const BUFFER_BYTES: usize = 256 * 1024;

pub struct Mbox {
    path: PathBuf,
    file: BufReader<File>,
    /// Bytes read so far.
    position: u64,
    /// The separator of the mail that comes next, once it was seen.
    separator: Option<Vec<u8>>,
    begins_at: u64,
    line: Vec<u8>,
}

impl Mbox {
    /// Opens `path`, which begins like an mbox.
    pub fn open(path: &Path) -> std::io::Result<Mbox> {
        let file = BufReader::with_capacity(BUFFER_BYTES, File::open(path)?);
        let mut mbox = Mbox { path: path.to_owned(), file, position: 0, separator: None, begins_at: 0, line: Vec::new() };
        mbox.read_line()?;
        mbox.separator = Some(std::mem::take(&mut mbox.line));
        Ok(mbox)
    }

    pub fn next(&mut self) -> Option<Mail> {
        let separator = self.separator.take()?;
        let name = format!("{} at byte {}", self.path.display(), self.begins_at);
        let mut mail = Vec::new();
        let mut size: u64 = 0;
        let mut after_blank = false;
        let mut at_line_start = true;
        let bytes = loop {
            let began = self.position;
            match self.read_line() {
                Err(e) => break Err(e.to_string()), // the rest of the file is lost with it
                Ok(0) => break Ok(()),
                Ok(_) => {}
            }
            if after_blank && at_line_start && is_separator(&self.line) {
                self.separator = Some(std::mem::take(&mut self.line));
                self.begins_at = began;
                break Ok(());
            }
            after_blank = at_line_start && matches!(self.line.as_slice(), b"\n" | b"\r\n");
            let line = if at_line_start { unquoted(&self.line) } else { &self.line };
            size += line.len() as u64;
            if size <= MAIL_BYTES_MAX {
                mail.extend_from_slice(line);
            }
            at_line_start = self.line.ends_with(b"\n");
        };
        let bytes = match bytes {
            Ok(()) if size > MAIL_BYTES_MAX => Err(format!("it is larger than {} MB", MAIL_BYTES_MAX >> 20)),
            other => other.map(|()| without_last_blank_line(mail)),
        };
        Some(Mail { name, bytes, arrived_at: date_of(&separator), in_sent_folder: false, position: self.position })
    }

    /// Reads one line, or a piece of a very long one, into `self.line`; 0 at the end of the file.
    fn read_line(&mut self) -> std::io::Result<usize> {
        self.line.clear();
        let read = (&mut self.file).take(LINE_BYTES_MAX).read_until(b'\n', &mut self.line)?;
        self.position += read as u64;
        Ok(read)
    }
}

/// Whether the file begins as an mbox does.
pub fn is_one(path: &Path) -> std::io::Result<bool> {
    let mut start = [0; 5];
    match File::open(path)?.read_exact(&mut start) {
        Ok(()) => Ok(&start == b"From "),
        Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => Ok(false),
        Err(e) => Err(e),
    }
}

/// "From ", a sender, and a date: a sentence that begins with "From " has neither a time and a year, nor a weekday in
/// that place. Not every program quotes such sentences.
fn is_separator(line: &[u8]) -> bool {
    const WEEKDAYS: [&[u8]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];
    let Some(rest) = line.strip_prefix(b"From ") else { return false };
    let words = || rest.split(|b| b.is_ascii_whitespace()).filter(|word| !word.is_empty());
    let time = rest.windows(5).any(|w| w[0].is_ascii_digit() && w[1].is_ascii_digit() && w[2] == b':' && w[3].is_ascii_digit() && w[4].is_ascii_digit());
    let year = words().any(|word| word.len() == 4 && word.iter().all(u8::is_ascii_digit));
    time && year || words().nth(1).is_some_and(|word| WEEKDAYS.contains(&word))
}

/// mboxrd puts one more ">" before "From " lines that may already have some; mboxo only before those without.
fn unquoted(line: &[u8]) -> &[u8] {
    let marks = line.iter().take_while(|byte| **byte == b'>').count();
    if marks > 0 && line[marks..].starts_with(b"From ") { &line[1..] } else { line }
}

/// The blank line before a separator belongs to the format, not to the mail.
fn without_last_blank_line(mut mail: Vec<u8>) -> Vec<u8> {
    let end = [&b"\r\n\r\n"[..], b"\n\n"].into_iter().find(|end| mail.ends_with(end)).map_or(0, |end| end.len() / 2);
    mail.truncate(mail.len() - end);
    mail
}

/// `From anna@example.test Mon Nov  2 09:31:00 2026`: the date is that of delivery, in UTC (RFC 4155).
fn date_of(separator: &[u8]) -> Option<Millis> {
    let words = std::str::from_utf8(separator).ok()?.split_whitespace().collect::<Vec<_>>();
    let date = words.get(words.len().checked_sub(4)?..)?.join(" ");
    let date = jiff::civil::DateTime::strptime("%b %d %H:%M:%S %Y", date).ok()?;
    Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mails(text: &str) -> Vec<(String, Option<Millis>)> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("history.mbox");
        std::fs::write(&path, text).unwrap();
        let mut mbox = Mbox::open(&path).unwrap();
        std::iter::from_fn(|| mbox.next()).map(|l| (String::from_utf8(l.bytes.unwrap()).unwrap(), l.arrived_at)).collect()
    }

    #[test]
    fn mails_are_parted_at_separators_and_their_quoting_is_undone() {
        let found = mails(
            "From anna@example.test Mon Nov  2 09:31:00 2026\nSubject: one\n\nHello\n\n>From here on\n>>From there\nFrom the first day it was fine\n\nFrom our side: no\n\nFrom ben@example.test Tue Nov  3 09:31:00 2026\nSubject: two\n\nBye\n\n",
        );
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].0, "Subject: one\n\nHello\n\nFrom here on\n>From there\nFrom the first day it was fine\n\nFrom our side: no\n");
        assert_eq!(found[0].1, Some(1_793_611_860_000));
        assert_eq!(found[1].0, "Subject: two\n\nBye\n");
    }

    #[test]
    fn line_ends_stay_as_they_are_and_an_empty_mail_is_a_mail() {
        let found = mails("From a@example.test Mon Nov  2 09:31:00 2026\r\nSubject: one\r\n\r\nHello\r\n\r\nFrom b@example.test Mon Nov  2 09:31:00 2026\r\n");
        assert_eq!(found.iter().map(|f| f.0.as_str()).collect::<Vec<_>>(), ["Subject: one\r\n\r\nHello\r\n", ""]);
    }

    #[test]
    fn a_line_without_end_does_not_fill_the_memory_and_hides_no_separator() {
        let long = "x".repeat(3 * LINE_BYTES_MAX as usize);
        let found = mails(&format!("From a@example.test Mon Nov  2 09:31:00 2026\n\n{long}\n\nFrom b@example.test Mon Nov  2 09:31:00 2026\n\nend\n"));
        assert_eq!((found.len(), found[0].0.len()), (2, 1 + long.len() + 1));
    }

    #[test]
    fn a_single_mail_is_told_from_an_mbox() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mail");
        for (text, expected) in [("Subject: one\n\nFrom here\n", false), ("From a@example.test Mon\n", true), ("Fr", false)] {
            std::fs::write(&path, text).unwrap();
            assert_eq!(is_one(&path).unwrap(), expected, "{text}");
        }
    }
}
