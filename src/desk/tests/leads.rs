//! Everybody who writes is a lead: captured once, set aside for reasons, corrected by hand with a way back.

use super::shop::{MINUTE, NOON, Shop, raw};
use crate::account::{self, FolderRole};
use crate::agent::{self, Role};
use crate::blobs::Hash;
use crate::consent::{self, Ended, Given, Purpose, Way};
use crate::conversation::{ConversationId, Status};
use crate::customer::{self, CustomerId};
use crate::desk::leads::{self, Facts, Noted};
use crate::desk::{self, AfterSending, returns};
use crate::email::{EmailAddress, NameAddr};
use crate::lead::filter::Filter;
use crate::lead::interest::{Feature, Kind, Learned, Source};
use crate::lead::list::{self, Asked, Which};
use crate::lead::wish::Closed;
use crate::lead::{self, Because, Lead, event, interest, supplier, wish};

fn writes(shop: &Shop, from: &str, id: &str, text: &str) -> ConversationId {
    shop.arrives(&[("From", from), ("Subject", "A print"), ("Message-ID", &format!("<{id}@c>"))], text).conversation.unwrap()
}

fn whose(shop: &Shop, address: &str) -> CustomerId {
    customer::find_by_address(&shop.tx, &EmailAddress::parse(address).unwrap()).unwrap().unwrap()
}

fn lead_of(shop: &Shop, address: &str) -> Option<Lead> {
    lead::find(&shop.tx, whose(shop, address)).unwrap()
}

fn aside(shop: &Shop, address: &str) -> Option<Because> {
    lead_of(shop, address).unwrap().set_aside.map(|(_, because, _)| because)
}

fn blue() -> Feature {
    Feature { kind: Kind::Colour, value: "blue".into() }
}

#[test]
fn everybody_who_writes_is_a_lead_once_with_their_first_and_last_contact() {
    let shop = Shop::open();
    writes(&shop, "Mara <mara@example.test>", "1", "When is it back?");
    writes(&shop, "Mara <mara@example.test>", "2", "And the other?");
    let lead = lead_of(&shop, "mara@example.test").unwrap();
    assert_eq!((lead.source, lead.source_detail.as_str()), (lead::Source::Mailbox, "support@shop.test"));
    assert_eq!((lead.first_contact_at, lead.last_contact_at), (NOON + MINUTE, NOON + 2 * MINUTE));
    assert_eq!(list::page(&shop.tx, &Asked::default()).unwrap().len(), 1);
}

#[test]
fn machines_lists_our_own_people_and_what_we_sent_make_no_lead() {
    let shop = Shop::open();
    shop.arrives(&[("From", "Ann <ann@example.test>"), ("Auto-Submitted", "auto-replied"), ("Message-ID", "<a@c>")], "I am away.");
    shop.arrives(
        &[("From", "News <news@example.test>"), ("List-Unsubscribe", "<mailto:u@example.test>"), ("Precedence", "bulk"), ("Message-ID", "<b@c>")],
        "News",
    );
    shop.arrives(&[("From", "support@shop.test"), ("To", "support@shop.test"), ("Message-ID", "<c@c>")], "To ourselves");
    shop.arrives(&[("From", "Jules <JULES@shop.test>"), ("To", "support@shop.test"), ("Message-ID", "<d@c>")], "A colleague");
    shop.arrives_in(&shop.sent, &raw(&[("From", "support@shop.test"), ("To", "Eva <eva@example.test>"), ("Message-ID", "<e@c>")], "Hello Eva"));
    assert_eq!(list::page(&shop.tx, &Asked::default()).unwrap().len(), 0);
    let others: Vec<String> = list::page(&shop.tx, &Asked { which: Which::Others, ..Asked::default() }).unwrap().into_iter().map(|line| line.address).collect();
    assert!(others.contains(&"eva@example.test".to_owned()) && others.contains(&"news@example.test".to_owned()), "{others:?}");
}

