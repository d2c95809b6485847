//! Mail comes in: one watcher per mailbox fetches by UID, keeps the raw bytes, moves the ledger, and understands nothing
//! of what it carries. One named OS thread and one connection each, so that no mailbox can disturb another.

mod after_import;
mod answer;
mod append;
mod compare;
mod dial;
mod fetch;
mod folder_names;
mod folder_source;
mod idle;
pub mod intake;
mod keep;
mod keeper;
mod probe;
mod round;
mod session;
mod stream;
mod supervisor;
mod trouble;
mod watcher;
mod window;

pub use probe::{FolderName, list_folders, probe};
pub use supervisor::{Wake, Watchers};

use std::time::Duration;

/// Mails in one window: enough to share round trips and an fsync, few enough that new mail waits for one window only.
pub const WINDOW_MAILS_MAX: usize = 200;
/// Bytes in one window; all of them are in memory at once. A larger mail comes while no other window is on its way.
pub const WINDOW_BYTES_MAX: u64 = 8 * 1024 * 1024;
/// Windows of history that may wait for the one that is being kept; with the one that is being fetched, three are in memory.
const WINDOWS_WAITING_MAX: usize = 1;
/// Larger mails are fetched in pieces of this size, so that a connection that breaks is noticed early.
const PIECE_BYTES: u64 = 1024 * 1024;
/// Larger mails are not fetched: their headers are, and the outcome says "too big".
pub const MAIL_BYTES_MAX: u64 = 50 * 1024 * 1024;
/// Bytes that an answer may have besides the bodies asked for: flags, other untagged lines, a header.
const ANSWER_SLACK_BYTES: u64 = 4 * 1024 * 1024;
/// Answers to a question about all UIDs: 16 MB hold about two million of them.
const UIDS_ANSWER_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Attempts at one UID before it is noted as unfetched and the others go on.
const UID_ATTEMPTS_MAX: u32 = 3;

/// How long things may take. Tests shorten them; nobody else does.
#[derive(Clone, Debug)]
pub struct Pace {
    /// One address of a server may take this long to accept a connection.
    pub connect: Duration,
    /// A server that says nothing for this long while an answer is due is gone.
    pub silence: Duration,
    /// A command that is not answered whole by then is given up, however busily its bytes trickle.
    pub command: Duration,
    /// An IDLE is renewed after this. RFC 2177 demands less than 29 minutes; a line that fell silent without a word is
    /// to be noticed within ten (PROMISES P14).
    pub idle: Duration,
    /// How often folders are looked at that no IDLE watches.
    pub poll: Duration,
    /// How often all UIDs are compared with the ledger.
    pub compare: Duration,
    /// The first wait after a fault, doubled up to the second …
    pub backoff_first: Duration,
    pub backoff_max: Duration,
    /// … or, while the server refuses the password, this long: some servers lock an account after a few refusals.
    pub backoff_refused: Duration,
    /// With less free disk than this nothing is fetched.
    pub disk_free_bytes_min: u64,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            connect: Duration::from_secs(15),
            silence: Duration::from_secs(60),
            command: Duration::from_secs(600),
            idle: Duration::from_secs(5 * 60),
            poll: Duration::from_secs(30),
            compare: Duration::from_secs(15 * 60),
            backoff_first: Duration::from_secs(1),
            backoff_max: Duration::from_secs(45),
            backoff_refused: Duration::from_secs(300),
            disk_free_bytes_min: crate::account::DISK_FREE_BYTES_MIN,
        }
    }
}

#[cfg(test)]
mod tests;
