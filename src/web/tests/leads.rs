//! The list of leads, a lead's page and its card beside the conversation, as agents use them.

use super::desk_screens::{JULES, mail};
use super::*;
use crate::consent;
use crate::customer;
use crate::id::CustomerId;
use crate::lead::interest::{self, Feature, Kind, Learned, Source};
use crate::lead::{self, wish};

fn whose(shop: &Shop, address: &str) -> CustomerId {
    let address = EmailAddress::parse(address).unwrap();
    shop.read(|c| customer::find_by_address(c, &address)).unwrap()
}

/// Mara, who likes blue and said so, and Oskar.
fn with_two() -> (Shop, MailboxId, CustomerId, CustomerId) {
    let (shop, mailbox) = Shop::with_mailbox();
    let (_, said) = shop.mail(mailbox, "one", "A print", "I love everything blue.");
    shop.receive(mailbox, &mail("Oskar Brandt <oskar@example.test>", "two", "Winter", "", "Hello"));
    let (mara, oskar) = (whose(&shop, "mara@example.test"), whose(&shop, "oskar@example.test"));
    shop.write(move |tx| {
        let learned = Learned { sentence: "I love everything blue.", source: Source::Mail, message_id: Some(said), by: None };
        interest::add(tx, mara, &Feature { kind: Kind::Colour, value: "blue".into() }, &learned, world::now())
    });
    (shop, mailbox, mara, oskar)
}

#[tokio::test]
async fn the_list_is_newest_contact_first_and_found_by_name_address_and_interest() {
    let (shop, _, mara, oskar) = with_two();
    let mut jules = shop.signed_in(JULES).await;
    let all = jules.get("/leads").await.body;
    assert!(all.find(&format!("lead-{oskar}")) < all.find(&format!("lead-{mara}")), "{all}");
    assert!(all.contains("<bdi>blue</bdi>"));
    for (asked, who, not) in [("okafor", mara, oskar), ("OSKAR%40example", oskar, mara), ("blue", mara, oskar)] {
        let found = jules.get(&format!("/leads?q={asked}")).await.body;
        assert!(found.contains(&format!("lead-{who}")) && !found.contains(&format!("lead-{not}")), "{asked}: {found}");
    }
    assert!(jules.get("/leads?q=nobody%22%3E%3Cb%3E").await.body.contains("Nobody is like that."));
    assert!(jules.get("/leads?show=aside").await.body.contains("Nobody is set aside."));
    assert_eq!(jules.get("/leads?show=others&after=x&q=%25").await.status, StatusCode::OK);
}

