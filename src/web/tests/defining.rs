//! Custom actions on the screen: defining them with all that can be mistyped, and their secrets.

use super::calling::{PAGE, refund};
use super::*;
use crate::action::{self, Kind, Secrets, Target};

const SECRET: &str = "canary-of-an-action";

fn with(fields: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let mut all = refund();
    all.retain(|(name, _)| !fields.iter().any(|(other, _)| other == name));
    all.extend(fields);
    all
}

#[tokio::test]
async fn an_action_is_defined_with_every_mistake_said_and_nothing_typed_lost() {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    let mut browser = shop.browser_of(owner);
    for (fields, words) in [
        (with(&[("url", "http://api.example.com/")]), "Without encryption"),
        (with(&[("url", "https://127.1/")]), "network of its own"),
        (with(&[("url", "https://api.example.com/{{oder}}")]), "which is no placeholder"),
        (with(&[("body", "{\"amount\": {{amount_minor}}")]), "no JSON once it is filled in"),
        (with(&[("headers", "no colon here")]), "no header name"),
        (with(&[("good_from", "abc")]), "status from 100 to 599"),
        (with(&[("name", "")]), "The name is a few words"),
        (with(&[("secret_value_1", "")]), "Enter the secret of the header Authorization"),
    ] {
        let wrong = browser.submit("/settings/actions/new", PAGE, &fields).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        assert!(wrong.body.contains(words), "{words}: {}", wrong.body);
        assert!(!wrong.body.contains(SECRET), "a secret came back");
        for (name, value) in fields.iter().filter(|(name, value)| !name.starts_with("secret_value") && *name != "kind" && value.len() > 3) {
            let shown = value.replace('"', "&#34;");
            assert!(wrong.body.contains(&shown), "{name} was lost: {}", wrong.body);
        }
    }
    assert!(shop.read(action::all).is_empty());
    // Each complaint stands at its field, and the first one is where its writer goes on.
    let wrong = browser.submit("/settings/actions/new", PAGE, &with(&[("url", "http://api.example.com/"), ("body", "{"), ("secret_value_1", "")])).await;
    for field in ["url", "body", "secret_1"] {
        let marked = format!("aria-invalid=\"true\" aria-describedby=\"{field}-wrong\"");
        assert!(wrong.body.contains(&marked) && wrong.body.contains(&format!("id=\"{field}-wrong\">")), "{field}: {}", wrong.body);
    }
    assert!(wrong.body.contains("aria-describedby=\"url-wrong\" autofocus") && wrong.body.matches(" autofocus").count() == 1, "{}", wrong.body);
    let example = browser.get("/settings/actions/new?kind=call&example=stripe").await;
    assert!(example.body.contains("https://api.stripe.com/v1/refunds") && example.body.contains("value=\"Authorization\""), "{}", example.body);
    // The secret that was typed with a mistake elsewhere waits sealed in the page, and need not be typed again.
    let wrong = browser.submit("/settings/actions/new", PAGE, &with(&[("body", "{")])).await;
    let kept = wrong.body.split("name=\"kept\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let mut again = with(&[("secret_value_1", "")]);
    again.push(("kept", Box::leak(kept.into_boxed_str())));
    let saved = browser.submit("/settings/actions/new", PAGE, &again).await;
    assert_eq!((saved.status, saved.header("location")), (StatusCode::SEE_OTHER, "/settings/actions/1"), "{}", saved.body);
    let action = shop.read(action::all).remove(0);
    let here = Target::parse("https://api.example.com/").unwrap();
    assert_eq!(Secrets::open(&shop.state.key, &here, action.sealed.as_deref()).unwrap().get("authorization"), Some("Bearer canary-of-an-action"));
    let twice = browser.submit("/settings/actions/new", PAGE, &with(&[("name", "issue the REFUND")])).await;
    assert!(twice.body.contains("with this name already"), "{}", twice.body);
}

#[tokio::test]
async fn p62_a_secret_is_never_shown_again_and_does_not_go_along_to_another_host() {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    let mut browser = shop.browser_of(owner);
    browser.submit("/settings/actions/new", PAGE, &refund()).await;
    let page = "/settings/actions/1";
    for path in [PAGE, page, "/calls", "/settings/actions/new?kind=webhook", "/settings/actions/new?kind=look_up"] {
        let shown = browser.get(path).await;
        assert!(shown.status == StatusCode::OK && !shown.body.contains(SECRET), "{path}");
    }
    assert!(!shop.dump().join("\n").contains(SECRET));
    let changed = browser.submit(page, page, &with(&[("secret_value_1", ""), ("body", "{\"sum\": {{amount_minor}}}")])).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER, "the same host keeps its secret: {}", changed.body);
    for elsewhere in ["https://evil.example/refunds", "https://api.example.com:8443/refunds"] {
        let moved = browser.submit(page, page, &with(&[("secret_value_1", ""), ("url", elsewhere)])).await;
        assert!(moved.status == StatusCode::UNPROCESSABLE_ENTITY && moved.body.contains("not taken along to another host"), "{}", moved.body);
    }
    let action = shop.read(action::all).remove(0);
    assert!(action.definition.body.contains("sum") && action.definition.url.starts_with("https://api.example.com/orders/"));
    browser.submit(page, "/settings/actions/1/deletion", &[]).await;
    assert!(shop.read(action::all).is_empty());
    let secrets: i64 = shop.read(|c| c.one("SELECT count(*) FROM custom_action WHERE secrets IS NOT NULL", [], |r| r.get(0)));
    assert_eq!(secrets, 0);
}

