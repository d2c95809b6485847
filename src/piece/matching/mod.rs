//! Whom a piece would suit, and why: what somebody wished for, and likes, weighed against what it is. Pure. Each kind of feature counts
//! by itself, so that the order in which things were said changes nothing and one more that fits never counts against.

mod kinds;
mod names;
#[cfg(test)]
mod tests;

pub use names::{Alike, are_alike, mentions};

use super::Said;
use crate::lead::interest::{Feature, Kind};

/// Between a reason and the words of theirs that it rests on.
pub const AS_IN: &str = ", as in ";

/// What is known of somebody, as far as a piece is compared with it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanting<'a> {
    /// Of a wish that is open; `None`: they wished for nothing.
    pub wished: Option<&'a [Feature]>,
    /// What they like, each with the sentence it was taken from.
    pub likes: &'a [(Feature, String)],
    /// What they do not like: an agent took it off.
    pub dislikes: &'a [Feature],
    /// What the conversation in which they wished is about: its subject, titles of what they bought.
    pub about: &'a [String],
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Match {
    pub score: i32,
    /// Best first; those with points below nothing speak against it.
    pub reasons: Vec<Reason>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    pub points: i32,
    pub words: String,
}

/// Who asked comes before who might like it.
const ASKED: i32 = 10;
/// What somebody likes weighs less than what they ask for.
const LIKED_PERCENT: i32 = 50;
/// Of one kind: ten colours that fit say no more than an artist and a medium.
const KIND_MAX: i32 = 60;
/// An agent took off what this piece is: misread perhaps, or not to their taste.
const DISLIKED: i32 = -15;
/// The conversation was about this, or about its artist: weak, because nobody said that they want another.
const ABOUT_TITLE: i32 = 14;
const ABOUT_ARTIST: i32 = 12;
/// Of a sentence, what a reason quotes.
const QUOTE_CHARS_MAX: usize = 90;

/// How well it fits; nothing where nothing speaks for it, or more against.
pub fn weigh(piece: &Said, wanting: &Wanting) -> Option<Match> {
    let mut reasons = Vec::new();
    for kind in Kind::ALL {
        weigh_kind(piece, wanting, *kind, &mut reasons);
    }
    let disliked = wanting.dislikes.iter().filter(|feature| kinds::points(piece, feature).is_some_and(|found| found.points > 0));
    reasons.extend(disliked.take(1).map(|feature| Reason { points: DISLIKED, words: format!("an agent noted that it is not {}", kinds::shown(feature)) }));
    if let Some(features) = wanting.wished.filter(|_| wanting.about.iter().any(|text| !text.is_empty())) {
        weigh_conversation(piece, features, wanting.about, &mut reasons);
    }
    if !reasons.iter().any(|reason| reason.points > 0) {
        return None;
    }
    let asked = if wanting.wished.is_some() { ASKED } else { 0 };
    let score = asked + reasons.iter().map(|reason| reason.points).sum::<i32>();
    reasons.sort_by(|a, b| by_weight(b, a));
    (score > 0).then_some(Match { score, reasons })
}

/// What fits of a kind counts together; what they asked for and does not fit counts only where nothing fits that they asked for.
fn weigh_kind(piece: &Said, wanting: &Wanting, kind: Kind, reasons: &mut Vec<Reason>) {
    let mut seen = Vec::new();
    let (mut fitting, mut asked_against, mut liked_against, mut asked_fits) = (Vec::new(), Vec::new(), Vec::new(), false);
    let wished = wanting.wished.unwrap_or_default().iter().map(|feature| (feature, None));
    let liked = wanting.likes.iter().map(|(feature, sentence)| (feature, Some(sentence.as_str())));
    for (feature, sentence) in wished.chain(liked).filter(|(feature, _)| feature.kind == kind) {
        let key = names::plain(&feature.value);
        if seen.contains(&key) {
            continue;
        }
        seen.push(key);
        let Some(mut reason) = kinds::points(piece, feature) else { continue };
        asked_fits |= sentence.is_none() && reason.points > 0;
        if let Some(sentence) = sentence {
            reason.points = reason.points * LIKED_PERCENT / 100;
            reason.words = quoted(reason.words, sentence);
        }
        match (reason.points < 0, sentence) {
            (false, _) => fitting.push(reason),
            (true, None) => asked_against.push(reason),
            // What somebody likes speaks against nothing else; a budget does whenever it was said.
            (true, Some(_)) if kind == Kind::Budget => liked_against.push(reason),
            (true, Some(_)) => {}
        }
    }
    let fits = fitting.iter().any(|reason| reason.points > 0);
    if !asked_fits {
        let against = if fits || !asked_against.is_empty() { asked_against } else { liked_against };
        // The one that is nearest to fitting: "200 or 300 EUR" is exceeded by what exceeds both.
        reasons.extend(against.into_iter().max_by(by_weight));
    }
    if !fits {
        reasons.extend(fitting.into_iter().max_by(by_weight));
        return;
    }
    fitting.sort_by(|a, b| by_weight(b, a));
    let mut left = KIND_MAX;
    for mut reason in fitting {
        reason.points = reason.points.min(left);
        left -= reason.points;
        reasons.push(reason);
    }
}

/// The same whichever was said first.
fn by_weight(a: &Reason, b: &Reason) -> std::cmp::Ordering {
    a.points.cmp(&b.points).then_with(|| b.words.cmp(&a.words))
}

/// "Tell me when it is back": what "it" is stands in the conversation.
fn weigh_conversation(piece: &Said, features: &[Feature], about: &[String], reasons: &mut Vec<Reason>) {
    let is_told = |kind: Kind| features.iter().any(|feature| feature.kind == kind && kinds::points(piece, feature).is_some_and(|found| found.points > 0));
    if about.iter().any(|text| mentions(text, &piece.title)) && !is_told(Kind::Title) {
        reasons.push(Reason { points: ABOUT_TITLE, words: format!("they wrote about “{}”", piece.title) });
    }
    if about.iter().any(|text| mentions(text, &piece.artist)) && !is_told(Kind::Artist) {
        reasons.push(Reason { points: ABOUT_ARTIST, words: format!("they wrote about a piece by {}", piece.artist) });
    }
}

fn quoted(words: String, sentence: &str) -> String {
    let sentence = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
    if sentence.is_empty() {
        return words;
    }
    let short: String = sentence.chars().take(QUOTE_CHARS_MAX).collect();
    let end = if short.len() < sentence.len() { "…" } else { "" };
    format!("{words}{AS_IN}“{short}{end}”")
}
