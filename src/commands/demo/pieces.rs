//! The demo's pieces, with pictures painted here, and people who wait for some of them.

use super::story::conversation_of;
use crate::consent::{self, Given, Purpose, Way};
use crate::conversation;
use crate::customer;
use crate::database::{Millis, Writer};
use crate::desk;
use crate::id::{AgentId, MailboxId};
use crate::lead::interest::{Feature, Kind, Source as Said};
use crate::lead::wish;
use crate::money::{Amount, Currency};
use crate::piece::{self, Said as Piece, Source, picture};
use crate::secret::SecretKey;
use crate::web::{Pixels, photo};

const WIDTH: u32 = 900;
const DAY: Millis = 24 * 60 * 60 * 1000;

/// Title, artist, SKU, medium, size in mm, colours, words, price in cents, how many, and the three colours that it is painted with.
type Painted = (&'static str, &'static str, &'static str, &'static str, (u32, u32), &'static [&'static str], &'static str, i64, i64, [[u8; 3]; 3]);

const PIECES: &[Painted] = &[
    (
        "Fjäril",
        "Ida Holm",
        "FJ-40",
        "lithograph",
        (300, 400),
        &["yellow", "green"],
        "The butterfly is back: forty new prints, signed.",
        9_500,
        40,
        [[232, 205, 120], [120, 150, 96], [60, 72, 58]],
    ),
    (
        "Morning Sea",
        "Ida Holm",
        "OR-021",
        "watercolour",
        (500, 700),
        &["blue", "white"],
        "A still morning over the bay, for a bedroom or a hallway.",
        42_000,
        1,
        [[214, 226, 233], [104, 146, 178], [46, 74, 104]],
    ),
    (
        "Low Tide II",
        "Ida Holm",
        "OR-022",
        "oil",
        (700, 500),
        &["blue", "grey"],
        "Painted a year after the first, from the other side of the pier.",
        86_000,
        1,
        [[201, 205, 208], [92, 118, 138], [52, 60, 70]],
    ),
    (
        "Harbour at Dusk",
        "Ida Holm",
        "HD-57",
        "giclee",
        (500, 700),
        &["blue", "orange"],
        "Lights on the water, and the last boat in. Back in an edition of sixty.",
        12_900,
        60,
        [[226, 170, 132], [84, 98, 140], [34, 40, 66]],
    ),
    ("Night Ferry", "Jon Berg", "NF-50", "screenprint", (500, 500), &["black", "red"], "", 3_400, 12, [[38, 36, 48], [188, 62, 52], [18, 18, 26]]),
    (
        "Dunas",
        "Lucía Ferrer",
        "DU-30",
        "giclee",
        (300, 300),
        &["beige", "orange"],
        "Warm sand, late in the day.",
        5_400,
        8,
        [[236, 214, 178], [214, 150, 92], [150, 96, 66]],
    ),
    ("Winterfeld", "Ida Holm", "OR-004", "oil", (600, 400), &["white", "grey"], "", 94_000, 0, [[236, 238, 240], [190, 198, 204], [112, 120, 128]]),
];

/// Somebody who waits, by their letter: in their words, and how they agreed.
struct Waiting {
    letter: &'static str,
    words: &'static str,
    features: &'static [(Kind, &'static str)],
    agreed: Option<&'static str>,
}

const WAITING: &[Waiting] = &[
    Waiting {
        letter: "7C1B0E52-greta-1@inbox.example",
        words: "När kommer fler tryck av “Fjäril”?",
        features: &[(Kind::Title, "Fjäril")],
        agreed: Some("on the telephone: “hör gärna av er när det finns”"),
    },
    Waiting {
        letter: "1187412399.883321.1@mail.yahoo.example",
        words: "is “Harbour at Dusk” in 50x70 coming back?",
        features: &[(Kind::Title, "Harbour at Dusk"), (Kind::Size, "50 x 70 cm"), (Kind::Budget, "150 EUR")],
        agreed: Some("in her letter: “You may write to me when it is”"),
    },
    Waiting {
        letter: "20260000.tanaka.1@kaisha.example",
        words: "「夕凪の海」の版画（50×70）の再入荷の予定はございますか。",
        features: &[(Kind::Medium, "print"), (Kind::Colour, "blue"), (Kind::Size, "50 x 70 cm")],
        agreed: None,
    },
];

