//! Stories of answers that come in several mails, read as they arrive: each adds what it says, a correction replaces what it corrects,
//! and neither a quote nor a later mail undoes what was corrected, least of all by an agent.

use super::shop::{MINUTE, Shop};
use crate::conversation::ConversationId;
use crate::conversation::event::{self, What};
use crate::conversation::threading::SenderCheck;
use crate::desk::returns::{self, Hint};
use crate::desk::{self, Arrival};
use crate::email;
use crate::return_request::fields::{self, Value};
use crate::return_request::{Happened, ReturnId, State, fact};
use crate::setting;

impl Shop {
    /// Mara's mail, read as the intake reads it.
    fn mara(&self, identifier: &str, answering: Option<&str>, text: &str) -> ConversationId {
        let now = self.later(MINUTE);
        let date = jiff::Timestamp::from_millisecond(now).unwrap();
        let date = jiff::fmt::rfc2822::to_string(&date.to_zoned(jiff::tz::TimeZone::UTC)).unwrap();
        let answers = answering.map(|to| format!("In-Reply-To: {to}\r\n")).unwrap_or_default();
        let raw = format!(
            "From: Mara Okafor <mara@example.test>\r\nTo: support@shop.test\r\nSubject: My print\r\nDate: {date}\r\nMessage-ID: {identifier}\r\n{answers}\
             Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
        );
        let entry = self.kept(&self.inbox, raw.as_bytes(), now, false);
        let email = email::read(raw.as_bytes());
        let reading = returns::reading_context(&self.tx).unwrap().read(&email);
        let arrival = Arrival {
            entry: &entry,
            account: &self.account,
            email: &email,
            reading: reading.as_ref(),
            about: None,
            key: &self.key,
            sender_check: SenderCheck::On,
            settled_before: 0,
        };
        desk::receive(&self.tx, &arrival, now).unwrap().conversation.unwrap()
    }

    fn known(&self, id: ReturnId, field: &str) -> Option<String> {
        fact::of(&self.tx, id).unwrap().certain(field).map(Value::shown)
    }
}

const FIRST: &str = "Hello, I need a refund for my print, it came creased.";

#[test]
fn a_record_is_completed_by_three_mails() {
    let shop = Shop::open();
    let there = shop.mara("<m1@example.test>", None, FIRST);
    let id = shop.the_return(there).id;
    assert_eq!(returns::standing(&shop.tx, id).unwrap().missing, [fields::ORDER_NUMBER]);
    assert_eq!(shop.mara("<m2@example.test>", Some("<m1@example.test>"), "It arrived yesterday, and I paid 68 EUR for it."), there);
    shop.mara("<m3@example.test>", Some("<m2@example.test>"), "Found it at last: the order number is AT-10482.");
    let known = [fields::ORDER_NUMBER, fields::REASON, fields::WISH, fields::AMOUNT].map(|field| shop.known(id, field).unwrap_or_default());
    assert_eq!(known, ["AT-10482", "damaged", "refund", "€68.00"]);
    assert!(shop.known(id, fields::DELIVERED_ON).is_some());
    assert_eq!(returns::standing(&shop.tx, id).unwrap().missing, [""; 0]);
}

#[test]
fn a_correction_replaces_what_it_corrects_and_a_quote_of_the_old_words_does_not_bring_them_back() {
    let shop = Shop::open();
    let there = shop.mara("<m1@example.test>", None, FIRST);
    let id = shop.the_return(there).id;
    let filled = "Order number: AT-10482\r\nDelivered on: yesterday";
    shop.mara("<m2@example.test>", Some("<m1@example.test>"), filled);
    assert_eq!(shop.known(id, fields::ORDER_NUMBER).as_deref(), Some("AT-10482"));
    shop.mara(
        "<m3@example.test>",
        Some("<m2@example.test>"),
        "Sorry, the order number is AT-10483, not AT-10482. And I would rather have a replacement than a refund.",
    );
    assert_eq!((shop.known(id, fields::ORDER_NUMBER).as_deref(), shop.known(id, fields::WISH).as_deref()), (Some("AT-10483"), Some("replacement")));
    let thanks =
        "Thank you!\r\n\r\nOn Mon, 21 Sep 2026 at 12:00, Mara Okafor <mara@example.test> wrote:\r\n> Order number: AT-10482\r\n> Delivered on: yesterday";
    shop.mara("<m4@example.test>", Some("<m3@example.test>"), thanks);
    assert_eq!(shop.known(id, fields::ORDER_NUMBER).as_deref(), Some("AT-10483"));
}

#[test]
fn an_agents_correction_stands_against_a_customers() {
    let shop = Shop::open();
    let there = shop.mara("<m1@example.test>", None, FIRST);
    let id = shop.the_return(there).id;
    shop.mara("<m2@example.test>", Some("<m1@example.test>"), "Order number: AT-10482");
    returns::correct(&shop.tx, id, fields::ORDER_NUMBER, Some(Value::Text("AT-10499".into())), shop.jules.id, shop.later(1)).unwrap();
    shop.mara("<m3@example.test>", Some("<m2@example.test>"), "Sorry, the order number is AT-10483.");
    assert_eq!(shop.known(id, fields::ORDER_NUMBER).as_deref(), Some("AT-10499"));
}

