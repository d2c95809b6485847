//! Date fields (RFC 5322 3.3) and what clients write instead.

use crate::database::Millis;

/// The instant and the zone offset in seconds east of UTC.
pub fn parse(text: &str) -> Option<(Millis, i32)> {
    let text = without_comments(text);
    let text = text.trim();
    let bytes = text.as_bytes();
    let iso = bytes.len() > 9 && bytes[..4].iter().all(u8::is_ascii_digit) && matches!(bytes[4], b'-' | b'/' | b'.');
    let mut read = Read::default();
    let separated = if iso { text.replacen('T', " ", 1) } else { text.to_owned() };
    for token in separated.split([' ', ',', '\t']).filter(|t| !t.is_empty()) {
        read.token(token, iso);
    }
    read.finish()
}

#[derive(Default)]
struct Read {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    time: Option<(i64, i64, i64)>,
    zone: Option<i32>,
    afternoon: Option<bool>,
}

impl Read {
    fn token(&mut self, token: &str, iso: bool) {
        if token.contains(':') && self.time.is_none() && token.as_bytes()[0].is_ascii_digit() {
            self.time_token(token);
        } else if self.time.is_some() && self.zone.is_none() && zone(token).is_some() {
            self.zone = zone(token);
        } else if token.eq_ignore_ascii_case("am") || token.eq_ignore_ascii_case("pm") {
            self.afternoon = Some(token.eq_ignore_ascii_case("pm"));
        } else if iso && self.year.is_none() {
            let mut numbers = token.split(['-', '/', '.']).map(|n| n.parse::<i64>().ok());
            (self.year, self.month, self.day) = (numbers.next().flatten(), numbers.next().flatten(), numbers.next().flatten());
        } else if let Some((day, rest)) = token.split_once(['-', '.', '/']).filter(|(_, rest)| !rest.is_empty()) {
            // 3-Mar-2016, 3.Mar.2016
            self.token(day, false);
            rest.split(['-', '.', '/']).for_each(|piece| self.token(piece, false));
        } else if let Ok(number) = token.trim_end_matches(|c: char| !c.is_ascii_digit()).parse::<i64>() {
            self.number(number);
        } else if self.month.is_none() {
            self.month = month(token);
        }
    }

    fn number(&mut self, number: i64) {
        if self.day.is_none() && (1..=31).contains(&number) {
            self.day = Some(number);
        } else if self.year.is_none() && self.day.is_some() {
            // RFC 5322 4.3: two digits, and the three that a year 2000 fault made.
            self.year = Some(match number {
                0..=49 => 2000 + number,
                50..=999 => 1900 + number,
                _ => number,
            });
        }
    }

    fn time_token(&mut self, token: &str) {
        let digits = token.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.')).unwrap_or(token.len());
        let mut numbers = token[..digits].split([':', '.']).map(|n| n.parse::<i64>().ok());
        if let (Some(Some(hour)), Some(Some(minute))) = (numbers.next(), numbers.next()) {
            self.time = Some((hour, minute, numbers.next().flatten().unwrap_or(0)));
        }
        let rest = &token[digits..];
        if !rest.is_empty() {
            self.token(rest, false);
        }
    }

