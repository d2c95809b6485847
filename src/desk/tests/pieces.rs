//! Stories of the pieces that come back: which lines of the order, how many, and what they cost.

use super::returning::{asks, found};
use super::shop::Shop;
use crate::conversation::event::{self, What};
use crate::desk::{self, returns};
use crate::money::{Amount, Currency};
use crate::order;
use crate::return_policy::{Answer, Clause, Policy, SHAPE, Scope, Terms, version};
use crate::return_request::reading::Found;
use crate::return_request::{Happened, ReturnId, fields, item};
use crate::setting;

pub fn euros(minor: i64) -> Amount {
    Amount::new(minor, Currency::parse("EUR"))
}

impl Shop {
    /// An order of Mara's: title, kind, quantity and price of each line.
    pub fn ordered(&self, lines: &[(&str, &str, i64, i64)], total: i64) {
        let line = |(title, kind, quantity, minor): &(&str, &str, i64, i64)| order::Line {
            title: (*title).into(),
            kind: (*kind).into(),
            quantity: *quantity,
            unit: (*minor > 0).then(|| euros(*minor)),
            ..order::Line::default()
        };
        let news = order::News {
            number: "AT-1".into(),
            address: Some("mara@example.test".into()),
            total: Some(euros(total)),
            lines: lines.iter().map(line).collect(),
            ..order::News::default()
        };
        let id = order::learn(&self.tx, &news, order::Source::Api, 1).unwrap();
        returns::orders_arrived(&self.tx, &[id], self.later(1)).unwrap();
    }

    pub fn asked(&self, facts: Vec<Found>) -> ReturnId {
        self.the_return(self.writes("<m1@example.test>", None, &asks(facts)).conversation.unwrap()).id
    }

    /// What comes back, and what it costs.
    fn pieces(&self, id: ReturnId) -> (String, Option<i64>) {
        let standing = returns::standing(&self.tx, id).unwrap();
        (item::named(&standing.items, ", "), standing.suggested.map(|amount| amount.minor))
    }
}

fn because(field: &str, value: &str, sentence: &str) -> Found {
    Found { sentence: sentence.into(), ..found(field, value) }
}

#[test]
fn the_only_line_comes_back_once_unless_the_customer_said_how_many() {
    for (sentence, pieces) in [
        ("It came creased.", ("Low Tide", Some(6800))),
        ("Two of the three prints came creased.", ("2 × Low Tide", Some(13_600))),
        ("All three came creased.", ("3 × Low Tide", Some(20_000))), // never above the order's total
        ("Five of the seven came creased.", ("Low Tide", Some(6800))),
    ] {
        let shop = Shop::open();
        shop.ordered(&[("Low Tide", "print", 3, 6800)], 20_000);
        let id = shop.asked(vec![because(fields::REASON, "damaged", sentence)]);
        assert_eq!(shop.pieces(id), (pieces.0.to_owned(), pieces.1), "{sentence}");
    }
}

#[test]
fn without_prices_the_order_s_total_is_suggested_where_all_of_it_comes_back() {
    for (lines, sentence, worth) in [
        (&[][..], "It came creased.", Some(6800)),
        (&[("Low Tide", "print", 1, 0)], "It came creased.", Some(6800)),
        (&[("Low Tide", "print", 2, 0)], "It came creased.", None),
        (&[("Low Tide", "print", 2, 0)], "Both came creased.", Some(6800)),
    ] {
        let shop = Shop::open();
        shop.ordered(lines, 6800);
        let id = shop.asked(vec![because(fields::REASON, "damaged", sentence)]);
        assert_eq!(shop.pieces(id).1, worth, "{lines:?} {sentence}");
    }
}

#[test]
fn of_several_lines_those_come_back_that_the_customer_named_and_none_where_that_is_open() {
    let lines = &[("“Low Tide” giclée, 50×70", "print", 1, 6800), ("“Low Tide” mug", "mug", 1, 2000), ("“Dusk” original", "original", 1, 90_000)];
    for (item, pieces) in [
        ("Dusk", ("“Dusk” original", Some(90_000))),
        ("the Low Tide mug", ("“Low Tide” mug", Some(2000))),
        ("“Low Tide” mug and “Dusk” original", ("“Low Tide” mug, “Dusk” original", Some(92_000))),
        ("Low Tide", ("", None)),
        ("Fjäril", ("", None)),
    ] {
        let shop = Shop::open();
        shop.ordered(lines, 98_800);
        let id = shop.asked(vec![found(fields::ITEM, item)]);
        assert_eq!(shop.pieces(id), (pieces.0.to_owned(), pieces.1), "{item}");
    }
}

