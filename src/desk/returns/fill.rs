//! Facts are taken up from a message. What is new stands in the timeline, what replaces something else beside what it replaces; and
//! what goes against an agent's correction is told to agents, because it changes nothing by itself.

use super::order as orders;
use super::record::{Telling, note};
use crate::conversation::MessageKey;
use crate::conversation::event::{self, What};
use crate::database::{Millis, Writer};
use crate::desk::Result;
use crate::return_request::fact::{self, Learned, Said, Source};
use crate::return_request::fields::{self, Value};
use crate::return_request::reading::Found;
use crate::return_request::{Happened, ReturnId, request};

pub fn fill(tx: &Writer, id: ReturnId, found: &[Found], telling: &Telling, now: Millis) -> Result<()> {
    let said = Said { source: telling.source, message: telling.message, by: telling.by, at: now };
    let mut new = Vec::new();
    // How many photos there are is counted, not said.
    for found in found.iter().filter(|found| found.field != fields::PHOTOS) {
        match (fact::learn(tx, id, &orders::doubted(tx, found, telling.source)?, said)?, telling.message) {
            (Learned::New, _) => new.push(found.field.clone()),
            (Learned::Instead(was), Some(message)) if said.source != Source::Agent => {
                let happened = Happened::SaidAnew { field: found.field.clone(), was, is: found.value.clone(), message };
                note(tx, id, telling.by, happened, now)?;
            }
            (Learned::Instead(_), _) => new.push(found.field.clone()),
            (Learned::Against(stands), Some(message)) => contradicted(tx, id, found, stands, message, now)?,
            (Learned::Nothing | Learned::Against(_), _) => {}
        }
    }
    if let Some(message) = telling.message.filter(|_| !new.is_empty()) {
        note(tx, id, telling.by, Happened::Filled { fields: new, message }, now)?;
    }
    Ok(())
}

/// Told once: a later mail quotes it again.
fn contradicted(tx: &Writer, id: ReturnId, found: &Found, stands: Value, message: MessageKey, now: Millis) -> Result<()> {
    let Some(request) = request::find(tx, id)? else { return Ok(()) };
    let is_told = |what: &What| match what {
        What::Return { return_id, happened: Happened::Contradicted { field, stands: known, said, .. } } => {
            *return_id == id && *field == found.field && *known == stands && *said == found.value
        }
        _ => false,
    };
    if event::of_conversation(tx, request.conversation_id)?.iter().any(|event| is_told(&event.what)) {
        return Ok(());
    }
    let happened = Happened::Contradicted { field: found.field.clone(), stands, said: found.value.clone(), sentence: found.sentence.clone(), message };
    note(tx, id, None, happened, now)
}
