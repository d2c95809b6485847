//! Adding and changing a mailbox: the form, the live test in words, saving.

use super::draft::{Draft, Ready, Settings};
use crate::account::{self, Account, Carrier, NewAccount, Passwords, Probe, Source};
use crate::database::Writer;
use crate::id::MailboxId;
use crate::web::layout::{Shell, page_with_status, see_saying};
use crate::web::said::Said;
use crate::web::state::{ProbeDraft, blocking};
use crate::web::{Error, Fields, Path, Result, State, Visitor, page};
use crate::world;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

#[derive(Template)]
#[template(path = "mailboxes/show.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    id: Option<MailboxId>,
    draft: Draft,
    /// Its mail comes from a folder of files: there is no server to set.
    is_folder: bool,
    complaint: Option<String>,
    hint: Option<&'static str>,
    tried: Option<Probe>,
    /// The test failed on saving: the owner may insist.
    may_insist: bool,
}

pub async fn new(state: State, visitor: Visitor) -> Result<Response> {
    page(&load(&state, visitor, None).await?.0)
}

pub async fn show(state: State, visitor: Visitor, Path(id): Path<MailboxId>) -> Result<Response> {
    page(&load(&state, visitor, Some(id)).await?.0)
}

pub async fn create(state: State, visitor: Visitor, fields: Fields) -> Result<Response> {
    keep(state, visitor, None, fields).await
}

pub async fn change(state: State, visitor: Visitor, Path(id): Path<MailboxId>, fields: Fields) -> Result<Response> {
    keep(state, visitor, Some(id), fields).await
}

async fn load(state: &State, visitor: Visitor, id: Option<MailboxId>) -> Result<(Page, Option<Account>)> {
    let own = state.clone();
    state
        .read(move |c| {
            let stored = match id {
                Some(id) => Some(account::find(c, id)?.ok_or(Error::NotFound)?),
                None => None,
            };
            let draft = match &stored {
                Some(account) => Draft::of_account(account, &account::folders(c, account.id)?),
                None => Draft::new(),
            };
            let is_folder = stored.as_ref().is_some_and(|a| matches!(a.source, Source::Folder { .. }));
            let shell = Shell::read(c, &own, &visitor, "settings")?;
            let page = Page { shell, tab: "mailboxes", id, draft, is_folder, complaint: None, hint: None, tried: None, may_insist: false };
            Ok((page, stored))
        })
        .await
}

/// Reads the form, tries the servers, saves: each step may send the page back with everything that was typed.
async fn keep(state: State, visitor: Visitor, id: Option<MailboxId>, fields: Fields) -> Result<Response> {
    let (mut form, stored) = load(&state, visitor, id).await?;
    form.draft = Draft::of_fields(&fields);
    if let Some(account) = stored.as_ref().filter(|_| form.is_folder) {
        let settings = form.draft.settings(stored.as_ref(), world::now());
        return match settings {
            Err(complaint) => send_back(form, Some(complaint)),
            Ok(settings) => save_settings(&state, account.clone(), form.draft.name.clone(), settings).await,
        };
    }
    let guessed = form.draft.complete();
    let ready = match (guessed, form.draft.read(&state.key, stored.as_ref(), world::now())) {
        (Err(guess), _) => return send_back(form, Some(guess)),
        (_, Err(complaint)) => return send_back(form, Some(complaint)),
        (Ok(hint), Ok(ready)) => {
            form.hint = hint;
            ready
        }
    };
    form.draft.keep_passwords(&ready, &state.key);
    let wish = fields.get("do");
    if wish != "save_untested" {
        let probe = state.probe.clone();
        let draft = probe_draft(&ready);
        let probed = blocking(move || Ok(probe(draft))).await?;
        form.draft.learn_folders(probed.folders);
        form.may_insist = wish == "save" && !probed.probe.ok();
        let ok = probed.probe.ok();
        form.tried = Some(probed.probe);
        if wish != "save" {
            return page(&form);
        }
        if !ok {
            return send_back(form, None);
        }
    }
    match save(&state, id, ready).await? {
        Some(complaint) => send_back(form, Some(complaint)),
        None => Ok(see_saying(&state, "/settings/mailboxes", &Said::words("The mailbox is saved; its mail is being read."))),
    }
}

fn send_back(form: Page, complaint: Option<String>) -> Result<Response> {
    page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { complaint, ..form })
}

fn probe_draft(ready: &Ready) -> ProbeDraft {
    ProbeDraft {
        source: Source::Imap(ready.imap.clone()),
        carrier: Carrier::Smtp(ready.smtp.clone()),
        imap_password: ready.imap_password.clone(),
        smtp_password: ready.smtp_password.clone(),
        ca_pem: ready.ca_pem.clone(),
        folders: ready.settings.folders.iter().map(|(name, _)| name.clone()).collect(),
    }
}

/// Adds or changes; a complaint when the address is another mailbox's.
async fn save(state: &State, id: Option<MailboxId>, ready: Ready) -> Result<Option<String>> {
    let nonces = [world::random(), world::random()];
    let passwords = Passwords::seal(&state.key, &ready.imap_password, &ready.smtp_password, nonces);
    state
        .write(move |tx| {
            if account::find_by_address(tx, ready.address.as_str())?.is_some_and(|other| Some(other.id) != id) {
                return Ok(Some("There is a mailbox with this address already.".into()));
            }
            let settings = ready.settings;
            let id = match id {
                Some(id) => id,
                None => {
                    let new = NewAccount {
                        address: ready.address.clone(),
                        name: ready.name.clone(),
                        source: Source::Imap(ready.imap.clone()),
                        carrier: Carrier::Smtp(ready.smtp.clone()),
                        passwords: passwords.clone(),
                        ca_pem: ready.ca_pem.clone(),
                        after_import: settings.after_import.clone(),
                        history_since: settings.history_since,
                        folders: settings.folders.clone(),
                        sent_folder: settings.sent_folder.clone(),
                    };
                    account::add(tx, &new, world::now())?
                }
            };
            let mut account = account::find(tx, id)?.ok_or(Error::NotFound)?;
            account.address = ready.address;
            account.source = Source::Imap(ready.imap);
            account.carrier = Carrier::Smtp(ready.smtp);
            account.passwords = passwords;
            account.ca_pem = ready.ca_pem;
            apply(tx, account, ready.name, settings)?;
            Ok(None)
        })
        .await
}

async fn save_settings(state: &State, account: Account, name: String, settings: Settings) -> Result<Response> {
    let name = if name.is_empty() { account.name.clone() } else { name };
    state.write(move |tx| apply(tx, account, name, settings)).await?;
    Ok(see_saying(state, "/settings/mailboxes", &Said::words("Saved.")))
}

fn apply(tx: &Writer, mut account: Account, name: String, settings: Settings) -> Result<()> {
    account.name = name;
    account.signature = settings.signature;
    account.authserv_id = settings.authserv_id;
    account.after_import = settings.after_import;
    account.history_since = settings.history_since;
    account.sent_folder = settings.sent_folder;
    account::update(tx, &account)?;
    Ok(account::set_folders(tx, account.id, &settings.folders)?)
}
