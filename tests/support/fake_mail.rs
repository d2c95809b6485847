//! A mail server with something to hide: an IMAP or SMTP server with any certificate, that can leave out STARTTLS or
//! slip words in before TLS begins, and that writes down every byte it is told, in the clear or inside TLS.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    Imap,
    Smtp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// TLS from the first byte.
    Implicit,
    /// STARTTLS, offered and done.
    StartTls,
    /// STARTTLS taken out of the list by someone on the way, and refused.
    Stripped,
    /// Words pushed in behind the answer to STARTTLS, before TLS begins.
    Injected,
}

pub struct FakeMail {
    pub port: u16,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl FakeMail {
    /// Listens until the test process ends. `certificate` is the stem of a PEM pair in `folder`.
    pub fn start(speech: Speech, manner: Manner, folder: &Path, certificate: &str) -> FakeMail {
        let chain: Vec<_> = CertificateDer::pem_file_iter(folder.join(format!("{certificate}.pem"))).unwrap().map(Result::unwrap).collect();
        let key = PrivateKeyDer::from_pem_file(folder.join(format!("{certificate}.key"))).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let tls = Arc::new(builder.with_no_client_auth().with_single_cert(chain, key).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ear = heard.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (tls, ear) = (tls.clone(), ear.clone());
                std::thread::spawn(move || serve(stream, speech, manner, tls, &ear));
            }
        });
        FakeMail { port, heard }
    }

    /// Whether `password` was heard, as it is or as SASL would spell it.
    pub fn heard_password(&self, user: &str, password: &str) -> bool {
        let heard = self.heard.lock().unwrap();
        let base64 = |text: String| data_encoding::BASE64.encode(text.as_bytes());
        let spellings = [password.to_owned(), base64(format!("\0{user}\0{password}")), base64(password.to_owned())];
        spellings.iter().any(|spelling| heard.windows(spelling.len()).any(|window| window == spelling.as_bytes()))
    }
}

fn serve(stream: TcpStream, speech: Speech, manner: Manner, tls: Arc<ServerConfig>, ear: &Mutex<Vec<u8>>) {
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok();
    if manner == Manner::Implicit {
        talk(secured(stream, tls), speech, Manner::Implicit, true, ear);
        return;
    }
    let again = stream.try_clone().unwrap();
    if talk(stream, speech, manner, true, ear) {
        talk(secured(again, tls), speech, Manner::Implicit, false, ear);
    }
}

fn secured(stream: TcpStream, tls: Arc<ServerConfig>) -> StreamOwned<ServerConnection, TcpStream> {
    StreamOwned::new(ServerConnection::new(tls).unwrap(), stream)
}

/// Talks until the other side is gone; true when it now wants to begin TLS.
fn talk(stream: impl Read + Write, speech: Speech, manner: Manner, greet: bool, ear: &Mutex<Vec<u8>>) -> bool {
    let mut stream = BufReader::with_capacity(1, stream); // never reads past a line: TLS may begin there
    let greeting = if speech == Speech::Imap { "* OK fake\r\n" } else { "220 fake ESMTP\r\n" };
    if greet && stream.get_mut().write_all(greeting.as_bytes()).is_err() {
        return false;
    }
    loop {
        let mut line = Vec::new();
        if !matches!(stream.read_until(b'\n', &mut line), Ok(1..)) {
            return false;
        }
        ear.lock().unwrap().extend_from_slice(&line);
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        let wants_tls = line.to_ascii_uppercase().contains("STARTTLS");
        let answer = if speech == Speech::Imap { imap_answer(&line, manner) } else { smtp_answer(&line, manner) };
        if stream.get_mut().write_all(answer.as_bytes()).and_then(|()| stream.get_mut().flush()).is_err() {
            return false;
        }
        if wants_tls && manner != Manner::Stripped {
            return true;
        }
    }
}

fn imap_answer(line: &str, manner: Manner) -> String {
    let (tag, words) = line.split_once(' ').unwrap_or((line, ""));
    let offered = if matches!(manner, Manner::StartTls | Manner::Injected) { " STARTTLS" } else { "" };
    match words.to_ascii_uppercase().split(' ').next().unwrap_or_default() {
        "STARTTLS" if manner == Manner::Stripped => format!("{tag} BAD what is that\r\n"),
        "STARTTLS" if manner == Manner::Injected => format!("{tag} OK begin\r\n* PREAUTH you are in already\r\nx9 OK really\r\n"),
        "STARTTLS" => format!("{tag} OK begin\r\n"),
        "CAPABILITY" => format!("* CAPABILITY IMAP4rev1 IDLE{offered}\r\n{tag} OK done\r\n"),
        "LOGIN" | "AUTHENTICATE" => format!("{tag} NO [AUTHENTICATIONFAILED] not you\r\n"),
        "LOGOUT" => format!("* BYE\r\n{tag} OK bye\r\n"),
        _ => format!("{tag} OK done\r\n"),
    }
}

fn smtp_answer(line: &str, manner: Manner) -> String {
    let offered = if matches!(manner, Manner::StartTls | Manner::Injected) { "250-STARTTLS\r\n" } else { "" };
    match line.to_ascii_uppercase().split([' ', ':']).next().unwrap_or_default() {
        "EHLO" => format!("250-fake\r\n{offered}250 AUTH PLAIN LOGIN\r\n"),
        "STARTTLS" if manner == Manner::Stripped => "502 what is that\r\n".into(),
        "STARTTLS" if manner == Manner::Injected => "220 begin\r\n235 you are in already\r\n".into(),
        "STARTTLS" => "220 begin\r\n".into(),
        "AUTH" => "535 not you\r\n".into(),
        "QUIT" => "221 bye\r\n".into(),
        _ => "250 done\r\n".into(),
    }
}
