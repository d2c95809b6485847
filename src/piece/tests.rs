//! Finding those who would want a piece among very many.

use super::*;
use crate::customer::CustomerId;
use crate::database::{self, RESTANTE_MIGRATIONS};
use std::path::Path;

/// `leads` customers with three interests each, of whom the first `wishes` have a wish that is open.
fn crowd(leads: i64, wishes: i64) -> Writer {
    let connection = database::connect_in_memory().unwrap();
    database::migrate(&connection, Path::new(":memory:"), RESTANTE_MIGRATIONS).unwrap();
    let tx = Writer::new(connection);
    let colours = ["blue", "red", "green", "black", "grey"];
    let mediums = ["print", "oil", "drawing", "poster"];
    for n in 0..leads {
        let (colour, medium) = (colours[n as usize % 5], mediums[n as usize % 4]);
        let artist = format!("Artist {}", n % 900);
        tx.execute("INSERT INTO customer(id, name, created_at) VALUES (?1, ?2, 1)", params![n + 1, format!("Customer {n}")]).unwrap();
        tx.execute("INSERT INTO customer_address(address, customer_id) VALUES (?1, ?2)", params![format!("c{n}@example.test"), n + 1]).unwrap();
        for (kind, value) in [("colour", colour), ("medium", medium), ("artist", &artist)] {
            let sql = "INSERT INTO interest(customer_id, kind, value, sentence, source, at) VALUES (?1, ?2, ?3, 'as they said', 'mail', 1)";
            tx.execute(sql, params![n + 1, kind, value]).unwrap();
        }
        if n < wishes {
            let features = format!(
                r#"[{{"kind":"colour","value":"{colour}"}},{{"kind":"medium","value":"{medium}"}},{{"kind":"artist","value":"{artist}"}},{{"kind":"budget","value":"{} EUR"}}]"#,
                50 + n % 400
            );
            let sql = "INSERT INTO wish(customer_id, address, words, features, source, at) VALUES (?1, ?2, 'tell me', ?3, 'mail', 1)";
            tx.execute(sql, params![n + 1, format!("c{n}@example.test"), features]).unwrap();
        }
    }
    tx
}

fn blue_print(tx: &Writer) -> Piece {
    let said = Said {
        title: "Low Tide".into(),
        artist: "Artist 200".into(),
        medium: "giclee".into(),
        colours: vec!["blue".into()],
        price: Some(Amount::new(18_000, Currency::parse("EUR"))),
        quantity: 1,
        ..Said::default()
    };
    let id = add(tx, &said, Source::Form, None, None, 1).unwrap();
    find(tx, id).unwrap().unwrap()
}

#[test]
fn of_very_many_the_best_are_shown_and_always_the_same() {
    let tx = crowd(2_000, 400);
    let piece = blue_print(&tx);
    let found = interested(&tx, &piece).unwrap();
    assert_eq!(found.len(), SHOWN_MAX);
    assert!(found.windows(2).all(|pair| pair[0].found.score >= pair[1].found.score));
    let first: Vec<(CustomerId, bool)> = found.iter().take(3).map(|one| (one.customer_id, one.wish.is_some())).collect();
    assert_eq!(first[0], (CustomerId(201), true), "who asked for this artist, can pay it and likes it");
    let again = interested(&tx, &piece).unwrap();
    assert!(found.iter().zip(&again).all(|(a, b)| a.customer_id == b.customer_id && a.found == b.found));
}

#[test]
#[ignore = "a measurement: how long a hundred thousand leads take"]
fn measured_on_a_hundred_thousand_leads() {
    let tx = crowd(100_000, 20_000);
    let piece = blue_print(&tx);
    for _ in 0..3 {
        let began = std::time::Instant::now();
        let found = interested(&tx, &piece).unwrap();
        println!("{} found in {} ms, the best with {}", found.len(), began.elapsed().as_millis(), found[0].found.score);
    }
}
