//! Whoever says stop is heard wherever and whenever they say it; what has not left does not leave, and nothing waits for ever.

use super::following::{DAY, HOUR};
use super::shop::{MINUTE, NOON, Shop, raw};
use crate::account::Entry;
use crate::consent::{self, Purpose};
use crate::conversation::{self, ConversationId, Status};
use crate::customer::CustomerId;
use crate::database::Millis;
use crate::desk::{self, AfterSending, follow_ups, leads, returns};
use crate::follow_up::{self, FollowUp, FollowUpId, Kind, New, State};
use crate::{outbox, piece, setting};

const MARA: &str = "mara@example.test";
const STOP: &str = "Please remove me from your mailing list.";

impl Shop {
    fn may_send(&self) {
        setting::set(&self.tx, setting::PUBLIC_URL, &"https://help.shop.test", None, 1).unwrap();
    }

    fn plans_one(&self, customer_id: CustomerId, address: &str, piece_id: Option<piece::PieceId>) -> Option<FollowUpId> {
        let now = self.later(1);
        let new = New {
            kind: if piece_id.is_some() { Kind::WishMatch } else { Kind::CheckIn },
            customer_id,
            address,
            plan_id: None,
            return_id: None,
            piece_id,
            wish_id: None,
            discount_id: None,
            conversation_id: None,
            mailbox_id: self.account.id,
            own_words: None,
            due_at: now,
            by: None,
        };
        follow_up::plan(&self.tx, &new, now).unwrap()
    }

    fn found(&self, id: FollowUpId) -> FollowUp {
        follow_up::find(&self.tx, id).unwrap().unwrap()
    }

    /// Agreed, and a follow-up of hers is in the outbox.
    fn has_one_in_the_outbox(&self) -> FollowUpId {
        self.may_send();
        self.agrees(MARA, Purpose::Offers);
        let id = self.plans_one(self.whose(MARA), MARA, None).unwrap();
        assert_eq!(self.days_until_queued(), 1);
        id
    }

    fn days_until_queued(&self) -> usize {
        (0..48).map(|_| self.house(HOUR).len()).find(|went| *went > 0).unwrap_or_default()
    }

    fn takes_one_up(&self) -> bool {
        (0..48).any(|_| follow_ups::go(&self.tx, &self.key, "dice", self.later(HOUR)).unwrap().is_some())
    }

    fn lives(&self, address: &str, purpose: Purpose) -> bool {
        consent::live(&self.tx, address, purpose).unwrap().is_some()
    }

    fn is_stopped(&self, address: &str) -> bool {
        consent::is_suppressed(&self.tx, &self.key, address, Purpose::Offers).unwrap()
    }

    fn mails(&self, from: &str, id: &str, text: &str) -> ConversationId {
        self.arrives(&[("From", from), ("To", "support@shop.test"), ("Subject", "Mail"), ("Message-ID", &format!("<{id}@x>"))], text).conversation.unwrap()
    }

    /// A mail of the mailbox's past.
    fn had(&self, from: &str, id: &str, text: &str, at: Millis) {
        let raw = raw(&[("From", from), ("To", "support@shop.test"), ("Message-ID", &format!("<{id}@x>"))], text);
        let entry = Entry { history: true, ..self.kept(&self.inbox, &raw, at, false) };
        self.receive(&entry, &raw, NOON - 1);
    }
}

#[test]
fn a_stop_ends_every_address_of_theirs_and_that_of_the_letter_which_they_answer() {
    let shop = Shop::open();
    let id = shop.has_one_in_the_outbox();
    shop.leave();
    let ours = shop.message(shop.found(id).message_id.unwrap()).identifier.unwrap().to_string();
    shop.mails("Mara <mara@work.test>", "1", "Hello");
    shop.agrees("mara@work.test", Purpose::SimilarPieces);
    let (work, home) = (shop.whose("mara@work.test"), "mara@phone.test");
    shop.mails("Mara <mara@phone.test>", "2", "Hello");
    leads::join(&shop.tx, work, shop.whose(home), "agent", shop.jules.id, shop.later(1)).unwrap();
    shop.arrives(&[("From", home), ("To", "support@shop.test"), ("Message-ID", "<3@x>"), ("In-Reply-To", &ours)], STOP);
    assert!(!shop.lives("mara@work.test", Purpose::SimilarPieces) && !shop.lives(MARA, Purpose::Offers), "the other address, and the letter's");
    assert!(["mara@work.test", MARA, home].iter().all(|address| shop.is_stopped(address)));
}

