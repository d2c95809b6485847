//! The lines of a return's form: what each asks, what was typed into it, and whether that can be understood.

use crate::money::{Amount, Currency};
use crate::return_request::fact::Facts;
use crate::return_request::fields::{self, Kind, OwnField, Value};
use crate::return_request::reading::Found;
use crate::return_request::words;
use jiff::civil::Date;

/// One question of the form.
pub struct Line {
    pub name: String,
    pub label: String,
    pub hint: String,
    /// `text`, `date`, `choice` or `number`: how the page asks.
    pub kind: &'static str,
    /// Code and words.
    pub choices: Vec<(String, String)>,
    pub value: String,
    pub required: bool,
    /// Asked now. What is not asked yet is read all the same: an answer to a page that asked it.
    pub asked: bool,
    /// Beside the order number: the tick of who has none, and whether it is set.
    pub none: Option<bool>,
    pub complaint: Option<&'static str>,
}

/// The questions, in their order. The amount is the shop's to know, and photos have a place of their own.
const ASKED: &[&str] = &[fields::ORDER_NUMBER, fields::ORDERED_AS, fields::ITEM, fields::REASON, fields::DELIVERED_ON, fields::WISH, fields::PACKAGING];
/// Of whom it does not concern they are no question: never required.
const NOT_OF_ALL: &[&str] = &[fields::ORDERED_AS, fields::PACKAGING];
/// The tick beside the order number.
pub const NO_NUMBER: &str = "no_number";
const NEEDED: &[&str] = &[fields::ORDER_NUMBER, fields::REASON, fields::WISH];
const TEXT_CHARS_MAX: usize = 500;
/// Ten thousand million with cents is no price.
const DIGITS_MAX: usize = 12;

/// The form with what is known filled in.
pub fn lines(facts: &Facts, own: &[OwnField], missing: &[String], language: &str) -> Vec<Line> {
    let built_in = ASKED.iter().map(|name| {
        let kind = fields::BUILT_IN.iter().find(|(known, _)| known == name).map_or(Kind::Text, |(_, kind)| *kind);
        let choices = words::codes(name).into_iter().map(|code| (code.to_owned(), words::choice(name, code, language).to_owned())).collect();
        Line {
            name: (*name).to_owned(),
            label: words::question(name, language).to_owned(),
            hint: words::hint(name, language).unwrap_or_default().to_owned(),
            kind: html_kind(kind),
            choices,
            value: known(facts, name),
            required: !NOT_OF_ALL.contains(name) && (NEEDED.contains(name) || missing.iter().any(|m| m == name)),
            asked: *name != fields::PACKAGING || facts.get(name).is_some() || missing.iter().any(|m| m == name),
            none: (*name == fields::ORDER_NUMBER).then(|| facts.certain(fields::ORDERED_AS).is_some()),
            complaint: None,
        }
    });
    let owners = own.iter().map(|field| Line {
        name: field.key.clone(),
        label: words::own_question(field, language).to_owned(),
        hint: String::new(),
        kind: html_kind(field.kind),
        choices: field.choices.iter().map(|(code, _)| (code.clone(), words::own_choice(field, code, language).to_owned())).collect(),
        value: known(facts, &field.key),
        required: field.required,
        asked: true,
        none: None,
        complaint: None,
    });
    built_in.chain(owners).collect()
}

/// Puts what was typed into the lines and reads it; a line that cannot be understood complains and keeps its text.
pub fn answered(lines: &mut [Line], typed: impl Fn(&str) -> String, own: &[OwnField], today: Date) -> Vec<Found> {
    let mut found = Vec::new();
    for line in lines {
        let before = std::mem::replace(&mut line.value, typed(&line.name).chars().take(TEXT_CHARS_MAX).collect());
        let kind = own.iter().find(|field| field.key == line.name).map(|field| field.kind);
        let kind = kind.or_else(|| fields::BUILT_IN.iter().find(|(name, _)| *name == line.name).map(|(_, kind)| *kind)).unwrap_or(Kind::Text);
        // Who typed a number all the same has one; who said what it was ordered as needs no tick; one that we read and they left is none.
        if line.none.is_some() {
            let ticked = !typed(NO_NUMBER).is_empty();
            let left = line.value.trim().is_empty() || (ticked && line.value == before);
            line.none = Some(left && (ticked || !typed(fields::ORDERED_AS).is_empty()));
            line.value.truncate(if left { 0 } else { line.value.len() });
        }
        line.asked |= !line.value.is_empty();
        match read(line, kind, today) {
            Ok(None) if line.required && line.none != Some(true) => line.complaint = Some("e_missing"),
            Ok(None) => {}
            Ok(Some(value)) => found.push(Found { field: line.name.clone(), value, sentence: line.value.trim().to_owned(), certain: true }),
            Err(complaint) => line.complaint = Some(complaint),
        }
    }
    found
}

