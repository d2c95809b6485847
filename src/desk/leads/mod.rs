//! The journeys of a lead: captured from a mail or a form, what they agreed to, the stop that ends everything at once, what agents do by hand,
//! and two records that become one person.

mod alike;
mod asked;
mod by_hand;
mod capture;
mod import;
mod join;
mod links;
mod spam;
mod suppliers;
mod withdraw;

pub use alike::{Alike, Because as AlikeBecause, alike};
pub use asked::{Ticked, ticked};
pub use by_hand::{Facts, Noted, add_interest, add_wish, close_wish, correct, end_consent, note_consent, remove_interest, set_aside, take_up, undo};
pub use capture::reading_context;
pub(super) use capture::{capture, capture_form};
pub use import::{Agreement, Fate, Imported, Planned, import, import_plan};
pub use join::join;
pub use links::{confirm, unsubscribe};
pub(super) use spam::follow_status;
pub use suppliers::{mark_supplier, unmark_supplier};
pub use withdraw::withdraw;