#[test]
fn a_stop_counts_from_a_supplier_in_a_forged_mail_and_in_the_mailbox_past() {
    type Says = fn(&Shop);
    let as_supplier: Says = |shop| {
        leads::mark_supplier(&shop.tx, MARA, shop.jules.id, shop.now.get()).unwrap();
        shop.mails(MARA, "1", STOP);
    };
    let forged: Says = |shop| {
        let failed = ("Authentication-Results", "mx.shop.test; dmarc=fail header.from=example.test");
        shop.arrives(&[failed, ("From", MARA), ("To", "support@shop.test"), ("Message-ID", "<2@x>")], STOP);
    };
    let fetched_late: Says = |shop| shop.had(MARA, "3", STOP, shop.now.get());
    for says in [as_supplier, forged, fetched_late] {
        let shop = Shop::open();
        shop.agrees(MARA, Purpose::Offers);
        shop.later(MINUTE);
        says(&shop);
        assert!(!shop.lives(MARA, Purpose::Offers) && shop.is_stopped(MARA));
    }
}

#[test]
fn what_they_agreed_to_after_an_old_stop_stands_whichever_is_read_first() {
    let shop = Shop::open();
    shop.agrees(MARA, Purpose::Offers);
    let planned = shop.plans_one(shop.whose(MARA), MARA, None).unwrap();
    shop.had(MARA, "1", STOP, NOON - 90 * DAY);
    assert!(shop.lives(MARA, Purpose::Offers) && !shop.is_stopped(MARA) && shop.found(planned).state == State::Planned);
    let shop = Shop::open();
    shop.had(MARA, "1", STOP, NOON - 90 * DAY);
    assert!(shop.is_stopped(MARA));
    shop.agrees(MARA, Purpose::Offers);
    assert!(shop.lives(MARA, Purpose::Offers) && !shop.is_stopped(MARA));
}

#[test]
fn what_a_server_put_off_is_held_back_when_they_write_open_a_return_or_say_stop() {
    type Meanwhile = fn(&Shop);
    let writes: Meanwhile = |shop| {
        shop.mails(MARA, "1", "Thank you, by the way.");
    };
    let has_a_return: Meanwhile = |shop| {
        let there = conversation::open(&shop.tx, shop.account.id, shop.whose(MARA), "By hand", Status::Open, shop.later(1)).unwrap();
        let other = shop.mails("jon@example.test", "2", "Hello");
        shop.tx.execute("UPDATE message SET conversation_id = ?1 WHERE conversation_id = ?2", [there, other]).unwrap();
        returns::open_by_hand(&shop.tx, there, shop.jules.id, shop.later(1)).unwrap();
    };
    let stops: Meanwhile = |shop| shop.says_stop(MARA, &[Purpose::Offers]);
    for (meanwhile, because) in
        [(writes, "they wrote in the meantime"), (has_a_return, "they have an open return"), (stops, "they asked for no more of these mails")]
    {
        let shop = Shop::open();
        let id = shop.has_one_in_the_outbox();
        let letter = outbox::claim(&shop.tx, shop.now.get()).unwrap().unwrap();
        outbox::settle(&shop.tx, letter.id, &[(MARA.into(), outbox::Fate::Deferred("451 later".into()))], shop.now.get()).unwrap();
        meanwhile(&shop);
        assert_eq!((shop.found(id).state, shop.found(id).because.as_str()), (State::Cancelled, because));
        shop.later(DAY);
        assert_eq!(shop.leave(), 0, "{because}");
    }
}

