//! What a letter says its writer likes or looks for, each with its sentence.

use super::mood::Moods;
use super::rules::{Class, Hit};
use super::said::Said;
use super::{Found, Known, budget, names, sizes};
use crate::lead::interest::{Feature, Kind};

/// "A LARGE black and white photograph": words between a size and what has it.
const SIZED_WORDS: usize = 4;
/// "My walls are a pale green".
const WALL_WORDS: usize = 4;

pub fn find(said: &Said, known: &Known) -> Vec<Found> {
    let moods = Moods::of(said);
    // "For my husband's 50th: a bronze, under 300 euros" wants without a verb.
    let is_told_of = moods.says_nothing() && said.hits.iter().any(|hit| matches!(hit.class, Class::Budget | Class::Feature(Kind::Occasion, _)));
    if !moods.wants_anything() && !is_told_of {
        return Vec::new();
    }
    let names = names::find(said, known);
    let in_name = |first: usize| names.iter().any(|name| (name.first..=name.last).contains(&first));
    let mut found: Vec<(usize, usize, Feature)> = Vec::new();
    for hit in &said.hits {
        let Class::Feature(kind, code) = hit.class else { continue };
        if !in_name(hit.first) && !said.is_quoted(hit) && !is_part_of_other(said, hit) && fits(said, hit, kind) {
            found.push((hit.first, hit.last, Feature { kind, value: code.to_owned() }));
        }
    }
    found.extend(names.into_iter().map(|name| (name.first, name.last, Feature { kind: name.kind, value: name.value })));
    let in_words = |(from, to, kind, value): (usize, usize, Kind, String)| Some((said.word_at(from)?, said.word_at(to - 1)?, Feature { kind, value }));
    let is_wanted = |at: usize| !said.of_class(Class::WrongSize).any(|wrong| said.clause(wrong.first) == said.clause(at));
    let measures = sizes::find(said).into_iter().map(|(from, to, value)| (from, to, Kind::Size, value));
    found.extend(measures.filter_map(in_words).filter(|(first, ..)| is_wanted(*first)));
    found.extend(budget::find(said).map(|(from, to, value)| (from, to, Kind::Budget, value)).and_then(in_words));
    found.retain(|(first, ..)| moods.likes(*first) || (is_told_of && !said.is_denied(*first)));
    found.sort_by_key(|(first, ..)| *first);
    let mut interests: Vec<Found> = Vec::new();
    for (first, last, feature) in found {
        if !interests.iter().any(|known| known.feature.kind == feature.kind && known.feature.value.to_lowercase() == feature.value.to_lowercase()) {
            interests.push(Found { feature, sentence: said.sentence(first, last) });
        }
    }
    interests
}

/// "Chambre" within "chambre de bébé", "golden" within "golden wedding"; "schwarz-weiß" has two colours.
fn is_part_of_other(said: &Said, hit: &Hit) -> bool {
    let longer = |other: &Hit| other.first <= hit.first && hit.last <= other.last && other.last - other.first > hit.last - hit.first;
    let is_colour = |class: Class| matches!(class, Class::Feature(Kind::Colour, _));
    let both_colours = |other: &Hit| is_colour(other.class) && is_colour(hit.class);
    said.hits.iter().any(|other| matches!(other.class, Class::Feature(..)) && other.class != hit.class && longer(other) && !both_colours(other))
}

fn fits(said: &Said, hit: &Hit, kind: Kind) -> bool {
    match kind {
        Kind::Size => is_sized(said, hit),
        Kind::Colour => !is_of_their_own(said, hit),
        _ => true,
    }
}

/// A large one, something large, a large print; not a large family.
fn is_sized(said: &Said, hit: &Hit) -> bool {
    let wrong = said.of_class(Class::WrongSize).any(|wrong| said.clause(wrong.first) == said.clause(hit.first));
    let near = |other: &Hit| {
        let (before, behind) = (other.last < hit.first, other.first > hit.last);
        let steps = if before { hit.first - other.last } else { other.first.saturating_sub(hit.last) };
        (before || behind) && steps <= SIZED_WORDS && said.clause(other.first) == said.clause(hit.first)
    };
    let has_size = |other: &Hit| matches!(other.class, Class::Thing | Class::Feature(Kind::Medium, _)) && near(other);
    let is_other = |other: &Hit| matches!(other.class, Class::Feature(Kind::Room | Kind::Occasion, _) | Class::Wall) && other.first == hit.last + 1;
    let alone = |at: usize| at >= said.words.len() || said.clause(at) != said.clause(hit.first);
    let stands_alone = (hit.first == 0 || alone(hit.first - 1)) && alone(hit.last + 1);
    !wrong && !said.hits.iter().any(is_other) && (hit.last > hit.first || stands_alone || said.hits.iter().any(has_size))
}

/// The colour of their own wall or sofa.
fn is_of_their_own(said: &Said, hit: &Hit) -> bool {
    let near = |wall: &Hit| said.words.sentence(wall.first) == said.words.sentence(hit.first) && wall.first.abs_diff(hit.first) <= WALL_WORDS;
    said.of_class(Class::Wall).any(near)
}
