//! The mailbox form as it was typed, and what it says once read.

use super::presets;
use super::server::{Server, seal};
use crate::account::{Account, AfterImport, Carrier, Folder, FolderRole, Security, ServerAddress, Service, Source};
use crate::database::Millis;
use crate::email::EmailAddress;
use crate::secret::SecretKey;
use crate::web::{Fields, words};

/// Certificate chains are a few thousand bytes.
const CA_BYTES_MAX: usize = 64 * 1024;
const TEXT_CHARS_MAX: usize = 2_000;

#[derive(Clone, Default)]
pub struct Draft {
    pub address: String,
    pub name: String,
    pub imap: Server,
    pub smtp: Server,
    pub ca_pem: String,
    /// Every folder that the server is known to have, and whether it is read.
    pub folders: Vec<(String, bool)>,
    pub sent_folder: String,
    pub read_sent: bool,
    /// "all", "since" or "none".
    pub history: String,
    pub history_day: String,
    /// "nothing", "mark_read" or "move".
    pub after_import: String,
    pub move_to: String,
    pub signature: String,
    pub authserv_id: String,
}

/// A form that makes sense.
pub struct Ready {
    pub address: EmailAddress,
    pub name: String,
    pub imap: ServerAddress,
    pub smtp: ServerAddress,
    pub imap_password: String,
    pub smtp_password: String,
    pub ca_pem: Option<String>,
    pub settings: Settings,
}

/// What concerns no server, and is all that can be changed in a mailbox that is a folder.
pub struct Settings {
    pub folders: Vec<(String, FolderRole)>,
    pub sent_folder: Option<String>,
    pub history_since: Option<Millis>,
    pub after_import: AfterImport,
    pub signature: String,
    pub authserv_id: Option<String>,
}

impl Draft {
    pub fn new() -> Draft {
        let server = || Server { security: "tls".into(), ..Server::default() };
        Draft { imap: server(), smtp: server(), history: "all".into(), after_import: "nothing".into(), ..Draft::default() }
    }

    pub fn of_fields(fields: &Fields) -> Draft {
        let ticked: Vec<&str> = fields.all("folder").collect();
        let text = |name: &str| fields.get(name).to_owned();
        let mut folders: Vec<(String, bool)> = Vec::new();
        for name in fields.all("known_folder").chain(ticked.iter().copied()).filter(|name| !name.is_empty()) {
            if !folders.iter().any(|(known, _)| known == name) {
                folders.push((name.to_owned(), ticked.contains(&name)));
            }
        }
        Draft {
            address: text("address"),
            name: text("name"),
            imap: Server::of_fields(fields, "imap"),
            smtp: Server::of_fields(fields, "smtp"),
            ca_pem: fields.text("ca_pem"),
            folders,
            sent_folder: text("sent_folder"),
            read_sent: fields.has("read_sent"),
            history: text("history"),
            history_day: text("history_day"),
            after_import: text("after_import"),
            move_to: text("move_to"),
            signature: fields.text("signature"),
            authserv_id: text("authserv_id"),
        }
    }

    pub fn of_account(account: &Account, folders: &[Folder]) -> Draft {
        let (after_import, move_to) = match &account.after_import {
            AfterImport::Nothing => ("nothing", String::new()),
            AfterImport::MarkRead => ("mark_read", String::new()),
            AfterImport::Move { to } => ("move", to.clone()),
        };
        let server = |address: Option<&ServerAddress>| address.map(Server::of_address).unwrap_or_default();
        let imap = if let Source::Imap(address) = &account.source { Some(address) } else { None };
        let smtp = if let Carrier::Smtp(address) = &account.carrier { Some(address) } else { None };
        let inboxes = folders.iter().filter(|f| f.role == FolderRole::Inbox);
        Draft {
            address: account.address.to_string(),
            name: account.name.clone(),
            imap: server(imap),
            smtp: server(smtp),
            ca_pem: account.ca_pem.clone().unwrap_or_default(),
            folders: inboxes.map(|f| (f.name.clone(), true)).collect(),
            sent_folder: account.sent_folder.clone().unwrap_or_default(),
            read_sent: folders.iter().any(|f| f.role == FolderRole::Sent),
            history: if account.history_since.is_some() { "since" } else { "all" }.into(),
            history_day: account.history_since.map(words::day).unwrap_or_default(),
            after_import: after_import.into(),
            move_to,
            signature: account.signature.clone(),
            authserv_id: account.authserv_id.clone().unwrap_or_default(),
        }
    }

