//! Pieces that somebody waits for: entered, offered to those who agreed, sold, and with that offered no more.

use super::shop::{MINUTE, NOON, Shop, person};
use crate::consent::{self, Given, Purpose, Way, Withdrawal};
use crate::conversation::{ConversationId, Status};
use crate::customer::{self, CustomerId};
use crate::database::Millis;
use crate::desk::pieces::{self, Hindrance, Letter, MailSettings};
use crate::desk::{leads, returns};
use crate::follow_up::{self, State};
use crate::id::FollowUpId;
use crate::lead::interest::{self, Feature, Kind, Learned};
use crate::lead::wish;
use crate::money::{Amount, Currency};
use crate::piece::{self, PieceId, Said, Source, sale};
use crate::{order, setting};

const PRINT: &str = "Is there another blue print by Anna Lind? Please tell me.";

impl Shop {
    fn enters_piece(&self, title: &str, sku: &str) -> PieceId {
        let said = Said {
            title: title.into(),
            sku: sku.into(),
            artist: "Anna Lind".into(),
            medium: "giclee".into(),
            colours: vec!["blue".into()],
            price: Some(Amount::new(18_000, Currency::parse("EUR"))),
            quantity: 1,
            ..Said::default()
        };
        piece::add(&self.tx, &said, Source::Form, None, Some(self.jules.id), self.later(MINUTE)).unwrap()
    }

    /// Writes, and wishes for something by Anna Lind.
    fn wishes_for_lind(&self, address: &str) -> (CustomerId, ConversationId) {
        let id = format!("<{}@mail.example>", address.replace('@', "."));
        let received = self.arrives(&[("From", address), ("To", "support@shop.test"), ("Subject", "A print"), ("Message-ID", &id)], PRINT);
        let customer = customer::recognise(&self.tx, &person(address), None, self.now.get()).unwrap();
        let features = [feature(Kind::Artist, "Anna Lind"), feature(Kind::Colour, "blue")];
        let new = wish::New {
            customer_id: customer,
            address,
            conversation_id: received.conversation,
            message_id: received.message,
            words: PRINT,
            features: &features,
            source: interest::Source::Mail,
            by: None,
        };
        wish::add(&self.tx, &new, self.now.get()).unwrap();
        (customer, received.conversation.unwrap())
    }

    fn agrees_to_similar(&self, customer: CustomerId, address: &str) {
        let at = self.now.get();
        let given = Given {
            customer_id: customer,
            address,
            purpose: Purpose::SimilarPieces,
            way: Way::Mail,
            words: "yes, tell me",
            policy_text: "",
            proof: "",
            message_id: None,
            at,
            by: None,
        };
        consent::grant(&self.tx, &self.key, &given, at).unwrap();
    }

    fn offers_piece(&self, piece: PieceId, to: &[CustomerId]) -> pieces::Offered {
        let letters: Vec<Letter> = to.iter().map(|customer| Letter { customer: *customer, own_words: None }).collect();
        pieces::offer(&self.tx, &self.key, piece, &letters, None, self.jules.id, self.later(MINUTE)).unwrap()
    }

    fn hindrances_of(&self, piece: PieceId) -> Vec<(CustomerId, Option<Hindrance>)> {
        let piece = piece::find(&self.tx, piece).unwrap().unwrap();
        pieces::candidates(&self.tx, &self.key, &piece, None).unwrap().into_iter().map(|c| (c.customer.id, c.hindrance)).collect()
    }

    fn became(&self, id: FollowUpId) -> (State, String) {
        let told = follow_up::find(&self.tx, id).unwrap().unwrap();
        (told.state, told.because)
    }

    fn order_comes(&self, number: &str, address: &str, on: &str, line: order::Line) {
        let news =
            order::News { number: number.into(), address: Some(address.into()), ordered_on: on.parse().ok(), lines: vec![line], ..order::News::default() };
        let id = order::learn(&self.tx, &news, order::Source::Api, self.later(MINUTE)).unwrap();
        returns::orders_arrived(&self.tx, &[id], self.now.get()).unwrap();
    }

