//! The timeline between the messages: what happened, by whom, in words.

use crate::conversation::Event;
use crate::conversation::Status;
use crate::conversation::event::What;
use crate::id::{EventId, ReturnId};
use crate::return_request::fields::{OwnField, Value};
use crate::return_request::{self, Happened, State};
use crate::web::inbox::Marks;
use crate::web::present::{Clock, When, visible, visible_long};
use crate::web::returns::own_shown;

pub struct EventView {
    pub id: EventId,
    pub words: String,
    pub link: Option<(String, String)>,
    pub when: When,
    pub undone: bool,
    pub can_undo: bool,
}

impl EventView {
    pub fn new(event: &Event, marks: &Marks, own: &[OwnField], clock: &Clock) -> EventView {
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
            What::FollowedUp { because, .. } => (format!("Follow-up: {}", visible_long(because)), Some(("/follow-ups".into(), "calendar".into()))),
            What::Return { return_id, happened } => return_words(*return_id, happened, own, &actor),
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

/// A choice in words, not by its code.
fn shown(field: &str, value: &Value, own: &[OwnField]) -> String {
    match (value, own.iter().find(|own| own.key == field)) {
        (_, Some(own)) => own_shown(own, value),
        (Value::Text(code), None) => return_request::words::choice(field, code, "en").to_owned(),
        (other, None) => other.shown(),
    }
}

/// A field by its label where the owner gave it one.
fn named(field: &str, own: &[OwnField]) -> String {
    let own = own.iter().find(|own| own.key == field).map(|own| visible(return_request::words::own_label(own, "en")));
    own.unwrap_or_else(|| return_request::fields::english(field))
}

/// What happened to a return, with a link to its record.
fn return_words(id: ReturnId, happened: &Happened, own: &[OwnField], actor: &str) -> (String, Option<(String, String)>) {
    let name = return_request::request::name(id);
    let link = Some((format!("/returns/{id}"), name));
    let listed = |fields: &[String]| fields.iter().map(|field| named(field, own)).collect::<Vec<_>>().join(", ");
    let words = match happened {
        Happened::Opened { .. } => format!("{actor} opened the return"),
        Happened::Filled { fields, .. } => format!("Filled in from this message: {}.", listed(fields)),
        Happened::SaidAnew { field, was, is, .. } => {
            let (was, is) = (shown(field, was, own), shown(field, is, own));
            format!("The customer said “{}” for {} before, now “{}”.", visible(&was), named(field, own), visible(&is))
        }
        Happened::Contradicted { field, stands, sentence, .. } => {
            let stands = visible(&shown(field, stands, own));
            format!("The customer says otherwise of {}, where an agent’s “{stands}” stands: “{}”", named(field, own), visible_long(sentence))
        }
        Happened::WantsNone { sentence, .. } => format!("The customer wants no return any more: “{}”", visible_long(sentence)),
        Happened::Asked { fields } => format!("{actor} asked for {}.", listed(fields)),
        Happened::NotAsked { fields, why } => format!("Missing: {}. Not asked for automatically: {why}", listed(fields)),
        Happened::NoAnswer { asked: 1 } => "Asked once, and no answer came: somebody should look.".to_owned(),
        Happened::NoAnswer { .. } => "Asked twice, and no answer came: somebody should look.".to_owned(),
        Happened::Corrected { field, is: None, .. } => format!("{actor} cleared {}.", named(field, own)),
        Happened::Corrected { field, is: Some(value), .. } => {
            format!("{actor} set {} to “{}”.", named(field, own), visible(&shown(field, value, own)))
        }
        Happened::ItemsChosen { is, .. } if is.is_empty() => format!("{actor} said that no piece of the order comes back."),
        Happened::ItemsChosen { is, .. } => {
            let pieces = is.iter().map(|piece| format!("{} × {}", piece.quantity, visible(&piece.title))).collect::<Vec<_>>().join(", ");
            format!("{actor} said what comes back: {pieces}.")
        }
        Happened::KindSet { title, is, .. } if is.is_empty() => format!("{actor} left it to its name what kind of item “{}” is.", visible(title)),
        Happened::KindSet { title, is, .. } => format!("{actor} said that “{}” is of the kind “{}”.", visible(title), visible(is)),
        Happened::Moved { is: State::ToDecide, why, .. } if why == return_request::happened::ALL_KNOWN => "Ready to decide: all details are here.".to_owned(),
        Happened::Moved { is, why, .. } if why.is_empty() => format!("{actor} moved it to “{}”.", is.words()),
        Happened::Moved { is, why, .. } => format!("“{}”: {}", is.words(), visible_long(why)),
        Happened::Decided { decision, amount, .. } => {
            format!("{actor} decided: {}{}.", decision.words(), amount.map_or(String::new(), |amount| format!(", {amount}")))
        }
        Happened::FulfilmentTold { address } => format!("Fulfilment was told ({}).", visible(address)),
        Happened::FulfilmentAnswered { answer, was, is, .. } => {
            let (arrived, is_well) = match answer.as_str() {
                "expected" => ("arrived as expected", true),
                "damaged" => ("arrived damaged", false),
                _ => ("not arrived", false),
            };
            let too_late = !is_well && was == is && matches!(is, State::ToRefund | State::Refunded | State::Replaced | State::Credited);
            let then = if too_late { format!(" It stays at “{}”: look whether that is still right.", is.words()) } else { String::new() };
            format!("Fulfilment says: {arrived}.{then}")
        }
        Happened::CallWanted { action, at: Some(state), .. } => format!("“{}” is called, because it stands at “{}”.", visible(action), state.words()),
        Happened::CallWanted { action, .. } => format!("{actor} called “{}”.", visible(action)),
        Happened::Called { action, words, reference, .. } if reference.is_empty() => format!("“{}” worked: {}.", visible(action), visible(words)),
        Happened::Called { action, words, reference, .. } => format!("“{}” worked: {}, {}.", visible(action), visible(words), visible(reference)),
        Happened::CallFailed { action, words, uncertain: true, .. } => {
            format!("Nobody knows whether “{}” worked: {}", visible(action), visible_long(words))
        }
        Happened::CallFailed { action, words, .. } => format!("“{}” did not work: {}", visible(action), visible_long(words)),
        Happened::LetterDropped { why } => format!("A letter was not written: {}", visible_long(why)),
    };
    (words, link)
}
