//! One piece, from what was typed to what is asked. What cannot be understood comes back as words that say what is possible.

use super::lex::Piece;
use super::{Agreed, Liked, Side, Sign, Source, What, Wished};
use crate::consent::Purpose;
use crate::database::Millis;
use crate::lead::interest::{Feature, Kind};
use crate::money::{Amount, Currency};
use crate::spelling::distance;

const DAY: Millis = 24 * 60 * 60 * 1000;
/// A century: whoever asks for more means everything.
const DAYS_MAX: i64 = 36_500;

/// Every name, with an example of what stands behind it.
const NAMES: &[(&str, &str)] = &[
    ("interest", "interest:blue"),
    ("artist", "artist:\"Anna Lind\""),
    ("title", "title:\"Low Tide\""),
    ("medium", "medium:print"),
    ("size", "size:a3"),
    ("colour", "colour:blue"),
    ("room", "room:kitchen"),
    ("occasion", "occasion:birthday"),
    ("budget", "budget>100 or budget>100EUR"),
    ("consent", "consent:similar_pieces, consent:offers, consent:any, consent:none or consent:stopped"),
    ("returns", "returns:0 or returns>1"),
    ("orders", "orders:0 or orders>1"),
    ("value", "value>200 or value>200EUR"),
    ("language", "language:sv"),
    ("country", "country:DE"),
    ("source", "source:form"),
    ("wish", "wish:open, wish:closed or wish:none"),
    ("last", "last<30d (within 30 days) or last>180d (longer ago)"),
    ("first", "first<7d (within a week) or first>1y (longer ago)"),
];
/// Letters between a name and the one that was meant.
const MISTYPED: usize = 2;

/// `None`: nothing is asked, as by a dash.
pub fn what(piece: &Piece, now: Millis) -> Result<Option<What>, String> {
    let Some((name, sign)) = &piece.name else {
        let word = piece.values.first().map_or("", String::as_str);
        return Ok(word.contains(char::is_alphanumeric).then(|| words(word)));
    };
    let name = if name == "color" { "colour" } else { name };
    let Some((_, example)) = NAMES.iter().find(|(known, _)| *known == name) else { return Err(unknown(name)) };
    if piece.values.is_empty() {
        return Err(format!("something is missing behind it, as in {example}"));
    }
    let is_measure = matches!(name, "budget" | "returns" | "orders" | "value" | "last" | "first");
    if !is_measure && !matches!(sign.as_str(), ":" | "=") {
        return Err(format!("write a colon here, as in {example}"));
    }
    let value = piece.values[0].as_str();
    let measured = || measure(sign, value).ok_or_else(|| format!("write it as {example}"));
    let found = match name {
        "interest" => What::Interest(piece.values.iter().flat_map(|value| liked_somehow(value)).collect()),
        "budget" => measured().and_then(|(sign, text)| Ok(What::Budget(sign, sum(text, example)?)))?,
        "value" => measured().and_then(|(sign, text)| Ok(What::Value(sign, sum(text, example)?)))?,
        "returns" => measured().and_then(|(sign, text)| Ok(What::Returns(sign, count(text, example)?)))?,
        "orders" => measured().and_then(|(sign, text)| Ok(What::Orders(sign, count(text, example)?)))?,
        "last" => measured().and_then(|(sign, text)| time(sign, text, now, example).map(|(side, at)| What::Last(side, at)))?,
        "first" => measured().and_then(|(sign, text)| time(sign, text, now, example).map(|(side, at)| What::First(side, at)))?,
        "consent" => What::Agreed(each(piece, agreed, example)?),
        "source" => What::Source(each(piece, Source::from_code, &list(Source::ALL.iter().map(|source| source.code())))?),
        "language" => What::Language(each(piece, |value| code(value).map(|code| code.to_lowercase()), "two letters, as in language:sv")?),
        "country" => What::Country(each(piece, |value| code(value).map(|code| code.to_uppercase()), "two letters, as in country:DE")?),
        "wish" => What::Wish(one(value, example)?),
        kind => {
            let Some(kind) = Kind::from_code(kind) else { return Err(unknown(kind)) };
            What::Interest(each(piece, |value| liked(kind, value), &list(kind.codes().iter().copied()))?)
        }
    };
    Ok(Some(found))
}

fn words(word: &str) -> What {
    let asked = word.to_lowercase();
    let of_kind = |kind: &Kind| kind.codes().iter().map(|code| Feature { kind: *kind, value: (*code).to_owned() }).collect::<Vec<_>>();
    let codes = Kind::ALL.iter().flat_map(of_kind).filter(|feature| feature.words().to_lowercase().contains(&asked)).collect();
    What::Words(word.to_owned(), codes)
}

