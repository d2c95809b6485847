//! Stories of pieces that are offered to whoever wished for one.

use super::following::DAY;
use super::shop::{MINUTE, Shop};
use crate::consent::Purpose;
use crate::desk::{follow_ups, returns};
use crate::follow_up::{self, FollowUp, Kind, State};
use crate::id::{PieceId, WishId};
use crate::lead::{interest, wish};
use crate::money::{Amount, Currency};
use crate::{order, piece, setting};

const MAJA: &str = "maja@example.test";

impl Shop {
    fn ebb(&self) -> PieceId {
        setting::set(&self.tx, setting::PUBLIC_URL, &"https://help.shop.test/", None, 1).unwrap();
        let said = piece::Said {
            sku: "EBB-1".into(),
            title: "Ebb".into(),
            artist: "Ida Holm".into(),
            size: "50 × 70 cm".into(),
            words: "Oil on linen, the sea in October.".into(),
            price: Some(Amount::new(24_000, Currency::parse("EUR"))),
            link: "https://shop.test/ebb".into(),
            quantity: 1,
            ..piece::Said::default()
        };
        let id = piece::add(&self.tx, &said, piece::Source::Form, None, None, 1).unwrap();
        self.tx.execute("INSERT INTO piece_picture VALUES (?1, X'FFD8FFD9', 'image/jpeg', 1)", [id]).unwrap();
        id
    }

    fn wishes(&self) -> WishId {
        let new = wish::New {
            customer_id: self.whose(MAJA),
            address: MAJA,
            conversation_id: None,
            message_id: None,
            words: "Tell me when a seascape is here",
            features: &[],
            source: interest::Source::Agent,
            by: None,
        };
        wish::add(&self.tx, &new, self.now.get()).unwrap()
    }

    fn offers(&self, piece: PieceId, wish: WishId, own_words: Option<&str>) -> Option<FollowUp> {
        let ticked = follow_ups::Match {
            customer_id: self.whose(MAJA),
            address: MAJA,
            piece_id: piece,
            wish_id: Some(wish),
            conversation_id: None,
            mailbox_id: self.account.id,
            own_words,
            by: self.jules.id,
        };
        let id = follow_ups::plan_match(&self.tx, &ticked, self.later(MINUTE)).unwrap()?;
        follow_up::find(&self.tx, id).unwrap()
    }

    fn preview(&self, piece: PieceId, own_words: Option<&str>) -> Result<follow_ups::Preview, String> {
        let about =
            follow_ups::About { kind: Kind::WishMatch, customer_id: self.whose(MAJA), return_id: None, piece_id: Some(piece), discount: None, own_words };
        follow_ups::compose_preview(&self.tx, &about, "https://help.shop.test/unsubscribe/…").unwrap()
    }

    fn offered(&self, id: follow_up::FollowUpId) -> FollowUp {
        follow_up::find(&self.tx, id).unwrap().unwrap()
    }
}

fn decoded(letter: &str) -> crate::email::Email {
    crate::email::read(letter.as_bytes())
}

#[test]
fn a_piece_is_offered_as_it_was_previewed_with_its_picture() {
    let shop = Shop::open();
    let (ebb, wish) = (shop.ebb(), shop.wishes());
    assert!(shop.offers(ebb, wish, None).is_none(), "they did not agree");
    shop.agrees(MAJA, Purpose::SimilarPieces);
    let preview = shop.preview(ebb, None).unwrap();
    assert!(preview.words.contains("“Ebb”, Ida Holm, 50 × 70 cm, €240.00\nOil on linen, the sea in October.\nhttps://shop.test/ebb"), "{}", preview.words);
    let planned = shop.offers(ebb, wish, None).unwrap();
    assert!(shop.offers(ebb, wish, None).is_none(), "once");
    let went = shop.days(1);
    let letter = decoded(&went[0]);
    assert_eq!((letter.subject.as_str(), preview.subject.as_str()), ("“Ebb” has come in", "“Ebb” has come in"));
    let sent = shop.message(shop.offered(planned.id).message_id.unwrap()).new_text;
    let words = sent.split("No more of these mails: ").next().unwrap();
    assert!(preview.text().starts_with(words), "{sent}");
    assert!(sent.contains("https://help.shop.test/unsubscribe/t"), "one slash");
    assert_eq!(letter.attachments.iter().map(|file| (file.name.as_str(), file.content_type.as_str())).collect::<Vec<_>>(), [("Ebb.jpg", "image/jpeg")]);
    assert!(!went[0].contains("Auto-Submitted"), "an agent ticked and saw it");
    assert_eq!(shop.message(shop.offered(planned.id).message_id.unwrap()).author_id, Some(shop.jules.id));
}

