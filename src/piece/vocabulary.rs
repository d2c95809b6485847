//! The codes by which pieces and interests are compared (`lead::Kind`), with the words that people read, and which of them lie near.

use crate::search::fold::folded;

/// Code and English words.
pub const MEDIUMS: &[(&str, &str)] = &[
    ("original", "original"),
    ("painting", "painting"),
    ("watercolour", "watercolour"),
    ("oil", "oil"),
    ("acrylic", "acrylic"),
    ("drawing", "drawing"),
    ("print", "print"),
    ("giclee", "giclée"),
    ("lithograph", "lithograph"),
    ("etching", "etching"),
    ("linocut", "linocut"),
    ("screenprint", "screenprint"),
    ("woodcut", "woodcut"),
    ("poster", "poster"),
    ("photograph", "photograph"),
    ("collage", "collage"),
    ("sculpture", "sculpture"),
    ("ceramic", "ceramic"),
    ("textile", "textile"),
    ("card", "card"),
];
pub const COLOURS: &[(&str, &str)] = &[
    ("black", "black"),
    ("white", "white"),
    ("grey", "grey"),
    ("red", "red"),
    ("orange", "orange"),
    ("yellow", "yellow"),
    ("green", "green"),
    ("turquoise", "turquoise"),
    ("blue", "blue"),
    ("purple", "purple"),
    ("pink", "pink"),
    ("brown", "brown"),
    ("beige", "beige"),
    ("gold", "gold"),
    ("silver", "silver"),
];
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

/// The code of a word, in either list; a plural is one, too.
pub fn code(list: &'static [(&'static str, &'static str)], word: &str) -> Option<&'static str> {
    let word = folded(word.trim());
    let find = |word: &str| {
        let named = ALSO.iter().find(|(also, _)| *also == word).map_or(word, |(_, code)| code);
        list.iter().find(|(code, words)| *code == named || folded(words) == named).map(|(code, _)| *code)
    };
    find(&word).or_else(|| find(word.strip_suffix('s')?))
}

/// Every code that a text names, once, in the list's order.
pub fn codes_in(list: &'static [(&'static str, &'static str)], text: &str) -> Vec<&'static str> {
    let named: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).filter_map(|word| code(list, word)).collect();
    list.iter().map(|(code, _)| *code).filter(|code| named.contains(code)).collect()
}

/// A code as people read it; a word of the shop's own as it stands.
pub fn words(code: &str) -> String {
    let known = MEDIUMS.iter().chain(COLOURS).find(|(known, _)| *known == code);
    known.map_or_else(|| code.replace('_', " "), |(_, words)| (*words).to_owned())
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
            assert_eq!(code(MEDIUMS, word), is, "{word}");
        }
        assert_eq!(codes_in(MEDIUMS, "Giclée print on cotton, hand-signed"), ["print", "giclee"]);
        assert_eq!(codes_in(COLOURS, "Grays and a navy sea"), ["grey", "blue"]);
        assert!(is_kind_of("etching", "print") && is_kind_of("oil", "original") && !is_kind_of("print", "etching"));
    }
}
