//! The owner rewords the letters that Restante writes.

use super::*;
use crate::reply_template::{self, Purpose};

const HERE: &str = "/settings/letters";

fn opened() -> (Shop, AgentId) {
    let shop = Shop::new();
    let jules = shop.add_agent("jules@shop.test", Role::Owner);
    shop.add_mailbox("support@shop.test");
    (shop, jules)
}

#[tokio::test]
async fn an_owner_rewords_a_letter_in_one_language_and_goes_back_to_ours() {
    let (shop, jules) = opened();
    let mut browser = shop.browser_of(jules);
    let page = format!("{HERE}/ask_details");
    let ours = browser.get(&format!("{page}?language=de")).await;
    assert!(ours.body.contains("{{details}}") && ours.body.contains("ours, until you change them") && !ours.body.contains("{{agent}}"), "{}", ours.body);
    let text = "Moin {{name}},\n\nwas fehlt noch:\n\n{{details}}\n\n{{shop}}";
    let preview = browser.submit(&page, &page, &[("language", "de"), ("text", text), ("do", "preview")]).await;
    assert!(preview.status == StatusCode::OK && preview.body.contains("Moin Mara,") && preview.body.contains("Bestellnummer: "), "{}", preview.body);
    let of = |language: &'static str| shop.read(move |c| reply_template::for_purpose(c, Purpose::AskDetails, language));
    assert_eq!(of("de"), reply_template::ready(Purpose::AskDetails, "de"), "a preview saves nothing");
    let saved = browser.submit(&page, &page, &[("language", "de"), ("text", text), ("do", "save")]).await;
    assert_eq!((saved.status, saved.header("location")), (StatusCode::SEE_OTHER, "/settings/letters?language=de"));
    assert_eq!((of("de").as_str(), of("en").as_str()), (text, reply_template::ready(Purpose::AskDetails, "en")));
    let list = browser.get(&format!("{HERE}?language=de")).await;
    assert_eq!(list.body.matches("yours</span>").count(), 1, "{}", list.body);
    assert!(browser.get(&format!("{page}?language=de")).await.body.contains("Our words"));
    browser.submit(&page, &page, &[("language", "de"), ("text", "  "), ("do", "save")]).await;
    assert_eq!(of("de"), reply_template::ready(Purpose::AskDetails, "de"));
    // Our own words, saved as they stand, go on with ours when those get better.
    browser.submit(&page, &page, &[("language", "sv"), ("text", reply_template::ready(Purpose::AskDetails, "sv"))]).await;
    assert!(shop.read(reply_template::reworded).is_empty());
}

#[tokio::test]
async fn p67_placeholders_that_nobody_fills_are_complained_about_and_nothing_typed_is_lost() {
    let (shop, jules) = opened();
    let mut browser = shop.browser_of(jules);
    let page = format!("{HERE}/declined");
    let text = "No, {{nmae}}. <b>{{link}}</b> {{";
    let wrong = browser.submit(&page, &page, &[("language", "en"), ("text", text)]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in ["Did you mean {{name}}?", "Nothing is known for {{link}}", "never closed", "No, {{nmae}}. &#60;b&#62;{{link}}&#60;/b&#62; {{</textarea>"] {
        assert!(wrong.body.contains(words), "{words}: {}", wrong.body);
    }
    assert!(shop.read(reply_template::reworded).is_empty());
    assert_eq!(browser.get(&format!("{HERE}/nonsense")).await.status, StatusCode::NOT_FOUND);
    assert!(browser.get(&format!("{page}?language=xx")).await.body.contains("Hello {{name}}"));
}

#[tokio::test]
async fn p55_agents_do_not_reword_letters_by_another_door() {
    let (shop, jules) = opened();
    let agent = shop.add_agent("a@shop.test", Role::Agent);
    shop.write(move |tx| reply_template::save_for_purpose(tx, Purpose::Declined, "en", "No.", jules, world::now()));
    let id: i64 = shop.read(|c| c.one("SELECT id FROM reply_template", [], |r| r.get(0)));
    let mut browser = shop.browser_of(agent);
    assert_eq!(browser.get(HERE).await.status, StatusCode::FORBIDDEN);
    let token = browser.token().await;
    for path in [format!("/settings/templates/{id}"), format!("/settings/templates/{id}/deletion")] {
        assert_eq!(browser.post(&path, &[("csrf", &token), ("name", "x"), ("text", "Yes.")]).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}
