//! Stories of follow-ups: what follows a return, when it goes, and all that keeps it from going.

use super::returning::asks;
use super::shop::{MINUTE, Shop};
use crate::consent::{self, Ended, Given, Granted, Purpose, Way, Withdrawal, link};
use crate::conversation::event::{self, What};
use crate::conversation::{ConversationId, Status};
use crate::customer::{self, CustomerId};
use crate::database::Millis;
use crate::desk::{self, follow_ups, returns};
use crate::email::EmailAddress;
use crate::follow_up::discount::{self, Kind as Codes};
use crate::follow_up::plan::{self, After};
use crate::follow_up::{self, FollowUp, FollowUpId, Kind, State};
use crate::id::{DiscountId, PlanId};
use crate::return_request::{Decision, State as Stands};
use crate::{order, outbox, setting};

pub(super) const HOUR: Millis = 60 * MINUTE;
pub(super) const DAY: Millis = 24 * HOUR;

impl Shop {
    /// A shop that knows its address and has a plan, switched on.
    pub(super) fn follows(&self, kind: Kind, codes: Option<DiscountId>) -> PlanId {
        setting::set(&self.tx, setting::PUBLIC_URL, &"https://help.shop.test", None, 1).unwrap();
        let said = plan::Said { name: "Thanks".into(), kind, after: After::Closed, days: 14, discount_id: codes, new_thread: false };
        let id = plan::add(&self.tx, &said, self.jules.id, 1).unwrap();
        follow_ups::switch_plan(&self.tx, id, true, self.jules.id, 1).unwrap();
        id
    }

    pub(super) fn discount(&self, kind: Codes, code: &str) -> DiscountId {
        let said = discount::Said { name: "Thank you".into(), worth: "10 %".into(), kind, code: code.into(), valid_days: Some(30), valid_until: None };
        discount::add(&self.tx, &said, self.jules.id, 1).unwrap()
    }

    pub(super) fn agrees(&self, address: &str, purpose: Purpose) -> Granted {
        let customer = self.whose(address);
        let now = self.later(1);
        let given = Given {
            customer_id: customer,
            address,
            purpose,
            way: Way::Form,
            words: "Yes, write to me",
            policy_text: "",
            proof: "",
            message_id: None,
            at: now,
            by: None,
        };
        consent::grant(&self.tx, &self.key, &given, now).unwrap()
    }

    pub(super) fn says_stop(&self, address: &str, purposes: &[Purpose]) {
        let stop = Withdrawal { address, purposes, way: Ended::OneClick, words: "", message_id: None, by: None };
        desk::leads::withdraw(&self.tx, &self.key, &stop, self.later(1)).unwrap();
    }

    pub(super) fn whose(&self, address: &str) -> CustomerId {
        let address = EmailAddress::parse(address).unwrap();
        customer::recognise(&self.tx, &crate::email::NameAddr { name: String::new(), address }, None, self.now.get()).unwrap()
    }

    /// Somebody's return, replaced.
    pub(super) fn replaced(&self, who: &str) -> ConversationId {
        let from = format!("{who} <{}@example.test>", who.to_lowercase());
        let identifier = format!("<{}{}@example.test>", who.to_lowercase(), self.now.get());
        let fields = [("From", from.as_str()), ("To", "support@shop.test"), ("Subject", "Refund")];
        let there = self.writes_as(&identifier, &fields, &asks(vec![])).conversation.unwrap();
        self.agrees(&format!("{}@example.test", who.to_lowercase()), Purpose::Offers);
        self.ends(there);
        there
    }

    fn ends(&self, there: ConversationId) {
        let id = self.the_return(there).id;
        let deciding = returns::Deciding { decision: Decision::Replacement, amount: None, comes_back: false };
        returns::decide(&self.tx, id, deciding, &self.jules, self.later(1)).unwrap();
        returns::move_to(&self.tx, id, Stands::Replaced, "", self.jules.id, self.later(1)).unwrap();
    }

