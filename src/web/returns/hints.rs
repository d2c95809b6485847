//! What a customer says that changed nothing by itself, as the card of a return shows it, with the button that would answer it.

use super::stands::deed;
use crate::database::Reader;
use crate::desk::returns::{self, Hint, Standing};
use crate::return_request::fields::{self, Value};
use crate::return_request::{State, words};
use crate::web::Result;
use crate::web::present::visible;

pub struct HintView {
    pub words: String,
    pub sentence: String,
    /// The state that would be the answer, where a person may move it there.
    pub state: Option<(&'static str, &'static str)>,
}

pub fn hints(c: &Reader, standing: &Standing) -> Result<Vec<HintView>> {
    let withdraws = Some(State::Withdrawn).filter(|state| standing.request.state.may_become(*state)).map(|state| (state.code(), deed(state)));
    let view = |hint| match hint {
        Hint::WantsNone { sentence } => HintView { words: "They want no return any more".into(), sentence: visible(&sentence), state: withdraws },
        Hint::Contradicts { field, said, sentence } => {
            let said = match &said {
                Value::Text(code) => words::choice(&field, code, "en").to_owned(),
                other => other.shown(),
            };
            let words = format!("They say “{}” for {}; an agent’s word stands", visible(&said), fields::english(&field));
            HintView { words, sentence: visible(&sentence), state: None }
        }
    };
    Ok(returns::hints(c, standing)?.into_iter().map(view).collect())
}
