//! The order's number: in the shop's own shape where that is known, otherwise behind a word that says so.

use super::sentences::{around, tokens};
use super::{text, words};
use crate::order::key;
use crate::return_request::fields::ORDER_NUMBER;
use crate::return_request::reading::Found;
use crate::return_request::reading::intent::folded;

/// Words between a cue and its number: "order number is:".
const CUE_WORDS: usize = 3;
const DIGITS_MIN: usize = 3;
const CHARS_MAX: usize = 24;
/// More large letters before a number are a word.
const PREFIX_CHARS_MAX: usize = 4;
/// More digits without a letter are a telephone, a bank account, a parcel, unless the cue stands right before them.
const BARE_DIGITS_MAX: usize = 9;
/// Marketplaces number with 17 digits (3-7-7); a card or bank account has 16 or, with letters, more.
const LONG_DIGITS_MAX: usize = 17;
/// A day has no more.
const DAY_DIGITS_MAX: usize = 8;
/// Words behind a number in which another may be offered.
const OTHER_WORDS: usize = 4;
/// An order's number without any word beside it has so many digits.
const BARE_DIGITS_MIN: usize = 4;
/// What a number counts that is none of an order.
const UNITS: &[&str] = &["€", "$", "£", "eur", "euro", "euros", "usd", "gbp", "sek", "chf", "kr", "cm", "mm", "x", "g", "kg"];
/// Between a cue and a long number stands nothing else: "order number is".
const NUMBER_WORDS: &[&str] = &["number", "no", "nr", "nummer", "numero", "id", "is", "lautet", "est", "es", "e", "ar"];

pub fn find(whole: &str, pattern: Option<&str>) -> Option<Found> {
    let tokens = numbers_apart(whole);
    let all = |read: &dyn Fn(usize) -> Option<(usize, usize, String)>| {
        let mut numbers: Vec<(usize, usize, String)> = Vec::new();
        for at in (0..tokens.len()).filter(|at| !is_denied(&tokens, *at)) {
            numbers.extend(read(at).filter(|(_, _, number)| !numbers.iter().any(|(.., known)| key(known) == key(number))));
        }
        numbers
    };
    let shaped = pattern.map(|pattern| all(&|at| in_shape(&tokens, at, pattern))).unwrap_or_default();
    // Another shape than the shop's, behind a word that says what it is: mistyped perhaps, and worth asking about.
    let odd = pattern.is_some() && shaped.is_empty();
    let numbers = if shaped.is_empty() { all(&|at| behind_a_cue(whole, &tokens, at)) } else { shaped };
    let (from, to, number) = numbers.first()?.clone();
    // "20481 or maybe 20418".
    let behind: Vec<&str> = tokens.iter().filter(|(at, _)| *at >= to).take(OTHER_WORDS).map(|(_, token)| *token).collect();
    let or = behind.iter().position(|word| matches!(folded(word).as_str(), "or" | "oder" | "ou" | "o" | "of" | "eller"));
    let or_another = or.is_some_and(|or| behind[or..].iter().any(|word| is_number(word)));
    Some(text(ORDER_NUMBER, number, &around(whole, from, to), numbers.len() == 1 && !or_another && !odd))
}

/// What stands where a number was asked for. False: another stands there, too.
pub fn answer(text: &str, pattern: Option<&str>) -> Option<(String, bool)> {
    let tokens = numbers_apart(text);
    let told = || (0..tokens.len()).filter(|at| !is_denied(&tokens, *at) && !is_of_something_else(&tokens, *at));
    let mut numbers: Vec<String> =
        pattern.map(|pattern| told().filter_map(|at| in_shape(&tokens, at, pattern)).map(|(.., number)| number).collect()).unwrap_or_default();
    if numbers.is_empty() {
        let plain = told().filter(|at| (is_number(tokens[*at].1) || is_with_letter(tokens[*at].1)) && (*at == 0 || !is_long(tokens[*at].1)));
        numbers = plain.map(|at| with_prefix(text, &tokens, at).1).collect();
    }
    let number = numbers.first()?.clone();
    let only = numbers.iter().all(|other| key(other) == key(&number));
    Some((number, only))
}