    /// A minute of the house, so much later; the letters that went.
    pub(super) fn house(&self, passed: Millis) -> Vec<String> {
        let now = self.later(passed);
        if follow_ups::go(&self.tx, &self.key, &format!("dice{now}"), now).unwrap().is_none() {
            return Vec::new();
        }
        self.letters()
    }

    /// Minutes of the house for so long; the letters that went.
    pub(super) fn days(&self, days: i64) -> Vec<String> {
        let mut went = Vec::new();
        for _ in 0..days * DAY / (10 * MINUTE) {
            went.extend(self.house(10 * MINUTE));
            self.leave();
        }
        went
    }

    /// The postman takes what waits; returns how many letters.
    pub(super) fn leave(&self) -> usize {
        let mut left = 0;
        while let Some(letter) = outbox::claim(&self.tx, self.now.get()).unwrap() {
            let fates: Vec<_> = letter.pending.iter().map(|to| (to.clone(), outbox::Fate::Accepted("250 ok".into()))).collect();
            outbox::settle(&self.tx, letter.id, &fates, self.now.get()).unwrap();
            left += 1;
        }
        left
    }

    pub(super) fn of(&self, address: &str) -> Vec<FollowUp> {
        follow_up::of_customer(&self.tx, self.whose(address)).unwrap()
    }

    fn newest(&self, address: &str) -> FollowUp {
        self.of(address).remove(0)
    }
}

fn text(letter: &str) -> String {
    letter.replace("=\r\n", "").replace("=3D", "=").replace("\r\n ", " ")
}

#[test]
fn a_return_is_closed_and_a_discount_follows_whose_code_is_unique() {
    let shop = Shop::open();
    let codes = shop.discount(Codes::Pattern, "THANKS-####");
    shop.follows(Kind::Discount, Some(codes));
    let (mara, jon) = (shop.replaced("Mara"), shop.replaced("Jon"));
    assert_eq!(shop.days(13).len(), 0);
    let went = shop.days(3);
    assert_eq!(went.len(), 2);
    for (letter, there, who) in [(&went[0], mara, "mara"), (&went[1], jon, "jon")] {
        let words = text(letter);
        assert!(words.contains(&format!("To: {who}@example.test")) && words.contains("In-Reply-To: <"), "{words}");
        assert!(
            words.contains("List-Unsubscribe: <https://help.shop.test/unsubscribe/t") && words.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
        );
        assert!(words.contains("Auto-Submitted: auto-generated") && words.contains("Subject: Re: Refund"), "{words}");
        assert!(words.contains("we give you 10 % on your next order, with the code THANKS-") && words.contains("No more of these mails: https://"), "{words}");
        assert_eq!(shop.conversation(there).status, Status::Open, "it was open, and stays");
        let events = event::of_conversation(&shop.tx, there).unwrap();
        assert!(events.iter().any(|e| matches!(&e.what, What::FollowedUp { because, .. } if because.starts_with("“Thanks”, after R-000"))));
    }
    let given = discount::codes_of(&shop.tx, codes, 10).unwrap();
    assert!(given.len() == 2 && given[0].code != given[1].code && given.iter().all(|code| code.given.is_some() && code.expires_on.is_some()));
    // The link works from the moment the letter is queued.
    let sent = shop.newest("mara@example.test");
    assert_eq!(sent.state, State::Sent);
    let token = text(&went[0]).split("/unsubscribe/").nth(1).unwrap().split('>').next().unwrap().to_owned();
    let link::Opened::Valid(opened) = link::open(&shop.tx, &token, link::Act::Unsubscribe, shop.now.get()).unwrap() else { panic!("no link") };
    assert_eq!((opened.address.as_str(), opened.purposes.as_slice()), ("mara@example.test", Purpose::ALL));
    assert_eq!(shop.days(30).len(), 0, "once");
}

