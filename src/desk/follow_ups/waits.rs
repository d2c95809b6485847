//! What keeps every follow-up waiting, in words for the owner: no letter goes that could not be ended with one click.

use crate::account::{self, Account, Carrier};
use crate::database::Reader;
use crate::desk::Result;
use crate::{outbox, setting};

/// Letters of follow-ups that a server does not take: more than these do not join them, or they would all leave at once.
const STUCK_MAX: i64 = 3;

const PAUSED: &str = "Follow-ups wait: sending is paused.";
const NO_ADDRESS: &str = "Follow-ups wait: each carries a link that ends them, and Restante does not know its own address on the internet. Start it with --url https://… as customers reach it.";
const NOT_HTTPS: &str = "Follow-ups wait: mail programs end such mails over https only (RFC 8058), and Restante’s own address has none. Start it with --url https://… as customers reach it.";
const STUCK: &str = "Follow-ups wait: the mail server has not taken the last ones yet.";

/// Why none goes now; `None`: they may.
pub fn waits(c: &Reader) -> Result<Option<&'static str>> {
    if setting::get::<serde_json::Value>(c, setting::OUTBOX_PAUSED)?.is_some_and(|value| value != false && !value.is_null()) {
        return Ok(Some(PAUSED));
    }
    let url = setting::get::<String>(c, setting::PUBLIC_URL)?.unwrap_or_default();
    if !url.starts_with("https://") {
        let (here, nowhere) = (is_here(&url), url.trim().is_empty());
        // A shop whose mail does not leave this machine (a demo, a trial) may be reached on it alone.
        if nowhere || !here || account::all(c)?.iter().any(leaves_the_machine) {
            return Ok(Some(if nowhere || here { NO_ADDRESS } else { NOT_HTTPS }));
        }
    }
    Ok((outbox::waiting_on_consent(c)? >= STUCK_MAX).then_some(STUCK))
}

/// `http://127.0.0.1:8080`, which nobody else reaches.
fn is_here(url: &str) -> bool {
    ["http://127.", "http://localhost", "http://[::1]", "http://0.0.0.0", "http://[::]"].iter().any(|begins| url.starts_with(begins))
}

fn leaves_the_machine(account: &Account) -> bool {
    match &account.carrier {
        Carrier::Smtp(server) => !server.is_loopback(),
        Carrier::Folder { .. } => false,
    }
}
