//! Sums of money: whole minor units and a currency, never a float. Knows how people write them.

use serde::{Deserialize, Serialize};

/// An ISO 4217 code, upper case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

/// A sum as somebody stated it; they may have left the currency out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// Cents, öre, yen: the smallest unit of the currency; hundredths where none is known.
    pub minor: i64,
    pub currency: Option<Currency>,
}

/// Currencies without hundredths (ISO 4217).
const WITHOUT_MINOR: &[&str] = &["JPY", "KRW", "CLP", "VND", "ISK", "HUF"];

impl Currency {
    pub fn parse(code: &str) -> Option<Currency> {
        let bytes: [u8; 3] = code.trim().to_ascii_uppercase().into_bytes().try_into().ok()?;
        bytes.iter().all(u8::is_ascii_uppercase).then_some(Currency(bytes))
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("three ASCII letters")
    }

    /// Digits behind the decimal point.
    pub fn decimals(self) -> u32 {
        // HUF has two by the book and none in life.
        if WITHOUT_MINOR.contains(&self.as_str()) { 0 } else { 2 }
    }

    /// `€` where everybody knows the sign, the code otherwise.
    pub fn sign(&self) -> &str {
        match self.as_str() {
            "EUR" => "€",
            "GBP" => "£",
            "USD" => "$",
            "JPY" => "¥",
            code => code,
        }
    }
}

impl Amount {
    pub fn new(minor: i64, currency: Option<Currency>) -> Amount {
        Amount { minor, currency }
    }

    /// Digits with either decimal mark ("1.234,50", "1,234.50", "68", "68,-"), without sign or code.
    pub fn from_digits(text: &str, currency: Option<Currency>) -> Option<Amount> {
        let text = text.trim().trim_end_matches(['-', '–', '—']).trim_end_matches([',', '.']);
        let negative = text.starts_with('-');
        let text: String = text.trim_start_matches('-').chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’')).collect();
        if text.is_empty()
            || text.len() > 15
            || !text.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',')
            || !text.starts_with(|c: char| c.is_ascii_digit())
        {
            return None;
        }
        let decimals = currency.map_or(2, Currency::decimals);
        let mark = decimal_mark(&text);
        let (whole, part) = match mark {
            Some(at) => (&text[..at], &text[at + 1..]),
            None => (text.as_str(), ""),
        };
        let whole: i64 = whole.chars().filter(char::is_ascii_digit).collect::<String>().parse().ok()?;
        let scale = 10i64.pow(decimals);
        let part: i64 = format!("{part:0<2}")[..2].parse::<i64>().ok()?;
        let minor = whole.checked_mul(scale)?.checked_add(if decimals == 2 { part } else { 0 })?;
        Some(Amount { minor: if negative { -minor } else { minor }, currency })
    }

    /// The same digits in a currency, where none was written.
    pub fn or_in(self, currency: Option<Currency>) -> Amount {
        match (self.currency, currency) {
            (None, Some(currency)) if currency.decimals() == 0 => Amount { minor: self.minor / 100, currency: Some(currency) },
            (None, currency) => Amount { currency, ..self },
            _ => self,
        }
    }

    /// As a number of whole units, for programs: 68.0.
    pub fn as_number(self) -> f64 {
        self.minor as f64 / 10f64.powi(self.currency.map_or(2, Currency::decimals) as i32)
    }

    /// Digits alone: `68.00`.
    pub fn digits(self) -> String {
        let decimals = self.currency.map_or(2, Currency::decimals) as usize;
        let scale = 10i64.pow(decimals as u32);
        let sign = if self.minor < 0 { "-" } else { "" };
        let (whole, part) = ((self.minor / scale).abs(), (self.minor % scale).abs());
        if decimals == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part:0decimals$}") }
    }
}

/// Whether somebody wrote a sum below nothing: a minus, in whatever shape, before the first digit.
pub fn is_below_nothing(text: &str) -> bool {
    text.chars().take_while(|c| !c.is_ascii_digit()).any(|c| matches!(c, '-' | '−' | '‐' | '‑' | '–' | '—'))
}

/// Where the decimal mark stands: the last mark, if one or two digits follow it, or if the other mark stands before it.
fn decimal_mark(text: &str) -> Option<usize> {
    let last = text.rfind(['.', ','])?;
    let behind = text.len() - last - 1;
    let same = text.matches(&text[last..=last]).count();
    let other = text[..last].contains(if text.as_bytes()[last] == b'.' { ',' } else { '.' });
    ((behind == 1 || behind == 2 || (behind != 3 && behind != 0)) && same == 1 || (other && same == 1)).then_some(last)
}

/// `€68.00`, `SEK 680.00`.
impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let Some(currency) = &self.currency else { return f.write_str(&self.digits()) };
        let sign = currency.sign();
        let gap = if sign.len() == 3 && sign.is_ascii() { " " } else { "" };
        write!(f, "{sign}{gap}{}", self.digits())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Currency, D::Error> {
        let code = String::deserialize(deserializer)?;
        Currency::parse(&code).ok_or_else(|| serde::de::Error::custom("a currency is three letters, as in EUR"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_read_with_either_decimal_mark_and_written_with_one() {
        let euro = Currency::parse("eur");
        for (text, minor) in [
            ("68", 6800),
            ("68.00", 6800),
            ("68,5", 6850),
            ("1.234,50", 123_450),
            ("1,234.50", 123_450),
            ("1 234", 123_400),
            ("1.234", 123_400),
            ("68,-", 6800),
            ("1’250.00", 125_000),
        ] {
            assert_eq!(Amount::from_digits(text, euro).map(|a| a.minor), Some(minor), "{text}");
        }
        for text in ["", "abc", "12a", ".", "1234567890123456"] {
            assert_eq!(Amount::from_digits(text, euro), None, "{text}");
        }
        assert_eq!(Amount::new(6800, euro).to_string(), "€68.00");
        assert_eq!(Amount::new(68_050, Currency::parse("SEK")).to_string(), "SEK 680.50");
        assert_eq!(Amount::from_digits("6,800", Currency::parse("JPY")).unwrap().to_string(), "¥6800");
    }

    #[test]
    fn a_sum_without_a_currency_keeps_its_digits_in_the_one_that_is_meant() {
        let typed = Amount::from_digits("1000", None).unwrap();
        for (code, shown) in [("EUR", "€1000.00"), ("JPY", "¥1000"), ("SEK", "SEK 1000.00")] {
            assert_eq!(typed.or_in(Currency::parse(code)).to_string(), shown);
        }
        assert_eq!(typed.or_in(None), typed);
        let euros = typed.or_in(Currency::parse("EUR"));
        assert_eq!(euros.or_in(Currency::parse("JPY")), euros, "what was written stands");
    }

    #[test]
    fn a_minus_before_the_digits_is_below_nothing_and_one_behind_them_is_not() {
        for (text, below) in [("-5", true), ("EUR −5,00", true), ("– 5", true), ("68,-", false), ("68.–", false), ("68 EUR", false)] {
            assert_eq!(is_below_nothing(text), below, "{text}");
        }
    }
}
