//! SMTP as a client (RFC 5321), small and written out: each recipient's answer is known, the journal is written between the
//! mail and its final dot, every phase has its own deadline, and no password is ever logged or sent unencrypted.

mod login;
mod send;
mod tls;
mod wire;

pub use send::Recipient;
pub use wire::{Answer, Trouble};

use crate::account::{Security, ServerAddress};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use wire::Wire;

/// How long each phase may take (RFC 5321 4.5.3.2).
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub connect: Duration,
    pub command: Duration,
    pub data_begin: Duration,
    pub data_block: Duration,
    pub final_dot: Duration,
}

impl Patience {
    pub const STANDARD: Patience = Patience {
        connect: Duration::from_secs(30),
        command: Duration::from_secs(300),
        data_begin: Duration::from_secs(120),
        data_block: Duration::from_secs(180),
        final_dot: Duration::from_secs(600),
    };
    /// For a live test, in front of which somebody sits.
    pub const PROBE: Patience = Patience {
        connect: Duration::from_secs(10),
        command: Duration::from_secs(15),
        data_begin: Duration::from_secs(15),
        data_block: Duration::from_secs(15),
        final_dot: Duration::from_secs(15),
    };
}

/// A server and how to be let in.
#[derive(Clone)]
pub struct Server {
    pub address: ServerAddress,
    pub password: String,
    pub ca_pem: Option<String>,
    /// What we call ourselves: the shop's domain.
    pub hello: String,
    pub patience: Patience,
}

/// A conversation with a server that has let us in.
pub struct Session {
    wire: Wire,
    server: Server,
    /// What EHLO was answered with, upper case.
    offers: Vec<String>,
}

impl Session {
    /// Connects, encrypts and signs in. The error is for the owner and says what to do.
    pub fn open(server: Server, stop: &Arc<AtomicBool>, told: &mut dyn FnMut(String)) -> Result<Session, String> {
        server.address.may_connect()?;
        let ServerAddress { host, port, security, user, .. } = server.address.clone();
        let tcp = dial(&host, port, server.patience.connect)?;
        told(format!("SMTP: connected to {host}, port {port}"));
        let wire = Wire::new(tcp, stop.clone()).map_err(|e| format!("{host}: {e}."))?;
        let mut session = Session { wire, server, offers: Vec::new() };
        if security == Security::Tls {
            session.encrypt(&host, port)?;
            told("SMTP: the connection is encrypted and the certificate is right".into());
        }
        session.greeting(&host, port, security)?;
        session.hello()?;
        if security == Security::StartTls {
            session.start_tls(&host, port)?;
            told("SMTP: the connection is encrypted and the certificate is right".into());
        }
        if user.is_empty() {
            told("SMTP: the server takes mail without a password".into());
        } else {
            session.sign_in(&user)?;
            told(format!("SMTP: signed in as {user}"));
        }
        Ok(session)
    }

    /// Says good-bye; a server that does not answer is left without.
    pub fn quit(mut self) {
        let patience = Duration::from_secs(2).min(self.server.patience.command);
        if self.wire.write(b"QUIT\r\n", patience).is_ok() {
            self.wire.answer(patience).ok();
        }
    }

    fn greeting(&mut self, host: &str, port: u16, security: Security) -> Result<(), String> {
        let hint = if security == Security::Tls { "" } else { " Does this port want TLS from the start?" };
        let answer = self.wire.answer(self.server.patience.command).map_err(|e| format!("{host} did not greet on port {port}: {e}.{hint}"))?;
        if answer.code != 220 {
            return Err(format!("{host} takes no mail now: {}", answer.words()));
        }
        Ok(())
    }

    fn hello(&mut self) -> Result<(), String> {
        let name = self.server.hello.clone();
        let answer = self.command(&format!("EHLO {name}")).map_err(|e| format!("{}: {e}.", self.host()))?;
        if !answer.is_positive() {
            return Err(format!("{} refuses to talk: {}", self.host(), answer.words()));
        }
        self.offers = answer.lines.iter().skip(1).map(|line| line.to_ascii_uppercase()).collect();
        Ok(())
    }

    /// What the server said before is forgotten after: only what it says encrypted counts (RFC 3207 4.2).
    fn start_tls(&mut self, host: &str, port: u16) -> Result<(), String> {
        if self.offer("STARTTLS").is_none() {
            return Err(format!(
                "{host} does not offer STARTTLS on port {port}, so the password was not sent. Use TLS on port 465, or ask your provider; if it used to be offered, something on the way may be removing it."
            ));
        }
        let answer = self.command("STARTTLS").map_err(|e| format!("{host}: {e}."))?;
        if answer.code != 220 {
            return Err(format!("{host} offers STARTTLS but refuses it: {}", answer.words()));
        }
        if self.wire.has_unread() {
            return Err(format!("Something was mixed into the connection to {host} before it was encrypted, so it was closed and the password was not sent."));
        }
        self.offers.clear();
        self.encrypt(host, port)?;
        self.hello()
    }

    fn encrypt(&mut self, host: &str, port: u16) -> Result<(), String> {
        let client = tls::client(host, self.server.ca_pem.as_deref())?;
        self.wire.encrypt(client, self.server.patience.connect).map_err(|e| tls::explain(host, port, &e))
    }

    /// One line out, one reply back. A server that spoke out of turn is not believed any more.
    fn command(&mut self, line: &str) -> Result<Answer, Trouble> {
        if line.contains(['\r', '\n', '\0']) {
            return Err(Trouble::NotSmtp("a line of ours would have been two".into()));
        }
        if self.wire.has_unread() {
            return Err(Trouble::NotSmtp("it answered before it was asked".into()));
        }
        self.wire.write(format!("{line}\r\n").as_bytes(), self.server.patience.command)?;
        self.wire.answer(self.server.patience.command)
    }

    /// The parameters of an extension that the server offers.
    fn offer(&self, name: &str) -> Option<&str> {
        self.offers.iter().find_map(|line| {
            let rest = line.strip_prefix(name)?;
            (rest.is_empty() || rest.starts_with([' ', '='])).then(|| rest.trim_start_matches([' ', '=']))
        })
    }

    fn host(&self) -> &str {
        &self.server.address.host
    }
}

fn dial(host: &str, port: u16, patience: Duration) -> Result<TcpStream, String> {
    let places = (host, port).to_socket_addrs().map_err(|e| format!("The name {host} is not known ({e}). Check its spelling, and this machine's network."))?;
    let mut failure = format!("The name {host} has no address. Check its spelling.");
    for place in places {
        match TcpStream::connect_timeout(&place, patience) {
            Ok(tcp) => return Ok(tcp),
            Err(e) if e.kind() == std::io::ErrorKind::ConnectionRefused => {
                failure = format!("{host} refuses connections on port {port}. Check the port; common ones are 465 (TLS) and 587 (STARTTLS).");
            }
            Err(e) => {
                failure = format!("{host} cannot be reached on port {port} ({e}). Check the name and the port, and whether a firewall blocks outgoing mail.");
            }
        }
    }
    Err(failure)
}
