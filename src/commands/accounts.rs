//! `restante agent …` and `restante mailbox …`: what the browser's set-up does, without a browser. They work beside a
//! running server, which notices within a second.

use super::NewMailbox;
use crate::account::{self, AfterImport, Carrier, FolderRole, NewAccount, Passwords, ServerAddress, Source};
use crate::agent::{self, Role};
use crate::app::Folder;
use crate::email::EmailAddress;
use crate::{setting, world};
use anyhow::{Context, bail};
use std::io::Read;
use std::path::Path;

/// A password is a line, not a file.
const PASSWORD_BYTES_MAX: u64 = 4096;

/// The same as in the browser.
const NAME_CHARS_MAX: usize = 100;

pub fn add_agent(data: &Path, email: &str, name: &str, role: Role) -> anyhow::Result<()> {
    let folder = Folder::open(data)?;
    let address = EmailAddress::parse(email).with_context(|| format!("“{email}” is not an e-mail address"))?;
    let name = one_line("the name", name)?;
    let password = password_from_stdin()?;
    if let Some(complaint) = agent::password_complaint(&password) {
        bail!(complaint);
    }
    if folder.db.read(|c| agent::find_by_email(c, address.as_str()))?.is_some() {
        bail!("{address} is there already; passwords are changed in the browser");
    }
    let hash = agent::hash_password(&password, world::random());
    let shown = address.to_string();
    folder.db.write(move |tx| agent::add(tx, &address, &name, role, &hash, world::now()))?;
    println!("{shown} may sign in as {}.", role.as_str());
    Ok(())
}

pub fn list_agents(data: &Path) -> anyhow::Result<()> {
    for agent in Folder::open_existing(data)?.db.read(agent::all)? {
        let state = if agent.disabled_at.is_some() { "disabled" } else { agent.role.as_str() };
        println!("{}\t{}\t{state}", agent.email, agent.name);
    }
    Ok(())
}

pub fn add_mailbox(data: &Path, new: &NewMailbox) -> anyhow::Result<()> {
    let folder = Folder::open(data)?;
    let imap = if new.password_stdin { password_from_stdin()? } else { String::new() };
    let smtp = match &new.smtp_password_file {
        Some(file) => password_from_file(file)?,
        None => imap.clone(),
    };
    let mut source = ServerAddress::parse_imap(&new.imap).map_err(anyhow::Error::msg)?;
    let mut carrier = ServerAddress::parse_smtp(&new.smtp).map_err(anyhow::Error::msg)?;
    source.insist_on_plain = new.insist_on_plain;
    carrier.insist_on_plain = new.insist_on_plain;
    source.may_connect().map_err(anyhow::Error::msg)?;
    carrier.may_connect().map_err(anyhow::Error::msg)?;
    let name = one_line("the name", &new.name)?;
    let watched = new.folders.iter().map(|name| (name.clone(), FolderRole::Inbox));
    let mut folders: Vec<(String, FolderRole)> = watched.collect();
    if let Some(sent) = &new.sent {
        if folders.is_empty() {
            folders.push(("INBOX".into(), FolderRole::Inbox));
        }
        folders.push((sent.clone(), FolderRole::Sent));
    }
    // RFC 4954: no AUTH for a relay that knows us by address; a user without a password cannot sign in anywhere.
    let smtp = if carrier.user.is_empty() { String::new() } else { smtp };
    let account = NewAccount {
        address: EmailAddress::parse(&new.address).with_context(|| format!("“{}” is not an e-mail address", new.address))?,
        name,
        source: Source::Imap(source),
        carrier: Carrier::Smtp(carrier),
        passwords: Passwords::seal(&folder.key, &imap, &smtp, [world::random(), world::random()]),
        ca_pem: new.ca_file.as_deref().map(read_ca).transpose()?,
        after_import: after_import(&new.after_import)?,
        history_since: new.since.map(|day| day.to_zoned(jiff::tz::TimeZone::UTC).map(|at| at.timestamp().as_millisecond())).transpose()?,
        folders,
        sent_folder: new.copy_to.clone(),
    };
    add(&folder, account)
}

