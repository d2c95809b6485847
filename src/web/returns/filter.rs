//! Which returns a page or a table is about, as its address says it: `?text=low+tide&reason=damaged&verdict=look&from=2026-11-01`.

use crate::database::Millis;
use crate::return_request::board::Filter;
use crate::return_request::{Reason, fields, words};
use crate::web::ask::{Ask, encoded};
use crate::web::public::day;

/// As an address is typed, no longer.
const TEXT_CHARS_MAX: usize = 100;
pub const DAY: Millis = 24 * 60 * 60 * 1000;

/// What was asked for, understood and as it was typed.
#[derive(Clone, Default)]
pub struct Asked {
    pub filter: Filter,
    pub text: String,
    pub reason: String,
    pub verdict: String,
    pub from: String,
    pub until: String,
    pub complaints: Vec<&'static str>,
}

pub const VERDICTS: &[(&str, &str)] = &[("within", "within policy"), ("outside", "outside policy"), ("look", "a person must look")];

impl Asked {
    pub fn of(ask: &Ask) -> Asked {
        let text: String = ask.get("text").chars().take(TEXT_CHARS_MAX).collect();
        let mut complaints = Vec::new();
        let mut bound = |name: &str, words: &'static str| {
            let typed = ask.get(name).trim();
            let understood = day(typed);
            if !typed.is_empty() && understood.is_none() {
                complaints.push(words);
            }
            understood.and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC).ok()).map(|at| at.timestamp().as_millisecond())
        };
        let from = bound("from", "Write the first day as 2026-11-19 or 19.11.2026.");
        let until = bound("until", "Write the last day as 2026-11-19 or 19.11.2026.").map(|start| start + DAY);
        let verdict = VERDICTS.iter().find(|(code, _)| *code == ask.get("verdict")).map(|(code, _)| (*code).to_owned());
        Asked {
            filter: Filter { text: text.clone(), reason: Reason::from_code(ask.get("reason")), verdict, from, until },
            text,
            reason: ask.get("reason").to_owned(),
            verdict: ask.get("verdict").to_owned(),
            from: ask.get("from").to_owned(),
            until: ask.get("until").to_owned(),
            complaints,
        }
    }

    /// Codes and words of the reasons to choose from.
    pub fn reasons(&self) -> Vec<(&'static str, &'static str)> {
        Reason::ALL.iter().map(|reason| (reason.code(), words::choice(fields::REASON, reason.code(), "en"))).collect()
    }

    pub fn verdicts(&self) -> &'static [(&'static str, &'static str)] {
        VERDICTS
    }

    /// The same question in an address, with its `?`; empty where nothing is asked.
    pub fn query(&self) -> String {
        let parts = [("text", &self.text), ("reason", &self.reason), ("verdict", &self.verdict), ("from", &self.from), ("until", &self.until)];
        let said: Vec<String> = parts.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        if said.is_empty() { String::new() } else { format!("?{}", said.join("&")) }
    }
}
