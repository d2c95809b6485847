//! The thing that an answer in free words is about, by its name behind an article: "the vase Brume arrived chipped", "es geht um
//! die Teekanne Elbe". Only ever a suggestion: grammar is no knowledge of what the shop sells.

use super::sentences::{around, tokens};
use super::{codes, text, words};
use crate::return_request::fields::ITEM;
use crate::return_request::reading::Found;
use crate::return_request::reading::intent::{Lexicon, folded};

/// A name is no longer.
const NAME_WORDS_MAX: usize = 5;
/// Words before a name in which it is said that it is the matter: "es geht um", "the problem is".
const TOPIC_WORDS: usize = 3;
/// Words behind a name in which it is said that nothing is wrong with it.
const FINE_WORDS: usize = 6;
/// Words before a name in which the order stands that it was in: "order 10482, the mug".
const ORDER_WORDS: usize = 4;
/// Words before a name in which it is said which other one is not meant.
const INSTEAD_WORDS: usize = 8;
/// What speaks for a name: that it is called the matter, that its sentence complains, that it is a name at all and that it arrived.
const TOPIC: u8 = 4;
const COMPLAINT: u8 = 3;
const NAMED: u8 = 2;
const ARRIVED: u8 = 2;
/// One of them alone is too little, unless it is called the matter.
const ENOUGH: u8 = 4;

struct Token<'t> {
    from: usize,
    said: &'t str,
    folded: String,
}

/// A name in the text: its first word and the one behind its last.
struct Name {
    first: usize,
    end: usize,
    weight: u8,
}

pub fn find(whole: &str, lexicon: &Lexicon, language: Option<&str>) -> Option<Found> {
    let (from, to) = best(whole, lexicon, language)?;
    Some(text(ITEM, &whole[from..to], &around(whole, from, to), false))
}

/// The place of the name that most speaks for; of equals the first.
pub fn best(whole: &str, lexicon: &Lexicon, language: Option<&str>) -> Option<(usize, usize)> {
    let tokens = apart(whole);
    let complains = |name: &Name| codes::reason(&around(whole, tokens[name.first].from, tokens[name.first].from), lexicon, language).is_some();
    let mut best: Option<Name> = None;
    for mut name in (0..tokens.len()).filter_map(|at| name_behind(whole, &tokens, at, language)) {
        let sure = name.weight > 0;
        name.weight += if complains(&name) { COMPLAINT } else { 0 };
        if sure && name.weight >= ENOUGH && best.as_ref().is_none_or(|best| name.weight > best.weight) {
            best = Some(name);
        }
    }
    best.map(|name| (tokens[name.first].from, end(&tokens[name.end - 1])))
}

/// Words with their places; an article with an apostrophe is a word of its own.
fn apart(whole: &str) -> Vec<Token<'_>> {
    let mut apart = Vec::new();
    for (from, said) in tokens(whole) {
        let split = said.find(['\'', '’']).filter(|at| *at <= 4 && words::is("before_item", &folded(&said[..*at])));
        let behind = split.map(|at| at + said[at..].chars().next().map_or(1, char::len_utf8));
        if let (Some(at), Some(behind)) = (split, behind) {
            apart.push(Token { from, said: &said[..at], folded: folded(&said[..at]) });
            apart.push(Token { from: from + behind, said: &said[behind..], folded: folded(&said[behind..]) });
        } else {
            apart.push(Token { from, said, folded: folded(said) });
        }
    }
    apart
}

