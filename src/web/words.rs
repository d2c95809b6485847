//! Times and numbers as people say them.

use crate::database::Millis;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

const MINUTE: Millis = 60 * 1000;
const HOUR: Millis = 60 * MINUTE;
const DAY: Millis = 24 * HOUR;

/// "just now", "2 min ago", "5 h ago", "3 days ago".
pub fn ago(now: Millis, at: Millis) -> String {
    match now - at {
        passed if passed < MINUTE => "just now".into(),
        passed => format!("{} ago", lasting(passed)),
    }
}

/// "12 min", "5 h", "3 days".
pub fn lasting(passed: Millis) -> String {
    match passed {
        passed if passed < HOUR => format!("{} min", (passed / MINUTE).max(1)),
        passed if passed < 2 * DAY => format!("{} h", passed / HOUR),
        passed => format!("{} days", passed / DAY),
    }
}

/// "1,204".
pub fn thousands(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let groups: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|g| std::str::from_utf8(g).expect("digits are ASCII")).collect();
    format!("{}{}", if n < 0 { "-" } else { "" }, groups.join(","))
}

/// "Monday 23 November 2026, 14:31": for titles.
pub fn exactly(at: Millis) -> String {
    zoned(at).strftime("%A %-d %B %Y, %H:%M").to_string()
}

/// "2026-11-23": the value of a date field.
pub fn day(at: Millis) -> String {
    zoned(at).date().to_string()
}

/// The first moment of a day given as "2026-11-23".
pub fn day_start(text: &str) -> Option<Millis> {
    let day: jiff::civil::Date = text.parse().ok()?;
    Some(day.to_zoned(TimeZone::system()).ok()?.timestamp().as_millisecond())
}

fn zoned(at: Millis) -> Zoned {
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(TimeZone::system())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_numbers_read_as_people_say_them() {
        assert_eq!(ago(10 * DAY, 10 * DAY - 30_000), "just now");
        assert_eq!(ago(10 * DAY, 10 * DAY - 2 * MINUTE), "2 min ago");
        assert_eq!(ago(10 * DAY, 9 * DAY), "24 h ago");
        assert_eq!(ago(10 * DAY, 2 * DAY), "8 days ago");
        assert_eq!([thousands(7), thousands(1_204), thousands(1_000_000)], ["7", "1,204", "1,000,000"]);
    }

    #[test]
    fn a_day_reads_back_as_it_was_written() {
        let start = day_start("2026-11-23").unwrap();
        assert_eq!(day(start), "2026-11-23");
        assert_eq!(day(start - 1), "2026-11-22");
        assert_eq!(day_start("23.11.2026"), None);
        assert!(exactly(start).starts_with("Monday 23 November 2026"));
    }
}
