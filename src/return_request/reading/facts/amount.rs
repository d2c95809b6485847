//! A sum of money: a number beside a currency's sign, code or name.

use super::found;
use super::sentences::{around, tokens};
use crate::money::{Amount, Currency};
use crate::return_request::fields::{AMOUNT, Value};
use crate::return_request::reading::Found;
use crate::return_request::reading::intent::folded;

const SIGNS: &[(&str, &str)] = &[("€", "EUR"), ("£", "GBP"), ("$", "USD"), ("¥", "JPY")];
const NAMES: &[(&str, &str)] = &[
    ("eur", "EUR"),
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("gbp", "GBP"),
    ("pounds", "GBP"),
    ("pound", "GBP"),
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

/// The only sum that is named; of several, the first as a suggestion.
pub fn find(whole: &str) -> Option<Found> {
    let mut sums: Vec<(usize, usize, Amount)> = Vec::new();
    let tokens = tokens(whole);
    for at in 0..tokens.len() {
        let sum = sum_at(&tokens, at);
        sums.extend(sum.filter(|(.., sum)| sum.minor > 0 && !sums.iter().any(|(.., known)| known == sum)));
    }
    let (from, to, sum) = *sums.first()?;
    Some(found(AMOUNT, Value::Amount(sum), &around(whole, from, to), sums.len() == 1))
}

/// What stands where an amount was asked for: the currency may be left out there.
pub fn answer(text: &str) -> Option<Amount> {
    let tokens = tokens(text);
    let with_currency = (0..tokens.len()).find_map(|at| sum_at(&tokens, at)).map(|(.., sum)| sum);
    with_currency.or_else(|| tokens.iter().find_map(|(_, token)| Amount::from_digits(token, None))).filter(|sum| sum.minor > 0)
}

fn sum_at(tokens: &[(usize, &str)], at: usize) -> Option<(usize, usize, Amount)> {
    let (from, token) = tokens[at];
    let end = from + token.len();
    if let Some((sign, code)) = SIGNS.iter().find(|(sign, _)| token.starts_with(sign) || token.ends_with(sign)) {
        let digits = token.trim_start_matches(sign).trim_end_matches(sign);
        let currency = Currency::parse(code);
        if digits.is_empty() {
            let (next_from, next) = *tokens.get(at + 1)?;
            return Amount::from_digits(next, currency).map(|sum| (from, next_from + next.len(), sum));
        }
        return Amount::from_digits(digits, currency).map(|sum| (from, end, sum));
    }
    let named = |token: &str| NAMES.iter().find(|(name, _)| *name == folded(token)).and_then(|(_, code)| Currency::parse(code));
    if let Some((next_from, next)) = tokens.get(at + 1) {
        if let Some(currency) = named(next) {
            return Amount::from_digits(token, Some(currency)).map(|sum| (from, next_from + next.len(), sum));
        }
        if let Some(currency) = named(token).filter(|_| next.starts_with(|c: char| c.is_ascii_digit())) {
            return Amount::from_digits(next, Some(currency)).map(|sum| (from, next_from + next.len(), sum));
        }
    }
    let split = token.find(|c: char| c.is_alphabetic()).filter(|at| *at > 0)?;
    let currency = named(&token[split..])?;
    Amount::from_digits(&token[..split], Some(currency)).map(|sum| (from, end, sum))
}
