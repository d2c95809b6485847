//! Ticks on a form. Whoever came by a link of our letter agrees at once; of anybody else we know only what they typed, and a letter
//! asks them to confirm it, once they have written themselves: nothing is sent to an address that somebody else put into a form
//! (PROMISES P24).

use crate::account;
use crate::consent::asked::{self, Asked};
use crate::consent::{self, Given, Purpose, Way};
use crate::conversation::{ConversationId, MessageKey};
use crate::customer::CustomerId;
use crate::database::{Millis, Writer};
use crate::desk::Result;
use crate::desk::letters::{self, Kind, Wanted};
use crate::return_request::words;
use crate::secret::SecretKey;

/// Who is asked to confirm and does not is asked again after this long at the earliest.
const AGAIN_AFTER: Millis = 30 * 24 * 60 * 60 * 1000;
/// In an hour, to everybody: as for the letters about returns (PROMISES P23).
const HOUR: Millis = 60 * 60 * 1000;
const PER_HOUR: i64 = 20;

/// What was ticked, where.
#[derive(Clone, Copy, Debug)]
pub struct Ticked<'a> {
    pub customer_id: CustomerId,
    pub conversation_id: ConversationId,
    pub message_id: MessageKey,
    /// Lower case.
    pub address: &'a str,
    pub purposes: &'a [Purpose],
    pub language: &'a str,
    /// They came by the link in a letter to this address.
    pub is_proven: bool,
}

pub fn ticked(tx: &Writer, key: &SecretKey, ticked: &Ticked, now: Millis) -> Result<()> {
    if ticked.purposes.is_empty() {
        return Ok(());
    }
    if ticked.is_proven {
        return agree(tx, key, ticked, now);
    }
    // Who said stop is not asked by letter whether somebody's tick was theirs: their own mail can take it back.
    let open = |purpose: &&Purpose| Ok(!consent::is_suppressed(tx, key, ticked.address, **purpose)?);
    let purposes = ticked.purposes.iter().filter_map(|purpose| match open(&purpose) {
        Ok(true) => Some(Ok(*purpose)),
        Ok(false) => None,
        Err(failure) => Some(Err(failure)),
    });
    let purposes = purposes.collect::<crate::database::Result<Vec<Purpose>>>()?;
    if purposes.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = purposes.iter().map(|purpose| words::consent(purpose.code(), ticked.language)).collect();
    let new = Asked {
        id: 0,
        customer_id: ticked.customer_id,
        conversation_id: ticked.conversation_id,
        address: ticked.address.to_owned(),
        purposes,
        words: lines.join("\n"),
        policy_text: words::consent("shown", ticked.language).to_owned(),
        language: ticked.language.to_owned(),
        by: None,
    };
    asked::add(tx, &new, now)?;
    if account::has_arrived_from(tx, ticked.customer_id, ticked.address)? { ask(tx, ticked.address, now) } else { Ok(()) }
}

fn agree(tx: &Writer, key: &SecretKey, ticked: &Ticked, now: Millis) -> Result<()> {
    for purpose in ticked.purposes {
        let given = Given {
            customer_id: ticked.customer_id,
            address: ticked.address,
            purpose: *purpose,
            way: Way::Form,
            words: words::consent(purpose.code(), ticked.language),
            policy_text: words::consent("shown", ticked.language),
            proof: "the tick on the form behind the link that was mailed to this address",
            message_id: Some(ticked.message_id),
            at: now,
            by: None,
        };
        consent::grant(tx, key, &given, now)?;
    }
    Ok(())
}

/// This address has written: what waits for that is asked now.
pub fn ask(tx: &Writer, address: &str, now: Millis) -> Result<()> {
    let Some(asked) = asked::waiting_for(tx, address)? else { return Ok(()) };
    let asked_lately = letters::was_wanted(tx, address, Kind::Confirm, now - AGAIN_AFTER)?;
    if asked_lately || letters::count_since(tx, now - HOUR)? >= PER_HOUR {
        return Ok(());
    }
    asked::settle(tx, asked.id, now)?;
    let wanted = Wanted { conversation_id: asked.conversation_id, return_id: None, kind: Kind::Confirm, address, by: asked.by };
    letters::want_about(tx, &wanted, &serde_json::json!({ "asked": asked.id }), now)?;
    Ok(())
}
