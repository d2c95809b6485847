//! Does a letter ask for a return, and if not, what is it about? Rules in plain files (`en.txt` …) that anybody can read and an
//! owner can add to: words in a row, with a class and a weight. Each sentence is weighed; the two weightiest decide, and what is
//! said in the whole letter against it.

mod class;
mod lexicon;
mod rule;
mod text;

pub use class::Class;
pub use lexicon::{Hit, Lexicon, Mistake};
pub use rule::{Choice, Part, end_of};
pub use text::{Words, folded};

use super::{Intent, Letter};

/// Enough to know what somebody wants; what comes after is a story.
const TEXT_BYTES_MAX: usize = 8 * 1024;
/// What a letter rests on is shown in a few of its own words.
const BECAUSE_MAX: usize = 4;
/// From this weight on a letter asks: it is where `confidence` passes `AUTOMATIC_FROM`.
const ASKS_FROM: f64 = 2.6;
/// What the second sentence counts: "The bowl is in nine pieces. Could I have another?"
const SECOND: f64 = 0.7;
/// What all others count: a little.
const BESIDE: f64 = 0.25;
/// Up to so many words what is said belongs together; the longer the letter or the sentence (a list, a table, code), the likelier
/// words stand there by chance.
const LETTER_WORDS: f64 = 150.0;
const SENTENCE_WORDS: f64 = 40.0;
/// A subject names what a letter is about; what is wanted stands below. "Return 4711" may be any stage of one.
const SUBJECT: f64 = 0.6;
/// One sentence can say only so much, however often it says it.
const CLAIM_MAX: f64 = 4.0;
/// A sentence with so much `never` declines what it names.
const DECLINES_FROM: f64 = 2.0;
/// "What can you do?" makes a request of a complaint that weighs so much, and adds so much at most.
const COMPLAINT_MIN: f64 = 1.2;
const HOPE_MAX: f64 = 2.2;
/// A return that exists, or a question before buying, is rarely both: what other sentences say of it counts this much.
const ELSEWHERE: f64 = 0.5;
/// "… and do I have to send this one back first?": who says what is wrong and what is wanted asks how, not whether; and "the others are
/// fine" speaks of the others. Then a question about the rules, or what is fine, counts this much.
const BESIDE_A_REQUEST: f64 = 0.2;
/// What a wish weighs at least to be one.
const WISH_MIN: f64 = 1.8;
/// Who says that something is wrong and sends pictures of it need not say what for.
const PHOTOS: f64 = 1.5;
/// So few words below a subject are a signature: the subject is the letter.
const SIGNATURE_WORDS_MAX: usize = 6;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    pub intent: Intent,
    pub confidence: f64,
    pub because: Vec<String>,
}

/// `photos`: how many real pictures of something came along.
pub fn judge(letter: &Letter, photos: usize, lexicon: &Lexicon) -> Judgement {
    let words = Words::of(letter.subject, letter.new_text, TEXT_BYTES_MAX, |word| lexicon.spelt(word));
    let hits = once(lexicon.hits(&words, lexicon.language(&words).or(letter.language)));
    let sum = |class: Class, sentence: Option<usize>| -> f64 {
        hits.iter().filter(|hit| hit.class == class && sentence.is_none_or(|s| hit.sentence == s)).map(|hit| hit.weight).sum()
    };
    let weight = weigh(&words, photos, &sum);
    let intent = intent_of(weight, &sum);
    Judgement { intent, confidence: confidence(weight), because: because(&hits, &words, intent) }
}

/// What several rules say of the very same words counts once. Of claims one within another the heavier stays: "had a hairline crack"
/// is not worse for holding a "crack".
fn once(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        let holds = |outer: &Hit, inner: &Hit| outer.first <= inner.first && inner.last <= outer.last;
        let is_same = |other: &Hit| (other.first, other.last) == (hit.first, hit.last);
        let says_it = |other: &Hit| is_same(other) || (hit.class == Class::Claim && (holds(other, &hit) || holds(&hit, other)));
        if !kept.iter().any(|other| other.class == hit.class && says_it(other)) {
            kept.push(hit);
        }
    }
    kept
}

