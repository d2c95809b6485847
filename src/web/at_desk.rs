//! Asking the desk for something: what it refuses comes back as words for the agent, with nothing changed.

use super::state::blocking;
use super::{Error, Result, State, Visitor};
use crate::conversation;
use crate::database::Writer;
use crate::desk;
use crate::id::ConversationId;

/// Runs `work` as one transaction. A refusal undoes all of it and is said in words; all else is an error page.
pub async fn ask<T: Send + 'static>(state: &State, work: impl FnOnce(&Writer) -> desk::Result<T> + Send + 'static) -> Result<Result<T, String>> {
    let db = state.db.clone();
    blocking(move || match db.write(work) {
        Ok(done) => Ok(Ok(done)),
        Err(desk::Error::Refused(why)) => Ok(Err(why)),
        Err(other) => Err(other.into()),
    })
    .await
}

/// Inside a transaction: a conversation of a mailbox that this agent may not see does not exist.
pub fn check(tx: &Writer, visitor: &Visitor, id: ConversationId) -> desk::Result<()> {
    let found = conversation::find(tx, id)?.filter(|found| visitor.agent().may_see(found.mailbox_id));
    found.map(|_| ()).ok_or(desk::Error::NoConversation(id))
}

impl From<desk::Error> for Error {
    fn from(error: desk::Error) -> Error {
        match error {
            desk::Error::Database(e) => e.into(),
            desk::Error::NoConversation(_) => Error::NotFound,
            other => Error::Internal(other.into()),
        }
    }
}
