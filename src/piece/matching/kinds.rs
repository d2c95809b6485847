//! One feature against a piece: points and words, for it or against it; nothing where the piece says nothing about it.

use super::super::size::{self, Fit};
use super::super::vocabulary::{are_near, code, codes_in, is_kind_of, words};
use super::super::{Said, typed};
use super::Reason;
use super::names::{Alike, are_alike, mentions};
use crate::lead::interest::{Feature, Kind};

const TITLE: i32 = 60;
const TITLE_ALMOST: i32 = 45;
const ARTIST: i32 = 40;
const SURNAME: i32 = 30;
const OTHER_ARTIST: i32 = -10;
const MEDIUM: i32 = 16;
const MEDIUM_PERHAPS: i32 = 6;
const OTHER_MEDIUM: i32 = -20;
const SIZE: i32 = 14;
const SIZE_TURNED: i32 = 8;
const OTHER_SIZE: i32 = -10;
const COLOUR: i32 = 12;
const COLOUR_NEAR: i32 = 5;
const OTHER_COLOUR: i32 = -8;
const NAMED_IN_WORDS: i32 = 6;
const BUDGET: i32 = 10;
const OVER_BUDGET: i32 = -30;
const JUST_OVER_BUDGET: i32 = -8;
/// "Around 200": this much more is still worth a look.
const JUST_OVER_PERCENT: i64 = 10;

pub fn points(piece: &Said, feature: &Feature) -> Option<Reason> {
    let value = feature.value.trim();
    let (points, words) = match feature.kind {
        Kind::Title => title(piece, value)?,
        Kind::Artist => artist(piece, value)?,
        Kind::Medium => medium(piece, value)?,
        Kind::Size => sized(piece, value)?,
        Kind::Colour => colour(piece, value)?,
        Kind::Budget => budget(piece, value)?,
        Kind::Room | Kind::Occasion => named(piece, value)?,
    };
    Some(Reason { points, words })
}

/// A feature in words.
pub fn shown(feature: &Feature) -> String {
    match feature.kind {
        Kind::Artist => format!("by {}", feature.value),
        Kind::Title => format!("“{}”", feature.value),
        _ => words(&feature.value),
    }
}

/// Another title is no contradiction: "something like it" is what most ask for.
fn title(piece: &Said, value: &str) -> Option<(i32, String)> {
    match are_alike(value, &piece.title) {
        Alike::Same => Some((TITLE, format!("the very piece they asked for: “{}”", piece.title))),
        Alike::Part => Some((TITLE_ALMOST, format!("“{}”, and they asked for “{value}”", piece.title))),
        Alike::Not => None,
    }
}

fn artist(piece: &Said, value: &str) -> Option<(i32, String)> {
    if piece.artist.is_empty() {
        return None;
    }
    Some(match are_alike(value, &piece.artist) {
        Alike::Same => (ARTIST, format!("same artist: {}", piece.artist)),
        Alike::Part => (SURNAME, format!("by {}, and they named {value}", piece.artist)),
        Alike::Not => (OTHER_ARTIST, format!("they asked for {value}")),
    })
}

fn medium(piece: &Said, value: &str) -> Option<(i32, String)> {
    let wanted = code(Kind::Medium, value)?;
    let is = codes_in(Kind::Medium, &piece.medium);
    // What we have no word for contradicts nothing.
    let most = is.iter().find(|is| is_kind_of(is, wanted));
    if let Some(most) = most {
        let how = if *most == wanted { String::new() } else { format!(" ({})", words(wanted)) };
        return Some((MEDIUM, format!("{}{how}", with_article(most))));
    }
    let first = is.first()?;
    if is_kind_of(wanted, first) {
        return Some((MEDIUM_PERHAPS, format!("{}, perhaps the {} they asked for", with_article(first), words(wanted))));
    }
    Some((OTHER_MEDIUM, format!("{}, and they asked for {}", with_article(first), with_article(wanted))))
}

fn with_article(code: &str) -> String {
    match code {
        "original" | "etching" => format!("an {}", words(code)),
        "oil" => "an oil painting".into(),
        "acrylic" => "an acrylic painting".into(),
        "textile" => "textile work".into(),
        _ => format!("a {}", words(code)),
    }
}

fn sized(piece: &Said, value: &str) -> Option<(i32, String)> {
    let sides = piece.width_mm.zip(piece.height_mm)?;
    Some(match size::fit(sides, size::parse(value)?) {
        Fit::As => (SIZE, format!("{}, and they asked for {value}", shown_size(piece))),
        Fit::Turned => {
            let how = if sides.0 > sides.1 { "it lies, they want it upright" } else { "it stands, they want it lying" };
            (SIZE_TURNED, format!("the size they asked for ({value}), but {how}"))
        }
        Fit::Larger => (OTHER_SIZE, format!("larger than they asked ({value})")),
        Fit::Smaller => (OTHER_SIZE, format!("smaller than they asked ({value})")),
    })
}

fn shown_size(piece: &Said) -> String {
    if piece.size.is_empty() { "the size".into() } else { piece.size.clone() }
}

fn colour(piece: &Said, value: &str) -> Option<(i32, String)> {
    if piece.colours.is_empty() {
        return None;
    }
    let wanted = value.to_lowercase();
    if piece.colours.contains(&wanted) {
        return Some((COLOUR, words(&wanted)));
    }
    if let Some(near) = piece.colours.iter().find(|colour| are_near(colour, &wanted)) {
        return Some((COLOUR_NEAR, format!("{}, near to {}", words(near), words(&wanted))));
    }
    Some((OTHER_COLOUR, format!("not {}", words(&wanted))))
}

/// Other currencies are not compared: no rate is ours to know.
fn budget(piece: &Said, value: &str) -> Option<(i32, String)> {
    let price = piece.price?;
    let most = typed::price(value, "", None).ok()??;
    if let (Some(ours), Some(theirs)) = (price.currency, most.currency)
        && ours != theirs
    {
        return Some((0, format!("their budget is {value}, which is not compared with {price}")));
    }
    if !price.is_more_than(most) {
        return Some((BUDGET, format!("fits under their {value}")));
    }
    let stretched = crate::money::Amount::new(most.minor.saturating_add(most.minor / 100 * JUST_OVER_PERCENT), most.currency);
    if price.is_more_than(stretched) {
        Some((OVER_BUDGET, format!("over their {value}")))
    } else {
        Some((JUST_OVER_BUDGET, format!("a little over their {value}")))
    }
}

/// A room or an occasion that the piece's own words name.
fn named(piece: &Said, value: &str) -> Option<(i32, String)> {
    let said = words(value);
    mentions(&piece.words, &said).then(|| (NAMED_IN_WORDS, format!("its words name the {said}")))
}
