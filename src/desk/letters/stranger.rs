//! What a stranger wrote and a letter that leaves by itself would repeat. The address on their mail may be somebody else's, and the letter
//! carries the shop's good name: nothing in it may lead anywhere but to the shop (PROMISES P24).

use crate::desk::body;
use crate::reply_template::Facts;

/// A first name; what is longer is a sentence.
const NAME_CHARS_MAX: usize = 40;
/// A subject that says more is an advertisement.
const SUBJECT_CHARS_MAX: usize = 120;
/// Signs that browsers and mail clients take for a dot in the name of a site.
const DOTS: [char; 4] = ['.', '。', '．', '｡'];

/// The first name, if it is one.
pub fn first_name(name: &str) -> Option<&str> {
    let first = name.split_whitespace().next()?;
    let is_letter = |c: char| c.is_alphabetic() || matches!(c, '-' | '‐' | '\'' | '’' | '.');
    (first.chars().all(is_letter) && first.chars().count() <= NAME_CHARS_MAX && !leads_somewhere(first)).then_some(first)
}

/// "Re: Refund", for their client to keep the letters together; `None`: it would advertise something.
pub fn reply_subject(of: &str) -> Option<String> {
    (of.chars().count() <= SUBJECT_CHARS_MAX && !leads_somewhere(of)).then(|| body::reply_subject(of))
}

/// What a template may name, without that which leads somewhere. The form's link is ours.
pub fn harmless(facts: Facts) -> Facts {
    let plain = |value: Option<String>| value.filter(|value| !leads_somewhere(value));
    let lines = |text: String| text.lines().filter(|line| !leads_somewhere(line)).collect::<Vec<_>>().join("\n");
    let mut of_return = facts.of_return;
    (of_return.item, of_return.facts) = (plain(of_return.item), of_return.facts.map(lines));
    Facts { order: plain(facts.order), of_return, ..facts }
}

/// Whether a client could make a link of something in it: a scheme, an address, or a word like a site's name.
fn leads_somewhere(text: &str) -> bool {
    let is_of_site = |c: char| c.is_alphanumeric() || DOTS.contains(&c) || c == '-' || c == '_';
    text.contains("://") || text.contains('@') || text.split(|c: char| !is_of_site(c)).any(is_like_a_site)
}

/// "evil.test", "www.evil.test", "evil.test.", "10.0.0.1"; not "Nr.", "12.11.2026", "J.R." or "68.00".
fn is_like_a_site(word: &str) -> bool {
    let parts: Vec<&str> = word.split(DOTS).filter(|part| !part.is_empty()).collect();
    let [.., _, last] = parts[..] else { return false };
    let is_number = |part: &&str| part.chars().all(|c| c.is_ascii_digit());
    let named = last.chars().count() >= 2 && last.starts_with(char::is_alphabetic);
    named || (parts.len() == 4 && parts.iter().all(is_number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p24_only_what_leads_nowhere_is_repeated() {
        for plain in ["Refund", "Order AT-10482, 12.11.2026", "My print is 68.00 € too dear!", "Bestellung Nr. 5", "z.B. J.R. Ewing", "50 × 70", "Umtausch?"]
        {
            assert_eq!(reply_subject(plain), Some(format!("Re: {plain}")));
        }
        for lure in [
            "You won 500 EUR, collect at http://evil.test/win",
            "collect at evil.test",
            "evil.test/win",
            "(www.evil.test)",
            "EVIL。TEST",
            "write to win@evil",
            "hxxp://evil",
            "10.0.0.1/win",
            "Grüße: ewil-böse.рф!",
            "evil.xn--p1ai",
        ] {
            assert_eq!(reply_subject(lure), None, "{lure}");
        }
        assert_eq!(reply_subject(&"win ".repeat(40)), None);
    }

    #[test]
    fn p24_a_name_is_letters() {
        for name in ["Mara", "Jean-Luc", "O’Brien", "J.R.", "Zoë", "李", "अनिता"] {
            assert_eq!(first_name(&format!("{name} Okafor")), Some(name));
        }
        for lure in ["", "http://evil.test/claim-your-prize now", "evil.test", "win@evil.test", "500€", "<b>", "x".repeat(41).as_str()] {
            assert_eq!(first_name(lure), None, "{lure}");
        }
    }
}
