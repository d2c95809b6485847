//! At what pace follow-ups go: as a person would write them, one after another, while it is day where they are read, few to each.
//! Pure: who asks says what time it is and what went before.

use crate::database::Millis;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned, civil};
use serde::{Deserialize, Serialize};

pub const HOUR: Millis = 60 * 60 * 1000;
/// The stretch in which letters to a person are counted.
pub const MONTH: Millis = 30 * 24 * HOUR;
/// A letter a minute: who sends more writes to nobody in particular.
pub const PER_HOUR_MAX: i64 = 60;
/// More in a month is no personal mail any more.
pub const PER_MONTH_MAX: i64 = 10;
/// Steps in which a time is looked for that is day in all zones of a country: two weeks of two zones.
const STEPS_MAX: usize = 60;

/// What the owner may set; the setting `follow_ups_pace`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// For the whole shop.
    pub per_hour: i64,
    /// To one person in 30 days.
    pub per_month: i64,
    /// Of the recipient's day: from this hour …
    pub from_hour: i8,
    /// … until before this one.
    pub until_hour: i8,
    /// Sundays are days like others, as where the shop is open on them.
    #[serde(default)]
    pub sundays: bool,
    /// ISO 3166-1 alpha-2: where those live of whom nothing is known; empty: where the shop's language is spoken.
    pub country: String,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace { per_hour: 20, per_month: 2, from_hour: 9, until_hour: 19, sundays: false, country: String::new() }
    }
}

impl Pace {
    /// Whatever a file or an old version says, within what is humane.
    pub fn sane(self) -> Pace {
        let from_hour = self.from_hour.clamp(0, 22);
        Pace {
            per_hour: self.per_hour.clamp(1, PER_HOUR_MAX),
            per_month: self.per_month.clamp(1, PER_MONTH_MAX),
            from_hour,
            until_hour: self.until_hour.clamp(from_hour + 1, 24),
            ..self
        }
    }
}

/// What stands in the way of one letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Go {
    Now,
    /// It is night or a day of rest there.
    AtDay(Millis),
    /// They had as many as a month allows.
    WhenRested(Millis),
}

/// Whether the shop may write another one now; `went`: when the last ones went. Evenly: an hour's letters do not leave in its first minute.
pub fn shop_may(pace: &Pace, went: &[Millis], now: Millis) -> bool {
    // Rounded up, so that no hour holds one more.
    let gap = (HOUR + pace.per_hour - 1) / pace.per_hour;
    let of_hour = went.iter().filter(|at| **at > now - HOUR).count();
    i64::try_from(of_hour).is_ok_and(|n| n < pace.per_hour) && went.iter().all(|at| now - at >= gap)
}

/// Whether somebody in `zones`, to whom others went at `went`, may be written to now; else when.
pub fn they_may(pace: &Pace, zones: &[TimeZone], went: &[Millis], now: Millis) -> Go {
    let mut of_month: Vec<Millis> = went.iter().copied().filter(|at| *at > now - MONTH).collect();
    of_month.sort_unstable();
    let allowed = usize::try_from(pace.per_month).unwrap_or(1);
    if of_month.len() >= allowed {
        let free_at = of_month[of_month.len() - allowed] + MONTH;
        return Go::WhenRested(next_day(pace, zones, free_at));
    }
    match next_day(pace, zones, now) {
        at if at == now => Go::Now,
        at => Go::AtDay(at),
    }
}

/// The first moment from `at` on that is day, and no day of rest, in all `zones`; in the first, where no moment is so in all.
pub fn next_day(pace: &Pace, zones: &[TimeZone], at: Millis) -> Millis {
    let mut when = at;
    for _ in 0..STEPS_MAX {
        let next = zones.iter().map(|zone| next_day_in(pace, zone, when)).max().unwrap_or(when);
        if next == when {
            return when;
        }
        when = next;
    }
    zones.first().map_or(at, |zone| next_day_in(pace, zone, at))
}

fn next_day_in(pace: &Pace, zone: &TimeZone, at: Millis) -> Millis {
    let Ok(then) = Timestamp::from_millisecond(at).map(|at| at.to_zoned(zone.clone())) else { return at };
    let is_rest = |day: civil::Date| !pace.sundays && day.weekday() == civil::Weekday::Sunday;
    if !is_rest(then.date()) && (pace.from_hour..pace.until_hour).contains(&then.hour()) {
        return at;
    }
    let is_over = is_rest(then.date()) || then.hour() >= pace.until_hour;
    let mut day = then.date();
    if is_over {
        day = day.saturating_add(1.day());
    }
    while is_rest(day) {
        day = day.saturating_add(1.day());
    }
    morning(day, pace.from_hour, zone).filter(|morning| *morning > at).unwrap_or(at + HOUR)
}

fn morning(day: civil::Date, hour: i8, zone: &TimeZone) -> Option<Millis> {
    let zoned: Zoned = day.at(hour, 0, 0, 0).to_zoned(zone.clone()).ok()?;
    Some(zoned.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests;
