//! Order and shipping confirmations as shops send them, to themselves or to their buyers: what they say of an order. Pure; in the
//! wordings of WooCommerce, Shopify and Etsy and of plain shops, in eight languages. Whether a mail may be believed is asked elsewhere
//! (`desk::orders`): anybody can write one.

mod buyer;
mod items;
mod words;

use super::News;
use crate::email::{Email, EmailAddress, subject};
use crate::money::{Amount, Currency};
use crate::return_request::reading;
use jiff::civil::Date;
use words::plain;

/// A confirmation is short; what follows is advertising.
const TEXT_BYTES_MAX: usize = 32 * 1024;
/// In so many of its first lines a mail says what it is, where its subject does not.
const FIRST_LINES: usize = 12;
/// Digits in an order's number: fewer is a count, more is a parcel.
const NUMBER_DIGITS: std::ops::RangeInclusive<usize> = 3..=17;
const NUMBER_CHARS_MAX: usize = 24;
/// A parcel's number is no shorter.
const TRACKING_CHARS_MIN: usize = 8;
const TRACKING_CHARS_MAX: usize = 40;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    Placed,
    Shipped,
}

/// Whether a subject speaks of an order at all: most mail is not looked at further.
pub fn could_be(email: &Email) -> bool {
    let subject = plain(&email.subject);
    about(&subject).is_some() || words::holds("number", &subject)
}

/// What a confirmation says; `ours`: addresses that are no buyer's.
pub fn read(email: &Email, sent: Date, ours: &[EmailAddress]) -> Option<(About, News)> {
    let lines: Vec<&str> = cut(own_words(email, ours)?).lines().map(|line| line.trim_start_matches([' ', '\u{a0}', '*', '|']).trim_end()).collect();
    let about = kind(&email.subject, &lines)?;
    let number = number(&email.subject, &lines)?;
    let buyer = buyer::of(email, &lines, ours);
    let total = total(&lines);
    let mut news = News { number, customer_name: buyer.name, address: buyer.address, country: buyer.country, ..News::default() };
    match about {
        About::Placed => {
            news.ordered_on = Some(ordered_on(&lines, sent).unwrap_or(sent));
            news.total = total;
            news.lines = items::of(&lines, total.and_then(|total| total.currency));
        }
        About::Shipped => {
            news.shipped_on = Some(sent);
            news.tracking = tracking(&lines).unwrap_or_default();
        }
    }
    Some((about, news))
}

/// What its author says, where nobody else speaks in it: an answer quotes a stranger, who may have written an order into their mail. Of
/// what is sent on it counts who sent it first.
fn own_words<'e>(email: &'e Email, ours: &[EmailAddress]) -> Option<&'e str> {
    let quotes = email.text.lines().any(|line| line.trim_start().starts_with(['>', '＞']));
    if quotes || subject::is_answer(&email.subject) {
        return None;
    }
    if subject::is_forward(&email.subject) == Some(true) {
        let first = email.text.lines().find_map(first_author)?;
        return ours.iter().any(|own| own.key() == first.key()).then_some(&email.text);
    }
    (email.in_reply_to.is_empty() && email.references.is_empty()).then_some(&email.new_text)
}

/// "From: Tidewater Prints <shop@tidewater.example>", above a mail that was sent on.
fn first_author(line: &str) -> Option<EmailAddress> {
    let (label, value) = split_label(line.trim_start_matches([' ', '\u{a0}', '*', '|']));
    let words = value.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '[' | ']' | '(' | ')' | '*'));
    let address = || { words }.map(|word| word.strip_prefix("mailto:").unwrap_or(word)).find_map(EmailAddress::parse);
    words::is("author", &plain(label)).then(address).flatten()
}

fn kind(subject: &str, lines: &[&str]) -> Option<About> {
    let subject = plain(subject);
    if words::holds("neither", &subject) {
        return None;
    }
    about(&subject).or_else(|| lines.iter().filter(|line| !line.is_empty()).take(FIRST_LINES).find_map(|line| about(&plain(line))))
}

fn about(plain: &str) -> Option<About> {
    // "Order #1002 confirmed" is "order confirmed" of a number.
    let unnumbered = plain.split(' ').filter(|word| !word.contains(|c: char| c.is_ascii_digit())).collect::<Vec<_>>().join(" ");
    if words::holds("shipped", plain) || words::holds("shipped", &unnumbered) {
        Some(About::Shipped)
    } else if words::holds("placed", plain) || words::holds("placed", &unnumbered) {
        Some(About::Placed)
    } else {
        None
    }
}

