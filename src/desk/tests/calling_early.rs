//! Stories of what may be called before a decision: what only asks, and what its owner says moves no money.

use super::calling::at_refund;
use super::shop::{MINUTE, Shop};
use crate::action::call::State as Calls;
use crate::action::{self, Definition, Kind, Method};
use crate::desk::returns;
use crate::money::Amount;
use crate::return_request::{Decision, State};
use crate::setting;

#[test]
fn money_waits_for_a_decision_and_what_only_asks_does_not() {
    let shop = Shop::open();
    setting::set(&shop.tx, setting::OWNER_AGREES_ABOVE, &Amount::new(1_000, crate::money::Currency::parse("EUR")), None, 1).unwrap();
    let button = Definition { button: true, ..Definition::default() };
    let refund = shop.defines(Kind::Call, "Issue the refund", button.clone());
    let credit = shop.defines(Kind::Call, "Make a credit", Definition { decisions: vec![Decision::StoreCredit], ..button.clone() });
    let asks = shop.defines(Kind::Call, "Where is the parcel?", Definition { method: Method::Get, ..button.clone() });
    let claim = shop.defines(Kind::Call, "File a claim", Definition { no_money: true, ..button });
    let request = shop.asked_for(6800);
    let press = |action| returns::press_action(&shop.tx, request.id, action, 0, &shop.jules, shop.later(1));
    for held in [refund, credit] {
        let refused = press(held).unwrap_err().to_string();
        assert!(refused.contains("is not called before a decision"), "{refused}");
    }
    // Above the limit, too: nothing moves by them.
    for harmless in [asks, claim] {
        press(harmless).unwrap();
    }
    setting::clear(&shop.tx, setting::OWNER_AGREES_ABOVE).unwrap();
    shop.decides(&request, Decision::Decline, false);
    assert!(press(refund).unwrap_err().to_string().contains("not for this decision"), "refused, there is nothing to refund");
    let other = shop.asked_again("<m2@example.test>", 6800);
    shop.decides(&other, Decision::Refund, false);
    returns::press_action(&shop.tx, other.id, refund, 0, &shop.jules, shop.later(1)).unwrap();
}

#[test]
fn a_state_before_the_decision_fires_only_what_moves_no_money() {
    let shop = Shop::open();
    let early = Definition { fired_by: Some(State::ToDecide), ..Definition::default() };
    shop.defines(Kind::Call, "Issue the refund", early.clone());
    shop.defines(Kind::Call, "File a claim", Definition { no_money: true, ..early.clone() });
    shop.defines(Kind::Call, "Tell the ledger", Definition { fired_by: Some(State::Declined), ..at_refund_for_all() });
    let request = shop.asked_for(6800);
    let called = || shop.calls(&request).iter().map(|call| call.action.clone()).collect::<Vec<_>>();
    assert_eq!(called(), ["File a claim"]);
    shop.decides(&request, Decision::Decline, false);
    assert_eq!(called(), ["File a claim", "Tell the ledger"], "a state that refuses was named");
    assert_eq!(shop.calls(&request)[1].state, Calls::Waiting);
    shop.later(MINUTE);
    let said = early.complaints(Kind::Call, &action::Inside::default(), &[]);
    assert!(said.iter().any(|said| said.field == "fired_by" && said.words.contains("nothing is decided yet")), "{said:?}");
}

fn at_refund_for_all() -> Definition {
    Definition { decisions: Vec::new(), then: None, ..at_refund() }
}
