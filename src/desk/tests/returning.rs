//! Stories of returns: opened by a mail, filled by its answers, decided by a person, taken back. The facts are given as reading
//! found them: how they are found has stories of its own.

use super::shop::{MINUTE, Shop, raw};
use crate::conversation::{ConversationId, Status};
use crate::desk::letters::{self, Making};
use crate::desk::{self, Arrival, Received, returns};
use crate::email;
use crate::money::{Amount, Currency};
use crate::order;
use crate::return_request::fields::{self, Value};
use crate::return_request::reading::{Found, Intent, Reading};
use crate::return_request::{Decision, Happened, ReturnId, State, fact, request};
use crate::setting;

pub(super) fn found(field: &str, value: &str) -> Found {
    Found { field: field.into(), value: Value::Text(value.into()), sentence: format!("it says {value}"), certain: true }
}

pub(super) fn asks(facts: Vec<Found>) -> Reading {
    Reading { intent: Intent::Return, confidence: 0.95, because: vec!["I need a refund".into()], facts, photos: Vec::new() }
}

fn says(facts: Vec<Found>) -> Reading {
    Reading { facts, ..Reading::default() }
}

impl Shop {
    pub(super) fn writes(&self, identifier: &str, answering: Option<&str>, reading: &Reading) -> Received {
        self.writes_with(identifier, answering, &[], reading)
    }

    pub(super) fn writes_with(&self, identifier: &str, answering: Option<&str>, more: &[(&str, &str)], reading: &Reading) -> Received {
        let mut fields = vec![("From", "Mara Okafor <mara@example.test>"), ("To", "support@shop.test"), ("Subject", "Refund"), ("Message-ID", identifier)];
        fields.extend(answering.map(|to| ("In-Reply-To", to)));
        fields.extend(more);
        self.writes_as(identifier, &fields[..], reading)
    }

    /// The same from anybody; the header fields are theirs.
    pub(super) fn writes_as(&self, identifier: &str, fields: &[(&str, &str)], reading: &Reading) -> Received {
        let identified = fields.iter().copied().filter(|(name, _)| *name != "Message-ID").chain([("Message-ID", identifier)]);
        let raw = raw(&identified.collect::<Vec<_>>(), "Hello.");
        let now = self.later(MINUTE);
        let entry = self.kept(&self.inbox, &raw, now, false);
        let email = email::read(&raw);
        let sender_check = crate::conversation::threading::SenderCheck::On;
        let arrival = Arrival {
            entry: &entry,
            account: &self.account,
            email: &email,
            reading: Some(reading),
            about: None,
            key: &self.key,
            sender_check,
            settled_before: 0,
        };
        desk::receive(&self.tx, &arrival, now).unwrap()
    }

    fn asks_by_itself(&self) {
        setting::set(&self.tx, setting::RETURNS_ASK, &"automatic", None, 1).unwrap();
    }

    pub(super) fn the_return(&self, conversation: ConversationId) -> request::Request {
        request::of_conversation(&self.tx, conversation).unwrap().into_iter().next().expect("a return")
    }

    /// Writes what waits; returns the texts.
    pub(super) fn letters(&self) -> Vec<String> {
        let waiting = letters::waiting(&self.tx, 10, self.now.get()).unwrap();
        waiting.iter().filter_map(|wanted| self.letter(wanted)).collect()
    }

    fn letter(&self, wanted: &letters::Waiting) -> Option<String> {
        let now = self.later(1);
        let (word, token) = (format!("w{now}"), format!("t{now}"));
        let making = Making { key: &self.key, word: &word, token: &token, url: Some("https://help.shop.test"), now };
        match letters::compose(&self.tx, wanted, letters::Enclosed::default(), &making).unwrap() {
            Ok(composed) => {
                let hash = crate::blobs::Hash::of(&composed.bytes);
                letters::queue(&self.tx, wanted, &composed, hash, &token, now).unwrap().expect("queued once");
                assert_eq!(letters::queue(&self.tx, wanted, &composed, hash, &token, now).unwrap(), None, "and not twice");
                Some(String::from_utf8(composed.bytes).unwrap())
            }
            Err(why) => {
                letters::drop_letter(&self.tx, wanted, &why, now).unwrap();
                None
            }
        }
    }
}

