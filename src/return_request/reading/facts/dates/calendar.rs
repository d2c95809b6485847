//! Days by their numbers: which one is meant, and that it is over.

use super::Today;
use super::day::Day;
use jiff::civil::Date;

/// Nobody sends back what came longer ago; such a day is another one.
pub const DAYS_BACK_MAX: i32 = 400;
/// Of two readings of 10/11 the nearer is meant, where the other lies further back than this.
const DAYS_NEAR: i32 = 60;

/// Day before month, as most write; where only the other way round gives a day that is over, it is meant. English writes both, and
/// where both could be, neither is certain.
pub fn either(day_first: Option<Date>, month_first: Option<Date>, token: &str, today: Today) -> Option<Day> {
    let near = |date: Date| date.until(today.date).is_ok_and(|back| back.get_days() <= DAYS_NEAR);
    let open = token.contains('/') && today.language.is_none_or(|language| language == "en");
    let sure = |date: Date| Day { date, length: 1, certain: true };
    match (day_first, month_first) {
        (Some(day_first), Some(month_first)) if open && day_first != month_first => match (near(day_first), near(month_first)) {
            (false, true) => Some(Day { certain: false, ..sure(month_first) }),
            (true, false) => Some(sure(day_first)),
            _ => Some(Day { certain: false, ..sure(day_first) }),
        },
        (day_first, month_first) => day_first.or(month_first).map(sure),
    }
}

pub fn back(today: Date, days: i32) -> Option<Date> {
    today.checked_sub(jiff::Span::new().days(days)).ok()
}

/// Without a year: the newest such day that is not ahead.
pub fn newest(month: i16, day: i16, today: Date) -> Option<Date> {
    past(today.year(), month, day, today).or_else(|| past(today.year() - 1, month, day, today))
}

/// The newest day of a month with that number.
pub fn newest_of_month(day: i8, today: Date) -> Option<Date> {
    let months = (0..=2).filter_map(|months| today.first_of_month().checked_sub(jiff::Span::new().months(months)).ok());
    { months }.find_map(|first| Date::new(first.year(), first.month(), day).ok().filter(|date| *date <= today))
}

pub fn past(year: i16, month: i16, day: i16, today: Date) -> Option<Date> {
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let back = date.until(today).ok()?.get_days();
    (date <= today && back <= DAYS_BACK_MAX).then_some(date)
}
