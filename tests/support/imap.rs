//! A second mail client, on a plain socket: puts mail into a box, lists it, reads it, flips its flags. Knows only what
//! the tests need of RFC 3501, and panics at whatever it did not expect.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(30);

pub struct Imap {
    stream: BufReader<TcpStream>,
    tag: u32,
}

impl Imap {
    pub fn login(port: u16, user: &str, password: &str) -> Imap {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(TIMEOUT)).unwrap();
        let mut imap = Imap { stream: BufReader::new(stream), tag: 0 };
        imap.line();
        imap.command(&format!("LOGIN \"{user}\" \"{password}\""));
        imap
    }

    /// Puts `mail` into `folder`, unread.
    pub fn append(&mut self, folder: &str, mail: &[u8]) {
        let tag = self.send(&format!("APPEND \"{folder}\" {{{}}}", mail.len()));
        let go = self.line();
        assert!(go.starts_with(b"+"), "{}", String::from_utf8_lossy(&go));
        self.write(mail);
        self.write(b"\r\n");
        self.answer(&tag);
    }

    pub fn create(&mut self, folder: &str) {
        self.command(&format!("CREATE \"{folder}\""));
    }

    pub fn delete_folder(&mut self, folder: &str) {
        self.command(&format!("DELETE \"{folder}\""));
    }

    /// All UIDs of `folder`, which stays selected.
    pub fn uids(&mut self, folder: &str) -> Vec<u32> {
        self.command(&format!("SELECT \"{folder}\""));
        let lines = self.command("UID SEARCH ALL");
        let found = lines.iter().find_map(|line| line.strip_prefix(b"* SEARCH".as_slice())).unwrap_or_default();
        String::from_utf8_lossy(found).split_whitespace().map(|uid| uid.parse().unwrap()).collect()
    }

    /// The bytes of every mail of `folder`, oldest first, without touching a flag.
    pub fn mails(&mut self, folder: &str) -> Vec<Vec<u8>> {
        self.uids(folder).into_iter().map(|uid| self.body(uid)).collect()
    }

    /// One mail of the selected folder.
    pub fn body(&mut self, uid: u32) -> Vec<u8> {
        let tag = self.send(&format!("UID FETCH {uid} (BODY.PEEK[])"));
        let mut body = Vec::new();
        loop {
            let line = self.line();
            if let Some(length) = literal_length(&line) {
                body = vec![0; length];
                self.stream.read_exact(&mut body).unwrap();
            } else if line.starts_with(tag.as_bytes()) {
                return body;
            }
        }
    }

    /// The flags of every mail of `folder` as the server writes them, by UID.
    pub fn flags(&mut self, folder: &str) -> Vec<(u32, String)> {
        self.command(&format!("SELECT \"{folder}\""));
        let lines = self.command("UID FETCH 1:* (FLAGS)");
        lines.iter().filter_map(|line| flags_of(&String::from_utf8_lossy(line))).collect()
    }

    /// `change` as in `+FLAGS (\Seen)`, on the selected folder.
    pub fn store(&mut self, uids: &str, change: &str) {
        self.command(&format!("UID STORE {uids} {change}"));
    }

    /// Sends a command, insists on OK, and returns its untagged lines.
    #[track_caller]
    pub fn command(&mut self, words: &str) -> Vec<Vec<u8>> {
        let tag = self.send(words);
        self.answer(&tag)
    }

    fn send(&mut self, words: &str) -> String {
        self.tag += 1;
        let tag = format!("t{} ", self.tag);
        self.write(format!("{tag}{words}\r\n").as_bytes());
        tag
    }

    #[track_caller]
    fn answer(&mut self, tag: &str) -> Vec<Vec<u8>> {
        let mut lines = Vec::new();
        loop {
            let line = self.line();
            if let Some(verdict) = line.strip_prefix(tag.as_bytes()) {
                assert!(verdict.starts_with(b"OK"), "{}", String::from_utf8_lossy(&line));
                return lines;
            }
            lines.push(line);
        }
    }

    fn line(&mut self) -> Vec<u8> {
        let mut line = Vec::new();
        self.stream.read_until(b'\n', &mut line).expect("the IMAP server answers");
        assert!(!line.is_empty(), "the IMAP server hung up");
        line.truncate(line.trim_ascii_end().len());
        line
    }

    fn write(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).unwrap();
    }
}

fn literal_length(line: &[u8]) -> Option<usize> {
    let inside = line.strip_suffix(b"}")?;
    let open = inside.iter().rposition(|b| *b == b'{')?;
    std::str::from_utf8(&inside[open + 1..]).ok()?.parse().ok()
}

fn flags_of(line: &str) -> Option<(u32, String)> {
    let uid = line.split_once("UID ")?.1.split([' ', ')']).next()?.parse().ok()?;
    let flags = line.split_once("FLAGS (")?.1.split_once(')')?.0;
    Some((uid, flags.to_owned()))
}