#[tokio::test]
async fn p62_a_form_that_comes_too_late_gives_back_what_was_typed_but_no_secret() {
    let shop = Shop::new();
    shop.add_agent("owner@shop.test", Role::Owner);
    let mut stranger = shop.browser();
    let late = stranger.post(PAGE, &with(&[("signing_secret", "canary-of-an-action with blanks")])).await;
    assert_eq!(late.status, StatusCode::UNAUTHORIZED);
    assert!(late.body.contains("Issue the refund") && !late.body.contains(SECRET), "{}", late.body);
}

#[tokio::test]
async fn a_webhook_a_look_up_and_a_host_inside_are_set_up_by_forms() {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    let mut browser = shop.browser_of(owner);
    let odd = browser.submit(PAGE, "/settings/actions/inside-hosts", &[("hosts", "http://erp.lan")]).await;
    assert!(
        odd.status == StatusCode::UNPROCESSABLE_ENTITY && odd.body.contains("erp.lan:8069") && odd.body.contains("http://erp.lan</textarea>"),
        "{}",
        odd.body
    );
    let odd = browser.submit(PAGE, "/settings/actions/inside-hosts", &[("hosts", "erp.lan"), ("ca_pem", "my authority")]).await;
    assert!(odd.body.contains("a certificate in PEM") && odd.body.contains("my authority</textarea>"), "{}", odd.body);
    browser.submit(PAGE, "/settings/actions/inside-hosts", &[("hosts", "erp.lan:8069")]).await;
    assert!(browser.get(PAGE).await.body.contains("erp.lan:8069</textarea>"));
    let hook = |signing: &'static str| {
        vec![
            ("kind", "webhook"),
            ("name", "Warehouse"),
            ("url", "http://erp.lan:8069/hook"),
            ("event", "approved"),
            ("event", "closed"),
            ("signing_secret", signing),
        ]
    };
    let short = browser.submit("/settings/actions/new?kind=webhook", PAGE, &hook("short")).await;
    assert!(short.body.contains("at least 16 characters"), "{}", short.body);
    let saved = browser.submit("/settings/actions/new?kind=webhook", PAGE, &hook("a long enough shared secret")).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let shown = browser.get("/settings/actions/1").await;
    assert!(shown.body.contains("leave it empty to keep") && !shown.body.contains("a long enough"), "{}", shown.body);
    assert_eq!(browser.submit("/settings/actions/1", "/settings/actions/1", &hook("")).await.status, StatusCode::SEE_OTHER);
    let look_up = [
        ("kind", "look_up"),
        ("name", "Orders"),
        ("method", "GET"),
        ("url", "https://shop.example/orders?search={{order_number}}"),
        ("order_total", "/0/total"),
    ];
    let saved = browser.submit("/settings/actions/new?kind=look_up", PAGE, &look_up).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let kinds: Vec<Kind> = shop.read(action::all).into_iter().map(|action| action.kind).collect();
    assert_eq!(kinds, [Kind::LookUp, Kind::Webhook]);
    let tried = browser.submit("/settings/actions/2", "/settings/actions/2/try", &[]).await;
    assert!(tried.body.contains("A good answer") && tried.body.contains("POST https://shop.example/orders"), "{}", tried.body);
}
