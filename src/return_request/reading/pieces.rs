//! How many pieces a sentence speaks of: "two of the three prints", "beide", "tous les trois". Nothing where it only seems to.

use super::facts::{label_key, number};

/// Of several pieces of one kind, so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pieces {
    All,
    Number(i64),
}

const BOTH: &[&str] = &["both", "beide", "beiden", "ambos", "ambas", "entrambi", "entrambe", "bada"];
const ALL: &[&str] = &["all", "alle", "tous", "toutes", "todos", "todas", "tutti", "tutte", "alla"];
const OF: &[&str] = &["of", "von", "de", "di", "van", "av"];
/// "of" and "the" in one word.
const OF_THE: &[&str] = &["der", "des", "dei", "degli", "delle", "dos", "das"];
const THE: &[&str] = &[
    "the", "my", "our", "these", "those", "them", "your", "den", "diesen", "meinen", "ihnen", "les", "mes", "ces", "los", "las", "mis", "estos", "estas", "le",
    "i", "mijn", "os", "as", "meus", "de", "mina", "dem",
];
const NOT: &[&str] = &["not", "nicht", "pas", "no", "non", "niet", "nao", "inte"];

pub fn said(sentence: &str) -> Option<Pieces> {
    let folded = label_key(sentence);
    let words: Vec<&str> = folded.split(' ').collect();
    (0..words.len()).find_map(|at| at_word(&words, at))
}

fn at_word(words: &[&str], at: usize) -> Option<Pieces> {
    let is = |at: usize, list: &[&str]| words.get(at).is_some_and(|word| list.contains(word));
    let count = |at: usize| words.get(at).and_then(|word| number(word)).map(i64::from);
    if at > 0 && is(at - 1, NOT) {
        return None;
    }
    if is(at, BOTH) || (words[at] == "deux" && at > 0 && words[at - 1] == "les") {
        return Some(Pieces::Number(2));
    }
    if is(at, ALL) {
        let of_them = is(at + 1, OF) && is(at + 2, THE);
        let behind = if is(at + 1, THE) { at + 2 } else { at + 1 };
        return count(behind).filter(|n| *n > 1).map(Pieces::Number).or(of_them.then_some(Pieces::All));
    }
    let some = count(at)?;
    let of_them = is(at + 1, OF_THE) || (is(at + 1, OF) && (is(at + 2, THE) || count(at + 2).is_some_and(|all| all > some)));
    of_them.then_some(Pieces::Number(some))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_pieces_is_understood_where_it_is_one() {
        for (text, number) in [
            ("Two of the three prints arrived creased.", 2),
            ("2 of 3 mugs are broken", 2),
            ("one of them is torn", 1),
            ("Both prints came bent", 2),
            ("Leider sind zwei der drei Drucke zerknickt.", 2),
            ("zwei von drei Tassen", 2),
            ("Beide Rahmen sind kaputt", 2),
            ("Deux des trois tirages sont froissés", 2),
            ("les deux sont abîmés", 2),
            ("dos de los tres", 2),
            ("due delle tre stampe", 2),
            ("twee van de drie posters", 2),
            ("duas das três gravuras", 2),
            ("två av de tre affischerna", 2),
            ("all three arrived damaged", 3),
            ("tous les trois", 3),
            ("alle drei sind zerbrochen", 3),
        ] {
            assert_eq!(said(text), Some(Pieces::Number(number)), "{text}");
        }
        assert_eq!(said("All of them are scratched."), Some(Pieces::All));
        for text in [
            "It came on the 2 de noviembre",
            "I ordered 3 prints",
            "after all it broke",
            "Not both of us were home",
            "That is all",
            "",
            "3 days ago",
            "one of a kind",
        ] {
            assert_eq!(said(text), None, "{text}");
        }
    }
}