/// The one number in an answer to a letter that asked for it: certain where it fills a line, otherwise a suggestion.
pub fn alone(whole: &str) -> Option<Found> {
    let tokens = numbers_apart(whole);
    let follows = |at: usize, list: &str| at > 0 && words::is(list, &folded(tokens[at - 1].1));
    let counts = |at: usize| tokens.get(at + 1).is_some_and(|(_, unit)| UNITS.contains(&folded(unit).as_str()));
    let could_be = |at: usize| {
        let (from, token) = tokens[at];
        let dialled = whole[..from].ends_with(['+', '(']) || (at > 0 && whole[..tokens[at - 1].0].ends_with('+'));
        is_number(token)
            && token.chars().filter(char::is_ascii_digit).count() >= BARE_DIGITS_MIN
            && !is_long(token)
            && !dialled
            && !follows(at, "other_number")
            && !counts(at)
    };
    let mut numbers = (0..tokens.len()).filter(|at| could_be(*at));
    let (from, token) = tokens[numbers.next()?];
    if numbers.next().is_some() {
        return None;
    }
    let line = whole[..from].rsplit('\n').next().unwrap_or_default().len() + whole[from..].split('\n').next().unwrap_or_default().len();
    let fills = line <= token.len() + 2;
    Some(text(ORDER_NUMBER, token.trim_start_matches('#').to_uppercase(), &around(whole, from, from + token.len()), fills))
}

/// Words with their places; "n°4471" without its sign.
fn numbers_apart(text: &str) -> Vec<(usize, &str)> {
    let bare = |(from, token): (usize, &'_ str)| {
        let sign = ["n°", "nº", "N°", "Nº", "№", "nr.", "Nr.", "no.", "No."].iter().find(|sign| token.starts_with(**sign) && token.len() > sign.len());
        (from + sign.map_or(0, |sign| sign.len()), sign.map_or(0, |sign| sign.len()))
    };
    tokens(text)
        .into_iter()
        .map(|(from, token)| {
            let (start, cut) = bare((from, token));
            (start, &token[cut..])
        })
        .collect()
}

/// "I can't find it, the invoice is 2291".
fn is_of_something_else(tokens: &[(usize, &str)], at: usize) -> bool {
    let before = tokens[at.saturating_sub(CUE_WORDS)..at].iter().rev().map(|(_, word)| folded(word));
    { before }.find(|word| words::is("order_number", word) || words::is("other_number", word)).is_some_and(|word| !words::is("order_number", &word))
}

/// "It was AT-1, not AT-2": "no" is a number's word in English and a denial only behind a comma elsewhere.
fn is_denied(tokens: &[(usize, &str)], at: usize) -> bool {
    let before = |steps: usize| at.checked_sub(steps).map_or(String::new(), |at| folded(tokens[at].1));
    words::is("denied", &before(1))
        || (words::is("article", &before(1)) && words::is("denied", &before(2)))
        || matches!((before(2).as_str(), before(1).as_str()), ("instead", "of"))
}

/// `AT-#####` as "AT-10482", "at10482", "AT 10482", "#AT-10482".
fn in_shape(tokens: &[(usize, &str)], at: usize, pattern: &str) -> Option<(usize, usize, String)> {
    let (from, token) = tokens[at];
    if is_shaped(token, pattern) {
        return Some((from, from + token.len(), written(token, pattern)));
    }
    let (next_from, next) = *tokens.get(at + 1)?;
    let joined = format!("{token}{next}");
    // Two words make one number only where the shape has letters before its digits: "AT 10482".
    let split = pattern.chars().find(|c| is_of_shape(*c)).is_some_and(|c| c != '#') && token.chars().all(char::is_alphabetic);
    (split && is_shaped(&joined, pattern)).then(|| (from, next_from + next.len(), written(&joined, pattern)))
}

/// Whether a number has the shop's shape, hyphens and blanks aside.
pub fn is_shaped(number: &str, pattern: &str) -> bool {
    let wanted: Vec<char> = pattern.chars().filter(|c| is_of_shape(*c)).collect();
    let chars: Vec<char> = number.chars().filter(|c| c.is_alphanumeric()).collect();
    chars.len() == wanted.len()
        && chars.iter().zip(&wanted).all(|(c, wanted)| match wanted {
            '#' => c.is_ascii_digit(),
            '@' => c.is_alphabetic(),
            literal => c.eq_ignore_ascii_case(literal),
        })
}

/// What of a pattern stands for a sign of the number.
fn is_of_shape(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '#' | '@')
}

/// The number as the shop writes it.
fn written(number: &str, pattern: &str) -> String {
    let mut chars = number.chars().filter(|c| c.is_alphanumeric());
    pattern.chars().filter_map(|c| if c.is_alphanumeric() || matches!(c, '#' | '@') { chars.next().map(|c| c.to_ascii_uppercase()) } else { Some(c) }).collect()
}

