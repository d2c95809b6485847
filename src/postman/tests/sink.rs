//! A fake SMTP server on loopback: takes mail, does at each step what a script says, and remembers every byte it heard.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Connected,
    Greeting,
    Ehlo,
    StartTls,
    Auth,
    Mail,
    Rcpt(String),
    Data,
    /// The final dot came.
    Dot,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// What a good server does.
    Usual,
    /// These lines (CRLF between and after); the step is refused.
    Say(String),
    /// The usual, and at once more bytes that nobody asked for.
    UsualAnd(String),
    /// Takes the mail, and hangs up without a word.
    TakeAndHangUp,
    HangUp,
    /// Silence until the test ends.
    Hang,
}

#[derive(Clone, Debug, Default)]
pub struct Mail {
    pub from: String,
    pub to: Vec<String>,
    /// As it came over the wire, dots still stuffed, without the final dot.
    pub wire: Vec<u8>,
    pub taken: bool,
}

#[derive(Default)]
pub struct Book {
    pub mails: Vec<Mail>,
    /// Everything that came, encrypted or not, as the server understood it.
    pub heard: Vec<u8>,
    pub connections: usize,
}

type Script = dyn Fn(&Step) -> Reaction + Send + Sync;

pub struct Sink {
    pub port: u16,
    pub book: Arc<Mutex<Book>>,
    stop: Arc<AtomicBool>,
}

#[derive(Clone, Default)]
pub struct Manners {
    pub tls: Option<Arc<rustls::ServerConfig>>,
    pub tls_from_start: bool,
    pub hide_starttls: bool,
}

impl Sink {
    pub fn usual() -> Sink {
        Sink::start(|_| Reaction::Usual)
    }

    pub fn start(script: impl Fn(&Step) -> Reaction + Send + Sync + 'static) -> Sink {
        Sink::with(Manners::default(), script)
    }

    pub fn with(manners: Manners, script: impl Fn(&Step) -> Reaction + Send + Sync + 'static) -> Sink {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (book, stop) = (Arc::<Mutex<Book>>::default(), Arc::<AtomicBool>::default());
        let (kept, stopped) = (book.clone(), stop.clone());
        let script: Arc<Script> = Arc::new(script);
        std::thread::spawn(move || {
            for tcp in listener.incoming() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let guest = Guest { manners: manners.clone(), script: script.clone(), book: kept.clone(), stop: stopped.clone() };
                std::thread::spawn(move || guest.serve(tcp.unwrap()).ok());
            }
        });
        Sink { port, book, stop }
    }

    /// How many mails were taken for this address.
    pub fn copies(&self, address: &str) -> usize {
        self.book.lock().unwrap().mails.iter().filter(|m| m.taken).flat_map(|m| &m.to).filter(|to| *to == address).count()
    }

    pub fn taken(&self) -> Vec<Mail> {
        self.book.lock().unwrap().mails.iter().filter(|m| m.taken).cloned().collect()
    }

    pub fn heard(&self, needle: &str) -> bool {
        self.book.lock().unwrap().heard.windows(needle.len()).any(|w| w == needle.as_bytes())
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        TcpStream::connect(("127.0.0.1", self.port)).ok();
    }
}

trait Stream: Read + Write + Send {}
impl<T: Read + Write + Send> Stream for T {}

struct Guest {
    manners: Manners,
    script: Arc<Script>,
    book: Arc<Mutex<Book>>,
    stop: Arc<AtomicBool>,
}

