//! How often strangers may send forms: counted per network, in memory, for a while.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

/// Forms of one network in a minute (PROMISES P66); an office behind one address sends fewer.
const PER_MINUTE: usize = 20;
/// Returns begun on the public page by one network in an hour: a person begins one, a flood thousands (PROMISES P24).
const STARTS_PER_HOUR: usize = 10;
/// Networks remembered; beyond, the oldest are forgotten.
const NETWORKS_MAX: usize = 10_000;
pub const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

type Times = HashMap<(&'static str, String), VecDeque<i64>>;

/// What was sent lately, and from where.
#[derive(Default)]
pub struct Limits(Mutex<Times>);

impl Limits {
    /// Lets a network send another form and counts it, or says how many milliseconds it has to wait.
    pub fn may_send(&self, network: &str, now: i64) -> Result<(), i64> {
        self.count("form", network, now, MINUTE, PER_MINUTE)
    }

    /// The same for another return that begins.
    pub fn may_start(&self, network: &str, now: i64) -> Result<(), i64> {
        self.count("start", network, now, HOUR, STARTS_PER_HOUR)
    }

    fn count(&self, what: &'static str, network: &str, now: i64, span: i64, most: usize) -> Result<(), i64> {
        let mut sent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if sent.len() >= NETWORKS_MAX {
            sent.retain(|_, times| times.back().is_some_and(|last| now - last < HOUR));
            if sent.len() >= NETWORKS_MAX {
                sent.clear();
            }
        }
        let times = sent.entry((what, network.to_owned())).or_default();
        while times.front().is_some_and(|first| now - first >= span) {
            times.pop_front();
        }
        if times.len() >= most {
            return Err(times.front().map_or(0, |first| first + span - now));
        }
        times.push_back(now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p66_a_network_sends_twenty_forms_a_minute_and_no_more() {
        let limits = Limits::default();
        let sent = (0..50).filter(|_| limits.may_send("203.0.113.0", 1_000).is_ok()).count();
        assert_eq!(sent, PER_MINUTE);
        assert_eq!(limits.may_send("203.0.113.0", 11_000), Err(50_000));
        assert!(limits.may_send("198.51.100.0", 1_000).is_ok() && limits.may_send("203.0.113.0", 1_000 + MINUTE).is_ok());
    }
}
