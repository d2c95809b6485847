//! What the demo's shop has sold: the orders that its letters speak of, and its return policy, so that every return on the
//! board has its verdict.

use crate::database::{Millis, Writer};
use crate::money::{Amount, Currency};
use crate::order::{self, Line, News, Source};
use crate::return_policy::{ready, version};
use crate::{desk, id::AgentId};
use jiff::civil::Date;

/// Title, SKU, kind, cents.
type Sold = (&'static str, &'static str, &'static str, i64);

struct Order {
    number: &'static str,
    name: &'static str,
    address: &'static str,
    country: &'static str,
    /// Days ago: ordered, shipped, delivered.
    days: (i64, Option<i64>, Option<i64>),
    lines: &'static [Sold],
}

const fn order(
    number: &'static str,
    (name, address, country): (&'static str, &'static str, &'static str),
    days: (i64, Option<i64>, Option<i64>),
    lines: &'static [Sold],
) -> Order {
    Order { number, name, address, country, days, lines }
}

const ORDERS: &[Order] = &[
    order("AT-10211", ("Håkan Ek", "hakan.ek@inbox.example", "SE"), (62, Some(58), Some(55)), &[("Quiet Bay", "QB-40", "print", 9_500)]),
    order(
        "AT-10388",
        ("Maison Petit", "bonjour@maison-petit.example", "FR"),
        (21, Some(18), Some(13)),
        &[("Cartes postales, lot de trois", "PC-3", "cards", 900)],
    ),
    order("AT-10390", ("Johan Sand", "johan.sand@example.test", "SE"), (26, Some(22), Some(17)), &[("Night Ferry", "NF-50", "print", 3_400)]),
    order("AT-10399", ("J. Whitfield", "jw@whitfield.example", "GB"), (24, Some(20), Some(14)), &[("Signal", "SG-70", "print", 4_200)]),
    order("AT-10402", ("Wen Li", "wen.li@example.test", "DE"), (19, Some(14), Some(9)), &[("Harbour at Dusk, framed", "HD-57-F", "print", 12_900)]),
    order("AT-10431", ("Lucía Vega", "lucia.vega@example.test", "ES"), (27, Some(22), Some(17)), &[("Dunas", "DU-30", "print", 5_400)]),
    order("AT-10455", ("Oskar Brandt", "oskar.brandt@post.example", "DE"), (16, Some(12), Some(8)), &[("Winterfeld", "OR-004", "original", 94_000)]),
    order("AT-10467", ("Samuel Adeyemi", "samuel.adeyemi@webmail.example", "IE"), (6, Some(3), None), &[("Low Tide", "LT-70", "print", 8_600)]),
    order("AT-10474", ("Chloé Martin", "chloe.martin@example.test", "FR"), (15, Some(11), Some(7)), &[("Oak frame 30 × 40", "FR-34-O", "frame", 3_900)]),
    order("AT-10482", ("Mara Okafor", "mara.okafor@example.test", "DE"), (45, Some(9), Some(4)), &[("Low Tide", "LT-57", "print", 6_800)]),
    order("AT-10499", ("佐藤 健", "ken.sato@inbox.example", "JP"), (5, None, None), &[("藍の海", "AI-40", "print", 7_200)]),
    order(
        "AT-10507",
        ("Tomás Riera", "tomas.riera@riera-arquitectos.example", "ES"),
        (8, Some(5), Some(1)),
        &[("Oak frame 40 × 50", "FR-45-O", "frame", 4_900)],
    ),
    // The shop's backend knows no kind of this one: its name says it.
    order("AT-10512", ("Nina Holm", "nina.holm@mail.example", "NL"), (10, Some(7), Some(2)), &[("Tall Ships, fine art print 30 × 40", "TS-34", "", 5_900)]),
    order("AT-10530", ("Linnea Berg", "linnea.berg@example.test", "SE"), (0, None, None), &[("Fjäril", "FJ-30", "print", 4_500)]),
];

/// Orders of people who never wrote, so that the shares on the board are those of a shop.
const QUIET_ORDERS: i64 = 180;

/// The policy holds longer than any of the orders are old.
const POLICY_DAYS: i64 = 200;

/// Before the first letter is read, so that every return finds its order and its verdict.
pub fn tell(tx: &Writer, owner: AgentId, now: Millis) -> desk::Result<()> {
    version::save(tx, &ready::prints_and_originals(), ago(POLICY_DAYS, now), "Prints and originals", Some(owner), now)?;
    let euro = Currency::parse("EUR");
    for sold in ORDERS {
        let (ordered, shipped, delivered) = sold.days;
        let lines = sold.lines.iter().map(|(title, sku, kind, cents)| Line {
            title: (*title).into(),
            sku: (*sku).into(),
            kind: (*kind).into(),
            quantity: 1,
            unit: Some(Amount::new(*cents, euro)),
            ..Line::default()
        });
        let news = News {
            number: sold.number.into(),
            customer_name: sold.name.into(),
            address: Some(sold.address.into()),
            ordered_on: Some(ago(ordered, now)),
            shipped_on: shipped.map(|days| ago(days, now)),
            delivered_on: delivered.map(|days| ago(days, now)),
            total: Some(Amount::new(sold.lines.iter().map(|(.., cents)| cents).sum(), euro)),
            country: Some(sold.country.into()),
            lines: lines.collect(),
            ..News::default()
        };
        order::learn(tx, &news, Source::Csv, now)?;
    }
    for number in 1..=QUIET_ORDERS {
        let day = Some(ago(30 - number * 29 / QUIET_ORDERS, now));
        let total = Some(Amount::new(2_400 + number * 37 % 60 * 100, euro));
        order::learn(tx, &News { number: format!("AT-{}", 10_000 + number), ordered_on: day, total, ..News::default() }, Source::Csv, now)?;
    }
    Ok(())
}

fn ago(days: i64, now: Millis) -> Date {
    let today = jiff::Timestamp::from_millisecond(now).map(|now| jiff::tz::Offset::UTC.to_datetime(now).date()).unwrap_or_default();
    today.checked_sub(jiff::Span::new().days(days)).unwrap_or(today)
}
