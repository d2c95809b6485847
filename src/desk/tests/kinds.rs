//! Stories of an agent who says of which kind an item is, where neither the shop's system nor its name does.

use super::returning::found;
use super::shop::Shop;
use crate::desk::{self, returns};
use crate::order;
use crate::return_policy::{Answer, Clause, Policy, SHAPE, Scope, Terms, version};
use crate::return_request::fields::{self, Value};
use crate::return_request::{ReturnId, item};

impl Shop {
    /// Prints come back, originals do not.
    fn takes_prints_back(&self) {
        let clause = |id: &str, kind: &str, answer| Clause {
            id: id.into(),
            name: id.into(),
            about: Scope { kinds: vec![kind.into()], ..Scope::default() },
            terms: Terms { answer, ..Terms::default() },
            ..Clause::default()
        };
        let clauses = vec![clause("prints", "print", Answer::Accepted), clause("originals", "original", Answer::FinalSale)];
        version::save(&self.tx, &Policy { shape: SHAPE, clauses }, "2020-01-01".parse().unwrap(), "", None, 1).unwrap();
    }

    fn verdict_of(&self, id: ReturnId) -> String {
        returns::standing(&self.tx, id).unwrap().request.judgement.unwrap().verdict
    }
}

#[test]
fn the_kind_of_a_line_is_judged_by_at_once_told_in_the_timeline_and_taken_back() {
    let shop = Shop::open();
    shop.takes_prints_back();
    shop.ordered(&[("Low Tide", "", 1, 6800)], 6800);
    let id = shop.asked(vec![found(fields::REASON, "changed_mind")]);
    assert_eq!(shop.verdict_of(id), "look");
    let request = returns::standing(&shop.tx, id).unwrap().request;
    assert_eq!(returns::kinds(&shop.tx, &request).unwrap(), ["original", "print"]);
    let line = item::of_order(&shop.tx, request.order_id.unwrap()).unwrap()[0].chosen.line.unwrap();
    let says = |kind: &str| returns::set_kind(&shop.tx, id, line, kind, shop.jules.id, shop.later(1));
    assert!(says("mug").is_err(), "the policy names no such kind");
    says("original").unwrap();
    assert_eq!(shop.verdict_of(id), "outside");
    says("print").unwrap();
    assert_eq!(shop.verdict_of(id), "within");
    // The shop tells the order again without a kind: what the agent said stays.
    shop.ordered(&[("Low Tide", "", 1, 6800)], 6800);
    assert_eq!(shop.verdict_of(id), "within");
    desk::undo(&shop.tx, shop.newest_event(&request, "KindSet"), shop.jules.id, shop.later(1)).unwrap();
    assert_eq!(shop.verdict_of(id), "outside", "as it was said before");
    let stale = shop.newest_event(&request, "KindSet");
    says("print").unwrap();
    assert!(desk::undo(&shop.tx, stale, shop.jules.id, shop.later(1)).is_err(), "it was said anew since");
}

#[test]
fn a_line_of_another_order_is_none_of_this_return() {
    let shop = Shop::open();
    shop.takes_prints_back();
    shop.ordered(&[("Low Tide", "", 1, 6800)], 6800);
    let id = shop.asked(vec![found(fields::REASON, "changed_mind")]);
    let line = order::Line { title: "Dusk".into(), quantity: 1, ..order::Line::default() };
    let other = order::learn(&shop.tx, &order::News { number: "AT-2".into(), lines: vec![line], ..order::News::default() }, order::Source::Api, 1).unwrap();
    let line = item::of_order(&shop.tx, other).unwrap()[0].chosen.line.unwrap();
    assert!(returns::set_kind(&shop.tx, id, line, "print", shop.jules.id, shop.later(1)).is_err());
    assert_eq!(item::of_order(&shop.tx, other).unwrap()[0].kind, "");
}

#[test]
fn where_no_order_is_known_the_agent_s_word_on_the_return_decides() {
    let shop = Shop::open();
    shop.takes_prints_back();
    let id = shop.asked(vec![found(fields::REASON, "changed_mind"), found(fields::ITEM, "the blue one")]);
    assert_eq!(shop.verdict_of(id), "look");
    returns::correct(&shop.tx, id, fields::ITEM_KIND, Some(Value::Text("print".into())), shop.jules.id, shop.later(1)).unwrap();
    assert_eq!(shop.verdict_of(id), "within");
    let request = returns::standing(&shop.tx, id).unwrap().request;
    desk::undo(&shop.tx, shop.newest_event(&request, "item_kind"), shop.jules.id, shop.later(1)).unwrap();
    assert_eq!(shop.verdict_of(id), "look");
}
