//! What can go wrong with a mailbox, told apart by cause and said in words that tell its owner what to do.

use crate::account::ServerAddress;
use crate::{blobs, database};
use rustls::CertificateError;
use std::io;

/// Why, where what happens next depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// We were asked to stop.
    Stopped,
    /// The address leads nowhere: no such host, nobody listens, no greeting.
    Unreachable,
    /// No trustworthy TLS.
    Encryption,
    /// The server refuses user or password.
    LoginRefused,
    /// The folder is not there (or cannot be opened).
    Folder,
    /// The server said NO or BAD to one command; the connection is still good.
    Refused,
    /// The connection broke, fell silent, or said what nobody can read.
    Lost,
    /// Our own disk or database.
    Storage,
}

#[derive(Clone, Debug, thiserror::Error)]
#[error("{words}")]
pub struct Trouble {
    pub cause: Cause,
    pub words: String,
}

pub type Result<T> = std::result::Result<T, Trouble>;

impl Trouble {
    pub fn new(cause: Cause, words: impl Into<String>) -> Trouble {
        Trouble { cause, words: words.into() }
    }

    pub fn stopped() -> Trouble {
        Trouble::new(Cause::Stopped, "Restante is stopping.")
    }

    /// A fault of the connection to `host`.
    pub fn lost(host: &str, detail: &io::Error) -> Trouble {
        use io::ErrorKind::{InvalidData, TimedOut, WouldBlock};
        match detail.kind() {
            TimedOut | WouldBlock => {
                Trouble::new(Cause::Lost, format!("{host} stopped answering in the middle of a conversation. Restante connects again by itself."))
            }
            InvalidData => Trouble::new(Cause::Lost, format!("{host} sent more than was asked for ({detail}). Restante connects again by itself.")),
            _ => Trouble::new(Cause::Lost, format!("The connection to {host} broke ({detail}). Restante connects again by itself.")),
        }
    }

    /// What the IMAP client says about a command. A line that it cannot read leaves it out of step, so all but a
    /// plain NO or BAD means a new connection.
    pub fn said(host: &str, command: &str, error: imap::Error) -> Trouble {
        match error {
            imap::Error::No(no) => Trouble::new(Cause::Refused, format!("{host} refused {command}: {}", no.information)),
            imap::Error::Bad(bad) => Trouble::new(Cause::Refused, format!("{host} did not understand {command}: {}", bad.information)),
            imap::Error::Io(detail) => Trouble::lost(host, &detail),
            imap::Error::ConnectionLost => {
                Trouble::new(Cause::Lost, format!("{host} closed the connection during {command}. Restante connects again by itself."))
            }
            imap::Error::Bye(bye) if bye.information != "no explanation given" => {
                Trouble::new(Cause::Lost, format!("{host} said goodbye: {}. Restante connects again by itself.", bye.information))
            }
            other => Trouble::new(Cause::Lost, format!("{host} answered {command} with something unreadable ({}).", short(&other.to_string()))),
        }
    }

    /// What a failed TLS handshake means.
    pub fn handshake(server: &ServerAddress, own_authority: bool, error: &io::Error) -> Trouble {
        let host = &server.host;
        let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) else {
            return Trouble::new(
                Cause::Encryption,
                format!("{host} broke off while encryption was being set up ({error}). Check that port {} is the right one for TLS.", server.port),
            );
        };
        let words = match tls {
            rustls::Error::InvalidCertificate(fault) => certificate_words(host, own_authority, fault),
            rustls::Error::InvalidMessage(_) => {
                format!("{host} does not speak TLS on port {}. Check the port, or choose STARTTLS.", server.port)
            }
            other => format!("{host} could not agree on encryption with us ({other}). Its software may be too old for TLS 1.2."),
        };
        Trouble::new(Cause::Encryption, words)
    }

    /// A sign-in that failed.
    pub fn login(server: &ServerAddress, error: imap::Error) -> Trouble {
        let said = match &error {
            imap::Error::No(no) => &no.information,
            imap::Error::Bad(bad) => &bad.information,
            _ => return Trouble::said(&server.host, "the sign-in", error),
        };
        let upper = said.to_uppercase();
        if ["UNAVAILABLE", "INUSE", "IN USE", "TOO MANY", "LIMIT", "TRY AGAIN", "TEMPORAR"].iter().any(|word| upper.contains(word)) {
            return Trouble::new(Cause::Lost, format!("{} cannot let {} in just now: {said}. Restante tries again by itself.", server.host, server.user));
        }
        Trouble::new(
            Cause::LoginRefused,
            format!("{} refused the password for {} ({said}). Enter the right one; some providers want an app password here.", server.host, server.user),
        )
    }
}

fn certificate_words(host: &str, own_authority: bool, fault: &CertificateError) -> String {
    use CertificateError::{Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet, NotValidYetContext, UnknownIssuer};
    match fault {
        Expired | ExpiredContext { .. } => format!("The certificate of {host} has expired. Whoever runs that server must renew it; no password was sent."),
        NotValidYet | NotValidYetContext { .. } => {
            format!("The certificate of {host} is not valid yet. Check the clock of this machine; no password was sent.")
        }
        NotValidForName | NotValidForNameContext { .. } => {
            format!("The certificate of {host} is not for this name. Use the name that your provider gives; no password was sent.")
        }
        UnknownIssuer if own_authority => {
            format!("The certificate of {host} was not issued by the authority in the CA file, nor by a public one; no password was sent.")
        }
        UnknownIssuer => format!("The certificate of {host} was issued by nobody we know. If it is your own server, give its CA file; no password was sent."),
        other => format!("The certificate of {host} cannot be trusted ({other}); no password was sent."),
    }
}

/// A stranger's words, cut to what fits in a line.
fn short(text: &str) -> String {
    const SHOWN_CHARS: usize = 120;
    text.chars().filter(|c| !c.is_control()).take(SHOWN_CHARS).collect()
}

impl From<database::Error> for Trouble {
    fn from(error: database::Error) -> Trouble {
        Trouble::new(Cause::Storage, format!("Mail could not be stored: {error}"))
    }
}

impl From<blobs::Error> for Trouble {
    fn from(error: blobs::Error) -> Trouble {
        Trouble::new(Cause::Storage, format!("Mail could not be stored: {error}"))
    }
}
