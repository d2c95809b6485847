//! What the stories need around the product: real mail servers, a browser, a network that breaks on command, and the
//! real binary. Everything is started by a handle and stopped when the handle goes.

pub mod api;
pub mod browser;
pub mod canary;
pub mod demo;
pub mod failing;
pub mod fake_mail;
pub mod fault_proxy;
pub mod imap;
pub mod leash;
pub mod mail_stack;
pub mod ports;
pub mod restante;
pub mod shop;
pub mod small_disk;
pub mod smtp;
pub mod stage;
pub mod strace;
pub mod visitor;

pub use browser::{Browser, Theme};
pub use canary::Canary;
pub use demo::Demo;
pub use failing::Failing;
pub use fault_proxy::{FaultProxy, Weather};
pub use imap::Imap;
pub use mail_stack::MailStack;
pub use restante::Restante;
pub use shop::{Shop, Wire};
pub use small_disk::SmallDisk;
pub use visitor::Visitor;

use std::time::{Duration, Instant};

/// How long the world may take until a test gives up on it: two busy cores, cold caches.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(25);

/// Looks until `look` sees something, and fails with `what` when it never does. The only place where tests sleep.
#[track_caller]
pub fn eventually<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    within(PATIENCE, what, look)
}

/// The same with a deadline of its own.
#[track_caller]
pub fn within<T>(patience: Duration, what: &str, look: impl FnMut() -> Option<T>) -> T {
    match look_for(patience, look) {
        Some(seen) => seen,
        None => panic!("waited {patience:?} in vain: {what}"),
    }
}

/// Looks until `look` sees something or `patience` is over.
pub fn look_for<T>(patience: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(seen) = look() {
            return Some(seen);
        }
        if Instant::now() >= deadline {
            return None;
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

/// Whether this run is the one with the full numbers: minutes to hours.
pub fn full() -> bool {
    std::env::var_os("RESTANTE_FULL").is_some()
}

/// A word that no other test has: local parts, names of data folders.
pub fn unique(prefix: &str) -> String {
    static NEXT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(1);
    format!("{prefix}{}", NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed))
}

/// One header field of a mail, unfolded.
pub fn header(mail: &str, name: &str) -> String {
    let head = mail.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n\t", " ").replace("\r\n ", " ");
    let start = format!("{}:", name.to_ascii_lowercase());
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(&start)).unwrap_or_default();
    line.split_once(':').map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
}
