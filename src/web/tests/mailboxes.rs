//! Mailboxes: the form with its live test, passwords that never show, health in words.

use super::*;

const CANARY: &str = "canary-5up3rs3cret";

fn form<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let server = [("imap_host", "mail.shop.test"), ("imap_security", "tls"), ("smtp_host", "mail.shop.test"), ("smtp_security", "tls"), ("history", "all")];
    [&[("address", "support@shop.test"), ("name", "Atelier")], &server[..], more].concat()
}

fn hidden(answer: &Answer, name: &str) -> String {
    let after = answer.body.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no {name}: {}", answer.body)).1;
    after.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_test_says_in_words_what_is_wrong_and_keeps_what_was_typed() {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    let mut browser = shop.browser_of(owner);
    let (page, path) = ("/settings/mailboxes/new", "/settings/mailboxes");
    let wrong = browser.submit(page, path, &form(&[("do", "save"), ("imap_password", "wrong")])).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("does not take this password") && wrong.body.contains("value=\"mail.shop.test\""), "{}", wrong.body);
    assert!(wrong.body.contains("save_untested"));
    let tested = browser.submit(page, path, &form(&[("do", "test"), ("imap_password", "right")])).await;
    assert_eq!(tested.status, StatusCode::OK);
    assert!(tested.body.contains("It works") && tested.body.contains("value=\"Orders\"") && tested.body.contains("value=\"INBOX\" checked"), "{}", tested.body);
    assert!(shop.read(account::all).is_empty());
    // The password need not be typed again: it came back sealed.
    let (imap, smtp) = (hidden(&tested, "imap_kept"), hidden(&tested, "smtp_kept"));
    let more = [("do", "save"), ("imap_kept", imap.as_str()), ("smtp_kept", &smtp), ("folder", "INBOX"), ("folder", "Orders")];
    let saved = browser.submit(page, path, &form(&more)).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let account = shop.read(account::all).remove(0);
    assert_eq!(account.passwords.open(&shop.state.key, account::Service::Smtp).unwrap(), "right");
    let folders = shop.read(|c| account::folders(c, account.id));
    assert_eq!(folders.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["INBOX", "Orders"]);
}

#[tokio::test]
async fn known_providers_are_filled_in_and_others_are_only_guessed() {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    let mut browser = shop.browser_of(owner);
    let (page, path) = ("/settings/mailboxes/new", "/settings/mailboxes");
    let known = browser.submit(page, path, &[("do", "test"), ("address", "shop@gmail.com"), ("name", "Shop"), ("imap_password", "wrong")]).await;
    assert!(known.body.contains("value=\"imap.gmail.com\"") && known.body.contains("app password"), "{}", known.body);
    let guessed = browser.submit(page, path, &[("do", "test"), ("address", "a@atelier.test"), ("name", "Shop"), ("imap_password", "panic")]).await;
    assert_eq!(guessed.status, StatusCode::UNPROCESSABLE_ENTITY, "no password goes to a guessed server");
    assert!(guessed.body.contains("is a guess") && guessed.body.contains("value=\"mail.atelier.test\""), "{}", guessed.body);
}

#[tokio::test]
async fn p62_a_mailbox_password_is_in_no_page_and_in_no_file() {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    let mut browser = shop.browser_of(owner);
    let (page, path) = ("/settings/mailboxes/new", "/settings/mailboxes");
    let mut pages = Vec::new();
    pages.push(browser.submit(page, path, &form(&[("do", "test"), ("imap_password", CANARY)])).await.body);
    pages.push(browser.submit(page, path, &form(&[("do", "save"), ("imap_password", CANARY), ("smtp_password", CANARY)])).await.body);
    pages.push(browser.submit(page, path, &form(&[("do", "test"), ("address", "broken"), ("imap_password", CANARY)])).await.body);
    pages.push(browser.post(path, &form(&[("imap_password", CANARY)])).await.body); // without a token
    let saved = browser.submit(page, path, &form(&[("do", "save_untested"), ("imap_password", CANARY)])).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    for path in ["/settings/mailboxes", "/settings/mailboxes/1", "/metrics", "/healthz"] {
        pages.push(browser.get(path).await.body);
    }
    assert!(pages.iter().all(|page| !page.contains(CANARY)));
    let mut files = 0;
    for file in std::fs::read_dir(shop.folder.path()).unwrap().flatten().filter(|f| f.path().is_file()) {
        let bytes = std::fs::read(file.path()).unwrap();
        assert!(!bytes.windows(CANARY.len()).any(|w| w == CANARY.as_bytes()), "{:?}", file.path());
        files += 1;
    }
    assert!(files >= 2, "the database and its journal were looked at");
    let account = shop.read(account::all).remove(0);
    assert_eq!(account.passwords.open(&shop.state.key, account::Service::Imap).unwrap(), CANARY);
}

#[tokio::test]
async fn p62_another_host_asks_for_the_password_again() {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    let id = shop.add_mailbox("support@shop.test");
    let mut browser = shop.browser_of(owner);
    let page = format!("/settings/mailboxes/{id}");
    let same = [("imap_user", "a"), ("smtp_user", "a"), ("imap_port", "993"), ("smtp_port", "465")];
    let kept = browser.submit(&page, &page, &form(&[&same[..], &[("do", "test")]].concat())).await;
    assert!(kept.body.contains("It works"), "the stored password serves its own host: {}", kept.body);
    let sealed = hidden(&kept, "imap_kept");
    for (part, value) in [("imap_host", "evil.test"), ("imap_security", "start_tls"), ("imap_user", "b"), ("smtp_host", "evil.test"), ("imap_port", "994")] {
        for wish in ["test", "save", "save_untested"] {
            let mut fields = form(&[&same[..], &[("do", wish), ("imap_kept", sealed.as_str())]].concat());
            fields.retain(|(name, _)| *name != part);
            fields.push((part, value));
            if part.starts_with("smtp") {
                fields.retain(|(name, _)| *name != "imap_kept");
            }
            let answer = browser.submit(&page, &page, &fields).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{part} {wish}");
            assert!(answer.body.contains("again: the server has changed"), "{part} {wish}: {}", answer.body);
        }
    }
    let account = shop.read(account::all).remove(0);
    assert_eq!(account.source, account::Source::Imap(account::ServerAddress::parse_imap("imaps://a@mail.shop.test").unwrap()));
}

