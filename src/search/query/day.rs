//! Days as people write them: 2026-03-31, 2026-03, 2026, today, yesterday, 7d, 2w.

use crate::database::Millis;
use jiff::civil::{Date, date};

const SECOND: Millis = 1000;
const DAY: Millis = 24 * 60 * 60 * SECOND;

/// The moment at which `word` begins, where clocks stand `offset` seconds east of UTC.
pub fn begin_of(word: &str, now: Millis, offset: i32) -> Option<Millis> {
    let word = word.trim().to_lowercase();
    let east = Millis::from(offset) * SECOND;
    let today = now.saturating_add(east).div_euclid(DAY) * DAY - east;
    match word.as_str() {
        "today" => return Some(today),
        "yesterday" => return Some(today - DAY),
        _ => {}
    }
    if let Some(ago) = ago(&word) {
        return Some(now.saturating_sub(ago));
    }
    let midnight = midnight(&word)?;
    Some(midnight - east)
}

/// "7d", "2w", "3m", "1y": how long before now.
fn ago(word: &str) -> Option<Millis> {
    let unit = word.chars().next_back()?;
    let days = match unit {
        'd' => 1,
        'w' => 7,
        'm' => 30,
        'y' => 365,
        _ => return None,
    };
    let count: Millis = word[..word.len() - 1].parse().ok().filter(|n| (0..=100_000).contains(n))?;
    Some(count * days * DAY)
}

/// Midnight UTC at the beginning of a day, month or year.
fn midnight(word: &str) -> Option<Millis> {
    let mut parts = word.split(['-', '/', '.']);
    let year: i16 = parts.next().filter(|y| y.len() == 4 && y.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()?;
    let month: i8 = parts.next().map_or(Some(1), number)?;
    let day: i8 = parts.next().map_or(Some(1), number)?;
    if parts.next().is_some() {
        return None;
    }
    let wanted = Date::new(year, month, day).ok()?;
    let days = wanted.since(date(1970, 1, 1)).ok()?.get_days();
    Some(Millis::from(days) * DAY)
}

fn number(part: &str) -> Option<i8> {
    part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok()).flatten()
}
