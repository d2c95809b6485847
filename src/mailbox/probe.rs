//! A live test of where mail comes from, step by step and in words: what worked, what did not, and what to do.

use super::Pace;
use super::dial;
use super::session::Session;
use super::stream::Signals;
use super::trouble::Trouble;
use crate::account::{Probe, ProbeStep, Security, ServerAddress, Source};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// A person waits for the answer.
const PATIENCE: Duration = Duration::from_secs(12);

/// A folder that could be watched.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FolderName {
    pub name: String,
    /// Holds what was sent, as the server says (RFC 6154) or as its name says.
    pub sent: bool,
}

/// Tries to reach, to sign in and to open `folders`; changes nothing.
pub fn probe(source: &Source, ca_pem: Option<&str>, password: &str, folders: &[String]) -> Probe {
    let mut steps = Vec::new();
    let outcome = match source {
        Source::Imap(server) => probe_server(server, ca_pem, password, folders, &mut steps),
        Source::Folder { path } => probe_files(path, &mut steps),
    };
    if let Err(words) = outcome {
        steps.push(ProbeStep { words: format!("Mail in: {words}"), ok: false });
    }
    Probe { steps }
}

/// The folders of a server, for choosing; in words why they cannot be had.
pub fn list_folders(source: &Source, ca_pem: Option<&str>, password: &str) -> Result<Vec<FolderName>, String> {
    match source {
        Source::Imap(server) => {
            let mut session = Session::open(server, ca_pem, password, &pace(), &Arc::new(Signals::default())).map_err(words)?;
            names(&mut session).map_err(words)
        }
        Source::Folder { path } => {
            let entries = std::fs::read_dir(path).map_err(|e| format!("{} cannot be read: {e}", path.display()))?;
            let folders = entries.flatten().filter(|entry| entry.path().is_dir());
            Ok(folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).map(|name| FolderName { sent: is_sent("", &name), name }).collect())
        }
    }
}

fn probe_server(server: &ServerAddress, ca_pem: Option<&str>, password: &str, folders: &[String], steps: &mut Vec<ProbeStep>) -> Result<(), String> {
    let signals = Arc::new(Signals::default());
    let mut done = |words: String| steps.push(ProbeStep { words: format!("Mail in: {words}"), ok: true });
    let stream = dial::dial(server, ca_pem, &pace(), &signals).map_err(words)?;
    done(match server.security {
        Security::Plain => format!("reached {} on port {}, without encryption", server.host, server.port),
        Security::Tls | Security::StartTls => format!("reached {} on port {}, encrypted, its certificate is good", server.host, server.port),
    });
    let mut session = Session::sign_in(stream, server, password, &pace(), &signals).map_err(words)?;
    done(format!("signed in as {}", server.user));
    let inbox = ["INBOX".to_owned()];
    for folder in if folders.is_empty() { &inbox[..] } else { folders } {
        let opened = session.open_folder(folder, false).map_err(words)?;
        done(match opened.exists {
            1 => format!("opened {folder}, 1 mail"),
            count => format!("opened {folder}, {count} mails"),
        });
    }
    if !session.can("IDLE") {
        done("this server does not announce new mail (no IDLE); it will be asked every half minute".into());
    }
    Ok(())
}

fn probe_files(path: &Path, steps: &mut Vec<ProbeStep>) -> Result<(), String> {
    std::fs::read_dir(path).map_err(|e| format!("{} cannot be read ({e}). Make the folder, or give Restante the right to read it.", path.display()))?;
    steps.push(ProbeStep { words: format!("Mail in: the folder {} can be read", path.display()), ok: true });
    Ok(())
}

fn names(session: &mut Session) -> super::trouble::Result<Vec<FolderName>> {
    let listed = session.list()?;
    let choosable = listed.into_iter().filter(|folder| !folder.attributes.to_uppercase().contains("\\NOSELECT"));
    Ok(choosable.map(|folder| FolderName { sent: is_sent(&folder.attributes, &folder.name), name: folder.name }).collect())
}

/// By the special-use attribute, or by the names that mail programs give.
fn is_sent(attributes: &str, name: &str) -> bool {
    const NAMES: [&str; 8] = ["sent", "sent items", "sent messages", "sent mail", "gesendet", "gesendete elemente", "skickat", "enviados"];
    let last = name.rsplit(['/', '.']).next().unwrap_or(name).to_lowercase();
    attributes.split_whitespace().any(|attribute| attribute.eq_ignore_ascii_case("\\Sent")) || NAMES.contains(&last.as_str())
}

fn pace() -> Pace {
    Pace { connect: PATIENCE, silence: PATIENCE, command: PATIENCE, ..Pace::default() }
}

fn words(trouble: Trouble) -> String {
    trouble.words
}
