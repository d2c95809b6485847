//! A day as people write it: a date, a weekday, "three days ago", counted from the day on which the letter was written.

use super::super::words;
use super::calendar::{DAYS_BACK_MAX, back, either, newest, newest_of_month, past};
use super::{Text, Today};
use jiff::civil::Date;

/// A day and how many words it takes; not certain where it could be another.
#[derive(Clone, Copy)]
pub struct Day {
    pub date: Date,
    pub length: usize,
    pub certain: bool,
}

impl Text<'_> {
    /// The day that begins at a word.
    pub fn day_at(&self, at: usize, today: Today) -> Option<Day> {
        self.near_day(at, today.date)
            .or_else(|| self.weekday(at, today))
            .or_else(|| self.written_day(at, today))
            .or_else(|| self.days_ago(at, today.date))
            .or_else(|| self.day_of_month(at, today.date))
    }

    /// Yesterday, today, this morning, the day before yesterday.
    fn near_day(&self, at: usize, today: Date) -> Option<Day> {
        let phrase = |words: &[&str]| words.iter().enumerate().all(|(n, word)| self.word(at + n) == *word);
        let day = |days: i32, length: usize| back(today, days).map(|date| Day { date, length, certain: true });
        let two_back: &[&[&str]] = &[
            &["day", "before", "yesterday"],
            &["avant", "hier"],
            &["antes", "de", "ayer"],
            &["antes", "de", "ontem"],
            &["laltro", "ieri"],
            &["ieri", "laltro"],
        ];
        if let Some(phrase) = two_back.iter().find(|words| phrase(words)) {
            return day(2, phrase.len());
        }
        let word = self.word(at);
        if words::is("before_yesterday", word) {
            return day(2, 1);
        }
        if words::is("yesterday", word) {
            return day(1, 1);
        }
        if phrase(&["i", "gar"]) || phrase(&["last", "night"]) {
            return day(1, 2);
        }
        if words::is("today", word) {
            return day(0, 1);
        }
        if phrase(&["i", "dag"]) || (words::is("this", word) && words::is("part_of_day", self.word(at + 1))) {
            return day(0, 2);
        }
        None
    }

    fn days_ago(&self, at: usize, today: Date) -> Option<Day> {
        let number = words::number(self.word(at))?;
        let in_weeks = words::is("weeks", self.word(at + 1));
        if !in_weeks && !words::is("days", self.word(at + 1)) {
            return None;
        }
        let days = if in_weeks { number.checked_mul(7)? } else { number };
        let before = |steps: usize| at.checked_sub(steps).map_or("", |at| self.word(at));
        let il_y_a = before(1) == "a" && before(2) == "y";
        let is_past = il_y_a || [before(1), before(2), self.word(at + 2)].iter().any(|word| words::is("ago", word));
        // "Two weeks ago" is seldom meant to the day; nor is "vor etwa drei Tagen".
        let certain = !in_weeks && !words::is("about", before(1));
        (is_past && (0..=DAYS_BACK_MAX).contains(&days)).then(|| back(today, days)).flatten().map(|date| Day { date, length: 2, certain })
    }

    /// "on Thursday", "last Thursday", "Friday the 20th", "Wednesday of last week".
    fn weekday(&self, at: usize, today: Today) -> Option<Day> {
        let before = at.checked_sub(1).map_or("", |at| self.word(at));
        let weekday = words::numbered("weekday", self.word(at), 0, 6)
            .or_else(|| words::numbered("feira", self.word(at), 0, 4).filter(|_| words::is("before_feira", before) || words::is("last", self.word(at + 1))))?;
        if let Some(written) = self.date_behind(at, weekday, today) {
            let fits = written.date.weekday().to_monday_zero_offset() == weekday;
            return Some(Day { certain: written.certain && fits, ..written });
        }
        if words::is("coming", before) || words::is("coming", self.word(at + 1)) {
            return None;
        }
        let days = (today.date.weekday().to_monday_zero_offset() - weekday).rem_euclid(7);
        if self.says_last_week(at) {
            let of_week = i32::from(today.date.weekday().to_monday_zero_offset() - weekday);
            return back(today.date, of_week + 7).map(|date| Day { date, length: 1, certain: true });
        }
        if before.starts_with("vorletzt") {
            return back(today.date, i32::from(days) + 7).map(|date| Day { date, length: 1, certain: false });
        }
        if self.word(at).ends_with("dags") {
            // Swedish "i torsdags" is over, whatever today is.
            let days = if days == 0 { 7 } else { i32::from(days) };
            return back(today.date, days).map(|date| Day { date, length: 1, certain: true });
        }
        let says_last = words::is("last", before) || words::is("last", self.word(at + 1));
        // On a Tuesday, "last Tuesday" is a week ago, "Tuesday" perhaps today; "last Monday" may be yesterday or the one before.
        let (days, certain) = match days {
            0 if says_last => (7, true),
            0 => (0, false),
            1 if says_last => (1, false),
            days => (days, true),
        };
        back(today.date, i32::from(days)).map(|date| Day { date, length: 1, certain })
    }

    /// The date that follows a weekday, with the weekday counted in.
    fn date_behind(&self, at: usize, weekday: i8, today: Today) -> Option<Day> {
        let articles = (at + 1..self.words.len()).take(2).take_while(|next| words::is("article", self.word(*next))).count();
        let next = at + 1 + articles;
        let is_day = || self.stands_alone(next) || self.words.get(next).is_some_and(|word| word.ends_with(char::is_alphabetic));
        let day = || self.ordinal(next).filter(|_| is_day()).and_then(|day| newest_of_month(day, today.date));
        // "El martes 17 no es …": where both say the same, no word behind them is needed.
        let fitting = || self.ordinal(next).and_then(|day| newest_of_month(day, today.date)).filter(|date| date.weekday().to_monday_zero_offset() == weekday);
        let ordinal = || day().or_else(fitting).map(|date| Day { date, length: 1, certain: true });
        let written = self.written_day(next, today).or_else(ordinal)?;
        Some(Day { length: written.length + 1 + articles, ..written })
    }

    /// "last week" right before or behind a word.
    fn says_last_week(&self, at: usize) -> bool {
        let near = at.saturating_sub(3)..(at + 6).min(self.words.len());
        near.filter(|week| words::is("weeks", self.word(*week))).any(|week| {
            let beside = [week.checked_sub(1).map_or("", |before| self.word(before)), self.word(week + 1)];
            beside.iter().any(|word| words::is("last", word) && *word != "i")
        })
    }

    /// "on the 19th", "am 19.", "le 19", where no noun follows.
    fn day_of_month(&self, at: usize, today: Date) -> Option<Day> {
        let before = at.checked_sub(1).map_or("", |at| self.word(at));
        let day = self.ordinal(at).filter(|_| words::is("day_article", before))?;
        self.stands_alone(at).then(|| newest_of_month(day, today)).flatten().map(|date| Day { date, length: 1, certain: true })
    }

    /// Whether no noun follows that would make a number a count.
    fn stands_alone(&self, at: usize) -> bool {
        let behind = &self.whole[self.place(at, 1).1..];
        let rest = behind.trim_start_matches('.');
        rest.trim_start().is_empty()
            || rest.starts_with([',', '!', '?', '\n', ')', ';', ':'])
            || behind.starts_with(". ")
            || words::is("follows", self.word(at + 1))
    }

    /// 19th, 19., 19:e, 1er: a day of some month. A bare number is one only behind an article.
    fn ordinal(&self, at: usize) -> Option<i8> {
        let word = self.words.get(at)?;
        let digits = word.trim_end_matches(|c: char| c.is_alphabetic() || matches!(c, ':' | '.'));
        let ending = &word[digits.len()..];
        let known = matches!(ending, "" | "st" | "nd" | "rd" | "th" | "er" | "e" | "de" | "ste" | ":e" | ":a" | "." | "o");
        digits.parse().ok().filter(|day| known && (1..=31).contains(day))
    }

    /// 2026-11-19, 19.11.2026, 19.11., 19/11, "19 Nov", "Nov 19th 2026", "19 de noviembre", "19-Nov-2026".
    fn written_day(&self, at: usize, today: Today) -> Option<Day> {
        let token = self.tokens.get(at)?.1;
        if self.is_sum_or_hour(at) {
            return None;
        }
        let parts: Vec<&str> = token.split(['.', '/', '-']).filter(|part| !part.is_empty()).collect();
        let numbers: Option<Vec<i16>> = parts.iter().map(|part| if part.len() <= 4 { part.parse().ok() } else { None }).collect();
        let sure = |date: Date| Day { date, length: 1, certain: true };
        match numbers.as_deref() {
            Some([year, month, day]) if parts[0].len() == 4 => return past(*year, *month, *day, today.date).map(sure),
            Some([day, month, year]) if parts[2].len() == 4 || parts[2].len() == 2 => {
                let year = if *year < 100 { 2000 + year } else { *year };
                return either(past(year, *month, *day, today.date), past(year, *day, *month, today.date), token, today);
            }
            Some([day, month]) if token.contains(['.', '/']) && !token.contains('-') => {
                return either(newest(*month, *day, today.date), newest(*day, *month, today.date).filter(|_| token.contains('/')), token, today);
            }
            _ => {}
        }
        self.named_month(at, today.date)
    }

    /// 10.11 €, 10.11 Uhr.
    fn is_sum_or_hour(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map_or("", |at| self.word(at));
        let is_unit =
            |word: &str| matches!(word, "€" | "$" | "£" | "eur" | "euro" | "euros" | "usd" | "gbp" | "chf" | "sek" | "kr" | "uhr" | "h" | "am" | "pm");
        let next = self.word(at + 1);
        matches!(before, "€" | "$" | "£" | "eur" | "usd" | "gbp" | "um") || (is_unit(next) && self.word(at).contains('.'))
    }

    fn named_month(&self, at: usize, today: Date) -> Option<Day> {
        let month = |word: &str| words::numbered("month", word.trim_end_matches('.'), 1, 12).map(i16::from);
        let year = |at: usize| self.words.get(at).and_then(|w| w.parse::<i16>().ok()).filter(|y| (2000..2100).contains(y));
        let with_year = |day: i16, month: i16, next: usize| {
            let length = next - at;
            let dated = year(next).map(|year| (past(year, month, day, today), length + 1));
            let (date, length) = dated.unwrap_or_else(|| (newest(month, day, today), length));
            date.map(|date| Day { date, length, certain: true })
        };
        // One word: 19.November, 19-Nov-2026.
        let pieces: Vec<&str> = self.word(at).split(['.', '-', '/']).filter(|piece| !piece.is_empty()).collect();
        if let [day, name, rest @ ..] = &pieces[..]
            && let (Ok(day), Some(month)) = (day.parse::<i16>(), month(name))
        {
            let year = rest.first().and_then(|year| year.parse::<i16>().ok()).map(|year| if year < 100 { 2000 + year } else { year });
            let date = year.map_or_else(|| newest(month, day, today), |year| past(year, month, day, today));
            return date.map(|date| Day { date, length: 1, certain: true });
        }
        let number = |at: usize| self.ordinal(at).map(i16::from);
        if let Some(day) = number(at) {
            let of = usize::from(matches!(self.word(at + 1), "of" | "de" | "di"));
            if let Some(month) = month(self.word(at + 1 + of)) {
                return with_year(day, month, at + 2 + of);
            }
        }
        if let (Some(month), Some(day)) = (month(self.word(at)), number(at + 1)) {
            return with_year(day, month, at + 2);
        }
        None
    }
}
