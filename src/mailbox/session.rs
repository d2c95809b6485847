//! A signed-in conversation with an IMAP server. Commands whose answers are simple lines are read by ourselves, so that a
//! line that the client library cannot parse (8-bit names, unknown untagged data) does not cost the connection.

use super::folder_names::{decode, encode, quote};
use super::stream::{Guarded, Signals, Wire};
use super::trouble::{Cause, Result, Trouble};
use super::{ANSWER_SLACK_BYTES, Pace, UIDS_ANSWER_BYTES_MAX, dial};
use crate::account::ServerAddress;
use std::collections::HashSet;
use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

pub struct Session {
    pub(super) imap: imap::Session<Wire>,
    pub(super) wire: Wire,
    pub(super) host: String,
    pub(super) pace: Pace,
    pub(super) signals: Arc<Signals>,
    capabilities: HashSet<String>,
    /// How many mails the open folder has, as far as the server has said.
    exists: u32,
    /// The server said since then that it is another number.
    pub(super) stirred: bool,
    /// Mails whose honest bytes differ from the size that the server gave.
    pub(super) wrong_sizes: u32,
    /// Commands of our own so far: the number in the last one's tag.
    commands: u32,
}

/// What the server says about a folder that was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// 0 where the server gives none.
    pub uid_validity: u32,
    pub uid_next: Option<u32>,
    pub exists: u32,
}

/// A folder in the server's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    pub name: String,
    pub attributes: String,
}

impl Session {
    /// Connects and signs in.
    pub fn open(server: &ServerAddress, ca_pem: Option<&str>, password: &str, pace: &Pace, signals: &Arc<Signals>) -> Result<Session> {
        let stream = dial::dial(server, ca_pem, pace, signals)?;
        Session::sign_in(stream, server, password, pace, signals)
    }

    /// Signs in on a stream on which the server has greeted us.
    pub fn sign_in(stream: Guarded, server: &ServerAddress, password: &str, pace: &Pace, signals: &Arc<Signals>) -> Result<Session> {
        let wire = Wire::new(stream);
        let mut client = imap::Client::new(wire.clone());
        wire.with(|stream| stream.allow(ANSWER_SLACK_BYTES, pace.silence));
        let offered = client.capabilities().map_err(|e| Trouble::said(&server.host, "CAPABILITY", e))?;
        let (plain, login_disabled) = (offered.has_str("AUTH=PLAIN"), offered.has_str("LOGINDISABLED"));
        drop(offered);
        wire.with(|stream| stream.allow(ANSWER_SLACK_BYTES, pace.silence));
        let signed_in = if plain {
            client.authenticate("PLAIN", &Plain { user: &server.user, password })
        } else if login_disabled {
            return Err(Trouble::new(Cause::LoginRefused, format!("{} takes no password on this connection. Choose TLS or STARTTLS.", server.host)));
        } else {
            client.login(&server.user, password)
        };
        let imap = signed_in.map_err(|(e, _)| if signals.quitting() { Trouble::stopped() } else { Trouble::login(server, e) })?;
        let mut session = Session {
            imap,
            wire,
            host: server.host.clone(),
            pace: pace.clone(),
            signals: signals.clone(),
            capabilities: HashSet::new(),
            exists: 0,
            stirred: false,
            wrong_sizes: 0,
            commands: 0,
        };
        let lines = session.ask("CAPABILITY", ANSWER_SLACK_BYTES)?;
        session.capabilities = lines.iter().flat_map(|line| line.to_uppercase().split_whitespace().map(str::to_owned).collect::<Vec<_>>()).collect();
        Ok(session)
    }

    pub fn can(&self, capability: &str) -> bool {
        self.capabilities.contains(capability)
    }

