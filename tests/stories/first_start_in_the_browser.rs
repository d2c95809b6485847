//! An owner starts one container, opens the link that the log prints, makes their account, gives mailbox and password in
//! the browser, and sees real mail; a mistake on the way is said in words.

use crate::support::mail_stack::PASSWORD;
use crate::support::restante::{OWNER, OWNER_PASSWORD};
use crate::support::{Browser, MailStack, PATIENCE, Restante, look_for, smtp, unique};

#[test]
fn an_owner_sets_up_a_shop_in_the_browser_and_sees_real_mail() {
    let stack = MailStack::shared();
    let address = format!("{}@shop.test", unique("first"));
    smtp::hand_in(
        stack.smtp,
        "mara@example.test",
        &[&address],
        &format!(
            "From: Mara <mara@example.test>\r\nTo: <{address}>\r\nSubject: Is Harbour coming back?\r\nMessage-ID: <{address}>\r\n\r\nI would love one.\r\n"
        ),
    );
    let folder = tempfile::tempdir().unwrap();
    let restante = Restante::serve(&folder.path().join("data"));
    let link = restante.printed_link("/setup/");
    let browser = Browser::start();

    browser.open(&restante.url("/"));
    browser.sees("Nobody has an account here yet");
    browser.open(&link);
    browser.sees("Welcome to Restante");
    browser.screenshots("first-start");
    browser.fill("input[name=name]", "Olivia Owner");
    browser.fill("input[name=email]", OWNER);
    browser.fill("input[name=password]", OWNER_PASSWORD);
    browser.click("main button");

    browser.sees("Add a mailbox");
    browser.screenshots("first-mailbox");
    browser.fill("input[name=address]", &address);
    browser.fill("input[name=name]", "Tern & Tide Prints");
    browser.fill("input[name=imap_password]", "not-the-password");
    browser.click("form.stack > details:not([open]) summary");
    servers(&browser, &stack);
    browser.click("button[name=do][value=test]");
    browser.sees("Something is wrong");
    assert!(browser.text("#tried").to_lowercase().contains("password"), "{}", browser.text("#tried"));
    browser.screenshots("first-mailbox-refused");

    browser.fill("input[name=imap_password]", PASSWORD);
    browser.click("button[name=do][value=save]");
    let left = look_for(PATIENCE, || (!browser.url().ends_with("/settings/mailboxes/new") && browser.count("#tried") == 0).then_some(()));
    assert!(left.is_some(), "the mailbox was not saved:\n{}", browser.page_text());
    browser.open(&restante.url("/inbox"));
    browser.sees("Is Harbour coming back?"); // by itself: nobody reloads
    browser.open(&restante.url("/settings/mailboxes"));
    browser.screenshots("mailboxes");

    browser.open(&link);
    assert_eq!(browser.count("input[name=password]"), 0, "the link worked twice");
}

/// The servers of the tests are found by no address, and their authority is nobody else's.
fn servers(browser: &Browser, stack: &MailStack) {
    for (protocol, port) in [("imap", stack.imaps), ("smtp", stack.submissions)] {
        browser.fill(&format!("input[name={protocol}_host]"), "localhost");
        browser.fill(&format!("input[name={protocol}_port]"), &port.to_string());
    }
    browser.fill("textarea[name=ca_pem]", &std::fs::read_to_string(stack.ca()).unwrap());
}
