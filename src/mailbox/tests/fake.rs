//! A small IMAP server in memory that does as it is told: it serves folders honestly until a fault is scripted.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

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

struct Connection {
    reader: BufReader<TcpStream>,
    out: TcpStream,
    state: Arc<Mutex<State>>,
    open: Option<String>,
    /// How many mails the client believes to be there.
    told: usize,
}

impl Connection {
    fn new(stream: TcpStream, state: Arc<Mutex<State>>) -> Connection {
        Connection { out: stream.try_clone().unwrap(), reader: BufReader::new(stream), state, open: None, told: 0 }
    }

    fn state(&self) -> MutexGuard<'_, State> {
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

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        (self.reader.read_line(&mut line).ok()? > 0).then(|| line.trim_end().to_owned())
    }

    fn send(&mut self, bytes: &[u8]) -> Option<()> {
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

    fn honest(&mut self, tag: &str, command: &str) -> Option<Vec<u8>> {
        let upper = command.to_uppercase();
        let ok = |mut before: Vec<u8>| {
            before.extend(format!("{tag} OK done\r\n").bytes());
            Some(before)
        };
        let no = |words: &str| Some(format!("{tag} NO {words}\r\n").into_bytes());
        let words: Vec<&str> = command.split(' ').collect();
        match (words[0].to_uppercase().as_str(), words.get(1).map(|w| w.to_uppercase()).as_deref()) {
            ("CAPABILITY", _) => ok(format!("* CAPABILITY {}\r\n", self.state().capabilities).into_bytes()),
            ("AUTHENTICATE", _) => {
                self.send(b"+ \r\n")?;
                let said = data_encoding::BASE64.decode(self.line()?.as_bytes()).ok()?;
                let right = String::from_utf8_lossy(&said).ends_with(&format!("\0{}", self.state().password));
                if right { ok(Vec::new()) } else { no("[AUTHENTICATIONFAILED] wrong password") }
            }
            ("LOGIN", _) => {
                if command.contains(&format!("\"{}\"", self.state().password)) {
                    ok(Vec::new())
                } else {
                    no("wrong password")
                }
            }
            ("SELECT" | "EXAMINE", _) => self.select(tag, command),
            ("LIST", _) => {
                let names: Vec<String> = self.state().folders.keys().cloned().collect();
                ok(names.iter().map(|name| format!("* LIST (\\HasNoChildren) \"/\" \"{name}\"\r\n")).collect::<String>().into_bytes())
            }
            ("UID", Some("SEARCH")) => {
                let found: String = self.search(&upper["UID SEARCH ".len()..], command).iter().map(|uid| format!(" {uid}")).collect();
                ok(format!("* SEARCH{found}\r\n").into_bytes())
            }
            ("UID", Some("FETCH")) => ok(self.fetch(&upper)),
            ("UID", Some("STORE")) => {
                let uids = self.set(words[2]);
                self.with_open(|folder| uids.iter().for_each(|uid| folder.mails.get_mut(uid).unwrap().flags.push(words[4].into())));
                ok(Vec::new())
            }
            ("UID", Some("MOVE")) => {
                let (uids, target) = (self.set(words[2]), words[3].trim_matches('"').to_owned());
                let from = self.open.clone()?;
                let mut state = self.state();
                for uid in uids {
                    let mail = state.folders.get_mut(&from)?.mails.remove(&uid)?;
                    state.deliver(&target, &mail.bytes);
                }
                drop(state);
                ok(Vec::new())
            }
            ("APPEND", _) => self.append(tag, command),
            ("IDLE", _) => self.idle(tag),
            ("NOOP" | "LOGOUT", _) => ok(Vec::new()),
            _ => Some(format!("{tag} BAD what?\r\n").into_bytes()),
        }
    }

    fn with_open<T>(&self, act: impl FnOnce(&mut FakeFolder) -> T) -> T {
        let mut state = self.state();
        act(state.folders.get_mut(self.open.as_deref().unwrap()).unwrap())
    }

    fn select(&mut self, tag: &str, command: &str) -> Option<Vec<u8>> {
        let name = command.split_once(' ')?.1.trim_matches('"').to_owned();
        let state = self.state();
        let Some(folder) = state.folders.get(&name) else { return Some(format!("{tag} NO no such folder\r\n").into_bytes()) };
        let next = if state.hide_uid_next { String::new() } else { format!("* OK [UIDNEXT {}] next\r\n", folder.uid_next) };
        let exists = folder.mails.len();
        let answer =
            format!("* FLAGS (\\Seen)\r\n* {exists} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY {}] valid\r\n{next}{tag} OK opened\r\n", folder.uid_validity);
        drop(state);
        self.open = Some(name);
        self.told = exists;
        Some(answer.into_bytes())
    }

    fn set(&self, set: &str) -> Vec<u32> {
        self.with_open(|folder| {
            let last = folder.mails.keys().last().copied().unwrap_or(0);
            let number = |text: &str| if text == "*" { last } else { text.parse().unwrap() };
            let range = |part: &str| {
                let (a, b) = part.split_once(':').map_or_else(|| (number(part), number(part)), |(a, b)| (number(a), number(b)));
                a.min(b)..=a.max(b)
            };
            let ranges: Vec<_> = set.split(',').map(range).collect();
            folder.mails.keys().copied().filter(|uid| ranges.iter().any(|range| range.contains(uid))).collect()
        })
    }

    fn search(&mut self, upper: &str, command: &str) -> Vec<u32> {
        if let Some(identifier) = upper.strip_prefix("HEADER MESSAGE-ID ").map(|_| command.rsplit(' ').next().unwrap().trim_matches('"')) {
            return self.with_open(|folder| {
                folder.mails.iter().filter(|(_, mail)| String::from_utf8_lossy(&mail.bytes).contains(identifier)).map(|(uid, _)| *uid).collect()
            });
        }
        let set = upper.split_once("UID ").map_or("1:*", |(_, set)| set.split(' ').next().unwrap());
        let uids = self.set(set);
        let unseen = upper.starts_with("UNSEEN");
        self.with_open(|folder| uids.into_iter().filter(|uid| !unseen || folder.mails[uid].flags.is_empty()).collect())
    }

    fn fetch(&mut self, upper: &str) -> Vec<u8> {
        let uids = self.set(upper.split(' ').nth(2).unwrap());
        let piece = upper.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(piece, _)| {
            let (at, count) = piece.split_once('.').unwrap();
            (at.parse::<usize>().unwrap(), count.parse::<usize>().unwrap())
        });
        self.with_open(|folder| {
            let mut answer = Vec::new();
            for (at, (uid, mail)) in folder.mails.iter().enumerate().filter(|(_, (uid, _))| uids.contains(uid)) {
                let date = mail.date.as_deref().unwrap_or("05-Nov-2026 10:00:00 +0000");
                answer.extend(format!("* {} FETCH (UID {uid}", at + 1).bytes());
                if upper.contains("RFC822.SIZE") {
                    answer.extend(format!(" INTERNALDATE \"{date}\" RFC822.SIZE {})\r\n", mail.bytes.len()).bytes());
                    continue;
                }
                let (name, bytes) = match piece {
                    Some((from, count)) => (format!("BODY[]<{from}>"), mail.bytes.iter().skip(from).take(count).copied().collect()),
                    None => ("BODY[]".to_owned(), mail.bytes.clone()),
                };
                answer.extend(format!(" {name} {{{}}}\r\n", bytes.len()).bytes());
                answer.extend(bytes);
                answer.extend(b")\r\n");
            }
            answer
        })
    }

    fn append(&mut self, tag: &str, command: &str) -> Option<Vec<u8>> {
        let name = command.split('"').nth(1)?.to_owned();
        let size: usize = command.rsplit('{').next()?.trim_end_matches('}').parse().ok()?;
        self.send(b"+ go on\r\n")?;
        let mut bytes = vec![0; size + 2];
        self.reader.read_exact(&mut bytes).ok()?;
        self.state().deliver(&name, &bytes[..size]);
        Some(format!("{tag} OK [APPENDUID 1 1] done\r\n").into_bytes())
    }

    fn idle(&mut self, tag: &str) -> Option<Vec<u8>> {
        self.send(b"+ idling\r\n")?;
        self.out.set_read_timeout(Some(Duration::from_millis(20))).ok()?;
        let mut line = String::new();
        loop {
            let count = self.with_open(|folder| folder.mails.len());
            if self.state().down {
                return None;
            }
            if count != self.told {
                self.told = count;
                self.send(format!("* {count} EXISTS\r\n").as_bytes())?;
            }
            match self.reader.read_line(&mut line) {
                Ok(0) => return None,
                Ok(_) if line.trim_end() == "DONE" => break,
                Ok(_) => return None,
                Err(_) => {}
            }
        }
        self.out.set_read_timeout(None).ok()?;
        Some(format!("{tag} OK idled\r\n").into_bytes())
    }
}
