//! An agent says of which kind an item is, where neither the shop's system nor its name tells; and what timelines call it all.

use super::returns::with_mail;
use super::*;
use crate::order;
use crate::return_policy::{ready, version};
use crate::return_request::fields::{Kind, OwnField};
use crate::return_request::{item, own_field, request};
use std::collections::BTreeMap;

#[tokio::test]
async fn the_kind_is_chosen_beside_the_piece_and_taken_back_in_the_timeline() {
    let (shop, there, jules) = with_mail();
    let mut browser = shop.browser_of(jules);
    let conversation = format!("/conversations/{there}");
    shop.write(|tx| {
        version::save(tx, &ready::prints_and_originals(), "2020-01-01".parse().unwrap(), "", None, 1)?;
        let line = order::Line { title: "“Low Tide”, 50×70".into(), quantity: 2, ..order::Line::default() };
        let news = order::News { number: "AT-1".into(), address: Some("mara@example.test".into()), lines: vec![line], ..order::News::default() };
        order::learn(tx, &news, order::Source::Api, 1)
    });
    browser.submit(&conversation, &format!("{conversation}/returns"), &[]).await;
    let of = || shop.read(|c| request::open_in(c, there)).unwrap();
    let (id, before) = (of().id, of().judgement.unwrap());
    let page = browser.get(&format!("/returns/{id}")).await;
    assert!(page.body.contains("as its name has it") && page.body.contains("<option>original</option>"), "{}", page.body);
    let path = format!("/returns/{id}/items");
    let odd = browser.submit(&format!("/returns/{id}"), &path, &[("line_1", "7"), ("kind_1", "original")]).await;
    assert!(odd.status == StatusCode::UNPROCESSABLE_ENTITY && odd.body.contains("<option selected>original</option>"), "{}", odd.body);
    let said = browser.submit(&format!("/returns/{id}"), &path, &[("line_1", "1"), ("kind_1", "original")]).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER);
    let now = of();
    assert!(now.judgement.as_ref().is_some_and(|judgement| *judgement != before && judgement.clause.starts_with("Original art")), "{:?}", now.judgement);
    assert_eq!(now.items_by, None, "who says the kind chooses no pieces");
    let timeline = browser.get(&conversation).await;
    assert!(timeline.body.contains("said that ““Low Tide”, 50×70” is of the kind “original”."), "{}", timeline.body);
    let event = timeline.body.split("/events/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    let undone = browser.submit(&conversation, &format!("/events/{event}/undo"), &[]).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER);
    assert_eq!(of().judgement, Some(before));
    let odd = browser.submit(&format!("/returns/{id}"), &path, &[("line_1", "1"), ("kind_1", "<b>")]).await;
    assert_eq!(odd.status, StatusCode::SEE_OTHER);
    let lines = shop.read(|c| item::of_order(c, of().order_id.unwrap()));
    assert_eq!(lines[0].kind, "", "the policy names no such kind");
}

#[tokio::test]
async fn without_an_order_the_kind_is_said_among_the_facts() {
    let (shop, there, jules) = with_mail();
    let mut browser = shop.browser_of(jules);
    shop.write(|tx| version::save(tx, &ready::prints_and_originals(), "2020-01-01".parse().unwrap(), "", None, 1));
    browser.submit(&format!("/conversations/{there}"), &format!("/conversations/{there}/returns"), &[]).await;
    let of = || shop.read(|c| request::open_in(c, there)).unwrap();
    let page = format!("/returns/{}", of().id);
    assert!(browser.get(&page).await.body.contains("Kind of item"));
    browser.submit(&page, &format!("{page}/facts"), &[("item", "Low Tide"), ("reason", "damaged"), ("item_kind", "commission")]).await;
    assert!(of().judgement.unwrap().clause.starts_with("Commissions"));
    let timeline = browser.get(&format!("/conversations/{there}")).await;
    assert!(timeline.body.contains("set kind of item to “commission”."), "{}", timeline.body);
    assert!(timeline.body.contains("<dt>Kind</dt>"), "{}", timeline.body);
}

#[tokio::test]
async fn timelines_show_the_words_of_an_owner_s_field_and_not_its_codes() {
    let (shop, there, jules) = with_mail();
    let mut browser = shop.browser_of(jules);
    let english = |word: &str| BTreeMap::from([("en".to_owned(), word.to_owned())]);
    let field = OwnField {
        key: "frame_colour".into(),
        kind: Kind::Choice,
        labels: english("Colour of the frame"),
        questions: BTreeMap::new(),
        choices: vec![("black_ash".into(), english("Black ash")), ("oak".into(), english("Oak"))],
        required: true,
        on_board: false,
    };
    shop.write(move |tx| own_field::save(tx, &field, jules, 1));
    browser.submit(&format!("/conversations/{there}"), &format!("/conversations/{there}/returns"), &[]).await;
    let id = shop.read(|c| request::open_in(c, there)).unwrap().id;
    browser.submit(&format!("/returns/{id}"), &format!("/returns/{id}/facts"), &[("frame_colour", "black_ash")]).await;
    let timeline = browser.get(&format!("/conversations/{there}")).await;
    assert!(timeline.body.contains("set Colour of the frame to “Black ash”."), "{}", timeline.body);
    assert!(!timeline.body.contains("black_ash"), "{}", timeline.body);
}
