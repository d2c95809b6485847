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

/// Digits behind the point where they are not two (ISO 4217, list one of 2026). MGA and MRU have two there, though they have fifths.
const DECIMALS: &[(u32, &[&str])] = &[
    (0, &["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"]),
    (3, &["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]),
    (4, &["CLF", "UYW"]),
];
/// Of any currency, and of a sum that names none.
const DECIMALS_MAX: u32 = 4;
const DECIMALS_UNKNOWN: u32 = 2;

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
        DECIMALS.iter().find(|(_, codes)| codes.contains(&self.as_str())).map_or(2, |(decimals, _)| *decimals)
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
        let decimals = currency.map_or(DECIMALS_UNKNOWN, Currency::decimals);
        let mark = decimal_mark(&text, decimals);
        let (whole, part) = match mark {
            Some(at) => (&text[..at], &text[at + 1..]),
            None => (text.as_str(), ""),
        };
        let whole: i64 = whole.chars().filter(char::is_ascii_digit).collect::<String>().parse().ok()?;
        let scale = 10i64.pow(decimals);
        let kept = &format!("{part:0<width$}", width = decimals as usize)[..decimals as usize];
        let minor = whole.checked_mul(scale)?.checked_add(if kept.is_empty() { 0 } else { kept.parse().ok()? })?;
        Some(Amount { minor: if negative { -minor } else { minor }, currency })
    }

    /// As a number of whole units, for programs: 68.0.
    pub fn as_number(self) -> f64 {
        self.minor as f64 / 10f64.powi(self.decimals() as i32)
    }

    /// The same sum in `currency`, where it names none of its own: its hundredths become that currency's smallest units.
    pub fn or_in(self, currency: Option<Currency>) -> Amount {
        if self.currency.is_some() || currency.is_none() {
            return self;
        }
        let there = Amount { minor: 0, currency };
        let minor = self.smallest() / 10i128.pow(DECIMALS_MAX - there.decimals());
        Amount { minor: i64::try_from(minor).unwrap_or(i64::MAX), ..there }
    }

    /// Of two sums in one currency, or of which one names none: whole units with whole units.
    pub fn is_more_than(self, other: Amount) -> bool {
        self.smallest() > other.smallest()
    }

    /// In units that are small enough for every currency.
    fn smallest(self) -> i128 {
        i128::from(self.minor) * 10i128.pow(DECIMALS_MAX - self.decimals())
    }

    fn decimals(self) -> u32 {
        self.currency.map_or(DECIMALS_UNKNOWN, Currency::decimals)
    }

    /// Digits alone: `68.00`.
    pub fn digits(self) -> String {
        let decimals = self.decimals() as usize;
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

/// Where the decimal mark stands: the last mark, if one or two digits follow it, or if the other mark stands before it. Three digits behind
/// a mark are thousands, but not where a currency has thousandths: 12.500 dinars are twelve and a half.
fn decimal_mark(text: &str, decimals: u32) -> Option<usize> {
    let last = text.rfind(['.', ','])?;
    let behind = text.len() - last - 1;
    let same = text.matches(&text[last..=last]).count();
    let other = text[..last].contains(if text.as_bytes()[last] == b'.' { ',' } else { '.' });
    let is_part = behind != 0 && (behind != 3 || decimals > 2);
    (same == 1 && (is_part || other)).then_some(last)
}

/// `€68.00`, `SEK 680.00`; `HUF 25000`, because the forint's hundredths stand in books only.
impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let Some(currency) = &self.currency else { return f.write_str(&self.digits()) };
        let sign = currency.sign();
        let gap = if sign.len() == 3 && sign.is_ascii() { " " } else { "" };
        let digits = self.digits();
        let digits = if currency.as_str() == "HUF" { digits.trim_end_matches(".00") } else { &digits };
        write!(f, "{sign}{gap}{digits}")
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
    fn each_currency_has_its_own_decimals() {
        for (text, code, minor, digits, shown) in [
            ("1.234", "UGX", 1234, "1234", "UGX 1234"),
            ("15000.00", "XOF", 15_000, "15000", "XOF 15000"),
            ("6,800", "ISK", 6800, "6800", "ISK 6800"),
            ("12.500", "KWD", 12_500, "12.500", "KWD 12.500"),
            ("12,5", "TND", 12_500, "12.500", "TND 12.500"),
            ("1,234.567", "BHD", 1_234_567, "1234.567", "BHD 1234.567"),
            ("1.2345", "CLF", 12_345, "1.2345", "CLF 1.2345"),
            ("25 000", "HUF", 2_500_000, "25000.00", "HUF 25000"),
            ("25000,50", "HUF", 2_500_050, "25000.50", "HUF 25000.50"),
            ("25000", "MGA", 2_500_000, "25000.00", "MGA 25000.00"),
        ] {
            let amount = Amount::from_digits(text, Currency::parse(code)).unwrap();
            assert_eq!((amount.minor, amount.digits().as_str(), amount.to_string().as_str()), (minor, digits, shown), "{text} {code}");
            assert_eq!(Amount::from_digits(digits, amount.currency), Some(amount), "{digits} {code} is read back");
        }
    }

    #[test]
    fn a_sum_without_a_currency_is_taken_in_whole_units() {
        let plain = Amount::from_digits("600", None).unwrap();
        let in_code = |text: &str, code: &str| Amount::from_digits(text, Currency::parse(code)).unwrap();
        for (code, minor) in [("EUR", 60_000), ("JPY", 600), ("KWD", 600_000)] {
            assert_eq!(plain.or_in(Currency::parse(code)), Amount::new(minor, Currency::parse(code)));
            assert!(plain.is_more_than(in_code("599", code)) && !plain.is_more_than(in_code("600", code)), "{code}");
        }
        assert_eq!(in_code("5", "EUR").or_in(Currency::parse("JPY")), in_code("5", "EUR"), "its own currency stays");
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
