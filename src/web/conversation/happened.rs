//! The timeline between the messages: what happened, by whom, in words.

use crate::conversation::Event;
use crate::conversation::Status;
use crate::conversation::event::What;
use crate::id::EventId;
use crate::web::inbox::Marks;
use crate::web::present::{Clock, When, visible, visible_long};

pub struct EventView {
    pub id: EventId,
    pub words: String,
    pub link: Option<(String, String)>,
    pub when: When,
    pub undone: bool,
    pub can_undo: bool,
}

impl EventView {
    pub fn new(event: &Event, marks: &Marks, clock: &Clock) -> EventView {
        let name = |id: Option<crate::id::AgentId>| id.and_then(|id| marks.get(&id)).map_or("Restante".to_owned(), |mark| mark.name.clone());
        let actor = name(event.actor_id);
        let to = |id: &crate::id::ConversationId| Some((format!("/conversations/{id}"), format!("#{id}")));
        let (words, link) = match &event.what {
            What::StatusChanged { was, is, snoozed_until, .. } => (format!("{actor} {}", status_words(*was, *is, *snoozed_until, clock)), None),
            What::Assigned { is: None, .. } => (format!("{actor} gave it back to everyone"), None),
            What::Assigned { is, .. } if *is == event.actor_id => (format!("{actor} took it"), None),
            What::Assigned { is, .. } => (format!("{actor} assigned it to {}", name(*is)), None),
            What::Tagged { tag } => (format!("{actor} tagged it “{}”", visible(tag)), None),
            What::Untagged { tag } => (format!("{actor} removed the tag “{}”", visible(tag)), None),
            What::Merged { from, subject, by_reference: false, .. } => (format!("{actor} merged “{}” into this,", visible(subject)), to(from)),
            What::Merged { from, subject, by_reference: true, .. } => (format!("“{}” joined, because a mail refers to both:", visible(subject)), to(from)),
            What::MergedInto { into } => (format!("{actor} merged this into"), to(into)),
            What::Split { to: there, messages, .. } => {
                (format!("{actor} moved {} to", crate::web::present::counted(messages.len() as i64, "message", "messages")), to(there))
            }
            What::SplitFrom { from } => (format!("{actor} split this off from"), to(from)),
            What::WokeUp => ("The snooze is over".into(), None),
            What::Reopened { was: Status::Snoozed } => ("The customer wrote: the snooze is over".into(), None),
            What::Reopened { .. } => ("Opened again".into(), None),
            What::Unsent { .. } => (format!("{actor} took a reply back before it left"), None),
            What::DeliveryFailed { recipient, reason, .. } => {
                let whom = if recipient.is_empty() { String::new() } else { format!(" to {}", visible(recipient)) };
                (format!("Not delivered{whom}: {}", visible_long(reason)), None)
            }
        };
        EventView { id: event.id, words, link, when: clock.short(event.at), undone: event.undone_at.is_some(), can_undo: event.can_be_undone() }
    }
}

fn status_words(was: Status, is: Status, until: Option<i64>, clock: &Clock) -> String {
    match is {
        Status::Open if was == Status::Spam => "said that it is no spam".into(),
        Status::Open => "opened it again".into(),
        Status::Waiting => "waits for the customer".into(),
        Status::Resolved => "resolved it".into(),
        Status::Spam => "marked it as spam".into(),
        Status::Snoozed => until.map_or("snoozed it".into(), |until| format!("snoozed it until {}", clock.long_ahead(until).human)),
    }
}