#[test]
fn spam_sets_a_lead_aside_unless_they_wrote_something_else_and_undo_takes_it_up_again() {
    let shop = Shop::open();
    let (jules, seo) = (shop.jules.id, "seo@rank.test");
    let first = writes(&shop, "SEO <seo@rank.test>", "1", "Rank first!");
    let second = writes(&shop, "SEO <seo@rank.test>", "2", "Still not first?");
    desk::set_status(&shop.tx, first, Status::Spam, jules, NOON).unwrap();
    assert_eq!(aside(&shop, seo), None, "the other conversation may be honest");
    let marked = desk::set_status(&shop.tx, second, Status::Spam, jules, NOON).unwrap().unwrap();
    assert_eq!(aside(&shop, seo), Some(Because::Spam));
    assert!(list::page(&shop.tx, &Asked::default()).unwrap().is_empty());
    assert_eq!(list::page(&shop.tx, &Asked { which: Which::Aside, ..Asked::default() }).unwrap().len(), 1);
    desk::undo(&shop.tx, marked, jules, NOON).unwrap();
    assert_eq!(aside(&shop, seo), None);
    desk::set_status(&shop.tx, second, Status::Spam, jules, NOON).unwrap();
    desk::set_status(&shop.tx, second, Status::Open, jules, NOON).unwrap();
    assert_eq!(aside(&shop, seo), None);
}

#[test]
fn whom_an_agent_answers_is_no_spammer() {
    let shop = Shop::open();
    let first = writes(&shop, "Mara <mara@example.test>", "1", "Hello");
    desk::set_status(&shop.tx, first, Status::Spam, shop.jules.id, NOON).unwrap();
    let second = writes(&shop, "Mara <mara@example.test>", "2", "Hello again");
    assert_eq!(aside(&shop, "mara@example.test"), Some(Because::Spam), "a spammer writes more than once");
    shop.answers(second, "Hello Mara", AfterSending::Wait);
    assert_eq!(aside(&shop, "mara@example.test"), None);
}

#[test]
fn a_supplier_is_no_lead_and_without_the_mark_is_one_with_all_contacts_since() {
    let shop = Shop::open();
    writes(&shop, "Anna <anna@paper.test>", "1", "Your paper is here");
    assert_eq!(leads::mark_supplier(&shop.tx, "@paper.test", shop.jules.id, NOON).unwrap(), 1);
    assert_eq!(aside(&shop, "anna@paper.test"), Some(Because::Supplier));
    writes(&shop, "Bo <bo@PAPER.test>", "2", "The invoice");
    assert_eq!(aside(&shop, "bo@paper.test"), Some(Because::Supplier));
    writes(&shop, "Bea <bea@newspaper.test>", "3", "A print, please");
    assert_eq!(aside(&shop, "bea@newspaper.test"), None, "another domain that ends alike");
    assert!(leads::take_up(&shop.tx, whose(&shop, "bo@paper.test"), shop.jules.id, NOON).is_err(), "the mark decides");
    leads::mark_supplier(&shop.tx, "anna@paper.test", shop.jules.id, NOON).unwrap();
    assert_eq!(leads::unmark_supplier(&shop.tx, "@paper.test").unwrap(), 1, "Anna is marked by her address, too");
    assert_eq!((aside(&shop, "anna@paper.test"), aside(&shop, "bo@paper.test")), (Some(Because::Supplier), None));
}

#[test]
fn a_supplier_is_an_address_or_a_whole_domain_and_nothing_else() {
    let pattern = |typed: &str| supplier::pattern(typed);
    assert_eq!(pattern(" Anna@Paper.test "), Some("anna@paper.test".into()));
    assert_eq!(pattern("@PAPER.test"), Some("@paper.test".into()));
    for none in ["", "@", "paper.test", "@test", "@pa per.test", "%", "anna@"] {
        assert_eq!(pattern(none), None, "{none}");
    }
}

