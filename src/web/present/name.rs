//! Names of strangers: the real address stands beside them, directions of writing are isolated by the page (`<bdi>`),
//! and characters that nobody can see are made visible (PROMISES P52).

use crate::agent::initials;
use crate::email::EmailAddress;

/// A name in the page is no novel.
const NAME_CHARS_MAX: usize = 200;
const PASSAGE_CHARS_MAX: usize = 1_000;
const HUES: usize = 6;

/// Text of a stranger on one line, nothing in it invisible.
pub type Name = String;

/// Somebody beside what they wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    pub name: Name,
    pub address: Name,
    pub initials: String,
    pub hue: usize,
}

impl Person {
    pub fn new(name: &str, address: &str) -> Person {
        let shown = if name.trim().is_empty() { address } else { name };
        let mut initials = initials(shown);
        if initials.is_empty() {
            initials.push('?');
        }
        Person { name: visible(shown), address: visible(address), initials, hue: hue(if address.is_empty() { shown } else { address }) }
    }

    /// Whether the address has still to be said: the name is not the address itself.
    pub fn has_name(&self) -> bool {
        self.name != self.address
    }
}

/// One of six colours, always the same for the same person.
pub fn hue(of: &str) -> usize {
    1 + of.to_lowercase().bytes().fold(7usize, |sum, byte| sum.wrapping_mul(31).wrapping_add(usize::from(byte))) % HUES
}

/// `text` on one line, with control, direction and zero-width characters written out: ‹U+202E›.
pub fn visible(text: &str) -> Name {
    cut_at(text, NAME_CHARS_MAX)
}

/// The same for a passage of text.
pub fn visible_long(text: &str) -> String {
    cut_at(text, PASSAGE_CHARS_MAX)
}

fn cut_at(text: &str, chars_max: usize) -> String {
    let mut shown = String::with_capacity(text.len());
    let chars: Vec<char> = text.chars().take(chars_max).collect();
    for (i, &c) in chars.iter().enumerate() {
        let neighbours_are_ascii = || !(i > 0 && !chars[i - 1].is_ascii() && chars.get(i + 1).is_some_and(|next| !next.is_ascii()));
        match c {
            '\t' | '\n' | '\r' => shown.push(' '),
            // Joiners belong to emoji and to Persian and Indic words; in the midst of Latin letters they only deceive.
            '\u{200C}' | '\u{200D}' if !neighbours_are_ascii() => shown.push(c),
            c if is_unseen(c) => shown.push_str(&format!("‹U+{:04X}›", u32::from(c))),
            c => shown.push(c),
        }
    }
    if text.chars().nth(chars_max).is_some() {
        shown.push('…');
    }
    shown
}

/// What to say of an address whose letters may look like others.
pub fn punycode_note(address: &EmailAddress) -> Option<&'static str> {
    let text = address.as_str();
    let foreign = !text.is_ascii() || address.domain().to_lowercase().split('.').any(|label| label.starts_with("xn--"));
    foreign.then_some("letters beyond a–z in this address: look twice")
}

fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p52_what_nobody_can_see_is_written_out() {
        assert_eq!(visible("Anna\u{202E}moc.knab"), "Anna‹U+202E›moc.knab");
        assert_eq!(visible("pay\u{200B}pal"), "pay‹U+200B›pal");
        assert_eq!(visible("a\u{200D}b"), "a‹U+200D›b");
        assert_eq!(visible("nul\0\u{7}"), "nul‹U+0000›‹U+0007›");
        assert_eq!(visible("two\r\nlines"), "two  lines");
    }

    #[test]
    fn emoji_and_joined_scripts_stay_whole() {
        assert_eq!(visible("👩\u{200D}🎨 Åsa"), "👩\u{200D}🎨 Åsa");
        assert_eq!(visible("می\u{200C}خواهم"), "می\u{200C}خواهم");
    }

    #[test]
    fn p52_addresses_with_other_letters_are_pointed_out() {
        let note = |text: &str| punycode_note(&EmailAddress::parse(text).unwrap()).is_some();
        assert!(note("anna@xn--pple-43d.com") && note("anna@аpple.com"));
        assert!(!note("anna@apple.com"));
    }

    #[test]
    fn a_person_without_a_name_is_their_address() {
        let person = Person::new("", "mara@example.test");
        assert!(!person.has_name());
        assert_eq!(person.initials, "M");
        assert_eq!(Person::new("!!", "").initials, "?");
    }
}
