//! Somebody said stop: their consent ends, the address is suppressed, and nothing that waits for it leaves, all in one transaction
//! (PROMISES P68: before the answer to the click).

use crate::consent::{self, Withdrawal};
use crate::database::{Millis, Writer};
use crate::desk::Result;
use crate::secret::SecretKey;
use crate::{follow_up, outbox};

/// Why a follow-up that was planned does not leave.
const SAID_STOP: &str = "they asked for no more of these mails";

/// Ends what `withdrawal` names. Returns whether anything lived.
pub fn withdraw(tx: &Writer, key: &SecretKey, withdrawal: &Withdrawal, now: Millis) -> Result<bool> {
    let ended = consent::withdraw(tx, key, withdrawal, now)?;
    for id in follow_up::waiting_for(tx, withdrawal.address, withdrawal.purposes)? {
        follow_up::cancel(tx, id, SAID_STOP, withdrawal.by, now)?;
    }
    for id in &ended {
        outbox::cancel_of_consent(tx, *id, SAID_STOP, now)?;
    }
    Ok(!ended.is_empty())
}
