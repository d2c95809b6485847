//! The two links that letters carry: one confirms what was ticked (double opt-in), the other ends it.

use super::withdraw;
use crate::consent::link::{self, Act, Link, Opened};
use crate::consent::{self, Ended, Given, Way, Withdrawal};
use crate::database::{Millis, Writer};
use crate::desk::Result;
use crate::secret::SecretKey;

/// The button behind the confirming link. The first who presses it agrees; what it opened says the rest.
pub fn confirm(tx: &Writer, key: &SecretKey, token: &str, now: Millis) -> Result<Opened> {
    let opened = link::open(tx, token, Act::Confirm, now)?;
    let Opened::Valid(link) = &opened else { return Ok(opened) };
    if link::take(tx, token, Act::Confirm, now)? {
        for purpose in &link.purposes {
            let given = Given {
                customer_id: link.customer_id,
                address: &link.address,
                purpose: *purpose,
                way: Way::Confirmed,
                words: &link.words,
                policy_text: &link.policy_text,
                proof: "the link in our letter to this address was followed, and its button pressed",
                message_id: None,
                at: now,
                by: None,
            };
            consent::grant(tx, key, &given, now)?;
        }
    }
    Ok(opened)
}

/// Ends what a letter rested on. It may be pressed again and again: whoever agreed anew and found an old letter means it.
pub fn unsubscribe(tx: &Writer, key: &SecretKey, token: &str, way: Ended, now: Millis) -> Result<Opened> {
    let opened = link::open(tx, token, Act::Unsubscribe, now)?;
    let Opened::Valid(Link { address, purposes, .. }) = &opened else { return Ok(opened) };
    let words = match way {
        Ended::OneClick => "List-Unsubscribe=One-Click",
        _ => "the button of the page behind the link",
    };
    withdraw(tx, key, &Withdrawal { address, purposes, way, words, message_id: None, by: None }, now)?;
    link::take(tx, token, Act::Unsubscribe, now)?;
    Ok(opened)
}
