//! Customers: who writes, and each with their history.

use super::ask::Ask;
use super::conversation::CustomerCard;
use super::present::{Clock, Person, When, counted, visible};
use super::{Access, Error, Path, Result, Route, Shell, State, Visitor, get, page};
use crate::customer;
use crate::id::CustomerId;
use askama::Template;
use axum::response::Response;

const ROWS: usize = 100;
const EARLIER: usize = 200;

pub fn routes() -> Vec<Route> {
    vec![get("/customers", Access::Agent, list), get("/customers/{id}", Access::Agent, show)]
}

#[derive(Template)]
#[template(path = "customers/list.html")]
struct List {
    shell: Shell,
    words: String,
    rows: Vec<Row>,
}

struct Row {
    id: CustomerId,
    person: Person,
    count: String,
    when: Option<When>,
}

#[derive(Template)]
#[template(path = "customers/show.html")]
struct Page {
    shell: Shell,
    customer: CustomerCard,
}

async fn list(state: State, visitor: Visitor, clock: Clock, ask: Ask) -> Result<Response> {
    let shown = state.clone();
    let found = state
        .read(move |c| {
            let shell = Shell::read(c, &shown, &visitor, "customers")?;
            let mut rows = Vec::new();
            for (customer, count, at) in customer::list(c, ask.get("q"), ROWS)? {
                if !may_see(c, &visitor, customer.id)? {
                    continue;
                }
                let address = customer.addresses.first().map_or("", |a| a.address.as_str());
                let person = Person::new(&customer.name, address);
                rows.push(Row { id: customer.id, person, count: counted(count, "conversation", "conversations"), when: at.map(|at| clock.short(at)) });
            }
            Ok(List { shell, words: visible(ask.get("q")), rows })
        })
        .await?;
    page(&found)
}

async fn show(state: State, visitor: Visitor, clock: Clock, Path(id): Path<CustomerId>) -> Result<Response> {
    let shown = state.clone();
    let found = state
        .read(move |c| {
            if !may_see(c, &visitor, id)? {
                return Err(Error::NotFound);
            }
            let customer = CustomerCard::read(c, &visitor, id, None, EARLIER, &clock)?;
            Ok(Page { shell: Shell::read(c, &shown, &visitor, "customers")?, customer })
        })
        .await?;
    page(&found)
}

/// An agent of some mailboxes knows the customers who wrote there.
fn may_see(c: &crate::database::Reader, visitor: &Visitor, id: CustomerId) -> Result<bool> {
    if visitor.mailboxes().is_none() {
        return Ok(true);
    }
    for earlier in customer::earlier(c, id, EARLIER)? {
        if crate::conversation::find(c, earlier.conversation_id)?.is_some_and(|found| visitor.agent().may_see(found.mailbox_id)) {
            return Ok(true);
        }
    }
    Ok(false)
}
