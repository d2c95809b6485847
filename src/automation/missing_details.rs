//! Asks the customer for what a return lacks: only that, at most twice, never a machine, never often (RFC 3834).

use crate::database::Millis;

/// Letters that ask; after them a person is told.
pub const ASKED_MAX: i64 = 2;
/// A second automatic letter to one address has to wait this long, whatever it is about (PROMISES P23).
pub const SENDER_GAP: Millis = 24 * 60 * 60 * 1000;
/// Automatic letters of the whole shop in an hour: a shop's worst day is below, a loop or a flood is above (PROMISES P23, P24).
pub const HOUR_MAX: i64 = 20;
pub const HOUR: Millis = 60 * 60 * 1000;

/// How the owner wants it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    Automatic,
    /// An agent presses one key.
    #[default]
    OneKey,
}

#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    pub missing: &'a [String],
    pub asked: i64,
    pub ask: Ask,
    /// Why the mail must not be answered by a machine.
    pub no_automatic_answer: Option<&'a str>,
    /// Automatic letters to this address within `SENDER_GAP`, and of the shop within `HOUR`.
    pub to_sender: i64,
    pub last_hour: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    Ask,
    /// A person should look, and why.
    TellAgent(String),
}

pub fn action(standing: Standing) -> Option<Action> {
    if standing.missing.is_empty() || standing.ask == Ask::OneKey {
        return None;
    }
    let tell = |why: &str| Some(Action::TellAgent(why.to_owned()));
    if let Some(why) = standing.no_automatic_answer {
        return tell(why);
    }
    if standing.asked >= ASKED_MAX {
        return tell("they were asked twice.");
    }
    if standing.to_sender > 0 {
        return tell("they had a letter from Restante less than a day ago.");
    }
    if standing.last_hour >= HOUR_MAX {
        return tell("many letters left by themselves within the hour; somebody should see why.");
    }
    Some(Action::Ask)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p23_it_asks_only_where_nothing_speaks_against_it() {
        let missing = ["order_number".to_owned()];
        let calm = Standing { missing: &missing, asked: 0, ask: Ask::Automatic, no_automatic_answer: None, to_sender: 0, last_hour: 0 };
        assert_eq!(action(calm), Some(Action::Ask));
        assert_eq!(action(Standing { missing: &[], ..calm }), None);
        assert_eq!(action(Standing { ask: Ask::OneKey, ..calm }), None);
        let told = |standing| matches!(action(standing), Some(Action::TellAgent(_)));
        assert!(told(Standing { asked: ASKED_MAX, ..calm }));
        assert!(told(Standing { no_automatic_answer: Some("a machine wrote it"), ..calm }));
        assert!(told(Standing { to_sender: 1, ..calm }));
        assert!(told(Standing { last_hour: HOUR_MAX, ..calm }));
    }
}