#[test]
fn one_whose_own_conversation_was_merged_away_is_cancelled_and_nothing_vanishes() {
    let shop = Shop::open();
    shop.may_send();
    shop.agrees(MARA, Purpose::Offers);
    let id = shop.plans_one(shop.whose(MARA), MARA, None).unwrap();
    assert!(shop.takes_one_up());
    let own = shop.found(id).conversation_id.unwrap();
    let there = shop.mails("jon@example.test", "1", "Hello");
    desk::merge(&shop.tx, own, there, shop.jules.id, shop.later(1)).unwrap();
    follow_ups::cancel(&shop.tx, id, shop.jules.id, shop.later(1)).unwrap();
    assert_eq!(shop.found(id).state, State::Cancelled);
    assert!(conversation::find(&shop.tx, own).unwrap().is_some_and(|own| own.merged_into == Some(there)));
}

#[test]
fn the_empty_conversation_of_one_that_is_cancelled_goes_though_another_looks_related_to_it() {
    let shop = Shop::open();
    shop.may_send();
    shop.agrees(MARA, Purpose::Offers);
    let id = shop.plans_one(shop.whose(MARA), MARA, None).unwrap();
    assert!(shop.takes_one_up());
    let own = shop.found(id).conversation_id.unwrap();
    let there = shop.mails("jon@example.test", "1", "Hello");
    conversation::relate(&shop.tx, there, Some(own), Some("the same person")).unwrap();
    follow_ups::cancel(&shop.tx, id, shop.jules.id, shop.later(1)).unwrap();
    assert!(conversation::find(&shop.tx, own).unwrap().is_none());
    assert_eq!(shop.conversation(there).related_id, None);
}

#[test]
fn one_whose_letter_nobody_writes_any_more_waits_again_and_blocks_nobody() {
    let shop = Shop::open();
    shop.may_send();
    shop.agrees(MARA, Purpose::Offers);
    let id = shop.plans_one(shop.whose(MARA), MARA, None).unwrap();
    assert!(shop.takes_one_up());
    shop.tx.execute("DELETE FROM wanted_letter", []).unwrap();
    assert!(follow_ups::anything_due(&shop.tx, shop.now.get()).unwrap());
    assert_eq!((shop.days(2).len(), shop.found(id).state), (1, State::Sent));
}

#[test]
fn what_was_planned_while_two_were_one_person_does_not_go_once_they_are_apart() {
    let shop = Shop::open();
    shop.may_send();
    shop.mails(MARA, "1", "Hello");
    shop.mails("mara@work.test", "2", "Hello");
    shop.agrees("mara@work.test", Purpose::Offers);
    let kept = shop.whose(MARA);
    let event = leads::join(&shop.tx, kept, shop.whose("mara@work.test"), "agent", shop.jules.id, shop.later(1)).unwrap();
    let id = shop.plans_one(kept, "mara@work.test", None).unwrap();
    leads::undo(&shop.tx, event, shop.jules.id, shop.later(1)).unwrap();
    assert_eq!(shop.days(2).len(), 0);
    assert_eq!((shop.found(id).state, shop.found(id).because.as_str()), (State::Cancelled, "the address is not theirs any more"));
}

#[test]
fn two_who_become_one_are_told_of_a_piece_once() {
    let shop = Shop::open();
    shop.may_send();
    let said = piece::Said { title: "Ebb".into(), quantity: 1, ..piece::Said::default() };
    let ebb = piece::add(&shop.tx, &said, piece::Source::Form, None, None, 1).unwrap();
    shop.mails(MARA, "1", "Hello");
    shop.mails("mara@work.test", "2", "Hello");
    let planned = [MARA, "mara@work.test"].map(|address| {
        shop.agrees(address, Purpose::SimilarPieces);
        shop.plans_one(shop.whose(address), address, Some(ebb)).unwrap()
    });
    leads::join(&shop.tx, shop.whose(MARA), shop.whose("mara@work.test"), "agent", shop.jules.id, shop.later(1)).unwrap();
    assert_eq!(planned.map(|id| shop.found(id).state), [State::Planned, State::Cancelled]);
    assert_eq!(shop.days(3).len(), 1);
}

#[test]
fn an_answer_to_a_customer_rests_on_no_consent_and_leaves_all_the_same() {
    let shop = Shop::open();
    let there = shop.mails(MARA, "1", STOP);
    shop.answers(there, "You get no more of them.", AfterSending::Wait);
    shop.later(HOUR);
    assert_eq!(shop.leave(), 1);
}
