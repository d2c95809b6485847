//! Custom actions as owners see them: the list, the hosts inside that may be called, and the editor (`edit`, what it shows in `form`, what was typed
//! in `typed`).

mod edit;
mod examples;
mod form;
mod typed;

use super::layout::{Shell, page, page_with_status, see_saying};
use super::present::visible;
use super::{Access, Fields, Result, Route, Said, State, Visitor, get, post};
use crate::action::{self, Action, ActionId, Inside, Kind, Target};
use crate::{setting, world};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

const HERE: &str = "/settings/actions";

pub fn routes() -> Vec<Route> {
    vec![
        get("/settings/actions", Access::Owner, list),
        post("/settings/actions", Access::Owner, edit::create),
        get("/settings/actions/new", Access::Owner, edit::new),
        post("/settings/actions/inside-hosts", Access::Owner, save_inside),
        get("/settings/actions/{id}", Access::Owner, edit::show),
        post("/settings/actions/{id}", Access::Owner, edit::change),
        post("/settings/actions/{id}/try", Access::Owner, edit::try_out),
        post("/settings/actions/{id}/deletion", Access::Owner, edit::remove),
    ]
}

#[derive(Template)]
#[template(path = "actions/index.html")]
struct List {
    shell: Shell,
    tab: &'static str,
    /// By kind: code, heading, words for who has none, and those there are.
    kinds: Vec<(&'static str, &'static str, &'static str, Vec<Line>)>,
    hosts: String,
    ca_pem: String,
    complaint: Option<String>,
}

struct Line {
    id: ActionId,
    name: String,
    /// "POST api.example.com, as a button"
    words: String,
}

async fn list(state: State, visitor: Visitor) -> Result<Response> {
    page(&load(&state, visitor).await?)
}

async fn load(state: &State, visitor: Visitor) -> Result<List> {
    let own = state.clone();
    state
        .read(move |c| {
            let shell = Shell::read(c, &own, &visitor, "settings")?;
            let actions = action::all(c)?;
            let lines = |kind: Kind| actions.iter().filter(|a| a.kind == kind).map(line).collect();
            let kinds = vec![
                ("call", "Actions", "None yet: “issue the refund” or “make a store credit”, as a call to your shop’s system.", lines(Kind::Call)),
                ("look_up", "Look-ups of orders", "None yet: orders are known from tables and mails alone.", lines(Kind::LookUp)),
                ("webhook", "Webhooks", "None yet: nobody is told of returns by HTTP.", lines(Kind::Webhook)),
            ];
            let inside = setting::get::<Inside>(c, setting::INSIDE_HOSTS)?.unwrap_or_default();
            Ok(List { shell, tab: "actions", kinds, hosts: inside.text(), ca_pem: inside.ca_pem().to_owned(), complaint: None })
        })
        .await
}

fn line(action: &Action) -> Line {
    let definition = &action.definition;
    let host = Target::of_template(&definition.url).map(|target| target.host_text()).unwrap_or_default();
    let fired = definition.fired_by.map(|state| format!(", at “{}”", state.words()));
    let when = match action.kind {
        Kind::Call => format!("{}{}", if definition.button { ", as a button" } else { "" }, fired.unwrap_or_default()),
        Kind::LookUp => ", for order numbers that nobody knows".into(),
        Kind::Webhook => String::new(),
    };
    Line { id: action.id, name: visible(&action.name), words: format!("{} {}{when}", definition.method.code(), visible(&host)) }
}

async fn save_inside(state: State, visitor: Visitor, fields: Fields) -> Result<Response> {
    let (hosts, ca_pem) = (fields.text("hosts"), fields.text("ca_pem"));
    let inside = match Inside::read(&hosts).and_then(|inside| inside.vouched_for_by(&ca_pem)) {
        Ok(inside) => inside,
        Err(words) => {
            let page = load(&state, visitor).await?;
            return page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &List { hosts, ca_pem, complaint: Some(words), ..page });
        }
    };
    let by = Some(visitor.agent().id);
    state.write(move |tx| Ok(setting::set(tx, setting::INSIDE_HOSTS, &inside, by, world::now())?)).await?;
    tracing::info!(agent = %visitor.agent().id, "the list of inside hosts was changed");
    Ok(see_saying(&state, HERE, &Said::words("Saved.")))
}