impl Guest {
    fn serve(&self, tcp: TcpStream) -> std::io::Result<()> {
        self.book.lock().unwrap().connections += 1;
        tcp.set_nodelay(true)?;
        if (self.script)(&Step::Connected) == Reaction::HangUp {
            return Ok(());
        }
        let mut stream: BufReader<Box<dyn Stream>> = BufReader::new(Box::new(tcp.try_clone()?));
        if self.manners.tls_from_start {
            stream = self.encrypted(tcp.try_clone()?)?;
        }
        if !self.answer(&mut stream, &Step::Greeting, "220 sink.test ready")? {
            return Ok(());
        }
        let mut mail = Mail::default();
        loop {
            let mut line = Vec::new();
            if stream.read_until(b'\n', &mut line)? == 0 {
                return Ok(());
            }
            self.book.lock().unwrap().heard.extend_from_slice(&line);
            let line = String::from_utf8_lossy(&line).trim_end().to_owned();
            let verb = line.split(' ').next().unwrap().to_ascii_uppercase();
            let inside = || line.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(String::new(), |(a, _)| a.to_owned());
            match verb.as_str() {
                "EHLO" => {
                    let starttls =
                        if self.manners.tls.is_some() && !self.manners.hide_starttls && !self.manners.tls_from_start { "250-STARTTLS\r\n" } else { "" };
                    self.answer(&mut stream, &Step::Ehlo, &format!("250-sink.test\r\n{starttls}250-SIZE 40000000\r\n250 AUTH PLAIN LOGIN"))?;
                }
                "STARTTLS" => {
                    if self.answer(&mut stream, &Step::StartTls, "220 go on")? {
                        stream = self.encrypted(tcp.try_clone()?)?;
                    }
                }
                "AUTH" => {
                    self.answer(&mut stream, &Step::Auth, "235 welcome")?;
                }
                "MAIL" => {
                    mail = Mail { from: inside(), ..Mail::default() };
                    self.answer(&mut stream, &Step::Mail, "250 ok")?;
                }
                "RCPT" => {
                    if self.answer(&mut stream, &Step::Rcpt(inside()), "250 ok")? {
                        mail.to.push(inside());
                    }
                }
                "DATA" => {
                    if self.answer(&mut stream, &Step::Data, "354 go on")? {
                        mail.wire = self.data(&mut stream)?;
                        self.dot(&mut stream, std::mem::take(&mut mail))?;
                    }
                }
                "QUIT" => {
                    stream.get_mut().write_all(b"221 bye\r\n")?;
                    return Ok(());
                }
                _ => stream.get_mut().write_all(b"500 what?\r\n")?,
            }
        }
    }

    fn dot(&self, stream: &mut BufReader<Box<dyn Stream>>, mut mail: Mail) -> std::io::Result<()> {
        let reaction = (self.script)(&Step::Dot);
        mail.taken = matches!(reaction, Reaction::Usual | Reaction::TakeAndHangUp);
        self.book.lock().unwrap().mails.push(mail);
        self.react(stream, reaction, "250 2.0.0 queued as 4711").map(|_| ())
    }

    /// True if the step went its usual way.
    fn answer(&self, stream: &mut BufReader<Box<dyn Stream>>, step: &Step, usual: &str) -> std::io::Result<bool> {
        self.react(stream, (self.script)(step), usual)
    }

    fn react(&self, stream: &mut BufReader<Box<dyn Stream>>, reaction: Reaction, usual: &str) -> std::io::Result<bool> {
        match reaction {
            Reaction::Usual => stream.get_mut().write_all(format!("{usual}\r\n").as_bytes())?,
            Reaction::UsualAnd(more) => stream.get_mut().write_all(format!("{usual}\r\n{more}").as_bytes())?,
            Reaction::Say(words) => {
                stream.get_mut().write_all(format!("{words}\r\n").as_bytes())?;
                return if words.starts_with("421") { Err(std::io::Error::other("said good-bye")) } else { Ok(false) };
            }
            Reaction::HangUp | Reaction::TakeAndHangUp => return Err(std::io::Error::other("hung up")),
            Reaction::Hang => {
                while !self.stop.load(Ordering::SeqCst) {
                    std::thread::sleep(Duration::from_millis(20));
                }
                return Err(std::io::Error::other("over"));
            }
        }
        stream.get_mut().flush()?;
        Ok(true)
    }

    fn encrypted(&self, mut tcp: TcpStream) -> std::io::Result<BufReader<Box<dyn Stream>>> {
        let mut connection = rustls::ServerConnection::new(self.manners.tls.clone().unwrap()).unwrap();
        while connection.is_handshaking() {
            connection.complete_io(&mut tcp)?;
        }
        Ok(BufReader::new(Box::new(rustls::StreamOwned::new(connection, tcp))))
    }

    fn data(&self, stream: &mut BufReader<Box<dyn Stream>>) -> std::io::Result<Vec<u8>> {
        let mut wire = Vec::new();
        loop {
            let before = wire.len();
            if stream.read_until(b'\n', &mut wire)? == 0 {
                return Err(std::io::Error::other("closed within the mail"));
            }
            self.book.lock().unwrap().heard.extend_from_slice(&wire[before..]);
            if wire.ends_with(b"\r\n.\r\n") || wire == b".\r\n" {
                wire.truncate(wire.len() - 3);
                return Ok(wire);
            }
        }
    }
}
