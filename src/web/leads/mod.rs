//! Leads: who writes, as somebody who may buy again. The list, each one's page, and what agents do there.

mod act;
mod card;
mod choices;
mod consents;
mod export;
mod happened;
mod import;
mod join;
mod list;
mod numbers;
mod segments;
mod show;
mod suppliers;
mod typed;
mod view;

pub use card::{Card, card};

use super::{Error, Result, Route, State, Visitor};
use crate::conversation;
use crate::customer::{self, join as joined};
use crate::database::Reader;
use crate::id::{CustomerId, MessageKey};

pub fn routes() -> Vec<Route> {
    [
        list::routes(),
        segments::routes(),
        import::routes(),
        export::routes(),
        numbers::routes(),
        show::routes(),
        act::routes(),
        consents::routes(),
        join::routes(),
        suppliers::routes(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// An agent of some mailboxes knows the people who wrote there.
fn may_see(c: &Reader, visitor: &Visitor, id: CustomerId) -> Result<bool> {
    match visitor.mailboxes() {
        None => Ok(customer::find(c, id)?.is_some()),
        some => Ok(customer::conversations(c, id, some)? > 0),
    }
}

/// The person behind a number that is perhaps an older record of theirs; not found where this agent may not see them.
fn person(c: &Reader, visitor: &Visitor, id: CustomerId) -> Result<CustomerId> {
    let id = joined::current(c, id)?;
    if may_see(c, visitor, id)? { Ok(id) } else { Err(Error::NotFound) }
}

/// The same, before a form is done.
async fn person_of(state: &State, visitor: &Visitor, id: CustomerId) -> Result<CustomerId> {
    let visitor = visitor.clone();
    state.read(move |c| person(c, &visitor, id)).await
}

/// Where something was said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Said {
    /// The message, where there is one to go to.
    href: Option<String>,
    /// In a mailbox that this agent may not see: its words do not exist for them.
    elsewhere: bool,
}

fn said(c: &Reader, visitor: &Visitor, message: Option<MessageKey>) -> Result<Said> {
    let Some(message) = message else { return Ok(Said::default()) };
    let Some((there, mailbox)) = conversation::of_message(c, message)? else { return Ok(Said::default()) };
    if !visitor.agent().may_see(mailbox) {
        return Ok(Said { href: None, elsewhere: true });
    }
    Ok(Said { href: Some(format!("/conversations/{there}?all=1#message-{message}")), elsewhere: false })
}
