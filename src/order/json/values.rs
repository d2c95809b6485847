//! Values of a JSON object, each read by what it should be, with a mistake at its path where it is not.

use super::{Mistake, QUANTITY_MAX};
use crate::email::EmailAddress;
use crate::money::{Amount, Currency};
use jiff::civil::Date;
use serde_json::{Map, Value};

/// Titles and names.
const TEXT_CHARS_MAX: usize = 300;
/// Ten thousand million units are no price.
const DIGITS_MAX: usize = 12;

pub type Object = Map<String, Value>;

#[derive(Debug, Default)]
pub struct Values {
    pub mistakes: Vec<Mistake>,
    pub ignored: Vec<String>,
}

/// `orders[2]` and `number` as `orders[2].number`.
pub fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

impl Values {
    pub fn wrong(&mut self, path: &str, words: &str) {
        self.mistakes.push(Mistake { path: path.to_owned(), words: words.to_owned() });
    }

    /// Names that are not among `known` are listed: they may be misspelt.
    pub fn known(&mut self, object: &Object, path: &str, known: &[&str]) {
        self.ignored.extend(object.keys().filter(|name| !known.contains(&name.as_str())).map(|name| below(path, name)));
    }

    /// A text, or a number as one; empty where it is not there.
    pub fn text(&mut self, object: &Object, path: &str, name: &str) -> String {
        let text = match object.get(name) {
            None | Some(Value::Null) => return String::new(),
            Some(Value::String(text)) => {
                text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
            }
            Some(Value::Number(number)) => number.to_string(),
            Some(_) => {
                self.wrong(&below(path, name), "Write it as a text.");
                return String::new();
            }
        };
        if text.chars().count() > TEXT_CHARS_MAX {
            self.wrong(&below(path, name), &format!("At most {TEXT_CHARS_MAX} characters, please."));
        }
        text
    }

    /// A list of texts.
    pub fn texts(&mut self, object: &Object, path: &str, name: &str, max: usize) -> Vec<String> {
        let mut texts = Vec::new();
        for (at, text) in self.list(object, path, name, max).iter().enumerate() {
            match text {
                Value::String(text) => texts.push(text.trim().to_owned()),
                _ => self.wrong(&format!("{}[{at}]", below(path, name)), "Each of these is a text."),
            }
        }
        texts
    }

    pub fn day(&mut self, object: &Object, path: &str, name: &str) -> Option<Date> {
        let text = self.text(object, path, name);
        if text.is_empty() {
            return None;
        }
        let day = text.get(..10).and_then(|day| day.parse().ok()).filter(|_| text.len() == 10 || text.as_bytes()[10] == b'T' || text.as_bytes()[10] == b' ');
        if day.is_none() {
            self.wrong(&below(path, name), "Write the day as 2026-11-19; a time may follow.");
        }
        day
    }

    /// A sum of `currency`, as a number or a text: a point before the decimals, nothing between thousands.
    pub fn sum(&mut self, object: &Object, path: &str, name: &str, currency: Option<Currency>) -> Option<Amount> {
        let text = self.text(object, path, name);
        if text.is_empty() {
            return None;
        }
        let minor = minor(&text, currency.map_or(2, Currency::decimals) as usize);
        if minor.is_none() {
            self.wrong(&below(path, name), "Write the sum as 68.00, without currency and not below 0.");
        }
        minor.map(|minor| Amount::new(minor, currency))
    }

    pub fn currency(&mut self, object: &Object, path: &str, name: &str) -> Option<Currency> {
        let text = self.text(object, path, name);
        let currency = Currency::parse(&text);
        if !text.is_empty() && currency.is_none() {
            self.wrong(&below(path, name), "A currency is three letters, as in EUR.");
        }
        currency
    }

    pub fn country(&mut self, object: &Object, path: &str, name: &str) -> Option<String> {
        let text = self.text(object, path, name);
        let is_code = text.len() == 2 && text.chars().all(|c| c.is_ascii_alphabetic());
        if !text.is_empty() && !is_code {
            self.wrong(&below(path, name), "A country is two letters (ISO 3166-1), as in DE.");
        }
        is_code.then(|| text.to_uppercase())
    }

    pub fn address(&mut self, object: &Object, path: &str, name: &str) -> Option<String> {
        let text = self.text(object, path, name);
        let address = EmailAddress::parse(&text);
        if !text.is_empty() && address.is_none() {
            self.wrong(&below(path, name), "This is no mail address: write it like mara@shop.example.");
        }
        address.map(|address| address.key())
    }

    /// 1 where it is not there.
    pub fn quantity(&mut self, object: &Object, path: &str, name: &str) -> i64 {
        let text = self.text(object, path, name);
        match text.parse() {
            Ok(number) if (1..=QUANTITY_MAX).contains(&number) => number,
            _ if text.is_empty() => 1,
            _ => {
                self.wrong(&below(path, name), &format!("A quantity is a whole number from 1 to {QUANTITY_MAX}."));
                1
            }
        }
    }

    /// An object below, or nothing.
    pub fn object<'o>(&mut self, object: &'o Object, path: &str, name: &str) -> Option<&'o Object> {
        match object.get(name) {
            None | Some(Value::Null) => None,
            Some(Value::Object(found)) => Some(found),
            Some(_) => {
                self.wrong(&below(path, name), "Write an object here, in braces.");
                None
            }
        }
    }

    /// A list below, with at most `most` in it; empty where it is not there.
    pub fn list<'o>(&mut self, object: &'o Object, path: &str, name: &str, most: usize) -> &'o [Value] {
        match object.get(name) {
            None | Some(Value::Null) => &[],
            Some(Value::Array(list)) if list.len() <= most => list,
            Some(Value::Array(list)) => {
                self.wrong(&below(path, name), &format!("At most {most} of them; these are {}.", list.len()));
                &[]
            }
            Some(_) => {
                self.wrong(&below(path, name), "Write a list here, in brackets.");
                &[]
            }
        }
    }
}

/// `68`, `68.5`, `68,50` in the smallest unit, rounded.
fn minor(text: &str, decimals: usize) -> Option<i64> {
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.len() <= DIGITS_MAX && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) {
        return None;
    }
    let kept: i64 = format!("{part:0<decimals$}")[..decimals].parse().unwrap_or(0);
    let up = i64::from(part.as_bytes().get(decimals).is_some_and(|next| *next >= b'5'));
    whole.parse::<i64>().ok()?.checked_mul(10_i64.pow(decimals as u32))?.checked_add(kept + up)
}

#[cfg(test)]
mod tests {
    use super::minor;

    #[test]
    fn sums_have_a_point_and_nothing_between_thousands() {
        for (text, wanted) in [("68", 6800), ("68.0", 6800), ("68,5", 6850), ("68.125", 6813), ("0.005", 1), ("1234567.89", 123_456_789)] {
            assert_eq!(minor(text, 2), Some(wanted), "{text}");
        }
        assert_eq!((minor("680.4", 0), minor("680.5", 0)), (Some(680), Some(681)));
        for text in ["", "-1", "1,234.50", "1e21", "€68", "68.", ".5", "1234567890123"] {
            assert_eq!(minor(text, 2), None, "{text}");
        }
    }
}
