//! An owner starts one container, opens the link that the log prints, makes their account, gives mailbox and password in
//! the browser, and sees real mail; a mistake on the way is said in words.

use crate::support::mail_stack::PASSWORD;
use crate::support::restante::{OWNER, OWNER_PASSWORD};
use crate::support::{Browser, MailStack, Restante, smtp, unique};

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
    let link = restante.printed_link("set");
    let browser = Browser::start();

    browser.open(&restante.url("/"));
    assert!(!browser.page_text().contains("Inbox"), "a stranger without the link came in");
    browser.open(&link);
    browser.screenshots("first-start");
    browser.fill("input[name=name]", "Olivia Owner");
    browser.fill("input[type=email]", OWNER);
    browser.fill("input[type=password]", OWNER_PASSWORD);
    browser.click("main button");

    browser.sees("IMAP");
    mailbox_form(&browser, &stack, &address, "not-the-password");
    browser.sees("password");
    browser.screenshots("first-mailbox-refused");
    mailbox_form(&browser, &stack, &address, PASSWORD);
    browser.sees("Is Harbour coming back?");

    browser.open(&link);
    assert!(!browser.source().contains("name=\"name\""), "the link worked twice");
}

fn mailbox_form(browser: &Browser, stack: &MailStack, address: &str, password: &str) {
    browser.fill("input[name=address]", address);
    browser.fill("input[name=name]", "Tern & Tide Prints");
    browser.fill("input[name=imap]", &stack.imap_url(address));
    browser.fill("input[name=smtp]", &stack.smtp_url(address));
    browser.fill("input[type=password]", password);
    browser.click("main form button");
}