/// Who has no order number and says nothing more ordered as who they are, `otherwise`; who has one is asked for nothing instead.
pub fn ordered_as(lines: &[Line], found: &mut Vec<Found>, otherwise: &str) {
    let has_none = lines.iter().any(|line| line.none == Some(true));
    found.retain(|found| has_none || found.field != fields::ORDERED_AS);
    let unsaid = has_none && found.iter().all(|found| found.field != fields::ORDERED_AS);
    if let Some(value) = Some(otherwise.trim()).filter(|otherwise| unsaid && !otherwise.is_empty()) {
        found.push(Found { field: fields::ORDERED_AS.into(), value: Value::Text(value.into()), sentence: value.into(), certain: true });
    }
}

fn read(line: &Line, kind: Kind, today: Date) -> Result<Option<Value>, &'static str> {
    let text = line.value.trim();
    if text.is_empty() {
        return Ok(None);
    }
    match kind {
        Kind::Choice => line.choices.iter().find(|(code, _)| code == text).map(|(code, _)| Some(Value::Text(code.clone()))).ok_or("e_missing"),
        // An owner may ask for any day; what was delivered has been.
        Kind::Date if line.name != fields::DELIVERED_ON => day(text).map(|day| Some(Value::Date(day))).ok_or("e_date"),
        Kind::Date => day(text).ok_or("e_date").and_then(|day| past(day, today)).map(|day| Some(Value::Date(day))),
        Kind::Number => text.parse().map(|number| Some(Value::Count(number))).map_err(|_| "e_number"),
        Kind::Amount => amount(text).map(|amount| Some(Value::Amount(amount))).ok_or("e_amount"),
        Kind::Text | Kind::Photos => Ok(Some(Value::Text(text.to_owned()))),
    }
}

/// The other side of the world is a day ahead.
fn past(day: Date, today: Date) -> Result<Date, &'static str> {
    if day > today.tomorrow().unwrap_or(today) { Err("e_future") } else { Ok(day) }
}

/// 2026-11-19, 19.11.2026, 19/11/2026 or 19-11-2026: the day comes first wherever the year does not.
pub fn day(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split(['-', '.', '/', ' ']).filter(|part| !part.is_empty()).collect();
    let [a, b, c] = parts[..] else { return None };
    let number = |text: &str| text.parse::<i16>().ok();
    let (year, month, day) = if a.len() == 4 { (a, b, c) } else { (c, b, a) };
    let year = number(year).map(|year| if year < 100 { 2000 + year } else { year })?;
    Date::new(year, i8::try_from(number(month)?).ok()?, i8::try_from(number(day)?).ok()?).ok()
}

/// "68", "68,00 €", "EUR 68": one sum and nothing beside it. Of "2 x 34 EUR" nobody can tell which number was meant.
pub fn amount(text: &str) -> Option<Amount> {
    let text = text.trim();
    let (first, last) = (text.find(|c: char| c.is_ascii_digit())?, text.rfind(|c: char| c.is_ascii_digit())?);
    let (before, digits, behind) = (text[..first].trim(), &text[first..=last], &text[last + 1..]);
    // "68,-" is 68.
    let round = [".-", ",-", ".–", ",–", ".—", ",—"].iter().find_map(|mark| behind.strip_prefix(mark));
    let behind = round.unwrap_or(behind).trim();
    let (left, right) = (unit(before)?, unit(behind)?);
    if (left.is_some() && right.is_some() && left != right) || !is_one_number(digits) {
        return None;
    }
    Amount::from_digits(digits, left.or(right)).filter(|amount| amount.minor > 0)
}

/// What stands beside the number, which has to be a currency or nothing.
fn unit(text: &str) -> Option<Option<Currency>> {
    let signs = [("€", "EUR"), ("£", "GBP"), ("$", "USD"), ("¥", "JPY")];
    match signs.iter().find(|(sign, _)| *sign == text) {
        // Three countries have crowns.
        _ if matches!(text, "" | "kr" | "kr.") => Some(None),
        Some((_, code)) => Some(Currency::parse(code)),
        None => Currency::parse(text).map(Some),
    }
}

