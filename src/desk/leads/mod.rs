//! The journeys of a lead: captured from a mail, what they agreed to, and the stop that ends everything at once.

mod asked;
mod capture;
mod links;
mod withdraw;

pub use asked::{Ticked, ticked};
pub(super) use capture::capture;
pub use capture::reading_context;
pub use links::{confirm, unsubscribe};
pub use withdraw::withdraw;
