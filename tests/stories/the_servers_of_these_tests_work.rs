//! Before a story can blame the product: the servers around it do what they should.

use crate::support::{Browser, Canary, FaultProxy, Imap, MailStack, Weather, eventually, mail_stack, smtp};

fn letter(from: &str, to: &str) -> String {
    format!("From: <{from}>\r\nTo: <{to}>\r\nSubject: Hello\r\nMessage-ID: <hello.1@example.test>\r\n\r\nA line\r\n.\r\nand one more\r\n")
}

#[test]
fn a_mail_that_is_handed_in_lies_in_its_box_byte_for_byte() {
    let stack = MailStack::shared();
    smtp::hand_in(stack.smtp, "mara@example.test", &["hello@shop.test"], &letter("mara@example.test", "hello@shop.test"));
    let mut inbox = stack.open_box("hello@shop.test");
    let mails = eventually("the mail is delivered", || Some(inbox.mails("INBOX")).filter(|mails| !mails.is_empty()));
    assert!(String::from_utf8_lossy(&mails[0]).ends_with("A line\r\n.\r\nand one more\r\n"));
    inbox.append("INBOX", b"Subject: two\r\n\r\nsecond\r\n");
    assert_eq!(inbox.uids("INBOX").len(), 2);
    inbox.store("1", "+FLAGS (\\Seen)");
    let flags = inbox.flags("INBOX");
    assert!(flags[0].1.contains("\\Seen") && !flags[1].1.contains("\\Seen"), "{flags:?}");
}

#[test]
fn what_cannot_be_delivered_comes_back_as_a_report() {
    let stack = MailStack::shared();
    let answer = smtp::try_recipient(stack.smtp, "mara@example.test", "nobody@shop.test");
    assert!(answer.starts_with("550"), "{answer}");
    smtp::hand_in_signed(stack.submission, "returns@shop.test", mail_stack::PASSWORD, "gone@bounce.test", &letter("returns@shop.test", "gone@bounce.test"));
    let mut inbox = stack.open_box("returns@shop.test");
    let mails = eventually("the report comes back", || Some(inbox.mails("INBOX")).filter(|mails| !mails.is_empty()));
    assert!(String::from_utf8_lossy(&mails[0]).contains("message/delivery-status"));
}

#[test]
fn servers_stop_and_start_again_on_the_same_ports() {
    let stack = MailStack::start();
    stack.open_box("mara@example.test").append("INBOX", b"Subject: one\r\n\r\nkept\r\n");
    stack.stop_imap();
    assert!(std::net::TcpStream::connect(("127.0.0.1", stack.imap)).is_err());
    stack.start_imap();
    let proxy = FaultProxy::start(stack.imap);
    assert_eq!(Imap::login(proxy.port, "mara@example.test", mail_stack::PASSWORD).uids("INBOX").len(), 1);
    proxy.set(Weather::Refuse);
    assert!(std::panic::catch_unwind(|| Imap::login(proxy.port, "mara@example.test", mail_stack::PASSWORD)).is_err());
    stack.stop_smtp();
    assert!(std::net::TcpStream::connect(("127.0.0.1", stack.smtp)).is_err());
}

#[test]
fn the_browser_reads_clicks_types_and_is_heard_by_the_canary() {
    let (browser, canary) = (Browser::start(), Canary::start());
    browser.open("data:text/html,<title>t</title><input id=a><button onclick=\"document.title=document.querySelector('input').value;document.body.append('clicked')\">go</button>");
    browser.fill("#a", "words");
    browser.click("button");
    browser.sees("clicked");
    assert_eq!(browser.run("return document.title"), "words");
    browser.open(&format!("http://127.0.0.1:{}/page", canary.port));
    browser.run(&format!("document.body.innerHTML = '<img src=\"http://127.0.0.1:{}/seen.png\">'", canary.port));
    eventually("the canary hears the image", || canary.calls().iter().any(|call| call.contains("/seen.png")).then_some(()));
}