#[test]
fn own_words_are_sent_as_they_stand_and_never_with_an_open_place() {
    let shop = Shop::open();
    let (ebb, wish) = (shop.ebb(), shop.wishes());
    shop.agrees(MAJA, Purpose::SimilarPieces);
    let own = "Dear Maja, I thought of you. {{7*7}}\n\nJules";
    let preview = shop.preview(ebb, Some(own)).unwrap();
    assert_eq!((preview.words.as_str(), preview.below.contains("/unsubscribe/")), (own, true));
    assert!(shop.preview(ebb, Some("Dear {{name}}")).unwrap_err().contains("name"));
    shop.offers(ebb, wish, Some(own)).unwrap();
    let letter = decoded(&shop.days(1)[0]);
    assert!(letter.text.starts_with(own) && letter.text.contains("No more of these mails: https://"), "{}", letter.text);
}

#[test]
fn p24_a_strangers_name_leads_nowhere() {
    let shop = Shop::open();
    let ebb = shop.ebb();
    let id = shop.whose(MAJA);
    shop.tx.execute("UPDATE customer SET name = 'http://evil.test/win now' WHERE id = ?1", [id]).unwrap();
    let words = shop.preview(ebb, None).unwrap().words;
    assert!(words.starts_with("Hello,") && !words.contains("evil"), "{words}");
}

#[test]
fn a_piece_that_is_sold_or_a_wish_that_is_closed_is_offered_no_more() {
    let shop = Shop::open();
    let (ebb, wish) = (shop.ebb(), shop.wishes());
    shop.agrees(MAJA, Purpose::SimilarPieces);
    let planned = shop.offers(ebb, wish, None).unwrap();
    shop.tx.execute("UPDATE piece SET sold_at = 1", []).unwrap();
    assert_eq!((shop.days(2).len(), shop.offered(planned.id).because.as_str()), (0, "the piece is not for sale any more"));
    shop.tx.execute("UPDATE piece SET sold_at = NULL", []).unwrap();
    let planned = shop.offers(ebb, wish, None).unwrap();
    wish::close(&shop.tx, wish, wish::Closed::Agent, None, shop.later(1)).unwrap();
    assert_eq!((shop.days(2).len(), shop.offered(planned.id).because.as_str()), (0, "the wish is closed"));
}

#[test]
fn an_order_of_the_piece_fulfils_the_wish() {
    let shop = Shop::open();
    let (ebb, wish) = (shop.ebb(), shop.wishes());
    shop.agrees(MAJA, Purpose::SimilarPieces);
    let planned = shop.offers(ebb, wish, None).unwrap();
    assert_eq!(shop.days(1).len(), 1);
    let buys = |number: &str, sku: &str| {
        let line = order::Line { title: "A print".into(), sku: sku.into(), quantity: 1, ..order::Line::default() };
        let news = order::News { number: number.into(), address: Some(MAJA.into()), lines: vec![line], ..order::News::default() };
        let id = order::learn(&shop.tx, &news, order::Source::Api, shop.later(DAY)).unwrap();
        returns::orders_arrived(&shop.tx, &[id], shop.later(1)).unwrap();
        wish::find(&shop.tx, wish).unwrap().unwrap().closed.map(|(_, because)| because)
    };
    assert_eq!(buys("AT-1", "OTHER"), None);
    let sent = shop.offered(planned.id);
    assert!(sent.state == State::Sent && sent.bought_at.is_some(), "they bought again, only something else");
    assert_eq!(buys("AT-2", "ebb-1"), Some(wish::Closed::Bought));
}