#[tokio::test]
async fn there_is_one_page_of_a_person_and_the_old_address_leads_there() {
    let (shop, _, mara, _) = with_two();
    let mut jules = shop.signed_in(JULES).await;
    assert_eq!(jules.get(&format!("/customers/{mara}")).await.header("location"), format!("/leads/{mara}"));
    assert_eq!(jules.get("/customers?q=okafor").await.header("location"), "/leads?q=okafor");
    let page = jules.get(&format!("/leads/{mara}")).await.body;
    for words in ["Mara Okafor", "mara@example.test", "“<bdi>I love everything blue.</bdi>”", "#message-", "First contact", "agreed to nothing yet", "A print"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(jules.get("/leads/999").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_card_beside_the_conversation_says_what_they_like_and_agreed_to() {
    let (shop, ..) = with_two();
    let mut jules = shop.signed_in(JULES).await;
    let conversation = jules.get("/conversations/1").await.body;
    for words in ["<span class=\"chip is-act\">Lead</span>", "title=\"I love everything blue.\"", "agreed to nothing yet", "/leads/1"] {
        assert!(conversation.contains(words), "{words}: {conversation}");
    }
}

#[tokio::test]
async fn interests_are_chosen_from_what_there_is_and_undo_takes_them_back() {
    let (shop, _, mara, _) = with_two();
    let mut jules = shop.signed_in(JULES).await;
    let (page, add) = (format!("/leads/{mara}"), format!("/leads/{mara}/interests"));
    let wrong = jules.submit(&page, &add, &[("feature", "artist:"), ("words", " ")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("also needs its words") && wrong.body.contains("value=\"artist:\" selected"), "{}", wrong.body);
    assert_eq!(jules.submit(&page, &add, &[("feature", "colour:ultraviolet")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(jules.submit(&page, &add, &[("feature", "colour:blue")]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "known already");
    assert_eq!(jules.submit(&page, &add, &[("feature", "artist:"), ("words", "Ida  Holm")]).await.status, StatusCode::SEE_OTHER);
    let shown = jules.get(&page).await.body;
    assert!(shown.contains("Added “Ida Holm”.") && shown.contains("Artist: <bdi>Ida Holm</bdi>") && shown.contains("/leads/events/1/undo"), "{shown}");
    let blue = shop.read(|c| interest::of_customer(c, mara)).into_iter().find(|i| i.feature.value == "blue").unwrap().id.to_string();
    jules.submit(&page, &format!("{add}/remove"), &[("interest", &blue)]).await;
    jules.submit(&page, "/leads/events/1/undo", &[]).await;
    assert_eq!(shop.read(|c| interest::of_customer(c, mara)).len(), 0);
    let again = jules.submit(&page, "/leads/events/1/undo", &[]).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    assert!(jules.get(&page).await.body.contains("cannot be undone any more"));
}

#[tokio::test]
async fn wishes_and_facts_are_written_by_hand_and_nothing_typed_is_lost() {
    let (shop, _, mara, _) = with_two();
    let mut jules = shop.signed_in(JULES).await;
    let page = format!("/leads/{mara}");
    let lost =
        jules.submit(&page, &format!("{page}/wishes"), &[("words", "a blue linocut"), ("address", "else@example.test"), ("wish_budget", "200 EUR")]).await;
    assert_eq!(lost.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(lost.body.contains("a blue linocut</textarea>") && lost.body.contains("value=\"200 EUR\""), "{}", lost.body);
    let fields =
        [("words", "a blue linocut"), ("address", "mara@example.test"), ("wish_colour", "blue"), ("wish_medium", "linocut"), ("wish_budget", "200 EUR")];
    assert_eq!(jules.submit(&page, &format!("{page}/wishes"), &fields).await.status, StatusCode::SEE_OTHER);
    let wish = shop.read(|c| wish::of_customer(c, mara)).remove(0);
    assert_eq!(wish.features.iter().map(Feature::words).collect::<Vec<_>>(), ["linocut", "blue", "up to 200 EUR"]);
    jules.submit(&page, &format!("{page}/wishes/close"), &[("wish", &wish.id.to_string()), ("because", "bought")]).await;
    assert!(jules.get(&page).await.body.contains("bought ·"));
    jules.submit(&page, &format!("{page}/facts"), &[("name", "Mara O."), ("language", "sv"), ("country", "SE")]).await;
    let shown = jules.get(&page).await.body;
    for words in ["Mara O.", "Swedish", "Sweden", "country: Sweden, was unknown"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let odd = jules.submit(&page, &format!("{page}/facts"), &[("name", "Mara P."), ("country", "Sverige")]).await;
    assert!(odd.status == StatusCode::UNPROCESSABLE_ENTITY && odd.body.contains("value=\"Mara P.\""), "{}", odd.body);
}

#[tokio::test]
async fn a_consent_that_was_told_is_noted_with_its_words_and_ended_for_good() {
    let (shop, _, mara, _) = with_two();
    let mut jules = shop.signed_in(JULES).await;
    let (page, note) = (format!("/leads/{mara}"), format!("/leads/{mara}/consents"));
    let fields = [("address", "mara@example.test"), ("purpose", "offers"), ("words", "Yes, send me offers."), ("reason", "on the telephone")];
    let empty = jules.submit(&page, &note, &[&fields[..3], &[("reason", "")]].concat()).await;
    assert!(empty.status == StatusCode::UNPROCESSABLE_ENTITY && empty.body.contains("Yes, send me offers.</textarea>"), "{}", empty.body);
    assert_eq!(jules.submit(&page, &note, &fields).await.status, StatusCode::SEE_OTHER);
    let shown = jules.get(&page).await.body;
    assert!(shown.contains("Mail about offers") && shown.contains("noted by Jules Laurent") && shown.contains("on the telephone"), "{shown}");
    let id = shop.read(|c| consent::of_customer(c, mara))[0].id.to_string();
    jules.submit(&page, &format!("{note}/end"), &[("consent", &id), ("words", "no more")]).await;
    let shown = jules.get(&page).await.body;
    assert!(shown.contains("Ended told to an agent") && shown.contains("said stop"), "{shown}");
    let refused = jules.submit(&page, &note, &fields).await;
    assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.body.contains("Only they can take that back"), "{}", refused.body);
}

#[tokio::test]
async fn two_records_are_joined_by_address_and_links_to_the_old_number_lead_on() {
    let (shop, mailbox, mara, oskar) = with_two();
    shop.receive(mailbox, &mail("Mara Okafor <mara@work.test>", "three", "Again", "", "From my desk."));
    let work = whose(&shop, "mara@work.test");
    let mut jules = shop.signed_in(JULES).await;
    let page = format!("/leads/{mara}");
    assert!(jules.get(&page).await.body.contains("Perhaps the same person"), "the same name and local part");
    let unknown = jules.submit(&page, &format!("{page}/join"), &[("other", "nobody@example.test")]).await;
    assert!(unknown.status == StatusCode::UNPROCESSABLE_ENTITY && unknown.body.contains("value=\"nobody@example.test\""), "{}", unknown.body);
    jules.submit(&page, &format!("{page}/join"), &[("other", "MARA@work.test")]).await;
    assert_eq!(jules.get(&format!("/leads/{work}")).await.header("location"), page);
    let shown = jules.get(&page).await.body;
    assert!(shown.contains("mara@work.test") && shown.contains("Again") && !shown.contains("Perhaps the same person"), "{shown}");
    let event = shown.split("action=\"/leads/events/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    jules.submit(&page, &format!("/leads/events/{event}/undo"), &[]).await;
    assert!(!jules.get(&page).await.body.contains("<bdi>mara@work.test</bdi></dd>"));
    assert_eq!(jules.get(&format!("/leads/{work}")).await.status, StatusCode::OK);
    jules.submit(&page, &format!("{page}/join"), &[("other", &oskar.to_string())]).await;
    assert_eq!(shop.read(|c| customer::find(c, mara)).unwrap().addresses.len(), 2, "whoever an agent chooses");
}

#[tokio::test]
async fn suppliers_are_marked_on_the_page_and_in_the_settings_by_owners() {
    let (shop, _, mara, oskar) = with_two();
    let mut jules = shop.signed_in(JULES).await;
    let page = format!("/leads/{oskar}");
    jules.submit(&page, &format!("{page}/supplier"), &[("pattern", "@example.test"), ("do", "mark")]).await;
    assert!(jules.get(&page).await.body.contains("@example.test is a supplier: 2 leads set aside."));
    assert!(jules.get("/leads").await.body.contains("Nobody has written yet."));
    let settings = jules.get("/settings/leads").await.body;
    assert!(settings.contains("<bdi>@example.test</bdi>"));
    let odd = jules.submit("/settings/leads", "/settings/leads/suppliers", &[("pattern", "paper")]).await;
    assert!(odd.status == StatusCode::UNPROCESSABLE_ENTITY && odd.body.contains("value=\"paper\""), "{}", odd.body);
    jules.submit("/settings/leads", "/settings/leads/suppliers", &[("pattern", "@example.test"), ("do", "unmark")]).await;
    assert!(shop.read(|c| lead::find(c, mara)).unwrap().set_aside.is_none());
    let ana = shop.add_agent("ana@shop.test", Role::Agent);
    assert!(!shop.browser_of(ana).get(&page).await.body.contains("Mark as a supplier"));
}

#[tokio::test]
async fn p55_what_was_said_in_another_mailbox_does_not_exist_on_the_page() {
    let (shop, _, mara, oskar) = with_two();
    let other = shop.add_mailbox("other@shop.test");
    shop.receive(other, &mail("Mara Okafor <mara@example.test>", "four", "Elsewhere", "", "Hello"));
    let ana = shop.add_agent("ana@shop.test", Role::Agent);
    shop.write(move |tx| agent::limit_to(tx, ana, &[other]));
    let mut ana = shop.browser_of(ana);
    let list = ana.get("/leads").await.body;
    assert!(list.contains(&format!("lead-{mara}")) && !list.contains(&format!("lead-{oskar}")), "{list}");
    let page = ana.get(&format!("/leads/{mara}")).await.body;
    assert!(page.contains("said in another mailbox") && !page.contains("I love everything") && !page.contains("A print"), "{page}");
    for path in ["", "/interests", "/join", "/status", "/wishes", "/consents", "/facts"] {
        let path = format!("/leads/{oskar}{path}");
        let answer = if path.ends_with(&oskar.to_string()) { ana.get(&path).await } else { ana.submit("/leads", &path, &[("status", "aside")]).await };
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}