    fn finish(self) -> Option<(Millis, i32)> {
        let (year, month, day) = (self.year?, self.month?, self.day?);
        let (mut hour, minute, second) = self.time.unwrap_or((0, 0, 0));
        match self.afternoon {
            Some(true) if hour < 12 => hour += 12,
            Some(false) if hour == 12 => hour = 0,
            _ => {}
        }
        let possible = (1..=12).contains(&month) && (1..=31).contains(&day) && (1900..=9999).contains(&year) && hour < 24 && minute < 60 && second <= 60;
        if !possible {
            // Before anything is multiplied: a stranger may write any number.
            return None;
        }
        let offset = self.zone.unwrap_or(0);
        let seconds = days_from_civil(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - i64::from(offset);
        Some((seconds * 1_000, offset))
    }
}

/// `2026-03-03T10:00:00+01:00`: the instant as a clock `offset` seconds east of UTC shows it (RFC 3339).
pub fn rfc3339(millis: Millis, offset: i32) -> String {
    let seconds = millis.div_euclid(1_000) + i64::from(offset);
    let (days, of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil_from_days(days);
    let minutes = offset.abs() / 60;
    let sign = if offset < 0 { '-' } else { '+' };
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

fn zone(token: &str) -> Option<i32> {
    let named = token.to_ascii_uppercase();
    let numeric = named.strip_prefix("GMT").or_else(|| named.strip_prefix("UTC")).filter(|rest| !rest.is_empty()).unwrap_or(&named);
    if let Some(digits) = numeric.strip_prefix(['+', '-']) {
        let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
        let (hours, minutes) = match digits.len() {
            1 | 2 => (digits.parse::<i32>().ok()?, 0),
            3 => (digits[..1].parse().ok()?, digits[1..].parse().ok()?),
            4 => (digits[..2].parse().ok()?, digits[2..].parse().ok()?),
            _ => return None,
        };
        let seconds = hours * 3_600 + minutes * 60;
        return (hours < 24 && minutes < 60).then_some(if numeric.starts_with('-') { -seconds } else { seconds });
    }
    let hours = match named.as_str() {
        "GMT" | "UTC" | "UT" | "Z" | "WET" => 0,
        "CET" | "MEZ" | "BST" | "WEST" | "MET" => 1,
        "CEST" | "MESZ" | "EET" | "MEST" => 2,
        "EEST" | "MSK" => 3,
        "JST" | "KST" => 9,
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        _ => return None,
    };
    Some(hours * 3_600)
}

/// English first, then the abbreviations that localised clients write.
fn month(token: &str) -> Option<i64> {
    const NAMES: [&[&str]; 12] = [
        &["jan", "ene", "gen", "янв"],
        &["feb", "fev", "fév", "фев"],
        &["mar", "mär", "mrz", "maa", "mrt", "мар"],
        &["apr", "avr", "abr", "апр"],
        &["may", "mai", "mag", "mei", "maj", "мая"],
        &["jun", "juin", "giu", "июн"],
        &["jul", "juil", "lug", "июл"],
        &["aug", "aoû", "aou", "ago", "авг"],
        &["sep", "set", "сен"],
        &["oct", "okt", "ott", "out", "окт"],
        &["nov", "ноя"],
        &["dec", "dez", "déc", "dic", "дек"],
    ];
    let token = token.to_lowercase();
    NAMES.iter().position(|names| names.iter().any(|name| token.starts_with(name))).map(|at| at as i64 + 1)
}

fn without_comments(text: &str) -> String {
    let mut depth = 0usize;
    let kept = text.chars().filter(|c| {
        match c {
            '(' => depth += 1,
            ')' => {
                depth = depth.saturating_sub(1);
                return false;
            }
            _ => {}
        }
        depth == 0
    });
    kept.take(200).collect()
}

/// Days since 1970-01-01 of a date in the proleptic Gregorian calendar (Howard Hinnant's algorithm).
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    #[test]
    fn dates_are_read_as_clients_write_them() {
        for (written, meant) in [
            ("Tue, 03 Mar 2026 10:00:00 +0100", "2026-03-03T10:00:00+01:00"),
            ("3 Mar 26 10:00 GMT", "2026-03-03T10:00:00+00:00"),
            ("Tue, 3 Mar 2026 10:00:00 -0430 (VET)", "2026-03-03T10:00:00-04:30"),
            ("Tue Mar  3 10:00:00 2026", "2026-03-03T10:00:00+00:00"),
            ("Tue Mar  3 10:00:00 CET 2026", "2026-03-03T10:00:00+01:00"),
            ("2026-03-03T10:00:00.123+01:00", "2026-03-03T10:00:00+01:00"),
            ("2026-03-03 10:00:00Z", "2026-03-03T10:00:00+00:00"),
            ("3-Mar-2026 22:15:30 EST", "2026-03-03T22:15:30-05:00"),
            ("Di, 3 Mär 2026 10:00:00 +0100", "2026-03-03T10:00:00+01:00"),
            ("Tue, 03 Mar 2026 10:00:00 PM +0000", "2026-03-03T22:00:00+00:00"),
            ("Tue,03 Mar 2026 10:00:00 GMT+0200", "2026-03-03T10:00:00+02:00"),
            ("29 Feb 1996 23:59:60 +0000", "1996-03-01T00:00:00+00:00"),
        ] {
            let read = super::parse(written).map(|(millis, offset)| super::rfc3339(millis, offset));
            assert_eq!(read.as_deref(), Some(meant), "{written}");
        }
        let beyond = [
            "Tue, 03 Mar 2026 9223372036854775807:00:00 +0000",
            "Tue, 03 Mar 2026 10:9223372036854775807:9223372036854775807 +0000",
            "Tue, 03 Mar 9223372036854775807 10:00:00 +0000",
            "2026-03-9223372036854775807 10:00",
            "9999-9223372036854775807-03 10:00",
        ];
        for nonsense in ["", "yesterday", "99 Xyz 2026", "Tue, 45 Mar 2026", "::::", "1 2 3 4 5"].into_iter().chain(beyond) {
            assert_eq!(super::parse(nonsense), None, "{nonsense}");
        }
    }
}
