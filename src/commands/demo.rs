//! `restante demo`: the whole product without any set-up. A made-up art shop whose mailbox is a folder of letters and
//! whose carrier is a folder, with two agents, and with something in every view.

mod leads;
mod letters;
mod orders;
mod returns;
mod story;

use super::serve;
use crate::account::{self, Account, AfterImport, Carrier, FolderRole, NewAccount, Passwords, Source};
use crate::agent::{self, Role};
use crate::app::{Door, Folder, Running, web_runtime};
use crate::database::Millis;
use crate::email::EmailAddress;
use crate::{setting, world};
use anyhow::{Context, bail};
use letters::LETTERS;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

const SHOP: &str = "Atelier Nord";
const ADDRESS: &str = "support@atelier.test";
/// The server that received the letters; its word on their senders is believed.
const AUTHSERV_ID: &str = "mx.atelier.test";

/// 80 random bits: short enough to type.
const PASSWORD_CHARS: usize = 16;
/// Some sixty letters take a second; a slow disk gets more.
const PATIENCE: Duration = Duration::from_secs(60);
/// A bounce comes after the letter that it is about.
const AFTERWARDS: &[&str] = &["mails/bounce-commission-update"];

/// Where the demo's mail lies.
#[derive(Clone, Debug)]
pub struct Places {
    pub data: PathBuf,
    /// An `.eml` dropped here arrives.
    pub inbox: PathBuf,
    sent: PathBuf,
    /// Replies appear here.
    pub outgoing: PathBuf,
}

impl Places {
    fn in_folder(data: &Path) -> Places {
        let mail = data.join("mail");
        Places { data: data.to_owned(), inbox: mail.join("inbox"), sent: mail.join("sent"), outgoing: data.join("outgoing") }
    }
}

/// The demo's data folder; a temporary one goes when it is dropped.
struct Home {
    places: Places,
    temporary: bool,
}

impl Home {
    fn at(data: Option<&Path>) -> anyhow::Result<Home> {
        let temporary = data.is_none();
        let data = match data {
            Some(data) => data.to_owned(),
            None => std::env::temp_dir().join(format!("restante-demo-{}", world::random_word())),
        };
        Ok(Home { places: Places::in_folder(&std::path::absolute(data)?), temporary })
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        if self.temporary {
            fs::remove_dir_all(&self.places.data).ok();
        }
    }
}

/// Runs the demo until it is stopped.
pub fn run(data: Option<&Path>, listen: SocketAddr) -> anyhow::Result<()> {
    super::log::log_to_stderr();
    let home = Home::at(data)?;
    let places = home.places.clone();
    let folder = Folder::open(&places.data)?;
    let password = world::random_word()[..PASSWORD_CHARS].to_owned();
    let owner = set_up(&folder, &places, &password, world::now())?;
    let running = Running::start(folder.clone())?;
    if owner.fresh {
        println!("Opening the shop …");
        open_shop(&folder, &places)?;
    }
    drop(folder);
    let door = Door { listen, url: None, trusted_proxies: Vec::new() };
    let ready = |url: &str| {
        println!("\n{SHOP} is open at {url}\n");
        println!("  sign in with   {}", owner.email);
        println!("  password       {password}\n");
        println!("  mail arrives   when you drop an .eml into {}", places.inbox.display());
        println!("  replies appear in {}\n", places.outgoing.display());
        println!("{}", if home.temporary { "Ctrl-C closes the shop and removes it." } else { "Ctrl-C closes the shop; start it again with the same --data." });
        Ok(())
    };
    let runtime = web_runtime()?;
    let stop = serve::asked_to_stop(&runtime)?;
    running.serve(runtime, &door, ready, stop)
}

