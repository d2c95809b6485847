//! Forms that come back, and what they say.

use super::*;

#[tokio::test]
async fn what_was_typed_is_offered_back_when_the_session_has_ended() {
    let shop = Shop::new();
    let agent = shop.add_agent("jules@shop.test", Role::Agent);
    let mut browser = shop.browser_of(agent);
    let text = "Dear Mara, <b>your</b> print left today.";
    let stale = browser.post("/settings/templates", &[("name", "x"), ("text", text), ("password", "with a blank")]).await;
    assert_eq!(stale.status, StatusCode::FORBIDDEN);
    assert!(stale.body.contains("Dear Mara, &#60;b&#62;your&#60;/b&#62; print") && !stale.body.contains("with a blank"), "{}", stale.body);
    browser.cookies.clear();
    let ended = browser.post("/settings/templates", &[("name", "x"), ("text", text)]).await;
    assert_eq!(ended.status, StatusCode::UNAUTHORIZED);
    assert!(ended.body.contains("Dear Mara,") && ended.body.contains("<h1>Sign in</h1>"), "{}", ended.body);
    let foreign = browser
        .ask(Method::POST, "/login", &[("origin", "https://evil.test"), ("content-type", "application/x-www-form-urlencoded")], encoded(&[("text", text)]))
        .await;
    assert!(!foreign.body.contains("Dear Mara"), "another site's words are not repeated");
}

#[tokio::test]
async fn a_template_is_written_previewed_and_deleted() {
    let shop = Shop::new();
    let agent = shop.add_agent("jules@shop.test", Role::Agent);
    let mut browser = shop.browser_of(agent);
    let (page, text) = ("/settings/templates/new", "Hello {{name}}, about {{orderr}}");
    let preview = browser.submit(page, "/settings/templates", &[("do", "preview"), ("name", "Hello"), ("text", text)]).await;
    assert!(preview.body.contains("Hello Mara, about {{orderr}}") && preview.body.contains("is not a placeholder"), "{}", preview.body);
    assert!(shop.read(crate::reply_template::all).is_empty());
    let saved = browser.submit(page, "/settings/templates", &[("do", "save"), ("name", "Hello"), ("text", text)]).await;
    assert_eq!(saved.header("location"), "/settings/templates");
    let list = browser.get("/settings/templates").await;
    assert!(list.body.contains("“Hello” is saved.") && list.body.contains("/settings/templates/1"), "{}", list.body);
    assert!(!browser.get("/settings/templates").await.body.contains("is saved."), "said once");
    let twin = browser.submit(page, "/settings/templates", &[("name", "hello"), ("text", "x")]).await;
    assert!(twin.status == StatusCode::UNPROCESSABLE_ENTITY && twin.body.contains("name already"), "{}", twin.body);
    browser.submit("/settings/templates/1", "/settings/templates/1/deletion", &[]).await;
    assert_eq!(browser.get("/settings/templates/1").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_theme_is_rendered_by_the_server() {
    let shop = Shop::new();
    let agent = shop.add_agent("jules@shop.test", Role::Agent);
    let mut browser = shop.browser_of(agent);
    browser.submit("/settings/profile", "/settings/profile/theme", &[("theme", "dark")]).await;
    assert!(browser.get("/settings/profile").await.body.contains("data-theme=\"dark\""));
    assert!(browser.get("/no/such/page").await.body.contains("data-theme=\"dark\""));
}

#[tokio::test]
async fn sending_starts_again_when_an_owner_says_so() {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    shop.write(|tx| crate::setting::set(tx, crate::setting::OUTBOX_PAUSED, &"this is a restored backup", None, 1));
    let mut browser = shop.browser_of(owner);
    let page = browser.get("/settings/profile").await;
    assert!(page.body.contains("Nothing is being sent: this is a restored backup"), "{}", page.body);
    browser.submit("/settings/mailboxes", "/settings/outbox", &[]).await;
    assert!(!browser.get("/settings/profile").await.body.contains("Nothing is being sent"));
}
