//! One file per command.

pub mod reindex;
