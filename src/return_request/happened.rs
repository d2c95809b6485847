//! What happens to a return, for the timeline of its conversation.

use super::fields::Value;
use super::item::{Chosen, OrderLineId};
use super::request::Source;
use super::state::{Decision, State};
use crate::id::{AgentId, CallId, MessageKey};
use crate::money::Amount;
use serde::{Deserialize, Serialize};

/// Why it is ready to be decided; timelines keep these words.
pub const ALL_KNOWN: &str = "all that is needed is known.";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Happened {
    Opened {
        source: Source,
    },
    /// A message told something new.
    Filled {
        fields: Vec<String>,
        message: MessageKey,
    },
    /// A message told something else than was told before.
    SaidAnew {
        field: String,
        was: Value,
        is: Value,
        message: MessageKey,
    },
    /// A message says something else than an agent's correction, which stands.
    Contradicted {
        field: String,
        stands: Value,
        said: Value,
        sentence: String,
        message: MessageKey,
    },
    /// The customer wants no return any more. Nothing moves: a person decides that.
    WantsNone {
        sentence: String,
        message: MessageKey,
    },
    /// The customer was asked for what is missing.
    Asked {
        fields: Vec<String>,
    },
    /// Something is missing, and Restante does not ask by itself.
    NotAsked {
        fields: Vec<String>,
        why: String,
    },
    /// The customer was asked so many times and does not answer.
    NoAnswer {
        asked: i64,
    },
    Corrected {
        field: String,
        was: Option<Value>,
        is: Option<Value>,
    },
    /// An agent said which pieces come back.
    ItemsChosen {
        was: Vec<Chosen>,
        /// Nobody: they had been derived.
        was_by: Option<AgentId>,
        is: Vec<Chosen>,
    },
    /// An agent said of which kind a line of the order is; empty: as its name has it.
    KindSet {
        line: OrderLineId,
        title: String,
        was: String,
        is: String,
    },
    Moved {
        was: State,
        is: State,
        why: String,
    },
    Decided {
        decision: Decision,
        amount: Option<Amount>,
        was: State,
        is: State,
    },
    FulfilmentTold {
        address: String,
    },
    /// `expected`, `damaged` or `missing`.
    FulfilmentAnswered {
        answer: String,
        was: State,
        is: State,
        /// How it had arrived as far as was known before; nothing: not yet.
        #[serde(default)]
        was_as_expected: Option<bool>,
    },
    /// A custom action was pressed, or fired by a state.
    CallWanted {
        call: CallId,
        action: String,
        at: Option<State>,
    },
    Called {
        call: CallId,
        action: String,
        words: String,
        /// What the other side calls it.
        reference: String,
    },
    /// It did not work, or nobody knows whether it did.
    CallFailed {
        call: CallId,
        action: String,
        words: String,
        uncertain: bool,
    },
    /// A letter that Restante wanted to write was not written.
    LetterDropped {
        why: String,
    },
}

impl Happened {
    /// Whether `desk::undo` knows a way back.
    pub fn can_be_undone(&self) -> bool {
        matches!(
            self,
            Happened::Corrected { .. }
                | Happened::ItemsChosen { .. }
                | Happened::KindSet { .. }
                | Happened::Moved { .. }
                | Happened::Decided { .. }
                | Happened::FulfilmentAnswered { .. }
                | Happened::CallWanted { .. }
        )
    }
}
