//! What an agent should see on a return although nothing changed: the customer wants none any more, or says something else than an
//! agent's correction.

use super::record::Standing;
use crate::conversation::event::{self, What};
use crate::database::Reader;
use crate::desk::Result;
use crate::return_request::Happened;
use crate::return_request::fact::Source;
use crate::return_request::fields::Value;

#[derive(Clone, Debug, PartialEq)]
pub enum Hint {
    WantsNone { sentence: String },
    Contradicts { field: String, said: Value, sentence: String },
}

/// The newest first; none of a closed return, and none that an agent has answered by what they did since.
pub fn hints(c: &Reader, standing: &Standing) -> Result<Vec<Hint>> {
    let request = &standing.request;
    if request.state.is_closed() {
        return Ok(Vec::new());
    }
    let mut hints: Vec<Hint> = Vec::new();
    for event in event::of_conversation(c, request.conversation_id)? {
        let What::Return { return_id, happened } = event.what else { continue };
        if return_id != request.id {
            continue;
        }
        match happened {
            Happened::WantsNone { sentence, .. } => {
                hints.retain(|hint| !matches!(hint, Hint::WantsNone { .. }));
                hints.insert(0, Hint::WantsNone { sentence });
            }
            Happened::Contradicted { field, said, sentence, .. } => {
                hints.retain(|hint| !is_about(hint, &field));
                hints.insert(0, Hint::Contradicts { field, said, sentence });
            }
            // Whoever decided or corrected had it before their eyes.
            Happened::Decided { .. } if event.undone_at.is_none() => hints.retain(|hint| !matches!(hint, Hint::WantsNone { .. })),
            Happened::Corrected { field, .. } => hints.retain(|hint| !is_about(hint, &field)),
            _ => {}
        }
    }
    let by_agent = |field: &str| standing.facts.get(field).filter(|fact| fact.source == Source::Agent);
    hints.retain(|hint| match hint {
        Hint::WantsNone { .. } => true,
        Hint::Contradicts { field, said, .. } => by_agent(field).is_some_and(|fact| fact.value != *said),
    });
    Ok(hints)
}

fn is_about(hint: &Hint, of: &str) -> bool {
    matches!(hint, Hint::Contradicts { field, .. } if field == of)
}