#[test]
fn in_their_language_and_as_a_conversation_of_its_own_where_the_plan_says_so() {
    let shop = Shop::open();
    let plan = shop.follows(Kind::CheckIn, None);
    let said = plan::Said { new_thread: true, ..plan::find(&shop.tx, plan).unwrap().unwrap().said };
    plan::change(&shop.tx, plan, &said).unwrap();
    let of_return = shop.replaced("Maja");
    shop.tx.execute("UPDATE customer SET language = 'sv' WHERE id = ?1", [shop.whose("maja@example.test")]).unwrap();
    let went = shop.days(16);
    let words = text(&went[0]);
    assert!(words.contains("Hej Maja,") && words.contains("Inga fler s") && !words.contains("In-Reply-To"), "{words}");
    let there = shop.newest("maja@example.test").conversation_id.unwrap();
    assert_ne!(there, of_return);
    assert_eq!((shop.conversation(there).status, shop.conversation(there).subject.as_str()), (Status::Resolved, "Är allt bra?"));
    // Her answer is a conversation like any other.
    let ours = shop.message(shop.newest("maja@example.test").message_id.unwrap()).identifier.unwrap().to_string();
    let fields = [("From", "maja@example.test"), ("To", "support@shop.test"), ("Message-ID", "<a@maja>"), ("In-Reply-To", ours.as_str())];
    let answer = shop.arrives(&fields, "Ja, tack!");
    assert_eq!((answer.conversation, shop.conversation(there).status), (Some(there), Status::Open));
    assert!(shop.newest("maja@example.test").answered_at.is_some());
}

#[test]
fn nothing_is_planned_without_consent_for_a_declined_return_or_by_a_plan_that_is_off() {
    let shop = Shop::open();
    let plan = shop.follows(Kind::CheckIn, None);
    let there = shop.writes("<m1@example.test>", None, &asks(vec![])).conversation.unwrap();
    shop.ends(there);
    assert_eq!(shop.of("mara@example.test").len(), 0, "nobody agreed");
    shop.agrees("mara@example.test", Purpose::SimilarPieces);
    let there = shop.writes("<m2@example.test>", None, &asks(vec![])).conversation.unwrap();
    shop.ends(there);
    assert_eq!(shop.of("mara@example.test").len(), 0, "they agreed to something else");
    shop.agrees("mara@example.test", Purpose::Offers);
    let there = shop.writes("<m3@example.test>", None, &asks(vec![])).conversation.unwrap();
    returns::decide(
        &shop.tx,
        shop.the_return(there).id,
        returns::Deciding { decision: Decision::Decline, amount: None, comes_back: false },
        &shop.jules,
        shop.later(1),
    )
    .unwrap();
    assert_eq!(shop.of("mara@example.test").len(), 0, "it was declined");
    follow_ups::switch_plan(&shop.tx, plan, false, shop.jules.id, shop.later(1)).unwrap();
    shop.replaced("Jon");
    assert_eq!(shop.of("jon@example.test").len(), 0, "the plan is off");
}

#[test]
fn whatever_happens_meanwhile_cancels_it_with_a_reason() {
    type Meanwhile = fn(&Shop, ConversationId);
    let writes: Meanwhile = |shop, _| {
        shop.arrives(&[("From", "mara@example.test"), ("To", "support@shop.test"), ("Message-ID", "<x@x>")], "One more thing …");
    };
    let reopens: Meanwhile = |shop, there| {
        let moved = event::of_conversation(&shop.tx, there).unwrap().into_iter().rev().find(event::Event::can_be_undone).unwrap();
        desk::undo(&shop.tx, moved.id, shop.jules.id, shop.later(1)).unwrap();
    };
    let stops: Meanwhile = |shop, _| shop.says_stop("mara@example.test", &[Purpose::Offers]);
    let bounces: Meanwhile = |shop, _| customer::note_bounce(&shop.tx, &EmailAddress::parse("mara@example.test").unwrap(), shop.later(1)).unwrap();
    let has_another: Meanwhile = |shop, there| {
        let id = returns::open_by_hand(&shop.tx, there, shop.jules.id, shop.later(1)).unwrap();
        assert_ne!(id.0, 1);
    };
    let set_aside: Meanwhile = |shop, _| {
        let id = shop.whose("mara@example.test");
        crate::lead::set_aside(&shop.tx, id, crate::lead::Because::Agent, None, shop.later(1)).unwrap();
    };
    for (meanwhile, because) in [
        (writes, "they wrote in the meantime"),
        (reopens, "the return goes on"),
        (stops, "they asked for no more of these mails"),
        (bounces, "mail to this address came back"),
        (has_another, "they have an open return, R-0002"),
        (set_aside, "they are no lead any more"),
    ] {
        let shop = Shop::open();
        shop.follows(Kind::CheckIn, None);
        let there = shop.replaced("Mara");
        assert_eq!(shop.days(5).len(), 0);
        meanwhile(&shop, there);
        assert_eq!(shop.days(12).len(), 0, "{because}");
        let ended = shop.newest("mara@example.test");
        assert_eq!((ended.state, ended.because.as_str()), (State::Cancelled, because));
    }
}

