//! The journeys of a follow-up: planned after a return, looked at again when its time has come, sent at a human pace, answered. Nothing
//! goes without a consent that lives, and whatever happened meanwhile is seen before the letter is written (PROMISES P68).

mod after_return;
mod bought;
mod go;
mod heard;
mod manage;
mod test_send;
mod waits;

pub use bought::{BOUGHT_DAYS, orders_arrived};
pub use go::{LATE_MAX, anything_due, go, pace};
pub use manage::{Match, cancel, cancel_all, end_discount, plan_match, remove_plan, switch_plan};
pub use test_send::{Test, compose_test, queue_test};
pub use waits::waits;

pub use super::letters::follow_up::{About, Preview, compose_preview};

pub(super) use after_return::{after, reopened};
pub(super) use heard::{heard, return_opened};
pub use heard::{hold_back, never_left, take_back};