#[test]
fn a_mail_that_asks_opens_a_return_and_its_answer_fills_it() {
    let shop = Shop::open();
    shop.asks_by_itself();
    let first = shop.writes("<m1@example.test>", None, &asks(vec![found(fields::REASON, "damaged"), found(fields::WISH, "refund")]));
    let there = first.conversation.unwrap();
    let opened = shop.the_return(there);
    assert_eq!((opened.state, opened.name().as_str()), (State::AwaitingDetails, "R-0001"));
    assert_eq!(returns::standing(&shop.tx, opened.id).unwrap().missing, [fields::ORDER_NUMBER]);
    let letters = shop.letters();
    assert_eq!(letters.len(), 1);
    assert!(letters[0].contains("Auto-Submitted: auto-replied") && letters[0].contains("In-Reply-To: <m1@example.test>"), "{}", letters[0]);
    assert!(letters[0].contains("https://help.shop.test/return/t"), "{}", letters[0]);
    assert_eq!(shop.conversation(there).status, Status::Waiting);

    let answer = shop.writes("<m2@example.test>", Some("<m1@example.test>"), &says(vec![found(fields::ORDER_NUMBER, "AT-10482")]));
    assert_eq!(answer.conversation, Some(there));
    assert_eq!((shop.the_return(there).state, shop.conversation(there).status), (State::ToDecide, Status::Open));
    let facts = fact::of(&shop.tx, opened.id).unwrap();
    assert_eq!(facts.get(fields::ORDER_NUMBER).map(|f| (f.sentence.as_str(), f.message_id)), Some(("it says AT-10482", answer.message)));
    assert_eq!(shop.letters().len(), 0);
}

#[test]
fn nobody_is_asked_for_what_the_shop_knows_already() {
    let shop = Shop::open();
    shop.asks_by_itself();
    let euro = Currency::parse("EUR");
    let line = order::Line { title: "“Low Tide”".into(), quantity: 1, unit: Some(Amount::new(6800, euro)), ..order::Line::default() };
    let news = order::News {
        number: "AT-10482".into(),
        address: Some("mara@example.test".into()),
        delivered_on: "2026-11-19".parse().ok(),
        total: Some(Amount::new(6800, euro)),
        lines: vec![line],
        ..order::News::default()
    };
    order::learn(&shop.tx, &news, order::Source::Csv, 1).unwrap();
    let first = shop.writes("<m1@example.test>", None, &asks(vec![found(fields::REASON, "damaged"), found(fields::WISH, "refund")]));
    let opened = shop.the_return(first.conversation.unwrap());
    let facts = fact::of(&shop.tx, opened.id).unwrap();
    assert_eq!(facts.text(fields::ORDER_NUMBER), Some("AT-10482"));
    assert_eq!((facts.text(fields::ITEM), facts.certain(fields::AMOUNT)), (Some("“Low Tide”"), None));
    assert_eq!(returns::standing(&shop.tx, opened.id).unwrap().suggested, Some(Amount::new(6800, euro)), "a suggestion is no fact");
    assert_eq!(facts.get(fields::DELIVERED_ON).map(|f| f.source), Some(fact::Source::Order));
    assert!(opened.order_id.is_some() && shop.letters().is_empty());
}

#[test]
fn what_an_agent_corrected_stands_against_every_later_mail_and_can_be_taken_back() {
    let shop = Shop::open();
    let first = shop.writes("<m1@example.test>", None, &asks(vec![found(fields::ORDER_NUMBER, "AT-1"), found(fields::REASON, "damaged")]));
    let there = first.conversation.unwrap();
    let id = shop.the_return(there).id;
    returns::correct(&shop.tx, id, fields::ORDER_NUMBER, Some(Value::Text("AT-2".into())), shop.jules.id, shop.later(1)).unwrap();
    shop.writes("<m2@example.test>", Some("<m1@example.test>"), &says(vec![found(fields::ORDER_NUMBER, "AT-3"), found(fields::REASON, "wrong_item")]));
    let facts = fact::of(&shop.tx, id).unwrap();
    assert_eq!((facts.text(fields::ORDER_NUMBER), facts.text(fields::REASON)), (Some("AT-2"), Some("wrong_item")));
    let corrected = event_of(&shop, there, |h| matches!(h, Happened::Corrected { .. }));
    desk::undo(&shop.tx, corrected, shop.jules.id, shop.later(1)).unwrap();
    assert_eq!(fact::of(&shop.tx, id).unwrap().text(fields::ORDER_NUMBER), Some("AT-1"));
}

#[test]
fn a_doubtful_word_never_replaces_a_plain_one() {
    let shop = Shop::open();
    let first = shop.writes("<m1@example.test>", None, &asks(vec![found(fields::REASON, "damaged")]));
    let id = shop.the_return(first.conversation.unwrap()).id;
    let doubtful = Found { certain: false, ..found(fields::REASON, "changed_mind") };
    shop.writes("<m2@example.test>", Some("<m1@example.test>"), &says(vec![doubtful]));
    assert_eq!(fact::of(&shop.tx, id).unwrap().text(fields::REASON), Some("damaged"));
}