pub fn tell(tx: &Writer, key: &SecretKey, mailbox: MailboxId, by: AgentId, now: Millis) -> desk::Result<()> {
    for (title, artist, sku, medium, (width, height), colours, words, cents, left, paint) in PIECES {
        let said = Piece {
            sku: (*sku).into(),
            title: (*title).into(),
            artist: (*artist).into(),
            medium: (*medium).into(),
            width_mm: Some(i64::from(*width)),
            height_mm: Some(i64::from(*height)),
            size: format!("{} × {} cm", width / 10, height / 10),
            colours: colours.iter().map(|colour| (*colour).into()).collect(),
            words: (*words).into(),
            price: Some(Amount::new(*cents, Currency::parse("EUR"))),
            quantity: *left,
            ..Piece::default()
        };
        let id = piece::add(tx, &said, Source::Form, None, Some(by), now)?;
        if let Some(jpeg) = photo(painted(*paint, WIDTH, WIDTH * height / width)) {
            picture::keep(tx, id, &jpeg, now)?;
        }
    }
    WAITING.iter().try_for_each(|waiting| wait(tx, key, mailbox, waiting, by, now))
}

fn wait(tx: &Writer, key: &SecretKey, mailbox: MailboxId, waiting: &Waiting, by: AgentId, now: Millis) -> desk::Result<()> {
    let Some(id) = conversation_of(tx, mailbox, waiting.letter)? else { return Ok(()) };
    let Some(customer) = conversation::find(tx, id)?.map(|found| customer::find(tx, found.customer_id)).transpose()?.flatten() else { return Ok(()) };
    let Some(address) = customer.addresses.first().map(|known| known.address.to_lowercase()) else { return Ok(()) };
    let features: Vec<Feature> = waiting.features.iter().map(|(kind, value)| Feature { kind: *kind, value: (*value).into() }).collect();
    let new = wish::New {
        customer_id: customer.id,
        address: &address,
        conversation_id: Some(id),
        message_id: None,
        words: waiting.words,
        features: &features,
        source: Said::Agent,
        by: Some(by),
    };
    wish::add(tx, &new, now - DAY)?;
    if let Some(proof) = waiting.agreed {
        let given = Given {
            customer_id: customer.id,
            address: &address,
            purpose: Purpose::SimilarPieces,
            way: Way::Agent,
            words: waiting.words,
            policy_text: "",
            proof,
            message_id: None,
            at: now - DAY,
            by: Some(by),
        };
        consent::grant(tx, key, &given, now)?;
    }
    Ok(())
}

/// A sky, a sun and a few waves of land, in three colours.
fn painted([sky, light, land]: [[u8; 3]; 3], width: u32, height: u32) -> Pixels {
    let mut rgb = Vec::with_capacity((width * height * 3) as usize);
    let mix = |a: [u8; 3], b: [u8; 3], part: f32| [0, 1, 2].map(|i| (f32::from(a[i]) * (1.0 - part) + f32::from(b[i]) * part) as u8);
    for y in 0..height {
        for x in 0..width {
            let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
            let hill = |base: f32, high: f32, often: f32, from: f32| v > base + high * (u * often + from).sin();
            let sun = ((u - 0.68).powi(2) + ((v - 0.3) * height as f32 / width as f32).powi(2)).sqrt() < 0.09;
            let paper = mix(sky, light, v * 0.6);
            rgb.extend(match () {
                () if hill(0.86, 0.03, 7.0, 1.0) => land,
                () if hill(0.74, 0.04, 5.0, 2.4) => mix(land, light, 0.35),
                () if hill(0.62, 0.05, 3.2, 0.4) => mix(light, land, 0.25),
                () if sun => mix(sky, [255, 250, 235], 0.7),
                () => paper,
            });
        }
    }
    Pixels { width, height, rgb }
}