    /// Opens a folder: read-only (EXAMINE) unless its mails are to be marked or moved.
    pub fn open_folder(&mut self, name: &str, writable: bool) -> Result<Opened> {
        let verb = if writable { "SELECT" } else { "EXAMINE" };
        let encoded = encode(name);
        let mut answer = self.ask(&format!("{verb} {}", quote(&encoded)), ANSWER_SLACK_BYTES);
        if matches!(&answer, Err(trouble) if trouble.cause == Cause::Refused) && encoded != name {
            // Some servers keep 8-bit names as they are.
            answer = self.ask(&format!("{verb} {}", quote(name)), ANSWER_SLACK_BYTES);
        }
        let lines = answer.map_err(|trouble| match trouble.cause {
            Cause::Refused => Trouble::new(
                Cause::Folder,
                format!("The folder “{name}” cannot be opened ({}). Create it again or take it out of the list of folders.", trouble.words),
            ),
            _ => trouble,
        })?;
        let mut opened = Opened::default();
        for line in lines.iter().map(|line| line.to_uppercase()) {
            let number_after = |word: &str| line.split_once(word).and_then(|(_, rest)| rest.split([']', ' ']).next()?.parse().ok());
            if let Some(validity) = number_after("[UIDVALIDITY ") {
                opened.uid_validity = validity;
            } else if let Some(next) = number_after("[UIDNEXT ") {
                opened.uid_next = Some(next);
            } else if let Some(count) = line.trim_end().strip_prefix("* ").and_then(|rest| rest.strip_suffix(" EXISTS")) {
                opened.exists = count.parse().unwrap_or(0);
            }
        }
        self.exists = opened.exists;
        self.stirred = false;
        Ok(opened)
    }

    /// The UIDs that a search finds, ascending.
    pub fn uids(&mut self, criteria: &str) -> Result<Vec<u32>> {
        crate::failpoint::reached("mailbox.searching");
        let lines = self.ask(&format!("UID SEARCH {criteria}"), UIDS_ANSWER_BYTES_MAX)?;
        crate::failpoint::reached("mailbox.searched");
        let mut uids = Vec::new();
        for line in &lines {
            let mut words = line.split_ascii_whitespace();
            if words.next() == Some("*") && words.next().is_some_and(|word| word.eq_ignore_ascii_case("SEARCH")) {
                uids.extend(words.map_while(|word| word.parse::<u32>().ok()).filter(|uid| *uid > 0));
            }
        }
        uids.sort_unstable();
        uids.dedup();
        Ok(uids)
    }

    /// Every folder with its attributes.
    pub fn list(&mut self) -> Result<Vec<Listed>> {
        let lines = self.ask("LIST \"\" \"*\"", ANSWER_SLACK_BYTES)?;
        Ok(lines.iter().filter_map(|line| listed(line)).collect())
    }

    /// Runs a command whose answer is lines, and returns the untagged ones.
    pub fn ask(&mut self, command: &str, bytes: u64) -> Result<Vec<String>> {
        let verb = command.split(' ').next().unwrap_or_default().to_owned();
        self.say(command)?;
        let mut untagged = Vec::new();
        self.wire.with(|stream| stream.allow(bytes, self.pace.command));
        loop {
            let line = self.line(Instant::now() + self.pace.silence, false)?.ok_or_else(|| Trouble::lost(&self.host, &std::io::ErrorKind::TimedOut.into()))?;
            match tagged(&line) {
                None if line.to_uppercase().starts_with("* BYE") => {
                    return Err(Trouble::new(Cause::Lost, format!("{} said goodbye: {}. Restante connects again by itself.", self.host, line[5..].trim())));
                }
                None => untagged.push(line),
                Some((status, _)) if status.eq_ignore_ascii_case("OK") => return Ok(untagged),
                Some((_, words)) => return Err(Trouble::new(Cause::Refused, format!("{} refused {verb}: {}", self.host, words.trim()))),
            }
        }
    }

    /// Sends a command without waiting for its answer, and returns its tag (which the library's tags never are).
    pub(super) fn say(&mut self, command: &str) -> Result<String> {
        self.commands += 1;
        let tag = format!("r{}", self.commands);
        let line = format!("{tag} {command}\r\n");
        let said = self.wire.with(|stream| stream.write_all(line.as_bytes()).and_then(|()| stream.flush()));
        said.map(|()| tag).map_err(|e| if self.signals.quitting() { Trouble::stopped() } else { Trouble::lost(&self.host, &e) })
    }