#[test]
fn interests_wishes_and_facts_by_hand_leave_an_event_with_a_way_back() {
    let shop = Shop::open();
    writes(&shop, "mara@example.test", "1", "Hello");
    let (tx, jules, mara) = (&shop.tx, shop.jules.id, whose(&shop, "mara@example.test"));
    let interests = || interest::of_customer(tx, mara).unwrap().len();
    let added = leads::add_interest(tx, mara, &blue(), jules, NOON).unwrap().unwrap();
    assert!(leads::add_interest(tx, mara, &blue(), jules, NOON).unwrap().is_none(), "known already");
    let id = interest::of_customer(tx, mara).unwrap()[0].id;
    let removed = leads::remove_interest(tx, mara, id, jules, NOON).unwrap().unwrap();
    let said = Learned { sentence: "I love blue", source: Source::Mail, message_id: None, by: None };
    assert!(!interest::add(tx, mara, &blue(), &said, NOON).unwrap() && interests() == 0, "no mail brings it back");
    leads::undo(tx, removed, jules, NOON).unwrap();
    assert_eq!(interests(), 1);
    leads::undo(tx, added, jules, NOON).unwrap();
    assert_eq!(interests(), 0);
    assert!(leads::undo(tx, added, jules, NOON).is_err(), "once is enough");

    let wished = leads::add_wish(tx, mara, ("mara@example.test", " something blue "), &[blue()], jules, NOON).unwrap().unwrap();
    assert!(leads::add_wish(tx, mara, ("stranger@example.test", "x"), &[], jules, NOON).is_err(), "an address of theirs");
    let id = wish::of_customer(tx, mara).unwrap()[0].id;
    let closed = leads::close_wish(tx, mara, id, Closed::Bought, jules, NOON).unwrap().unwrap();
    leads::undo(tx, closed, jules, NOON).unwrap();
    assert!(wish::find(tx, id).unwrap().unwrap().closed.is_none());
    leads::undo(tx, wished, jules, NOON).unwrap();
    assert!(wish::find(tx, id).unwrap().unwrap().closed.is_some());

    let facts = Facts { name: "Mara Okafor".into(), language: Some("sv".into()), country: Some("SE".into()) };
    let corrected = leads::correct(tx, mara, &facts, jules, NOON).unwrap().unwrap();
    assert!(leads::correct(tx, mara, &facts, jules, NOON).unwrap().is_none(), "nothing changed");
    let known = customer::find(tx, mara).unwrap().unwrap();
    assert_eq!((known.name.as_str(), known.language.as_deref()), ("Mara Okafor", Some("sv")));
    assert_eq!(lead::find(tx, mara).unwrap().unwrap().country.as_deref(), Some("SE"));
    leads::undo(tx, corrected, jules, NOON).unwrap();
    assert_eq!((customer::find(tx, mara).unwrap().unwrap().name.as_str(), lead::find(tx, mara).unwrap().unwrap().country), ("", None));
    assert_eq!(event::of_customer(tx, mara, 10).unwrap().iter().filter(|event| event.undone.is_some()).count(), 5);
}

#[test]
fn an_agent_notes_a_consent_as_evidence_and_it_lifts_no_stop() {
    let shop = Shop::open();
    writes(&shop, "mara@example.test", "1", "Hello");
    let (tx, jules, mara) = (&shop.tx, shop.jules.id, whose(&shop, "mara@example.test"));
    let noted = Noted { address: "mara@example.test".into(), purpose: Purpose::Offers, words: "yes, send me offers".into(), reason: "on the telephone".into() };
    assert!(leads::note_consent(tx, &shop.key, mara, &Noted { reason: " ".into(), ..noted.clone() }, jules, NOON).is_err(), "no reason, no evidence");
    leads::note_consent(tx, &shop.key, mara, &noted, jules, NOON).unwrap();
    let kept = consent::of_customer(tx, mara).unwrap().remove(0);
    assert_eq!((kept.way, kept.words.as_str(), kept.proof.as_str(), kept.by), (Way::Agent, "yes, send me offers", "on the telephone", Some(jules)));
    leads::end_consent(tx, &shop.key, mara, kept.id, "no more", jules, NOON + 1).unwrap();
    assert_eq!(consent::of_customer(tx, mara).unwrap()[0].ended.as_ref().map(|end| (end.way, end.words.as_str())), Some((Ended::Agent, "no more")));
    let refused = leads::note_consent(tx, &shop.key, mara, &noted, jules, NOON + 2).unwrap_err().to_string();
    assert!(refused.contains("Only they can take that back"), "{refused}");
    for happened in event::of_customer(tx, mara, 10).unwrap() {
        assert!(leads::undo(tx, happened.id, jules, NOON + 3).is_err(), "evidence is not taken back");
    }
    let theirs = Given {
        customer_id: mara,
        address: "mara@example.test",
        purpose: Purpose::Offers,
        way: Way::Mail,
        words: "yes please",
        policy_text: "",
        proof: "",
        message_id: None,
        at: NOON + 4,
        by: None,
    };
    consent::grant(tx, &shop.key, &theirs, NOON + 4).unwrap();
    assert!(consent::live(tx, "mara@example.test", Purpose::Offers).unwrap().is_some(), "their own word does");
}

