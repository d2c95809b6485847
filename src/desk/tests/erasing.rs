//! A person's end: nothing of theirs is left in any table, wherever it stood, and nothing of anybody else goes with it.

use super::shop::{NOON, Shop, person};
use crate::account::{self, Outcome};
use crate::consent::{self, Given, Purpose, Way};
use crate::conversation::{ConversationId, Status, list as conversations};
use crate::customer::{self, CustomerId};
use crate::desk::rights::{self, Erasure};
use crate::desk::{self, AfterSending, leads};
use crate::email::EmailAddress;
use crate::follow_up;
use crate::order::{self, News};
use crate::return_request::request;

/// No table holds it but for her sake.
const WORD: &str = "zanzibarwren";
const HER: &str = "Wilma Zanzibarwren <w@zanzibarwren.test>";
const BEN: &str = "Ben <ben@c.test>";
const RETURN: &str = "I want to return my order AT-10482, it arrived broken. I would like a refund.";

fn writes(shop: &Shop, from: &str, subject: &str, id: &str, text: &str) -> ConversationId {
    shop.arrives(&[("From", from), ("Subject", subject), ("Message-ID", &format!("<{id}>"))], text).conversation.unwrap()
}

/// She writes in a conversation in which she was copied.
fn joins_in(shop: &Shop, there: ConversationId) {
    let mut reply = shop.reply(there, "Hello both", AfterSending::Wait);
    reply.cc.push(person("w@zanzibarwren.test"));
    let (_, composed) = shop.sends(&reply);
    let parent = format!("<{}>", composed.email.message_id.unwrap().as_str());
    let fields = [("From", HER), ("Subject", "My own zanzibarwren"), ("Message-ID", "<in@zanzibarwren.test>"), ("In-Reply-To", &parent)];
    assert_eq!(shop.arrives(&fields, "The zanzibarwren is mine.").conversation, Some(there));
}

fn whose(shop: &Shop, address: &str) -> CustomerId {
    customer::find_by_address(&shop.tx, &EmailAddress::parse(address).unwrap()).unwrap().unwrap()
}

fn erase(shop: &Shop, erasure: Erasure) {
    let her = whose(shop, "w@zanzibarwren.test");
    rights::erase(&shop.tx, &shop.key, her, erasure, shop.jules.id, shop.now.get()).unwrap();
    assert_eq!(holding(shop), Vec::<String>::new(), "{erasure:?}");
}

/// Tables and columns that hold the word.
fn holding(shop: &Shop) -> Vec<String> {
    let columns =
        "SELECT m.name, column.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS column WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'";
    let mut found = Vec::new();
    for (table, column) in shop.tx.all(columns, [], |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?))).unwrap() {
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE instr(lower(CAST({column} AS TEXT)), '{WORD}') > 0)");
        if shop.tx.one(&sql, [], |r| r.get(0)).unwrap() {
            found.push(format!("{table}.{column}"));
        }
    }
    found
}

fn count(shop: &Shop, of: &str) -> i64 {
    shop.tx.one(&format!("SELECT count(*) FROM {of}"), [], |r| r.get(0)).unwrap()
}

fn inbox(shop: &Shop) -> i64 {
    conversations::counts(&shop.tx, shop.jules.id, None).unwrap().inbox
}

#[test]
fn what_was_merged_into_her_conversation_stays_and_is_its_writers_from_then_on() {
    for erasure in [Erasure::Kept, Erasure::Removed] {
        let shop = Shop::open();
        let hers = writes(&shop, HER, "About my zanzibarwren", "1@zanzibarwren.test", "I love zanzibarwren prints.");
        shop.answers(hers, "Dear Wilma, the zanzibarwren is here.", AfterSending::Wait);
        let bens = writes(&shop, BEN, "My return", "2@c", RETURN);
        let returned = desk::returns::open_by_hand(&shop.tx, bens, shop.jules.id, shop.now.get()).unwrap();
        shop.answers(bens, "Dear Ben", AfterSending::StayOpen);
        desk::merge(&shop.tx, bens, hers, shop.jules.id, shop.now.get()).unwrap();
        shop.answers(hers, "Dear Ben, once more", AfterSending::StayOpen);
        erase(&shop, erasure);
        let texts = shop.texts(hers);
        for theirs in [RETURN, "Dear Ben", "Dear Ben, once more"] {
            assert!(texts.iter().any(|text| text == theirs), "{erasure:?} {texts:?}");
        }
        assert_eq!(texts.len(), if erasure == Erasure::Kept { 5 } else { 3 });
        let there = shop.conversation(hers);
        assert_eq!((there.customer_id, there.subject.as_str()), (whose(&shop, "ben@c.test"), "My return"));
        let kept = request::find(&shop.tx, returned).unwrap().unwrap();
        assert!(kept.closed_at.is_none() && kept.conversation_id == hers, "his return goes on");
        assert_eq!(count(&shop, "conversation WHERE merged_into IS NULL"), 1);
    }
}

