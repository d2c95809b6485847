//! A sum of money: a number beside a currency's sign, code or name, and what it was given for.

use super::found;
use super::sentences::{around, tokens};
use super::words;
use crate::money::{Amount, Currency};
use crate::return_request::fields::{AMOUNT, Value};
use crate::return_request::reading::Found;
use crate::return_request::reading::intent::folded;

/// Longer signs first: "R$" is no dollar.
const SIGNS: &[(&str, &str)] =
    &[("US$", "USD"), ("CA$", "CAD"), ("C$", "CAD"), ("A$", "AUD"), ("R$", "BRL"), ("€", "EUR"), ("£", "GBP"), ("$", "USD"), ("¥", "JPY")];
const NAMES: &[(&str, &str)] = &[
    ("eur", "EUR"),
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("gbp", "GBP"),
    ("pounds", "GBP"),
    ("pound", "GBP"),
    ("quid", "GBP"),
    ("usd", "USD"),
    ("dollar", "USD"),
    ("dollars", "USD"),
    ("sek", "SEK"),
    ("kr", "SEK"),
    ("kronor", "SEK"),
    ("chf", "CHF"),
    ("franken", "CHF"),
    ("nok", "NOK"),
    ("dkk", "DKK"),
    ("yen", "JPY"),
    ("jpy", "JPY"),
];
/// Words around a sum in which it is said what it was for.
const FOR_WORDS: usize = 5;
/// So near, what was paid for instead is meant, whatever else is said.
const OTHER_WORDS: usize = 3;
/// Words between paying and a sum without its unit.
const PAID_WORDS: usize = 3;
/// Behind a sum, what it was for instead follows soon: "£35 elsewhere".
const OTHER_WORDS_BEHIND: usize = 2;

/// A sum in a text: its first and its last word.
#[derive(Clone, Copy)]
struct Sum {
    first: usize,
    last: usize,
    amount: Amount,
}

/// The sum that was paid for it: certain where a word says so and of no other sum; otherwise a suggestion.
pub fn find(whole: &str) -> Option<Found> {
    let tokens = tokens(whole);
    let all = sums_of(whole, &tokens);
    let near = |sum: &Sum, list: &str, behind: usize| nearest(whole, &tokens, sum, list, behind).map(|(steps, _)| steps);
    let mut sums: Vec<(Sum, bool)> = Vec::new();
    for sum in &all {
        let price = near(sum, "price", FOR_WORDS);
        // "Shipping cost 5 €" says of the shipping what it cost; in "24 € paid, shipping (5 €)" the shipping is the other sum's.
        let is_of_another = |at: usize, steps: usize| all.iter().any(|other| other.first != sum.first && apart(other, at) < steps);
        let other = nearest(whole, &tokens, sum, "other_price", OTHER_WORDS_BEHIND).filter(|(steps, at)| !is_of_another(*at, *steps)).map(|(steps, _)| steps);
        let is_other = other.is_some_and(|other| other <= OTHER_WORDS || price.is_none_or(|price| other <= price));
        if !is_other && !sums.iter().any(|(known, _)| known.amount == sum.amount) {
            sums.push((*sum, price.is_some()));
        }
    }
    if sums.is_empty() {
        return bare(whole, &tokens);
    }
    let priced = sums.iter().filter(|(_, priced)| *priced).count();
    let (sum, _) = sums.iter().find(|(_, priced)| *priced).or(sums.first())?;
    let (from, to) = (tokens[sum.first].0, tokens[sum.last].0 + tokens[sum.last].1.len());
    // "96 € for two": of one it is not the price.
    let for_several = (sum.last + 1..(sum.last + 1 + FOR_WORDS).min(tokens.len())).any(|at| words::is("both", &folded(tokens[at].1)));
    let doubtful = for_several || ["shelf_price", "forgotten", "about", "belief"].iter().any(|list| near(sum, list, FOR_WORDS).is_some());
    Some(found(AMOUNT, Value::Amount(sum.amount), &around(whole, from, to), priced == 1 && sums.len() == 1 && !doubtful))
}