#[test]
fn leads_are_found_by_name_address_and_interest_page_by_page() {
    let shop = Shop::open();
    for n in 0..120 {
        writes(&shop, &format!("Person {n} <p{n}@example.test>"), &format!("m{n}"), "Hello");
    }
    leads::add_interest(&shop.tx, whose(&shop, "p7@example.test"), &Feature { kind: Kind::Room, value: "living_room".into() }, shop.jules.id, NOON).unwrap();
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = list::page(&shop.tx, &Asked { after, ..Asked::default() }).unwrap();
        after = page.last().map(list::Line::cursor);
        seen.extend(page.iter().map(|line| line.address.clone()));
        if page.len() < list::PAGE_ROWS {
            break;
        }
    }
    assert_eq!((seen.len(), seen[0].as_str(), seen[119].as_str()), (120, "p119@example.test", "p0@example.test"));
    let found = |words: &str| list::page(&shop.tx, &Asked { filter: Some(&Filter::parse(words, NOON).0), ..Asked::default() }).unwrap().len();
    assert_eq!([found("\"person 11\""), found("P99@"), found("\"living room\""), found("100%"), found("a_b")], [11, 1, 1, 0, 0]);
    let mailbox = shop.account.id;
    let mut limited = Asked { mailboxes: Some(std::slice::from_ref(&mailbox)), ..Asked::default() };
    assert_eq!(list::page(&shop.tx, &limited).unwrap().len(), list::PAGE_ROWS);
    limited.mailboxes = Some(&[]);
    assert_eq!(list::page(&shop.tx, &limited).unwrap().len(), 0);
}

#[test]
fn an_imported_letter_makes_a_lead_of_the_import() {
    let shop = Shop::open();
    let folder = account::import_folder(&shop.tx, shop.account.id, FolderRole::Inbox).unwrap();
    let imported = account::Folder { id: folder, ..shop.inbox.clone() };
    let mail = raw(&[("From", "Old <old@example.test>"), ("Date", "Mon, 23 Nov 2020 10:00:00 +0000"), ("Message-ID", "<old@c>")], "Years ago");
    shop.arrives_in(&imported, &mail);
    assert_eq!(lead_of(&shop, "old@example.test").unwrap().source, lead::Source::Import);
}

#[test]
fn a_form_makes_a_lead_of_whoever_sent_it_and_of_no_supplier() {
    let shop = Shop::open();
    let sends = |address: &str, word: &str| {
        let from = NameAddr { name: "Mara".into(), address: EmailAddress::parse(address).unwrap() };
        let sent = returns::Sent { from, language: "en".into(), text: "It came creased.".into(), facts: Vec::new(), photos: Vec::new(), agrees: Vec::new() };
        let composed = returns::compose_form(&shop.key, &shop.account, None, &sent, word, NOON).unwrap();
        let hash = Hash::of(&composed.bytes);
        returns::started(&shop.tx, &shop.key, (&format!("filled {word}"), &format!("opens {word}")), &shop.account, &sent, (&composed, hash), NOON)
            .unwrap()
            .unwrap()
    };
    leads::mark_supplier(&shop.tx, "@paper.test", shop.jules.id, NOON).unwrap();
    sends("mara@example.test", "one");
    sends("anna@paper.test", "two");
    assert_eq!(lead_of(&shop, "mara@example.test").unwrap().source, lead::Source::Form);
    assert_eq!(aside(&shop, "anna@paper.test"), Some(Because::Supplier));
    writes(&shop, "mara@example.test", "1", "And one more thing");
    assert_eq!(lead_of(&shop, "mara@example.test").unwrap().source, lead::Source::Form, "where they came from first");
}

#[test]
fn whoever_becomes_one_of_us_is_no_lead_any_more() {
    let shop = Shop::open();
    writes(&shop, "Yoko <yoko@shop.test>", "1", "May I work with you?");
    writes(&shop, "Mara <mara@example.test>", "2", "Hello");
    agent::add(&shop.tx, &EmailAddress::parse("Yoko@shop.test").unwrap(), "Yoko", Role::Agent, "x", NOON).unwrap();
    assert_eq!(aside(&shop, "yoko@shop.test"), Some(Because::Agent));
    writes(&shop, "Yoko <yoko@shop.test>", "3", "My first day");
    assert_eq!((aside(&shop, "yoko@shop.test"), aside(&shop, "mara@example.test")), (Some(Because::Agent), None));
}
