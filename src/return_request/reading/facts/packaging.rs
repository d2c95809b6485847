//! Whether an item is still in its original packaging: yes or no where that was asked, in any language that we ask in.

use super::sentences::around;
use super::text;
use crate::return_request::fields::PACKAGING;
use crate::return_request::reading::Found;
use crate::return_request::reading::intent::folded;
use crate::return_request::words::{NO, YES};

const YES_WORDS: &[&str] = &["yes", "yep", "yeah", "ja", "jawohl", "jo", "oui", "si", "sim", "jup"];
const NO_WORDS: &[&str] = &["no", "nope", "nein", "ne", "non", "nee", "nao", "nej"];
/// Behind a yes or no these may turn it round: "yes, but opened", "no, it is not damaged".
const TURNS: &[&str] = &[
    "but",
    "not",
    "without",
    "except",
    "only",
    "partly",
    "almost",
    "think",
    "maybe",
    "perhaps",
    "sure",
    "problem",
    "if",
    "opened",
    "torn",
    "aber",
    "nicht",
    "ohne",
    "nur",
    "teilweise",
    "fast",
    "glaube",
    "vielleicht",
    "geoffnet",
    "mais",
    "pas",
    "sans",
    "presque",
    "crois",
    "ouvert",
    "ouverte",
    "pero",
    "sin",
    "casi",
    "creo",
    "quizas",
    "abierto",
    "ma",
    "senza",
    "quasi",
    "credo",
    "forse",
    "aperto",
    "maar",
    "niet",
    "zonder",
    "alleen",
    "bijna",
    "denk",
    "misschien",
    "geopend",
    "mas",
    "nao",
    "sem",
    "talvez",
    "aberta",
    "aberto",
    "men",
    "inte",
    "utan",
    "nastan",
    "tror",
    "kanske",
    "oppnad",
    "oppnat",
];
/// Who says one of these says yes without the word.
const SEALED: &[&str] = &[
    "unopened",
    "sealed",
    "ungeoffnet",
    "originalverpackt",
    "versiegelt",
    "ovp",
    "scelle",
    "precintado",
    "sigillato",
    "ongeopend",
    "verzegeld",
    "lacrado",
    "selado",
    "ooppnad",
    "ooppnat",
    "forseglad",
];
/// The same for no.
const GONE: &[&str] = &[
    "thrown",
    "threw",
    "binned",
    "recycled",
    "weggeworfen",
    "entsorgt",
    "jete",
    "jetee",
    "tirado",
    "tire",
    "buttato",
    "buttata",
    "weggegooid",
    "deitei",
    "slangt",
    "kastat",
];
/// What the packaging is called, as its first letters.
const NAMES: &[&str] = &[
    "packag",
    "packing",
    "box",
    "verpackung",
    "originalverpackung",
    "karton",
    "emballage",
    "embalaje",
    "caja",
    "imballaggio",
    "confezione",
    "scatola",
    "verpakking",
    "doos",
    "embalagem",
    "caixa",
    "forpackning",
    "originalforpackning",
];
/// Before or behind what they deny.
const DENIES: &[&str] = &[
    "not", "no", "without", "nicht", "kein", "keine", "ohne", "pas", "plus", "sans", "sin", "non", "senza", "niet", "geen", "zonder", "nao", "sem", "inte",
    "ingen", "utan", "longer",
];
/// A longer answer tells a story.
const ANSWER_WORDS_MAX: usize = 14;

/// What stands where it was asked for: a yes or no is certain unless something behind it may turn it round.
pub fn answer(said: &str) -> Option<(&'static str, bool)> {
    let words = words_of(said);
    let is = |list: &[&str], at: usize| words.get(at).is_some_and(|word| list.contains(&word.as_str()));
    let has = |list: &[&str]| words.iter().skip(1).any(|word| list.contains(&word.as_str()));
    let short = words.len() <= ANSWER_WORDS_MAX;
    if is(YES_WORDS, 0) {
        return Some((YES, short && !has(TURNS) && !has(NO_WORDS) && !has(GONE)));
    }
    if is(NO_WORDS, 0) {
        let plain = words.len() == 1 || ends_there(said) || has(GONE);
        return Some((NO, short && plain && !has(YES_WORDS) && !has(SEALED) && !(has(TURNS) && !has(GONE))));
    }
    told(&words).map(|code| (code, false))
}

/// A sentence that speaks of it in an answer to a letter that asked: a suggestion, never certain.
pub fn find(free: &str) -> Option<Found> {
    let mut at = 0;
    for sentence in free.split_inclusive(['.', '!', '?', '\n']) {
        let words = words_of(sentence);
        let speaks = words.iter().any(|word| NAMES.iter().any(|name| word.starts_with(name)) || SEALED.contains(&word.as_str()));
        if let Some(code) = told(&words).filter(|_| speaks) {
            return Some(text(PACKAGING, code, &around(free, at, at + sentence.trim_end_matches(['.', '!', '?', '\n', ' ']).len()), false));
        }
        at += sentence.len();
    }
    None
}

/// Which of the two a sentence seems to say.
fn told(words: &[String]) -> Option<&'static str> {
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let (sealed, gone) = (has(SEALED), has(GONE));
    match (sealed, gone || has(DENIES)) {
        (true, false) => Some(YES),
        (false, true) => Some(NO),
        (true, true) => None,
        (false, false) => words.iter().any(|word| NAMES.iter().any(|name| word.starts_with(name))).then_some(YES),
    }
}

/// "No." and "No, …": the word stands for itself. "No longer wanted" does not.
fn ends_there(said: &str) -> bool {
    said.trim_start().trim_start_matches(char::is_alphabetic).starts_with(['.', ',', '!', ';', '–', '-', ':'])
}

fn words_of(said: &str) -> Vec<String> {
    said.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(folded).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_yes_or_no_is_certain_in_every_language_and_anything_else_a_suggestion() {
        for said in ["yes", "Yes.", "YES, still sealed", "ja", "Ja, ungeöffnet", "oui", "Oui, jamais déballé", "sí", "Sì", "sim", "Ja, det är den"] {
            assert_eq!(answer(said), Some((YES, true)), "{said}");
        }
        for said in ["no", "No, I threw it away", "nein", "Nein!", "non", "No.", "nee", "não", "Nej, den är slängd"] {
            assert_eq!(answer(said), Some((NO, true)), "{said}");
        }
        for (said, code) in [
            ("yes, but it was opened", YES),
            ("ja, aber die Schachtel ist eingerissen", YES),
            ("no problem, it is in the box", NO),
            ("It is unopened", YES),
            ("originalverpackt", YES),
            ("I have thrown the tube away", NO),
            ("the box is no longer here", NO),
        ] {
            assert_eq!(answer(said), Some((code, false)), "{said}");
        }
        for said in ["", "which one?", "AT-10482", "damaged"] {
            assert_eq!(answer(said), None, "{said}");
        }
    }

    #[test]
    fn a_sentence_about_it_is_kept_with_its_words() {
        let free = "Hello,\nthe print is fine. It is still in its original packaging. Thanks";
        let found = find(free).unwrap();
        assert_eq!((found.certain, found.sentence.as_str()), (false, "It is still in its original packaging"));
        assert_eq!(find("Thanks for asking. I want my money back."), None);
    }
}
