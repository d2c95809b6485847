//! Stories of confirmations: the shop's own mail tells of an order, a forged one does not, and what the shop's table says stands.

use super::shop::{MINUTE, Shop, raw};
use crate::account::{self, Account};
use crate::conversation::threading::SenderCheck;
use crate::desk::tests::returning::{asks, found};
use crate::desk::{self, Arrival, returns};
use crate::email;
use crate::return_request::fact;
use crate::return_request::fields;
use crate::{order, setting};

fn mail(name: &str) -> Vec<u8> {
    std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/emails/confirmations/{name}.eml"))).unwrap()
}

/// The mails are of November.
const UNTIL_DECEMBER: i64 = 75 * 24 * 60 * MINUTE;

/// A shop that trusts its server's word and named who sends its confirmations.
fn shop(senders: &[&str]) -> Shop {
    let mut shop = Shop::open();
    shop.account = Account { authserv_id: Some("mx.tidewater.example".into()), ..shop.account };
    account::update(&shop.tx, &shop.account).unwrap();
    shop.later(UNTIL_DECEMBER);
    setting::set(&shop.tx, setting::ORDER_SENDERS, &senders, None, 1).unwrap();
    shop
}

impl Shop {
    fn confirms(&self, raw: &[u8]) {
        let now = self.later(MINUTE);
        let entry = self.kept(&self.inbox, raw, now, false);
        let email = email::read(raw);
        let arrival = Arrival {
            entry: &entry,
            account: &self.account,
            email: &email,
            reading: None,
            about: None,
            key: &self.key,
            sender_check: SenderCheck::On,
            settled_before: 0,
        };
        desk::receive(&self.tx, &arrival, now).unwrap();
    }
}

#[test]
fn the_shops_own_confirmation_tells_of_an_order_and_the_next_one_of_its_parcel() {
    let shop = shop(&["orders@tidewater.example"]);
    shop.confirms(&mail("shopify-order-confirmed-copy"));
    shop.confirms(&mail("shopify-shipped-en"));
    let order = order::find_by_number(&shop.tx, "#1002").unwrap().expect("an order");
    assert_eq!((order.customer_name.as_str(), order.address.as_deref(), order.source), ("Anna Lind", Some("anna.lind@example.test"), order::Source::Mail));
    assert_eq!((order.ordered_on, order.shipped_on), ("2026-11-14".parse().ok(), "2026-11-16".parse().ok()));
    assert_eq!((order.lines.len(), order.tracking.as_str()), (1, "00370730254738164903"));
}

#[test]
fn a_forged_confirmation_a_strangers_and_one_that_nobody_vouches_for_make_no_order() {
    let shop = shop(&["shop@tidewater.example"]);
    shop.confirms(&mail("forged-from-a-stranger"));
    shop.confirms(&mail("customers-own-words"));
    // Named, but the server that the owner trusts says nothing of it.
    let unsaid = String::from_utf8(mail("woocommerce-new-order-en")).unwrap();
    let unsaid = unsaid.split_once('\n').expect("a first line").1.to_owned();
    shop.confirms(unsaid.as_bytes());
    assert_eq!(order::count(&shop.tx).unwrap(), 0);
    shop.confirms(&mail("woocommerce-new-order-en"));
    assert_eq!(order::count(&shop.tx).unwrap(), 1);
}

#[test]
fn an_answer_that_quotes_a_strangers_order_makes_none_and_neither_does_one_that_was_sent_on() {
    let shop = shop(&["shop@tidewater.example"]);
    let order = "Order number: 99997\r\n\r\nHarbour at Dusk    1    €900.00\r\n\r\nTotal: €900.00";
    for (number, (subject, answers)) in
        [("Re: New order #99997", ""), ("New order #99997", "<x1@example.test>"), ("Fwd: New order #99997", "")].into_iter().enumerate()
    {
        let mut fields = vec![("From", "support@shop.test"), ("To", "thief@example.test"), ("Subject", subject)];
        let identifier = format!("<s{number}@shop.test>");
        fields.push(("Message-ID", &identifier));
        if !answers.is_empty() {
            fields.push(("In-Reply-To", answers));
        }
        let quoted: String = order.lines().map(|line| format!("> {line}\r\n")).collect();
        shop.arrives_in(&shop.sent, &raw(&fields, &format!("Hello,\r\n\r\n{quoted}")));
    }
    assert_eq!(order::count(&shop.tx).unwrap(), 0);
    // A client that writes no mark, or another one, and quotes all the same.
    for name in ["answer-that-quotes-an-order", "answer-with-history-below", "answer-behind-a-tag"] {
        shop.arrives_in(&shop.sent, &mail(name));
        shop.confirms(&mail(name));
        assert_eq!(order::count(&shop.tx).unwrap(), 0, "{name}");
    }
    let fields = [("From", "support@shop.test"), ("To", "Mara <mara@example.test>"), ("Subject", "Order confirmation 10700"), ("Message-ID", "<s9@shop.test>")];
    shop.arrives_in(&shop.sent, &raw(&fields, "Total: 68,00 EUR"));
    let order = order::find_by_number(&shop.tx, "10700").unwrap().expect("what the shop itself sent");
    assert_eq!(order.address.as_deref(), Some("mara@example.test"));
}

#[test]
fn what_the_shops_table_says_stands_against_every_mail() {
    let shop = shop(&["shop@tidewater.example"]);
    let told = order::News { number: "#10482".into(), customer_name: "M. Okafor".into(), ordered_on: "2026-11-11".parse().ok(), ..order::News::default() };
    order::learn(&shop.tx, &told, order::Source::Csv, 1).unwrap();
    shop.confirms(&mail("woocommerce-new-order-en"));
    let order = order::find_by_number(&shop.tx, "10482").unwrap().unwrap();
    assert_eq!((order.customer_name.as_str(), order.ordered_on, order.source), ("M. Okafor", "2026-11-11".parse().ok(), order::Source::Csv));
    assert_eq!((order.country.as_deref(), order.lines.len()), (Some("DE"), 2), "what it left out is filled");
}

#[test]
fn an_open_return_finds_its_order_when_the_confirmation_comes() {
    let shop = shop(&["shop@tidewater.example"]);
    let first = shop.writes("<m1@example.test>", None, &asks(vec![found(fields::REASON, "damaged"), found(fields::WISH, "refund")]));
    let id = shop.the_return(first.conversation.unwrap()).id;
    assert_eq!(returns::standing(&shop.tx, id).unwrap().request.order_id, None);
    shop.confirms(&mail("woocommerce-new-order-en"));
    let request = shop.the_return(first.conversation.unwrap());
    assert!(request.order_id.is_some());
    assert_eq!(fact::of(&shop.tx, id).unwrap().text(fields::ORDER_NUMBER), Some("10482"));
}