/// "I paid 24.99": a number with its cents beside a word for paying, and no unit; a suggestion.
fn bare(whole: &str, tokens: &[(usize, &str)]) -> Option<Found> {
    let has_cents = |token: &str| token.split_once(['.', ',']).is_some_and(|(units, cents)| !units.is_empty() && is_whole(units) && is_cents(cents));
    let is_paid = |at: usize| (at.saturating_sub(PAID_WORDS)..at).any(|word| words::is("price", &folded(tokens[word].1)));
    let is_day = |at: usize| at > 0 && words::is("day_article", &folded(tokens[at - 1].1));
    let (from, token) = *(0..tokens.len()).find(|at| has_cents(tokens[*at].1) && is_paid(*at) && !is_day(*at)).map(|at| &tokens[at])?;
    Amount::from_digits(token, None).map(|sum| found(AMOUNT, Value::Amount(sum), &around(whole, from, from + token.len()), false))
}

/// What stands where an amount was asked for: the currency may be left out there. False: another is named, too, or what is said of
/// it makes it a price of today, of the postage or one half remembered.
pub fn answer(said: &str) -> Option<(Amount, bool)> {
    let tokens = tokens(said);
    let before = |at: usize, steps: usize| at.checked_sub(steps).map_or(String::new(), |at| folded(tokens[at].1));
    // "Non pas 12 € mais 21 €".
    let denied = |at: usize| words::is("denied", &before(at, 1)) || (words::is("article", &before(at, 1)) && words::is("denied", &before(at, 2)));
    let told = |at: usize| !denied(at);
    let sums: Vec<Sum> = sums_of(said, &tokens).into_iter().filter(|sum| told(sum.first)).collect();
    let plain =
        || (0..tokens.len()).filter(|at| told(*at)).find_map(|at| digits_at(said, &tokens, at)).and_then(|(_, digits)| Amount::from_digits(&digits, None));
    let sum = sums.first().map(|sum| sum.amount).or_else(plain).filter(|sum| sum.minor > 0)?;
    let says = |list: &str| tokens.iter().any(|(_, token)| words::is(list, &folded(token)));
    let doubtful = ["other_price", "shelf_price", "forgotten", "about", "belief"].iter().any(|list| says(list));
    Some((sum, sums.iter().all(|other| other.amount == sum) && !doubtful))
}

/// Every sum in a text, with the bytes from and to which it stands.
pub fn sums(whole: &str) -> Vec<(usize, usize, Amount)> {
    let tokens = tokens(whole);
    let place = |sum: Sum| (tokens[sum.first].0, tokens[sum.last].0 + tokens[sum.last].1.len(), sum.amount);
    sums_of(whole, &tokens).into_iter().map(place).collect()
}

fn sums_of(whole: &str, tokens: &[(usize, &str)]) -> Vec<Sum> {
    let (mut sums, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        let sum = sum_at(whole, tokens, at).filter(|sum| sum.amount.minor > 0);
        at = sum.map_or(at, |sum| sum.last) + 1;
        sums.extend(sum);
    }
    sums
}

/// A sum from a word on.
fn sum_at(whole: &str, tokens: &[(usize, &str)], at: usize) -> Option<Sum> {
    let token = tokens[at].1;
    let sum = |last: usize, digits: &str, code: &str| Amount::from_digits(digits, Currency::parse(code)).map(|amount| Sum { first: at, last, amount });
    let upper = token.to_uppercase();
    if let Some((sign, code)) = SIGNS.iter().find(|(sign, _)| upper.starts_with(sign)) {
        // "€68", "€ 1 249".
        let glued = &token[sign.len()..];
        let (last, digits) = if glued.is_empty() { digits_at(whole, tokens, at + 1)? } else { grouped(whole, tokens, at, glued) };
        return sum(last, &digits, code);
    }
    if let Some(code) = named(token) {
        let (last, digits) =
            digits_at(whole, tokens, at + 1).filter(|_| tokens.get(at + 1).is_some_and(|(_, next)| next.starts_with(|c: char| c.is_ascii_digit())))?;
        // "EUR 68", but not "68 EUR 10482".
        let follows_number = at > 0 && tokens[at - 1].1.ends_with(|c: char| c.is_ascii_digit());
        return sum(last, &digits, code).filter(|_| !follows_number);
    }
    if let Some((last, digits)) = digits_at(whole, tokens, at) {
        let behind = tokens.get(last + 1).map(|(_, next)| *next);
        let sign = behind.and_then(|next| SIGNS.iter().find(|(sign, _)| *sign == next).map(|(_, code)| *code).or_else(|| named(next)));
        if let Some(code) = sign {
            let (last, digits) = with_cents(tokens, last + 1, digits);
            return sum(last, &digits, code);
        }
        // "1249:-" is Swedish.
        let end = tokens[last].0 + tokens[last].1.len();
        return if whole[end..].starts_with(":-") { sum(last, &digits, "SEK") } else { None };
    }
    let split = token.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',')).filter(|at| *at > 0)?;
    let (digits, unit) = token.split_at(split);
    // "48€50".
    if let Some((sign, code)) = SIGNS.iter().find(|(sign, _)| unit.strip_prefix(sign).is_some_and(is_cents)).filter(|_| is_whole(digits)) {
        return sum(at, &format!("{digits}.{}", &unit[sign.len()..]), code);
    }
    let code = SIGNS.iter().find(|(sign, _)| unit == *sign).map(|(_, code)| *code).or_else(|| named(unit))?;
    sum(at, digits, code)
}

