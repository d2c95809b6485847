//! Sizes in figures: "50x70", "50 × 70 cm", "16 by 20 inches", "A3".

use super::rules::bit;
use super::said::Said;

/// Formats in inches that shops with inches sell; without a unit they are meant in English.
const INCHES: &[(u32, u32)] =
    &[(4, 6), (5, 7), (8, 10), (8, 12), (9, 12), (10, 12), (11, 14), (12, 12), (12, 16), (12, 18), (16, 20), (18, 24), (20, 24), (24, 36)];
/// Between the two figures.
const BETWEEN: &[&str] = &["x", "×", "*", "by", "mal", "auf", "op", "bij", "på", "por", "per", "sur", "par"];
const UNITS: &[(&str, Unit)] = &[
    ("centimet", Unit::Centimetre),
    ("centímet", Unit::Centimetre),
    ("centimèt", Unit::Centimetre),
    ("zentimet", Unit::Centimetre),
    ("cm", Unit::Centimetre),
    ("mm", Unit::Millimetre),
    ("inches", Unit::Inch),
    ("inch", Unit::Inch),
    ("ins", Unit::Inch),
    ("in", Unit::Inch),
    ("\"", Unit::Inch),
    ("”", Unit::Inch),
    ("″", Unit::Inch),
    ("''", Unit::Inch),
    ("zoll", Unit::Inch),
    ("m", Unit::Metre),
];
/// Larger, and it is no picture's side.
const SIDE_CM_MAX: f64 = 500.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Millimetre,
    Centimetre,
    Metre,
    Inch,
}

/// Each with the bytes where it stands.
pub fn find(said: &Said) -> Vec<(usize, usize, String)> {
    let text = said.words.text();
    let in_english = said.tongues == bit("en");
    let mut found = Vec::new();
    let mut at = 0;
    while at < said.words.len() {
        let (from, end) = said.words.place(at, at);
        let word = said.words.get(at).unwrap_or_default();
        if is_din(word) {
            found.push((from, end, word.to_uppercase()));
        } else if word.starts_with(|c: char| c.is_ascii_digit())
            && let Some((length, value)) = pair(&text[from..], in_english)
        {
            found.push((from, from + length, value));
            while at + 1 < said.words.len() && said.words.place(at + 1, at + 1).0 < from + length {
                at += 1;
            }
        }
        at += 1;
    }
    found
}

fn is_din(word: &str) -> bool {
    matches!(word.as_bytes(), [b'a', b'0'..=b'6'])
}

/// Two figures from the beginning of a text on, and how many bytes they take.
fn pair(text: &str, in_english: bool) -> Option<(usize, String)> {
    let (one, rest) = number(text)?;
    let (one_unit, rest) = unit(rest.trim_start_matches(' '));
    let rest = rest.trim_start_matches([' ', '\u{a0}']);
    let between = BETWEEN.iter().find(|between| rest.get(..between.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(between)))?;
    let rest = rest[between.len()..].trim_start_matches([' ', '\u{a0}']);
    let (other, rest) = number(rest)?;
    let (other_unit, behind) = unit(rest.trim_start_matches([' ', '\u{a0}']));
    let rest = if other_unit.is_some() { behind } else { rest };
    let whole = |side: f64| side.fract() == 0.0;
    let is_format = INCHES.iter().any(|(a, b)| [(one, other), (other, one)].contains(&(f64::from(*a), f64::from(*b))));
    let guessed = if in_english && whole(one) && whole(other) && is_format { Unit::Inch } else { Unit::Centimetre };
    let unit = other_unit.or(one_unit).unwrap_or(guessed);
    let scale = match unit {
        Unit::Millimetre => 0.1,
        Unit::Metre => 100.0,
        Unit::Centimetre | Unit::Inch => 1.0,
    };
    let (one, other) = (one * scale, other * scale);
    // "2 x 3": two times, not two centimetres.
    if one.max(other) > SIDE_CM_MAX || (one.min(other) < 5.0 && other_unit.is_none() && !is_format) {
        return None;
    }
    let name = if unit == Unit::Inch { "in" } else { "cm" };
    Some((text.len() - rest.len(), format!("{} x {} {name}", shown(one), shown(other))))
}

fn shown(side: f64) -> String {
    let tenths = (side * 10.0).round() / 10.0;
    format!("{tenths}")
}

fn number(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',')).unwrap_or(text.len());
    let digits = text[..end].trim_end_matches(['.', ',']);
    let value = digits.replace(',', ".").parse().ok().filter(|_| (1..=5).contains(&digits.len()))?;
    Some((value, &text[digits.len()..]))
}

fn unit(text: &str) -> (Option<Unit>, &str) {
    let lower = |name: &str| text.get(..name.len()).is_some_and(|begin| begin.to_lowercase() == *name);
    let Some((name, unit)) = UNITS.iter().find(|(name, _)| lower(name)) else { return (None, text) };
    let rest = &text[name.len()..];
    let word_end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    // "50 x 70 in blue": a word that has other letters behind is none of these, and neither is this "in".
    let is_word = word_end == 0 || name.len() > 5;
    let is_place = *name == "in" && rest.trim_start().starts_with(|c: char| c.is_alphabetic()) && rest.starts_with(' ');
    if is_word && !is_place { (Some(*unit), &rest[word_end..]) } else { (None, text) }
}
