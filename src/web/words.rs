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

/// "09:42" today, "Yesterday", "Fri" within the week, "12 Nov" within the year, else "12 Nov 2024". In the server's zone.
pub fn when(now: Millis, at: Millis) -> String {
    let (now, at) = (zoned(now), zoned(at));
    let days = (now.date() - at.date()).get_days();
    match days {
        0 => at.strftime("%H:%M").to_string(),
        1 => "Yesterday".into(),
        2..=6 => at.strftime("%a").to_string(),
        _ if at.year() == now.year() => at.strftime("%-d %b").to_string(),
        _ => at.strftime("%-d %b %Y").to_string(),
    }
}

/// "Monday 23 November 2026, 14:31": for titles.
pub fn exactly(at: Millis) -> String {
    zoned(at).strftime("%A %-d %B %Y, %H:%M").to_string()
}

/// For `<time datetime>`: RFC 3339 in UTC.
pub fn machine(at: Millis) -> String {
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
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
    fn a_day_of_last_year_names_its_year() {
        let now = "2026-11-23T12:00:00Z".parse::<Timestamp>().unwrap().as_millisecond();
        assert_eq!(when(now, now - DAY), "Yesterday");
        assert_eq!(when(now, now - 400 * DAY), "19 Oct 2025");
        assert_eq!(when(now, now - 30 * DAY), "24 Oct");
    }
}