/// "37 Euro 50": two digits behind the unit, alone or before "cents".
fn with_cents(tokens: &[(usize, &str)], unit: usize, digits: String) -> (usize, String) {
    match tokens.get(unit + 1) {
        Some((_, cents)) if is_cents(cents) && is_whole(&digits) && named(tokens[unit].1).is_some_and(|code| code != "SEK") => {
            (unit + 1, format!("{digits}.{cents}"))
        }
        _ => (unit, digits),
    }
}

fn is_cents(token: &str) -> bool {
    token.len() == 2 && is_whole(token)
}

fn is_whole(digits: &str) -> bool {
    digits.chars().all(|c| c.is_ascii_digit())
}

fn named(token: &str) -> Option<&'static str> {
    let token = folded(token);
    NAMES.iter().find(|(name, _)| *name == token).map(|(_, code)| *code)
}

/// Digits that begin at a word, with the groups of three that follow it: "1 249,00".
fn digits_at(whole: &str, tokens: &[(usize, &str)], at: usize) -> Option<(usize, String)> {
    let token = tokens.get(at)?.1;
    let number = token.starts_with(|c: char| c.is_ascii_digit()) && token.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | '’'));
    number.then(|| grouped(whole, tokens, at, token))
}

fn grouped(whole: &str, tokens: &[(usize, &str)], at: usize, head: &str) -> (usize, String) {
    let (mut last, mut digits) = (at, head.to_owned());
    let is_head = (1..=3).contains(&head.len()) && head.chars().all(|c| c.is_ascii_digit());
    while is_head && digits.chars().all(|c| c.is_ascii_digit()) {
        let Some((from, next)) = tokens.get(last + 1) else { break };
        // "6. 520" is the sixth answer.
        if whole[tokens[last].0 + tokens[last].1.len()..*from].chars().count() != 1 {
            break;
        }
        let is_group = next.len() >= 3 && next.as_bytes()[..3].iter().all(u8::is_ascii_digit) && next[3..].trim_start_matches([',', '.']).len() <= 2;
        if !is_group || next[3..].starts_with(|c: char| c.is_ascii_digit()) {
            break;
        }
        digits.push_str(next);
        last += 1;
    }
    (last, digits)
}

/// How far a word stands from a sum.
fn apart(sum: &Sum, at: usize) -> usize {
    if at < sum.first { sum.first - at } else { at.saturating_sub(sum.last) }
}

/// The nearest word of a list to a sum, in its sentence: how far it stands, and where.
fn nearest(whole: &str, tokens: &[(usize, &str)], sum: &Sum, list: &str, behind: usize) -> Option<(usize, usize)> {
    let joined = |from: usize, to: usize| !whole[from..to].contains(['!', '?', ';']) && !whole[from..to].contains(". ") && !whole[from..to].contains("\n\n");
    let end = |at: usize| tokens[at].0 + tokens[at].1.len();
    let fits = |other: usize| words::is(list, &folded(tokens[other].1));
    let before = (sum.first.saturating_sub(FOR_WORDS)..sum.first).filter(|other| fits(*other) && joined(end(*other), tokens[sum.first].0));
    let after = (sum.last + 1..(sum.last + 1 + behind).min(tokens.len())).filter(|other| fits(*other) && joined(end(sum.last), tokens[*other].0));
    before.chain(after).map(|other| (apart(sum, other), other)).min()
}
