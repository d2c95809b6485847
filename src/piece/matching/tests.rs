//! What fits whom, as a table; and that saying more that fits never makes it fit less.

use super::*;
use crate::money::{Amount, Currency};

fn piece() -> Said {
    Said {
        title: "Low Tide".into(),
        artist: "Anna Lind".into(),
        medium: "giclee".into(),
        size: "50 × 70 cm".into(),
        width_mm: Some(500),
        height_mm: Some(700),
        colours: vec!["blue".into(), "grey".into()],
        words: "A still morning, for a hallway or a bedroom.".into(),
        price: Some(Amount::new(18_000, Currency::parse("EUR"))),
        quantity: 1,
        ..Said::default()
    }
}

fn features(pairs: &[(&str, &str)]) -> Vec<Feature> {
    pairs.iter().map(|(kind, value)| Feature { kind: Kind::from_code(kind).unwrap(), value: (*value).into() }).collect()
}

fn wished(pairs: &[(&str, &str)]) -> Option<Match> {
    weigh(&piece(), &Wanting { wished: Some(&features(pairs)), ..Wanting::default() })
}

/// Best first: what they wish for, what is said for it (or against it) first, and how much it weighs.
const TABLE: &[(&[(&str, &str)], &str)] = &[
    (&[("title", "low tide"), ("artist", "Anna Lind")], "110 the very piece they asked for: “Low Tide” · same artist: Anna Lind"),
    (
        &[("artist", "Ana Lindh"), ("colour", "blue"), ("medium", "print"), ("budget", "200 EUR")],
        "88 same artist: Anna Lind · a giclée (print) · blue · fits under their 200 EUR",
    ),
    (&[("artist", "Lind")], "40 by Anna Lind, and they named Lind"),
    (&[("medium", "print"), ("size", "50 x 70 cm")], "40 a giclée (print) · 50 × 70 cm, and they asked for 50 x 70 cm"),
    (&[("size", "70x50"), ("colour", "turquoise")], "23 the size they asked for (70x50), but it stands, they want it lying · turquoise"),
    (&[("colour", "blue"), ("colour", "grey"), ("room", "hallway")], "40 blue · grey · its words name the hallway"),
    (&[("colour", "blue"), ("colour", "red")], "22 blue"),
    (&[("artist", "Anna Lind"), ("size", "A4")], "40 same artist: Anna Lind · larger than they asked (A4)"),
    (&[("artist", "Anna Lind"), ("budget", "165 EUR")], "42 same artist: Anna Lind · a little over their 165 EUR"),
    (&[("artist", "Anna Lind"), ("budget", "100 EUR")], "20 same artist: Anna Lind · over their 100 EUR"),
    (&[("artist", "Anna Lind"), ("budget", "100 EUR"), ("budget", "200 EUR")], "60 same artist: Anna Lind · fits under their 200 EUR"),
    (&[("artist", "Anna Lind"), ("budget", "900 SEK")], "50 same artist: Anna Lind · their budget is 900 SEK, which is not compared with €180.00"),
    (&[("artist", "Anna Lind"), ("medium", "oil")], "30 same artist: Anna Lind · a giclée, and they asked for an oil painting"),
    (&[("colour", "blue"), ("budget", "50 EUR")], "nothing"),
    (&[("medium", "sculpture")], "nothing"),
    (&[("colour", "red")], "nothing"),
    (&[("artist", "Jon Berg")], "nothing"),
    (&[], "nothing"),
];

#[test]
fn what_fits_and_why_is_as_this_table_says() {
    for (wish, is) in TABLE {
        let shown = wished(wish).map_or("nothing".to_owned(), |found| {
            let reasons: Vec<&str> = found.reasons.iter().map(|reason| reason.words.as_str()).collect();
            format!("{} {}", found.score, reasons.join(" · "))
        });
        let is = is.replace("· turquoise", "· blue, near to turquoise");
        assert_eq!(shown, is, "{wish:?}");
    }
}

