//! Stories of answers that come in several mails, read as they arrive: each adds what it says, a correction replaces what it corrects,
//! and neither a quote nor a later mail undoes what was corrected, least of all by an agent.

use super::shop::{MINUTE, Shop};
use crate::conversation::ConversationId;
use crate::conversation::threading::SenderCheck;
use crate::desk::{self, Arrival, returns};
use crate::email;
use crate::return_request::fields::{self, Value};
use crate::return_request::{ReturnId, fact};
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