    /// Fills in what was left empty: the servers by the address's domain, the user by the address. Returns what to tell:
    /// `Err` when the servers are only a guess, to which no password should be sent unseen.
    pub fn complete(&mut self) -> Result<Option<&'static str>, String> {
        let domain = EmailAddress::parse(&self.address).map(|a| a.domain().to_owned()).unwrap_or_default();
        let preset = presets::for_domain(&domain);
        for server in [&mut self.imap, &mut self.smtp] {
            if server.user.is_empty() && !server.no_user() {
                server.user = self.address.clone();
            }
        }
        let hint = preset.as_ref().map(|p| p.hint).filter(|hint| !hint.is_empty());
        if !self.imap.host.is_empty() && !self.smtp.host.is_empty() || domain.is_empty() {
            return Ok(hint);
        }
        let one_of_two = [&self.imap.host, &self.smtp.host].into_iter().find(|host| !host.is_empty()).cloned();
        let guess = one_of_two.unwrap_or_else(|| format!("mail.{domain}"));
        let (imap, smtp) = match &preset {
            Some(preset) => (preset.imap, preset.smtp),
            None => ((guess.as_str(), 993, Security::Tls), (guess.as_str(), 465, Security::Tls)),
        };
        self.imap.fill(imap);
        self.smtp.fill(smtp);
        match preset {
            Some(_) => Ok(hint),
            None => Err(format!("The servers of {domain} are not known here, so {guess} below is a guess. Check it, then test again.")),
        }
    }

    /// Reads the form; the complaint says what to change. `stored`: the mailbox as it is now, whose passwords go on
    /// being used only for exactly the servers they were entered for (PROMISES P62).
    pub fn read(&self, key: &SecretKey, stored: Option<&Account>, now: Millis) -> Result<Ready, String> {
        let address = EmailAddress::parse(&self.address).ok_or("That is not an email address: write it like support@shop.example.")?;
        let name = self.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > TEXT_CHARS_MAX || name.contains(char::is_control) {
            return Err("A name is missing: customers see it as the sender of replies.".into());
        }
        let imap = self.imap.read("IMAP", 993, 143)?;
        let smtp = self.smtp.read("SMTP", 465, 587)?;
        let old_imap = stored.and_then(|a| if let Source::Imap(s) = &a.source { Some((s, &a.passwords)) } else { None });
        let old_smtp = stored.and_then(|a| if let Carrier::Smtp(s) = &a.carrier { Some((s, &a.passwords)) } else { None });
        let imap_password = self.imap.password_for(&imap, key, Service::Imap, old_imap)?;
        let smtp_password = self.smtp.password_for(&smtp, key, Service::Smtp, old_smtp)?;
        // One password for both is the rule; but only one that was typed for this form, never the stored one.
        let typed = (!self.imap.password.is_empty() || !self.imap.kept.is_empty()).then(|| imap_password.clone()).flatten();
        let missing =
            |which: &str| format!("Enter the password for the {which} server{}.", if stored.is_some() { " again: the server has changed" } else { "" });
        let smtp_password = smtp_password.or(typed).ok_or_else(|| missing("SMTP"))?;
        let imap_password = imap_password.ok_or_else(|| missing("IMAP"))?;
        let ca_pem = Some(self.ca_pem.trim().to_owned()).filter(|pem| !pem.is_empty());
        if ca_pem.as_ref().is_some_and(|pem| pem.len() > CA_BYTES_MAX || !pem.contains("-----BEGIN CERTIFICATE-----")) {
            return Err("The certificate authority is not PEM text: it begins with -----BEGIN CERTIFICATE-----.".into());
        }
        Ok(Ready { address, name, imap, smtp, imap_password, smtp_password, ca_pem, settings: self.settings(stored, now)? })
    }

    pub fn settings(&self, stored: Option<&Account>, now: Millis) -> Result<Settings, String> {
        let some = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
        let history_since = match self.history.as_str() {
            "since" if stored.is_some_and(|a| a.history_since.map(words::day).as_deref() == Some(&self.history_day)) => stored.and_then(|a| a.history_since),
            "since" => Some(words::day_start(&self.history_day).ok_or("Choose the day from which on older mail is read.")?),
            "none" => Some(now),
            _ => None,
        };
        let after_import = match self.after_import.as_str() {
            "mark_read" => AfterImport::MarkRead,
            "move" if self.move_to.is_empty() => return Err("Name the folder to which mail is moved after it was read.".into()),
            "move" => AfterImport::Move { to: self.move_to.clone() },
            _ => AfterImport::Nothing,
        };
        if self.signature.chars().count() > TEXT_CHARS_MAX {
            return Err(format!("A signature has at most {TEXT_CHARS_MAX} characters; this one is longer."));
        }
        let mut folders: Vec<(String, FolderRole)> =
            self.folders.iter().filter(|(_, ticked)| *ticked).map(|(name, _)| (name.clone(), FolderRole::Inbox)).collect();
        let sent_folder = some(&self.sent_folder);
        if let Some(sent) = sent_folder.as_ref().filter(|_| self.read_sent) {
            folders.retain(|(name, _)| name != sent);
            if folders.is_empty() {
                folders.push(("INBOX".into(), FolderRole::Inbox));
            }
            folders.push((sent.clone(), FolderRole::Sent));
        }
        Ok(Settings { folders, sent_folder, history_since, after_import, signature: self.signature.clone(), authserv_id: some(&self.authserv_id) })
    }

    /// What a page that comes back carries instead of the passwords.
    pub fn keep_passwords(&mut self, ready: &Ready, key: &SecretKey) {
        self.imap.kept = seal(key, Service::Imap, &ready.imap, &ready.imap_password);
        // One password for both stays one: who corrects it corrects both.
        let own = ready.smtp_password != ready.imap_password;
        self.smtp.kept = if own { seal(key, Service::Smtp, &ready.smtp, &ready.smtp_password) } else { String::new() };
    }

    /// Folders that the server told of join those known; INBOX is ticked when nothing is yet.
    pub fn learn_folders(&mut self, told: Vec<String>) {
        for name in told {
            if !self.folders.iter().any(|(known, _)| *known == name) {
                self.folders.push((name, false));
            }
        }
        if !self.folders.iter().any(|(_, ticked)| *ticked)
            && let Some(inbox) = self.folders.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case("inbox"))
        {
            inbox.1 = true;
        }
    }
}