#[test]
fn what_somebody_likes_counts_half_and_is_quoted() {
    let likes = [(features(&[("colour", "blue")])[0].clone(), "something blue for\nthe hallway".to_owned())];
    let found = weigh(&piece(), &Wanting { likes: &likes, ..Wanting::default() }).unwrap();
    assert_eq!((found.score, found.reasons[0].words.as_str()), (6, "blue, as in “something blue for the hallway”"));
    let wish = features(&[("artist", "Anna Lind")]);
    let both = weigh(&piece(), &Wanting { wished: Some(&wish), likes: &likes, ..Wanting::default() }).unwrap();
    assert_eq!(both.score, 56);
    let disliked = weigh(&piece(), &Wanting { wished: Some(&wish), dislikes: &features(&[("colour", "blue")]), ..Wanting::default() }).unwrap();
    assert_eq!((disliked.score, disliked.reasons.last().unwrap().words.as_str()), (35, "an agent noted that it is not blue"));
}

#[test]
fn a_wish_that_says_nothing_is_about_what_its_conversation_is_about() {
    let about = ["Re: Order AT-10482".to_owned(), "“Low Tide” giclée, 50×70".to_owned()];
    let found = weigh(&piece(), &Wanting { wished: Some(&[]), about: &about, ..Wanting::default() }).unwrap();
    assert_eq!((found.score, found.reasons[0].words.as_str()), (24, "they wrote about “Low Tide”"));
    assert!(weigh(&piece(), &Wanting { wished: None, about: &about, ..Wanting::default() }).is_none(), "who wished for nothing is not told");
    assert!(found.score < wished(&[("artist", "Anna Lind")]).unwrap().score, "weak");
}

/// Dice that fall the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}

const ANY: &[(&str, &str)] = &[
    ("artist", "Anna Lind"),
    ("artist", "Jon Berg"),
    ("artist", "Lind"),
    ("title", "Low Tide"),
    ("title", "High Tide"),
    ("medium", "print"),
    ("medium", "oil"),
    ("medium", "etching"),
    ("size", "50 x 70"),
    ("size", "A6"),
    ("size", "large"),
    ("colour", "blue"),
    ("colour", "grey"),
    ("colour", "red"),
    ("colour", "turquoise"),
    ("budget", "200 EUR"),
    ("budget", "20 EUR"),
    ("budget", "900 SEK"),
    ("budget", "190"),
    ("room", "hallway"),
    ("occasion", "wedding"),
];

#[test]
fn the_order_of_features_changes_nothing_and_one_more_that_fits_never_counts_against() {
    let mut dice = Dice(7);
    for _ in 0..4_000 {
        let mut wish: Vec<Feature> = (0..dice.below(6)).map(|_| features(&[ANY[dice.below(ANY.len())]])[0].clone()).collect();
        let likes: Vec<(Feature, String)> = (0..dice.below(4)).map(|_| (features(&[ANY[dice.below(ANY.len())]])[0].clone(), String::new())).collect();
        let weighed = |wish: &[Feature], likes: &[(Feature, String)]| weigh(&piece(), &Wanting { wished: Some(wish), likes, ..Wanting::default() });
        let before = weighed(&wish, &likes);
        let (mut turned, mut likes_turned) = (wish.clone(), likes.clone());
        turned.reverse();
        likes_turned.reverse();
        assert_eq!(before, weighed(&turned, &likes_turned), "{wish:?} {likes:?}");
        let more = features(&[ANY[dice.below(ANY.len())]])[0].clone();
        let fits = kinds::points(&piece(), &more).is_some_and(|found| found.points > 0);
        if fits {
            let score = |found: Option<Match>| found.map_or(0, |found| found.score);
            let liked = [likes.clone(), vec![(more.clone(), String::new())]].concat();
            assert!(score(weighed(&wish, &liked)) >= score(before.clone()), "{wish:?} {likes:?} liked {more:?}");
            wish.push(more.clone());
            assert!(score(weighed(&wish, &likes)) >= score(before), "{wish:?} {likes:?} + {more:?}");
        }
    }
}