/// The order's number: in the subject, or behind a word that says so.
fn number(subject: &str, lines: &[&str]) -> Option<String> {
    let in_line = |line: &&str| words::behind("number", line).and_then(first_number);
    words::behind("number", subject)
        .and_then(first_number)
        .or_else(|| marked(subject))
        .or_else(|| lines.iter().find_map(in_line))
        .or_else(|| lines.iter().find_map(|line| marked(line)))
}

/// A number within the next words: "Order no.: #10482", "commande n° AT-10482".
fn first_number(text: &str) -> Option<String> {
    text.split_whitespace().take(3).map(trimmed).find(|word| is_number(word)).map(as_number)
}

/// "#10482" anywhere.
fn marked(text: &str) -> Option<String> {
    text.split_whitespace().map(trimmed).find(|word| word.starts_with('#') && is_number(word)).map(as_number)
}

fn trimmed(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric() && c != '#').trim_end_matches('#')
}

fn as_number(word: &str) -> String {
    word.trim_start_matches('#').to_owned()
}

fn is_number(word: &str) -> bool {
    let number = word.trim_start_matches('#');
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let plain = number.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/'));
    let is_date = number.matches(['/', '-']).count() == 2 && digits <= 8 && number.chars().all(|c| c.is_ascii_digit() || matches!(c, '/' | '-'));
    plain && NUMBER_DIGITS.contains(&digits) && number.len() <= NUMBER_CHARS_MAX && !is_date
}

/// The day that the mail names as the order's.
fn ordered_on(lines: &[&str], sent: Date) -> Option<Date> {
    let labelled = |list: &str| lines.iter().enumerate().find_map(|(at, line)| reading::day_in(value_of(lines, at, line, list)?, sent));
    // "[Order #10482] (12 November 2026)".
    let beside =
        |line: &&str| words::behind("number", line).filter(|rest| first_number(rest).is_some()).and_then(|rest| reading::day_in(rest.split_once('(')?.1, sent));
    labelled("date").or_else(|| lines.iter().find_map(beside)).or_else(|| labelled("plain_date"))
}

/// The last sum that is called the total; sums of items and taxes are called otherwise.
fn total(lines: &[&str]) -> Option<Amount> {
    let told = |(at, line): (usize, &&str)| value_of(lines, at, line, "total").and_then(reading::sum_in);
    lines.iter().enumerate().filter_map(told).next_back()
}

fn tracking(lines: &[&str]) -> Option<String> {
    let is_code = |word: &&str| {
        let digits = word.chars().filter(char::is_ascii_digit).count();
        digits >= 6 && (TRACKING_CHARS_MIN..=TRACKING_CHARS_MAX).contains(&word.len()) && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    lines.iter().enumerate().find_map(|(at, line)| {
        let behind = words::behind("tracking", line)?;
        let below = lines.get(at + 1).copied().unwrap_or_default();
        let words = behind.split_whitespace().chain(below.split_whitespace().take(2));
        { words }.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())).find(is_code).map(str::to_owned)
    })
}

/// What stands behind a label in its line, or in the line below.
fn value_of<'l>(lines: &[&'l str], at: usize, line: &'l str, list: &str) -> Option<&'l str> {
    let (label, value) = split_label(line);
    if !words::is(list, &plain(label)) {
        return None;
    }
    if value.is_empty() { lines[at + 1..].iter().copied().find(|line| !line.is_empty()) } else { Some(value) }
}

/// "Total: €73.00", "Total  €73.00", "Total".
fn split_label(line: &str) -> (&str, &str) {
    let colon = line.find([':', '：', '\t']).map(|at| (at, line[at..].chars().next().map_or(1, char::len_utf8)));
    let cell = line.find("  ").map(|at| (at, 2));
    match colon.into_iter().chain(cell).min() {
        Some((at, length)) => (&line[..at], line[at + length..].trim_start_matches([':', ' ', '\u{a0}', '\t'])),
        None => (line, ""),
    }
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(TEXT_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// A sum, in the currency of the order where it names none.
fn sum(text: &str, currency: Option<Currency>) -> Option<Amount> {
    reading::sum_in(text).map(|sum| sum.or_in(currency))
}

#[cfg(test)]
mod tests;