#[test]
fn what_was_hers_goes_out_of_the_conversation_that_it_was_merged_into() {
    for erasure in [Erasure::Kept, Erasure::Removed] {
        let shop = Shop::open();
        let bens = writes(&shop, BEN, "My print", "2@c", "Where is it?");
        let hers = writes(&shop, HER, "About my zanzibarwren", "1@zanzibarwren.test", "I love zanzibarwren prints.");
        shop.answers(hers, "Dear Wilma, the zanzibarwren is here.", AfterSending::Wait);
        let note = "INSERT INTO message(conversation_id, mailbox_id, direction, placement, arrived_at, created_at) VALUES (?1, 1, 'note', '{\"because\":\"written\"}', 1, 1)";
        let note = shop.tx.insert(note, [hers]).unwrap();
        shop.tx.execute("INSERT INTO message_text(message_id, new_text) VALUES (?1, 'zanzibarwren rang')", [note]).unwrap();
        desk::merge(&shop.tx, hers, bens, shop.jules.id, shop.now.get()).unwrap();
        assert!(holding(&shop).contains(&"event.data".to_owned()));
        erase(&shop, erasure);
        assert_eq!(shop.texts(bens).iter().filter(|text| *text != "(erased)").count(), 1);
        assert_eq!(inbox(&shop), 1);
    }
}

#[test]
fn a_row_that_was_emptied_into_her_conversation_does_not_come_back_into_the_inbox() {
    let shop = Shop::open();
    let hers = writes(&shop, HER, "Hello", "1@c", "Hello");
    let bens = writes(&shop, BEN, "Hello too", "2@c", "Hello too");
    desk::merge(&shop.tx, bens, hers, shop.jules.id, shop.now.get()).unwrap();
    let his = shop.tx.all("SELECT id FROM message WHERE from_address = 'ben@c.test'", [], |r| r.get(0)).unwrap();
    let (apart, _) = desk::split(&shop.tx, hers, &his, shop.jules.id, shop.now.get()).unwrap();
    shop.tx.execute("UPDATE conversation SET customer_id = ?2 WHERE id = ?1", crate::database::params![apart, whose(&shop, "ben@c.test")]).unwrap();
    erase(&shop, Erasure::Removed);
    assert_eq!((inbox(&shop), count(&shop, "conversation"), shop.texts(apart).len()), (1, 1, 1));
}

#[test]
fn what_she_wrote_in_anothers_conversation_and_what_she_was_written_there_goes_and_the_rest_stays() {
    for erasure in [Erasure::Kept, Erasure::Removed] {
        let shop = Shop::open();
        let bens = writes(&shop, BEN, "My return", "2@c", RETURN);
        let returned = desk::returns::open_by_hand(&shop.tx, bens, shop.jules.id, shop.now.get()).unwrap();
        joins_in(&shop, bens);
        let (hers, _) = shop.answers(bens, "Dear Wilma, to you alone about the zanzibarwren", AfterSending::StayOpen);
        let fact = "UPDATE return_fact SET sentence = 'zanzibarwren said so', message_id = (SELECT id FROM message WHERE from_address LIKE 'w@%') WHERE return_id = ?1";
        assert!(shop.tx.execute(fact, [returned]).unwrap() > 0);
        let split: Vec<_> = shop.tx.all("SELECT id FROM message WHERE from_address LIKE 'w@%'", [], |r| r.get(0)).unwrap();
        let (apart, _) = desk::split(&shop.tx, bens, &split, shop.jules.id, shop.now.get()).unwrap();
        assert!(shop.conversation(apart).subject.contains(WORD));
        erase(&shop, erasure);
        assert_eq!(shop.message(hers).new_text, "(erased)");
        assert_eq!(shop.texts(bens).iter().filter(|text| *text != "(erased)").collect::<Vec<_>>(), [RETURN, "Hello both"]);
        assert_eq!(shop.conversation(apart).subject, "(erased)");
        let (preview, recipients): (String, i64) =
            (shop.tx.one("SELECT preview FROM conversation WHERE id = ?1", [bens], |r| r.get(0)).unwrap(), count(&shop, "outbox_recipient"));
        assert_eq!((preview.as_str(), recipients), ("(erased)", 1), "Ben is still written to");
        assert_eq!(shop.conversation(bens).status, Status::Open);
    }
}

fn agrees(shop: &Shop, who: CustomerId, address: &str) {
    let purpose = Purpose::SimilarPieces;
    let words = "yes, tell me";
    let given = Given { customer_id: who, address, purpose, way: Way::Mail, words, policy_text: "", proof: "", message_id: None, at: NOON, by: None };
    consent::grant(&shop.tx, &shop.key, &given, NOON).unwrap();
}

