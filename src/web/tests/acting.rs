//! One click each, and the way back; and that looking changes nothing.

use super::desk_screens::{JULES, mail};
use super::*;
use crate::conversation::{self, Status};
use crate::id::{AgentId, ConversationId};

fn find(shop: &Shop, id: ConversationId) -> conversation::Conversation {
    shop.state.db.read(|c| conversation::find(c, id)).unwrap().unwrap()
}

#[tokio::test]
async fn resolving_goes_on_to_the_next_and_undo_comes_back() {
    let (shop, mailbox) = Shop::with_mailbox();
    let (below, _) = shop.mail(mailbox, "one", "First", "One");
    let (id, _) = shop.mail(mailbox, "two", "Second", "Two");
    let mut jules = shop.signed_in(JULES).await;
    let answer = jules.submit(&format!("/conversations/{id}"), &format!("/conversations/{id}/status"), &[("status", "resolved"), ("view", "inbox")]).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, format!("/conversations/{below}?view=inbox").as_str()));
    assert_eq!(find(&shop, id).status, Status::Resolved);
    let next = jules.get(answer.header("location")).await.body;
    assert!(next.contains("Resolved.") && next.contains("<button class=\"undo\">Undo</button>"));
    let undo = next.split("action=\"/events/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let answer = jules.submit("/inbox", &format!("/events/{undo}"), &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(find(&shop, id).status, Status::Open);
    let answer = jules.submit("/inbox", &format!("/events/{undo}"), &[]).await;
    assert!(jules.get(answer.header("location")).await.body.contains("cannot be undone any more"));
}

