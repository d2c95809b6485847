//! The main job with real servers: Postfix takes a customer's mail and hands it to Dovecot, Restante sees it while it idles, an
//! agent in Chromium finds it and answers, the answer lies in the customer's own box in their thread, they answer, it joins.

use super::agent_at_work::Agent;
use crate::support::{Browser, Shop, Wire, eventually, header, smtp, within};
use std::time::Duration;

/// From Postfix's word that it took the mail to the message in its conversation.
const SEEN_WITHIN: Duration = Duration::from_secs(2);
/// The undo window is ten seconds; then it is sent.
const SENT_WITHIN: Duration = Duration::from_secs(30);

#[test]
fn a_customer_is_answered_over_tls() {
    story(Wire::Tls);
}

#[test]
fn a_customer_is_answered_over_starttls() {
    story(Wire::StartTls);
}

fn story(wire: Wire) {
    let shop = Shop::open(wire);
    let first = format!("creased.{}", shop.customer);
    wait_until_it_watches(&shop);

    let mail = letter(&shop, &first, "", "Refund for Low Tide, arrived creased", "Order AT-10482. The top right corner is creased.");
    shop.customer_writes(&mail);
    let conversation = within(SEEN_WITHIN, "the mail is a message", || shop.question("SELECT conversation_id FROM message WHERE identifier = ?1", &first));

    let browser = Browser::start();
    let agent = Agent { browser: &browser, restante: &shop.restante };
    agent.sign_in();
    agent.find("creased AT-10482", "Refund for Low Tide");
    browser.sees("The top right corner is creased.");
    agent.reply("Hi Mara, I am sorry that it reached you creased. Your refund is on its way.");

    let mut inbox = shop.stack.open_box(&shop.customer);
    let answer = within(SENT_WITHIN, "the answer lies in the customer's box", || inbox.mails("INBOX").pop());
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert_eq!(header(&answer, "In-Reply-To"), format!("<{first}>"), "{answer}");
    assert_eq!(header(&answer, "References").split_whitespace().last(), Some(format!("<{first}>").as_str()), "{answer}");
    assert_eq!(header(&answer, "Subject"), "Re: Refund for Low Tide, arrived creased");
    assert!(header(&answer, "From").contains(&shop.address) && answer.contains("Your refund is on its way."), "{answer}");
    eventually("the screen says that it was accepted", || {
        agent.open(conversation);
        let page = browser.page_text().to_lowercase();
        (page.contains("sent") || page.contains("accepted")).then_some(())
    });

    let ours = header(&answer, "Message-ID");
    let second = format!("thanks.{}", shop.customer);
    let threads = format!("In-Reply-To: {ours}\r\nReferences: <{first}> {ours}\r\n");
    shop.customer_writes(&letter(&shop, &second, &threads, "Re: Refund for Low Tide, arrived creased", "Thank you, that was quick!"));
    assert_eq!(shop.conversation_of(&second), conversation, "the customer's answer did not join");
    browser.sees("Thank you, that was quick!");
}

/// The watcher idles from here on; what comes now is new mail, not history.
fn wait_until_it_watches(shop: &Shop) {
    let hello = format!("hello.{}", shop.customer);
    smtp::hand_in(shop.stack.smtp, "tomas@example.test", &[&shop.address], &letter(shop, &hello, "", "Opening hours", "Are you open today?"));
    shop.conversation_of(&hello);
}

fn letter(shop: &Shop, id: &str, threads: &str, subject: &str, text: &str) -> String {
    let Shop { customer, address, .. } = shop;
    format!(
        "From: Mara Okafor <{customer}>\r\nTo: <{address}>\r\nSubject: {subject}\r\nDate: Mon, 23 Nov 2026 09:42:00 +0000\r\nMessage-ID: <{id}>\r\n{threads}\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    )
}