#[tokio::test]
async fn health_reads_as_words() {
    let shop = Shop::new();
    let agent = shop.add_agent("jules@shop.test", Role::Agent);
    let id = shop.add_mailbox("support@shop.test");
    let now = world::now();
    shop.write(move |tx| {
        account::note_connected(tx, id, now)?;
        account::note_mail(tx, id, now - 2 * 60_000 - 5_000)?;
        let folder = account::folders(tx, id)?.remove(0);
        account::compared(tx, folder.id, 1_204, 1_204, now)?;
        tx.execute("UPDATE folder SET history_below = 500", [])
    });
    let page = shop.browser_of(agent).get("/settings/mailboxes").await;
    for words in ["Last mail 2 min ago", "Server 1,204 = ledger 1,204", "Reading history: 0 of 1,204", "<progress", "support@ · last mail 2 min ago"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert!(!page.body.contains("Add a mailbox"), "agents do not set up mailboxes");
}

#[tokio::test]
async fn p14_a_silent_mailbox_is_visible_within_ten_minutes() {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    let id = shop.add_mailbox("support@shop.test");
    let mut browser = shop.browser_of(owner);
    assert_eq!(browser.get("/healthz").await.status, StatusCode::OK);
    shop.write(move |tx| account::note_failure(tx, id, "The server does not answer: is it switched on?", world::now() - 9 * 60_000));
    assert_eq!(browser.get("/healthz").await.status, StatusCode::OK);
    shop.write(move |tx| tx.execute("UPDATE mailbox SET failing_since = failing_since - 120000", []));
    let health = shop.browser().get("/healthz").await;
    assert_eq!(health.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(health.body.contains("degraded") && !health.body.contains("support@"), "{}", health.body);
    assert!(browser.get("/settings/profile").await.body.contains("support@shop.test has not been reached for 11 min."));
    assert!(browser.get("/settings/mailboxes").await.body.contains("is it switched on?"));
    assert!(browser.get("/metrics").await.body.contains("restante_failing_seconds{mailbox=\"1\"} 66"));
}

#[tokio::test]
async fn p14_a_full_quarantine_is_visible() {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    let id = shop.add_mailbox("support@shop.test");
    let mut browser = shop.browser_of(owner);
    let entries: Vec<_> = (0..2).map(|n| shop.keep(id, format!("Subject: broken {n}\r\n\r\n").as_bytes())).collect();
    assert_eq!(browser.get("/healthz").await.status, StatusCode::OK);
    shop.write(move |tx| entries.iter().try_for_each(|entry| account::settle(tx, *entry, account::Outcome::Quarantined, "it could not be read", None)));
    let health = shop.browser().get("/healthz").await;
    assert_eq!(health.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(health.body.contains("degraded") && health.body.contains("2 in quarantine") && !health.body.contains("support@"), "{}", health.body);
    let page = browser.get("/settings/profile").await;
    assert!(
        page.body.contains("2 mails at support@shop.test could not be read and wait for a person.") && page.body.contains("href=\"/quarantine\""),
        "{}",
        page.body
    );
    assert!(browser.get("/metrics").await.body.contains("restante_quarantined{mailbox=\"1\"} 2\n"));
}

#[tokio::test]
async fn p14_a_letter_that_does_not_leave_is_visible_after_a_quarter_of_an_hour() {
    let (shop, mailbox) = Shop::with_mailbox();
    let (id, seen) = shop.mail(mailbox, "one", "Where is my order?", "Hello?");
    let mut jules = shop.signed_in(super::desk_screens::JULES).await;
    let page = format!("/conversations/{id}");
    let fields = [("kind", "reply"), ("to", "mara@example.test"), ("text", "On its way."), ("seen", &seen.to_string()), ("then", "wait")];
    assert_eq!(jules.submit(&page, &format!("{page}/replies"), &fields).await.status, StatusCode::SEE_OTHER);
    shop.write(move |tx| tx.execute("UPDATE outbox SET created_at = ?1", [world::now() - 14 * 60_000]));
    assert_eq!(jules.get("/healthz").await.status, StatusCode::OK);
    shop.write(move |tx| tx.execute("UPDATE outbox SET created_at = ?1", [world::now() - 16 * 60_000]));
    let health = shop.browser().get("/healthz").await;
    assert_eq!(health.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(health.body.contains("a letter has waited 16 min to be sent") && !health.body.contains('@'), "{}", health.body);
    let shown = jules.get("/settings/profile").await.body;
    assert!(shown.contains("has waited 16 min to be sent.") && shown.contains("A reply from "), "{shown}");
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    let metrics = shop.browser_of(owner).get("/metrics").await.body;
    assert!(
        metrics.contains("restante_outbox_waiting{mailbox=\"1\"} 1\n") && metrics.contains("restante_outbox_oldest_seconds{mailbox=\"1\"} 96"),
        "{metrics}"
    );
}
