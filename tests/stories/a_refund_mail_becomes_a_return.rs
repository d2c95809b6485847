//! A refund mail becomes a return request, with real servers: the customer asks in their own words, is asked for what is missing,
//! answers inside the quote with two photos; fulfilment is told; an agent decides; the customer reads it in their own box.

use crate::support::shop::settle;
use crate::support::{Shop, Visitor, Wire, eventually, header, smtp, within};
use std::time::Duration;

/// Letters that leave by themselves wait for nobody; the reply that decides has its undo window of ten seconds.
const SENT_WITHIN: Duration = Duration::from_secs(40);

#[test]
fn a_refund_mail_becomes_a_return_that_is_asked_for_filled_decided_and_told() {
    let shop = Shop::open(Wire::Plain);
    let team = shop.customer.replace("customer", "warehouse");
    settle(&shop.data, "returns_ask", "\"automatic\"");
    settle(&shop.data, "fulfilment", &format!("{{\"address\":\"{team}\",\"when\":\"complete\"}}"));
    wait_until_it_watches(&shop);

    let first = format!("refund.{}", shop.customer);
    shop.customer_writes(&letter(&shop, &first, "", "I need a refund for the print. It came creased."));
    shop.conversation_of(&first);
    let mut customers_box = shop.stack.open_box(&shop.customer);
    let asked = within(SENT_WITHIN, "they are asked for what is missing", || customers_box.mails("INBOX").pop());
    let asked = String::from_utf8_lossy(&asked).into_owned();
    assert!(asked.contains("Auto-Submitted: auto-replied") && asked.contains(&format!("In-Reply-To: <{first}>")), "{asked}");
    assert!(asked.contains("Order number:") && !asked.contains("What happened"), "only what is missing: {asked}");
    assert!(asked.contains("/return/"), "{asked}");

    let second = format!("answer.{}", shop.customer);
    shop.customer_writes(&answer(&shop, &second, &header(&asked, "Message-ID")));
    let state = |wanted: &str| shop.question("SELECT id FROM return_request WHERE state = ?1", wanted);
    eventually("the record is complete", || state("to_decide"));
    let photos = shop.question("SELECT count(*) FROM return_photo", "");
    assert_eq!(photos, Some(2));
    let fact = |field: &str| shop.question("SELECT count(*) FROM return_fact WHERE field = ?1 AND certain AND superseded_at IS NULL", field);
    assert!(["order_number", "reason", "wish", "photos"].iter().all(|field| fact(field) == Some(1)));

    let mut teams_box = shop.stack.open_box(&team);
    let told = within(SENT_WITHIN, "fulfilment is told", || teams_box.mails("INBOX").pop());
    let told = String::from_utf8_lossy(&told).into_owned();
    let link = told.split_whitespace().find_map(|word| word.find("/fulfilment/").map(|at| word[at..].trim_end_matches(['"', '<', '>']).to_owned()));
    let link = link.unwrap_or_else(|| panic!("no link in {told}"));
    assert!(told.contains("AT-10482") && told.matches("Content-Disposition: attachment").count() == 2, "{told}");
    let stranger = Visitor::of(shop.restante.port);
    assert!(stranger.get(&link).html.contains("How did it arrive?"));

    let owner = shop.owner();
    let mut decide = owner.get("/returns/1/decide?decision=refund").form_with("Send and decide");
    decide.set("amount", "68.00 EUR");
    decide.set("text", "Hello Mara, your refund of 68.00 EUR is on its way, and you can keep the print.");
    let page = owner.submit(&decide);
    assert!(page.html.contains("to refund"), "{}", page.html);
    within(SENT_WITHIN, "the customer reads it", || {
        let mails = customers_box.mails("INBOX");
        mails.iter().any(|mail| String::from_utf8_lossy(mail).contains("you can keep the print")).then_some(())
    });
    let refunded = owner.get("/returns/1").form_with("refunded");
    let mut refunded = refunded;
    refunded.fields.push(("state".into(), "refunded".into()));
    owner.submit(&refunded);
    assert_eq!(state("refunded"), Some(1));
}

/// The watcher idles from here on; what comes now is new mail, not history.
fn wait_until_it_watches(shop: &Shop) {
    let hello = format!("hello.{}", shop.customer);
    let mail =
        letter(shop, &hello, "", "Are you open today?").replace(&format!("<{}>", shop.customer), "<tomas@example.test>").replace("Refund", "Opening hours");
    smtp::hand_in(shop.stack.smtp, "tomas@example.test", &[&shop.address], &mail);
    shop.conversation_of(&hello);
}

fn letter(shop: &Shop, id: &str, threads: &str, text: &str) -> String {
    let Shop { customer, address, .. } = shop;
    format!(
        "From: Mara Okafor <{customer}>\r\nTo: <{address}>\r\nSubject: Refund for “Low Tide”\r\nDate: Mon, 23 Nov 2026 09:42:00 +0000\r\nMessage-ID: <{id}>\r\n{threads}\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
    )
}

/// The answer of a client that lets its writer fill in the quote, with two photos.
fn answer(shop: &Shop, id: &str, to: &str) -> String {
    let Shop { customer, address, .. } = shop;
    let photo = |name: &str, shade: u32| {
        let base64 = data_encoding::BASE64_MIME.encode(&picture(shade));
        format!(
            "--b\r\nContent-Type: image/png; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{base64}\r\n"
        )
    };
    format!(
        "From: Mara Okafor <{customer}>\r\nTo: <{address}>\r\nSubject: Re: Refund for Low Tide\r\nDate: Mon, 23 Nov 2026 10:42:00 +0000\r\nMessage-ID: <{id}>\r\n\
         In-Reply-To: {to}\r\nReferences: {to}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHere you are.\r\n\r\nOn Mon, 23 Nov 2026 the shop wrote:\r\n> Order number: AT-10482\r\n> Photos can be attached to your answer.\r\n\
         {}{}--b--\r\n",
        photo("corner.png", 7),
        photo("tube.png", 11)
    )
}

/// A picture with enough in it to be a photo.
fn picture(shade: u32) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(120, 90, |x, y| image::Rgb([(x * shade) as u8, (y * shade * 3) as u8, (x * y * shade) as u8]));
    let mut png = Vec::new();
    picture.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
    png
}
