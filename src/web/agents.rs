//! The people who answer: inviting them, their role, which mailboxes they see, disabling them, a link for a new password.

use super::layout::{Shell, page, page_with_status, see_saying};
use super::links::{INVITE_LIFE, RESET_LIFE};
use super::login::NO_PASSWORD_YET;
use super::said::Said;
use super::setup::complaint_about_name;
use super::{Access, Error, Fields, Path, Result, Route, State, Visitor, get, post};
use crate::account;
use crate::agent::{self, Agent, LinkPurpose, Role};
use crate::database::{Reader, Writer};
use crate::email::EmailAddress;
use crate::id::{AgentId, MailboxId};
use crate::world;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

const HERE: &str = "/settings/agents";
const LAST_OWNER: &str = "The shop needs an owner who can sign in: make somebody else one first.";

pub fn routes() -> Vec<Route> {
    vec![
        get("/settings/agents", Access::Owner, list),
        post("/settings/agents", Access::Owner, add),
        get("/settings/agents/{id}", Access::Owner, show),
        post("/settings/agents/{id}", Access::Owner, change),
        post("/settings/agents/{id}/link", Access::Owner, make_link),
        post("/settings/agents/{id}/access", Access::Owner, set_access),
    ]
}

#[derive(Template)]
#[template(path = "agents/index.html")]
struct List {
    shell: Shell,
    tab: &'static str,
    agents: Vec<Agent>,
    mailboxes: Vec<(MailboxId, String, bool)>,
    name: String,
    email: String,
    complaint: Option<String>,
}

#[derive(Template)]
#[template(path = "agents/show.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    agent: Agent,
    mailboxes: Vec<(MailboxId, String, bool)>,
    complaint: Option<String>,
}

async fn list(state: State, visitor: Visitor) -> Result<Response> {
    page(&load_list(&state, visitor).await?)
}

async fn load_list(state: &State, visitor: Visitor) -> Result<List> {
    let own = state.clone();
    state
        .read(move |c| {
            let shell = Shell::read(c, &own, &visitor, "settings")?;
            let (agents, mailboxes) = (agent::all(c)?, choices(c, None)?);
            Ok(List { shell, tab: "agents", agents, mailboxes, name: String::new(), email: String::new(), complaint: None })
        })
        .await
}

async fn show(state: State, visitor: Visitor, Path(id): Path<AgentId>) -> Result<Response> {
    page(&load(&state, visitor, id).await?)
}

async fn load(state: &State, visitor: Visitor, id: AgentId) -> Result<Page> {
    let own = state.clone();
    state
        .read(move |c| {
            let agent = agent::find(c, id)?.ok_or(Error::NotFound)?;
            let mailboxes = choices(c, agent.mailboxes.as_deref())?;
            Ok(Page { shell: Shell::read(c, &own, &visitor, "settings")?, tab: "agents", agent, mailboxes, complaint: None })
        })
        .await
}

/// Every mailbox, and whether its box is ticked. None ticked means: all of them.
fn choices(c: &Reader, ticked: Option<&[MailboxId]>) -> Result<Vec<(MailboxId, String, bool)>> {
    let all = account::all(c)?;
    Ok(all.into_iter().map(|a| (a.id, a.address.to_string(), ticked.is_some_and(|some| some.contains(&a.id)))).collect())
}

/// Makes the account and the link by which its holder chooses a password.
async fn add(state: State, visitor: Visitor, fields: Fields) -> Result<Response> {
    let (name, email) = (fields.get("name").to_owned(), fields.get("email").to_owned());
    let (wanted, address) = (name.clone(), EmailAddress::parse(&email));
    let (role, mailboxes, token) = (role_of(&fields), mailboxes_of(&fields), world::random_token());
    let secret = token.clone();
    let complaint = match (complaint_about_name(&name), address) {
        (Some(complaint), _) => Some(complaint),
        (None, None) => Some("That is not an email address: write it like anna@shop.example.".into()),
        (None, Some(address)) => {
            state
                .write(move |tx| {
                    if agent::find_by_email(tx, address.as_str())?.is_some() {
                        return Ok(Some("Somebody has an account with this address already.".to_owned()));
                    }
                    let now = world::now();
                    let id = agent::add(tx, &address, &wanted, role, NO_PASSWORD_YET, now)?;
                    agent::limit_to(tx, id, &known(tx, mailboxes)?)?;
                    agent::link(tx, &secret, LinkPurpose::Invite, Some(id), now + INVITE_LIFE, now)?;
                    Ok(None)
                })
                .await?
        }
    };
    if complaint.is_some() {
        let list = load_list(&state, visitor).await?;
        return page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &List { name, email, complaint, ..list });
    }
    let link = format!("{}/invite/{token}", state.public_url);
    let words = format!("Send this link to {name}. It works once, for seven days, and is shown only now.");
    Ok(see_saying(&state, HERE, &Said::with_link(words, link)))
}

