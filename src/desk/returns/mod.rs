//! The journeys of a return: a mail opens and fills it, the policy judges it, what is missing is asked for, a person
//! decides, fulfilment is told and answers. Each inside one transaction.

mod act;
mod agreed;
mod arrived;
mod called;
mod calls;
mod decide;
mod fill;
mod form;
mod fulfilment;
mod hints;
mod items;
mod judge;
mod needed;
mod order;
mod record;
mod remind;
mod sum;
mod understand;

pub use act::{ask, correct, move_to, open_by_hand, remove_photo};
pub use arrived::{Answer, answered};
pub use called::{called, not_again as call_not_again, settle_by_hand as settle_call, try_again as try_call_again};
pub use calls::{facts as call_facts, is_left_out as call_is_left_out, press as press_action};
pub use decide::{Deciding, decide, refusal};
pub use form::{Composed as ComposedForm, Sent, answered_form, compose_form, form_again, started, state_token, still_asks};
pub use fulfilment::{Fulfilment, When, told as told_fulfilment};
pub use hints::{Hint, hints};
pub use items::{choose as choose_items, kinds, leave_to_words, set_kind};
pub use judge::{judging_clause, past_cases};
pub use needed::{Needed, beside_lines, needed, order_is_unknown};
pub use order::of_somebody_else;
pub use record::{Standing, judge_open, orders_arrived, standing};
pub use remind::{anybody_silent, remind};
pub use sum::{Proposal, Sums, proposal, sums};
pub use understand::{Context, read_again, reading_context};

pub(super) use act::undo;
pub(super) use record::{language, not_asked, note};
pub(super) use understand::{forged, understand};
