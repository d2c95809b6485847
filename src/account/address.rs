//! Where mail comes from and where it leaves to: `imaps://user@host:port` and its kin, or a folder.

use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::path::PathBuf;

/// How a connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// TLS after STARTTLS, which the server must offer.
    StartTls,
    /// Nothing: only to this machine, or where the owner insists.
    Plain,
}

/// A server, as in `imaps://anna%40shop.test@mail.shop.test:993`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerAddress {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// Who signs in; empty: nobody (a relay that trusts us by address).
    pub user: String,
    /// The owner insists on plain text to another machine.
    #[serde(default)]
    pub insist_on_plain: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source {
    Imap(ServerAddress),
    /// A folder of `.eml` files with one sub-folder per mail folder.
    Folder {
        path: PathBuf,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Carrier {
    Smtp(ServerAddress),
    /// Letters are written as `.eml` files.
    Folder {
        path: PathBuf,
    },
}

impl ServerAddress {
    /// Reads an IMAP address; the error says what is wrong and what a right one looks like.
    pub fn parse_imap(url: &str) -> Result<ServerAddress, String> {
        parse(url, &[("imaps://", Security::Tls, 993), ("imap+starttls://", Security::StartTls, 143), ("imap://", Security::Plain, 143)])
    }

    pub fn parse_smtp(url: &str) -> Result<ServerAddress, String> {
        parse(url, &[("smtps://", Security::Tls, 465), ("smtp+starttls://", Security::StartTls, 587), ("smtp://", Security::Plain, 25)])
    }

    /// Plain text may leave this machine only when the owner insists.
    pub fn may_connect(&self) -> Result<(), String> {
        if self.security != Security::Plain || self.insist_on_plain || self.is_loopback() {
            return Ok(());
        }
        Err(format!(
            "{} would be asked without encryption, and the password could be read on the way. Use TLS or STARTTLS, or insist on plain text.",
            self.host
        ))
    }

    pub fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }
}

fn parse(url: &str, schemes: &[(&str, Security, u16)]) -> Result<ServerAddress, String> {
    let known = || schemes.iter().map(|(scheme, ..)| *scheme).collect::<Vec<_>>().join(", ");
    let url = url.trim();
    let (rest, security, default_port) =
        schemes.iter().find_map(|(scheme, security, port)| Some((url.strip_prefix(scheme)?, *security, *port))).ok_or_else(|| {
            format!("“{url}” does not begin with one of {}: write for example {}anna%40shop.test@mail.shop.test:{}", known(), schemes[0].0, schemes[0].2)
        })?;
    let rest = rest.trim_end_matches('/');
    let (user, place) = rest.rsplit_once('@').unwrap_or(("", rest));
    let (host, port) = match place.strip_prefix('[').and_then(|v6| v6.split_once(']')) {
        Some((host, after)) => (host, after.strip_prefix(':')),
        None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
    };
    let port = port.map_or(Ok(default_port), |p| p.parse().map_err(|_| format!("“{p}” in “{url}” is not a port number")))?;
    if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c.is_control() || c == '/') {
        return Err(format!("“{url}” names no host"));
    }
    if user.contains(':') {
        return Err("the address holds a password; give it by --password-stdin or a password file instead".into());
    }
    let user = unescape(user).ok_or_else(|| format!("the user in “{url}” is not percent-encoded text (%40 stands for @)"))?;
    Ok(ServerAddress { host: host.to_owned(), port, security, user, insist_on_plain: false })
}

/// Percent-decoding of RFC 3986 2.1; refuses control characters.
fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        if first == b'%' {
            let (digits, after) = after.split_at_checked(2)?;
            bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            rest = after;
        } else {
            bytes.push(first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok().filter(|user| !user.contains(char::is_control))
}

/// As it is written on the command line, so that it can be shown and changed.
impl ServerAddress {
    pub fn url(&self, protocol: &str) -> String {
        let scheme = match self.security {
            Security::Tls => format!("{protocol}s"),
            Security::StartTls => format!("{protocol}+starttls"),
            Security::Plain => protocol.to_owned(),
        };
        let user: String = self.user.chars().map(|c| if matches!(c, '@' | ':' | '/' | '%') { format!("%{:02X}", c as u32) } else { c.to_string() }).collect();
        let at = if user.is_empty() { "" } else { "@" };
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        format!("{scheme}://{user}{at}{host}:{}", self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_reads_back_as_it_was_written() {
        for url in ["imaps://anna%40shop.test@mail.shop.test:993", "imap+starttls://a@h:143", "imap://a@127.0.0.1:14300", "imap://a@[::1]:143"] {
            let address = ServerAddress::parse_imap(url).unwrap();
            assert_eq!(address.url("imap"), url);
        }
        let address = ServerAddress::parse_smtp("smtps://anna%40shop.test@mail.shop.test").unwrap();
        assert_eq!((address.user.as_str(), address.port, address.security), ("anna@shop.test", 465, Security::Tls));
    }

    #[test]
    fn a_wrong_address_is_explained() {
        for (url, word) in [
            ("mail.shop.test", "imaps://"),
            ("imaps://a@:993", "host"),
            ("imaps://a@h:99999", "port"),
            ("imaps://a:b@h", "password"),
            ("imaps://%zz@h", "percent"),
        ] {
            let complaint = ServerAddress::parse_imap(url).unwrap_err();
            assert!(complaint.contains(word), "{url}: {complaint}");
        }
    }

    #[test]
    fn plain_text_leaves_this_machine_only_when_the_owner_insists() {
        let mut far = ServerAddress::parse_imap("imap://a@mail.shop.test").unwrap();
        assert!(far.may_connect().is_err());
        far.insist_on_plain = true;
        assert!(far.may_connect().is_ok());
        assert!(ServerAddress::parse_imap("imap://a@127.0.0.1:143").unwrap().may_connect().is_ok());
    }
}
