//! Whether the one who asks for money is who they say.

use crate::account;
use crate::conversation::message;
use crate::database::Reader;
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

pub fn sender(c: &Reader, request: &Request) -> Result<Sender> {
    let (Some(began), Some(account)) = (message::find(c, request.message_id)?, account::find(c, request.mailbox_id)?) else { return Ok(Sender::Unknown) };
    let (said, trusted) = (&began.reading.authentication, account.authserv_id.as_deref());
    Ok(match (said.is_verified(trusted), said.has_failed(trusted)) {
        (true, _) => Sender::Verified,
        (_, true) => Sender::Failed,
        _ => Sender::Unknown,
    })
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