    fn left_of(&self, id: PieceId) -> (i64, bool) {
        let piece = piece::find(&self.tx, id).unwrap().unwrap();
        (piece.said.quantity, piece.sold_at.is_some())
    }
}

fn feature(kind: Kind, value: &str) -> Feature {
    Feature { kind, value: value.into() }
}

fn line(title: &str, sku: &str, quantity: i64) -> order::Line {
    order::Line { title: title.into(), sku: sku.into(), quantity, ..order::Line::default() }
}

fn day(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).unwrap().to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
}

#[test]
fn those_who_asked_are_found_with_reasons_and_only_who_agreed_is_told() {
    let shop = Shop::open();
    let (mara, thread) = shop.wishes_for_lind("mara@example.test");
    let (jon, _) = shop.wishes_for_lind("jon@example.test");
    let (ida, _) = shop.wishes_for_lind("ida@example.test");
    shop.agrees_to_similar(mara, "mara@example.test");
    shop.agrees_to_similar(ida, "ida@example.test");
    let stop = Withdrawal { address: "ida@example.test", purposes: Purpose::ALL, way: consent::Ended::Mail, words: "stop", message_id: None, by: None };
    leads::withdraw(&shop.tx, &shop.key, &stop, shop.now.get()).unwrap();
    let piece = shop.enters_piece("Low Tide", "LT");
    let found = piece::find(&shop.tx, piece).unwrap().unwrap();
    let candidates = pieces::candidates(&shop.tx, &shop.key, &found, None).unwrap();
    let words: Vec<&str> = candidates[0].interested.found.reasons.iter().map(|reason| reason.words.as_str()).collect();
    assert_eq!((&words[..2], candidates[0].interested.sentence.as_str()), (&["same artist: Anna Lind", "blue"][..], PRINT));
    let mut hindrances = shop.hindrances_of(piece);
    hindrances.sort_by_key(|(id, _)| *id);
    assert_eq!(hindrances, [(mara, None), (jon, Some(Hindrance::NoConsent)), (ida, Some(Hindrance::SaidStop))]);
    let offered = shop.offers_piece(piece, &[mara, jon, ida, mara]);
    assert_eq!((offered.planned.len(), offered.refused.len()), (1, 3), "{offered:?}");
    let told = follow_up::find(&shop.tx, offered.planned[0]).unwrap().unwrap();
    assert_eq!((told.conversation_id, told.address.as_str(), told.piece_id), (Some(thread), "mara@example.test", Some(piece)));
    assert!(shop.hindrances_of(piece).contains(&(mara, Some(Hindrance::Planned))));
}

#[test]
fn a_piece_that_is_sold_or_removed_is_offered_no_more() {
    let shop = Shop::open();
    let (mara, _) = shop.wishes_for_lind("mara@example.test");
    shop.agrees_to_similar(mara, "mara@example.test");
    let piece = shop.enters_piece("Low Tide", "LT");
    let first = shop.offers_piece(piece, &[mara]).planned[0];
    let sold = pieces::sell(&shop.tx, piece, shop.jules.id, shop.later(MINUTE)).unwrap();
    assert_eq!((shop.became(first), shop.left_of(piece)), ((State::Cancelled, "the piece is sold".into()), (0, true)));
    assert!(pieces::sell(&shop.tx, piece, shop.jules.id, shop.now.get()).is_err(), "none is left");
    assert!(pieces::offer(&shop.tx, &shop.key, piece, &[], None, shop.jules.id, shop.now.get()).is_err());
    pieces::undo_sale(&shop.tx, piece, sold, shop.jules.id, shop.later(MINUTE)).unwrap();
    assert!(pieces::undo_sale(&shop.tx, piece, sold, shop.jules.id, shop.now.get()).is_err(), "once");
    assert_eq!((shop.left_of(piece), shop.became(first).0), ((1, false), State::Cancelled), "what was held back stays so");
    let again = shop.offers_piece(piece, &[mara]).planned[0];
    pieces::remove(&shop.tx, piece, shop.jules.id, shop.later(MINUTE)).unwrap();
    assert_eq!(shop.became(again), (State::Cancelled, "the piece was removed".into()));
    pieces::back_for_sale(&shop.tx, piece).unwrap();
    let third = shop.offers_piece(piece, &[mara]).planned[0];
    pieces::hold_back(&shop.tx, piece, third, shop.jules.id, shop.later(MINUTE)).unwrap();
    assert_eq!(shop.became(third), (State::Cancelled, "held back before it left".into()));
    assert!(pieces::hold_back(&shop.tx, piece, third, shop.jules.id, shop.now.get()).is_err());
}