    /// One line of the server; notices when the folder grew.
    pub(super) fn line(&mut self, until: Instant, nudgeable: bool) -> Result<Option<String>> {
        let line = self.wire.with(|stream| stream.read_line(until, nudgeable));
        let line = line.map_err(|e| if self.signals.quitting() { Trouble::stopped() } else { Trouble::lost(&self.host, &e) })?;
        let line = line.map(|bytes| String::from_utf8_lossy(&bytes).trim_end_matches(['\r', '\n']).to_owned());
        if let Some(line) = &line {
            self.note_news(line);
        }
        Ok(line)
    }

    /// Takes from a line that the folder grew or shrank.
    pub(super) fn note_news(&mut self, line: &str) {
        match size_news(line) {
            Some(News::Exists(count)) => self.note_size(count),
            Some(News::Expunged) => self.exists = self.exists.saturating_sub(1),
            None => {}
        }
    }

    /// A server may repeat a number with every answer; only another number is news.
    fn note_size(&mut self, count: u32) {
        self.stirred |= count != self.exists;
        self.exists = count;
    }

    /// Runs one of the client library's commands within limits.
    pub(super) fn run<T>(&mut self, verb: &str, bytes: u64, command: impl FnOnce(&mut imap::Session<Wire>) -> imap::Result<T>) -> Result<T> {
        self.wire.with(|stream| stream.allow(bytes, self.pace.command));
        let outcome = command(&mut self.imap);
        for news in self.imap.take_all_unsolicited().collect::<Vec<_>>() {
            match news {
                imap::types::UnsolicitedResponse::Exists(count) => self.note_size(count),
                imap::types::UnsolicitedResponse::Expunge(_) => self.exists = self.exists.saturating_sub(1),
                _ => {}
            }
        }
        outcome.map_err(|e| if self.signals.quitting() { Trouble::stopped() } else { Trouble::said(&self.host, verb, e) })
    }
}

enum News {
    Exists(u32),
    Expunged,
}

/// `* 23 EXISTS` and `* 5 EXPUNGE`.
fn size_news(line: &str) -> Option<News> {
    let (number, word) = line.strip_prefix("* ")?.split_once(' ')?;
    let number = number.parse().ok()?;
    match word.trim_end() {
        word if word.eq_ignore_ascii_case("EXISTS") => Some(News::Exists(number)),
        word if word.eq_ignore_ascii_case("EXPUNGE") => Some(News::Expunged),
        _ => None,
    }
}

/// Status and words of a tagged line; nothing for `*` and `+`.
pub(super) fn tagged(line: &str) -> Option<(&str, &str)> {
    let (tag, rest) = line.split_once(' ')?;
    if tag == "*" || tag == "+" {
        return None;
    }
    Some(rest.split_once(' ').unwrap_or((rest, "")))
}

/// `* LIST (\HasNoChildren \Sent) "/" "Sent"`.
fn listed(line: &str) -> Option<Listed> {
    let rest = line.get(..7).filter(|start| start.eq_ignore_ascii_case("* LIST ")).and_then(|_| line.get(7..))?;
    let (attributes, rest) = rest.strip_prefix('(')?.split_once(')')?;
    let rest = rest.trim_start();
    let name = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once("\" ")?.1,
        None => rest.split_once(' ')?.1,
    };
    let name = match name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\\\"", "\"").replace("\\\\", "\\"),
        None => name.to_owned(),
    };
    Some(Listed { name: decode(&name), attributes: attributes.to_owned() })
}

/// SASL PLAIN (RFC 4616): carries any character that a password may have, which LOGIN does not.
struct Plain<'a> {
    user: &'a str,
    password: &'a str,
}

impl imap::Authenticator for Plain<'_> {
    type Response = String;
    fn process(&self, _challenge: &[u8]) -> String {
        format!("\0{}\0{}", self.user, self.password)
    }
}