#[test]
fn p24_a_customer_is_asked_twice_at_most_never_twice_a_day_and_a_machine_never() {
    let shop = Shop::open();
    shop.asks_by_itself();
    let first = shop.writes("<m1@example.test>", None, &asks(vec![found(fields::REASON, "damaged")]));
    let there = first.conversation.unwrap();
    assert_eq!(shop.letters().len(), 1);
    // The same day: a person is told instead.
    shop.writes("<m2@example.test>", Some("<m1@example.test>"), &says(vec![]));
    assert_eq!(shop.letters().len(), 0);
    event_of(&shop, there, |h| matches!(h, Happened::NotAsked { .. }));
    for (day, number) in [(1, 3), (2, 4), (3, 5)] {
        shop.later(25 * 60 * MINUTE);
        shop.writes(&format!("<m{number}@example.test>"), Some("<m1@example.test>"), &says(vec![]));
        assert_eq!(shop.letters().len(), usize::from(day == 1), "day {day}");
    }
    assert_eq!(shop.the_return(there).asked, 2);
    let machine = [("Precedence", "bulk")];
    let other = shop.writes_with("<n1@example.test>", None, &machine, &asks(vec![]));
    assert!(request::of_conversation(&shop.tx, other.conversation.unwrap()).unwrap().len() < 2 && shop.letters().is_empty());
}

#[test]
fn p23_a_thousand_strangers_get_no_more_letters_than_an_hour_allows() {
    let shop = Shop::open();
    shop.asks_by_itself();
    for number in 0..200 {
        let raw =
            raw(&[("From", &format!("<x{number}@example.test>")), ("To", "support@shop.test"), ("Message-ID", &format!("<x{number}@example.test>"))], "x");
        let entry = shop.kept(&shop.inbox, &raw, shop.now.get(), false);
        let email = email::read(&raw);
        let reading = asks(vec![]);
        let sender_check = crate::conversation::threading::SenderCheck::On;
        let arrival = Arrival {
            entry: &entry,
            account: &shop.account,
            email: &email,
            reading: Some(&reading),
            about: None,
            key: &shop.key,
            sender_check,
            settled_before: 0,
        };
        desk::receive(&shop.tx, &arrival, shop.now.get()).unwrap();
    }
    let letters = letters::waiting(&shop.tx, 1000, shop.now.get()).unwrap();
    assert_eq!(letters.len(), 20);
}

#[test]
fn a_decision_moves_the_return_and_can_be_taken_back_until_the_world_moves() {
    let shop = Shop::open();
    let all = vec![found(fields::ORDER_NUMBER, "AT-1"), found(fields::REASON, "damaged"), found(fields::WISH, "refund")];
    let first = shop.writes("<m1@example.test>", None, &asks(all));
    let there = first.conversation.unwrap();
    let id = shop.the_return(there).id;
    let amount = Some(Amount::new(6800, Currency::parse("EUR")));
    let deciding = returns::Deciding { decision: Decision::Refund, amount, comes_back: false };
    assert_eq!(returns::decide(&shop.tx, id, deciding, &shop.jules, shop.later(1)).unwrap(), State::ToRefund);
    assert!(returns::decide(&shop.tx, id, deciding, &shop.jules, shop.later(1)).is_err(), "decided already");
    let decided = event_of(&shop, there, |h| matches!(h, Happened::Decided { .. }));
    desk::undo(&shop.tx, decided, shop.jules.id, shop.later(1)).unwrap();
    assert_eq!((shop.the_return(there).state, shop.the_return(there).decided), (State::ToDecide, None));
    returns::decide(&shop.tx, id, deciding, &shop.jules, shop.later(1)).unwrap();
    returns::move_to(&shop.tx, id, State::Refunded, "", shop.jules.id, shop.later(1)).unwrap();
    let again = event_of(&shop, there, |h| matches!(h, Happened::Decided { .. }));
    assert!(desk::undo(&shop.tx, again, shop.jules.id, shop.later(1)).is_err(), "the money has left");
    assert!(returns::move_to(&shop.tx, id, State::ToDecide, "", shop.jules.id, shop.later(1)).is_err());
}

#[test]
fn above_the_limit_an_owner_decides() {
    let shop = Shop::open();
    let euro = Currency::parse("EUR");
    setting::set(&shop.tx, setting::OWNER_AGREES_ABOVE, &Amount::new(5000, euro), None, 1).unwrap();
    let first = shop.writes("<m1@example.test>", None, &asks(vec![]));
    let id = shop.the_return(first.conversation.unwrap()).id;
    let deciding = |minor| returns::Deciding { decision: Decision::Refund, amount: Some(Amount::new(minor, euro)), comes_back: false };
    let refused = returns::decide(&shop.tx, id, deciding(5001), &shop.jules, shop.later(1)).unwrap_err().to_string();
    assert!(refused.contains("an owner has to agree"), "{refused}");
    let pounds = returns::Deciding { amount: Some(Amount::new(1, Currency::parse("GBP"))), ..deciding(1) };
    assert!(returns::decide(&shop.tx, id, pounds, &shop.jules, shop.later(1)).is_err(), "another currency cannot be compared");
    returns::decide(&shop.tx, id, deciding(5000), &shop.jules, shop.later(1)).unwrap();
}

