//! The journeys of a return: a mail opens and fills it, the policy judges it, what is missing is asked for, a person
//! decides, fulfilment is told and answers. Each inside one transaction.

mod act;
mod agreed;
mod called;
mod calls;
mod decide;
mod form;
mod fulfilment;
mod items;
mod judge;
mod needed;
mod order;
mod record;
mod remind;
mod sum;
mod understand;

pub use act::{ask, correct, move_to, open_by_hand, remove_photo};
pub use called::{called, not_again as call_not_again, settle_by_hand as settle_call, try_again as try_call_again};
pub use calls::{facts as call_facts, is_left_out as call_is_left_out, press as press_action};
pub use decide::{Deciding, decide, refusal};
pub use form::{Composed as ComposedForm, Sent, answered_form, compose_form, started, state_token, still_asks};
pub use fulfilment::{Answer, Fulfilment, When, answered, told as told_fulfilment};
pub use items::{choose as choose_items, leave_to_words};
pub use judge::past_cases;
pub use needed::{beside_lines, order_is_unknown, photos_needed};
pub use order::of_somebody_else;
pub use record::{Standing, judge_open, orders_arrived, standing};
pub use remind::{anybody_silent, remind};
pub use sum::{Proposal, Sums, proposal, sums};
pub use understand::{Context, read_again, reading_context};

pub(super) use act::undo;
pub(super) use record::{language, note};
pub(super) use understand::{forged, understand};
