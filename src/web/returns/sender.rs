//! Whether the one who asks for money is who they say.

use crate::account;
use crate::conversation::{Direction, message};
use crate::database::Reader;
use crate::email::Kind;
use crate::return_request::Request;
use crate::web::Result;

/// Whether the one who asks is who they say (PROMISES P43): what the receiving server said of the message it began with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    Verified,
    /// Their domain's own check failed: the address may be forged.
    Failed,
    /// Nobody has said anything.
    Unknown,
}

/// The message it began with has to be verified; one of theirs that failed since weighs more.
pub fn sender(c: &Reader, request: &Request) -> Result<Sender> {
    let Some(account) = account::find(c, request.mailbox_id)? else { return Ok(Sender::Unknown) };
    let (trusted, mut sender) = (account.authserv_id.as_deref(), Sender::Unknown);
    for message in message::of_conversation(c, request.conversation_id)?.iter().filter(|m| m.direction == Direction::Inbound && m.kind == Kind::Person) {
        let said = &message.reading.authentication;
        if said.has_failed(trusted) {
            return Ok(Sender::Failed);
        }
        if message.id == request.message_id && said.is_verified(trusted) {
            sender = Sender::Verified;
        }
    }
    Ok(sender)
}

impl Sender {
    /// What an agent has to know of it before money moves.
    pub fn words(self) -> &'static str {
        match self {
            Sender::Verified => "The sender is who they say: their domain's check (DMARC) passed.",
            Sender::Failed => "The sender may be forged: their domain's check (DMARC) failed.",
            Sender::Unknown => "Nobody has shown that the sender is who they say: look before money moves.",
        }
    }
}
