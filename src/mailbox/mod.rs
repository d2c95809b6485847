//! The door through which mail comes in: IMAP or a folder of files → keep → desk.

pub mod intake;
