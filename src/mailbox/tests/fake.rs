//! A small IMAP server in memory that does as it is told: it serves folders honestly until a fault is scripted.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

/// What happens instead of an honest answer to the next command that begins with `on`.
#[derive(Clone, Debug)]
pub struct Fault {
    pub on: String,
    pub times: u32,
    pub act: Act,
}

#[derive(Clone, Debug)]
pub enum Act {
    /// These bytes instead of the answer; `TAG` stands for the command's tag. The connection stays.
    Say(String),
    /// These bytes before the honest answer.
    SayFirst(String),
    /// The honest answer, cut after so many bytes; then the connection ends.
    CutAfter(usize),
    /// Says these bytes and hangs up.
    Goodbye(String),
    /// Nothing at all, for ever.
    Silence,
    /// Something else happens in the mailbox just before the answer.
    Meanwhile(fn(&mut State)),
    /// Every occurrence of the first in the honest answer becomes the second.
    Replace(String, String),
    /// A literal of four gigabytes is announced and zeros follow.
    Flood,
}

#[derive(Clone, Default)]
pub struct Mail {
    pub bytes: Vec<u8>,
    pub flags: Vec<String>,
    pub date: Option<String>,
}

impl Mail {
    pub(super) fn date(&self) -> &str {
        self.date.as_deref().unwrap_or("05-Nov-2026 10:00:00 +0000")
    }
}

#[derive(Clone, Default)]
pub struct FakeFolder {
    pub uid_validity: u32,
    pub uid_next: u32,
    pub mails: BTreeMap<u32, Mail>,
}

pub struct State {
    pub folders: BTreeMap<String, FakeFolder>,
    pub capabilities: String,
    pub greeting: String,
    pub password: String,
    pub hide_uid_next: bool,
    pub faults: Vec<Fault>,
    /// Every command line, as it came.
    pub log: Vec<String>,
    pub connections: u32,
    /// New connections are refused.
    pub down: bool,
}

impl State {
    pub fn deliver(&mut self, folder: &str, bytes: &[u8]) -> u32 {
        let folder = self.folders.get_mut(folder).unwrap();
        let uid = folder.uid_next;
        folder.uid_next += 1;
        folder.mails.insert(uid, Mail { bytes: bytes.to_vec(), ..Mail::default() });
        uid
    }

    pub fn fault(&mut self, on: &str, times: u32, act: Act) {
        self.faults.push(Fault { on: on.into(), times, act });
    }
}

#[derive(Clone)]
pub struct Fake {
    state: Arc<Mutex<State>>,
    pub port: u16,
}

impl Fake {
    /// A server with an empty INBOX; the password is "secret".
    pub fn start() -> Fake {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let inbox = FakeFolder { uid_validity: 7, uid_next: 1, mails: BTreeMap::new() };
        let state = Arc::new(Mutex::new(State {
            folders: [("INBOX".to_owned(), inbox)].into(),
            capabilities: "IMAP4rev1 IDLE UIDPLUS MOVE AUTH=PLAIN".into(),
            greeting: "* OK ready".into(),
            password: "secret".into(),
            hide_uid_next: false,
            faults: Vec::new(),
            log: Vec::new(),
            connections: 0,
            down: false,
        }));
        let fake = Fake { state: state.clone(), port };
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let state = state.clone();
                std::thread::spawn(move || {
                    let down = {
                        let mut state = state.lock().unwrap();
                        state.connections += 1;
                        state.down
                    };
                    if !down {
                        Connection::new(stream, state).serve();
                    }
                });
            }
        });
        fake
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn deliver(&self, bytes: &[u8]) -> u32 {
        self.state().deliver("INBOX", bytes)
    }
}

pub struct Connection {
    pub(super) reader: BufReader<TcpStream>,
    pub(super) out: TcpStream,
    state: Arc<Mutex<State>>,
    pub(super) open: Option<String>,
    /// How many mails the client believes to be there.
    pub(super) told: usize,
}

impl Connection {
    fn new(stream: TcpStream, state: Arc<Mutex<State>>) -> Connection {
        Connection { out: stream.try_clone().unwrap(), reader: BufReader::new(stream), state, open: None, told: 0 }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn serve(&mut self) {
        let greeting = self.state().greeting.clone();
        if self.send(format!("{greeting}\r\n").as_bytes()).is_none() {
            return;
        }
        while let Some(line) = self.line() {
            let Some((tag, command)) = line.split_once(' ').map(|(t, c)| (t.to_owned(), c.to_owned())) else { return };
            if self.answer(&tag, &command).is_none() {
                break;
            }
        }
        self.out.shutdown(Shutdown::Both).ok();
    }

    pub(super) fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        (self.reader.read_line(&mut line).ok()? > 0).then(|| line.trim_end().to_owned())
    }

    pub(super) fn send(&mut self, bytes: &[u8]) -> Option<()> {
        self.out.write_all(bytes).ok()
    }

    fn due(&self, command: &str) -> Option<Act> {
        let mut state = self.state();
        let fault = state.faults.iter_mut().find(|fault| fault.times > 0 && command.starts_with(&fault.on))?;
        fault.times -= 1;
        Some(fault.act.clone())
    }

    fn answer(&mut self, tag: &str, command: &str) -> Option<()> {
        self.state().log.push(command.to_owned());
        let mut cut = usize::MAX;
        let mut replace = None;
        match self.due(command) {
            None => {}
            Some(Act::Say(words)) => {
                if command.starts_with("EXAMINE") {
                    self.honest(tag, command)?;
                }
                return self.send(words.replace("TAG", tag).as_bytes());
            }
            Some(Act::SayFirst(words)) => self.send(words.as_bytes())?,
            Some(Act::CutAfter(bytes)) => cut = bytes,
            Some(Act::Goodbye(words)) => {
                self.send(words.as_bytes());
                return None;
            }
            Some(Act::Silence) => loop {
                self.line()?;
            },
            Some(Act::Meanwhile(act)) => act(&mut self.state()),
            Some(Act::Replace(from, to)) => replace = Some((from, to)),
            Some(Act::Flood) => {
                self.send(b"* 1 FETCH (UID 1 BODY[] {4000000000}\r\n")?;
                loop {
                    self.send(&[b'0'; 65_536])?;
                }
            }
        }
        let mut answer = self.honest(tag, command)?;
        if let Some((from, to)) = replace {
            let text = String::from_utf8_lossy(&answer).replace(&from, &to);
            answer = text.into_bytes();
        }
        if cut < answer.len() {
            self.send(&answer[..cut]);
            return None;
        }
        self.send(&answer)
    }
}
