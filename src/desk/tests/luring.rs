//! Stories of mails that want our letters to carry their bait to somebody who never wrote (PROMISES P24).

use super::returning::{asks, found};
use super::shop::{MINUTE, Shop};
use crate::account::{self, Account};
use crate::conversation::event::{self, What};
use crate::conversation::{ConversationId, Status};
use crate::desk::returns;
use crate::email;
use crate::return_request::Happened;
use crate::return_request::fields;
use crate::setting;

const LURE: (&str, &str) = ("Subject", "You won 500 EUR, collect at http://evil.test/win");
const BAIT: (&str, &str) = ("From", "\"http://evil.test/claim-your-prize now\" <victim@victim.test>");

fn said(result: &str) -> String {
    format!("mx.shop.test; spf=pass smtp.mailfrom=evil.test; dmarc={result} header.from=victim.test")
}

/// A shop that asks by itself and trusts its server's word.
fn shop() -> Shop {
    let mut shop = Shop::open();
    shop.account = Account { authserv_id: Some("mx.shop.test".into()), ..shop.account };
    account::update(&shop.tx, &shop.account).unwrap();
    setting::set(&shop.tx, setting::RETURNS_ASK, &"automatic", None, 1).unwrap();
    shop
}

fn not_asked(shop: &Shop, there: ConversationId) -> Vec<String> {
    let why = |what: What| match what {
        What::Return { happened: Happened::NotAsked { why, .. }, .. } => Some(why),
        _ => None,
    };
    event::of_conversation(&shop.tx, there).unwrap().into_iter().filter_map(|event| why(event.what)).collect()
}

#[test]
fn p24_no_letter_leaves_by_itself_for_an_address_that_our_own_server_takes_for_forged() {
    let shop = shop();
    let failed = said("fail");
    let there = shop.comes("<m1@evil.test>", &[BAIT, LURE, ("Authentication-Results", &failed)]);
    assert!(shop.letters().is_empty());
    assert!(not_asked(&shop, there)[0].contains("forged"), "{:?}", not_asked(&shop, there));
    assert_eq!(shop.conversation(there).status, Status::Open, "a person looks");
    // Two authors: whom the server judged nobody knows.
    let two = ("From", "victim@victim.test, x@evil.test");
    let there = shop.comes("<m2@evil.test>", &[two, ("Subject", "Refund"), ("Authentication-Results", &failed)]);
    assert!(shop.letters().is_empty() && not_asked(&shop, there)[0].contains("doubt"));
    // A stranger's server says that somebody else's mail is forged: nobody believes it.
    let strange = failed.replace("mx.shop.test", "mx.evil.test");
    shop.comes("<m3@mara.test>", &[("From", "mara@mara.test"), ("Subject", "Refund"), ("Authentication-Results", &strange.replace("victim", "mara"))]);
    assert_eq!(shop.letters().len(), 1);
}

#[test]
fn p24_nobody_is_reminded_whose_address_may_be_forged() {
    let shop = shop();
    setting::set(&shop.tx, setting::RETURNS_REMIND_DAYS, &3, None, 1).unwrap();
    let failed = said("fail");
    let there = shop.comes("<m1@evil.test>", &[BAIT, LURE, ("Authentication-Results", &failed)]);
    let id = shop.the_return(there).id;
    // An agent asked all the same.
    returns::ask(&shop.tx, id, shop.jules.id, shop.later(MINUTE)).unwrap();
    assert_eq!(shop.letters().len(), 1);
    shop.later(4 * 24 * 60 * MINUTE);
    assert_eq!(returns::remind(&shop.tx, shop.now.get()).unwrap(), 1);
    assert!(shop.letters().is_empty() && shop.conversation(there).status == Status::Open);
}

#[test]
fn p24_a_letter_that_leaves_by_itself_carries_nothing_of_a_strangers_that_leads_anywhere() {
    let shop = shop();
    let none = said("none");
    let there = shop.comes("<m1@evil.test>", &[BAIT, LURE, ("Authentication-Results", &none)]);
    let letters = shop.letters();
    let letter = email::read(letters[0].as_bytes());
    assert!(!letters[0].contains("evil.test/") && !letters[0].contains("prize") && !letters[0].contains("500"), "{}", letters[0]);
    assert_eq!(letter.subject, format!("{}: R-0001", setting::shop_name(&shop.tx).unwrap()));
    assert!(letter.text.starts_with("Hello,"), "{}", letter.text);
    assert_eq!((letter.to[0].name.as_str(), letter.to[0].address.as_str()), ("", "victim@victim.test"));
    assert_eq!(letter.in_reply_to[0].as_str(), "m1@evil.test", "the thread holds by its references");
    assert_eq!(shop.the_return(there).asked, 1);
}

#[test]
fn what_a_customer_writes_as_people_do_is_repeated_as_before() {
    let shop = shop();
    shop.comes("<m1@mara.test>", &[("From", "Mara Okafor <mara@mara.test>"), ("Subject", "Refund for order AT-10482, 68.00 EUR")]);
    let letters = shop.letters();
    let letter = email::read(letters[0].as_bytes());
    assert_eq!(letter.subject, "Re: Refund for order AT-10482, 68.00 EUR");
    assert!(letter.text.starts_with("Hello Mara,"), "{}", letter.text);
}

impl Shop {
    fn comes(&self, identifier: &str, fields: &[(&str, &str)]) -> ConversationId {
        self.writes_as(identifier, fields, &asks(vec![found(fields::REASON, "damaged")])).conversation.expect("a conversation")
    }
}
