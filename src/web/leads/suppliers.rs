//! Suppliers: whoever writes from these addresses and domains is no lead. Marked by the owner, on a lead's page or in the settings.

use super::person_of;
use crate::customer::Customer;
use crate::desk::leads;
use crate::id::CustomerId;
use crate::lead::supplier;
use crate::web::layout::{Shell, page, page_with_status, see_saying};
use crate::web::present::{counted, visible};
use crate::web::{Access, Fields, Path, Result, Route, Said, State, Visitor, at_desk, get, post};
use crate::world;
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

const HERE: &str = "/settings/leads";

pub fn routes() -> Vec<Route> {
    vec![get(HERE, Access::Owner, show), post("/settings/leads/suppliers", Access::Owner, change), post("/leads/{id}/supplier", Access::Owner, change_one)]
}

#[derive(Template)]
#[template(path = "settings/leads.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    suppliers: Vec<String>,
    typed: String,
    complaint: Option<&'static str>,
}

/// What would mark this customer: each address, and its domain.
pub fn could_mark(customer: &Customer, marked: &[String]) -> Vec<String> {
    let mut patterns = Vec::new();
    for address in &customer.addresses {
        let domain = address.address.rsplit_once('@').map(|(_, domain)| format!("@{domain}"));
        for pattern in std::iter::once(address.address.clone()).chain(domain) {
            if !marked.contains(&pattern) && !patterns.contains(&pattern) {
                patterns.push(pattern);
            }
        }
    }
    patterns
}

async fn show(state: State, visitor: Visitor) -> Result<Response> {
    page(&load(&state, visitor, String::new(), None).await?)
}

async fn load(state: &State, visitor: Visitor, typed: String, complaint: Option<&'static str>) -> Result<Page> {
    let own = state.clone();
    state.read(move |c| Ok(Page { shell: Shell::read(c, &own, &visitor, "settings")?, tab: "leads", suppliers: supplier::all(c)?, typed, complaint })).await
}

async fn change(state: State, visitor: Visitor, fields: Fields) -> Result<Response> {
    match mark(&state, &visitor, &fields).await? {
        Some(said) => Ok(see_saying(&state, HERE, &said)),
        None => {
            let complaint = "Write an address, as in anna@paper.example, or a domain with its @, as in @paper.example.";
            page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &load(&state, visitor, fields.get("pattern").to_owned(), Some(complaint)).await?)
        }
    }
}

/// From a lead's page: back to it.
async fn change_one(state: State, visitor: Visitor, fields: Fields, Path(id): Path<CustomerId>) -> Result<Response> {
    let id = person_of(&state, &visitor, id).await?;
    let said = mark(&state, &visitor, &fields).await?.unwrap_or_else(|| Said::words("Choose an address or a domain."));
    Ok(see_saying(&state, &format!("/leads/{id}"), &said))
}

async fn mark(state: &State, visitor: &Visitor, fields: &Fields) -> Result<Option<Said>> {
    let Some(pattern) = supplier::pattern(fields.get("pattern")) else { return Ok(None) };
    let (by, unmark, shown) = (visitor.agent().id, fields.get("do") == "unmark", visible(&pattern));
    let change = move |tx: &crate::database::Writer| {
        if unmark { leads::unmark_supplier(tx, &pattern) } else { leads::mark_supplier(tx, &pattern, by, world::now()) }
    };
    let count = counted(at_desk::ask(state, change).await?.unwrap_or(0) as i64, "lead", "leads");
    Ok(Some(Said::words(if unmark {
        format!("{shown} is no supplier any more: {count} taken up again.")
    } else {
        format!("{shown} is a supplier: {count} set aside.")
    })))
}
