//! The journeys of a lead: captured from a mail, what they agreed to, and the stop that ends everything at once.

mod capture;
mod withdraw;

pub(super) use capture::capture;
pub use capture::reading_context;
pub use withdraw::withdraw;