async fn change(state: State, visitor: Visitor, Path(id): Path<AgentId>, fields: Fields) -> Result<Response> {
    let name = fields.get("name").to_owned();
    let (role, mailboxes) = (role_of(&fields), mailboxes_of(&fields));
    let complaint = match complaint_about_name(&name) {
        Some(complaint) => Some(complaint),
        None => {
            state
                .write(move |tx| {
                    let agent = agent::find(tx, id)?.ok_or(Error::NotFound)?;
                    if role != Role::Owner && is_last_owner(tx, &agent)? {
                        return Ok(Some(LAST_OWNER.to_owned()));
                    }
                    agent::change(tx, id, &name, role, &agent.signature, agent.keys_off)?;
                    agent::limit_to(tx, id, &known(tx, mailboxes)?)?;
                    Ok(None)
                })
                .await?
        }
    };
    match complaint {
        Some(_) => complain(&state, visitor, id, complaint).await,
        None => Ok(see_saying(&state, HERE, &Said::words("Saved."))),
    }
}

/// For somebody who lost the invitation or forgot the password.
async fn make_link(state: State, visitor: Visitor, Path(id): Path<AgentId>) -> Result<Response> {
    let token = world::random_token();
    let secret = token.clone();
    let made = state.write(move |tx| {
        let agent = agent::find(tx, id)?.ok_or(Error::NotFound)?;
        let (_, hash) = agent::find_by_email(tx, &agent.email)?.ok_or(Error::NotFound)?;
        let is_new = hash == NO_PASSWORD_YET;
        let (purpose, life) = if is_new { (LinkPurpose::Invite, INVITE_LIFE) } else { (LinkPurpose::Reset, RESET_LIFE) };
        let now = world::now();
        agent::link(tx, &secret, purpose, Some(id), now + life, now)?;
        Ok((agent.name, is_new))
    });
    let (name, is_new) = made.await?;
    tracing::info!(by = %visitor.agent().id, agent = %id, "a one-time link was made");
    let (place, life) = if is_new { ("invite", "seven days") } else { ("reset", "a day") };
    let link = format!("{}/{place}/{token}", state.public_url);
    let words = format!("Send this link to {name}. It works once, for {life}, and is shown only now.");
    Ok(see_saying(&state, &format!("{HERE}/{id}"), &Said::with_link(words, link)))
}

/// Disables an account, or lets it in again.
async fn set_access(state: State, visitor: Visitor, Path(id): Path<AgentId>, fields: Fields) -> Result<Response> {
    let by = visitor.agent().id;
    let disable = fields.get("do") == "disable";
    let done = state.write(move |tx| {
        let agent = agent::find(tx, id)?.ok_or(Error::NotFound)?;
        match disable {
            true if is_last_owner(tx, &agent)? => return Ok(Err(LAST_OWNER.to_owned())),
            true => agent::disable(tx, id, by, world::now())?,
            false => agent::enable(tx, id)?,
        }
        Ok(Ok(agent.name))
    });
    match done.await? {
        Err(complaint) => complain(&state, visitor, id, Some(complaint)).await,
        Ok(name) => {
            tracing::info!(%by, agent = %id, disable, "access to an account changed");
            let words = if disable { format!("{name} cannot sign in any more.") } else { format!("{name} can sign in again.") };
            Ok(see_saying(&state, HERE, &Said::words(words)))
        }
    }
}

async fn complain(state: &State, visitor: Visitor, id: AgentId, complaint: Option<String>) -> Result<Response> {
    let page = load(state, visitor, id).await?;
    page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { complaint, ..page })
}

fn is_last_owner(c: &Reader, agent: &Agent) -> Result<bool> {
    Ok(agent.is_owner() && agent.disabled_at.is_none() && agent::owners(c)? == 1)
}

fn role_of(fields: &Fields) -> Role {
    if fields.get("role") == "owner" { Role::Owner } else { Role::Agent }
}

fn mailboxes_of(fields: &Fields) -> Vec<MailboxId> {
    fields.all("mailbox").filter_map(|id| id.parse().ok()).collect()
}

fn known(tx: &Writer, wanted: Vec<MailboxId>) -> Result<Vec<MailboxId>> {
    let all = account::all(tx)?;
    Ok(all.into_iter().map(|a| a.id).filter(|id| wanted.contains(id)).collect())
}
