//! Bytes to and from a server, plain or encrypted, each phase with a deadline of its own: a server that sends one byte a
//! minute ends a phase as surely as one that is silent.

use rustls::{ClientConnection, StreamOwned};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often a wait looks at its deadline and at the wish to stop.
const GLANCE: Duration = Duration::from_millis(200);
/// RFC 5321 4.5.3.1.5 says 512; real servers write more.
const LINE_BYTES_MAX: usize = 4_096;
const LINES_MAX: usize = 200;
const WRITE_AT_ONCE: usize = 16 * 1024;

/// Why a conversation with a server broke off.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    #[error("the server closed the connection")]
    Closed,
    #[error("the server did not answer within {0} seconds")]
    Silent(u64),
    #[error("Restante is being stopped")]
    Stopped,
    #[error("the connection broke: {0}")]
    Broken(String),
    #[error("the server said something that is not SMTP: {0}")]
    NotSmtp(String),
}

/// A server's reply: its code and its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub code: u16,
    pub lines: Vec<String>,
}

pub struct Wire {
    stream: Stream,
    unread: Vec<u8>,
    stop: Arc<AtomicBool>,
}

enum Stream {
    Plain(TcpStream),
    Encrypted(Box<StreamOwned<ClientConnection, TcpStream>>),
    /// For the moment between the two.
    Gone,
}

impl Wire {
    pub fn new(tcp: TcpStream, stop: Arc<AtomicBool>) -> Result<Wire, Trouble> {
        tcp.set_nodelay(true).map_err(broken)?;
        tcp.set_read_timeout(Some(GLANCE)).map_err(broken)?;
        tcp.set_write_timeout(Some(GLANCE)).map_err(broken)?;
        Ok(Wire { stream: Stream::Plain(tcp), unread: Vec::new(), stop })
    }

    pub fn is_encrypted(&self) -> bool {
        matches!(self.stream, Stream::Encrypted(_))
    }

    /// From now on waits go on while Restante stops: the answer to a final dot is worth waiting for.
    pub fn ignore_stop(&mut self) {
        self.stop = Arc::default();
    }

    /// Whether the server spoke without being asked.
    pub fn has_unread(&self) -> bool {
        !self.unread.is_empty()
    }

    /// Goes over to TLS and completes the handshake. The error is rustls's or the network's own.
    pub fn encrypt(&mut self, mut connection: ClientConnection, patience: Duration) -> std::io::Result<()> {
        let Stream::Plain(mut tcp) = std::mem::replace(&mut self.stream, Stream::Gone) else {
            return Err(std::io::Error::other("the connection is encrypted already"));
        };
        let deadline = Instant::now() + patience;
        while connection.is_handshaking() {
            match connection.complete_io(&mut tcp) {
                Ok(_) => {}
                Err(e) if passing(e.kind()) && Instant::now() < deadline && !self.stop.load(Ordering::Relaxed) => {}
                Err(e) => return Err(e),
            }
        }
        self.stream = Stream::Encrypted(Box::new(StreamOwned::new(connection, tcp)));
        Ok(())
    }

    /// Writes all of `bytes`.
    pub fn write(&mut self, bytes: &[u8], patience: Duration) -> Result<(), Trouble> {
        for block in bytes.chunks(WRITE_AT_ONCE) {
            self.write_block(block, patience)?;
        }
        let deadline = Instant::now() + patience;
        loop {
            match self.flush() {
                Ok(()) => return Ok(()),
                Err(e) if passing(e.kind()) => self.check(deadline, patience)?,
                Err(e) => return Err(broken(e)),
            }
        }
    }

    /// The next reply, all its lines.
    pub fn answer(&mut self, patience: Duration) -> Result<Answer, Trouble> {
        let deadline = Instant::now() + patience;
        let mut answer = Answer { code: 0, lines: Vec::new() };
        while answer.lines.len() < LINES_MAX {
            let line = self.line(deadline, patience)?;
            let code = line.get(..3).and_then(|digits| digits.parse::<u16>().ok()).filter(|code| (200..600).contains(code));
            let (Some(code), mark) = (code, line.as_bytes().get(3).copied().unwrap_or(b' ')) else {
                return Err(Trouble::NotSmtp(short(&line)));
            };
            if !matches!(mark, b' ' | b'-') || (answer.code != 0 && answer.code != code) {
                return Err(Trouble::NotSmtp(short(&line)));
            }
            answer.code = code;
            answer.lines.push(line.get(4..).unwrap_or_default().trim().to_owned());
            if mark == b' ' {
                return Ok(answer);
            }
        }
        Err(Trouble::NotSmtp("a reply without an end".into()))
    }

    fn line(&mut self, deadline: Instant, patience: Duration) -> Result<String, Trouble> {
        loop {
            if let Some(end) = self.unread.iter().position(|b| *b == b'\n') {
                let line: Vec<u8> = self.unread.drain(..=end).collect();
                let words = String::from_utf8_lossy(&line);
                return Ok(words.trim_end().chars().map(|c| if c.is_control() { ' ' } else { c }).collect());
            }
            if self.unread.len() > LINE_BYTES_MAX {
                return Err(Trouble::NotSmtp("a line without an end".into()));
            }
            let mut block = [0; 4_096];
            match self.read(&mut block) {
                Ok(0) => return Err(Trouble::Closed),
                Ok(n) => self.unread.extend_from_slice(&block[..n]),
                Err(e) if passing(e.kind()) => {}
                Err(e) if e.kind() == ErrorKind::UnexpectedEof || e.kind() == ErrorKind::ConnectionReset => return Err(Trouble::Closed),
                Err(e) => return Err(broken(e)),
            }
            self.check(deadline, patience)?;
        }
    }

    fn write_block(&mut self, mut block: &[u8], patience: Duration) -> Result<(), Trouble> {
        let deadline = Instant::now() + patience;
        while !block.is_empty() {
            let written = match &mut self.stream {
                Stream::Plain(tcp) => tcp.write(block),
                Stream::Encrypted(tls) => tls.write(block),
                Stream::Gone => return Err(Trouble::Closed),
            };
            match written {
                Ok(0) => return Err(Trouble::Closed),
                Ok(n) => block = &block[n..],
                Err(e) if passing(e.kind()) => self.check(deadline, patience)?,
                Err(e) => return Err(broken(e)),
            }
        }
        Ok(())
    }

    fn read(&mut self, block: &mut [u8]) -> std::io::Result<usize> {
        match &mut self.stream {
            Stream::Plain(tcp) => tcp.read(block),
            Stream::Encrypted(tls) => tls.read(block),
            Stream::Gone => Ok(0),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match &mut self.stream {
            Stream::Plain(tcp) => tcp.flush(),
            Stream::Encrypted(tls) => tls.flush(),
            Stream::Gone => Ok(()),
        }
    }

    fn check(&self, deadline: Instant, patience: Duration) -> Result<(), Trouble> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(Trouble::Stopped);
        }
        if Instant::now() >= deadline {
            return Err(Trouble::Silent(patience.as_secs()));
        }
        Ok(())
    }
}

impl Answer {
    pub fn is_positive(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// "550 5.1.1 No such user here", for the screen.
    pub fn words(&self) -> String {
        short(format!("{} {}", self.code, self.lines.join(" ")).trim())
    }
}

/// A time-out of one glance, or a signal: look at the deadline and go on.
fn passing(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

fn broken(e: std::io::Error) -> Trouble {
    Trouble::Broken(e.to_string())
}

/// As much of a server's words as a screen shows.
fn short(words: &str) -> String {
    words.chars().filter(|c| !c.is_control()).take(500).collect()
}
