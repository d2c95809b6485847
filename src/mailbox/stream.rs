//! The stream below the IMAP client: plain or TLS, with a limit on bytes and time for every command, and an end within
//! 250 ms when Restante stops. It hands out one line at a time, so that between two commands nothing that the server
//! sent is hidden in the client's own buffer.

use rustls::{ClientConnection, StreamOwned};
use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How often a waiting read looks whether to stop.
pub const GLANCE: Duration = Duration::from_millis(250);
/// What is read from the socket at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// What others want of a watcher.
#[derive(Debug, Default)]
pub struct Signals {
    quit: AtomicBool,
    nudge: AtomicBool,
}

impl Signals {
    pub fn quit(&self) {
        self.quit.store(true, Ordering::Relaxed);
    }

    pub fn quitting(&self) -> bool {
        self.quit.load(Ordering::Relaxed)
    }

    /// There is something to do besides waiting for mail.
    pub fn nudge(&self) {
        self.nudge.store(true, Ordering::Relaxed);
    }

    pub fn nudged(&self) -> bool {
        self.nudge.load(Ordering::Relaxed)
    }

    pub fn take_nudge(&self) -> bool {
        self.nudge.swap(false, Ordering::Relaxed)
    }

    /// Sleeps, but not through a wish to stop (or, when `nudgeable`, a nudge).
    pub fn sleep(&self, time: Duration, nudgeable: bool) {
        let until = Instant::now() + time;
        while !(self.quitting() || nudgeable && self.nudged()) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            std::thread::sleep(left.min(GLANCE / 5));
        }
    }
}

pub enum Inner {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

pub struct Guarded {
    inner: Inner,
    ahead: Vec<u8>,
    taken: usize,
    budget: u64,
    deadline: Instant,
    silence: Duration,
    signals: Arc<Signals>,
}

impl Guarded {
    pub fn new(inner: Inner, silence: Duration, signals: Arc<Signals>) -> Guarded {
        Guarded { inner, ahead: Vec::new(), taken: 0, budget: 0, deadline: Instant::now(), silence, signals }
    }

    /// Before each command: how many bytes its answer may have, and how long it may take.
    pub fn allow(&mut self, bytes: u64, time: Duration) {
        self.budget = bytes;
        self.deadline = Instant::now() + time;
    }

    pub fn into_plain(self) -> Option<TcpStream> {
        match self.inner {
            Inner::Plain(tcp) if self.taken == self.ahead.len() => Some(tcp),
            _ => None,
        }
    }

    /// One line with its end, or nothing if none came `until` then or a nudge did. Its length is bounded by what was allowed.
    pub fn read_line(&mut self, until: Instant, nudgeable: bool) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        loop {
            if self.taken == self.ahead.len() && !self.fill(Some((until, nudgeable && line.is_empty())))? {
                return Ok(None);
            }
            if self.ahead.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let piece = next_line(&self.ahead[self.taken..]);
            line.extend_from_slice(piece);
            self.taken += piece.len();
            if line.ends_with(b"\n") {
                return Ok(Some(line));
            }
        }
    }

    /// Appends one line with its end to `answer`.
    pub fn line_onto(&mut self, answer: &mut Vec<u8>) -> io::Result<()> {
        loop {
            let piece = next_line(self.waiting()?);
            answer.extend_from_slice(piece);
            self.taken += piece.len();
            if answer.ends_with(b"\n") {
                return Ok(());
            }
        }
    }

    /// Appends the next `count` bytes to `answer`, whatever they are.
    pub fn bytes_onto(&mut self, answer: &mut Vec<u8>, count: usize) -> io::Result<()> {
        let mut left = count;
        while left > 0 {
            let waiting = self.waiting()?;
            let piece = &waiting[..waiting.len().min(left)];
            answer.extend_from_slice(piece);
            left -= piece.len();
            self.taken += piece.len();
        }
        Ok(())
    }

    /// What has come and is not taken yet: something, or an error.
    fn waiting(&mut self) -> io::Result<&[u8]> {
        if self.taken == self.ahead.len() {
            self.fill(None)?;
        }
        if self.ahead.is_empty() { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(&self.ahead[self.taken..]) }
    }

    /// Waits for bytes; `Ok(false)` if the wait ended for another reason than bytes or the end of the stream.
    fn fill(&mut self, waiting: Option<(Instant, bool)>) -> io::Result<bool> {
        let began = Instant::now();
        self.ahead.resize(CHUNK_BYTES, 0);
        self.taken = 0;
        let mut outcome = self.receive(began, waiting);
        self.ahead.truncate(*outcome.as_ref().unwrap_or(&Some(0)).as_ref().unwrap_or(&0));
        if let Ok(Some(count)) = outcome {
            match self.budget.checked_sub(count as u64) {
                Some(left) => self.budget = left,
                None => outcome = Err(io::Error::new(io::ErrorKind::InvalidData, "an answer larger than its limit")),
            }
        }
        outcome.map(|count| count.is_some())
    }

    fn receive(&mut self, began: Instant, waiting: Option<(Instant, bool)>) -> io::Result<Option<usize>> {
        loop {
            if self.signals.quitting() {
                return Err(io::Error::other("stopping"));
            }
            let read = match &mut self.inner {
                Inner::Plain(tcp) => tcp.read(&mut self.ahead),
                Inner::Tls(tls) => tls.read(&mut self.ahead),
            };
            match read {
                Ok(count) => return Ok(Some(count)),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                    let now = Instant::now();
                    match waiting {
                        Some((until, nudgeable)) if now >= until || nudgeable && self.signals.nudged() => return Ok(None),
                        None if now >= self.deadline || now >= began + self.silence => return Err(io::ErrorKind::TimedOut.into()),
                        _ => {}
                    }
                }
                Err(e) => return Err(e),
            }
            if waiting.is_none() && Instant::now() >= self.deadline {
                return Err(io::ErrorKind::TimedOut.into());
            }
        }
    }
}

impl Read for Guarded {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if Instant::now() >= self.deadline {
            return Err(io::ErrorKind::TimedOut.into());
        }
        if self.taken == self.ahead.len() {
            self.fill(None)?;
        }
        let piece = next_line(&self.ahead[self.taken..]);
        let count = piece.len().min(into.len());
        into[..count].copy_from_slice(&piece[..count]);
        self.taken += count;
        Ok(count)
    }
}

impl Write for Guarded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.inner {
            Inner::Plain(tcp) => tcp.write(bytes),
            Inner::Tls(tls) => tls.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.inner {
            Inner::Plain(tcp) => tcp.flush(),
            Inner::Tls(tls) => tls.flush(),
        }
    }
}

/// Up to and with the next line feed, or all of it.
fn next_line(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |at| at + 1);
    &bytes[..end]
}

/// The same stream in two hands: the IMAP client's for its commands, ours for limits and for IDLE.
#[derive(Clone)]
pub struct Wire(Rc<RefCell<Guarded>>);

impl Wire {
    pub fn new(guarded: Guarded) -> Wire {
        Wire(Rc::new(RefCell::new(guarded)))
    }

    pub fn with<T>(&self, act: impl FnOnce(&mut Guarded) -> T) -> T {
        act(&mut self.0.borrow_mut())
    }
}

impl Read for Wire {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.borrow_mut().read(into)
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.borrow_mut().flush()
    }
}