/// Each value of a list, or what is possible.
fn each<T>(piece: &Piece, known: impl Fn(&str) -> Option<T>, possible: &str) -> Result<Vec<T>, String> {
    let read = |value: &String| known(value).ok_or_else(|| format!("“{value}” is not known here; possible: {possible}"));
    piece.values.iter().map(read).collect()
}

fn list<'a>(codes: impl Iterator<Item = &'a str>) -> String {
    codes.collect::<Vec<_>>().join(", ")
}

fn unknown(name: &str) -> String {
    let nearest = NAMES.iter().map(|(known, _)| (distance(name, known), *known)).min().filter(|(far, _)| *far <= MISTYPED);
    let meant = nearest.map_or(String::new(), |(_, known)| format!(" Did you mean {known}?"));
    format!("there is nothing called {name}.{meant} Possible: {}", list(NAMES.iter().map(|(known, _)| *known)))
}

/// A code by its name or by its words: "mothers_day", "mother's day".
fn liked(kind: Kind, value: &str) -> Option<Liked> {
    let asked = value.to_lowercase().replace('\'', "’");
    if kind.codes().is_empty() {
        return Some(Liked::Like(kind, value.to_owned()));
    }
    let feature = |code: &&str| Feature { kind, value: (**code).to_owned() };
    kind.codes().iter().find(|code| **code == asked || feature(code).words().to_lowercase() == asked).map(|code| Liked::Code(feature(code)))
}

/// Of whatever kind; a word that is a code is meant as one, of others also a part counts.
fn liked_somehow(value: &str) -> Vec<Liked> {
    Kind::ALL.iter().filter_map(|kind| liked(*kind, value)).collect()
}

fn agreed(value: &str) -> Option<Agreed> {
    match value.to_lowercase().as_str() {
        "any" | "yes" => Some(Agreed::Any),
        "none" | "no" => Some(Agreed::None),
        "stopped" | "stop" => Some(Agreed::Stopped),
        "similar" => Some(Agreed::To(Purpose::SimilarPieces)),
        code => Purpose::from_code(&code.replace(' ', "_")).map(Agreed::To),
    }
}

fn one(value: &str, example: &str) -> Result<Wished, String> {
    match value.to_lowercase().as_str() {
        "open" | "any" => Ok(Wished::Open),
        "closed" => Ok(Wished::Closed),
        "none" => Ok(Wished::None),
        _ => Err(format!("“{value}” is not known here; possible: {example}")),
    }
}

fn code(value: &str) -> Option<&str> {
    (value.len() == 2 && value.bytes().all(|b| b.is_ascii_alphabetic())).then_some(value)
}

/// `>200`, `:>200` and `:200`.
fn measure<'a>(sign: &str, value: &'a str) -> Option<(Sign, &'a str)> {
    let sign = match sign.trim_start_matches(':') {
        "" | "=" => Sign::Equal,
        "<" => Sign::Less,
        ">" => Sign::More,
        "<=" => Sign::AtMost,
        ">=" => Sign::AtLeast,
        _ => return None,
    };
    Some((sign, value))
}

fn count(text: &str, example: &str) -> Result<i64, String> {
    text.parse::<u32>().map(i64::from).map_err(|_| format!("“{text}” is no number; write it as {example}"))
}

/// "200", "200EUR", "€200".
fn sum(text: &str, example: &str) -> Result<Amount, String> {
    let digits = text.trim_matches(|c: char| c.is_alphabetic() || matches!(c, '€' | '$' | '£' | '¥' | ' '));
    let code = match text.replace(digits, "").trim() {
        "" => Ok(None),
        "€" => Ok(Currency::parse("EUR")),
        "$" => Ok(Currency::parse("USD")),
        "£" => Ok(Currency::parse("GBP")),
        "¥" => Ok(Currency::parse("JPY")),
        code => Currency::parse(code).map(Some).ok_or(()),
    };
    let amount = code.ok().and_then(|currency| Amount::from_digits(digits, currency));
    amount.ok_or_else(|| format!("“{text}” is no sum; write it as {example}"))
}

/// "within 30 days" is since a time, "longer ago" before it.
fn time(sign: Sign, text: &str, now: Millis, example: &str) -> Result<(Side, Millis), String> {
    let side = match sign {
        Sign::Less | Sign::AtMost => Side::Since,
        Sign::More | Sign::AtLeast => Side::Before,
        Sign::Equal => return Err(format!("say whether within or longer ago: {example}")),
    };
    let number_end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let days = match &text[number_end..] {
        "" | "d" => 1,
        "w" => 7,
        "m" => 30,
        "y" => 365,
        _ => 0,
    };
    let number = text[..number_end].parse::<i64>().ok().filter(|_| days > 0);
    let number = number.ok_or_else(|| format!("“{text}” is no stretch of time; write days, weeks, months or years: 30d, 4w, 6m, 1y, as in {example}"))?;
    Ok((side, now - number.saturating_mul(days).min(DAYS_MAX) * DAY))
}
