//! Whether a customer takes a return back: "please cancel my return", "ich behalte es doch". Only where they plainly say so; and nothing
//! moves by it, since a person reads the sentence first.

use super::facts::is_word;
use super::intent::{Part, Words, end_of};
use std::collections::HashMap;
use std::sync::LazyLock;

/// What is looked at: who takes it back says so at the beginning.
const TEXT_BYTES_MAX: usize = 2 * 1024;
/// Words behind it in which it is denied: "vergessen Sie meine Retoure bitte nicht".
const DENIED_BEHIND_WORDS: usize = 3;

struct Way {
    parts: Vec<Part>,
    /// It denies of itself: "no longer want".
    denies: bool,
}

static WAYS: LazyLock<Vec<Way>> = LazyLock::new(|| {
    let lines = include_str!("withdrawal.txt").lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let way = |line: &str| {
        let words = line.trim_start_matches("! ");
        let parts = words.split_whitespace().filter_map(|part| Part::of(part, &HashMap::new()).ok()).collect();
        Way { parts, denies: words.len() < line.len() }
    };
    lines.map(way).collect()
});

/// The sentence that takes it back.
pub fn said(new_text: &str) -> Option<String> {
    let words = Words::of("", new_text, TEXT_BYTES_MAX, |word| word);
    for at in 0..words.len() {
        for way in WAYS.iter() {
            if let Some(last) = end_of(&way.parts, &words, at, words.sentence(at)).filter(|last| holds(&words, way, at, *last)) {
                let sentence = words.sentence(at);
                let first = (0..at).find(|word| words.sentence(*word) == sentence).unwrap_or(at);
                let end = (last..words.len()).take_while(|word| words.sentence(*word) == sentence).last().unwrap_or(last);
                return Some(words.between(first, end));
            }
        }
    }
    None
}

/// Neither denied nor supposed: "don't forget my return", "if I keep it after all", "how do I cancel my return".
fn holds(words: &Words, way: &Way, first: usize, last: usize) -> bool {
    let sentence = words.sentence(first);
    let is = |list: &str, at: usize| words.get(at).is_some_and(|word| is_word(list, word));
    let before = || (0..first).filter(|at| words.sentence(*at) == sentence);
    let denied = || {
        before().any(|at| is("denies", at))
            || (first..=last + DENIED_BEHIND_WORDS).any(|at| at < words.len() && words.sentence(at) == sentence && is("denies", at))
    };
    let supposed = before().any(|at| is("hypothetical", at) || is("asks_how", at));
    !supposed && (way.denies || !denied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_takes_a_return_back_plainly_is_understood_in_eight_languages() {
        for text in [
            "Hi, please cancel my return, the neighbour glued it.",
            "You can forget about my return.",
            "I no longer want to return the mug.",
            "We have decided to keep it.",
            "I'll keep it after all, thanks.",
            "Please consider my claim withdrawn.",
            "Bitte stornieren Sie meine Rücksendung.",
            "Ich ziehe meine Reklamation zurück.",
            "Ich möchte die Vase nicht mehr zurückschicken.",
            "Ich behalte sie doch.",
            "Die Rückgabe hat sich erledigt.",
            "Merci d'annuler ma demande.",
            "Je ne souhaite plus retourner le vase.",
            "Finalement je le garde.",
            "Por favor, cancelen mi devolución.",
            "Ya no quiero devolverlo.",
            "Al final me lo quedo.",
            "Vi prego di annullare la mia richiesta.",
            "Non voglio più restituire il vaso.",
            "Alla fine lo tengo.",
            "Vergeet mijn retour maar.",
            "Ik wil de lamp niet meer terugsturen.",
            "We houden hem toch.",
            "Podem cancelar a minha devolução.",
            "Já não quero devolver a jarra.",
            "Afinal fico com ela.",
            "Ni kan glömma min retur.",
            "Jag vill inte längre returnera den.",
            "Vi behåller den ändå.",
        ] {
            assert!(said(text).is_some(), "{text}");
        }
        assert_eq!(said("Hello! Please cancel my return. Thanks").as_deref(), Some("Please cancel my return"));
    }

    #[test]
    fn what_is_denied_supposed_or_about_something_else_takes_nothing_back() {
        for text in [
            "Please don't forget my return.",
            "Please cancel my order and refund me.",
            "How do I cancel my return?",
            "If you can't replace it I will keep it after all.",
            "The lantern is lovely, I'll keep that one.",
            "I don't want a replacement, I want my money back.",
            "I no longer need it, please refund me.",
            "Vergessen Sie meine Retoure bitte nicht.",
            "Den Becher behalte ich, die Vase geht zurück.",
            "N'oubliez pas mon retour.",
            "Je garde l'assiette, c'est le vase qui est cassé.",
            "No olviden mi devolución.",
            "Non dimenticate il mio reso.",
            "Vergeet mijn retour niet.",
            "De lantaarn houd ik, het gaat om de vaas.",
            "Não esqueçam a minha devolução.",
            "Glöm inte min retur.",
            "Den lilla behåller jag.",
            "",
        ] {
            assert_eq!(said(text), None, "{text}");
        }
    }
}