/// Adds a mailbox unless its address is there.
pub fn add(folder: &Folder, account: NewAccount) -> anyhow::Result<()> {
    let address = account.address.to_string();
    if folder.db.read(|c| account::find_by_address(c, &address))?.is_some() {
        bail!("the mailbox {address} is there already; it is changed in the browser");
    }
    folder.db.write(move |tx| account::add(tx, &account, world::now()))?;
    println!("The mailbox {address} was added. `restante check` tries its servers.");
    Ok(())
}

pub fn list_mailboxes(data: &Path) -> anyhow::Result<()> {
    let folder = Folder::open_existing(data)?;
    for account in folder.db.read(account::all)? {
        let health = folder.db.read(|c| account::health(c, account.id))?;
        let state = match (&health.failing_since, &account.paused_at) {
            (_, Some(_)) => "paused".to_owned(),
            (Some(_), _) => health.last_error.unwrap_or_default(),
            (None, None) if health.connected_at.is_some() => "fine".to_owned(),
            (None, None) => "not connected yet".to_owned(),
        };
        println!("{}\t{}\t{state}", account.address, account.name);
    }
    let paused: Option<String> = folder.db.read(|c| setting::get(c, setting::OUTBOX_PAUSED))?;
    if let Some(why) = paused {
        println!("Sending is paused: {why}");
    }
    Ok(())
}

/// What customers see as the sender, and what the lists print one to a line.
fn one_line(what: &str, text: &str) -> anyhow::Result<String> {
    let text = text.trim();
    match text.chars().count() {
        0 => bail!("{what} is empty: customers see it on the answers"),
        n if n > NAME_CHARS_MAX || text.contains(char::is_control) => bail!("{what} has to be one line of at most {NAME_CHARS_MAX} characters"),
        _ => Ok(text.to_owned()),
    }
}

pub fn read_ca(file: &Path) -> anyhow::Result<String> {
    let pem = std::fs::read_to_string(file).with_context(|| format!("cannot read the certificate authority {}", file.display()))?;
    if !pem.contains("-----BEGIN CERTIFICATE-----") {
        bail!("{} holds no certificate in PEM form", file.display());
    }
    Ok(pem)
}

pub fn password_from_file(file: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read the password file {}", file.display()))?;
    first_line(&text)
}

fn password_from_stdin() -> anyhow::Result<String> {
    let mut text = String::new();
    std::io::stdin().take(PASSWORD_BYTES_MAX).read_to_string(&mut text).context("the password on standard input is not text")?;
    first_line(&text)
}

fn first_line(text: &str) -> anyhow::Result<String> {
    let line = text.lines().next().unwrap_or_default().to_owned();
    if line.is_empty() {
        bail!("the password is empty: write it as the first line");
    }
    Ok(line)
}

fn after_import(words: &str) -> anyhow::Result<AfterImport> {
    match words.split_once(':') {
        None if words == "nothing" => Ok(AfterImport::Nothing),
        None if words == "mark-read" => Ok(AfterImport::MarkRead),
        Some(("move", folder)) if !folder.trim().is_empty() => Ok(AfterImport::Move { to: folder.trim().to_owned() }),
        _ => bail!("--after-import takes nothing, mark-read or move:FOLDER, not “{words}”"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line() {
        assert_eq!(one_line("the name", "  Café Löwe ").unwrap(), "Café Löwe");
        for odd in ["", "  ", "Anna\nBcc: x@y.example", "A\u{1b}[2J", &"x".repeat(NAME_CHARS_MAX + 1)] {
            assert!(one_line("the name", odd).unwrap_err().to_string().starts_with("the name "), "{odd:?}");
        }
    }

    #[test]
    fn looking_into_a_mistyped_folder_makes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mistyped = folder.path().join("dta");
        assert!(list_agents(&mistyped).unwrap_err().to_string().contains("--data"));
        assert!(list_mailboxes(&mistyped).is_err());
        assert!(super::super::check::servers(&mistyped, &mut Vec::new()).is_err());
        assert!(!mistyped.exists());
    }
}
