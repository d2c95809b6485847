//! The codes by which pieces and interests are compared (`lead::Kind`), with the words that people read, and which of them lie near.

use crate::lead::Kind;
use crate::search::fold::folded;

/// Other words for a code, folded.
const ALSO: &[(&str, &str)] = &[
    ("watercolor", "watercolour"),
    ("aquarelle", "watercolour"),
    ("aquarell", "watercolour"),
    ("drawings", "drawing"),
    ("photo", "photograph"),
    ("photography", "photograph"),
    ("serigraph", "screenprint"),
    ("silkscreen", "screenprint"),
    ("lithography", "lithograph"),
    ("ceramics", "ceramic"),
    ("pottery", "ceramic"),
    ("gray", "grey"),
    ("violet", "purple"),
    ("teal", "turquoise"),
    ("navy", "blue"),
    ("cream", "beige"),
];
/// What is a kind of what: who asks for a print takes an etching.
const KINDS_OF: &[(&str, &[&str])] = &[
    ("original", &["painting", "watercolour", "oil", "acrylic", "drawing", "collage", "sculpture", "ceramic", "textile"]),
    ("painting", &["watercolour", "oil", "acrylic"]),
    ("print", &["giclee", "lithograph", "etching", "linocut", "screenprint", "woodcut", "poster"]),
];
/// Colours that one may take for the other.
const NEAR: &[(&str, &str)] = &[
    ("turquoise", "blue"),
    ("turquoise", "green"),
    ("beige", "brown"),
    ("beige", "white"),
    ("gold", "yellow"),
    ("silver", "grey"),
    ("pink", "red"),
    ("pink", "purple"),
    ("orange", "red"),
    ("orange", "yellow"),
];

/// The code of a word, if its kind knows one; a plural is one, too.
pub fn code(kind: Kind, word: &str) -> Option<&'static str> {
    let word = folded(word.trim());
    let find = |word: &str| {
        let named = ALSO.iter().find(|(also, _)| *also == word).map_or(word, |(_, code)| code);
        kind.codes().iter().find(|code| **code == named).copied()
    };
    find(&word).or_else(|| find(word.strip_suffix('s')?))
}

/// Every code of a kind that a text names, once, the wider before the narrower.
pub fn codes_in(kind: Kind, text: &str) -> Vec<&'static str> {
    let named: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).filter_map(|word| code(kind, word)).collect();
    kind.codes().iter().copied().filter(|code| named.contains(code)).collect()
}

/// A code as people read it; a word of the shop's own as it stands.
pub fn words(code: &str) -> String {
    if code == "giclee" { "giclée".to_owned() } else { code.replace('_', " ") }
}

pub fn is_kind_of(code: &str, wider: &str) -> bool {
    code == wider || KINDS_OF.iter().any(|(name, narrower)| *name == wider && narrower.contains(&code))
}

pub fn are_near(a: &str, b: &str) -> bool {
    NEAR.iter().any(|pair| *pair == (a, b) || *pair == (b, a))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_codes_whatever_their_number_and_accents() {
        for (word, is) in [("Prints", Some("print")), ("Giclée", Some("giclee")), ("oil", Some("oil")), ("Photography", Some("photograph")), ("lamp", None)] {
            assert_eq!(code(Kind::Medium, word), is, "{word}");
        }
        assert_eq!(codes_in(Kind::Medium, "Giclée print on cotton, hand-signed"), ["print", "giclee"]);
        assert_eq!(codes_in(Kind::Colour, "Grays and a navy sea"), ["grey", "blue"]);
        assert!(is_kind_of("etching", "print") && is_kind_of("oil", "original") && !is_kind_of("print", "etching"));
    }
}
