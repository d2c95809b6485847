//! What people agree to by a tick: at once behind the link of our own letter, by a letter that asks them to confirm otherwise.

use super::shop::Shop;
use crate::consent::link::{Act, Link, Opened};
use crate::consent::{self, Ended, Purpose, Way, Withdrawal};
use crate::customer;
use crate::database::params;
use crate::desk::leads::{self, Ticked};
use crate::desk::letters::{self, Making};
use crate::email::EmailAddress;
use crate::id::{ConversationId, MessageKey};

const MARA: &str = "mara@example.test";

impl Shop {
    fn ticked(&self, there: ConversationId, message_id: MessageKey, purposes: &[Purpose], is_proven: bool) {
        let customer_id = customer::find_by_address(&self.tx, &EmailAddress::parse(MARA).unwrap()).unwrap().unwrap();
        let ticked = Ticked { customer_id, conversation_id: there, message_id, address: MARA, purposes, language: "sv", is_proven };
        leads::ticked(&self.tx, &self.key, &ticked, self.later(1)).unwrap();
    }

    fn agreed(&self, purpose: Purpose) -> Option<Way> {
        let id = consent::live(&self.tx, MARA, purpose).unwrap()?;
        consent::find(&self.tx, id).unwrap().map(|consent| consent.way)
    }

    /// What the scribe does with a letter that asks to confirm; its text.
    fn confirming_letter(&self, token: &str) -> Option<String> {
        let waiting = letters::waiting(&self.tx, 10, self.now.get()).unwrap().into_iter().find(|w| w.kind == letters::Kind::Confirm)?;
        let making = Making { key: &self.key, word: token, token, url: Some("https://help.shop.test/"), now: self.later(1) };
        let composed = letters::compose(&self.tx, &waiting, letters::Enclosed::default(), &making).unwrap().unwrap();
        let hash = crate::blobs::Hash::of(&composed.bytes);
        letters::queue(&self.tx, &waiting, &composed, hash, token, self.later(1)).unwrap().unwrap();
        Some(composed.email.new_text)
    }

    /// As a form that names her address leaves it: no mail of hers ever arrived.
    fn only_a_form(&self) -> (ConversationId, MessageKey) {
        let received = self.arrives(&[("From", "Mara Okafor <mara@example.test>"), ("Message-ID", "<form@shop.test>")], "From the form.");
        self.tx.execute("UPDATE ledger SET outcome = 'duplicate' WHERE message_id = ?1", params![received.message]).unwrap();
        (received.conversation.unwrap(), received.message.unwrap())
    }
}

#[test]
fn a_tick_behind_our_own_link_is_consent_with_its_words() {
    let shop = Shop::open();
    let (there, message) = shop.only_a_form();
    shop.ticked(there, message, &[Purpose::SimilarPieces], true);
    let id = consent::live(&shop.tx, MARA, Purpose::SimilarPieces).unwrap().unwrap();
    let known = consent::find(&shop.tx, id).unwrap().unwrap();
    assert_eq!((known.way, known.words.as_str(), known.message_id), (Way::Form, "Hör av er när liknande verk finns", Some(message)));
    assert!(known.policy_text.contains("ett klick") && shop.agreed(Purpose::Offers).is_none());
}

#[test]
fn p24_nothing_goes_to_an_address_that_somebody_put_into_a_form_until_it_writes() {
    let shop = Shop::open();
    let (there, message) = shop.only_a_form();
    shop.ticked(there, message, Purpose::ALL, false);
    assert!(letters::waiting(&shop.tx, 10, shop.now.get()).unwrap().is_empty() && shop.agreed(Purpose::Offers).is_none());
    shop.arrives(&[("From", "Mara Okafor <mara@example.test>"), ("Message-ID", "<m2@example.test>")], "Any news?");
    assert_eq!(shop.agreed(Purpose::Offers), None, "writing is not agreeing");
    let letter = shop.confirming_letter("t1").unwrap();
    assert!(letter.contains("Hör av er när liknande verk finns") && letter.contains("https://help.shop.test/confirm/t1"), "{letter}");
    shop.arrives(&[("From", "Mara Okafor <mara@example.test>"), ("Message-ID", "<m3@example.test>")], "Hello?");
    assert_eq!(shop.confirming_letter("t2"), None, "asked once");
    let opened = leads::confirm(&shop.tx, &shop.key, "t1", shop.later(1)).unwrap();
    assert!(matches!(opened, Opened::Valid(Link { .. })));
    assert_eq!((shop.agreed(Purpose::Offers), shop.agreed(Purpose::SimilarPieces)), (Some(Way::Confirmed), Some(Way::Confirmed)));
    assert!(consent::link::take(&shop.tx, "t1", Act::Confirm, shop.later(1)).is_ok_and(|first| !first));
}

#[test]
fn whoever_wrote_before_is_asked_to_confirm_at_once_and_a_forger_asks_nobody() {
    let shop = Shop::open();
    let first = shop.arrives(&[("From", "Mara Okafor <mara@example.test>"), ("Message-ID", "<m1@example.test>")], "Do you frame prints?");
    shop.ticked(first.conversation.unwrap(), first.message.unwrap(), &[Purpose::Offers], false);
    assert!(shop.confirming_letter("t1").is_some_and(|letter| !letter.contains("liknande")));
    for again in 0..3 {
        shop.ticked(first.conversation.unwrap(), first.message.unwrap(), &[Purpose::Offers], false);
        assert_eq!(shop.confirming_letter("t2"), None, "a form that is sent {again} times more sends no more letters");
    }
}

#[test]
fn a_forged_mail_makes_nobody_known_who_could_be_asked_to_confirm() {
    let shop = Shop::open();
    let forged = [
        ("From", "Mara Okafor <mara@example.test>"),
        ("Message-ID", "<f1@example.test>"),
        ("Authentication-Results", "mx.shop.test; dmarc=fail header.from=example.test"),
    ];
    let first = shop.arrives(&forged, "Do you frame prints?");
    shop.ticked(first.conversation.unwrap(), first.message.unwrap(), &[Purpose::Offers], false);
    assert_eq!(shop.confirming_letter("t1"), None, "she never wrote");
}

#[test]
fn who_said_stop_is_not_asked_by_letter_whether_somebodys_tick_was_theirs() {
    let shop = Shop::open();
    let first = shop.arrives(&[("From", "Mara Okafor <mara@example.test>"), ("Message-ID", "<m1@example.test>")], "Do you frame prints?");
    let stop = Withdrawal { address: MARA, purposes: &[Purpose::Offers], way: Ended::Page, words: "", message_id: None, by: None };
    leads::withdraw(&shop.tx, &shop.key, &stop, shop.later(1)).unwrap();
    shop.ticked(first.conversation.unwrap(), first.message.unwrap(), Purpose::ALL, false);
    let letter = shop.confirming_letter("t1").unwrap();
    assert!(letter.contains("liknande verk") && !letter.contains("erbjudanden"), "only what they did not stop: {letter}");
}
