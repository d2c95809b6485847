//! What a fresh data folder needs: the one-time link that makes the owner, and the mailbox that a container was given.

use super::Folder;
use crate::account::{self, AfterImport, Carrier, NewAccount, Passwords, ServerAddress, Source};
use crate::agent::{self, LinkPurpose};
use crate::database::Millis;
use crate::email::EmailAddress;
use crate::world;
use anyhow::Context;

/// Long enough to find the log, short enough not to lie about.
const SETUP_LINK_LASTS: Millis = 24 * 60 * 60 * 1000;

/// A new link while nobody can sign in; nothing afterwards. Links of earlier starts stop working.
pub fn setup_link(folder: &Folder, url: &str) -> anyhow::Result<Option<String>> {
    if folder.db.read(agent::any)? {
        return Ok(None);
    }
    let token = world::random_token();
    let link = format!("{}/setup/{token}", url.trim_end_matches('/'));
    let now = world::now();
    folder.db.write(move |tx| agent::link(tx, &token, LinkPurpose::Setup, None, now + SETUP_LINK_LASTS, now))?;
    Ok(Some(link))
}

/// A mailbox from the environment.
pub struct FromEnvironment {
    pub address: String,
    pub imap: String,
    pub smtp: String,
    pub password: String,
    pub ca_pem: Option<String>,
}

/// Adds the mailbox of a container's first start, unless its address is there already: later changes are made in the
/// browser and are not overwritten by the next start.
pub fn add_mailbox(folder: &Folder, new: &FromEnvironment) -> anyhow::Result<bool> {
    let address = EmailAddress::parse(&new.address).with_context(|| format!("RESTANTE_MAILBOX_ADDRESS: “{}” is not an e-mail address", new.address))?;
    if folder.db.read(|c| account::find_by_address(c, address.as_str()))?.is_some() {
        return Ok(false);
    }
    let source = ServerAddress::parse_imap(&new.imap).map_err(anyhow::Error::msg).context("RESTANTE_IMAP_URL")?;
    let carrier = ServerAddress::parse_smtp(&new.smtp).map_err(anyhow::Error::msg).context("RESTANTE_SMTP_URL")?;
    source.may_connect().map_err(anyhow::Error::msg).context("RESTANTE_IMAP_URL")?;
    carrier.may_connect().map_err(anyhow::Error::msg).context("RESTANTE_SMTP_URL")?;
    let smtp_password = if carrier.user.is_empty() { "" } else { &new.password };
    let account = NewAccount {
        name: address.as_str().split('@').next().unwrap_or_default().to_owned(),
        address,
        source: Source::Imap(source),
        carrier: Carrier::Smtp(carrier),
        passwords: Passwords::seal(&folder.key, &new.password, smtp_password, [world::random(), world::random()]),
        ca_pem: new.ca_pem.clone(),
        after_import: AfterImport::Nothing,
        history_since: None,
        folders: Vec::new(),
        sent_folder: None,
    };
    folder.db.write(move |tx| account::add(tx, &account, world::now()))?;
    Ok(true)
}
