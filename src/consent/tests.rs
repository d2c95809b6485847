//! Consent is evidence: what is recorded stays as it was, what ended stays ended, and a stop outlives everything.

use super::link::{self, Act, Link, Opened};
use super::*;
use crate::customer::{self, CustomerId};
use crate::database::{self, Millis, RESTANTE_MIGRATIONS, Writer};
use crate::email::{EmailAddress, NameAddr};
use crate::secret::SecretKey;
use std::path::Path;

const NOW: Millis = 1_795_000_000_000;
const ANNA: &str = "anna@example.test";

fn shop() -> Writer {
    let connection = database::connect_in_memory().unwrap();
    database::migrate(&connection, Path::new(":memory:"), RESTANTE_MIGRATIONS).unwrap();
    Writer::new(connection)
}

fn key() -> SecretKey {
    SecretKey::from_bytes([3; 32])
}

fn anna(tx: &Writer) -> CustomerId {
    let from = NameAddr { name: "Anna Lind".into(), address: EmailAddress::parse(ANNA).unwrap() };
    customer::recognise(tx, &from, Some("sv"), NOW).unwrap()
}

fn given(customer_id: CustomerId, purpose: Purpose, way: Way) -> Given<'static> {
    Given { customer_id, address: ANNA, purpose, way, words: "yes, tell me", policy_text: "", proof: "", message_id: None, at: NOW, by: None }
}

fn stop(tx: &Writer, purposes: &[Purpose]) {
    let stop = Withdrawal { address: ANNA, purposes, way: Ended::OneClick, words: "", message_id: None, by: None };
    withdraw(tx, &key(), &stop, NOW + 1).unwrap();
}

#[test]
fn a_consent_keeps_its_words_and_is_for_one_purpose() {
    let tx = shop();
    let anna = anna(&tx);
    let Granted::New(id) = grant(&tx, &key(), &given(anna, Purpose::SimilarPieces, Way::Mail), NOW).unwrap() else { panic!("it is new") };
    assert_eq!(grant(&tx, &key(), &given(anna, Purpose::SimilarPieces, Way::Form), NOW + 5).unwrap(), Granted::Already(id));
    assert_eq!(live(&tx, ANNA, Purpose::SimilarPieces).unwrap(), Some(id));
    assert_eq!(live(&tx, ANNA, Purpose::Offers).unwrap(), None);
    let known = find(&tx, id).unwrap().unwrap();
    assert_eq!((known.words.as_str(), known.way, known.at, known.ended.is_none()), ("yes, tell me", Way::Mail, NOW, true));
}

#[test]
fn evidence_cannot_be_changed_and_what_ended_stays_ended() {
    let tx = shop();
    let anna = anna(&tx);
    grant(&tx, &key(), &given(anna, Purpose::Offers, Way::Mail), NOW).unwrap();
    for change in ["words = 'everything'", "at = 1", "purpose = 'similar_pieces'", "address = 'other@example.test'", "way = 'agent'", "proof = 'x'"] {
        assert!(tx.execute(&format!("UPDATE consent SET {change}"), []).is_err(), "{change}");
    }
    stop(&tx, &[Purpose::Offers]);
    assert!(tx.execute("UPDATE consent SET withdrawn_at = NULL", []).is_err());
    let ended = of_customer(&tx, anna).unwrap().remove(0).ended.unwrap();
    assert_eq!((ended.way, ended.at), (Ended::OneClick, NOW + 1));
}

#[test]
fn only_they_themselves_take_a_stop_back() {
    for (way, taken) in [(Way::Form, true), (Way::Mail, true), (Way::Confirmed, true), (Way::Agent, false), (Way::Import, false)] {
        let tx = shop();
        let anna = anna(&tx);
        stop(&tx, Purpose::ALL);
        let granted = grant(&tx, &key(), &Given { at: NOW + 2, ..given(anna, Purpose::Offers, way) }, NOW + 2).unwrap();
        assert_eq!(granted != Granted::Suppressed, taken, "{way}");
        assert_eq!(is_suppressed(&tx, &key(), ANNA, Purpose::Offers).unwrap(), !taken, "{way}");
        assert!(is_suppressed(&tx, &key(), ANNA, Purpose::SimilarPieces).unwrap(), "what they did not agree to stays stopped");
    }
}

#[test]
fn p69_a_stop_outlives_the_person_and_names_nobody() {
    let tx = shop();
    let anna = anna(&tx);
    grant(&tx, &key(), &given(anna, Purpose::Offers, Way::Mail), NOW).unwrap();
    stop(&tx, Purpose::ALL);
    tx.execute("DELETE FROM customer WHERE id = ?1", [anna]).unwrap();
    assert!(is_suppressed(&tx, &key(), "Anna@Example.test", Purpose::Offers).unwrap());
    let kept: Vec<String> = tx.all("SELECT address_hash FROM suppression", [], |r| r.get(0)).unwrap();
    assert!(kept.iter().all(|hash| !hash.contains("anna") && hash.len() >= 26), "{kept:?}");
    assert!(!is_suppressed(&tx, &SecretKey::from_bytes([4; 32]), ANNA, Purpose::Offers).unwrap(), "without the key nobody can ask");
}

#[test]
fn p60_a_link_is_bound_to_its_act_ends_and_is_taken_once() {
    let tx = shop();
    let link =
        Link { customer_id: anna(&tx), address: ANNA.into(), purposes: vec![Purpose::Offers], words: "w".into(), policy_text: "p".into(), used_at: None };
    link::add(&tx, "token", Act::Confirm, &link, NOW).unwrap();
    assert_eq!(link::open(&tx, "token", Act::Confirm, NOW).unwrap(), Opened::Valid(link));
    assert_eq!(link::open(&tx, "token", Act::Unsubscribe, NOW).unwrap(), Opened::Unknown);
    assert_eq!(link::open(&tx, "token", Act::Confirm, NOW + link::CONFIRM_LIFE).unwrap(), Opened::Expired);
    assert!(link::take(&tx, "token", Act::Confirm, NOW).unwrap() && !link::take(&tx, "token", Act::Confirm, NOW).unwrap());
    let kept: Vec<Vec<u8>> = tx.all("SELECT token_hash FROM consent_link", [], |r| r.get(0)).unwrap();
    assert_ne!(kept, [b"token".to_vec()]);
}

#[test]
fn a_yes_that_is_older_than_a_stop_lifts_nothing_and_the_last_stop_counts() {
    let tx = shop();
    let anna = anna(&tx);
    stop(&tx, &[Purpose::Offers]);
    let yes = |at| grant(&tx, &key(), &Given { at, ..given(anna, Purpose::Offers, Way::Mail) }, NOW + 9).unwrap();
    assert_eq!((yes(NOW), yes(NOW + 1)), (Granted::Suppressed, Granted::Suppressed));
    suppress(&tx, &key(), ANNA, Purpose::Offers, Ended::Mail, NOW + 3).unwrap();
    assert_eq!(yes(NOW + 2), Granted::Suppressed);
    assert!(is_suppressed(&tx, &key(), ANNA, Purpose::Offers).unwrap());
    assert!(matches!(yes(NOW + 4), Granted::New(_)));
}