#[test]
fn a_follow_up_that_stayed_with_a_joined_record_does_not_hold_up_the_end() {
    let shop = Shop::open();
    let (address, tx) = ("w@zanzibarwren.test", &shop.tx);
    writes(&shop, HER, "Hello", "1@c", "Hello");
    writes(&shop, "W <w@work.test>", "Hello", "2@c", "Hello");
    let (her, other) = (whose(&shop, address), whose(&shop, "w@work.test"));
    agrees(&shop, her, address);
    let planned = follow_up::New {
        kind: follow_up::Kind::WishMatch,
        customer_id: her,
        address,
        plan_id: None,
        return_id: None,
        piece_id: None,
        wish_id: None,
        discount_id: None,
        conversation_id: None,
        mailbox_id: shop.account.id,
        own_words: None,
        due_at: NOON,
        by: None,
    };
    follow_up::plan(tx, &planned, NOON).unwrap().unwrap();
    leads::join(tx, her, other, "agent", shop.jules.id, NOON).unwrap();
    tx.execute("UPDATE follow_up SET customer_id = ?1", [other]).unwrap();
    let left = writes(&shop, "W <w@work.test>", "Hello", "3@c", "Again");
    tx.execute("UPDATE conversation SET customer_id = ?2 WHERE id = ?1", crate::database::params![left, other]).unwrap();
    erase(&shop, Erasure::Removed);
    assert_eq!((count(&shop, "follow_up"), count(&shop, "consent"), count(&shop, "customer"), count(&shop, "conversation")), (0, 0, 0, 0));
}

#[test]
fn the_record_that_hers_was_joined_into_for_a_time_does_not_name_her() {
    let shop = Shop::open();
    writes(&shop, HER, "Hello", "1@c", "Hello");
    writes(&shop, BEN, "Hello", "2@c", "Hello");
    let (her, ben) = (whose(&shop, "w@zanzibarwren.test"), whose(&shop, "ben@c.test"));
    let event = leads::join(&shop.tx, ben, her, "agent", shop.jules.id, NOON).unwrap();
    leads::undo(&shop.tx, event, shop.jules.id, NOON).unwrap();
    assert!(holding(&shop).contains(&"lead_event.data".to_owned()));
    erase(&shop, Erasure::Kept);
    assert_eq!(whose(&shop, "ben@c.test"), ben);
}

#[test]
fn her_orders_stay_without_a_name_whatever_the_shop_says_later() {
    let shop = Shop::open();
    let hers = writes(&shop, HER, "My return", "1@c", RETURN);
    let news = News {
        number: "AT-10482".into(),
        customer_name: "Wilma Zanzibarwren".into(),
        address: Some("elsewhere@zanzibarwren.test".into()),
        tracking: "Zanzibarwren 1".into(),
        country: Some("SE".into()),
        ..News::default()
    };
    let id = order::learn(&shop.tx, &news, order::Source::Csv, NOON).unwrap();
    desk::returns::open_by_hand(&shop.tx, hers, shop.jules.id, NOON).unwrap();
    shop.tx.execute("UPDATE return_request SET order_id = ?1", [id]).unwrap();
    erase(&shop, Erasure::Kept);
    order::learn(&shop.tx, &news, order::Source::Api, NOON).unwrap();
    order::add(&shop.tx, News { number: "#at 10482".into(), ..news }, order::Source::Mail, NOON).unwrap();
    assert_eq!(holding(&shop), Vec::<String>::new());
    assert_eq!((count(&shop, "shop_order"), order::find(&shop.tx, id).unwrap().unwrap().said.country), (1, None));
}

#[test]
fn bytes_that_nothing_names_any_more_are_to_be_forgotten() {
    let shop = Shop::open();
    let hers = writes(&shop, HER, "Hello", "1@c", "Hello");
    let (reply, _) = shop.answers(hers, "Dear Wilma", AfterSending::Wait);
    let raw = shop.message(reply).raw_hash.unwrap();
    desk::unsend(&shop.tx, reply, &shop.jules, &[], shop.now.get()).unwrap();
    let waiting = rights::unfinished(&shop.tx).unwrap();
    assert_eq!((waiting.raw, waiting.buried), (vec![raw], vec![]));
    assert!(!rights::is_needed(&shop.tx, raw).unwrap());
}

#[test]
fn a_mail_of_hers_that_comes_back_is_forgotten_again() {
    let shop = Shop::open();
    writes(&shop, HER, "Hello", "1@c", "Hello, zanzibarwren");
    erase(&shop, Erasure::Removed);
    let again = shop.arrives(&[("From", HER), ("Subject", "Hello"), ("Message-ID", "<1@c>")], "Hello, zanzibarwren");
    assert_eq!((again.outcome, again.message), (Outcome::Duplicate, None));
    assert_eq!(account::folders(&shop.tx, shop.account.id).unwrap().len(), 2);
    assert_eq!(holding(&shop), Vec::<String>::new());
}