#[test]
fn a_return_that_ends_again_is_followed_again() {
    let shop = Shop::open();
    shop.follows(Kind::CheckIn, None);
    let there = shop.replaced("Mara");
    let moved = event::of_conversation(&shop.tx, there).unwrap().into_iter().rev().find(event::Event::can_be_undone).unwrap();
    desk::undo(&shop.tx, moved.id, shop.jules.id, shop.later(1)).unwrap();
    returns::move_to(&shop.tx, shop.the_return(there).id, Stands::Replaced, "", shop.jules.id, shop.later(1)).unwrap();
    assert_eq!(shop.of("mara@example.test").iter().map(|f| f.state).collect::<Vec<_>>(), [State::Planned, State::Cancelled]);
    assert_eq!(shop.days(16).len(), 1);
}

#[test]
fn p68_who_says_stop_gets_nothing_more_also_what_is_queued() {
    let shop = Shop::open();
    shop.follows(Kind::CheckIn, None);
    shop.replaced("Mara");
    shop.later(14 * DAY);
    let went = shop.house(HOUR);
    assert_eq!(went.len(), 1, "in the outbox");
    shop.says_stop("mara@example.test", &[Purpose::Offers]);
    assert_eq!(shop.leave(), 0);
    // A page that ends the consent while its letter is being written.
    shop.agrees("mara@example.test", Purpose::Offers);
    let there = shop.writes("<m9@example.test>", None, &asks(vec![])).conversation.unwrap();
    shop.ends(there);
    shop.later(14 * DAY);
    assert!(follow_ups::go(&shop.tx, &shop.key, "dice", shop.later(HOUR)).unwrap().is_some());
    shop.says_stop("mara@example.test", &[Purpose::Offers]);
    assert_eq!((shop.letters().len(), shop.leave()), (0, 0));
}

#[test]
fn without_an_address_of_its_own_or_with_sending_paused_nothing_goes_and_the_owner_is_told_why() {
    let shop = Shop::open();
    shop.follows(Kind::CheckIn, None);
    setting::clear(&shop.tx, setting::PUBLIC_URL).unwrap();
    shop.replaced("Mara");
    assert_eq!(shop.days(15).len(), 0);
    assert!(follow_ups::waits(&shop.tx).unwrap().unwrap().contains("--public-url"));
    setting::set(&shop.tx, setting::PUBLIC_URL, &"https://help.shop.test", None, 1).unwrap();
    setting::set(&shop.tx, setting::OUTBOX_PAUSED, &"restored", None, 1).unwrap();
    assert_eq!(shop.days(1).len(), 0);
    setting::clear(&shop.tx, setting::OUTBOX_PAUSED).unwrap();
    assert_eq!(shop.days(1).len(), 1);
}

#[test]
fn a_list_that_ran_out_waits_for_more_codes_and_never_goes_without_one() {
    let shop = Shop::open();
    let codes = shop.discount(Codes::List, "");
    discount::add_codes(&shop.tx, codes, &["A-1".into()]).unwrap();
    shop.follows(Kind::Discount, Some(codes));
    shop.replaced("Mara");
    shop.replaced("Jon");
    assert_eq!(shop.days(20).len(), 1);
    assert_eq!(discount::left(&shop.tx, &discount::find(&shop.tx, codes).unwrap().unwrap()).unwrap(), Some(0));
    assert_eq!(shop.newest("jon@example.test").state, State::Planned);
    assert_eq!(discount::add_codes(&shop.tx, codes, &["a-1".into(), "A-2".into()]).unwrap(), 1, "one of them was there");
    let went = shop.days(3);
    assert!(went.len() == 1 && text(&went[0]).contains("the code A-2, valid until"), "{went:?}");
}