#[tokio::test]
async fn assigning_tagging_and_snoozing_are_said_in_the_timeline() {
    let (shop, mailbox) = Shop::with_mailbox();
    let (id, _) = shop.mail(mailbox, "one", "First", "One");
    let mut jules = shop.signed_in(JULES).await;
    let page = format!("/conversations/{id}");
    jules.submit(&page, &format!("{page}/assignee"), &[("agent", "1")]).await;
    jules.submit(&page, &format!("{page}/tags"), &[("tag", "damaged <b>")]).await;
    jules.submit(&page, &format!("{page}/snooze"), &[("until", "tomorrow")]).await;
    let found = find(&shop, id);
    assert_eq!((found.assignee_id, found.status), (Some(AgentId(1)), Status::Snoozed));
    let shown = jules.get(&page).await.body;
    for words in ["Jules Laurent took it", "tagged it “damaged &#60;b&#62;”", "snoozed it until tomorrow 09:00"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let answer = jules.submit(&page, &format!("{page}/snooze"), &[("until", "own"), ("own", "yesterday")]).await;
    assert!(jules.get(answer.header("location")).await.body.contains("Choose a day and a time"));
    jules.submit(&page, &format!("{page}/tags/remove"), &[("tag", "damaged <b>")]).await;
    assert!(shop.state.db.read(|c| conversation::tag::of_conversation(c, id)).unwrap().is_empty());
}

#[tokio::test]
async fn merging_and_splitting_can_be_taken_back() {
    let (shop, mailbox) = Shop::with_mailbox();
    let (into, _) = shop.mail(mailbox, "one", "First", "One");
    let (from, moved) = shop.receive(mailbox, &mail("Ana <ana@example.test>", "two", "Second", "", "Two"));
    let mut jules = shop.signed_in(JULES).await;
    let answer = jules.submit(&format!("/conversations/{from}"), &format!("/conversations/{from}/merge"), &[("into", &format!("#{into}"))]).await;
    assert_eq!(answer.header("location"), format!("/conversations/{into}?view=inbox"));
    assert_eq!(find(&shop, from).merged_into, Some(into));
    assert_eq!(jules.get(&format!("/conversations/{from}")).await.header("location"), format!("/conversations/{into}"));
    let shown = jules.get(&format!("/conversations/{into}?split=1")).await.body;
    assert!(shown.contains(&format!("name=\"message\" value=\"{moved}\"")));
    let answer = jules.submit(&format!("/conversations/{into}"), &format!("/conversations/{into}/split"), &[("message", &moved.to_string())]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(find(&shop, into).message_count, 1);
    let said = jules.get(&format!("/conversations/{into}")).await.body;
    let undo = said.split("action=\"/events/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    jules.submit("/inbox", &format!("/events/{undo}"), &[]).await;
    assert_eq!(find(&shop, into).message_count, 2);
    for nonsense in ["", "x", "9999999", &into.to_string()] {
        assert_eq!(
            jules.submit(&format!("/conversations/{into}"), &format!("/conversations/{into}/merge"), &[("into", nonsense)]).await.status,
            StatusCode::SEE_OTHER
        );
    }
    assert_eq!(find(&shop, into).merged_into, None);
}

#[tokio::test]
async fn p56_looking_changes_nothing_and_reading_is_told_by_a_form() {
    let (shop, mailbox) = Shop::with_mailbox();
    let (id, message) = shop.mail(mailbox, "one", "First", "One");
    let mut jules = shop.signed_in(JULES).await;
    let before = changes(&shop);
    for page in [
        "/inbox",
        "/mine",
        "/unassigned",
        "/waiting",
        "/snoozed",
        "/resolved",
        "/spam",
        "/quarantine",
        "/leads",
        "/leads/1",
        "/search?q=one",
        "/conversations/1",
        "/conversations/1?write=note",
        "/conversations/1?split=1",
    ] {
        let answer = jules.get(page).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}: {}", answer.body);
    }
    assert_eq!(changes(&shop), before);
    assert!(jules.get("/inbox").await.body.contains("is-unread"));
    jules.submit("/inbox", &format!("/conversations/{id}/seen"), &[("message", &message.to_string())]).await;
    assert!(!jules.get("/inbox").await.body.contains("is-unread"));
    jules.submit("/inbox", &format!("/conversations/{id}/unread"), &[]).await;
    assert!(jules.get("/inbox").await.body.contains("is-unread"));
}

/// Every row of what pages show, as one text.
fn changes(shop: &Shop) -> String {
    let tables = ["conversation", "message", "event", "seen", "draft", "ledger", "customer", "conversation_tag", "outbox"];
    let all = shop.state.db.read(|c| {
        tables
            .iter()
            .map(|t| {
                c.one(
                    &format!(
                        "SELECT count(*) || '/' || coalesce(max(rowid), 0) FROM {}",
                        if matches!(*t, "seen" | "draft" | "conversation_tag") { "sqlite_schema" } else { t }
                    ),
                    [],
                    |r| r.get::<_, String>(0),
                )
            })
            .collect::<crate::database::Result<Vec<_>>>()
    });
    let kept: i64 = shop
        .state
        .db
        .read(|c| c.one("SELECT (SELECT count(*) FROM seen) + (SELECT count(*) FROM draft) + (SELECT count(*) FROM conversation_tag)", [], |r| r.get(0)))
        .unwrap();
    format!("{} {kept}", all.unwrap().join(" "))
}

#[tokio::test]
async fn p55_what_belongs_to_another_mailbox_does_not_exist() {
    let (shop, mailbox) = Shop::with_mailbox();
    let other = shop.add_mailbox("secret@shop.test");
    let (id, message) = shop.receive(other, &super::desk_screens::with_file("plan.txt", "text/plain", "c2VjcmV0"));
    let ana = shop.add_agent("ana@shop.test", Role::Agent);
    shop.state.db.write(move |tx| agent::limit_to(tx, ana, &[mailbox])).unwrap();
    let mut ana = shop.signed_in("ana@shop.test").await;
    for page in [
        format!("/conversations/{id}"),
        format!("/messages/{message}/raw"),
        format!("/messages/{message}/html"),
        "/attachments/1".into(),
        "/attachments/1/inline".into(),
        "/attachments/1/thumbnail".into(),
        "/leads/1".into(),
    ] {
        assert_eq!(ana.get(&page).await.status, StatusCode::NOT_FOUND, "{page}");
    }
    for action in ["assignee", "status", "snooze", "tags", "tags/remove", "merge", "split", "seen", "unread", "replies", "notes", "drafts"] {
        let answer = ana
            .submit(
                "/inbox",
                &format!("/conversations/{id}/{action}"),
                &[("status", "resolved"), ("until", "week"), ("tag", "x"), ("into", "1"), ("message", "1"), ("text", "x"), ("to", "a@b.test")],
            )
            .await;
        let nothing = answer.status == StatusCode::NOT_FOUND || action == "merge";
        assert!(nothing, "{action}: {}", answer.status);
    }
    assert!(!ana.get("/inbox").await.body.contains("A file") && !ana.get("/leads").await.body.contains("Mara"));
    assert_eq!(find(&shop, id).status, Status::Open);
}