#[test]
fn the_shape_of_the_shops_numbers_finds_one_in_careless_words() {
    let shop = Shop::open();
    setting::set(&shop.tx, setting::ORDER_PATTERN, &"AT-#####", None, 1).unwrap();
    let there = shop.mara("<m1@example.test>", None, FIRST);
    let id = shop.the_return(there).id;
    shop.mara("<m2@example.test>", Some("<m1@example.test>"), "at 10482, call me on 0701234567 if anything is unclear");
    assert_eq!(shop.known(id, fields::ORDER_NUMBER).as_deref(), Some("AT-10482"));
}

impl Shop {
    fn happened(&self, there: ConversationId) -> Vec<Happened> {
        let events = event::of_conversation(&self.tx, there).unwrap();
        events.into_iter().filter_map(|event| if let What::Return { happened, .. } = event.what { Some(happened) } else { None }).collect()
    }

    fn hints(&self, id: ReturnId) -> Vec<Hint> {
        returns::hints(&self.tx, &returns::standing(&self.tx, id).unwrap()).unwrap()
    }
}

#[test]
fn what_was_said_before_stands_in_the_timeline_beside_what_is_said_now() {
    let shop = Shop::open();
    let there = shop.mara("<m1@example.test>", None, FIRST);
    let id = shop.the_return(there).id;
    shop.mara("<m2@example.test>", Some("<m1@example.test>"), "Order number: AT-10482");
    let anew = |shop: &Shop| shop.happened(there).into_iter().filter(|happened| matches!(happened, Happened::SaidAnew { .. })).collect::<Vec<_>>();
    assert!(anew(&shop).is_empty(), "what nobody had said before replaces nothing");
    shop.mara("<m3@example.test>", Some("<m2@example.test>"), "Sorry, the order number is AT-10483.");
    let told = anew(&shop);
    let [Happened::SaidAnew { field, was, is, .. }] = &told[..] else { panic!("{told:?}") };
    assert_eq!((field.as_str(), was.shown().as_str(), is.shown().as_str()), (fields::ORDER_NUMBER, "AT-10482", "AT-10483"));
    assert_eq!(shop.known(id, fields::ORDER_NUMBER).as_deref(), Some("AT-10483"), "the newer word counts");
    assert!(shop.hints(id).is_empty());
}

#[test]
fn who_contradicts_an_agent_changes_nothing_and_is_shown_until_the_agent_answers() {
    let shop = Shop::open();
    let there = shop.mara("<m1@example.test>", None, FIRST);
    let id = shop.the_return(there).id;
    shop.mara("<m2@example.test>", Some("<m1@example.test>"), "Order number: AT-10482");
    returns::correct(&shop.tx, id, fields::ORDER_NUMBER, Some(Value::Text("AT-10499".into())), shop.jules.id, shop.later(1)).unwrap();
    let quoted = "Thanks.\r\n\r\nOn Mon, 21 Sep 2026 at 12:00, Mara Okafor <mara@example.test> wrote:\r\n> Order number: AT-10482";
    shop.mara("<m3@example.test>", Some("<m2@example.test>"), quoted);
    assert!(shop.hints(id).is_empty(), "a quote of what was corrected contradicts nobody");
    let says = "No, the order number really is AT-10483.";
    shop.mara("<m4@example.test>", Some("<m3@example.test>"), says);
    let hint = Hint::Contradicts { field: fields::ORDER_NUMBER.into(), said: Value::Text("AT-10483".into()), sentence: says.into() };
    assert_eq!((shop.known(id, fields::ORDER_NUMBER).as_deref(), shop.hints(id)), (Some("AT-10499"), vec![hint]));
    shop.mara("<m5@example.test>", Some("<m4@example.test>"), says);
    let told = shop.happened(there).into_iter().filter(|happened| matches!(happened, Happened::Contradicted { .. })).count();
    assert_eq!((told, shop.hints(id).len()), (1, 1), "told once");
    returns::correct(&shop.tx, id, fields::ORDER_NUMBER, Some(Value::Text("AT-10483".into())), shop.jules.id, shop.later(1)).unwrap();
    assert!(shop.hints(id).is_empty(), "the agent saw it");
}

#[test]
fn who_wants_no_return_any_more_is_asked_nothing_and_a_person_withdraws_it() {
    let shop = Shop::open();
    setting::set(&shop.tx, setting::RETURNS_ASK, &"automatic", None, 1).unwrap();
    let there = shop.mara("<m1@example.test>", None, FIRST);
    let id = shop.the_return(there).id;
    let asked = shop.the_return(there).asked;
    shop.later(2 * 24 * 60 * MINUTE);
    shop.mara("<m2@example.test>", Some("<m1@example.test>"), "Hej! Ni kan glömma min retur, den gick att laga.");
    let wanted = Hint::WantsNone { sentence: "Ni kan glömma min retur, den gick att laga".into() };
    assert_eq!((shop.hints(id), shop.the_return(there).state), (vec![wanted], State::AwaitingDetails), "nothing moves by itself");
    assert_eq!(shop.the_return(there).asked, asked, "and nothing more is asked");
    returns::move_to(&shop.tx, id, State::Withdrawn, "", shop.jules.id, shop.later(1)).unwrap();
    assert!(shop.hints(id).is_empty());
}
