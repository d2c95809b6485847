//! Stories of customers who were asked and do not answer.

use super::returning::{asks, found};
use super::shop::{MINUTE, Shop};
use crate::conversation::event::{self, What};
use crate::conversation::{ConversationId, Status};
use crate::desk::{AfterSending, returns};
use crate::return_request::{Happened, State, fields};
use crate::setting;

const DAY: i64 = 24 * 60 * MINUTE;

impl Shop {
    fn reminds_after(&self, days: i64) {
        setting::set(&self.tx, setting::RETURNS_ASK, &"automatic", None, 1).unwrap();
        setting::set(&self.tx, setting::RETURNS_REMIND_DAYS, &days, None, 1).unwrap();
    }

    /// A round of the house, so much later; the letters that it writes.
    fn round_after(&self, passed: i64) -> Vec<String> {
        let now = self.later(passed);
        returns::remind(&self.tx, now).unwrap();
        self.letters()
    }

    fn damaged(&self) -> ConversationId {
        let there = self.writes("<m1@example.test>", None, &asks(vec![found(fields::REASON, "damaged")])).conversation.unwrap();
        assert_eq!(self.letters().len(), 1);
        there
    }

    fn told(&self, there: ConversationId) -> usize {
        let events = event::of_conversation(&self.tx, there).unwrap();
        events.iter().filter(|e| matches!(&e.what, What::Return { happened: Happened::NoAnswer { .. }, .. })).count()
    }
}

#[test]
fn who_does_not_answer_is_asked_once_more_and_then_an_agent_is_told() {
    let shop = Shop::open();
    shop.reminds_after(3);
    let there = shop.damaged();
    assert_eq!(shop.round_after(2 * DAY).len(), 0);
    let again = shop.round_after(DAY + MINUTE);
    assert_eq!(again.len(), 1);
    assert!(again[0].contains("A few days ago we asked about your return R-0001") && again[0].contains("Order number:"), "{}", again[0]);
    assert!(again[0].contains("Auto-Submitted: auto-replied") && again[0].contains("To: mara@example.test\r\n"), "{}", again[0]);
    assert_eq!((shop.round_after(MINUTE).len(), shop.round_after(2 * DAY).len(), shop.told(there)), (0, 0, 0));
    assert_eq!(shop.round_after(DAY).len(), 0, "two letters in all");
    let silent = shop.the_return(there);
    assert!(silent.asked == 2 && silent.no_answer_at.is_some() && silent.state == State::AwaitingDetails);
    assert_eq!((shop.told(there), shop.conversation(there).status), (1, Status::Open));
    assert_eq!((shop.round_after(30 * DAY).len(), shop.told(there)), (0, 1), "told once");
    // They write after all.
    shop.writes("<m2@example.test>", Some("<m1@example.test>"), &asks(vec![]));
    assert_eq!(shop.the_return(there).no_answer_at, None);
}

#[test]
fn nobody_is_reminded_who_wrote_whom_the_shop_wrote_to_or_where_the_owner_did_not_want_it() {
    let shop = Shop::open();
    shop.reminds_after(3);
    let there = shop.damaged();
    // They wrote, only not all that was asked for: that is for a person.
    shop.writes("<m2@example.test>", Some("<m1@example.test>"), &asks(vec![]));
    assert_eq!((shop.round_after(9 * DAY).len(), shop.told(there)), (0, 0));

    let shop = Shop::open();
    shop.reminds_after(3);
    let there = shop.damaged();
    shop.later(2 * DAY);
    shop.answers(there, "Take your time, there is no hurry.", AfterSending::Wait);
    assert_eq!(shop.round_after(2 * DAY).len(), 0, "an agent wrote two days ago");
    assert_eq!(shop.round_after(2 * DAY).len(), 1);

    let shop = Shop::open();
    setting::set(&shop.tx, setting::RETURNS_ASK, &"automatic", None, 1).unwrap();
    shop.damaged();
    assert_eq!(shop.round_after(30 * DAY).len(), 0, "off until the owner turns it on");

    let shop = Shop::open();
    shop.reminds_after(3);
    let there = shop.damaged();
    crate::conversation::set_status(&shop.tx, there, Status::Resolved, None, Some(shop.jules.id), shop.later(1)).unwrap();
    assert_eq!(shop.round_after(30 * DAY).len(), 0, "an agent has settled it");
}

#[test]
fn p22_whom_no_machine_may_answer_is_left_to_an_agent() {
    let shop = Shop::open();
    shop.reminds_after(3);
    let suppressed = [("X-Auto-Response-Suppress", "All")];
    let first = shop.writes_with("<m1@example.test>", None, &suppressed, &asks(vec![found(fields::REASON, "damaged")]));
    let there = first.conversation.unwrap();
    let id = shop.the_return(there).id;
    returns::ask(&shop.tx, id, shop.jules.id, shop.later(1)).unwrap();
    assert_eq!(shop.letters().len(), 1, "an agent pressed the key");
    assert_eq!((shop.round_after(4 * DAY).len(), shop.told(there)), (0, 1));
}