/// "1234", "1.234", "1 234,50": digits in one run or in threes, with at most one decimal mark.
fn is_one_number(text: &str) -> bool {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let in_threes = |text: &str, mark: char| {
        let (first, rest) = text.split_once(mark).unwrap_or((text, ""));
        is_digits(first) && first.len() <= 3 && rest.split(mark).all(|group| is_digits(group) && group.len() == 3)
    };
    let whole = |text: &str, marks: &[char]| is_digits(text) || marks.iter().any(|mark| in_threes(text, *mark));
    let spaces = [' ', '\u{a0}', '\u{202f}', '\'', '’'];
    let short = text.chars().filter(char::is_ascii_digit).count() <= DIGITS_MAX;
    let decimals = |mark: char, other: char| {
        text.rsplit_once(mark).is_some_and(|(before, part)| is_digits(part) && part.len() <= 2 && whole(before, &[&spaces[..], &[other]].concat()))
    };
    short && (whole(text, &[&spaces[..], &['.', ',']].concat()) || decimals('.', ',') || decimals(',', '.'))
}

fn known(facts: &Facts, field: &str) -> String {
    match facts.get(field).map(|fact| &fact.value) {
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Date(date)) => date.to_string(),
        Some(other) => other.shown(),
        None => String::new(),
    }
}

fn html_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Choice => "choice",
        Kind::Date => "date",
        Kind::Number => "number",
        Kind::Text | Kind::Amount | Kind::Photos => "text",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_sums_are_read_as_people_write_them() {
        let want = Date::new(2026, 11, 19).ok();
        for text in ["2026-11-19", "19.11.2026", "19/11/2026", "19-11-26", "19. 11. 2026"] {
            assert_eq!(day(text), want, "{text}");
        }
        for text in ["", "yesterday", "31.02.2026", "2026-13-01", "11"] {
            assert_eq!(day(text), None, "{text}");
        }
        assert_eq!(amount("68,00 €"), Some(Amount::new(6800, Currency::parse("EUR"))));
        assert_eq!(amount("SEK 680"), Some(Amount::new(68_000, Currency::parse("SEK"))));
    }

    #[test]
    fn a_sum_is_one_number_and_its_currency_and_anything_else_is_asked_again() {
        for (text, minor, code) in [
            ("68", 6800, None),
            (" 68,00 € ", 6800, Some("EUR")),
            ("EUR 68", 6800, Some("EUR")),
            ("€68", 6800, Some("EUR")),
            ("68EUR", 6800, Some("EUR")),
            ("€73,90 EUR", 7390, Some("EUR")),
            ("68,- €", 6800, Some("EUR")),
            ("68.5", 6850, None),
            ("1.234,50 €", 123_450, Some("EUR")),
            ("1,234.50 $", 123_450, Some("USD")),
            ("1 234,50 sek", 123_450, Some("SEK")),
            ("680 kr", 68_000, None),
            ("CHF 1’234.50", 123_450, Some("CHF")),
            ("1.234 EUR", 123_400, Some("EUR")),
            ("1,234,567.89 EUR", 123_456_789, Some("EUR")),
        ] {
            assert_eq!(amount(text), Some(Amount::new(minor, code.and_then(Currency::parse))), "{text}");
        }
        let unclear = "a lot||-5|EUR -5|−5 €|5-|0|1e999|1e2 EUR|2 x 34 EUR|34 EUR x 2|34 + 34|34/2|68 EUR or 70|€68 USD|68 €€|1.2.3|12 34|1234.567,00|\
                       68,1234|0x44|50%|about 68|9999999999999 EUR|(68)|68 EUR.|1,,2|1.234.56";
        for text in unclear.split('|') {
            assert_eq!(amount(text), None, "{text}");
        }
    }

    #[test]
    fn a_line_that_cannot_be_understood_complains_and_keeps_what_was_typed() {
        let today = Date::new(2026, 11, 27).unwrap();
        let mut form = lines(&Facts::default(), &[], &[], "en");
        let typed = |name: &str| match name {
            fields::ORDER_NUMBER => "AT-10482".to_owned(),
            fields::REASON => "stolen by pirates".to_owned(),
            fields::DELIVERED_ON => "2027-01-01".to_owned(),
            _ => String::new(),
        };
        let found = answered(&mut form, typed, &[], today);
        assert_eq!(found.len(), 1);
        let complaint = |name: &str| form.iter().find(|l| l.name == name).and_then(|l| l.complaint);
        assert_eq!(
            (complaint(fields::REASON), complaint(fields::DELIVERED_ON), complaint(fields::WISH)),
            (Some("e_missing"), Some("e_future"), Some("e_missing"))
        );
        assert_eq!(form.iter().find(|l| l.name == fields::DELIVERED_ON).map(|l| l.value.as_str()), Some("2027-01-01"));
    }
}
