//! What became of a reply, in words, with the server's own words below.

use crate::agent::Agent;
use crate::conversation::Message;
use crate::outbox::{Delivery, State};
use crate::web::present::{Clock, visible};

pub struct DeliveryView {
    pub class: &'static str,
    pub words: String,
    pub can_unsend: bool,
    /// A person decides: once more, or leave it.
    pub can_repeat: bool,
    pub can_leave: bool,
    pub answer: String,
    /// Those whose fate differs: address and what happened.
    pub recipients: Vec<(String, String)>,
}

impl DeliveryView {
    pub fn new(delivery: &Delivery, message: &Message, me: &Agent, clock: &Clock) -> DeliveryView {
        let waiting = delivery.state == State::Queued && delivery.attempts == 0;
        let recipients: Vec<(String, String)> = delivery
            .recipients
            .iter()
            .filter(|r| matches!(r.state.as_str(), "failed" | "bounced") || (r.state == "deferred" && delivery.state != State::Deferred))
            .map(|r| (visible(&r.address), format!("{} {}", recipient_words(&r.state), visible(&r.answer))))
            .collect();
        let lost = delivery.recipients.iter().any(|r| matches!(r.state.as_str(), "failed" | "bounced"));
        let class = match delivery.state {
            State::Failed | State::Uncertain => "is-bad",
            State::Deferred => "is-wait",
            _ if lost => "is-bad",
            _ => "",
        };
        DeliveryView {
            class,
            words: words(delivery, lost, clock),
            can_unsend: waiting && message.author_id == Some(me.id),
            can_repeat: matches!(delivery.state, State::Uncertain | State::Failed),
            can_leave: delivery.state == State::Uncertain && delivery.settled_at.is_none(),
            answer: if matches!(delivery.state, State::Failed | State::Deferred | State::Uncertain) { visible(&delivery.answer) } else { String::new() },
            recipients,
        }
    }
}

fn words(delivery: &Delivery, lost: bool, clock: &Clock) -> String {
    let settled = delivery.settled_at.map_or(String::new(), |at| format!(" {}", clock.short(at).human));
    match delivery.state {
        State::Queued => match clock.seconds_until(delivery.due_at) {
            0 => "Leaving now.".into(),
            seconds => format!("Leaves in {seconds} s."),
        },
        State::Sending => "Being sent.".into(),
        State::Accepted if lost => "It did not reach everyone. Correct the address and reply again.".into(),
        State::Accepted => format!("Sent{settled}"),
        State::Deferred => format!("Not yet: the mail server asked to try later. Next try {}.", clock.long_ahead(delivery.due_at).human),
        State::Failed => "Could not be sent. Correct what the server complains of and send it again, or reply to another address.".into(),
        State::Uncertain if delivery.settled_at.is_some() => "Nobody knows whether it left; it was left at that.".into(),
        State::Uncertain => "Nobody knows whether it left: the line broke after the last word. Ask the customer, or send it again.".into(),
        State::Cancelled => "Taken back.".into(),
    }
}

fn recipient_words(state: &str) -> &'static str {
    match state {
        "bounced" => "came back.",
        "failed" => "was refused.",
        _ => "has to wait.",
    }
}