#[test]
fn fulfilment_is_told_once_in_a_conversation_of_its_own_and_its_answer_moves_the_return() {
    let shop = Shop::open();
    let fulfilment = returns::Fulfilment { address: "ware@shop.test".into(), when: returns::When::Complete };
    setting::set(&shop.tx, setting::FULFILMENT, &fulfilment, None, 1).unwrap();
    let all = vec![found(fields::ORDER_NUMBER, "AT-1"), found(fields::REASON, "damaged"), found(fields::WISH, "refund")];
    let first = shop.writes("<m1@example.test>", None, &asks(all));
    let there = first.conversation.unwrap();
    let id = shop.the_return(there).id;
    let letters = shop.letters();
    assert_eq!(letters.len(), 1);
    assert!(letters[0].contains("To: \"Fulfilment\" <ware@shop.test>") || letters[0].contains("<ware@shop.test>"), "{}", letters[0]);
    assert!(letters[0].contains("AT-1") && letters[0].contains("/fulfilment/t"), "{}", letters[0]);
    shop.writes("<m2@example.test>", Some("<m1@example.test>"), &says(vec![found(fields::WISH, "replacement")]));
    assert_eq!(shop.letters().len(), 0, "told once");
    let deciding = returns::Deciding { decision: Decision::Refund, amount: None, comes_back: true };
    assert_eq!(returns::decide(&shop.tx, id, deciding, &shop.jules, shop.later(1)).unwrap(), State::Approved);
    assert_eq!(returns::answered(&shop.tx, id, returns::Answer::Missing, shop.later(1)).unwrap(), State::Approved);
    assert_eq!(shop.conversation(there).status, Status::Open);
    assert_eq!(returns::answered(&shop.tx, id, returns::Answer::Expected, shop.later(1)).unwrap(), State::ToRefund);
    assert_eq!(shop.the_return(there).received_as_expected, Some(true));
}

#[test]
fn a_return_goes_where_the_message_goes_that_it_began_with() {
    let shop = Shop::open();
    let one = shop.arrives(&[("From", "<mara@example.test>"), ("Message-ID", "<a@x.test>"), ("Subject", "Hello")], "One").conversation.unwrap();
    let two = shop.writes("<m1@example.test>", None, &asks(vec![])).conversation.unwrap();
    let id = shop.the_return(two).id;
    desk::merge(&shop.tx, two, one, shop.jules.id, shop.later(1)).unwrap();
    assert_eq!(request::find(&shop.tx, id).unwrap().unwrap().conversation_id, one);
    let merged = crate::conversation::event::of_conversation(&shop.tx, one).unwrap().into_iter().rfind(|e| e.can_be_undone()).unwrap();
    desk::undo(&shop.tx, merged.id, shop.jules.id, shop.later(1)).unwrap();
    assert_eq!(request::find(&shop.tx, id).unwrap().unwrap().conversation_id, two);
}

#[test]
fn a_return_that_an_agent_opens_is_numbered_on_and_old_mail_opens_none() {
    let shop = Shop::open();
    let there = shop.arrives(&[("From", "<mara@example.test>"), ("Message-ID", "<a@x.test>"), ("Subject", "Hello")], "One").conversation.unwrap();
    assert!(request::of_conversation(&shop.tx, there).unwrap().is_empty());
    let id = returns::open_by_hand(&shop.tx, there, shop.jules.id, shop.later(1)).unwrap();
    assert_eq!(returns::open_by_hand(&shop.tx, there, shop.jules.id, shop.later(1)).unwrap(), id, "one at a time");
    assert_eq!(request::from_name("r-0001"), Some(ReturnId(1)));
    assert_eq!(request::tally(&shop.tx, None).unwrap()[0], (State::AwaitingDetails, 1));
}

fn event_of(shop: &Shop, there: ConversationId, is: impl Fn(&Happened) -> bool) -> crate::id::EventId {
    let events = crate::conversation::event::of_conversation(&shop.tx, there).unwrap();
    let wanted = |e: &&crate::conversation::Event| matches!(&e.what, crate::conversation::event::What::Return { happened, .. } if is(happened));
    events.iter().filter(|e| e.undone_at.is_none()).rfind(wanted).unwrap_or_else(|| panic!("no such event in {events:?}")).id
}