#[test]
fn the_policy_judges_the_pieces_that_come_back_and_no_others() {
    let shop = Shop::open();
    let clause = |id: &str, kind: &str, answer| Clause {
        id: id.into(),
        name: id.into(),
        about: Scope { kinds: vec![kind.into()], ..Scope::default() },
        terms: Terms { answer, ..Terms::default() },
        ..Clause::default()
    };
    let clauses = vec![clause("prints", "print", Answer::Accepted), clause("originals", "original", Answer::FinalSale)];
    version::save(&shop.tx, &Policy { shape: SHAPE, clauses }, "2020-01-01".parse().unwrap(), "", None, 1).unwrap();
    shop.ordered(&[("Low Tide", "print", 2, 6800), ("Dusk", "original", 1, 90_000)], 103_600);
    let id = shop.asked(vec![found(fields::REASON, "changed_mind")]);
    let verdict = |shop: &Shop| returns::standing(&shop.tx, id).unwrap().request.judgement.unwrap().verdict;
    assert_eq!(verdict(&shop), "look", "either may be meant");
    let line = item::of_order(&shop.tx, order::find_by_number(&shop.tx, "AT-1").unwrap().unwrap().id).unwrap();
    returns::choose_items(&shop.tx, id, &[(line[0].chosen.line.unwrap(), 2)], shop.jules.id, shop.later(1)).unwrap();
    assert_eq!((verdict(&shop).as_str(), shop.pieces(id)), ("within", ("2 × Low Tide".into(), Some(13_600))));
    returns::choose_items(&shop.tx, id, &[(line[1].chosen.line.unwrap(), 1)], shop.jules.id, shop.later(1)).unwrap();
    assert_eq!(verdict(&shop), "outside");
}

#[test]
fn what_an_agent_chose_stands_against_later_words_and_can_be_taken_back() {
    let shop = Shop::open();
    shop.ordered(&[("Low Tide", "print", 3, 6800), ("Dusk", "print", 1, 9000)], 29_400);
    let first = shop.writes("<m1@example.test>", None, &asks(vec![found(fields::ITEM, "Low Tide")]));
    let there = first.conversation.unwrap();
    let id = shop.the_return(there).id;
    let order = order::find_by_number(&shop.tx, "AT-1").unwrap().unwrap().id;
    let lines: Vec<_> = item::of_order(&shop.tx, order).unwrap().into_iter().filter_map(|line| line.chosen.line).collect();
    assert!(returns::choose_items(&shop.tx, id, &[(lines[0], 4)], shop.jules.id, shop.later(1)).is_err(), "three were ordered");
    returns::choose_items(&shop.tx, id, &[(lines[0], 2), (lines[1], 1)], shop.jules.id, shop.later(1)).unwrap();
    shop.writes("<m2@example.test>", Some("<m1@example.test>"), &asks(vec![found(fields::ITEM, "Dusk")]));
    // The shop tells the order again, its lines in another order and with a new one.
    shop.ordered(&[("Dusk", "", 1, 9000), ("Fjäril", "print", 1, 100), ("Low Tide", "", 3, 7000)], 30_000);
    assert_eq!(shop.pieces(id), ("2 × Low Tide, Dusk".into(), Some(23_000)));
    assert_eq!(returns::standing(&shop.tx, id).unwrap().items[0].kind, "print", "what is not said again stays");
    let events = event::of_conversation(&shop.tx, there).unwrap();
    let chosen = events.iter().rfind(|e| matches!(&e.what, What::Return { happened: Happened::ItemsChosen { .. }, .. })).unwrap();
    desk::undo(&shop.tx, chosen.id, shop.jules.id, shop.later(1)).unwrap();
    assert_eq!(shop.pieces(id).0, "Dusk", "derived again, from the newest words");
}

#[test]
fn fulfilment_reads_which_pieces_come_and_a_clause_about_the_value_counts_them() {
    let shop = Shop::open();
    let fulfilment = returns::Fulfilment { address: "ware@shop.test".into(), when: returns::When::Complete };
    setting::set(&shop.tx, setting::FULFILMENT, &fulfilment, None, 1).unwrap();
    let dear = Clause {
        id: "dear".into(),
        name: "Above 100 euros".into(),
        about: Scope { value_from: Some(euros(10_000)), ..Scope::default() },
        terms: Terms { answer: Answer::NeverReturned, ..Terms::default() },
        ..Clause::default()
    };
    version::save(&shop.tx, &Policy { shape: SHAPE, clauses: vec![dear] }, "2020-01-01".parse().unwrap(), "", None, 1).unwrap();
    shop.ordered(&[("Low Tide", "print", 3, 6800)], 20_400);
    let id = shop.asked(vec![because(fields::REASON, "changed_mind", "I changed my mind about two of the three."), found(fields::WISH, "refund")]);
    let letters = shop.letters();
    assert!(letters.len() == 1 && letters[0].contains("ware@shop.test") && letters[0].contains("Item: 2 =C3=97 Low Tide"), "{letters:?}");
    let judgement = returns::standing(&shop.tx, id).unwrap().request.judgement.unwrap();
    assert_eq!((judgement.verdict.as_str(), judgement.clause.as_str()), ("outside", "Above 100 euros"));
}

#[test]
fn an_order_with_quantities_beyond_counting_is_shown_all_the_same() {
    let shop = Shop::open();
    shop.ordered(&[("Low Tide", "print", i64::MAX, 6800), ("Harbour", "print", 0, 6800)], 20_000);
    let found = order::find_by_number(&shop.tx, "AT-1").unwrap().unwrap();
    assert_eq!(found.lines.iter().map(|line| line.quantity).collect::<Vec<_>>(), [10_000, 1]);
    // As it may stand in a database from before.
    shop.tx.execute("UPDATE order_line SET quantity = ?1", [i64::MAX]).unwrap();
    let id = shop.asked(vec![because(fields::REASON, "damaged", "It came creased."), because(fields::ORDER_NUMBER, "AT-1", "AT-1")]);
    returns::standing(&shop.tx, id).unwrap();
}
