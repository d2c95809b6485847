//! One follow-up as the calendar shows it: who, what, why, and what became of it.

use crate::database::Millis;
use crate::follow_up::board::Line;
use crate::follow_up::{FollowUpId, Kind, State};
use crate::id::{ConversationId, CustomerId};
use crate::return_request::request;
use crate::web::present::{Clock, Person, When, visible, visible_long};

pub struct LineView {
    pub id: FollowUpId,
    pub customer: CustomerId,
    pub person: Person,
    pub when: When,
    /// "10 % off", "“Low Tide”".
    pub what: String,
    /// "“Thanks”, after R-0001", "Jules offered it: “tell me when …”".
    pub why: String,
    pub conversation: Option<ConversationId>,
    /// Why it does not go though its time has come.
    pub waits: Option<&'static str>,
    /// Class of a chip and its words.
    pub result: Option<(&'static str, &'static str)>,
    /// The server's words, or the reason.
    pub because: String,
    pub answered: Option<When>,
    pub bought: Option<When>,
}

/// When a settled one is shown, the moment it was.
fn moment(line: &Line) -> Millis {
    line.follow_up.settled_at.filter(|_| line.follow_up.state != State::Planned).unwrap_or(line.follow_up.due_at)
}

impl LineView {
    pub fn new(line: &Line, clock: &Clock, no_codes: bool) -> LineView {
        let of = &line.follow_up;
        let coming = matches!(of.state, State::Planned | State::Wanted);
        LineView {
            id: of.id,
            customer: of.customer_id,
            person: Person::new(&line.name, &of.address),
            when: if coming { clock.long_ahead(of.due_at) } else { clock.long(moment(line)) },
            what: what(line),
            why: why(line),
            conversation: of.conversation_id.filter(|_| of.message_id.is_some() || of.state == State::Planned),
            waits: (coming && no_codes).then_some("no code is left: it waits for more"),
            result: result(line),
            because: if of.state == State::Cancelled { visible_long(&of.because) } else { visible_long(&line.answer) },
            answered: of.answered_at.map(|at| clock.short(at)),
            bought: of.bought_at.map(|at| clock.short(at)),
        }
    }
}

fn what(line: &Line) -> String {
    match line.follow_up.kind {
        Kind::Discount => line.discount.as_ref().map_or_else(|| "A discount".into(), |(_, worth)| format!("{} off", visible(worth))),
        Kind::CheckIn => "Is all well?".into(),
        Kind::WishMatch => line.piece.as_ref().map_or_else(|| "A piece".into(), |title| format!("“{}”", visible(title))),
    }
}

fn why(line: &Line) -> String {
    let plan = line.plan.as_ref().map(|name| format!("“{}”", visible(name)));
    let after = line.follow_up.return_id.map(|id| format!("after {}", request::name(id)));
    let wish = line.wish.as_ref().map(|words| format!("wished: “{}”", visible(words)));
    let by = line.planner.as_ref().map(|name| format!("offered by {}", visible(name)));
    [plan, after, wish, by].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn result(line: &Line) -> Option<(&'static str, &'static str)> {
    Some(match (line.follow_up.state, line.outbox.as_deref()) {
        (State::Planned, _) => return None,
        (State::Wanted, _) => ("is-act", "being written"),
        (State::Cancelled, _) => ("", "cancelled"),
        (State::Sent, _) if line.bounced => ("is-bad", "bounced"),
        (State::Sent, Some("accepted")) => ("is-good", "accepted"),
        (State::Sent, Some("failed")) => ("is-bad", "failed"),
        (State::Sent, Some("cancelled")) => ("", "stopped"),
        (State::Sent, Some("uncertain")) => ("is-wait", "uncertain"),
        (State::Sent, Some("deferred")) => ("is-wait", "the server wants it later"),
        (State::Sent, Some(_)) => ("is-act", "leaving"),
        (State::Sent, None) => ("", "sent"),
    })
}
