//! Returns as agents see them: the board, one return with its facts, the card beside a conversation, and deciding.

mod board;
mod card;
mod decide;
pub mod export;
mod filter;
mod hints;
mod items;
mod numbers;
mod sender;
mod show;
mod stands;

pub use board::sums;
pub use card::{Card, Offer, card, chip, offer, own_shown};
pub use sender::Sender;
pub use stands::chip as state_chip;

use super::Route;
use crate::database::Reader;
use crate::desk::returns::{self, Standing};
use crate::id::ReturnId;
use crate::return_request::request;
use crate::web::{Error, Result, Visitor};

pub fn routes() -> Vec<Route> {
    [board::routes(), export::routes(), numbers::routes(), show::routes(), items::routes(), decide::routes()].into_iter().flatten().collect()
}

/// A return of a mailbox that this agent may not see does not exist.
pub(in crate::web) fn visible(c: &Reader, visitor: &Visitor, id: ReturnId) -> Result<Standing> {
    let request = request::find(c, id)?.filter(|request| visitor.agent().may_see(request.mailbox_id)).ok_or(Error::NotFound)?;
    Ok(returns::standing(c, request.id)?)
}