#[test]
fn an_order_sells_what_it_bought_once_and_never_below_nothing() {
    let shop = Shop::open();
    let (mara, _) = shop.wishes_for_lind("mara@example.test");
    shop.agrees_to_similar(mara, "mara@example.test");
    let (one, other) = (shop.enters_piece("Low Tide", "LT"), shop.enters_piece("Storm", ""));
    let told = shop.offers_piece(one, &[mara]).planned[0];
    let today = day(shop.now.get());
    shop.order_comes("A-0", "jon@example.test", "2020-01-01", line("Low Tide", "LT", 1));
    assert_eq!(shop.left_of(one), (1, false), "it was bought before the piece was entered");
    shop.order_comes("A-1", "mara@example.test", &today, line("Another title", "LT", 3));
    assert_eq!((shop.left_of(one), shop.became(told).0), ((0, true), State::Cancelled));
    assert!(wish::of_customer(&shop.tx, mara).unwrap()[0].closed.is_some(), "who bought it waits for it no more");
    let sale = sale::of_piece(&shop.tx, one).unwrap().remove(0);
    assert_eq!((sale.quantity, sale.order.as_deref()), (1, Some("A-1")));
    pieces::undo_sale(&shop.tx, one, sale.id, shop.jules.id, shop.later(MINUTE)).unwrap();
    shop.order_comes("A-1", "mara@example.test", &today, line("Another title", "LT", 3));
    assert_eq!(shop.left_of(one), (1, false), "an order that is told again does not sell again what was taken back");
    shop.order_comes("A-2", "jon@example.test", &today, line("storm", "", 1));
    shop.order_comes("A-3", "jon@example.test", &today, line("Storm at sea", "", 1));
    assert_eq!((shop.left_of(other), sale::of_piece(&shop.tx, other).unwrap().len()), ((0, true), 1), "by exactly its title");
    let (buyer, piece) = (customer::find(&shop.tx, mara).unwrap().unwrap(), piece::find(&shop.tx, one).unwrap().unwrap());
    assert_eq!(pieces::hindrance(&shop.tx, &shop.key, &piece, &buyer, "mara@example.test").unwrap(), Some(Hindrance::Bought));
}

#[test]
fn who_only_likes_it_is_found_by_the_index_and_a_removed_interest_counts_against() {
    let shop = Shop::open();
    let received = shop.arrives(&[("From", "kai@example.test"), ("To", "support@shop.test"), ("Message-ID", "<k@x>")], "I love Anna Lindh and blue.");
    let kai = shop.conversation(received.conversation.unwrap()).customer_id;
    let learned = Learned { sentence: "I love Anna Lindh and blue.", source: interest::Source::Mail, message_id: None, by: None };
    for (kind, value) in [(Kind::Artist, "anna lindh"), (Kind::Colour, "blue"), (Kind::Medium, "print")] {
        interest::add(&shop.tx, kai, &feature(kind, value), &learned, NOON).unwrap();
    }
    let piece = piece::find(&shop.tx, shop.enters_piece("Low Tide", "LT")).unwrap().unwrap();
    let score = || pieces::candidates(&shop.tx, &shop.key, &piece, None).unwrap().into_iter().map(|c| c.interested.found.score).next();
    assert_eq!(score(), Some(20 + 6 + 8));
    let blue = interest::of_customer(&shop.tx, kai).unwrap().into_iter().find(|i| i.feature.value == "blue").unwrap().id;
    interest::remove(&shop.tx, kai, blue, shop.jules.id, NOON).unwrap();
    assert_eq!(score(), Some(20 + 8 - 15));
    crate::lead::capture(&shop.tx, kai, crate::lead::Source::Mailbox, "", NOON, NOON).unwrap();
    crate::lead::set_aside(&shop.tx, kai, crate::lead::Because::Supplier, None, NOON).unwrap();
    assert_eq!(score(), None, "a supplier is no lead");
}

