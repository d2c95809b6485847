//! Times are human, with the exact one in the title.

use crate::database::Millis;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan, Zoned};

const MINUTE: Millis = 60_000;
/// UTC-12 to UTC+14 are all the offsets there are.
const OFFSET_MINUTES_MAX: i32 = 14 * 60;

/// Now, as the reader's clock shows it.
#[derive(Clone, Debug)]
pub struct Clock {
    now: Zoned,
}

/// A moment as a page shows it: `<time datetime="exact" title="title">human</time>`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct When {
    pub human: String,
    pub title: String,
    pub exact: String,
}

impl Clock {
    /// `offset_minutes`: east of UTC, as the reader's script told it in a cookie; zero where it did not.
    pub fn new(now: Millis, offset_minutes: i32) -> Clock {
        let offset = offset_minutes.clamp(-OFFSET_MINUTES_MAX, OFFSET_MINUTES_MAX);
        let zone = TimeZone::fixed(Offset::from_seconds(offset * 60).unwrap_or(Offset::UTC));
        Clock { now: timestamp(now).to_zoned(zone) }
    }

    /// The reader's day.
    pub fn today(&self) -> jiff::civil::Date {
        self.now.date()
    }

    /// In a list: "09:42", "Yesterday", "Fri", "12 Nov", "12 Nov 2024".
    pub fn short(&self, at: Millis) -> When {
        let then = self.at(at);
        let human = match self.days_ago(&then) {
            0 => then.strftime("%H:%M"),
            1 => return self.when(&then, "Yesterday".into()),
            2..=6 => then.strftime("%a"),
            _ if then.year() == self.now.year() => then.strftime("%-d %b"),
            _ => then.strftime("%-d %b %Y"),
        };
        self.when(&then, human.to_string())
    }

    /// In a conversation: "Today 09:31", "Yesterday 18:02", "Fri 20 Nov 11:40", "12 Nov 2024".
    pub fn long(&self, at: Millis) -> When {
        let then = self.at(at);
        let human = match self.days_ago(&then) {
            0 => then.strftime("Today %H:%M"),
            1 => then.strftime("Yesterday %H:%M"),
            2..=6 => then.strftime("%a %H:%M"),
            _ if then.year() == self.now.year() => then.strftime("%-d %b %H:%M"),
            _ => then.strftime("%-d %b %Y"),
        };
        self.when(&then, human.to_string())
    }

    /// A month: "March 2025".
    pub fn month(&self, at: Millis) -> String {
        self.at(at).strftime("%B %Y").to_string()
    }

    /// "5 h", "20 min", "3 days": how long something has waited.
    pub fn waited(&self, since: Millis) -> String {
        let minutes = (self.now.timestamp().as_millisecond() - since).max(0) / MINUTE;
        match minutes {
            0..1 => "a moment".into(),
            1..60 => format!("{minutes} min"),
            60..2880 => format!("{} h", minutes / 60),
            _ => format!("{} days", minutes / 1440),
        }
    }

    /// "3 h 10 min", "20 min", "4 days": how long something took.
    pub fn lasted(&self, time: Millis) -> String {
        let minutes = time.max(0) / MINUTE;
        match minutes {
            0..1 => "under a minute".into(),
            1..60 => format!("{minutes} min"),
            60..2880 if minutes % 60 == 0 => format!("{} h", minutes / 60),
            60..2880 => format!("{} h {} min", minutes / 60, minutes % 60),
            _ => format!("{} days", minutes / 1440),
        }
    }

    /// The reader's day of a moment.
    pub fn day(&self, at: Millis) -> jiff::civil::Date {
        self.at(at).date()
    }

    /// When a snooze may end, in words: the choices of the menu, those that lie ahead.
    pub fn snoozes(&self) -> Vec<(&'static str, &'static str, When)> {
        let all = ["later", "tomorrow", "monday", "week"].into_iter();
        let mut ahead: Vec<_> = all.filter_map(|name| Some((name, snooze_words(name), self.long_ahead(self.snooze(name)?)))).collect();
        // On a Monday "in a week" is that Monday, on a Sunday "tomorrow" is: one of two is enough.
        ahead.dedup_by(|next, first| next.2 == first.2);
        ahead
    }

