//! Replying: the guard, drafts, files, taking back.

use super::desk_screens::JULES;
use super::*;
use crate::conversation::draft::{self, DraftKind};
use crate::conversation::message;
use crate::id::ConversationId;

fn sent(shop: &Shop, id: ConversationId) -> usize {
    shop.state.db.read(|c| message::of_conversation(c, id)).unwrap().iter().filter(|m| m.direction == message::Direction::Reply).count()
}

#[tokio::test]
async fn a_reply_leaves_and_can_be_taken_back_with_its_words() {
    let (shop, mailbox) = Shop::with_mailbox();
    let (id, seen) = shop.mail(mailbox, "one", "Where is my order?", "Hello, where is AT-10482?");
    let mut jules = shop.signed_in(JULES).await;
    let page = format!("/conversations/{id}");
    let fields = [("kind", "reply"), ("to", "Mara Okafor <mara@example.test>"), ("text", "It is on its way."), ("seen", &seen.to_string()), ("then", "wait")];
    let answer = jules.submit(&page, &format!("{page}/replies"), &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(sent(&shop, id), 1);
    let shown = jules.get(&page).await.body;
    assert!(shown.contains("The reply leaves in 10 s.") && shown.contains("Leaves in") && shown.contains("Waiting on customer"), "{shown}");
    let undo = shown.split("action=\"/messages/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let answer = jules.submit(&page, &format!("/messages/{undo}"), &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(sent(&shop, id), 0);
    let shown = jules.get(answer.header("location")).await.body;
    assert!(shown.contains("It is on its way.</textarea>") && shown.contains("is-act\">Open"), "{shown}");
}

#[tokio::test]
async fn a_reply_waits_when_something_newer_arrived_and_keeps_every_word() {
    let (shop, mailbox) = Shop::with_mailbox();
    let (id, seen) = shop.mail(mailbox, "one", "Refund", "I want a refund.");
    shop.receive(
        mailbox,
        &super::desk_screens::mail("Mara Okafor <mara@example.test>", "two", "Re: Refund", "In-Reply-To: <one@example.test>\n", "Forget it, I found it!"),
    );
    let mut jules = shop.signed_in(JULES).await;
    let page = format!("/conversations/{id}");
    let fields = [
        ("kind", "reply"),
        ("to", "mara@example.test, not an address"),
        ("cc", ""),
        ("text", "Here is <your> refund & more."),
        ("seen", &seen.to_string()),
        ("then", "resolve"),
    ];
    let refused = jules.submit(&page, &format!("{page}/replies"), &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("is no mail address") && refused.body.contains("value=\"mara@example.test, not an address\""), "{}", refused.body);
    let fields = [("kind", "reply"), ("to", "mara@example.test"), ("text", "Here is <your> refund & more."), ("seen", &seen.to_string()), ("then", "resolve")];
    let refused = jules.submit(&page, &format!("{page}/replies"), &fields).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("Something newer arrived") && refused.body.contains("Here is &#60;your&#62; refund &#38; more.</textarea>"),
        "{}",
        refused.body
    );
    assert_eq!(sent(&shop, id), 0);
    let again = refused.body.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let fields = [("kind", "reply"), ("to", "mara@example.test"), ("text", "Good to hear."), ("seen", again), ("then", "resolve")];
    assert_eq!(jules.submit(&page, &format!("{page}/replies"), &fields).await.status, StatusCode::SEE_OTHER);
    assert_eq!(sent(&shop, id), 1);
}

#[tokio::test]
async fn what_stops_a_reply_is_said_in_words() {
    let (shop, mailbox) = Shop::with_mailbox();
    let (id, seen) = shop.mail(mailbox, "one", "Hello", "Hello!");
    let mut jules = shop.signed_in(JULES).await;
    let page = format!("/conversations/{id}");
    let seen = seen.to_string();
    for (to, text, words) in [
        ("", "Hello", "Nobody stands in"),
        ("mara@example.test", "  ", "nothing to send yet"),
        ("mara@example.test", "Your order {{order}}", "still stands in the text"),
        ("mara@example.test", "I attached the invoice.", "nothing is attached"),
        ("mara@example.test, new@example.test", "Hello", "earlier messages are left out"),
    ] {
        let answer = jules.submit(&page, &format!("{page}/replies"), &[("kind", "reply"), ("to", to), ("text", text), ("seen", &seen), ("then", "open")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
        assert!(answer.body.contains(words), "{words}: {}", answer.body);
    }
    assert_eq!(sent(&shop, id), 0);
    let anyway = [("kind", "reply"), ("to", "mara@example.test"), ("text", "I attached the invoice."), ("seen", &seen), ("then", "open"), ("anyway", "1")];
    assert_eq!(jules.submit(&page, &format!("{page}/replies"), &anyway).await.status, StatusCode::SEE_OTHER);
    assert_eq!(sent(&shop, id), 1);
}

#[tokio::test]
async fn a_draft_outlives_its_tab_and_a_template_fills_it() {
    let (shop, mailbox) = Shop::with_mailbox();
    let (id, seen) = shop.mail(mailbox, "one", "Hello", "About order AT-10482, please.");
    let mut jules = shop.signed_in(JULES).await;
    let template =
        shop.state.db.write(|tx| crate::reply_template::save(tx, None, "Thanks", "Dear {{name}}, about {{order}}.", crate::id::AgentId(1), 1)).unwrap();
    let page = format!("/conversations/{id}");
    let (seen, template) = (seen.to_string(), template.to_string());
    let token = jules.get(&page).await.csrf().unwrap().to_owned();
    let fields = [("kind", "reply"), ("to", "mara@example.test"), ("text", "Half a thou"), ("seen", &seen), ("go", "keep"), ("csrf", &token)];
    let kind = [("content-type", "application/x-www-form-urlencoded"), ("x-live", "1")];
    let answer = jules.ask(Method::POST, &format!("{page}/drafts"), &kind, encoded(&fields)).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert!(jules.get(&page).await.body.contains("Half a thou</textarea>"));
    let fields = [("kind", "reply"), ("to", "mara@example.test"), ("text", "Half a thou"), ("seen", &seen), ("template", &template)];
    let answer = jules.submit(&page, &format!("{page}/drafts"), &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(jules.get(&page).await.body.contains("Half a thou\n\nDear Mara, about AT-10482.</textarea>"));
    let answer = jules.submit(&page, &format!("{page}/drafts"), &[("kind", "reply"), ("text", "x"), ("go", "discard")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(shop.state.db.read(|c| draft::find(c, id, crate::id::AgentId(1), DraftKind::Reply)).unwrap().is_none());
}

#[tokio::test]
async fn files_are_kept_with_the_draft_and_leave_with_the_reply() {
    let (shop, mailbox) = Shop::with_mailbox();
    let (id, seen) = shop.mail(mailbox, "one", "Hello", "Send me the invoice.");
    let mut jules = shop.signed_in(JULES).await;
    let page = format!("/conversations/{id}");
    let token = jules.get(&page).await.csrf().unwrap().to_owned();
    let part = |name: &str, value: &str| format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let file = "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../invoice.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.4 pretend\r\n--X--\r\n";
    let body = [
        part("csrf", &token),
        part("kind", "reply"),
        part("to", "mara@example.test"),
        part("text", "See attached {{order}}"),
        part("seen", &seen.to_string()),
        part("then", "open"),
        file.to_owned(),
    ]
    .concat();
    let refused = jules.ask(Method::POST, &format!("{page}/replies"), &[("content-type", "multipart/form-data; boundary=X")], body).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.body);
    assert!(refused.body.contains("invoice.pdf") && !refused.body.contains("../invoice.pdf"));
    let fields = [("kind", "reply"), ("to", "mara@example.test"), ("text", "See attached."), ("seen", &seen.to_string()), ("then", "open")];
    assert_eq!(jules.submit(&page, &format!("{page}/replies"), &fields).await.status, StatusCode::SEE_OTHER);
    let reply = shop.state.db.read(|c| message::of_conversation(c, id)).unwrap().pop().unwrap();
    assert_eq!(reply.attachment_count, 1);
    let raw = shop.state.blobs.get(reply.raw_hash.unwrap()).unwrap();
    assert_eq!(crate::email::attachment_bytes(&raw, 0).unwrap(), b"%PDF-1.4 pretend");
}

#[tokio::test]
async fn a_note_stays_in_the_team() {
    let (shop, mailbox) = Shop::with_mailbox();
    let (id, _) = shop.mail(mailbox, "one", "Hello", "Hello");
    let mut jules = shop.signed_in(JULES).await;
    let page = format!("/conversations/{id}");
    let answer = jules.submit(&page, &format!("{page}/notes"), &[("kind", "note"), ("text", "Second dented tube this week.")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let shown = jules.get(&page).await.body;
    assert!(shown.contains("only the team sees this") && shown.contains("Second dented tube"));
    let empty = jules.submit(&page, &format!("{page}/notes"), &[("kind", "note"), ("text", " ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.body.contains("The note is empty."));
}
