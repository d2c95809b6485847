//! One file per command.

pub mod backup;
pub mod export;
pub mod mail_files;
pub mod restore;
