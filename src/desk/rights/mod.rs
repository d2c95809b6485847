//! What the law gives a person over what is known of them: a copy of all of it, and its end (GDPR articles 15, 17 and 20,
//! PROMISES P69).

mod erase;
mod erased;
mod export;
mod forget;
mod others;
mod scope;
mod steps;

pub use erase::{Erasure, erase};
pub use erased::{Unfinished, doom, doom_again, finish, is_erased, is_needed, unfinished};
pub use export::{Export, Mail, export};