#[test]
fn after_days_without_the_house_old_news_is_not_sent_in_a_burst() {
    let shop = Shop::open();
    shop.follows(Kind::CheckIn, None);
    for who in ["Mara", "Jon", "Ida"] {
        shop.replaced(who);
    }
    shop.days(1);
    shop.later(18 * DAY);
    assert_eq!(shop.days(3).len(), 0);
    assert_eq!(shop.newest("ida@example.test").because, "its day passed while nothing could be sent");
    // A day late is not late, and even then they leave one after another.
    let shop = Shop::open();
    shop.follows(Kind::CheckIn, None);
    for who in ["Mara", "Jon", "Ida"] {
        shop.replaced(who);
    }
    shop.days(1);
    shop.later(14 * DAY);
    assert_eq!((shop.house(1).len(), shop.house(MINUTE).len()), (1, 0));
    assert_eq!(shop.days(1).len(), 2);
}

#[test]
fn a_letter_that_could_not_be_written_in_time_waits_again() {
    let shop = Shop::open();
    shop.follows(Kind::CheckIn, None);
    shop.replaced("Mara");
    shop.later(14 * DAY);
    assert!(follow_ups::go(&shop.tx, &shop.key, "dice", shop.later(HOUR)).unwrap().is_some());
    shop.later(9 * HOUR);
    assert_eq!((shop.letters().len(), shop.newest("mara@example.test").state), (0, State::Planned));
    assert_eq!(shop.days(2).len(), 1, "the next morning");
}

#[test]
fn who_buys_again_is_seen_by_the_code_or_by_the_address() {
    let shop = Shop::open();
    let codes = shop.discount(Codes::Pattern, "THANKS-####");
    shop.follows(Kind::Discount, Some(codes));
    shop.replaced("Mara");
    shop.replaced("Jon");
    assert_eq!(shop.days(16).len(), 2);
    let given = discount::codes_of(&shop.tx, codes, 10).unwrap();
    let maras = given.iter().find(|code| code.given.is_some_and(|(_, to)| to == Some(shop.whose("mara@example.test")))).unwrap();
    let news = order::News { number: "AT-1".into(), discount_codes: vec![maras.code.to_lowercase()], ..order::News::default() };
    let by_code = order::learn(&shop.tx, &news, order::Source::Api, shop.later(DAY)).unwrap();
    let news = order::News { number: "AT-2".into(), address: Some("jon@example.test".into()), ..order::News::default() };
    let by_address = order::learn(&shop.tx, &news, order::Source::Api, shop.later(1)).unwrap();
    returns::orders_arrived(&shop.tx, &[by_code, by_address], shop.later(1)).unwrap();
    assert!(shop.newest("mara@example.test").bought_at.is_some() && shop.newest("jon@example.test").bought_at.is_some());
    let used = discount::codes_of(&shop.tx, codes, 10).unwrap();
    assert_eq!(used.iter().filter(|code| code.used_at.is_some()).map(|code| code.used_order).collect::<Vec<_>>(), [Some(by_code)]);
}

#[test]
fn an_agent_cancels_by_hand_and_a_plan_that_is_switched_off_takes_its_own_along() {
    let shop = Shop::open();
    let plan = shop.follows(Kind::CheckIn, None);
    for who in ["Mara", "Jon"] {
        shop.replaced(who);
    }
    let id: FollowUpId = shop.newest("mara@example.test").id;
    follow_ups::cancel(&shop.tx, id, shop.jules.id, shop.later(1)).unwrap();
    assert!(follow_ups::cancel(&shop.tx, id, shop.jules.id, shop.later(1)).is_err());
    assert_eq!(follow_ups::switch_plan(&shop.tx, plan, false, shop.jules.id, shop.later(1)).unwrap(), 1);
    assert_eq!(shop.days(16).len(), 0);
}
