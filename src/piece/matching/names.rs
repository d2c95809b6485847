//! Names and titles as people spell them: whichever order, without accents, with a slip of the finger.

use crate::search::fold::folded;
use crate::spelling::distance;

/// Shorter words are too like one another to be taken for each other.
const SLIP_CHARS_MIN: usize = 4;
const TWO_SLIPS_CHARS_MIN: usize = 8;
/// A title that is one short word is in every text: "Sea" is not mentioned by "seasons greetings from the sea".
const MENTION_CHARS_MIN: usize = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alike {
    Same,
    /// All of one is in the other: a surname, a title without its series.
    Part,
    Not,
}

/// Words of letters and digits, folded.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(folded).collect()
}

/// A value as it is compared with itself.
pub fn plain(text: &str) -> String {
    words(text).join(" ")
}

pub fn are_alike(wanted: &str, is: &str) -> Alike {
    let (wanted, is) = (words(wanted), words(is));
    if wanted.is_empty() || is.is_empty() {
        return Alike::Not;
    }
    let all = |these: &[String], those: &[String]| these.iter().all(|this| those.iter().any(|that| near(this, that)));
    let telling = |these: &[String]| these.iter().any(|word| word.chars().count() >= SLIP_CHARS_MIN);
    match (all(&wanted, &is), all(&is, &wanted)) {
        (true, true) => Alike::Same,
        (true, false) if telling(&wanted) => Alike::Part,
        (false, true) if telling(&is) => Alike::Part,
        _ => Alike::Not,
    }
}

/// Whether a text names it: its words, one after the other.
pub fn mentions(text: &str, name: &str) -> bool {
    let name = words(name);
    if name.iter().map(|word| word.chars().count()).sum::<usize>() < MENTION_CHARS_MIN {
        return false;
    }
    let text = words(text);
    text.windows(name.len()).any(|window| window.iter().zip(&name).all(|(a, b)| near(a, b)))
}

fn near(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let (long, short) = (a.chars().count().max(b.chars().count()), a.chars().count().min(b.chars().count()));
    let slips = if long < SLIP_CHARS_MIN { 0 } else { 1 + usize::from(short >= TWO_SLIPS_CHARS_MIN) };
    // Numbers are not misspelt: "Study 12" is not "Study 13".
    let numbers = a.chars().any(|c| c.is_ascii_digit()) || b.chars().any(|c| c.is_ascii_digit());
    !numbers && long - short <= slips && distance(a, b) <= slips
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_alike_in_any_order_and_with_a_slip() {
        for (wanted, is, how) in [
            ("Anna Lind", "Anna Lind", Alike::Same),
            ("lind, anna", "Anna Lind", Alike::Same),
            ("Wassily Kandinski", "Wassily Kandinsky", Alike::Same),
            ("Karin Ohman", "Karin Öhman", Alike::Same),
            ("Lind", "Anna Lind", Alike::Part),
            ("Low Tide giclée", "Low Tide", Alike::Part),
            ("Anna Berg", "Anna Lind", Alike::Not),
            ("Study 12", "Study 13", Alike::Not),
            ("Lina Ek", "Lisa Ek", Alike::Same),
            ("Jon", "Jan", Alike::Not),
            ("", "Anna Lind", Alike::Not),
        ] {
            assert_eq!(are_alike(wanted, is), how, "{wanted} / {is}");
        }
    }

    #[test]
    fn a_text_mentions_whole_words_one_after_the_other() {
        assert!(mentions("Re: is “Low tide” still there?", "Low Tide") && mentions("a print by Anna Lindh please", "Anna Lind"));
        assert!(!mentions("the tide is low", "Low Tide") && !mentions("see you", "Sea") && !mentions("anything", ""));
    }
}