fn behind_a_cue(whole: &str, tokens: &[(usize, &str)], at: usize) -> Option<(usize, usize, String)> {
    let (from, token) = tokens[at];
    if !is_number(token) && !is_with_letter(token) {
        return None;
    }
    let before: Vec<String> = tokens[at.saturating_sub(CUE_WORDS)..at].iter().rev().map(|(_, word)| folded(word)).collect();
    let named = |list: &str| before.iter().position(|word| words::is(list, word));
    let (ours, other) = (named("order_number"), named("other_number"));
    if other.is_some_and(|other| ours.is_none_or(|ours| other < ours)) {
        return None;
    }
    let number = token.trim_start_matches('#');
    let told = ours.is_some_and(|cue| before[..cue].iter().all(|word| NUMBER_WORDS.contains(&word.as_str())));
    if is_long(number) && !told {
        return None;
    }
    let speaks_for_itself = token.starts_with('#') || has_prefix(number);
    let (start, number) = with_prefix(whole, tokens, at);
    (ours.is_some() || speaks_for_itself).then(|| (start, from + token.len(), number))
}

/// "BZH 7702": large letters right before a number of digits belong to it, unless they are a word for "number" or a currency's code.
fn with_prefix(whole: &str, tokens: &[(usize, &str)], at: usize) -> (usize, String) {
    let (from, token) = tokens[at];
    let number = token.trim_start_matches('#').to_uppercase();
    let beside = |from_before: usize, prefix: &str| whole[from_before + prefix.len()..from] == *" ";
    let is_prefix = |prefix: &str| {
        let word = folded(prefix);
        (2..=PREFIX_CHARS_MAX).contains(&prefix.len())
            && prefix.chars().all(|c| c.is_ascii_uppercase())
            && !NUMBER_WORDS.contains(&word.as_str())
            && !UNITS.contains(&word.as_str())
            && !words::is("order_number", &word)
            && !words::is("other_number", &word)
    };
    let before = at.checked_sub(1).map(|before| tokens[before]).filter(|(start, prefix)| is_prefix(prefix) && beside(*start, prefix));
    match before {
        Some((start, prefix)) if number.starts_with(|c: char| c.is_ascii_digit()) && !token.starts_with('#') => (start, format!("{prefix} {number}")),
        _ => (from, number),
    }
}

/// "8814-N": where a number was asked for, a letter behind a hyphen makes no size of it.
fn is_with_letter(token: &str) -> bool {
    token.split_once('-').is_some_and(|(digits, letters)| {
        digits.len() >= DIGITS_MIN && digits.chars().all(|c| c.is_ascii_digit()) && letters.len() <= 2 && letters.chars().all(|c| c.is_ascii_alphabetic())
    })
}

/// Digits, perhaps with letters, hyphens and a `#`: no date, no sum, no telephone.
fn is_number(token: &str) -> bool {
    let number = token.trim_start_matches('#');
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let letters = number.chars().filter(|c| c.is_ascii_alphabetic()).count();
    let plain = number.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/'));
    let is_date = letters == 0 && digits <= DAY_DIGITS_MAX && (number.matches('/').count() == 2 || number.matches('-').count() == 2);
    // "10-11".
    let is_day = letters == 0 && number.split_once(['-', '/']).is_some_and(|(day, month)| day.len() <= 2 && month.len() <= 2);
    let is_year = letters == 0 && digits == 4 && number.starts_with("20");
    // RR123456789SE: a parcel (UPU S10).
    let is_parcel = number.len() == 13 && letters == 4 && digits == 9;
    // "50x70", "2nd", "14th".
    let is_size = letters > 0 && number.starts_with(|c: char| c.is_ascii_digit()) && digits < 5;
    // R-0187 is what we call a return.
    let is_return = number.strip_prefix("R-").is_some_and(|rest| rest.len() >= 4 && rest.chars().all(|c| c.is_ascii_digit()));
    plain
        && !is_return
        && digits >= DIGITS_MIN
        && number.len() <= CHARS_MAX
        && (letters > 0 || digits <= LONG_DIGITS_MAX)
        && !is_date
        && !is_day
        && !is_year
        && !is_parcel
        && !is_size
}

/// Digits alone, as many as a telephone has.
fn is_long(number: &str) -> bool {
    !number.contains(|c: char| c.is_ascii_alphabetic()) && number.chars().filter(char::is_ascii_digit).count() > BARE_DIGITS_MAX
}

/// "AT-10482": a few letters, a hyphen, digits.
fn has_prefix(number: &str) -> bool {
    let Some((letters, digits)) = number.split_once('-') else { return false };
    (1..=4).contains(&letters.len())
        && letters.chars().all(|c| c.is_ascii_uppercase())
        && digits.len() >= DIGITS_MIN
        && digits.chars().all(|c| c.is_ascii_digit())
}