fn weigh(words: &Words, photos: usize, sum: &dyn Fn(Class, Option<usize>) -> f64) -> f64 {
    let nearness = |words_max: f64, words: usize| (words_max / words.max(1) as f64).min(1.0);
    let subject = if words.len() - words.sentence_words(0) <= SIGNATURE_WORDS_MAX { 1.0 } else { SUBJECT };
    let net = |s: usize, of: &[Class], max: f64| {
        let sum = |class: &Class| sum(*class, Some(s));
        let against = [Class::State, Class::Policy, Class::Order, Class::Not].iter().map(sum).sum::<f64>();
        let place = if s == 0 { subject } else { nearness(SENTENCE_WORDS, words.sentence_words(s)) };
        let for_it = of.iter().map(sum).sum::<f64>().min(max.max(sum(&Class::Ask)));
        // "I want neither my money back nor another one": what such a sentence names is what it declines.
        if sum(&Class::Never) >= DECLINES_FROM { 0.0 } else { place * (for_it - against).max(0.0) }
    };
    let heaviest = |of: &[Class]| (0..words.sentences()).map(|s| net(s, of, CLAIM_MAX)).fold(0.0, f64::max);
    let mut nets: Vec<f64> = (0..words.sentences()).map(|s| net(s, &[Class::Ask, Class::Claim], CLAIM_MAX)).collect();
    nets.sort_by(|a, b| b.total_cmp(a));
    let [best, second] = [0, 1].map(|at| nets.get(at).copied().unwrap_or(0.0));
    let (complaint, wish) = (heaviest(&[Class::Claim]), heaviest(&[Class::Ask]));
    let complains = complaint >= COMPLAINT_MIN;
    let hope = if complains { (0..words.sentences()).map(|s| net(s, &[Class::Hope], HOPE_MAX)).sum::<f64>().min(HOPE_MAX) } else { 0.0 };
    let shown = if complains && photos > 0 { PHOTOS } else { 0.0 };
    let together = (SECOND * second + BESIDE * nets.iter().skip(2).sum::<f64>() + hope) * nearness(LETTER_WORDS, words.len()) + shown;
    let (rules, fine) = if complains && wish >= WISH_MIN { (BESIDE_A_REQUEST, BESIDE_A_REQUEST) } else { (ELSEWHERE, 1.0) };
    let [state, policy, intact, news, never] = [Class::State, Class::Policy, Class::Fine, Class::News, Class::Never].map(|class| sum(class, None));
    // A newsletter says so somewhere; that a customer is polite says nothing.
    let whole = news + never + ELSEWHERE * state + rules * policy + fine * intact;
    best + together - whole
}

fn intent_of(weight: f64, sum: &dyn Fn(Class, Option<usize>) -> f64) -> Intent {
    if weight >= ASKS_FROM / 2.0 {
        return Intent::Return;
    }
    let others = [
        (sum(Class::News, None), Intent::Newsletter),
        (sum(Class::Policy, None), Intent::PolicyQuestion),
        (sum(Class::State, None), Intent::ReturnState),
        (sum(Class::Order, None), Intent::OrderStatus),
        (sum(Class::Thanks, None), Intent::Thanks),
    ];
    let heaviest = others.into_iter().filter(|(weight, _)| *weight > 0.0).max_by(|a, b| a.0.total_cmp(&b.0));
    heaviest.map_or(Intent::Other, |(_, intent)| intent)
}

/// A weight as a share of certainty: 0.8 at `ASKS_FROM`.
fn confidence(weight: f64) -> f64 {
    let at_threshold = (super::AUTOMATIC_FROM / (1.0 - super::AUTOMATIC_FROM)).ln();
    let sure = 1.0 / (1.0 + (-(weight - ASKS_FROM + at_threshold)).exp());
    (sure * 1000.0).round() / 1000.0
}

/// The letter's own words, weightiest first.
fn because(hits: &[Hit], words: &Words, intent: Intent) -> Vec<String> {
    let class_fits = |class: Class| match intent {
        Intent::Return => matches!(class, Class::Ask | Class::Claim | Class::Hope),
        Intent::PolicyQuestion => class == Class::Policy,
        Intent::ReturnState => class == Class::State,
        Intent::OrderStatus => class == Class::Order,
        Intent::Thanks => class == Class::Thanks,
        Intent::Newsletter => class == Class::News,
        Intent::Other => false,
    };
    let mut fitting: Vec<&Hit> = hits.iter().filter(|hit| class_fits(hit.class)).collect();
    fitting.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.first.cmp(&b.first)));
    let mut because: Vec<String> = Vec::new();
    for hit in fitting {
        let said = words.between(hit.first, hit.last).to_owned();
        if !because.iter().any(|known| known.contains(&said)) && because.len() < BECAUSE_MAX {
            because.push(said);
        }
    }
    because
}

#[cfg(test)]
mod tests;
