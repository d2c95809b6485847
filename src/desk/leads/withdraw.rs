//! Somebody said stop: their consent ends, the address is suppressed, and nothing that waits for it leaves, all in one transaction
//! (PROMISES P68: before the answer to the click).

use crate::consent::{self, Withdrawal};
use crate::database::{Millis, Writer};
use crate::desk::Result;
use crate::desk::follow_ups;
use crate::follow_up::going;
use crate::id::ConsentId;
use crate::secret::SecretKey;
use crate::{follow_up, outbox};

/// Why a follow-up that was planned does not leave.
const SAID_STOP: &str = "they asked for no more of these mails";

/// Ends what `withdrawal` names. Returns whether anything lived.
pub fn withdraw(tx: &Writer, key: &SecretKey, withdrawal: &Withdrawal, now: Millis) -> Result<bool> {
    let ended = consent::withdraw(tx, key, withdrawal, now)?;
    stop(tx, &ended, withdrawal, now)?;
    Ok(!ended.is_empty())
}

/// The same for what was said at `said_at`, which is read only now: what they agreed to since goes on.
pub(super) fn withdraw_as_of(tx: &Writer, key: &SecretKey, withdrawal: &Withdrawal, said_at: Millis, now: Millis) -> Result<()> {
    let ended = consent::withdraw_as_of(tx, key, withdrawal, said_at, now)?;
    stop(tx, &ended, withdrawal, now)
}

fn stop(tx: &Writer, ended: &[ConsentId], withdrawal: &Withdrawal, now: Millis) -> Result<()> {
    for id in follow_up::waiting_for(tx, withdrawal.address, withdrawal.purposes)? {
        let Some(of) = follow_up::find(tx, id)? else { continue };
        if consent::live(tx, &of.address, of.kind.purpose())? != Some(of.consent_id) {
            follow_up::cancel(tx, id, SAID_STOP, withdrawal.by, now)?;
        }
    }
    for id in ended {
        for sent in going::sent_on(tx, withdrawal.address, *id)? {
            follow_ups::hold_back(tx, &sent, SAID_STOP, withdrawal.by, now)?;
        }
        outbox::cancel_of_consent(tx, *id, SAID_STOP, now)?;
    }
    Ok(())
}
