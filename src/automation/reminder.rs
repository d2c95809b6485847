//! A customer was asked and does not answer: asked once more after some days, then a person is told. Never more letters in all than
//! `missing_details` allows, and never to what a machine must not answer.

use super::missing_details::{ASKED_MAX, HOUR_MAX};
use crate::database::Millis;

/// Until the owner says another number.
pub const DAYS_DEFAULT: i64 = 3;
/// Who has not answered after a month does not.
pub const DAYS_MAX: i64 = 30;
const DAY: Millis = 24 * 60 * 60 * 1000;

#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// Days without an answer; nothing: the owner wants none of this.
    pub days: Option<i64>,
    pub asked: i64,
    /// When the shop wrote last.
    pub since: Millis,
    pub now: Millis,
    /// Why the customer must not be written to by a machine.
    pub no_automatic_answer: Option<&'a str>,
    /// Automatic letters to this address within a day, and of the shop within an hour.
    pub to_customer: i64,
    pub last_hour: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    AskAgain,
    /// They do not answer.
    TellAgent,
}

/// Before this moment the shop must have written last, for anything to be due.
pub fn due_before(days: i64, now: Millis) -> Millis {
    now - days.clamp(1, DAYS_MAX) * DAY
}

/// Nothing: not yet.
pub fn action(standing: Standing) -> Option<Action> {
    if standing.since > due_before(standing.days?, standing.now) {
        return None;
    }
    if standing.asked >= ASKED_MAX || standing.no_automatic_answer.is_some() {
        return Some(Action::TellAgent);
    }
    let busy = standing.to_customer > 0 || standing.last_hour >= HOUR_MAX;
    (!busy).then_some(Action::AskAgain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p24_a_silent_customer_is_asked_once_more_and_then_left_alone() {
        let silent = Standing { days: Some(3), asked: 1, since: 0, now: 3 * DAY, no_automatic_answer: None, to_customer: 0, last_hour: 0 };
        assert_eq!(action(silent), Some(Action::AskAgain));
        assert_eq!(action(Standing { days: None, ..silent }), None);
        assert_eq!(action(Standing { now: 3 * DAY - 1, ..silent }), None);
        assert_eq!(action(Standing { asked: ASKED_MAX, ..silent }), Some(Action::TellAgent));
        assert_eq!(action(Standing { no_automatic_answer: Some("nobody reads it"), ..silent }), Some(Action::TellAgent));
        assert_eq!(action(Standing { to_customer: 1, ..silent }), None);
        assert_eq!(action(Standing { last_hour: HOUR_MAX, ..silent }), None);
        assert_eq!(action(Standing { days: Some(0), now: DAY - 1, ..silent }), None, "never within a day");
    }
}
