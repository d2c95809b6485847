//! Custom actions on the screen: defining them with all that can be mistyped, their secrets, their buttons, and the log.

use super::*;
use crate::action::answer::{Fate, Outcome};
use crate::action::call::{self, State as Stands};
use crate::action::{self, Kind, Secrets, Target};
use crate::desk::returns;
use crate::id::{CallId, ReturnId};

const PAGE: &str = "/settings/actions";
const SECRET: &str = "canary-of-an-action";
const MAIL: &[u8] = b"From: Mara Okafor <mara@example.test>\r\nTo: support@shop.test\r\nSubject: Refund\r\nMessage-ID: <m1@example.test>\r\n\
Date: Mon, 23 Nov 2026 09:31:00 +0000\r\n\r\nHello, I need a refund for the print. It came creased. I paid 68.00 EUR.\r\n";

fn refund() -> Vec<(&'static str, &'static str)> {
    vec![
        ("kind", "call"),
        ("name", "Issue the refund"),
        ("method", "POST"),
        ("url", "https://api.example.com/orders/{{order_number}}/refunds"),
        ("secret_name_1", "Authorization"),
        ("secret_value_1", "Bearer canary-of-an-action"),
        ("headers", "X-Shop: atelier"),
        ("body_kind", "json"),
        ("body", "{\"amount\": {{amount_minor}}}"),
        ("good_pointer", "/status"),
        ("good_value", "succeeded"),
        ("button", "1"),
        ("then", "as_decided"),
    ]
}

fn with(fields: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let mut all = refund();
    all.retain(|(name, _)| !fields.iter().any(|(other, _)| other == name));
    all.extend(fields);
    all
}

impl Shop {
    /// A return that an agent opened, in its conversation.
    async fn with_return(&self, owner: AgentId) -> (crate::id::ConversationId, ReturnId) {
        let mailbox = self.add_mailbox("support@shop.test");
        let there = self.bring(mailbox, MAIL).conversation.unwrap();
        let id = self.state.db.write(move |tx| returns::open_by_hand(tx, there, owner, world::now())).unwrap();
        (there, id)
    }

    /// The same, and it was agreed that the money goes back.
    async fn with_refund(&self, owner: AgentId) -> (crate::id::ConversationId, ReturnId) {
        let (there, id) = self.with_return(owner).await;
        let deciding = returns::Deciding { decision: crate::return_request::Decision::Refund, amount: None, comes_back: false };
        let by = self.read(|c| agent::find(c, owner)).unwrap();
        let decided: desk::Result<_> = self.state.db.write(move |tx| returns::decide(tx, id, deciding, &by, world::now()));
        decided.unwrap();
        (there, id)
    }

