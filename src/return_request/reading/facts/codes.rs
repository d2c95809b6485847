//! The reason and the wish, by the words that name them.

use super::item::titles;
use super::sentences::around;
use super::text;
use super::words as lists;
use crate::return_request::fields::{REASON, Value, WISH};
use crate::return_request::reading::Found;
use crate::return_request::reading::intent::{Class, Hit, Lexicon, Words, folded};
use crate::return_request::words;
use crate::return_request::{LANGUAGES, Reason, Wish};

/// A lighter rule makes a suggestion.
const CERTAIN_FROM: f64 = 1.5;
/// How much lighter a rival must be.
const RIVAL_GAP: f64 = 0.5;
/// Words back in which a denial, a doubt, or "rather … than" is looked for.
const DENIED_WORDS: usize = 5;
const DOUBTED_WORDS: usize = 4;
/// Where a wish was asked for, "new plate, please" is one; a longer sentence says more.
const NEW_ONE_WORDS_MAX: usize = 4;
/// Words around a decision in which it is said that it was not made.
const UNDECIDED_WORDS: usize = 4;
/// Words on from which a denial is no longer about it: "a refund is not needed".
const DENIED_BEHIND_WORDS: usize = 3;
const TEXT_BYTES_MAX: usize = 8 * 1024;
/// What `Words` puts before a text whose subject is empty.
const NO_SUBJECT: &str = ".\n\n";

