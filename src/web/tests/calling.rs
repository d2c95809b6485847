//! Custom actions on the screen: their buttons, what came of each call, and the log.

use super::*;
use crate::action::answer::{Fate, Outcome};
use crate::action::call::{self, State as Stands};
use crate::action::{self, Kind};
use crate::desk::returns;
use crate::id::{CallId, ReturnId};

pub(super) const PAGE: &str = "/settings/actions";
const MAIL: &[u8] = b"From: Mara Okafor <mara@example.test>\r\nTo: support@shop.test\r\nSubject: Refund\r\nMessage-ID: <m1@example.test>\r\n\
Date: Mon, 23 Nov 2026 09:31:00 +0000\r\n\r\nHello, I need a refund for the print. It came creased. I paid 68.00 EUR.\r\n";

pub(super) fn refund() -> Vec<(&'static str, &'static str)> {
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
