//! Orders are learned once, whatever tells of them.

use super::*;
use crate::database::{self, RESTANTE_MIGRATIONS, Writer};
use std::path::Path;

fn shop() -> Writer {
    let connection = database::connect_in_memory().unwrap();
    database::migrate(&connection, Path::new(":memory:"), RESTANTE_MIGRATIONS).unwrap();
    Writer::new(connection)
}

#[test]
fn a_second_word_about_an_order_adds_to_the_first_and_takes_nothing_away() {
    let tx = shop();
    let euro = Currency::parse("EUR");
    let line = Line { title: "“Low Tide” giclée".into(), quantity: 1, unit: Some(Amount::new(6800, euro)), kind: "print".into(), ..Line::default() };
    let confirmed = News {
        number: "AT-10482".into(),
        address: Some("Mara@Example.test".into()),
        ordered_on: "2026-11-12".parse().ok(),
        total: Some(Amount::new(6800, euro)),
        lines: vec![line.clone()],
        ..News::default()
    };
    let id = learn(&tx, &confirmed, Source::Mail, 1).unwrap();
    let shipped = News { number: "at 10482".into(), shipped_on: "2026-11-16".parse().ok(), tracking: "RR 1180".into(), ..News::default() };
    assert_eq!(learn(&tx, &shipped, Source::Csv, 2).unwrap(), id);
    let order = find_by_number(&tx, "#AT10482").unwrap().unwrap();
    assert_eq!((order.number.as_str(), order.tracking.as_str(), order.address.as_deref()), ("AT-10482", "RR 1180", Some("mara@example.test")));
    assert_eq!((order.ordered_on, order.shipped_on), ("2026-11-12".parse().ok(), "2026-11-16".parse().ok()));
    assert_eq!((order.total, order.said.lines), (Some(Amount::new(6800, euro)), vec![line]));
    assert_eq!(of_address(&tx, "mara@example.test", 5).unwrap().len(), 1);
    assert_eq!(recent_numbers(&tx, 5).unwrap(), ["AT-10482"]);
}