    /// The moment that a snooze's name means; also `YYYY-MM-DDTHH:MM` as the reader's clock shows it.
    pub fn snooze(&self, name: &str) -> Option<Millis> {
        let morning = |days: i64| self.now.checked_add(days.days()).ok()?.with().hour(9).minute(0).second(0).subsec_nanosecond(0).build().ok();
        let at = match name {
            "later" => self.now.checked_add(3.hours()).ok()?.with().minute(0).second(0).subsec_nanosecond(0).build().ok()?,
            "tomorrow" => morning(1)?,
            "monday" => morning(i64::from(7 - self.now.weekday().to_monday_zero_offset()))?,
            "week" => morning(7)?,
            own => own.parse::<jiff::civil::DateTime>().ok()?.to_zoned(self.now.time_zone().clone()).ok()?,
        };
        Some(at.timestamp().as_millisecond())
    }

    /// A moment that lies ahead: "Today 18:00", "Tomorrow 09:00", "Mon 30 Nov 09:00".
    pub fn long_ahead(&self, at: Millis) -> When {
        let then = self.at(at);
        let human = match self.days_ago(&then) {
            0 => then.strftime("today %H:%M"),
            -1 => then.strftime("tomorrow %H:%M"),
            _ => then.strftime("%a %-d %b %H:%M"),
        };
        self.when(&then, human.to_string())
    }

    /// Whole seconds until then, rounded up; zero when it is past.
    pub fn seconds_until(&self, at: Millis) -> i64 {
        let left = at - self.now();
        if left > 0 { (left + 999) / 1000 } else { 0 }
    }

    /// The reader's zone, in seconds east of UTC.
    pub fn offset_seconds(&self) -> i32 {
        self.now.offset().seconds()
    }

    pub fn now(&self) -> Millis {
        self.now.timestamp().as_millisecond()
    }

    fn at(&self, at: Millis) -> Zoned {
        timestamp(at).to_zoned(self.now.time_zone().clone())
    }

    fn days_ago(&self, then: &Zoned) -> i64 {
        then.date().until(self.now.date()).map_or(0, |span| i64::from(span.get_days()))
    }

    fn when(&self, then: &Zoned, human: String) -> When {
        When { human, title: then.strftime("%A %-d %B %Y, %H:%M:%S %:z").to_string(), exact: then.timestamp().to_string() }
    }
}

fn snooze_words(name: &str) -> &'static str {
    match name {
        "later" => "Later today",
        "tomorrow" => "Tomorrow morning",
        "monday" => "Monday",
        _ => "In a week",
    }
}

/// Dates of a mail may be anything; what no calendar holds is shown as the beginning of time.
fn timestamp(at: Millis) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock() -> Clock {
        // Monday 23 November 2026, 14:30 UTC, read in Stockholm.
        Clock::new("2026-11-23T14:30:00Z".parse::<Timestamp>().unwrap().as_millisecond(), 60)
    }

    fn at(text: &str) -> Millis {
        text.parse::<Timestamp>().unwrap().as_millisecond()
    }

    #[test]
    fn a_time_is_as_near_as_it_needs_to_be() {
        let short = |text| clock().short(at(text)).human;
        assert_eq!(short("2026-11-23T08:42:00Z"), "09:42");
        assert_eq!(short("2026-11-22T08:42:00Z"), "Yesterday");
        assert_eq!(short("2026-11-20T08:42:00Z"), "Fri");
        assert_eq!(short("2026-11-12T08:42:00Z"), "12 Nov");
        assert_eq!(short("2024-11-12T08:42:00Z"), "12 Nov 2024");
    }

    #[test]
    fn snoozes_end_in_the_readers_morning() {
        assert_eq!(clock().snooze("tomorrow"), Some(at("2026-11-24T08:00:00Z")));
        assert_eq!(clock().snooze("monday"), Some(at("2026-11-30T08:00:00Z")));
        assert_eq!(clock().snooze("2026-12-01T17:15"), Some(at("2026-12-01T16:15:00Z")));
        assert_eq!(clock().snooze("never"), None);
    }

    #[test]
    fn p13_dates_of_no_calendar_are_shown_without_a_fault() {
        for odd in [i64::MIN, -1, 0, i64::MAX, at("9999-12-30T00:00:00Z")] {
            assert!(!clock().long(odd).human.is_empty());
        }
    }
}
