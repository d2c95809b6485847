//! What others learn of a delivery: the conversation, when somebody will not get a letter; the owner, on the mailbox, when
//! there is no way to its server.

use crate::database::{self, Millis, Writer};
use crate::outbox::{self, Claimed, Settled, Undelivered};
use crate::{account, desk};

/// How a note on the mailbox's health begins when it is ours, so that intake's notes are left alone.
const OURS: &str = "Sending: ";

/// What the conversation learns: who will not get the letter, and when nobody can say.
pub fn tell(tx: &Writer, letter: &Claimed, settled: Settled, now: Millis) -> Result<(), desk::Error> {
    for Undelivered { address, words, address_is_bad } in settled.failed {
        // A recipient is named as bad only when its address is to blame, not our server or the mail.
        let (recipient, reason) = if address_is_bad { (address, words) } else { (String::new(), format!("{address}: {words}")) };
        desk::delivery_failed(tx, letter.message_id, &recipient, &reason, now)?;
    }
    if settled.cancelled {
        desk::follow_ups::never_left(tx, letter.message_id, now)?;
    }
    if settled.undecided {
        let words = "It is not known whether this mail arrived: the server took all of it and never answered. Send it again, or leave it.";
        desk::delivery_failed(tx, letter.message_id, "", words, now)?;
    }
    Ok(())
}

/// Says it on the mailbox, unless intake has something to say there.
pub fn note_failure(tx: &Writer, letter: &Claimed, words: &str, now: Millis) -> database::Result<()> {
    let theirs = account::failing(tx, letter.mailbox_id)?.is_some_and(|error| !error.starts_with(OURS));
    if theirs { Ok(()) } else { account::note_failure(tx, letter.mailbox_id, &format!("{OURS}{words}"), now) }
}

/// There is a way again.
pub fn clear_note(tx: &Writer, letter: &Claimed, now: Millis) -> database::Result<()> {
    let ours = account::failing(tx, letter.mailbox_id)?.is_some_and(|error| error.starts_with(OURS));
    if ours {
        account::clear_failure(tx, letter.mailbox_id)?;
        outbox::resume_mailbox(tx, letter.mailbox_id, now)?;
    }
    Ok(())
}
