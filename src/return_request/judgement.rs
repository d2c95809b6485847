//! What the policy said of a return, as it is kept with it.

use super::Decision;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What the policy says of it: kept as it was said, with the clause and the facts it used.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Judgement {
    /// `within`, `outside` or `look`.
    pub verdict: String,
    pub clause: String,
    /// "damaged, day 4 of 14, 2 photos"
    pub words: String,
    /// What decided, in a few words: "final sale", "day 16 of 14"; empty where nothing stands against it.
    pub because: String,
    /// Decisions that the clause offers, best first.
    pub offers: Vec<Decision>,
    /// Facts that would decide and are not known.
    pub missing: Vec<String>,
    /// The item has to come back before money moves.
    pub comes_back: bool,
    /// The last day on which it may be sent.
    pub ship_back_by: Option<Date>,
}
