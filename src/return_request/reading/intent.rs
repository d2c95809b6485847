//! Does a letter ask for a return, and if not, what is it about?

use super::{Intent, Letter};

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    pub intent: Intent,
    pub confidence: f64,
    pub because: Vec<String>,
}

pub fn judge(_letter: &Letter) -> Judgement {
    Judgement::default()
}