    /// What the courier would write down of the newest call.
    fn settles(&self, fate: Fate, words: &'static str) -> CallId {
        let outcome = Outcome { fate, words: words.into(), status: Some(200), answer: "{\"id\": \"<b>re_1\"}".into(), reference: "<b>re_1".into() };
        let done: desk::Result<CallId> = self.state.db.write(move |tx| {
            let (call, _) = call::claim(tx, "word", world::now() + 300_000)?.expect("a call waits");
            returns::called(tx, call.id, &outcome, None, world::now())?;
            Ok(call.id)
        });
        done.unwrap()
    }
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

#[tokio::test]
async fn a_button_calls_once_shows_what_came_of_it_and_what_did_not_work_is_settled() {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    let (there, id) = shop.with_refund(owner).await;
    let mut browser = shop.browser_of(owner);
    browser.submit("/settings/actions/new", PAGE, &refund()).await;
    let page = format!("/conversations/{there}");
    let press = [("action", "1"), ("seen", "0"), ("conversation", "1")];
    let card = browser.get(&page).await;
    assert!(card.body.contains("Issue the refund</button>"), "{}", card.body);
    for _ in 0..2 {
        let pressed = browser.submit(&page, &format!("/returns/{id}/calls"), &press).await;
        assert_eq!(pressed.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(shop.read(|c| call::of_return(c, id)).len(), 1);
    let waiting = browser.get(&page).await;
    assert!(waiting.body.contains("about to be called") && !waiting.body.contains("Issue the refund</button>"), "{}", waiting.body);
    let call = shop.settles(Fate::Refused, "The answer says “failed” at /status, which is not what a good answer says.");
    for path in [page.clone(), format!("/returns/{id}"), "/calls".into(), format!("/calls/{call}")] {
        let shown = browser.get(&path).await;
        assert!(shown.body.contains("did not work") && shown.body.contains("“failed” at /status"), "{path}: {}", shown.body);
        assert!(!shown.body.contains("<b>re_1"), "{path}");
        assert!(shown.body.contains("A custom action did not work for R-0001."), "{path} has no notice");
    }
    browser.submit(&page, &format!("/calls/{call}/again"), &[]).await;
    assert_eq!(shop.read(|c| call::find(c, call)).unwrap().state, Stands::Waiting);
    shop.settles(Fate::Uncertain, "No answer came in 30 s.");
    browser.submit(&page, &format!("/calls/{call}/settled"), &[("as", "done")]).await;
    let after = browser.get(&page).await;
    assert!(after.body.contains("marked as done") && !after.body.contains("A custom action did not work"), "{}", after.body);
    assert_eq!(shop.read(|c| call::find(c, call)).unwrap().state, Stands::Done);
}

#[tokio::test]
async fn what_is_not_for_the_decision_any_more_is_not_offered_again() {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    let (_, id) = shop.with_refund(owner).await;
    let mut browser = shop.browser_of(owner);
    browser.submit("/settings/actions/new", PAGE, &refund()).await;
    let page = format!("/returns/{id}");
    browser.submit(&page, &format!("/returns/{id}/calls"), &[("action", "1"), ("seen", "0")]).await;
    let call = shop.settles(Fate::Refused, "no");
    assert!(browser.get(&page).await.body.contains("Try again</button>"));
    let action = shop.read(action::all).remove(0);
    let definition = action::Definition { decisions: vec![crate::return_request::Decision::StoreCredit], ..action.definition };
    let new = action::New { kind: action.kind, name: action.name, definition, sealed: action.sealed };
    shop.write(move |tx| action::save(tx, Some(action.id), &new, owner, 1));
    for path in [page.clone(), format!("/calls/{call}")] {
        let shown = browser.get(&path).await;
        assert!(!shown.body.contains("Try again</button>") && shown.body.contains("Leave it</button>"), "{path}: {}", shown.body);
    }
    browser.submit(&page, &format!("/calls/{call}/again"), &[]).await;
    assert_eq!(shop.read(|c| call::find(c, call)).unwrap().state, Stands::Failed);
}

#[tokio::test]
async fn p55_calls_of_another_mailbox_do_not_exist() {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    let (_, id) = shop.with_refund(owner).await;
    let mut browser = shop.browser_of(owner);
    browser.submit("/settings/actions/new", PAGE, &refund()).await;
    browser.submit(&format!("/returns/{id}"), &format!("/returns/{id}/calls"), &[("action", "1"), ("seen", "0")]).await;
    let call = shop.settles(Fate::Refused, "seahorse");
    let other = shop.add_mailbox("other@shop.test");
    let yoko = shop.add_agent("yoko@shop.test", Role::Agent);
    shop.write(move |tx| agent::limit_to(tx, yoko, &[other]));
    let mut yoko = shop.browser_of(yoko);
    let token = yoko.token().await;
    assert_eq!(yoko.get(&format!("/calls/{call}")).await.status, StatusCode::NOT_FOUND);
    let log = yoko.get("/calls").await;
    assert!(!log.body.contains("seahorse") && !log.body.contains("R-0001"), "{}", log.body);
    for path in [format!("/returns/{id}/calls"), "/returns/99/calls".into(), format!("/calls/{call}/again"), format!("/calls/{call}/settled")] {
        let answer = yoko.post(&path, &[("csrf", &token), ("action", "1"), ("seen", "1")]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_later_decision_says_that_nothing_is_called_again_and_offers_to() {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    let (there, id) = shop.with_return(owner).await;
    let at_refund =
        action::Definition { url: "https://api.example.com/".into(), fired_by: Some(crate::return_request::State::ToRefund), ..action::Definition::default() };
    shop.write(move |tx| {
        action::save(tx, None, &action::New { kind: Kind::Call, name: "Issue the refund".into(), definition: at_refund, sealed: None }, owner, 1)
    });
    let decide = |at: i64| {
        shop.state.db.write(move |tx| {
            let by = crate::agent::find(tx, owner)?.unwrap();
            let amount = Some(crate::money::Amount::new(700, None));
            returns::decide(tx, id, returns::Deciding { decision: crate::return_request::Decision::Refund, amount, comes_back: false }, &by, world::now() + at)
        })
    };
    decide(0).unwrap();
    shop.settles(Fate::Done, "answered 200");
    let mut browser = shop.browser_of(owner);
    let page = format!("/conversations/{there}");
    const SAYS: &str = "is not called for it by itself";
    assert!(!browser.get(&page).await.body.contains(SAYS));
    browser.submit(&page, &format!("/returns/{id}/state"), &[("state", "received")]).await;
    decide(1_000).unwrap();
    let again = browser.get(&page).await.body;
    assert!(again.contains(SAYS) && again.contains("Issue the refund once more"), "{again}");
    browser.submit(&page, &format!("/returns/{id}/calls"), &[("action", "1"), ("seen", "1")]).await;
    assert_eq!(shop.read(|c| call::of_return(c, id)).len(), 2);
}