/// Lets the letters arrive, and tells what happened since.
fn open_shop(folder: &Folder, places: &Places) -> anyhow::Result<()> {
    let account = folder.db.read(account::all)?.into_iter().next().context("the demo's mailbox is missing")?;
    wait_for(folder, LETTERS.len() - AFTERWARDS.len())?;
    write_letters(places, true, world::now())?;
    wait_for(folder, LETTERS.len())?;
    let key = folder.key.clone();
    Ok(folder.db.write(move |tx| story::tell(tx, &key, account.id, world::now()))?)
}

/// Waits until so many letters have been received.
fn wait_for(folder: &Folder, count: usize) -> anyhow::Result<()> {
    let ticks = folder.db.ticks();
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let known = ticks.count();
        let received = folder.db.read(|c| c.one("SELECT count(*) FROM ledger WHERE outcome NOT IN ('kept', 'unfetched')", [], |r| r.get::<_, i64>(0)))?;
        if received >= count as i64 {
            return Ok(());
        }
        ticks.wait(known, Duration::from_millis(200));
    }
    bail!("the letters of the demo did not arrive within {} s: the lines above may say why", PATIENCE.as_secs())
}

/// The owner, and whether the shop was made just now.
struct Owner {
    email: String,
    fresh: bool,
}

/// Makes the shop, or finds the one of an earlier demo; its owner's password is set to `password`.
fn set_up(folder: &Folder, places: &Places, password: &str, now: Millis) -> anyhow::Result<Owner> {
    for place in [&places.inbox, &places.sent, &places.outgoing] {
        fs::create_dir_all(place).with_context(|| format!("could not make {}", place.display()))?;
    }
    let hash = agent::hash_password(password, world::random());
    if let Some(owner) = folder.db.read(agent::all)?.into_iter().find(|a| a.role == Role::Owner) {
        folder.db.write(move |tx| agent::change_password(tx, owner.id, &hash, now))?;
        return Ok(Owner { email: owner.email, fresh: false });
    }
    write_letters(places, false, now)?;
    let new = NewAccount {
        address: EmailAddress::parse(ADDRESS).expect("a constant address"),
        name: SHOP.into(),
        source: Source::Folder { path: places.data.join("mail") },
        carrier: Carrier::Folder { path: places.outgoing.clone() },
        passwords: Passwords::default(),
        ca_pem: None,
        after_import: AfterImport::Nothing,
        history_since: None,
        folders: vec![("inbox".into(), FolderRole::Inbox), ("sent".into(), FolderRole::Sent)],
        sent_folder: None,
    };
    let colleagues_hash = agent::hash_password(&world::random_word(), world::random());
    folder.db.write(move |tx| {
        let mailbox = account::add(tx, &new, now)?;
        let added = account::find(tx, mailbox)?.expect("added just now");
        let signature = "Atelier Nord, art and print shop\nStrandgatan 9".into();
        account::update(tx, &Account { authserv_id: Some(AUTHSERV_ID.into()), signature, ..added })?;
        setting::set(tx, setting::SHOP_NAME, &SHOP, None, now)?;
        let owner = story::people(tx, &hash, &colleagues_hash, now)?;
        story::templates(tx, owner.id, now)?;
        orders::tell(tx, owner.id, now)?;
        anyhow::Ok(Owner { email: owner.email, fresh: true })
    })
}

/// Puts the letters where the mailbox looks for them, with the time of their Date; `afterwards` those that must find the
/// others there already.
fn write_letters(places: &Places, afterwards: bool, now: Millis) -> anyhow::Result<()> {
    for letter in LETTERS.iter().filter(|letter| AFTERWARDS.contains(&letter.name) == afterwards) {
        let (bytes, date) = letter.written(now)?;
        let (folder, name) = letter.name.split_once('/').expect("a letter lies in a folder");
        let target = if folder == "sent" { &places.sent } else { &places.inbox }.join(format!("{name}.eml"));
        fs::write(&target, bytes).with_context(|| format!("could not write {}", target.display()))?;
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(date.max(0) as u64);
        File::options().write(true).open(&target)?.set_modified(time)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
