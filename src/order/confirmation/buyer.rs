//! Who bought: the name above an address, the address of a mail that is not the shop's own, the country below.

use super::words;
use super::words::plain;
use super::{split_label, value_of};
use crate::email::{Email, EmailAddress};

/// Lines of a postal address.
const ADDRESS_LINES_MAX: usize = 9;
const NAME_CHARS_MAX: usize = 80;

#[derive(Default)]
pub struct Buyer {
    pub name: String,
    pub address: Option<String>,
    pub country: Option<String>,
}

pub fn of(email: &Email, lines: &[&str], ours: &[EmailAddress]) -> Buyer {
    let stranger = |address: &EmailAddress| !ours.iter().any(|own| own.key() == address.key());
    let person = email.reply_to.iter().chain(&email.to).find(|person| stranger(&person.address));
    let address = addressed(lines, &stranger).or_else(|| person.map(|person| person.address.key()));
    let name = named(&email.subject, lines).or_else(|| person.map(|person| person.name.trim().to_owned()));
    let block = ["delivery", "billing"].into_iter().find_map(|list| block(lines, list));
    let country = block.and_then(|lines| lines.iter().find_map(|line| words::country(line))).map(str::to_owned);
    Buyer { name: name.unwrap_or_default().chars().take(NAME_CHARS_MAX).collect(), address, country }
}

/// The buyer's address in the text: behind a label, or the first that is not the shop's.
fn addressed(lines: &[&str], stranger: &dyn Fn(&EmailAddress) -> bool) -> Option<String> {
    let in_line = |line: &str| {
        let words = line.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';'));
        let words = words.map(|word| word.strip_prefix("mailto:").unwrap_or(word).trim_matches(|c: char| !c.is_alphanumeric()));
        words.filter(|word| word.contains('@')).filter_map(EmailAddress::parse).find(stranger)
    };
    let labelled = lines.iter().enumerate().filter_map(|(at, line)| value_of(lines, at, line, "email")).find_map(in_line);
    labelled
        .or_else(|| ["billing", "delivery"].into_iter().find_map(|list| block(lines, list)?.iter().find_map(|line| in_line(line))))
        .map(|address| address.key())
}

/// "You have received an order from Mara Okafor:", "Order #1001 placed by Mara Okafor", or the first line of an address.
fn named(subject: &str, lines: &[&str]) -> Option<String> {
    let said = |text: &str| {
        let name = words::behind("from", text)?.split([':', '.', ',', '(', '[', '!']).next()?.trim();
        is_name(name).then(|| name.to_owned())
    };
    let labelled = || lines.iter().enumerate().filter_map(|(at, line)| value_of(lines, at, line, "name")).find(|name| is_name(name)).map(str::to_owned);
    let above = || ["billing", "delivery"].into_iter().find_map(|list| block(lines, list)?.first().filter(|line| is_name(line)).map(|line| (*line).to_owned()));
    above().or_else(|| said(subject)).or_else(|| lines.iter().find_map(|line| said(line))).or_else(labelled)
}

fn is_name(text: &str) -> bool {
    let words = text.split_whitespace().count();
    (1..=6).contains(&words)
        && text.len() <= NAME_CHARS_MAX
        && !text.contains(|c: char| c.is_ascii_digit() || matches!(c, '@' | '#' | ':'))
        && text.starts_with(char::is_uppercase)
}

/// The lines below a heading, as far as the next empty one that follows something; what stands behind the heading counts, too.
fn block<'l>(lines: &[&'l str], list: &str) -> Option<Vec<&'l str>> {
    let is_heading = |line: &str| ["billing", "delivery"].iter().any(|list| words::is(list, &plain(split_label(line).0)));
    // "Customer information" stands above the headings of both addresses.
    let above_another = |at: usize| lines[at + 1..].iter().find(|line| !line.is_empty()).is_some_and(|next| is_heading(next));
    let at = (0..lines.len()).find(|at| words::is(list, &plain(split_label(lines[*at]).0)) && !above_another(*at))?;
    let beside = Some(split_label(lines[at]).1).filter(|value| !value.is_empty() && !is_heading(value));
    let below = lines[at + 1..].iter().copied().skip_while(|line| line.is_empty()).take_while(|line| !line.is_empty()).take(ADDRESS_LINES_MAX);
    // "Mara Okafor, Kastanienallee 5, 10435 Berlin, Germany" in one line.
    let block: Vec<&str> = beside.into_iter().chain(below).collect();
    let first = block.first()?;
    if block.len() == 1 || first.matches(',').count() >= 2 {
        Some(first.split(',').map(str::trim).chain(block[1..].iter().copied()).collect())
    } else {
        Some(block)
    }
}