/// The name that begins behind an article or behind words that say it is the matter.
fn name_behind(whole: &str, tokens: &[Token], at: usize, language: Option<&str>) -> Option<Name> {
    let is = |list: &str, at: usize| tokens.get(at).is_some_and(|token| words::is(list, &token.folded));
    let joined = |from: usize, to: usize| {
        let between = &whole[end(&tokens[from])..tokens[to].from];
        !between.contains([',', ':', ';', '!', '?', '(', ')', '"', '–', '—']) && !between.contains(". ") && !between.contains("\n\n")
    };
    let article = is("before_item", at);
    if !article && !is("topic", at) {
        return None;
    }
    let first = at + 1;
    let inner = |at: usize| is("inside_item", at) && !is("before_item", at + 1) && !is("no_item", at + 1);
    let goes_on = |at: usize| {
        let token = &tokens[at];
        let word = token.folded.chars().any(char::is_alphabetic) && !token.said.contains(|c: char| c.is_ascii_digit() || matches!(c, '@' | '/'));
        joined(at - 1, at) && word && (inner(at) || !(is("ends_item", at) || is("before_item", at) || is("topic", at)))
    };
    let mut end = (first..tokens.len().min(first + NAME_WORDS_MAX)).find(|at| !goes_on(*at)).unwrap_or(tokens.len().min(first + NAME_WORDS_MAX));
    while end > first && is("inside_item", end - 1) {
        end -= 1;
    }
    if end <= first || (first..end).any(|at| is("no_item", at) || words::numbered("weekday", &tokens[at].folded, 0, 6).is_some()) {
        return None;
    }
    let capitals = (first..end).filter(|at| tokens[*at].said.starts_with(char::is_uppercase)).count();
    // German writes every noun large.
    let named = capitals >= if language == Some("de") { 2 } else { 1 };
    let topic = (at.saturating_sub(TOPIC_WORDS)..=at).any(|before| is("topic", before) && (before..at).all(|at| joined(at, at + 1)));
    let of_order =
        named && (at.saturating_sub(ORDER_WORDS)..at).any(|before| is("order_number", before) && !whole[tokens[before].from..tokens[at].from].contains(". "));
    let arrived = named && (end..tokens.len().min(end + FINE_WORDS)).any(|behind| is("arriving", behind) && (end..=behind).all(|at| joined(at - 1, at)));
    let behind = (end..tokens.len().min(end + FINE_WORDS)).take_while(|at| !whole[self::end(&tokens[*at - 1])..tokens[*at].from].contains(['.', '!', ';']));
    // "Not the mug, but the bowl".
    let not = at > 0 && is("denied", at - 1);
    let instead = at > 0 && is("but_instead", at - 1) && (at.saturating_sub(INSTEAD_WORDS)..at).any(|before| is("denied", before));
    // Without an article, only a name.
    if !article && !named {
        return None;
    }
    let fine = behind.clone().any(|at| is("fine", at)) && !behind.clone().any(|at| is("denied", at));
    let matter = behind.clone().any(|at| is("matter", at));
    let weight = if fine || not { 0 } else { u8::from(named) * NAMED + u8::from(topic || matter || of_order || instead) * TOPIC + u8::from(arrived) * ARRIVED };
    Some(Name { first, end, weight })
}

fn end(token: &Token) -> usize {
    token.from + token.said.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_suggested_by_its_name_and_not_what_came_whole() {
        for (language, text, name) in [
            ("en", "Both came on Friday. The Heron calendar is fine. The Mersey clock arrived with a bent hand.", "Mersey clock"),
            ("de", "Es geht um die Teekanne Elbe aus meiner Bestellung.", "Teekanne Elbe"),
            ("fr", "L'assiette Lagon est intacte, c'est le vase Brume qui pose problème.", "vase Brume"),
            ("nl", "Het gaat om bestelling 2260914, de geurkaars Duinroos.", "geurkaars Duinroos"),
            ("de", "Nicht der Becher, sondern die Schale ist kaputt.", "Schale"),
            ("sv", "Order 118204 gäller väggklockan Fjäll.", "väggklockan Fjäll"),
        ] {
            let found = find(text, Lexicon::ready(), Some(language));
            let found = found.map(|found| (found.value.as_json().to_string().trim_matches('"').to_owned(), found.certain));
            assert_eq!(found, Some((name.to_owned(), false)), "{text}");
        }
        for (language, text) in
            [("en", "The parcel came on Friday and the glass is broken."), ("de", "Der Deckel war kaputt."), ("fr", "Le colis est arrivé hier.")]
        {
            assert_eq!(find(text, Lexicon::ready(), Some(language)), None, "{text}");
        }
    }
}
