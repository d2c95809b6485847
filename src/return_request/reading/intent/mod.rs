//! Does a letter ask for a return, and if not, what is it about? Rules in plain files (`en.txt` …) that anybody can read and an
//! owner can add to: words in a row, with a class and a weight. Each sentence is weighed; the weightiest decides.

mod class;
mod lexicon;
mod text;

pub use class::Class;
pub use lexicon::{Hit, Lexicon, Mistake};
pub use text::{Words, folded};

use super::{Intent, Letter};
/// Enough to know what somebody wants; what comes after is a story.
const TEXT_BYTES_MAX: usize = 8 * 1024;
/// What a letter rests on is shown in a few of its own words.
const BECAUSE_MAX: usize = 4;
/// From this weight on a letter asks: it is where `confidence` passes `AUTOMATIC_FROM`.
const ASKS_FROM: f64 = 2.6;
/// Evidence of other sentences counts a little.
const BESIDE: f64 = 0.25;
/// One sentence can say only so much, however often it says it.
const CLAIM_MAX: f64 = 4.0;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    pub intent: Intent,
    pub confidence: f64,
    pub because: Vec<String>,
}

pub fn judge(letter: &Letter, lexicon: &Lexicon) -> Judgement {
    let words = Words::of(letter.subject, letter.new_text, TEXT_BYTES_MAX, |word| lexicon.spelt(word));
    let hits = lexicon.hits(&words, letter.language);
    let sum = |class: Class, sentence: Option<usize>| -> f64 {
        hits.iter().filter(|hit| hit.class == class && sentence.is_none_or(|s| hit.sentence == s)).map(|hit| hit.weight).sum()
    };
    let for_it = |sentence| (sum(Class::Ask, sentence) + sum(Class::Claim, sentence)).min(CLAIM_MAX.max(sum(Class::Ask, sentence)));
    let against = |sentence| [Class::State, Class::Policy, Class::Order, Class::Not].iter().map(|class| sum(*class, sentence)).sum::<f64>();
    let nets: Vec<f64> = (0..words.sentences()).map(|s| for_it(Some(s)) - against(Some(s))).collect();
    let best = nets.iter().copied().fold(0.0, f64::max);
    let beside: f64 = nets.iter().filter(|net| **net > 0.0).sum::<f64>() - best;
    // A newsletter says so somewhere; that a customer is polite says nothing.
    let weight = best + BESIDE * beside - sum(Class::News, None);
    let intent = intent_of(weight, &sum);
    Judgement { intent, confidence: confidence(weight), because: because(&hits, &words, intent) }
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
        Intent::Return => matches!(class, Class::Ask | Class::Claim),
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