/// A code, how heavy what names it is, and where that stands.
type Weight = (&'static str, f64, Hit);

pub fn reason(whole: &str, lexicon: &Lexicon, language: Option<&str>) -> Option<Found> {
    named(whole, lexicon, language, |class| if let Class::Reason(reason) = class { Some(reason.code()) } else { None })
        .map(|(code, sentence, certain)| text(REASON, code, &sentence, certain))
}

pub fn wish(whole: &str, lexicon: &Lexicon, language: Option<&str>) -> Option<Found> {
    named(whole, lexicon, language, |class| if let Class::Wish(wish) = class { Some(wish.code()) } else { None })
        .map(|(code, sentence, certain)| text(WISH, code, &sentence, certain))
}

/// The bytes of a text's words that say what is wrong.
pub fn complaints(whole: &str, lexicon: &Lexicon) -> Vec<(usize, usize)> {
    let words = Words::of("", whole, TEXT_BYTES_MAX, |word| lexicon.spelt_fact(word));
    let told = lexicon.hits(&words, None).into_iter().filter(|hit| matches!(hit.class, Class::Reason(_)) && !denied(&words, hit));
    told.map(|hit| words.place(hit.first, hit.last)).map(|(from, to)| (from.saturating_sub(NO_SUBJECT.len()), to.saturating_sub(NO_SUBJECT.len()))).collect()
}

/// What stands where a reason or a wish was asked for: one of our own words, or a sentence that names it.
pub fn answer(field: &str, said: &str, lexicon: &Lexicon, language: Option<&str>) -> Option<(&'static str, bool)> {
    let said = said.to_lowercase();
    let bare = said.trim_matches(|c: char| !c.is_alphanumeric());
    let codes: Vec<&'static str> = if field == REASON { Reason::ALL.iter().map(|r| r.code()).collect() } else { Wish::ALL.iter().map(|w| w.code()).collect() };
    let exact = codes
        .iter()
        .find(|code| LANGUAGES.iter().any(|language| words::choice(field, code, language).to_lowercase() == bare) || code.replace('_', " ") == bare);
    if let Some(code) = exact.copied().or_else(|| begun_with(field, bare, &codes)) {
        return Some((code, true));
    }
    let is_new = || said.split(|c: char| !c.is_alphanumeric()).next().is_some_and(|word| lists::is("new_one", &folded(word)));
    if field == WISH && said.split_whitespace().count() <= NEW_ONE_WORDS_MAX && is_new() {
        return Some((Wish::Replacement.code(), true));
    }
    let found = if field == REASON { reason(&said, lexicon, language) } else { wish(&said, lexicon, language) }?;
    let Value::Text(code) = &found.value else { return None };
    codes.into_iter().find(|known| known == code).map(|code| (code, found.certain))
}

/// One of our own choices before a comma, a colon or a bracket: "wrong item, you sent the round one". Not before an "or".
fn begun_with(field: &str, said: &str, codes: &[&'static str]) -> Option<&'static str> {
    let begun = said.split([',', ':', ';', '.', '(', '–', '—', '!']).next().unwrap_or_default().trim();
    let is_or = |word: &str| lists::is("or", word) || matches!(word, "ou" | "of" | "o");
    let rest = &said[begun.len().min(said.len())..];
    let open = rest.split(|c: char| !c.is_alphanumeric()).any(|word| is_or(word) || lists::is("but_instead", word) || lists::is("doubt", word));
    codes.iter().copied().find(|code| !open && LANGUAGES.iter().any(|language| words::choice(field, code, language).to_lowercase() == begun))
}

/// The heaviest code, with the sentence that says it; doubtful when another weighs nearly as much.
fn named(whole: &str, lexicon: &Lexicon, language: Option<&str>, code: impl Fn(Class) -> Option<&'static str>) -> Option<(&'static str, String, bool)> {
    let words = Words::of("", whole, TEXT_BYTES_MAX, |word| lexicon.spelt_fact(word));
    let titles: Vec<(usize, usize)> =
        titles(words.text()).into_iter().filter(|(.., title)| title.starts_with(char::is_uppercase)).map(|(from, to, _)| (from, to)).collect();
    let in_title = |hit: &Hit| titles.iter().any(|(from, to)| (*from..*to).contains(&words.place(hit.first, hit.last).0));
    let (mut weights, mut over): (Vec<Weight>, Vec<Weight>) = (Vec::new(), Vec::new());
    for hit in lexicon.hits(&words, None) {
        let Some(code) = code(hit.class).filter(|_| !in_title(&hit) && !denied(&words, &hit)) else { continue };
        if matches!(hit.class, Class::Wish(_)) && is_over(&words, &hit) {
            over.push((code, hit.weight, hit));
            continue;
        }
        match weights.iter_mut().find(|(known, ..)| *known == code) {
            // The same word twice says it no louder.
            Some((_, weight, heaviest)) => {
                *weight = weight.max(hit.weight);
                if hit.weight > heaviest.weight {
                    *heaviest = hit;
                }
            }
            None => weights.push((code, hit.weight, hit)),
        }
    }
    // What was wished before, or was had, counts only where nothing else is wished.
    let is_past = weights.is_empty();
    if is_past {
        weights = over;
    }
    let heaviest = weights.iter().map(|(_, weight, _)| *weight).fold(0.0, f64::max);
    // Of those that weigh nearly alike, what is named first is meant first.
    weights.retain(|(_, weight, _)| *weight > heaviest - RIVAL_GAP);
    let (code, weight, hit) = weights.iter().min_by_key(|(.., hit)| hit.first)?;
    let place = words.place(hit.first, hit.last);
    // "If it arrives damaged" claims nothing; "I would be glad if you sent a new one" wishes.
    let supposed = matches!(hit.class, Class::Reason(_)) && supposed(&words, hit, language);
    let certain = *weight >= CERTAIN_FROM && weights.len() == 1 && !supposed && !is_past && !doubted(&words, hit, language);
    Some((code, around(words.text(), place.0, place.1), certain))
}

/// "not damaged", "I don't want a refund", "rather a replacement than a refund", "a refund is not needed".
fn denied(words: &Words, hit: &Hit) -> bool {
    let is = |list: &str, at: usize| words.get(at).is_some_and(|word| lists::is(list, word));
    // A rule that begins with a denial means it: "not as described".
    if is("denies", hit.first) {
        return false;
    }
    // "I do want NO other one": a denial in the gap of what would be wished for.
    if matches!(hit.class, Class::Wish(_)) && (hit.first + 1..hit.last).any(|at| is("denies", at)) {
        return true;
    }
    let rather_before = |than: usize| (0..than.saturating_sub(1)).filter(|at| words.sentence(*at) == hit.sentence).any(|at| is("rather", at));
    let mut before = clause_before(words, hit.first, DENIED_WORDS);
    let is_only = |at: usize| is("only", at + 1);
    let is_but = |at: usize| is("but_rather", at) && (0..at).filter(|before| words.sentence(*before) == hit.sentence).any(|before| is("denied", before));
    // "Not only torn, but …" is torn; "not happy with the damaged print" has a damaged one.
    // "Je ne veux plus d'avoir".
    let no_more = |at: usize| words.get(at) == Some("plus") && (at.saturating_sub(3)..at).any(|before| matches!(words.get(before), Some("ne" | "n")));
    let turned = |at: usize| no_more(at) || (is("denies", at) && !is_only(at) && !is_but(at)) || is("instead_of", at) || (is("than", at) && rather_before(at));
    if before.any(|at| turned(at) && (at + 1..hit.first).all(|between| is("between_denial", between))) {
        return true;
    }
    if supposed(words, hit, None) {
        // "If a replacement is not possible" wants one.
        return false;
    }
    let behind = (hit.last + 1..words.len()).take(DENIED_BEHIND_WORDS).take_while(|at| words.sentence(*at) == hit.sentence && joined(words, *at));
    let thanked_off = is("no_thanks", hit.last + 1) && words.sentence(hit.last + 1) == hit.sentence && is("thanks", hit.last + 2);
    thanked_off || { behind }.take_while(|at| is("copula", *at) || is("denies", *at)).any(|at| is("denies", at))
}

fn supposed(words: &Words, hit: &Hit, language: Option<&str>) -> bool {
    let says_if = |word: &str| lists::is("hypothetical", word) || (word == "si" && language == Some("fr"));
    let own_doing = (0..words.len()).any(|at| words.sentence(at) == hit.sentence && words.get(at).is_some_and(|word| lists::is("own_doing", word)));
    let sentence = (0..hit.first).filter(|at| words.sentence(*at) == hit.sentence);
    own_doing || { sentence }.any(|at| words.get(at).is_some_and(says_if))
}

/// "Thank you for the refund", "the replacement you sent", "I had a voucher".
fn is_over(words: &Words, hit: &Hit) -> bool {
    let is = |list: &str, at: usize| words.get(at).is_some_and(|word| lists::is(list, word));
    let mut before = clause_before(words, hit.first, DENIED_WORDS + 1).take_while(|at| !is("but_instead", *at));
    // "At first I wanted a refund".
    let wanted = |at: usize| is("wanted", at) && (at.saturating_sub(DENIED_WORDS)..at + DENIED_WORDS).any(|near| is("at_first", near));
    let thanked = before.any(|at| is("had", at) || wanted(at) || (is("thanks", at) && (at + 1..hit.first).take(2).any(|next| is("for", next))));
    let behind = (hit.last + 1..words.len()).take(DENIED_BEHIND_WORDS).take_while(|at| words.sentence(*at) == hit.sentence && joined(words, *at));
    thanked || { behind }.any(|at| is("since", at))
}

fn doubted(words: &Words, hit: &Hit, language: Option<&str>) -> bool {
    let is_or = |word: &str| {
        lists::is("or", word)
            || (word == "of" && language == Some("nl"))
            || (word == "ou" && matches!(language, Some("fr" | "pt")))
            || (word == "o" && language.is_none_or(|language| matches!(language, "es" | "it")))
    };
    // "I don't know yet whether I want a refund".
    let sentence: Vec<usize> = (0..hit.first).filter(|at| words.sentence(*at) == hit.sentence).collect();
    let is_if = |at: usize| matches!(words.get(at), Some("if" | "whether" | "ob" | "si" | "se" | "of" | "om"));
    // "No sé", "non so": alone the word is another.
    let know = |at: usize| matches!((words.get(at.wrapping_sub(1)), words.get(at)), (Some("no"), Some("se")) | (Some("non"), Some("so")));
    let knows = sentence.iter().find(|at| know(**at) || words.get(**at).is_some_and(|word| lists::is("forgotten", word)));
    if knows.is_some_and(|knows| (knows + 1..hit.first).any(is_if)) {
        return true;
    }
    // "Repair or a new lid?"
    let or_behind = hit.last + 1 < words.len() && words.sentence(hit.last + 1) == hit.sentence && words.get(hit.last + 1).is_some_and(is_or);
    let mut before = clause_before(words, hit.first, DOUBTED_WORDS);
    or_behind
        || before.any(|at| words.get(at).is_some_and(|word| is_or(word) || lists::is("doubt", word)))
        || (matches!(hit.class, Class::Wish(_)) && undecided(words, hit.sentence))
}

/// "I haven't decided yet between a refund and a new one", "je n'ai pas encore choisi", "unschlüssig".
fn undecided(words: &Words, sentence: usize) -> bool {
    let is = |list: &str, at: usize| words.get(at).is_some_and(|word| lists::is(list, word));
    let turned = |at: usize| (at.saturating_sub(UNDECIDED_WORDS)..at + UNDECIDED_WORDS).any(|beside| is("denies", beside) || is("not_yet", beside));
    (0..words.len()).filter(|at| words.sentence(*at) == sentence).any(|at| is("undecided", at) || (is("decides", at) && turned(at)))
}

/// The places of the words before one, nearest first, as far as no comma stands between.
fn clause_before(words: &Words, first: usize, many: usize) -> impl Iterator<Item = usize> {
    let sentence = words.sentence(first);
    let near = (first.saturating_sub(many)..first).rev();
    near.take_while(move |at| words.sentence(*at) == sentence && joined(words, at + 1))
}

/// Whether no comma stands before a word.
fn joined(words: &Words, at: usize) -> bool {
    let (end, start) = (words.place(at - 1, at - 1).1, words.place(at, at).0);
    !words.text()[end..start].contains([',', ';', ':', '(', '–', '—'])
}
