//! The journeys: what happens across the nouns, each inside one transaction. Reads like what a good clerk does.

mod act;
mod body;
pub mod follow_ups;
pub mod leads;
pub mod letters;
mod merge;
mod orders;
pub mod pieces;
mod receive;
mod reply;
pub mod returns;
pub mod rights;
mod undeliverable;

pub use act::{assign, note, set_status, snooze, tag, undo, untag, wake_snoozed};
pub use merge::{merge, merge_by_reference, split};
pub use receive::{Arrival, Received, receive};
pub use reply::{AfterSending, Composed, Refusal, Reply, bounced_before, compose_reply, queue_reply, recipients_for, unsend};
pub use undeliverable::delivery_failed;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Database(#[from] crate::database::Error),
    #[error("conversation {0} does not exist")]
    NoConversation(crate::id::ConversationId),
    #[error("{0}")]
    Refused(String),
    #[error(transparent)]
    Compose(#[from] crate::email::compose::ComposeError),
}

pub type Result<T> = std::result::Result<T, Error>;

#[cfg(test)]
mod tests;