#[test]
fn a_mail_of_the_shop_to_its_address_is_a_piece_to_look_at_and_a_strangers_is_a_mail() {
    let shop = Shop::open();
    let settings = MailSettings { address: "pieces@shop.test".into(), senders: vec!["anna@studio.test".into()] };
    setting::set(&shop.tx, setting::PIECE_MAIL, &settings, None, NOON).unwrap();
    let text = "Artist: Anna Lind\nPreis: 680 EUR\nSize: 50 x 70 cm\nPrice: not again\n\nA still morning.";
    let mail = |from: &str, id: &str| shop.arrives(&[("From", from), ("To", "pieces@shop.test"), ("Subject", "Fwd: Low Tide"), ("Message-ID", id)], text);
    for (from, id) in [("jules@shop.test", "<1@x>"), ("anna@studio.test", "<2@x>")] {
        let received = mail(from, id);
        let made = piece::of_message(&shop.tx, received.message.unwrap()).unwrap().unwrap();
        assert_eq!((made.said.title.as_str(), made.said.artist.as_str(), made.said.words.as_str()), ("Low Tide", "Anna Lind", "A still morning."));
        assert_eq!((made.said.price.map(|p| p.to_string()).as_deref(), made.said.width_mm), (Some("€680.00"), Some(500)));
        assert!(made.draft && !made.is_for_sale() && pieces::not_now(&made).is_some());
        assert_eq!(shop.conversation(received.conversation.unwrap()).status, Status::Resolved);
    }
    let stranger = mail("eve@evil.test", "<3@x>");
    assert!(piece::of_message(&shop.tx, stranger.message.unwrap()).unwrap().is_none());
    assert_eq!(shop.conversation(stranger.conversation.unwrap()).status, Status::Open);
    let elsewhere = shop.arrives(&[("From", "jules@shop.test"), ("To", "support@shop.test"), ("Subject", "Low Tide"), ("Message-ID", "<4@x>")], text);
    assert!(piece::of_message(&shop.tx, elsewhere.message.unwrap()).unwrap().is_none());
    let odd = "Price: a lot\nQuantity: -3\nLink: javascript:alert(1)\nSKU: =1+1";
    let odd = shop.arrives(&[("From", "jules@shop.test"), ("To", "pieces@shop.test"), ("Message-ID", "<5@x>")], odd);
    let made = piece::of_message(&shop.tx, odd.message.unwrap()).unwrap().unwrap();
    assert_eq!((made.said.title.as_str(), made.said.price, made.said.link.as_str()), ("(no title)", None, ""), "what cannot be understood is left to a person");
}

#[test]
fn a_forged_agent_enters_nothing() {
    let mut shop = Shop::open();
    shop.account.authserv_id = Some("mx.shop.test".into());
    setting::set(&shop.tx, setting::PIECE_MAIL, &MailSettings { address: "pieces@shop.test".into(), senders: Vec::new() }, None, NOON).unwrap();
    let failed = ("Authentication-Results", "mx.shop.test; dmarc=fail header.from=shop.test");
    let forged = shop.arrives(&[failed, ("From", "jules@shop.test"), ("To", "pieces@shop.test"), ("Subject", "X"), ("Message-ID", "<1@x>")], "Price: 5");
    assert!(piece::of_message(&shop.tx, forged.message.unwrap()).unwrap().is_none());
}
